#include "systemd/manager.hpp"

#include "base/clock.hpp"
#include "base/fd.hpp"
#include "linux/idmap.hpp"

#include <systemd/sd-bus.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <map>
#include <string_view>

namespace gantry::systemd {

namespace {

constexpr const char* kName = "org.freedesktop.systemd1";
constexpr const char* kPath = "/org/freedesktop/systemd1";
constexpr const char* kInterface = "org.freedesktop.systemd1.Manager";
constexpr std::int64_t kJobTime = 30 * kSecond;

struct Release {
  void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
  void operator()(sd_bus_slot* slot) const { sd_bus_slot_unref(slot); }
};
using Message = std::unique_ptr<sd_bus_message, Release>;
using Slot = std::unique_ptr<sd_bus_slot, Release>;

struct BusError {
  sd_bus_error error = SD_BUS_ERROR_NULL;
  ~BusError() { sd_bus_error_free(&error); }
};

Error bus_failure(int negative, std::string_view doing) { return Error::from_errno(-negative, std::string(doing)); }

/// What sd-bus functions return, which is negative for an error.
Result<> check(int result) { return result < 0 ? Result<>(bus_failure(result, "talk to systemd")) : Result<>(); }

Result<Message> make_call(sd_bus* bus, const char* member) {
  sd_bus_message* message = nullptr;
  TRY(check(sd_bus_message_new_method_call(bus, &message, kName, kPath, kInterface, member)));
  return Message(message);
}

/// The answer; `unless` is the name of an error that gives none.
Result<Message> send(sd_bus* bus, const Message& call, std::string_view unless = {}) {
  BusError failure;
  sd_bus_message* answer = nullptr;
  int result = sd_bus_call(bus, call.get(), 0, &failure.error, &answer);
  if (result >= 0) return Message(answer);
  if (failure.error.name != nullptr && failure.error.name == unless) return Message();
  std::string_view reason = failure.error.message != nullptr ? failure.error.message : "";
  while (reason.ends_with('.')) reason.remove_suffix(1);
  if (reason.empty()) return bus_failure(result, "systemd");
  return fail(code_of_errno(-result), "systemd: {}", reason);
}

struct AppendValue {
  sd_bus_message* message;

  int operator()(bool value) const { return sd_bus_message_append(message, "v", "b", value ? 1 : 0); }
  int operator()(std::uint64_t value) const { return sd_bus_message_append(message, "v", "t", value); }
  int operator()(const std::string& value) const { return sd_bus_message_append(message, "v", "s", value.c_str()); }
  int operator()(const std::vector<std::uint8_t>& bytes) const {
    if (int result = sd_bus_message_open_container(message, 'v', "ay"); result < 0) return result;
    if (int result = sd_bus_message_append_array(message, 'y', bytes.data(), bytes.size()); result < 0) return result;
    return sd_bus_message_close_container(message);
  }
};

Result<> append(sd_bus_message* message, const Property& property) {
  TRY(check(sd_bus_message_open_container(message, 'r', "sv")));
  TRY(check(sd_bus_message_append(message, "s", property.name.c_str())));
  TRY(check(std::visit(AppendValue{message}, property.value)));
  return check(sd_bus_message_close_container(message));
}

/// The array of properties of a call; `own_pid` adds the caller as the process of a scope.
Result<> append(const Message& message, std::span<const Property> properties, bool own_pid) {
  TRY(check(sd_bus_message_open_container(message.get(), 'a', "(sv)")));
  for (const auto& property : properties) TRY(append(message.get(), property));
  if (own_pid)
    TRY(check(sd_bus_message_append(message.get(), "(sv)", "PIDs", "au", 1, static_cast<unsigned>(getpid()))));
  return check(sd_bus_message_close_container(message.get()));
}

/// The end of a job, which systemd tells by the signal JobRemoved. It watches from before the job is asked for.
class JobWatch {
 public:
  explicit JobWatch(sd_bus* bus) : bus_(bus) {}

  Result<> begin() {
    sd_bus_slot* slot = nullptr;
    TRY(check(sd_bus_match_signal(bus_, &slot, kName, kPath, kInterface, "JobRemoved", &JobWatch::removed, this)));
    slot_.reset(slot);
    return {};
  }

  /// `answer` holds the path of the job.
  Result<> wait(const Message& answer, const std::string& unit) {
    const char* path = nullptr;
    TRY(check(sd_bus_message_read(answer.get(), "o", &path)));
    for (std::int64_t deadline = monotonic() + kJobTime; !results_.contains(path);) {
      std::int64_t left = deadline - monotonic();
      if (left <= 0) return fail(Code::busy, "systemd has not finished its job for {} within 30 seconds", unit);
      int worked = sd_bus_process(bus_, nullptr);
      TRY(check(worked));
      if (worked == 0) TRY(check(sd_bus_wait(bus_, static_cast<std::uint64_t>(left / 1000))));
    }
    const std::string& result = results_[path];
    if (result == "done") return {};
    return fail(Code::failed, "the job of systemd for {} ended as '{}'", unit, result)
        .with_cure(fmt::format("see 'systemctl status {}'", unit));
  }

 private:
  static int removed(sd_bus_message* message, void* raw, sd_bus_error*) {
    std::uint32_t id;
    const char *path, *unit, *result;
    if (sd_bus_message_read(message, "uoss", &id, &path, &unit, &result) >= 0)
      static_cast<JobWatch*>(raw)->results_[path] = result;
    return 0;
  }

  sd_bus* bus_;
  std::map<std::string, std::string> results_;  ///< by the job's path
  Slot slot_;
};

Result<std::string> cgroup_of(sd_bus* bus, const std::string& unit) {
  Message call = TRY(make_call(bus, "GetUnit"));
  TRY(check(sd_bus_message_append(call.get(), "s", unit.c_str())));
  Message answer = TRY(send(bus, call));
  const char* path = nullptr;
  TRY(check(sd_bus_message_read(answer.get(), "o", &path)));
  BusError failure;
  char* cgroup = nullptr;
  TRY(check(sd_bus_get_property_string(bus, kName, path, "org.freedesktop.systemd1.Scope", "ControlGroup",
                                       &failure.error, &cgroup)));
  std::unique_ptr<char, decltype(&free)> held(cgroup, free);
  return std::string(cgroup);
}

struct Unref {
  void operator()(sd_bus* bus) const { sd_bus_flush_close_unref(bus); }
};
using Bus = std::unique_ptr<sd_bus, Unref>;

/// systemd's own socket, which needs no D-Bus daemon.
Result<Bus> connect_directly(const std::string& path) {
  Fd socket = TRY(connect_unix(path, "systemd"));
  sd_bus* made = nullptr;
  TRY(check(sd_bus_new(&made)));
  Bus bus(made);
  TRY(check(sd_bus_set_fd(bus.get(), socket.get(), socket.get())));
  socket.release();
  TRY(check(sd_bus_start(bus.get())));
  return bus;
}

Result<Bus> connect_by_bus(int (*open)(sd_bus**)) {
  sd_bus* bus = nullptr;
  TRY(check(open(&bus)));
  return Bus(bus);
}

Error no_systemd(const std::string& where, const Error& reason) {
  return fail(Code::not_found, "no systemd answers at {}: {}", where, text_of_errno(reason.os_error()))
      .with_cure("use --cgroup-manager cgroupfs");
}

/// In a user namespace, root is an ordinary user with a systemd of his own.
bool is_system() { return geteuid() == 0 && linux::in_initial_user_namespace(); }

}  // namespace

void Manager::Close::operator()(sd_bus* bus) const { Unref()(bus); }

Result<Manager> Manager::connect() {
  const char* run = is_system() ? "/run" : getenv("XDG_RUNTIME_DIR");
  std::string socket = fmt::format("{}/systemd/private", run != nullptr ? run : "/run/user");
  auto bus = connect_directly(socket);
  if (!bus) {
    auto other = connect_by_bus(is_system() ? sd_bus_open_system : sd_bus_open_user);
    if (!other) return no_systemd(socket, bus.error());
    bus = std::move(other);
  }
  return Manager(bus->release());
}

Result<std::string> Manager::start_scope(const std::string& unit, std::span<const Property> properties) {
  JobWatch job(bus_.get());
  TRY(job.begin());
  Message call = TRY(make_call(bus_.get(), "StartTransientUnit"));
  TRY(check(sd_bus_message_append(call.get(), "ss", unit.c_str(), "fail")));
  TRY(append(call, properties, true));
  TRY(check(sd_bus_message_append(call.get(), "a(sa(sv))", 0)));
  TRY(job.wait(TRY(send(bus_.get(), call)), unit));
  return cgroup_of(bus_.get(), unit);
}

Result<> Manager::set(const std::string& unit, std::span<const Property> properties) {
  Message call = TRY(make_call(bus_.get(), "SetUnitProperties"));
  TRY(check(sd_bus_message_append(call.get(), "sb", unit.c_str(), 1)));
  TRY(append(call, properties, false));
  TRY(send(bus_.get(), call));
  return {};
}

Result<> Manager::attach(const std::string& unit, pid_t pid) {
  Message call = TRY(make_call(bus_.get(), "AttachProcessesToUnit"));
  TRY(check(sd_bus_message_append(call.get(), "ssau", unit.c_str(), "", 1, static_cast<unsigned>(pid))));
  TRY(send(bus_.get(), call));
  return {};
}

Result<> Manager::stop(const std::string& unit) {
  JobWatch job(bus_.get());
  TRY(job.begin());
  Message call = TRY(make_call(bus_.get(), "StopUnit"));
  TRY(check(sd_bus_message_append(call.get(), "ss", unit.c_str(), "replace")));
  Message answer = TRY(send(bus_.get(), call, "org.freedesktop.systemd1.NoSuchUnit"));
  return answer ? job.wait(answer, unit) : Result<>();
}

}  // namespace gantry::systemd
