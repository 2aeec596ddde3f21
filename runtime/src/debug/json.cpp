#include "debug/json.hpp"

#include <cstdio>

#include "debug/utf8.hpp"

namespace sluice::checked {

void add_place(Json& json, const Place& place) {
  json.open("{").member("function", place.function).member("file", place.file);
  json.member("line", static_cast<std::uint64_t>(place.line));
  json.member("column", static_cast<std::uint64_t>(place.column)).close("}");
}

std::string json_string(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const auto c = static_cast<unsigned char>(text.front());
    const std::size_t size = utf8_size(text);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += text.front();
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c < 0x20 || c == 0x7f) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", c);
      out += escaped;
    } else if (size == 0) {
      out += "\\ufffd";
    } else {
      out += text.substr(0, size);
    }
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return out + "\"";
}

}  // namespace sluice::checked
