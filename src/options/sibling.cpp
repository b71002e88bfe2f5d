#include "options/sibling.hpp"

#include "base/programs.hpp"

#include <unistd.h>

#include <vector>

namespace gantry::options {

Result<std::string> find_sibling(std::string_view program) {
  const std::string folder = TRY(own_program()).folder;
  for (std::string_view place : {"/", "/../libexec/gantry/"}) {
    std::string path = folder;
    path.append(place).append(program);
    if (access(path.c_str(), X_OK) == 0) return path;
  }
  return fail(Code::not_found, "cannot find the program {} in {} or {}/../libexec/gantry", program, folder, folder)
      .with_cure("install gantry again");
}

Error exec_sibling(std::string_view program, std::span<char* const> argv) {
  auto path = find_sibling(program);
  if (!path) return std::move(path.error());
  std::vector<char*> words(argv.begin(), argv.end());
  words.push_back(nullptr);
  execv(path->c_str(), words.data());
  return Error::system("cannot run {}", *path);
}

}  // namespace gantry::options
