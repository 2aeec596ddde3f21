#include "cache.hpp"

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/xxhash.h"

namespace sluice::checker {
namespace {

std::string hash_of(const std::string& text) {
  const llvm::ArrayRef<std::uint8_t> bytes(reinterpret_cast<const std::uint8_t*>(text.data()),
                                           text.size());
  const llvm::XXH128_hash_t hash = llvm::xxh3_128bits(bytes);
  char digits[33];
  std::snprintf(digits, sizeof digits, "%016llx%016llx",
                static_cast<unsigned long long>(hash.high64),
                static_cast<unsigned long long>(hash.low64));
  return digits;
}

}  // namespace

bool Cache::open(const std::string& folder, const std::string& about, std::string& error) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed || access(folder.c_str(), W_OK) != 0) {
    error = "cannot write to --cache folder '" + folder + "'";
    return false;
  }
  folder_ = folder;
  about_ = about;
  return true;
}

std::string Cache::entry(const std::string& file, const std::string& command) const {
  return folder_ + "/" + hash_of(about_ + '\n' + command + '\n' + file) + ".json";
}

// Of a file that is not there, nothing.
const std::string& Cache::content_hash(const std::string& file) {
  const auto [at, is_new] = hashes_.try_emplace(file);
  if (!is_new) return at->second;
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (in) at->second = hash_of(text.str());
  return at->second;
}

std::optional<FileResult> Cache::find(const std::string& file, const std::string& command) {
  std::ifstream in(entry(file, command));
  if (!in) return std::nullopt;
  const nlohmann::json kept = nlohmann::json::parse(in, nullptr, /*allow_exceptions=*/false);
  if (!kept.is_object() || !kept.contains("inputs") || !kept.contains("result"))
    return std::nullopt;
  for (const auto& [input, hash] : kept["inputs"].items()) {
    if (!hash.is_string() || hash.get<std::string>().empty() ||
        content_hash(input) != hash.get<std::string>())
      return std::nullopt;
  }
  return kept["result"].get<FileResult>();
}

void Cache::store(const std::string& command, const FileResult& result) {
  if (!result.error.empty() || result.inputs.empty()) return;
  nlohmann::json kept;
  for (const std::string& input : result.inputs) kept["inputs"][input] = content_hash(input);
  FileResult plain = result;
  plain.inputs.clear();
  kept["result"] = plain;
  // Several runs may share the folder: an entry appears whole or not at all.
  const std::string name = entry(result.file, command);
  const std::string fresh = name + "." + std::to_string(getpid());
  std::ofstream out(fresh);
  out << kept.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  out.close();
  if (!out || std::rename(fresh.c_str(), name.c_str()) != 0) std::remove(fresh.c_str());
}

}  // namespace sluice::checker
