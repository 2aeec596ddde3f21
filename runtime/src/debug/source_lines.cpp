#include "debug/source_lines.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>

namespace sluice::checked {

std::string source_line(const std::string& file, int line, int count) {
  std::ifstream in(file);
  std::string text, next;
  for (int i = 0; i < line; ++i) {
    if (!std::getline(in, text)) return {};
  }
  for (int i = 1; i < count && std::getline(in, next); ++i) text += '\n' + next;
  while (!text.empty() && (text.back() == '\r' || text.back() == ' ')) text.pop_back();
  return text;
}

namespace {

bool is_name_char(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// Where what stands before `end` and consists of characters that `wanted` accepts begins.
template <class Wanted>
std::size_t skip_back(std::string_view text, std::size_t end, Wanted wanted) {
  while (end > 0 && wanted(text[end - 1])) --end;
  return end;
}

// Where the path of names that ends before `end` begins: `mu`, `bank->mu`, `Bank::mu`, `this->mu`.
std::size_t path_begin(std::string_view line, std::size_t end) {
  std::size_t begin = end;
  while (true) {
    const std::size_t name = skip_back(line, begin, is_name_char);
    if (name == begin || std::isdigit(static_cast<unsigned char>(line[name]))) return end;
    begin = name;
    if (line.substr(0, begin).ends_with("->") || line.substr(0, begin).ends_with("::")) {
      begin -= 2;
    } else if (line.substr(0, begin).ends_with(".")) {
      begin -= 1;
    } else {
      return begin;
    }
  }
}

// The path of names that `text` consists of up to one of `ends`; empty when it is another
// expression.
std::string_view leading_path(std::string_view text, std::string_view ends) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '*')) text.remove_prefix(1);
  const std::size_t end = text.find_first_of(ends);
  if (end == std::string_view::npos) return {};
  text = text.substr(0, end);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return !text.empty() && path_begin(text, text.size()) == 0 ? text : std::string_view();
}

// Collects what a line may mean: one name, or none as soon as there are two.
class OneName {
 public:
  void add(std::string_view path) {
    if (path.starts_with("this->")) path.remove_prefix(6);
    if (path.empty() || path == name_) return;
    two_ = !name_.empty();
    name_ = path;
  }
  std::string get() const { return two_ ? std::string() : std::string(name_); }

 private:
  std::string_view name_;
  bool two_ = false;
};

struct Uses {
  detail::ObjectKind kind;
  std::string_view methods;  // a space before and after each
};
constexpr Uses kUses[] = {
    {detail::ObjectKind::mutex, " lock try_lock unlock "},
    {detail::ObjectKind::rw_mutex,
     " lock try_lock unlock lock_shared try_lock_shared unlock_shared "},
    {detail::ObjectKind::once, " call "},
    {detail::ObjectKind::cond, " wait "},
    {detail::ObjectKind::wait_group, " wait add done go "},
    {detail::ObjectKind::semaphore, " acquire try_acquire "},
    {detail::ObjectKind::channel, " send recv close "},
};

// `wake_.send(...)`, `bank->mu.lock()`.
void find_calls(std::string_view line, std::string_view methods, OneName& name) {
  for (std::size_t at = line.find('('); at != line.npos; at = line.find('(', at + 1)) {
    const std::size_t begin = skip_back(line, at, is_name_char);
    const std::string word = ' ' + std::string(line.substr(begin, at - begin)) + ' ';
    if (begin == at || methods.find(word) == methods.npos) continue;
    const std::string_view before = line.substr(0, begin);
    const std::size_t end = before.size() - (before.ends_with("->") ? 2 : before.ends_with('.'));
    if (end < before.size())
      name.add(line.substr(path_begin(line, end), end - path_begin(line, end)));
  }
}

// `sluice::Lock lock(mu_)`, `std::lock_guard<sluice::Mutex> lock{bank.mu}`.
void find_scopes(std::string_view line, OneName& name) {
  for (const std::string_view scope :
       {"Lock", "SharedLock", "lock_guard", "unique_lock", "shared_lock", "scoped_lock"}) {
    const std::size_t at = line.find(scope);
    if (at == line.npos || (at > 0 && is_name_char(line[at - 1]))) continue;
    const std::size_t open = line.find_first_of("({", at + scope.size());
    if (open == line.npos) continue;
    name.add(leading_path(line.substr(open + 1), line[open] == '(' ? ")" : "}"));
  }
}

// `for (Job job : jobs)`.
void find_loop(std::string_view line, OneName& name) {
  const std::size_t at = line.find("for (");
  const std::size_t colon = at == line.npos ? at : line.find(" : ", at);
  if (colon != line.npos) name.add(leading_path(line.substr(colon + 3), ")"));
}

// The channel of case `index` of the select that begins on the first line.
std::string_view select_case(std::string_view text, std::size_t index) {
  std::size_t at = text.find("select(");
  if (at == text.npos || at > text.find('\n')) return {};
  for (std::size_t i = 0;; ++i) {
    at = text.find("on_", at + 1);
    if (at == text.npos) return {};
    const std::string_view rest = text.substr(at);
    if (!rest.starts_with("on_recv(") && !rest.starts_with("on_send(")) return {};
    if (i == index) return leading_path(rest.substr(8), ",)");
  }
}

// Tabs count as two columns, so that the mark stands where it should.
std::string expand_tabs(std::string_view line, int& column) {
  std::string out;
  int mark = column;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\t') {
      out += line[i];
      continue;
    }
    out += "  ";
    if (static_cast<int>(i) + 1 < column) ++mark;
  }
  column = mark;
  return out;
}

// Compilers place a call at its closing bracket, or behind it. The name before the bracket tells
// the reader more. Both columns count from one.
int column_of_name(std::string_view source, int column) {
  std::size_t at = std::min(static_cast<std::size_t>(std::max(column, 1)), source.size());
  while (at > 0 && (source[at - 1] == ';' || source[at - 1] == ' ')) --at;
  if (at > 0 && source[at - 1] == ')') {
    int depth = 0;
    for (; at > 0; --at) {
      if (source[at - 1] == ')') ++depth;
      if (source[at - 1] == '(' && --depth == 0) break;
    }
  }
  if (at > 0 && source[at - 1] == '(') --at;
  std::size_t begin = at;
  while (begin > 0 && is_name_char(source[begin - 1])) --begin;
  return begin < at ? static_cast<int>(begin) + 1 : column;
}

}  // namespace

std::string variable_used_at(std::string_view text, detail::ObjectKind kind, std::size_t index) {
  const std::string_view line = text.substr(0, text.find('\n'));
  if (kind == detail::ObjectKind::channel && line.find("select(") != line.npos) {
    OneName name;
    name.add(select_case(text, index));
    return name.get();
  }
  OneName name;
  for (const Uses& uses : kUses) {
    if (uses.kind == kind) find_calls(line, uses.methods, name);
  }
  if (kind == detail::ObjectKind::mutex || kind == detail::ObjectKind::rw_mutex) {
    find_scopes(line, name);
  }
  if (kind == detail::ObjectKind::channel) find_loop(line, name);
  return name.get();
}

QuotedLine quoted_line(const std::string& file, int line, int column) {
  QuotedLine quoted;
  quoted.text = expand_tabs(source_line(file, line), column);
  if (column <= 0 || column > static_cast<int>(quoted.text.size())) {
    const std::size_t first = quoted.text.find_first_not_of(' ');
    quoted.column = first == std::string::npos ? 1 : static_cast<int>(first) + 1;
  } else {
    quoted.column = column_of_name(quoted.text, column);
  }
  return quoted;
}

std::string variable_made_at(std::string_view line) {
  for (const std::string_view maker : {"make_chan", "make_unique", "make_shared", "new "}) {
    std::size_t at = line.find(maker);
    if (at == std::string_view::npos) continue;
    // Back over `sluice::`, then over what initialises, to the name: `jobs = `, `jobs(`, `jobs{`.
    const auto space = [](char c) { return c == ' ' || c == '\t'; };
    at = skip_back(line, at, [](char c) { return is_name_char(c) || c == ':'; });
    at = skip_back(line, at, space);
    if (at == 0 || std::string_view("=({").find(line[at - 1]) == std::string_view::npos) continue;
    const std::size_t end = skip_back(line, at - 1, space);
    const std::size_t begin = skip_back(line, end, is_name_char);
    if (begin < end && !std::isdigit(static_cast<unsigned char>(line[begin]))) {
      return std::string(line.substr(begin, end - begin));
    }
  }
  return {};
}

}  // namespace sluice::checked
