#include "debug/snapshot.hpp"

#include <mutex>

#include "debug/draw.hpp"

namespace sluice::checked {
namespace {

using detail::AccessMode;
using detail::EventKind;
using detail::WaitReason;

constexpr std::size_t kDrawnCases = 4;  // of a select

const char* verb(WaitReason reason, AccessMode mode) {
  switch (reason) {
    case WaitReason::mutex_lock:
    case WaitReason::rw_mutex_lock:
      return "lock";
    case WaitReason::rw_mutex_lock_shared:
      return "rlock";
    case WaitReason::cond_wait:
      return "cond wait";
    case WaitReason::wait_group_wait:
      return "wait";
    case WaitReason::semaphore_acquire:
      return "acquire";
    case WaitReason::once_call:
      return "once";
    default:
      return mode == AccessMode::send ? "send" : mode == AccessMode::receive ? "recv" : "wait";
  }
}

std::string fill_of(const Wait::Target& target) {
  if (target.capacity == 0) return " (unbuffered)";
  if (target.size == 0) return " (empty)";
  if (target.size >= target.capacity) {
    return " (full, capacity " + std::to_string(target.capacity) + ")";
  }
  return {};
}

std::string operation(const Wait::Target& target, const ObjectInfo& object, Names& names) {
  const bool sends = target.mode == AccessMode::send;
  if (object.id == kNoObject) return sends ? "send on a nil channel" : "recv from a nil channel";
  return (sends ? "send " : "recv ") + names.quoted(object) + fill_of(target);
}

}  // namespace

std::vector<HeldInfo> held_by(Books& books, ActorState& actor, std::span<const Activation> now) {
  std::vector<HeldInfo> all;
  for (std::uint32_t i = 0; i < actor.held.size(); ++i) {
    const HeldLock& held = actor.held[i];
    const ObjectId id = held.object();
    const ObjectRecord* record = books.objects.find(id);
    if (record == nullptr || record->handed_over.load(std::memory_order_relaxed)) continue;
    HeldInfo info{books.objects.info(id), held.mode(), {}};
    if (const auto stack = stack_of(held.stack); !stack.empty()) {
      info.stack.assign(stack.begin(), stack.end());
    } else {
      info.stack = stack_at(held.site, now);
    }
    if (!info.stack.empty()) info.object.used_at = info.stack.front();
    all.push_back(std::move(info));
  }
  return all;
}

Snapshot snapshot(Books& books, ActorState& actor, bool with_stack) {
  Snapshot taken;
  {
    // Under the lock it can't end, and one that is parked can't get far.
    const std::lock_guard guard(actor.wait_lock);
    taken.who = actor.identity();
    if (taken.who.uid == 0) return taken;
    taken.parked = actor.parked();
    taken.doomed = actor.verdict.load(std::memory_order_relaxed) != nullptr;
    taken.daemon = actor.daemon.load(std::memory_order_relaxed);
    taken.told = actor.told_blocked();
    if (taken.parked) taken.wait = actor.wait;
    taken.readied = books.view.waiting != nullptr && !books.view.waiting(*actor.actor);
    if (with_stack && books.view.backtrace != nullptr) {
      const void* pcs[kMaxFrames * 2];
      const std::size_t size = books.view.backtrace(*actor.actor, pcs, std::size(pcs));
      taken.stack.assign(pcs, pcs + size);
    }
  }
  for (const Wait::Target& target : taken.wait.targets) {
    ObjectInfo info = books.objects.info(target.object);
    info.used_at = taken.wait.pc;
    info.used_case = static_cast<std::uint16_t>(taken.targets.size());
    taken.targets.push_back(std::move(info));
  }
  if (taken.stack.empty() && taken.wait.pc != nullptr) taken.stack.push_back(taken.wait.pc);
  return taken;
}

std::string top_place(std::span<const void* const> stack) {
  return stack.empty() ? std::string() : place(visible_chain(stack).frames.front());
}

// What it waits for goes into the picture: a line for each of the first few things.
void draw_waits(const Snapshot& goroutine, Names& names) {
  const std::string at = top_place(goroutine.stack);
  if (goroutine.targets.empty()) {
    return draw_goroutine(goroutine.who,
                          std::string(detail::to_text(goroutine.wait.reason)) + " " + at);
  }
  for (std::size_t i = 0; i < goroutine.targets.size() && i < kDrawnCases; ++i) {
    const Wait::Target& target = goroutine.wait.targets[i];
    std::string how = verb(goroutine.wait.reason, target.mode);
    if (goroutine.targets[i].kind == detail::ObjectKind::channel) how += fill_of(target);
    draw_wait(goroutine.who, goroutine.targets[i], how, at, names);
  }
}

std::string waits_for(const Snapshot& goroutine, Names& names) {
  if (!goroutine.parked) {
    draw_goroutine(goroutine.who, "running");
    return "running";
  }
  draw_waits(goroutine, names);
  const Wait& wait = goroutine.wait;
  const bool has_target = !goroutine.targets.empty() && goroutine.targets[0].id != kNoObject;
  const std::string object = has_target ? " " + names.quoted(goroutine.targets[0]) : "";
  switch (wait.reason) {
    case WaitReason::mutex_lock:
    case WaitReason::rw_mutex_lock:
      return "lock" + object;
    case WaitReason::rw_mutex_lock_shared:
      return "rlock" + object;
    case WaitReason::once_call:
      return "once" + object;
    case WaitReason::cond_wait:
      return "cond wait" + object;
    case WaitReason::wait_group_wait:
      return "wg.wait" + object;
    case WaitReason::semaphore_acquire:
      return "acquire" + object;
    case WaitReason::chan_receive_nil:
      return "recv from a nil channel";
    case WaitReason::chan_send_nil:
      return "send on a nil channel";
    case WaitReason::select_no_cases:
      return "select with no cases";
    case WaitReason::sleep:
      return "sleep";
    case WaitReason::io_wait:
      return wait.io.empty() ? "IO wait" : "IO wait, " + wait.io;
    case WaitReason::chan_receive:
    case WaitReason::chan_send:
      return wait.targets.empty() ? std::string(detail::to_text(wait.reason))
                                  : operation(wait.targets[0], goroutine.targets[0], names);
    case WaitReason::select: {
      std::string text = "select of " + std::to_string(wait.targets.size()) + ": ";
      for (std::size_t i = 0; i < wait.targets.size() && i < 3; ++i) {
        text += (i > 0 ? ", " : "") + operation(wait.targets[i], goroutine.targets[i], names);
      }
      return wait.targets.size() > 3 ? text + ", ..." : text;
    }
    default:
      return std::string(detail::to_text(wait.reason)) + object;
  }
}

Frame stands_at(const Snapshot& goroutine) {
  return goroutine.stack.empty() ? Frame{} : visible_chain(goroutine.stack).frames.front();
}

void add_stack(Section& section, int indent, std::span<const void* const> pcs,
               const std::string& remark, std::size_t most) {
  if (pcs.empty()) return;
  const Chain chain = visible_chain(pcs);
  std::size_t width = 10;
  for (std::size_t i = 0; i < chain.frames.size() && i < most; ++i) {
    width = std::max(width, place(chain.frames[i]).size());
  }
  for (std::size_t i = 0; i < chain.frames.size() && i < most; ++i) {
    Line& line = add_place(section, indent, chain.frames[i], i == 0 ? remark : "", width);
    if (i == 0) continue;
    line.excerpt = {};
    line.innermost = false;
  }
  std::size_t hidden = chain.hidden;
  std::string text;
  if (chain.frames.size() > most) {
    text = counted(chain.frames.size() - most, "more frame");
  }
  if (hidden > 0) {
    text += (text.empty() ? "" : ", ") + counted(hidden, "frame") + " hidden";
  }
  if (!text.empty()) section.add(indent, "(" + text + ")");
}

void add_creation(Section& section, int indent, const Identity& who) {
  const std::string started = creation(who);
  if (!started.empty()) section.add(indent, who_short(who) + " started at " + started);
}

std::string last_call(const LastCall& last, const ObjectInfo& object, Names& names) {
  std::string what;
  switch (last.kind) {
    case EventKind::lock_taken:
    case EventKind::lock_acquired:
    case EventKind::lock_try_acquired:
    case EventKind::lock_request:
      what = "lock";
      break;
    case EventKind::lock_released:
      what = "unlock";
      break;
    case EventKind::wait_group_add:
      what = "add or done";
      break;
    case EventKind::wait_group_wait:
      what = "wait";
      break;
    case EventKind::chan_send:
      what = "send";
      break;
    case EventKind::chan_received:
      what = "recv";
      break;
    case EventKind::chan_closed:
      what = "close";
      break;
    case EventKind::park:
      what = last.reason == WaitReason::chan_receive ? "recv"
             : last.reason == WaitReason::chan_send  ? "send"
                                                     : std::string(detail::to_text(last.reason));
      break;
    case EventKind::spawn:
      what = "go";
      break;
    default:
      return {};
  }
  if (object.id != kNoObject) what += " " + names.quoted(object);
  return last.pc == nullptr ? what : what + " " + place(user_frame(last.pc));
}

}  // namespace sluice::checked
