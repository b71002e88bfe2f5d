#include "net/lease.hpp"

#include "base/file.hpp"
#include "net/range.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace gantry::net {

namespace {

/// The addresses that may be given out: those of the lease range, without the network's own.
Result<Range> pool_of(const Subnet& subnet) {
  auto range = host_range(subnet.subnet);
  if (!range) return fail(Code::invalid, "the subnet {} has no addresses to give out", subnet.subnet.text());
  if (!subnet.lease_range) return *range;
  const auto& [start, end] = *subnet.lease_range;
  if (start) range->first = std::max(range->first, number_of(*start));
  if (end) range->last = std::min(range->last, number_of(*end));
  if (range->first > range->last)
    return fail(Code::invalid, "the range of addresses in the subnet {} is empty", subnet.subnet.text());
  return *range;
}

/// The folder of a network's leases, locked, with the address that was given out last in it.
class Register {
 public:
  static Result<Register> open(const std::string& folder) {
    TRY(make_folders(folder, 0711));
    Lock lock = TRY(Lock::take(folder, Lock::Mode::exclusive));
    return Register(folder, std::move(lock));
  }

  /// False when somebody has it.
  Result<bool> take(const IpAddress& address, std::string_view owner) const {
    const std::string path = path_of(address);
    if (symlink(std::string(owner).c_str(), path.c_str()) == 0) return true;
    if (errno == EEXIST) return false;
    return Error::system("note the address {} in {}", address.text(), folder_);
  }

  /// Who has it; empty: nobody.
  std::string owner_of(const IpAddress& address) const { return read_link(path_of(address)).value_or(std::string()); }

  Number last(const Subnet& subnet) const {
    auto text = read_file(cursor_of(subnet));
    auto address = text ? IpAddress::parse(*text) : Result<IpAddress>(text.error());
    return address ? number_of(*address) : 0;
  }
  Result<> set_last(const Subnet& subnet, const IpAddress& address) const {
    const std::string path = cursor_of(subnet);
    const Fd file = TRY(open_file(path, O_WRONLY | O_CREAT | O_TRUNC, 0600));
    return write_all(file, address.text(), path);
  }

 private:
  Register(std::string folder, Lock lock) : folder_(std::move(folder)), lock_(std::move(lock)) {}
  std::string path_of(const IpAddress& address) const { return folder_ + "/" + address.text(); }
  std::string cursor_of(const Subnet& subnet) const { return folder_ + "/last-" + subnet.subnet.address.text(); }

  std::string folder_;
  Lock lock_;
};

}  // namespace

Result<IpAddress> Leases::take(const Network& network, const Subnet& subnet, std::string_view owner) const {
  const Range pool = TRY(pool_of(subnet));
  const bool v6 = subnet.subnet.address.v6;
  const Register leases = TRY(Register::open(folder_of(network.name)));
  const Number last = leases.last(subnet);
  Number next = last >= pool.first && last < pool.last ? last + 1 : pool.first;
  const Number start = next;
  do {
    const IpAddress address = address_of(next, v6);
    if (address != subnet.gateway && TRY(leases.take(address, owner))) {
      TRY(leases.set_last(subnet, address));
      return address;
    }
    next = next < pool.last ? next + 1 : pool.first;
  } while (next != start);
  return fail(Code::no_space, "network '{}' has no free address in {}", network.name, subnet.subnet.text())
      .with_cure("remove containers from it, or make a network with a larger subnet");
}

Result<> Leases::take(const Network& network, const Subnet& subnet, const IpAddress& wanted,
                      std::string_view owner) const {
  const auto hosts = host_range(subnet.subnet);
  const Number number = number_of(wanted);
  if (wanted.v6 != subnet.subnet.address.v6 || !hosts || number < hosts->first || number > hosts->last)
    return fail(Code::invalid, "{} is not an address in the subnet {} of network '{}'", wanted.text(),
                subnet.subnet.text(), network.name);
  if (wanted == subnet.gateway)
    return fail(Code::invalid, "{} is the gateway of network '{}'", wanted.text(), network.name)
        .with_cure("choose another address");
  const Register leases = TRY(Register::open(folder_of(network.name)));
  if (TRY(leases.take(wanted, owner))) return {};
  const std::string holder = leases.owner_of(wanted);
  if (holder == owner) return {};
  return fail(Code::exists, "container {} has the address {} in network '{}'", holder.substr(0, 12), wanted.text(),
              network.name)
      .with_cure("choose another one, or none");
}

Result<> Leases::give_back(std::string_view network, const IpAddress& address, std::string_view owner) const {
  const std::string path = folder_of(network) + "/" + address.text();
  auto holder = read_link(path);
  if (!holder || *holder != owner) return {};
  return remove_file(path);
}

Result<> Leases::give_back_all(std::string_view owner) const {
  auto networks = list_folder(folder_);
  if (!networks) return {};  // nobody ever had one
  for (const std::string& network : *networks)
    for (const Lease& lease : TRY(list(network)))
      if (lease.owner == owner) TRY(give_back(network, lease.address, owner));
  return {};
}

Result<std::vector<Leases::Lease>> Leases::list(std::string_view network) const {
  std::vector<Lease> leases;
  auto names = list_folder(folder_of(network));
  if (!names) return leases;
  for (const std::string& name : *names) {
    auto address = IpAddress::parse(name);
    if (!address) continue;  // the last one given out
    auto owner = read_link(folder_of(network) + "/" + name);
    if (owner) leases.push_back({*address, std::move(*owner)});
  }
  return leases;
}

Result<> Leases::forget(std::string_view network) const { return remove_tree(folder_of(network)); }

}  // namespace gantry::net
