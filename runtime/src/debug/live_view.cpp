#include "debug/live_view.hpp"

#include <unistd.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "debug/describe.hpp"
#include "debug/json.hpp"
#include "debug/program_path.hpp"

namespace sluice::checked {
namespace {

Place place_of(const Frame& frame) {
  return {frame.function, frame.file.empty() ? frame.module : frame.file, frame.line, frame.column};
}

Place created_at(const LiveGroup& group) {
  return group.creation_pc != nullptr ? place_of(user_frame(group.creation_pc)) : Place{};
}

Place stands_at(const LiveGroup& group) {
  return group.pcs.empty() ? Place{} : place_of(visible_chain(group.pcs).frames.front());
}

struct Row {
  Place created, at;
  std::uint64_t count = 0;
  std::int64_t longest = 0;
};

// Several stacks may be one place to a reader.
std::map<std::string, Row> rows_of(const std::vector<LiveGroup>& groups) {
  const auto text = [](const Place& place) {
    return place.function + '\n' + place.file + ':' + std::to_string(place.line);
  };
  std::map<std::string, Row> rows;
  for (const LiveGroup& group : groups) {
    const Place created = created_at(group), at = stands_at(group);
    Row& row = rows[group.state + '\n' + text(created) + '\n' + text(at)];
    row.created = created;
    row.at = at;
    row.count += group.count;
    row.longest = std::max(row.longest, group.longest);
  }
  return rows;
}

void add_workers(Json& json, const LiveView& view) {
  json.key("workers").open("{").member("limit", view.limit).member("active", view.active);
  json.member("searching", view.searching).member("detached", view.detached);
  json.key("queued").open("[");
  for (const LiveWorker& each : view.workers) json.number(each.queued);
  json.close("]").key("switches").open("[");
  for (const LiveWorker& each : view.workers) json.number(each.switches);
  json.close("]").close("}");
}

}  // namespace

std::string live_line(const LiveView& view) {
  std::uint64_t goroutines = 0;
  for (const LiveGroup& group : view.groups) goroutines += group.count;
  Json json;
  json.open("{").member("schema", kLiveSchema);
  json.member("pid", static_cast<std::uint64_t>(::getpid())).member("program", program_path());
  json.member("time_ns", static_cast<std::uint64_t>(view.time));
  json.key("checked").boolean(view.checked).member("goroutines", goroutines);
  json.member("created", view.created).member("ended", view.ended);
  add_workers(json, view);
  json.member("queued", view.queued).key("groups").open("[");
  for (const auto& [key, row] : rows_of(view.groups)) {
    json.open("{").member("state", key.substr(0, key.find('\n'))).member("count", row.count);
    json.member("longest_wait_ns", static_cast<std::uint64_t>(row.longest));
    json.key("created");
    add_place(json, row.created);
    json.key("at");
    add_place(json, row.at);
    json.close("}");
  }
  return json.close("]").close("}").take();
}

}  // namespace sluice::checked
