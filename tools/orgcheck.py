"""Proves that the data can be distributed by organisation without changing a query: orgcheck.py --root src (docs/cluster.md).

Every table that has an `org` begins each of its keys, references and indexes with it, and every query ties each table it touches
to one organisation that it is given: `org = ?1`, or `a.org = b.org` where b is tied. Then a cluster that spreads rows by `org`
(Citus: create_distributed_table(.., 'org')) sends each query to one node, and each reference stays on one.
What has no organisation says so in the line above: `-- no org: reason`.
"""
import argparse
import pathlib
import re
import sqlite3
import sys

from emit import Faults
from sqlc import created_name, said
from sqlc_text import Statement, Token, statements_of

ENDS = {"WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "UNION", "EXCEPT", "INTERSECT", "RETURNING", "SET", "ON", "WINDOW"}
JOINS = {"JOIN", "LEFT", "INNER", "CROSS", "OUTER", "NATURAL"}


# ---- tables ----

def check_tables(connection: sqlite3.Connection, files: dict[str, tuple[pathlib.Path, int]], faults: Faults) -> None:
    for table, (file, line) in files.items():
        columns = {c[1] for c in connection.execute(f"PRAGMA table_info({table})")}
        if "org" not in columns:
            faults.add(file, line, f"{table} has no org (or say why: `-- no org: reason` in the line above)")
            continue
        for _, index, unique, *_ in connection.execute(f"PRAGMA index_list({table})"):
            first = connection.execute(f"PRAGMA index_info({index})").fetchall()[0][2]
            if first != "org":
                faults.add(file, line, f"{table}: the {'unique ' if unique else ''}index {index} begins with {first}, not with org")
        keys = connection.execute(f"PRAGMA foreign_key_list({table})").fetchall()
        for number in {key[0] for key in keys}:
            pairs = [(key[3], key[4]) for key in keys if key[0] == number]
            target = next(key[2] for key in keys if key[0] == number)
            if pairs[0] not in (("org", "org"), ("org", None)):
                faults.add(file, line, f"{table}: the reference to {target} does not begin with org")


# ---- statements ----

class Scope:
    """One SELECT, UPDATE, DELETE or INSERT with the tables it names and what ties them together."""

    def __init__(self, parent: "Scope | None") -> None:
        self.parent = parent
        self.tables: dict[str, str] = {}    # alias: table or view
        self.derived: set[str] = set()      # aliases of SELECTs in brackets, whose own scopes are looked at by themselves
        self.ties: list[tuple[object, object]] = []

    def owner(self, alias: str) -> object:
        """What an alias stands for: an own table or one of a scope further out."""
        scope: Scope | None = self
        while scope is not None:
            if alias in scope.tables or alias in scope.derived:
                return (id(scope), alias)
            scope = scope.parent
        return (0, alias)

    def bare(self) -> object:
        """What `org` without a table stands for."""
        names = [*self.tables, *self.derived]
        if len(names) == 1:
            return (id(self), names[0])
        return (0, "org") if names or self.parent is None else self.parent.bare()


class Reader:
    def __init__(self, tokens: list[Token], known: set[str]) -> None:
        self.tokens = tokens
        self.known = known          # tables and views that have an org
        self.common: set[str] = set()
        self.scopes: list[Scope] = []

    def text(self, at: int) -> str:
        return self.tokens[at].upper if 0 <= at < len(self.tokens) else ""

    def closing(self, at: int) -> int:
        depth = 0
        for end in range(at, len(self.tokens)):
            depth += {"(": 1, ")": -1}.get(self.tokens[end].text, 0)
            if depth == 0:
                return end
        return len(self.tokens) - 1

    def read(self, begin: int, end: int, parent: Scope | None) -> Scope:
        """Reads [begin, end) as one scope. A UNION begins another beside it."""
        scope = Scope(parent)
        self.scopes.append(scope)
        self.name_tables(begin, end, scope)
        at = begin
        while at < end:
            if self.text(at) == "(" and self.text(at + 1) in ("SELECT", "WITH"):
                close = self.closing(at)
                self.read(at + 1, close, scope)
                at = close
            elif self.text(at) in ("UNION", "EXCEPT", "INTERSECT"):
                self.tie(begin, at, scope)
                self.read(at + (2 if self.text(at + 1) == "ALL" else 1), end, parent)
                return scope
            at += 1
        self.tie(begin, end, scope)
        return scope

    def name_tables(self, begin: int, end: int, scope: Scope) -> None:
        at = begin
        in_from = False
        while at < end:
            word = self.text(at)
            if word == "WITH":
                self.common.add(self.tokens[at + 1].text)
            if word in ("UNION", "EXCEPT", "INTERSECT"):
                return
            if word in ("FROM", "JOIN", "INTO") or (word == "UPDATE" and self.text(at - 1) != "DO"):
                in_from, at = True, at + 1
                at = self.one_table(at, scope)
                continue
            if word == "," and in_from:
                at = self.one_table(at + 1, scope)
                continue
            if word in ENDS:
                in_from = False
            if word == "(":
                at = self.closing(at)
            at += 1

    def one_table(self, at: int, scope: Scope) -> int:
        derived = self.text(at) == "("
        name = self.tokens[at].text
        at = self.closing(at) + 1 if derived else at + 1
        alias = name
        if self.text(at) == "AS":
            alias, at = self.tokens[at + 1].text, at + 2
        elif self.tokens[at:at + 1] and self.tokens[at].kind == "word" and self.text(at) not in ENDS | JOINS | {"VALUES", "SELECT", "DEFAULT"}:
            alias, at = self.tokens[at].text, at + 1
        if derived or name in self.common:
            scope.derived.add(alias)
        else:
            scope.tables[alias] = name
        return at

    def tie(self, begin: int, end: int, scope: Scope) -> None:
        """Only what stands outside of brackets and beside no OR holds for every row."""
        at = begin
        while at < end:
            if self.text(at) == "(":
                at = self.closing(at)
            elif self.text(at) == "OR":
                scope.ties.clear()
                return
            elif self.text(at) == "=" and self.is_org(at - 1) and self.text(at + 1) not in ("", "("):
                right = at + 1
                if self.text(at + 2) == ".":
                    right = at + 3
                if self.tokens[right].kind == "param" or self.is_org(right):
                    scope.ties.append((self.subject(at - 1, scope), self.subject(right, scope)))
            at += 1

    def is_org(self, at: int) -> bool:
        return self.text(at) == "ORG"

    def subject(self, at: int, scope: Scope) -> object:
        token = self.tokens[at]
        if token.kind == "param":
            return "given"
        return scope.owner(self.tokens[at - 2].text) if self.text(at - 1) == "." else scope.bare()

    def untied(self) -> list[str]:
        """Tables that are not tied to an organisation that is given."""
        known = {"given"}
        ties = [tie for scope in self.scopes for tie in scope.ties]
        ties += [((id(scope), alias), "given") for scope in self.scopes for alias in scope.derived]
        grown = True
        while grown:
            grown = False
            for one, other in ties:
                for a, b in ((one, other), (other, one)):
                    if a in known and b not in known:
                        known.add(b)
                        grown = True
        return [f"{table} AS {alias}" if alias != table else table for scope in self.scopes
                for alias, table in scope.tables.items() if table in self.known and (id(scope), alias) not in known]


def insert_faults(tokens: list[Token]) -> str:
    """An INSERT names org first and gives it a parameter, or the org of what it selects."""
    texts = [t.upper for t in tokens]
    at = texts.index("INTO")
    if texts[at + 2:at + 4] != ["(", "ORG"]:
        return "an INSERT names org first"
    behind = texts.index(")", at) + 1
    if texts[behind] == "VALUES" and tokens[behind + 2].kind != "param":
        return "an INSERT is given its org"
    if "CONFLICT" in texts:
        conflict = texts.index("CONFLICT")
        if texts[conflict + 1] == "(" and texts[conflict + 2] != "ORG":
            return "ON CONFLICT begins with org"
    return ""


def check_query(statement: Statement, name: str, known: set[str], faults: Faults) -> None:
    tokens = statement.tokens
    texts = [t.upper for t in tokens]
    reader = Reader(tokens, known)
    if "INSERT" in texts:
        fault = insert_faults(tokens)
        if fault:
            faults.add(statement.file, statement.line, f"{name}: {fault}")
        behind = texts.index(")", texts.index("INTO")) + 1
        conflict = texts.index("CONFLICT") - 1 if "CONFLICT" in texts else len(tokens)
        if texts[behind] in ("SELECT", "WITH"):
            reader.read(behind, conflict, None)
    else:
        reader.read(0, len(tokens), None)
    for table in reader.untied():
        faults.add(statement.file, statement.line, f"{name}: {table} is not tied to the organisation that is given")


def check_view(statement: Statement, name: str, known: set[str], faults: Faults) -> None:
    """A view hands its org out, and all its tables share it."""
    tokens = statement.tokens[[t.upper for t in statement.tokens].index("AS") + 1:]
    reader = Reader(tokens, known)
    reader.read(0, len(tokens), None)
    outer = reader.scopes[0]
    first = next(iter(outer.tables), None)
    outer.ties.append(((id(outer), first), "given"))
    for table in reader.untied():
        faults.add(statement.file, statement.line, f"{name}: {table} does not share the org of {first}")


def check(root: pathlib.Path) -> tuple[Faults, int]:
    faults, count = Faults(), 0
    connection = sqlite3.connect(":memory:")
    free: set[str] = set()
    files: dict[str, tuple[pathlib.Path, int]] = {}
    views: list[tuple[Statement, str]] = []
    waiting = [s for file in sorted(root.rglob("schema.sql")) for s in statements_of(file, file.read_text())[0]]
    for statement in sorted(waiting, key=lambda s: ["TABLE", "INDEX", "VIEW"].index(created_name(s)[0] or "VIEW")):
        kind, name = created_name(statement)
        connection.execute(statement.text)
        if said(statement, r"no org:\s*\S"):
            free.add(name)
        elif kind == "TABLE":
            files[name] = (statement.file, statement.line)
        elif kind == "VIEW":
            views.append((statement, name))
    check_tables(connection, files, faults)
    known = set(files) | {name for _, name in views}
    for statement, name in views:
        check_view(statement, name, known, faults)
    for file in sorted(root.rglob("queries.sql")):
        for statement in statements_of(file, file.read_text())[0]:
            named = [re.match(r"--\s*name\s*:\s*(\w+)", c.text) for c in statement.comments]
            name = next((n.group(1) for n in named if n), "a statement")
            count += 1
            if not any(re.match(r"--\s*no org:\s*\S", c.text) for c in statement.comments):
                check_query(statement, name, known, faults)
    return faults, count


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--root", type=pathlib.Path, required=True)
    faults, count = check(options.parse_args().root)
    print(f"{count} queries")
    return 1 if faults.tell() else 0


if __name__ == "__main__":
    sys.exit(main())
