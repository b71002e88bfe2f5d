#include "dockerfile/run_mount.hpp"

#include "base/text.hpp"
#include "dockerfile/show.hpp"
#include "dockerfile/words.hpp"

#include <algorithm>
#include <iterator>

namespace gantry::dockerfile {

namespace {

constexpr std::string_view kTypes[] = {"bind", "cache", "tmpfs", "secret", "ssh"};  // in the order of MountType
constexpr std::string_view kSharings[] = {"shared", "private", "locked"};           // in the order of Sharing
constexpr std::string_view kKeys[] = {"type", "source",  "target",   "from", "id",  "env", "readonly",
                                      "rw",   "sharing", "required", "mode", "uid", "gid", "size"};

std::string_view canonical(std::string_view key) {
  if (key == "src") return "source";
  if (key == "dst" || key == "destination") return "target";
  if (key == "ro") return "readonly";
  if (key == "readwrite") return "rw";
  return key;
}

Error no_such(std::string_view key, std::string_view value, std::span<const std::string_view> values) {
  std::vector<std::string> names(values.begin(), values.end());
  return fail(Code::invalid, "{} {} of a mount is none", key, quoted(value))
      .with_cure("it is one of " + join(names, ", "));
}

template <class Enum>
Result<Enum> one_of(std::string_view key, std::string_view value, std::span<const std::string_view> values) {
  const auto found = std::ranges::find(values, to_lower(value));
  if (found == values.end()) return no_such(key, value, values);
  return static_cast<Enum>(found - values.begin());
}

Result<bool> read_bool(std::string_view key, std::string_view value) {
  const auto text = to_lower(value);
  if (text == "true" || text == "1" || text == "t") return true;
  if (text == "false" || text == "0" || text == "f") return false;
  return fail(Code::invalid, "{} of a mount is true or false, not {}", key, quoted(value));
}

Result<std::uint32_t> read_id(std::string_view key, std::string_view value) {
  const auto number = parse_unsigned(value);
  if (!number || *number > UINT32_MAX) {
    return fail(Code::invalid, "{} of a mount is a number, not {}", key, quoted(value));
  }
  return static_cast<std::uint32_t>(*number);
}

Result<std::uint32_t> read_mode(std::string_view value) {
  std::uint32_t mode = 0;
  const bool is_octal =
      !value.empty() && value.size() <= 6 && std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '7'; });
  for (const char c : is_octal ? value : std::string_view{}) mode = mode * 8 + static_cast<std::uint32_t>(c - '0');
  if (!is_octal || mode > 07777) {
    return fail(Code::invalid, "mode of a mount is octal, as 0755, not {}", quoted(value));
  }
  return mode;
}

/// Fields in their order; what is only known when all are read is settled at the end.
class MountReader {
 public:
  explicit MountReader(std::string_view text) { mount_.text = text; }

  Result<> field(std::string_view key, const std::string& value) {
    if (key == "type") mount_.type = TRY(one_of<MountType>(key, value, kTypes));
    else if (key == "source") mount_.source = value;
    else if (key == "target") mount_.target = value;
    else if (key == "from") mount_.from = value;
    else if (key == "id") mount_.id = value;
    else if (key == "env") mount_.env = value;
    else if (key == "readonly") read_only_ = TRY(read_bool(key, value));
    else if (key == "rw") read_only_ = !TRY(read_bool(key, value));
    else if (key == "required") required_ = TRY(read_bool(key, value));
    else if (key == "sharing") sharing_ = TRY(one_of<Sharing>(key, value, kSharings));
    else if (key == "mode") mount_.mode = TRY(read_mode(value));
    else if (key == "uid") mount_.uid = TRY(read_id(key, value));
    else if (key == "gid") mount_.gid = TRY(read_id(key, value));
    else return size(value);
    return {};
  }
  /// A value is not known yet, so neither is whether the mount as a whole makes sense.
  void pass_over() { is_open_ = true; }

  Result<RunMount> finish() {
    const bool is_file = mount_.type == MountType::secret || mount_.type == MountType::ssh;
    mount_.is_read_only = read_only_.value_or(mount_.type == MountType::bind || is_file);
    mount_.is_required = required_.value_or(false);
    mount_.sharing = sharing_.value_or(Sharing::shared);
    if (!is_open_) TRY(check(is_file));
    if (mount_.type == MountType::secret || mount_.type == MountType::ssh) settle_id();
    return std::move(mount_);
  }

 private:
  Result<> size(const std::string& value) {
    auto bytes = parse_size(value);
    if (!bytes) return fail(Code::invalid, "size of a mount is bytes, as 64m, not {}", quoted(value));
    mount_.size = *bytes;
    return {};
  }

  std::string_view type_name() const { return kTypes[static_cast<std::size_t>(mount_.type)]; }

  Result<> refuse_if(bool is_given, std::string_view key, std::string_view types) const {
    if (!is_given) return {};
    return fail(Code::invalid, "a mount of type {} has no {}", type_name(), key)
        .with_cure(fmt::format("{} belongs to {}", key, types));
  }

  Result<> check(bool is_file) const {
    const bool is_cache = mount_.type == MountType::cache;
    TRY(refuse_if(mount_.mode && !is_file && !is_cache, "mode", "cache, secret and ssh"));
    TRY(refuse_if(mount_.uid && !is_file && !is_cache, "uid", "cache, secret and ssh"));
    TRY(refuse_if(mount_.gid && !is_file && !is_cache, "gid", "cache, secret and ssh"));
    TRY(refuse_if(sharing_ && !is_cache, "sharing", "cache"));
    TRY(refuse_if(required_ && !is_file, "required", "secret and ssh"));
    TRY(refuse_if(mount_.size != 0 && mount_.type != MountType::tmpfs, "size", "tmpfs"));
    TRY(refuse_if(!mount_.env.empty() && mount_.type != MountType::secret, "env", "secret"));
    TRY(refuse_if(!mount_.from.empty() && mount_.type != MountType::bind && !is_cache, "from", "bind and cache"));
    if (mount_.type == MountType::secret && mount_.id.empty() && mount_.source.empty() && mount_.target.empty()) {
      return fail(Code::invalid, "a mount of type secret does not say which").with_cure("write id=NAME");
    }
    if (mount_.type == MountType::secret && !mount_.id.empty() && !mount_.source.empty()) {
      return fail(Code::invalid, "a mount of type secret has both id and source").with_cure("keep one of them");
    }
    if (!is_file && mount_.target.empty()) {
      return fail(Code::invalid, "a mount of type {} has no target", type_name()).with_cure("write target=PATH");
    }
    return {};
  }

  /// secret: `source` is another word for the id, and a target alone names it too; ssh has a default.
  void settle_id() {
    if (mount_.id.empty()) mount_.id = mount_.source;
    if (mount_.id.empty() && mount_.type == MountType::ssh) mount_.id = "default";
    if (mount_.id.empty())
      mount_.id = cut_last(mount_.target, '/').found ? cut_last(mount_.target, '/').after : mount_.target;
    mount_.source.clear();
  }

  RunMount mount_;
  std::optional<bool> read_only_;
  std::optional<bool> required_;
  std::optional<Sharing> sharing_;
  bool is_open_ = false;
};

bool may_stand_alone(std::string_view key) { return key == "readonly" || key == "rw" || key == "required"; }

Result<> read_field(MountReader& reader, const std::string& field, const Replace& replace) {
  const auto [before, after, has_value] = cut(field, '=');
  const auto name = to_lower(before);
  const auto key = canonical(name);
  if (std::ranges::find(kKeys, key) == std::end(kKeys)) {
    return fail(Code::invalid, "a mount has no key {}", quoted(before))
        .with_cure(did_you_mean(before, kKeys,
                                "it has type, source, target, from, id, env, ro, rw, sharing, required, "
                                "mode, uid, gid and size"));
  }
  if (!has_value && !may_stand_alone(key)) {
    return fail(Code::invalid, "the key {} of a mount has no value", quoted(before)).with_cure("write key=value");
  }
  std::string value = has_value ? std::string(after) : "true";
  if (value.find('$') == std::string::npos && !replace) return reader.field(key, value);
  if (key == "from" && value.find('$') != std::string::npos) {
    return fail(Code::invalid, "from of a mount takes no variables")
        .with_cure("name a stage with FROM $VARIABLE AS name above, and mount from that");
  }
  if (!replace) {
    reader.pass_over();
    return {};
  }
  return reader.field(key, TRY(replace(value)));
}

}  // namespace

Result<RunMount> parse_run_mount(std::string_view text, const Replace& replace) {
  const auto fields = csv_fields(text);
  if (!fields) {
    return fail(Code::invalid, "the quotes in {} do not fit", quoted(text)).with_cure("quote a whole key=value");
  }
  MountReader reader(text);
  for (const auto& field : *fields) TRY(read_field(reader, field, replace));
  return reader.finish();
}

}  // namespace gantry::dockerfile
