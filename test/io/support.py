"""What the tests of examples/io share: programs that may be missing, and servers that are ended.

Everything listens on 127.0.0.1 alone and is ended when its test is.
"""
import os
import shutil
import socket
import subprocess
import sys
import time

SKIPPED = 77  # what ctest takes for: not run
PATIENCE = 30  # seconds after which a condition counts as never true
SANITIZER = os.environ.get("SLUICE_SANITIZE", "")  # with which all was built; times say nothing then


def require(*commands):
    """Ends the test as skipped when one of these is not installed."""
    for command in commands:
        if shutil.which(command) is None and not os.access(command, os.X_OK):
            print("skipped: there is no %s (tools/setup installs it)" % os.path.basename(command))
            sys.exit(SKIPPED)


def eventually(condition, patience=PATIENCE):
    """Waits until the condition holds; what it gave."""
    deadline = time.monotonic() + patience
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError("never true: %s" % condition.__name__)
        time.sleep(0.01)


def free_port():
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return any_port.getsockname()[1]


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


class Program:
    """A child process; killed at the end of the `with` if it still runs."""

    def __init__(self, *command, **more):
        self.process = subprocess.Popen(command, text=True, **more)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def threads(self):
        return len(os.listdir("/proc/%d/task" % self.process.pid))
