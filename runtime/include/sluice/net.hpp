// Input and output that parks its goroutine and not its thread: connections, any descriptor of the
// system, and signals.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "sluice/chan.hpp"
#include "sluice/context.hpp"
#include "sluice/detail/export.hpp"
#include "sluice/time.hpp"

namespace sluice {

/// What can go wrong besides what the system says (`std::errc`). `closed` compares equal to
/// std::errc::bad_file_descriptor, `deadline_exceeded` to std::errc::timed_out, `bad_address` and
/// `unknown_network` to std::errc::invalid_argument.
///
/// Go: net.ErrClosed, os.ErrDeadlineExceeded, io.EOF, net.DNSError, net.AddrError,
/// net.UnknownNetworkError.
enum class NetError {
  closed = 1,         ///< the Conn or Listener has been closed on this side
  deadline_exceeded,  ///< a deadline has passed
  eof,                ///< the other side sends no more
  no_such_host,       ///< the name is not known
  bad_address,        ///< not of the form "host:port"
  unknown_network,    ///< not "tcp", "tcp4", "tcp6" or "unix"
};
/// The error_code of `error`.
SLUICE_EXPORT std::error_code make_error_code(NetError error) noexcept;

/// How much was read or written, and why no more. True if there was no error; a read also gives
/// `size` > 0 then, unless the buffer was empty. What has been written before an error counts.
struct IoResult {
  std::size_t size = 0;   ///< bytes
  std::error_code error;  ///< why no more; empty: no error
  /// True if there was no error.
  explicit operator bool() const noexcept { return !error; }
};

namespace detail {
class Socket;
}

/// A stream to another program or goroutine, over TCP or a Unix socket. A handle: copies refer to
/// one connection, which is closed by `close` or when the last of them goes. `Conn{}` is nil; all
/// its operations fail with std::errc::invalid_argument.
///
/// Any number of goroutines and threads may use one at the same time. Reads go one after the other
/// in the order of their calls, and so do writes: each write is sent in one piece. Nothing here
/// throws but std::bad_alloc.
///
/// Go: net.Conn.
class SLUICE_EXPORT Conn {
 public:
  /// Nil.
  Conn() noexcept = default;

  /// Reads what has come, at least one byte and at most as many as fit; parks while there is none.
  /// NetError::eof: no more will come. Go: Conn.Read.
  IoResult read(std::span<std::byte> into) const;
  /// The same into characters.
  IoResult read(std::span<char> into) const { return read(std::as_writable_bytes(into)); }
  /// The same; fails with the error of `ctx` when that ends first. So do all that take one: no more
  /// is read or written then, and the connection stays as it is.
  IoResult read(const Context& ctx, std::span<std::byte> into) const;
  /// The same into characters.
  IoResult read(const Context& ctx, std::span<char> into) const {
    return read(ctx, std::as_writable_bytes(into));
  }
  /// Writes all of `data`; parks while the other side does not keep up. Never raises SIGPIPE. Go:
  /// Conn.Write.
  IoResult write(std::span<const std::byte> data) const;
  /// The same of text.
  IoResult write(std::string_view data) const { return write(std::as_bytes(std::span(data))); }
  /// The same; fails with the error of `ctx` when that ends first.
  IoResult write(const Context& ctx, std::span<const std::byte> data) const;
  /// The same of text.
  IoResult write(const Context& ctx, std::string_view data) const {
    return write(ctx, std::as_bytes(std::span(data)));
  }

  /// Closes the connection. Reads and writes that are parked end with NetError::closed, and so does
  /// everything later, this too. Go: Conn.Close.
  std::error_code close() const;
  /// Closes half of it: no more will be read. Go: TCPConn.CloseRead.
  std::error_code close_read() const;
  /// Closes the other half: no more will be written; the other side reads NetError::eof then. Go:
  /// TCPConn.CloseWrite.
  std::error_code close_write() const;

  /// When reads and writes, those that are parked too, fail with NetError::deadline_exceeded.
  /// TimePoint::max(): never. A later deadline makes the connection usable again. Go:
  /// Conn.SetDeadline.
  std::error_code set_deadline(TimePoint when) const;
  /// The same for reads alone. Go: Conn.SetReadDeadline.
  std::error_code set_read_deadline(TimePoint when) const;
  /// The same for writes alone. Go: Conn.SetWriteDeadline.
  std::error_code set_write_deadline(TimePoint when) const;

  /// This side's "192.0.2.1:80", "[::1]:80", or path of a Unix socket; empty if it has none. Go:
  /// Conn.LocalAddr.
  std::string local_address() const;
  /// The other side's. Go: Conn.RemoteAddr.
  std::string remote_address() const;

  /// False for nil.
  explicit operator bool() const noexcept { return socket_ != nullptr; }
  /// Whether both refer to one connection.
  friend bool operator==(const Conn&, const Conn&) noexcept = default;

  /// For dial and accept.
  explicit Conn(std::shared_ptr<detail::Socket> socket) noexcept;

 private:
  std::shared_ptr<detail::Socket> socket_;
};

/// `auto [conn, error] = ...`: a connection, or why there is none.
struct Connected {
  Conn conn;              ///< nil if there is an error
  std::error_code error;  ///< why there is none
};

/// Where connections come in. A handle, as Conn is.
///
/// Go: net.Listener.
class SLUICE_EXPORT Listener {
 public:
  /// Nil.
  Listener() noexcept = default;

  /// The next connection; parks until there is one. An error that passes, such as
  /// std::errc::too_many_files_open, leaves the listener as it was. Go: Listener.Accept.
  Connected accept() const;
  /// The same; fails with the error of `ctx` when that ends first.
  Connected accept(const Context& ctx) const;
  /// As Conn::close. Removes the file of a Unix socket. Go: Listener.Close.
  std::error_code close() const;
  /// As Conn::set_read_deadline, for accept. Go: TCPListener.SetDeadline.
  std::error_code set_deadline(TimePoint when) const;
  /// With the port that the system chose, if that was left to it. Go: Listener.Addr.
  std::string address() const;

  /// False for nil.
  explicit operator bool() const noexcept { return socket_ != nullptr; }
  /// Whether both refer to one listener.
  friend bool operator==(const Listener&, const Listener&) noexcept = default;

  /// For listen.
  explicit Listener(std::shared_ptr<detail::Socket> socket) noexcept;

 private:
  std::shared_ptr<detail::Socket> socket_;
};

/// `auto [listener, error] = ...`: a listener, or why there is none.
struct Listening {
  Listener listener;      ///< nil if there is an error
  std::error_code error;  ///< why there is none
};

/// Waits for connections at an address of this machine. `network` is "tcp", "tcp4", "tcp6" or
/// "unix"; `address` "host:port", "[IPv6 host]:port", ":port" (all addresses of the machine), with
/// port 0 for any that is free; or the path of a Unix socket.
///
/// Go: net.Listen.
[[nodiscard]] SLUICE_EXPORT Listening listen(std::string_view network, std::string_view address);

/// Connects to an address, in the forms of `listen`; ":port" is this machine. A name with several
/// addresses is tried at each, in the order in which the system gives them.
///
/// Go: net.Dial.
[[nodiscard]] SLUICE_EXPORT Connected dial(std::string_view network, std::string_view address);
/// The same; gives up with the error of `ctx` when that ends. Go: net.Dialer.DialContext.
[[nodiscard]] SLUICE_EXPORT Connected dial(const Context& ctx, std::string_view network,
                                           std::string_view address);

/// `auto [addresses, error] = ...`: as numbers, without ports.
struct Resolved {
  std::vector<std::string> addresses;  ///< in the system's order
  std::error_code error;               ///< why there are none
};
/// Asks the system for the addresses of a name. The asking blocks a thread, but no worker.
///
/// Go: net.LookupHost.
[[nodiscard]] SLUICE_EXPORT Resolved lookup_host(std::string_view name);
/// The same. When `ctx` ends, its error is returned at once, and the asking goes on unheard. Go:
/// net.Resolver.LookupHost.
[[nodiscard]] SLUICE_EXPORT Resolved lookup_host(const Context& ctx, std::string_view name);

/// Parks until `fd` can be read from without blocking, or has an error or an end to tell. For
/// pipes, terminals, timers, `pidfd_open` and the sockets of other libraries: anything that `poll`
/// knows. `fd` may be blocking or not, and stays the caller's, who must not close it meanwhile.
///
/// Fails with NetError::deadline_exceeded or the system's error. Costs five system calls when
/// it has to wait, one when not.
///
/// Go: what os.File and syscall.RawConn do inside.
SLUICE_EXPORT std::error_code wait_readable(int fd, TimePoint deadline = TimePoint::max());
/// The same; fails with the error of `ctx` when that ends first.
SLUICE_EXPORT std::error_code wait_readable(const Context& ctx, int fd);
/// As wait_readable, until `fd` can be written to.
SLUICE_EXPORT std::error_code wait_writable(int fd, TimePoint deadline = TimePoint::max());
/// The same; fails with the error of `ctx` when that ends first.
SLUICE_EXPORT std::error_code wait_writable(const Context& ctx, int fd);

/// From now on these signals do not do what they would, but send their number to `to`, as long as
/// that takes it without waiting: give it a buffer of one for each signal that must not be missed.
/// May be called again for more signals or channels; each channel gets its own.
///
/// Lasts until signal_stop or the end of `run`; until then the program is never taken for asleep,
/// since a signal may come. `to` must not be closed before. Fails as sigaction does, with the
/// signals before that one notified.
///
/// Go: signal.Notify.
SLUICE_EXPORT std::error_code signal_notify(const SendChan<int>& to,
                                            std::initializer_list<int> signals);
/// Nothing is sent to `to` any more. A signal that goes to no channel does again what it did
/// before.
///
/// Go: signal.Stop.
SLUICE_EXPORT void signal_stop(const SendChan<int>& to) noexcept;

}  // namespace sluice

/// @cond
template <>
struct std::is_error_code_enum<sluice::NetError> : std::true_type {};
/// @endcond
