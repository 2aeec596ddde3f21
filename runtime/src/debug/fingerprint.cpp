#include "debug/fingerprint.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <set>

namespace sluice::checked {
namespace {

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

bool speaks_of(const Report& report, std::size_t sections, const CastObject& object) {
  const std::string number = object.kind + "#" + std::to_string(object.number);
  const auto mentions = [&](const std::string& text) {
    return (!object.name.empty() && text.find(object.name) != std::string::npos) ||
           text.find(number) != std::string::npos;
  };
  if (mentions(report.title)) return true;
  for (std::size_t i = 0; i < sections; ++i) {
    for (const Line& line : report.sections[i].lines) {
      if (mentions(line.text)) return true;
    }
  }
  return false;
}

// FNV-1a.
std::uint64_t add(std::uint64_t hash, const std::string& text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return (hash ^ 0xff) * 0x100000001b3u;
}

}  // namespace

std::string fingerprint_of(const Report& report) {
  const std::size_t sections = report.essential_sections == 0
                                   ? report.sections.size()
                                   : std::min(report.essential_sections, report.sections.size());
  // A set: which goroutine came first, and how many did the same, is chance.
  std::set<std::string> parts;
  for (std::size_t i = 0; i < sections; ++i) {
    for (const Line& line : report.sections[i].lines) {
      if (line.innermost) parts.insert(line.place.function + "@" + base_name(line.place.file));
    }
  }
  for (const CastObject& object : report.cast.objects) {
    if (speaks_of(report, sections, object)) parts.insert("=" + object.essence);
  }
  std::uint64_t hash = add(0xcbf29ce484222325u, report.code);
  for (const std::string& part : parts) hash = add(hash, part);
  if (parts.empty()) {
    std::string title = report.title;
    std::erase_if(title, [](unsigned char c) { return std::isdigit(c) != 0; });
    hash = add(hash, title);
  }
  char text[16];
  std::snprintf(text, sizeof text, "%08x", static_cast<unsigned>(hash ^ hash >> 32));
  return text;
}

}  // namespace sluice::checked
