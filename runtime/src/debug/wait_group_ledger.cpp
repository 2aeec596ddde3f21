#include "debug/wait_group_ledger.hpp"

#include <algorithm>

#include "base/clock.hpp"
#include "debug/report.hpp"

namespace sluice::checked {
namespace {

constexpr std::size_t kMostKept = 16;

}  // namespace

const Owed* Debts::exact() const noexcept {
  if (count_ > 0 && first_.bond == Bond::exact) return &first_;
  const auto found = std::find_if(more_.begin(), more_.end(),
                                  [](const Owed& owed) { return owed.bond == Bond::exact; });
  return found != more_.end() ? &*found : nullptr;
}

std::int64_t WaitGroupLedger::unbound() const noexcept {
  std::int64_t sum = 0;
  for (const AddSite& add : adds_) sum += add.unbound;
  return sum;
}

void WaitGroupLedger::start_over() {
  debtors_.clear();
  free_.clear();
  living_who_owe_ = owed_by_the_dead_ = 0;
  // The usual group is filled from one place over and over: what it has there is used again.
  if (adds_.size() == 1 && dones_.size() <= 1) {
    AddSite& add = adds_.front();
    add.added = add.done = add.unbound = 0;
    for (DoneSite& done : dones_) {
      done.count = 0;
      done.by.clear();
    }
    return;
  }
  adds_.clear();
  add_index_.clear();
  by_adder_.clear();
  dones_.clear();
}

bool WaitGroupLedger::debtors_are_gone_and_of_a_kind() const noexcept {
  return std::all_of(debtors_.begin(), debtors_.end(), [this](const Debtor& debtor) {
    return debtor.carriers == 0 && debtor.owed.all_of([&](const Owed& owed) {
      return was_kept(adds_[owed.add].site, debtor.who);
    });
  });
}

std::uint32_t WaitGroupLedger::add(std::int64_t n, StackId site, const ActorState& by) {
  if (counter_ == 0) start_over();
  counter_ += n;
  const std::uint32_t index = index_of(site, by);
  adds_[index].added += n;
  adds_[index].unbound += n;
  return index;
}

std::uint32_t WaitGroupLedger::index_of(StackId site, const ActorState& by) {
  const std::uint64_t uid = by.uid.load(std::memory_order_relaxed);
  const auto is_it = [&](const AddSite& add) { return add.site == site && add.by.uid == uid; };
  if (last_add_ < adds_.size() && is_it(adds_[last_add_])) return last_add_;
  const auto [at, fresh] =
      add_index_.try_emplace(mix(site, uid), static_cast<std::uint32_t>(adds_.size()));
  if (fresh) {
    adds_.push_back({.site = site, .by = by.identity()});
    by_adder_[uid].push_back(at->second);
  }
  last_add_ = at->second;
  return last_add_;
}

Debtor* WaitGroupLedger::debtor(std::uint32_t at, std::uint64_t uid) noexcept {
  return at < debtors_.size() && debtors_[at].who.uid == uid ? &debtors_[at] : nullptr;
}

std::uint32_t WaitGroupLedger::free_place() {
  if (free_.empty()) {
    debtors_.emplace_back();
    return static_cast<std::uint32_t>(debtors_.size() - 1);
  }
  const std::uint32_t at = free_.back();
  free_.pop_back();
  return at;
}

std::uint32_t WaitGroupLedger::bind(std::uint32_t add, ActorState& who, Bond bond,
                                    std::uint32_t at) {
  if (add >= adds_.size() || adds_[add].unbound <= 0) return kNowhere;
  --adds_[add].unbound;
  if (at == kNowhere) {
    at = free_place();
    debtors_[at].who = who.identity();
    debtors_[at].state = &who;
    debtors_[at].carriers = 1;
  }
  Debtor& debtor = debtors_[at];
  if (debtor.owed.empty()) ++living_who_owe_;
  debtor.owed.push({add, bond});
  return at;
}

// A place is free when nobody can pay for it and nothing is owed.
void WaitGroupLedger::carrier_ended(Debtor& debtor) {
  if (--debtor.carriers > 0) return;
  if (!debtor.owed.empty()) {
    --living_who_owe_;
    owed_by_the_dead_ += debtor.owed.size();
    return;
  }
  debtor.who.uid = 0;
  debtor.ending = nullptr;
  free_.push_back(static_cast<std::uint32_t>(&debtor - debtors_.data()));
}

StackId WaitGroupLedger::counted_at(const Debtor& debtor, Bond bond) const {
  const Owed* const owed = bond == Bond::exact   ? debtor.owed.exact()
                           : debtor.owed.empty() ? nullptr
                                                 : &debtor.owed.front();
  return owed != nullptr ? adds_[owed->add].site : kNoStack;
}

bool WaitGroupLedger::done_by(std::uint64_t by) const {
  return std::any_of(dones_.begin(), dones_.end(), [by](const DoneSite& site) {
    return std::any_of(site.by.begin(), site.by.end(),
                       [by](const DoneSite::By& each) { return each.who.uid == by; });
  });
}

bool WaitGroupLedger::settle(Debtor& debtor) {
  if (debtor.owed.empty()) return false;
  ++adds_[debtor.owed.back().add].done;
  debtor.owed.pop();
  if (debtor.carriers == 0) {
    --owed_by_the_dead_;
  } else if (debtor.owed.empty()) {
    --living_who_owe_;
  }
  return true;
}

bool WaitGroupLedger::was_kept(StackId site, const Identity& who) const noexcept {
  return std::any_of(kept_.begin(), kept_.end(), [&](const Kept& kept) {
    return kept.site == site && kept.started == who.creation_pc;
  });
}

void WaitGroupLedger::note_kept(StackId site, const Identity& who) {
  if (passed_on_ || kept_.size() == kMostKept || was_kept(site, who)) return;
  kept_.push_back({site, who.creation_pc});
}

DoneSite::By* WaitGroupLedger::note_done(const ActorState& by, const void* pc) {
  auto site = std::find_if(dones_.begin(), dones_.end(),
                           [pc](const DoneSite& done) { return done.pc == pc; });
  if (site == dones_.end()) site = dones_.insert(dones_.end(), {pc, 0, {}});
  ++site->count;
  if (site->by.size() == 8) return nullptr;
  site->by.push_back({by.identity(), base::now(), kNoStack});
  return &site->by.back();
}

Settled WaitGroupLedger::done(const ActorState& by, std::span<Debtor* const> debtors,
                              const void* pc) {
  --counter_;
  DoneSite::By* const noted = note_done(by, pc);
  if (counter_ < 0) return Settled::none;
  for (Debtor* const debtor : debtors) {
    if (debtor->owed.empty()) continue;
    AddSite& add = adds_[debtor->owed.back().add];
    if (noted != nullptr) noted->add = add.site;
    note_kept(add.site, debtor->who);
    settle(*debtor);
    return Settled::own;
  }
  const auto take_unbound = [](AddSite& add) {
    if (add.unbound <= 0) return false;
    --add.unbound;
    ++add.done;
    return true;
  };
  if (const auto own = by_adder_.find(by.uid.load(std::memory_order_relaxed));
      own != by_adder_.end()) {
    for (const std::uint32_t add : own->second) {
      if (take_unbound(adds_[add])) return Settled::by_adder;
    }
  }
  ++loose_dones_;
  passed_on_ = true;
  kept_.clear();
  for (AddSite& add : adds_) {
    if (take_unbound(add)) return Settled::loose;
  }
  // Whoever is gone can't do it any more, so it is more likely done for them.
  if (owed_by_the_dead_ > 0) {
    for (Debtor& debtor : debtors_) {
      if (debtor.carriers == 0 && settle(debtor)) return Settled::loose;
    }
  }
  for (Debtor& debtor : debtors_) {
    if (settle(debtor)) return Settled::loose;
  }
  return Settled::none;
}

}  // namespace sluice::checked
