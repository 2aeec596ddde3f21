#include "debug/whole_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace sluice::checked {

WholeFile::~WholeFile() { give_up(); }

void WholeFile::give_up() noexcept {
  if (file_ < 0) return;
  const int error = errno;
  ::close(file_);
  file_ = -1;
  ::unlink(unfinished_.c_str());
  errno = error;
}

bool WholeFile::open(const std::string& path) {
  give_up();
  path_ = path;
  unfinished_ = path + "." + std::to_string(::getpid());
  file_ = ::open(unfinished_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  return file_ >= 0;
}

bool WholeFile::finish(std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(file_, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      give_up();
      return false;
    }
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  if (std::rename(unfinished_.c_str(), path_.c_str()) != 0) {
    give_up();
    return false;
  }
  const int file = file_;
  file_ = -1;
  return ::close(file) == 0;
}

}  // namespace sluice::checked
