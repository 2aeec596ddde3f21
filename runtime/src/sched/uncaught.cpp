#include "sched/uncaught.hpp"

#include <cxxabi.h>

#include <cstdlib>
#include <exception>
#include <memory>

#include "sluice/panic.hpp"

namespace sluice::detail {
namespace {

std::string type_name() {
  const std::type_info* thrown = abi::__cxa_current_exception_type();
  if (thrown == nullptr) return "unknown exception";
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> demangled(
      abi::__cxa_demangle(thrown->name(), nullptr, nullptr, &status), &std::free);
  std::string name = demangled != nullptr ? demangled.get() : thrown->name();
  // What std::throw_with_nested makes of a type T.
  constexpr std::string_view kNested = "std::_Nested_exception<";
  if (name.starts_with(kNested))
    name = name.substr(kNested.size(), name.size() - kNested.size() - 1);
  return name;
}

// Empty: nothing is nested in it.
std::string describe_nested(const std::exception& outer) {
  const auto* nested = dynamic_cast<const std::nested_exception*>(&outer);
  if (nested == nullptr || nested->nested_ptr() == nullptr) return {};
  try {
    nested->rethrow_nested();
  } catch (...) {
    return describe_exception() + " [recovered]\n\tpanic: ";
  }
}

}  // namespace

std::string describe_exception() {
  const std::string type = type_name();
  try {
    throw;
  } catch (const Panic& panic) {
    return describe_nested(panic) + panic.what();
  } catch (const std::exception& exception) {
    return describe_nested(exception) + type + ": " + exception.what();
  } catch (const std::string& text) {
    return type + ": " + text;
  } catch (std::nullptr_t) {
    return "panic called with nil argument";
  } catch (const char* text) {
    return text != nullptr ? type + ": " + text : type;
  } catch (...) {
    return type;
  }
}

}  // namespace sluice::detail
