class Ended(Exception):
    """A signal asks this process to end."""

    def __init__(self, number):
        super().__init__(number)
        self.number = number


class Screen:
    """The terminal, while the program is watched."""

    def __init__(self, program, sort):
        self.program, self.sort = program, sort
        self.figures = None
        self.window = None
        self.wake = os.pipe()
        for end in self.wake:
            os.set_blocking(end, False)

    def run(self):
        """Until the user has had enough (True) or the program ends (False)."""
        # Set before curses looks for signals that nobody handles.
        def end(number, _):
            raise Ended(number)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, end)
        signal.signal(signal.SIGWINCH, lambda *_: None)
        signal.set_wakeup_fd(self.wake[1], warn_on_full_buffer=False)
        return curses.wrapper(self.watch)

    def watch(self, window):
        self.window = window
        with contextlib.suppress(curses.error):
            curses.curs_set(0)  # not every terminal can hide it
        window.nodelay(True)
        keyboard, program, wake = sys.stdin.fileno(), self.program.fileno(), self.wake[0]
        poll = select.poll()
        for descriptor in (keyboard, program, wake):
            poll.register(descriptor, select.POLLIN)
        while True:
            self.draw()
            ready = dict(poll.poll())
            if wake in ready:
                os.read(wake, 4096)
                size = os.get_terminal_size(sys.stdout.fileno())
                curses.resizeterm(size.lines, size.columns)
                window.clearok(True)
            # A terminal that is gone reads as no key for ever.
            if keyboard in ready and (ready[keyboard] & select.POLLHUP or not self.keys()):
                return True
            if program in ready and not self.news():
                return False

    def keys(self):
        """False: enough."""
        self.window.clearok(True)  # whatever else may have been written there
        while (key := self.window.getch()) != curses.ERR:
            if key == ord("q"):
                return False
            for sort, letter in SORTS.items():
                if key == ord(letter):
                    self.sort = sort
        return True

    def news(self):
        """False: the program has ended."""
        if not self.program.receive():
            return False
        while (line := self.program.take()) is not None:
            before = self.figures.now if self.figures else None
            self.figures = Figures(self.program.snapshot_in(line), before)
        return True

    def draw(self):
        height, width = self.window.getmaxyx()
        keys = "q ends; by " + ", ".join(
            "%s %s" % (letter, sort + "*" if sort == self.sort else sort)
            for sort, letter in SORTS.items())
        if self.figures is None:
            lines = ["waiting for process %d" % self.program.pid, "", keys]
        else:
            # The head, an empty line, the heads of the columns, what is left out, and the keys.
            head = self.figures.head() + [keys, ""]
            lines = head + self.figures.table(self.sort, max(height - len(head) - 2, 0))
        self.window.erase()
        for y, line in enumerate(lines[:height]):
            shown = "".join(c if c.isprintable() else "?" for c in line)
            bold = y == 4 and self.figures is not None
            with contextlib.suppress(curses.error):  # the last cell of all can't be passed
                self.window.addnstr(y, 0, shown, width, curses.A_BOLD if bold else curses.A_NORMAL)
        self.window.refresh()


