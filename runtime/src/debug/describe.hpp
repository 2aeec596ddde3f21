// The words of reports: what an object, a place and a goroutine are called. Slow (it reads debug
// information): for the thread that writes a report only.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "debug/actor_table.hpp"
#include "debug/object_table.hpp"
#include "debug/report.hpp"
#include "debug/symbolize.hpp"

namespace sluice::checked {

// "bank.cc:41"; what is known instead when there is no line: "transfer+0x1f", "libbank.so+0x1f00".
std::string place(const Frame& frame);

// The frames of a stack that are the user's, innermost first, and how many were left out. Never
// empty: a stack of nothing but the runtime's frames is shown as it is.
struct Chain {
  std::vector<Frame> frames;
  std::size_t hidden = 0;
};
Chain visible_chain(std::span<const void* const> pcs);

// The user's place that `pc` stands for, or as close to it as can be said.
Frame user_frame(const void* pc);

// Names are unique within one report: two objects that would be called the same get their numbers
// too.
class Names {
 public:
  // The name alone, for tables: accounts, or Mutex#12 when it has none.
  std::string plain(const ObjectInfo& object);
  // For running text: 'accounts', or Mutex#12.
  std::string quoted(const ObjectInfo& object);
  // "accounts = Mutex#12 created bank.h:31".
  std::string origin(const ObjectInfo& object);
  // "created bank.h:31"; empty when nothing is known.
  std::string made(const ObjectInfo& object) { return known(object).created; }

 private:
  struct Known {
    std::string name;     // empty: none
    std::string created;  // "created bank.h:31", "first used at bank.cc:41"
  };
  const Known& known(const ObjectInfo& object);
  std::map<ObjectId, Known> known_;
};

std::string kind_name(detail::ObjectKind kind);  // "Mutex", "RWMutex", "Chan", ...

// `goroutine 18 "transfer"`, `goroutine 1 (main)`, `thread 3 (not a goroutine)`.
std::string who(const Identity& identity);
// The same in few columns: `main`, `goroutine 8`.
std::string who_short(const Identity& identity);
// "server.cc:120 Server::accept_loop"; empty when unknown.
std::string creation(const Identity& identity);

// Several goroutines in one word: "goroutine 8, 9 (x2)", `main`; a lot of them "goroutine 8, 9, 10,
// ... (x200)".
std::string whos(const std::vector<Identity>& equal, std::size_t shown = 8);

// What `line` says is done at `frame`: the source line with the mark and `remark` goes below it.
Line& set_place(Line& line, const Frame& frame, std::string remark, int indent);

// "bank.cc:57   Bank::log_transfer" at column `indent`, followed by the source line with the mark
// and `remark`.
Line& add_place(Section& section, int indent, const Frame& frame, std::string remark,
                std::size_t width = 10);

std::string seconds(std::int64_t nanoseconds);        // "12.0 s", "0.41 s"
std::string counted(std::size_t n, const char* one);  // "1 goroutine", "3 goroutines"
std::string list(const std::vector<std::string>& words, const char* last = "and");

}  // namespace sluice::checked
