#include "net/socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include "net/error.hpp"

namespace sluice::detail {
namespace {

// TCP's may be told to.
bool ask_for_rest(int fd) noexcept {
  const int yes = 1;
  return setsockopt(fd, IPPROTO_TCP, TCP_INQ, &yes, sizeof yes) == 0;
}

struct Received {
  ssize_t size;
  bool drained;
};

Received receive_now(int fd, std::span<std::byte> into, bool tells_rest) noexcept {
  alignas(cmsghdr) std::byte room[CMSG_SPACE(sizeof(int))];
  iovec where{into.data(), into.size()};
  msghdr message{};
  message.msg_iov = &where;
  message.msg_iovlen = 1;
  if (tells_rest) {
    message.msg_control = room;
    message.msg_controllen = sizeof room;
  }
  const ssize_t size = ::recvmsg(fd, &message, 0);
  if (size <= 0) return {size, false};
  if (static_cast<std::size_t>(size) < into.size()) return {size, true};
  const cmsghdr* told = tells_rest ? CMSG_FIRSTHDR(&message) : nullptr;
  if (told == nullptr || told->cmsg_level != IPPROTO_TCP || told->cmsg_type != TCP_CM_INQ) {
    return {size, false};
  }
  int rest = 0;
  std::memcpy(&rest, CMSG_DATA(told), sizeof rest);
  return {size, rest == 0};
}

}  // namespace

Socket::Socket(int fd, const Address& remote, std::error_code& error)
    : fd_(fd),
      tells_rest_(ask_for_rest(fd)),
      watch_(fd, error),
      remote_(remote.text()),
      peer_(remote_) {
  if (peer_.empty() && !error) peer_ = local_address();
}

bool Socket::begin_use() noexcept {
  lock_.lock();
  const bool granted = !closing_;
  if (granted) ++uses_;
  lock_.unlock();
  return granted;
}

void Socket::end_use() noexcept {
  lock_.lock();
  const bool last = --uses_ == 0 && closing_;
  lock_.unlock();
  if (last) ::close(fd_);
}

// The connection is over, and its address free, even if somebody computes in the middle of an
// operation: only the number must not mean another file before that one has noticed.
std::error_code Socket::close() noexcept {
  lock_.lock();
  const bool again = std::exchange(closing_, true);
  const bool used = uses_ > 0;
  if (!again) {
    watch_.unwatch();
    used ? ::dup2(poller_placeholder(), fd_) : ::close(fd_);
  }
  lock_.unlock();
  if (again) return NetError::closed;
  if (!path_.empty()) ::unlink(path_.c_str());
  watch_.close();
  return {};
}

Socket::Turn::Turn(Socket& socket, const Operation& operation)
    : use_(socket),
      side_(socket.watch_.side(operation.side)),
      ctx_(operation.ctx),
      outcome_(ask(socket, operation)) {}

Outcome Socket::Turn::ask(Socket& socket, const Operation& operation) {
  if (!use_.granted()) return Outcome::closed;
  if (ctx_ != nullptr && ctx_->err()) return Outcome::cancelled;
  return side_.take_turn({operation.doing, socket.peer_}, ctx_, operation.site);
}

std::error_code Socket::Turn::refused() const {
  return to_error(outcome_ == Outcome::ready ? side_.state() : outcome_, ctx_);
}

std::error_code Socket::after_failure(int number) noexcept {
  lock_.lock();
  const bool closing = closing_;
  lock_.unlock();
  if (closing) return NetError::closed;  // the number means nothing any more
  return {number, std::generic_category()};
}

// Empty: to be tried again.
std::error_code Socket::after_failure(int number, const Operation& operation) {
  if (number == EINTR) return {};
  return number == EAGAIN ? wait(operation) : after_failure(number);
}

std::error_code Socket::wait(const Operation& operation) {
  Side& side = watch_.side(operation.side);
  return to_error(side.wait({operation.doing, peer_}, operation.ctx, operation.site),
                  operation.ctx);
}

IoResult Socket::receive(const Operation& operation, std::span<std::byte> into) {
  const PreemptionPoints around;
  const Turn turn(*this, operation);
  Side& side = watch_.side(operation.side);
  std::error_code error = turn.refused();
  if (!error && !into.empty() && side.drained()) error = wait(operation);
  while (!error) {
    side.begin_look();
    const Received got = receive_now(fd_, into, tells_rest_);
    if (got.size >= 0) {
      side.end_look(got.drained);
      return {static_cast<std::size_t>(got.size), {}};
    }
    error = after_failure(error_number(), operation);
  }
  return {0, error};
}

std::error_code Socket::set_deadline(Side Descriptor::*side, TimePoint when) noexcept {
  const Use use(*this);
  if (!use.granted()) return NetError::closed;
  watch_.side(side).set_deadline(due_at(when));
  return {};
}

std::string Socket::local_address() {
  Address local;
  call([&](int fd) {
    local = address_of(fd, &getsockname);
    return 0;
  });
  return local.text();
}

}  // namespace sluice::detail
