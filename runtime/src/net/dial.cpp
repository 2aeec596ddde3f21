// Making connections.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "net/error.hpp"
#include "net/resolve.hpp"
#include "net/socket.hpp"

namespace sluice {

using namespace detail;

namespace {

// Whether a connection that was begun stands: 0, or -1 with its error in errno; EAGAIN: not yet.
// News may be false, so that the absence of an error does not say that it stands.
int connected(int fd) noexcept {
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return -1;
  if (error == 0 && address_of(fd, &getpeername).size != 0) return 0;
  const bool under_way = error == 0 || error == EINPROGRESS || error == EALREADY || error == EINTR;
  set_error_number(under_way ? EAGAIN : error);
  return -1;
}

// On one machine a socket may happen to call its own port, and answers itself.
bool called_itself(int fd, const Address& to) noexcept {
  return to.family() != AF_UNIX && address_of(fd, &getsockname).text() == to.text();
}

Connected dial_one(const Context* ctx, const Address& to, const CallSite& site) {
  const int fd = ::socket(to.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return {{}, last_error()};
  if (to.family() != AF_UNIX) {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  const bool begun = ::connect(fd, to.get(), to.size) == 0 || error_number() == EINPROGRESS ||
                     error_number() == EINTR;
  std::error_code error = begun ? std::error_code() : last_error();
  if (error) {
    ::close(fd);
    return {{}, error};
  }
  const auto socket = std::make_shared<Socket>(fd, to, error);
  if (!error) {
    error = socket->perform({&Descriptor::write, "dial", ctx, site},
                            [](int number) { return connected(number); });
  }
  if (!error && called_itself(fd, to)) error = std::make_error_code(std::errc::connection_refused);
  if (error) return {{}, error};
  return {Conn(socket), {}};
}

// Of several failures the first is told: it is the address that the system prefers.
Connected dial_any(const Context* ctx, std::string_view network, std::string_view address,
                   const CallSite& site) {
  const Addresses found = resolve(ctx, network, address, ResolveFor::dialing, site);
  Connected first{{}, found.error};
  for (const Address& each : found.all) {
    Connected made = dial_one(ctx, each, site);
    if (!made.error) return made;
    if (!first.error) first.error = made.error;
    if (ctx != nullptr && ctx->err()) break;
  }
  return first;
}

}  // namespace

Connected dial(std::string_view network, std::string_view address) {
  return dial_any(nullptr, network, address, SLUICE_CALL_SITE());
}
Connected dial(const Context& ctx, std::string_view network, std::string_view address) {
  return dial_any(&ctx, network, address, SLUICE_CALL_SITE());
}

}  // namespace sluice
