#include "whole_project.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <set>
#include <utility>

#include "sluice-checker/lock_graph.hpp"
#include "sluice-checker/orders.hpp"

namespace sluice::checker {

void subtract_refuted(std::vector<PlainFinding>& findings, const std::vector<FileResult>& results) {
  std::set<std::pair<std::string, std::string>> releases;
  for (const FileResult& result : results) {
    for (const PlainRelease& each : result.releases) releases.insert({each.function, each.lock});
  }
  std::map<std::string, PlainLockUse> uses;
  for (const FileResult& result : results) {
    for (const PlainLockUse& each : result.lock_uses) {
      PlainLockUse& all = uses[each.lock];
      all.kept += each.kept;
      all.released |= each.released;
      all.taken |= each.taken;
    }
  }
  // Programs of one project may have different functions of one name.
  std::map<std::string, bool> keeps;
  for (const FileResult& result : results) {
    for (const PlainKeeper& each : result.keepers) {
      const auto [all, is_new] = keeps.try_emplace(each.function, each.keeps);
      all->second &= each.keeps;
    }
  }
  const auto surely_keeps = [&](const std::string& function) {
    const auto known = keeps.find(function);
    return known != keeps.end() && known->second;
  };
  const auto is_handed_on = [&](const PlainFinding& finding) {
    if (finding.lock.empty()) return false;
    const PlainLockUse& use = uses[finding.lock];
    return use.kept < finding.kept || (use.released && !use.taken);
  };
  std::erase_if(findings, [&](const PlainFinding& finding) {
    return is_handed_on(finding) || !std::ranges::all_of(finding.keepers, surely_keeps) ||
           std::any_of(finding.unless.begin(), finding.unless.end(), [&](const PlainRelease& each) {
             return releases.contains({each.function, each.lock});
           });
  });
}

std::vector<PlainFinding> find_lock_orders(const std::vector<PlainOrder>& orders) {
  std::vector<LockOrder> graph;
  for (const PlainOrder& each : orders) {
    graph.push_back({each.first, each.second, each.gates, each.shared});
  }
  std::vector<PlainFinding> findings;
  for (const std::vector<std::size_t>& cycle : find_cycles(graph)) {
    const PlainOrder& last = orders[cycle.back()];
    PlainFinding& finding = findings.emplace_back();
    finding.check = kLockOrderCheck;
    finding.place = last.second_at;
    finding.message = order_message(last.first_spelled, last.second_spelled);
    finding.line_text = last.line_text;
    finding.notes.push_back({last.first_at, "'" + last.first_spelled + "' is locked here"});
    for (const std::size_t order : cycle) {
      if (order == cycle.back()) continue;
      const PlainOrder& each = orders[order];
      finding.notes.push_back(
          {each.first_at, each.function + " locks '" + each.first_spelled + "' here"});
      finding.notes.push_back({each.second_at, "and then '" + each.second_spelled + "'"});
    }
  }
  return findings;
}

bool write_summary(const std::string& file, const std::vector<PlainOrder>& orders,
                   std::string& error) {
  nlohmann::json summary;
  summary["version"] = 1;
  summary["orders"] = orders;
  const std::string fresh = file + ".new";
  std::ofstream out(fresh);
  out << summary.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  out.close();
  if (out && std::rename(fresh.c_str(), file.c_str()) == 0) return true;
  std::remove(fresh.c_str());
  error = "cannot write --emit-summary file '" + file + "'";
  return false;
}

bool read_summary(const std::string& file, std::vector<PlainOrder>& orders, std::string& error) {
  std::ifstream in(file);
  if (!in) {
    error = "cannot read summary '" + file + "'";
    return false;
  }
  try {
    const nlohmann::json summary = nlohmann::json::parse(in);
    if (summary.at("version") == 1) {
      for (const nlohmann::json& each : summary.at("orders")) orders.push_back(each);
      return true;
    }
  } catch (const nlohmann::json::exception&) {
  }
  error = "'" + file + "' is no summary of this version; --emit-summary makes one";
  return false;
}

}  // namespace sluice::checker
