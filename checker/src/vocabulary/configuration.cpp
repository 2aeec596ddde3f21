// Reads the YAML, and says where it is wrong.
#include "sluice-checker/configuration.hpp"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/YAMLTraits.h"

LLVM_YAML_IS_SEQUENCE_VECTOR(sluice::checker::ConfiguredLock)
LLVM_YAML_IS_SEQUENCE_VECTOR(sluice::checker::ConfiguredGuard)
LLVM_YAML_IS_SEQUENCE_VECTOR(sluice::checker::ConfiguredSpawner)

namespace {

bool is_qualified_name(llvm::StringRef name) {
  llvm::SmallVector<llvm::StringRef, 4> parts;
  name.split(parts, "::");
  return llvm::all_of(parts, [](llvm::StringRef part) {
    return !part.empty() && !llvm::isDigit(part.front()) &&
           llvm::all_of(part, [](char each) { return llvm::isAlnum(each) || each == '_'; });
  });
}

}  // namespace

namespace llvm::yaml {

// NOLINTBEGIN(readability-identifier-naming): the names are the library's.
template <>
struct MappingTraits<sluice::checker::ConfiguredLock> {
  static void mapping(IO& io, sluice::checker::ConfiguredLock& lock) {
    io.mapOptional("acquire", lock.acquire);
    io.mapOptional("try", lock.attempt);
    io.mapRequired("release", lock.release);
    io.mapOptional("success", lock.success);
    io.mapOptional("lock", lock.lock);
    io.mapOptional("named", lock.named);
    io.mapOptional("shared", lock.shared);
    io.mapOptional("recursive", lock.recursive);
  }
  static std::string validate(IO& io, sluice::checker::ConfiguredLock& lock) {
    if (!*static_cast<bool*>(io.getContext())) return {};
    if (lock.acquire.empty() && lock.attempt.empty()) return "nothing to 'acquire' or 'try'";
    if (lock.success != "true" && lock.success != "zero")
      return "'success' is 'true' or 'zero', not '" + lock.success + "'";
    const bool is_argument = lock.lock.size() == 1 && lock.lock[0] >= '0' && lock.lock[0] <= '9';
    if (lock.lock != "object" && !is_argument)
      return "'lock' is 'object' or the number of an argument, from 0, not '" + lock.lock +
             "'; a lock that no argument tells is 'named'";
    if (lock.named.empty()) return {};
    if (lock.lock != "object")
      return "'named' is for functions that are not told their lock; leave out 'lock'";
    if (!is_qualified_name(lock.named))
      return "'named' is a variable's name, as my::table_lock, not '" + lock.named + "'";
    return {};
  }
};

template <>
struct MappingTraits<sluice::checker::ConfiguredGuard> {
  static void mapping(IO& io, sluice::checker::ConfiguredGuard& guard) {
    io.mapRequired("type", guard.type);
    io.mapOptional("shared", guard.shared);
    io.mapOptional("movable", guard.movable);
  }
};

template <>
struct MappingTraits<sluice::checker::ConfiguredSpawner> {
  static void mapping(IO& io, sluice::checker::ConfiguredSpawner& spawner) {
    io.mapRequired("function", spawner.function);
    io.mapOptional("what", spawner.what);
  }
};

template <>
struct MappingTraits<sluice::checker::Configuration> {
  static void mapping(IO& io, sluice::checker::Configuration& configuration) {
    io.mapOptional("locks", configuration.locks);
    io.mapOptional("guards", configuration.guards);
    io.mapOptional("spawners", configuration.spawners);
  }
};
// NOLINTEND(readability-identifier-naming)

}  // namespace llvm::yaml

namespace sluice::checker {
namespace {

constexpr llvm::StringLiteral kKeys[] = {"locks",     "guards",  "spawners", "acquire", "try",
                                         "release",   "success", "lock",     "shared",  "type",
                                         "recursive", "movable", "function", "what",    "named"};

// The key that was probably meant, for `unknown key 'aquire'`.
std::string suggestion(llvm::StringRef message) {
  if (!message.starts_with("unknown key '")) return {};
  const llvm::StringRef key = message.drop_front(13).split('\'').first;
  llvm::StringRef best;
  unsigned least = 3;
  for (const llvm::StringRef known : kKeys) {
    const unsigned distance = key.edit_distance(known, /*AllowReplacements=*/true, least);
    if (distance < least) {
      least = distance;
      best = known;
    }
  }
  return best.empty() ? std::string() : "; did you mean '" + best.str() + "'?";
}

struct FirstError {
  const std::string& name;
  std::string& text;
};

void keep(const llvm::SMDiagnostic& diagnostic, void* into) {
  auto& first = *static_cast<FirstError*>(into);
  if (!first.text.empty()) return;
  first.text = first.name + ":" + std::to_string(diagnostic.getLineNo()) + ":" +
               std::to_string(diagnostic.getColumnNo() + 1) + ": " + diagnostic.getMessage().str() +
               suggestion(diagnostic.getMessage());
}

}  // namespace

std::shared_ptr<const Configuration> parse_configuration(std::string_view text,
                                                         const std::string& name,
                                                         std::string& error) {
  std::shared_ptr<Configuration> configuration;
  const llvm::StringRef whole(text.data(), text.size());
  if (whole.trim().empty()) return std::make_shared<Configuration>();
  error.clear();
  // A key that is not known explains why something is missing, so what is there is judged second.
  for (bool judges : {false, true}) {
    configuration = std::make_shared<Configuration>();
    FirstError first{name, error};
    llvm::yaml::Input input(whole, &judges, &keep, &first);
    input >> *configuration;
    if (!input.error()) continue;
    if (error.empty()) error = name + ": " + input.error().message();
    return nullptr;
  }
  return configuration;
}

std::shared_ptr<const Configuration> read_configuration(const std::string& file,
                                                        std::string& error) {
  auto buffer = llvm::MemoryBuffer::getFile(file, /*IsText=*/true);
  if (!buffer) {
    error = "cannot read '" + file + "': " + buffer.getError().message();
    return nullptr;
  }
  return parse_configuration({(*buffer)->getBufferStart(), (*buffer)->getBufferSize()}, file,
                             error);
}

}  // namespace sluice::checker
