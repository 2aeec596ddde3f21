// SL401 in words: goroutines that are left over, grouped when they stand at the same place.
#include <map>

#include "debug/draw.hpp"
#include "debug/sleepers.hpp"

namespace sluice::checked {
namespace {

constexpr std::size_t kMostGroups = 16;

// Where they stand and where they were started, one section a group.
void add_groups(Report& report, const std::vector<Snapshot>& goroutines, std::int64_t now,
                Names& names) {
  std::map<std::vector<const void*>, std::vector<const Snapshot*>> groups;
  for (const Snapshot& goroutine : goroutines) {
    std::vector<const void*> key = goroutine.stack;
    key.push_back(goroutine.who.creation_pc);
    groups[key].push_back(&goroutine);
  }
  std::size_t shown = 0;
  for (const auto& [stack, members] : groups) {
    if (++shown > kMostGroups) break;
    const Snapshot& first = *members.front();
    Section& section = report.section();
    std::vector<Identity> equal;
    for (const Snapshot* member : members) equal.push_back(member->who);
    std::string text = whos(equal);
    text += "  " + waits_for(first, names);
    if (first.parked) text += ", for " + seconds(now - first.wait.since);
    section.add(5, text);
    add_stack(section, 8, first.stack, first.parked ? "waits here" : "");
    if (const std::string started = creation(first.who); !started.empty()) {
      const Frame frame = user_frame(first.who.creation_pc);
      Line& line = section.add(8, "started at " + started);
      set_place(line, frame, "", 11);
    }
    draw_equal(equal);
  }
  if (groups.size() > kMostGroups) {
    report.section().add(2, "and " + counted(groups.size() - kMostGroups, "more group"));
  }
}

}  // namespace

Report leak_report(const std::vector<Snapshot>& alive, std::int64_t now) {
  Names names;
  Report report;
  report.code = "SL401";
  report.title = counted(alive.size(), "goroutine") + (alive.size() == 1 ? " is" : " are") +
                 " still alive though main has returned";
  report.certainty = "certain";
  report.why = "a program ends with its main function: they are dropped where they stand";
  add_groups(report, alive, now, names);
  report.section().add_prose(
      2, "help: wait for them before main returns, with a WaitGroup or a channel that they close");
  return report;
}

}  // namespace sluice::checked
