

class FrameId:
    def __init__(self, sp, pc):
        self.sp, self.pc = sp, pc


class Parked(gdb.unwinder.Unwinder):
    """While it is told of a goroutine: that goroutine called the function that the thread is in."""

    def __init__(self):
        super().__init__("sluice-goroutines")
        self.enabled = False

    def look_at(self, sp):
        """At the registers that a switch saved at this stack pointer."""
        size, places, _, _ = SAVED[architecture()]
        saved = memory(sp, size)
        self.pretend({name: struct.unpack_from("<Q", saved, at)[0] for name, at in places.items()},
                     sp, sp + size)

    def pretend(self, registers, below, sp):
        frame = gdb.newest_frame()
        _, _, self.sp_name, _ = SAVED[architecture()]
        word_type = frame.architecture().integer_type(64, False)
        self.registers = [(name, gdb.Value(struct.pack("<Q", value), word_type))
                          for name, value in {**registers, self.sp_name: sp}.items()]
        # Further inside than the goroutine's frames: gdb holds stacks to that order.
        self.frame_id = FrameId(gdb.Value(below), gdb.Value(0))
        self.thread_sp = int(frame.read_register(self.sp_name))

    def __call__(self, pending):
        if int(pending.read_register(self.sp_name)) != self.thread_sp:
            return None
        info = pending.create_unwind_info(self.frame_id)
        for name, value in self.registers:
            info.add_saved_register(name, value)
        return info


parked = Parked()
gdb.unwinder.register_unwinder(None, parked, replace=True)


@contextlib.contextmanager
def pretended():
    """Selects the frame that `parked` speaks of; gives its number."""
    with selection_kept():
        try:
            parked.enabled = True
            gdb.invalidate_cached_frames()
            frame = gdb.newest_frame()
            while frame.type() == gdb.INLINE_FRAME:  # of what the thread is in
                frame = frame.older()
            frame.older().select()
            yield frame.level() + 1
        finally:
            parked.enabled = False
            gdb.invalidate_cached_frames()


@contextlib.contextmanager
def seen_from(each):
    """Selects the goroutine's innermost frame; gives its number: those before are the thread's."""
    if each.thread is not None:
        with selection_kept():
            each.thread.switch()
            gdb.newest_frame().select()
            yield 0
    elif each.low <= each.sp < each.high:
        parked.look_at(each.sp)
        with pretended() as first:
            yield first
    else:
        raise gdb.GdbError("%s: its stack pointer does not point to its stack" % each.title())


def backtrace(command, first):
    """What a command prints that shows a stack from its inner end, from frame `first` on."""
    count = re.search(r" (\d+)$", command.rstrip())
    if count:
        command = command[:count.start(1)] + str(int(count[1]) + first)
    output = gdb.execute(command, to_string=True)
    own = re.search(r"^#%d " % first, output, re.MULTILINE)
    return output[own.start():] if own else output


def users(frame):
    """File, line and function of a frame; "" when its function is none of the user's."""
    line, name = frame.find_sal(), frame.name() or "?"
    path = line.symtab.filename if line.symtab else ""
    if any(INTERNAL.match(each) for each in (name, path, gdb.solib_name(frame.pc()) or "")):
        return ""
    return "%s %s" % ("%s:%d" % (os.path.basename(path), line.line) if path else "?", name)


def started(each):
    """Where `go` was called: inlined functions have frames, so a frame is made of the address."""
    if each.creation_pc == 0:
        return ""
    _, places, _, fp_name = SAVED[architecture()]
    pc_name = "rip" if "rip" in places else "pc"
    parked.pretend({pc_name: each.creation_pc, fp_name: each.sp}, each.sp, each.sp + 16)
    with pretended():
        frame = gdb.selected_frame()
        while not users(frame) and frame.type() == gdb.INLINE_FRAME:
            frame = frame.older()
        return users(frame).partition(" ")[0]


def run_in(each, command):
    """Runs a command in the goroutine's innermost frame that is the user's."""
    with seen_from(each) as first:
        if first > 0 and command.split()[0] in BACKTRACES:
            gdb.write(backtrace(command, first))
            return
        frame = gdb.selected_frame()
        while frame is not None and not users(frame):
            frame = frame.older()
        (frame or gdb.selected_frame()).select()
        gdb.execute(command)


class Stack:
    """What gdb finds on one stack, and on all stacks like it."""

    def __init__(self, each):
        with seen_from(each) as first:
            self.text = backtrace("bt -frame-arguments none", first)
            self.returns, self.where, sp = [], "", each.sp
            frame = gdb.selected_frame()
            x86 = architecture() == "i386:x86-64"
            while frame is not None:
                if x86 and frame.type() != gdb.INLINE_FRAME:  # its call pushed the return address
                    self.returns.append((int(frame.read_register("rsp")) - 8 - sp, frame.pc()))
                self.where = self.where or users(frame)
                frame = frame.older()

    def is_like(self, stack):
        return all(stack[at:at + 8] == struct.pack("<Q", pc) for at, pc in self.returns)


class Stacks:
    """Of many parked goroutines most stand at the same few places. To unwind one takes gdb half a
    millisecond, so a stack with the same chain of frame pointers and the same return addresses at
    the same offsets as another is taken to be like it in all but the values."""

    def __init__(self):
        self.known = {}

    def of(self, each):
        shape, stack = self.shape(each)
        known = self.known.setdefault(shape, []) if shape else []
        for candidate in known:
            if candidate.is_like(stack):
                return candidate
        known.append(Stack(each))
        return known[-1]

    @staticmethod
    def shape(each):
        size, places, _, fp_name = SAVED[architecture()]
        length = each.address - each.sp
        if each.thread is not None or not size < length <= MOST_STACK:
            return None, b""
        stack = each.stack()
        pc = struct.unpack_from("<Q", stack, places.get("rip", 8))[0]
        fp = struct.unpack_from("<Q", stack, places[fp_name])[0] - each.sp
        shape = [length, pc]
        while size <= fp <= length - 16:
            older, pc = struct.unpack_from("<2Q", stack, fp)
            shape += (fp, pc)
            if older - each.sp <= fp:
                break
            fp = older - each.sp
        return tuple(shape), stack
