class Refused(Exception):
    """Why something can't be watched, in one line."""


def default_folder(environment, uid):
    """Where a program with this environment puts its socket for SLUICE_TOP=1."""
    runtime = environment.get("XDG_RUNTIME_DIR", "")
    return runtime + "/sluice" if runtime.startswith("/") else "/tmp/sluice-%d" % uid


def socket_of(pid):
    """The socket that process's environment asks for; None: for none, or it is not to be seen."""
    try:
        with open("/proc/%d/environ" % pid, "rb") as file:
            words = os.fsdecode(file.read()).split("\0")
        environment = dict(word.split("=", 1) for word in words if "=" in word)
        wanted = environment.get("SLUICE_TOP", "")
        if wanted == "1":
            folder = default_folder(environment, os.stat("/proc/%d" % pid).st_uid)
            return "%s/%d" % (folder, pid)
        # A path is seen from where the program is.
        return os.path.join(os.readlink("/proc/%d/cwd" % pid), wanted) if "/" in wanted else None
    except OSError:
        return None


def candidates():
    """Paths at which programs of this user may listen."""
    found = {socket_of(int(name)) for name in os.listdir("/proc") if name.isdigit()}
    for environment in (os.environ, {}):
        folder = default_folder(environment, os.geteuid())
        if os.path.isdir(folder):
            found |= {os.path.join(folder, name) for name in os.listdir(folder)}
    return sorted(path for path in found if path and is_own_socket(path))


def is_own_socket(path):
    try:
        found = os.stat(path)
    except OSError:
        return False
    return stat.S_ISSOCK(found.st_mode) and found.st_uid == os.geteuid()


def watchable():
    """The process number, name and socket of each program that can be watched."""
    found = []
    for path in candidates():
        try:
            with Program(path) as program:
                found.append((program.pid, program.name(), path))
        except Refused:
            name = os.path.basename(path)
            # What a program that was killed has left.
            if name.isdigit() and not os.path.exists("/proc/" + name):
                with contextlib.suppress(OSError):
                    os.unlink(path)
    return sorted(found)


def path_of(word):
    """The socket that the command line means."""
    if not word.isdigit():
        return word
    pid = int(word)
    try:
        owner = os.stat("/proc/%d" % pid).st_uid
    except OSError:
        raise Refused("there is no process %d" % pid) from None
    # One may have set the variable itself, which its environment does not show.
    own = ["%s/%d" % (default_folder(e, os.geteuid()), pid) for e in (os.environ, {})]
    for path in [socket_of(pid)] + own:
        if path and os.path.exists(path):
            return path
    if owner != os.geteuid():
        raise Refused("process %d is %s's: only that user can watch it" % (pid, user(owner)))
    raise Refused("process %d does not run a sluice program with SLUICE_TOP" % pid)


def user(uid):
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return "user %d" % uid


class Program:
    """A connection to a program; gives one snapshot after the other."""

    PATIENCE = 20  # seconds for an answer; the first one may have to read debug information
    SCHEMA = 1

    def __init__(self, path):
        self.path = path
        self.socket = socket.socket(socket.AF_UNIX)
        self.unread = b""
        try:
            self.connect()
            credentials = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
            self.pid = struct.unpack("3i", credentials)[0]
        except BaseException:
            self.socket.close()
            raise

    def connect(self):
        try:
            found = os.stat(self.path)
            if not stat.S_ISSOCK(found.st_mode):
                raise Refused("'%s' is no socket" % self.path)
            if found.st_uid != os.geteuid():
                raise Refused("'%s' is %s's: only that user can watch the program"
                              % (self.path, user(found.st_uid)))
            self.socket.settimeout(self.PATIENCE)
            self.socket.connect(self.path)
        except ConnectionRefusedError:
            raise Refused("'%s': the program that listened there has ended" % self.path) from None
        except OSError as error:
            reason = error.strerror or str(error)
            raise Refused("can't open '%s': %s" % (self.path, reason)) from None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def fileno(self):
        return self.socket.fileno()

    def name(self):
        try:
            return os.path.basename(os.readlink("/proc/%d/exe" % self.pid))
        except OSError:
            return "?"

    def ask(self, request):
        try:
            self.socket.sendall(request.encode() + b"\n")
        except OSError:
            raise Refused("process %d has ended" % self.pid) from None

    def every(self, seconds):
        """Asks for a snapshot now, and for one each so many seconds."""
        self.socket.settimeout(seconds + self.PATIENCE)
        self.ask("every %d" % round(seconds * 1000))

    def receive(self):
        """Takes what has come. False: no more will."""
        try:
            more = self.socket.recv(1 << 16)
        except TimeoutError:
            raise Refused("process %d does not answer" % self.pid) from None
        except OSError:
            more = b""
        self.unread += more
        return more != b""

    def take(self):
        """The next line that is whole, or None."""
        line, newline, rest = self.unread.partition(b"\n")
        if not newline:
            return None
        self.unread = rest
        return line.decode(errors="replace")

    def line(self):
        """The next line; None at the program's end."""
        while (line := self.take()) is None:
            if not self.receive():
                return None
        return line

    def snapshot_in(self, line):
        try:
            snapshot = json.loads(line)
            schema = snapshot.get("schema")
        except (ValueError, AttributeError):
            snapshot, schema = {}, None
        if "error" in snapshot:
            raise Refused("process %d: %s" % (self.pid, snapshot["error"]))
        if schema is None:
            raise Refused("what listens at '%s' is no sluice program" % self.path)
        if schema != self.SCHEMA:
            raise Refused("process %d speaks version %s; this sluice-top knows version %d"
                          % (self.pid, schema, self.SCHEMA))
        return snapshot


