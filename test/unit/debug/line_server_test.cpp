// The socket of SLUICE_TOP without what is said over it: who is answered, who is let go.
#include "debug/line_server.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "debug/socket_file.hpp"

namespace sluice::checked {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class Folder {
 public:
  Folder() {
    char path[] = "/tmp/sluice-unit-XXXXXX";
    path_ = mkdtemp(path);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

int connected(const std::string& path) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  close(fd);
  return -1;
}

class Client {
 public:
  explicit Client(const std::string& path) : fd_(connected(path)) {}
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() { close(fd_); }

  bool say(const std::string& text) const {
    return send(fd_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
  }
  void say_no_more() const { shutdown(fd_, SHUT_WR); }
  // Up to its newline, or what came until the end.
  std::string line() {
    std::vector<char> bytes(1 << 16);
    std::size_t end = 0;
    while ((end = unread_.find('\n')) == std::string::npos) {
      const ssize_t count = recv(fd_, bytes.data(), bytes.size(), 0);
      if (count <= 0) return std::move(unread_);
      unread_.append(bytes.data(), static_cast<std::size_t>(count));
    }
    const std::string line = unread_.substr(0, end);
    unread_.erase(0, end + 1);
    return line;
  }
  // Without reading what there is to read.
  bool let_go() const {
    pollfd end{fd_, 0, 0};
    return poll(&end, 1, 20'000) == 1 && (end.revents & POLLHUP) != 0;
  }
  bool ended() const {
    char byte = 0;
    return recv(fd_, &byte, 1, 0) <= 0;
  }

 private:
  int fd_;
  std::string unread_;
};

class Served : public testing::Test {
 protected:
  void serve(std::int64_t patience = LineServer::kPatience) {
    ASSERT_EQ(file_.open(path_), "");
    server_.emplace(
        at_work_,
        [this] {
          std::this_thread::sleep_for(takes_);
          return std::string(size_, 'x') + std::to_string(++asked_);
        },
        patience);
    ASSERT_TRUE(server_->ok());
    thread_ = std::thread([this] { server_->serve(file_.listening()); });
  }
  ~Served() override {
    if (!thread_.joinable()) return;
    server_->stop();
    thread_.join();
  }

  Folder folder_;
  const std::string path_ = folder_.file("socket");
  SocketFile file_;
  base::ThreadMutex at_work_;
  std::size_t size_ = 0;
  std::chrono::milliseconds takes_{0};
  int asked_ = 0;
  std::optional<LineServer> server_;
  std::thread thread_;
};

TEST_F(Served, ALineForEachRequest) {
  serve();
  Client client(path_);
  for (const char* line : {"1", "2", "3"}) {
    ASSERT_TRUE(client.say("now\n"));
    EXPECT_EQ(client.line(), line);
  }
}

TEST_F(Served, ARequestInPieces) {
  serve();
  Client client(path_);
  for (const char* piece : {"n", "o", "w", "\n"}) ASSERT_TRUE(client.say(piece));
  EXPECT_EQ(client.line(), "1");
}

TEST_F(Served, OneThatHasSaidAllIsAnsweredAndLetGo) {
  serve();
  Client client(path_);
  ASSERT_TRUE(client.say("now\n"));
  client.say_no_more();
  EXPECT_EQ(client.line(), "1");
  EXPECT_TRUE(client.ended());
}

TEST_F(Served, ByTheClockUntilAnotherRequest) {
  serve();
  Client client(path_);
  const std::int64_t began = base::now();
  ASSERT_TRUE(client.say("every 20\n"));
  for (const char* line : {"1", "2", "3", "4"}) EXPECT_EQ(client.line(), line);
  EXPECT_GE(base::now() - began, 60'000'000);
}

TEST_F(Served, RubbishIsToldSoAndLetGo) {
  serve();
  for (const std::string rubbish :
       {"later\n", "every 5\n", "every\n", "every 10x\n", "every 3600001\n", "every -1\n", "\n",
        "every 99999999999999999999\n", "\xff\xfe\n"}) {
    Client client(path_);
    ASSERT_TRUE(client.say(rubbish));
    EXPECT_THAT(client.line(), StartsWith("{\"error\":\"no such request: '")) << rubbish;
    EXPECT_TRUE(client.ended());
  }
  Client endless(path_);
  while (endless.say(std::string(1000, 'x'))) continue;
  EXPECT_EQ(asked_, 0);
  Client next(path_);
  ASSERT_TRUE(next.say("now\n"));
  EXPECT_EQ(next.line(), "1");
}

TEST_F(Served, NobodyWaitsForOneThatDoesNotRead) {
  size_ = 4 << 20;  // more than a socket holds
  serve();
  Client hung(path_), other(path_);
  ASSERT_TRUE(hung.say("every 10\n"));
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(other.say("now\n"));
    EXPECT_GT(other.line().size(), size_);
  }
}

TEST_F(Served, OneThatDoesNotReadIsLetGo) {
  size_ = 4 << 20;
  serve(50'000'000);
  Client hung(path_);
  ASSERT_TRUE(hung.say("now\n"));
  ASSERT_TRUE(hung.let_go());
  EXPECT_LT(hung.line().size(), size_);
}

TEST_F(Served, OneThatSaysNothingIsLetGo) {
  serve(50'000'000);
  Client silent(path_), half(path_);
  ASSERT_TRUE(half.say("no"));
  EXPECT_TRUE(silent.ended());
  EXPECT_TRUE(half.ended());
}

TEST_F(Served, OneThatGetsLinesByTheClockNeedNotSayAnything) {
  serve(50'000'000);
  Client client(path_);
  ASSERT_TRUE(client.say("every 100\n"));
  for (const char* line : {"1", "2", "3"}) EXPECT_EQ(client.line(), line);
}

TEST_F(Served, AsManyAsThereIsRoomFor) {
  serve();
  std::vector<std::unique_ptr<Client>> all;
  for (std::size_t i = 0; i < LineServer::kMostClients; ++i) {
    all.push_back(std::make_unique<Client>(path_));
    ASSERT_TRUE(all.back()->say("now\n"));
    EXPECT_NE(all.back()->line(), "");
  }
  Client late(path_);
  EXPECT_EQ(late.line(), "{\"error\":\"too many watch this program already\"}");
  all.clear();
  for (;;) {  // until it has been noticed that they are gone
    Client next(path_);
    if (next.say("now\n") && next.line() == std::to_string(LineServer::kMostClients + 1)) break;
  }
}

TEST_F(Served, RestsFourTimesAsLongAsALineTook) {
  takes_ = std::chrono::milliseconds(20);
  serve();
  Client client(path_);
  const std::int64_t began = base::now();
  for (const char* line : {"1", "2"}) {
    ASSERT_TRUE(client.say("now\n"));
    EXPECT_EQ(client.line(), line);
  }
  EXPECT_GE(base::now() - began, 120'000'000);
}

TEST_F(Served, IsAtWorkButForItsWaits) {
  serve();
  Client client(path_);
  {
    const std::lock_guard looks(at_work_);
    ASSERT_TRUE(client.say("now\n"));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_EQ(asked_, 0);
  }
  EXPECT_EQ(client.line(), "1");
}

TEST(SocketFile, OnlyItsOwnerMayOpenIt) {
  const Folder folder;
  const mode_t before = umask(0);
  SocketFile file;
  EXPECT_EQ(file.open(folder.file("socket")), "");
  umask(before);
  struct stat found;
  ASSERT_EQ(lstat(folder.file("socket").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777, 0600u);
}

TEST(SocketFile, GoesWithItsOwner) {
  const Folder folder;
  const std::string path = folder.file("socket");
  {
    SocketFile file;
    EXPECT_EQ(file.open(path), "");
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(SocketFile, WhatAnotherHasPutThereStays) {
  const Folder folder;
  const std::string path = folder.file("socket");
  SocketFile file;
  EXPECT_EQ(file.open(path), "");
  std::filesystem::remove(path);
  std::ofstream(path) << "mine";
  file.close();
  EXPECT_TRUE(std::filesystem::exists(path));
}

TEST(SocketFile, ReplacesWhatNobodyListensAt) {
  const Folder folder;
  const std::string path = folder.file("socket");
  const int dead = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(bind(dead, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  close(dead);
  SocketFile file;
  EXPECT_EQ(file.open(path), "");
  EXPECT_GE(connected(path), 0);
}

TEST(SocketFile, SaysWhyNot) {
  const Folder folder;
  SocketFile living, file;
  EXPECT_EQ(living.open(folder.file("living")), "");
  EXPECT_EQ(file.open(folder.file("living")), "a living program listens there");
  std::ofstream(folder.file("text")) << "mine";
  EXPECT_EQ(file.open(folder.file("text")), "exists, and is no socket");
  EXPECT_EQ(file.open(folder.file("none/socket")), "No such file or directory");
  EXPECT_THAT(file.open(folder.file(std::string(100, 'x'))),
              HasSubstr("longer than the 107 bytes"));
  EXPECT_EQ(file.listening(), -1);
  EXPECT_TRUE(std::filesystem::exists(folder.file("text")));
  EXPECT_TRUE(std::filesystem::exists(folder.file("living")));
}

TEST(PrivateFolder, NobodyElsesAndOpenToNobodyElse) {
  const Folder folder;
  const std::string path = folder.file("own");
  EXPECT_EQ(make_private_folder(path), "");
  EXPECT_EQ(make_private_folder(path), "");
  std::filesystem::permissions(path, std::filesystem::perms(0710));
  EXPECT_EQ(make_private_folder(path), "'" + path + "' is open to others; it takes mode 0700");
  std::filesystem::create_directory_symlink(path, folder.file("link"));
  EXPECT_THAT(make_private_folder(folder.file("link")), HasSubstr("is no folder"));
  if (geteuid() != 0) return;
  ASSERT_EQ(chown(path.c_str(), 65534, 65534), 0);
  EXPECT_EQ(make_private_folder(path), "'" + path + "' is user 65534's, not this program's");
}

}  // namespace
}  // namespace sluice::checked
