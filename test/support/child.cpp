#include "support/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string_view>

#include "support/sanitizers.hpp"

namespace sluice::test {

namespace {

constexpr const char* kSelector = "SLUICE_TEST_CHILD";

std::map<std::string, ChildMain>& children() {
  static std::map<std::string, ChildMain> all;
  return all;
}

class Pipe {
 public:
  Pipe() {
    if (pipe2(ends_.data(), O_CLOEXEC) != 0) std::abort();
  }
  ~Pipe() {
    close(ends_[0]);
    close_writing();
  }
  int reading() const { return ends_[0]; }
  int writing() const { return ends_[1]; }
  void close_writing() {
    if (ends_[1] >= 0) close(ends_[1]);
    ends_[1] = -1;
  }

 private:
  std::array<int, 2> ends_;
};

// This process's environment less what would steer the runtime, plus what the test asks for.
std::vector<std::string> child_environment(
    const Child& child, const std::vector<std::pair<std::string, std::string>>& extra) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (std::string_view(*entry).rfind("SLUICE_", 0) != 0) result.emplace_back(*entry);
  }
  result.push_back(std::string(kSelector) + "=" + child.name);
  // A program that ends with goroutines alive drops what they own, as it should.
  if (kAddressSanitizer) result.emplace_back("ASAN_OPTIONS=detect_leaks=0");
  for (const auto& [name, value] : extra) result.push_back(name + "=" + value);
  return result;
}

pid_t start(const Child& child, const std::vector<std::pair<std::string, std::string>>& extra,
            Pipe& out, Pipe& err) {
  std::vector<std::string> environment = child_environment(child, extra);
  std::vector<char*> entries;
  for (std::string& entry : environment) entries.push_back(entry.data());
  entries.push_back(nullptr);
  std::string program = "/proc/self/exe";
  char* arguments[] = {program.data(), nullptr};

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.writing(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.writing(), STDERR_FILENO);
  pid_t pid = -1;
  const int error =
      posix_spawn(&pid, program.c_str(), &actions, nullptr, arguments, entries.data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    std::fprintf(stderr, "cannot start child %s: %s\n", child.name, std::strerror(error));
    std::abort();
  }
  return pid;
}

// Reads both pipes until they are closed. False: the deadline came first.
bool read_all(const Pipe& out, const Pipe& err, ChildResult& result,
              std::chrono::steady_clock::time_point deadline) {
  std::array<pollfd, 2> ends{{{out.reading(), POLLIN, 0}, {err.reading(), POLLIN, 0}}};
  std::array<std::string*, 2> texts{&result.out, &result.err};
  int open_ends = 2;
  while (open_ends > 0) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    if (poll(ends.data(), ends.size(), static_cast<int>(left.count())) <= 0) continue;
    for (std::size_t i = 0; i < ends.size(); ++i) {
      if (ends[i].fd < 0 || ends[i].revents == 0) continue;
      std::array<char, 4096> buffer;
      const ssize_t count = read(ends[i].fd, buffer.data(), buffer.size());
      if (count > 0) {
        texts[i]->append(buffer.data(), static_cast<std::size_t>(count));
      } else if (count == 0 || errno != EINTR) {
        ends[i].fd = -1;
        --open_ends;
      }
    }
  }
  return true;
}

}  // namespace

Child::Child(const char* child_name, ChildMain main) : name(child_name) {
  if (!children().emplace(child_name, main).second) {
    std::fprintf(stderr, "two SLUICE_CHILD are called %s; give one of them another name\n",
                 child_name);
    std::abort();
  }
}

ChildResult run_child(const Child& child,
                      const std::vector<std::pair<std::string, std::string>>& environment) {
  ChildResult result;
  Pipe out;
  Pipe err;
  const pid_t pid = start(child, environment, out, err);
  out.close_writing();
  err.close_writing();
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(50);
  if (!read_all(out, err, result, limit)) {
    kill(pid, SIGKILL);
    ADD_FAILURE() << "child " << child.name << " hung and was killed; it printed:\n"
                  << result.out << result.err;
  }
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

int child_main() {
  const char* name = std::getenv(kSelector);
  if (name == nullptr) return -1;
  const auto found = children().find(name);
  if (found == children().end()) {
    std::fprintf(stderr, "%s=%s: this binary has no such program\n", kSelector, name);
    return 125;
  }
  return found->second();
}

}  // namespace sluice::test
