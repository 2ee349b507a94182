"""Checks who knows whom: depcheck.py --root src (docs/GENERATORS.md, DESIGN 2).

Reads the includes of C files, the includes and calls of templates, and the tables and views of SQL files. What breaks the order
of the wings, or closes a circle between the slices of a wing, is named by the line that does it: `file:line: cause`.
"""
import argparse
import dataclasses
import pathlib
import re
import sys

RANKS = {"base": 0, "platform": 1, "case": 2, "find": 3, "support": 3, "voice": 3, "steer": 4, "main": 5}
GENERATED = {"words.h": "platform/i18n"}
PRIVATE = "internal.h"  # a slice's own affair; others use its public functions


@dataclasses.dataclass
class Use:
    """One line by which a file knows another slice."""
    file: pathlib.PurePosixPath  # below the root
    line: int
    target: str                  # the slice, as wing/slice
    what: str                    # for the message
    private: bool = False

    @property
    def source(self) -> str:
        return slice_of(self.file)


def slice_of(path: pathlib.PurePosixPath) -> str:
    """`case/record` for all below that folder; `base` is one piece; what lies above the wings is `main`."""
    if len(path.parts) == 1:
        return "main"
    return path.parts[0] if path.parts[0] == "base" or len(path.parts) == 2 else "/".join(path.parts[:2])


def wing_of(piece: str) -> str:
    return piece.split("/")[0]


def without(text: str, pattern: str) -> str:
    """Blanks out what matches, but keeps the lines."""
    return re.sub(pattern, lambda match: "\n" * match[0].count("\n") or " ", text, flags=re.S)


def line_of(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def include_use(root: pathlib.Path, file: pathlib.PurePosixPath, line: int, named: str) -> Use | None:
    path = pathlib.PurePosixPath(named)
    if named in GENERATED:
        return Use(file, line, GENERATED[named], named)
    if len(path.parts) == 1 or path.parts[0] not in RANKS or (root / file.parent / path).exists():
        return None  # of its own folder, or from outside the tree
    return Use(file, line, slice_of(path), named, path.name == PRIVATE)


def c_uses(root: pathlib.Path, file: pathlib.PurePosixPath, text: str) -> list[Use]:
    text = without(text, r"/\*.*?\*/")
    uses = [include_use(root, file, line_of(text, match.start(1)), match[1])
            for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', text, re.M)]
    return [use for use in uses if use]


def template_uses(root: pathlib.Path, file: pathlib.PurePosixPath, text: str, templates: dict[str, str]) -> list[Use]:
    text, uses = without(text, r"\{#.*?#\}"), []
    for match in re.finditer(r'\{%\s*(?:include\s+"([^"]+)"|(?:call|wrap)\s+(\w+))', text):
        line = line_of(text, match.end())
        if match[1]:
            uses.append(include_use(root, file, line, match[1]))
        elif match[2] in templates:
            uses.append(Use(file, line, templates[match[2]], f"the template {match[2]}"))
    return [use for use in uses if use]


def sql_plain(text: str) -> str:
    return without(text, r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'")


def tables_named(text: str):
    """The names that stand where SQL has a table or view, and where."""
    expecting, listing, outer = False, False, []
    for match in re.finditer(r"\w+|[(),;]", text):
        token = match[0].upper()
        if token in ("FROM", "JOIN", "INTO", "UPDATE", "REFERENCES"):
            expecting, listing = True, token == "FROM" or listing and token == "JOIN"
        elif token == "(":
            outer.append(listing)
            expecting = listing = False
        elif token == ")":
            listing, expecting = outer.pop() if outer else False, False
        elif token == ",":
            expecting = listing
        elif token in ("WHERE", "GROUP", "ORDER", "LIMIT", "SET", "UNION", "SELECT", "HAVING", "RETURNING", "WINDOW", ";"):
            expecting = listing = False
        elif expecting:
            yield match[0], match.start()
            expecting = False


def sql_uses(file: pathlib.PurePosixPath, text: str, tables: dict[str, str]) -> list[Use]:
    plain = sql_plain(text)
    return [Use(file, line_of(plain, at), tables[name.lower()], name) for name, at in tables_named(plain)
            if name.lower() in tables]


def owners(files: dict[pathlib.PurePosixPath, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Which slice a table or view, and a template, belongs to."""
    tables, templates = {}, {}
    for file, text in files.items():
        if file.suffix == ".sql":
            for match in re.finditer(r"\bCREATE\s+(?:TABLE|VIEW)\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)", sql_plain(text), re.I):
                tables[match[1].lower()] = slice_of(file)
        elif file.suffix == ".html":
            for match in re.finditer(r"\{%\s*template\s+(\w+)", text):
                templates[match[1]] = slice_of(file)
    return tables, templates


def breach(use: Use) -> str:
    """Why this file may not know that; empty when it may. Circles are looked for elsewhere."""
    own, other = wing_of(use.source), wing_of(use.target)
    test = use.file.name.startswith("test_")
    if test or own == other or RANKS[own] > RANKS[other]:
        if use.private and own != "main" and not test and use.source != use.target:
            return f"{use.source} may not use {use.what}: it is {use.target}'s own affair"
        return ""
    reason = "the two may not know each other" if RANKS[own] == RANKS[other] else f"{other} stands above {own}"
    return f"{use.source} may not know {use.target} ({use.what}): {reason}"


def way(edges: dict[str, dict[str, Use]], begin: str, end: str) -> list[Use]:
    """The lines that lead from one slice to another; empty when none do."""
    paths = {begin: []}
    queue = [begin]
    for piece in queue:
        for target, use in edges.get(piece, {}).items():
            if target not in paths:
                paths[target] = paths[piece] + [use]
                queue.append(target)
    return paths.get(end, [])


def unused_queries(root: pathlib.Path, files: dict[pathlib.PurePosixPath, str]) -> list[str]:
    """Queries whose function no code names; one for tests alone is a way to look into what was written."""
    named = {word for file, text in files.items() if file.suffix == ".c" for word in re.findall(r"\w+", text)}
    return [f"{root / file}:{line_of(text, match.start())}: nothing uses the query {match[1]}"
            for file, text in files.items() if file.suffix == ".sql"
            for match in re.finditer(r"^-- name: (\w+)", text, re.M) if match[1] not in named]


def check(root: pathlib.Path) -> list[str]:
    files = {pathlib.PurePosixPath(path.relative_to(root).as_posix()): path.read_text(encoding="utf-8", errors="replace")
             for path in sorted(root.rglob("*")) if path.suffix in (".c", ".h", ".html", ".sql") and path.is_file()}
    tables, templates = owners(files)
    causes, edges = [], {}
    for file, text in files.items():
        if wing_of(slice_of(file)) not in RANKS:
            causes.append(f"{root / file}:1: {file.parts[0]} is not a wing: {', '.join(RANKS)}")
            continue
        if file.suffix == ".html":
            uses = template_uses(root, file, text, templates)
        elif file.suffix == ".sql":
            uses = sql_uses(file, text, tables)
        else:
            uses = c_uses(root, file, text)
        for use in uses:
            place = f"{root / use.file}:{use.line}"
            if cause := breach(use):
                causes.append(f"{place}: {cause}")
            elif not file.name.startswith("test_") and use.target != use.source:
                known = edges.setdefault(use.source, {})
                if use.target not in known and (back := way(edges, use.target, use.source)):
                    steps = "; ".join(f"{root / step.file}:{step.line} names {step.target}" for step in back)
                    causes.append(f"{place}: {use.source} -> {use.target} closes a circle: {steps}")
                else:
                    known.setdefault(use.target, use)
    return causes + unused_queries(root, files)


def main() -> int:
    parser = argparse.ArgumentParser(description="Checks who knows whom, and that no query is left over.")
    parser.add_argument("--root", type=pathlib.Path, required=True)
    causes = check(parser.parse_args().root)
    print("\n".join(causes), end="\n" if causes else "")
    return 1 if causes else 0


if __name__ == "__main__":
    sys.exit(main())
