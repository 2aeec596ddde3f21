// Map as Go's own tests see sync.Map: the same answers as simple maps give, and what a walk through
// it sees while others change it.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"
#include "support/seed.hpp"

namespace sluice {
namespace {

using Values = std::map<int, int>;

// The two simple maps share the changes; they differ in how they make room for them.
template <class Storage>
class Simple {
 public:
  std::optional<int> load(int key) const { return at(storage_.read(), key); }
  void store(int key, int value) { (void)swap(key, value); }
  std::pair<int, bool> load_or_store(int key, int value) {
    return storage_.change([&](Values& all) {
      const auto [place, fresh] = all.try_emplace(key, value);
      return std::pair(place->second, !fresh);
    });
  }
  std::optional<int> load_and_erase(int key) {
    return storage_.change([&](Values& all) {
      const std::optional<int> had = at(all, key);
      all.erase(key);
      return had;
    });
  }
  bool erase(int key) { return load_and_erase(key).has_value(); }
  std::optional<int> swap(int key, int value) {
    return storage_.change([&](Values& all) {
      const std::optional<int> had = at(all, key);
      all[key] = value;
      return had;
    });
  }
  bool compare_and_swap(int key, int expected, int desired) {
    return storage_.change([&](Values& all) {
      const bool same = at(all, key) == expected;
      if (same) all[key] = desired;
      return same;
    });
  }
  bool compare_and_erase(int key, int expected) {
    return storage_.change([&](Values& all) {
      const bool same = at(all, key) == expected;
      if (same) all.erase(key);
      return same;
    });
  }
  void clear() {
    storage_.change([](Values& all) {
      all.clear();
      return 0;
    });
  }
  template <class Visit>
  void range(Visit visit) const {
    for (const auto& [key, value] : storage_.read()) {
      if (!visit(key, value)) return;
    }
  }

 private:
  static std::optional<int> at(const Values& all, int key) {
    const auto found = all.find(key);
    return found != all.end() ? std::optional(found->second) : std::nullopt;
  }
  Storage storage_;
};

class UnderLock {
 public:
  Values read() const {
    SharedLock lock(mu_);
    return all_;
  }
  template <class F>
  auto change(F f) {
    Lock lock(mu_);
    return f(all_);
  }

 private:
  mutable RWMutex mu_;
  Values all_ SLUICE_GUARDED_BY(mu_);
};

class CopyOnWrite {
 public:
  Values read() const { return *std::atomic_load(&all_); }
  template <class F>
  auto change(F f) {
    Lock lock(mu_);
    auto copy = std::make_shared<Values>(*all_);
    auto result = f(*copy);
    std::atomic_store(&all_, std::shared_ptr<const Values>(std::move(copy)));
    return result;
  }

 private:
  Mutex mu_;
  std::shared_ptr<const Values> all_ = std::make_shared<Values>();
};

std::string text(std::optional<int> value) { return value ? std::to_string(*value) : "none"; }

// One random operation and what it said.
template <class M>
std::string step(M& map, test::Random& random, int first_key) {
  const int key = first_key + static_cast<int>(random.below(12));
  const int value = static_cast<int>(random.below(4));
  const int other = static_cast<int>(random.below(4));
  switch (random.below(10)) {
    case 0:
      return "load " + text(map.load(key));
    case 1:
      return "load_and_erase " + text(map.load_and_erase(key));
    case 2:
      return map.erase(key) ? "erased" : "nothing to erase";
    case 3:
      return "swap " + text(map.swap(key, value));
    case 4:
    case 5:
      return map.compare_and_swap(key, other, value) ? "swapped" : "not swapped";
    case 6:
      return map.compare_and_erase(key, other) ? "compared and erased" : "not erased";
    case 7: {
      const auto [now, loaded] = map.load_or_store(key, value);
      return "load_or_store " + std::to_string(now) + (loaded ? " loaded" : " stored");
    }
    default:
      map.store(key, value);
      return "store";
  }
}

template <class M>
Values contents(const M& map) {
  Values all;
  map.range([&](int key, int value) {
    EXPECT_TRUE(all.emplace(key, value).second) << "key " << key << " came twice";
    return true;
  });
  return all;
}

SLUICE_TEST_ON(ConformanceMap, RandomOperationsGiveWhatSimpleMapsGive, 1, 2, 8) {
  const std::uint64_t seed = test::seed();
  for (int sequence = 0; sequence < test::rounds(200); ++sequence) {
    Map<int, int> map;
    Simple<UnderLock> locked;
    Simple<CopyOnWrite> copied;
    std::array<test::Random, 3> random{test::Random(seed, sequence), test::Random(seed, sequence),
                                       test::Random(seed, sequence)};
    for (int i = 0; i < 200; ++i) {
      const std::string said = step(map, random[0], 0);
      ASSERT_EQ(said, step(locked, random[1], 0)) << "sequence " << sequence << ", step " << i;
      ASSERT_EQ(said, step(copied, random[2], 0)) << "sequence " << sequence << ", step " << i;
      if (i == 120 && sequence % 2 == 0) {
        map.clear();
        locked.clear();
        copied.clear();
        ASSERT_TRUE(contents(map).empty());
      }
    }
    ASSERT_EQ(contents(map), contents(locked));
    ASSERT_EQ(contents(map), contents(copied));
  }
}

// Each goroutine has keys that no other touches, so each must see a map of its own.
SLUICE_TEST_ON(ConformanceMap, NeighboursKeysDoNotDisturb, 1, 2, 8) {
  constexpr int kGoroutines = 8;
  const std::uint64_t seed = test::seed();
  Map<int, int> map;
  WaitGroup wg;
  for (int id = 0; id < kGoroutines; ++id) {
    wg.go([&, id] {
      Simple<UnderLock> own;
      test::Random random(seed, id);
      test::Random same(seed, id);
      for (int i = 0; i < test::rounds(5'000); ++i) {
        ASSERT_EQ(step(map, random, id * 100), step(own, same, id * 100)) << "step " << i;
        if (i % 64 == 0) yield();
      }
      for (const auto& [key, value] : contents(own)) EXPECT_EQ(map.load(key), value);
    });
  }
  wg.wait();
}

// Values are multiples of their key. The even keys stay; the odd ones come and go.
SLUICE_TEST_ON(ConformanceMap, RangeDuringStoresSeesEachKeyOnceAndOnlyWhatWasStored, 1, 2, 8) {
  constexpr int kKeys = 512;
  constexpr int kWriters = 4;
  Map<int, std::int64_t> map;
  for (int key = 1; key <= kKeys; ++key) map.store(key, key);
  std::atomic<bool> stop{false};
  WaitGroup wg;
  for (int id = 0; id < kWriters; ++id) {
    wg.go([&] {
      for (std::int64_t round = 1; !stop; ++round) {
        for (int key = 1; key <= kKeys; ++key) {
          if (key % 2 == 1 && round % 2 == 0) {
            map.erase(key);
          } else {
            map.store(key, key * round);
          }
          if (key % 64 == 0) yield();
        }
      }
    });
  }
  for (int i = 0; i < test::rounds(200); ++i) {
    std::vector<int> seen(kKeys + 1, 0);
    map.range([&](int key, std::int64_t value) {
      ++seen.at(static_cast<std::size_t>(key));
      EXPECT_EQ(value % key, 0) << "nobody stored " << value << " for " << key;
      return true;
    });
    for (int key = 1; key <= kKeys; ++key) {
      const int times = seen[static_cast<std::size_t>(key)];
      ASSERT_LE(times, 1) << "key " << key;
      ASSERT_TRUE(times == 1 || key % 2 == 1) << "key " << key << " was there all the time";
    }
    yield();
  }
  stop = true;
  wg.wait();
}

SLUICE_TEST_ON(ConformanceMap, RangeInsideRange, 1, 2, 8) {
  constexpr int kKeys = 30;
  Map<int, int> map;
  for (int key = 0; key < kKeys; ++key) map.store(key, 1);
  int pairs = 0;
  map.range([&](int, int) {
    map.range([&](int, int) {
      ++pairs;
      return true;
    });
    return true;
  });
  EXPECT_EQ(pairs, kKeys * kKeys);
}

SLUICE_TEST_ON(ConformanceMap, VisitMayChangeTheMap, 1, 2, 8) {
  constexpr int kKeys = 200;
  Map<int, int> map;
  for (int key = 0; key < kKeys; ++key) map.store(key, key);
  int visits = 0;
  map.range([&](int key, int value) {
    ++visits;
    EXPECT_EQ(map.load_or_store(key, -1), std::pair(value, true));
    switch (key % 4) {
      case 0:
        EXPECT_TRUE(map.erase(key));
        break;
      case 1:
        EXPECT_EQ(map.load_and_erase(key), value);
        break;
      case 2:
        EXPECT_TRUE(map.compare_and_swap(key, value, value + 1000));
        break;
      default:
        EXPECT_EQ(map.load_or_store(key + 10'000, key), std::pair(key, false));
    }
    // What was added meanwhile may be visited too.
    return key < kKeys || (map.erase(key), true);
  });
  EXPECT_GE(visits, kKeys);
  for (int key = 0; key < kKeys; ++key) {
    EXPECT_EQ(map.load(key), key % 4 < 2    ? std::nullopt
                             : key % 4 == 2 ? std::optional(key + 1000)
                                            : std::optional(key));
  }
}

SLUICE_TEST_ON(ConformanceMap, ClearInsideRange, 1, 2, 8) {
  Map<int, int> map;
  for (int key = 0; key < 200; ++key) map.store(key, key);
  map.range([&](int key, int value) {
    EXPECT_EQ(key, value);
    map.clear();
    return true;
  });
  EXPECT_TRUE(contents(map).empty());
}

SLUICE_TEST_ON(ConformanceMap, CompareOnAMissingKeyFailsAndStoresNothing, 1, 2, 8) {
  Map<int, std::optional<int>> map;
  EXPECT_FALSE(map.compare_and_swap(1, std::nullopt, 5)) << "missing is not an empty value";
  EXPECT_FALSE(map.compare_and_erase(1, std::nullopt));
  EXPECT_EQ(map.load(1), std::nullopt);
  map.store(1, std::nullopt);
  EXPECT_TRUE(map.load(1).has_value()) << "an empty value is a value";
  EXPECT_FALSE(map.compare_and_swap(1, 4, 5));
  EXPECT_TRUE(map.compare_and_swap(1, std::nullopt, 5));
  EXPECT_EQ(map.load(1), std::optional(std::optional(5)));
  EXPECT_TRUE(map.compare_and_erase(1, 5));
  EXPECT_FALSE(map.compare_and_swap(1, 5, 6)) << "erased";
}

SLUICE_TEST_ON(ConformanceMap, EmptyKeysAreKeys, 1, 2, 8) {
  Map<const int*, int> by_pointer;
  EXPECT_EQ(by_pointer.load(nullptr), std::nullopt);
  EXPECT_EQ(by_pointer.load_or_store(nullptr, 1), std::pair(1, false));
  EXPECT_TRUE(by_pointer.compare_and_swap(nullptr, 1, 2));
  EXPECT_EQ(by_pointer.swap(nullptr, 3), 2);
  EXPECT_EQ(by_pointer.load_and_erase(nullptr), 3);
  Map<std::optional<std::string>, int> by_text;
  by_text.store(std::nullopt, 1);
  by_text.store("", 2);
  EXPECT_EQ(by_text.load(std::nullopt), 1);
  EXPECT_EQ(by_text.load(""), 2);
}

SLUICE_TEST_ON(ConformanceMap, ClearAmongStoresAndLoadsAndEmptyAfterTheLast, 1, 2, 8) {
  Map<int, int> map;
  WaitGroup wg;
  for (int id = 0; id < 10; ++id) {
    wg.go([&, id] {
      for (int i = 0; i < test::rounds(1'000); ++i) {
        const int key = (id * 7 + i) % 50;
        switch ((id + i) % 3) {
          case 0:
            map.store(key, key);
            break;
          case 1:
            EXPECT_EQ(map.load(key).value_or(key), key);
            break;
          default:
            if (i % 5 == 0) map.clear();
        }
        if (i % 50 == 0) yield();
      }
    });
  }
  wg.wait();
  map.clear();
  EXPECT_TRUE(contents(map).empty());
  for (int key = 0; key < 50; ++key) EXPECT_EQ(map.load(key), std::nullopt);
  map.store(1, 1);
  EXPECT_EQ(contents(map), (Values{{1, 1}})) << "not usable after clear";
}

// In Go the collector may take what was removed; here it is destroyed on the spot.
SLUICE_TEST_ON(ConformanceMap, RemovedKeysAndValuesAreDestroyed, 1, 2, 8) {
  const auto held = std::make_shared<int>(1);
  const auto only_value = std::make_shared<int>(2);
  Map<std::shared_ptr<int>, std::shared_ptr<int>> map;
  const std::array<void (*)(decltype(map)&, const std::shared_ptr<int>&), 4> removals{
      [](auto& from, const auto& key) { EXPECT_TRUE(from.erase(key)); },
      [](auto& from, const auto& key) { EXPECT_TRUE(from.load_and_erase(key).has_value()); },
      [](auto& from, const auto& key) { EXPECT_TRUE(from.compare_and_erase(key, key)); },
      [](auto& from, const auto&) { from.clear(); }};
  for (const auto& remove : removals) {
    map.store(held, held);
    map.store(held, only_value);
    EXPECT_EQ(only_value.use_count(), 2);
    EXPECT_EQ(held.use_count(), 2) << "the value that was replaced is still held";
    map.store(held, held);
    EXPECT_EQ(only_value.use_count(), 1);
    remove(map, held);
    EXPECT_EQ(held.use_count(), 1);
  }
}

}  // namespace
}  // namespace sluice
