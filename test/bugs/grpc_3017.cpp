// Connections that are no longer wanted stay in a cache for a moment, in case they are wanted
// again. Bug: the timer that would remove one locks the cache, sees that the removal was called
// off, and returns without unlocking.
#include <chrono>
#include <map>
#include <memory>
#include <string>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

namespace {

struct CachedConnection {
  std::string connection;
  std::unique_ptr<sluice::AfterFunc> timer;
  bool abort_deleting = false;
};

class ConnectionCache : public std::enable_shared_from_this<ConnectionCache> {
 public:
  explicit ConnectionCache(sluice::Duration timeout) : timeout_(timeout) {
    sluice::debug::name(&mu_, "cache.mu");
  }

  std::string add(const std::string& address) {
    sluice::Lock lock(mu_);
    if (const auto cached = cache_.find(address); cached != cache_.end()) {
      CachedConnection& entry = *cached->second;
      if (!entry.timer->stop()) entry.abort_deleting = true;  // it has fired, and waits for us
      std::string connection = entry.connection;
      cache_.erase(cached);
      return connection;
    }
    ++made_;
    return "connection " + std::to_string(made_) + " to " + address;
  }

  void remove(const std::string& address, const std::string& connection) {
    sluice::Lock lock(mu_);
    if (cache_.contains(address)) return;
    auto entry = std::make_shared<CachedConnection>();
    entry->connection = connection;
    entry->timer = std::make_unique<sluice::AfterFunc>(
        timeout_, [self = shared_from_this(), address, entry] { self->expire(address, *entry); });
    cache_[address] = entry;
  }

 private:
  void expire(const std::string& address, const CachedConnection& entry) {
    mu_.lock();
    if (entry.abort_deleting) return;
    cache_.erase(address);
    mu_.unlock();
  }

  const sluice::Duration timeout_;
  sluice::Mutex mu_;
  std::map<std::string, std::shared_ptr<CachedConnection>> cache_;
  int made_ = 0;
};

}  // namespace

int main() {
  return sluice::run([] {
    auto cache = std::make_shared<ConnectionCache>(1ns);
    auto done = sluice::make_chan();
    sluice::go({.name = "balancer"}, [=] {
      std::string connection = cache->add("10.0.0.1");
      for (int i = 0; i < 2000; ++i) {
        cache->remove("10.0.0.1", connection);
        connection = cache->add("10.0.0.1");
      }
      done.send();
    });
    done.recv();
  });
}
