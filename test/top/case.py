"""What the tests of sluice-top share: programs whose goroutines are known, and their sockets."""
import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import unittest

# --documented: the program that docs/debugging.md shows, if there is one.
DOCUMENTED = sys.argv[2] if sys.argv[1] == "--documented" else None
TOP, *PROGRAMS = sys.argv[3 if DOCUMENTED else 1:]
del sys.argv[1:]
SOURCES = pathlib.Path(__file__).resolve().parents[2]
PATIENCE = 60  # seconds
# State, function, how many: what `watched known` comes to.
KNOWN = {("chan receive", "receive"): 15, ("chan send", "send"): 3, ("select", "choose"): 2,
         ("sync.Mutex.Lock", "lock"): 4, ("sync.RWMutex.Lock", "write_lock"): 1,
         ("semacquire", "wait_for_group"): 6, ("sleep", "sleep"): 7, ("running", ""): 1,
         ("blocking", ""): 1, ("IO wait", "wait_for_input"): 1}


def counts(snapshot):
    """How many by state and by function."""
    found = {}
    for group in snapshot["groups"]:
        key = (group["state"], group["at"]["function"])
        found[key] = found.get(key, 0) + group["count"]
    return found


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sluice-top-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.path = os.path.join(folder.name, "socket")
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith("SLUICE_")}
        self.environment.update(XDG_RUNTIME_DIR=self.folder, TERM="xterm")

    @contextlib.contextmanager
    def running(self, *words, program=None, wanted=None, **more):
        """A program whose socket is there; it ends when the block does, if not before."""
        path = self.path if wanted is None else wanted
        environment = dict(self.environment, SLUICE_TOP=path, **more)
        with subprocess.Popen([program or PROGRAMS[0], *words], stdin=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=environment) as process:
            own = os.path.join(self.folder, "sluice", str(process.pid))
            process.path = own if wanted == "1" else path
            try:
                self.until(lambda: self.listens(process.path) or process.poll() is not None)
                yield process
            finally:
                if process.poll() is None:
                    with contextlib.suppress(OSError):
                        process.stdin.close()
                    process.stderr.read()
                    process.wait(PATIENCE)

    @staticmethod
    def listens(path):
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(path)
            except (FileNotFoundError, ConnectionRefusedError):
                return False
            return True

    def until(self, condition):
        end = time.monotonic() + PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), end, "it never came to be so")
            time.sleep(0.005)

    def connected(self, path=None):
        client = socket.socket(socket.AF_UNIX)
        self.addCleanup(client.close)
        client.settimeout(PATIENCE)
        client.connect(path or self.path)
        return client

    def asked(self, client, request="now"):
        client.sendall(request.encode() + b"\n")
        return json.loads(self.line(client))

    @staticmethod
    def line(client):
        text = b""
        while not text.endswith(b"\n"):
            byte = client.recv(1)
            if not byte:
                return text
            text += byte
        return text

    def snapshot_with(self, holds, path=None):
        """The first snapshot of which that is true."""
        client = self.connected(path)
        found = []

        def look():
            found[:] = [self.asked(client)]
            return holds(found[0])
        self.until(look)
        return found[0]

    def top(self, *words, status=0, **more):
        done = subprocess.run([TOP, *words], capture_output=True, text=True, timeout=PATIENCE,
                              env=self.environment, stdin=subprocess.DEVNULL, **more)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stderr if status else done.stdout
