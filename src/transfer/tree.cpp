#include "transfer/tree.hpp"

#include "archive/tar_reader.hpp"
#include "base/file.hpp"
#include "base/text.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>
#include <optional>

namespace gantry::transfer {

namespace {

/// More than any image has by far; an index of this many names takes some 100 MB.
constexpr std::size_t kMaxMembers = 1u << 20;
constexpr int kMaxLinks = 8;

/// One member of a tar: its headers are read once more, from where they begin.
class MemberSource final : public Source {
 public:
  MemberSource(const Fd& fd, std::uint64_t position, const std::string& name)
      : tar_(fd, position, name), reader_(tar_, archive::EndMarker::optional) {}

  Result<> start() {
    auto entry = TRY(reader_.next());
    if (!entry || entry->kind != archive::Kind::file) return fail(Code::corrupt, "it changed while it was read");
    return {};
  }
  Result<std::size_t> read(std::span<std::byte> buffer) override { return reader_.read(buffer); }

 private:
  PositionedSource tar_;
  archive::TarReader reader_;
};

Error no_file(const Tree& tree, const std::string& path) {
  return fail(Code::not_found, "{} has no file {}", tree.name(), path);
}

class FolderTree final : public Tree {
 public:
  FolderTree(Fd folder, std::string name) : folder_(std::move(folder)), name_(std::move(name)) {}

  const std::string& name() const override { return name_; }

  bool has(const std::string& path) const override { return faccessat(folder_.get(), path.c_str(), R_OK, 0) == 0; }

  std::optional<std::uint64_t> size(const std::string& path) const override {
    struct stat info;
    if (fstatat(folder_.get(), path.c_str(), &info, 0) < 0 || !S_ISREG(info.st_mode)) return {};
    return static_cast<std::uint64_t>(info.st_size);
  }

  Result<std::unique_ptr<Source>> open(const std::string& path) const override {
    auto fd = open_at(folder_.get(), path, O_RDONLY);
    if (!fd && fd.error().code() == Code::not_found) return no_file(*this, path);
    return std::make_unique<FileSource>(TRY(std::move(fd)), name_ + "/" + path);
  }

 private:
  Fd folder_;
  std::string name_;
};

/// "a/b" of "./a//c/../b"; an absolute path counts from the archive's root.
std::string clean(std::string_view path) {
  std::vector<std::string> kept;
  for (auto& part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..") kept.push_back(std::move(part));
    else if (!kept.empty()) kept.pop_back();
  }
  return join(kept, "/");
}

class TarTree final : public Tree {
 public:
  TarTree(Fd tar, std::string name) : tar_(std::move(tar)), name_(std::move(name)) {}

  Result<> index() {
    PositionedSource source(tar_, 0, name_);
    archive::TarReader reader(source);
    while (auto entry = TRY(reader.next())) {
      if (members_.size() == kMaxMembers) return fail(Code::invalid, "it has more than {} members", kMaxMembers);
      std::string path = clean(entry->path);
      Member member{entry->position, entry->size, {}};
      if (entry->kind == archive::Kind::symlink) member.link = clean(folder_of(path) + entry->link);
      else if (entry->kind == archive::Kind::hardlink) member.link = clean(entry->link);
      else if (entry->kind != archive::Kind::file) continue;
      members_.insert_or_assign(std::move(path), std::move(member));
    }
    return {};
  }

  const std::string& name() const override { return name_; }
  bool has(const std::string& path) const override { return find(path) != nullptr; }
  std::optional<std::uint64_t> size(const std::string& path) const override {
    const Member* member = find(path);
    return member != nullptr ? std::optional(member->size) : std::nullopt;
  }

  Result<std::unique_ptr<Source>> open(const std::string& path) const override {
    const Member* member = find(path);
    if (member == nullptr) return no_file(*this, path);
    auto source = std::make_unique<MemberSource>(tar_, member->position, name_);
    TRY(with_context(source->start(), "{}: {}", name_, path));
    return source;
  }

 private:
  struct Member {
    std::uint64_t position = 0;
    std::uint64_t size = 0;
    std::optional<std::string> link;
  };

  static std::string folder_of(const std::string& path) {
    auto slash = path.rfind('/');
    return slash == std::string::npos ? "" : path.substr(0, slash + 1);
  }

  const Member* find(const std::string& path) const {
    std::string wanted = clean(path);
    for (int links = 0; links < kMaxLinks; ++links) {
      auto member = members_.find(wanted);
      if (member == members_.end()) return nullptr;
      if (!member->second.link) return &member->second;
      wanted = *member->second.link;
    }
    return nullptr;
  }

  Fd tar_;
  std::string name_;
  std::map<std::string, Member> members_;
};

}  // namespace

Result<std::string> Tree::read(const std::string& path, std::size_t limit) const {
  auto source = TRY(open(path));
  auto text = TRY(read_text(*source, limit));
  if (!text) return fail(Code::corrupt, "{} in {} is larger than {} bytes", path, name(), limit);
  return std::move(*text);
}

Result<std::unique_ptr<Tree>> open_folder_tree(const std::string& path) {
  return std::make_unique<FolderTree>(TRY(open_folder(path)), path);
}

Result<std::unique_ptr<Tree>> open_tar_tree(Fd tar, std::string name) {
  auto tree = std::make_unique<TarTree>(std::move(tar), name);
  TRY(with_context(tree->index(), "{}", name));
  return tree;
}

}  // namespace gantry::transfer
