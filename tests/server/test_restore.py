"""ausma restore as it is run on the worst day, on both engines: python3 tests/server/test_restore.py PROGRAM. What is refused leaves
nothing behind, and the next try just works."""
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else ROOT / "build-check/ausma").resolve()
ERASED = "ausma-erased.txt"


def ausma(*words: str, shares: str = "", database: str = "") -> subprocess.CompletedProcess:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE"} | {"AUSMA_SHARE": str(ROOT)}
    if database:
        environment["DATABASE"] = database
    return subprocess.run([str(PROGRAM), *map(str, words)], input=shares, capture_output=True, text=True, env=environment)


def setUpModule() -> None:
    """One installation and its backup; the tests bring it back in many ways."""
    global folder, backup, lines, case
    holder = tempfile.TemporaryDirectory(prefix="ausma-restore-")
    unittest.addModuleCleanup(holder.cleanup)
    folder = pathlib.Path(holder.name)
    made = ausma("demo", "--data", folder / "data", "--cases", "4")
    assert made.returncode == 0, made.stderr
    made = ausma("backup", "--data", folder / "data", "--to", folder / "safe")
    assert made.returncode == 0, made.stderr
    [backup] = (folder / "safe").glob("*.backup")
    lines = (folder / "data/shares.txt").read_text().splitlines()
    with sqlite3.connect(folder / "data/ausma.db") as data:
        case = data.execute("SELECT org, id FROM record_case ORDER BY id LIMIT 1").fetchone()


class Restore:
    """The tests, for a place that `begin` makes and `rows` looks into."""

    def begin(self) -> None: ...
    def rows(self, table: str) -> int | None: ...  # None: there is no such table, or no place at all
    database = ""
    left = (None,)  # what `rows` says of a place where nothing was restored

    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory(prefix="ausma-safe-", dir=folder)
        self.addCleanup(holder.cleanup)
        self.safe = pathlib.Path(holder.name)
        for path in (folder / "safe").iterdir():
            shutil.copy(path, self.safe)
        self.copy = self.safe / backup.name
        self.begin()

    def restore(self, *words: str, shares: list[str] | None = None) -> subprocess.CompletedProcess:
        return ausma("restore", self.copy, "--data", self.safe / "new", *words, database=self.database,
                     shares="".join(f"{line}\n" for line in (lines[1:4] if shares is None else shares)))

    def refused(self, *words: str, shares: list[str] | None = None) -> str:
        ended = self.restore(*words, shares=shares)
        self.assertNotEqual(ended.returncode, 0, ended.stdout)
        self.assertIn(self.rows("record_case"), self.left)
        self.assertIn(self.rows("account_user"), self.left)
        return ended.stderr

    def comes_back(self, *words: str) -> str:
        ended = self.restore(*words)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertEqual(self.rows("record_case"), 4)
        checked = ausma("verify", "--data", self.safe / "new", database=self.database)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        return ended.stdout + ended.stderr

    def test_cut_off_and_changed(self) -> None:
        whole = backup.read_bytes()
        middle = bytearray(whole)
        middle[len(whole) // 2] ^= 1
        for bad in (whole[:len(whole) // 2], whole[:-1], bytes(middle), whole + b"x"):
            self.copy.write_bytes(bad)
            self.assertIn("nothing was restored", self.refused())
            self.assertIn("damaged or cut off", self.refused())
        self.copy.write_bytes(whole)
        self.comes_back()

    def test_over_what_is_there(self) -> None:
        self.comes_back()
        ended = self.restore()
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn("there is data in", ended.stderr)
        self.assertEqual(self.rows("record_case"), 4)

    def test_a_damaged_list_of_erased_cases(self) -> None:
        org, number = case
        good = f"# a list\nerased {org} {number} 1700000000000\n"
        (self.safe / ERASED).write_text(good + "erased 12 x\n")
        self.assertIn("line 3", self.refused())
        (self.safe / ERASED).write_text(good)
        self.assertIn("erased again, by the list beside the backup: 1", self.comes_back())
        self.assertEqual(self.rows(f"record_key WHERE case_id = {number}"), 0)

    def test_no_list_is_said(self) -> None:
        self.assertIn("is not there", self.refused("--erased", self.safe / "nowhere.txt"))
        self.assertIn("comes back", self.comes_back())

    def test_wrong_shares(self) -> None:
        self.assertIn("row 2", self.refused(shares=[lines[0].replace(lines[0].split()[7], "BABAB", 1)] * 5))
        self.refused(shares=[lines[0], lines[0]])
        self.refused(shares=[])
        self.comes_back()


class IntoAFile(Restore, unittest.TestCase):
    def rows(self, table: str) -> int | None:
        path = self.safe / "new/ausma.db"
        if not path.exists():
            self.assertFalse((self.safe / "new").exists(), "a folder is left")
            return None
        with sqlite3.connect(path) as data:
            return data.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


    def test_an_older_program_does_not_judge_what_it_does_not_know(self) -> None:
        self.comes_back()
        with sqlite3.connect(self.safe / "new/ausma.db") as data:
            data.execute("INSERT INTO store_migration (number, name, at, additive) VALUES (9999, 'later', 0, 1)")
        for words in (["verify"], ["backup", "--to", self.safe / "second"]):
            ended = ausma(*words, "--data", self.safe / "new")
            self.assertNotEqual(ended.returncode, 0)
            self.assertIn("a newer version of this program", ended.stderr)
            self.assertNotIn("BROKEN", ended.stdout + ended.stderr)


class IntoAServer(Restore, unittest.TestCase):
    left = (None, 0)  # empty tables may stay in a database that was there before

    @classmethod
    def setUpClass(cls) -> None:
        place = tempfile.mktemp(prefix="ausma-restore-server-")
        cls.url = subprocess.run([str(ROOT / "tools/postgres.sh"), "start", place, "fsync=off"], check=True, capture_output=True,
                                 text=True).stdout.strip()
        cls.addClassCleanup(subprocess.run, [str(ROOT / "tools/postgres.sh"), "stop", place], check=True)

    def ask(self, url: str, text: str) -> subprocess.CompletedProcess:
        return subprocess.run(["psql", "-qXAt", url, "-c", text], capture_output=True, text=True)

    def begin(self) -> None:
        name = "t" + self.safe.name.rpartition("-")[2].encode().hex()
        self.ask(self.url, f"CREATE DATABASE {name}").check_returncode()
        self.database = self.url.replace("///postgres", f"///{name}")

    def rows(self, table: str) -> int | None:
        answer = self.ask(self.database, f"SELECT count(*) FROM {table}")
        return int(answer.stdout) if answer.returncode == 0 else None


if __name__ == "__main__":
    unittest.main()
