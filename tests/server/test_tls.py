"""A database elsewhere must prove who it is: python3 tests/server/test_tls.py PROGRAM. Starts a PostgreSQL with a certificate made here."""
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import unittest
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else ROOT / "build-check/ausma").resolve()
SECRET = "a-password-that-must-not-show"


def openssl(folder: pathlib.Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def make_certificates(folder: pathlib.Path) -> None:
    for name in ("authority", "other"):
        openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN=test {name}",
                "-keyout", f"{name}.key", "-out", f"{name}.crt")
    (folder / "names.ext").write_text("subjectAltName=DNS:db.ausma.test\n")
    openssl(folder, "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=db.ausma.test", "-keyout", "server.key", "-out", "server.csr")
    openssl(folder, "x509", "-req", "-in", "server.csr", "-CA", "authority.crt", "-CAkey", "authority.key", "-CAcreateserial", "-days", "2",
            "-extfile", "names.ext", "-out", "server.crt")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        holder = tempfile.TemporaryDirectory(prefix="ausma-tls-")
        cls.addClassCleanup(holder.cleanup)
        cls.folder = pathlib.Path(holder.name)
        cls.folder.chmod(0o755)
        make_certificates(cls.folder)
        if os.getuid() == 0:
            subprocess.run(["chown", "postgres", "server.key"], cwd=cls.folder, check=True)
        (cls.folder / "server.key").chmod(0o600)
        cls.port = free_port()
        server = str(cls.folder / "server")
        url = subprocess.run([str(ROOT / "tools/postgres.sh"), "start", server, "fsync=off", "listen_addresses='127.0.0.1'",
                              f"port={cls.port}", "ssl=on", f"ssl_cert_file='{cls.folder}/server.crt'",
                              f"ssl_key_file='{cls.folder}/server.key'"], check=True, capture_output=True, text=True).stdout.strip()
        cls.addClassCleanup(subprocess.run, [str(ROOT / "tools/postgres.sh"), "stop", server], check=True)
        for at in range(3):
            subprocess.run(["psql", "-qX", f"{url}&port={cls.port}", "-c", f"CREATE DATABASE tls{at}"], check=True)
        subprocess.run(["psql", "-qX", f"{url}&port={cls.port}", "-c", f"CREATE ROLE plain LOGIN PASSWORD '{SECRET}'"], check=True)

    def demo(self, host: str, *parameters: str, database: str = "tls0", password: str = "") -> subprocess.CompletedProcess:
        """Makes a demonstration there: ends well only when the server could be reached."""
        with tempfile.TemporaryDirectory() as data:
            query = "&".join([f"hostaddr=127.0.0.1&port={self.port}", *parameters])
            url = f"postgresql://ausma{':' + password if password else ''}@{host}/{database}?{query}"
            return subprocess.run([str(PROGRAM), "demo", "--data", f"{data}/d", "--cases", "1"], capture_output=True, text=True,
                                  env=dict(os.environ, DATABASE=url, AUSMA_SHARE=str(ROOT), HOME=data))

    def refused(self, *words: str, **named: str) -> str:
        ended = self.demo(*words, **named)
        self.assertNotEqual(ended.returncode, 0, ended.stderr)
        self.assertNotIn(SECRET, ended.stdout + ended.stderr)
        return ended.stderr

    def test_the_right_certificate(self) -> None:
        ended = self.demo("db.ausma.test", f"sslrootcert={self.folder}/authority.crt")
        self.assertEqual(ended.returncode, 0, ended.stderr)

    def test_served_from_inside_the_sandbox(self) -> None:
        """The authority lies in a folder that the sandbox would close; connections are made after it has shut."""
        with tempfile.TemporaryDirectory() as data:
            host, query = "db.ausma.test", f"hostaddr=127.0.0.1&port={self.port}&sslrootcert={self.folder}/authority.crt"
            environment = dict(os.environ, DATABASE=f"postgresql://ausma@{host}/tls2?{query}", AUSMA_SHARE=str(ROOT), HOME=data)
            words = ["--data", f"{data}/d"]
            subprocess.run([str(PROGRAM), "demo", *words, "--cases", "1"], check=True, capture_output=True, env=environment)
            port = free_port()
            server = subprocess.Popen([str(PROGRAM), "serve", *words, "--port", str(port), "--allow-root"], env=environment,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            try:
                self.assertTrue(any(line.startswith("http://") for line in server.stdout), "it does not serve")
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=20) as answer:
                    self.assertEqual(answer.status, 200)
            finally:
                server.terminate()
                server.communicate(timeout=30)
            self.assertEqual(server.returncode, 0)

    def test_somebody_else(self) -> None:
        self.assertIn("certificate verify failed", self.refused("db.ausma.test", f"sslrootcert={self.folder}/other.crt"))
        self.assertIn("certificate verify failed", self.refused("db.ausma.test"))       # nobody that this machine trusts
        self.assertIn("does not match host name", self.refused("other.ausma.test", f"sslrootcert={self.folder}/authority.crt"))

    def test_weaker_only_in_so_many_words(self) -> None:
        ended = self.demo("db.ausma.test", "sslmode=disable", database="tls1")
        self.assertEqual(ended.returncode, 0, ended.stderr)

    def test_the_environment_does_not_weaken(self) -> None:
        os.environ["PGSSLMODE"] = "disable"
        self.addCleanup(os.environ.pop, "PGSSLMODE")
        self.assertIn("certificate verify failed", self.refused("db.ausma.test", f"sslrootcert={self.folder}/other.crt"))

    def test_no_password_in_what_is_said(self) -> None:
        for host, *parameters in (["db.ausma.test"], ["[::1"], ["db.ausma.test", "no_such_setting=1"], ["localhost", "sslmode=nonsense"]):
            self.refused(host, *parameters, password=SECRET)
        self.refused("localhost", database="no_such_database", password=SECRET)


if __name__ == "__main__":
    unittest.main()
