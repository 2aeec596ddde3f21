// Pages that are built in parallel fetch remote resources, each URL by one page at a time.
// Fixed: lock_url unlocks the map of the URLs' mutexes before it waits for one of them.
#include <map>
#include <memory>
#include <string>

#include <sluice/sluice.hpp>

namespace {

class RemoteLock {
 public:
  RemoteLock() { sluice::debug::name(&mu_, "remote.mu"); }

  void lock_url(const std::string& url) {
    mu_.lock();
    std::unique_ptr<sluice::Mutex>& mutex = urls_[url];
    if (!mutex) {
      mutex = std::make_unique<sluice::Mutex>();
      sluice::debug::name(mutex.get(), url);
    }
    sluice::Mutex& of_url = *mutex;
    mu_.unlock();
    of_url.lock();
  }

  void unlock_url(const std::string& url) {
    sluice::SharedLock lock(mu_);
    if (const auto found = urls_.find(url); found != urls_.end()) found->second->unlock();
  }

 private:
  sluice::RWMutex mu_;
  std::map<std::string, std::unique_ptr<sluice::Mutex>> urls_;
};

class Fetcher {
 public:
  std::string fetch(const std::string& url) {
    remote_.lock_url(url);
    sluice::Defer unlock{[&] { remote_.unlock_url(url); }};
    std::string& cached = cache_[url];
    if (cached.empty()) cached = "body of " + url;
    return cached;
  }

 private:
  RemoteLock remote_;
  std::map<std::string, std::string> cache_;  // guarded by the lock of the only URL
};

}  // namespace

int main() {
  return sluice::run([] {
    Fetcher fetcher;
    sluice::WaitGroup pages;
    for (int page = 0; page < 50; ++page) {
      pages.add();
      sluice::go({.name = "page"}, [&] {
        for (int i = 0; i < 5; ++i) fetcher.fetch("https://example.org/data.json");
        pages.done();
      });
    }
    pages.wait();
  });
}
