#!/usr/bin/env python3
"""What sluice-check finds must not depend on how the runtime's headers are reached: each bad.cpp that
includes one is looked at with them as a system library's and as the project's own, and the findings are compared."""
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent


def findings(checker, option, include, source):
    command = [checker, "--strict", source, "--", "-std=c++20", option + include]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 2):
        sys.exit("%s: exit status %d\n%s" % (" ".join(command), done.returncode, done.stderr))
    return [line for line in done.stdout.splitlines() if ": warning: " in line]


def main():
    checker, include = sys.argv[1:]
    sources = [str(each) for each in sorted(HERE.glob("sluice-*/bad.cpp"))
               if "#include <sluice/" in each.read_text() or '#include "sluice/' in each.read_text()]
    wrong = []
    all_found = 0
    for source in sources:
        system = findings(checker, "-isystem", include, source)
        own = findings(checker, "-I", include, source)
        all_found += len(system)
        wrong += ["with -isystem only: " + line for line in system if line not in own]
        wrong += ["with -I only: " + line for line in own if line not in system]
        if len(system) != len(own):
            wrong.append("%s: %d findings with -isystem, %d with -I" % (source, len(system), len(own)))
    print("\n".join(wrong + ["%d files, %d findings" % (len(sources), all_found)]))
    return 1 if wrong or len(sources) < 20 or all_found < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
