"""sqlc: makes typed C functions out of the slices' SQL (docs/GENERATORS.md).

    sqlc.py --out GENDIR --root src

Reads every schema.sql, migrations/NNNN-name.sql and queries.sql under the root; writes queries.h and queries.c for each slice
with queries, sql.c with all statements, schemas and migrations, and beside it sqlc_rows.h and .c, which they stand on.
What is wrong is told as `file:line: cause`, and then nothing is written.
"""
import argparse
import dataclasses
import pathlib
import re
import sqlite3
import sys
import textwrap

from emit import Faults, c_comment, c_literal, c_text, write_changed

# ---- the words of SQL ----

TOKEN = re.compile(r"""
    (?P<space>\s+)
  | (?P<comment>--[^\n]*|/\*.*?\*/)
  | (?P<blob>[xX]'[^']*')
  | (?P<string>'(?:[^']|'')*')
  | (?P<quoted>"[^"]*"|`[^`]*`|\[[^\]]*\])
  | (?P<param>\?\d*|[:@$][A-Za-z_]\w*)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)
  | (?P<sign>\|\||<>|!=|<=|>=|==|<<|>>|->>?|.)
""", re.VERBOSE | re.DOTALL)


@dataclasses.dataclass(frozen=True)
class Token:
    kind: str
    text: str
    line: int

    @property
    def upper(self) -> str:
        return self.text.upper() if self.kind == "word" else self.text


@dataclasses.dataclass
class Statement:
    """One statement without its `;`, and the comments in front of it."""
    file: pathlib.Path
    comments: list[Token]
    tokens: list[Token]     # without blanks and comments
    text: str               # without comments, runs of blanks as one
    ended: bool             # with a `;`

    @property
    def line(self) -> int:
        return self.tokens[0].line

    def line_of(self, word: str) -> int:
        """The line where a word first stands, or where the statement begins."""
        return next((t.line for t in self.tokens if t.text == word), self.line)


def tokens_of(text: str) -> list[Token]:
    tokens, line = [], 1
    for match in TOKEN.finditer(text):
        tokens.append(Token(match.lastgroup or "", match.group(), line))
        line += match.group().count("\n")
    return tokens


def statements_of(file: pathlib.Path, text: str) -> tuple[list[Statement], list[Token]]:
    """All statements, and the comments behind the last one."""
    statements, comments, run, body = [], [], "", []

    def close(ended: bool) -> None:
        nonlocal comments, run, body
        if body:
            statements.append(Statement(file, comments, body, run.strip(), ended))
            comments, run, body = [], "", []

    for token in tokens_of(text):
        if token.kind == "sign" and token.text == ";":
            close(True)
        elif token.kind == "comment" and not body:
            comments.append(token)
        elif token.kind in ("comment", "space"):
            blank = "\n" if "\n" in token.text and token.kind == "space" else " "
            run = run.rstrip() + ("\n" if "\n" in (blank, run[-1:]) else " ")
            if token.kind == "comment" and query_name(token):
                close(False)
                comments = [token]
        else:
            run += token.text
            body.append(token)
    close(False)
    return statements, comments


def query_name(comment: Token) -> re.Match[str] | None:
    return re.match(r"--\s*name\s*:(.*)", comment.text)


# ---- what both engines share ----

BANNED_WORDS = {
    "AUTOINCREMENT": "ids are made by the program", "GLOB": "use LIKE or =", "REGEXP": "SQLite alone has it",
    "MATCH": "SQLite alone has it", "INDEXED": "SQLite alone has it", "_ROWID_": "name the key", "OID": "name the key",
    "COLLATE": "collations differ between the engines", "PRAGMA": "SQLite alone has it", "ATTACH": "SQLite alone has it",
    "VACUUM": "not for a slice", "TEMP": "no temporary tables", "TEMPORARY": "no temporary tables",
    "TRUE": "a bool is stored as 1 or 0", "FALSE": "a bool is stored as 1 or 0", "ISNULL": "use IS NULL",
    "NOTNULL": "use IS NOT NULL", "CURRENT_TIMESTAMP": "the program gives the time", "CURRENT_DATE": "the program gives the time",
    "CURRENT_TIME": "the program gives the time", "TRIGGER": "rules stand in C",
}
BANNED_CALLS = {
    "IFNULL": "use COALESCE", "IIF": "use CASE", "DATETIME": "the program reckons time", "DATE": "the program reckons time",
    "TIME": "the program reckons time", "JULIANDAY": "the program reckons time", "STRFTIME": "the program reckons time",
    "UNIXEPOCH": "the program reckons time", "PRINTF": "the page formats", "FORMAT": "the page formats",
    "GROUP_CONCAT": "return rows instead", "STRING_AGG": "return rows instead", "TOTAL": "use COALESCE(SUM(..), 0)",
    "INSTR": "SQLite alone has it", "HEX": "SQLite alone has it", "UNHEX": "SQLite alone has it", "QUOTE": "SQLite alone has it",
    "TYPEOF": "SQLite alone has it", "LAST_INSERT_ROWID": "ids are made by the program", "CHANGES": "use :changed",
    "TOTAL_CHANGES": "use :changed", "RANDOM": "differs between the engines", "RANDOMBLOB": "SQLite alone has it",
    "ZEROBLOB": "SQLite alone has it", "LIKELY": "SQLite alone has it", "UNLIKELY": "SQLite alone has it",
    "CHAR": "SQLite alone has it", "UNICODE": "SQLite alone has it",
}
BANNED_SIGNS = {"==": "use =", "->": "JSON differs between the engines", "->>": "JSON differs between the engines"}


def check_portable(statement: Statement, faults: Faults) -> None:
    tokens = statement.tokens

    def bad(token: Token, what: str, why: str) -> None:
        faults.add(statement.file, token.line, f"{what} does not work on both engines: {why}")

    for at, token in enumerate(tokens):
        before = tokens[at - 1].upper if at > 0 else ""
        behind = [t.upper for t in tokens[at + 1:at + 4]] + ["", "", ""]
        if token.kind == "quoted":
            bad(token, token.text, "names are written bare, texts in single quotes")
        elif token.kind == "blob":
            bad(token, token.text, "PostgreSQL reads it as bits")
        elif token.kind == "sign" and token.text in BANNED_SIGNS:
            bad(token, token.text, BANNED_SIGNS[token.text])
        elif token.kind == "sign" and token.text in "[]`\"'":
            bad(token, token.text, "a quote that is not closed, or an array")
        elif token.text == "*" and before in ("SELECT", "DISTINCT", "ALL", ",", ".", "RETURNING"):
            faults.add(statement.file, token.line, "SELECT * is not allowed: name the columns")
        elif token.kind == "word":
            check_word(token, before, behind, bad)
            if token.upper in ("MIN", "MAX", "LIMIT") and separated(tokens[at + 1:], token.upper == "LIMIT"):
                bad(token, f"{token.text} with a comma", "use LIMIT .. OFFSET" if token.upper == "LIMIT" else "use CASE")


def check_word(token: Token, before: str, behind: list[str], bad) -> None:
    word = token.upper
    if behind[0] == "(" and (word in BANNED_CALLS or word.startswith("JSON")):
        bad(token, f"{token.text}()", BANNED_CALLS.get(word, "JSON differs between the engines"))
    elif before == ".":
        pass
    elif word in BANNED_WORDS:
        bad(token, token.text, BANNED_WORDS[word])
    elif word == "ROWID" and before != "WITHOUT":
        bad(token, token.text, "name the key")
    elif word in ("INSERT", "UPDATE") and behind[0] == "OR":
        bad(token, f"{word} OR", "use ON CONFLICT")
    elif word == "REPLACE" and behind[0] != "(":
        bad(token, "REPLACE", "use ON CONFLICT")
    elif word == "IS":
        operand = behind[1] if behind[0] == "NOT" else behind[0]
        if operand not in ("NULL", "DISTINCT"):
            bad(token, "IS", "only IS [NOT] NULL and IS [NOT] DISTINCT FROM; use = otherwise")


def separated(tokens: list[Token], bare: bool) -> bool:
    """Is there a comma at the top level of what follows: a bracketed list, or (bare) the rest of the clause?"""
    depth = 0
    for at, token in enumerate(tokens):
        if at == 0 and not bare and token.text != "(":
            return False
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if token.text == "," and depth == (0 if bare else 1):
            return True
        if depth < (0 if bare else 1):
            return False
    return False


# ---- schemas ----

@dataclasses.dataclass
class Slice:
    folder: str             # "case/record"
    schema: list[Statement] = dataclasses.field(default_factory=list)
    queries: list["Query"] = dataclasses.field(default_factory=list)
    queries_file: pathlib.Path | None = None

    @property
    def name(self) -> str:
        return self.folder.rsplit("/", 1)[-1]

    def owns(self, name: str) -> bool:
        return name == self.name or name.startswith(self.name + "_")


class Database:
    """All schemas of the program in an empty SQLite, and who owns what in it."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None, cached_statements=0)
        self.owner: dict[str, str] = {}     # of each table and view: its slice's folder
        self.views: set[str] = set()

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

    def strangers(self, folder: str, touched: list[tuple[str, str, str]], words: set[str], own_view: str = "") -> set[str]:
        """Tables of other slices that a statement touches otherwise than through a view. A table of which no column is read
        (COUNT) comes without its view's name; then it counts when the statement itself names it."""
        strange = set()
        for table, column, through in touched:
            by_view = through in self.views and through != own_view
            unnamed = column == "" and through == "" and table not in words
            if table not in self.views and self.owner.get(table) != folder and not by_view and not unnamed:
                strange.add(table)
        return strange

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
    elif kind == "VIEW":
        words = {t.text for t in statement.tokens}
        touched = database.touched(f"SELECT * FROM {name}", [])
        for table in sorted(database.strangers(part.folder, touched, words, own_view=name)):
            faults.add(statement.file, statement.line_of(table), f"{name} reads {table} of {database.owner.get(table, 'nobody')}: "
                       "only views of other slices may be read")


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
            bad(statement.line_of(column[1]), f"column {column[1]} must be INTEGER, TEXT, BLOB or REAL, not {column[2] or 'untyped'}")
    first = [column[1] for column in columns if column[5] == 1]
    if first != ["org"] and not free_of_org(statement):
        bad(statement.line, f"the primary key of {name} must begin with org (or say why not: `-- no org: reason` in the line above)")


def free_of_org(statement: Statement) -> bool:
    last = statement.comments[-1] if statement.comments else None
    return last is not None and last.line == statement.line - 1 and re.match(r"--\s*no org:\s*\S", last.text) is not None


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

@dataclasses.dataclass
class Migration:
    number: int
    file: pathlib.Path
    statements: list[Statement]


def read_migration(part: Slice, file: pathlib.Path, faults: Faults) -> Migration | None:
    named = re.fullmatch(r"(\d{4})-[a-z0-9-]+\.sql", file.name)
    if not named:
        faults.add(file, 1, "a migration is called NNNN-name.sql")
        return None
    statements, _ = statements_of(file, file.read_text())
    for statement in statements:
        check_portable(statement, faults)
        if not statement.ended:
            faults.add(file, statement.line, "the statement does not end with ;")
        subject = changed_name(statement)
        if subject and not part.owns(subject.text):
            faults.add(file, subject.line, f"{subject.text} is not of this slice ({part.name}_)")
    return Migration(int(named.group(1)), file, statements)


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
            faults.add(migration.file, 1, f"migrations count up over the whole program: number {expected:04} was expected here")
            return


# ---- queries ----

ENDINGS = ("many", "one", "exec", "changed", "each")
KINDS = {  # C type; and for NULL-able ones
    "id": ("int64_t ", "struct maybe "), "int": ("int64_t ", "struct maybe "), "time": ("int64_t ", "struct maybe "),
    "bool": ("bool ", "struct maybe "), "real": ("double ", None), "text": ("const char *", "const char *"),
    "code": ("const char *", "const char *"), "date": ("const char *", "const char *"),
    "bytes": ("struct bytes ", "struct bytes "),
}
STORED = {"id": "int", "int": "int", "time": "int", "bool": "bool", "real": "real", "text": "text", "code": "text", "date": "text",
          "bytes": "bytes"}
SAMPLE = {"int": 0, "bool": 0, "real": 0.0, "text": "", "bytes": b""}
C_WORDS = set("""auto break case char const continue default do double else enum extern float for goto if inline int long register
    restrict return short signed sizeof static struct switch typedef union unsigned void volatile while bool true false asm typeof
    strcpy strcat strncpy strncat sprintf vsprintf gets strtok localtime gmtime asctime ctime system popen""".split())


@dataclasses.dataclass(frozen=True)
class Field:
    name: str
    kind: str
    maybe: bool
    line: int

    @property
    def c_type(self) -> str:
        return KINDS[self.kind][self.maybe] or ""

    @property
    def stored(self) -> str:
        return STORED[self.kind]

    def from_c(self) -> str:
        """The function that makes a value out of the field."""
        if self.maybe and self.stored in ("int", "bool"):
            return "sql_from_maybe"
        return "sql_from_maybe_bytes" if self.maybe and self.stored == "bytes" else f"sql_from_{self.stored}"

    def take(self, at: int) -> str:
        """The expression that takes the field out of a column."""
        column = f"&columns[{at}], &row->{self.name}"
        if self.stored in ("text", "bytes"):
            return f"sql_{'maybe_' if self.maybe else ''}{self.stored}(arena, {column})"
        return f"sql_maybe({column})" if self.maybe else f"sql_{self.stored}({column})"


@dataclasses.dataclass
class Query:
    name: str
    ending: str
    line: int
    statement: Statement
    words: list[str] = dataclasses.field(default_factory=list)   # what is said about it
    inputs: list[Field] = dataclasses.field(default_factory=list)
    outputs: list[Field] = dataclasses.field(default_factory=list)
    slot: int = 0


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
    """`in` and `out` (a list that ends with a comma goes on in the next line), and what else is said about the query."""
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
    for table in sorted(database.strangers(part.folder, touched, {t.text for t in statement.tokens})):
        faults.add(statement.file, statement.line_of(table), f"{query.name} touches {table} of "
                   f"{database.owner.get(table, 'the engine')}: only views of other slices may be read")
    check_columns(query, names, faults)


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
    """What the columns of the result are called. A SELECT is run on the empty database; RETURNING is asked for as a SELECT from
    the table it belongs to, so that nothing is changed."""
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


# ---- C ----

MADE = "/* Made by sqlc: do not edit. */\n"


def c_struct(query: Query, suffix: str, fields: list[Field]) -> str:
    lines = "".join(f"    {f.c_type}{f.name};\n" for f in fields)
    return f"struct {query.name}_{suffix} {{\n{lines}}};\n" if fields else ""


def c_prototype(query: Query, before: str = "") -> str:
    arguments = ["struct db *db"]
    if query.outputs:
        arguments.append("struct arena *arena")
    if query.inputs:
        arguments.append(f"const struct {query.name}_in *in")
    row = f"struct {query.name}_row"
    arguments += {
        "many": [f"{row} **rows", "size_t *count"],
        "one": [f"{row} *row"],
        "exec": [],
        "changed": ["size_t *changed"],
        "each": [f"enum err (*each)(void *data, const {row} *row)", "void *data"],
    }[query.ending]
    head = f"{before}enum err {query.name}("
    return textwrap.fill(head + ", ".join(arguments) + ")", 118, subsequent_indent=" " * len(head), break_long_words=False)


def c_header(part: Slice) -> str:
    guard = "AUSMA_MADE_" + re.sub(r"\W", "_", part.folder.upper()) + "_QUERIES_H"
    out = [MADE, f"#ifndef {guard}\n#define {guard}\n\n#include \"platform/store/store.h\"\n"]
    for query in part.queries:
        said = c_comment("\n * ".join(query.words)) + "\n" if query.words else ""
        out.append("\n" + c_struct(query, "in", query.inputs) + c_struct(query, "row", query.outputs) + said
                   + c_prototype(query, "MUST_USE ") + ";\n")
    return "".join(out) + "\n#endif\n"


def c_take(query: Query) -> str:
    fits = "\n                && ".join(f.take(at) for at, f in enumerate(query.outputs))
    unused = "" if any(f.stored in ("text", "bytes") for f in query.outputs) else "    (void)arena;\n"
    return (f"static enum err {query.name}_take(struct arena *arena, const struct value *columns, void *to)\n{{\n"
            f"    struct {query.name}_row *row = to;\n{unused}"
            f"    bool fits = {fits};\n"
            f"    return fits ? OK : err_note(ERR_BROKEN, \"{query.name}: a column does not hold what it should\");\n}}\n\n")


def c_hand(query: Query) -> str:
    return (f"struct {query.name}_reader {{\n"
            f"    enum err (*each)(void *data, const struct {query.name}_row *row);\n    void *data;\n}};\n\n"
            f"static enum err {query.name}_hand(void *data, const void *row)\n{{\n"
            f"    const struct {query.name}_reader *reader = data;\n"
            f"    return reader->each(reader->data, row);\n}}\n\n")


def c_body(query: Query) -> str:
    row, sql = f"struct {query.name}_row", f"&{query.name}_sql"
    values = "NULL"
    lines = []
    if query.inputs:
        values = "values"
        items = "".join(f"        {f.from_c()}(in->{f.name}),\n" for f in query.inputs)
        lines.append(f"const struct value values[] = {{\n{items}    }};")
    if query.ending == "many":
        lines += ["void *found = NULL;", "size_t found_count = 0;",
                  f"TRY(sql_many(db, arena, {sql}, {values}, {query.name}_take, sizeof({row}), &found, &found_count));",
                  "*rows = found;", "*count = found_count;", "return OK;"]
    elif query.ending == "one":
        lines += [f"{row} found = {{0}};", f"TRY(sql_one(db, arena, {sql}, {values}, {query.name}_take, &found));",
                  "*row = found;", "return OK;"]
    elif query.ending == "each":
        lines += [f"{row} found = {{0}};", f"struct {query.name}_reader reader = {{each, data}};",
                  f"return sql_each(db, arena, {sql}, {values}, {query.name}_take, &found, {query.name}_hand, &reader);"]
    elif query.ending == "changed":
        lines.append(f"return sql_changed(db, {sql}, {values}, changed);")
    else:
        lines.append(f"return db_run(db, {sql}, {values}, NULL, NULL, NULL);")
    return c_prototype(query) + "\n{\n" + "".join(f"    {line}\n" for line in lines) + "}\n"


LONG_TEXTS = '#pragma GCC diagnostic ignored "-Woverlength-strings"\n'


def c_source(part: Slice) -> str:
    out = [MADE, f'#include "{part.folder}/queries.h"\n\n#include "sqlc_rows.h"\n\n', LONG_TEXTS]
    for query in part.queries:
        out.append(f"\nconst struct sql {query.name}_sql = {{\n    .name = \"{query.name}\",\n"
                   f"    .text =\n{c_text(query.statement.text, ' ' * 8)},\n"
                   f"    .slot = {query.slot},\n    .inputs = {len(query.inputs)},\n    .outputs = {len(query.outputs)},\n}};\n\n")
        if query.outputs:
            out.append(c_take(query))
        if query.ending == "each":
            out.append(c_hand(query))
        out.append(c_body(query))
    return "".join(out)


def c_all(slices: list[Slice], order: list[Slice], migrations: list[Migration]) -> str:
    """sql.c. The lists end with an empty item, which is not counted: C has no empty arrays."""
    queries = [q for part in slices for q in part.queries]
    out = [MADE, '#include "platform/store/store.h"\n\n', LONG_TEXTS]
    out += [f"\nextern const struct sql {q.name}_sql;" for q in queries]
    out.append(f"\n\nconst unsigned sql_slots = {len(queries)};\nconst struct sql *const sql_all[] = {{\n")
    out += [f"    &{q.name}_sql,\n" for q in queries]
    out.append("    NULL,\n};\n\nconst struct schema_part schema_parts[] = {\n")
    out += [f"    {{\"{p.folder}\",\n{c_text(all_statements(p.schema), ' ' * 8)}}},\n" for p in order]
    out.append(f"    {{NULL, NULL}},\n}};\nconst size_t schema_part_count = {len(order)};\n\n"
               "const struct migration migrations[] = {\n")
    out += [f"    {{{m.number}, {c_literal(m.file.name)},\n{c_text(all_statements(m.statements), ' ' * 8)}}},\n" for m in migrations]
    out.append(f"    {{0, NULL, NULL}},\n}};\nconst size_t migration_count = {len(migrations)};\n")
    return "".join(out)


def all_statements(statements: list[Statement]) -> str:
    return "".join(s.text + ";\n" for s in statements)


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
        if file.parent.name == "migrations":
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


def write_all(out: pathlib.Path, slices: list[Slice], order: list[Slice], migrations: list[Migration]) -> None:
    here = pathlib.Path(__file__).resolve().parent
    made = {out / "sql.c": c_all(slices, order, migrations)}
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
        write_all(out, slices, order, migrations)
    return faults


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--out", type=pathlib.Path, required=True)
    options.add_argument("--root", type=pathlib.Path, required=True)
    given = options.parse_args()
    return 1 if generate(given.out, given.root).tell() else 0


if __name__ == "__main__":
    sys.exit(main())
