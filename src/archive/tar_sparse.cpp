#include "archive/tar_sparse.hpp"

#include "archive/tar_pax.hpp"
#include "base/text.hpp"

namespace gantry::archive {

namespace {

Result<> push(std::vector<Extent>& extents, Extent extent) {
  if (extents.size() == kMaxExtents) return fail(Code::corrupt, "a sparse map has more than {} pieces", kMaxExtents);
  extents.push_back(extent);
  return {};
}

/// Unused places at the end of a table are empty.
Result<> read_table(std::span<const GnuExtent> table, std::vector<Extent>& extents) {
  for (const GnuExtent& place : table) {
    if (place.offset[0] == '\0' && place.length[0] == '\0') break;
    TRY(push(extents, {TRY(field_unsigned(place.offset)), TRY(field_unsigned(place.length))}));
  }
  return {};
}

}  // namespace

Result<std::vector<Extent>> read_gnu_sparse(const GnuTail& tail, const NextBlock& next) {
  std::vector<Extent> extents;
  TRY(read_table(tail.extents, extents));
  bool extended = tail.is_extended != 0;
  while (extended) {
    const auto* block = reinterpret_cast<const GnuExtension*>(TRY(next()));
    TRY(read_table(block->extents, extents));
    extended = block->is_extended != 0;
  }
  return extents;
}

Result<std::vector<Extent>> read_sparse_lines(const NextBlock& next) {
  std::string_view text;
  std::string line;
  auto number = [&]() -> Result<std::uint64_t> {
    line.clear();
    while (true) {
      if (text.empty()) text = {reinterpret_cast<const char*>(TRY(next())), kBlock};
      char c = text[0];
      text.remove_prefix(1);
      if (c == '\n') {
        auto parsed = parse_unsigned(line);
        if (!parsed) return fail(Code::corrupt, "a sparse map holds '{}' where a number should be", line);
        return *parsed;
      }
      if (line.size() == 20) return fail(Code::corrupt, "a sparse map has a number that is too long");
      line += c;
    }
  };
  std::uint64_t count = TRY(number());
  std::vector<Extent> extents;
  for (std::uint64_t i = 0; i < count; ++i) {
    std::uint64_t offset = TRY(number());
    TRY(push(extents, {offset, TRY(number())}));
  }
  return extents;
}

std::string sparse_lines(const std::vector<Extent>& extents) {
  std::string text = fmt::format("{}\n", extents.size());
  for (const Extent& extent : extents) text += fmt::format("{}\n{}\n", extent.offset, extent.length);
  text.resize(text.size() + padding_of(text.size()), '\0');
  return text;
}

Result<> check_extents(const std::vector<Extent>& extents, std::uint64_t size, std::uint64_t stored) {
  std::uint64_t end = 0;
  std::uint64_t sum = 0;
  for (const Extent& extent : extents) {
    if (extent.offset < end || extent.offset > size || extent.length > size - extent.offset)
      return fail(Code::corrupt, "a sparse map has pieces that overlap or lie outside the file");
    end = extent.offset + extent.length;
    sum += extent.length;
  }
  if (sum != stored) return fail(Code::corrupt, "a sparse map names {} bytes where {} are stored", sum, stored);
  return {};
}

}  // namespace gantry::archive
