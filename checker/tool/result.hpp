// What the analysis of one file gave, in plain data that a process can send to another. Knows no
// clang.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace sluice::checker {

struct Place {
  std::string file;
  unsigned line = 0;
  unsigned column = 0;        // in bytes, from 1
  unsigned utf16_column = 0;  // the same in the units that code hosts count
};

struct PlainNote {
  Place place;
  std::string message;
};

// Replaces `length` bytes at `offset` of `file`.
struct PlainFix {
  std::string file;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  std::string text;
};

// A function that releases a lock which its caller holds, as all files call them.
struct PlainRelease {
  std::string function, lock;
};

// A function whose name says that it releases something: see Keeper.
struct PlainKeeper {
  std::string function;
  bool keeps = false;
};

// What the functions of a file do with a lock: see LockUse.
struct PlainLockUse {
  std::string lock;
  unsigned kept = 0;
  bool released = false, taken = false;
};

struct PlainFinding {
  std::string check;
  Place place;
  std::string message;
  std::string line_text;  // the source line
  std::vector<PlainNote> notes;
  std::vector<PlainFix> fixes;
  std::vector<PlainRelease> unless;  // with one of these it is none
  std::string lock;                  // it is none if this is handed from function to function
  unsigned kept = 0;                 // and one only if so many functions do not,
  std::vector<std::string> keepers;  // and these release nothing
};

// A lock that is taken while another one is held.
struct PlainOrder {
  std::string first, second;  // as all files call them
  std::vector<std::string> gates;
  bool shared = false;
  std::string first_spelled, second_spelled, function;
  Place first_at, second_at;
  std::string line_text;  // at second_at
};

struct FileResult {
  std::string file;
  std::string error;  // why the file could not be analysed; empty when it could
  std::vector<PlainFinding> findings;
  std::vector<std::string> inputs;  // every file that was read for it
  std::vector<PlainOrder> orders;
  std::vector<PlainRelease> releases;
  std::vector<PlainKeeper> keepers;
  std::vector<PlainLockUse> lock_uses;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Place, file, line, column, utf16_column)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PlainNote, place, message)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PlainFix, file, offset, length, text)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PlainRelease, function, lock)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PlainKeeper, function, keeps)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PlainLockUse, lock, kept, released, taken)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PlainFinding, check, place, message, line_text, notes, fixes,
                                   unless, lock, kept, keepers)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PlainOrder, first, second, gates, shared, first_spelled,
                                   second_spelled, function, first_at, second_at, line_text)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(FileResult, file, error, findings, inputs, orders, releases,
                                   keepers, lock_uses)

}  // namespace sluice::checker
