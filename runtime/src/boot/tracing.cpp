#include "boot/tracing.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <unordered_map>

#include "boot/wait_reasons.hpp"
#include "debug/perfetto.hpp"
#include "debug/program_path.hpp"
#include "debug/reporter.hpp"
#include "debug/symbolize.hpp"
#include "sched/inspect.hpp"
#include "sched/park.hpp"
#include "sched/scheduler.hpp"
#include "sched/trace.hpp"

namespace sluice::detail {
namespace {

using checked::PerfettoTrace;

std::string name_of_process() {
  const std::string whole = checked::program_path();
  return whole.substr(whole.rfind('/') + 1);
}

// Draws events one after the other.
class Drawing {
 public:
  explicit Drawing(const Trace::Recorded& recorded)
      : recorded_(recorded), process_(out_.process(::getpid(), name_of_process())) {}

  std::string draw() {
    for (const TraceEvent& event : recorded_.events) {
      switch (event.kind) {
        case TraceEvent::Kind::started:
          about(event.goroutine).started_at = place_of(event.creation_pc);
          break;
        case TraceEvent::Kind::readied:
          readied(event);
          break;
        case TraceEvent::Kind::switched:
          switched(event);
          break;
      }
    }
    // What is done while the end is noted may come after it.
    const std::int64_t last = recorded_.events.empty() ? 0 : recorded_.events.back().when;
    const std::int64_t until = std::max(recorded_.until, last);
    for (auto& [index, worker] : workers_) {
      if (worker.runs != 0) out_.end(worker.track, until);
    }
    for (auto& [id, goroutine] : goroutines_) set_state(goroutine, "", until, 0);
    if (!recorded_.told.empty()) {
      const PerfettoTrace::Track reports = out_.track(process_, "reports");
      for (const Trace::Told& each : recorded_.told) out_.instant(reports, each.when, each.what);
    }
    return out_.take();
  }

 private:
  struct OfWorker {
    PerfettoTrace::Track track = 0;
    std::uint64_t runs = 0;
  };
  struct OfGoroutine {
    PerfettoTrace::Track track = 0;
    std::string title;
    std::string started_at;
    std::string state;             // what its slice says; empty: there is none
    PerfettoTrace::Flow flow = 0;  // of the ready that it has not yet followed
  };

  std::string place_of(const void* pc) {
    const auto [known, fresh] = places_.try_emplace(pc);
    if (!fresh || pc == nullptr) return known->second;
    for (const checked::Frame& frame : checked::symbolize(pc)) {
      if (checked::is_internal(frame) || frame.file.empty()) continue;
      known->second =
          frame.file.substr(frame.file.rfind('/') + 1) + ":" + std::to_string(frame.line);
      break;
    }
    return known->second;
  }

  OfWorker& about_worker(std::uint32_t index) {
    OfWorker& worker = workers_[index];
    if (worker.track == 0) {
      worker.track =
          out_.thread(::getpid(), static_cast<int>(index) + 1, "worker " + std::to_string(index));
    }
    return worker;
  }
  OfGoroutine& about(std::uint64_t id) { return goroutines_[id]; }

  // Made when something is drawn of it: by then its name is known.
  void make_track(std::uint64_t id, OfGoroutine& goroutine) {
    if (goroutine.track != 0) return;
    goroutine.title = "goroutine " + std::to_string(id);
    const auto known = recorded_.goroutines.find(id);
    if (known != recorded_.goroutines.end()) {
      if (!known->second.name.empty()) goroutine.title += " \"" + known->second.name + "\"";
      goroutine.started_at = place_of(known->second.creation_pc);
    }
    std::string label = goroutine.title;
    if (!goroutine.started_at.empty()) label += ", started at " + goroutine.started_at;
    goroutine.track = out_.track(process_, label);
  }

  void set_state(OfGoroutine& goroutine, const std::string& state, std::int64_t when,
                 PerfettoTrace::Flow arrives) {
    if (goroutine.track == 0) return;
    if (!goroutine.state.empty()) out_.end(goroutine.track, when);
    if (!state.empty()) out_.begin(goroutine.track, when, state, arrives);
    goroutine.state = state;
  }

  void readied(const TraceEvent& event) {
    OfGoroutine& goroutine = about(event.goroutine);
    make_track(event.goroutine, goroutine);
    goroutine.flow = ++last_flow_;
    out_.instant(about_worker(event.worker).track, event.when, "ready " + goroutine.title,
                 goroutine.flow);
    set_state(goroutine, "runnable", event.when, 0);
  }

  void switched(const TraceEvent& event) {
    OfWorker& worker = about_worker(event.worker);
    if (worker.runs != 0) {
      out_.end(worker.track, event.when);
      OfGoroutine& left = about(worker.runs);
      const bool waits = event.left_as == Status::waiting;
      // Who was readied while it was still parking is runnable already.
      if (left.state == "running") {
        set_state(left,
                  waits                               ? std::string(to_text(event.reason))
                  : event.left_as == Status::runnable ? "runnable"
                                                      : "",
                  event.when, 0);
      }
      if (event.left_as == Status::dead) goroutines_.erase(worker.runs);
    }
    worker.runs = event.goroutine;
    if (event.goroutine == 0) return;
    OfGoroutine& next = about(event.goroutine);
    make_track(event.goroutine, next);
    out_.begin(worker.track, event.when, next.title, next.flow);
    next.flow = 0;
    set_state(next, "running", event.when, 0);
  }

  const Trace::Recorded& recorded_;
  PerfettoTrace out_;
  const PerfettoTrace::Track process_;
  std::map<std::uint32_t, OfWorker> workers_;
  std::unordered_map<std::uint64_t, OfGoroutine> goroutines_;
  std::unordered_map<const void*, std::string> places_;
  PerfettoTrace::Flow last_flow_ = 0;
};

}  // namespace

std::string drawn_trace() {
  const Trace::Recorded recorded = the_trace().recorded();
  std::string text;
  checked::on_large_stack([&] { text = Drawing(recorded).draw(); });
  if (recorded.lost > 0) {
    std::fprintf(stderr, "sluice: trace: newer events have replaced the %llu oldest\n",
                 static_cast<unsigned long long>(recorded.lost));
  }
  return text;
}

void trace_execution(bool on) {
  if (!on) return the_trace().end();
  the_trace().begin();
  const CurrentRun run;
  if (!run) return;
  run->freeze();
  for_each_goroutine(
      [](Goroutine& each, void*) {
        const bool runs = each.status.load(std::memory_order_acquire) == Status::running;
        if (!runs || &each == self()) the_trace().knows(each);
      },
      nullptr);
  run->thaw();
}

void note_in_trace(std::string_view report) {
  if (the_trace().under_way()) the_trace().tells(report);
}

}  // namespace sluice::detail
