#include "baseline.hpp"

#include <cstdio>
#include <fstream>
#include <map>
#include <tuple>

#include "fingerprint.hpp"

namespace sluice::checker {
namespace {

using Key = std::tuple<std::string, std::string, std::string>;

Key key_of(const PlainFinding& finding) {
  return {finding.place.file, finding.check, stable_message(finding.message)};
}

}  // namespace

bool subtract_baseline(const std::string& file, std::vector<PlainFinding>& findings,
                       std::string& error) {
  std::ifstream in(file);
  if (!in) {
    error = "cannot read --baseline file '" + file + "'; --write-baseline makes it";
    return false;
  }
  const nlohmann::json parsed = nlohmann::json::parse(in, nullptr, /*allow_exceptions=*/false);
  std::map<Key, int> known;
  bool fits = parsed.is_object() && parsed.value("version", 0) == 1 &&
              parsed.contains("findings") && parsed["findings"].is_array();
  if (fits) {
    for (const nlohmann::json& each : parsed["findings"]) {
      fits = fits && each.is_object() && each.contains("file") && each["file"].is_string() &&
             each.contains("check") && each["check"].is_string() && each.contains("message") &&
             each["message"].is_string() && each.contains("count") &&
             each["count"].is_number_integer();
      if (!fits) break;
      known[{each["file"], each["check"], each["message"]}] += each["count"].get<int>();
    }
  }
  if (!fits) {
    error = "'" + file + "' is no baseline of this version; --write-baseline makes it anew";
    return false;
  }
  std::erase_if(findings, [&](const PlainFinding& finding) {
    const auto at = known.find(key_of(finding));
    return at != known.end() && at->second-- > 0;
  });
  return true;
}

bool write_baseline(const std::string& file, const std::vector<PlainFinding>& findings,
                    std::string& error) {
  std::map<Key, int> counts;
  for (const PlainFinding& finding : findings) ++counts[key_of(finding)];
  nlohmann::ordered_json report;
  report["version"] = 1;
  report["findings"] = nlohmann::ordered_json::array();
  for (const auto& [key, count] : counts) {
    const auto& [path, check, message] = key;
    report["findings"].push_back(
        {{"file", path}, {"check", check}, {"message", message}, {"count", count}});
  }
  const std::string fresh = file + ".new";
  std::ofstream out(fresh);
  out << report.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
  out.close();
  if (!out || std::rename(fresh.c_str(), file.c_str()) != 0) {
    std::remove(fresh.c_str());
    error = "cannot write --baseline file '" + file + "'";
    return false;
  }
  return true;
}

}  // namespace sluice::checker
