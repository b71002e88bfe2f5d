#include "runtime/resources_write.hpp"

#include <algorithm>

namespace gantry::runtime {

namespace {

/// v2 calls it "io". A hybrid host has a v2 hierarchy too, which is not the one that has it.
bool is_v2(const linux::Cgroup& cgroup) { return cgroup.is_v2("blkio"); }

/// The schedulers that know weights have files of their own: CFQ's, gone since Linux 5.0, and BFQ's.
Result<> set_weight(const linux::Cgroup& cgroup, std::string_view where, std::uint16_t weight, const char* member) {
  if (is_v2(cgroup)) {
    // BFQ's scale is v1's own; only io.cost has the whole range.
    std::string bfq = fmt::format("{}{}", where, weight);
    if (TRY(set_limit_if_there(cgroup, "io", "io.bfq.weight", bfq, member))) return {};
    std::string all = fmt::format("{}{}", where.empty() ? "default " : where, weight_of_blkio(weight));
    return set_limit(cgroup, "io", "io.weight", all, member);
  }
  const char* suffix = where.empty() ? "" : "_device";
  std::string text = fmt::format("{}{}", where, weight);
  if (TRY(set_limit_if_there(cgroup, "blkio", fmt::format("blkio.bfq.weight{}", suffix), text, member))) return {};
  return set_limit(cgroup, "blkio", fmt::format("blkio.weight{}", suffix), text, member);
}

Result<> set_leaf_weight(const linux::Cgroup& cgroup, std::string_view where, std::uint16_t weight,
                         const char* member) {
  if (is_v2(cgroup)) return cannot_limit(member, "cgroup v2 has no processes beside child cgroups");
  return set_limit(cgroup, "blkio", where.empty() ? "blkio.leaf_weight" : "blkio.leaf_weight_device",
                   fmt::format("{}{}", where, weight), member);
}

Result<> set_device_weights(const linux::Cgroup& cgroup, const std::vector<oci::WeightDevice>& devices) {
  constexpr const char* kMember = "blockIO/weightDevice";
  for (const auto& device : devices) {
    std::string where = fmt::format("{}:{} ", device.major, device.minor);
    if (device.weight.value_or(0) != 0) TRY(set_weight(cgroup, where, *device.weight, kMember));
    if (device.leaf_weight.value_or(0) != 0) TRY(set_leaf_weight(cgroup, where, *device.leaf_weight, kMember));
  }
  return {};
}

struct Throttle {
  const std::vector<oci::ThrottleDevice>& devices;
  const char* member;
  const char* v1_file;
  const char* v2_key;
};

Result<> throttle(const linux::Cgroup& cgroup, const Throttle& limits) {
  for (const auto& device : limits.devices) {
    std::string where = fmt::format("{}:{} ", device.major, device.minor);
    if (is_v2(cgroup)) {
      // 0 lifts a v1 limit; v2 has a word for that.
      std::string rate = device.rate == 0 ? "max" : fmt::format("{}", device.rate);
      TRY(set_limit(cgroup, "io", "io.max", fmt::format("{}{}={}", where, limits.v2_key, rate), limits.member));
    } else {
      TRY(set_limit(cgroup, "blkio", limits.v1_file, fmt::format("{}{}", where, device.rate), limits.member));
    }
  }
  return {};
}

}  // namespace

std::uint64_t weight_of_blkio(std::uint64_t weight) {
  return 1 + (std::clamp<std::uint64_t>(weight, 10, 1000) - 10) * 9999 / 990;
}

Result<> apply_block_io(const linux::Cgroup& cgroup, const oci::BlockIo& io) {
  if (io.weight.value_or(0) != 0) TRY(set_weight(cgroup, "", *io.weight, "blockIO/weight"));
  if (io.leaf_weight.value_or(0) != 0) TRY(set_leaf_weight(cgroup, "", *io.leaf_weight, "blockIO/leafWeight"));
  TRY(set_device_weights(cgroup, io.weight_device));
  const Throttle throttles[] = {
      {io.throttle_read_bps_device, "blockIO/throttleReadBpsDevice", "blkio.throttle.read_bps_device", "rbps"},
      {io.throttle_write_bps_device, "blockIO/throttleWriteBpsDevice", "blkio.throttle.write_bps_device", "wbps"},
      {io.throttle_read_iops_device, "blockIO/throttleReadIOPSDevice", "blkio.throttle.read_iops_device", "riops"},
      {io.throttle_write_iops_device, "blockIO/throttleWriteIOPSDevice", "blkio.throttle.write_iops_device", "wiops"}};
  for (const auto& limits : throttles) TRY(throttle(cgroup, limits));
  return {};
}

}  // namespace gantry::runtime
