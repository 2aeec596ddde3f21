#include "boot/top.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "base/clock.hpp"
#include "debug/live_view.hpp"
#include "debug/socket_file.hpp"
#include "sched/goroutine_groups.hpp"
#include "sched/scheduler.hpp"

namespace sluice::detail {
namespace {

// As many as a dump looks at; all others are held for no longer.
constexpr std::size_t kMostStacks = 1000;

// Also of a process that exits in the middle of a run.
struct TopSocket {
  checked::SocketFile file;
  ~TopSocket() { file.remove(); }
};
TopSocket& top_socket() {
  static TopSocket socket;
  return socket;
}

std::string state_of(const GoroutineGroup& group) {
  if (group.status == Status::waiting) return std::string(to_text(group.reason));
  if (group.status == Status::runnable) return "runnable";
  return group.blocking ? "blocking" : "running";
}

void add_run(checked::LiveView& view) {
  const CurrentRun run;
  if (!run) return;
  view.created = run->started();
  const auto alive = static_cast<std::uint64_t>(std::max<std::int64_t>(run->goroutines(), 0));
  view.ended = view.created - std::min(alive, view.created);
  view.limit = static_cast<std::uint64_t>(run->limit());
  const Idle::Places places = run->places();
  view.active = places.active;
  view.searching = places.searching;
  view.detached = places.detached;
  view.queued = run->global.size();
  for (std::uint32_t i = 0; i < run->worker_count(); ++i) {
    const Worker* worker = run->worker(i);
    if (worker == nullptr) continue;
    view.workers.push_back({worker->queued(), worker->tick.load(std::memory_order_relaxed)});
  }
}

std::string look() {
  checked::LiveView view;
  view.time = base::now();
  view.checked = observed();
  add_run(view);
  for (GoroutineGroup& group : goroutine_groups(kMostStacks)) {
    checked::LiveGroup& live = view.groups.emplace_back();
    live.state = state_of(group);
    live.creation_pc = group.creation_pc;
    live.pcs = std::move(group.pcs);
    live.count = group.count;
    if (group.wait_since > 0) {
      live.longest = std::max<std::int64_t>(view.time - group.wait_since, 0);
    }
  }
  return checked::live_line(view);
}

[[noreturn]] void refuse(const std::string& why) {
  std::fprintf(stderr, "sluice: SLUICE_TOP: %s\n", why.c_str());
  std::_Exit(2);
}

std::string wanted_path(const char* word) {
  if (std::strcmp(word, "1") != 0) {
    if (std::strchr(word, '/') == nullptr) {
      refuse("'" + std::string(word) + "' is neither 1 nor a path with a '/' in it");
    }
    return word;
  }
  const std::string folder = checked::socket_folder();
  if (const std::string why = checked::make_private_folder(folder); !why.empty()) refuse(why);
  return folder + "/" + std::to_string(::getpid());
}

}  // namespace

WantedTop::WantedTop() {
  const char* word = std::getenv("SLUICE_TOP");
  if (word == nullptr || *word == '\0') return;
  const std::string path = wanted_path(word);
  checked::SocketFile& file = top_socket().file;
  const auto check = [&](const std::string& why) {
    if (why.empty()) return;
    file.close();
    refuse("can't listen at '" + path + "': " + why);
  };
  check(file.open(path));
  server_.emplace(helper_at_work(), &look);
  check(server_->ok() ? "" : std::strerror(errno));
  const int error = thread_.start(
      "sluice-top",
      [](void* self) {
        static_cast<WantedTop*>(self)->server_->serve(top_socket().file.listening());
      },
      this);
  check(error == 0 ? "" : std::strerror(error));
}

WantedTop::~WantedTop() {
  if (!server_) return;
  server_->stop();
  thread_.join();
  top_socket().file.close();
}

}  // namespace sluice::detail
