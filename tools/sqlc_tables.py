"""All tables of the program as data in C (tables.c), for what works with any of them: backup, copy between engines, erasure."""
import dataclasses
import sqlite3

from emit import c_text

KINDS = {"INTEGER": "i", "REAL": "r", "TEXT": "t", "BLOB": "b"}


@dataclasses.dataclass(frozen=True)
class Column:
    name: str
    kind: str       # a letter; a capital may be NULL
    key: int        # its place in the primary key, from 1; 0: none


@dataclasses.dataclass(frozen=True)
class Table:
    name: str
    columns: tuple[Column, ...]
    case: str       # the column that says which case a row belongs to; "": none

    def all(self) -> str:
        keys = sorted((c for c in self.columns if c.key), key=lambda c: c.key)
        return (f"SELECT {', '.join(c.name for c in self.columns)}\nFROM {self.name}\n"
                f"ORDER BY {', '.join(c.name for c in keys)}")

    def add(self) -> str:
        places = ", ".join(f"?{at}" for at in range(1, len(self.columns) + 1))
        return f"INSERT INTO {self.name} ({', '.join(c.name for c in self.columns)})\nVALUES ({places})"

    def erase(self) -> str:
        """Overwrites what is sealed in the rows of one case; "" when nothing is."""
        sealed = [c for c in self.columns if c.kind in "bB" and not c.key]
        if not self.case or not sealed:
            return ""
        sets = ", ".join(f"{c.name} = " + ("NULL" if c.kind == "B" else "?3") for c in sealed)
        unused = "" if any(c.kind == "b" for c in sealed) else f" AND ({sealed[0].name} IS NOT NULL OR {sealed[0].name} = ?3)"
        return f"UPDATE {self.name} SET {sets}\nWHERE org = ?1 AND {self.case} = ?2{unused}"


def table_of(connection: sqlite3.Connection, name: str, id_is_case: bool, stays: bool) -> Table:
    columns = tuple(Column(c[1], KINDS[c[2]] if c[3] or c[5] else KINDS[c[2]].upper(), c[5])
                    for c in connection.execute(f"PRAGMA table_xinfo({name})").fetchall())
    case = "" if stays else "id" if id_is_case else "case_id" if any(c.name == "case_id" for c in columns) else ""
    return Table(name, columns, case)


def c_sql(name: str, text: str, slot: str, kinds: str, outputs: int, more: str = "") -> str:
    return (f"static const struct sql {name} = {{\n    .name = \"{name}\",\n    .text =\n{c_text(text, ' ' * 8)},\n"
            f"    .slot = {slot},\n    .inputs = {len(kinds)},\n    .outputs = {outputs},\n"
            f"    .kinds = \"{kinds}\",\n{more}}};\n")


def c_erase(table: Table, proven: tuple[str, ...]) -> str:
    """Erasing is a change like others: of a proven table it gives back what it wrote."""
    if not proven:
        return c_sql(f"{table.name}_erase", table.erase(), "UINT_MAX", "iib", 0)
    return (f"extern const struct proven {table.name}_proven;\n"
            + c_sql(f"{table.name}_erase", f"{table.erase()}\nRETURNING {', '.join(proven)}", "UINT_MAX", "iib",
                    len(proven), f"    .written = &{table.name}_proven,\n"))


def c_tables(tables: list[Table], first_slot: int, proven: dict[str, tuple[str, ...]]) -> str:
    """Whoever adds many rows wants the statement kept; the others are run once."""
    out = ["/* Made by sqlc: do not edit. */\n", '#include "platform/store/tables.h"\n\n#include <limits.h>\n\n',
           '#pragma GCC diagnostic ignored "-Woverlength-strings"\n']
    for at, table in enumerate(tables):
        names = ", ".join(f'"{c.name}"' for c in table.columns)
        out.append(f"\nstatic const char *const {table.name}_names[] = {{{names}}};\n")
        out.append(c_sql(f"{table.name}_all", table.all(), "UINT_MAX", "", len(table.columns)))
        out.append(c_sql(f"{table.name}_count", f"SELECT COUNT(*) AS count FROM {table.name}", "UINT_MAX", "", 1))
        out.append(c_sql(f"{table.name}_add", table.add(), str(first_slot + at),
                         "".join(c.kind.lower() for c in table.columns), 0))
        if table.erase():
            out.append(c_erase(table, proven.get(table.name, ())))
    out.append("\nconst struct store_table store_tables[] = {\n")
    for table in tables:
        erase = f"&{table.name}_erase" if table.erase() else "NULL"
        out.append(f"    {{\"{table.name}\", {len(table.columns)}, {table.name}_names, "
                   f"\"{''.join(c.kind for c in table.columns)}\", &{table.name}_all, &{table.name}_count, &{table.name}_add, {erase}}},\n")
    out.append(f"    {{NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL}},\n}};\nconst size_t store_table_count = {len(tables)};\n")
    return "".join(out)
