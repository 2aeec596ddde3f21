#include "debug/goroutine_dump.hpp"

#include <cstdio>

#include "debug/reporter.hpp"
#include "debug/symbolize.hpp"

namespace sluice::checked {
namespace {

std::string hex(std::uintptr_t value) {
  char text[32];
  std::snprintf(text, sizeof text, "+0x%zx", static_cast<std::size_t>(value));
  return text;
}

std::string where(const Frame& frame) {
  std::string text = "\t";
  if (!frame.file.empty() && frame.line > 0) {
    text += frame.file + ":" + std::to_string(frame.line);
  } else {
    text += frame.module.empty() ? "?" : frame.module;
  }
  return text + " " + hex(frame.offset) + "\n";
}

std::string function(const Frame& frame) { return frame.function.empty() ? "?" : frame.function; }

void append_frames(std::string& out, const DumpedGoroutine& goroutine) {
  if (goroutine.pcs.empty()) {
    out += "\tgoroutine running on other thread; stack unavailable\n";
    return;
  }
  std::vector<Frame> frames;
  for (std::size_t i = 0; i < goroutine.pcs.size(); ++i) {
    const bool exact = i == 0 && goroutine.first_pc_is_exact;
    for (Frame& frame :
         symbolize(goroutine.pcs[i], exact ? PcKind::exact : PcKind::return_address)) {
      frames.push_back(std::move(frame));
    }
  }
  bool any = false;
  for (const Frame& frame : frames) any = any || is_shown(frame);
  for (const Frame& frame : frames) {
    // Nothing to show but the runtime's inside: then that is what there is to see.
    if (any && !is_shown(frame)) continue;
    out += function(frame) + "(...)\n" + where(frame);
  }
  if (goroutine.frames_elided > 0) {
    out += "..." + std::to_string(goroutine.frames_elided) + " frames elided...\n";
  }
}

void append(std::string& out, const DumpedGoroutine& goroutine) {
  out += "goroutine " + std::to_string(goroutine.id);
  if (!goroutine.name.empty()) out += " \"" + goroutine.name + "\"";
  out += " [" + goroutine.state;
  if (goroutine.minutes > 0) out += ", " + std::to_string(goroutine.minutes) + " minutes";
  if (goroutine.locked_to_thread) out += ", locked to thread";
  out += "]:\n";
  append_frames(out, goroutine);
  if (goroutine.creation_pc == nullptr || goroutine.id == 1) return;
  const std::vector<Frame> frames = symbolize(goroutine.creation_pc);
  const Frame* creator = &frames.back();
  for (const Frame& frame : frames) {
    if (!is_internal(frame)) {
      creator = &frame;
      break;
    }
  }
  out += "created by " + function(*creator) + " in goroutine " +
         std::to_string(goroutine.parent_id) + "\n" + where(*creator);
}

}  // namespace

std::string goroutine_dump(std::span<const DumpedGoroutine> goroutines) {
  std::string out;
  on_large_stack([&] {
    for (const DumpedGoroutine& goroutine : goroutines) {
      if (!out.empty()) out += "\n";
      append(out, goroutine);
    }
    if (const std::string note = symbolizer_note(); !note.empty()) {
      out += "\n(" + note + ")\n";
    }
  });
  return out;
}

}  // namespace sluice::checked
