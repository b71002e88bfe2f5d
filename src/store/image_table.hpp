#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "oci/digest.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gantry::store {

/// An entry of index.json, and what listings show of the image behind it.
struct ImageRow {
  oci::Digest digest;  ///< of the manifest or index that the entry names
  std::string name;    ///< canonical reference; empty: none
  std::string id;      ///< hex of the config's digest; empty: the image cannot be read
  Timestamp created = 0;
  std::optional<std::uint64_t> size;  ///< bytes of all layers' tars; none: one is not unpacked
  std::map<std::string, std::string> labels;

  bool operator==(const ImageRow&) const = default;
};

/// What rows were made from. While that stays as it was, so do they.
struct TableKey {
  std::uint64_t index_size = 0;
  std::uint64_t index_hash = 0;     ///< of the bytes of index.json
  std::int64_t sha256_changed = 0;  ///< when a blob last came to the folder or went from it, in ns
  std::int64_t sha512_changed = 0;

  bool operator==(const TableKey&) const = default;
};

/// What index.json, manifests and configs say together, in a file that is read in one go. It can be lost, damaged or
/// out of date: then it is made again. Nobody runs or removes anything by what it says; see docs/decisions.
struct ImageTable {
  TableKey key;
  std::vector<ImageRow> rows;  ///< in the order of index.json

  bool operator==(const ImageTable&) const = default;
};

std::uint64_t hash_of(std::string_view bytes);
std::string write_table(const ImageTable& table);
/// None: it is damaged, or was written by another version.
std::optional<ImageTable> read_table(std::string_view bytes);

}  // namespace gantry::store
