// CPU quotas of cgroups, read from files like the kernel's.
#include "sched/run_limit.hpp"

#include <unistd.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace sluice {
namespace {

class Quota : public testing::Test {
 protected:
  Quota() : root_(testing::TempDir() + "/sluice_cgroup_" + std::to_string(::getpid())) {}
  ~Quota() override { std::filesystem::remove_all(root_); }

  void write(const std::string& file, const std::string& text) {
    const std::filesystem::path path = root_ + file;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  int limit(const std::string& groups) {
    std::istringstream text(groups);
    return detail::quota_limit(root_, text);
  }

 private:
  const std::string root_;
};

TEST_F(Quota, NoneWithoutAGroupOrALimit) {
  EXPECT_EQ(limit(""), 0);
  EXPECT_EQ(limit("0::/\n"), 0);
  write("/a/cpu.max", "max 100000\n");
  EXPECT_EQ(limit("0::/a\n"), 0);
  write("/a/cpu.max", "nonsense");
  EXPECT_EQ(limit("0::/a\n"), 0);
}

TEST_F(Quota, IsRoundedUpToWholeWorkers) {
  write("/a/cpu.max", "150000 100000\n");
  EXPECT_EQ(limit("0::/a\n"), 2);
  write("/a/cpu.max", "10000 100000\n");
  EXPECT_EQ(limit("0::/a\n"), 1);
  write("/a/cpu.max", "400000 100000\n");
  EXPECT_EQ(limit("0::/a\n"), 4);
}

TEST_F(Quota, OfAGroupAboveHoldsToo) {
  write("/a/cpu.max", "200000 100000\n");
  write("/a/b/cpu.max", "max 100000\n");
  write("/a/b/c/cpu.max", "800000 100000\n");
  EXPECT_EQ(limit("0::/a/b/c\n"), 2);
  write("/cpu.max", "100000 100000\n");
  EXPECT_EQ(limit("0::/a/b/c\n"), 1);
  EXPECT_EQ(limit("0::/\n"), 1);
}

TEST_F(Quota, OfVersionOne) {
  write("/cpu/a/cpu.cfs_quota_us", "250000\n");
  write("/cpu/a/cpu.cfs_period_us", "100000\n");
  const std::string groups = "3:cpuset:/elsewhere\n2:cpu,cpuacct:/a\n1:name=systemd:/a\n";
  EXPECT_EQ(limit(groups), 3);
  write("/cpu/a/cpu.cfs_quota_us", "-1\n");
  EXPECT_EQ(limit(groups), 0);
}

}  // namespace
}  // namespace sluice
