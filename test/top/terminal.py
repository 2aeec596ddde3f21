"""sluice-top in a terminal."""
import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios

from case import Case, PATIENCE, TOP


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
