// SL301 in words: the cause first, then who waits for what, then where everybody stands.
#include <algorithm>
#include <set>

#include "debug/draw.hpp"
#include "debug/sleepers.hpp"

namespace sluice::checked {
namespace {

using detail::WaitReason;

constexpr std::size_t kMostLines = 40;   // of the table of waits
constexpr std::size_t kMostStacks = 16;  // different ones
constexpr std::size_t kMostCauses = 3;
constexpr std::size_t kMostDrawn = 400;  // goroutines
constexpr std::size_t kGrouped = 4;      // as many that wait alike share a line

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

class Writer {
 public:
  Writer(Sleepers& sleepers, std::int64_t now) : sleepers_(sleepers), now_(now) {
    // Where they are waited for tells best what they are called.
    for (const Sleeper& sleeper : sleepers.all) {
      for (const ObjectInfo& object : sleeper.goroutine.targets) names_.plain(object);
    }
  }
  Report write();
  Report write_likely(std::size_t waiting);

 private:
  void add_causes();
  void add_certain_causes();
  void add_ended(const EndedHolder& ended);
  void add_circle(const std::vector<std::size_t>& circle);
  void add_hopeless(const GroupState& group);
  bool add_nobody(const Sleeper& sleeper);
  void add_table();
  std::vector<Identity> print_with_equals(std::size_t index);
  void add_sleeper(Section& table, std::size_t index, int depth);
  void add_stacks();
  void draw();
  Section& cause(const std::string& text, const char* code);
  std::string waits(const Sleeper& sleeper);

  Sleepers& sleepers_;
  const std::int64_t now_;
  Names names_;
  Report report_;
  std::size_t causes_ = 0;
};

// A cause's code stands at the right margin, when the line leaves room for it.
Section& Writer::cause(const std::string& text, const char* code) {
  ++causes_;
  Section& section = report_.section();
  std::string line = "root cause: " + text;
  section.add(2, padded(line, 88) + " [" + code + "]");
  return section;
}

void Writer::add_ended(const EndedHolder& ended) {
  const std::string lock = names_.quoted(ended.held.object);
  Section& section = cause(who_short(ended.who) + " exited at +" + seconds(ended.ended) +
                               " while holding " + lock + "; nobody can unlock it",
                           "SL120");
  add_stack(section, 5, ended.held.stack, "locked " + lock + " here", 4);
  const std::string last = last_call(ended.last, ended.last_object, names_);
  if (!last.empty()) section.add(5, "last runtime call " + last);
  add_creation(section, 5, ended.who);
}

void Writer::add_circle(const std::vector<std::size_t>& circle) {
  std::vector<std::string> whos;
  bool locks_only = true;
  for (const std::size_t i : circle) {
    const Snapshot& goroutine = sleepers_.all[i].goroutine;
    whos.push_back(who_short(goroutine.who));
    locks_only = locks_only && goroutine.wait.reason != WaitReason::wait_group_wait;
  }
  if (circle.size() == 1) {
    const Snapshot& self = sleepers_.all[circle[0]].goroutine;
    const bool lock = self.wait.reason != WaitReason::wait_group_wait;
    Section& section =
        cause(whos[0] + (lock ? " locks " : " waits for ") + names_.quoted(self.targets[0]) +
                  (lock ? " again while it holds it" : ", to which it owes a done itself"),
              lock ? "SL110" : "SL504");
    for (const HeldInfo& held : self.held) {
      if (held.object.id == self.targets[0].id) {
        add_stack(section, 5, held.stack, names_.quoted(held.object) + " is held from here", 4);
      }
    }
    add_stack(section, 5, self.stack, "waits here", 4);
    return;
  }
  Section& section = cause(list(whos) + " wait for each other", locks_only ? "SL201" : "SL509");
  for (std::size_t i = 0; i < circle.size(); ++i) {
    const Snapshot& goroutine = sleepers_.all[circle[i]].goroutine;
    const Snapshot& next = sleepers_.all[circle[(i + 1) % circle.size()]].goroutine;
    const bool lock = goroutine.wait.reason != WaitReason::wait_group_wait;
    section.add(5, who_short(goroutine.who) + " waits for " + names_.quoted(goroutine.targets[0]) +
                       (lock ? ", which " + who_short(next.who) + " holds"
                             : ", to which " + who_short(next.who) + " owes a done"));
    for (const HeldInfo& held : next.held) {
      if (lock && held.object.id == goroutine.targets[0].id) {
        add_stack(section, 8, held.stack, names_.quoted(held.object) + " is held from here", 1);
      }
    }
  }
}

void Writer::add_hopeless(const GroupState& group) {
  std::vector<std::string> waiting;
  for (const Sleeper& sleeper : sleepers_.all) {
    const Snapshot& goroutine = sleeper.goroutine;
    if (goroutine.targets.empty() || goroutine.targets[0].id != group.object.id) continue;
    waiting.push_back(who_short(goroutine.who) + "  wait at " + place(stands_at(goroutine)) +
                      " for " + seconds(now_ - goroutine.wait.since));
  }
  const Report whole = hopeless_report(group.object, group.ledger, waiting, true, names_);
  Section& section = cause(whole.title, "SL502");
  for (const Line& line : whole.sections.front().lines) {
    section.lines.push_back(line);
    section.lines.back().indent += 3;
    section.lines.back().excerpt.indent += 3;
  }
}

// Something that has no owner: whoever could act has to be among the sleepers, and is not said to
// be.
bool Writer::add_nobody(const Sleeper& sleeper) {
  const Snapshot& goroutine = sleeper.goroutine;
  const std::string who = who_short(goroutine.who);
  const std::string what = !goroutine.targets.empty() && goroutine.targets[0].id != kNoObject
                               ? names_.quoted(goroutine.targets[0])
                               : "it";
  Section* section = nullptr;
  switch (goroutine.wait.reason) {
    case WaitReason::chan_receive_nil:
    case WaitReason::chan_send_nil:
      section = &cause(who + (goroutine.wait.reason == WaitReason::chan_send_nil
                                  ? " sends on a nil channel, which blocks for ever"
                                  : " receives from a nil channel, which blocks for ever"),
                       "SL603");
      break;
    case WaitReason::select_no_cases:
      section = &cause(who + " is in a select that has no cases, which blocks for ever", "SL301");
      break;
    case WaitReason::chan_receive:
      section = &cause(who + " waits to receive from " + what +
                           ", and nobody is left to send on it or to close it",
                       "SL301");
      break;
    case WaitReason::chan_send:
      section = &cause(
          who + " waits to send on " + what + ", and nobody is left to receive from it", "SL301");
      break;
    case WaitReason::cond_wait:
      section = &cause(who + " waits on " + what + ", and nobody is left to notify it", "SL301");
      break;
    case WaitReason::select:
      section = &cause(who + " waits in a " + waits_for(goroutine, names_) +
                           ", and nobody is left for any of them",
                       "SL301");
      break;
    case WaitReason::semaphore_acquire:
      section = &cause(who + " waits for " + what + ", and nobody is left to release it", "SL301");
      break;
    default:
      return false;
  }
  add_stack(*section, 5, goroutine.stack, "waits here", 4);
  if (goroutine.targets.empty()) return true;
  const auto unheard = sleepers_.unheard.find(goroutine.targets[0].id);
  if (unheard == sleepers_.unheard.end()) return true;
  const Unheard& before = unheard->second;
  const std::string times = before.count == 1 ? "once" : std::to_string(before.count) + " times";
  section->add(5, what + " was notified " + times + " before, when nobody waited" +
                      (before.count == 1 ? ", by " : "; last by ") + who_short(before.by));
  add_stack(*section, 5, stack_of(before.site), "notified here", 4);
  return true;
}

void Writer::add_certain_causes() {
  for (const auto& [lock, ended] : sleepers_.ended) {
    if (causes_ < kMostCauses) add_ended(ended);
  }
  for (const auto& circle : sleepers_.circles) {
    if (causes_ < kMostCauses) add_circle(circle);
  }
  for (const auto& [id, group] : sleepers_.groups) {
    if (group.hopeless && causes_ < kMostCauses) add_hopeless(group);
  }
}

void Writer::add_causes() {
  add_certain_causes();
  if (causes_ > 0) return;
  // Those at the end of a chain are what the others wait for in the end; a place that many stand at
  // is told once.
  std::set<const void*> told;
  for (const Sleeper& sleeper : sleepers_.all) {
    if (!sleeper.needs.empty() || causes_ >= kMostCauses) continue;
    const void* at = sleeper.goroutine.wait.pc;
    if (at != nullptr && !told.insert(at).second) continue;
    add_nobody(sleeper);
  }
}

std::string Writer::waits(const Sleeper& sleeper) {
  std::string text = waits_for(sleeper.goroutine, names_);
  if (sleeper.goroutine.targets.empty()) return text;
  const auto group = sleepers_.groups.find(sleeper.goroutine.targets[0].id);
  if (group == sleepers_.groups.end()) return text;
  return text + " (" + still_owed(group->second.ledger) + ")";
}

// Those that wait at the same place for the same thing, when they are many; else it alone. They
// count as printed from here on.
std::vector<Identity> Writer::print_with_equals(std::size_t index) {
  const Sleeper& one = sleepers_.all[index];
  std::vector<Sleeper*> alike;
  for (Sleeper& other : sleepers_.all) {
    const Wait &a = one.goroutine.wait, &b = other.goroutine.wait;
    const bool same = !other.printed && a.reason == b.reason && one.needs == other.needs &&
                      one.goroutine.stack == other.goroutine.stack &&
                      std::equal(a.targets.begin(), a.targets.end(), b.targets.begin(),
                                 b.targets.end(), [](const auto& x, const auto& y) {
                                   return x.object == y.object && x.mode == y.mode;
                                 });
    if (same) alike.push_back(&other);
  }
  if (alike.size() < kGrouped) alike = {&sleepers_.all[index]};
  std::vector<Identity> identities;
  for (Sleeper* each : alike) {
    each->printed = true;
    identities.push_back(each->goroutine.who);
  }
  return identities;
}

void Writer::add_sleeper(Section& table, std::size_t index, int depth) {
  Sleeper& sleeper = sleepers_.all[index];
  const Snapshot& goroutine = sleeper.goroutine;
  const int indent = 5 + depth * 2;
  const std::string lead = depth > 0 ? "needs  " : "";
  if (sleeper.printed) {
    const std::string again = lead + who_short(goroutine.who) + " (above)";
    table.add(indent, again).cells = {again, "", "", ""};
    return;
  }
  const std::vector<Identity> equal = print_with_equals(index);
  if (table.lines.size() > kMostLines) return;
  const std::string name = equal.size() == 1 ? who_short(equal.front()) : whos(equal, 2);
  const std::string waiting = waits(sleeper);
  std::string text = lead + padded(name, 13) + " " + waiting;
  const std::string at = place(stands_at(goroutine));
  text = padded(text, static_cast<std::size_t>(62 - indent)) + " " + padded(at, 14) + " since " +
         seconds(now_ - goroutine.wait.since);
  table.add(indent, text).cells = {lead + name, waiting, at, seconds(now_ - goroutine.wait.since)};
  for (const std::size_t needed : sleeper.needs) {
    if (table.lines.size() <= kMostLines) add_sleeper(table, needed, depth + 1);
  }
  for (const HeldInfo& held : goroutine.held) {
    if (held.stack.empty() || !sleepers_.holders.contains(held.object.id)) continue;
    table.add(indent + 10, "holds " + names_.quoted(held.object) + " since " +
                               place(visible_chain(held.stack).frames.front()));
  }
  if (goroutine.targets.empty()) return;
  const auto ended = sleepers_.ended.find(goroutine.targets[0].id);
  if (ended != sleepers_.ended.end()) {
    const std::string owner = names_.quoted(goroutine.targets[0]) + " is owned by " +
                              who_short(ended->second.who) + " (exited)";
    table.add(indent + 10, owner).cells = {"", owner, "", ""};
  }
}

void Writer::add_table() {
  Section& table = report_.section();
  table.add(2, "who waits for what");
  for (std::size_t i = 0; i < sleepers_.all.size(); ++i) {
    if (sleepers_.all[i].printed) continue;
    if (table.lines.size() > kMostLines) {
      const auto left = std::count_if(sleepers_.all.begin(), sleepers_.all.end(),
                                      [](const Sleeper& s) { return !s.printed; });
      table.add(5, "and " + counted(static_cast<std::size_t>(left), "more goroutine"));
      break;
    }
    add_sleeper(table, i, 0);
  }
}

void Writer::add_stacks() {
  std::map<std::vector<const void*>, std::vector<const Snapshot*>> groups;
  for (const Sleeper& sleeper : sleepers_.all) {
    groups[sleeper.goroutine.stack].push_back(&sleeper.goroutine);
  }
  std::vector<const std::vector<const Snapshot*>*> order;
  for (const auto& [stack, members] : groups) order.push_back(&members);
  std::sort(order.begin(), order.end(),
            [](auto* a, auto* b) { return a->front()->who.id < b->front()->who.id; });
  Section& section = report_.section();
  section.add(2, "stacks");
  for (std::size_t i = 0; i < order.size() && i < kMostStacks; ++i) {
    const std::vector<const Snapshot*>& members = *order[i];
    const Snapshot& first = *members.front();
    std::vector<Identity> equal;
    for (const Snapshot* member : members) equal.push_back(member->who);
    std::string text = first.who.id == 1 ? who_short(first.who) : whos(equal);
    text += "  [" + waits_for(first, names_) + ", " + seconds(now_ - first.wait.since) + "]";
    const std::string started = creation(first.who);
    if (!started.empty()) text += "  started at " + started.substr(0, started.find(' '));
    section.add(5, text);
    const std::size_t from = section.lines.size();
    add_stack(section, 8, first.stack);
    if (from < section.lines.size()) section.lines[from].excerpt.indent = 12;
  }
  if (order.size() > kMostStacks) {
    section.add(5, "and " + counted(order.size() - kMostStacks, "more stack"));
  }
}

// Everybody who sleeps, and those who could wake them if they did not sleep too.
void Writer::draw() {
  for (std::size_t i = 0; i < sleepers_.all.size() && i < kMostDrawn; ++i) {
    const Sleeper& sleeper = sleepers_.all[i];
    const Snapshot& goroutine = sleeper.goroutine;
    waits_for(goroutine, names_);
    if (goroutine.targets.empty()) continue;
    const ObjectInfo& target = goroutine.targets[0];
    if (const auto ended = sleepers_.ended.find(target.id); ended != sleepers_.ended.end()) {
      draw_holder(target, ended->second.who, top_place(ended->second.held.stack), names_);
      draw_ended(ended->second.who, "exited");
    }
    for (const std::size_t needed : sleeper.needs) {
      const Snapshot& other = sleepers_.all[needed].goroutine;
      if (goroutine.wait.reason == WaitReason::wait_group_wait) {
        draw_debt(target, other.who, "", names_);
        continue;
      }
      for (const HeldInfo& held : other.held) {
        if (held.object.id != target.id) continue;
        draw_holder(target, other.who, top_place(held.stack), names_);
        break;
      }
    }
  }
}

Report Writer::write() {
  report_.code = "SL301";
  report_.severity = Severity::fatal;
  report_.title = "all goroutines are asleep - deadlock        (" +
                  counted(sleepers_.all.size(), "goroutine") + ", 0 timers, 0 network waits)";
  report_.certainty = "certain";
  report_.why = "only runtime threads exist and none can wake a goroutine";
  add_causes();
  report_.essential_sections = report_.sections.size();
  add_table();
  add_stacks();
  draw();
  return std::move(report_);
}

// What a thread may yet do is not known: what it would have to do is.
Report Writer::write_likely(std::size_t waiting) {
  report_.code = "SL302";
  report_.title = "likely asleep for ever: " + counted(waiting, "goroutine") +
                  (waiting == 1 ? " waits" : " wait") + ", only foreign threads remain";
  report_.certainty = "likely";
  report_.why = "none has run for a second, no timer is set, and no other thread has woken one";
  add_certain_causes();
  report_.essential_sections = report_.sections.size();
  add_table();
  if (report_.essential_sections == 0) report_.essential_sections = 1;
  add_stacks();
  report_.section().add_prose(
      2,
      "help: if a thread will wake them in time, say so with sluice::debug::external_waker of what "
      "it signals");
  draw();
  return std::move(report_);
}

}  // namespace

Report likely_asleep_report(Sleepers& sleepers, std::size_t waiting, std::int64_t now) {
  return Writer(sleepers, now).write_likely(waiting);
}

Report asleep_report(Sleepers& sleepers, std::int64_t now) { return Writer(sleepers, now).write(); }

}  // namespace sluice::checked
