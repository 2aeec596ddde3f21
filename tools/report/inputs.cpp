#include "inputs.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace sluice::pictures {
namespace {

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) throw std::runtime_error(std::string("can't be read: ") + std::strerror(errno));
  return text;
}

}  // namespace

void Inputs::add(const std::string& path) {
  if (!std::filesystem::is_directory(path)) return add_file(path);
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    if (entry.path().extension() == ".jsonl") files.push_back(entry.path().string());
  }
  if (files.empty()) throw std::runtime_error(path + ": no .jsonl file is in this folder");
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) add_file(file);
}

void Inputs::add_file(const std::string& path) {
  const std::string name = std::filesystem::path(path).filename().string();
  try {
    const std::string text = content_of(path);
    if (text.empty()) throw std::runtime_error("nothing is in it");
    if (text.starts_with("\x1f\x8b")) throw std::runtime_error("is compressed; gunzip it first");
    if (text.starts_with('{')) {
      for (ReadReport& report : read_reports(text)) findings.add(std::move(report), name);
      ++files_of_reports;
    } else if (is_trace(text)) {
      traces.emplace_back(name, read_trace(text));
    } else if (is_profile(text)) {
      profiles.emplace_back(name, read_profile(text));
    } else {
      throw std::runtime_error(
          "neither reports (.jsonl of SLUICE_DEBUG=report=DIR), nor a trace (SLUICE_TRACE), nor a "
          "profile (SLUICE_BLOCKPROFILE)");
    }
  } catch (const std::exception& error) {
    throw std::runtime_error(path + ": " + error.what());
  }
}

}  // namespace sluice::pictures
