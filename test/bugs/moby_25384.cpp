// A manager restores its plugins at the same time, a goroutine each, and counts them all
// beforehand. The wait for them stands inside the loop that starts them: after the first has ended,
// it waits for the others, not started yet.
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

namespace {

struct Plugin {
  std::string name;
  bool restored = false;
};

class Manager {
 public:
  explicit Manager(std::vector<std::string> names) {
    for (std::string& name : names) plugins_.push_back({std::move(name)});
  }

  void restore_all() {
    sluice::WaitGroup group;
    group.add(static_cast<int>(plugins_.size()));
    for (Plugin& plugin : plugins_) {
      sluice::go({.name = "restore_" + plugin.name}, [this, &plugin, &group] {
        sluice::Defer done{[&] { group.done(); }};
        restore(plugin);
      });
      group.wait();
    }
  }

 private:
  void restore(Plugin& plugin) { plugin.restored = true; }

  std::vector<Plugin> plugins_;
};

}  // namespace

int main() {
  return sluice::run([] {
    auto manager = std::make_shared<Manager>(std::vector<std::string>{"network", "volume"});
    auto restored = sluice::make_chan();
    sluice::go({.name = "restore_all"}, [manager, restored] {
      manager->restore_all();
      restored.close();
    });
    sluice::select(sluice::on_recv(restored), sluice::on_recv(sluice::after(20ms)));
  });
}
