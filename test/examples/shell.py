#!/usr/bin/env python3
"""Reads the commands in the documentation, which it can't all run.

    shell.py --build DIR [--checker FILE] FILE.md...

A block ```sh must be what bash understands; what it names of this tree must be there: programs and
scripts, presets, stages of tools/test, environment variables of ours, and each option of a program
of ours. A block ```go must be what gofmt understands, where there is one. Exit status 1 when
something is not.
"""
import glob
import json
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

import transcripts

TOP = pathlib.Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(?P<language>sh|go)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
# Of others; whether this machine has them is no matter.
KNOWN = {"bazel", "cmake", "conan", "cpack", "echo", "g++", "gdb", "sudo", "vcpkg"}
APP = "./app"  # whatever program a reader has
BODILESS = re.compile(r"^func \w+\(.*\)$", re.MULTILINE)
EVALUATED = re.compile(r"\$\(.*?\)")


class Reader:
    def __init__(self, build, checker):
        self.helps = {"sluice-stress": build / "tools/stress/sluice-stress",
                      "sluice-check": checker}
        self.build = build
        presets = json.loads((TOP / "CMakePresets.json").read_text())
        self.presets = {each["name"] for each in presets["configurePresets"]}
        self.stages = subprocess.run([TOP / "tools/test", "--list"], capture_output=True, text=True,
                                     check=True).stdout.split()
        self.sources = "".join(path.read_text() for path in (TOP / "runtime/src").rglob("*.cpp"))
        self.gofmt = shutil.which("gofmt") or next(iter(glob.glob("/usr/lib/go*/bin/gofmt")), None)
        self.left_out = 0

    def complaints(self, language, code):
        return self.of_go(code) if language == "go" else self.of_shell(code)

    def of_go(self, code):
        if self.gofmt is None:
            self.left_out += 1
            return
        # Functions without a body get one; statements outside of any get a function.
        text = "package p\n" + "".join(f"{each} {{}}\n" for each in BODILESS.findall(code))
        rest = BODILESS.sub("", code)
        text += rest if rest.startswith("func ") else f"func _() {{\n{rest}}}\n"
        done = subprocess.run([self.gofmt, "-e"], input=text, capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            yield done.stderr.strip()

    def of_shell(self, code):
        done = subprocess.run(["bash", "-n"], input=code, capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            yield done.stderr.strip()
            return
        for line in code.splitlines():
            words = shlex.split(EVALUATED.sub("", line), comments=True)
            command = []
            for word in [*words, "&&"]:
                if word in ("&&", "||", "|"):
                    yield from self.of_command(command)
                    command = []
                else:
                    command.append(word)

    def of_command(self, words):
        while words and re.match(r"\w+=", words[0]):
            name = words.pop(0).partition("=")[0]
            if name.startswith("SLUICE_") and f'"{name}"' not in self.sources:
                yield f"the runtime does not look at {name}"
        if not words:
            return
        program, arguments = words[0], words[1:]
        name = pathlib.PurePath(program).name
        if name in self.helps:
            yield from self.options(program, arguments, self.help(name))
        elif program.startswith("build/"):
            if not self.is_built(program):
                yield f"nothing builds {program}"
        elif "/" in program and program != APP:
            script = TOP / program
            if not script.is_file():
                yield f"there is no {program}"
                return
            yield from self.options(program, arguments, script.read_text())
        elif program not in KNOWN and program != APP:
            yield f"{program} is none of {', '.join(sorted(KNOWN))}"
        if program == "tools/test":
            for stage in arguments:
                if not any(f"-{stage}-" in f"-{each}-" for each in self.stages):
                    yield f"tools/test has no stage '{stage}'"
        for option, value in zip(arguments, arguments[1:]):
            if option == "--preset" and value not in self.presets:
                yield f"there is no preset '{value}'"

    def help(self, name):
        """What a program of ours says of its options; None when this build has it not."""
        if self.helps[name] is None or not self.helps[name].exists():
            return None
        return subprocess.run([self.helps[name], "--help"], capture_output=True, text=True,
                              check=True).stdout

    def options(self, program, arguments, described):
        for argument in arguments:
            if argument == APP or described is None:  # what follows is the program's own
                return
            option = argument.partition("=")[0]
            if option.startswith("-") and not re.search(rf"(?<![\w-]){option}(?![\w-])", described):
                yield f"{program} has no option {option}"

    def is_built(self, program):
        parts = pathlib.PurePath(program).parts  # build, preset, ...
        return parts[1] in self.presets and (
            (self.build / pathlib.PurePath(*parts[2:])).exists() or
            any(parts[-1] in path.read_text() for path in (TOP / "test").glob("CMakeLists.txt")))


def main():
    options = transcripts.parse(__doc__)
    reader = Reader(options.build, options.checker)
    passed, failed = 0, 0
    for document in options.documents:
        text = document.read_text(encoding="utf-8")
        for block in BLOCK.finditer(text):
            wrong = list(reader.complaints(block["language"], block["code"]))
            passed, failed = passed + (not wrong), failed + bool(wrong)
            for each in wrong:
                print(f"{document}:{text.count(chr(10), 0, block.start()) + 1}: {each}")
    if reader.left_out:
        print(f"{reader.left_out} blocks of Go are not looked at: there is no gofmt here")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
