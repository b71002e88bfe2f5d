#include "secrets/seal.hpp"

#include "base/file.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace gantry::secrets {

namespace {

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

Result<> start_sodium() {
  if (sodium_init() < 0) return fail(Code::failed, "libsodium cannot be used here");
  return {};
}

/// Whole or not at all, and of two that make it at the same time the first one's stays.
Result<> make_key(const std::string& path) {
  std::string key(crypto_secretbox_KEYBYTES, '\0');
  randombytes_buf(key.data(), key.size());
  const std::string unfinished = fmt::format("{}.{}", path, getpid());
  TRY(replace_file(unfinished, key, 0600));
  const bool linked = link(unfinished.c_str(), path.c_str()) == 0 || errno == EEXIST;
  const Error error = Error::system("make the key {}", path);
  TRY(remove_file(unfinished));
  if (!linked) return error;
  return {};
}

}  // namespace

Result<Key> Key::of_file(const std::string& path) {
  TRY(start_sodium());
  if (!path_exists(path)) TRY(make_key(path));
  const Fd file = TRY(open_file(path, O_RDONLY));
  struct stat info;
  if (fstat(file.get(), &info) < 0) return Error::system("key {}", path);
  if ((info.st_mode & 077) != 0)
    return fail(Code::denied, "others may read the key {}", path).with_cure(fmt::format("chmod 600 {}", path));
  std::string key = TRY(read_all(file, path, 4096));
  if (key.size() != crypto_secretbox_KEYBYTES)
    return fail(Code::corrupt, "the key {} has {} bytes, not {}", path, key.size(), crypto_secretbox_KEYBYTES);
  return Key(std::move(key));
}

std::string Key::seal(std::string_view text) const {
  std::string sealed(crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + text.size(), '\0');
  randombytes_buf(sealed.data(), crypto_secretbox_NONCEBYTES);
  crypto_secretbox_easy(bytes(sealed) + crypto_secretbox_NONCEBYTES, bytes(text), text.size(), bytes(sealed),
                        bytes(bytes_));
  return sealed;
}

Result<std::string> Key::open(std::string_view sealed) const {
  constexpr std::size_t kAround = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
  if (sealed.size() < kAround) return fail(Code::corrupt, "it is cut off");
  std::string text(sealed.size() - kAround, '\0');
  if (crypto_secretbox_open_easy(bytes(text), bytes(sealed) + crypto_secretbox_NONCEBYTES,
                                 sealed.size() - crypto_secretbox_NONCEBYTES, bytes(sealed), bytes(bytes_)) != 0)
    return fail(Code::corrupt, "it was sealed with another key, or changed since");
  return text;
}

}  // namespace gantry::secrets
