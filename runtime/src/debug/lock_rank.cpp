#include "debug/lock_rank.hpp"

namespace sluice::checked {
namespace {

std::int32_t rank_of(Books& books, ObjectId object) {
  const ObjectRecord* record = books.objects.find(object);
  return record == nullptr ? kNoRank : record->rank.load(std::memory_order_relaxed);
}

struct Breach {
  Identity who;
  ObjectInfo wanted;
  HeldInfo held;
  std::int32_t wanted_rank = 0, held_rank = 0;
  std::vector<const void*> now;
};

Report breach_report(const Breach& breach) {
  Names names;
  const std::string wanted = names.quoted(breach.wanted), held = names.quoted(breach.held.object);
  const std::string rank = std::to_string(breach.wanted_rank);
  Report report;
  report.code = "SL104";
  report.title = who(breach.who) + " locks " + wanted + " of rank " + rank + " while it holds " +
                 held + " of rank " + std::to_string(breach.held_rank);
  report.certainty = "certain";
  report.why = "a lock may be taken only under locks of a lower rank";
  Section& section = report.section();
  add_stack(section, 5, breach.held.stack, held + " is held from here", 4);
  add_stack(section, 5, breach.now, wanted + " is requested here", 6);
  add_creation(section, 5, breach.who);
  Section& end = report.section();
  end.add(2,
          "objects: " + names.origin(breach.wanted) + "      " + names.origin(breach.held.object));
  end.add_prose(2, "help: take " + wanted + " first, or give it a rank above " +
                       std::to_string(breach.held_rank) + " if that is the order everywhere");
  return report;
}

}  // namespace

void check_rank(Books& books, const detail::Event& event, ActorState& actor, ObjectId object) {
  const std::int32_t wanted = rank_of(books, object);
  if (wanted == kNoRank) return;
  for (std::uint32_t i = actor.held.size(); i-- > 0;) {
    const HeldLock& held = actor.held[i];
    const ObjectId id = held.object();
    const std::int32_t rank = rank_of(books, id);
    if (rank == kNoRank || rank < wanted || id == object) continue;
    const void* taken_at = held.site.size > 0 ? held.site.at[0].pc : nullptr;
    if (!books.reporter.is_new(number_of(104, taken_at, event.pc))) return;
    Stack now;
    unwind(event, now);
    Breach breach{actor.identity(),    books.objects.info(object), {}, wanted, rank,
                  pcs_of(now.frames())};
    for (HeldInfo& info : held_by(books, actor, now.frames())) {
      if (info.object.id == id) breach.held = std::move(info);
    }
    if (breach.held.object.id == kNoObject) return;  // handed over: it counts as a semaphore
    books.reporter.report([&] { return breach_report(breach); });
    return;
  }
}

}  // namespace sluice::checked
