#include "debug/socket_file.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace sluice::checked {
namespace {

constexpr mode_t kOwnersAlone = 0600;
constexpr int kMostWaiting = 16;

std::atomic<SocketFile*> g_open{nullptr};

int stream_socket() noexcept {
  return ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

template <class Call>
int with_address(const std::string& path, Call call) {
  const sockaddr_un address = address_of(path);
  return call(reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

// Whether somebody would accept a connection.
bool is_alive(const std::string& path) {
  const int probe = stream_socket();
  if (probe < 0) return true;
  const int result = with_address(path, [probe](const sockaddr* address, socklen_t size) {
    return ::connect(probe, address, size);
  });
  const bool refused = result != 0 && errno == ECONNREFUSED;
  ::close(probe);
  return !refused;
}

}  // namespace

std::string socket_folder() {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  if (runtime != nullptr && *runtime == '/') return std::string(runtime) + "/sluice";
  return "/tmp/sluice-" + std::to_string(::geteuid());
}

std::string make_private_folder(const std::string& path) {
  const std::string quoted = "'" + path + "'";
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return "can't make " + quoted + ": " + std::strerror(errno);
  }
  struct stat found;
  if (::lstat(path.c_str(), &found) != 0) return quoted + ": " + std::strerror(errno);
  if (!S_ISDIR(found.st_mode)) return quoted + " is no folder";
  if (found.st_uid != ::geteuid()) {
    return quoted + " is user " + std::to_string(found.st_uid) + "'s, not this program's";
  }
  if ((found.st_mode & 077) != 0) return quoted + " is open to others; it takes mode 0700";
  return {};
}

std::string SocketFile::open(const std::string& path) {
  close();
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    return "is longer than the " + std::to_string(sizeof(sockaddr_un::sun_path) - 1) +
           " bytes that the path of a socket may have";
  }
  std::string error = bind(path);
  struct stat found;
  if (error.empty() && ::lstat(path.c_str(), &found) != 0) error = std::strerror(errno);
  if (!error.empty()) {
    close();
    return error;
  }
  path_ = path;
  owner_ = ::getpid();
  device_ = found.st_dev;
  inode_ = found.st_ino;
  g_open.store(this, std::memory_order_release);
  return {};
}

std::string SocketFile::bind(const std::string& path) {
  listening_ = stream_socket();
  // Before there is a name for it: at no time may others open it.
  if (listening_ < 0 || ::fchmod(listening_, kOwnersAlone) != 0) return std::strerror(errno);
  const auto try_it = [&] {
    return with_address(path, [this](const sockaddr* address, socklen_t size) {
      return ::bind(listening_, address, size);
    });
  };
  int result = try_it();
  if (result != 0 && errno == EADDRINUSE) {
    struct stat found;
    if (::lstat(path.c_str(), &found) == 0 && !S_ISSOCK(found.st_mode)) {
      return "exists, and is no socket";
    }
    if (is_alive(path)) return "a living program listens there";
    ::unlink(path.c_str());
    result = try_it();
  }
  if (result != 0 || ::listen(listening_, kMostWaiting) != 0) return std::strerror(errno);
  return {};
}

void SocketFile::remove() noexcept {
  if (path_.empty() || owner_ != ::getpid()) return;
  struct stat found;
  if (::lstat(path_.c_str(), &found) == 0 && found.st_dev == device_ && found.st_ino == inode_) {
    ::unlink(path_.c_str());
  }
}

void SocketFile::close() noexcept {
  SocketFile* self = this;
  g_open.compare_exchange_strong(self, nullptr, std::memory_order_acq_rel);
  remove();
  path_.clear();
  if (const int open = std::exchange(listening_, -1); open >= 0) ::close(open);
}

void remove_open_socket() noexcept {
  if (SocketFile* open = g_open.load(std::memory_order_acquire)) open->remove();
}

}  // namespace sluice::checked
