// sluice-report: reports, traces and profiles as one page for a browser. This file is the command
// line, the page's frame and the exit status.
#include <cstring>
#include <iostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "debug/describe.hpp"
#include "debug/render_html.hpp"
#include "debug/whole_file.hpp"
#include "flame.hpp"
#include "inputs.hpp"
#include "timeline.hpp"
#include "web.hpp"

namespace {

using namespace sluice::pictures;
using sluice::checked::counted;

constexpr int kDone = 0, kCouldNot = 2;

int refuse(const std::string& line) {
  std::cerr << "sluice-report: " << line << '\n';
  return kCouldNot;
}

std::string summary(const Inputs& inputs) {
  std::string line;
  const auto add = [&line](const std::string& part) { line += (line.empty() ? "" : ", ") + part; };
  if (inputs.files_of_reports > 0) {
    add(counted(inputs.findings.size(), "finding") + " in " +
        counted(inputs.findings.seen(), "report"));
  }
  if (!inputs.traces.empty()) add(counted(inputs.traces.size(), "trace"));
  if (!inputs.profiles.empty()) add(counted(inputs.profiles.size(), "profile"));
  return line;
}

std::string page_of(const Inputs& inputs) {
  sluice::checked::HtmlPage page;
  page.title = summary(inputs);
  page.style = k_pictures_css;
  page.sections = inputs.findings.render();
  for (const auto& [name, trace] : inputs.traces) {
    page.sections.push_back(render_timeline(trace, name));
  }
  for (const auto& [name, profile] : inputs.profiles) {
    page.sections.push_back(render_flame(profile, name));
  }
  if (!inputs.traces.empty()) page.scripts.emplace_back(k_timeline_js);
  if (!inputs.profiles.empty()) page.scripts.emplace_back(k_flame_js);
  return render_html_page(page);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "sluice-report [-o FILE] INPUT...\n\n"
      "Makes one page for a browser, which needs no other file, of: reports (the .jsonl files that "
      "SLUICE_DEBUG=report=DIR writes, or the folder), traces (SLUICE_TRACE) and profiles "
      "(SLUICE_BLOCKPROFILE, SLUICE_MUTEXPROFILE, debug::write_profile). The same finding of many "
      "runs is shown once. Exit status: 0 the page is written, 2 it is not.");
  app.set_version_flag("--version", "sluice-report " SLUICE_VERSION);
  std::string output = "sluice-report.html";
  std::vector<std::string> paths;
  app.add_option("-o,--output", output, "the page")->capture_default_str();
  app.add_option("INPUT", paths, "files, or folders of reports");
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    return refuse(std::string(error.what()) + "; --help lists the options");
  }
  if (paths.empty()) return refuse("nothing to show; --help says what can be");
  Inputs inputs;
  try {
    for (const std::string& path : paths) inputs.add(path);
  } catch (const std::exception& error) {
    return refuse(error.what());
  }
  sluice::checked::WholeFile file;
  if (!file.open(output) || !file.finish(page_of(inputs))) {
    return refuse("can't write '" + output + "': " + std::strerror(errno));
  }
  std::cout << output << ": " << summary(inputs) << '\n';
  return kDone;
}
