// poll, ppoll, select and pselect.
#include <poll.h>
#include <sys/select.h>

#include <cerrno>

#include "hook/descriptors.hpp"
#include "support/goroutine_test.hpp"

namespace sluice::test {
namespace {

using namespace std::chrono_literals;

SLUICE_TEST(HookPoll, ParksUntilOneOfThemIsReady) {
  const Ends pipe = make_pipe(), sockets = make_sockets();
  pollfd asked[] = {{pipe.reading, POLLIN, 0}, {-1, POLLIN, 0}, {sockets.reading, POLLIN, 0}};
  WaitGroup wg;
  once_parked(wg, [&] { EXPECT_EQ(::write(sockets.writing, "x", 1), 1); });
  EXPECT_EQ(::poll(asked, 3, -1), 1);
  EXPECT_EQ(asked[0].revents, 0);
  EXPECT_EQ(asked[1].revents, 0);
  EXPECT_EQ(asked[2].revents, POLLIN);
  wg.wait();
  EXPECT_EQ(::write(pipe.writing, "x", 1), 1);
  EXPECT_EQ(::poll(asked, 3, 1000), 2);
}

SLUICE_TEST(HookPoll, TellsOfAnEnd) {
  Ends ends = make_pipe();
  pollfd asked{ends.reading, 0, 0};
  WaitGroup wg;
  once_parked(wg, [&] { ends.writing.reset(); });
  EXPECT_EQ(::poll(&asked, 1, -1), 1);
  EXPECT_EQ(asked.revents, POLLHUP);
  wg.wait();
}

SLUICE_TEST(HookPoll, WaitsForRoomAndForBytesOfOne) {
  const Ends ends = make_sockets();
  pollfd asked[] = {{ends.reading, POLLIN, 0}, {ends.reading, POLLOUT, 0}};
  EXPECT_EQ(::poll(asked, 2, -1), 1);
  EXPECT_EQ(asked[1].revents, POLLOUT);
  WaitGroup wg;
  once_parked(wg, [&] { EXPECT_EQ(::send(ends.writing, "x", 1, 0), 1); });
  pollfd twice[] = {{ends.reading, POLLIN, 0}, {ends.reading, POLLIN, 0}};
  EXPECT_EQ(::poll(twice, 2, -1), 2);
  wg.wait();
}

SLUICE_TEST(HookPoll, KeepsItsTime) {
  const Ends ends = make_pipe();
  pollfd asked{ends.reading, POLLIN, 0};
  EXPECT_EQ(::poll(&asked, 1, 0), 0);
  TimePoint begin = Clock::now();
  EXPECT_EQ(::poll(&asked, 1, 20), 0);
  EXPECT_GE(Clock::now() - begin, 20ms);
  begin = Clock::now();
  const timespec time{0, 20'000'000};
  EXPECT_EQ(::ppoll(&asked, 1, &time, nullptr), 0);
  EXPECT_EQ(::poll(nullptr, 0, 20), 0);
  EXPECT_GE(Clock::now() - begin, 40ms);
}

SLUICE_TEST(HookPoll, TellsOfANumberThatIsNotOpen) {
  Ends ends = make_pipe();
  pollfd asked{ends.reading, POLLIN, 0};
  WaitGroup wg;
  once_parked(wg, [&] { ends.reading.reset(); });
  EXPECT_EQ(::poll(&asked, 1, -1), 1);
  EXPECT_EQ(asked.revents, POLLNVAL);
  wg.wait();
}

SLUICE_TEST(HookPoll, FailsAsLibcDoes) {
  pollfd asked{0, POLLIN, 0};
  const timespec wrong{0, -1};
  EXPECT_FAILS(::ppoll(&asked, 1, &wrong, nullptr), EINVAL);
}

SLUICE_TEST(HookSelect, ParksUntilOneOfThemIsReady) {
  const Ends pipe = make_pipe(), sockets = make_sockets();
  WaitGroup wg;
  once_parked(wg, [&] { EXPECT_EQ(::write(sockets.writing, "x", 1), 1); });
  fd_set read;
  FD_ZERO(&read);
  FD_SET(pipe.reading, &read);
  FD_SET(sockets.reading, &read);
  const int most = std::max<int>(pipe.reading, sockets.reading) + 1;
  timeval time{1000, 0};
  EXPECT_EQ(::select(most, &read, nullptr, nullptr, &time), 1);
  EXPECT_FALSE(FD_ISSET(pipe.reading, &read));
  EXPECT_TRUE(FD_ISSET(sockets.reading, &read));
  EXPECT_LT(time.tv_sec, 1000) << "what is left of the time";
  EXPECT_GT(time.tv_sec, 900);
  wg.wait();
  fd_set write;
  FD_ZERO(&write);
  FD_SET(pipe.writing, &write);
  EXPECT_EQ(::pselect(pipe.writing + 1, nullptr, &write, nullptr, nullptr, nullptr), 1);
}

SLUICE_TEST(HookSelect, KeepsItsTime) {
  const Ends ends = make_pipe();
  fd_set read;
  FD_ZERO(&read);
  FD_SET(ends.reading, &read);
  timeval time{0, 20'000};
  const TimePoint begin = Clock::now();
  EXPECT_EQ(::select(ends.reading + 1, &read, nullptr, nullptr, &time), 0);
  EXPECT_GE(Clock::now() - begin, 20ms);
  EXPECT_FALSE(FD_ISSET(ends.reading, &read));
  EXPECT_EQ(time.tv_sec + time.tv_usec, 0);
  time = {0, 20'000};
  EXPECT_EQ(::select(0, nullptr, nullptr, nullptr, &time), 0);
  EXPECT_GE(Clock::now() - begin, 40ms);
  FD_SET(ends.reading, &read);
  const int number = ends.reading;
  const Ends gone = make_pipe();
  EXPECT_EQ(::dup2(gone.reading, number), number);
}

SLUICE_TEST(HookSelect, FailsAsLibcDoes) {
  Ends ends = make_pipe();
  const int number = ends.reading;
  ends.reading.reset();
  fd_set read;
  FD_ZERO(&read);
  FD_SET(number, &read);
  EXPECT_FAILS(::select(number + 1, &read, nullptr, nullptr, nullptr), EBADF);
  EXPECT_FAILS(::select(-1, nullptr, nullptr, nullptr, nullptr), EINVAL);
}

}  // namespace
}  // namespace sluice::test
