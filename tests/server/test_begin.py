"""Several that begin at once on one new database make one installation: python3 tests/server/test_begin.py PROGRAM. On both engines."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else ROOT / "build-check/ausma").resolve()
AT_ONCE = 4


def begin(folder: pathlib.Path, number: int, database: str) -> subprocess.Popen:
    environment = os.environ | {"AUSMA_SHARE": str(ROOT), "DATABASE": database}
    words = ["init", "--name", "Parauga centrs", "--data", folder / f"data{number}", "--shares-pdf", folder / f"shares{number}.pdf"]
    with open(folder / "passwords") as passwords:
        return subprocess.Popen([str(PROGRAM), *map(str, words)], env=environment, text=True, stdin=passwords, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)


class AtOnce(unittest.TestCase):
    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory(prefix="ausma-begin-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        (self.folder / "passwords").write_text("a password for the one\na password for the other\n")

    def check(self, database: str) -> None:
        started = [begin(self.folder, number, database) for number in range(AT_ONCE)]
        ended = [(one, *one.communicate()) for one in started]
        self.assertEqual([one.returncode for one, _, _ in ended].count(0), 1, [said for _, _, said in ended])
        for one, _, said in ended:
            if one.returncode != 0:
                self.assertIn("there is an installation in", said)
        self.assertEqual(len(list(self.folder.glob("shares*.pdf"))), 1, "shares of keys that open nothing")

    def test_one_file(self) -> None:
        self.check(str(self.folder / "ausma.db"))

    def test_one_server(self) -> None:
        place = tempfile.mktemp(prefix="ausma-begin-server-")
        url = subprocess.run([str(ROOT / "tools/postgres.sh"), "start", place, "fsync=off"], check=True, capture_output=True,
                             text=True).stdout.strip()
        self.addCleanup(subprocess.run, [str(ROOT / "tools/postgres.sh"), "stop", place], check=True)
        self.check(url)


if __name__ == "__main__":
    unittest.main()
