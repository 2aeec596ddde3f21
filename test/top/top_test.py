#!/usr/bin/env python3
"""sluice-top and the socket that SLUICE_TOP opens: what is shown of programs whose goroutines are
known, who may look, and what hung and babbling clients do to the program: nothing."""
import contextlib
import fcntl
import importlib
import json
import os
import pathlib
import pty
import re
import select
import signal
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest

# --documented: the program that docs/debugging.md shows, if there is one.
DOCUMENTED = sys.argv[2] if sys.argv[1] == "--documented" else None
TOP, *PROGRAMS = sys.argv[3 if DOCUMENTED else 1:]
del sys.argv[1:]
SOURCES = pathlib.Path(__file__).resolve().parents[2]
NOBODY = 65534
PATIENCE = 60  # seconds
# State, function, how many: what `watched known` comes to.
KNOWN = {("chan receive", "receive"): 15, ("chan send", "send"): 3, ("select", "choose"): 2,
         ("sync.Mutex.Lock", "lock"): 4, ("sync.RWMutex.Lock", "write_lock"): 1,
         ("semacquire", "wait_for_group"): 6, ("sleep", "sleep"): 7, ("running", ""): 1,
         ("blocking", ""): 1, ("IO wait", "wait_for_input"): 1}


def counts(snapshot):
    """How many by state and by function."""
    found = {}
    for group in snapshot["groups"]:
        key = (group["state"], group["at"]["function"])
        found[key] = found.get(key, 0) + group["count"]
    return found


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sluice-top-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.path = os.path.join(folder.name, "socket")
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith("SLUICE_")}
        self.environment.update(XDG_RUNTIME_DIR=self.folder, TERM="xterm")

    @contextlib.contextmanager
    def running(self, *words, program=None, wanted=None, **more):
        """A program whose socket is there; it ends when the block does, if not before."""
        path = self.path if wanted is None else wanted
        environment = dict(self.environment, SLUICE_TOP=path, **more)
        with subprocess.Popen([program or PROGRAMS[0], *words], stdin=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=environment) as process:
            own = os.path.join(self.folder, "sluice", str(process.pid))
            process.path = own if wanted == "1" else path
            try:
                self.until(lambda: self.listens(process.path) or process.poll() is not None)
                yield process
            finally:
                if process.poll() is None:
                    with contextlib.suppress(OSError):
                        process.stdin.close()
                    process.stderr.read()
                    process.wait(PATIENCE)

    @staticmethod
    def listens(path):
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(path)
            except (FileNotFoundError, ConnectionRefusedError):
                return False
            return True

    def until(self, condition):
        end = time.monotonic() + PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), end, "it never came to be so")
            time.sleep(0.005)

    def connected(self, path=None):
        client = socket.socket(socket.AF_UNIX)
        self.addCleanup(client.close)
        client.settimeout(PATIENCE)
        client.connect(path or self.path)
        return client

    def asked(self, client, request="now"):
        client.sendall(request.encode() + b"\n")
        return json.loads(self.line(client))

    @staticmethod
    def line(client):
        text = b""
        while not text.endswith(b"\n"):
            byte = client.recv(1)
            if not byte:
                return text
            text += byte
        return text

    def snapshot_with(self, holds, path=None):
        """The first snapshot of which that is true."""
        client = self.connected(path)
        found = []

        def look():
            found[:] = [self.asked(client)]
            return holds(found[0])
        self.until(look)
        return found[0]

    def top(self, *words, status=0, **more):
        done = subprocess.run([TOP, *words], capture_output=True, text=True, timeout=PATIENCE,
                              env=self.environment, stdin=subprocess.DEVNULL, **more)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stderr if status else done.stdout


class Snapshots(Case):
    def test_counts_by_state_and_place(self):
        for program in PROGRAMS:
            for level in ("", "wait", "check"):
                with self.subTest(program=program, level=level), \
                        self.running("known", program=program, SLUICE_DEBUG=level) as process:
                    snapshot = self.snapshot_with(lambda each: counts(each) == KNOWN)
                    self.assertEqual(snapshot["pid"], process.pid)
                    self.assertEqual(snapshot["program"], os.path.realpath(program))
                    self.assertEqual(snapshot["checked"], level != "")
                    self.assertEqual(snapshot["goroutines"], sum(KNOWN.values()))
                    self.assertEqual(snapshot["created"], sum(KNOWN.values()))
                    self.assertEqual(snapshot["ended"], 0)
                    self.assertEqual(snapshot["workers"]["limit"], 2)

    def test_places(self):
        with self.running("known"):
            snapshot = self.snapshot_with(lambda each: counts(each) == KNOWN)
        groups = {(group["state"], group["created"]["line"]): group for group in snapshot["groups"]}
        # Those that are alike in all but how deep they stand are one; started elsewhere, another.
        self.assertEqual(sorted(group["count"] for (state, _), group in groups.items()
                                if state == "chan receive"), [5, 10])
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "watched.cpp")
        with open(source, encoding="utf-8") as file:
            lines = file.read().split("\n")
        for (state, line), group in groups.items():
            if state == "IO wait":  # main
                self.assertEqual(group["created"]["function"], "")
                continue
            self.assertEqual(group["created"]["function"], "start_known")
            self.assertIn("sluice::go(", lines[line - 1])
            if state == "chan send":
                self.assertIn("to.send(1);", lines[group["at"]["line"] - 1])
                self.assertEqual(os.path.basename(group["at"]["file"]), "watched.cpp")

    def test_longest_wait_grows_and_who_runs_waits_for_nothing(self):
        with self.running("known"):
            first = self.snapshot_with(lambda each: counts(each) == KNOWN)
            later = self.snapshot_with(
                lambda each: each["time_ns"] > first["time_ns"] + 50_000_000)
        waits = [{group["state"]: group["longest_wait_ns"] for group in each["groups"]}
                 for each in (first, later)]
        for state in waits[0]:
            if state in ("running", "blocking"):
                self.assertEqual(waits[1][state], 0)
            else:
                self.assertGreaterEqual(waits[1][state], waits[0][state] + 40_000_000)

    def test_totals_and_switches_go_on(self):
        with self.running("churn"):
            first = self.snapshot_with(lambda each: each["ended"] > 0)
            later = self.snapshot_with(lambda each: each["ended"] > first["ended"] + 100)
        self.assertGreaterEqual(later["created"] - first["created"], 150)
        self.assertNotEqual(first["workers"]["switches"], later["workers"]["switches"])
        # Two give way to each other all the time, and nothing else of the kind is there.
        for each in (first, later):
            self.assertEqual(sum(group["count"] for group in each["groups"]
                                 if group["created"]["function"] == "churn"
                                 and group["state"] in ("running", "runnable")
                                 and group["at"]["function"] in ("", "give_way")) // 2, 1)

    def test_by_the_clock(self):
        with self.running("known"):
            client = self.connected()
            client.sendall(b"every 20\n")
            times = [json.loads(self.line(client))["time_ns"] for _ in range(4)]
        self.assertGreaterEqual(times[3] - times[0], 60_000_000)

    def test_a_hundred_thousand(self):
        with self.running("many", "100000"):
            self.snapshot_with(lambda each: counts(each) == {
                ("chan receive", "receive"): 100_000, ("IO wait", "wait_for_input"): 1})


class Running(Case):
    """What serving does to the program."""

    def ends_asleep(self, level):
        with self.running("asleep", SLUICE_DEBUG=level) as process:
            client = self.connected()
            client.sendall(b"every 10\n")
            self.line(client)
            process.stdin.close()
            text = process.stderr.read().decode()
            self.assertEqual(process.wait(PATIENCE), 2)
            self.assertIn("fatal error: all goroutines are asleep - deadlock!", text)
            self.assertFalse(os.path.exists(self.path))

    def test_all_asleep_is_found_while_somebody_watches(self):
        for level in ("", "check"):
            with self.subTest(level=level):
                self.ends_asleep(level)

    def test_leaks_are_found_while_somebody_watches(self):
        with self.running("known", SLUICE_DEBUG="check") as process:
            client = self.connected()
            client.sendall(b"every 10\n")
            self.line(client)
            process.stdin.close()
            text = process.stderr.read().decode()
            self.assertEqual(process.wait(PATIENCE), 0)
        self.assertRegex(text, r"SL202.*\n.*nothing outside .* refers to .*heap blocks known\)")

    def test_the_end_takes_the_file_away(self):
        for words, status in ((["known"], 0), (["exits", "3"], 3)):
            with self.subTest(words=words), self.running(*words) as process:
                client = self.connected()
                self.asked(client)
                process.stdin.close()
                self.assertEqual(process.wait(PATIENCE), status)
                self.assertEqual(client.recv(1), b"")
                self.assertFalse(os.path.exists(self.path))

    def test_hung_clients_hold_up_nobody(self):
        with self.running("many", "1000") as process:
            hung = [self.connected() for _ in range(8)]
            for client in hung[:4]:
                client.sendall(b"every 10\n")
            for client in hung[4:6]:
                client.sendall(b"no")
            for _ in range(20):
                with self.connected() as client:
                    self.asked(client)
            process.stdin.close()
            self.assertEqual(process.wait(PATIENCE), 0)

    def test_rubbish(self):
        with self.running("known"):
            for rubbish in (b"\n", b"GET / HTTP/1.1\r\n", b"every 9\n", b"\0\xff\n", b"x" * 100000):
                client = self.connected()
                with contextlib.suppress(OSError):  # it may be gone before it has said all
                    client.sendall(rubbish)
                with contextlib.suppress(ConnectionResetError):
                    self.assertIn("no such request", json.loads(self.line(client))["error"])
                    self.assertEqual(client.recv(1), b"")
            self.snapshot_with(lambda each: counts(each) == KNOWN)

    def test_its_thread_takes_no_signal(self):
        with self.running("known") as process:
            self.asked(self.connected())
            for task in os.listdir("/proc/%d/task" % process.pid):
                with open("/proc/%d/task/%s/status" % (process.pid, task)) as file:
                    status = file.read()
                if "sluice-top" in status.split("\n")[0]:
                    break
            blocked = int(re.search(r"SigBlk:\s+(\w+)", status)[1], 16)
        self.assertIn("Name:\tsluice-top\n", status)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGCHLD):
            self.assertTrue(blocked >> (number - 1) & 1)

    def test_nothing_of_it_when_it_is_off(self):
        with subprocess.Popen([PROGRAMS[0], "known"], stdin=subprocess.PIPE,
                              env=self.environment) as process:
            names = set()

            def started():
                for task in os.listdir("/proc/%d/task" % process.pid):
                    with open("/proc/%d/task/%s/comm" % (process.pid, task)) as file:
                        names.add(file.read().strip())
                return {"sluice-worker", "sluice-monitor"} <= names
            self.until(started)
            self.assertNotIn("sluice-top", names)
            process.stdin.close()
            self.assertEqual(process.wait(PATIENCE), 0)


class Sockets(Case):
    def test_modes(self):
        with self.running("known", wanted="1") as process:
            for path, mode in ((process.path, 0o600), (os.path.dirname(process.path), 0o700)):
                self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), mode)
        with self.running("known"):
            self.assertEqual(stat.S_IMODE(os.stat(self.path).st_mode), 0o600)

    @staticmethod
    def as_nobody(work):
        """What a process of another user prints that does `work`, and its exit status."""
        ours, its = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.dup2(its, 1)
                os.dup2(its, 2)
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
                sys.stdout = open(1, "w", encoding="utf-8", closefd=False)
                sys.stderr = open(2, "w", encoding="utf-8", closefd=False)
                status = 0
                try:
                    work()
                except SystemExit as end:
                    status = end.code
                except OSError as error:
                    print(type(error).__name__)
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(status)
            finally:
                os._exit(99)
        os.close(its)
        with open(ours, encoding="utf-8") as file:
            text = file.read()
        return text, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    @unittest.skipIf(os.geteuid() != 0, "only root can become another user")
    def test_another_user(self):
        os.chmod(self.folder, 0o755)

        def ask():
            with socket.socket(socket.AF_UNIX) as client:
                client.connect(self.path)
                client.sendall(b"now\n")
                print(len(client.recv(100)))
        with self.running("known"):
            self.assertEqual(self.as_nobody(ask), ("PermissionError\n", 0))
            # The mode of the file is not all that keeps others out.
            os.chmod(self.path, 0o666)
            self.assertIn(self.as_nobody(ask)[0],
                          ("0\n", "ConnectionResetError\n", "BrokenPipeError\n"))
            self.asked(self.connected())

    @unittest.skipIf(os.geteuid() != 0, "only root can become another user")
    def test_sluice_top_of_another_users_program(self):
        os.chmod(self.folder, 0o755)
        with open(TOP, encoding="utf-8") as file:
            source = file.read()
        # That user may not be able to read this Python's modules.
        for module in re.findall(r"^import (\w+)$", source, re.MULTILINE):
            importlib.import_module(module)
        tool = compile(source, TOP, "exec")
        with self.running("known") as process:
            for word in (self.path, str(process.pid)):
                def watch():
                    sys.argv = [TOP, "--once", word]
                    exec(tool, {"__name__": "sluice-top"})
                self.assertRegex(self.as_nobody(watch)[0], r"^sluice-top: .* is root's: only that "
                                                           r"user can watch (it|the program)\n$")
                self.assertEqual(self.as_nobody(watch)[1], 1)

    def test_what_a_killed_program_has_left_is_replaced(self):
        with self.running("known") as process:
            process.kill()
            process.wait(PATIENCE)
        self.assertTrue(os.path.exists(self.path))
        self.assertEqual(self.top("--once", self.path, status=1), "sluice-top: '%s': the program "
                         "that listened there has ended\n" % self.path)
        with self.running("known"):
            self.snapshot_with(lambda each: counts(each) == KNOWN)
        self.assertFalse(os.path.exists(self.path))

    def refuses(self, wanted, message, **more):
        ended = subprocess.run([PROGRAMS[0], "known"], stdin=subprocess.DEVNULL,
                               capture_output=True, text=True, timeout=PATIENCE,
                               env=dict(self.environment, SLUICE_TOP=wanted, **more))
        self.assertEqual((ended.returncode, ended.stderr),
                         (2, "sluice: SLUICE_TOP: %s\n" % message))

    def test_what_can_not_be(self):
        text = os.path.join(self.folder, "text")
        with open(text, "w", encoding="utf-8") as file:
            file.write("mine")
        for word in ("0", "yes", "socket"):
            self.refuses(word, "'%s' is neither 1 nor a path with a '/' in it" % word)
        self.refuses(text, "can't listen at '%s': exists, and is no socket" % text)
        missing = self.folder + "/none/socket"
        self.refuses(missing, "can't listen at '%s': No such file or directory" % missing)
        long = self.folder + "/" + 100 * "x"
        self.refuses(long, "can't listen at '%s': is longer than the 107 bytes that the path of a "
                           "socket may have" % long)
        with self.running("known"):
            self.refuses(self.path, "can't listen at '%s': a living program listens there"
                         % self.path)
            self.asked(self.connected())
        open_folder = os.path.join(self.folder, "sluice")
        os.mkdir(open_folder)
        os.chmod(open_folder, 0o770)
        self.refuses("1", "'%s' is open to others; it takes mode 0700" % open_folder)
        with open(text, encoding="utf-8") as file:
            self.assertEqual(file.read(), "mine")


class Tool(Case):
    def test_list(self):
        with self.running("known", wanted="1") as own, self.running("known") as named:
            left = os.path.join(self.folder, "sluice", "4194304")  # no process has that number
            dead = socket.socket(socket.AF_UNIX)
            dead.bind(left)
            dead.close()
            listed = self.top()
            self.assertFalse(os.path.exists(left))
        for process in (own, named):
            self.assertIn("%7d  %-20s  %s\n" % (process.pid, "watched", process.path), listed)
        self.assertNotIn("4194304", listed)

    def test_once(self):
        with self.running("known") as process:
            self.snapshot_with(lambda each: counts(each) == KNOWN)
            for word in (str(process.pid), self.path):
                lines = self.top("--once", "--interval", "0.05", word).split("\n")
                self.assertRegex(lines[0], r"^watched, process %d: \d of 2 places taken, \d queued, "
                                           r"\d detached$" % process.pid)
                self.assertEqual(lines[1], "41 goroutines, 41 created, 0 ended, 0.0 created/s, "
                                           "0.0 ended/s, " + lines[1].split(", ")[-1])
                self.assertEqual(lines[3].split(), ["COUNT", "+/S", "OLDEST", "STATE", "WHERE",
                                                    "STARTED", "AT"])
                self.assertEqual([int(line.split()[0]) for line in lines[4:-1]],
                                 [10, 7, 6, 5, 4, 3, 2, 1, 1, 1, 1])
                self.assertRegex(lines[4], r"^ +10 +0 +[\d.]+ (ms|s|min) +chan receive +receive "
                                           r"watched.cpp:\d+ +start_known watched.cpp:\d+$")

    def test_rates(self):
        with self.running("churn"):
            self.snapshot_with(lambda each: each["ended"] > 10)
            text = self.top("--once", "--interval", "0.3", "--sort", "rate", self.path)
        totals = dict(reversed(each.split()) for each in text.split("\n")[1].split(", ")[3:])
        self.assertGreater(float(totals["created/s"]), 10)
        self.assertGreater(float(totals["ended/s"]), 5)
        self.assertGreater(float(totals["switches/s"]), 100)
        first = text.split("\n")[4].split()
        self.assertEqual(first[-2:][0], "churn::{lambda}")
        self.assertRegex(first[1], r"^\+\d+\.\d$")

    def test_json(self):
        with self.running("known"):
            self.snapshot_with(lambda each: counts(each) == KNOWN)
            lines = self.top("--once", "--json", self.path).split("\n")
            self.assertEqual(counts(json.loads(lines[0])), KNOWN)
            self.assertEqual(lines[1:], [""])

    def test_lines_until_the_program_ends(self):
        with self.running("known") as process, \
                subprocess.Popen([TOP, "--json", "--interval", "0.02", self.path], text=True,
                                 stdout=subprocess.PIPE, env=self.environment) as watching:
            for _ in range(3):
                json.loads(watching.stdout.readline())
            process.stdin.close()
            for line in watching.stdout:
                json.loads(line)
            self.assertEqual(watching.wait(PATIENCE), 0)

    def test_who_reads_has_had_enough(self):
        with self.running("known"):
            done = subprocess.run("%s --json --interval 0.02 %s | head -n 1" % (TOP, self.path),
                                  shell=True, capture_output=True, text=True, timeout=PATIENCE,
                                  env=self.environment)
        self.assertEqual((done.stdout.count("\n"), done.stderr), (1, ""))

    def test_what_can_not_be_watched(self):
        for words, status, message in (
                (["4194304"], 1, "there is no process 4194304"),
                ([str(os.getpid())], 1, "process %d does not run a sluice program with SLUICE_TOP"
                 % os.getpid()),
                ([self.folder + "/none"], 1, "can't open '%s/none': No such file or directory"
                 % self.folder),
                ([__file__], 1, "'%s' is no socket" % __file__),
                (["--interval", "0", "1"], 2, "argument --interval: '0' is no number of seconds "
                 "from 0.01 to 3600; --help lists the options"),
                (["--sort", "age"], 2, "argument --sort: invalid choice: 'age' (choose from "
                 "'count', 'rate', 'wait'); --help lists the options")):
            once = ["--once"] if status == 1 else []
            self.assertEqual(self.top(*once, *words, status=status), "sluice-top: %s\n" % message)

    def test_no_terminal(self):
        with self.running("known"):
            self.assertEqual(self.top(self.path, status=1), "sluice-top: there is no terminal "
                             "here; --once and --json need none\n")

    def test_others_that_listen(self):
        for answer, message in (
                (b"220 mail\r\n", "what listens at '%s' is no sluice program" % self.path),
                (b'{"schema":2}\n', "process %d speaks version 2; this sluice-top knows version 1"
                 % os.getpid()),
                (b"", "process %d has ended" % os.getpid())):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.path)
            with socket.socket(socket.AF_UNIX) as listening:
                listening.bind(self.path)
                listening.listen()
                asking = subprocess.Popen([TOP, "--once", self.path], stderr=subprocess.PIPE,
                                          text=True, env=self.environment)
                with listening.accept()[0] as client:
                    client.recv(100)
                    client.sendall(answer)
                self.assertEqual(asking.communicate(timeout=PATIENCE)[1],
                                 "sluice-top: %s\n" % message)
                self.assertEqual(asking.returncode, 1)

    def test_version(self):
        self.assertRegex(self.top("--version"), r"^sluice-top \d+\.\d+\.\d+\n$")


@unittest.skipIf(DOCUMENTED is None, "this build has no examples")
class Documentation(Case):
    """What docs/debugging.md shows is what is printed, but for numbers and their units."""

    @staticmethod
    def plain(line):
        line = re.sub(r"\d+(\.\d+)?", "0", line)
        return " ".join(re.sub(r"\b0 (ms|s|min|h)\b", "0 s", line).split())

    def test_transcript(self):
        text = (SOURCES / "docs/debugging.md").read_text(encoding="utf-8")
        shown = re.search(r"\$ sluice-top --once \d+\n(.*?)^```", text, re.DOTALL | re.MULTILINE)[1]
        with subprocess.Popen([DOCUMENTED], stdout=subprocess.PIPE, text=True,
                              env=dict(self.environment, SLUICE_TOP=self.path)) as server:
            host, port = server.stdout.readline().strip().rsplit(":", 1)
            clients = [socket.create_connection((host, int(port))) for _ in range(20)]
            self.snapshot_with(lambda each: counts(each).get(("IO wait", "Server::talk")) == 20)
            printed = self.top("--once", "--interval", "0.05", self.path)
            for client in clients:
                client.close()
            server.terminate()
        self.assertEqual(sorted(map(self.plain, printed.splitlines())),
                         sorted(map(self.plain, shown.splitlines())))


class Terminal(Case):
    """sluice-top in a terminal that the test holds the other end of."""

    @contextlib.contextmanager
    def shown(self, lines=24, columns=100, *words):
        self.master, slave = pty.openpty()
        self.addCleanup(os.close, self.master)
        self.resize(lines, columns, slave)
        self.before = termios.tcgetattr(slave)
        self.slave = slave
        self.text = b""
        # A session whose terminal it is: signals of the terminal come to it.
        self.tool = subprocess.Popen([TOP, "--interval", "0.05", *words, self.path], stdin=slave,
                                     stdout=slave, stderr=slave, env=self.environment,
                                     start_new_session=True)
        try:
            yield
        finally:
            if self.tool.poll() is None:
                self.tool.kill()
                self.tool.wait(PATIENCE)
            os.close(slave)

    def resize(self, lines, columns, terminal):
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("4H", lines, columns, 0, 0))

    def read(self):
        """What is there to be read; waits a little for it."""
        ready, _, _ = select.select([self.master], [], [], 0.05)
        if ready:
            self.text += os.read(self.master, 65536)

    def until_shown(self, expression):
        """Of what comes from now on."""
        def look():
            self.read()
            return re.search(expression, self.text)
        self.until(look)
        self.text = b""

    def ended(self):
        self.until(lambda: self.read() or self.tool.poll() is not None)
        for _ in range(3):
            self.read()
        # The alternate screen is left, the cursor is back, and lines are lines again.
        self.assertIn(b"\x1b[?1049l", self.text)
        self.assertEqual(termios.tcgetattr(self.slave), self.before)
        return self.tool.returncode

    def test_shows_and_ends_by_a_key(self):
        with self.running("known"), self.shown():
            self.until_shown(rb"(?s)COUNT.*10.*chan receive.*receive watched.cpp")
            os.write(self.master, b"q")
            self.assertEqual(self.ended(), 0)

    def test_sorts_by_keys(self):
        with self.running("known"), self.shown():
            self.until_shown(rb"c count\*, r rate, w wait")
            os.write(self.master, b"w")
            self.until_shown(rb"wait\*")
            os.write(self.master, b"r")
            self.until_shown(rb"rate\*")
            os.write(self.master, b"q")
            self.assertEqual(self.ended(), 0)

    def test_follows_the_size_of_the_terminal(self):
        with self.running("known"), self.shown(8):
            self.until_shown(rb"and \d+ goroutines in 9 more rows")
            self.resize(30, 100, self.slave)
            os.killpg(self.tool.pid, signal.SIGWINCH)
            self.until_shown(rb"(?s)sync.RWMutex.Lock")
            self.resize(3, 10, self.slave)
            os.killpg(self.tool.pid, signal.SIGWINCH)
            self.until_shown(rb"watched, p")
            os.write(self.master, b"q")
            self.assertEqual(self.ended(), 0)

    def test_signals_end_it_and_leave_the_terminal_as_it_was(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(number=number), self.running("known"), self.shown():
                self.until_shown(rb"COUNT")
                self.tool.send_signal(number)
                self.assertEqual(self.ended(), -number)

    def test_ends_with_the_program(self):
        with self.running("known") as process, self.shown():
            self.until_shown(rb"COUNT")
            process.stdin.close()
            self.assertEqual(self.ended(), 0)
            self.assertIn(b"process %d has ended" % process.pid, self.text)

    def test_a_terminal_that_can_not_be_drawn_on(self):
        self.environment["TERM"] = "no-such-terminal"
        with self.running("known"), self.shown():
            self.until_shown(rb"sluice-top: this terminal can't be drawn on \(TERM is "
                             rb"'no-such-terminal'\)")
            self.assertEqual(self.tool.wait(PATIENCE), 1)


if __name__ == "__main__":
    unittest.main()
