// Whoever wants a plugin waits on a Cond until it is activated. Registering a handler only notes
// that the handlers of the plugins that are there already have still to be run: they stay
// activated.
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <sluice/sluice.hpp>

namespace {

using Handler = std::function<void(const std::string& plugin)>;

class Plugin {
 public:
  explicit Plugin(std::string name) : name_(std::move(name)) {
    sluice::debug::name(&activated_cond_, "plugin.activated");
  }

  void activate() {
    sluice::Lock guard(mu_);
    activated_ = true;
    activated_cond_.notify_all();
  }

  void run_handlers_later() {
    sluice::Lock guard(mu_);
    handlers_run_ = false;
  }

  void wait_active() {
    sluice::Lock guard(mu_);
    while (!activated_) activated_cond_.wait(mu_);
    handlers_run_ = true;
  }

 private:
  const std::string name_;
  sluice::Mutex mu_;
  sluice::Cond activated_cond_;
  bool activated_ = false;
  bool handlers_run_ = false;
};

class PluginStore {
 public:
  std::shared_ptr<Plugin> load(const std::string& name) {
    auto plugin = std::make_shared<Plugin>(name);
    plugin->activate();
    sluice::Lock guard(mu_);
    plugins_[name] = plugin;
    return plugin;
  }

  void handle(const std::string& interface, Handler handler) {
    sluice::Lock guard(mu_);
    handlers_[interface].push_back(std::move(handler));
    for (auto& [name, plugin] : plugins_) plugin->run_handlers_later();
  }

  std::shared_ptr<Plugin> get(const std::string& name) {
    std::shared_ptr<Plugin> plugin;
    {
      sluice::Lock guard(mu_);
      plugin = plugins_.at(name);
    }
    plugin->wait_active();
    return plugin;
  }

 private:
  sluice::Mutex mu_;
  std::map<std::string, std::shared_ptr<Plugin>> plugins_;
  std::map<std::string, std::vector<Handler>> handlers_;
};

}  // namespace

int main() {
  return sluice::run([] {
    PluginStore store;
    store.load("local");
    store.handle("VolumeDriver", [](const std::string&) {});
    auto found = sluice::make_chan();
    sluice::go({.name = "get_plugin"}, [&store, found] {
      store.get("local");
      found.close();
    });
    found.recv();
  });
}
