

@contextlib.contextmanager
def selection_kept():
    thread, frame = gdb.selected_thread(), gdb.selected_frame()
    try:
        yield
    finally:
        thread.switch()
        (frame if frame.is_valid() else gdb.newest_frame()).select()


class Goroutine:
    def __init__(self, view, address, near):
        block = near[NEAR:]

        def field(name, form="Q"):
            return struct.unpack_from("<" + form, block, getattr(view, "goroutine_" + name))[0]
        self.address = address
        self.id = field("id")
        self.creation_pc = field("creation_pc")
        self.parent_id = field("parent_id")
        self.name = text_at(field("name")) if field("name") else ""
        self.low, self.high = field("stack_low"), field("stack_high")
        self.status = field("status", "I")
        self.reason = field("reason", "B")
        self.sp = field("sp")
        self.near = near
        self.thread = None  # whose registers are its own

    def stack(self):
        """From the stack pointer on, up to the control block."""
        if self.address - NEAR <= self.sp <= self.address:
            return self.near[NEAR - (self.address - self.sp):NEAR]
        return memory(self.sp, self.address - self.sp)

    def title(self):
        return "goroutine %d%s" % (self.id, ' "%s"' % self.name if self.name else "")


class Goroutines:
    """All of the run under way, in the order of their numbers."""

    def __init__(self):
        self.view = view = View()
        self.all, self.unreadable = [], 0
        for places in view.arenas_of_stacks() if view.run else ():
            failures = 0
            for number, address in enumerate(places):
                try:
                    self.add(address, memory(address - NEAR, NEAR + view.goroutine_size))
                    failures = 0
                except gdb.MemoryError:
                    failures += 1
                    self.unreadable += 1
                if failures == MOST_UNREADABLE:
                    self.unreadable += len(places) - number - 1
                    break
        self.all.sort(key=lambda each: each.id)
        self.find_threads([each for each in self.all if each.status == RUNNING])

    def add(self, address, near):
        status, = struct.unpack_from("<I", near, NEAR + self.view.goroutine_status)
        run_id, = struct.unpack_from("<Q", near, NEAR + self.view.goroutine_run_id)
        if status in (RUNNABLE, RUNNING, WAITING) and run_id == self.view.run_id:
            self.all.append(Goroutine(self.view, address, near))

    def find_threads(self, running):
        """A running goroutine's thread is the one on its stack, or else, as in a handler of signals
        with a stack of its own, the one whose worker names it."""
        if not running:
            return
        workers = list(self.view.workers())
        with selection_kept():
            stacks = []
            for thread in gdb.selected_inferior().threads():
                thread.switch()
                stacks.append((int(gdb.newest_frame().read_register("sp")), thread))
        for each in running:
            tids = [tid for current, tid in workers if current == each.address]
            on_it = [thread for sp, thread in stacks if each.low <= sp < each.high]
            named = [thread for _, thread in stacks if thread.ptid[1] in tids]
            each.thread = next(iter(on_it + named), None)

    def state(self, each):
        if each.status == WAITING:
            return self.view.reason(each.reason)
        if each.thread is not None:
            return "running on thread %s" % each.thread.num
        return "runnable"

    def complaint(self):
        """What is to be said of stacks that are not there; "" when all are."""
        if self.unreadable:
            lack = "%d stacks of goroutines can't be read" % self.unreadable
        elif self.view.run and not self.all:  # what a core file lacks may also read as zeros
            lack = "a sluice::run is under way, but no goroutine is to be seen"
        else:
            return ""
        return lack + (". If this is a core file that gdb wrote (gcore): on Linux 6.13 and later "
                       "it ends at the first guard of a stack; the kernel's (kill -ABRT) is "
                       "whole\n")

    def numbered(self, number):
        for each in self.all:
            if each.id == number:
                return each
        raise gdb.GdbError(self.complaint().rstrip() or
                           "no goroutine %d: it has ended or never was; `info goroutines` lists "
                           "the %d there are" % (number, len(self.all)))
