#include "net/resolve.hpp"

#include <netdb.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "net/error.hpp"
#include "net/poller.hpp"
#include "sluice/go.hpp"

namespace sluice::detail {
namespace {

// What the system is asked. Shared with the goroutine that asks it, which may come back after
// nobody wants to know any more.
struct Question {
  std::string host;
  std::string port;
  addrinfo hints{};
  Side* asker = nullptr;  // the memory of a side stays
  Addresses answer;
  std::atomic<bool> answered{false};  // released by the one, acquired by the other
};

std::error_code error_of(int status) noexcept {
  switch (status) {
    case EAI_SYSTEM:
      return last_error();
    case EAI_MEMORY:
      return std::make_error_code(std::errc::not_enough_memory);
    case EAI_AGAIN:
      return std::make_error_code(std::errc::resource_unavailable_try_again);
    default:
      return NetError::no_such_host;
  }
}

const char* or_null(const std::string& text) noexcept {
  return text.empty() ? nullptr : text.c_str();
}

// Blocks its thread.
void ask(Question& question) {
  addrinfo* found = nullptr;
  const int status =
      getaddrinfo(or_null(question.host), or_null(question.port), &question.hints, &found);
  if (status != 0) {
    question.answer.error = error_of(status);
    return;
  }
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    Address address;
    address.size = each->ai_addrlen;
    std::memcpy(&address.storage, each->ai_addr, each->ai_addrlen);
    question.answer.all.push_back(address);
  }
  freeaddrinfo(found);
}

// The library that asks wants more stack than a program may give its goroutines.
constexpr std::size_t kAskingStack = 256 * 1024;

Addresses ask_elsewhere(const Context* ctx, std::shared_ptr<Question> question,
                        const CallSite& site) {
  std::error_code error;
  Watch watch(error);
  if (error) return {{}, error};
  question->asker = &watch.side(&Descriptor::read);
  const std::string name = question->host + ":" + question->port;
  go(GoOptions{.name = "resolve " + name, .stack_size = kAskingStack}, [question] {
    blocking([&] { ask(*question); });
    question->answered.store(true, std::memory_order_release);
    question->asker->news();
  });
  while (!question->answered.load(std::memory_order_acquire)) {
    const Outcome outcome = question->asker->wait({"resolve", name}, ctx, site);
    if (outcome != Outcome::ready) return {{}, to_error(outcome, ctx)};
  }
  return std::move(question->answer);
}

std::shared_ptr<Question> make_question(HostPort what, int family) {
  auto question = std::make_shared<Question>();
  question->host = std::move(what.host);
  question->port = std::move(what.port);
  question->hints.ai_family = family;
  question->hints.ai_socktype = SOCK_STREAM;
  return question;
}

Addresses only(const Address& address, std::error_code error) {
  if (error) return {{}, error};
  return {{address}, {}};
}

}  // namespace

Addresses resolve(const Context* ctx, std::string_view network, std::string_view text,
                  ResolveFor who, const CallSite& site) {
  if (const std::error_code error = ctx != nullptr ? ctx->err() : std::error_code()) {
    return {{}, error};
  }
  const std::optional<int> family = family_of(network);
  if (!family) return {{}, NetError::unknown_network};
  if (*family == AF_UNIX) {
    std::error_code error;
    const Address address = unix_address(text, error);
    return only(address, error);
  }
  std::optional<HostPort> what = split_host_port(text);
  if (!what || what->port.empty()) return {{}, NetError::bad_address};
  if (const auto address = numeric_address(*what, *family)) return only(*address, {});
  const bool wildcard = what->host.empty() && who == ResolveFor::listening;
  auto question = make_question(std::move(*what), *family);
  if (wildcard) question->hints.ai_flags = AI_PASSIVE;
  Addresses found = ask_elsewhere(ctx, std::move(question), site);
  // One socket of the newer kind hears both.
  if (wildcard) {
    std::partition(found.all.begin(), found.all.end(),
                   [](const Address& each) { return each.family() == AF_INET6; });
  }
  return found;
}

Addresses resolve_host(const Context* ctx, std::string_view name, const CallSite& site) {
  if (const std::error_code error = ctx != nullptr ? ctx->err() : std::error_code()) {
    return {{}, error};
  }
  if (name.empty()) return {{}, NetError::no_such_host};
  return ask_elsewhere(ctx, make_question({std::string(name), ""}, AF_UNSPEC), site);
}

}  // namespace sluice::detail

namespace sluice {

using namespace detail;

namespace {

Resolved as_text(const Addresses& found) {
  Resolved resolved;
  resolved.error = found.error;
  for (const Address& each : found.all) resolved.addresses.push_back(each.host());
  return resolved;
}

}  // namespace

Resolved lookup_host(std::string_view name) {
  return as_text(resolve_host(nullptr, name, SLUICE_CALL_SITE()));
}
Resolved lookup_host(const Context& ctx, std::string_view name) {
  return as_text(resolve_host(&ctx, name, SLUICE_CALL_SITE()));
}

}  // namespace sluice
