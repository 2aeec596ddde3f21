// SL101 and SL102 in words: two goroutines beside each other when two locks are involved, a list
// when there are more.
#include <algorithm>

#include "debug/describe.hpp"
#include "debug/draw.hpp"
#include "debug/lock_order.hpp"

namespace sluice::checked {
namespace {

using detail::AccessMode;

constexpr std::size_t kLeft = 8;        // the first column's place
constexpr std::size_t kColumn = 38;     // its width, when nothing in it is wider
constexpr std::size_t kMostFrames = 8;  // of callers that both places share

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string verb(AccessMode mode) { return mode == AccessMode::shared ? "rlock  " : "lock   "; }

std::string step_name(AccessMode mode, const std::string& name) {
  return (mode == AccessMode::shared ? "rlock " : "lock ") + name;
}

// "bank.cc:41 → 57", the file told once when it is one.
std::string from_to(const Frame& held, const Frame& asked) {
  std::string to = place(asked);
  if (held.file == asked.file && asked.line > 0) to = std::to_string(asked.line);
  return place(held) + " \u2192 " + to;
}

// One goroutine's two steps, with all that the report says about them.
struct Side {
  const InvertedEdge& edge;
  std::string from, to;  // plain names
  Chain held, asked;

  Side(const InvertedEdge& e, Names& names)
      : edge(e),
        from(names.plain(e.from)),
        to(names.plain(e.to)),
        held(visible_chain(stack_of(e.seen.from_stack))),
        asked(visible_chain(stack_of(e.seen.to_stack))) {}
};

std::string step(const std::string& name, AccessMode mode, const Frame& frame, std::size_t width,
                 bool waits) {
  return verb(mode) + padded(name, width) + "  " + place(frame) + (waits ? "  waits" : "");
}

void add_table(Report& report, const Side& a, const Side& b) {
  const std::size_t names = std::max(a.from.size(), a.to.size());
  const auto told = [](std::size_t column, const std::string& name, AccessMode mode,
                       const Frame& frame, bool waits) {
    return Schedule::Step{column, step_name(mode, name), place(frame) + " " + frame.function,
                          waits};
  };
  const std::string left[] = {
      step(a.from, a.edge.seen.from_mode, a.held.frames.front(), names, false),
      step(a.to, a.edge.seen.to_mode, a.asked.frames.front(), names, true)};
  const std::string right[] = {
      step(b.from, b.edge.seen.from_mode, b.held.frames.front(), names, false),
      step(b.to, b.edge.seen.to_mode, b.asked.frames.front(), names, true)};
  const std::string head = who(a.edge.seen.who);
  std::size_t column = std::max({kColumn, left[0].size() + 2, left[1].size() + 2, head.size() + 2});
  const std::string rule(25, '-');
  Section& table = report.section();
  const auto row = [&](const std::string& number, const std::string& l, const std::string& r) {
    std::string text = padded(number, kLeft);
    text += r.empty() ? l : padded(l, column) + r;
    table.add(0, text);
  };
  row("", head, who(b.edge.seen.who));
  row("", rule, rule);
  row("   1", left[0], "");
  row("   2", "", right[0]);
  row("   3", left[1], "");
  row("   4", "", right[1]);
  table.add(27, "*** each waits for the other ***");
  table.schedule.columns = {head, who(b.edge.seen.who)};
  table.schedule.steps = {told(0, a.from, a.edge.seen.from_mode, a.held.frames.front(), false),
                          told(1, b.from, b.edge.seen.from_mode, b.held.frames.front(), false),
                          told(0, a.to, a.edge.seen.to_mode, a.asked.frames.front(), true),
                          told(1, b.to, b.edge.seen.to_mode, b.asked.frames.front(), true)};
  table.schedule.end = "each waits for the other";
}

bool same_place(const Frame& a, const Frame& b) { return a.pc == b.pc && a.line == b.line; }

// The frames of `chain` above its innermost that `other` does not share, as "   <- called at
// bank.cc:49 Bank::transfer".
std::string own_callers(const Chain& chain, const Chain& other) {
  std::string text;
  for (std::size_t i = 1; i < chain.frames.size(); ++i) {
    const Frame& frame = chain.frames[i];
    const bool shared = std::any_of(other.frames.begin(), other.frames.end(),
                                    [&](const Frame& f) { return same_place(f, frame); });
    if (shared) break;
    text += (text.empty() ? "       <- called at " : ", ") + place(frame) + " " + frame.function;
    // Both places lie below the same activation from here on.
    if (frame.function == other.frames.front().function) break;
  }
  return text;
}

void add_shared_callers(Section& section, const Side& side) {
  std::vector<std::string> callers;
  for (std::size_t i = 1; i < side.asked.frames.size() && callers.size() < kMostFrames; ++i) {
    const Frame& frame = side.asked.frames[i];
    for (std::size_t j = 1; j < side.held.frames.size(); ++j) {
      if (!same_place(side.held.frames[j], frame)) continue;
      callers.push_back(place(frame) + " " + frame.function);
      break;
    }
  }
  std::string text = callers.empty() ? "" : "called from " + list(callers, "<-");
  if (side.asked.hidden > 0) {
    text += (text.empty() ? "(" : "  (") + counted(side.asked.hidden, "frame") + " hidden)";
  }
  if (!text.empty()) section.add(5, text);
}

void add_order(Report& report, std::size_t number, const Side& side, Names& names, bool newest,
               bool remarks) {
  Section& section = report.section();
  const InvertedEdge& edge = side.edge;
  std::string head = "order " + std::to_string(number) + ": " + side.from + ", then " + side.to;
  const std::string times = edge.times == 1
                                ? "seen once, at +"
                                : "seen " + std::to_string(edge.times) + " times, first at +";
  head =
      padded(head, 36) + " " + times + seconds(edge.first_seen) + " by " + who_short(edge.first_by);
  if (newest) head += "     <-- new, this one triggered the report";
  section.add(2, head);

  std::string is_held, is_asked;
  if (remarks) {
    is_held = names.quoted(edge.from) + " is held from here";
    is_asked = names.quoted(edge.to) + " is requested here";
  }
  add_place(section, 5, side.held.frames.front(), is_held).text +=
      own_callers(side.held, side.asked);
  add_place(section, 5, side.asked.frames.front(), is_asked).text +=
      own_callers(side.asked, side.held);
  add_shared_callers(section, side);
  if (const std::string started = creation(edge.seen.who); !started.empty()) {
    section.add(5, who_short(edge.seen.who) + " started at " + started);
  }
}

std::string title(const std::vector<InvertedEdge>& cycle, Names& names, bool readers) {
  const std::string what =
      readers ? "lock-order inversion among readers " : "lock-order inversion ";
  if (cycle.size() == 2) {
    return what + "between " + names.quoted(cycle[0].from) + " and " + names.quoted(cycle[1].from);
  }
  std::string text = what + "of " + std::to_string(cycle.size()) + " locks: ";
  for (const InvertedEdge& edge : cycle) text += names.quoted(edge.from) + " -> ";
  return text + names.quoted(cycle[0].from);
}

}  // namespace

Report lock_order_report(const std::vector<InvertedEdge>& found, bool readers, Obstacle obstacle) {
  // The new edge is found first and told last.
  std::vector<InvertedEdge> cycle(found.begin() + 1, found.end());
  cycle.push_back(found.front());

  Names names;
  Report report;
  report.code = readers ? "SL102" : "SL101";
  report.certainty = "feasible";
  report.why = "different goroutines, no common lock held, not ordered by spawn/join/wait";
  if (readers) report.why += "; writers that could come between were seen";
  std::vector<Side> sides;
  for (const InvertedEdge& edge : cycle) sides.emplace_back(edge, names);
  report.title = title(cycle, names, readers);
  if (obstacle != Obstacle::none) {
    report.severity = Severity::note;
    report.certainty.clear();
    report.title += ", not possible as it was seen: " + std::string(to_text(obstacle));
  } else {
    report.title += " (potential deadlock)";
  }
  if (cycle.size() == 2 && obstacle == Obstacle::none) {
    add_table(report, sides[0], sides[1]);
  } else if (cycle.size() > 2) {
    Section& section = report.section();
    std::string path;
    for (const Side& side : sides) path += side.from + " -> ";
    section.add(2, path + sides.front().from);
    for (const Side& side : sides) {
      section.add(5, who(side.edge.seen.who) + " holds " + side.from + ", wants " + side.to);
    }
  }
  for (std::size_t i = 0; i < sides.size(); ++i) {
    add_order(report, i + 1, sides[i], names, i + 1 == sides.size(), i == 0 || sides.size() > 2);
  }

  for (const Side& side : sides) {
    draw_order(side.edge.from, side.edge.to, side.edge.seen.who,
               from_to(side.held.frames.front(), side.asked.frames.front()), names);
  }
  if (cycle.size() == 2) {
    report.exempt = "sluice::debug::order_exempt(&" + names.plain(cycle[0].from) + ", &" +
                    names.plain(cycle[1].from) + ", \"reason\")";
  }
  Section& end = report.section();
  std::string objects, taken;
  for (const InvertedEdge& edge : cycle) {
    objects += (objects.empty() ? "objects: " : "      ") + names.origin(edge.from);
    taken += (taken.empty() ? "" : ", ") + names.plain(edge.from);
  }
  end.add(2, objects);
  if (cycle.size() == 2) {
    end.add_prose(2, "help: take " + names.quoted(cycle[0].from) + " before " +
                         names.quoted(cycle[0].to) +
                         " everywhere, or lock both with std::scoped_lock(" + taken + ")");
  } else {
    end.add_prose(2, "help: take these locks in one order everywhere, such as " + taken);
  }
  return report;
}

}  // namespace sluice::checked
