// Waiting for a descriptor that belongs to somebody else.
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <string>

#include "net/error.hpp"
#include "net/poller.hpp"

namespace sluice {

using namespace detail;

namespace {

// A number of our own for the same file. Epoll knows a file by its number too, so any number of
// goroutines may wait for one; and the caller closing his does not have us wait for another file.
class Duplicate {
 public:
  explicit Duplicate(int fd) noexcept : fd_(fcntl(fd, F_DUPFD_CLOEXEC, 0)) {}
  Duplicate(const Duplicate&) = delete;
  Duplicate& operator=(const Duplicate&) = delete;
  ~Duplicate() {
    if (fd_ >= 0) ::close(fd_);
  }
  int fd() const noexcept { return fd_; }

 private:
  const int fd_;
};

// Whether it is ready now, or in error.
bool ready_now(int fd, short for_what, std::error_code& error) noexcept {
  pollfd asked{fd, for_what, 0};
  int count = 0;
  do {
    count = ::poll(&asked, 1, 0);
  } while (count < 0 && error_number() == EINTR);
  if (count < 0) error = last_error();
  if ((asked.revents & POLLNVAL) != 0) error = std::make_error_code(std::errc::bad_file_descriptor);
  return count > 0;
}

std::error_code wait_for(int fd, short for_what, TimePoint deadline, const Context* ctx,
                         const CallSite& site) {
  const PreemptionPoints around;
  std::error_code error;
  if (ctx != nullptr) error = ctx->err();
  if (error || ready_now(fd, for_what, error) || error) return error;
  const Duplicate file(fd);
  if (file.fd() < 0) return last_error();
  Watch watch(file.fd(), error);
  if (error) return error;
  Side& side = watch.side(for_what == POLLIN ? &Descriptor::read : &Descriptor::write);
  side.set_deadline(due_at(deadline));
  const std::string number = "fd " + std::to_string(fd);
  for (;;) {
    const Outcome outcome =
        side.wait({for_what == POLLIN ? "read from" : "write to", number}, ctx, site);
    if (outcome != Outcome::ready) return to_error(outcome, ctx);
    if (ready_now(file.fd(), for_what, error) || error) return error;
  }
}

}  // namespace

std::error_code wait_readable(int fd, TimePoint deadline) {
  return wait_for(fd, POLLIN, deadline, nullptr, SLUICE_CALL_SITE());
}
std::error_code wait_readable(const Context& ctx, int fd) {
  return wait_for(fd, POLLIN, TimePoint::max(), &ctx, SLUICE_CALL_SITE());
}
std::error_code wait_writable(int fd, TimePoint deadline) {
  return wait_for(fd, POLLOUT, deadline, nullptr, SLUICE_CALL_SITE());
}
std::error_code wait_writable(const Context& ctx, int fd) {
  return wait_for(fd, POLLOUT, TimePoint::max(), &ctx, SLUICE_CALL_SITE());
}

}  // namespace sluice
