

class InfoGoroutines(gdb.Command):
    """List the goroutines: number, name, what each does, where, and where it was started."""

    def __init__(self):
        super().__init__("info goroutines", gdb.COMMAND_STATUS)

    def invoke(self, argument, from_tty):
        goroutines, stacks, places = Goroutines(), Stacks(), {}
        rows = []
        for each in goroutines.all:
            try:
                if each.creation_pc not in places:
                    places[each.creation_pc] = started(each)
                where = stacks.of(each).where
            except (gdb.error, gdb.GdbError):
                where = "?"
            start = places.get(each.creation_pc)
            here = each.thread is not None and each.thread.num == gdb.selected_thread().num
            rows.append((("* " if here else "  ") + each.title()[10:], goroutines.state(each),
                        where + (", started at " + start if start else "")))
        widths = [max((len(row[column]) for row in rows), default=0) for column in (0, 1)]
        for row in rows:
            gdb.write("%-*s  %-*s  %s\n" % (widths[0], row[0], widths[1], row[1], row[2]))
        gdb.write(goroutines.complaint() or
                  ("" if rows else "no goroutines: no sluice::run is under way\n"))


class GoroutineCommand(gdb.Command):
    """Run a command in the frames of a goroutine: goroutine N COMMAND, goroutine all COMMAND.

The command finds the innermost frame selected that is the user's own. A parked goroutine's frames
begin with number 1. `goroutine all bt` leaves out the values of arguments; `goroutine all bt
-frame-arguments scalars` shows them, and takes longer."""

    def __init__(self):
        super().__init__("goroutine", gdb.COMMAND_STACK, gdb.COMPLETE_COMMAND)

    def invoke(self, argument, from_tty):
        which, _, command = argument.strip().partition(" ")
        command = command.strip()
        if not command or not (which == "all" or which.isdigit()):
            raise gdb.GdbError("goroutine: a number or `all`, then a command: `goroutine 5 bt`, "
                               "`goroutine 5 frame 3`, `goroutine all bt`")
        goroutines = Goroutines()
        if which != "all":
            try:
                return run_in(goroutines.numbered(int(which)), command)
            except gdb.error as failure:  # in one line, as when it is run alone
                raise gdb.GdbError(str(failure)) from None
        stacks = Stacks()
        for each in goroutines.all:
            gdb.write("\n%s [%s]:\n" % (each.title(), goroutines.state(each)))
            try:
                if command in BACKTRACES and each.thread is None:
                    gdb.write(stacks.of(each).text)
                else:
                    run_in(each, command)
            except (gdb.error, gdb.GdbError) as failure:  # the others may fare better
                gdb.write("%s\n" % failure)
        gdb.write(goroutines.complaint())
        return None


InfoGoroutines()
GoroutineCommand()
