#include "flame.hpp"

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "debug/describe.hpp"
#include "debug/render_html.hpp"
#include "proto_reader.hpp"

namespace sluice::pictures {
namespace {

// Numbers of fields, as profile.proto has them.
namespace profile_field {
constexpr std::uint32_t kSampleType = 1, kSample = 2, kLocation = 4, kFunction = 5,
                        kStringTable = 6;
}
constexpr std::uint32_t kLineOfLocation = 4;
constexpr double kLeastShare = 0.001;  // of the whole; what is narrower can't be seen

using Fields = std::unordered_map<std::uint32_t, std::uint64_t>;

Fields numbers_of(std::string_view message) {
  Fields numbers;
  ProtoReader fields(message);
  for (ProtoField field; fields.next(field);) numbers[field.number] = field.value;
  return numbers;
}

std::vector<std::uint64_t> packed(std::string_view message) {
  std::vector<std::uint64_t> values;
  for (ProtoReader reader(message); !reader.at_end();) values.push_back(reader.varint());
  return values;
}

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

class Reading {
 public:
  explicit Reading(std::string_view text) {
    ProtoReader fields(text);
    for (ProtoField field; fields.next(field);) parts_.emplace_back(field.number, field.bytes);
    each(profile_field::kStringTable,
         [&](std::string_view string) { strings_.emplace_back(string); });
    if (strings_.empty() || !strings_.front().empty()) throw std::runtime_error("no profile");
  }

  Profile read() {
    Profile profile;
    each(profile_field::kSampleType, [&](std::string_view message) {
      Fields type = numbers_of(message);
      profile.type = string(type[1]);
      profile.unit = string(type[2]);
    });
    each(profile_field::kFunction, [&](std::string_view message) {
      Fields function = numbers_of(message);
      functions_[function[1]] = {string(function[2]), base_name(string(function[4]))};
    });
    each(profile_field::kLocation, [&](std::string_view message) { add_location(message); });
    each(profile_field::kSample, [&](std::string_view message) { add_sample(message, profile); });
    return profile;
  }

 private:
  template <class F>
  void each(std::uint32_t number, const F& use) {
    for (const auto& [field, bytes] : parts_) {
      if (field == number) use(bytes);
    }
  }

  const std::string& string(std::uint64_t index) {
    if (index >= strings_.size()) throw std::runtime_error("a string that is not in its table");
    return strings_[index];
  }

  // A place may have several frames, of functions that were put in line.
  void add_location(std::string_view message) {
    std::vector<std::string> frames;
    std::uint64_t id = 0;
    ProtoReader fields(message);
    for (ProtoField field; fields.next(field);) {
      if (field.number == 1) id = field.value;
      if (field.number != kLineOfLocation) continue;
      Fields line = numbers_of(field.bytes);
      const auto& [function, file] = functions_[line[1]];
      const std::string place = file.empty() ? "" : file + ":" + std::to_string(line[2]);
      frames.push_back(function + "\n" + place);
    }
    locations_[id] = frames;
  }

  void add_sample(std::string_view message, Profile& profile) {
    std::vector<std::uint64_t> places, values;
    ProtoReader fields(message);
    for (ProtoField field; fields.next(field);) {
      if (field.number == 1) places = packed(field.bytes);
      if (field.number == 2) values = packed(field.bytes);
    }
    if (values.empty()) throw std::runtime_error("a sample without a value");
    FlameNode* at = &profile.root;
    at->total += values.back();
    for (auto place = places.rbegin(); place != places.rend(); ++place) {
      const std::vector<std::string>& frames = locations_[*place];
      for (auto frame = frames.rbegin(); frame != frames.rend(); ++frame) {
        at = &at->callees[*frame];
        at->total += values.back();
      }
    }
  }

  std::vector<std::pair<std::uint32_t, std::string_view>> parts_;
  std::vector<std::string> strings_;
  std::unordered_map<std::uint64_t, std::pair<std::string, std::string>> functions_;
  std::unordered_map<std::uint64_t, std::vector<std::string>> locations_;
};

struct Drawing {
  const Profile& profile;
  std::string boxes;
  std::size_t depth = 0, left_out = 0;

  // The caller's box is above those that it calls, the widest first.
  void draw(const FlameNode& node, double left, std::size_t level) {
    std::vector<std::pair<const std::string*, const FlameNode*>> callees;
    for (const auto& [name, callee] : node.callees) callees.emplace_back(&name, &callee);
    std::stable_sort(callees.begin(), callees.end(), [](const auto& a, const auto& b) {
      return a.second->total > b.second->total;
    });
    for (const auto& [name, callee] : callees) {
      const double share =
          static_cast<double>(callee->total) / static_cast<double>(profile.root.total);
      if (share < kLeastShare) {
        ++left_out;
        continue;
      }
      box(*name, *callee, left, share, level);
      draw(*callee, left, level + 1);
      left += share;
    }
  }

  void box(const std::string& name, const FlameNode& node, double left, double share,
           std::size_t level) {
    depth = std::max(depth, level + 1);
    const std::size_t end = name.find('\n');
    const std::string function = name.substr(0, end), place = name.substr(end + 1);
    char style[96], percent[16];
    std::snprintf(style, sizeof style, "left:%.4f%%;width:%.4f%%;top:%zupx", left * 100,
                  share * 100, level * 20);
    std::snprintf(percent, sizeof percent, "%.1f %%", share * 100);
    const std::string told = function + (place.empty() ? "" : "\n" + place) + "\n" +
                             amount(node.total, profile.unit) + ", " + percent;
    boxes += "<div class=\"hue" + std::to_string(std::hash<std::string>()(function) % 6) +
             "\" style=\"" + style + "\" title=\"" + checked::html_text(told) + "\">" +
             checked::html_text(function) + "</div>\n";
  }
};

// What the stacks end in, the most first.
void ends(const FlameNode& node, std::map<std::string, std::uint64_t>& totals) {
  for (const auto& [name, callee] : node.callees) {
    std::uint64_t below = 0;
    for (const auto& [other, each] : callee.callees) below += each.total;
    if (callee.total > below) totals[name] += callee.total - below;
    ends(callee, totals);
  }
}

std::string table_of_ends(const Profile& profile) {
  constexpr std::size_t kMost = 15;
  std::map<std::string, std::uint64_t> totals;
  ends(profile.root, totals);
  std::vector<std::pair<std::string, std::uint64_t>> rows(totals.begin(), totals.end());
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string out = "<table><tr><th>" + profile.type + "</th><th>in</th><th>at</th></tr>\n";
  for (std::size_t i = 0; i < std::min(rows.size(), kMost); ++i) {
    const std::size_t end = rows[i].first.find('\n');
    out += "<tr><td>" + amount(rows[i].second, profile.unit) + "</td><td>" +
           checked::html_text(rows[i].first.substr(0, end)) + "</td><td>" +
           checked::html_text(rows[i].first.substr(end + 1)) + "</td></tr>\n";
  }
  if (rows.size() > kMost) {
    out += "<tr><td></td><td>and " + std::to_string(rows.size() - kMost) + " more</td></tr>\n";
  }
  return out + "</table>\n";
}

}  // namespace

std::string amount(std::uint64_t value, const std::string& unit) {
  if (unit != "nanoseconds") return checked::counted(value, "goroutine");
  const auto ns = static_cast<double>(value);
  char text[32];
  if (ns >= 1e9) {
    std::snprintf(text, sizeof text, "%.2f s", ns / 1e9);
  } else if (ns >= 1e6) {
    std::snprintf(text, sizeof text, "%.2f ms", ns / 1e6);
  } else {
    std::snprintf(text, sizeof text, "%.1f us", ns / 1e3);
  }
  return text;
}

bool is_profile(std::string_view text) {
  try {
    (void)Reading(text);
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

Profile read_profile(std::string_view text) { return Reading(text).read(); }

std::string render_flame(const Profile& profile, const std::string& name) {
  const bool waits = profile.unit == "nanoseconds";
  std::string out = "<article class=\"picture\">\n<h2>" +
                    std::string(waits ? "Time spent waiting: " : "Goroutines: ") +
                    checked::html_text(name) + "</h2>\n";
  if (profile.root.total == 0) return out + "<p>Nothing was counted.</p>\n</article>\n";
  Drawing drawing{profile, {}, 0, 0};
  drawing.draw(profile.root, 0, 0);
  out +=
      "<p class=\"why\">" + amount(profile.root.total, profile.unit) +
      " in all. A box is as wide as what was counted in its function and below it; the functions "
      "that it called are under it. Click one to see it alone, and again to go back.";
  if (drawing.left_out > 0) {
    out += " " + checked::counted(drawing.left_out, "frame") + " of less than 0.1 % left out.";
  }
  out += "</p>\n<div class=\"flame\" style=\"height:" + std::to_string(drawing.depth * 20) +
         "px\">\n" + drawing.boxes + "</div>\n<h3>Where it ends</h3>\n" + table_of_ends(profile);
  return out + "</article>\n";
}

}  // namespace sluice::pictures
