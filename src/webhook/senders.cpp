#include "webhook/senders.hpp"

#include "base/log.hpp"

namespace gantry::webhook {

Result<std::unique_ptr<Senders>> Senders::start(std::vector<Receiver> receivers, const std::string& path,
                                                const std::string& source) {
  std::vector<std::string> known;
  for (const auto& receiver : receivers) known.push_back(receiver.url);
  auto queue = TRY(Queue::open(path));
  TRY(queue->forget(known));
  std::unique_ptr<Senders> senders(new Senders(std::move(queue)));
  for (auto& receiver : receivers)
    senders->senders_.push_back(std::make_unique<Sender>(std::move(receiver), *senders->queue_, source));
  return senders;
}

void Senders::tell(const Happening& happening) {
  for (const auto& sender : senders_)
    if (auto told = sender->tell(happening); !told)
      log::error("{} will not hear of {}: {}", sender->receiver().url, happening.repository, told.error().message());
}

}  // namespace gantry::webhook
