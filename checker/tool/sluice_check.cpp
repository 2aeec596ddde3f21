// sluice-check: the checks over a project's files, for CI. This file is the command line and the
// exit status; the work is in the files beside it.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <string>
#include <system_error>
#include <tuple>
#include <vector>

#include <CLI/CLI.hpp>

#include "analyze_file.hpp"
#include "apply_fixes.hpp"
#include "baseline.hpp"
#include "changed_lines.hpp"
#include "render.hpp"
#include "sluice-checker/registry.hpp"
#include "whole_project.hpp"
#include "workers.hpp"

namespace {

using namespace sluice::checker;

// Frozen: CI scripts depend on these.
enum ExitStatus : int { kClean = 0, kCouldNotRun = 1, kFindings = 2, kNotAnalysed = 3 };

struct CommandLine {
  std::string build;
  std::string format = "text";
  std::string output;
  AnalyzeOptions analyze;
  bool fix = false;
  std::string diff;
  std::string baseline;
  bool write_baseline = false;
  std::string config;
  std::string cache;
  std::string summary;
  bool merge = false;
  std::string shard;
  unsigned shard_index = 1, shard_count = 1;
  unsigned processes = 1;
  std::vector<std::string> files;
  bool has_compiler_arguments = false;
};

int refuse(const std::string& line) {
  std::cerr << "sluice-check: " << line << '\n';
  return kCouldNotRun;
}

std::string check_names() {
  std::string names;
  for (const CheckEntry& check : all_checks())
    names += (names.empty() ? "" : ", ") + std::string(check.name);
  return names;
}

bool parse_shard(CommandLine& line) {
  int end = 0;
  const int read =
      std::sscanf(line.shard.c_str(), "%u/%u%n", &line.shard_index, &line.shard_count, &end);
  return read == 2 && static_cast<std::size_t>(end) == line.shard.size() && line.shard_index >= 1 &&
         line.shard_index <= line.shard_count;
}

// The files of this shard: in the order of their names, so that all shards agree on it.
std::vector<std::string> part_of(std::vector<std::string> files, const CommandLine& line) {
  if (line.shard_count == 1) return files;
  std::sort(files.begin(), files.end());
  std::vector<std::string> part;
  for (std::size_t i = line.shard_index - 1; i < files.size(); i += line.shard_count) {
    part.push_back(files[i]);
  }
  return part;
}

// Null when the command line says nothing to do; `status` is then the exit status.
bool parse(int argc, char** argv, CommandLine& line, int& status) {
  // What stands after `--` is the compiler's, whatever it looks like.
  char** const separator =
      std::find_if(argv, argv + argc, [](const char* text) { return std::string(text) == "--"; });
  line.has_compiler_arguments = separator != argv + argc;
  if (line.has_compiler_arguments) line.analyze.extra_arguments.assign(separator + 1, argv + argc);

  CLI::App app(
      "Finds locks that stay locked. Exit status: 0 clean, 1 could not run, 2 findings, "
      "3 some file could not be analysed.");
  app.set_version_flag("--version",
                       "sluice-check " SLUICE_VERSION " (clang " SLUICE_CLANG_VERSION ")");
  app.add_option("-p", line.build,
                 "folder of compile_commands.json; else the nearest one above the first file");
  app.add_option("--checks", line.analyze.checks,
                 "globs of checks to run, '-' in front leaves out");
  app.add_option("--config", line.config,
                 "what the project says of its own locks; else the .sluice-check.yaml beside or "
                 "above the working folder");
  app.add_flag("--strict", line.analyze.strict, "also report what rests on a heuristic");
  app.add_flag("--fix", line.fix, "change the files where a fix is sure");
  app.add_option("-j", line.processes, "files to analyse at a time")->default_val(1);
  app.add_option("--format", line.format, "text, json, sarif or gitlab");
  app.add_option("--output", line.output, "write findings there instead of to standard output");
  app.add_option("--diff", line.diff, "tell only of lines that differ from this git revision");
  app.add_option("--baseline", line.baseline, "file of findings that are known, and not told");
  app.add_flag("--write-baseline", line.write_baseline, "make that file of what is found now");
  app.add_option("--cache", line.cache, "folder of results to use again while nothing has changed");
  app.add_option("--emit-summary", line.summary,
                 "write what other files need to know there; --merge then tells of what takes them "
                 "all");
  app.add_flag("--merge", line.merge, "the files are summaries: put them together");
  app.add_option("--shard", line.shard, "i/n: the i-th of n parts of the files, from 1");
  app.add_option("files", line.files,
                 "files to analyse; without any, all of the compilation database");
  app.footer(
      "Arguments after -- are given to the compiler; without -p they are all that it is given.");
  try {
    app.parse(static_cast<int>(separator - argv), argv);
  } catch (const CLI::Success& help) {
    status = app.exit(help);
    return false;
  } catch (const CLI::ParseError& error) {
    status = refuse(std::string(error.what()) + "; --help lists the options");
    return false;
  }
  status = kCouldNotRun;
  static constexpr std::string_view kFormats[] = {"text", "json", "sarif", "gitlab"};
  if (std::find(std::begin(kFormats), std::end(kFormats), line.format) == std::end(kFormats)) {
    refuse("--format is 'text', 'json', 'sarif' or 'gitlab', not '" + line.format + "'");
    return false;
  }
  if (line.write_baseline && line.baseline.empty()) {
    refuse("--write-baseline needs --baseline FILE, which it makes");
    return false;
  }
  if (!line.shard.empty() && !parse_shard(line)) {
    refuse("--shard is 'i/n' with i from 1 to n, such as 2/4, not '" + line.shard + "'");
    return false;
  }
  if (line.processes < 1 || line.processes > 1024) {
    refuse("-j is a number from 1 to 1024, not '" + std::to_string(line.processes) + "'");
    return false;
  }
  if (line.merge && (line.files.empty() || !line.summary.empty() || line.has_compiler_arguments)) {
    refuse("--merge takes summaries as files, and neither --emit-summary nor compiler arguments");
    return false;
  }
  const bool any = std::any_of(
      all_checks().begin(), all_checks().end(),
      [&](const CheckEntry& check) { return selected(line.analyze.checks, check.name); });
  if (!any) {
    refuse("--checks='" + line.analyze.checks + "' selects no check; there are: " + check_names());
    return false;
  }
  return true;
}

// Findings of all files, each once: a header's are found in every file that includes it.
std::vector<PlainFinding> merge(const std::vector<FileResult>& results) {
  std::vector<PlainFinding> all;
  std::set<std::tuple<std::string, unsigned, unsigned, std::string>> seen;
  for (const FileResult& result : results) {
    for (const PlainFinding& finding : result.findings) {
      const Place& place = finding.place;
      if (seen.insert({place.file, place.line, place.column, finding.message}).second)
        all.push_back(finding);
    }
  }
  return all;
}

// The path that leads to a finding is a part of it: a return that was there before may have become
// a mistake by a lock that is new.
bool touches(const PlainFinding& finding, const ChangedLines& changed) {
  if (changed.contains(finding.place.file, finding.place.line)) return true;
  return std::any_of(finding.notes.begin(), finding.notes.end(), [&](const PlainNote& note) {
    return changed.contains(note.place.file, note.place.line);
  });
}

void render(const std::string& format, const std::vector<PlainFinding>& findings,
            const std::vector<FileResult>& failed, std::ostream& out) {
  if (format == "json") {
    render_json(findings, failed, out);
  } else if (format == "sarif") {
    render_sarif(findings, failed, SLUICE_VERSION, out);
  } else if (format == "gitlab") {
    render_gitlab(findings, out);
  } else {
    render_text(findings, out);
  }
}

// The file that is meant when none is named; empty: there is none.
std::string configuration_above() {
  std::error_code error;
  for (auto folder = std::filesystem::current_path(error); !error; folder = folder.parent_path()) {
    const auto file = folder / ".sluice-check.yaml";
    if (std::filesystem::exists(file, error)) return file.string();
    if (folder == folder.parent_path()) break;
  }
  return {};
}

std::string content_of(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// What results depend on besides the files and how they are compiled.
std::string about(const CommandLine& line) {
  std::string text = "sluice-check " SLUICE_VERSION " clang " SLUICE_CLANG_VERSION "\n";
  // Of a build that is being worked on the version says nothing.
  std::error_code error;
  const auto changed = std::filesystem::last_write_time("/proc/self/exe", error);
  if (!error) text += std::to_string(changed.time_since_epoch().count()) + '\n';
  text += content_of(line.config) + '\n';
  text += line.analyze.checks + '\n' + (line.analyze.strict ? "strict\n" : "\n");
  for (const std::string& argument : line.analyze.extra_arguments) text += argument + '\n';
  std::error_code ignored;
  return text + std::filesystem::current_path(ignored).string();
}

// What the analysis of the files gave, put together.
struct Gathered {
  std::vector<PlainFinding> findings;
  std::vector<FileResult> failed;
};

bool gather_summaries(const CommandLine& line, Gathered& gathered, std::string& error) {
  std::vector<PlainOrder> orders;
  for (const std::string& file : line.files) {
    if (!read_summary(file, orders, error)) return false;
  }
  gathered.findings = find_lock_orders(orders);
  return true;
}

bool gather_files(const CommandLine& line, Gathered& gathered, std::string& error) {
  std::unique_ptr<Commands> commands;
  if (!line.build.empty()) {
    commands = commands_in(line.build, error);
  } else if (line.has_compiler_arguments) {
    commands = fixed_commands({});
  } else {
    commands = commands_above(line.files.empty() ? "." : line.files.front(), error);
  }
  if (commands == nullptr) return false;
  std::vector<std::string> files = line.files.empty() ? commands->files() : line.files;
  if (files.empty()) {
    error = "no files: name some, or give a compilation database with -p";
    return false;
  }
  Cache cache;
  if (!line.cache.empty() && !cache.open(line.cache, about(line), error)) return false;
  const std::vector<FileResult> results =
      analyze_all(*commands, part_of(std::move(files), line), line.analyze, line.processes, cache);
  std::vector<PlainOrder> orders;
  for (const FileResult& result : results) {
    if (!result.error.empty()) gathered.failed.push_back(result);
    orders.insert(orders.end(), result.orders.begin(), result.orders.end());
  }
  gathered.findings = merge(results);
  subtract_refuted(gathered.findings, results);
  if (!line.summary.empty()) return write_summary(line.summary, orders, error);
  for (PlainFinding& finding : find_lock_orders(orders)) {
    gathered.findings.push_back(std::move(finding));
  }
  return true;
}

// Takes away what is not to be told.
bool reduce(const CommandLine& line, std::vector<PlainFinding>& findings, std::string& error) {
  if (!line.diff.empty()) {
    ChangedLines changed;
    if (!changed.read(line.diff, error)) return false;
    std::erase_if(findings,
                  [&](const PlainFinding& finding) { return !touches(finding, changed); });
  }
  if (line.write_baseline) {
    if (!write_baseline(line.baseline, findings, error)) return false;
    findings.clear();
    return true;
  }
  return line.baseline.empty() || subtract_baseline(line.baseline, findings, error);
}

int run(CommandLine& line) {
  std::string error;
  if (line.config.empty()) line.config = configuration_above();
  if (!line.config.empty()) {
    line.analyze.configuration = read_configuration(line.config, error);
    if (line.analyze.configuration == nullptr) return refuse(error);
  }
  // What can't work is said before the work begins.
  Gathered gathered;
  if (!line.write_baseline && !reduce(line, gathered.findings, error)) return refuse(error);
  std::ofstream opened;
  if (!line.output.empty()) {
    opened.open(line.output);
    if (!opened) return refuse("cannot write --output file '" + line.output + "'");
  }
  std::ostream& out = line.output.empty() ? std::cout : opened;

  const bool works =
      line.merge ? gather_summaries(line, gathered, error) : gather_files(line, gathered, error);
  if (!works || !reduce(line, gathered.findings, error)) return refuse(error);
  const std::vector<PlainFinding>& findings = gathered.findings;
  render(line.format, findings, gathered.failed, out);
  out.flush();
  if (!out)
    return refuse("cannot write the findings" +
                  (line.output.empty() ? "" : " to '" + line.output + "'"));
  for (const FileResult& file : gathered.failed)
    std::cerr << "sluice-check: " << file.file << ": " << file.error << '\n';
  if (line.fix) {
    const int fixed = apply_fixes(findings, error);
    if (fixed < 0) return refuse(error);
    if (!findings.empty()) {
      std::cerr << "sluice-check: fixed " << fixed << " of " << findings.size() << " findings\n";
    }
  }
  if (!gathered.failed.empty()) return kNotAnalysed;
  return findings.empty() ? kClean : kFindings;
}

}  // namespace

int main(int argc, char** argv) {
  CommandLine line;
  int status = kClean;
  if (!parse(argc, argv, line, status)) return status;
  return run(line);
}
