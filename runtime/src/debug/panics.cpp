#include "debug/panics.hpp"

#include <algorithm>

namespace sluice::checked {
namespace {

constexpr std::size_t kKept = 256;  // of panics that may be on their way to a handler right now

}  // namespace

void Panics::about_to(const ActorState& actor, std::string_view text, std::uint64_t fingerprint,
                      std::function<Report()> make) {
  if (books_.options.verbose && books_.reporter.is_new(mix(fingerprint, 1))) {
    books_.reporter.report([&] {
      Report report = make();
      report.severity = Severity::note;
      return report;
    });
  }
  const std::uint64_t uid = actor.uid.load(std::memory_order_relaxed);
  const std::lock_guard guard(lock_);
  std::erase_if(kept_, [&](const Evidence& e) { return e.uid == uid && e.text == text; });
  kept_.push_back({uid, std::string(text), fingerprint, std::move(make)});
  if (kept_.size() > kKept) kept_.pop_front();
}

void Panics::uncaught(const ActorState& actor, std::string_view text) {
  Evidence found;
  {
    const std::uint64_t uid = actor.uid.load(std::memory_order_relaxed);
    const std::lock_guard guard(lock_);
    // A description may have more in front, of exceptions that this one is nested in.
    for (const bool own : {true, false}) {
      const auto last = std::find_if(kept_.rbegin(), kept_.rend(), [&](const Evidence& e) {
        return (e.uid == uid || !own) && text.ends_with(e.text);
      });
      if (last == kept_.rend()) continue;
      found = *last;
      break;
    }
  }
  if (!found.make || !books_.reporter.is_new(found.fingerprint)) return;
  books_.reporter.report([&] {
    Report report = found.make();
    report.every_time = true;  // though it may have been a note when it was thrown
    return report;
  });
}

}  // namespace sluice::checked
