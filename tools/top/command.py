COULD_NOT_WATCH, WRONG_COMMAND = 1, 2


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.exit(WRONG_COMMAND, "sluice-top: %s; --help lists the options\n" % message)


def seconds(word):
    try:
        value = float(word)
    except ValueError:
        value = 0
    if not 0.01 <= value <= 3600:
        raise argparse.ArgumentTypeError("'%s' is no number of seconds from 0.01 to 3600" % word)
    return value


def arguments():
    parser = Parser(
        prog="sluice-top", usage="sluice-top [OPTIONS] [PID|PATH]",
        description="Shows what the goroutines of a running program do, by state, by where they "
        "are and by where they were started, as often as they change. The program has been "
        "started with SLUICE_TOP=1, or with SLUICE_TOP=PATH; without a PID or a PATH, those that "
        "can be watched are listed. Exit status: 0, 1 it can't be watched, 2 wrong options.",
        epilog="Keys: q ends; c, r and w sort by count, by rate, by the longest wait.")
    parser.add_argument("program", nargs="?", metavar="PID|PATH")
    parser.add_argument("--once", action="store_true",
                        help="print one table, with what has changed within one interval, and end")
    parser.add_argument("--json", action="store_true",
                        help="print the program's own lines of JSON; with --once one of them")
    parser.add_argument("--interval", type=seconds, default=1.0, metavar="S",
                        help="seconds from one snapshot to the next (1)")
    parser.add_argument("--sort", choices=list(SORTS), default="count", help="(count)")
    parser.add_argument("--version", action="version", version="sluice-top " + VERSION)
    return parser.parse_args()


def list_programs():
    for pid, name, path in watchable():
        print("%7d  %-20s  %s" % (pid, name, path))


def ended(program):
    return Refused("process %d has ended" % program.pid)


def print_lines(program, once):
    while (line := program.line()) is not None:
        program.snapshot_in(line)
        print(line, flush=True)
        if once:
            return
    if once:
        raise ended(program)


def print_table(program, sort):
    """Of two snapshots: what changes each second is seen by the second."""
    before = now = None
    while before is None:
        line = program.line()
        if line is None:
            raise ended(program)
        before, now = now, program.snapshot_in(line)
    figures = Figures(now, before)
    print("\n".join(figures.head() + [""] + figures.table(sort)))


def watch(program, options):
    if options.json and options.once:
        program.ask("now")
    else:
        program.every(options.interval)
    if options.json:
        print_lines(program, options.once)
    elif options.once:
        print_table(program, options.sort)
    elif not Screen(program, options.sort).run():
        print("process %d has ended" % program.pid)


def main():
    options = arguments()
    on_screen = not (options.once or options.json)
    if options.program is None:
        return list_programs()
    if on_screen and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Refused("there is no terminal here; --once and --json need none")
    with Program(path_of(options.program)) as program:
        watch(program, options)


def run():
    try:
        main()
        sys.stdout.flush()
    except Refused as why:
        print("sluice-top: %s" % why, file=sys.stderr)
        sys.exit(COULD_NOT_WATCH)
    except curses.error as why:
        print("sluice-top: this terminal can't be drawn on (TERM is '%s'): %s"
              % (os.environ.get("TERM", ""), why), file=sys.stderr)
        sys.exit(COULD_NOT_WATCH)
    except KeyboardInterrupt:
        end_by(signal.SIGINT)
    except Ended as signalled:
        end_by(signalled.number)
    except BrokenPipeError:
        # Who read has had enough. Nothing more is to be written at the end either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def end_by(number):
    """As if it had not been caught, for whoever waits for this process."""
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


run()
