// libpq as the distribution has it, on goroutines: each waits for its query in libpq's own poll,
// which the hooks let park.
//
//   postgres_client JOB CONNINFO [COUNT]
//
// `goroutines` and `threads` run the same queries on COUNT connections and print the seconds that
// took; the other jobs are one program each, below.
#include <libpq-fe.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sluice/sluice.hpp>

using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

Connection connect(const std::string& to) {
  Connection connection(PQconnectdb(to.c_str()), &PQfinish);
  if (PQstatus(connection.get()) != CONNECTION_OK) {
    std::fprintf(stderr, "connect: %s", PQerrorMessage(connection.get()));
    std::exit(1);
  }
  return connection;
}

// The first value of the answer, or the error in the server's words.
std::string ask(const Connection& connection, const char* query) {
  const Result result(PQexec(connection.get(), query), &PQclear);
  if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) return PQerrorMessage(connection.get());
  return PQgetvalue(result.get(), 0, 0);
}

constexpr const char* kLong = "select pg_sleep(60)";

// ---- the same on goroutines and on threads ----

void ask_five_times(const Connection& connection) {
  for (int i = 0; i < 5; ++i) ask(connection, "select pg_sleep(0.1)");
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

std::vector<Connection> connect_all(const std::string& to, int count) {
  std::vector<Connection> connections;
  for (int i = 0; i < count; ++i) connections.push_back(connect(to));
  return connections;
}

double on_goroutines(const std::string& to, int count) {
  const std::vector<Connection> connections = connect_all(to, count);
  const auto begin = std::chrono::steady_clock::now();
  sluice::WaitGroup asking;
  for (const Connection& each : connections) asking.go([&each] { ask_five_times(each); });
  asking.wait();
  return seconds_since(begin);
}

double on_threads(const std::string& to, int count) {
  const std::vector<Connection> connections = connect_all(to, count);
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::jthread> asking;
  for (const Connection& each : connections) asking.emplace_back([&each] { ask_five_times(each); });
  asking.clear();
  return seconds_since(begin);
}

// ---- what else a client does ----

// Over TLS, from COUNT goroutines at once.
void encrypted(const std::string& to, int count) {
  std::atomic<int> over_tls = 0;
  sluice::WaitGroup asking;
  for (int i = 0; i < count; ++i) {
    asking.go([&] {
      const Connection connection = connect(to + " sslmode=require");
      if (ask(connection, "select 6 * 7") == "42" && PQsslInUse(connection.get()) == 1) ++over_tls;
    });
  }
  asking.wait();
  std::printf("%d over TLS\n", over_tls.load());
}

void cancelled(const std::string& to) {
  const Connection connection = connect(to);
  sluice::WaitGroup asking;
  asking.go([&] { std::printf("%s", ask(connection, kLong).c_str()); });
  const Connection other = connect(to);
  while (ask(other, "select count(*) from pg_stat_activity where wait_event = 'PgSleep'") != "1") {
    sluice::yield();
  }
  char error[256] = "";
  PGcancel* cancel = PQgetCancel(connection.get());
  if (PQcancel(cancel, error, sizeof error) != 1) std::printf("cancel: %s\n", error);
  PQfreeCancel(cancel);
  asking.wait();
}

void timed_out(const std::string& to) {
  const Connection connection = connect(to + " options='-c statement_timeout=100'");
  std::printf("%s", ask(connection, kLong).c_str());
}

// Says when all wait; how many were told that the server has gone.
void abandoned(const std::string& to, int count) {
  const std::vector<Connection> connections = connect_all(to, count);
  std::atomic<int> told = 0;
  sluice::WaitGroup asking;
  for (const Connection& each : connections) {
    asking.go([&] {
      ask(each, kLong);
      if (PQstatus(each.get()) == CONNECTION_BAD) ++told;
    });
  }
  std::printf("waiting\n");
  std::fflush(stdout);
  asking.wait();
  std::printf("%d told\n", told.load());
}

// A mistake: the thread that waits for this lock runs no goroutines. Checked mode tells.
void under_a_lock(const std::string& to) {
  static std::mutex accounts;
  const Connection connection = connect(to);
  const std::lock_guard guard(accounts);
  ask(connection, "select pg_sleep(0.1)");
}

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: postgres_client JOB CONNINFO [COUNT]\n");
    return 2;
  }
  const std::string_view job = argv[1];
  const std::string to = argv[2];
  const int count = argc > 3 ? std::atoi(argv[3]) : 1;
  if (job == "threads") {
    std::printf("%.3f\n", on_threads(to, count));
    return 0;
  }
  // A TLS handshake takes 320 KiB.
  return sluice::run({.stack_size = 1 << 20}, [&] {
    if (job == "goroutines") {
      std::printf("%.3f\n", on_goroutines(to, count));
    } else if (job == "encrypted") {
      encrypted(to, count);
    } else if (job == "cancelled") {
      cancelled(to);
    } else if (job == "timed_out") {
      timed_out(to);
    } else if (job == "abandoned") {
      abandoned(to, count);
    } else if (job == "under_a_lock") {
      under_a_lock(to);
    } else {
      std::fprintf(stderr, "there is no job '%s'\n", argv[1]);
      return 2;
    }
    return 0;
  });
}
