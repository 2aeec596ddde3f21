#include "debug/channel_misuse.hpp"

namespace sluice::checked {
namespace {

using detail::AccessMode;
using detail::ObjectKind;
using detail::WaitReason;

// Both sides of a panic on a closed channel.
struct Clash {
  Identity who;
  std::vector<const void*> stack;
  ObjectInfo channel;
  std::optional<Closing> closed;
  std::int64_t now = 0;
};

std::string which(const ObjectInfo& channel, Names& names) {
  const std::string name = names.quoted(channel);
  return (name.front() == '\'' ? "channel " : "") + name;
}

Report clash_report(const Clash& clash, bool send) {
  Names names;
  Report report;
  report.code = send ? "SL601" : "SL602";
  const std::string channel = which(clash.channel, names);
  report.title = send ? who(clash.who) + " sends on " + channel + ", which is closed"
                      : who(clash.who) + " closes " + channel + " a second time";
  report.certainty = "certain";
  report.why = send ? "the send came after the close, and panics"
                    : "a channel can be closed once, and the second close panics";
  Section& section = report.section();
  add_stack(section, 5, clash.stack,
            send ? who_short(clash.who) + " sends here" : "the second close", 6);
  add_creation(section, 5, clash.who);
  Section& other = report.section();
  if (clash.closed.has_value()) {
    other.add(2, "closed by " + who(clash.closed->who) + ", " +
                     seconds(clash.now - clash.closed->at) + " before");
    add_stack(other, 5, stack_of(clash.closed->site), send ? "closed here" : "the first close", 4);
    add_creation(other, 5, clash.closed->who);
  }
  Section& end = report.section();
  end.add(2, "objects: " + names.origin(clash.channel));
  end.add_prose(2, send ? "help: let the sender close; with several senders, a goroutine that has "
                          "waited for them all"
                        : "help: let one goroutine own the close, or close through a sluice::Once");
  return report;
}

std::uint64_t number(std::uint64_t code, const void* pc, StackId closed) {
  const auto pcs = stack_of(closed);
  return number_of(code, pcs.empty() ? nullptr : pcs.front(), pc);
}

Clash clash_at(Books& books, const detail::Event& event, const ActorState& actor, ObjectId channel,
               std::optional<Closing> closed) {
  return {actor.identity(), stack_now(event), books.objects.info(channel), std::move(closed),
          books.since_start()};
}

}  // namespace

void ChannelMisuse::closing(const detail::Event& event, ActorState& actor, ObjectId channel) {
  Closing closing{actor.identity(), site_of(event), books_.roughly_since_start()};
  Shard& shard = shard_of(channel);
  const std::lock_guard guard(shard.lock);
  const auto [at, fresh] = shard.closers.try_emplace(channel);
  Closers& closers = at->second;
  if (fresh) {
    closers.first = std::move(closing);
  } else {
    closers.second = std::move(closing);
  }
}

std::optional<Closing> ChannelMisuse::closed_by(ObjectId channel) {
  Shard& shard = shard_of(channel);
  const std::lock_guard guard(shard.lock);
  const auto found = shard.closers.find(channel);
  if (found == shard.closers.end()) return std::nullopt;
  return found->second.first;
}

void ChannelMisuse::closed_again(const detail::Event& event, ActorState& actor, ObjectId channel) {
  std::optional<Closing> other;
  {
    Shard& shard = shard_of(channel);
    const std::lock_guard guard(shard.lock);
    if (const auto found = shard.closers.find(channel); found != shard.closers.end()) {
      const Closers& closers = found->second;
      const std::uint64_t own = actor.uid.load(std::memory_order_relaxed);
      // Said first, but too late: the other one was quicker.
      const bool own_first = closers.first.who.uid == own && closers.second.who.uid != 0 &&
                             closers.second.who.uid != own;
      other = own_first ? closers.second : closers.first;
    }
  }
  const Clash clash = clash_at(books_, event, actor, channel, std::move(other));
  const StackId site = clash.closed ? clash.closed->site : kNoStack;
  panics_.about_to(actor, "close of closed channel", number(602, event.pc, site),
                   [clash] { return clash_report(clash, false); });
}

void ChannelMisuse::sent_on_closed(const detail::Event& event, ActorState& actor,
                                   ObjectId channel) {
  const Clash clash = clash_at(books_, event, actor, channel, closed_by(channel));
  const StackId site = clash.closed ? clash.closed->site : kNoStack;
  panics_.about_to(actor, "send on closed channel", number(601, event.pc, site),
                   [clash] { return clash_report(clash, true); });
}

void ChannelMisuse::parked_on_nil(const detail::Event& event, ActorState& actor) {
  const std::uint64_t report_number = number_of(603, event.pc);
  actor.judge("SL603", report_number);
  if (!books_.reporter.is_new(report_number)) return;
  const Identity waiter = actor.identity();
  const std::vector<const void*> pcs = stack_now(event);
  const WaitReason reason = event.reason;
  books_.reporter.report([&] {
    Report report;
    report.code = "SL603";
    report.title = who(waiter) +
                   (reason == WaitReason::chan_send_nil      ? " sends on a nil channel"
                    : reason == WaitReason::chan_receive_nil ? " receives from a nil channel"
                                                             : " selects among nil channels only") +
                   ": it waits for ever";
    report.certainty = "certain";
    report.why = "a Chan that was not made by make_chan refers to no channel that others could use";
    Section& section = report.section();
    add_stack(section, 5, pcs, "waits here");
    add_creation(section, 5, waiter);
    report.section().add_prose(
        2, "help: make the channel before the goroutine that uses it, and capture it by value");
    return report;
  });
}

void ChannelMisuse::destroyed(const detail::Event& event, ObjectId channel) {
  std::optional<Closing> closed;
  {
    Shard& shard = shard_of(channel);
    const std::lock_guard guard(shard.lock);
    if (const auto found = shard.closers.find(channel); found != shard.closers.end()) {
      closed = std::move(found->second.first);
      shard.closers.erase(found);
    }
  }
  const detail::ObjectRef& object = event.objects[0];
  if (object.size == 0 || object.kind != ObjectKind::channel || !books_.options.verbose) return;
  if (!books_.reporter.is_new(number_of(604, event.pc))) return;
  const ObjectInfo info = books_.objects.info(channel);
  const std::vector<const void*> pcs = stack_now(event);
  books_.reporter.report([&] {
    Names names;
    Report report;
    report.code = "SL604";
    report.severity = Severity::note;
    report.title = counted(object.size, "value") + (object.size == 1 ? " is" : " are") +
                   " lost with " + which(info, names) + ": nobody has received " +
                   (object.size == 1 ? "it" : "them");
    Section& section = report.section();
    add_stack(section, 5, pcs, "the last handle goes here", 4);
    if (closed.has_value()) {
      section.add(5, "closed by " + who(closed->who));
      add_stack(section, 5, stack_of(closed->site), "closed here", 4);
    }
    report.section().add(2, "objects: " + names.origin(info));
    return report;
  });
}

}  // namespace sluice::checked
