#include "debug/reporter.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <thread>

#include "debug/describe.hpp"
#include "debug/facade.hpp"
#include "debug/render_text.hpp"
#include "debug/repro.hpp"
#include "debug/symbolize.hpp"

namespace sluice::checked {
namespace {

void write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nobody to tell
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void append_to_file(const std::string& folder, const std::string& text) {
  ::mkdir(folder.c_str(), 0777);
  const std::string path = folder + "/" + std::to_string(::getpid()) + ".txt";
  std::FILE* file = std::fopen(path.c_str(), "a");
  if (file == nullptr) {
    static std::once_flag told;
    std::call_once(told, [&] {
      write_all(2, "sluice: SLUICE_DEBUG: report=" + folder + ": cannot write " + path + ": " +
                       std::strerror(errno) + "\n");
    });
    return;
  }
  std::fwrite(text.data(), 1, text.size(), file);
  std::fclose(file);
}

// Buffered output of the program is not lost, unless the program was in the middle of writing it.
void flush_stdout() {
  if (::ftrylockfile(stdout) != 0) return;
  ::fflush_unlocked(stdout);
  ::funlockfile(stdout);
}

}  // namespace

void on_large_stack(const std::function<void()>& work) {
  try {
    std::thread([&work] { work(); }).join();
  } catch (const std::system_error&) {
    work();  // no thread to be had: better a report on a small stack than none
  }
}

bool Reporter::is_new(std::uint64_t fingerprint) {
  const std::lock_guard guard(lock_);
  if (seen_.insert(fingerprint).second) return true;
  ++repeated_;
  return false;
}

void Reporter::report(const std::function<Report()>& make) {
  const std::lock_guard guard(one_at_a_time_);
  on_large_stack([&] { deliver(make()); });
}

void Reporter::deliver(const Report& report) {
  const bool colour = ::isatty(2) != 0 && std::getenv("NO_COLOR") == nullptr;
  const std::string again = repro(options_, workers());
  const std::string footer = again.empty() ? "" : "  repro: " + again + "\n";
  std::string text = render_text(report) + footer;
  std::string shown = colour ? render_text(report, true) + footer : text;
  static bool noted = false;  // under one_at_a_time_
  if (const std::string note = symbolizer_note(); !note.empty() && !noted) {
    noted = true;
    shown += "  note: " + note + "\n";
  }
  write_all(2, shown + "\n");
  if (!options_.report_dir.empty()) append_to_file(options_.report_dir, text + "\n");
  {
    const std::lock_guard guard(lock_);
    ++by_code_[report.code];
  }
  if (const ReportHandler handler = report_handler(); handler != nullptr) {
    handler({report.code, to_text(report.severity), report.certainty, report.title, text});
  }
  const bool ends =
      report.severity == Severity::fatal ||
      (report.severity == Severity::error && options_.on_report != OnReport::carry_on);
  if (ends) end_process(report);
}

void Reporter::end_process(const Report&) {
  flush_stdout();
  if (const std::string line = summary(); !line.empty()) write_all(2, line + "\n");
  if (options_.on_report == OnReport::abort) std::abort();
  ::_exit(options_.exit_status);
}

void Reporter::left_out(const std::string& why) {
  const std::lock_guard guard(lock_);
  ++left_out_[why];
}

void Reporter::taken_back_in(const std::string& why) {
  const std::lock_guard guard(lock_);
  if (const auto found = left_out_.find(why); found != left_out_.end() && --found->second == 0) {
    left_out_.erase(found);
  }
}

std::string Reporter::summary() {
  const std::lock_guard guard(lock_);
  std::size_t reports = 0;
  std::string codes;
  for (const auto& [code, count] : by_code_) {
    reports += count;
    codes += (codes.empty() ? "" : ", ") + code;
    if (count > 1) codes += " x" + std::to_string(count);
  }
  std::size_t hidden = 0;
  std::string reasons;
  for (const auto& [why, count] : left_out_) {
    hidden += count;
    reasons += (reasons.empty() ? "" : ", ") + std::to_string(count) + " " + why;
  }
  std::string line;
  if (reports > 0) line = counted(reports, "report") + " (" + codes + ")";
  if (reports > 0 && options_.seed) line += ", seed " + std::to_string(*options_.seed);
  if (repeated_ > 0) line += (line.empty() ? "" : ", ") + counted(repeated_, "repetition");
  if (hidden > 0) {
    line += (line.empty() ? "" : "; ") + counted(hidden, "inversion") + " not shown: " + reasons;
  }
  return line.empty() ? line : "sluice: " + line;
}

}  // namespace sluice::checked
