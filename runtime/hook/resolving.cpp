// Hooks of what asks for names. libc does it with locks and buffers of the thread, so it is asked
// on one that nobody else needs meanwhile.
#include <netdb.h>

#include <memory>
#include <optional>
#include <string>

#include "patience.hpp"
#include "real.hpp"
#include "sluice/chan.hpp"
#include "sluice/go.hpp"

namespace {

using sluice::detail::may_park;
using sluice::hook::real;

// libc wants more stack for this than a program may give its goroutines.
constexpr std::size_t kAskingStack = 256 * 1024;

std::optional<std::string> copy_of(const char* text) {
  return text != nullptr ? std::optional<std::string>(text) : std::nullopt;
}
const char* or_null(const std::optional<std::string>& text) noexcept {
  return text ? text->c_str() : nullptr;
}

// Shared with the goroutine that asks, which may come back when the run is over.
struct Question {
  std::optional<std::string> node;
  std::optional<std::string> service;
  std::optional<addrinfo> hints;
  addrinfo* found = nullptr;
  int status = 0;
  int error = 0;
  sluice::Chan<> answered = sluice::make_chan(1);
};

void ask(Question& question) noexcept {
  question.status = sluice::blocking([&] {
    return real().getaddrinfo(or_null(question.node), or_null(question.service),
                              question.hints ? &*question.hints : nullptr, &question.found);
  });
  question.error = sluice::hook::error_now();
  question.answered.send();
}

}  // namespace

SLUICE_HOOK int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                            addrinfo** found) {
  if (!may_park()) return real().getaddrinfo(node, service, hints, found);
  auto question = std::make_shared<Question>();
  question->node = copy_of(node);
  question->service = copy_of(service);
  if (hints != nullptr) question->hints = *hints;
  sluice::go({.name = "getaddrinfo", .stack_size = kAskingStack}, [question] { ask(*question); });
  question->answered.recv();
  if (question->status == EAI_SYSTEM) sluice::hook::set_error(question->error);
  if (question->status == 0) *found = question->found;
  return question->status;
}

SLUICE_HOOK int getnameinfo(const sockaddr* address, socklen_t size, char* host,
                            socklen_t host_size, char* service, socklen_t service_size, int flags) {
  // Nobody is asked for what is only written down as numbers.
  const bool numbers = (host == nullptr || (flags & NI_NUMERICHOST) != 0) &&
                       (service == nullptr || (flags & NI_NUMERICSERV) != 0);
  if (numbers || !may_park()) {
    return real().getnameinfo(address, size, host, host_size, service, service_size, flags);
  }
  return sluice::blocking([&] {
    return real().getnameinfo(address, size, host, host_size, service, service_size, flags);
  });
}
