#include "debug/draw.hpp"

namespace sluice::checked {
namespace {

std::size_t goroutine_node(const Identity& identity) {
  std::string label = who_short(identity);
  if (!identity.name.empty()) label += " \"" + identity.name + "\"";
  return Cast::current().graph.node(GraphNode::Kind::goroutine, identity.uid, label);
}

std::size_t object_node(const ObjectInfo& object, Names& names) {
  const std::string name = names.quoted(object);
  const std::string label = name.front() == '\'' ? kind_name(object.kind) + " " + name : name;
  Graph& graph = Cast::current().graph;
  const std::size_t node = graph.node(GraphNode::Kind::object, object.id, label);
  if (graph.nodes[node].detail.empty()) graph.nodes[node].detail = names.made(object);
  return node;
}

void draw(std::size_t from, std::size_t to, GraphEdge::Kind kind, const std::string& label,
          const std::string& site) {
  Cast::current().graph.edge(from, to, kind, label, site);
}

}  // namespace

void draw_wait(const Identity& who, const ObjectInfo& what, const std::string& label,
               const std::string& site, Names& names) {
  const std::size_t from = goroutine_node(who);
  if (what.id == kNoObject) return draw_goroutine(who, label + " " + site);
  draw(from, object_node(what, names), GraphEdge::Kind::waits_for, label, site);
}

void draw_goroutine(const Identity& who, const std::string& detail) {
  Cast::current().graph.nodes[goroutine_node(who)].detail = detail;
}

void draw_holder(const ObjectInfo& what, const Identity& who, const std::string& site,
                 Names& names) {
  draw(object_node(what, names), goroutine_node(who), GraphEdge::Kind::held_by, "held by", site);
}

void draw_debt(const ObjectInfo& group, const Identity& who, const std::string& site,
               Names& names) {
  draw(object_node(group, names), goroutine_node(who), GraphEdge::Kind::owed_by, "owed by", site);
}

void draw_order(const ObjectInfo& from, const ObjectInfo& to, const Identity& who,
                const std::string& site, Names& names) {
  std::string label = who_short(who);
  if (!who.name.empty()) label += " \"" + who.name + "\"";
  draw(object_node(from, names), object_node(to, names), GraphEdge::Kind::order, label, site);
}

void draw_ended(const Identity& who, const std::string& how) {
  GraphNode& node = Cast::current().graph.nodes[goroutine_node(who)];
  node.ended = true;
  node.detail = how;
}

void draw_equal(const std::vector<Identity>& equal) {
  if (equal.size() < 2) return;
  GraphNode& node = Cast::current().graph.nodes[goroutine_node(equal.front())];
  node.label = whos(equal);
  node.count = equal.size();
}

}  // namespace sluice::checked
