// What is done wrong with channels: a send on a closed one (SL601), a second close (SL602), a wait
// on a nil one (SL603), values that nobody will receive (SL604, a note). Knows who closed which.
#pragma once

#include <array>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/thread_mutex.hpp"
#include "debug/panics.hpp"
#include "debug/snapshot.hpp"

namespace sluice::checked {

// Who closed a channel, where and when.
struct Closing {
  Identity who;
  StackId site = kNoStack;
  std::int64_t at = 0;  // since the start
};

class ChannelMisuse {
 public:
  ChannelMisuse(Books& books, Panics& panics) : books_(books), panics_(panics) {}

  void closing(const detail::Event& event, ActorState& actor, ObjectId channel);
  void closed_again(const detail::Event& event, ActorState& actor, ObjectId channel);
  void sent_on_closed(const detail::Event& event, ActorState& actor, ObjectId channel);
  // `actor` parks on channels that are all nil.
  void parked_on_nil(const detail::Event& event, ActorState& actor);
  void destroyed(const detail::Event& event, ObjectId channel);

  std::optional<Closing> closed_by(ObjectId channel);

 private:
  // The first who said so, and the one after: of two that close at once either may be too late.
  struct Closers {
    Closing first, second;
  };
  struct Shard {
    base::ThreadMutex lock;
    std::unordered_map<ObjectId, Closers> closers;
  };
  Shard& shard_of(ObjectId channel) { return shards_[channel % shards_.size()]; }

  Books& books_;
  Panics& panics_;
  std::array<Shard, 16> shards_;
};

}  // namespace sluice::checked
