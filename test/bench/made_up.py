"""Programs that are made up, in a folder of their own, and a command of bench/ that runs them."""
import os
import subprocess
import sys
import tempfile
import unittest

BENCH = os.path.join(os.path.dirname(__file__), "..", "..", "bench")


class MadeUp(unittest.TestCase):
    command = None

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def program(self, name, body):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\n%s\n" % body)
        os.chmod(self.path(name), 0o755)

    def run_command(self, *words):
        done = subprocess.run([sys.executable, os.path.join(BENCH, self.command),
                               self.folder.name, *words],
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr
