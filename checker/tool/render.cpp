// Text and JSON.
#include "render.hpp"

namespace sluice::checker {
namespace {

void write_place(const Place& place, std::ostream& out) {
  out << place.file << ':' << place.line << ':' << place.column << ": ";
}

}  // namespace

void render_text(const std::vector<PlainFinding>& findings, std::ostream& out) {
  for (const PlainFinding& finding : findings) {
    write_place(finding.place, out);
    out << "warning: " << finding.message << " [" << finding.check << "]\n";
    if (!finding.line_text.empty()) {
      out << finding.line_text << '\n';
      // Tabs are copied, so that the mark stands below what it means at any tab width.
      for (unsigned i = 0; i + 1 < finding.place.column; ++i) {
        const bool is_tab = i < finding.line_text.size() && finding.line_text[i] == '\t';
        out << (is_tab ? '\t' : ' ');
      }
      out << "^\n";
    }
    for (const PlainNote& note : finding.notes) {
      write_place(note.place, out);
      out << "note: " << note.message << '\n';
    }
  }
}

void render_json(const std::vector<PlainFinding>& findings, const std::vector<FileResult>& failed,
                 std::ostream& out) {
  nlohmann::ordered_json report;
  report["version"] = 1;
  report["findings"] = nlohmann::ordered_json::array();
  for (const PlainFinding& finding : findings) {
    nlohmann::ordered_json each;
    each["check"] = finding.check;
    each["file"] = finding.place.file;
    each["line"] = finding.place.line;
    each["column"] = finding.place.column;
    each["message"] = finding.message;
    each["path"] = nlohmann::ordered_json::array();
    for (const PlainNote& note : finding.notes) {
      each["path"].push_back({{"file", note.place.file},
                              {"line", note.place.line},
                              {"column", note.place.column},
                              {"message", note.message}});
    }
    each["fixes"] = nlohmann::ordered_json::parse(nlohmann::json(finding.fixes).dump());
    report["findings"].push_back(std::move(each));
  }
  report["not_analysed"] = nlohmann::ordered_json::array();
  for (const FileResult& file : failed) {
    report["not_analysed"].push_back({{"file", file.file}, {"reason", file.error}});
  }
  out << report.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
}

}  // namespace sluice::checker
