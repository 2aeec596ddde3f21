// Writes messages of Protocol Buffers (protobuf.dev/programming-guides/encoding): fields in the
// order in which they are added.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sluice::checked {

class ProtoMessage {
 public:
  // Numbers; zero, which readers take for granted, is left out.
  void number(std::uint32_t field, std::uint64_t value) {
    if (value != 0) {
      tag(field, kVarint);
      varint(value);
    }
  }
  // Eight bytes, the lowest first.
  void fixed(std::uint32_t field, std::uint64_t value) {
    tag(field, kFixed64);
    for (int byte = 0; byte < 8; ++byte) text_ += static_cast<char>(value >> (8 * byte));
  }
  // Numbers in one packed field.
  void numbers(std::uint32_t field, std::span<const std::uint64_t> values) {
    ProtoMessage packed;
    for (const std::uint64_t value : values) packed.varint(value);
    bytes(field, packed.text_);
  }
  // A string or a message; an empty one is written, too, as one element of a list.
  void bytes(std::uint32_t field, std::string_view text) {
    tag(field, kLengthDelimited);
    varint(text.size());
    text_ += text;
  }
  void message(std::uint32_t field, const ProtoMessage& inner) { bytes(field, inner.text_); }

  std::string take() { return std::move(text_); }

 private:
  static constexpr std::uint32_t kVarint = 0, kFixed64 = 1, kLengthDelimited = 2;

  void tag(std::uint32_t field, std::uint32_t wire_type) { varint(field << 3 | wire_type); }
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) text_ += static_cast<char>(value | 0x80);
    text_ += static_cast<char>(value);
  }

  std::string text_;
};

}  // namespace sluice::checked
