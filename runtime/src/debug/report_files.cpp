#include "debug/report_files.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "debug/describe.hpp"
#include "debug/program_path.hpp"
#include "debug/render_dot.hpp"
#include "debug/render_html.hpp"
#include "debug/render_json.hpp"

namespace sluice::checked {
namespace {

constexpr std::size_t kMostPages = 100;  // reports in one page, which is written anew for each

bool write_file(const std::string& path, const char* mode, const std::string& text) {
  std::FILE* file = std::fopen(path.c_str(), mode);
  if (file == nullptr) return false;
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  return (std::fclose(file) == 0) && written;
}

HtmlPage page_of(const std::vector<std::string>& reports) {
  std::string program = program_path();
  program = program.substr(program.rfind('/') + 1);
  return {counted(reports.size(), "report") + " on " + program,
          "sluice, process " + std::to_string(::getpid()),
          {},
          reports,
          {}};
}

}  // namespace

std::string ReportFiles::path(const char* suffix) const {
  return folder_ + "/" + std::to_string(::getpid()) + suffix;
}

bool ReportFiles::ready() {
  if (folder_.empty() || tried_) return good_;
  tried_ = true;
  ::mkdir(folder_.c_str(), 0777);
  good_ = write_file(path(".txt"), "a", "");
  if (!good_) {
    std::fprintf(stderr, "sluice: SLUICE_DEBUG: report=%s: cannot write %s: %s\n", folder_.c_str(),
                 path(".txt").c_str(), std::strerror(errno));
  }
  return good_;
}

std::string ReportFiles::names() {
  if (!ready()) return {};
  const std::string pid = std::to_string(::getpid());
  return path(".html") + "  " + pid + ".dot  " + pid + ".jsonl  " + pid + ".txt";
}

void ReportFiles::add(const Report& report, const std::string& text) {
  if (!ready()) return;
  bool written = write_file(path(".txt"), "a", text + "\n");
  written = write_file(path(".jsonl"), "a", render_json(report, text) + "\n") && written;
  written = write_file(path(".dot"), "a", render_dot(report)) && written;
  if (pages_.size() < kMostPages) {
    pages_.push_back(render_html_section(report, text, pages_.size() + 1));
    // Whoever looks at it meanwhile sees the page before or the page after, never half of one.
    const std::string unfinished = path(".html.new");
    written = write_file(unfinished, "w", render_html_page(page_of(pages_))) && written;
    written = std::rename(unfinished.c_str(), path(".html").c_str()) == 0 && written;
  }
  if (written) return;
  good_ = false;
  std::fprintf(stderr, "sluice: SLUICE_DEBUG: report=%s: writing stopped: %s\n", folder_.c_str(),
               std::strerror(errno));
}

}  // namespace sluice::checked
