#include "campaign.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

namespace sluice::stress {
namespace {

using std::chrono::milliseconds;

// For how long a run that is over its time may tell what it was doing.
constexpr milliseconds kTimeToDump{3000};
constexpr milliseconds kTick{100};

}  // namespace

Campaign::Campaign(const Settings& settings) : settings_(settings) {
  sigset_t mine;
  sigemptyset(&mine);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) sigaddset(&mine, signal);
  sigprocmask(SIG_BLOCK, &mine, nullptr);
  signals_ = signalfd(-1, &mine, SFD_CLOEXEC | SFD_NONBLOCK);
  adopt_orphans();
}

Campaign::~Campaign() {
  under_way_.clear();
  end_orphans();
  if (signals_ >= 0) close(signals_);
}

bool Campaign::over() const {
  return !error_.empty() || signal_ != 0 || (!settings_.keep_going && !failures_.empty());
}

void Campaign::run(Progress& progress) {
  while (!over()) {
    start_runs();
    if (under_way_.empty()) break;
    progress.show(runs_, failures_.size());
    wait_for_news();
  }
  under_way_.clear();
  end_orphans();
  progress.clear();
}

void Campaign::start_runs() {
  while (!over() && under_way_.size() < settings_.jobs && started_ < settings_.seeds) {
    under_way_.emplace_back(settings_, settings_.first_seed + started_, error_);
    ++started_;
  }
}

void Campaign::wait_for_news() {
  std::vector<pollfd> files{{signals_, POLLIN, 0}};
  for (const Run& run : under_way_) files.push_back({run.process.output_file(), POLLIN, 0});
  poll(files.data(), files.size(), static_cast<int>(kTick.count()));
  take_signals();
  for (auto run = under_way_.begin(); run != under_way_.end();) {
    watch(*run);
    if (finished(*run)) {
      run = under_way_.erase(run);
    } else {
      ++run;
    }
    if (over()) return;
  }
}

void Campaign::take_signals() {
  signalfd_siginfo info{};
  while (read(signals_, &info, sizeof info) == sizeof info) {
    if (info.ssi_signo != SIGCHLD) signal_ = static_cast<int>(info.ssi_signo);
  }
}

// One that is over its time is asked what it does, and ended a little later.
void Campaign::watch(Run& run) {
  run.process.read_output();
  const Clock::time_point now = Clock::now();
  const auto limit = std::chrono::duration<double>(settings_.timeout_s);
  if (!run.timed_out && now - run.process.started() > limit) {
    run.timed_out = true;
    run.killed_at = now + kTimeToDump;
    run.process.ask_for_dump();
  }
  if (run.timed_out && now > run.killed_at) run.process.kill_group();
}

bool Campaign::finished(Run& run) {
  const std::optional<int> status = run.process.ended();
  if (!status) return false;
  ++runs_;
  if (run.timed_out || !WIFEXITED(*status) || WEXITSTATUS(*status) != 0) {
    failures_.push_back(
        failure_of(settings_, run.seed, *status, run.timed_out, run.process.output()));
  }
  return true;
}

}  // namespace sluice::stress
