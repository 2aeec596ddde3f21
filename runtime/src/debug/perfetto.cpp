#include "debug/perfetto.hpp"

namespace sluice::checked {
namespace {

// Numbers of fields, as the protos have them.
constexpr std::uint32_t kPacketOfTrace = 1;
namespace packet_field {
constexpr std::uint32_t kTimestamp = 8, kSequenceId = 10, kTrackEvent = 11, kInternedData = 12,
                        kSequenceFlags = 13, kTrackDescriptor = 60;
}
namespace descriptor {
constexpr std::uint32_t kUuid = 1, kName = 2, kProcess = 3, kThread = 4, kParentUuid = 5;
}
namespace process_field {
constexpr std::uint32_t kPid = 1, kName = 6;
}
namespace thread_field {
constexpr std::uint32_t kPid = 1, kTid = 2, kName = 5;
}
namespace event_field {
constexpr std::uint32_t kType = 9, kNameIid = 10, kTrackUuid = 11, kFlowIds = 47,
                        kTerminatingFlowIds = 48;
}
namespace interned {
constexpr std::uint32_t kEventNames = 2, kIid = 1, kName = 2;
}
// What is interned holds from the first packet on.
constexpr std::uint64_t kStateCleared = 1, kNeedsState = 2;

}  // namespace

void PerfettoTrace::packet(ProtoMessage& packet) {
  packet.number(packet_field::kSequenceId, 1);
  packet.number(packet_field::kSequenceFlags, any_ ? kNeedsState : kStateCleared | kNeedsState);
  any_ = true;
  out_.message(kPacketOfTrace, packet);
}

void PerfettoTrace::describe(Track track, ProtoMessage descriptor) {
  descriptor.number(descriptor::kUuid, track);
  ProtoMessage holder;
  holder.message(packet_field::kTrackDescriptor, descriptor);
  packet(holder);
}

PerfettoTrace::Track PerfettoTrace::process(int pid, const std::string& name) {
  ProtoMessage process, descriptor;
  process.number(process_field::kPid, static_cast<std::uint64_t>(pid));
  process.bytes(process_field::kName, name);
  descriptor.message(descriptor::kProcess, process);
  describe(++last_track_, descriptor);
  return last_track_;
}

PerfettoTrace::Track PerfettoTrace::thread(int pid, int tid, const std::string& name) {
  ProtoMessage thread, descriptor;
  thread.number(thread_field::kPid, static_cast<std::uint64_t>(pid));
  thread.number(thread_field::kTid, static_cast<std::uint64_t>(tid));
  thread.bytes(thread_field::kName, name);
  descriptor.message(descriptor::kThread, thread);
  describe(++last_track_, descriptor);
  return last_track_;
}

PerfettoTrace::Track PerfettoTrace::track(Track parent, const std::string& name) {
  ProtoMessage descriptor;
  descriptor.bytes(descriptor::kName, name);
  descriptor.number(descriptor::kParentUuid, parent);
  describe(++last_track_, descriptor);
  return last_track_;
}

void PerfettoTrace::event(Track track, std::int64_t time, Type type, const std::string* name,
                          Flow leaves, Flow arrives) {
  ProtoMessage holder, event;
  holder.number(packet_field::kTimestamp, static_cast<std::uint64_t>(time));
  event.number(event_field::kType, static_cast<std::uint64_t>(type));
  event.number(event_field::kTrackUuid, track);
  if (name != nullptr) {
    const auto [known, fresh] = names_.try_emplace(*name, names_.size() + 1);
    event.number(event_field::kNameIid, known->second);
    if (fresh) {
      ProtoMessage entry, data;
      entry.number(interned::kIid, known->second);
      entry.bytes(interned::kName, *name);
      data.message(interned::kEventNames, entry);
      holder.message(packet_field::kInternedData, data);
    }
  }
  if (leaves != 0) event.fixed(event_field::kFlowIds, leaves);
  if (arrives != 0) event.fixed(event_field::kTerminatingFlowIds, arrives);
  holder.message(packet_field::kTrackEvent, event);
  packet(holder);
}

void PerfettoTrace::begin(Track track, std::int64_t time, const std::string& name, Flow arrives) {
  event(track, time, Type::begin, &name, 0, arrives);
}
void PerfettoTrace::end(Track track, std::int64_t time) {
  event(track, time, Type::end, nullptr, 0, 0);
}
void PerfettoTrace::instant(Track track, std::int64_t time, const std::string& name, Flow leaves) {
  event(track, time, Type::instant, &name, leaves, 0);
}

}  // namespace sluice::checked
