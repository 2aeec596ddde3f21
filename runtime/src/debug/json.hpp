// JSON on one line, written from left to right.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "debug/cast.hpp"

namespace sluice::checked {

// `text` as a JSON string with its quotation marks. Bytes that are not UTF-8 become U+FFFD.
std::string json_string(std::string_view text);

class Json {
 public:
  Json& open(const char* bracket) {
    comma();
    text_ += bracket;
    fresh_ = true;
    return *this;
  }
  Json& close(const char* bracket) {
    text_ += bracket;
    fresh_ = false;
    return *this;
  }
  Json& key(std::string_view name) {
    comma();
    text_ += json_string(name) + ":";
    fresh_ = true;
    return *this;
  }
  Json& value(std::string_view text) {
    comma();
    text_ += json_string(text);
    return *this;
  }
  Json& number(std::uint64_t n) {
    comma();
    text_ += std::to_string(n);
    return *this;
  }
  Json& boolean(bool b) {
    comma();
    text_ += b ? "true" : "false";
    return *this;
  }
  Json& member(std::string_view name, std::string_view text) { return key(name).value(text); }
  Json& member(std::string_view name, std::uint64_t n) { return key(name).number(n); }
  std::string take() { return std::move(text_); }

 private:
  void comma() {
    if (!fresh_) text_ += ",";
    fresh_ = false;
  }
  std::string text_;
  bool fresh_ = true;
};

void add_place(Json& json, const Place& place);

}  // namespace sluice::checked
