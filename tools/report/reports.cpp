#include "reports.hpp"

#include <algorithm>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "debug/describe.hpp"
#include "debug/render_html.hpp"
#include "debug/render_json.hpp"
#include "debug/render_text.hpp"

namespace sluice::checked {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Place, function, file, line, column)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Excerpt, file, line, column, remark)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Schedule::Step, column, what, place, waits)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Schedule, columns, steps, end)

void from_json(const nlohmann::json& json, Line& line) {
  json.at("indent").get_to(line.indent);
  json.at("text").get_to(line.text);
  line.prose = json.value("prose", false);
  line.innermost = json.value("innermost", false);
  if (json.contains("place")) json["place"].get_to(line.place);
  if (json.contains("excerpt")) json["excerpt"].get_to(line.excerpt);
  if (json.contains("cells")) json["cells"].get_to(line.cells);
}

void from_json(const nlohmann::json& json, Section& section) {
  json.at("lines").get_to(section.lines);
  if (json.contains("schedule")) json["schedule"].get_to(section.schedule);
}

void from_json(const nlohmann::json& json, GraphNode& node) {
  node.kind = json.at("kind") == to_text(GraphNode::Kind::object) ? GraphNode::Kind::object
                                                                  : GraphNode::Kind::goroutine;
  json.at("key").get_to(node.key);
  json.at("label").get_to(node.label);
  json.at("detail").get_to(node.detail);
  json.at("ended").get_to(node.ended);
  json.at("count").get_to(node.count);
}

void from_json(const nlohmann::json& json, GraphEdge& edge) {
  json.at("from").get_to(edge.from);
  json.at("to").get_to(edge.to);
  for (const auto kind : {GraphEdge::Kind::waits_for, GraphEdge::Kind::held_by,
                          GraphEdge::Kind::owed_by, GraphEdge::Kind::order}) {
    if (json.at("kind") == to_text(kind)) edge.kind = kind;
  }
  json.at("label").get_to(edge.label);
  json.at("site").get_to(edge.site);
}

}  // namespace sluice::checked

namespace sluice::pictures {
namespace {

using checked::Severity;

Severity severity_of(const std::string& word) {
  for (const Severity each : {Severity::fatal, Severity::error}) {
    if (word == checked::to_text(each)) return each;
  }
  return Severity::note;
}

ReadReport report_of(const nlohmann::json& json) {
  if (json.value("schema", 0) != static_cast<int>(checked::kJsonSchema)) {
    throw std::runtime_error("not a report of this version's schema, " +
                             std::to_string(checked::kJsonSchema));
  }
  ReadReport read;
  checked::Report& report = read.report;
  json.at("code").get_to(report.code);
  report.severity = severity_of(json.at("severity"));
  json.at("certainty").get_to(report.certainty);
  json.at("title").get_to(report.title);
  json.at("why").get_to(report.why);
  json.at("fingerprint").get_to(report.fingerprint);
  json.at("sections").get_to(report.sections);
  json.at("graph").at("nodes").get_to(report.cast.graph.nodes);
  json.at("graph").at("edges").get_to(report.cast.graph.edges);
  for (const checked::GraphEdge& edge : report.cast.graph.edges) {
    if (std::max(edge.from, edge.to) >= report.cast.graph.nodes.size()) {
      throw std::runtime_error("an edge of its graph leads nowhere");
    }
  }
  for (const checked::Section& section : report.sections) {
    for (const auto& step : section.schedule.steps) {
      if (step.column >= section.schedule.columns.size()) {
        throw std::runtime_error("a step of its schedule is nobody's");
      }
    }
  }
  json.at("repro").get_to(report.repro);
  json.at("suppress").get_to(report.suppress);
  json.at("exempt").get_to(report.exempt);
  json.at("text").get_to(read.text);
  return read;
}

}  // namespace

std::vector<ReadReport> read_reports(std::string_view lines) {
  std::vector<ReadReport> reports;
  for (std::size_t number = 1; !lines.empty(); ++number) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    if (line.empty()) continue;
    try {
      reports.push_back(report_of(nlohmann::json::parse(line)));
    } catch (const std::exception& error) {
      throw std::runtime_error("line " + std::to_string(number) + ": " + error.what());
    }
  }
  return reports;
}

void Findings::add(ReadReport report, const std::string& file) {
  const std::string key = report.report.code + ":" + report.report.fingerprint;
  Finding& finding = findings_[key];
  if (finding.seen == 0) finding.first = std::move(report);
  ++finding.files[file];
  ++finding.seen;
  ++seen_;
}

std::vector<std::string> Findings::render() const {
  std::vector<const Finding*> order;
  for (const auto& [key, finding] : findings_) order.push_back(&finding);
  std::stable_sort(order.begin(), order.end(), [](const Finding* a, const Finding* b) {
    if (a->first.report.severity != b->first.report.severity) {
      return a->first.report.severity > b->first.report.severity;
    }
    return a->seen > b->seen;
  });
  std::vector<std::string> articles;
  for (const Finding* each : order) {
    std::string article =
        checked::render_html_section(each->first.report, each->first.text, articles.size() + 1);
    std::string where;
    for (const auto& [file, count] : each->files) {
      where += (where.empty() ? "" : ", ") + checked::html_text(file);
      if (count > 1) where += " (" + std::to_string(count) + ")";
    }
    const std::string seen =
        "<p class=\"seen\">" + checked::counted(each->seen, "time") + ", in " + where + "</p>\n";
    article.insert(article.find("</h2>\n") + 6, seen);
    articles.push_back(std::move(article));
  }
  return articles;
}

}  // namespace sluice::pictures
