#include "process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

namespace sluice::stress {
namespace {

constexpr std::size_t kKept = 1 << 20;

// In the child, between fork and exec: only what is safe there. Does not return; tells errno
// through `failed` when the program can't be run.
[[noreturn]] void become(char* const* arguments, char* const* environment, int output, int failed,
                         pid_t parent) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);  // it has gone already
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  const int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  execvpe(arguments[0], arguments, environment);
  const int error = errno;
  [[maybe_unused]] const ssize_t told = write(failed, &error, sizeof error);
  _exit(127);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

std::vector<std::string> environment_with(const Environment& more) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    bool replaced = false;
    for (const auto& [name, value] : more) replaced |= text.starts_with(name + "=");
    if (!replaced) all.push_back(text);
  }
  for (const auto& [name, value] : more) all.push_back(name + "=" + value);
  return all;
}

}  // namespace

Process::Process(const std::vector<std::string>& command, const Environment& environment,
                 std::string& error) {
  std::vector<std::string> words = command;
  std::vector<std::string> variables = environment_with(environment);
  const std::vector<char*> arguments = pointers(words);
  const std::vector<char*> entries = pointers(variables);
  std::array<int, 2> output{};
  std::array<int, 2> failed{};
  if (pipe2(output.data(), O_CLOEXEC) != 0 || pipe2(failed.data(), O_CLOEXEC) != 0) {
    error = std::strerror(errno);
    return;
  }
  const pid_t self = getpid();
  pid_ = fork();
  if (pid_ == 0) become(arguments.data(), entries.data(), output[1], failed[1], self);
  close(output[1]);
  close(failed[1]);
  output_ = output[0];
  fcntl(output_, F_SETFL, O_NONBLOCK);
  int reason = 0;
  if (pid_ < 0) {
    error = std::strerror(errno);
  } else {
    setpgid(pid_, pid_);  // here too: whoever comes first
    if (read(failed[0], &reason, sizeof reason) == sizeof reason) error = std::strerror(reason);
  }
  close(failed[0]);
}

Process::~Process() {
  if (pid_ > 0) {
    kill_group();
    while (!reaped_ && waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  if (output_ >= 0) close(output_);
}

void Process::read_output() {
  std::array<char, 65536> buffer;
  while (output_ >= 0) {
    const ssize_t count = read(output_, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
      close(output_);
      output_ = -1;
      return;
    }
    text_.append(buffer.data(), static_cast<std::size_t>(count));
    if (text_.size() > 2 * kKept) text_.erase(0, text_.size() - kKept);
  }
}

// The rest of the group goes with its first process; what it has printed is read first.
std::optional<int> Process::ended() {
  int status = 0;
  if (pid_ <= 0 || reaped_ || waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
  reaped_ = true;
  kill_group();
  read_output();
  return status;
}

void Process::ask_for_dump() const { kill(-pid_, SIGQUIT); }
void Process::kill_group() const { kill(-pid_, SIGKILL); }

void adopt_orphans() { prctl(PR_SET_CHILD_SUBREAPER, 1); }

void end_orphans() {
  const std::string list =
      "/proc/self/task/" + std::to_string(static_cast<long>(getpid())) + "/children";
  for (int round = 0; round < 100; ++round) {
    std::ifstream children(list);
    bool any = false;
    for (pid_t child = 0; children >> child; any = true) kill(child, SIGKILL);
    if (!any) return;
    while (waitpid(-1, nullptr, 0) > 0) {
    }
  }
}

}  // namespace sluice::stress
