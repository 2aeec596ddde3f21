#include "debug/line_server.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <mutex>
#include <string_view>
#include <utility>

#include "debug/json.hpp"

namespace sluice::checked {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kUntilDescriptorsAreBack = 1'000 * kMillisecond;
constexpr std::int64_t kShareOfTime = 4;  // so many times what a line took is for other things

bool is_owner(int fd) noexcept {
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == ::geteuid();
}

std::string error_line(const std::string& text) {
  Json json;
  return json.open("{").member("error", text).close("}").take() + "\n";
}

// Nanoseconds; 0: it is no such request. `text` is what follows the word.
std::int64_t interval_in(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || count < LineServer::kShortestInterval || count > LineServer::kLongestInterval) {
    return 0;
  }
  return count * kMillisecond;
}

}  // namespace

LineServer::LineServer(base::ThreadMutex& at_work, std::function<std::string()> line,
                       std::int64_t patience)
    : at_work_(at_work),
      line_(std::move(line)),
      patience_(patience),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

LineServer::~LineServer() {
  for (const Client& client : clients_) ::close(client.fd);
  if (wake_ >= 0) ::close(wake_);
}

void LineServer::stop() noexcept {
  stopping_.store(true, std::memory_order_release);
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(wake_, &one, sizeof one);
}

void LineServer::serve(int listening) {
  const std::lock_guard working(at_work_);
  while (!stopping_.load(std::memory_order_acquire)) {
    wait(listening);
    if (stopping_.load(std::memory_order_acquire)) break;
    const std::int64_t now = base::now();
    for (Client& client : clients_) {
      read(client, now);
      understand(client, now);
    }
    accept(listening, now);
    answer(now);
    for (Client& client : clients_) write(client, base::now());
    let_go(base::now());
  }
}

// Until somebody has said something, takes something, or waits for something that is due.
void LineServer::wait(int listening) {
  const std::int64_t now = base::now();
  std::vector<pollfd> all{{wake_, POLLIN, 0}};
  std::int64_t until = base::kNever;
  if (accepts_from_ <= now) {
    all.push_back({listening, POLLIN, 0});
  } else {
    until = accepts_from_;
  }
  for (const Client& client : clients_) {
    // One that does not take what it is sent is not listened to either, nor one that has said all.
    const bool deaf = client.out.empty() && client.ends;
    const short events = !client.out.empty() ? POLLOUT : POLLIN;
    all.push_back({deaf ? -1 : client.fd, events, 0});
    until = std::min(until, client.gives_up);
    if (client.out.empty() && client.due != base::kNever) {
      until = std::min(until, std::max(client.due, answers_from_));
    }
  }
  const std::int64_t left = std::max<std::int64_t>(until - now, 0);
  const bool for_ever = until == base::kNever;
  const auto milliseconds = static_cast<int>((left + kMillisecond - 1) / kMillisecond);
  at_work_.unlock();
  ::poll(all.data(), all.size(), for_ever ? -1 : milliseconds);
  at_work_.lock();
}

void LineServer::accept(int listening, std::int64_t now) {
  if (accepts_from_ > now) return;
  for (;;) {
    const int fd = ::accept4(listening, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
    if (fd < 0) {
      if (errno != EAGAIN) accepts_from_ = now + kUntilDescriptorsAreBack;
      return;
    }
    Client client;
    client.fd = fd;
    client.gives_up = now + patience_;
    if (!is_owner(fd)) {
      ::close(fd);
      continue;
    }
    if (clients_.size() >= kMostClients) {
      const std::string full = error_line("too many watch this program already");
      ::send(fd, full.data(), full.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      ::close(fd);
      continue;
    }
    clients_.push_back(std::move(client));
  }
}

void LineServer::read(Client& client, std::int64_t now) {
  if (!client.out.empty() || client.ends) return;
  char bytes[256];
  const ssize_t count = ::recv(client.fd, bytes, sizeof bytes, MSG_DONTWAIT);
  if (count > 0) {
    client.in.append(bytes, static_cast<std::size_t>(count));
    client.gives_up = now + patience_;
  } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
    client.ends = true;
  }
}

// Of several requests at once the last counts.
void LineServer::understand(Client& client, std::int64_t now) {
  constexpr std::string_view kEvery = "every ";
  while (client.out.empty()) {
    const std::size_t end = client.in.find('\n');
    const std::string request = client.in.substr(0, std::min(end, kLongestRequest));
    if (end == std::string::npos && client.in.size() <= kLongestRequest) return;
    client.interval = request.starts_with(kEvery)
                          ? interval_in(std::string_view(request).substr(kEvery.size()))
                          : 0;
    if (end > kLongestRequest || (request != "now" && client.interval == 0)) {
      client.out = error_line("no such request: '" + request +
                              "' (there are: now, every MILLISECONDS from 10 to 3600000)");
      client.ends = true;
      return;
    }
    client.in.erase(0, end + 1);
    client.due = now;
  }
}

void LineServer::answer(std::int64_t now) {
  if (now < answers_from_) return;
  std::string line;  // the same for all who want one
  for (Client& client : clients_) {
    if (client.due > now || !client.out.empty()) continue;
    if (line.empty()) {
      const std::int64_t began = base::now();
      line = line_() + "\n";
      const std::int64_t ended = base::now();
      answers_from_ = ended + kShareOfTime * (ended - began);
    }
    client.out = line;
    client.gives_up = base::now() + patience_;
    if (client.interval == 0) {
      client.due = base::kNever;
    } else {
      client.due = std::max(client.due + client.interval, now);
    }
  }
}

void LineServer::write(Client& client, std::int64_t now) {
  while (!client.out.empty()) {
    const ssize_t sent =
        ::send(client.fd, client.out.data(), client.out.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) return;
    if (sent <= 0) {
      client.out.clear();
      client.due = base::kNever;
      client.ends = true;
      return;
    }
    client.out.erase(0, static_cast<std::size_t>(sent));
    client.gives_up = now + patience_;
  }
}

void LineServer::let_go(std::int64_t now) {
  std::erase_if(clients_, [now](Client& client) {
    // Who waits for a line need not say anything.
    if (client.out.empty() && client.due != base::kNever) client.gives_up = base::kNever;
    const bool owed = !client.out.empty() || (client.due != base::kNever && client.interval == 0);
    const bool over = client.gives_up <= now || (client.ends && !owed);
    if (over) ::close(client.fd);
    return over;
  });
}

}  // namespace sluice::checked
