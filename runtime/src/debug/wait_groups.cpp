#include "debug/wait_groups.hpp"

#include <algorithm>
#include <optional>

namespace sluice::checked {
namespace {

// Those for whom a goroutine may settle, itself first.
class MaySettle {
 public:
  MaySettle(const ActorState& actor, ObjectId group, WaitGroupLedger& ledger) {
    const std::uint64_t uid = actor.uid.load(std::memory_order_relaxed);
    for (const ActorState::MayDo& may : actor.may_do) {
      if (may.group != group) continue;
      Debtor* const debtor = ledger.debtor(may.at, may.debtor);
      if (may.debtor == uid) {
        own_ = debtor;
      } else if (debtor != nullptr) {
        others_.push_back(debtor);
      }
    }
    if (own_ != nullptr && !others_.empty()) others_.insert(others_.begin(), own_);
  }
  Debtor* own() const { return own_; }
  std::span<Debtor* const> list() const {
    if (!others_.empty() || own_ == nullptr) return others_;
    return {&own_, 1};
  }

 private:
  Debtor* own_ = nullptr;
  std::vector<Debtor*> others_;
};

}  // namespace

std::shared_ptr<GroupBooks> WaitGroups::group_of(ObjectId id) {
  Shard& shard = shards_[id % shards_.size()];
  const std::lock_guard guard(shard.lock);
  std::shared_ptr<GroupBooks>& group = shard.groups[id];
  if (group == nullptr) group = std::make_shared<GroupBooks>();
  return group;
}

std::shared_ptr<GroupBooks> WaitGroups::find(ObjectId id) {
  Shard& shard = shards_[id % shards_.size()];
  const std::lock_guard guard(shard.lock);
  const auto found = shard.groups.find(id);
  return found != shard.groups.end() ? found->second : nullptr;
}

const std::shared_ptr<GroupBooks>& WaitGroups::group_of(ActorState& actor, ObjectId id) {
  for (const ActorState::MayDo& may : actor.may_do) {
    if (may.group == id) return may.books;
  }
  if (actor.last_group_id != id) {
    actor.last_group = group_of(id);
    actor.last_group_id = id;
  }
  return actor.last_group;
}

void WaitGroups::spawned(ActorState& parent, ActorState& child) {
  if (parent.pending_adds.empty() && parent.may_do.empty()) return;
  const std::uint64_t uid = child.uid.load(std::memory_order_relaxed);
  for (ActorState::PendingAdd& pending : parent.pending_adds) {
    GroupBooks& group = *pending.books;
    const auto bound = std::find_if(child.may_do.begin(), child.may_do.end(),
                                    [&](const auto& may) { return may.group == pending.group; });
    const bool first = bound == child.may_do.end();
    const std::lock_guard guard(group.lock);
    const std::uint32_t at = group.gone
                                 ? WaitGroupLedger::kNowhere
                                 : group.ledger.bind(pending.add, child, Bond::likely,
                                                     first ? WaitGroupLedger::kNowhere : bound->at);
    if (at == WaitGroupLedger::kNowhere) {
      pending.left = 0;
      continue;
    }
    if (first) child.may_do.push_back({pending.books, pending.group, at, uid});
    --pending.left;
  }
  std::erase_if(parent.pending_adds,
                [](const ActorState::PendingAdd& pending) { return pending.left <= 0; });
  for (const ActorState::MayDo& may : parent.may_do) {
    GroupBooks& group = *may.books;
    const std::lock_guard guard(group.lock);
    Debtor* const debtor = group.gone ? nullptr : group.ledger.debtor(may.at, may.debtor);
    if (debtor == nullptr) continue;
    ++debtor->carriers;
    child.may_do.push_back(may);
  }
}

void WaitGroups::bound(ActorState& parent, const ActorState& child, ObjectId id) {
  GroupBooks& group = *group_of(parent, id);
  const std::lock_guard guard(group.lock);
  Debtor* const debtor = MaySettle(child, id, group.ledger).own();
  if (debtor != nullptr && !debtor->owed.empty()) debtor->owed.back().bond = Bond::exact;
  ++group.gos;
}

void WaitGroups::added(const detail::Event& event, ActorState& actor, ObjectId id) {
  const std::shared_ptr<GroupBooks>& group = group_of(actor, id);
  if (event.value >= 0) {
    add(event, actor, id, group);
  } else {
    for (std::int64_t i = event.value; i < 0; ++i) done(event, actor, id, *group);
  }
}

void WaitGroups::add(const detail::Event& event, ActorState& actor, ObjectId id,
                     const std::shared_ptr<GroupBooks>& books) {
  GroupBooks& group = *books;
  if (event.value == 0) return note_mixed(event, actor, id);
  const StackId site = site_of(event);
  Waiter under;
  bool same_round = false, overflows = false;
  std::uint32_t index = 0;
  {
    const std::lock_guard guard(group.lock);
    const bool from_zero = group.ledger.counter() == 0;
    overflows = group.ledger.counter() + event.value > INT32_MAX;
    ++group.adds;
    if (from_zero) {
      if (!group.waiters.empty()) {
        under = group.waiters.front();
        same_round = group.ledger.done_by(actor.uid.load(std::memory_order_relaxed));
      }
      group.self_add = {};
      group.self_done = false;
      // Under a lock it may be the lock that keeps the wait away; without `check` nobody keeps what
      // orders goroutines.
      if (books_.options.level >= Level::check && actor.id != 0 && actor.parent_uid != 0 &&
          actor.held.empty()) {
        actor.time.take_slot();
        actor.time.mark();
        group.self_add = {actor.identity(), actor.moment(),   site,
                          ++group.calls,    actor.parent_uid, actor.birth};
      }
    }
    index = group.ledger.add(event.value, site, actor);
  }
  std::erase_if(actor.pending_adds, [&](const ActorState::PendingAdd& pending) {
    return pending.group == id && pending.pc != event.pc;
  });
  const auto again = std::find_if(actor.pending_adds.begin(), actor.pending_adds.end(),
                                  [&](const auto& p) { return p.group == id && p.add == index; });
  if (again != actor.pending_adds.end()) {
    again->left += event.value;
  } else {
    actor.pending_adds.push_back({books, id, index, event.value, event.pc});
  }
  if (under.uid != 0) report_add_under_waiter(event, actor, id, under, same_round);
  if (overflows) note_overflow(event, actor, id);
}

void WaitGroups::done(const detail::Event& event, ActorState& actor, ObjectId id,
                      GroupBooks& group) {
  std::optional<WaitGroupLedger> negative;
  Call add, wait;
  {
    const std::lock_guard guard(group.lock);
    group.ledger.done(actor, MaySettle(actor, id, group.ledger).list(), event.pc);
    if (group.ledger.counter() == -1) negative = group.ledger;
    if (group.self_add.number != 0 && group.self_add.who.uid == actor.uid && !group.self_done) {
      group.self_done = true;
      if (group.wait.number > group.self_add.number && too_early(group)) {
        add = group.self_add;
        wait = group.wait;
      }
    }
  }
  if (negative) report_negative(event, actor, id, *negative);
  if (add.number != 0) report_self_add(id, add, wait);
}

// Whether the latest wait was by the goroutine that had started the adder, and could have come
// before the add.
bool WaitGroups::too_early(const GroupBooks& group) {
  const Call& add = group.self_add;
  const Call& wait = group.wait;
  return wait.number != 0 && wait.who.uid == add.parent && wait.children >= add.children &&
         !ordered(add.when, wait.when, true);
}

void WaitGroups::waiting(const detail::Event& event, ActorState& actor, ObjectId id) {
  const auto kept = group_of(id);
  GroupBooks& group = *kept;
  Call add, wait;
  StackId counted = kNoStack;
  bool mixed = false;
  {
    const StackId site = site_of(event);
    const std::lock_guard guard(group.lock);
    const Debtor* const own = MaySettle(actor, id, group.ledger).own();
    if (own != nullptr && group.ledger.counter() > 0) {
      counted = group.ledger.counted_at(*own, Bond::exact);
    }
    mixed = group.gos > 0 && group.adds > group.gos;
    group.wait = {actor.identity(), actor.moment(), site, ++group.calls, 0, actor.spawned};
    if (group.self_add.number != 0 && too_early(group) && group.self_done) {
      add = group.self_add;
      wait = group.wait;
    }
  }
  if (add.number != 0) report_self_add(id, add, wait);
  if (counted != kNoStack) report_waits_for_itself(event, actor, id, counted);
  if (mixed) note_mixed(event, actor, id);
}

std::vector<ActorState*> WaitGroups::exact_debtors(ObjectId id) {
  std::vector<ActorState*> all;
  const auto group = find(id);
  if (group == nullptr) return all;
  const std::lock_guard guard(group->lock);
  group->ledger.for_each_debtor([&all](const Debtor& debtor) {
    if (debtor.owed.exact() != nullptr && debtor.state->uid == debtor.who.uid) {
      all.push_back(debtor.state);
    }
  });
  return all;
}

StackId WaitGroups::counted_at(ObjectId id, std::uint64_t debtor) {
  const auto group = find(id);
  if (group == nullptr) return kNoStack;
  const std::lock_guard guard(group->lock);
  StackId at = kNoStack;
  group->ledger.for_each_debtor([&](const Debtor& each) {
    if (each.who.uid == debtor) at = group->ledger.counted_at(each, Bond::likely);
  });
  return at;
}

void WaitGroups::parked(const detail::Event& event, ActorState& actor, ObjectId id) {
  const auto kept = group_of(id);
  GroupBooks& group = *kept;
  WaitGroupLedger copy;
  std::vector<Waiter> waiters;
  {
    const std::lock_guard guard(group.lock);
    group.waiters.push_back({actor.uid.load(std::memory_order_relaxed), actor.identity(), event.pc,
                             books_.since_start()});
    if (!stalled(id, group, 0)) return;
    copy = group.ledger;
    waiters = group.waiters;
  }
  report_stalled(id, copy, waiters);
}

void WaitGroups::unparked(ActorState& actor, ObjectId id) {
  const auto group = find(id);
  if (group == nullptr) return;
  const std::lock_guard guard(group->lock);
  const std::uint64_t uid = actor.uid.load(std::memory_order_relaxed);
  std::erase_if(group->waiters, [uid](const Waiter& waiter) { return waiter.uid == uid; });
}

void WaitGroups::ended(const detail::Event& event, ActorState& actor) {
  if (actor.may_do.empty()) return;
  for (const ActorState::MayDo& may : actor.may_do) {
    GroupBooks& group = *may.books;
    std::optional<WaitGroupLedger> copy;
    std::vector<Waiter> waiters;
    Debtor owing;
    {
      const std::lock_guard guard(group.lock);
      if (group.gone) continue;
      if (Debtor* const debtor = group.ledger.debtor(may.at, may.debtor)) {
        group.ledger.carrier_ended(*debtor);
        if (may.debtor == actor.uid && !debtor->owed.empty()) {
          debtor->ending = std::make_shared<const Ending>(ending_of(event, actor));
          if (debtor->carriers == 0 && debtor->owed.exact() != nullptr) owing = *debtor;
        }
      }
      if (owing.who.uid != 0) {
        copy = group.ledger;
      } else if (stalled(may.group, group, 1)) {
        copy = group.ledger;
        waiters = group.waiters;
      }
    }
    if (owing.who.uid != 0) report_owing(may.group, owing, *copy);
    if (!waiters.empty()) report_stalled(may.group, *copy, waiters);
  }
}

Ending WaitGroups::ending_of(const detail::Event& event, const ActorState& actor) {
  const LastCall& last = actor.held.trail().last;
  return {.who = actor.identity(),
          .last = last,
          .last_object = books_.objects.info(last.object),
          .at = books_.since_start(),
          .exception = std::string(event.text),
          .by_exit = event.value == static_cast<std::int64_t>(detail::ExitKind::goexit)};
}

void WaitGroups::destroyed(const detail::Event& event, ObjectId id) {
  Shard& shard = shards_[id % shards_.size()];
  std::shared_ptr<GroupBooks> gone;
  {
    const std::lock_guard guard(shard.lock);
    const auto found = shard.groups.find(id);
    if (found == shard.groups.end()) return;
    gone = std::move(found->second);
    shard.groups.erase(found);
  }
  WaitGroupLedger ledger;
  std::vector<Waiter> waiters;
  {
    const std::lock_guard guard(gone->lock);
    gone->gone = true;
    ledger = gone->ledger;
    waiters = gone->waiters;
  }
  if (ledger.counter() > 0 || !waiters.empty()) report_destroyed(event, id, ledger, waiters);
}

void WaitGroups::run_ended() {
  struct Early {
    ObjectId id;
    Call add, wait;
  };
  std::vector<Early> early;
  for (Shard& shard : shards_) {
    const std::lock_guard guard(shard.lock);
    for (auto& [id, group] : shard.groups) {
      const std::lock_guard inner(group->lock);
      if (group->self_add.number != 0 && group->self_done && too_early(*group)) {
        early.push_back({id, group->self_add, group->wait});
      }
    }
  }
  for (const Early& one : early) report_self_add(one.id, one.add, one.wait);
}

GroupState WaitGroups::state_of(ObjectId id, const std::vector<const Snapshot*>& waiters) {
  GroupState state;
  state.object = books_.objects.info(id);
  const auto kept = group_of(id);
  GroupBooks& group = *kept;
  const std::lock_guard guard(group.lock);
  state.ledger = group.ledger;
  const auto waits = [&](std::uint64_t uid) {
    return std::any_of(waiters.begin(), waiters.end(),
                       [uid](const Snapshot* waiter) { return waiter->who.uid == uid; });
  };
  state.ledger.for_each_debtor([&state](const Debtor& debtor) {
    if (!debtor.owed.empty() && debtor.carriers > 0) state.carriers.push_back(debtor.who.uid);
  });
  state.hopeless = state.ledger.owed_by_the_dead() > 0;
  for (const AddSite& add : state.ledger.adds()) {
    // Who added and started nobody for it waits here itself.
    if (add.unbound > 0 && waits(add.by.uid)) state.hopeless = true;
  }
  return state;
}

}  // namespace sluice::checked
