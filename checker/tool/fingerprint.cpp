#include "fingerprint.hpp"

#include <cstdint>
#include <cstdio>
#include <map>
#include <string_view>

namespace sluice::checker {
namespace {

// FNV-1a, 64 bits: the same everywhere and for ever.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

std::string without_blanks(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c != ' ' && c != '\t') result += c;
  }
  return result;
}

}  // namespace

std::string stable_message(const std::string& message) {
  static constexpr std::string_view kLine = " line ";
  std::string result;
  for (std::size_t at = 0; at < message.size();) {
    const std::size_t found = message.find(kLine, at);
    if (found == std::string::npos) return result + message.substr(at);
    result += message.substr(at, found - at) + std::string(kLine);
    at = found + kLine.size();
    if (at < message.size() && message[at] >= '0' && message[at] <= '9') result += '*';
    while (at < message.size() && message[at] >= '0' && message[at] <= '9') ++at;
  }
  return result;
}

std::vector<std::string> fingerprints(const std::vector<PlainFinding>& findings) {
  std::vector<std::string> result;
  std::map<std::string, int> seen;
  for (const PlainFinding& finding : findings) {
    const std::string key = finding.place.file + '\n' + finding.check + '\n' +
                            stable_message(finding.message) + '\n' +
                            without_blanks(finding.line_text);
    char text[17];
    std::snprintf(
        text, sizeof text, "%016llx",
        static_cast<unsigned long long>(hash_of(key + '\n' + std::to_string(seen[key]++))));
    result.push_back(text);
  }
  return result;
}

}  // namespace sluice::checker
