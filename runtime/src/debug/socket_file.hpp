// A Unix socket at which somebody listens, by its file: made so that only its owner may open it,
// and taken away again. Knows nothing of what is said over it.
#pragma once

#include <sys/types.h>

#include <string>

namespace sluice::checked {

// A folder of the user's own for sockets, below XDG_RUNTIME_DIR or else /tmp.
std::string socket_folder();

// Makes it, or makes sure that nobody else can put anything there. Empty, or why not.
std::string make_private_folder(const std::string& path);

// One at a time is known to remove_open_socket().
class SocketFile {
 public:
  SocketFile() = default;
  SocketFile(const SocketFile&) = delete;
  SocketFile& operator=(const SocketFile&) = delete;
  ~SocketFile() { close(); }

  // Listens there; replaces what a process has left that listens no more. Empty, or why not.
  std::string open(const std::string& path);
  // What others connect to; does not block. -1: not open.
  int listening() const noexcept { return listening_; }
  // Takes the file away if it is this process's and this socket's own.
  void remove() noexcept;
  void close() noexcept;

 private:
  std::string bind(const std::string& path);

  std::string path_;  // empty: there is no file to take away
  int listening_ = -1;
  pid_t owner_ = 0;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

// The process is about to end without destructors: takes the file of what is open away.
void remove_open_socket() noexcept;

}  // namespace sluice::checked
