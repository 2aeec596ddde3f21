// Answers whoever connects to a socket with lines of text. Knows what a request looks like, not
// what the lines say:
//
//   now\n       a line
//   every N\n   a line now, and one each N milliseconds
//
// Nobody can make it wait: clients that say nothing, or do not read what they are sent, are let go.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/thread_mutex.hpp"

namespace sluice::checked {

class LineServer {
 public:
  static constexpr std::size_t kMostClients = 16;
  static constexpr std::size_t kLongestRequest = 64;  // bytes
  static constexpr std::int64_t kShortestInterval = 10, kLongestInterval = 3'600'000;
  // How long a client may neither ask for anything nor take anything.
  static constexpr std::int64_t kPatience = 10'000'000'000;

  // `line` is without a newline, and is asked for again only when four times as long has passed as
  // it took. serve() holds `at_work` but while it waits.
  LineServer(base::ThreadMutex& at_work, std::function<std::string()> line,
             std::int64_t patience = kPatience);
  LineServer(const LineServer&) = delete;
  LineServer& operator=(const LineServer&) = delete;
  ~LineServer();

  // False: no descriptor is left for it.
  bool ok() const noexcept { return wake_ >= 0; }
  // Serves those who connect to `listening`, until stop().
  void serve(int listening);
  // Any thread.
  void stop() noexcept;

 private:
  struct Client {
    int fd = -1;
    std::string in, out;        // not yet understood, not yet taken
    std::int64_t interval = 0;  // nanoseconds; 0: only what it asks for
    std::int64_t due = base::kNever;
    std::int64_t gives_up = 0;  // when it is let go if nothing happens
    bool ends = false;          // it is to be let go when all is taken
  };

  void wait(int listening);
  void accept(int listening, std::int64_t now);
  void read(Client& client, std::int64_t now);
  void understand(Client& client, std::int64_t now);
  void answer(std::int64_t now);
  void write(Client& client, std::int64_t now);
  void let_go(std::int64_t now);

  base::ThreadMutex& at_work_;
  const std::function<std::string()> line_;
  const std::int64_t patience_;
  const int wake_;
  std::atomic<bool> stopping_{false};
  std::vector<Client> clients_;
  std::int64_t accepts_from_ = 0;  // later when no descriptor was left
  std::int64_t answers_from_ = 0;
};

}  // namespace sluice::checked
