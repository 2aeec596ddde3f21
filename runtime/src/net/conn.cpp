// Reading, writing and closing a connection.
#include <sys/socket.h>

#include "net/error.hpp"
#include "net/socket.hpp"

namespace sluice {

using namespace detail;

namespace {

constexpr auto kRead = &Descriptor::read;
constexpr auto kWrite = &Descriptor::write;

std::error_code nil() noexcept { return std::make_error_code(std::errc::invalid_argument); }

IoResult read_from(Socket* socket, const Context* ctx, std::span<std::byte> into,
                   const CallSite& site) {
  if (socket == nullptr) return {0, nil()};
  const IoResult got = socket->receive({kRead, "read from", ctx, site}, into);
  if (!got.error && got.size == 0 && !into.empty()) return {0, NetError::eof};
  return got;
}

IoResult write_to(Socket* socket, const Context* ctx, std::span<const std::byte> data,
                  const CallSite& site) {
  if (socket == nullptr) return {0, nil()};
  std::size_t done = 0;
  const std::error_code error = socket->perform({kWrite, "write to", ctx, site}, [&](int fd) {
    ssize_t size = 0;
    do {
      size = ::send(fd, data.data() + done, data.size() - done, MSG_NOSIGNAL);
      if (size > 0) done += static_cast<std::size_t>(size);
    } while (size > 0 && done < data.size());
    return size;
  });
  return {done, error};
}

std::error_code shut(Socket& socket, int how) {
  return socket.call([how](int fd) { return ::shutdown(fd, how); });
}

}  // namespace

Conn::Conn(std::shared_ptr<Socket> socket) noexcept : socket_(std::move(socket)) {}

IoResult Conn::read(std::span<std::byte> into) const {
  return read_from(socket_.get(), nullptr, into, SLUICE_CALL_SITE());
}
IoResult Conn::read(const Context& ctx, std::span<std::byte> into) const {
  return read_from(socket_.get(), &ctx, into, SLUICE_CALL_SITE());
}
IoResult Conn::write(std::span<const std::byte> data) const {
  return write_to(socket_.get(), nullptr, data, SLUICE_CALL_SITE());
}
IoResult Conn::write(const Context& ctx, std::span<const std::byte> data) const {
  return write_to(socket_.get(), &ctx, data, SLUICE_CALL_SITE());
}

std::error_code Conn::close() const { return socket_ != nullptr ? socket_->close() : nil(); }
std::error_code Conn::close_read() const {
  return socket_ != nullptr ? shut(*socket_, SHUT_RD) : nil();
}
std::error_code Conn::close_write() const {
  return socket_ != nullptr ? shut(*socket_, SHUT_WR) : nil();
}

std::error_code Conn::set_read_deadline(TimePoint when) const {
  return socket_ != nullptr ? socket_->set_deadline(kRead, when) : nil();
}
std::error_code Conn::set_write_deadline(TimePoint when) const {
  return socket_ != nullptr ? socket_->set_deadline(kWrite, when) : nil();
}
std::error_code Conn::set_deadline(TimePoint when) const {
  const std::error_code error = set_read_deadline(when);
  return error ? error : set_write_deadline(when);
}

std::string Conn::local_address() const {
  return socket_ != nullptr ? socket_->local_address() : std::string();
}
std::string Conn::remote_address() const {
  return socket_ != nullptr ? socket_->remote_address() : std::string();
}

}  // namespace sluice
