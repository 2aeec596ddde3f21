"""sluice-top without a terminal: lists, tables, JSON, and what it says when it can't."""
import contextlib
import json
import os
import re
import socket
import subprocess
import unittest

from case import Case, DOCUMENTED, KNOWN, PATIENCE, SOURCES, TOP, counts


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
