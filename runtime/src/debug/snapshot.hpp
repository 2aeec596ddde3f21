// One goroutine as a report needs it: who it is, what it waits for, what it holds, where it stands.
// Copied out, so that it stays true while the report is written.
#pragma once

#include <string>
#include <vector>

#include "debug/books.hpp"
#include "debug/describe.hpp"

namespace sluice::checked {

struct HeldInfo {
  ObjectInfo object;
  detail::AccessMode mode = detail::AccessMode::exclusive;
  std::vector<const void*> stack;  // where it was taken, as far as that is known
};

struct Snapshot {
  Identity who;
  bool parked = false;
  Wait wait;
  std::vector<ObjectInfo> targets;  // beside wait.targets
  std::vector<HeldInfo> held;
  std::vector<const void*> stack;  // innermost first
  bool told = false;               // SL202 has told of it
  bool doomed = false;             // some report has said that it can't go on
  bool daemon = false;
  bool readied = false;  // parked as far as it has told, but about to go on
};

// Of any goroutine; with `who.uid` 0 of one that has ended. `held` is left empty.
Snapshot snapshot(Books& books, ActorState& actor, bool with_stack = true);
std::vector<HeldInfo> held_by(Books& books, ActorState& actor,
                              std::span<const Activation> now = {});

// "lock 'cfg'", "recv 'results' (empty)", "select of 2: recv 'a', send 'b'"; "running" when it is
// not parked.
std::string waits_for(const Snapshot& goroutine, Names& names);

// Where a stack's innermost frame that is the user's stands: "bank.cc:41"; empty when unknown.
std::string top_place(std::span<const void* const> stack);

// The frame at which it stands, and the text for it.
Frame stands_at(const Snapshot& goroutine);

// All frames that are the user's, one a line; the first with its source line and `remark`.
void add_stack(Section& section, int indent, std::span<const void* const> pcs,
               const std::string& remark = {}, std::size_t most = 12);

// `   goroutine 18 started at server.cc:120 Server::accept_loop`, if that is known.
void add_creation(Section& section, int indent, const Identity& who);

// What followed from the last call of a goroutine that is gone: "recv 'jobs' job.cc:66".
std::string last_call(const LastCall& last, const ObjectInfo& object, Names& names);

}  // namespace sluice::checked
