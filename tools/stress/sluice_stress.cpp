// sluice-stress: a program under many seeds of the shuffled schedule. This file is the command
// line, what is printed and the exit status.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <string>
#include <thread>

#include <CLI/CLI.hpp>

#include "campaign.hpp"

namespace {

using namespace sluice::stress;

// Frozen: CI scripts depend on these.
enum ExitStatus : int { kNoneFound = 0, kFound = 1, kCouldNotRun = 2 };

int refuse(const std::string& line) {
  std::cerr << "sluice-stress: " << line << '\n';
  return kCouldNotRun;
}

// False when there is nothing to run; `status` is then the exit status.
bool parse(int argc, char** argv, Settings& settings, int& status) {
  CLI::App app(
      "sluice-stress [OPTIONS] [--] PROGRAM [ARGUMENT...]\n\n"
      "Runs a program or a test in checked mode under many seeds of the shuffled schedule, several "
      "at a time, until one makes it report something, fail, crash or hang. Prints that run's "
      "report and the command that repeats it. Exit status: 0 nothing found, 1 found, 2 could not "
      "run.");
  app.set_version_flag("--version", "sluice-stress " SLUICE_VERSION);
  app.add_option("-n,--seeds", settings.seeds, "how many seeds")->capture_default_str();
  app.add_option("--from", settings.first_seed, "the first seed")->capture_default_str();
  app.add_option("-j,--jobs", settings.jobs, "runs at a time; as many as there are processors");
  app.add_option("--timeout", settings.timeout_s, "seconds after which a run counts as hung")
      ->capture_default_str();
  app.add_option("--level", settings.level, "check or full")
      ->check(CLI::IsMember({"check", "full"}))
      ->capture_default_str();
  app.add_option("--workers", settings.workers,
                 "SLUICE_WORKERS of each run; with 1 a seed replays exactly");
  app.add_flag("--keep-going", settings.keep_going,
               "run all seeds, then list what was found by kind");
  // What follows the program's name is the program's, also what looks like an option.
  app.prefix_command();
  app.footer(
      "GoogleTest: sluice-stress ./tests --gtest_filter='Pool.*'. Words in SLUICE_DEBUG, such as "
      "report=DIR, are given to each run.");
  settings.jobs = std::max(1u, std::thread::hardware_concurrency());
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    status = app.exit(help);
    return false;
  } catch (const CLI::ParseError& error) {
    status = refuse(std::string(error.what()) + "; --help lists the options");
    return false;
  }
  settings.command = app.remaining();
  if (!settings.command.empty() && settings.command.front() == "--")
    settings.command.erase(settings.command.begin());
  status = kCouldNotRun;
  if (settings.command.empty()) {
    refuse("no program to run; --help lists the options");
  } else if (settings.command.front().starts_with("-")) {
    refuse("no option '" + settings.command.front() + "'; --help lists them");
  } else if (settings.seeds < 1 || settings.jobs < 1 || settings.jobs > 1000) {
    refuse("-n is a number from 1 on, -j one from 1 to 1000");
  } else if (!(settings.timeout_s > 0)) {
    refuse("--timeout is more than 0 seconds");
  } else {
    return true;
  }
  return false;
}

void print(const Settings& settings, const Failure& failure) {
  std::cout << "sluice-stress: seed " << failure.seed << ": " << failure.what << "\n\n"
            << failure.output << "\nrun it again:\n  " << command_line(settings, failure.seed)
            << '\n';
  if (const std::string but = caveat(settings); !but.empty()) std::cout << "  (" << but << ")\n";
}

void print_kinds(const Settings& settings, const std::vector<Failure>& failures) {
  constexpr std::size_t kSeedsShown = 10;
  const std::vector<Kind> kinds = kinds_of(failures);
  for (const Kind& kind : kinds) {
    print(settings, kind.first);
    std::cout << "seeds with this:";
    for (std::size_t i = 0; i < std::min(kind.seeds.size(), kSeedsShown); ++i)
      std::cout << ' ' << kind.seeds[i];
    if (kind.seeds.size() > kSeedsShown)
      std::cout << " and " << kind.seeds.size() - kSeedsShown << " more";
    std::cout << "\n\n";
  }
  for (const Kind& kind : kinds)
    std::cout << std::setw(6) << kind.seeds.size() << " x  " << kind.first.what << '\n';
}

void print_sum(const Settings& settings, const Campaign& campaign, Clock::duration took) {
  std::ostringstream line;
  line << "sluice-stress: " << counted(campaign.runs(), "run") << " of " << settings.seeds
       << " from seed " << settings.first_seed << ", ";
  if (campaign.failures().empty()) {
    line << "nothing found";
  } else {
    line << counted(campaign.failures().size(), "failure");
  }
  line << ", " << std::fixed << std::setprecision(1) << std::chrono::duration<double>(took).count()
       << " s";
  std::cout << line.str() << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  int status = kNoneFound;
  if (!parse(argc, argv, settings, status)) return status;
  const Clock::time_point started = Clock::now();
  Campaign campaign(settings);
  {
    Progress progress(settings.seeds, isatty(STDERR_FILENO) != 0);
    campaign.run(progress);
  }
  if (!campaign.could_not_run().empty()) {
    return refuse("can't run '" + settings.command.front() + "': " + campaign.could_not_run());
  }
  if (settings.keep_going) {
    print_kinds(settings, campaign.failures());
  } else if (!campaign.failures().empty()) {
    print(settings, campaign.failures().front());
  }
  print_sum(settings, campaign, Clock::now() - started);
  if (const int signal_number = campaign.interrupted_by(); signal_number != 0) {
    // As if it had not been caught, for whoever waits for this process.
    signal(signal_number, SIG_DFL);
    sigset_t all;
    sigemptyset(&all);
    sigprocmask(SIG_SETMASK, &all, nullptr);
    raise(signal_number);
  }
  return campaign.failures().empty() ? kNoneFound : kFound;
}
