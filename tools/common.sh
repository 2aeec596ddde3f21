# shellcheck shell=bash What tools/demo and tools/test share: where the tree is, and how a preset is
# built. Sourced, never run.
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$top" || exit 1

# build PRESET [TARGET]...: configures and builds into build/PRESET, all of it unless targets are
# named. Prints the compiler's output only when it fails; goes on after an error, so that all errors
# are seen and what does not depend on them is there.
build() {
  local log=build/$1.log
  mkdir -p build
  if { cmake --preset "$1" && ninja -C "build/$1" -k 0 "${@:2}"; } >"$log" 2>&1; then
    return 0
  fi
  grep -E -A 5 'error:|Error|undefined reference' "$log" | head -n 60
  tail -n 1 "$log"
  echo "build of preset $1 failed; the whole output is in $log"
  return 1
}
