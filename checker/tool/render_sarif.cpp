// SARIF 2.1.0, as code hosts take it: one run, one rule a check, the path of a finding as related
// locations.
#include <algorithm>

#include "fingerprint.hpp"
#include "render.hpp"
#include "sluice-checker/registry.hpp"

namespace sluice::checker {
namespace {

using Json = nlohmann::ordered_json;

// A path as a relative or a file URI.
std::string uri_of(const std::string& path) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string uri = !path.empty() && path.front() == '/' ? "file://" : "";
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("/-_.~+").find(c) != std::string_view::npos;
    if (plain) {
      uri += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      uri += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return uri;
}

Json location_of(const Place& place) {
  Json region = {{"startLine", std::max(place.line, 1u)},
                 {"startColumn", std::max(place.utf16_column, 1u)}};
  return {{"artifactLocation", {{"uri", uri_of(place.file)}}}, {"region", std::move(region)}};
}

Json rules() {
  Json all = Json::array();
  for (const CheckEntry& check : all_checks()) {
    all.push_back({{"id", std::string(check.name)},
                   {"shortDescription", {{"text", std::string(check.help)}}},
                   {"defaultConfiguration", {{"level", "warning"}}}});
  }
  return all;
}

std::size_t rule_index(const std::string& name) {
  const auto checks = all_checks();
  const auto found = std::find_if(checks.begin(), checks.end(),
                                  [&](const CheckEntry& check) { return check.name == name; });
  return static_cast<std::size_t>(found - checks.begin());
}

Json result_of(const PlainFinding& finding, const std::string& fingerprint) {
  Json result;
  result["ruleId"] = finding.check;
  result["ruleIndex"] = rule_index(finding.check);
  result["level"] = "warning";
  result["message"] = {{"text", finding.message}};
  result["locations"] = Json::array({{{"physicalLocation", location_of(finding.place)}}});
  result["partialFingerprints"] = {{"sluiceFinding/v1", fingerprint}};
  if (finding.notes.empty()) return result;
  result["relatedLocations"] = Json::array();
  for (std::size_t i = 0; i < finding.notes.size(); ++i) {
    const PlainNote& note = finding.notes[i];
    result["relatedLocations"].push_back({{"id", i + 1},
                                          {"physicalLocation", location_of(note.place)},
                                          {"message", {{"text", note.message}}}});
  }
  return result;
}

}  // namespace

void render_sarif(const std::vector<PlainFinding>& findings, const std::vector<FileResult>& failed,
                  const std::string& version, std::ostream& out) {
  Json notifications = Json::array();
  for (const FileResult& file : failed) {
    notifications.push_back(
        {{"level", "error"},
         {"message", {{"text", file.file + ": " + file.error}}},
         {"locations", Json::array({{{"physicalLocation",
                                      {{"artifactLocation", {{"uri", uri_of(file.file)}}}}}}})}});
  }
  Json results = Json::array();
  const std::vector<std::string> known_by = fingerprints(findings);
  for (std::size_t i = 0; i < findings.size(); ++i) {
    results.push_back(result_of(findings[i], known_by[i]));
  }
  Json run;
  run["tool"]["driver"] = {{"name", "sluice-check"}, {"version", version}, {"rules", rules()}};
  run["invocations"] = Json::array({{{"executionSuccessful", failed.empty()},
                                     {"toolExecutionNotifications", std::move(notifications)}}});
  run["columnKind"] = "utf16CodeUnits";
  run["results"] = std::move(results);
  const Json report = {{"$schema",
                        "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
                        "sarif-schema-2.1.0.json"},
                       {"version", "2.1.0"},
                       {"runs", Json::array({std::move(run)})}};
  out << report.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

void render_gitlab(const std::vector<PlainFinding>& findings, std::ostream& out) {
  Json report = Json::array();
  const std::vector<std::string> known_by = fingerprints(findings);
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const PlainFinding& finding = findings[i];
    report.push_back(
        {{"description", finding.message},
         {"check_name", finding.check},
         {"fingerprint", known_by[i]},
         {"severity", "major"},
         {"location", {{"path", finding.place.file}, {"lines", {{"begin", finding.place.line}}}}}});
  }
  out << report.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

}  // namespace sluice::checker
