#include "debug/reporter.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/own_calls.hpp"
#include "debug/describe.hpp"
#include "debug/facade.hpp"
#include "debug/fingerprint.hpp"
#include "debug/own_stack.hpp"
#include "debug/render_text.hpp"
#include "debug/repro.hpp"
#include "debug/socket_file.hpp"
#include "debug/symbolize.hpp"

namespace sluice::checked {
namespace {

// Of the finding that this thread was told is new, until it is reported; 0: none.
thread_local std::uint64_t t_number = 0;

void write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = base::own_write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nobody to tell
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

// Buffered output of the program is not lost, unless the program was in the middle of writing it.
void flush_stdout() {
  if (::ftrylockfile(stdout) != 0) return;
  ::fflush_unlocked(stdout);
  ::funlockfile(stdout);
}

}  // namespace

void on_large_stack(const std::function<void()>& work) {
  // No thread to be had: better a report on a small stack than none.
  if (!on_own_stack([&work](Range) { work(); })) work();
}

Reporter::Reporter(const Options& options) : options_(options), files_(options.report_dir) {
  for (const std::string& file : options.suppress_files) suppressions_.load(file);
}

bool Reporter::is_new(std::uint64_t number) {
  const std::lock_guard guard(lock_);
  const auto [known, fresh] = known_.try_emplace(number);
  if (fresh) {
    t_number = number;
  } else if (!known->second.code.empty()) {
    ++by_code_[known->second.code].seen;
  }
  return fresh;
}

void Reporter::report(const std::function<Report()>& make) {
  const std::lock_guard guard(one_at_a_time_);
  write(make, std::exchange(t_number, 0));
}

void Reporter::withdraw(std::uint64_t number, const std::function<Report()>& make) {
  // What is being told this moment has been told once this is held.
  const std::lock_guard guard(one_at_a_time_);
  {
    const std::lock_guard known_guard(lock_);
    const Known& known = known_[number];
    if (known.suppressed) return;
    const std::string key =
        known.code.empty() ? std::to_string(number) : known.code + known.fingerprint;
    if (!withdrawn_.insert(key).second) return;
  }
  write(make, 0);
}

void Reporter::write(const std::function<Report()>& make, std::uint64_t number) {
  on_large_stack([&] {
    Cast cast;
    Report report;
    {
      const CastScope scope(cast);
      report = make();
    }
    finish(report, cast);
    deliver(report, number);
  });
}

// What is the same for all reports.
void Reporter::finish(Report& report, Cast& cast) {
  for (CastGoroutine& goroutine : cast.goroutines) {
    if (goroutine.creation_pc == nullptr) continue;
    const Frame frame = user_frame(goroutine.creation_pc);
    goroutine.started = {frame.function, frame.file, frame.line, frame.column};
  }
  report.cast = std::move(cast);
  report.fingerprint = fingerprint_of(report);
  report.repro = repro(options_, workers());
  if (report.severity != Severity::fatal) report.suppress = suppression_for(report);
  report.files = files_.names();
}

// Whether it has been told, or the user does not want to be told. Counts it.
bool Reporter::is_told(const Report& report, std::uint64_t number) {
  const std::lock_guard guard(lock_);
  if (suppressions_.match(report) != nullptr) {
    ++suppressed_;
    if (number != 0) known_[number].suppressed = true;
    return true;
  }
  if (number != 0) known_[number] = {report.code, report.fingerprint, false};
  Count& count = by_code_[report.code];
  ++count.seen;
  // What was a note may turn out to be an error.
  const std::string kind(to_text(report.severity));
  const bool fresh = fingerprints_.insert(kind + report.code + report.fingerprint).second;
  if (!fresh && !report.every_time && report.severity != Severity::fatal) return true;
  ++count.told;
  return false;
}

void Reporter::deliver(const Report& report, std::uint64_t number) {
  if (!is_told(report, number)) {
    show(report);
  } else if (report.severity != Severity::fatal) {
    return;
  }
  const bool ends =
      report.severity == Severity::fatal ||
      (report.severity == Severity::error && options_.on_report != OnReport::carry_on);
  if (ends) end_process();
}

void Reporter::show(const Report& report) {
  const bool colour = ::isatty(2) != 0 && std::getenv("NO_COLOR") == nullptr;
  std::string text = render_text(report);
  std::string shown = colour ? render_text(report, true) : text;
  static bool noted = false;  // under one_at_a_time_
  if (const std::string note = symbolizer_note(); !note.empty() && !noted) {
    noted = true;
    shown += "  note: " + note + "\n";
  }
  write_all(2, shown + "\n");
  files_.add(report, text);
  note_in_trace(report.code + ": " + report.title);
  if (const ReportHandler handler = report_handler(); handler != nullptr) {
    handler({report.code, to_text(report.severity), report.certainty, report.title, text,
             report.fingerprint});
  }
}

void Reporter::end_process() {
  flush_stdout();
  say_last_words();
  remove_open_socket();
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
    if (count.told == 0) continue;
    reports += count.told;
    codes += (codes.empty() ? "" : ", ") + code;
    if (count.told > 1) codes += " x" + std::to_string(count.told);
    if (count.seen > count.told) codes += " seen " + counted(count.seen, "time");
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
  if (suppressed_ > 0) {
    line += (line.empty() ? "" : ", ") + std::to_string(suppressed_) + " suppressed";
  }
  if (hidden > 0) {
    line += (line.empty() ? "" : "; ") + counted(hidden, "inversion") + " not shown: " + reasons +
            "; SLUICE_ORDER=all shows " + (hidden == 1 ? "it" : "them");
  }
  return line.empty() ? line : "sluice: " + line;
}

}  // namespace sluice::checked
