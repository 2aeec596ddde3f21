// RUN: %check_all %s
// What a Defer of another function releases, it releases for that function alone.
#include <string>

#include <sluice/sluice.hpp>

sluice::Mutex settings_mu;
std::string setting;

std::string read_setting() {
  settings_mu.lock();
  return setting;  // expected-warning {{'settings_mu' is still locked when 'read_setting' returns here}}
}

void write_setting(const std::string& value) {
  settings_mu.lock();
  sluice::Defer unlock{[&] { settings_mu.unlock(); }};
  setting = value;
}
