// SL501, SL502, SL503 and SL506 in words.
#include <algorithm>
#include <cstdio>

#include "debug/draw.hpp"
#include "debug/wait_groups.hpp"

namespace sluice::checked {
namespace {

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}
std::string right(std::int64_t number, std::size_t width) {
  std::string text = std::to_string(number);
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

Frame frame_of(StackId site) {
  const auto pcs = stack_of(site);
  return pcs.empty() ? Frame{} : visible_chain(pcs).frames.front();
}
std::string place_of(StackId site) { return place(frame_of(site)); }
std::string place_of(const void* pc) { return place(user_frame(pc)); }

// Sites that read the same are one: a loop's add is one site for each goroutine that runs it.
struct AddLine {
  std::string place;
  std::int64_t added = 0, done = 0;
};
std::vector<AddLine> add_lines(const WaitGroupLedger& ledger) {
  std::vector<AddLine> lines;
  for (const AddSite& add : ledger.adds()) {
    const std::string at = place_of(add.site);
    auto line =
        std::find_if(lines.begin(), lines.end(), [&](const auto& l) { return l.place == at; });
    if (line == lines.end()) line = lines.insert(lines.end(), {at});
    line->added += add.added;
    line->done += add.done;
  }
  return lines;
}

std::string added_at(const WaitGroupLedger& ledger, const Debtor& debtor) {
  return "added " + place_of(ledger.adds()[debtor.owed.front().add].site);
}

void add_debtors(Section& section, const ObjectInfo& object, const WaitGroupLedger& ledger,
                 Names& names) {
  section.add(2, "owed by");
  std::size_t shown = 0;
  ledger.for_each_debtor([&](const Debtor& debtor) {
    if (debtor.owed.empty()) return;
    draw_debt(object, debtor.who, added_at(ledger, debtor), names);
    if (++shown > 8) return;
    std::string text = who(debtor.who);
    if (const std::string started = creation(debtor.who); !started.empty()) {
      text += "  started at " + started.substr(0, started.find(' '));
    }
    if (debtor.carriers > 0) {
      section.add(4, text + ", still there");
      return;
    }
    const Ending& ending = *debtor.ending;
    draw_ended(debtor.who, ending.by_exit             ? "left by exit_goroutine"
                           : ending.exception.empty() ? "returned"
                                                      : "left by an exception");
    text += ending.by_exit             ? ", left by exit_goroutine at +"
            : ending.exception.empty() ? ", returned early at +"
                                       : ", ended by an exception at +";
    text += seconds(ending.at);
    const std::string last = last_call(ending.last, ending.last_object, names);
    if (!last.empty()) text += "; last runtime call " + last;
    Line& line = section.add(4, text);
    if (ending.last.pc != nullptr) {
      const Frame frame = user_frame(ending.last.pc);
      set_place(line, frame, "it went no further than here", 8);
    }
  });
  if (shown > 8) section.add(4, "and " + counted(shown - 8, "more goroutine"));
  for (const AddSite& add : ledger.adds()) {
    if (add.unbound <= 0) continue;
    section.add(4, std::to_string(add.unbound) + " added at " + place_of(add.site) +
                       ": no goroutine was started for " + (add.unbound == 1 ? "it" : "them"));
  }
}

std::string goroutines(const DoneSite& done) {
  std::vector<std::string> ids;
  for (const DoneSite::By& by : done.by) {
    const std::string id = std::to_string(by.who.id);
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
  }
  std::string text = ids.size() == 1 ? "goroutine " : "goroutines ";
  for (std::size_t i = 0; i < ids.size(); ++i) text += (i > 0 ? ", " : "") + ids[i];
  return static_cast<std::int64_t>(done.by.size()) < done.count ? text + ", ..." : text;
}

std::string totals(const WaitGroupLedger& ledger) {
  std::int64_t added = 0, done = 0;
  std::string adds, dones;
  for (const AddLine& line : add_lines(ledger)) {
    added += line.added;
    adds += (adds.empty() ? "" : ", ") + line.place;
  }
  for (const DoneSite& site : ledger.dones()) {
    done += site.count;
    dones += (dones.empty() ? "" : ", ") + place_of(site.pc) + " x" + std::to_string(site.count);
  }
  return "totals: add " + std::to_string(added) + (adds.empty() ? "" : " (" + adds + ")") +
         "   done " + std::to_string(done) + " (" + dones + ")";
}

}  // namespace

std::string still_owed(const WaitGroupLedger& ledger) {
  std::int64_t added = 0;
  for (const AddSite& add : ledger.adds()) added += add.added;
  return std::to_string(ledger.counter()) + " of " + std::to_string(added) + " still owed";
}

std::int64_t lost(const WaitGroupLedger& ledger) {
  return ledger.owed_by_the_dead() + ledger.unbound();
}

void add_owed(Section& section, const ObjectInfo& object, const WaitGroupLedger& ledger,
              Names& names) {
  section.add(2, padded("add site", 25) + "added  done  owed").cells = {"add site", "added", "done",
                                                                        "owed"};
  for (const AddLine& line : add_lines(ledger)) {
    section
        .add(4, padded(line.place, 22) + right(line.added, 5) + right(line.done, 7) +
                    right(line.added - line.done, 6))
        .cells = {line.place, std::to_string(line.added), std::to_string(line.done),
                  std::to_string(line.added - line.done)};
  }
  add_debtors(section, object, ledger, names);
}

Report hopeless_report(const ObjectInfo& object, const WaitGroupLedger& ledger,
                       const std::vector<std::string>& waiting, bool certain, Names& names) {
  const std::string group = names.quoted(object);
  Report report;
  report.code = "SL502";
  report.title = (group.front() == '\'' ? "WaitGroup " : "") + group + " can never reach zero (" +
                 still_owed(ledger) + ")";
  report.certainty = certain ? "certain" : "likely";
  const bool dead = ledger.owed_by_the_dead() > 0;
  report.why =
      dead ? "the goroutine that owes Done has exited" : "nobody was started that would call done";
  report.why += certain ? " and no live goroutine can reach " + group
                        : ", and others like it have called done themselves";
  Section& section = report.section();
  add_owed(section, object, ledger, names);
  if (!waiting.empty()) section.add(2, "waiting");
  for (const std::string& line : waiting) section.add(4, line);
  if (!ledger.dones().empty()) section.add(2, "done by");
  for (const DoneSite& done : ledger.dones()) {
    section.add(4, goroutines(done) + "   " + place_of(done.pc));
  }
  const std::string plain = names.plain(object);
  section.add_prose(2, "help: replace add/go/done with " + plain +
                           ".go(...), or put `sluice::Defer d{[&] { " + plain +
                           ".done(); }};` first in the goroutine");
  return report;
}

void WaitGroups::report_stalled(ObjectId id, const WaitGroupLedger& ledger,
                                const std::vector<Waiter>& waiters) {
  if (!books_.reporter.is_new(mix(502, id))) return;
  const ObjectInfo object = books_.objects.info(id);
  const std::int64_t now = books_.since_start();
  books_.actors.for_each([&](ActorState& actor) {
    for (const Waiter& waiter : waiters) {
      if (actor.uid.load(std::memory_order_relaxed) == waiter.uid) {
        actor.judge("SL502", mix(502, id));
      }
    }
  });
  books_.reporter.report([&] {
    Names names;
    std::vector<std::string> lines;
    for (const Waiter& waiter : waiters) {
      lines.push_back(who_short(waiter.who) + "  wait at " + place_of(waiter.pc) + " for " +
                      seconds(now - waiter.since));
      draw_wait(waiter.who, object, "wait", place_of(waiter.pc), names);
    }
    return hopeless_report(object, ledger, lines, false, names);
  });
}

void WaitGroups::report_owing(ObjectId id, const Debtor& debtor, const WaitGroupLedger& ledger) {
  if (!books_.reporter.is_new(number_of(503, debtor.who.creation_pc))) return;
  const ObjectInfo object = books_.objects.info(id);
  books_.reporter.report([&] {
    Names names;
    Report report;
    report.code = "SL503";
    report.title = who(debtor.who) + " ended owing a done to " + names.quoted(object);
    report.certainty = "certain";
    report.why = "it was started by go() of the group, which counted it";
    Section& section = report.section();
    add_debtors(section, object, ledger, names);
    section.add(2, "objects: " + names.origin(object));
    return report;
  });
}

void WaitGroups::report_negative(const detail::Event& event, ActorState& actor, ObjectId id,
                                 const WaitGroupLedger& ledger) {
  const ObjectInfo object = books_.objects.info(id);
  const Identity by = actor.identity();
  const void* const pc = event.pc;
  const std::int64_t start = books_.start;
  panics_.about_to(actor, "sync: negative WaitGroup counter", number_of(501, pc), [=] {
    Names names;
    Report report;
    report.code = "SL501";
    const std::string group = names.quoted(object);
    report.title = (group.front() == '\'' ? "WaitGroup " : "") + group + " counter would become -1";
    Section& section = report.section();
    const Frame frame = user_frame(pc);
    Line& line = section.add(4, "extra done()   " + place(frame) + "  " + who(by));
    set_place(line, frame, "", 8);
    for (const DoneSite& site : ledger.dones()) {
      for (const DoneSite::By& earlier : site.by) {
        if (earlier.who.uid != by.uid || (site.pc == pc && &earlier == &site.by.back())) continue;
        char at[32];
        std::snprintf(at, sizeof at, "+%.3f s", static_cast<double>(earlier.at - start) / 1e9);
        std::string text =
            who_short(by) + " already did done() at " + place_of(site.pc) + " (" + at + ")";
        if (const auto add = stack_of(earlier.add); !add.empty()) {
          text += "; it owed 1 (add at " + place(user_frame(add.front())) + ")";
        }
        section.add_prose(4, text);
        break;
      }
    }
    section.add(4, totals(ledger));
    section.add_prose(4, "help: call done() once for each add(), or let " + names.plain(object) +
                             ".go(...) do both");
    return report;
  });
}

void WaitGroups::report_self_add(ObjectId id, const Call& add, const Call& wait) {
  const auto at = stack_of(add.site);
  if (!books_.reporter.is_new(number_of(506, at.empty() ? nullptr : at.front()))) return;
  const ObjectInfo object = books_.objects.info(id);
  books_.reporter.report([&] {
    Names names;
    const std::string group = names.quoted(object);
    Report report;
    report.code = "SL506";
    report.title = "add to " + group + " inside the goroutine that it counts";
    report.certainty = "feasible";
    report.why = "nothing makes the wait come after the add: it may find zero and return at once";
    Section& section = report.section();
    add_stack(section, 5, stack_of(add.site), who_short(add.who) + " adds for itself here", 4);
    add_stack(section, 5, stack_of(wait.site), who_short(wait.who) + " waits here", 4);
    add_creation(section, 5, add.who);
    Section& end = report.section();
    end.add(2, "objects: " + names.origin(object));
    end.add_prose(
        2, "help: move add before go, or replace both with " + names.plain(object) + ".go(...)");
    return report;
  });
}

}  // namespace sluice::checked
