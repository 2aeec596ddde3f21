#include "net/error.hpp"

#include <cerrno>
#include <string>

#include "base/sanitizers.hpp"

namespace sluice {
namespace {

// The texts are Go's.
class NetCategory final : public std::error_category {
 public:
  const char* name() const noexcept override { return "net"; }
  std::string message(int value) const override {
    switch (static_cast<NetError>(value)) {
      case NetError::closed:
        return "use of closed network connection";
      case NetError::deadline_exceeded:
        return "i/o timeout";
      case NetError::eof:
        return "EOF";
      case NetError::no_such_host:
        return "no such host";
      case NetError::bad_address:
        return "missing port in address";
      case NetError::unknown_network:
        return "unknown network";
    }
    return "unknown error";
  }
  std::error_condition default_error_condition(int value) const noexcept override {
    switch (static_cast<NetError>(value)) {
      case NetError::closed:
        return std::errc::bad_file_descriptor;
      case NetError::deadline_exceeded:
        return std::errc::timed_out;
      case NetError::bad_address:
      case NetError::unknown_network:
        return std::errc::invalid_argument;
      default:
        return {value, *this};
    }
  }
};

}  // namespace

std::error_code make_error_code(NetError error) noexcept {
  static const NetCategory category;
  return {static_cast<int>(error), category};
}

namespace detail {

[[gnu::noinline]] SLUICE_THREAD_CONFINED int error_number() noexcept { return errno; }
[[gnu::noinline]] SLUICE_THREAD_CONFINED void set_error_number(int number) noexcept {
  errno = number;
}

}  // namespace detail

}  // namespace sluice
