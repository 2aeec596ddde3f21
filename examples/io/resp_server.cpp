// A server of keys and values that redis-cli and redis-benchmark talk to: PING, SET, GET, DEL and
// EXPIRE, with a goroutine for each connection. SIGTERM drains it: whatever has been read is
// answered before the connection ends, and the number of answers is printed.
//
//   resp_server [PORT]    0, or none: any port that is free; the address is printed
#include <signal.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <sluice/sluice.hpp>

using Command = std::vector<std::string_view>;

std::optional<long long> number_in(std::string_view text) {
  long long number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool equal(std::string_view given, std::string_view upper) {
  return std::equal(given.begin(), given.end(), upper.begin(), upper.end(),
                    [](char a, char b) { return (a >= 'a' && a <= 'z' ? a - 32 : a) == b; });
}

// ---- the store ----

// A key that has expired goes when it is next asked for.
class Store {
 public:
  void set(std::string_view key, std::string_view value) {
    const sluice::Lock lock(mu_);
    values_.insert_or_assign(std::string(key), Value{std::string(value)});
  }
  std::optional<std::string> get(std::string_view key) {
    const sluice::Lock lock(mu_);
    const auto found = find(key);
    return found != values_.end() ? std::optional(found->second.text) : std::nullopt;
  }
  bool erase(std::string_view key) {
    const sluice::Lock lock(mu_);
    const auto found = find(key);
    if (found == values_.end()) return false;
    values_.erase(found);
    return true;
  }
  bool expire(std::string_view key, std::chrono::seconds after) {
    const sluice::Lock lock(mu_);
    const auto found = find(key);
    if (found == values_.end()) return false;
    found->second.until = sluice::Clock::now() + after;
    return true;
  }

 private:
  struct Value {
    std::string text;
    sluice::TimePoint until = sluice::TimePoint::max();
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const {
      return std::hash<std::string_view>()(key);
    }
  };
  using Values = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;

  Values::iterator find(std::string_view key) SLUICE_REQUIRES(mu_) {
    const auto found = values_.find(key);
    if (found == values_.end() || found->second.until == sluice::TimePoint::max()) return found;
    if (found->second.until > sluice::Clock::now()) return found;
    values_.erase(found);
    return values_.end();
  }

  sluice::Mutex mu_;
  Values values_ SLUICE_GUARDED_BY(mu_);
};

// ---- the protocol ----

constexpr std::size_t kMostBytes = 64 << 20;  // of one command
constexpr long long kMostWords = 1 << 20;

// Takes commands out of what has been read: `*2\r\n$3\r\nGET\r\n$1\r\na\r\n`, or a line of words.
class Parser {
 public:
  enum class Result { command, more, wrong };

  std::string& input() { return input_; }

  // The words are valid until the input changes.
  Result next(Command& command) {
    command.clear();
    at_ = begin_;
    const auto line = next_line();
    if (!line) return input_.size() - begin_ > kMostBytes ? Result::wrong : Result::more;
    const Result result =
        line->starts_with('*') ? words(line->substr(1), command) : split(*line, command);
    if (result == Result::command) begin_ = at_;
    return result;
  }
  // Forgets what commands were taken from.
  void drop_taken() {
    input_.erase(0, begin_);
    begin_ = 0;
  }

 private:
  std::optional<std::string_view> next_line() {
    const std::size_t end = input_.find("\r\n", at_);
    if (end == input_.npos) return std::nullopt;
    const std::string_view line(input_.data() + at_, end - at_);
    at_ = end + 2;
    return line;
  }
  Result words(std::string_view count_text, Command& command) {
    const auto count = number_in(count_text);
    if (!count || *count > kMostWords) return Result::wrong;
    for (long long i = 0; i < *count; ++i) {
      const auto line = next_line();
      if (!line) return Result::more;
      const auto size = line->starts_with('$') ? number_in(line->substr(1)) : std::nullopt;
      if (!size || *size < 0 || *size > static_cast<long long>(kMostBytes)) return Result::wrong;
      const auto length = static_cast<std::size_t>(*size);
      if (input_.size() - at_ < length + 2) return Result::more;
      command.emplace_back(input_.data() + at_, length);
      at_ += length + 2;
    }
    return Result::command;
  }
  static Result split(std::string_view line, Command& command) {
    while (!line.empty()) {
      const std::size_t end = std::min(line.find(' '), line.size());
      if (end > 0) command.push_back(line.substr(0, end));
      line.remove_prefix(std::min(end + 1, line.size()));
    }
    return Result::command;
  }

  std::string input_;
  std::size_t begin_ = 0;  // of the next command
  std::size_t at_ = 0;
};

void answer_number(std::string& out, long long number) {
  out += ':' + std::to_string(number) + "\r\n";
}

void answer(Store& store, const Command& command, std::string& out) {
  const std::string_view name = command.front();
  const std::size_t count = command.size() - 1;
  if (equal(name, "PING") && count == 0) {
    out += "+PONG\r\n";
  } else if (equal(name, "SET") && count == 2) {
    store.set(command[1], command[2]);
    out += "+OK\r\n";
  } else if (equal(name, "GET") && count == 1) {
    if (const auto value = store.get(command[1])) {
      out += '$' + std::to_string(value->size()) + "\r\n" + *value + "\r\n";
    } else {
      out += "$-1\r\n";
    }
  } else if (equal(name, "DEL") && count >= 1) {
    long long erased = 0;
    for (std::size_t i = 1; i <= count; ++i) erased += store.erase(command[i]) ? 1 : 0;
    answer_number(out, erased);
  } else if (equal(name, "EXPIRE") && count == 2) {
    constexpr long long kMostSeconds = 100LL * 365 * 24 * 3600;
    const auto seconds = number_in(command[2]);
    if (!seconds || *seconds > kMostSeconds || *seconds < -kMostSeconds) {
      out += "-ERR value is not an integer or out of range\r\n";
    } else {
      answer_number(out, store.expire(command[1], std::chrono::seconds(*seconds)) ? 1 : 0);
    }
  } else {
    out += "-ERR unknown command, or wrong number of arguments\r\n";
  }
}

// ---- connections ----

class Server {
 public:
  // Until the listener is closed and all connections have ended.
  void serve(const sluice::Listener& listener) {
    sluice::WaitGroup serving;
    for (;;) {
      const auto [conn, error] = listener.accept();
      if (error == sluice::NetError::closed) break;
      if (error) {  // too many open files: some will be closed
        sluice::sleep_for(std::chrono::milliseconds(10));
        continue;
      }
      const long id = add(conn);
      serving.go([this, conn = conn, id] {
        talk(conn);
        remove(id);
      });
    }
    serving.wait();
  }
  // No more is read; what has been read is answered.
  void drain() {
    const sluice::Lock lock(mu_);
    draining_ = true;
    for (const auto& [id, conn] : conns_) conn.set_read_deadline(sluice::Clock::now());
  }
  long answered() const { return answered_.load(); }

 private:
  long add(const sluice::Conn& conn) {
    const sluice::Lock lock(mu_);
    conns_.emplace(++last_id_, conn);
    if (draining_) conn.set_read_deadline(sluice::Clock::now());
    return last_id_;
  }
  void remove(long id) {
    const sluice::Lock lock(mu_);
    conns_.erase(id);
  }

  void talk(const sluice::Conn& conn) {
    Parser parser;
    Command command;
    std::string out;
    std::array<char, 16 * 1024> buffer;
    for (Parser::Result result = Parser::Result::more; result != Parser::Result::wrong;) {
      const auto got = conn.read(buffer);
      if (!got) break;
      parser.input().append(buffer.data(), got.size);
      long count = 0;
      while ((result = parser.next(command)) == Parser::Result::command) {
        if (command.empty()) continue;
        answer(store_, command, out);
        ++count;
      }
      if (result == Parser::Result::wrong) out += "-ERR Protocol error\r\n";
      parser.drop_taken();
      // The others that can be read go first: answers that go out together wake a client once.
      sluice::yield();
      if (!conn.write(out)) break;
      answered_ += count;
      out.clear();
    }
    // The other side reads to an end before this one is closed: with bytes left unread the system
    // would take back what has been sent.
    conn.close_write();
    conn.set_read_deadline(sluice::Clock::now() + std::chrono::seconds(1));
    while (conn.read(buffer)) continue;
    conn.close();
  }

  Store store_;
  std::atomic<long> answered_{0};
  sluice::Mutex mu_;
  std::map<long, sluice::Conn> conns_ SLUICE_GUARDED_BY(mu_);
  long last_id_ SLUICE_GUARDED_BY(mu_) = 0;
  bool draining_ SLUICE_GUARDED_BY(mu_) = false;
};

int main(int argc, char** argv) {
  const std::string port = argc > 1 ? argv[1] : "0";
  return sluice::run([&port] {
    const auto [listener, error] = sluice::listen("tcp", "127.0.0.1:" + port);
    if (error) {
      std::fprintf(stderr, "listen: %s\n", error.message().c_str());
      return 1;
    }
    auto ended = sluice::make_chan<int>(1);
    sluice::signal_notify(ended, {SIGTERM});
    std::printf("%s\n", listener.address().c_str());
    std::fflush(stdout);
    Server server;
    sluice::WaitGroup draining;
    draining.go([&server, ended, listener = listener] {
      ended.recv();
      listener.close();
      server.drain();
    });
    server.serve(listener);
    draining.wait();
    sluice::signal_stop(ended);
    std::printf("answered %ld\n", server.answered());
    return 0;
  });
}
