// Reports as data: fingerprints, JSON, graphs and pages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "debug/fingerprint.hpp"
#include "debug/json.hpp"
#include "debug/render_dot.hpp"
#include "debug/render_html.hpp"
#include "debug/render_json.hpp"
#include "debug/render_svg.hpp"

namespace sluice::checked {
namespace {

using testing::HasSubstr;
using testing::Not;

Report report() {
  Report report;
  report.code = "SL101";
  report.title = "inversion of 'a' and 'b'";
  for (const char* function : {"Bank::f", "Bank::g"}) {
    Line& line = report.section().add(5, std::string("bank.cc:57   ") + function);
    line.place = {function, "/src/bank.cc", 57, 3};
    line.innermost = true;
  }
  report.cast.objects.push_back({1, "Mutex", 12, "a", "created bank.cc:3", "a"});
  report.cast.objects.push_back({2, "Mutex", 13, "b", "created bank.cc:4", "b"});
  return report;
}

TEST(Fingerprint, depends_on_functions_files_and_names_only) {
  const std::string known = fingerprint_of(report());
  EXPECT_EQ(known.size(), 8u);
  Report same = report();
  std::swap(same.sections[0], same.sections[1]);
  std::swap(same.cast.objects[0], same.cast.objects[1]);
  same.sections[0].lines[0].place.line = 99;
  same.sections[0].lines[0].place.file = "/elsewhere/bank.cc";
  same.cast.objects[0].id = 77;
  same.why = "another";
  EXPECT_EQ(fingerprint_of(same), known);

  Report other = report();
  other.code = "SL102";
  EXPECT_NE(fingerprint_of(other), known);
  other = report();
  other.sections[0].lines[0].place.function = "Bank::h";
  EXPECT_NE(fingerprint_of(other), known);
  other = report();
  other.cast.objects[0].essence = "c";
  EXPECT_NE(fingerprint_of(other), known);
}

TEST(Fingerprint, leaves_out_what_is_not_essential) {
  Report with_stacks = report();
  with_stacks.essential_sections = 1;
  const std::string known = fingerprint_of(with_stacks);
  with_stacks.sections[1].lines[0].place.function = "elsewhere";
  EXPECT_EQ(fingerprint_of(with_stacks), known);
  with_stacks.sections[0].lines[0].place.function = "elsewhere";
  EXPECT_NE(fingerprint_of(with_stacks), known);
}

TEST(Json, escapes_what_must_be_escaped) {
  EXPECT_EQ(json_string("a\"b\\c\n\t\x01"), "\"a\\\"b\\\\c\\n\\t\\u0001\"");
  EXPECT_EQ(json_string("gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\x9f"),
            "\"gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\x9f\"");
  // Bytes that are no UTF-8: alone, cut short, overlong, half of a pair.
  EXPECT_EQ(json_string("\xff"), "\"\\ufffd\"");
  EXPECT_EQ(json_string("x\xc3"), "\"x\\ufffd\"");
  EXPECT_EQ(json_string("\xc0\xaf"), "\"\\ufffd\\ufffd\"");
  EXPECT_EQ(json_string("\xed\xa0\x80"), "\"\\ufffd\\ufffd\\ufffd\"");
}

TEST(Json, is_one_line_with_every_field) {
  const std::string line = render_json(report(), "the\ntext");
  EXPECT_EQ(line.find('\n'), std::string::npos);
  for (const char* field :
       {"schema", "code", "severity", "certainty", "title", "why", "fingerprint", "goroutines",
        "objects", "stacks", "graph", "repro", "suppress", "text"}) {
    EXPECT_THAT(line, HasSubstr("\"" + std::string(field) + "\":"));
  }
}

Graph many_waiters(std::size_t count) {
  Graph graph;
  const std::size_t lock = graph.node(GraphNode::Kind::object, 1, "Mutex 'mu'");
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t who =
        graph.node(GraphNode::Kind::goroutine, i + 2, "goroutine " + std::to_string(i + 2));
    graph.edge(who, lock, GraphEdge::Kind::waits_for, "lock", "a.cc:1");
  }
  return graph;
}

TEST(Graph, equal_goroutines_become_one_node) {
  Graph graph = many_waiters(200);
  const std::size_t holder = graph.node(GraphNode::Kind::goroutine, 999, "goroutine 999");
  graph.edge(0, holder, GraphEdge::Kind::held_by, "", "");
  EXPECT_EQ(simplify(graph, 40), 0u);
  ASSERT_EQ(graph.nodes.size(), 3u);
  EXPECT_EQ(graph.edges.size(), 2u);
  EXPECT_EQ(graph.nodes[1].label, "goroutine 2, 3, 4, 5, ... (x200)");
  EXPECT_EQ(graph.nodes[1].count, 200u);
}

TEST(Graph, those_that_stand_elsewhere_stay_apart) {
  Graph graph = many_waiters(2);
  graph.edges[1].site = "b.cc:1";
  simplify(graph, 40);
  EXPECT_EQ(graph.nodes.size(), 3u);
}

TEST(Graph, too_many_nodes_are_counted) {
  Graph graph;
  for (std::size_t i = 0; i < 100; ++i) {
    const std::size_t who = graph.node(GraphNode::Kind::goroutine, i, "goroutine x");
    const std::size_t lock = graph.node(GraphNode::Kind::object, i, "lock");
    graph.edge(who, lock, GraphEdge::Kind::waits_for, "", "");
  }
  EXPECT_EQ(simplify(graph, 40), 160u);
  EXPECT_EQ(graph.nodes.size(), 40u);
  for (const GraphEdge& edge : graph.edges) {
    EXPECT_LT(edge.from, 40u);
    EXPECT_LT(edge.to, 40u);
  }
}

TEST(Dot, quotes_names) {
  Report r = report();
  r.cast.graph = many_waiters(1);
  r.cast.graph.nodes[0].label = "Mutex \"x\\y\"";
  const std::string dot = render_dot(r);
  EXPECT_THAT(dot, HasSubstr("label=\"Mutex \\\"x\\\\y\\\"\""));
  EXPECT_THAT(dot, HasSubstr("n1 -> n0 [label=\"lock\\na.cc:1\"]"));
  EXPECT_EQ(render_dot(report()), "");
}

TEST(Html, shows_names_as_text) {
  Report r = report();
  r.title = "<script>alert('&')</script>";
  r.cast.graph = many_waiters(1);
  r.cast.graph.nodes[0].label = "Chan<int> \"<&>\"";
  const std::string page = render_html_page({.title = "one",
                                             .about = {},
                                             .style = {},
                                             .sections = {render_html_section(r, "a < b", 1)},
                                             .scripts = {}});
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("http")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert('&amp;')&lt;/script&gt;"));
  EXPECT_THAT(page, HasSubstr("Chan&lt;int&gt; &quot;&lt;&amp;&gt;&quot;"));
  EXPECT_THAT(page, HasSubstr("<svg role=\"img\""));
}

TEST(Html, has_no_figure_without_a_graph) {
  EXPECT_THAT(render_html_section(report(), "", 1), Not(HasSubstr("<figure>")));
  std::size_t left_out = 0;
  EXPECT_EQ(render_svg(Graph(), "title", left_out), "");
}

}  // namespace
}  // namespace sluice::checked
