"""SQLite sorts NULL first, PostgreSQL last: what may be NULL is sorted with NULLS FIRST or NULLS LAST, unless the statement leaves
NULL out (`x IS NOT NULL`, `x < ?1`)."""
import sqlite3

from sqlc_text import Statement, Token


def sorted_items(statement: Statement) -> list[list[Token]]:
    """What stands between the commas behind each ORDER BY."""
    tokens, items = statement.tokens, []
    for at, token in enumerate(tokens[:-1]):
        if token.upper != "ORDER" or tokens[at + 1].upper != "BY":
            continue
        depth, item = 0, []
        for word in [*tokens[at + 2:], Token("sign", ")", 0)]:
            depth += {"(": 1, ")": -1}.get(word.text, 0)
            ends = depth < 0 or depth == 0 and word.upper == "LIMIT"
            if not ends and (depth > 0 or word.text != ","):
                item.append(word)
                continue
            items.append(item)
            item = []
            if ends:
                break
    return items


def leaves_null_out(statement: Statement, column: str) -> bool:
    for at, token in enumerate(statement.tokens):
        behind = [t.upper for t in statement.tokens[at + 1:at + 4]]
        if token.text == column and (behind == ["IS", "NOT", "NULL"] or behind[:1] and behind[0] in ("<", ">", "<=", ">=", "=")):
            return True
    return False


def unsorted_nulls(connection: sqlite3.Connection, statement: Statement, touched: set[tuple[str, str]]) -> list[Token]:
    """Columns that are sorted plainly although they may be NULL; `touched` are the tables' columns that the statement reads."""
    found = []
    for item in sorted_items(statement):
        place = 2 if len(item) > 2 and item[1].text == "." else 0
        if not item or [t.upper for t in item[place + 1:]] not in ([], ["ASC"], ["DESC"]):
            continue
        column = item[place].text
        if leaves_null_out(statement, column):
            continue
        for table, name in touched:
            rows = connection.execute(f"PRAGMA table_info({table})").fetchall() if name == column else []
            if any(c[1] == column and not c[3] and not c[5] for c in rows):
                found.append(item[place])
                break
    return found
