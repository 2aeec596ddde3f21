"""gdb's view of goroutines: `info goroutines`, `goroutine N COMMAND`, `goroutine all COMMAND`.

Reads memory only, through the table that boot/debugger_view.hpp describes: so it works on a core
file, and with a library that has no debug information. A parked goroutine's stack is shown by an
unwinder that takes the saved registers for those of the selected thread's caller.

The build joins table.py, goroutines.py, stacks.py and commands.py, in this order, to one script.
"""
import contextlib
import os
import re
import struct

import gdb
import gdb.unwinder

VERSION = 1
WORDS = (
    "version words scheduler arenas arena_count wait_reasons wait_reason_count arena_size"
    " arena_base arena_slots arena_log2 arena_fresh slot_more goroutine_below_top goroutine_size"
    " goroutine_id goroutine_parent_id goroutine_creation_pc goroutine_name goroutine_stack_low"
    " goroutine_stack_high goroutine_status goroutine_reason goroutine_run_id goroutine_sp"
    " scheduler_run_id scheduler_worker_count scheduler_workers worker_current worker_tid").split()
RUNNABLE, RUNNING, WAITING = 1, 2, 3  # Status; in all others there is no goroutine
# A program that died of writing at random may have left any number anywhere: no loop believes them.
MOST_ARENAS, MOST_SLOTS, MOST_WORKERS, MOST_UNREADABLE = 256, 1 << 22, 10000, 64
MOST_STACK = 1 << 16  # bytes of a stack that is looked at to see if it is like another one
NEAR = 1024  # bytes of the stack that are read with the control block; most need no more
# What src/fiber/switch_*.S leaves at a suspended stack pointer: how many bytes, and which register
# where. Then what the stack pointer and the frame pointer are called.
SAVED = {
    "i386:x86-64": (64, {"r15": 8, "r14": 16, "r13": 24, "r12": 32, "rbx": 40, "rbp": 48,
                         "rip": 56}, "rsp", "rbp"),
    "aarch64": (176, {"x29": 0, "x30": 8, "pc": 8, "x19": 16, "x20": 24, "x21": 32, "x22": 40,
                      "x23": 48, "x24": 56, "x25": 64, "x26": 72, "x27": 80, "x28": 88},
                "sp", "x29"),
}
BACKTRACES = ("bt", "backtrace", "where")
# Functions, sources and libraries of the runtime, of the standard library and of C's, which the
# user's functions call.
INTERNAL = re.compile(r"(sluice|std|__gnu_cxx)::|sluice_|.*/include/sluice/|/usr/include/|"
                      r".*/(libc|libstdc\+\+|libsluice\w*)\.so|.*/(sysdeps|nptl)/")


def memory(address, size):
    return gdb.selected_inferior().read_memory(address, size).tobytes()


def word(address, form="Q"):
    return struct.unpack("<" + form, memory(address, struct.calcsize(form)))[0]


def architecture():
    return gdb.newest_frame().architecture().name()


def text_at(address, most=200):
    """A C string; "?" when it is not to be read."""
    text = b""
    try:
        while b"\0" not in text and len(text) < most:
            text += memory(address + len(text), 64 - (address + len(text)) % 64)
    except gdb.MemoryError:
        return "?"
    return text[:most].split(b"\0")[0].decode("utf-8", "replace")


class View:
    """The runtime's table in the program that gdb looks at."""

    def __init__(self):
        try:
            address = int(gdb.parse_and_eval("&sluice_debugger_view"))
        except gdb.error:
            raise gdb.GdbError("no symbol sluice_debugger_view: this program has no sluice runtime "
                               "(0.1 or later), or gdb has not got its symbols") from None
        if gdb.selected_thread() is None:
            raise gdb.GdbError("no process and no core file: `run`, `attach` or `core-file` first")
        version, words = struct.unpack("<2Q", memory(address, 16))
        if version != VERSION or words < len(WORDS):
            raise gdb.GdbError("the program's sluice has table version %d, and these commands read "
                               "version %d: source the sluice-gdb.py that came with its library"
                               % (version, VERSION))
        values = struct.unpack("<%dQ" % len(WORDS), memory(address, 8 * len(WORDS)))
        self.__dict__.update(zip(WORDS, values))
        self.run = word(self.scheduler)
        self.run_id = word(self.run + self.scheduler_run_id) if self.run else 0

    def reason(self, number):
        if number >= self.wait_reason_count:
            return "waiting"
        return text_at(word(self.wait_reasons + 8 * number))

    def arenas_of_stacks(self):
        """For each: where goroutines may be."""
        for index in range(min(word(self.arena_count), MOST_ARENAS)):
            arena = self.arenas + index * self.arena_size
            log2 = min(word(arena + self.arena_log2, "I"), 30)
            slots = min(word(arena + self.arena_slots, "I"), MOST_SLOTS)
            fresh = min(word(arena + self.arena_fresh, "I"), slots)
            first = word(arena + self.arena_base) + (1 << log2) - self.goroutine_below_top
            stride = (1 << log2) + self.slot_more
            yield range(first, first + fresh * stride, stride)

    def workers(self):
        """Of each: the goroutine that it runs, and the number of its thread."""
        count = min(word(self.run + self.scheduler_worker_count, "I"), MOST_WORKERS)
        for worker in struct.unpack("<%dQ" % count,
                                    memory(self.run + self.scheduler_workers, 8 * count)):
            if worker:
                yield word(worker + self.worker_current), word(worker + self.worker_tid, "I")
