"""The texts that sqlc reads: words of SQL, statements, and what both engines share of the language."""
import dataclasses
import pathlib
import re

from emit import Faults

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


# ---- PostgreSQL's text ----

# TEXT sorts by its bytes as in SQLite, whatever the database's own order is.
POSTGRES_TYPES = {"INTEGER": "BIGINT", "REAL": "DOUBLE PRECISION", "BLOB": "BYTEA", "TEXT": 'TEXT COLLATE "C"'}


def postgres_text(statement: Statement) -> str:
    """A statement of a schema or migration as PostgreSQL wants it: other names of types (which are always written large, and
    names of columns small), no STRICT and WITHOUT ROWID."""
    if [t.upper for t in statement.tokens[:2]] not in (["CREATE", "TABLE"], ["ALTER", "TABLE"]):
        return statement.text
    words = tokens_of(statement.text)
    last = max((at for at, t in enumerate(words) if t.text == ")"), default=len(words) - 1)
    if {t.upper for t in words[last + 1:] if t.kind != "space"} <= {"STRICT", "WITHOUT", "ROWID", ","}:
        words = words[:last + 1]
    return "".join(POSTGRES_TYPES.get(t.text, t.text) for t in words)


# ---- SQLite's text ----

LISTED = re.compile(r"\b(\w+) IN \(((?:'[^']*'|\d+)(?:, (?:'[^']*'|\d+))+)\)")


def sqlite_text(statement: Statement) -> str:
    """A statement of a schema or migration as SQLite wants it. For a list of three and more in a CHECK it would make a temporary table
    at each row that is written, with a page cache of its own; comparing one by one costs a tenth of that."""
    if [t.upper for t in statement.tokens[:2]] not in (["CREATE", "TABLE"], ["ALTER", "TABLE"]):
        return statement.text
    return LISTED.sub(lambda m: "(" + " OR ".join(f"{m[1]} = {value}" for value in m[2].split(", ")) + ")", statement.text)


# ---- what both engines share ----

def reasons(words: dict[str, str]) -> dict[str, str]:
    """Reason and words, turned round: each word and its reason."""
    return {word: reason for reason, several in words.items() for word in several.split()}


BANNED_WORDS = reasons({
    "ids are made by the program": "AUTOINCREMENT",
    "use =": "GLOB",
    "SQLite's makes no difference between a and A, PostgreSQL's does": "LIKE ILIKE",
    "SQLite alone has it": "REGEXP MATCH INDEXED PRAGMA ATTACH",
    "name the key": "_ROWID_ OID",
    "collations differ between the engines": "COLLATE",
    "not for a slice": "VACUUM",
    "no temporary tables": "TEMP TEMPORARY",
    "PostgreSQL keeps the word for itself": "ANALYSE ARRAY ASYMMETRIC BOTH FREEZE GRANT INITIALLY LATERAL LEADING LOCALTIME "
        "LOCALTIMESTAMP ONLY PLACING SESSION_USER SIMILAR SOME SYMMETRIC TRAILING USER VARIADIC VERBOSE",
    "their sizes and names differ between the engines": "CAST",
    "a bool is stored as 1 or 0": "TRUE FALSE",
    "use IS NULL": "ISNULL",
    "use IS NOT NULL": "NOTNULL",
    "the program gives the time": "CURRENT_TIMESTAMP CURRENT_DATE CURRENT_TIME",
    "rules stand in C": "TRIGGER",
})
BANNED_CALLS = reasons({
    "use COALESCE": "IFNULL",
    "use CASE": "IIF",
    "the program reckons time": "DATETIME DATE TIME JULIANDAY STRFTIME UNIXEPOCH",
    "the page formats": "PRINTF FORMAT",
    "return rows instead": "GROUP_CONCAT STRING_AGG",
    "the program knows more letters than SQLite": "LOWER UPPER INITCAP",
    "use COALESCE(SUM(..), 0)": "TOTAL",
    "SQLite alone has it": "INSTR HEX UNHEX QUOTE TYPEOF RANDOMBLOB ZEROBLOB LIKELY UNLIKELY CHAR UNICODE",
    "ids are made by the program": "LAST_INSERT_ROWID",
    "use :changed": "CHANGES TOTAL_CHANGES",
    "differs between the engines": "RANDOM",
})
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
                better = "use LIMIT .. OFFSET" if token.upper == "LIMIT" else "use CASE"
                bad(token, f"{token.text} with a comma", better)


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
