"""The socket that SLUICE_TOP opens: what it says, who may look, and what hung and babbling clients
do to the program: nothing."""
import contextlib
import importlib
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import unittest

from case import Case, KNOWN, PATIENCE, PROGRAMS, TOP, counts

NOBODY = 65534


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

    def ends_watched(self, program, level, status):
        """What it says."""
        with self.running(program, SLUICE_DEBUG=level) as process:
            client = self.connected()
            client.sendall(b"every 10\n")
            self.line(client)
            process.stdin.close()
            text = process.stderr.read().decode()
            self.assertEqual(process.wait(PATIENCE), status)
        return text

    def test_all_asleep_is_found_while_somebody_watches(self):
        for level in ("", "check"):
            with self.subTest(level=level):
                text = self.ends_watched("asleep", level, 2)
                self.assertIn("fatal error: all goroutines are asleep - deadlock!", text)
                self.assertFalse(os.path.exists(self.path))

    def test_leaks_are_found_while_somebody_watches(self):
        text = self.ends_watched("known", "check", 0)
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
