#include "debug/suppressions.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace sluice::checked {
namespace {

struct Kind {
  std::string_view name;
  std::string_view codes[12];  // beginnings
};

// Every code but SL999, which says that sluice was wrong.
constexpr Kind kKinds[] = {
    {"order", {"SL101", "SL102", "SL104", "SL109"}},
    {"lock", {"SL103", "SL11", "SL12"}},
    {"wait", {"SL13", "SL14", "SL20", "SL603"}},
    {"asleep", {"SL30"}},
    {"leak", {"SL202", "SL302", "SL40"}},
    {"wait_group", {"SL50", "SL510"}},
    {"channel", {"SL60"}},
};

bool is_of(const Kind& kind, std::string_view code) {
  return std::any_of(std::begin(kind.codes), std::end(kind.codes), [&](std::string_view begin) {
    return !begin.empty() && code.starts_with(begin);
  });
}

bool is_code(std::string_view word) {
  return word.size() == 5 && word.starts_with("SL") &&
         std::all_of(word.begin() + 2, word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool applies(const Suppression& suppression, std::string_view code) {
  if (suppression.kind == code) return true;
  return std::any_of(std::begin(kKinds), std::end(kKinds), [&](const Kind& kind) {
    return kind.name == suppression.kind && is_of(kind, code);
  });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) {
    text.remove_prefix(1);
  }
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) {
    text.remove_suffix(1);
  }
  return text;
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// Whether `glob` fits a function, a file or an object that the report names.
bool names_match(std::string_view glob, const Report& report) {
  const auto fits = [&](std::string_view name) {
    return !name.empty() && matches_glob(glob, name);
  };
  for (const Section& section : report.sections) {
    for (const Line& line : section.lines) {
      if (fits(line.place.function) || fits(line.place.file) || fits(base_name(line.place.file))) {
        return true;
      }
    }
  }
  return std::any_of(report.cast.objects.begin(), report.cast.objects.end(),
                     [&](const CastObject& object) { return fits(object.name); });
}

}  // namespace

// Goes back to the last star when something does not fit.
bool matches_glob(std::string_view glob, std::string_view text) {
  std::size_t g = 0, t = 0, star = std::string_view::npos, after_star = 0;
  while (t < text.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      after_star = t;
    } else if (g < glob.size() && (glob[g] == '?' || glob[g] == text[t])) {
      ++g;
      ++t;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      t = ++after_star;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

std::string_view kind_of_code(std::string_view code) {
  for (const Kind& kind : kKinds) {
    if (is_of(kind, code)) return kind.name;
  }
  return {};
}

std::string suppression_for(const Report& report) {
  const std::string kind(kind_of_code(report.code));
  if (kind.empty()) return {};
  // The first place says most, but of lock orders the last, which made the report appear. A
  // lambda's name says little.
  std::string name;
  for (const bool lambdas : {false, true}) {
    for (const Section& section : report.sections) {
      for (const Line& line : section.lines) {
        const std::string& function = line.place.function;
        if (!line.innermost || function.empty() || (!name.empty() && kind != "order")) continue;
        if (lambdas || function.find("{lambda}") == std::string::npos) name = function;
      }
    }
    if (!name.empty()) break;
  }
  for (const CastObject& object : report.cast.objects) {
    if (name.empty()) name = object.name;
  }
  return name.empty() ? std::string() : kind + ":" + name;
}

const Suppression* Suppressions::match(const Report& report) const {
  for (const Suppression& each : all_) {
    if (applies(each, report.code) && names_match(each.glob, report)) return &each;
  }
  return nullptr;
}

// What is wrong with the line; empty when nothing is.
std::string Suppressions::add(std::string_view line) {
  line = trimmed(line);
  if (line.empty() || line.front() == '#') return {};
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return "no ':' in '" + std::string(line) + "'";
  const std::string kind(trimmed(line.substr(0, colon)));
  const std::string glob(trimmed(line.substr(colon + 1)));
  const bool known = is_code(kind) || std::any_of(std::begin(kKinds), std::end(kKinds),
                                                  [&](const Kind& k) { return k.name == kind; });
  if (!known) {
    std::string kinds;
    for (const Kind& each : kKinds) kinds.append(each.name).append(", ");
    return "unknown kind '" + kind + "' (known: " + kinds + "or a code such as SL101)";
  }
  if (glob.empty()) return "nothing after ':' in '" + std::string(line) + "'";
  all_.push_back({kind, glob});
  return {};
}

std::string Suppressions::load(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "r");
  if (file == nullptr) return path + ": " + std::strerror(errno);
  std::string line, wrong;
  int number = 1;
  const auto take = [&] {
    std::string complaint = add(line);
    if (!complaint.empty()) wrong = path + ":" + std::to_string(number) + ": " + complaint;
    line.clear();
    ++number;
  };
  for (int c = std::fgetc(file); c != EOF && wrong.empty(); c = std::fgetc(file)) {
    if (c == '\n') {
      take();
    } else {
      line += static_cast<char>(c);
    }
  }
  if (wrong.empty()) take();
  if (wrong.empty() && std::ferror(file) != 0) wrong = path + ": " + std::strerror(errno);
  std::fclose(file);
  return wrong;
}

}  // namespace sluice::checked
