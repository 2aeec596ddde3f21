#include "failure.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace sluice::stress {
namespace {

constexpr std::size_t kReportLines = 200;
constexpr std::size_t kTailLines = 60;

std::string shell_quoted(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%^";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

bool begins_report(std::string_view line) {
  return line.starts_with("sluice: error[") || line.starts_with("sluice: fatal[");
}

std::string joined(const std::vector<std::string_view>& lines, std::size_t first,
                   std::size_t most) {
  std::string text;
  if (first > 0) text += "(" + counted(first, "line") + " before)\n";
  const std::size_t end = std::min(lines.size(), first + most);
  for (std::size_t i = first; i < end; ++i) text.append(lines[i]).append("\n");
  if (end < lines.size()) text += "(" + counted(lines.size() - end, "line") + " more)\n";
  return text;
}

// Two runs number their goroutines differently.
std::string without_numbers(const std::string& text) {
  std::string plain;
  for (const char c : text) {
    if (std::isdigit(static_cast<unsigned char>(c)) == 0) {
      plain += c;
    } else if (!plain.ends_with('#')) {
      plain += '#';
    }
  }
  return plain;
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

std::string workers_of(const Settings& settings) {
  return settings.workers > 0 ? std::to_string(settings.workers) : variable("SLUICE_WORKERS");
}

}  // namespace

// Words that the caller's environment has, a folder for reports, say, are kept; later ones win.
Environment environment_of(const Settings& settings, std::uint64_t seed) {
  std::string words = variable("SLUICE_DEBUG");
  if (!words.empty()) words += ",";
  words += settings.level + ",seed=" + std::to_string(seed) +
           ",on_report=exit:" + std::to_string(kReportStatus);
  Environment environment{{"SLUICE_DEBUG", words}};
  if (const std::string workers = workers_of(settings); !workers.empty())
    environment.emplace_back("SLUICE_WORKERS", workers);
  return environment;
}

std::string command_line(const Settings& settings, std::uint64_t seed) {
  std::string line;
  for (const auto& [name, value] : environment_of(settings, seed))
    line += (line.empty() ? "" : " ") + name + "=" + shell_quoted(value);
  for (const std::string& word : settings.command) line += " " + shell_quoted(word);
  return line;
}

std::string caveat(const Settings& settings) {
  if (workers_of(settings) == "1") return {};
  return "with more than one worker a seed makes it likely, not certain; "
         "--workers 1 looks for one that replays exactly";
}

Failure failure_of(const Settings& settings, std::uint64_t seed, int status, bool timed_out,
                   const std::string& output) {
  Failure failure;
  failure.seed = seed;
  const std::vector<std::string_view> lines = lines_of(output);
  const auto report = std::find_if(lines.begin(), lines.end(), begins_report);
  std::string ending;
  if (timed_out) {
    ending = "still running after " + std::to_string(static_cast<long>(settings.timeout_s)) + " s";
  } else if (WIFSIGNALED(status)) {
    ending = std::string("ended by signal ") + sigabbrev_np(WTERMSIG(status));
  } else {
    ending = "exit status " + std::to_string(WEXITSTATUS(status));
  }
  const bool reported = report != lines.end();
  const auto first = static_cast<std::size_t>(report - lines.begin());
  failure.what = reported ? std::string(lines[first].substr(std::strlen("sluice: "))) : ending;
  failure.output =
      reported ? joined(lines, first, kReportLines)
               : joined(lines, lines.size() - std::min(lines.size(), kTailLines), kTailLines);
  return failure;
}

std::vector<Kind> kinds_of(const std::vector<Failure>& failures) {
  std::map<std::string, Kind> by_text;
  for (const Failure& failure : failures) {
    Kind& kind = by_text[without_numbers(failure.what)];
    if (kind.seeds.empty() || failure.seed < kind.first.seed) kind.first = failure;
    kind.seeds.push_back(failure.seed);
  }
  std::vector<Kind> kinds;
  for (auto& [text, kind] : by_text) {
    std::sort(kind.seeds.begin(), kind.seeds.end());
    kinds.push_back(std::move(kind));
  }
  std::ranges::sort(kinds, [](const Kind& a, const Kind& b) {
    return std::pair(b.seeds.size(), a.first.what) < std::pair(a.seeds.size(), b.first.what);
  });
  return kinds;
}

std::string counted(std::uint64_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

}  // namespace sluice::stress
