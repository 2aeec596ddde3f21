#include "debug/options.hpp"

#include <charconv>

#include "debug/suppressions.hpp"

namespace sluice::checked {
namespace {

constexpr std::string_view kKnown =
    "off, wait, check, full, verbose, classes, seed=N, report=DIR, suppress=FILE, "
    "on_report=continue|abort|exit:N";

template <class T>
bool parse_number(std::string_view text, T& into) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc() && end == text.data() + text.size();
}

std::string complaint(std::string_view origin, std::string_view what, std::string_view word,
                      std::string_view right) {
  std::string line = "sluice: ";
  line.append(origin).append(": ").append(what).append(" '").append(word);
  line.append("' (").append(right).append(")");
  return line;
}

// Empty when `word` was understood.
std::string apply_setting(std::string_view word, std::string_view origin, Options& options) {
  const std::size_t equals = word.find('=');
  const std::string_view key = word.substr(0, equals);
  const std::string_view value = word.substr(equals + 1);
  if (key == "seed") {
    std::uint64_t seed = 0;
    if (!parse_number(value, seed)) {
      return complaint(origin, "bad seed", value,
                       "wanted: a number from 0 to 18446744073709551615");
    }
    options.seed = seed;
  } else if (key == "report") {
    if (value.empty()) return complaint(origin, "no folder in", word, "wanted: report=DIR");
    options.report_dir = value;
  } else if (key == "suppress") {
    const std::string wrong = Suppressions().load(std::string(value));
    if (!wrong.empty()) return "sluice: " + std::string(origin) + ": suppress: " + wrong;
    options.suppress_files.emplace_back(value);
  } else if (key == "on_report") {
    if (value == "continue") {
      options.on_report = OnReport::carry_on;
    } else if (value == "abort") {
      options.on_report = OnReport::abort;
    } else if (value.starts_with("exit:")) {
      unsigned status = 0;
      if (!parse_number(value.substr(5), status) || status > 255) {
        return complaint(origin, "bad exit status", value.substr(5), "wanted: 0 to 255");
      }
      options.on_report = OnReport::exit;
      options.exit_status = static_cast<int>(status);
    } else {
      return complaint(origin, "unknown on_report", value, "known: continue, abort, exit:N");
    }
  } else {
    return complaint(origin, "unknown word", word, std::string("known: ").append(kKnown));
  }
  return {};
}

bool parse_switch(std::string_view word, Options& options) {
  if (word == "verbose") {
    options.verbose = options.all_orders = true;
  } else if (word == "classes") {
    options.classes = true;
  } else {
    return false;
  }
  return true;
}

bool parse_level(std::string_view word, Level& level) {
  if (word == "off" || word == "0") {
    level = Level::off;
  } else if (word == "wait") {
    level = Level::wait;
  } else if (word == "check" || word == "1") {
    level = Level::check;
  } else if (word == "full") {
    level = Level::full;
  } else {
    return false;
  }
  return true;
}

}  // namespace

ParsedOptions parse_options(std::string_view text, std::string_view origin) {
  ParsedOptions parsed;
  bool level_given = false;
  bool setting_given = false;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view word = text.substr(0, comma);
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    if (word.empty()) continue;
    if (parse_level(word, parsed.options.level)) {
      level_given = true;
      continue;
    }
    if (parse_switch(word, parsed.options)) {
      setting_given = true;
      continue;
    }
    if (word.find('=') == std::string_view::npos) {
      parsed.error = complaint(origin, "unknown word", word, std::string("known: ").append(kKnown));
      return parsed;
    }
    parsed.error = apply_setting(word, origin, parsed.options);
    if (!parsed.error.empty()) return parsed;
    setting_given = true;
  }
  // Who asks for a report folder wants reports.
  if (setting_given && !level_given) parsed.options.level = Level::check;
  return parsed;
}

}  // namespace sluice::checked
