#pragma once

#include "archive/test_support.hpp"
#include "erofs/reader.hpp"
#include "erofs/write_layer.hpp"

#include <sys/stat.h>

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace gantry::erofs::test {

/// Bytes that do not repeat soon.
std::string data_of(std::size_t size);
/// Bytes that get smaller by compression.
std::string words_of(std::size_t size);
inline archive::test::Member whiteout(std::string path) { return archive::test::file(std::move(path), ""); }

/// Writes layers into an image and looks at it with fsck.erofs, our reader and the kernel.
class WriteLayer : public testing::Test {
 protected:
  using Members = std::vector<archive::test::Member>;
  using Look = std::function<std::string(const std::string& folder)>;

  Result<archive::Extracted> write(Bytes archive);
  Result<archive::Extracted> write(const Members& members) { return write(Bytes(make_archive(members))); }
  void must(const Members& members);
  Code refused(const Members& members);

  /// The kernel's view of the image is that of the folder that extract() makes.
  void same_as_extracted(Bytes archive);
  void same_as_extracted(const Members& members) { same_as_extracted(Bytes(make_archive(members))); }
  /// The same, or the same error.
  void agrees_with_extract(const Members& members);
  /// What `look` finds in the mounted image.
  void mounted_is(const std::string& expected, const Look& look);

  /// All files by path ("" is the root, others begin with a slash), as our reader finds them.
  std::map<std::string, FileView> files();
  std::uint64_t image_size();
  /// Whether our reader finds the files' data.
  void reads_back(const Members& members);
  FileView view(const std::string& path) { return files()[path.empty() ? "" : "/" + path]; }
  bool exists(const std::string& path) { return files().contains("/" + path); }
  std::string text(const std::string& path);
  bool is_opaque(const std::string& path);
  bool is_whiteout(const std::string& path) { return S_ISCHR(view(path).mode) && view(path).place == 0; }
  std::string image() const { return place_ / "image"; }

  archive::test::TemporaryFolder place_;
  LayerImageOptions options_;
  Fd image_;
  std::vector<std::string> devices_;  ///< files that the image has blocks of

 private:
  void check_image();
  std::string flat_image();
  std::string device_options(const std::string& before, const std::string& between) const;
  void collect(const ImageReader& reader, const std::string& path, std::uint64_t inode, std::uint64_t parent,
               std::map<std::string, FileView>& found);
};

}  // namespace gantry::erofs::test
