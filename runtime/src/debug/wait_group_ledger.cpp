#include "debug/wait_group_ledger.hpp"

#include <algorithm>

#include "debug/report.hpp"

namespace sluice::checked {
namespace {

constexpr std::size_t kMostKept = 16;

}  // namespace

std::int64_t WaitGroupLedger::unbound() const noexcept {
  std::int64_t sum = 0;
  for (const AddSite& add : adds_) sum += add.unbound;
  return sum;
}

std::int64_t WaitGroupLedger::owed_by_the_dead() const noexcept {
  std::int64_t sum = 0;
  for (const auto& [uid, debtor] : debtors_) {
    if (debtor.carriers == 0) sum += static_cast<std::int64_t>(debtor.owed.size());
  }
  return sum;
}

bool WaitGroupLedger::owed_by_the_dead_alone() const noexcept {
  std::int64_t sum = 0;
  for (const auto& [uid, debtor] : debtors_) {
    if (debtor.carriers != 0 && !debtor.owed.empty()) return false;
    sum += static_cast<std::int64_t>(debtor.owed.size());
  }
  return sum == counter_;
}

void WaitGroupLedger::start_over() {
  if (!debtors_.empty()) debtors_.clear();
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
  for (const auto& [uid, debtor] : debtors_) {
    if (debtor.carriers != 0) return false;
    for (const Owed& owed : debtor.owed) {
      if (!was_kept(adds_[owed.add].site, debtor.who)) return false;
    }
  }
  return true;
}

std::uint32_t WaitGroupLedger::add(std::int64_t n, StackId site, const Identity& by) {
  if (counter_ == 0) start_over();
  counter_ += n;
  const std::uint32_t index = index_of(site, by);
  adds_[index].added += n;
  adds_[index].unbound += n;
  return index;
}

std::uint32_t WaitGroupLedger::index_of(StackId site, const Identity& by) {
  const auto is_it = [&](const AddSite& add) { return add.site == site && add.by.uid == by.uid; };
  if (last_add_ < adds_.size() && is_it(adds_[last_add_])) return last_add_;
  const auto [at, fresh] =
      add_index_.try_emplace(mix(site, by.uid), static_cast<std::uint32_t>(adds_.size()));
  if (fresh) {
    adds_.push_back({.site = site, .by = by});
    by_adder_[by.uid].push_back(at->second);
  }
  last_add_ = at->second;
  return last_add_;
}

bool WaitGroupLedger::bind(std::uint32_t add, const Identity& who, Bond bond, ActorState* state) {
  if (add >= adds_.size() || adds_[add].unbound <= 0) return false;
  --adds_[add].unbound;
  Debtor& debtor = debtors_[who.uid];
  if (debtor.carriers == 0) {
    debtor.who = who;
    debtor.state = state;
    debtor.carriers = 1;
  }
  debtor.owed.push_back({add, bond});
  return true;
}

void WaitGroupLedger::confirm(const Identity& who) {
  const auto found = debtors_.find(who.uid);
  if (found != debtors_.end() && !found->second.owed.empty()) {
    found->second.owed.back().bond = Bond::exact;
  }
}

bool WaitGroupLedger::carry(std::uint64_t debtor) {
  const auto found = debtors_.find(debtor);
  if (found == debtors_.end()) return false;
  ++found->second.carriers;
  return true;
}

void WaitGroupLedger::carrier_ended(std::uint64_t debtor, const Ending* ending) {
  const auto found = debtors_.find(debtor);
  if (found == debtors_.end()) return;
  if (ending != nullptr) found->second.ending = *ending;
  if (--found->second.carriers == 0 && found->second.owed.empty()) debtors_.erase(found);
}

StackId WaitGroupLedger::counted_at(std::uint64_t debtor, Bond bond) const {
  const auto found = debtors_.find(debtor);
  if (found == debtors_.end()) return kNoStack;
  for (const Owed& owed : found->second.owed) {
    if (owed.bond == Bond::exact || bond == Bond::likely) return adds_[owed.add].site;
  }
  return kNoStack;
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
  debtor.owed.pop_back();
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

DoneSite::By* WaitGroupLedger::note_done(const Identity& by, const void* pc, std::int64_t now) {
  auto site = std::find_if(dones_.begin(), dones_.end(),
                           [pc](const DoneSite& done) { return done.pc == pc; });
  if (site == dones_.end()) site = dones_.insert(dones_.end(), {pc, 0, {}});
  ++site->count;
  if (site->by.size() == 8) return nullptr;
  site->by.push_back({by, now, kNoStack});
  return &site->by.back();
}

Settled WaitGroupLedger::done(const Identity& by, std::span<const std::uint64_t> debtors,
                              const void* pc, std::int64_t now) {
  --counter_;
  DoneSite::By* const noted = note_done(by, pc, now);
  if (counter_ < 0) return Settled::none;
  for (const std::uint64_t uid : debtors) {
    const auto found = debtors_.find(uid);
    if (found == debtors_.end() || found->second.owed.empty()) continue;
    AddSite& add = adds_[found->second.owed.back().add];
    if (noted != nullptr) noted->add = add.site;
    note_kept(add.site, found->second.who);
    settle(found->second);
    return Settled::own;
  }
  const auto take_unbound = [](AddSite& add) {
    if (add.unbound <= 0) return false;
    --add.unbound;
    ++add.done;
    return true;
  };
  if (const auto own = by_adder_.find(by.uid); own != by_adder_.end()) {
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
  for (auto& [uid, debtor] : debtors_) {
    if (debtor.carriers == 0 && settle(debtor)) return Settled::loose;
  }
  for (auto& [uid, debtor] : debtors_) {
    if (settle(debtor)) return Settled::loose;
  }
  return Settled::none;
}

}  // namespace sluice::checked
