#include "debug/clocks.hpp"

#include <algorithm>

namespace sluice::checked {
namespace {

constexpr std::size_t kMaxEntries = 256;

// Of each slot the last segment in which something of interest happened. Written by the slot's
// goroutine, read by whoever compares; a value that is old by a moment makes a join look like one
// for that moment longer.
constexpr std::uint32_t kChunk = 4096;
constexpr std::uint32_t kChunks = 4096;
std::atomic<std::atomic<Segment>*> g_last[kChunks];
std::atomic<Slot> g_last_slot{kNoSlot};

std::atomic<Segment>* last_of_interest(Slot slot) {
  if (slot / kChunk >= kChunks) return nullptr;
  std::atomic<std::atomic<Segment>*>& chunk = g_last[slot / kChunk];
  std::atomic<Segment>* segments = chunk.load(std::memory_order_acquire);
  if (segments == nullptr) {
    auto* fresh = new std::atomic<Segment>[kChunk]();
    if (chunk.compare_exchange_strong(segments, fresh, std::memory_order_acq_rel)) {
      segments = fresh;
    } else {
      delete[] fresh;
    }
  }
  return &segments[slot % kChunk];
}

void merge(Clock::Entry& into, const Clock::Entry& other, Link link) {
  if (link == Link::certain) {
    into.certain = std::max(into.certain, other.certain);
    into.join_if_last = std::max(into.join_if_last, other.join_if_last);
  } else {
    into.join_if_last = std::max({into.join_if_last, other.certain, other.join_if_last});
  }
}

}  // namespace

bool Clock::knows(Slot slot, Segment segment, bool every_link) const noexcept {
  if (slot <= forgotten_up_to_) return true;
  const auto found = std::lower_bound(entries_.begin(), entries_.end(), slot,
                                      [](const Entry& e, Slot s) { return e.slot < s; });
  if (found == entries_.end() || found->slot != slot) return false;
  if (segment <= found->certain) return true;
  if (segment > found->join_if_last) return false;
  if (every_link) return true;
  const std::atomic<Segment>* last = last_of_interest(slot);
  return last != nullptr && last->load(std::memory_order_relaxed) <= found->join_if_last;
}

ClockRef join(const ClockRef& a, const ClockRef& b, Link link_to_b) {
  if (b == nullptr || a == b) return a;
  if (a == nullptr && link_to_b == Link::certain) return b;
  auto merged = std::make_shared<Clock>();
  if (a != nullptr) *merged = *a;
  merged->forgotten_up_to_ = std::max(merged->forgotten_up_to_, b->forgotten_up_to_);
  bool news = a == nullptr;
  for (const Clock::Entry& theirs : b->entries_) {
    auto at = std::lower_bound(merged->entries_.begin(), merged->entries_.end(), theirs.slot,
                               [](const Clock::Entry& e, Slot s) { return e.slot < s; });
    if (at == merged->entries_.end() || at->slot != theirs.slot) {
      at = merged->entries_.insert(at, {theirs.slot, 0, 0});
      news = true;
    }
    const Clock::Entry before = *at;
    merge(*at, theirs, link_to_b);
    news |= before.certain != at->certain || before.join_if_last != at->join_if_last;
  }
  if (!news && merged->forgotten_up_to_ == a->forgotten_up_to_) return a;
  if (merged->entries_.size() > kMaxEntries) {
    const std::size_t extra = merged->entries_.size() - kMaxEntries;
    merged->forgotten_up_to_ = std::max(merged->forgotten_up_to_, merged->entries_[extra - 1].slot);
    merged->entries_.erase(merged->entries_.begin(),
                           merged->entries_.begin() + static_cast<std::ptrdiff_t>(extra));
  }
  return merged;
}

void Timeline::take_slot() {
  if (slot_ != kNoSlot) return;
  slot_ = g_last_slot.fetch_add(1, std::memory_order_relaxed) + 1;
}

void Timeline::mark() noexcept {
  if (slot_ == kNoSlot) return;
  marked_ = true;
  if (std::atomic<Segment>* last = last_of_interest(slot_); last != nullptr) {
    last->store(segment_, std::memory_order_relaxed);
  }
}

ClockRef Timeline::tell() {
  if (!marked_) return past_;
  marked_ = false;
  auto told = std::make_shared<Clock>();
  told->entries_.push_back({slot_, segment_, segment_});
  ++segment_;
  set_past(join(past_, told, Link::certain));
  return past_;
}

void Timeline::reset(ClockRef past) {
  slot_ = kNoSlot;
  segment_ = 1;
  marked_ = false;
  past_ = std::move(past);
  for (Note& note : told_) note = {};
  for (Note& note : heard_) note = {};
}

bool ordered(const Moment& a, const Moment& b, bool every_link) noexcept {
  return b.past != nullptr && a.slot != kNoSlot && b.past->knows(a.slot, a.segment, every_link);
}

}  // namespace sluice::checked
