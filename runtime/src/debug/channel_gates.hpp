// Channels of capacity 1 that serve as locks: whoever has put a value in takes it out again, or the
// other way round, and in between nobody else is inside. Told of sends and receives; says between
// which of its own a goroutine is.
#pragma once

#include <cstdint>
#include <vector>

#include "debug/channel_use.hpp"
#include "debug/object_table.hpp"

namespace sluice::checked {

// Of one goroutine: sections that it is in, newest last.
class ChannelGates {
 public:
  struct Inside {
    ObjectId channel = kNoObject;
    bool by_sending = false;
    std::uint32_t serial = 0;
  };

  void sent(ObjectId channel, ChannelUse& use) { passed(channel, use, true); }
  void received(ObjectId channel, ChannelUse& use) { passed(channel, use, false); }
  const std::vector<Inside>& inside() const noexcept { return inside_; }
  // The same for equal sets of sections.
  std::uint64_t hash() const noexcept { return hash_; }
  void clear() noexcept;

 private:
  void passed(ObjectId channel, ChannelUse& use, bool by_sending);

  std::vector<Inside> inside_;
  std::uint64_t hash_ = 0;
  std::uint32_t last_serial_ = 0;
};

}  // namespace sluice::checked
