// Threads as fibers of one real thread, the choice of who goes on, and the search through all
// choices.
#include "model/explorer.hpp"

#include <cinttypes>
#include <cstdio>
#include <deque>

#include "fiber/switch.hpp"
#include "model/memory.hpp"

namespace sluice::model {
namespace {

constexpr std::size_t kStackSize = 256 * 1024;
constexpr std::uint64_t kMostSteps = 20'000;  // of one execution: more is a loop without an end
constexpr std::size_t kToldSteps = 80;

enum class State : std::uint8_t { none, runnable, gives_way, blocked, ended };

struct Thread {
  std::function<void()> body;
  std::unique_ptr<std::byte[]> stack;
  void* sp = nullptr;
  State state = State::none;
  bool woken = false;
  const char* why = "";
  View view;
  std::unique_ptr<Clock> wakers;  // what those that woke it knew
};

struct Choice {
  unsigned taken;
  unsigned count;
};

struct Step {
  unsigned thread;
  const char* operation;
  const void* address;
  std::uint64_t bits;
  int order;
};

class Explorer {
 public:
  Explorer(const Bounds& bounds, const std::function<void()>& program)
      : bounds_(bounds), program_(program) {}

  Result run() {
    Result result;
    do {
      ++result.schedules;
      execute();
      if (!failure_.empty()) {
        result.failure = failure_;
        break;
      }
    } while (next_schedule());
    return result;
  }

  // ---- called by threads ----

  unsigned current() const { return current_; }
  View& view() { return threads_[current_].view; }
  View* view_of(unsigned thread) {
    return threads_[thread].state == State::none ? nullptr : &threads_[thread].view;
  }

  unsigned choose(unsigned count) {
    if (count <= 1) return 0;
    if (next_choice_ == choices_.size()) choices_.push_back({0, count});
    const Choice& choice = choices_[next_choice_++];
    if (choice.count != count) fail("the program does not do the same for the same schedule");
    return choice.taken;
  }
  bool may_read_stale() const { return stale_reads_ < bounds_.stale_reads; }
  void reads_stale() { ++stale_reads_; }

  void add(std::function<void()> body) {
    unsigned index = 0;
    while (index < kMostThreads && threads_[index].state != State::none) ++index;
    if (index == kMostThreads) fail("more threads than the explorer has room for");
    Thread& thread = threads_[index];
    thread.body = std::move(body);
    thread.state = State::runnable;
    thread.woken = false;
    thread.view = View();
    if (exploring_) {
      ++view().now[current_];
      thread.view.now = view().now;
    }
    if (thread.stack == nullptr) thread.stack = std::make_unique<std::byte[]>(kStackSize);
    auto top =
        reinterpret_cast<std::uintptr_t>(thread.stack.get() + kStackSize) & ~std::uintptr_t{63};
    thread.sp = fiber::prepare(
        reinterpret_cast<void*>(top),
        [](void* argument, void*) {
          auto* self = static_cast<Explorer*>(argument);
          self->threads_[self->current_].body();
          self->end();
        },
        this);
  }

  // Another thread may go first.
  void step() {
    if (++steps_ > kMostSteps) fail("no end after " + std::to_string(kMostSteps) + " steps");
    std::array<unsigned, kMostThreads> others{};
    const unsigned count = preemptions_ < bounds_.preemptions ? ready_others(others) : 0;
    const unsigned chosen = choose(count + 1);
    if (chosen == 0) return;
    ++preemptions_;
    switch_to(others[chosen - 1]);
  }

  // Memory is not as it was: those that wait for that may look again.
  void changed() {
    for (Thread& thread : threads_) {
      if (thread.state == State::gives_way) thread.state = State::runnable;
    }
  }

  void give_way() {
    threads_[current_].state = State::gives_way;
    go_on_elsewhere();
    threads_[current_].state = State::runnable;
  }

  void block(const char* why) {
    Thread& self = threads_[current_];
    self.why = why;
    if (!self.woken) {
      self.state = State::blocked;
      go_on_elsewhere();
    }
    self.woken = false;
    if (self.wakers != nullptr) {
      self.view.now.join(*self.wakers);
      self.wakers.reset();
    }
  }

  void wake(unsigned index) {
    Thread& thread = threads_[index];
    if (thread.woken) fail("a thread is woken twice for one wait");
    thread.woken = true;
    ++view().now[current_];
    if (thread.wakers == nullptr) thread.wakers = std::make_unique<Clock>();
    thread.wakers->join(view().now);
    if (thread.state == State::blocked) thread.state = State::runnable;
  }

  void join_all() {
    for (;;) {
      bool all = true;
      for (unsigned i = 0; i < kMostThreads; ++i) {
        if (i == current_ || threads_[i].state == State::none) continue;
        if (threads_[i].state != State::ended) {
          all = false;
          continue;
        }
        view().now.join(threads_[i].view.now);
      }
      if (all) return;
      joining_ = true;
      threads_[current_].why = "for others to end";
      threads_[current_].state = State::blocked;
      go_on_elsewhere();
      joining_ = false;
    }
  }

  [[noreturn]] void fail(const std::string& what) {
    failure_ = what + "\n" + told();
    leave();
  }

  void trace(const Step& step) {
    if (trace_.size() == kToldSteps) trace_.pop_front();
    trace_.push_back(step);
  }

  bool exploring_ = false;
  std::uint64_t execution_ = 0;

 private:
  void execute() {
    ++execution_;
    for (Thread& thread : threads_) thread.state = State::none;
    next_choice_ = 0;
    preemptions_ = stale_reads_ = 0;
    steps_ = 0;
    trace_.clear();
    forget_memory();
    current_ = 0;
    exploring_ = false;
    add(program_);
    exploring_ = true;
    sluice_switch(&main_sp_, threads_[0].sp, nullptr);
    exploring_ = false;
  }

  // Depth first: the last choice that has another way takes it.
  bool next_schedule() {
    while (!choices_.empty() && choices_.back().taken + 1 == choices_.back().count) {
      choices_.pop_back();
    }
    if (choices_.empty()) return false;
    ++choices_.back().taken;
    return true;
  }

  unsigned ready_others(std::array<unsigned, kMostThreads>& into) const {
    unsigned count = 0;
    for (unsigned i = 0; i < kMostThreads; ++i) {
      if (i != current_ && threads_[i].state == State::runnable) into[count++] = i;
    }
    return count;
  }

  // The running thread can't go on, or does not want to.
  void go_on_elsewhere() {
    std::array<unsigned, kMostThreads> others{};
    unsigned count = ready_others(others);
    if (count == 0) {
      // Those that gave way, in turn.
      for (unsigned k = 1; k <= kMostThreads && count == 0; ++k) {
        const unsigned i = (current_ + k) % kMostThreads;
        if (threads_[i].state == State::gives_way) others[count++] = i;
      }
    }
    if (count == 0) fail("deadlock");
    const unsigned next = others[choose(count)];
    threads_[next].state = State::runnable;
    if (next != current_) switch_to(next);
  }

  void end() {
    threads_[current_].state = State::ended;
    if (joining_ && threads_[0].state == State::blocked) threads_[0].state = State::runnable;
    bool all = true;
    for (const Thread& thread : threads_) {
      all = all && (thread.state == State::none || thread.state == State::ended);
    }
    if (all) leave();
    go_on_elsewhere();
    __builtin_unreachable();
  }

  void switch_to(unsigned next) {
    Thread& from = threads_[current_];
    current_ = next;
    sluice_switch(&from.sp, threads_[next].sp, nullptr);
  }

  [[noreturn]] void leave() {
    void* abandoned = nullptr;
    sluice_switch(&abandoned, main_sp_, nullptr);
    __builtin_unreachable();
  }

  std::string told() const {
    std::string text;
    for (unsigned i = 0; i < kMostThreads; ++i) {
      const Thread& thread = threads_[i];
      if (thread.state == State::blocked) {
        text += "  thread " + std::to_string(i) + " waits " + thread.why + "\n";
      }
    }
    text += "  the last steps:\n";
    static const char* const orders[] = {"relaxed", "consume", "acquire",
                                         "release", "acq_rel", "seq_cst"};
    for (const Step& step : trace_) {
      char line[160];
      std::snprintf(line, sizeof line, "    thread %u: %s %p %" PRIx64 " %s\n", step.thread,
                    step.operation, step.address, step.bits,
                    step.order < 0 ? "" : orders[step.order]);
      text += line;
    }
    return text;
  }

  const Bounds bounds_;
  const std::function<void()>& program_;
  std::array<Thread, kMostThreads> threads_;
  unsigned current_ = 0;
  void* main_sp_ = nullptr;
  std::vector<Choice> choices_;
  std::size_t next_choice_ = 0;
  int preemptions_ = 0;
  int stale_reads_ = 0;
  std::uint64_t steps_ = 0;
  bool joining_ = false;
  std::deque<Step> trace_;
  std::string failure_;
};

Explorer* g_explorer = nullptr;
std::uint64_t g_executions = 0;

}  // namespace

Result explore(const Bounds& bounds, const std::function<void()>& program) {
  Explorer explorer(bounds, program);
  explorer.execution_ = g_executions;
  g_explorer = &explorer;
  Result result = explorer.run();
  g_executions = explorer.execution_;
  g_explorer = nullptr;
  return result;
}

void spawn(std::function<void()> thread) { g_explorer->add(std::move(thread)); }
void join_all() { g_explorer->join_all(); }
void check(bool holds, const char* what) {
  if (!holds) fail(what);
}

unsigned this_thread() { return g_explorer->current(); }
void give_way() { g_explorer->give_way(); }
void block(const char* why) { g_explorer->block(why); }
void wake(unsigned thread) { g_explorer->wake(thread); }
void fail(const std::string& what) { g_explorer->fail(what); }
void step() { g_explorer->step(); }

View& view() { return g_explorer->view(); }
View* view_of(unsigned thread) { return g_explorer->view_of(thread); }
unsigned choose(unsigned count) { return g_explorer->choose(count); }
void changed() { g_explorer->changed(); }
bool may_read_stale() { return g_explorer->may_read_stale(); }
void reads_stale() { g_explorer->reads_stale(); }
std::uint64_t execution() { return g_explorer->execution_; }
bool exploring() { return g_explorer != nullptr && g_explorer->exploring_; }
void trace(const char* operation, const void* address, std::uint64_t bits, int order) {
  g_explorer->trace({g_explorer->current(), operation, address, bits, order});
}

}  // namespace sluice::model
