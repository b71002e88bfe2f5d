#include "engine/process_note.hpp"

#include "base/file.hpp"
#include "linux/process.hpp"

namespace gantry::engine {

Result<> note_process(const std::string& file, pid_t pid, const char* what) {
  const auto stat = linux::process_stat(pid);
  if (!stat) return fail(Code::failed, "{} has ended", what);
  const StartRecord record{{pid, stat->start_time}, 0, TRY(boot_id())};
  return replace_file(file, format_start_record(record), 0600, Sync::no);
}

std::optional<StartRecord> noted_process(const std::string& file) {
  const auto text = read_file(file);
  if (!text) return {};
  auto record = parse_start_record(*text);
  if (!record || !record->alive()) return {};
  return record;
}

}  // namespace gantry::engine
