// A cache of range descriptors, which logs its contents with each look-up.
// Bug: the look-up prints the cache while it has it locked for reading, and to_string locks it for
// reading again: with another look-up waiting to write in between, all wait.
#include <map>
#include <memory>
#include <sstream>
#include <string>

#include <sluice/sluice.hpp>

namespace {

struct RangeDescriptor {
  int range = 0;
  std::string end_key;
};

class RangeCache {
 public:
  RangeCache() {
    sluice::debug::name(&mu_, "ranges.mu");
    ranges_["a"] = {1, "m"};
  }

  int lookup(const std::string& key) {
    if (const int range = cached(key)) return range;
    sluice::Lock lock(mu_);
    ranges_[key] = {static_cast<int>(ranges_.size()) + 1, key + "z"};
    return ranges_[key].range;
  }

  std::string to_string() {
    sluice::SharedLock lock(mu_);
    std::ostringstream text;
    for (const auto& [key, range] : ranges_) text << key << ".." << range.end_key << ' ';
    return text.str();
  }

 private:
  int cached(const std::string& key) {
    sluice::SharedLock lock(mu_);
    std::ostringstream line;
    line << "looking for " << key << " in " << *this;
    const auto found = ranges_.find(key);
    return found == ranges_.end() ? 0 : found->second.range;
  }

  friend std::ostream& operator<<(std::ostream& out, RangeCache& cache) {
    return out << cache.to_string();
  }

  sluice::RWMutex mu_;
  std::map<std::string, RangeDescriptor> ranges_;
};

void look_up_all(const std::shared_ptr<RangeCache>& cache) {
  sluice::WaitGroup lookups;
  for (const char* key : {"n", "p", "t"}) {
    lookups.add();
    sluice::go({.name = "look-up"}, [=, &lookups] {
      cache->lookup(key);
      lookups.done();
    });
  }
  lookups.wait();
}

}  // namespace

int main() {
  return sluice::run([] {
    auto cache = std::make_shared<RangeCache>();
    sluice::go({.name = "test"}, [cache] { look_up_all(cache); });
  });
}
