// readConfig and writeConfig: an RWMutex lets many goroutines read at the same time and one write
// alone. A word for word translation; config_cache.cpp is how one would write it in C++.
#include <cstdio>
#include <map>
#include <string>

#include <sluice/sluice.hpp>

std::map<std::string, std::string> config;
sluice::RWMutex config_lock;

// Many goroutines can be in here at the same time.
std::string read_config(const std::string& key) {
  config_lock.lock_shared();
  sluice::Defer unlock{[&] { config_lock.unlock_shared(); }};
  // Go's `config[key]` on a map that lacks the key gives "" and changes nothing; C++'s would
  // insert.
  const auto found = config.find(key);
  return found == config.end() ? std::string() : found->second;
}

// Only one goroutine at a time, and no reader meanwhile.
void write_config(const std::string& key, const std::string& value) {
  config_lock.lock();
  sluice::Defer unlock{[&] { config_lock.unlock(); }};
  config[key] = value;
}

int main() {
  return sluice::run([] {
    write_config("colour", "blue");
    sluice::WaitGroup wg;
    for (int reader = 0; reader < 8; ++reader) {
      wg.go([] {
        for (int i = 0; i < 100; ++i) (void)read_config("colour");
      });
    }
    wg.go([] { write_config("colour", "green"); });
    wg.wait();
    std::printf("colour: %s\n", read_config("colour").c_str());
  });
}
