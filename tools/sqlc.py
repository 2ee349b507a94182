"""sqlc: makes typed C functions out of the slices' SQL (docs/GENERATORS.md).

    sqlc.py --out GENDIR --root src

Reads every schema.sql, migrations/NNNN-name.sql and queries.sql under the root. Writes queries.h and queries.c for each
slice with queries, sql.c with all statements, schemas and migrations, and sqlc_rows.h and .c, which they stand on.
What is wrong is told as `file:line: cause`, and then nothing is written.
"""
import argparse
import pathlib
import re
import sqlite3
import sys

from emit import Faults, write_changed
from sqlc_c import KINDS, Field, Migration, Query, Slice, Table, c_all, c_header, c_source, written_text
from sqlc_order import unsorted_nulls
from sqlc_tables import c_tables, table_of
from sqlc_text import Statement, Token, check_portable, query_name, statements_of

# ---- schemas ----

class Database:
    """All schemas of the program in an empty SQLite, and who owns what in it."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None, cached_statements=0)
        self.owner: dict[str, str] = {}     # of each table and view: its slice's folder
        self.views: set[str] = set()
        self.proven: dict[str, Table] = {}  # tables whose changes are part of the proof

    def run(self, text: str, values: list | None = None) -> sqlite3.Cursor:
        return self.connection.execute(text, values or [])

    def touched(self, text: str, values: list) -> list[tuple[str, str, str]]:
        """(table, column, through which view) of all that a statement reads or changes."""
        found = []
        acts = {sqlite3.SQLITE_READ, sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE}

        def note(act: int, table: str | None, column: str | None, _database: str | None, through: str | None) -> int:
            if act in acts:
                found.append((table or "", column or "", through or ""))
            return sqlite3.SQLITE_OK

        self.connection.set_authorizer(note)
        try:
            self.run("EXPLAIN " + text, values)
        finally:
            self.connection.set_authorizer(None)
        return found

    def bits(self, names: set[str]) -> int:
        """A number with a bit for each table; with more than 64 tables some share one."""
        order = sorted(name for name in self.owner if name not in self.views)
        return sum({1 << order.index(name) % 64 for name in names if name in order})

    def strangers(self, folder: str, touched: list[tuple[str, str, str]], words: set[str],
                  own_view: str = "") -> list[str]:
        """Tables of other slices that a statement touches otherwise than through a view. A table of which no column is
        read (COUNT) comes without its view's name; then it counts when the statement itself names it."""
        strange = set()
        for table, column, through in touched:
            by_view = through in self.views and through != own_view
            unnamed = column == "" and through == "" and table not in words
            if table not in self.views and self.owner.get(table) != folder and not by_view and not unnamed:
                strange.add(table)
        return sorted(strange)

    def unresolved(self, statement: Statement, name: str) -> str:
        """Why a table's foreign keys or a view's sources cannot be found yet; "" when they can."""
        if statement.tokens[1].upper == "VIEW":
            try:
                self.run(f"EXPLAIN SELECT * FROM {name}")
            except sqlite3.Error as error:
                return str(error)
        for key in self.run(f"PRAGMA foreign_key_list({name})").fetchall():
            if key[2] not in self.owner and key[2] != name:
                return f"no such table: {key[2]}"
        return ""


def created_name(statement: Statement) -> tuple[str, str]:
    """("TABLE", name) of a CREATE statement; ("", "") when it is another."""
    words = [t.upper for t in statement.tokens]
    at = 2 if words[1:2] == ["UNIQUE"] else 1
    if words[:1] != ["CREATE"] or words[at:at + 1] not in (["TABLE"], ["VIEW"], ["INDEX"]):
        return "", ""
    kind, at = words[at], at + 1
    if words[at:at + 3] == ["IF", "NOT", "EXISTS"]:
        at += 3
    return kind, statement.tokens[at].text if at < len(statement.tokens) else ""


def add_schemas(database: Database, slices: list[Slice], faults: Faults) -> list[Slice]:
    """Puts all schemas into the database; the slices in the order in which they can be made."""
    waiting, order = [s for s in slices if s.schema], []
    while waiting:
        stuck = []
        for part in waiting:
            reason = try_schema(database, part, faults)
            if reason is None:
                order.append(part)
            else:
                stuck.append((part, reason))
        if len(stuck) == len(waiting):
            for _, (statement, cause) in stuck:
                faults.add(statement.file, statement.line, cause)
            break
        waiting = [part for part, _ in stuck]
    return order


def try_schema(database: Database, part: Slice, faults: Faults) -> tuple[Statement, str] | None:
    """Makes a slice's tables and views, all or none; when something is not there yet, where and what."""
    database.run("SAVEPOINT part")
    owner, views = dict(database.owner), set(database.views)
    reason = None
    for statement in part.schema:
        kind, name = created_name(statement)
        try:
            database.run(statement.text)
        except sqlite3.Error as error:
            reason = (statement, str(error))
            break
        cause = database.unresolved(statement, name)
        if cause:
            reason = (statement, cause)
            break
        if kind != "INDEX":
            database.owner[name] = part.folder
        if kind == "VIEW":
            database.views.add(name)
    if reason is not None:
        database.run("ROLLBACK TO part")
        database.owner, database.views = owner, views
    database.run("RELEASE part")
    if reason is None:
        for statement in part.schema:
            check_created(database, part, statement, faults)
    return reason


def check_created(database: Database, part: Slice, statement: Statement, faults: Faults) -> None:
    kind, name = created_name(statement)
    if kind == "TABLE":
        check_table(database, statement, name, faults)
        # What belongs to no organisation belongs to the program itself.
        if not free_of_org(statement) and not said(statement, r"no proof:\s*\S"):
            database.proven[name] = proven_table(database, statement, name)
    elif kind == "VIEW":
        words = {t.text for t in statement.tokens}
        touched = database.touched(f"SELECT * FROM {name}", [])
        for table in database.strangers(part.folder, touched, words, own_view=name):
            faults.add(statement.file, statement.line_of(table), f"{name} reads {table} of "
                       f"{database.owner.get(table, 'the engine')}: only views of other slices may be read")


def check_table(database: Database, statement: Statement, name: str, faults: Faults) -> None:
    def bad(line: int, cause: str) -> None:
        faults.add(statement.file, line, cause)

    tail = [t.upper for t in statement.tokens]
    tail = tail[len(tail) - tail[::-1].index(")"):] if ")" in tail else []
    if tail not in (["STRICT"], ["WITHOUT", "ROWID", ",", "STRICT"]):
        bad(statement.tokens[-1].line, f"table {name} must end with STRICT or WITHOUT ROWID, STRICT")
    columns = database.run(f"PRAGMA table_xinfo({name})").fetchall()
    for column in columns:
        if column[2] not in ("INTEGER", "TEXT", "BLOB", "REAL"):
            bad(statement.line_of(column[1]),
                f"column {column[1]} must be INTEGER, TEXT, BLOB or REAL, not {column[2] or 'untyped'}")
    first = [column[1] for column in columns if column[5] == 1]
    if first != ["org"] and not free_of_org(statement):
        bad(statement.line, f"the primary key of {name} must begin with org "
                            "(or say why not: `-- no org: reason` in the line above)")


def free_of_org(statement: Statement) -> bool:
    return said(statement, r"no org:\s*\S")


def said(statement: Statement, what: str) -> bool:
    """Does one of the comments right above the statement say this?"""
    line = statement.line
    for comment in reversed(statement.comments):
        if comment.line != line - 1:
            return False
        if re.match(r"--\s*" + what, comment.text):
            return True
        line = comment.line
    return False


def proven_table(database: Database, statement: Statement, name: str) -> Table:
    columns = database.run(f"PRAGMA table_xinfo({name})").fetchall()
    names = sorted(column[1] for column in columns)
    keys = [column[1] for column in sorted(columns, key=lambda c: c[5]) if column[5] > 0 and column[1] != "org"]
    case = "id" if said(statement, "its id is the case") else "case_id" if "case_id" in names else ""
    return Table(name, tuple(names), tuple(keys), case)


def read_schema(part: Slice, file: pathlib.Path, faults: Faults) -> None:
    statements, _ = statements_of(file, file.read_text())
    for statement in statements:
        check_portable(statement, faults)
        kind, name = created_name(statement)
        if not statement.ended:
            faults.add(file, statement.line, "the statement does not end with ;")
        if not kind:
            faults.add(file, statement.line, "a schema holds CREATE TABLE, CREATE INDEX and CREATE VIEW only")
            continue
        if not part.owns(name):
            faults.add(file, statement.line, f"{name} must begin with the slice's name: {part.name}_")
        part.schema.append(statement)


# ---- migrations ----

def read_migration(part: Slice, file: pathlib.Path, faults: Faults) -> Migration | None:
    named = re.fullmatch(r"(\d{4})-[a-z0-9-]+\.sql", file.name)
    if not named:
        faults.add(file, 1, "a migration is called NNNN-name.sql")
        return None
    statements, rest = statements_of(file, file.read_text())
    for statement in statements:
        check_portable(statement, faults)
    check_migration(part, file, statements, faults)
    said = [c.text for s in statements for c in s.comments] + [c.text for c in rest]
    migration = Migration(int(named.group(1)), file, statements, any(re.match(r"--\s*additive:\s*\S", c) for c in said))
    read_override(part, migration, faults)
    return migration


def read_override(part: Slice, migration: Migration, faults: Faults) -> None:
    """NNNN-name.postgres.sql beside a migration stands in its place on PostgreSQL, with the reason why."""
    file = migration.file.with_suffix(".postgres.sql")
    if not file.exists():
        return
    migration.postgres, _ = statements_of(file, file.read_text())
    first = migration.postgres[0].comments if migration.postgres else []
    if not any(re.match(r"--\s*reason:\s*\S", c.text) for c in first):
        faults.add(file, 1, "another text for one engine needs its reason: `-- reason: ..` at the top")
    check_migration(part, file, migration.postgres, faults)


def check_migration(part: Slice, file: pathlib.Path, statements: list[Statement], faults: Faults) -> None:
    for statement in statements:
        if not statement.ended:
            faults.add(file, statement.line, "the statement does not end with ;")
        subject = changed_name(statement)
        if subject and not part.owns(subject.text):
            faults.add(file, subject.line, f"{subject.text} is not of this slice ({part.name}_)")


def changed_name(statement: Statement) -> Token | None:
    """The table, view or index that a statement makes, changes or drops."""
    if statement.tokens[0].upper not in ("CREATE", "ALTER", "DROP", "INSERT", "UPDATE", "DELETE"):
        return None
    words = iter(statement.tokens)
    for word in words:
        if word.upper in ("TABLE", "VIEW", "INDEX", "INTO", "UPDATE", "FROM"):
            return next((t for t in words if t.upper not in ("IF", "NOT", "EXISTS")), None)
    return None


def check_numbers(migrations: list[Migration], faults: Faults) -> None:
    for expected, migration in enumerate(migrations, start=1):
        if migration.number != expected:
            faults.add(migration.file, 1,
                       f"migrations count up over the whole program: number {expected:04} was expected here")
            return


# ---- queries ----

ENDINGS = ("many", "one", "exec", "changed", "each")
SAMPLE = {"int": 0, "bool": 0, "real": 0.0, "text": "", "bytes": b""}
C_WORDS = set("""auto break case char const continue default do double else enum extern float for goto if inline int
    long register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while
    bool true false asm typeof
    strcpy strcat strncpy strncat sprintf vsprintf gets strtok localtime gmtime asctime ctime system popen""".split())


def read_queries(part: Slice, file: pathlib.Path, faults: Faults) -> None:
    part.queries_file = file
    statements, rest = statements_of(file, file.read_text())
    for comment in rest:
        if query_name(comment):
            faults.add(file, comment.line, "a query without a statement")
    for statement in statements:
        check_portable(statement, faults)
        query = read_query(part, statement, faults)
        if query is not None:
            part.queries.append(query)


def read_query(part: Slice, statement: Statement, faults: Faults) -> Query | None:
    """A query whose head is faulty is not looked at further: what follows from a fault is no help."""
    file, known = statement.file, len(faults.found)
    heads = [c for c in statement.comments if query_name(c)]
    if not heads:
        faults.add(file, statement.line, "a statement without `-- name: .. :ending`")
        return None
    for head in heads[:-1]:
        faults.add(file, head.line, "a query without a statement")
    head = heads[-1]
    named = re.fullmatch(r"--\s*name\s*:\s*(\w+)\s*:\s*(\w+)\s*", head.text)
    if not named:
        faults.add(file, head.line, "expected `-- name: <slice>_<name> :<ending>`")
        return None
    query = Query(named.group(1), named.group(2), head.line, statement)
    if not statement.ended:
        faults.add(file, head.line, f"{query.name} does not end with ;")
    if query.ending not in ENDINGS:
        faults.add(file, head.line, f"unknown ending :{query.ending} (known: {' '.join(':' + e for e in ENDINGS)})")
        return None
    if not re.fullmatch(r"[a-z][a-z0-9_]*", query.name) or not query.name.startswith(part.name + "_"):
        faults.add(file, head.line, f"{query.name} must begin with the slice's name: {part.name}_")
    read_comments(query, statement.comments, heads, faults)
    if query.ending in ("exec", "changed") and query.outputs:
        faults.add(file, query.outputs[0].line, f":{query.ending} has no `out`")
    if query.ending in ("many", "one", "each") and not query.outputs:
        faults.add(file, head.line, f":{query.ending} needs an `out`")
    return query if len(faults.found) == known else None


def read_comments(query: Query, comments: list[Token], heads: list[Token], faults: Faults) -> None:
    """`in` and `out` (a list that ends with a comma goes on in the next line), and what else is said of the query."""
    fields: list[Field] | None = None
    for comment in comments:
        if comment in heads or len(heads) > 1 and comment.line < heads[-2].line:
            continue
        said = comment.text[2:].strip()
        begun = re.match(r"(in|out)\s*:(.*)", said)
        if begun:
            fields = query.inputs if begun.group(1) == "in" else query.outputs
            if fields:
                faults.add(query.statement.file, comment.line, f"a second `{begun.group(1)}`")
            said = begun.group(2).strip()
        if fields is None:
            query.ahead |= re.match(r"ahead:\s*\S", said) is not None
            query.words.append(said)
            continue
        for item in said.removesuffix(",").split(","):
            read_field(query, item, fields, comment.line, faults)
        if not said.endswith(","):
            fields = None


def read_field(query: Query, item: str, fields: list[Field], line: int, faults: Faults) -> None:
    file = query.statement.file
    parts = re.fullmatch(r"\s*([a-z][a-z0-9_]*)\s+([a-z]+)(\?)?\s*", item)
    if not parts:
        faults.add(file, line, f"expected `name kind`, found `{item.strip()}`")
        return
    name, kind, maybe = parts.group(1), parts.group(2), parts.group(3) is not None
    if kind not in KINDS:
        faults.add(file, line, f"unknown kind {kind} (known: {' '.join(KINDS)})")
        kind = "int"
    if KINDS[kind][maybe] is None:
        faults.add(file, line, f"{name}: {kind} cannot be NULL here")
        maybe = False
    if name in C_WORDS:
        faults.add(file, line, f"{name} is a word of C: choose another")
    if any(f.name == name for f in fields):
        faults.add(file, line, f"{name} stands here twice")
    fields.append(Field(name, kind, maybe, line))


def check_query(database: Database, part: Slice, query: Query, faults: Faults) -> None:
    statement = query.statement
    verb = main_verb(statement)
    if not verb:
        faults.add(statement.file, statement.line, f"{query.name}: a query is a SELECT, INSERT, UPDATE or DELETE")
        return
    if not check_parameters(query, faults):
        return
    values = [SAMPLE[f.stored] for f in query.inputs]
    try:
        touched = database.touched(statement.text, values)
        names = column_names(database, statement, verb, values)
    except sqlite3.Error as error:
        faults.add(statement.file, line_of_error(statement, str(error)), f"{query.name}: {error}")
        return
    for table in database.strangers(part.folder, touched, {t.text for t in statement.tokens}):
        faults.add(statement.file, statement.line_of(table), f"{query.name} touches {table} of "
                   f"{database.owner.get(table, 'the engine')}: only views of other slices may be read")
    check_columns(query, names, faults)
    for column in unsorted_nulls(database.connection, statement, {(t, c) for t, c, _ in touched if t not in database.views}):
        faults.add(statement.file, column.line, f"{query.name}: {column.text} may be NULL, which the engines sort differently: "
                   "say NULLS FIRST or NULLS LAST")
    query.reads = verb.upper == "SELECT"
    if query.ahead and not (query.reads and query.inputs):
        faults.add(statement.file, query.line, f"{query.name}: only a SELECT with an `in` can be asked ahead")
    changed = {table_with_alias(statement.tokens[statement.tokens.index(verb) + 1:]).split()[0]}
    query.tables = database.bits({t for t, _, _ in touched} if query.reads else changed)
    if not query.reads:
        prove(database, query, verb, faults)


def prove(database: Database, query: Query, verb: Token, faults: Faults) -> None:
    """A change of a proven table hands its rows to the proof; no author of a query can forget it."""
    tokens = query.statement.tokens
    behind = [t for t in tokens[tokens.index(verb) + 1:] if t.upper not in ("INTO", "FROM")]
    query.written = database.proven.get(behind[0].text)
    query.gone = verb.upper == "DELETE"
    if query.written is None:
        return
    query.given = given_row(tokens)
    try:
        database.run("EXPLAIN " + written_text(query), [SAMPLE[f.stored] for f in query.inputs])
    except sqlite3.Error as error:
        faults.add(query.statement.file, query.line, f"{query.name}: giving back its rows for the proof: {error}")


def given_row(tokens: list[Token]) -> dict[str, Token] | None:
    """What each column gets in `INSERT INTO t (..) VALUES (..)` of parameters and constants; None when it is another statement."""
    lists, rest = [], tokens[3:]
    if [t.upper for t in tokens[:2]] != ["INSERT", "INTO"]:
        return None
    for before in ("(", "VALUES"):
        if before == "VALUES":
            if not rest or rest[0].upper != "VALUES":
                return None
            rest = rest[1:]
        end = next((at for at, t in enumerate(rest) if t.text == ")"), None)
        if not rest or rest[0].text != "(" or end is None:
            return None
        lists.append(rest[1:end])
        rest = rest[end + 1:]
    names, values = ([t for t in items if t.text != ","] for items in lists)
    simple = all(t.kind in ("param", "string") or t.upper == "NULL" or re.fullmatch(r"\d+", t.text) for t in values)
    if rest or not simple or len(names) != len(values):
        return None
    return {name.text: value for name, value in zip(names, values)}


def main_verb(statement: Statement) -> Token | None:
    depth = 0
    if statement.tokens[0].upper not in ("WITH", "SELECT", "INSERT", "UPDATE", "DELETE"):
        return None
    for token in statement.tokens:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and token.upper in ("SELECT", "INSERT", "UPDATE", "DELETE"):
            return token
    return None


def check_parameters(query: Query, faults: Faults) -> bool:
    file, fine, used = query.statement.file, True, set()
    for token in query.statement.tokens:
        if token.kind != "param":
            continue
        if not re.fullmatch(r"\?[1-9]\d*", token.text):
            faults.add(file, token.line, f"{query.name}: {token.text}: parameters are written ?1, ?2 ..")
            fine = False
        elif int(token.text[1:]) > len(query.inputs):
            faults.add(file, token.line, f"{query.name}: {token.text} has no place in `in` ({len(query.inputs)} given)")
            fine = False
        else:
            used.add(int(token.text[1:]))
    for number, field in enumerate(query.inputs, start=1):
        if fine and number not in used:
            faults.add(file, field.line, f"{query.name}: {field.name} (?{number}) is never used")
            fine = False
    return fine


def column_names(database: Database, statement: Statement, verb: Token, values: list) -> list[str]:
    """What the columns of the result are called. A SELECT is run on the empty database; RETURNING is asked for as a
    SELECT from the table it belongs to, so that nothing is changed."""
    text = statement.text
    if verb.upper != "SELECT":
        returning = [at for at, t in enumerate(statement.tokens) if t.upper == "RETURNING"]
        if not returning:
            return []
        target = table_with_alias(statement.tokens[statement.tokens.index(verb) + 1:])
        text = f"SELECT {' '.join(t.text for t in statement.tokens[returning[-1] + 1:])} FROM {target}"
        values = values[:max([0, *(int(t.text[1:]) for t in statement.tokens[returning[-1]:] if t.kind == 'param')])]
    database.connection.set_progress_handler(lambda: 1, 1_000_000)
    description = database.run(text, values).description
    return [column[0] for column in description or []]


def table_with_alias(tokens: list[Token]) -> str:
    names = [t for t in tokens[:4] if t.upper not in ("INTO", "FROM")]
    return f"{names[0].text} AS {names[2].text}" if names[1].upper == "AS" else names[0].text


def line_of_error(statement: Statement, error: str) -> int:
    culprit = re.search(r'near "([^"]+)"|: (?:\w+\.)*(\w+)$', error)
    return statement.line_of(culprit.group(1) or culprit.group(2)) if culprit else statement.line


def check_columns(query: Query, names: list[str], faults: Faults) -> None:
    file, line = query.statement.file, query.outputs[0].line if query.outputs else query.line
    if query.ending in ("exec", "changed"):
        if names:
            faults.add(file, query.line, f"{query.name} gives columns back: use :one, :many or :each with an `out`")
        return
    if len(names) != len(query.outputs):
        faults.add(file, line, f"{query.name} gives {len(names)} columns, `out` has {len(query.outputs)}")
        return
    for number, (name, field) in enumerate(zip(names, query.outputs), start=1):
        if name != field.name:
            faults.add(file, field.line, f"{query.name}: column {number} is called {name}, in `out` {field.name}")


# ---- all together ----

def read_tree(root: pathlib.Path, faults: Faults) -> tuple[list[Slice], list[Migration]]:
    slices: dict[str, Slice] = {}
    migrations = []
    for file in sorted(root.rglob("*.sql")):
        home = file.parent.parent if file.parent.name == "migrations" else file.parent
        part = slices.setdefault(home.relative_to(root).as_posix(), Slice(home.relative_to(root).as_posix()))
        twin = next((s for s in slices.values() if s.name == part.name and s is not part), None)
        if twin is not None:
            faults.add(file, 1, f"another slice is called {part.name}: {twin.folder}")
        if file.parent.name == "migrations" and file.name.endswith(".postgres.sql"):
            if not file.with_name(file.name.replace(".postgres.sql", ".sql")).exists():
                faults.add(file, 1, "there is no migration of that name for which this would stand in")
        elif file.parent.name == "migrations":
            migrations.append(read_migration(part, file, faults))
        elif file.name == "schema.sql":
            read_schema(part, file, faults)
        elif file.name == "queries.sql":
            read_queries(part, file, faults)
        else:
            faults.add(file, 1, "SQL stands in schema.sql, queries.sql or migrations/NNNN-name.sql")
    ready = sorted((m for m in migrations if m is not None), key=lambda m: (m.number, str(m.file)))
    check_numbers(ready, faults)
    return sorted(slices.values(), key=lambda s: s.folder), ready


def check_names(slices: list[Slice], faults: Faults) -> None:
    seen: set[str] = set()
    for query in (q for part in slices for q in part.queries):
        if query.name in seen:
            faults.add(query.statement.file, query.line, f"another query is called {query.name}")
        query.slot = len(seen)
        seen.add(query.name)


def all_tables(database: Database, order: list[Slice]) -> list:
    """Every table, those it refers to first."""
    made = [(created_name(s), s) for part in order for s in part.schema]
    return [table_of(database.connection, name, said(s, r"its id is the case\b"), said(s, r"not erased:\s*\S"))
            for (kind, name), s in made if kind == "TABLE"]


def write_all(out: pathlib.Path, slices: list[Slice], order: list[Slice], migrations: list[Migration],
              tables: list, proven: list[Table]) -> None:
    here = pathlib.Path(__file__).resolve().parent
    queries = sum(len(part.queries) for part in slices)
    made = {out / "sql.c": c_all(slices, order, migrations, queries + len(tables), proven),
            out / "tables.c": c_tables(tables, queries, {table.name: table.columns for table in proven})}
    for name in ("sqlc_rows.h", "sqlc_rows.c"):
        made[out / name] = (here / name).read_text()
    for part in slices:
        if part.queries:
            made[out / part.folder / "queries.h"] = c_header(part)
            made[out / part.folder / "queries.c"] = c_source(part)
    for path, text in made.items():
        write_changed(path, text)
    for stale in [*out.rglob("queries.c"), *out.rglob("queries.h")]:
        if stale not in made:
            stale.unlink()


def generate(out: pathlib.Path, root: pathlib.Path) -> Faults:
    faults = Faults()
    slices, migrations = read_tree(root, faults)
    database = Database()
    order = add_schemas(database, slices, faults)
    check_names(slices, faults)
    for part in slices:
        for query in part.queries:
            check_query(database, part, query, faults)
    if not faults.found:
        write_all(out, slices, order, migrations, all_tables(database, order),
                  [database.proven[name] for name in sorted(database.proven)])
    return faults


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--out", type=pathlib.Path, required=True)
    options.add_argument("--root", type=pathlib.Path, required=True)
    given = options.parse_args()
    return 1 if generate(given.out, given.root).tell() else 0


if __name__ == "__main__":
    sys.exit(main())
