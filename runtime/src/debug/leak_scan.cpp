#include "debug/leak_scan.hpp"

#include <malloc.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>

#include "base/clock.hpp"
#include "base/sanitizers.hpp"
#include "debug/liveness.hpp"
#include "debug/marking.hpp"
#include "debug/marking_crew.hpp"
#include "debug/memory_roots.hpp"
#include "debug/planted.hpp"
#include "debug/sleeping_books.hpp"

namespace sluice::checked {
namespace {

using detail::StackInfo;

// A sanitizer's heap is not the C library's, and its threads are not to be stopped.
constexpr bool kLooks = !SLUICE_ASAN && !SLUICE_TSAN;
// Of so many goroutines at most it is found out what they refer to.
constexpr std::size_t kMostRelated = 64;

void add_dead(LeakVerdict& verdict, SleepingBooks& sleeping, const bool* live) {
  for (std::uint32_t i = 0; i < sleeping.known(); ++i) {
    if (live[i]) continue;
    ActorState* actor = sleeping.actor(i);
    verdict.dead.push_back({actor,
                            actor->uid.load(std::memory_order_relaxed),
                            actor->epoch.load(std::memory_order_acquire),
                            {}});
  }
}

// One scan. Everything between stop and release keeps to scratch memory.
class Look {
 public:
  Look(Books& books, Scratch& scratch, const Asking& asking)
      : books_(books),
        scratch_(scratch),
        asking_(asking),
        planted_(scratch),
        sleeping_(books, scratch),
        marking_(scratch),
        roots_(scratch, marking_),
        crew_(scratch, marking_) {}

  bool gather(LockMisuse& locks, WaitGroups& groups, Range stack);
  void leave_out_mapped(const std::vector<const void*>& own);
  void call_for_help();
  void run(const std::vector<const void*>& own, bool memory);
  LeakVerdict verdict(std::int64_t stopped);

 private:
  struct Stack {
    StackInfo info;
    std::uint32_t number = SleepingBooks::kNone;
  };

  void look(const std::vector<const void*>& own);
  bool read_stacks();
  bool read_books();
  bool plant();
  bool divide(const std::vector<const void*>& own);
  void add_stacks();
  StackMemory memory_of(const Stack& stack) const;
  std::uintptr_t thread_in(const StackInfo& info) const;
  bool solve(Reach& reach);
  void relate();

  Books& books_;
  Scratch& scratch_;
  const Asking& asking_;
  Planted planted_;
  SleepingBooks sleeping_;
  Marking marking_;
  MemoryRoots roots_;
  MarkingCrew crew_;
  ScratchList<Stack> stacks_;
  struct Reference {
    std::uint32_t goroutine = 0;
    std::uint32_t object = 0;
  };
  ScratchList<Reference> references_;
  bool related_ = false;
  bool* live_ = nullptr;
  bool looked_ = false;
  bool blind_ = false;
  bool solved_ = false;
};

bool Look::gather(LockMisuse& locks, WaitGroups& groups, Range stack) {
  std::vector<LeftLocked> left;
  std::vector<ExactDebt> debts;
  const std::vector<const void*> externals = books_.objects.externals();
  locks.for_each_left_locked([&](ObjectId id, bool handed_on) { left.push_back({id, handed_on}); });
  groups.for_each_exact_debt([&](ObjectId group, std::uint64_t uid) {
    debts.push_back({group, uid, 0});
  });
  if (!sleeping_.left_locked.reserve(scratch_, left.size() + 1) ||
      !sleeping_.debts.reserve(scratch_, debts.size() + 1) ||
      !sleeping_.externals.reserve(scratch_, externals.size() + 1)) {
    return false;
  }
  for (const void* each : externals) sleeping_.externals.push(each);
  for (const LeftLocked& each : left) sleeping_.left_locked.push(each);
  for (const ExactDebt& debt : debts) sleeping_.debts.push(debt);
  if (!roots_.find_libraries() || !planted_.ok()) return false;
  roots_.leave_out(stack);
  StoppedThread asker;
  asker.tid = asking_.tid;
  asker.thread = asking_.thread;
  asker.sp = asking_.sp;
  asker.alternate = asking_.alternate;
  roots_.add_thread(asker);
  return true;
}

// Of the blocks of our own those that have a mapping of their own: it may be found as a part of a
// larger one, which is taken as one piece.
void Look::leave_out_mapped(const std::vector<const void*>& own) {
  constexpr std::uintptr_t kMapped = 2;
  if (!kLooks) return;
  for (const void* block : own) {
    const auto start = reinterpret_cast<std::uintptr_t>(block);
    const std::uintptr_t chunk = start - kChunkHeader;
    if (chunk % 4096 != 0 || (word_at(start - 8) & kMapped) == 0) continue;
    const std::uintptr_t size = ::malloc_usable_size(const_cast<void*>(block)) + kChunkHeader;
    if (mapped_chunk(chunk, chunk + size) == size) roots_.leave_out({chunk, chunk + size});
  }
}

void Look::call_for_help() {
  if (kLooks) crew_.start(MarkingCrew::worth_it());
}

bool Look::read_stacks() {
  // As many as there could be: what is not used of the room costs nothing.
  std::size_t slots = 0;
  books_.view.memory->for_each_arena(
      [](const detail::ArenaInfo& arena, void* into) {
        *static_cast<std::size_t*>(into) += (arena.high - arena.low) / arena.slot_size;
      },
      &slots);
  if (!stacks_.reserve(scratch_, slots)) return false;
  books_.view.memory->for_each_stack(
      [](const StackInfo& info, void* into) {
        static_cast<ScratchList<Stack>*>(into)->push({info, SleepingBooks::kNone});
      },
      &stacks_);
  return true;
}

// Each stack gets a number: its goroutine's, or a new one behind those if it is of no goroutine
// that the books know.
bool Look::read_books() {
  const auto extra = static_cast<std::uint32_t>(stacks_.size()) + kPlanted;
  if (!sleeping_.read(extra)) return false;
  std::uint32_t fresh = sleeping_.known() + kPlanted;
  for (Stack& stack : stacks_) {
    const auto* actor = static_cast<const ActorState*>(stack.info.actor->observer_state);
    stack.number = sleeping_.number_of(actor);
    if (stack.number == SleepingBooks::kNone) stack.number = fresh++;
    Sleeping& sleeping = sleeping_.goroutines()[stack.number];
    sleeping.never = stack.info.state == StackInfo::State::left_over;
    sleeping.awake = !sleeping.never;
  }
  // By number, as the next step asks for each.
  auto* parked = scratch_.take<bool>(sleeping_.known() + 1);
  if (parked == nullptr) return false;
  for (const Stack& stack : stacks_) {
    if (stack.number < sleeping_.known()) {
      parked[stack.number] = stack.info.state == StackInfo::State::parked;
    }
  }
  const auto is_parked = [](const ActorState& actor, void* all) {
    return static_cast<const bool*>(all)[actor.number];
  };
  return sleeping_.conclude(is_parked, parked, kPlanted) && plant();
}

bool Look::plant() {
  for (std::uint32_t i = 0; i < kPlanted; ++i) {
    const std::uint32_t object =
        sleeping_.add_object(reinterpret_cast<const void*>(planted_.object(i)));
    Sleeping& planted = sleeping_.goroutines()[sleeping_.known() + i];
    planted.awake = false;
    planted.any_of = sleeping_.list({object});
    if (object == SleepingBooks::kNone || planted.any_of.empty()) return false;
  }
  return true;
}

// The stack pointer of a thread that runs on it; 0: none does.
std::uintptr_t Look::thread_in(const StackInfo& info) const {
  for (const StoppedThread& thread : roots_.threads()) {
    if (thread.sp >= info.low && thread.sp < info.high) return thread.sp;
  }
  return 0;
}

StackMemory Look::memory_of(const Stack& stack) const {
  const StackInfo& info = stack.info;
  StackMemory memory;
  memory.extra[0] = info.extra[0];
  memory.extra[1] = info.extra[1];
  std::uintptr_t low = info.sp;
  if (info.state == StackInfo::State::running) low = thread_in(info);
  const bool sensible = low >= info.usable && low < info.control;
  memory.whole = {sensible ? low : info.usable, info.control};
  memory.shared = memory.whole;
  if (info.state == StackInfo::State::parked && stack.number < sleeping_.known()) {
    // Below the call by which it waits are frames of this library: what points there is a queue.
    const void* frame = sleeping_.actor(stack.number)->wait.frame;
    const auto call = reinterpret_cast<std::uintptr_t>(frame);
    if (memory.whole.contains(call)) memory.shared.low = call;
  }
  return memory;
}

void Look::add_stacks() {
  for (const Stack& stack : stacks_) {
    marking_.add_stack(stack.number, stack.info.control, memory_of(stack));
  }
  for (std::uint32_t i = 0; i < kPlanted; ++i) {
    marking_.add_hidden(sleeping_.known() + i, planted_.stack(i));
  }
}

bool Look::divide(const std::vector<const void*>& own) {
  const detail::MemoryView& view = *books_.view.memory;
  if (!roots_.divide(view, sleeping_.goroutines().size(), sleeping_.objects())) return false;
  add_stacks();
  for (const void* block : own) marking_.skip(reinterpret_cast<std::uintptr_t>(block));
  view.for_each_own_block(
      [](const void* block, void* self) {
        static_cast<Look*>(self)->marking_.skip(reinterpret_cast<std::uintptr_t>(block));
      },
      this);
  for (std::uint32_t i = 0; i < sleeping_.objects(); ++i) {
    if (!marking_.watch(i, reinterpret_cast<std::uintptr_t>(sleeping_.address(i)))) return false;
  }
  return true;
}

bool Look::solve(Reach& reach) {
  const std::span<Sleeping> goroutines = sleeping_.goroutines();
  live_ = scratch_.take<bool>(goroutines.size() + 1);
  return live_ != nullptr &&
         find_live(goroutines, sleeping_.objects(), reach, scratch_, {live_, goroutines.size()});
}

void Look::look(const std::vector<const void*>& own) {
  if (!divide(own) || !roots_.reach() || !solve(marking_) || marking_.failed()) return;
  looked_ = true;
  blind_ = std::all_of(live_ + sleeping_.known(), live_ + sleeping_.known() + kPlanted,
                       [](bool live) { return live; });
  if (!blind_) relate();
}

// What those that are dead refer to among each other's objects, while their memory can't change.
void Look::relate() {
  std::size_t dead = 0;
  for (std::uint32_t i = 0; i < sleeping_.known(); ++i) dead += live_[i] ? 0 : 1;
  if (dead > kMostRelated || !references_.reserve(scratch_, kMostRelated * kMostRelated * 4))
    return;
  related_ = true;
  for (std::uint32_t i = 0; i < sleeping_.known(); ++i) {
    if (live_[i]) continue;
    related_ = marking_.refers_to(i, [&](std::uint32_t object) {
      references_.push({i, object});
    }) && related_;
  }
}

void Look::run(const std::vector<const void*>& own, bool memory) {
  std::vector<pid_t> but{asking_.tid};
  but.insert(but.end(), crew_.threads().begin(), crew_.threads().end());
  ThreadStop stop(scratch_);  // goes first: the list is given back to the heap
  books_.view.memory->for_each_thread(
      [](const detail::ThreadInfo& thread, void* into) {
        if (thread.kind != detail::ThreadInfo::Kind::monitor) return;
        static_cast<std::vector<pid_t>*>(into)->push_back(thread.tid);
      },
      &but);
  const bool stopped = kLooks && memory && stop.stop(but);
  for (const StoppedThread& thread : stop.threads()) {
    if (stopped) roots_.add_thread(thread);
  }
  if (!read_stacks() || !read_books()) return;
  if (stopped) look(own);
  stop.release();
  solved_ = looked_ && !blind_;
  if (solved_) return;
  ReachAll all(sleeping_.objects());
  solved_ = solve(all);
}

LeakVerdict Look::verdict(std::int64_t stopped) {
  LeakVerdict verdict;
  verdict.looked = looked_;
  verdict.blind = blind_;
  verdict.bytes = marking_.bytes();
  verdict.stopped = stopped;
  if (!solved_) return verdict;
  add_dead(verdict, sleeping_, live_);
  verdict.related = related_;
  for (const Reference& reference : references_) {
    const ActorState* actor = sleeping_.actor(reference.goroutine);
    const auto of = [actor](const DeadGoroutine& dead) { return dead.actor == actor; };
    const auto dead = std::find_if(verdict.dead.begin(), verdict.dead.end(), of);
    if (dead != verdict.dead.end()) dead->refers.push_back(sleeping_.id(reference.object));
  }
  return verdict;
}

}  // namespace

[[gnu::noinline]] Asking Asking::here() noexcept {
  Asking asking{::gettid(),
                reinterpret_cast<std::uintptr_t>(__builtin_thread_pointer()),
                reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)),
                {}};
  stack_t stack = {};
  if (::sigaltstack(nullptr, &stack) == 0 && (stack.ss_flags & (SS_DISABLE | SS_ONSTACK)) == 0) {
    const auto low = reinterpret_cast<std::uintptr_t>(stack.ss_sp);
    asking.alternate = {low, low + stack.ss_size};
  }
  return asking;
}

// Without memory to look at: of who holds what alone.
LeakVerdict LeakScan::run_on_books(Scratch& scratch) {
  SleepingBooks sleeping(books_, scratch);
  std::vector<LeftLocked> left;
  locks_.for_each_left_locked([&](ObjectId id, bool handed_on) {
    left.push_back({id, handed_on});
  });
  const std::vector<const void*> externals = books_.objects.externals();
  if (!sleeping.left_locked.reserve(scratch, left.size() + 1) ||
      !sleeping.externals.reserve(scratch, externals.size() + 1)) {
    return {};
  }
  for (const LeftLocked& each : left) sleeping.left_locked.push(each);
  for (const void* each : externals) sleeping.externals.push(each);
  const auto parked = [](const ActorState& actor, void* books) {
    const auto waiting = static_cast<Books*>(books)->view.waiting;
    return waiting == nullptr || waiting(*actor.actor);
  };
  if (!sleeping.read(0) || !sleeping.conclude(parked, &books_, 0)) return {};
  const std::span<Sleeping> goroutines = sleeping.goroutines();
  auto* live = scratch.take<bool>(goroutines.size() + 1);
  ReachAll all(sleeping.objects());
  if (live == nullptr ||
      !find_live(goroutines, sleeping.objects(), all, scratch, {live, goroutines.size()})) {
    return {};
  }
  LeakVerdict verdict;
  add_dead(verdict, sleeping, live);
  return verdict;
}

LeakVerdict LeakScan::run(const Asking& asking, Range stack, const std::vector<const void*>& own,
                          bool memory) {
  Scratch scratch;
  if (!scratch.ok()) return {};
  if (books_.view.memory == nullptr) return run_on_books(scratch);
  Look look(books_, scratch, asking);
  if (!look.gather(locks_, groups_, stack)) return {};
  look.leave_out_mapped(own);
  if (memory) look.call_for_help();
  struct Run {
    Look& look;
    const std::vector<const void*>& own;
    bool memory;
  } run{look, own, memory};
  const std::int64_t from = base::now();
  books_.view.memory->frozen(
      [](void* context) {
        const Run& what = *static_cast<Run*>(context);
        what.look.run(what.own, what.memory);
      },
      &run);
  return look.verdict(base::now() - from);
}

}  // namespace sluice::checked
