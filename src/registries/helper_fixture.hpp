#pragma once

#include "registries/test_support.hpp"

#include <sys/stat.h>

#include <string>

namespace gantry::registries {

/// A folder in front of PATH for credential helpers.
class HelperFixture : public FolderFixture {
 protected:
  void SetUp() override {
    FolderFixture::SetUp();
    path_ = getenv("PATH");
    setenv("PATH", (at("bin") + ":" + path_).c_str(), 1);
  }
  void TearDown() override {
    setenv("PATH", path_.c_str(), 1);
    FolderFixture::TearDown();
  }

  void add_helper(const std::string& name, const std::string& script) const {
    put("bin/docker-credential-" + name, "#!/bin/sh\n" + script + "\n", 0755);
  }

  /// One that keeps a file for each server in NAME.d; slashes become underscores there.
  void add_keychain(const std::string& name) const {
    ASSERT_TRUE(make_folders(at(name + ".d")));
    add_helper(name, "cd '" + at(name + ".d") + "'\n" + kKeychain);
  }

 private:
  static constexpr const char* kKeychain = R"sh(
file() { printf %s "$1" | tr / _; }
none() { echo 'credentials not found in native keychain'; exit 1; }
request=$(cat)
case $1 in
  get) cat "$(file "$request")" 2>/dev/null || none ;;
  erase) rm "$(file "$request")" 2>/dev/null || none ;;
  list) for f in *; do printf '{"%s":"someone"}' "$f"; done ;;
  store) server=${request#*\"ServerURL\":\"}; printf %s "$request" >"$(file "${server%%\"*}")" ;;
esac
)sh";

  std::string path_;
};

}  // namespace gantry::registries
