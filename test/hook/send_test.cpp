// Calls that send, on descriptors that block: all is sent, and the sender parks until there is
// room.
#include <limits.h>
#include <sys/uio.h>

#include <cerrno>
#include <string>
#include <vector>

#include "hook/descriptors.hpp"
#include "support/goroutine_test.hpp"

namespace sluice::test {
namespace {

using namespace std::chrono_literals;

using Send = ssize_t (*)(int fd, const std::string& text);

// In parts, one of them empty.
std::vector<iovec> parts_of(const std::string& text) {
  char* data = const_cast<char*>(text.data());
  const std::size_t third = text.size() / 3;
  return {
      {data, third}, {data, 0}, {data + third, third}, {data + 2 * third, text.size() - 2 * third}};
}
ssize_t by_write(int fd, const std::string& text) { return ::write(fd, text.data(), text.size()); }
ssize_t by_writev(int fd, const std::string& text) {
  const std::vector<iovec> parts = parts_of(text);
  return ::writev(fd, parts.data(), static_cast<int>(parts.size()));
}
ssize_t by_send(int fd, const std::string& text) {
  return ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
}
ssize_t by_sendmsg(int fd, const std::string& text) {
  std::vector<iovec> parts = parts_of(text);
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  return ::sendmsg(fd, &message, MSG_NOSIGNAL);
}
const Send kForStreams[] = {&by_write, &by_writev};
const Send kForSockets[] = {&by_write, &by_writev, &by_send, &by_sendmsg};

std::string numbers(std::size_t size) {
  std::string text;
  for (int i = 0; text.size() < size; ++i) text += std::to_string(i) + " ";
  return text;
}

void expect_all_arrives(const Send& send, Ends ends) {
  const std::string text = numbers(1'000'000);
  WaitGroup wg;
  std::string got;
  once_parked(wg, [&] {
    std::vector<char> into(10'000);
    for (ssize_t size; (size = ::read(ends.reading, into.data(), into.size())) > 0;) {
      got.append(into.data(), static_cast<std::size_t>(size));
    }
  });
  EXPECT_EQ(send(ends.writing, text), static_cast<ssize_t>(text.size()));
  ends.writing.reset();
  wg.wait();
  EXPECT_TRUE(got == text) << got.size() << " bytes";
}

SLUICE_TEST(HookSend, SendsAllOfIt) {
  for (const Send& send : kForStreams) expect_all_arrives(send, make_pipe());
  for (const Send& send : kForSockets) expect_all_arrives(send, make_sockets());
}

SLUICE_TEST(HookSend, SendsDatagramsWhole) {
  const Ends ends = make_sockets(SOCK_DGRAM);
  const std::string text(30'000, 'x');
  constexpr int count = 50;  // more than there is room for
  WaitGroup wg;
  once_parked(wg, [&] {
    std::vector<char> into(100'000);
    for (int i = 0; i < count; ++i) {
      EXPECT_EQ(::recv(ends.reading, into.data(), into.size(), 0),
                static_cast<ssize_t>(text.size()));
    }
  });
  for (int i = 0; i < count; ++i) {
    EXPECT_EQ(by_send(ends.writing, text), static_cast<ssize_t>(text.size()));
  }
  wg.wait();
}

SLUICE_TEST(HookSend, DoesNotWaitOnWhatDoesNotBlock) {
  const std::string text = numbers(4'000'000);
  for (const Ends& ends : {make_sockets(), make_pipe()}) {
    stop_blocking(ends.writing);
    EXPECT_LT(by_write(ends.writing, text), static_cast<ssize_t>(text.size()));
    EXPECT_FAILS(by_write(ends.writing, text), EAGAIN);
  }
}

SLUICE_TEST(HookSend, KeepsTheTimeLimitOfASocket) {
  const std::string text = numbers(4'000'000);
  const Ends ends = make_sockets();
  limit(ends.writing, SO_SNDTIMEO, 20ms);
  const ssize_t sent = by_send(ends.writing, text);
  EXPECT_GT(sent, 0) << "what was sent in time counts";
  EXPECT_LT(sent, static_cast<ssize_t>(text.size()));
  EXPECT_FAILS(by_send(ends.writing, text), EAGAIN);
}

SLUICE_TEST(HookSend, EndsWhenTheOtherSideGoes) {
  for (const Send& send : {&by_send, &by_sendmsg}) {
    Ends ends = make_sockets();
    const std::string text = numbers(4'000'000);
    WaitGroup wg;
    once_parked(wg, [&] { ends.reading.reset(); });
    const ssize_t sent = send(ends.writing, text);
    EXPECT_GT(sent, 0);
    EXPECT_LT(sent, static_cast<ssize_t>(text.size()));
    EXPECT_FAILS(send(ends.writing, text), EPIPE);
    wg.wait();
  }
}

// What is small goes into a pipe in one piece, or not at all.
SLUICE_TEST(HookSend, SmallWritesToAPipeStayWhole) {
  const Ends ends = make_pipe();
  constexpr int count = 100;
  WaitGroup writers;
  for (int i = 0; i < 4; ++i) {
    writers.go([&ends, letter = static_cast<char>('a' + i)] {
      const std::string line(PIPE_BUF, letter);
      for (int j = 0; j < count; ++j) EXPECT_EQ(by_write(ends.writing, line), PIPE_BUF);
    });
  }
  std::vector<char> into(PIPE_BUF);
  for (int i = 0; i < 4 * count; ++i) {
    for (std::size_t size = 0; size < into.size();) {
      const ssize_t got = ::read(ends.reading, into.data() + size, into.size() - size);
      ASSERT_GT(got, 0);
      size += static_cast<std::size_t>(got);
    }
    EXPECT_EQ(std::string(into.data(), into.size()), std::string(PIPE_BUF, into[0]));
  }
  writers.wait();
}

SLUICE_TEST(HookSend, FailsAsLibcDoes) {
  EXPECT_FAILS(by_write(-1, "x"), EBADF);
  EXPECT_FAILS(by_send(-1, "x"), EBADF);
  const Ends pipe = make_pipe();
  EXPECT_FAILS(by_write(pipe.reading, "x"), EBADF);
  EXPECT_FAILS(by_send(pipe.writing, "x"), ENOTSOCK);
  EXPECT_EQ(::write(pipe.writing, "", 0), 0);
}

}  // namespace
}  // namespace sluice::test
