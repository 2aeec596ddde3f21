// Channels at work: what order they keep, and programs of many goroutines with exact results.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/eventually.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"
#include "support/seed.hpp"

namespace sluice {
namespace {

SLUICE_TEST_ON(ConformanceChan, HundredValuesArriveInOrderForEveryCapacity, 1, 2, 8) {
  for (std::size_t capacity = 0; capacity < 200; ++capacity) {
    const auto ch = make_chan<int>(capacity);
    go([=] {
      for (int i = 0; i < 100; ++i) ch.send(i);
    });
    for (int i = 0; i < 100; ++i) ASSERT_EQ(ch.recv(), i) << "capacity " << capacity;
    go([=] {
      for (int i = 0; i < 100; ++i) select(on_send(ch, i));
      ch.close();
    });
    int expected = 0;
    while (const std::optional<int> value = ch.recv()) ASSERT_EQ(*value, expected++);
    ASSERT_EQ(expected, 100) << "capacity " << capacity;
  }
}

SLUICE_TEST_ON(ConformanceChan, FourSendersFourReceiversLoseAndDoubleNothing, 1, 2, 8) {
  constexpr int kPeers = 4;
  constexpr std::size_t kValues = 1000;
  for (std::size_t capacity : {0, 1, 10, 199}) {
    const auto ch = make_chan<std::size_t>(capacity);
    std::array<std::atomic<int>, kValues> seen{};
    WaitGroup wg;
    for (int peer = 0; peer < kPeers; ++peer) {
      wg.go([=] {
        for (std::size_t i = 0; i < kValues; ++i) ch.send(i);
      });
      wg.go([&, ch] {
        for (std::size_t i = 0; i < kValues; ++i) ++seen[ch.recv().value()];
      });
    }
    wg.wait();
    for (const auto& count : seen) ASSERT_EQ(count, kPeers) << "capacity " << capacity;
  }
}

SLUICE_TEST_ON(ConformanceChan, BlockedReceiversAndSendersAreServedFirstComeFirstServed, 1, 2, 8) {
  constexpr std::size_t kWaiters = 50;
  const auto ch = make_chan<std::size_t>();
  std::array<std::size_t, kWaiters> received{};
  WaitGroup wg;
  for (std::size_t i = 0; i < kWaiters; ++i) {
    wg.go([&, ch, i] { received[i] = ch.recv().value(); });
    ASSERT_TRUE(test::eventually_parked("chan receive", i + 1));
  }
  for (std::size_t i = 0; i < kWaiters; ++i) ch.send(i);
  wg.wait();
  for (std::size_t i = 0; i < kWaiters; ++i) EXPECT_EQ(received[i], i);
  for (std::size_t i = 0; i < kWaiters; ++i) {
    wg.go([=] { ch.send(i); });
    ASSERT_TRUE(test::eventually_parked("chan send", i + 1));
  }
  for (std::size_t i = 0; i < kWaiters; ++i) EXPECT_EQ(ch.recv(), i);
  wg.wait();
}

// One goroutine for each value and place in line; only a queue brings the numbers out in order.
SLUICE_TEST_ON(ConformanceChan, DaisyChainKeepsTheOrder, 1, 2, 8) {
  for (std::size_t capacity : {0, 3}) {
    const auto first = make_chan<int>(capacity);
    RecvChan<int> end = first;
    for (int stage = 0; stage < 50; ++stage) {
      const auto next = make_chan<int>(capacity);
      go([in = end, next] {
        for (int value : in) next.send(value);
        next.close();
      });
      end = next;
    }
    go([=] {
      for (int i = 0; i < 200; ++i) first.send(i);
      first.close();
    });
    int expected = 0;
    for (int value : end) ASSERT_EQ(value, expected++);
    EXPECT_EQ(expected, 200);
  }
}

SLUICE_TEST_ON(ConformanceChan, DaisyChainOfTenThousandEnds, 1, 2, 8) {
  const int length = test::goroutines(10'000);
  const auto leftmost = make_chan<int>();
  Chan<int> left = leftmost;
  for (int i = 0; i < length; ++i) {
    const auto right = make_chan<int>();
    go([left, right] { left.send(1 + right.recv().value()); });
    left = right;
  }
  left.send(0);
  EXPECT_EQ(leftmost.recv(), length);
}

// One filter goroutine for each prime found so far.
SLUICE_TEST_ON(ConformanceChan, PrimeSieveGivesThePrimes, 1, 2, 8) {
  constexpr std::size_t kPrimes = 200;
  const auto stop = make_chan();
  const auto numbers = make_chan<int>();
  go([=] {
    for (int n = 2; select(on_send(numbers, n), on_recv(stop)) == 0;) ++n;
    numbers.close();
  });
  std::vector<int> primes;
  RecvChan<int> source = numbers;
  while (primes.size() < kPrimes) {
    const int prime = source.recv().value();
    primes.push_back(prime);
    const auto filtered = make_chan<int>();
    go([=] {
      for (int n : source) {
        if (n % prime != 0 && select(on_send(filtered, n), on_recv(stop)) == 1) break;
      }
      filtered.close();
    });
    source = filtered;
  }
  stop.close();
  std::vector<int> expected;
  for (int n = 2; expected.size() < kPrimes; ++n) {
    if (std::none_of(expected.begin(), expected.end(), [n](int p) { return n % p == 0; })) {
      expected.push_back(n);
    }
  }
  EXPECT_EQ(primes, expected);
  EXPECT_EQ(primes.back(), 1223);
}

struct Rational {
  Rational(std::int64_t n = 0, std::int64_t d = 1)
      : numerator(n / std::gcd(n, d)), denominator(d / std::gcd(n, d)) {}
  std::int64_t numerator;
  std::int64_t denominator;  // above zero, without a common divisor
  friend Rational operator+(Rational a, Rational b) {
    return {a.numerator * b.denominator + b.numerator * a.denominator,
            a.denominator * b.denominator};
  }
  friend Rational operator*(Rational a, Rational b) {
    return {a.numerator * b.numerator, a.denominator * b.denominator};
  }
  friend bool operator==(const Rational&, const Rational&) = default;
};

// A power series is a goroutine that answers with one coefficient each time it is asked.
struct Series {
  Chan<> ask = make_chan();
  Chan<Rational> answer = make_chan<Rational>();
};

// Sums, products and integrals of series, each made of goroutines that ask others. All end with it.
class Calculus {
 public:
  ~Calculus() {
    stop_.close();
    EXPECT_TRUE(test::eventually([] { return num_goroutines() == 1; }));
  }
  template <class F>
  Series generate(F next) {
    const Series series;
    go([=, this]() mutable {
      for (;;) {
        await(on_recv(series.ask));
        const Rational coefficient = next();
        await(on_send(series.answer, coefficient));
      }
    });
    return series;
  }
  Rational get(const Series& series) {
    await(on_send(series.ask));
    std::optional<Rational> coefficient;
    await(on_recv(series.answer, coefficient));
    return coefficient.value();
  }
  Series constant_terms(Rational each) {
    return generate([=] { return each; });
  }
  Series integral(Series of, Rational start) {
    return generate([=, this, n = std::int64_t{0}]() mutable {
      return n++ == 0 ? start : get(of) * Rational(1, n - 1);
    });
  }
  Series plus_at_start(Series of, Rational start) {
    return generate([=, this, first = true]() mutable {
      return get(of) + (std::exchange(first, false) ? start : Rational(0));
    });
  }
  // F G = f0 G + x (F - f0)/x G: a product asks for one of its own kind for all but one term.
  Series product(Series f, Series g) {
    const auto [now, later] = split(g);
    return generate([=, this, now = now, later = later, rest = std::optional<Series>(),
                     f0 = Rational(0)]() mutable {
      if (!rest) {
        f0 = get(f);
        rest = product(f, later);
        return f0 * get(now);
      }
      return f0 * get(now) + get(*rest);
    });
  }
  // 1/F = U with F U = 1; U is made from its own earlier terms.
  Series reciprocal(Series f) {
    const Series back;
    const Series result =
        generate([=, this, rest = std::optional<Series>(), u0 = Rational(0)]() mutable {
          if (rest) return u0 * Rational(-1) * get(*rest);
          const Rational f0 = get(f);
          rest = product(f, back);
          return u0 = f0.numerator > 0 ? Rational(f0.denominator, f0.numerator)
                                       : Rational(-f0.denominator, -f0.numerator);
        });
    const Series out;
    share(result, out, back);
    return out;
  }
  std::pair<Series, Series> split(Series in) {
    const std::pair<Series, Series> both;
    share(in, both.first, both.second);
    return both;
  }
  // Answers two askers, each at its own pace, from one series that may itself depend on them.
  void share(Series in, Series left, Series right) {
    struct Reader {
      Series series;
      std::deque<Rational> waiting{};
      bool asked = false;
    };
    go([=, this, readers = std::array<Reader, 2>{Reader{left}, Reader{right}}]() mutable {
      for (bool fetching = false;;) {
        for (Reader& reader : readers) {
          if (reader.asked && !reader.waiting.empty()) {
            await(on_send(reader.series.answer, reader.waiting.front()));
            reader.waiting.pop_front();
            reader.asked = false;
          }
          if (reader.asked && !fetching) {
            await(on_send(in.ask));
            fetching = true;
          }
        }
        std::optional<Rational> fetched;
        const auto asks = [&](std::size_t i) {
          return readers[i].asked ? Chan<>() : readers[i].series.ask;
        };
        const auto arrives = fetching ? in.answer : Chan<Rational>();
        const int chosen =
            select(on_recv(asks(0)), on_recv(asks(1)), on_recv(arrives, fetched), on_recv(stop_));
        if (chosen == 3) return;
        if (chosen < 2) {
          readers[static_cast<std::size_t>(chosen)].asked = true;
        } else {
          fetching = false;
          for (Reader& reader : readers) reader.waiting.push_back(fetched.value());
        }
      }
    });
  }

 private:
  template <class Case>
  void await(Case wanted) {
    if (select(std::move(wanted), on_recv(stop_)) == 1) exit_goroutine();
  }
  Chan<> stop_ = make_chan();
};

SLUICE_TEST_ON(ConformanceChan, PowerSeriesGiveTheRightNumbers, 1, 2, 8) {
  Calculus calculus;
  const auto terms = [&](const Series& series, std::size_t count) {
    std::vector<Rational> all;
    while (all.size() < count) all.push_back(calculus.get(series));
    return all;
  };
  const auto ones = [&] { return calculus.constant_terms(1); };
  EXPECT_EQ(terms(calculus.product(ones(), ones()), 6), (std::vector<Rational>{1, 2, 3, 4, 5, 6}));
  // The integral of 1/(1-x) is -log(1-x); the reciprocal of 1/(1-x) is 1-x.
  EXPECT_EQ(terms(calculus.integral(ones(), 0), 5),
            (std::vector<Rational>{0, 1, {1, 2}, {1, 3}, {1, 4}}));
  EXPECT_EQ(terms(calculus.reciprocal(ones()), 6), (std::vector<Rational>{1, -1, 0, 0, 0, 0}));
  // exp is its own integral.
  const Series exp_again;
  const Series exp;
  calculus.share(calculus.integral(exp_again, 1), exp, exp_again);
  EXPECT_EQ(terms(calculus.reciprocal(exp), 7),
            (std::vector<Rational>{1, -1, {1, 2}, {-1, 6}, {1, 24}, {-1, 120}, {1, 720}}));
  // tan' = 1 + tan tan.
  const Series tan;
  const Series tan_again;
  const auto [left, right] = calculus.split(tan_again);
  const Series derivative = calculus.plus_at_start(calculus.product(left, right), 1);
  calculus.share(calculus.integral(derivative, 0), tan, tan_again);
  EXPECT_EQ(terms(tan, 10),
            (std::vector<Rational>{0, 1, 0, {1, 3}, 0, {2, 15}, 0, {17, 315}, 0, {62, 2835}}));
}

SLUICE_TEST_ON(ConformanceChan, TwentyThreeWorkersShareAllItems, 1, 2, 8) {
  constexpr int kWorkers = 23;
  const std::int64_t items = test::rounds(271'828);
  const auto jobs = make_chan<std::int64_t>(kWorkers);
  const auto results = make_chan<std::pair<std::int64_t, std::int64_t>>();
  WaitGroup wg;
  for (int i = 0; i < kWorkers; ++i) {
    wg.go([=] {
      std::int64_t count = 0;
      std::int64_t sum = 0;
      for (std::int64_t item : jobs) {
        ++count;
        sum += item;
      }
      results.send({count, sum});
    });
  }
  go([&wg, results] {
    wg.wait();
    results.close();
  });
  for (std::int64_t i = 1; i <= items; ++i) jobs.send(i);
  jobs.close();
  int workers_done = 0;
  std::int64_t count = 0;
  std::int64_t sum = 0;
  for (const auto& [its_count, its_sum] : results) {
    ++workers_done;
    count += its_count;
    sum += its_sum;
  }
  EXPECT_EQ(workers_done, kWorkers);
  EXPECT_EQ(count, items);
  EXPECT_EQ(sum, items * (items + 1) / 2);
}

// Time per waiter for selects that wait on one shared channel and are woken in random order by
// channels of their own, so that each has to be found among the shared channel's waiters.
double nanoseconds_per_waiter(std::size_t count, test::Random& random) {
  const auto shared = make_chan();
  std::vector<Chan<>> own;
  std::atomic<std::size_t> woken{0};
  WaitGroup wg;
  for (std::size_t i = 0; i < count; ++i) {
    own.push_back(make_chan());
    wg.go([&, shared, mine = own.back()] {
      if (select(on_recv(shared), on_recv(mine)) == 1) ++woken;
    });
  }
  EXPECT_TRUE(test::eventually_parked("select", count));
  for (std::size_t i = count; i > 1; --i) std::swap(own[i - 1], own[random.below(i)]);
  const TimePoint start = Clock::now();
  for (const Chan<>& ch : own) ch.close();
  wg.wait();
  const auto took = std::chrono::duration<double, std::nano>(Clock::now() - start);
  EXPECT_EQ(woken, count);
  return took.count() / static_cast<double>(count);
}

SLUICE_TEST_ON(ConformanceChan, DequeuingAWaiterIsNotLinearInTheirNumber, 1, 2) {
  test::Random random(test::seed());
  const std::size_t many = static_cast<std::size_t>(test::goroutines(test::rounds(16'000)));
  double ratio = std::numeric_limits<double>::max();
  // A search through the waiters would make it about 16; noise only ever adds time.
  for (int attempt = 0; attempt < 5 && ratio > 6; ++attempt) {
    const double few_take = nanoseconds_per_waiter(many / 16, random);
    ratio = std::min(ratio, nanoseconds_per_waiter(many, random) / few_take);
  }
  EXPECT_LE(ratio, 6);
}

}  // namespace
}  // namespace sluice
