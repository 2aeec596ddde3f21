#include "debug/describe.hpp"

#include <algorithm>
#include <cstdio>

#include "debug/source_lines.hpp"

namespace sluice::checked {
namespace {

constexpr int kStatementLines = 8;  // of a select that is written over several lines

std::string base_name(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

void meet(const Identity& identity) {
  CastGoroutine met;
  met.uid = identity.uid;
  met.id = identity.id;
  met.parent_id = identity.parent_id;
  met.name = identity.name;
  met.creation_pc = identity.creation_pc;
  Cast::current().meet(std::move(met));
}

// What an object is called in every run: numbers depend on who came first, and lines change.
std::string essence_of(const ObjectInfo& object, const std::string& name,
                       const std::string& created) {
  if (!name.empty()) return name;
  const std::string kind = kind_name(object.kind);
  return created.empty() ? kind : kind + " " + created.substr(0, created.rfind(':'));
}

std::string hex(std::uintptr_t value) {
  char text[32];
  std::snprintf(text, sizeof text, "0x%zx", static_cast<std::size_t>(value));
  return text;
}

// A function that the program can call, as far as its file tells.
bool is_public(const Frame& frame) {
  return frame.file.find("include/sluice/") != std::string::npos &&
         frame.file.find("/detail/") == std::string::npos;
}

}  // namespace

std::string place(const Frame& frame) {
  if (!frame.file.empty() && frame.line > 0) {
    return base_name(frame.file) + ":" + std::to_string(frame.line);
  }
  const std::string& where = frame.function.empty() ? frame.module : frame.function;
  return (where.empty() ? std::string("?") : where) + "+" + hex(frame.offset);
}

Chain visible_chain(std::span<const void* const> pcs) {
  Chain chain;
  std::vector<Frame> all;
  for (const void* pc : pcs) {
    for (Frame& frame : symbolize(pc)) all.push_back(std::move(frame));
  }
  for (Frame& frame : all) {
    if (!is_internal(frame)) {
      chain.frames.push_back(std::move(frame));
    } else {
      ++chain.hidden;
    }
  }
  // Frames without a name and a line at the root are the C library's start.
  while (chain.frames.size() > 1 && chain.frames.back().function.empty() &&
         chain.frames.back().line == 0) {
    chain.frames.pop_back();
    ++chain.hidden;
  }
  if (chain.frames.empty() && !all.empty()) {
    // The program's function ended in a tail call, and is gone: what it called is told.
    const auto called = std::find_if(all.begin(), all.end(), is_public);
    chain.frames.push_back(called != all.end() ? *called : all.front());
    chain.hidden = all.size() - 1;
  }
  if (chain.frames.empty()) chain.frames.emplace_back();
  return chain;
}

Frame user_frame(const void* pc) {
  if (pc == nullptr) return {};
  const void* const pcs[] = {pc};
  return visible_chain(pcs).frames.front();
}

std::string kind_name(detail::ObjectKind kind) {
  switch (kind) {
    case detail::ObjectKind::mutex:
      return "Mutex";
    case detail::ObjectKind::rw_mutex:
      return "RWMutex";
    case detail::ObjectKind::once:
      return "Once";
    case detail::ObjectKind::cond:
      return "Cond";
    case detail::ObjectKind::wait_group:
      return "WaitGroup";
    case detail::ObjectKind::semaphore:
      return "Semaphore";
    case detail::ObjectKind::channel:
      return "Chan";
    case detail::ObjectKind::timer:
      return "Timer";
    default:
      return "object";
  }
}

const Names::Known& Names::known(const ObjectInfo& object) {
  const auto found = known_.find(object.id);
  if (found != known_.end()) return found->second;
  Known known;
  known.name = object.name;
  const auto created = stack_of(object.created);
  if (!created.empty()) {
    known.created = "created " + place(visible_chain(created).frames.front());
  }
  if (known.name.empty()) {
    Variable variable = symbolize_global(object.address);
    for (std::size_t i = 0; variable.name.empty() && i < 2 && i < created.size(); ++i) {
      if (object.frames[i] == 0) continue;
      const auto address =
          reinterpret_cast<std::uintptr_t>(static_cast<const void*>(object.address));
      variable = symbolize_local(
          created[i], address + static_cast<std::uintptr_t>(object.frames[i]), object.address);
    }
    known.name = variable.name;
    if (known.name.empty() && !created.empty()) {
      const Frame made = visible_chain(created).frames.front();
      known.name = variable_made_at(source_line(made.file, made.line));
    }
    if (known.name.empty() && object.used_at != nullptr) {
      const Frame used = user_frame(object.used_at);
      known.name = variable_used_at(source_line(used.file, used.line, kStatementLines), object.kind,
                                    object.used_case);
    }
    if (known.created.empty() && variable.line > 0) {
      known.created = "created " + base_name(variable.file) + ":" + std::to_string(variable.line);
    }
  }
  if (known.created.empty() && object.first_use != nullptr) {
    known.created = "first used at " + place(user_frame(object.first_use));
  }
  const std::string essence = essence_of(object, known.name, known.created);
  bool taken = false;
  for (auto& [id, other] : known_)
    taken = taken || (!known.name.empty() && other.name == known.name);
  if (taken) known.name += "#" + std::to_string(object.number);
  if (object.id != kNoObject) {
    Cast::current().objects.push_back(
        {object.id, kind_name(object.kind), object.number, known.name, known.created, essence});
  }
  return known_.emplace(object.id, std::move(known)).first->second;
}

std::string Names::plain(const ObjectInfo& object) {
  const std::string& name = known(object).name;
  return name.empty() ? kind_name(object.kind) + "#" + std::to_string(object.number) : name;
}

std::string Names::quoted(const ObjectInfo& object) {
  const std::string& name = known(object).name;
  return name.empty() ? plain(object) : "'" + name + "'";
}

std::string Names::origin(const ObjectInfo& object) {
  const std::string label = kind_name(object.kind) + "#" + std::to_string(object.number);
  const Known& what = known(object);
  std::string text = what.name.empty() ? label : what.name + " = " + label;
  if (!what.created.empty()) text += " " + what.created;
  return text;
}

std::string who(const Identity& identity) {
  meet(identity);
  if (identity.id == 0) {
    return "thread " + std::to_string(identity.uid) + " (not a goroutine)";
  }
  std::string text = "goroutine " + std::to_string(identity.id);
  if (!identity.name.empty()) {
    text += " \"" + identity.name + "\"";
  } else if (identity.id == 1) {
    text += " (main)";
  }
  return text;
}

std::string who_short(const Identity& identity) {
  meet(identity);
  if (identity.id == 1) return "main";
  if (identity.id == 0) return "thread " + std::to_string(identity.uid);
  return "goroutine " + std::to_string(identity.id);
}

std::string whos(const std::vector<Identity>& equal, std::size_t shown) {
  std::string text = equal.size() == 1 ? who(equal.front()) : who_short(equal.front());
  for (std::size_t i = 1; i < equal.size() && i < shown; ++i) {
    meet(equal[i]);
    text += ", " + std::to_string(equal[i].id);
  }
  if (equal.size() > shown) text += ", ...";
  const std::string& name = equal.front().name;
  const bool shared = std::all_of(equal.begin(), equal.end(),
                                  [&](const Identity& each) { return each.name == name; });
  if (equal.size() > 1 && shared && !name.empty()) text += " \"" + name + "\"";
  if (equal.size() > 1) text += " (x" + std::to_string(equal.size()) + ")";
  return text;
}

Line& set_place(Line& line, const Frame& frame, std::string remark, int indent) {
  line.place = {frame.function, frame.file, frame.line, frame.column};
  if (line.place.function.empty() && line.place.file.empty()) line.place.function = place(frame);
  line.innermost = true;
  line.excerpt = {frame.file, frame.line, frame.column, std::move(remark), indent};
  return line;
}

std::string creation(const Identity& identity) {
  if (identity.creation_pc == nullptr) return {};
  const Frame frame = user_frame(identity.creation_pc);
  return place(frame) + " " + frame.function;
}

Line& add_place(Section& section, int indent, const Frame& frame, std::string remark,
                std::size_t width) {
  std::string text = place(frame);
  if (text.size() < width) text.append(width - text.size(), ' ');
  text += "   " + frame.function;
  return set_place(section.add(indent, std::move(text)), frame, std::move(remark), indent + 3);
}

std::string seconds(std::int64_t nanoseconds) {
  char text[32];
  const double s = static_cast<double>(nanoseconds) / 1e9;
  std::snprintf(text, sizeof text, s < 10 ? "%.2f s" : "%.1f s", s);
  return text;
}

std::string counted(std::size_t n, const char* one) {
  return std::to_string(n) + " " + one + (n == 1 ? "" : "s");
}

std::string list(const std::vector<std::string>& words, const char* last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? std::string(" ") + last + " " : ", ";
    text += words[i];
  }
  return text;
}

}  // namespace sluice::checked
