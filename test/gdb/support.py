"""What the tests of gdb's commands share: a program with parked goroutines, and gdb on it."""
import os
import re
import subprocess

GDB = os.environ["GDB"]
STATIC, SHARED = os.environ["PARKED_STATIC"], os.environ["PARKED_SHARED"]
LIBRARY, SCRIPT = os.environ["LIBRARY"], os.environ["SCRIPT"]
FRAME = re.compile(r"^#(\d+) +(?:0x[0-9a-f]+ in )?(.*)$", re.MULTILINE)
# What gdb loads by itself from where is no matter of most tests.
TRUSTING = ("set auto-load safe-path /",)


def gdb(*arguments, first=TRUSTING, commands=()):
    """What gdb prints, without what it prints before the first command."""
    command = [GDB, "-nx", "-q", "-batch"]
    for each in (*first, "set style enabled off", "set debuginfod enabled off"):
        command += ["-iex", each]
    command += arguments
    for each in ("echo begin\\n", *commands):
        command += ["-ex", each]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False,
                          timeout=250)
    before, found, after = done.stdout.partition("begin\n")
    # What went wrong is told on the other stream; what gdb says of itself while it starts is not
    # wanted.
    said = done.stderr if not found else "\n".join(
        line for line in done.stderr.splitlines() if not line.startswith(("warning: ", "3", "4")))
    return re.sub(r"^\[Inferior 1 .*\n", "", after if found else before, flags=re.MULTILINE) + said


def gdb_all(*arguments, **more):
    """The same with all that it says."""
    command = [GDB, "-nx", "-q", "-batch", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False,
                          timeout=250, **more)
    return done.stdout + done.stderr


class Parked:
    """The program, with all its goroutines where they are to be."""

    def __init__(self, program, guests, *arguments, **environment):
        self.process = subprocess.Popen(
            [program, str(guests), *arguments], text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, env=dict(os.environ, **environment))
        if self.process.stdout.readline() != "parked\n":
            raise AssertionError("the program did not get its goroutines parked")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def gdb(self, *commands, **more):
        return gdb("-p", str(self.process.pid), commands=commands, **more)

    def ends_well(self):
        output, _ = self.process.communicate(timeout=60)
        return output == "closed\n" and self.process.returncode == 0


def rows(listing):
    """The goroutines of `info goroutines` by number: (name, state and place)."""
    found = {}
    for line in listing.splitlines():
        match = re.match(r'^[* ] (\d+)(?: "(.*?)")? {2,}(.*)$', line)
        if match:
            found[int(match[1])] = (match[2] or "", " ".join(match[3].split()))
    return found


def named(listing, name):
    return next(number for number, (own, _) in rows(listing).items() if own == name)


def stacks(text):
    """The stacks of `goroutine all bt` by number: what each frame says."""
    found = {}
    for part in re.split(r"^goroutine (?=\d+)", text, flags=re.MULTILINE)[1:]:
        found[int(re.match(r"\d+", part)[0])] = [match[2] for match in FRAME.finditer(part)]
    return found


def without_values(text):
    """A backtrace as `-frame-arguments none` prints it."""
    return [match[2] for match in FRAME.finditer(text)]
