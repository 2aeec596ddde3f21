#include "debug/blocked_report.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace sluice::checked {
namespace {

using detail::WaitReason;

constexpr std::size_t kMostLike = 3;     // of one kind, when there are many
constexpr std::size_t kMostKinds = 64;   // looked at closely
constexpr std::size_t kMostGroups = 16;  // told
constexpr std::size_t kMostCircles = 4;

// Those that stand at the same place and were started at the same place.
std::uint64_t kind_of(const ActorState& actor) {
  const auto number = [](const void* pc) { return reinterpret_cast<std::uintptr_t>(pc); };
  return mix(number(actor.wait.pc), number(actor.creation_pc));
}

std::vector<std::uint64_t> group_of(const BlockedMember& member) {
  std::vector<std::uint64_t> key;
  for (const void* pc : member.goroutine.stack) key.push_back(reinterpret_cast<std::uintptr_t>(pc));
  key.push_back(reinterpret_cast<std::uintptr_t>(member.goroutine.who.creation_pc));
  // One that the others depend on, or that holds something, is told by itself.
  if (!member.goroutine.held.empty() || !member.holders.empty() || !member.partners.empty()) {
    key.push_back(member.goroutine.who.uid);
  }
  return key;
}

class Writer {
 public:
  Writer(const Blocked& blocked, std::int64_t now) : blocked_(blocked), now_(now) {}
  Report write();

 private:
  void add_groups();
  void add_group(const std::vector<const BlockedMember*>& group);
  void add_cause(Section& section, const BlockedMember& member);
  void add_owed_by(Section& section, const WaitGroupLedger& ledger);
  void add_circles();
  std::string list_of(const std::vector<std::size_t>& members) const;
  bool is_own(const BlockedMember& member) const;
  std::string head(const BlockedMember& member);

  const Blocked& blocked_;
  const std::int64_t now_;
  Names names_;
  Report report_;
};

std::string Writer::list_of(const std::vector<std::size_t>& members) const {
  constexpr std::size_t kMost = 4;
  std::vector<std::string> whos;
  for (std::size_t i = 0; i < members.size() && i < kMost; ++i) {
    whos.push_back(who_short(blocked_.members[members[i]].goroutine.who));
  }
  if (members.size() > kMost) whos.push_back(counted(members.size() - kMost, "other"));
  return list(whos);
}

// Whether it waits for a lock of its own.
bool Writer::is_own(const BlockedMember& member) const {
  return member.holders.size() == 1 &&
         blocked_.members[member.holders[0]].goroutine.who.uid == member.goroutine.who.uid;
}

std::string Writer::head(const BlockedMember& member) {
  const Snapshot& goroutine = member.goroutine;
  std::string text = who(goroutine.who);
  if (member.others > 0) text += " and " + counted(member.others, "other") + " like it";
  text += "  " + waits_for(goroutine, names_);
  if (is_own(member)) {
    text += ", which it holds itself";
  } else if (!member.holders.empty()) {
    text += " owned by " + list_of(member.holders);
  }
  if (member.ended) text += " owned by " + who_short(member.ended->who) + ", which has ended";
  text += ", for " + seconds(now_ - goroutine.wait.since);
  for (std::size_t i = 0; i < goroutine.held.size() && i < 3; ++i) {
    const HeldInfo& held = goroutine.held[i];
    text += (i == 0 ? ", holds " : " and ") + names_.quoted(held.object);
    if (!held.stack.empty()) text += " since " + place(user_frame(held.stack.front()));
  }
  return text;
}

// Why nobody comes.
void Writer::add_cause(Section& section, const BlockedMember& member) {
  const Snapshot& goroutine = member.goroutine;
  if (member.ended) {
    add_stack(section, 8, member.ended->held.stack, "taken here and never freed", 2);
    return;
  }
  for (std::size_t i = 0; i < goroutine.targets.size() && i < 4; ++i) {
    const ObjectInfo& object = goroutine.targets[i];
    if (object.id == kNoObject) continue;
    std::string text = names_.origin(object);
    if (member.ledger) text += ", " + still_owed(*member.ledger);
    if (i == 0 && blocked_.related && member.holders.empty() && goroutine.targets.size() == 1) {
      text += member.partners.empty()
                  ? "; nobody else refers to it"
                  : "; only " + list_of(member.partners) + " could help, and " +
                        (member.partners.size() == 1 ? "is" : "are") + " blocked too";
    }
    section.add_prose(8, text);
  }
  if (member.ledger) add_owed_by(section, *member.ledger);
}

// Where the outstanding was added, and what became of those who owe it.
void Writer::add_owed_by(Section& section, const WaitGroupLedger& ledger) {
  constexpr std::size_t kMost = 3;
  std::vector<std::string> owed;
  for (const AddSite& add : ledger.adds()) {
    if (add.added == add.done) continue;
    std::string text = "added by " + who_short(add.by);
    if (const auto stack = stack_of(add.site); !stack.empty()) {
      text += " at " + place(user_frame(stack.front()));
    }
    if (add.unbound > 0) text += ", which started nobody for " + std::to_string(add.unbound);
    owed.push_back(text);
  }
  ledger.for_each_debtor([&](const Debtor& debtor) {
    if (debtor.owed.empty()) return;
    const auto blocked =
        std::find_if(blocked_.members.begin(), blocked_.members.end(),
                     [&](const auto& other) { return other.goroutine.who.uid == debtor.who.uid; });
    owed.push_back("owed by " + who_short(debtor.who) +
                   (blocked != blocked_.members.end() ? ", which is blocked too"
                    : debtor.carriers == 0            ? ", which has ended"
                                                      : ""));
  });
  for (std::size_t i = 0; i < owed.size() && i < kMost; ++i) section.add_prose(8, owed[i]);
}

void Writer::add_group(const std::vector<const BlockedMember*>& group) {
  BlockedMember first = *group.front();
  for (const BlockedMember* other : group) {
    if (other != group.front()) first.others += 1 + other->others;
  }
  Section& section = report_.section();
  section.add(5, head(first));
  add_stack(section, 8, first.goroutine.stack, "waits here", 6);
  add_cause(section, first);
  if (const std::string started = creation(first.goroutine.who); !started.empty()) {
    const Frame frame = user_frame(first.goroutine.who.creation_pc);
    Line& line = section.add(8, "started at " + started);
    line.excerpt = {frame.file, frame.line, frame.column, "", 11};
  }
}

void Writer::add_groups() {
  std::map<std::vector<std::uint64_t>, std::vector<const BlockedMember*>> groups;
  for (const BlockedMember& member : blocked_.members) groups[group_of(member)].push_back(&member);
  std::vector<const std::vector<const BlockedMember*>*> order;
  for (const auto& [key, members] : groups) order.push_back(&members);
  std::sort(order.begin(), order.end(), [](auto* a, auto* b) {
    return a->front()->goroutine.who.id < b->front()->goroutine.who.id;
  });
  std::size_t told = 0;
  for (std::size_t i = 0; i < order.size() && i < kMostGroups; ++i) {
    add_group(*order[i]);
    for (const BlockedMember* member : *order[i]) told += 1 + member->others;
  }
  if (told < blocked_.count) {
    report_.section().add(2, "and " + counted(blocked_.count - told, "other"));
  }
}

// The shortest way from each member back to itself, told once for all who are on it.
void Writer::add_circles() {
  Section section;
  std::set<std::size_t> told;
  for (std::size_t start = 0; start < blocked_.members.size(); ++start) {
    if (told.contains(start) || section.lines.size() == kMostCircles) continue;
    std::map<std::size_t, std::size_t> from;
    std::vector<std::size_t> queue{start};
    std::optional<std::size_t> last;
    for (std::size_t at = 0; at < queue.size() && !last; ++at) {
      const BlockedMember& member = blocked_.members[queue[at]];
      std::vector<std::size_t> needs = member.holders;
      needs.insert(needs.end(), member.partners.begin(), member.partners.end());
      for (const std::size_t need : needs) {
        if (need == start) {
          last = queue[at];
          break;
        }
        if (from.try_emplace(need, queue[at]).second) queue.push_back(need);
      }
    }
    if (!last) continue;
    std::vector<std::size_t> way{*last};
    while (way.back() != start) way.push_back(from.at(way.back()));
    std::reverse(way.begin(), way.end());
    std::string text = "circle: ";
    for (const std::size_t at : way) {
      told.insert(at);
      const Snapshot& goroutine = blocked_.members[at].goroutine;
      text += who_short(goroutine.who) + " -> ";
      if (!goroutine.targets.empty()) text += names_.quoted(goroutine.targets[0]) + " -> ";
    }
    section.add_prose(2, text + who_short(blocked_.members[start].goroutine.who));
  }
  if (!section.lines.empty()) report_.sections.push_back(std::move(section));
}

Report Writer::write() {
  report_.code = "SL202";
  report_.title =
      counted(blocked_.count, "goroutine") + (blocked_.count == 1 ? " is" : " are") +
      " blocked forever " +
      (blocked_.after_main ? "(main has returned)" : "(the rest of the program runs on)");
  report_.certainty = "certain";
  report_.why = blocked_.looked
                    ? "nothing outside these goroutines refers to what they wait for (scan " +
                          std::to_string(blocked_.stopped / 1'000'000) + " ms, heap blocks known)"
                    : "each waits for a lock that nobody can free, or for nothing at all";
  add_groups();
  add_circles();
  Section& end = report_.section();
  end.add_prose(
      2,
      "help: let them be told to stop (close the channel, cancel a context that they also "
      "wait for), or give a channel room for what nobody may take");
  end.add_prose(2, "if any of these ever runs again, SL999 takes this report back");
  return std::move(report_);
}

void relate(Blocked& blocked, const std::vector<const DeadGoroutine*>& of) {
  const auto target = [](const BlockedMember& member) {
    return member.goroutine.targets.size() == 1 ? member.goroutine.targets[0].id : kNoObject;
  };
  for (std::size_t i = 0; i < blocked.members.size(); ++i) {
    BlockedMember& member = blocked.members[i];
    const ObjectId wanted = target(member);
    if (wanted == kNoObject) continue;
    for (std::size_t k = 0; k < blocked.members.size(); ++k) {
      const BlockedMember& other = blocked.members[k];
      const auto& held = other.goroutine.held;
      const auto is_wanted = [&](const HeldInfo& info) { return info.object.id == wanted; };
      if (std::any_of(held.begin(), held.end(), is_wanted)) member.holders.push_back(k);
    }
    if (!member.holders.empty()) continue;
    for (std::size_t k = 0; k < blocked.members.size(); ++k) {
      const std::vector<ObjectId>& refers = of[k]->refers;
      // One that waits for the same at the same place is in the same need.
      const bool alike = member.goroutine.wait.pc == blocked.members[k].goroutine.wait.pc;
      if (k == i || alike) continue;
      if (std::find(refers.begin(), refers.end(), wanted) != refers.end()) {
        member.partners.push_back(k);
      }
    }
  }
}

}  // namespace

Blocked describe_blocked(Books& books, LockMisuse& locks, WaitGroups& groups,
                         const std::vector<DeadGoroutine>& dead, const LeakVerdict& verdict) {
  Blocked blocked;
  blocked.count = dead.size();
  blocked.looked = verdict.looked && !verdict.blind;
  blocked.related = blocked.looked && verdict.related;
  blocked.stopped = verdict.stopped;
  struct Kind {
    std::size_t taken = 0;
    std::size_t first = 0;  // of blocked.members
  };
  std::map<std::uint64_t, Kind> kinds;
  std::vector<const DeadGoroutine*> of;
  const bool few = dead.size() <= kMostKinds;
  for (const DeadGoroutine& each : dead) {
    const auto [at, fresh] = kinds.try_emplace(few ? each.uid : kind_of(*each.actor));
    Kind& kind = at->second;
    if (fresh && kinds.size() > kMostKinds) {
      kinds.erase(at);
      continue;
    }
    if (kind.taken == (few ? 1 : kMostLike)) {
      ++blocked.members[kind.first].others;
      continue;
    }
    if (kind.taken++ == 0) kind.first = blocked.members.size();
    BlockedMember member;
    member.goroutine = snapshot(books, *each.actor);
    member.goroutine.held = held_by(books, *each.actor);
    if (member.goroutine.targets.size() == 1) {
      member.ended = locks.ended_holder(member.goroutine.targets[0].id);
    }
    if (member.goroutine.wait.reason == WaitReason::wait_group_wait) {
      member.ledger = groups.state_of(member.goroutine.targets[0].id, {}).ledger;
    }
    blocked.members.push_back(std::move(member));
    of.push_back(&each);
  }
  relate(blocked, of);
  return blocked;
}

Report blocked_report(const Blocked& blocked, std::int64_t now) {
  return Writer(blocked, now).write();
}

}  // namespace sluice::checked
