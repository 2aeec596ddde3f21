#include "sched/shuffle.hpp"

#include "base/rng.hpp"
#include "base/sanitizers.hpp"

namespace sluice::detail {
namespace {

std::optional<std::uint64_t> g_seed;  // written between runs, read at the start of one

// A goroutine's changes become rarer by half each time that it has made so many, up to the
// kCalmest'th time: then one that does millions of operations is not slowed down by them.
constexpr std::uint8_t kChangesAStep = 32;
constexpr std::uint8_t kCalmest = 6;
constexpr std::uint8_t kYoungChanges = 2 * kChangesAStep;

SLUICE_THREAD_CONFINED std::uint64_t draw(std::uint64_t& state) noexcept {
  base::Rng rng(state);
  const std::uint64_t drawn = rng.next();
  // The generator's own step; it shows its state to nobody.
  state += 0x9e3779b97f4a7c15u;
  return drawn;
}

SLUICE_THREAD_CONFINED std::uint32_t draw_below(std::uint64_t& state, std::uint32_t n) noexcept {
  return static_cast<std::uint32_t>(((draw(state) >> 32) * n) >> 32);
}

}  // namespace

// Half of the seeds go at random, three of eight by priorities, one nearly as they arrive.
Shuffle::Shuffle(std::uint64_t seed) noexcept : seed_(seed) {
  struct Choice {
    Way way;
    std::uint32_t gap;
  };
  static constexpr Choice kChoices[] = {
      {Way::walk, 2},       {Way::walk, 4},       {Way::walk, 1},       {Way::walk, 8},
      {Way::priorities, 4}, {Way::priorities, 8}, {Way::priorities, 2}, {Way::arrival, 4},
  };
  std::uint64_t state = seed;
  const Choice& choice = kChoices[draw_below(state, 8)];
  way_ = choice.way;
  gap_ = choice.gap;
}

SLUICE_THREAD_CONFINED void Shuffle::begin_main(Chance& chance) const noexcept {
  chance.state = seed_ ^ 0x5851f42d4c957f2du;
  chance.changes = 0;
  chance.long_stretches = 0;
  chance.priority = static_cast<std::uint32_t>(draw(chance.state) >> 32);
  draw_gap(chance);
}

SLUICE_THREAD_CONFINED void Shuffle::begin(Chance& child, Chance& parent) const noexcept {
  child.state = draw(parent.state);
  child.changes = 0;
  child.long_stretches = 0;
  child.priority = static_cast<std::uint32_t>(draw(child.state) >> 32);
  draw_gap(child);
}

SLUICE_THREAD_CONFINED void Shuffle::begin_outside(Chance& child) const noexcept {
  Chance nobody{};
  nobody.state = seed_ + outside_.fetch_add(1, std::memory_order_relaxed);
  begin(child, nobody);
}

SLUICE_THREAD_CONFINED void Shuffle::ran_long(Chance& chance) const noexcept {
  if (chance.long_stretches <= kHog) ++chance.long_stretches;
}

SLUICE_THREAD_CONFINED void Shuffle::queued(Chance& chance) const noexcept {
  if (way_ == Way::walk) chance.priority = static_cast<std::uint32_t>(draw(chance.state) >> 32);
  if (way_ == Way::arrival) chance.priority = ~arrivals_.fetch_add(1, std::memory_order_relaxed);
  if (chance.long_stretches > kHog) {
    chance.long_stretches = kHog;
    chance.priority = 0;
  }
}

SLUICE_THREAD_CONFINED void Shuffle::yielded(Chance& chance) const noexcept {
  if (way_ == Way::arrival) return queued(chance);
  chance.priority = static_cast<std::uint32_t>(draw(chance.state) >> 40);
}

SLUICE_THREAD_CONFINED void Shuffle::change(Chance& chance) const noexcept {
  if (chance.changes < UINT8_MAX) ++chance.changes;
  draw_gap(chance);
  if (way_ == Way::priorities)
    chance.priority = static_cast<std::uint32_t>(draw(chance.state) >> 32);
}

SLUICE_THREAD_CONFINED bool Shuffle::young(const Chance& chance) const noexcept {
  return chance.changes < kYoungChanges;
}

SLUICE_THREAD_CONFINED std::uint32_t Shuffle::below(Chance& chance,
                                                    std::uint32_t n) const noexcept {
  return draw_below(chance.state, n);
}

SLUICE_THREAD_CONFINED void Shuffle::draw_gap(Chance& chance) const noexcept {
  const std::uint32_t steps = chance.changes / kChangesAStep;
  const std::uint32_t step = steps < kCalmest ? steps : kCalmest;
  chance.until_change =
      static_cast<std::uint16_t>(1 + draw_below(chance.state, (2 * gap_ - 1) << step));
}

void shuffle_runs(std::optional<std::uint64_t> seed) noexcept { g_seed = seed; }
std::optional<std::uint64_t> seed_of_runs() noexcept { return g_seed; }

}  // namespace sluice::detail
