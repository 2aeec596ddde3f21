#include "debug/render_json.hpp"

#include <unistd.h>

#include "debug/json.hpp"
#include "debug/render_text.hpp"

namespace sluice::checked {
namespace {

void add_goroutines(Json& json, const Cast& cast) {
  json.key("goroutines").open("[");
  for (const CastGoroutine& each : cast.goroutines) {
    json.open("{").member("id", each.id).member("uid", each.uid);
    json.member("name", each.name).member("parent", each.parent_id);
    json.key("started");
    add_place(json, each.started);
    json.close("}");
  }
  json.close("]");
}

void add_objects(Json& json, const Cast& cast) {
  json.key("objects").open("[");
  for (const CastObject& each : cast.objects) {
    json.open("{").member("id", each.id).member("kind", each.kind);
    json.member("number", each.number).member("name", each.name);
    json.member("created", each.created).close("}");
  }
  json.close("]");
}

// Lines that name places and follow each other are one stack, from the one at which something was
// done outwards. What is said of it stands in the line before, and at its source line.
void add_stacks(Json& json, const Report& report) {
  json.key("stacks").open("[");
  for (const Section& section : report.sections) {
    bool open = false;
    std::string about;
    for (const Line& line : section.lines) {
      const bool names_place = !line.place.function.empty() || !line.place.file.empty();
      if (open && (!names_place || line.innermost)) {
        json.close("]").close("}");
        open = false;
      }
      if (!names_place) {
        about = line.text;
        continue;
      }
      if (!open) {
        json.open("{").member("about", about).member("remark", line.excerpt.remark);
        json.key("frames").open("[");
        open = true;
      }
      add_place(json, line.place);
    }
    if (open) json.close("]").close("}");
  }
  json.close("]");
}

// What is empty or false is left out: most lines are no more than a text.
void add_line(Json& json, const Line& line) {
  json.open("{").member("indent", static_cast<std::uint64_t>(line.indent));
  json.member("text", line.text);
  if (line.prose) json.key("prose").boolean(true);
  if (line.innermost) json.key("innermost").boolean(true);
  if (!line.place.function.empty() || !line.place.file.empty()) {
    json.key("place");
    add_place(json, line.place);
  }
  if (line.excerpt.line != 0) {
    json.key("excerpt").open("{").member("file", line.excerpt.file);
    json.member("line", static_cast<std::uint64_t>(line.excerpt.line));
    json.member("column", static_cast<std::uint64_t>(line.excerpt.column));
    json.member("remark", line.excerpt.remark).close("}");
  }
  if (!line.cells.empty()) {
    json.key("cells").open("[");
    for (const std::string& cell : line.cells) json.value(cell);
    json.close("]");
  }
  json.close("}");
}

void add_schedule(Json& json, const Schedule& schedule) {
  json.key("schedule").open("{").key("columns").open("[");
  for (const std::string& column : schedule.columns) json.value(column);
  json.close("]").key("steps").open("[");
  for (const Schedule::Step& step : schedule.steps) {
    json.open("{").member("column", step.column).member("what", step.what);
    json.member("place", step.place).key("waits").boolean(step.waits).close("}");
  }
  json.close("]").member("end", schedule.end).close("}");
}

void add_sections(Json& json, const Report& report) {
  json.key("sections").open("[");
  for (const Section& section : report.sections) {
    json.open("{").key("lines").open("[");
    for (const Line& line : section.lines) add_line(json, line);
    json.close("]");
    if (!section.schedule.steps.empty()) add_schedule(json, section.schedule);
    json.close("}");
  }
  json.close("]");
}

void add_graph(Json& json, const Graph& graph) {
  json.key("graph").open("{").key("nodes").open("[");
  for (const GraphNode& node : graph.nodes) {
    json.open("{").member("kind", to_text(node.kind)).member("key", node.key);
    json.member("label", node.label).member("detail", node.detail);
    json.key("ended").boolean(node.ended).member("count", node.count).close("}");
  }
  json.close("]").key("edges").open("[");
  for (const GraphEdge& edge : graph.edges) {
    json.open("{").member("from", edge.from).member("to", edge.to);
    json.member("kind", to_text(edge.kind)).member("label", edge.label);
    json.member("site", edge.site).close("}");
  }
  json.close("]").close("}");
}

}  // namespace

std::string render_json(const Report& report, const std::string& text) {
  Json json;
  json.open("{").member("schema", kJsonSchema);
  json.member("pid", static_cast<std::uint64_t>(::getpid()));
  json.member("code", report.code).member("severity", to_text(report.severity));
  json.member("certainty", report.certainty).member("title", report.title);
  json.member("why", report.why).member("fingerprint", report.fingerprint);
  add_goroutines(json, report.cast);
  add_objects(json, report.cast);
  add_sections(json, report);
  add_stacks(json, report);
  add_graph(json, report.cast.graph);
  json.member("repro", report.repro).member("suppress", report.suppress);
  json.member("exempt", report.exempt);
  json.member("text", text).close("}");
  return json.take();
}

}  // namespace sluice::checked
