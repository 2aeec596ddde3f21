#include "debug/demangle.hpp"

#include <cxxabi.h>

#include <cctype>
#include <cstdlib>
#include <memory>

namespace sluice::checked {
namespace {

bool is_name_char(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// Where the bracket that opens at `open` closes, one past it; brackets of the four kinds nest.
std::size_t skip_bracket(std::string_view text, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '(' || c == '<' || c == '{' || c == '[') ++depth;
    // The arrow of a trailing return type, or of operator->, closes nothing.
    if (c == '>' && i > 0 && text[i - 1] == '-') continue;
    if (c == ')' || c == '>' || c == '}' || c == ']') {
      if (--depth == 0) return i + 1;
    }
  }
  return text.size();
}

// Copies "operator" with the symbol that follows it, so that operator< and operator() do not look
// like brackets.
std::size_t copy_operator(std::string_view text, std::size_t at, std::string& out) {
  out += "operator";
  at += 8;
  if (text.substr(at).starts_with("()") || text.substr(at).starts_with("[]")) {
    out += text.substr(at, 2);
    return at + 2;
  }
  if (at < text.size() && text[at] == ' ') {  // a conversion, new, delete, co_await
    while (at < text.size() && text[at] != '(') {
      if (text[at] == '<') {
        at = skip_bracket(text, at);
      } else {
        out += text[at++];
      }
    }
    return at;
  }
  while (at < text.size() && std::string_view("+-*/%^&|~!=<>,").find(text[at]) != text.npos) {
    // operator<<int> is operator< with an argument list only when a name follows directly.
    if (text[at] == '<' && !out.ends_with("operator") && at + 1 < text.size() &&
        is_name_char(text[at + 1])) {
      break;
    }
    out += text[at++];
  }
  return at;
}

bool operator_at(std::string_view text, std::size_t i) {
  return text.substr(i).starts_with("operator") && (i == 0 || !is_name_char(text[i - 1])) &&
         (i + 8 >= text.size() || !is_name_char(text[i + 8]));
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
}

// The name without brackets, but still with a return type before it and qualifiers behind it.
std::string without_brackets(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (operator_at(text, i)) {
      i = copy_operator(text, i, out);
    } else if (text.substr(i).starts_with("(anonymous namespace)::")) {
      i += 23;
    } else if (c == '{' || c == '\'') {
      const std::size_t end =
          c == '{' ? skip_bracket(text, i) : std::min(text.find('\'', i + 1), text.size() - 1) + 1;
      const std::string_view inside = text.substr(i, end - i);
      out += inside.find("lambda") != inside.npos ? "{lambda}" : "{unnamed}";
      i = end;
    } else if (c == '$' && text.substr(i).starts_with("$_")) {  // clang's name of a lambda
      out += "{lambda}";
      for (i += 2; i < text.size() && is_name_char(text[i]);) ++i;
    } else if (c == '(' || c == '<' || c == '[') {
      i = skip_bracket(text, i);
    } else {
      out += c;
      ++i;
    }
  }
  return out;
}

}  // namespace

std::string shorten(std::string_view demangled) {
  std::string name = without_brackets(demangled);
  replace_all(name, "{lambda}::operator()", "{lambda}");
  for (const std::string_view qualifier : {" const", " volatile", " &&", " &", " noexcept"}) {
    replace_all(name, std::string(qualifier) + "::", "::");
    while (name.ends_with(qualifier)) name.resize(name.size() - qualifier.size());
  }
  while (name.ends_with(' ')) name.pop_back();
  // What is left before the last space is a return type, unless the space belongs to an operator.
  std::size_t stop = name.find("operator ");
  if (stop == std::string::npos) stop = name.size();
  const std::size_t space = name.rfind(' ', stop == name.size() ? stop : stop - (stop > 0));
  if (space != std::string::npos && space < stop) name.erase(0, space + 1);
  while (name.starts_with('*') || name.starts_with('&')) name.erase(0, 1);
  constexpr std::string_view kLambda = "{lambda}";
  if (const std::size_t last = name.rfind("{lambda}::"); last != std::string::npos) {
    const std::string_view local = std::string_view(name).substr(last + kLambda.size() + 2);
    if (!local.empty() && local != kLambda) name.erase(0, last + kLambda.size() + 2);
  }
  return name.empty() ? std::string(demangled) : name;
}

std::string demangle(const char* mangled) {
  if (mangled == nullptr) return {};
  // Anything else is a name of C, or of a variable: `b` must not be read as the mangled `bool`.
  if (!std::string_view(mangled).starts_with("_Z")) return mangled;
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> text(
      abi::__cxa_demangle(mangled, nullptr, nullptr, &status), std::free);
  return text == nullptr ? std::string(mangled) : shorten(text.get());
}

bool is_internal(std::string_view function) {
  for (const std::string_view prefix :
       {"sluice::", "sluice_", "std::", "__gnu_cxx::", "__cxxabiv1::", "__libc_start_",
        "__interceptor_", "__asan_", "__tsan_", "__sanitizer"}) {
    if (function.starts_with(prefix)) return true;
  }
  for (const std::string_view name : {"_start", "start_thread", "clone", "clone3", "__clone"}) {
    if (function == name) return true;
  }
  return false;
}

}  // namespace sluice::checked
