// A pool of child processes that send their result as JSON through a pipe.
#include "workers.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace sluice::checker {
namespace {

struct Child {
  pid_t pid;
  int pipe;
  std::size_t file;  // index
  std::string text;
};

bool write_all(int to, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t count = write(to, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    done += static_cast<std::size_t>(count);
  }
  return true;
}

// Ends this process when its parent ends, however that comes about: nobody would read its result.
void end_with(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);  // It has ended before that was said.
}

// Reads what there is. False at the end.
bool read_some(Child& child) {
  char buffer[65536];
  const ssize_t count = read(child.pipe, buffer, sizeof buffer);
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  child.text.append(buffer, static_cast<std::size_t>(count));
  return count > 0;
}

FileResult finish(const Child& child, const std::string& file) {
  close(child.pipe);
  int status = 0;
  while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    const nlohmann::json parsed =
        nlohmann::json::parse(child.text, nullptr, /*allow_exceptions=*/false);
    if (!parsed.is_discarded()) return parsed.get<FileResult>();
  }
  FileResult failed;
  failed.file = file;
  failed.error = WIFSIGNALED(status)
                     ? "its analysis was ended by signal " + std::to_string(WTERMSIG(status)) +
                           " (" + strsignal(WTERMSIG(status)) + ")"
                     : "its analysis ended without a result";
  return failed;
}

// `[12/340] file, 3 min left`, for people who watch.
class Progress {
 public:
  explicit Progress(std::size_t files)
      : files_(files), shown_(files > 1 && isatty(STDERR_FILENO) != 0) {}
  ~Progress() {
    if (shown_) std::fputs("\r\033[K", stderr);
  }
  Progress(const Progress&) = delete;

  void begin(const std::string& file) {
    ++begun_;
    if (!shown_) return;
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start_;
    std::string left;
    if (begun_ > 8 && spent.count() > 5) {
      const double seconds = spent.count() / static_cast<double>(begun_ - 1) *
                             static_cast<double>(files_ - begun_ + 1);
      left = seconds < 90
                 ? ", " + std::to_string(static_cast<int>(seconds)) + " s left"
                 : ", " + std::to_string(static_cast<int>(seconds / 60 + 0.5)) + " min left";
    }
    std::fprintf(stderr, "\r\033[K[%zu/%zu] %s%s", begun_, files_, file.c_str(), left.c_str());
    std::fflush(stderr);
  }

 private:
  const std::size_t files_;
  const bool shown_;
  std::size_t begun_ = 0;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

std::vector<FileResult> analyze_all(const Commands& commands, const std::vector<std::string>& files,
                                    const AnalyzeOptions& options, unsigned processes,
                                    Cache& cache) {
  std::vector<FileResult> results(files.size());
  std::vector<std::string> compiled_by(files.size());
  Progress progress(files.size());
  std::vector<Child> children;
  std::size_t next = 0;
  const auto start = [&](std::size_t index) {
    progress.begin(files[index]);
    if (cache.is_open()) {
      compiled_by[index] = commands.command(files[index]);
      if (auto kept = cache.find(files[index], compiled_by[index])) {
        results[index] = std::move(*kept);
        return;
      }
    }
    std::error_code ignored;
    if (!std::filesystem::exists(files[index], ignored)) {
      results[index].file = files[index];
      results[index].error = "no such file";
      return;
    }
    int ends[2];
    const int made = pipe(ends);
    const pid_t self = getpid();
    const pid_t pid = made == 0 ? fork() : -1;
    if (pid < 0) {
      results[index].file = files[index];
      results[index].error = std::string("cannot start a process: ") + std::strerror(errno);
      return;
    }
    if (pid == 0) {
      end_with(self);
      close(ends[0]);
      // Nothing is asked of the user: a child in the background that read the terminal would be
      // stopped, and everything with it.
      if (const int nothing = open("/dev/null", O_RDONLY); nothing >= 0)
        dup2(nothing, STDIN_FILENO);
      const nlohmann::json result = commands.analyze(files[index], options);
      const std::string text =
          result.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
      _exit(write_all(ends[1], text) ? 0 : 1);
    }
    close(ends[1]);
    children.push_back({pid, ends[0], index, {}});
  };
  while (next < files.size() || !children.empty()) {
    while (next < files.size() && children.size() < processes) start(next++);
    if (children.empty()) continue;
    std::vector<pollfd> waiting;
    for (const Child& child : children) waiting.push_back({child.pipe, POLLIN, 0});
    if (poll(waiting.data(), waiting.size(), -1) < 0) continue;
    for (std::size_t i = waiting.size(); i-- > 0;) {
      if (waiting[i].revents == 0 || read_some(children[i])) continue;
      FileResult& result = results[children[i].file];
      result = finish(children[i], files[children[i].file]);
      if (cache.is_open()) cache.store(compiled_by[children[i].file], result);
      result.inputs.clear();
      children.erase(children.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  return results;
}

}  // namespace sluice::checker
