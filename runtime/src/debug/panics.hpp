// Findings on calls that panic. A program may catch a Panic and mean to, as in Go one recovers, so
// what is known is kept and told only when the panic finds no handler. Knows nothing of what the
// calls were.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "base/thread_mutex.hpp"
#include "debug/books.hpp"

namespace sluice::checked {

class Panics {
 public:
  explicit Panics(Books& books) : books_(books) {}

  // `actor` is about to throw a Panic that says `text`. With `verbose` it is told now, as a note.
  void about_to(const ActorState& actor, std::string_view text, std::uint64_t fingerprint,
                std::function<Report()> make);

  // An exception described by `text` has found no handler in `actor`. It may have been thrown by
  // another goroutine and been passed on, as ErrGroup does.
  void uncaught(const ActorState& actor, std::string_view text);

 private:
  struct Evidence {
    std::uint64_t uid = 0;  // of who threw
    std::string text;
    std::uint64_t fingerprint = 0;
    std::function<Report()> make;
  };

  Books& books_;
  base::ThreadMutex lock_;
  std::deque<Evidence> kept_;  // guarded by lock_; the latest of each kind of panic and goroutine
};

}  // namespace sluice::checked
