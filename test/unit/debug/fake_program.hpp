// A program that exists only as events: a detector under test is told what goroutines do, and says
// what it makes of it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <vector>

#include "debug/hub.hpp"
#include "sluice/debug.hpp"
#include "sluice/detail/event.hpp"

namespace sluice::checked::test {

using detail::AccessMode;
using detail::Actor;
using detail::Event;
using detail::EventKind;
using detail::ObjectKind;
using detail::ObjectRef;
using detail::WaitReason;

struct Told {
  std::string code, severity, certainty, title, text;
};

inline bool says(const Told& told, const std::string& text) {
  return told.text.find(text) != std::string::npos;
}

// What the reporter gave to the report handler, of whichever program; one runs at a time.
inline std::vector<Told>& told() {
  static std::vector<Told> reports;
  return reports;
}

// Call sites are addresses that no code stands at: a new one for each name.
inline const void* site(const std::string& name) {
  static std::map<std::string, std::uintptr_t> sites;
  return reinterpret_cast<const void*>(
      sites.try_emplace(name, 0x10000 + sites.size() * 64).first->second);
}

struct Object {
  explicit Object(ObjectKind k) : kind(k) {}
  ObjectKind kind;
  detail::ObjectTag tag;
  std::uint32_t size = 0, capacity = 0;
  ObjectRef ref(AccessMode mode = AccessMode::none) {
    return {this, &tag, kind, mode, size, capacity};
  }
};

struct Goroutine {
  Actor actor;
  bool alive = true;
};

class Program {
 public:
  // `quiet` keeps the reports away from stderr; not in a death test, which looks for them there.
  explicit Program(Level level = Level::check, bool quiet = true)
      : Program(options(level), quiet) {}
  explicit Program(const std::string& words) : Program(parse_options(words).options, true) {}
  Program(const Options& options, bool quiet) : hub_(options, view()), quiet_(quiet) {
    current() = this;
    told().clear();
    debug::set_report_handler([](const debug::Report& r) {
      told().push_back({std::string(r.code), std::string(r.severity), std::string(r.certainty),
                        std::string(r.title), std::string(r.text)});
    });
    if (quiet_) testing::internal::CaptureStderr();
    goroutines_.emplace_back();
    main().actor.id = 1;
    emit(EventKind::run_begin, nullptr, {}, &main());
  }
  ~Program() {
    debug::set_report_handler(nullptr);
    hub_.finish();
    if (quiet_) testing::internal::GetCapturedStderr();
    current() = nullptr;
  }

  Goroutine& main() { return goroutines_.front(); }

  Goroutine& go(Goroutine& parent, const std::string& name = "") {
    Goroutine& child = goroutines_.emplace_back();
    child.actor.id = ++last_id_;
    child.actor.parent_id = parent.actor.id;
    child.actor.creation_pc = site("go " + name);
    names_.push_back(name);
    if (!name.empty()) child.actor.name = names_.back().c_str();
    emit(EventKind::spawn, &parent, {}, &child);
    return child;
  }
  void end(Goroutine& g, const std::string& exception = "") {
    Event event = make(EventKind::exit, &g, {});
    event.text = exception;
    event.value = static_cast<std::int64_t>(exception.empty() ? detail::ExitKind::returned
                                                              : detail::ExitKind::threw);
    hub_.on_event(event);
    g.alive = false;
  }
  // A thread that the runtime did not start.
  Goroutine& thread() {
    Goroutine& foreign = goroutines_.emplace_back();
    foreign.actor.id = 0;
    return foreign;
  }

  void request(Goroutine& g, Object& lock, AccessMode mode = AccessMode::exclusive,
               const std::string& where = "") {
    emit(EventKind::lock_request, &g, {lock.ref(mode)}, nullptr, mode, 0, where);
  }
  void acquire(Goroutine& g, Object& lock, AccessMode mode = AccessMode::exclusive,
               const std::string& where = "") {
    emit(EventKind::lock_acquired, &g, {lock.ref(mode)}, nullptr, mode, 0, where);
  }
  // What has a short form is told in that first, as the runtime does.
  void lock(Goroutine& g, Object& lock, const std::string& where = "") {
    take(g, lock, AccessMode::exclusive, where);
  }
  void read(Goroutine& g, Object& lock, const std::string& where = "") {
    take(g, lock, AccessMode::shared, where);
  }
  void try_lock(Goroutine& g, Object& lock) {
    emit(EventKind::lock_try_acquired, &g, {lock.ref(AccessMode::exclusive)}, nullptr,
         AccessMode::exclusive);
  }
  void unlock(Goroutine& g, Object& lock, AccessMode mode = AccessMode::exclusive) {
    if (lock.tag.id != 0 &&
        hub_.lock_released(g.actor, lock.tag.id, {lock.kind, mode}, site("somewhere"))) {
      return;
    }
    emit(EventKind::lock_released, &g, {lock.ref(mode)}, nullptr, mode);
  }
  void unread(Goroutine& g, Object& lock) { unlock(g, lock, AccessMode::shared); }
  // All of `locks`, one inside the other, then out again.
  void nest(Goroutine& g, const std::vector<Object*>& locks) {
    for (Object* each : locks) lock(g, *each, "nest of " + std::to_string(g.actor.id));
    for (auto each = locks.rbegin(); each != locks.rend(); ++each) unlock(g, **each);
  }

  void park(Goroutine& g, WaitReason reason, std::vector<ObjectRef> objects, std::int64_t until = 0,
            const std::string& where = "") {
    Event event = make(EventKind::park, &g, objects, where);
    event.reason = reason;
    event.value = until;
    hub_.on_event(event);
  }
  void park_on(Goroutine& g, Object& lock, AccessMode mode = AccessMode::exclusive) {
    const WaitReason reason = lock.kind == ObjectKind::mutex  ? WaitReason::mutex_lock
                              : lock.kind == ObjectKind::once ? WaitReason::once_call
                              : mode == AccessMode::shared    ? WaitReason::rw_mutex_lock_shared
                                                              : WaitReason::rw_mutex_lock;
    park(g, reason, {lock.ref(mode)});
  }
  // Asks for a lock that somebody has, and sleeps.
  void block(Goroutine& g, Object& lock, AccessMode mode = AccessMode::exclusive) {
    request(g, lock, mode);
    park_on(g, lock, mode);
  }
  void unpark(Goroutine& g) { emit(EventKind::unpark, &g, {}); }

  void add(Goroutine& g, Object& group, std::int64_t n = 1, const std::string& where = "add") {
    emit(EventKind::wait_group_add, &g, {group.ref()}, nullptr, AccessMode::none, n, where);
  }
  void done(Goroutine& g, Object& group, const std::string& where = "done") {
    add(g, group, -1, where);
  }
  // wait() that finds the counter above zero, and its end.
  void wait(Goroutine& g, Object& group) {
    emit(EventKind::wait_group_wait, &g, {group.ref()}, nullptr, AccessMode::none, 0, "wait");
  }
  void wait_parked(Goroutine& g, Object& group) {
    wait(g, group);
    park(g, WaitReason::wait_group_wait, {group.ref()}, 0, "wait");
  }
  Goroutine& group_go(Goroutine& parent, Object& group) {
    add(parent, group, 1, "wg.go");
    Goroutine& child = go(parent, "");
    emit(EventKind::wait_group_bind, &parent, {group.ref()}, &child);
    return child;
  }

  void send(Goroutine& g, Object& channel) {
    if (tells_briefly(channel) && hub_.chan_send(g.actor, channel.tag.id, site("somewhere")))
      return;
    emit(EventKind::chan_send, &g, {channel.ref(AccessMode::send)});
  }
  void receive(Goroutine& g, Object& channel) {
    if (tells_briefly(channel) && hub_.chan_received(g.actor, channel.tag.id, site("somewhere"))) {
      return;
    }
    emit(EventKind::chan_received, &g, {channel.ref(AccessMode::receive)});
  }
  void close(Goroutine& g, Object& channel, const std::string& where = "close") {
    emit(EventKind::chan_closed, &g, {channel.ref()}, nullptr, AccessMode::none, 0, where);
  }
  void close_again(Goroutine& g, Object& channel) {
    close(g, channel, "close again");
    emit(EventKind::chan_closed_again, &g, {channel.ref()});
  }
  void send_on_closed(Goroutine& g, Object& channel, const std::string& where = "late send") {
    send(g, channel);
    emit(EventKind::chan_send_on_closed, &g, {channel.ref()}, nullptr, AccessMode::none, 0, where);
  }
  // An exception that nobody catches.
  void uncaught(Goroutine& g, const std::string& text) {
    Event event = make(EventKind::uncaught, &g, {});
    event.text = text;
    hub_.on_event(event);
  }

  // Cond::wait as far as the lock is freed; `lock` is what it is given.
  void cond_wait(Goroutine& g, Object& cond, Object& lock) {
    emit(EventKind::cond_wait, &g, {cond.ref(), {.address = &lock}});
  }
  void notify(Goroutine& g, Object& cond, std::int64_t woken) {
    emit(EventKind::cond_notify, &g, {cond.ref()}, nullptr, AccessMode::none, woken, "notify");
  }
  void os_lock(Goroutine& g, const int& lock) {
    emit(EventKind::os_lock_acquired, &g, {{.address = &lock}});
  }
  void os_unlock(Goroutine& g, const int& lock) {
    emit(EventKind::os_lock_released, &g, {{.address = &lock}});
  }

  // Gives units of a semaphore back, or sets a timer.
  void signal(Goroutine& g) {
    Object semaphore{ObjectKind::semaphore};
    emit(EventKind::signalled, &g, {semaphore.ref()});
  }

  void name(Object& object, const std::string& name) {
    const std::vector<ObjectRef> objects{{.address = &object}};
    Event event = make(EventKind::named, nullptr, objects);
    event.text = name;
    hub_.on_event(event);
  }
  void order_exempt(Object& a, Object& b) {
    const std::vector<ObjectRef> objects{{.address = &a}, {.address = &b}};
    hub_.on_event(make(EventKind::order_exempt, nullptr, objects));
  }
  void create(Goroutine& g, Object& object, const std::string& where) {
    emit(EventKind::created, &g, {object.ref()}, nullptr, AccessMode::none, 0, where);
  }
  void rank(Object& object, int rank) {
    const std::vector<ObjectRef> objects{{.address = &object}};
    Event event = make(EventKind::ranked, nullptr, objects);
    event.value = rank;
    hub_.on_event(event);
  }
  void destroy(Goroutine& g, Object& object, bool in_use = false) {
    emit(EventKind::destroyed, &g, {object.ref()}, nullptr, AccessMode::none, in_use);
    object.tag.id = 0;
  }

  // run() once more, with a new main.
  void begin_again() {
    Goroutine& fresh = goroutines_.emplace_back();
    fresh.actor.id = 1;
    emit(EventKind::run_begin, nullptr, {}, &fresh);
  }
  void run_end() {
    if (main().alive) end(main());
    emit(EventKind::run_end, nullptr, {});
  }
  // Nobody has run for so many seconds, and no timer is set; 0: not so.
  void quiet(std::int64_t seconds = 0) {
    emit(EventKind::quiet, nullptr, {}, nullptr, AccessMode::none, seconds * 1'000'000'000);
  }
  void all_asleep() { emit(EventKind::all_asleep, nullptr, {}); }
  Hub& hub() { return hub_; }

  std::vector<std::string> codes() const {
    std::vector<std::string> codes;
    for (const Told& each : told()) codes.push_back(each.code);
    return codes;
  }
  const Told& only() const {
    EXPECT_EQ(told().size(), 1u);
    static const Told none;
    return told().empty() ? none : told().front();
  }

 private:
  // As the runtime does.
  static bool tells_briefly(const Object& channel) {
    return channel.tag.id != 0 && channel.capacity != 1;
  }
  void take(Goroutine& g, Object& lock, AccessMode mode, const std::string& where) {
    const Event event = make(EventKind::lock_taken, &g, {}, where);
    if (lock.tag.id != 0 &&
        hub_.lock_taken(g.actor, lock.tag.id, {lock.kind, mode}, event.pc, event.frame)) {
      return;
    }
    emit(EventKind::lock_taken, &g, {lock.ref(mode)}, nullptr, mode, 0, where);
  }
  static Options options(Level level) {
    Options options;
    options.level = level;
    return options;
  }
  static Program*& current() {
    static Program* program = nullptr;
    return program;
  }
  static detail::RuntimeView view() {
    detail::RuntimeView view;
    view.backtrace = [](const Actor& actor, const void** pcs, std::size_t max) -> std::size_t {
      if (max == 0) return 0;
      pcs[0] = site("stack of " + std::to_string(actor.id));
      return 1;
    };
    view.for_each_actor = [](void (*visit)(Actor&, void*), void* context) {
      for (Goroutine& g : current()->goroutines_) {
        if (g.alive && g.actor.id != 0) visit(g.actor, context);
      }
    };
    return view;
  }
  static Event make(EventKind kind, Goroutine* g, const std::vector<ObjectRef>& objects,
                    const std::string& where = "") {
    Event event;
    event.kind = kind;
    event.doer = g == nullptr ? nullptr : &g->actor;
    event.objects = objects;
    event.pc = site(where.empty() ? "somewhere" : where);
    event.frame = reinterpret_cast<const void*>(UINTPTR_MAX);  // no frame of the test itself
    return event;
  }
  void emit(EventKind kind, Goroutine* g, const std::vector<ObjectRef>& objects,
            Goroutine* other = nullptr, AccessMode mode = AccessMode::none, std::int64_t value = 0,
            const std::string& where = "") {
    Event event = make(kind, g, objects, where);
    event.other = other == nullptr ? nullptr : &other->actor;
    event.mode = mode;
    event.value = value;
    hub_.on_event(event);
  }

  Hub hub_;
  const bool quiet_;
  std::list<Goroutine> goroutines_;
  std::list<std::string> names_;
  std::uint64_t last_id_ = 1;
};

// `codes` in the order in which they were told.
#define EXPECT_TOLD(program, ...) \
  EXPECT_EQ((program).codes(), (std::vector<std::string>{__VA_ARGS__}))
#define EXPECT_SILENT(program) EXPECT_EQ((program).codes(), std::vector<std::string>{})

}  // namespace sluice::checked::test
