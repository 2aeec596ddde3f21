#include "debug/pprof.hpp"

#include <map>
#include <tuple>
#include <unordered_map>

#include "debug/program_path.hpp"
#include "debug/proto.hpp"
#include "debug/reporter.hpp"
#include "debug/symbolize.hpp"

namespace sluice::checked {
namespace {

// Numbers of fields, as profile.proto has them.
namespace profile {
constexpr std::uint32_t kSampleType = 1, kSample = 2, kMapping = 3, kLocation = 4, kFunction = 5,
                        kStringTable = 6, kTimeNanos = 9, kDurationNanos = 10, kPeriodType = 11,
                        kPeriod = 12;
}
namespace value_type {
constexpr std::uint32_t kType = 1, kUnit = 2;
}
namespace sample {
constexpr std::uint32_t kLocationId = 1, kValue = 2;
}
namespace mapping {
constexpr std::uint32_t kId = 1, kFilename = 5, kHasFunctions = 7, kHasFilenames = 8,
                        kHasLineNumbers = 9, kHasInlineFrames = 10;
}
namespace location {
constexpr std::uint32_t kId = 1, kMappingId = 2, kAddress = 3, kLine = 4;
}
namespace line {
constexpr std::uint32_t kFunctionId = 1, kLine = 2;
}
namespace function {
constexpr std::uint32_t kId = 1, kName = 2, kSystemName = 3, kFilename = 4;
}

class Profile {
 public:
  Profile() { index_of(""); }

  std::uint64_t index_of(const std::string& text) {
    return strings_.try_emplace(text, strings_.size()).first->second;
  }

  ProtoMessage value_type_of(const ProfileValue& value) {
    ProtoMessage type;
    type.number(value_type::kType, index_of(value.type));
    type.number(value_type::kUnit, index_of(value.unit));
    return type;
  }

  void add(std::uint32_t field, const ProtoMessage& message) { out_.message(field, message); }
  void add(std::uint32_t field, std::uint64_t number) { out_.number(field, number); }

  void add(const ProfileSample& of) {
    std::vector<std::uint64_t> places;
    for (const bool internal_too : {false, true}) {
      for (const void* pc : of.pcs) {
        if (const std::uint64_t place = location_of(pc, internal_too)) places.push_back(place);
      }
      if (!places.empty()) break;  // else the runtime's inside is all that there is to see
    }
    ProtoMessage one;
    one.numbers(sample::kLocationId, places);
    one.numbers(sample::kValue, of.values);
    add(profile::kSample, one);
  }

  std::string finish() {
    ProtoMessage program;
    program.number(mapping::kId, 1);
    program.number(mapping::kFilename, index_of(program_path()));
    for (const std::uint32_t has : {mapping::kHasFunctions, mapping::kHasFilenames,
                                    mapping::kHasLineNumbers, mapping::kHasInlineFrames}) {
      program.number(has, 1);
    }
    add(profile::kMapping, program);
    std::vector<const std::string*> by_index(strings_.size());
    for (const auto& [text, index] : strings_) by_index[index] = &text;
    for (const std::string* text : by_index) out_.bytes(profile::kStringTable, *text);
    return out_.take();
  }

 private:
  // 0: nothing of it is shown.
  std::uint64_t location_of(const void* pc, bool internal_too) {
    const auto [known, fresh] = locations_.try_emplace({pc, internal_too}, 0);
    if (!fresh) return known->second;
    ProtoMessage place;
    place.number(location::kId, locations_.size());
    place.number(location::kMappingId, 1);
    place.number(location::kAddress, reinterpret_cast<std::uintptr_t>(pc));
    bool any = false;
    for (const Frame& frame : symbolize(pc)) {
      if (!internal_too && !is_shown(frame)) continue;
      any = true;
      ProtoMessage at;
      at.number(line::kFunctionId, function_of(frame));
      at.number(line::kLine, static_cast<std::uint64_t>(frame.line));
      place.message(location::kLine, at);
    }
    if (!any) return 0;
    add(profile::kLocation, place);
    return known->second = locations_.size();
  }

  std::uint64_t function_of(const Frame& frame) {
    const std::string name = frame.function.empty() ? "?" : frame.function;
    const std::string& file = frame.file.empty() ? frame.module : frame.file;
    const auto [known, fresh] = functions_.try_emplace({name, file}, functions_.size() + 1);
    if (!fresh) return known->second;
    ProtoMessage one;
    one.number(function::kId, known->second);
    one.number(function::kName, index_of(name));
    one.number(function::kSystemName, index_of(name));
    one.number(function::kFilename, index_of(file));
    add(profile::kFunction, one);
    return known->second;
  }

  ProtoMessage out_;
  std::unordered_map<std::string, std::uint64_t> strings_;
  std::map<std::pair<const void*, bool>, std::uint64_t> locations_;
  std::map<std::pair<std::string, std::string>, std::uint64_t> functions_;
};

}  // namespace

std::string pprof(std::span<const ProfileValue> values, std::span<const ProfileSample> samples,
                  std::int64_t time, std::int64_t duration) {
  std::string text;
  on_large_stack([&] {
    Profile whole;
    for (const ProfileValue& value : values) {
      whole.add(profile::kSampleType, whole.value_type_of(value));
    }
    for (const ProfileSample& each : samples) whole.add(each);
    whole.add(profile::kTimeNanos, static_cast<std::uint64_t>(time));
    whole.add(profile::kDurationNanos, static_cast<std::uint64_t>(duration));
    whole.add(profile::kPeriodType, whole.value_type_of(values.front()));
    whole.add(profile::kPeriod, 1);
    text = whole.finish();
  });
  return text;
}

}  // namespace sluice::checked
