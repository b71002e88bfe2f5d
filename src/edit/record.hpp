#pragma once

#include "archive/entry.hpp"
#include "base/fd.hpp"
#include "oci/digest.hpp"

#include <map>
#include <string>
#include <string_view>

namespace gantry::edit {

/// What a file system has under a name: all that a layer could tell of it.
struct RecordedNode {
  archive::Entry entry;  ///< without path, names of owners and atime; a hardlink is what it links to
  std::string digest;    ///< of a file's bytes: sha256, hex
  bool operator==(const RecordedNode& other) const;
};

/// A tree as it was at some time, by path; the root is "".
using Record = std::map<std::string, RecordedNode>;

/// Reads all below a folder, several files at a time. Nothing is followed out of it. Sockets are left out.
Result<Record> record_tree(const Fd& root);

/// A record as text: mtree(5) with one line a name, as bsdtar writes it.
std::string write_record(const Record& record);
/// Code::invalid names the line.
Result<Record> parse_record(std::string_view text, const std::string& name);

}  // namespace gantry::edit
