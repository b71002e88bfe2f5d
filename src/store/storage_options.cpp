#include "store/storage_options.hpp"

#include "base/text.hpp"

namespace gantry::store {

namespace {

using Compression = ErofsOptions::Compression;

Result<Compression> read_compression(std::string_view word) {
  if (word == "none") return Compression::none;
  if (word == "lz4") return Compression::lz4;
  if (word == "zstd") return Compression::zstd;
  return fail(Code::invalid, "'{}' is no compression of EROFS", word).with_cure("use none, lz4 or zstd");
}

Result<bool> read_switch(std::string_view word) {
  if (word == "on") return true;
  if (word == "off") return false;
  return fail(Code::invalid, "'{}' is neither on nor off", word);
}

Result<> read_word(std::string_view key, std::string_view value, StorageOptions& options) {
  if (key == "size") options.limits.size = TRY(parse_size(value));
  else if (key == "layer.size") options.limits.layer_size = TRY(parse_size(value));
  else if (key == "layer.files") options.limits.layer_files = TRY(parse_unsigned(value));
  else if (key == "erofs.compression") options.erofs.compression = TRY(read_compression(value));
  else if (key == "erofs.dedup") options.erofs.shares = TRY(read_switch(value));
  else
    return fail(Code::invalid, "there is no such option")
        .with_cure("use size, layer.size, layer.files, erofs.compression or erofs.dedup");
  return {};
}

}  // namespace

Result<StorageOptions> read_storage_options(std::span<const std::string> words) {
  StorageOptions options;
  for (const auto& word : words) {
    auto [key, value, has_value] = cut(word, '=');
    if (!has_value) return fail(Code::invalid, "option --storage-opt: '{}' is not of the form KEY=VALUE", word);
    TRY(with_context(read_word(key, value, options), "option --storage-opt: {}", key));
  }
  return options;
}

}  // namespace gantry::store
