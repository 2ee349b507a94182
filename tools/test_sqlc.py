"""Tests of sqlc: python3 tools/test_sqlc.py"""
import pathlib
import re
import subprocess
import tempfile
import unittest

import sqlc
from sqlc_text import postgres_text, sqlite_text, statements_of

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parent / "src"
FLAGS = ["-std=gnu17", "-D_GNU_SOURCE", "-O1", "-g", f"-I{SOURCE}", "-include", str(SOURCE / "base" / "banned.h"),
         *("-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 "
           "-Werror -fsanitize=address,undefined").split()]

TABLE = """CREATE TABLE a_thing (
    org INTEGER NOT NULL,
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    note TEXT,
    data BLOB NOT NULL,
    more BLOB,
    size INTEGER,
    done INTEGER NOT NULL,
    share REAL NOT NULL,
    PRIMARY KEY (org, id)
) STRICT;
"""
VIEW = "CREATE VIEW a_names AS SELECT org, id, name FROM a_thing;\n"


class Tree(unittest.TestCase):
    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.top = pathlib.Path(holder.name)
        self.put("case/a/schema.sql", TABLE + VIEW)

    def put(self, name: str, text: str) -> None:
        path = self.top / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def faults(self) -> list[str]:
        found = sqlc.generate(self.top / "gen", self.top / "src").lines()
        return [line.removeprefix(str(self.top) + "/src/") for line in found]

    def refused(self, *expected: str) -> None:
        """Just these faults: each line begins with the first part (of those between ` .. `) and holds the others."""
        found = self.faults()
        self.assertEqual(len(found), len(expected), found)
        for line, want in zip(found, expected):
            first, *others = want.split(" .. ")
            self.assertTrue(line.startswith(first), f"{line!r} does not begin with {first!r}")
            for part in others:
                self.assertIn(part, line)

    def query_refused(self, text: str, *expected: str) -> None:
        with self.subTest(text):
            self.put("case/a/queries.sql", text)
            self.refused(*("case/a/queries.sql:" + e for e in expected))

    def schema_refused(self, text: str, *expected: str) -> None:
        with self.subTest(text):
            self.put("case/b/schema.sql", text)
            self.refused(*("case/b/schema.sql:" + e for e in expected))


class Queries(Tree):
    def test_heads(self) -> None:
        self.query_refused("SELECT 1 AS one;", "1: a statement without `-- name")
        self.query_refused("-- name: a_x\n-- out: one int\nSELECT 1 AS one;", "1: expected `-- name")
        self.query_refused("-- name: a_x :several\n-- out: one int\nSELECT 1 AS one;", "1: unknown ending :several")
        self.query_refused("-- name: b_x :one\n-- out: one int\nSELECT 1 AS one;", "1: b_x must begin with the slice's name: a_")
        self.query_refused("-- name: a_x :one\n-- name: a_y :one\n-- out: one int\nSELECT 1 AS one;",
                           "1: a query without a statement")
        self.query_refused("-- name: a_y :one\n-- out: one int\nSELECT 1 AS one;\n-- name: a_x :one\n",
                           "4: a query without a statement")
        self.query_refused("-- name: a_x :one\n-- out: one int\nSELECT 1 AS one\n-- name: a_y :one\n-- out: one int\nSELECT 1 AS one;",
                           "1: a_x does not end with ;")
        self.query_refused("-- name: a_x :one\n-- out: one int\nSELECT 1 AS one;\n\n-- name: a_x :one\n-- out: one int\nSELECT 1 AS one;",
                           "5: another query is called a_x")

    def test_fields(self) -> None:
        body = "SELECT id FROM a_thing WHERE org = ?1;"
        self.query_refused(f"-- name: a_x :many\n-- in: org number\n-- out: id id\n{body}", "2: unknown kind number")
        self.query_refused(f"-- name: a_x :many\n-- in: org\n-- out: id id\n{body}", "2: expected `name kind`, found `org`")
        self.query_refused(f"-- name: a_x :many\n-- in: default id\n-- out: id id\n{body}", "2: default is a word of C")
        self.query_refused(f"-- name: a_x :many\n-- in: org id\n-- out: id id, id id\n{body}", "3: id stands here twice")
        self.query_refused(f"-- name: a_x :many\n-- in: org id\n-- out: id real?\n{body}", "3: id: real cannot be NULL")
        self.query_refused(f"-- name: a_x :many\n-- in: org id\n{body}", "1: :many needs an `out`")

    def test_parameters(self) -> None:
        self.query_refused("-- name: a_x :many\n-- in: org id\n-- out: id id\nSELECT id FROM a_thing\nWHERE org = ?1 AND id = ?2;",
                           "5: .. ?2 has no place in `in` (1 given)")
        self.query_refused("-- name: a_x :many\n-- in: org id,\n--     id id\n-- out: id id\nSELECT id FROM a_thing WHERE org = ?1;",
                           "3: .. id (?2) is never used")
        for parameter in ("?", ":org", "$org", "?0"):
            self.query_refused(f"-- name: a_x :many\n-- in: org id\n-- out: id id\nSELECT id FROM a_thing WHERE org = {parameter};",
                               f"4: .. {parameter}: parameters are written")

    def test_columns(self) -> None:
        self.query_refused("-- name: a_x :many\n-- out: id id, size int?\nSELECT size, id FROM a_thing;",
                           "2: a_x: column 1 is called size, in `out` id", "2: a_x: column 2 is called id, in `out` size")
        self.query_refused("-- name: a_x :one\n-- out: n int\nSELECT COUNT(*) FROM a_thing;", "2: .. called COUNT(*), in `out` n")
        self.query_refused("-- name: a_x :exec\nSELECT id FROM a_thing;", "1: a_x gives columns back")
        self.query_refused("-- name: a_x :changed\n-- out: id id\nDELETE FROM a_thing;", "2: :changed has no `out`")
        self.query_refused("-- name: a_x :one\n-- out: id id\nUPDATE a_thing SET size = 1\nRETURNING id, size;", "2: a_x gives 2 columns")
        self.query_refused("-- name: a_x :exec\nDELETE FROM a_thing RETURNING id;", "1: a_x gives columns back")

    def test_what_does_not_prepare(self) -> None:
        self.query_refused("-- name: a_x :many\n-- out: id id\nSELECT id\nFROM a_thing\nWHERE colour = 1;",
                           "5: a_x: no such column: colour")
        self.query_refused("-- name: a_x :many\n-- out: id id\nSELECT id\nFROM a_things;", "4: a_x: no such table: a_things")
        self.query_refused("-- name: a_x :many\n-- out: id id\nSELECT id\nFROM a_thing\nWHER org;", '5: a_x: near "org": syntax error')
        self.query_refused("-- name: a_x :exec\nDROP TABLE a_thing;", "2: a_x: a query is a SELECT")

    def test_other_slices(self) -> None:
        def ask(sql: str, *expected: str) -> None:
            with self.subTest(sql):
                self.put("case/b/queries.sql", f"-- name: b_x :many\n-- out: id id\n{sql};")
                self.refused(*("case/b/queries.sql:" + e for e in expected))

        strange = "b_x touches a_thing of case/a"
        ask("SELECT id FROM a_names")
        ask("SELECT COUNT(*) AS id FROM a_names")
        ask("WITH v AS (SELECT id FROM a_names) SELECT id FROM v")
        ask("SELECT id\nFROM a_thing", f"4: {strange}")
        ask("SELECT COUNT(*) AS id FROM a_thing", f"3: {strange}")
        ask("WITH v AS (SELECT id FROM a_thing) SELECT id FROM v", f"3: {strange}")
        ask("SELECT n.id FROM a_names n JOIN a_thing t ON t.id = n.id", f"3: {strange}")
        ask("SELECT id FROM a_names WHERE id IN (SELECT id FROM a_thing)", f"3: {strange}")
        ask("UPDATE a_thing SET size = 1 RETURNING id", f"3: {strange}")
        ask("DELETE FROM a_thing RETURNING id", f"3: {strange}")

    def test_what_is_not_portable(self) -> None:
        def ask(sql: str, cause: str) -> None:
            with self.subTest(sql):
                self.put("case/a/queries.sql", f"-- name: a_x :many\n-- out: id id\nSELECT id FROM a_thing\nWHERE {sql};")
                found = [f for f in self.faults() if "does not work on both engines" in f]
                self.assertEqual(len(found), 1, found)
                self.assertTrue(found[0].startswith(f"case/a/queries.sql:4: {cause}"), found[0])

        for sql, cause in (
                ("name GLOB 'x*'", "GLOB"), ("IFNULL(size, 0) = 1", "IFNULL()"), ("rowid = 1", "rowid"), ("oid = 1", "oid"),
                ("a_thing.id = 1 OR _rowid_ = 2", "_rowid_"), ("datetime('now') = name", "datetime()"),
                ("strftime('%Y', name) = '1'", "strftime()"), ("date(name) = '1'", "date()"), ('name = "x"', '"x"'),
                ("`name` = 'x'", "`name`"), ("[name] = 'x'", "[name]"), ("data = x'00'", "x'00'"), ("size == 1", "=="),
                ("name IS 'x'", "IS"), ("name IS NOT 'x'", "IS"), ("done = TRUE", "TRUE"), ("name = 'x' COLLATE NOCASE", "COLLATE"),
                ("name -> 'x' = 1", "->"), ("json_extract(name, 'x') = 1", "json_extract()"), ("max(id, 2) = 2", "max with a comma"),
                ("id > 1 LIMIT 1, 2", "LIMIT with a comma"), ("random() > 1", "random()"), ("size NOTNULL", "NOTNULL"),
                ("name = CURRENT_DATE", "CURRENT_DATE")):
            ask(sql, cause)
        self.query_refused("-- name: a_x :exec\n-- in: org id\nINSERT OR IGNORE INTO a_thing (org) VALUES (?1);", "3: INSERT OR")
        self.query_refused("-- name: a_x :exec\n-- in: org id\n\nREPLACE INTO a_thing (org) VALUES (?1);",
                           "4: REPLACE", "4: a_x: a query is")
        self.query_refused("-- name: a_x :many\n-- out: id id\nSELECT *\nFROM a_thing;", "2: .. gives 9 columns", "3: SELECT *")

    def test_what_is_portable(self) -> None:
        self.put("case/a/queries.sql", """
-- name: a_x :many
-- in: org id, name text, limit int
-- out: id id, label text, date text, two int
WITH few AS (SELECT id, name, size FROM a_thing t WHERE t.org = ?1 AND t.note IS NOT NULL AND name IS NOT DISTINCT FROM ?2)
SELECT id, replace(name, 'x', 'y') || ' -- not ; a /* comment */ "quoted"' AS label, name AS date, size * 2 AS two
FROM few WHERE (id, name) > (1, 'x') ORDER BY id LIMIT ?3 OFFSET 1;

-- name: a_y :one
-- in: org id, id id
-- out: id id, twice int
INSERT INTO a_thing AS t (org, id, name, data, done, share) VALUES (?1, ?2, 'x', '', 0, 0.5)
ON CONFLICT (org, id) DO UPDATE SET size = excluded.size RETURNING id, done * 2 AS twice;
""")
        self.assertEqual(self.faults(), [])

    def test_a_query_that_would_run_for_ever_is_only_looked_at(self) -> None:
        self.put("case/a/queries.sql", "-- name: a_x :many\n-- out: n int\nWITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)\n"
                                       "SELECT n FROM c WHERE n < 0;")
        self.refused("case/a/queries.sql:3: a_x: interrupted")


class Schemas(Tree):
    def test_rules_of_tables(self) -> None:
        row = "CREATE TABLE b_x (org INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (org, id))"
        self.schema_refused(row + ";", "1: table b_x must end with STRICT")
        self.schema_refused(row + " WITHOUT ROWID;", "1: table b_x must end with STRICT")
        self.schema_refused(row + " STRICT, WITHOUT ROWID;", "1: table b_x must end with STRICT")
        self.schema_refused(row + " WITHOUT ROWID, STRICT;")
        self.schema_refused(row + " STRICT", "1: the statement does not end with ;")
        self.schema_refused("CREATE TABLE b_x (\n org INTEGER PRIMARY KEY,\n n INT, m ANY) STRICT;",
                            "3: column m must be INTEGER", "3: column n must be INTEGER, TEXT, BLOB or REAL, not INT")
        self.schema_refused("CREATE TABLE x (org INTEGER PRIMARY KEY) STRICT;", "1: x must begin with the slice's name: b_")
        self.schema_refused("\nCREATE TABLE b_x (id INTEGER PRIMARY KEY) STRICT;", "2: the primary key of b_x must begin with org")
        self.schema_refused("CREATE TABLE b_x (id INTEGER) STRICT;", "1: the primary key of b_x must begin with org")
        self.schema_refused("-- One row.\n-- no org: the program's own\nCREATE TABLE b_x (id INTEGER PRIMARY KEY) STRICT;")
        self.schema_refused("-- no org: far above\n\nCREATE TABLE b_x (id INTEGER PRIMARY KEY) STRICT;", "3: the primary key")
        self.schema_refused("-- no org:\nCREATE TABLE b_x (id INTEGER PRIMARY KEY) STRICT;", "2: the primary key")
        self.schema_refused("CREATE TABLE b_x (org INTEGER PRIMARY KEY AUTOINCREMENT) STRICT;", "1: AUTOINCREMENT")

    def test_other_statements(self) -> None:
        self.schema_refused("CREATE INDEX size ON a_thing (size);", "1: size must begin with the slice's name")
        self.schema_refused("CREATE VIEW names AS SELECT id FROM a_names;", "1: names must begin with")
        self.schema_refused("CREATE VIEW b_names AS SELECT id FROM a_names;")
        self.schema_refused("CREATE VIEW b_names AS\nSELECT id FROM a_thing;", "2: b_names reads a_thing of case/a")
        self.schema_refused("CREATE VIEW b_count AS SELECT COUNT(*) AS n FROM a_thing;", "1: b_count reads a_thing of case/a")
        self.schema_refused("CREATE VIEW b_all AS\nSELECT * FROM a_names;", "2: SELECT *")
        self.schema_refused("CREATE TEMP VIEW b_all AS SELECT id FROM a_names;", "1: TEMP", "1: a schema holds CREATE TABLE")
        self.schema_refused("PRAGMA foreign_keys = ON;", "1: PRAGMA", "1: a schema holds CREATE TABLE")
        self.schema_refused("\nCREATE TABLE b_x (org INTEGER PRIMARY KEY STRICT;", '2: near "STRICT"')
        self.schema_refused("CREATE VIEW b_v AS SELECT id FROM c_missing;", "1: no such table: main.c_missing")

    def test_the_order_of_parts_follows_foreign_keys_and_views(self) -> None:
        self.put("case/a/schema.sql", "CREATE VIEW a_v AS SELECT org FROM b_v;")
        self.put("case/b/schema.sql", "CREATE TABLE b_t (org INTEGER PRIMARY KEY REFERENCES c_t (org)) STRICT;\n"
                                      "CREATE VIEW b_v AS SELECT org FROM b_t;")
        self.put("case/c/schema.sql", "CREATE TABLE c_t (org INTEGER PRIMARY KEY) STRICT;")
        self.assertEqual(self.faults(), [])
        made = (self.top / "gen/sql.c").read_text()
        self.assertLess(made.index('"case/c"'), made.index('"case/b"'))
        self.assertLess(made.index('"case/b"'), made.index('"case/a"'))

    def test_a_circle_and_a_missing_table(self) -> None:
        self.schema_refused("CREATE TABLE b_t (org INTEGER PRIMARY KEY REFERENCES c_t (org)) STRICT;", "1: no such table: c_t")
        self.put("case/c/schema.sql", "\nCREATE TABLE c_t (org INTEGER PRIMARY KEY REFERENCES b_t (org)) STRICT;")
        self.refused("case/b/schema.sql:1: no such table: c_t", "case/c/schema.sql:2: no such table: b_t")

    def test_slices_and_files(self) -> None:
        self.put("find/a/queries.sql", "-- name: a_x :many\n-- out: id id\nSELECT id FROM a_names;")
        self.refused("find/a/queries.sql:1: another slice is called a: case/a")
        (self.top / "src/find/a/queries.sql").unlink()
        self.put("case/a/other.sql", "")
        self.refused("case/a/other.sql:1: SQL stands in")

    def test_order_of_what_may_be_null(self) -> None:
        head = "-- name: a_get :many\n-- in: org id\n-- out: id id\nSELECT t.id FROM a_thing t WHERE t.org = ?1 ORDER BY "
        for order in ("note", "t.note DESC, id", "id, size ASC LIMIT 3"):
            self.query_refused(head + order + ";", "4: a_get: .. may be NULL")
        for order in ("note NULLS FIRST", "name, t.id DESC", "t.size DESC NULLS LAST, id", "COALESCE(note, '')"):
            with self.subTest(order):
                self.put("case/a/queries.sql", head + order + ";")
                self.assertEqual(self.faults(), [])
        for condition in ("note IS NOT NULL", "note > 'a'"):
            self.put("case/a/queries.sql", head.replace("ORDER", f"AND {condition} ORDER") + "note;")
            self.assertEqual(self.faults(), [])

    def test_postgres_text(self) -> None:
        def made(text: str) -> str:
            return postgres_text(statements_of(pathlib.Path("x.sql"), text)[0][0])

        self.assertEqual(made(TABLE), """CREATE TABLE a_thing (
org BIGINT NOT NULL,
id BIGINT NOT NULL,
name TEXT COLLATE "C" NOT NULL,
note TEXT COLLATE "C",
data BYTEA NOT NULL,
more BYTEA,
size BIGINT,
done BIGINT NOT NULL,
share DOUBLE PRECISION NOT NULL,
PRIMARY KEY (org, id)
)""")
        for text, expected in (
                ("CREATE TABLE t (a INTEGER) WITHOUT ROWID, STRICT;", "CREATE TABLE t (a BIGINT)"),
                ("CREATE TABLE t (text TEXT, real REAL DEFAULT 'TEXT') STRICT;",
                 "CREATE TABLE t (text TEXT COLLATE \"C\", real DOUBLE PRECISION DEFAULT 'TEXT')"),
                ("ALTER TABLE t ADD COLUMN n INTEGER NOT NULL DEFAULT 0;", "ALTER TABLE t ADD COLUMN n BIGINT NOT NULL DEFAULT 0"),
                ("CREATE INDEX i ON t (org, a) WHERE a > 0;", "CREATE INDEX i ON t (org, a) WHERE a > 0"),
                ("CREATE VIEW v AS SELECT text FROM t;", "CREATE VIEW v AS SELECT text FROM t"),
                ("UPDATE t SET a = 'REAL';", "UPDATE t SET a = 'REAL'")):
            self.assertEqual(made(text), expected)

    def test_sqlite_text(self) -> None:
        for text, expected in (
                ("CREATE TABLE t (a TEXT CHECK (a IN ('x', 'y z', 'w')), b INTEGER CHECK (b IN (0, 1))) STRICT;",
                 "CREATE TABLE t (a TEXT CHECK ((a = 'x' OR a = 'y z' OR a = 'w')), b INTEGER CHECK ((b = 0 OR b = 1))) STRICT"),
                ("CREATE TABLE t (a TEXT CHECK (a IN ('x'))) STRICT;", "CREATE TABLE t (a TEXT CHECK (a IN ('x'))) STRICT"),
                ("CREATE VIEW v AS SELECT a FROM t WHERE a IN ('x', 'y');", "CREATE VIEW v AS SELECT a FROM t WHERE a IN ('x', 'y')")):
            self.assertEqual(sqlite_text(statements_of(pathlib.Path("x.sql"), text)[0][0]), expected)

    def test_migration_for_postgres(self) -> None:
        self.put("case/a/migrations/0001-size.sql", "-- additive: older programs leave it empty.\nALTER TABLE a_thing ADD COLUMN n INTEGER;")
        self.put("case/a/migrations/0001-size.postgres.sql", "ALTER TABLE a_thing ADD COLUMN n INTEGER;")
        self.refused("case/a/migrations/0001-size.postgres.sql:1: another text for one engine needs its reason")
        self.put("case/a/migrations/0001-size.postgres.sql", "-- reason: to try it.\nALTER TABLE b_thing ADD COLUMN n INTEGER;")
        self.refused("case/a/migrations/0001-size.postgres.sql:2: b_thing is not of this slice")
        self.put("case/a/migrations/0001-size.postgres.sql", "-- reason: to try it.\nALTER TABLE a_thing ADD COLUMN m INTEGER;")
        self.refused()
        made = (self.top / "gen/sql.c").read_text()
        self.assertIn('"ALTER TABLE a_thing ADD COLUMN m BIGINT;\\n",\n        true}', made)
        self.put("case/a/migrations/0002-nothing.postgres.sql", "-- reason: none.\nDELETE FROM a_thing;")
        self.refused("case/a/migrations/0002-nothing.postgres.sql:1: there is no migration of that name")

    def test_migrations(self) -> None:
        self.put("case/a/migrations/0001-size.sql", "ALTER TABLE a_thing ADD COLUMN size INTEGER;\nUPDATE a_thing SET size = 1;")
        self.put("case/b/migrations/0002-name.sql", "CREATE INDEX b_x_by_name ON b_x (name);")
        self.assertEqual(self.faults(), [])
        self.put("case/b/migrations/0002-name.sql", "DELETE FROM b_x;\nALTER TABLE a_thing ADD COLUMN n INTEGER;")
        self.refused("case/b/migrations/0002-name.sql:2: a_thing is not of this slice")
        self.put("case/b/migrations/0002-name.sql", "")
        self.put("case/b/migrations/0004-more.sql", "INSERT OR IGNORE INTO b_x (org) VALUES (1)")
        self.refused("case/b/migrations/0004-more.sql:1: INSERT OR", "case/b/migrations/0004-more.sql:1: migrations count up",
                     "case/b/migrations/0004-more.sql:1: the statement does not end with ;")
        (self.top / "src/case/b/migrations/0004-more.sql").unlink()
        self.put("case/b/migrations/0001-again.sql", "")
        self.refused("case/b/migrations/0001-again.sql:1: migrations count up .. 0002 was expected")
        self.put("case/b/migrations/0001-again.sql", "")
        (self.top / "src/case/b/migrations/0001-again.sql").rename(self.top / "src/case/b/migrations/1.sql")
        self.refused("case/b/migrations/1.sql:1: a migration is called")


QUERIES = """
-- Adds one; */ ends no comment.
-- name: a_add :exec
-- in: org id, id id, name text, note text?, data bytes, more bytes?, size int?, done bool, share real
INSERT INTO a_thing (org, id, name, note, data, more, size, done, share) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9);

-- name: a_list :many
-- in: org id, after id
-- out: id id, name text, note text?, data bytes, more bytes?, size int?, done bool, share real
SELECT id, name, note, data, more, size, done, share
FROM a_thing
WHERE org = ?1 AND id > ?2 ORDER BY id; -- the end

-- name: a_get :one
-- in: org id, id id
-- out: name text, size int?
SELECT name, size FROM a_thing WHERE org = ?1 AND id = ?2;

-- name: a_size_at_least_said :one
-- in: id id
-- out: size int
SELECT size FROM a_thing WHERE id = ?1;

-- name: a_grow :one
-- in: org id, id id
-- out: size int
UPDATE a_thing SET size = COALESCE(size, 0) + 1 WHERE org = ?1 AND id = ?2 RETURNING size;

-- name: a_finish :changed
-- in: org id
UPDATE a_thing SET done = 1 WHERE org = ?1;

-- name: a_each :each
-- in: org id
-- out: id id, name text
SELECT id, name FROM a_thing WHERE org = ?1 ORDER BY id;

-- name: a_total :one
-- out: share real, n int
SELECT COALESCE(SUM(share), 0) AS share, COUNT(*) AS n FROM a_thing;
"""

SHIM = r"""
#include "platform/store/store.h"
#include <sqlite3.h>

struct db { sqlite3 *handle; };
extern struct db test_db;
struct db test_db;

static void bind(sqlite3_stmt *stmt, int at, const struct value *value)
{
    switch (value->kind) {
    case VALUE_NULL: sqlite3_bind_null(stmt, at); break;
    case VALUE_INT: sqlite3_bind_int64(stmt, at, value->i); break;
    case VALUE_REAL: sqlite3_bind_double(stmt, at, value->real); break;
    case VALUE_TEXT: sqlite3_bind_text(stmt, at, (const char *)value->bytes.ptr, (int)value->bytes.len, SQLITE_TRANSIENT); break;
    case VALUE_BYTES: sqlite3_bind_blob(stmt, at, value->bytes.ptr, (int)value->bytes.len, SQLITE_TRANSIENT); break;
    }
}

static struct value column(sqlite3_stmt *stmt, int at)
{
    struct value value = {.kind = VALUE_NULL};
    switch (sqlite3_column_type(stmt, at)) {
    case SQLITE_INTEGER: value.kind = VALUE_INT; value.i = sqlite3_column_int64(stmt, at); break;
    case SQLITE_FLOAT: value.kind = VALUE_REAL; value.real = sqlite3_column_double(stmt, at); break;
    case SQLITE_TEXT: value.kind = VALUE_TEXT; value.bytes.ptr = sqlite3_column_text(stmt, at); break;
    case SQLITE_BLOB: value.kind = VALUE_BYTES; value.bytes.ptr = sqlite3_column_blob(stmt, at); break;
    }
    if (value.kind == VALUE_TEXT || value.kind == VALUE_BYTES)
        value.bytes.len = (size_t)sqlite3_column_bytes(stmt, at);
    return value;
}

enum err db_run(struct db *db, const struct sql *sql, const struct value *in, db_row_fn row, void *data, size_t *changed)
{
    sqlite3_stmt *stmt = NULL;
    if (sqlite3_prepare_v2(db->handle, sql->text, -1, &stmt, NULL) != SQLITE_OK)
        return err_note(ERR_IO, "%s", sqlite3_errmsg(db->handle));
    for (unsigned i = 0; i < sql->inputs; i++)
        bind(stmt, (int)i + 1, &in[i]);
    enum err result = OK;
    int step;
    while (result == OK && (step = sqlite3_step(stmt)) == SQLITE_ROW) {
        struct value columns[32];
        for (unsigned i = 0; i < sql->outputs; i++)
            columns[i] = column(stmt, (int)i);
        result = row == NULL ? OK : row(data, columns);
    }
    if (result == OK && step != SQLITE_DONE)
        result = step == SQLITE_CONSTRAINT ? ERR_CONFLICT : ERR_IO;
    if (changed != NULL)
        *changed = (size_t)sqlite3_changes(db->handle);
    sqlite3_finalize(stmt);
    return result;
}
"""

MAIN = r"""
#include "case/a/queries.h"
#include "platform/store/tables.h"
#include <assert.h>
#include <sqlite3.h>

struct db { sqlite3 *handle; };
extern struct db test_db;

static struct bytes bytes(const char *text) { return (struct bytes){(const uint8_t *)text, strlen(text)}; }

static void fill(struct db *db)
{
    for (int64_t id = 1; id <= 100; id++) {
        struct a_add_in in = {.org = 7, .id = id, .name = "Sample", .data = {NULL, 0}, .share = 0.5};
        if (id == 2)
            in = (struct a_add_in){7, 2, "Other", "said", bytes("d"), bytes("m"), {true, 0}, true, 1};
        assert(a_add(db, &in) == OK);
        if (id == 2)
            assert(a_add(db, &in) == ERR_CONFLICT);
    }
    assert(a_add(db, &(struct a_add_in){.org = 7, .id = 999}) == ERR_CONFLICT);
}

static void lists(struct db *db, struct arena *arena)
{
    struct a_list_row *rows = NULL;
    size_t count = 0;
    assert(a_list(db, arena, &(struct a_list_in){7, 0}, &rows, &count) == OK && count == 100);
    assert(rows[0].id == 1 && strcmp(rows[0].name, "Sample") == 0 && rows[0].note == NULL && !rows[0].size.has && !rows[0].done);
    assert(rows[0].data.ptr != NULL && rows[0].data.len == 0 && rows[0].more.ptr == NULL);
    assert(strcmp(rows[1].name, "Other") == 0 && strcmp(rows[1].note, "said") == 0 && rows[1].size.has && rows[1].size.value == 0);
    assert(rows[1].data.len == 1 && rows[1].more.ptr[0] == 'm' && rows[1].done && rows[1].share == 1.0 && rows[99].share == 0.5);
    assert(rows[99].id == 100);
    assert(a_list(db, arena, &(struct a_list_in){8, 0}, &rows, &count) == OK && count == 0);
}

static void ones(struct db *db, struct arena *arena)
{
    struct a_get_row row = {.name = "kept"};
    assert(a_get(db, arena, &(struct a_get_in){7, 500}, &row) == ERR_NOT_FOUND && strcmp(row.name, "kept") == 0);
    assert(a_get(db, arena, &(struct a_get_in){7, 2}, &row) == OK && strcmp(row.name, "Other") == 0);
    struct a_size_at_least_said_row size = {.size = 5};
    assert(a_size_at_least_said(db, arena, &(struct a_size_at_least_said_in){1}, &size) == ERR_BROKEN && size.size == 5);
    struct a_grow_row grown;
    assert(a_grow(db, arena, &(struct a_grow_in){7, 3}, &grown) == OK && grown.size == 1);
    assert(a_grow(db, arena, &(struct a_grow_in){7, 3}, &grown) == OK && grown.size == 2);
    assert(a_grow(db, arena, &(struct a_grow_in){7, 300}, &grown) == ERR_NOT_FOUND);
    struct a_total_row total;
    assert(a_total(db, arena, &total) == OK && total.n == 100 && total.share == 50.5);
    size_t changed = 0;
    assert(a_finish(db, &(struct a_finish_in){7}, &changed) == OK && changed == 100);
    assert(a_finish(db, &(struct a_finish_in){8}, &changed) == OK && changed == 0);
}

static enum err stop_at_three(void *data, const struct a_each_row *row)
{
    *(int64_t *)data += row->id;
    assert(strcmp(row->name, row->id == 2 ? "Other" : "Sample") == 0);
    return row->id == 3 ? ERR_STALE : OK;
}

static enum err too_much(void *data, const struct a_each_row *row)
{
    arena_alloc(data, row->id == 2 ? 1000000000 : 1);
    return OK;
}

static void each(struct db *db, struct arena *arena)
{
    int64_t sum = 0;
    assert(a_each(db, arena, &(struct a_each_in){7}, stop_at_three, &sum) == ERR_STALE && sum == 6);
    assert(a_each(db, arena, &(struct a_each_in){8}, stop_at_three, &sum) == OK && sum == 6);
    assert(a_each(db, arena, &(struct a_each_in){7}, too_much, arena) == ERR_LIMIT);
}

/* However many pieces of the arena may be had: a full one is an error, and no statement stays open. */
static void full(struct db *db)
{
    struct a_list_row *rows = NULL;
    size_t count = 4711, fails = 0;
    for (size_t piece = 1;; piece++) {
        struct arena *arena = arena_new(1 << 20);
        arena_fail_at(arena, piece);
        enum err result = a_list(db, arena, &(struct a_list_in){7, 0}, &rows, &count);
        arena_free(arena);
        assert(sqlite3_next_stmt(db->handle, NULL) == NULL);
        if (result == OK)
            break;
        assert(result == ERR_LIMIT && rows == NULL && count == 4711);
        fails++;
    }
    assert(fails > 200 && count == 100);
}

int main(void)
{
    struct db *db = &test_db;
    assert(sqlite3_open(":memory:", &db->handle) == SQLITE_OK);
    for (size_t i = 0; i < schema_part_count; i++)
        assert(sqlite3_exec(db->handle, schema_parts[i].sql, NULL, NULL, NULL) == SQLITE_OK);
    for (size_t i = 0; i < migration_count; i++)
        assert(sqlite3_exec(db->handle, migrations[i].sql, NULL, NULL, NULL) == SQLITE_OK);
    assert(schema_part_count == 1 && migration_count == 1 && migrations[0].number == 1);
    assert(sql_slots == 9 && store_table_count == 1 && store_tables[0].add->slot == 8);
    assert(strcmp(store_tables[0].kinds, "iitTbBIir") == 0 && strcmp(store_tables[0].names[3], "note") == 0);
    assert(store_tables[0].all->outputs == 9 && store_tables[0].add->inputs == 9 && store_tables[0].erase == NULL);
    for (unsigned slot = 0; slot < 8; slot++)
        assert(sql_all[slot]->slot == slot && strncmp(sql_all[slot]->name, "a_", 2) == 0);
    struct arena *arena = arena_new(1 << 20);
    fill(db);
    lists(db, arena);
    ones(db, arena);
    each(db, arena);
    full(db);
    arena_free(arena);
    sqlite3_close(db->handle);
    puts("done");
}
"""


class Made(Tree):
    def setUp(self) -> None:
        super().setUp()
        self.put("case/a/queries.sql", QUERIES)
        self.put("case/a/migrations/0001-index.sql", "-- Why.\nCREATE INDEX a_thing_by_name ON a_thing (org, name);\n")

    def test_the_functions_work(self) -> None:
        self.assertEqual(self.faults(), [])
        gen = self.top / "gen"
        (self.top / "shim.c").write_text(SHIM)
        (self.top / "main.c").write_text(MAIN)
        files = [self.top / "main.c", self.top / "shim.c", gen / "sql.c", gen / "tables.c", gen / "sqlc_rows.c", gen / "case/a/queries.c",
                 SOURCE / "base/arena.c", SOURCE / "base/err.c"]
        quirks = {"gcc": ["-Wno-format-truncation"], "clang": []}  # gcc's sanitizer makes it doubt vsnprintf(NULL, 0, ..)
        for compiler, quirk in quirks.items():
            program = str(self.top / compiler)
            subprocess.run([compiler, *FLAGS, *quirk, f"-I{gen}", *map(str, files), "-lsqlite3", "-o", program], check=True)
            ran = subprocess.run([program], capture_output=True, text=True)
            self.assertEqual((ran.returncode, ran.stdout), (0, "done\n"), ran.stderr)
            self.assertIn("a_size_at_least_said: a column does not hold what it should", ran.stderr)

    def test_what_is_sealed_in_a_case_can_be_overwritten(self) -> None:
        self.put("case/b/schema.sql", """-- its id is the case
CREATE TABLE b_case (org INTEGER NOT NULL, id INTEGER NOT NULL, word BLOB NOT NULL, PRIMARY KEY (org, id)) STRICT;
CREATE TABLE b_row (org INTEGER NOT NULL, case_id INTEGER NOT NULL, id BLOB NOT NULL, one BLOB, two BLOB, three INTEGER,
    PRIMARY KEY (org, id), FOREIGN KEY (org, case_id) REFERENCES b_case (org, id)) STRICT;
-- not erased: reason
CREATE TABLE b_stays (org INTEGER NOT NULL, case_id INTEGER NOT NULL, one BLOB, PRIMARY KEY (org, case_id)) STRICT;
CREATE TABLE b_plain (org INTEGER NOT NULL, case_id INTEGER NOT NULL, PRIMARY KEY (org, case_id)) STRICT;
""")
        self.assertEqual(self.faults(), [])
        made = (self.top / "gen/tables.c").read_text()
        self.assertIn('"UPDATE b_case SET word = ?3\\n"\n        "WHERE org = ?1 AND id = ?2\\n"\n'
                      '        "RETURNING id, org, word"', made)
        self.assertIn('"UPDATE b_row SET one = NULL, two = NULL\\n"\n'
                      '        "WHERE org = ?1 AND case_id = ?2 AND (one IS NOT NULL OR one = ?3)\\n"\n', made)
        self.assertNotIn("b_plain_erase", made)
        self.assertNotIn("b_stays_erase", made)
        self.assertLess(made.index('{"b_case"'), made.index('{"b_row"'))

    def test_m7_2_no_change_of_a_proven_table_is_forgotten(self) -> None:
        self.put("case/b/schema.sql", """CREATE TABLE b_row (org INTEGER NOT NULL, case_id INTEGER NOT NULL, id INTEGER NOT NULL,
    word BLOB, PRIMARY KEY (org, id)) STRICT;
-- no proof: comes and goes
CREATE TABLE b_lease (org INTEGER NOT NULL, word TEXT, PRIMARY KEY (org)) STRICT;
""")
        self.put("case/b/queries.sql", """-- name: b_add :exec
-- in: org id, case_id id, id id
INSERT INTO b_row (org, case_id, id) VALUES (?1, ?2, ?3);
-- name: b_put :exec
-- in: org id, case_id id, id id
INSERT INTO b_row (org, case_id, id) VALUES (?1, ?2, ?3) ON CONFLICT (org, id) DO UPDATE SET case_id = excluded.case_id;
-- name: b_set :changed
-- in: org id, word bytes?
UPDATE b_row SET word = ?2 WHERE org = ?1;
-- name: b_drop :exec
-- in: org id
DELETE FROM b_row WHERE org = ?1;
-- name: b_turn :exec
-- in: org id
UPDATE b_lease SET word = 'x' WHERE org = ?1;
""")
        self.assertEqual(self.faults(), [])
        made = (self.top / "gen/case/b/queries.c").read_text()
        pieces = {name: made.split(f"struct sql b_{name}_sql = ")[1].split("};\n\n")[0]
                  for name in ("add", "put", "set", "drop", "turn")}
        self.assertIn(".given = ", pieces["add"])
        self.assertNotIn("RETURNING", pieces["add"])
        for name in ("put", "set", "drop"):
            self.assertIn('\n        "RETURNING case_id, id, org, word"', pieces[name])
            self.assertIn(".outputs = 4", pieces[name])
        self.assertIn(".gone = true", pieces["drop"])
        for name in ("add", "put", "set", "drop"):
            self.assertIn(".written = &b_row_proven", pieces[name])
        self.assertNotIn("written", pieces["turn"])
        tables = (self.top / "gen/sql.c").read_text()
        self.assertIn("&b_row_proven,", tables)
        self.assertNotIn("b_lease_proven", tables)

    def test_what_a_statement_reads_or_changes(self) -> None:
        self.put("case/b/schema.sql", """CREATE TABLE b_row (org INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (org, id)) STRICT;
CREATE TABLE b_other (org INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (org, id)) STRICT;
CREATE VIEW b_rows AS SELECT org, id FROM b_row;
""")
        self.put("case/c/queries.sql", """-- name: c_all :many
-- in: org id, day date, kind code, word text
-- out: n int
SELECT COUNT(*) AS n FROM b_rows WHERE org = ?1 AND ?2 < 'x' AND ?3 < 'x' AND ?4 < 'x';
""")
        self.put("case/b/queries.sql", """-- name: b_add :exec
-- in: org id, id id
INSERT INTO b_row (org, id) VALUES (?1, ?2);
-- name: b_drop :changed
-- in: org id
DELETE FROM b_other WHERE org = ?1 AND id IN (SELECT id FROM b_row WHERE org = ?1);
-- name: b_both :one
-- in: org id
-- out: n int
WITH o AS (SELECT id FROM b_other WHERE org = ?1) SELECT COUNT(*) AS n FROM b_row AS r JOIN o ON o.id = r.id WHERE r.org = ?1;
""")
        self.assertEqual(self.faults(), [])
        made = (self.top / "gen/case/b/queries.c").read_text() + (self.top / "gen/case/c/queries.c").read_text()
        found = dict(re.findall(r"struct sql (\w+)_sql = {.*?\.kinds = \"\w+\",.*?(\.reads = \w+,\n    \.tables = 0x\w+),", made, re.S))
        row, other = (1 << at for at in (1, 0))     # by name, behind those of slice a
        first = int(found["b_add"].rsplit("x", 1)[1], 16) // row
        for name, reads, tables in (("b_add", False, row), ("b_drop", False, other), ("b_both", True, row | other), ("c_all", True, row)):
            self.assertEqual(found[name], f".reads = {str(reads).lower()},\n    .tables = 0x{tables * first:x}", name)
        self.assertIn('.kinds = "icct"', made)

    def test_what_is_asked_in_loops_can_be_announced(self) -> None:
        self.put("case/b/schema.sql", "CREATE TABLE b_row (org INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (org, id)) STRICT;\n")
        one = "-- ahead: each of them\n-- name: b_one :one\n-- in: org id, id id\n-- out: id id\nSELECT id FROM b_row WHERE org = ?1 AND id = ?2;\n"
        self.put("case/b/queries.sql", one)
        self.assertEqual(self.faults(), [])
        self.assertIn("\nvoid b_one_ahead(struct db *db, const struct b_one_in *in);\n", (self.top / "gen/case/b/queries.h").read_text())
        self.assertIn("    if (!db_foresees(db))\n        return;\n", (self.top / "gen/case/b/queries.c").read_text())
        self.put("case/b/queries.sql", one.replace("one :one", "drop :exec").replace("-- out: id id\n", "").replace("SELECT id", "DELETE"))
        self.assertEqual(self.faults(), ["case/b/queries.sql:2: b_drop: only a SELECT with an `in` can be asked ahead"])

    def test_no_slice_at_all_compiles(self) -> None:
        (self.top / "src/case/a/schema.sql").unlink()
        (self.top / "src/case/a/queries.sql").unlink()
        (self.top / "src/case/a/migrations/0001-index.sql").unlink()
        self.assertEqual(self.faults(), [])
        subprocess.run(["gcc", *FLAGS, "-c", str(self.top / "gen/sql.c"), "-o", str(self.top / "sql.o")], check=True)

    def test_texts_lose_comments_and_nothing_else(self) -> None:
        self.assertEqual(self.faults(), [])
        made = (self.top / "gen/case/a/queries.c").read_text()
        self.assertIn('        "SELECT id, name, note, data, more, size, done, share\\n"\n        "FROM a_thing\\n"\n'
                      '        "WHERE org = ?1 AND id > ?2 ORDER BY id",\n', made)
        self.assertNotIn("the end", made)
        self.assertIn("/* Adds one; * / ends no comment. */\nMUST_USE enum err a_add(", (self.top / "gen/case/a/queries.h").read_text())
        tricky = "SELECT 'a -- b' , /* gone */ x\n-- gone\n  FROM \"y ; z\" -- gone\n;\n"
        statements, _ = statements_of(pathlib.Path("x"), tricky)
        self.assertEqual([s.text for s in statements], ["SELECT 'a -- b' , x\nFROM \"y ; z\""])

    def test_only_what_changed_is_written(self) -> None:
        self.assertEqual(self.faults(), [])
        files = [f for f in (self.top / "gen").rglob("*") if f.is_file()]
        self.assertEqual(sorted(str(f.relative_to(self.top / "gen")) for f in files),
                         ["case/a/queries.c", "case/a/queries.h", "sql.c", "sqlc_rows.c", "sqlc_rows.h", "tables.c"])
        before = {f: f.stat().st_mtime_ns for f in files}
        self.assertEqual(self.faults(), [])
        self.assertEqual({f: f.stat().st_mtime_ns for f in files}, before)
        self.put("case/a/queries.sql", QUERIES.replace("a_each :each", "a_each :several"))
        self.assertNotEqual(self.faults(), [])
        self.assertEqual({f: f.stat().st_mtime_ns for f in files}, before)
        (self.top / "src/case/a/queries.sql").unlink()
        self.assertEqual(self.faults(), [])
        self.assertFalse((self.top / "gen/case/a/queries.c").exists())

    def test_the_command(self) -> None:
        call = ["python3", str(HERE / "sqlc.py"), "--out", str(self.top / "gen"), "--root", str(self.top / "src")]
        self.assertEqual(subprocess.run(call).returncode, 0)
        self.put("case/a/queries.sql", "SELECT 1;")
        failed = subprocess.run(call, capture_output=True, text=True)
        self.assertEqual(failed.returncode, 1)
        self.assertIn("case/a/queries.sql:1: a statement without", failed.stderr)


if __name__ == "__main__":
    unittest.main()
