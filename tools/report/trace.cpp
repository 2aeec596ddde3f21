#include "trace.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "proto_reader.hpp"

namespace sluice::pictures {
namespace {

// Numbers of fields, as Perfetto's protos have them.
constexpr std::uint32_t kPacketOfTrace = 1;
namespace packet_field {
constexpr std::uint32_t kTimestamp = 8, kTrackEvent = 11, kInternedData = 12, kTrackDescriptor = 60;
}
namespace descriptor {
constexpr std::uint32_t kUuid = 1, kName = 2, kProcess = 3, kThread = 4;
}
constexpr std::uint32_t kProcessName = 6, kThreadName = 5;
namespace event_field {
constexpr std::uint32_t kType = 9, kNameIid = 10, kTrackUuid = 11;
}
namespace interned {
constexpr std::uint32_t kEventNames = 2, kIid = 1, kName = 2;
}
enum EventType : std::uint64_t { kBegin = 1, kEnd = 2, kInstant = 3 };

constexpr std::string_view kReady = "ready ", kStartedAt = ", started at ", kReports = "reports";

std::uint64_t number_in(std::string_view name) {
  const std::size_t at = name.find_first_of("0123456789");
  std::uint64_t number = 0;
  if (at != name.npos) std::from_chars(name.data() + at, name.data() + name.size(), number);
  return number;
}

class Reading {
 public:
  ReadTrace read(std::string_view text) {
    ProtoReader packets(text);
    for (ProtoField packet; packets.next(packet);) {
      if (packet.number != kPacketOfTrace) throw NotProtobuf("not a packet");
      read_packet(packet.bytes);
    }
    if (!any_worker_) throw std::runtime_error("a trace of Perfetto, but not of sluice");
    for (auto& [uuid, track] : tracks_) {
      if (!track.is_reports) all_.tracks.push_back(std::move(track.told));
    }
    std::sort(all_.tracks.begin(), all_.tracks.end(), [](const TraceTrack& a, const TraceTrack& b) {
      return std::tuple(!a.is_worker, a.number) < std::tuple(!b.is_worker, b.number);
    });
    return std::move(all_);
  }

 private:
  struct Track {
    TraceTrack told;
    bool is_reports = false, open = false;
    Slice current;
    std::uint64_t waker = 0;  // of the slice that comes next
  };

  void read_packet(std::string_view text) {
    std::int64_t when = 0;
    std::optional<std::string_view> event;
    ProtoReader packet(text);
    for (ProtoField field; packet.next(field);) {
      switch (field.number) {
        case packet_field::kTimestamp:
          when = static_cast<std::int64_t>(field.value);
          break;
        case packet_field::kInternedData:
          intern(field.bytes);
          break;
        case packet_field::kTrackDescriptor:
          describe(field.bytes);
          break;
        case packet_field::kTrackEvent:
          event = field.bytes;
          break;
        default:
          break;
      }
    }
    if (event) read_event(*event, when);
  }

  void intern(std::string_view text) {
    ProtoReader data(text);
    for (ProtoField entry; data.next(entry);) {
      if (entry.number != interned::kEventNames) continue;
      std::uint64_t iid = 0;
      std::string name;
      ProtoReader fields(entry.bytes);
      for (ProtoField field; fields.next(field);) {
        if (field.number == interned::kIid) iid = field.value;
        if (field.number == interned::kName) name = field.bytes;
      }
      names_of_iids_[iid] = index_of(name);
    }
  }

  std::uint32_t index_of(const std::string& name) {
    const auto [known, fresh] = indices_.try_emplace(name, all_.names.size());
    if (fresh) all_.names.push_back(name);
    return static_cast<std::uint32_t>(known->second);
  }

  void describe(std::string_view text) {
    std::uint64_t uuid = 0;
    std::string name;
    bool is_thread = false, is_process = false;
    ProtoReader fields(text);
    for (ProtoField field; fields.next(field);) {
      if (field.number == descriptor::kUuid) uuid = field.value;
      if (field.number == descriptor::kName) name = field.bytes;
      is_process = is_process || field.number == descriptor::kProcess;
      is_thread = is_thread || field.number == descriptor::kThread;
      if (field.number != descriptor::kProcess && field.number != descriptor::kThread) continue;
      ProtoReader inner(field.bytes);
      const std::uint32_t wanted = field.number == descriptor::kThread ? kThreadName : kProcessName;
      for (ProtoField each; inner.next(each);) {
        if (each.number == wanted && !each.bytes.empty()) name = each.bytes;
      }
    }
    if (is_process) {
      all_.program = name;
      return;
    }
    Track& track = tracks_[uuid];
    track.is_reports = !is_thread && name == kReports;
    track.told.is_worker = is_thread;
    track.told.number = number_in(name);
    const std::size_t started = name.find(kStartedAt);
    if (started != name.npos) track.told.origin = name.substr(started + kStartedAt.size());
    track.told.name = name.substr(0, started);
    any_worker_ = any_worker_ || is_thread;
    if (!is_thread && !track.is_reports) goroutines_[track.told.number] = uuid;
  }

  void read_event(std::string_view text, std::int64_t when) {
    std::uint64_t type = 0, uuid = 0, iid = 0;
    ProtoReader fields(text);
    for (ProtoField field; fields.next(field);) {
      if (field.number == event_field::kType) type = field.value;
      if (field.number == event_field::kTrackUuid) uuid = field.value;
      if (field.number == event_field::kNameIid) iid = field.value;
    }
    const auto found = tracks_.find(uuid);
    if (found == tracks_.end()) throw std::runtime_error("an event of a track that is not there");
    Track& track = found->second;
    if (!began_) began_ = when;
    when -= *began_;
    all_.length = std::max(all_.length, when);
    if (type == kBegin) {
      track.open = true;
      track.current = {when, when, names_of_iids_.at(iid), std::exchange(track.waker, 0)};
    } else if (type == kEnd && track.open) {
      track.open = false;
      track.current.end = when;
      track.told.slices.push_back(track.current);
    } else if (type == kInstant && track.is_reports) {
      all_.reports.push_back({when, all_.names[names_of_iids_.at(iid)]});
    } else if (type == kInstant) {
      ready(track, all_.names[names_of_iids_.at(iid)]);
    }
  }

  // The worker's goroutine makes the one that is named runnable, whose slice comes next.
  void ready(const Track& worker, std::string_view name) {
    if (!worker.open || !name.starts_with(kReady)) return;
    const auto woken = goroutines_.find(number_in(name));
    if (woken == goroutines_.end()) return;
    tracks_[woken->second].waker = number_in(all_.names[worker.current.name]);
  }

  ReadTrace all_;
  std::optional<std::int64_t> began_;
  std::unordered_map<std::uint64_t, Track> tracks_;
  std::unordered_map<std::uint64_t, std::uint32_t> names_of_iids_;
  std::unordered_map<std::string, std::size_t> indices_;
  std::unordered_map<std::uint64_t, std::uint64_t> goroutines_;  // uuids by number
  bool any_worker_ = false;
};

}  // namespace

bool is_trace(std::string_view text) {
  try {
    ProtoReader packets(text);
    ProtoField packet;
    bool any = false;
    for (; packets.next(packet); any = true) {
      if (packet.number != kPacketOfTrace) return false;
    }
    return any;
  } catch (const NotProtobuf&) {
    return false;
  }
}

ReadTrace read_trace(std::string_view text) { return Reading().read(text); }

}  // namespace sluice::pictures
