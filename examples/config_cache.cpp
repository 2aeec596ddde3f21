// A configuration cache: many goroutines read, now and then one replaces everything. The
// annotation lets clang's -Wthread-safety prove that every use holds the lock.
// From the API's description.
#include <cstdio>
#include <map>
#include <string>
#include <utility>

#include <sluice/sluice.hpp>

using Values = std::map<std::string, std::string>;

class ConfigCache {
 public:
  explicit ConfigCache(Values values) : values_(std::move(values)) {}

  std::string get(const std::string& key) {
    sluice::SharedLock lock(mu_);
    return values_.at(key);
  }

  void reload(Values values) {
    sluice::Lock lock(mu_);
    values_ = std::move(values);
  }

 private:
  sluice::RWMutex mu_;
  Values values_ SLUICE_GUARDED_BY(mu_);
};

int main() {
  return sluice::run([] {
    ConfigCache cache({{"colour", "blue"}, {"contrast", "light"}});
    sluice::WaitGroup wg;
    for (int reader = 0; reader < 8; ++reader) {
      wg.go([&] {
        for (int i = 0; i < 100; ++i) (void)cache.get("colour");
      });
    }
    wg.go([&] { cache.reload({{"colour", "yellow"}, {"contrast", "dark"}}); });
    wg.wait();
    std::printf("%s on %s\n", cache.get("colour").c_str(), cache.get("contrast").c_str());
  });
}
