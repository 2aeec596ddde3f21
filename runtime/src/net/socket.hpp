// A socket that goroutines share: who may use its number, and one operation after the other in each
// direction.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/spin_lock.hpp"
#include "net/address.hpp"
#include "net/error.hpp"
#include "net/poller.hpp"
#include "sched/park.hpp"
#include "sluice/net.hpp"

namespace sluice::detail {

// What is being done, for whoever has to wait for it. `ctx` may be null.
struct Operation {
  Side Descriptor::*side;
  std::string_view doing;
  const Context* ctx;
  const CallSite& site;
};

// `close` ends the connection at once, but its number is kept from being used again until the last
// operation that may still name it is over.
class Socket {
 public:
  // Takes over a socket that does not block. `error` is set if it can't be watched.
  Socket(int fd, const Address& remote, std::error_code& error);
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() { close(); }

  // Calls `attempt` with the number, when its turn has come, until that does not return -1 with
  // EAGAIN in errno; in between waits.
  template <class Attempt>
  std::error_code perform(const Operation& operation, Attempt attempt) {
    const PreemptionPoints around;
    const Turn turn(*this, operation);
    std::error_code error = turn.refused();
    while (!error && attempt(fd_) < 0) error = after_failure(error_number(), operation);
    return error;
  }
  // Reads what has come; a size of 0 is the end, unless nothing was asked for. Waits at once when
  // the read before has taken all there was.
  IoResult receive(const Operation& operation, std::span<std::byte> into);
  // For what does not wait.
  template <class Call>
  std::error_code call(Call call) {
    const Use use(*this);
    if (!use.granted()) return NetError::closed;
    return call(fd_) < 0 ? after_failure(error_number()) : std::error_code();
  }

  std::error_code close() noexcept;
  std::error_code set_deadline(Side Descriptor::*side, TimePoint when) noexcept;
  std::string local_address();
  const std::string& remote_address() const noexcept { return remote_; }
  // Is removed when it is closed: the file of a listening Unix socket.
  void own_file(std::string path) { path_ = std::move(path); }

 private:
  // While one lives, the number means this socket, or nothing.
  class Use {
   public:
    explicit Use(Socket& socket) noexcept : socket_(socket), granted_(socket.begin_use()) {}
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    ~Use() {
      if (granted_) socket_.end_use();
    }
    bool granted() const noexcept { return granted_; }

   private:
    Socket& socket_;
    const bool granted_;
  };
  class Turn {
   public:
    Turn(Socket& socket, const Operation& operation);
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() {
      if (outcome_ == Outcome::ready) side_.give_turn_back();
    }
    std::error_code refused() const;

   private:
    Outcome ask(Socket& socket, const Operation& operation);

    const Use use_;
    Side& side_;
    const Context* const ctx_;
    const Outcome outcome_;
  };

  bool begin_use() noexcept;
  void end_use() noexcept;
  std::error_code after_failure(int number) noexcept;
  std::error_code after_failure(int number, const Operation& operation);
  std::error_code wait(const Operation& operation);

  const int fd_;
  const bool tells_rest_;  // with each read the system tells whether anything is left
  Watch watch_;
  const std::string remote_;
  std::string peer_;  // for dumps: its other end, or this one if that has no name
  std::string path_;
  base::SpinLock lock_;  // guards the two below
  bool closing_ = false;
  std::uint32_t uses_ = 0;
};

}  // namespace sluice::detail
