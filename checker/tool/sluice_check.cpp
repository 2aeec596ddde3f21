// sluice-check: the checks over a project's files, for CI. This file is the command line and the
// exit status; the work is in the files beside it.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <CLI/CLI.hpp>

#include "analyze_file.hpp"
#include "apply_fixes.hpp"
#include "render.hpp"
#include "sluice-checker/registry.hpp"
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
  app.add_flag("--strict", line.analyze.strict, "also report what rests on a heuristic");
  app.add_flag("--fix", line.fix, "change the files where a fix is sure");
  app.add_option("-j", line.processes, "files to analyse at a time")->default_val(1);
  app.add_option("--format", line.format, "text or json");
  app.add_option("--output", line.output, "write findings there instead of to standard output");
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
  if (line.format != "text" && line.format != "json") {
    refuse("--format is 'text' or 'json', not '" + line.format + "'");
    return false;
  }
  if (line.processes < 1 || line.processes > 1024) {
    refuse("-j is a number from 1 to 1024, not '" + std::to_string(line.processes) + "'");
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

int run(const CommandLine& line) {
  std::string error;
  std::unique_ptr<Commands> commands;
  if (!line.build.empty()) {
    commands = commands_in(line.build, error);
  } else if (line.has_compiler_arguments) {
    commands = fixed_commands({});
  } else {
    commands = commands_above(line.files.empty() ? "." : line.files.front(), error);
  }
  if (commands == nullptr) return refuse(error);

  std::vector<std::string> files = line.files;
  if (files.empty()) files = commands->files();
  if (files.empty()) return refuse("no files: name some, or give a compilation database with -p");
  std::ofstream opened;
  if (!line.output.empty()) {
    opened.open(line.output);
    if (!opened) return refuse("cannot write --output file '" + line.output + "'");
  }
  std::ostream& out = line.output.empty() ? std::cout : opened;

  const std::vector<FileResult> results =
      analyze_all(*commands, files, line.analyze, line.processes);
  std::vector<FileResult> failed;
  for (const FileResult& result : results) {
    if (!result.error.empty()) failed.push_back(result);
  }
  const std::vector<PlainFinding> findings = merge(results);
  if (line.format == "json") {
    render_json(findings, failed, out);
  } else {
    render_text(findings, out);
  }
  out.flush();
  if (!out)
    return refuse("cannot write the findings" +
                  (line.output.empty() ? "" : " to '" + line.output + "'"));
  for (const FileResult& file : failed)
    std::cerr << "sluice-check: " << file.file << ": " << file.error << '\n';
  if (line.fix) {
    const int fixed = apply_fixes(findings, error);
    if (fixed < 0) return refuse(error);
    if (!findings.empty()) {
      std::cerr << "sluice-check: fixed " << fixed << " of " << findings.size() << " findings\n";
    }
  }
  if (!failed.empty()) return kNotAnalysed;
  return findings.empty() ? kClean : kFindings;
}

}  // namespace

int main(int argc, char** argv) {
  CommandLine line;
  int status = kClean;
  if (!parse(argc, argv, line, status)) return status;
  return run(line);
}
