"""The recovery ceremony at the server, ausma recover: python3 tests/server/test_recover.py PROGRAM."""
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else ROOT / "build-check/ausma").resolve()


class Recover(unittest.TestCase):
    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory(prefix="ausma-recover-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        self.data = self.folder / "data"
        self.assertEqual(self.ausma("demo", "--cases", "2").returncode, 0)
        self.shares = (self.data / "shares.txt").read_text().splitlines()

    def ausma(self, *words: str, typed: list[str] = []) -> subprocess.CompletedProcess:
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE"} | {"AUSMA_SHARE": str(ROOT)}
        return subprocess.run([str(PROGRAM), *map(str, words), "--data", str(self.data)], input="".join(f"{line}\n" for line in typed),
                              capture_output=True, text=True, env=environment)

    def recover(self, *words: str, typed: list[str]) -> str:
        ended = self.ausma("recover", *words, typed=typed)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        return ended.stdout

    def refused(self, *words: str, typed: list[str]) -> str:
        ended = self.ausma("recover", *words, typed=typed)
        self.assertNotEqual(ended.returncode, 0, ended.stdout)
        return ended.stderr

    def ask(self, text: str) -> list:
        with sqlite3.connect(self.data / "ausma.db") as data:
            return data.execute(text).fetchall()

    def test_access(self) -> None:
        before = self.ask("SELECT password FROM account_user WHERE login = 'anna'")
        said = self.recover("--account", "anna", typed=self.shares[2:])
        self.assertRegex(said, r"Temporary password, good for 24 hours: \w+(-\w+){3}\n")
        self.assertNotEqual(self.ask("SELECT password FROM account_user WHERE login = 'anna'"), before)
        self.assertEqual(self.ask("SELECT count(*) FROM ceremony_ceremony WHERE state = 'done'"), [(1,)])

    def test_a_slip_is_named_and_may_be_mended(self) -> None:
        first, second, third, *_ = self.shares
        wrong = " ".join(["BABAB", *first.split()[1:]])
        ended = self.ausma("recover", "--account", "anna", typed=[wrong, first, first, second, third])
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertIn("there is a slip in row 1", ended.stderr)
        self.assertIn("share 1 was given already", ended.stderr)

    def test_too_few(self) -> None:
        self.assertIn("not complete", self.refused("--account", "anna", typed=self.shares[:2]))
        self.assertEqual(self.ask("SELECT count(*) FROM ceremony_ceremony"), [(0,)])

    def test_new_shares_make_the_old_ones_void(self) -> None:
        self.assertEqual(self.ausma("backup", "--to", self.folder / "safe").returncode, 0)
        new = self.folder / "new.txt"
        said = self.recover("--new-shares", "--shares", "4", "--needed", "2", "--shares-text", str(new), typed=self.shares)
        self.assertIn("make a new backup", said)
        self.assertEqual(new.stat().st_mode & 0o777, 0o600)
        fresh = new.read_text().splitlines()
        self.assertEqual(len(fresh), 4)
        self.assertIn("is void", self.refused("--account", "anna", typed=self.shares))
        self.recover("--account", "anna", typed=fresh[1:3])
        # Old shares still open what was made before, and the new ones do by the links beside the next backup.
        [old] = (self.folder / "safe").glob("*.backup")
        self.assertEqual(self.ausma("restore", old, "--check", typed=self.shares).returncode, 0)
        self.assertNotEqual(self.ausma("restore", old, "--check", typed=fresh).returncode, 0)
        self.assertEqual(self.ausma("backup", "--to", self.folder / "later").returncode, 0)
        [later] = (self.folder / "later").glob("*.backup")
        self.assertNotEqual(self.ausma("restore", later, "--check", typed=self.shares).returncode, 0)
        old = old.rename(self.folder / "later" / old.name)
        for backup in (old, later):
            self.assertEqual(self.ausma("restore", backup, "--check", typed=fresh).returncode, 0)

    def test_m7_1_no_team_keys_for_who_sees_no_case(self) -> None:
        held = "SELECT count(*) FROM account_member m JOIN account_user u ON u.id = m.account WHERE u.login = '{}'"
        for login in ("admins", "daina", "auditore"):
            self.assertIn("sees no cases", self.refused("--team", "Rīgas komanda", "--to", login, typed=self.shares))
            self.assertEqual(self.ask(held.format(login)), [(0,)], login)
        [(before,)] = self.ask(held.format("marta"))
        self.recover("--team", "Rīgas komanda", "--to", "marta", typed=self.shares)
        self.assertEqual(self.ask(held.format("marta")), [(before + 1,)])

    def test_what_is_not_there_is_said(self) -> None:
        self.assertIn("there is no team Nav", self.refused("--team", "Nav", "--to", "ilze", typed=self.shares))
        self.assertIn("there is no account nobody", self.refused("--account", "nobody", typed=self.shares))
        self.assertIn("say what for", self.refused(typed=self.shares))


if __name__ == "__main__":
    unittest.main()
