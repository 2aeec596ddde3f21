#!/usr/bin/env python3
"""examples/io/postgres_client.cpp against a PostgreSQL of its own, in a temporary folder."""
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

import support

PROGRAMS = "/usr/lib/postgresql/15/bin/"
CONNECTIONS = 200
MOST_SECONDS = 1.0  # five times a tenth of a second on each
MOST_OF_THREADS = 1.1
client_program = None


def as_postgres(*command):
    """PostgreSQL does not run as root."""
    return ("runuser", "-u", "postgres", "--", *command) if os.geteuid() == 0 else command


class Server(support.Program):
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="sluice-postgres-")
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        self.data = os.path.join(self.folder, "data")
        self.port = support.free_port()
        self.run(PROGRAMS + "initdb", "-D", self.data, "-U", "tester", "-A", "trust", "-N")
        self.run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                 "-subj", "/CN=localhost", "-keyout", self.data + "/server.key",
                 "-out", self.data + "/server.crt")
        settings = {"listen_addresses": "127.0.0.1", "port": self.port, "fsync": "off", "ssl": "on",
                    "max_connections": CONNECTIONS + 20, "unix_socket_directories": self.folder}
        words = [word for each in settings.items() for word in ("-c", "%s=%s" % each)]
        with open(os.path.join(self.folder, "log"), "w", encoding="utf-8") as log:
            super().__init__(*as_postgres(PROGRAMS + "postgres", "-D", self.data, *words),
                             stdout=log, stderr=log, cwd="/")
        ready = as_postgres(PROGRAMS + "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port))
        support.eventually(lambda: subprocess.run(ready, check=False).returncode == 0)

    def run(self, *command):
        subprocess.run(as_postgres(*command), check=True, capture_output=True, cwd="/")

    def pid(self):
        with open(self.data + "/postmaster.pid", encoding="utf-8") as file:
            return int(file.readline())

    def kill(self):
        """All at once: no process of it says good-bye."""
        pid = self.pid()
        children = subprocess.run(("ps", "-o", "pid=", "--ppid", str(pid)), text=True, check=True,
                                  capture_output=True).stdout.split()
        for each in (str(pid), *children):
            os.kill(int(each), signal.SIGKILL)

    def __exit__(self, *more):
        if self.process.poll() is None:
            os.kill(self.pid(), signal.SIGQUIT)  # at once, its children too
            self.process.wait(support.PATIENCE)
        super().__exit__(*more)
        shutil.rmtree(self.folder)


class Postgres(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())

    def command(self, job, *words, server=None):
        port = (server or self.server).port
        return (client_program, job, "host=127.0.0.1 port=%d user=tester dbname=postgres "
                "sslmode=disable" % port, *words)

    def client(self, job, *words, **environment):
        done = subprocess.run(self.command(job, *words), text=True, capture_output=True,
                              timeout=60, check=False,
                              env=dict(os.environ, SLUICE_WORKERS="2", **environment))
        self.assertIn(done.returncode, (0, 2) if environment else (0,), done.stderr)
        return done.stdout + done.stderr

    def test_goroutines_beside_threads(self):
        times = {"goroutines": [], "threads": []}
        for _ in range(3):
            for job, seconds in times.items():
                seconds.append(float(self.client(job, str(CONNECTIONS))))
        goroutines, threads = (min(times[job]) for job in ("goroutines", "threads"))
        print("%d connections: %.3f s on 2 workers, %.3f s on as many threads: %.2f"
              % (CONNECTIONS, goroutines, threads, goroutines / threads))
        if not support.SANITIZER:
            self.assertLessEqual(goroutines, MOST_SECONDS)
            self.assertLessEqual(goroutines, threads * MOST_OF_THREADS)

    def test_tls(self):
        self.assertEqual(self.client("encrypted", "20"), "20 over TLS\n")

    def test_cancel(self):
        self.assertEqual(self.client("cancelled"),
                         "ERROR:  canceling statement due to user request\n")

    def test_statement_timeout(self):
        self.assertEqual(self.client("timed_out"),
                         "ERROR:  canceling statement due to statement timeout\n")

    def test_the_server_is_killed(self):
        with Server() as server, support.Program(
                *self.command("abandoned", "50", server=server), stdout=subprocess.PIPE,
                env=dict(os.environ, SLUICE_WORKERS="2")) as client:
            self.assertEqual(client.process.stdout.readline(), "waiting\n")
            server.kill()
            output, _ = client.process.communicate(timeout=support.PATIENCE)
            server.process.wait(support.PATIENCE)
        self.assertEqual(output, "50 told\n")

    @unittest.skipIf(support.SANITIZER, "a sanitizer has pthread_mutex_lock for itself")
    def test_checked_mode_tells_of_a_lock_held_across_a_query(self):
        self.assertIn("error[SL140]", self.client("under_a_lock", SLUICE_DEBUG="check"))
        self.assertNotIn("SL140", self.client("encrypted", "2", SLUICE_DEBUG="check"))


if __name__ == "__main__":
    # Kerberos keeps a message for each thread, which ThreadSanitizer takes for one of its goroutines.
    os.environ.setdefault("TSAN_OPTIONS", "suppressions=%s"
                          % os.path.join(os.path.dirname(os.path.abspath(__file__)), "tsan.supp"))
    client_program = sys.argv.pop(1)
    support.require(PROGRAMS + "postgres", "openssl", "runuser")
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        print("skipped: there is no user postgres (tools/setup installs PostgreSQL)")
        sys.exit(support.SKIPPED)
    unittest.main()
