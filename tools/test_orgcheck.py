"""Tests of orgcheck: python3 tools/test_orgcheck.py"""
import pathlib
import tempfile
import unittest

import orgcheck

SCHEMA = """CREATE TABLE a_one (org INTEGER NOT NULL, id INTEGER NOT NULL, name TEXT, PRIMARY KEY (org, id)) STRICT;
CREATE TABLE a_two (org INTEGER NOT NULL, id INTEGER NOT NULL, one INTEGER NOT NULL, PRIMARY KEY (org, id),
    FOREIGN KEY (org, one) REFERENCES a_one (org, id)) STRICT;
CREATE VIEW a_both AS SELECT t.org, t.id, o.name FROM a_two t JOIN a_one o ON o.org = t.org AND o.id = t.one;
"""


class Checking(unittest.TestCase):
    def faults(self, queries: str = "", schema: str = SCHEMA) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "schema.sql").write_text(schema)
            (root / "queries.sql").write_text(queries)
            return [line.removeprefix(folder + "/") for line in orgcheck.check(root)[0].lines()]

    def test_what_is_tied_passes(self) -> None:
        for query in (
                "SELECT id FROM a_one WHERE org = ?1",
                "SELECT o.id FROM a_one o JOIN a_two t ON t.org = o.org AND t.one = o.id WHERE o.org = ?1",
                "SELECT o.id FROM a_one AS o, a_two AS t WHERE t.org = ?1 AND o.org = t.org",
                "SELECT id FROM a_one WHERE org = ?1 AND (id = 1 OR id = 2)",
                "SELECT id FROM a_one o WHERE o.org = ?1 AND EXISTS (SELECT 1 FROM a_two t WHERE t.org = o.org)",
                "SELECT id FROM a_one WHERE org = ?1 AND id IN (SELECT one FROM a_two WHERE org = ?1)",
                "SELECT id FROM a_one WHERE org = ?1 UNION ALL SELECT id FROM a_two WHERE org = ?1",
                "SELECT COUNT(*) FROM (SELECT id FROM a_one WHERE org = ?1 LIMIT 5) AS found",
                "WITH some AS (SELECT id FROM a_one WHERE org = ?1) SELECT id FROM some",
                "SELECT id FROM a_both WHERE org = ?1",
                "UPDATE a_one SET name = ?2 WHERE org = ?1",
                "DELETE FROM a_one WHERE org = ?1 AND id = ?2",
                "INSERT INTO a_one (org, id) VALUES (?1, ?2) ON CONFLICT (org, id) DO UPDATE SET name = 'x' WHERE a_one.id > 3",
                "INSERT INTO a_one (org, id) SELECT org, id FROM a_two WHERE org = ?1",
                "-- no org: to find one.\n-- name: a_any :one\nSELECT id FROM a_one"):
            with self.subTest(query):
                self.assertEqual(self.faults(query + ";"), [])

    def test_what_is_not_tied_is_found(self) -> None:
        for query, fault in (
                ("SELECT id FROM a_one", "a_one is not tied"),
                ("SELECT id FROM a_one WHERE id = ?1", "a_one is not tied"),
                ("SELECT id FROM a_one WHERE org > ?1", "a_one is not tied"),
                ("SELECT id FROM a_one WHERE org = ?1 OR id = ?2", "a_one is not tied"),
                ("SELECT id FROM a_one WHERE (org = ?1 OR id = ?2)", "a_one is not tied"),
                ("SELECT o.id FROM a_one o JOIN a_two t ON t.one = o.id WHERE o.org = ?1", "a_two AS t is not tied"),
                ("SELECT o.id FROM a_one o JOIN a_two t ON t.org = o.org AND t.one = o.id", "a_one AS o is not tied"),
                ("SELECT id FROM a_one WHERE org = ?1 AND EXISTS (SELECT 1 FROM a_two t WHERE t.one = 3)", "a_two AS t is not tied"),
                ("SELECT id FROM a_one WHERE org = ?1 UNION ALL SELECT id FROM a_two", "a_two is not tied"),
                ("SELECT id FROM a_one UNION ALL SELECT id FROM a_two WHERE org = ?1", "a_one is not tied"),
                ("SELECT COUNT(*) FROM (SELECT id FROM a_one LIMIT 5) AS found", "a_one is not tied"),
                ("WITH some AS (SELECT id FROM a_one) SELECT id FROM some", "a_one is not tied"),
                ("SELECT id FROM a_both", "a_both is not tied"),
                ("UPDATE a_one SET name = ?2 WHERE id = ?1", "a_one is not tied"),
                ("DELETE FROM a_one", "a_one is not tied"),
                ("INSERT INTO a_one (id, org) VALUES (?1, ?2)", "an INSERT names org first"),
                ("INSERT INTO a_one (org, id) VALUES (1, ?2)", "an INSERT is given its org"),
                ("INSERT INTO a_one (org, id) VALUES (?1, ?2) ON CONFLICT (id, org) DO NOTHING", "ON CONFLICT begins with org"),
                ("INSERT INTO a_one (org, id) SELECT org, id FROM a_two", "a_two is not tied")):
            with self.subTest(query):
                found = self.faults(query + ";")
                self.assertEqual(len(found), 2 if query.endswith("t.one = o.id") and "?1" not in query else 1, found)
                self.assertIn(fault, found[0])

    def test_tables(self) -> None:
        one = "CREATE TABLE a_one (org INTEGER NOT NULL, id INTEGER NOT NULL, name TEXT, PRIMARY KEY (org, id)) STRICT;\n"
        for schema, fault in (
                ("CREATE TABLE a_x (id INTEGER NOT NULL PRIMARY KEY) STRICT;", "a_x has no org"),
                ("CREATE TABLE a_x (org INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (id, org)) STRICT;", "begins with id"),
                (one + "CREATE INDEX a_one_by_name ON a_one (name);", "the index a_one_by_name begins with name"),
                (one + "CREATE UNIQUE INDEX a_one_by_name ON a_one (name, org);", "the unique index a_one_by_name"),
                ("CREATE TABLE a_x (org INTEGER NOT NULL, id INTEGER NOT NULL, name TEXT UNIQUE, PRIMARY KEY (org, id)) STRICT;",
                 "begins with name"),
                (one + "CREATE TABLE a_x (org INTEGER NOT NULL, one INTEGER NOT NULL, o INTEGER NOT NULL, PRIMARY KEY (org, one), "
                 "FOREIGN KEY (one, o) REFERENCES a_one (org, id)) STRICT;", "the reference to a_one does not begin with org"),
                (one + "CREATE TABLE a_two (org INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (org, id)) STRICT;\n"
                 "CREATE VIEW a_v AS SELECT o.org FROM a_one o JOIN a_two t ON t.id = o.id;", "a_v: a_two AS t does not share")):
            with self.subTest(schema):
                found = self.faults(schema=schema)
                self.assertEqual(len(found), 1, found)
                self.assertIn(fault, found[0])
        self.assertEqual(self.faults(schema="-- no org: a list for everybody.\nCREATE TABLE a_x (id INTEGER NOT NULL PRIMARY KEY) STRICT;"), [])


if __name__ == "__main__":
    unittest.main()
