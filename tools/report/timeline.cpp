#include "timeline.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "debug/describe.hpp"
#include "debug/json.hpp"
#include "debug/render_html.hpp"
#include "flame.hpp"

namespace sluice::pictures {
namespace {

// A "</script>" in it would end it.
std::string json_text(std::string_view text) {
  std::string out = checked::json_string(text);
  for (std::size_t at = 0; (at = out.find("</", at)) != out.npos; at += 3) out.insert(at + 1, "\\");
  return out;
}

// Of each slice: its name, how long after the one before it begins, how long it is, who woke it.
std::string json_of(const TraceTrack& track) {
  std::string out = "{\"number\":" + std::to_string(track.number) +
                    ",\"worker\":" + (track.is_worker ? "true" : "false") +
                    ",\"name\":" + json_text(track.name) +
                    ",\"origin\":" + json_text(track.origin) + ",\"slices\":[";
  std::int64_t end = 0;
  for (const Slice& slice : track.slices) {
    if (&slice != &track.slices.front()) out += ',';
    out += std::to_string(slice.name) + ',' + std::to_string(slice.begin - end) + ',' +
           std::to_string(slice.end - slice.begin) + ',' + std::to_string(slice.woken_by);
    end = slice.end;
  }
  return out + "]}";
}

std::string json_of(const ReadTrace& trace) {
  std::string out = "{\"length\":" + std::to_string(trace.length) + ",\"names\":[";
  for (const std::string& name : trace.names) {
    if (&name != &trace.names.front()) out += ',';
    out += json_text(name);
  }
  out += "],\n\"reports\":[";
  for (const Mark& report : trace.reports) {
    if (&report != &trace.reports.front()) out += ',';
    out += "[" + std::to_string(report.when) + ',' + json_text(report.what) + "]";
  }
  out += "],\n\"tracks\":[";
  for (const TraceTrack& track : trace.tracks) {
    if (&track != &trace.tracks.front()) out += ",\n";
    out += json_of(track);
  }
  return out + "]}";
}

// Goroutines that were started at one place.
struct Family {
  std::size_t goroutines = 0;
  std::int64_t running = 0, runnable = 0, waiting = 0;
  std::map<std::string, std::int64_t> waits;
};

std::string cell(const std::string& inside) {
  return "<td>" + checked::html_text(inside) + "</td>";
}
std::string time_cell(std::int64_t nanoseconds) {
  return cell(amount(static_cast<std::uint64_t>(nanoseconds), "nanoseconds"));
}

std::map<std::string, Family> families_of(const ReadTrace& trace) {
  std::map<std::string, Family> families;
  for (const TraceTrack& track : trace.tracks) {
    if (track.is_worker) continue;
    Family& family = families[track.number == 1      ? "main"
                              : track.origin.empty() ? "an unknown place"
                                                     : track.origin];
    ++family.goroutines;
    for (const Slice& slice : track.slices) {
      const std::string& state = trace.names[slice.name];
      const std::int64_t length = slice.end - slice.begin;
      if (state == "running") {
        family.running += length;
      } else if (state == "runnable") {
        family.runnable += length;
      } else {
        family.waiting += length;
        family.waits[state] += length;
      }
    }
  }
  return families;
}

std::string table_of(const ReadTrace& trace) {
  constexpr std::size_t kMost = 50;
  const std::map<std::string, Family> families = families_of(trace);
  std::vector<std::pair<std::string, Family>> rows(families.begin(), families.end());
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return a.second.waiting + a.second.runnable > b.second.waiting + b.second.runnable;
  });
  std::string out =
      "<table><tr><th>started at</th><th>goroutines</th><th>ran</th><th>waited for a worker</th>"
      "<th>waited</th><th>for</th></tr>\n";
  for (std::size_t i = 0; i < std::min(rows.size(), kMost); ++i) {
    const auto& [origin, family] = rows[i];
    std::vector<std::pair<std::int64_t, std::string>> waits;
    for (const auto& [state, time] : family.waits) waits.emplace_back(time, state);
    std::sort(waits.rbegin(), waits.rend());
    std::string why;
    for (const auto& [time, state] : waits) {
      why += (why.empty() ? "" : ", ") + state + " " +
             amount(static_cast<std::uint64_t>(time), "nanoseconds");
    }
    out += "<tr>" + cell(origin) + cell(std::to_string(family.goroutines)) +
           time_cell(family.running) + time_cell(family.runnable) + time_cell(family.waiting) +
           cell(why) + "</tr>\n";
  }
  if (rows.size() > kMost) {
    out += "<tr>" + cell("and " + std::to_string(rows.size() - kMost) + " more places") + "</tr>\n";
  }
  return out + "</table>\n";
}

}  // namespace

std::string render_timeline(const ReadTrace& trace, const std::string& name) {
  const auto goroutines = static_cast<std::size_t>(
      std::count_if(trace.tracks.begin(), trace.tracks.end(),
                    [](const TraceTrack& track) { return !track.is_worker; }));
  return "<article class=\"picture\">\n<h2>What happened when: " + checked::html_text(name) +
         "</h2>\n<p class=\"why\">" + checked::html_text(trace.program) + ", " +
         checked::counted(goroutines, "goroutine") + ", " +
         checked::counted(trace.tracks.size() - goroutines, "worker") + ", " +
         amount(static_cast<std::uint64_t>(trace.length), "nanoseconds") +
         ". Drag to move, or A and D; W and S, or Ctrl and the wheel, come nearer and go back. "
         "Click "
         "a slice for what it is and who ended the wait.</p>\n"
         "<div class=\"timeline-picture\"><div class=\"controls\"><input type=\"search\" "
         "placeholder=\"goroutine or file\"><button>all</button><span "
         "class=\"legend\"></span></div>"
         "<canvas tabindex=\"0\"></canvas><pre class=\"slice\"></pre>\n"
         "<script type=\"application/json\">" +
         json_of(trace) + "</script></div>\n<h3>Where the goroutines' time went</h3>\n" +
         table_of(trace) + "</article>\n";
}

}  // namespace sluice::pictures
