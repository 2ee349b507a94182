"""What sqlc knows of queries, and the C it makes out of them."""
import dataclasses
import pathlib
import re
import textwrap

from emit import c_comment, c_literal, c_text
from sqlc_text import Statement, Token, postgres_text, sqlite_text

# ---- what is known ----

KINDS = {  # C type; and for NULL-able ones
    "id": ("int64_t ", "struct maybe "), "int": ("int64_t ", "struct maybe "), "time": ("int64_t ", "struct maybe "),
    "bool": ("bool ", "struct maybe "), "real": ("double ", None), "text": ("const char *", "const char *"),
    "code": ("const char *", "const char *"), "date": ("const char *", "const char *"),
    "bytes": ("struct bytes ", "struct bytes "),
}
STORED = {"id": "int", "int": "int", "time": "int", "bool": "bool", "real": "real", "text": "text", "code": "text",
          "date": "text", "bytes": "bytes"}


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
    written: "Table | None" = None  # the proven table that the statement changes
    gone: bool = False              # a DELETE
    given: dict[str, Token] | None = None   # of a plain INSERT: what each column gets
    reads: bool = False                     # it changes nothing
    tables: int = 0                         # those it reads, or the one it changes, as bits
    ahead: bool = False                     # asked in loops whose inputs are known before


@dataclasses.dataclass(frozen=True)
class Table:
    """A table whose every change is part of the proof (docs/PROOF.md)."""
    name: str
    columns: tuple[str, ...]    # all of them, by name
    keys: tuple[str, ...]       # of the primary key in its order, without org
    case: str                   # the column with the case, or ""


@dataclasses.dataclass
class Migration:
    number: int
    file: pathlib.Path
    statements: list[Statement]
    additive: bool = False  # programs that do not know it can go on
    postgres: list[Statement] | None = None     # where the text for PostgreSQL has to be another


@dataclasses.dataclass
class Slice:
    folder: str             # "case/record"
    schema: list[Statement] = dataclasses.field(default_factory=list)
    queries: list[Query] = dataclasses.field(default_factory=list)
    queries_file: pathlib.Path | None = None

    @property
    def name(self) -> str:
        return self.folder.rsplit("/", 1)[-1]

    def owns(self, name: str) -> bool:
        return name == self.name or name.startswith(self.name + "_")


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
    whole = head + ", ".join(argument.replace(" ", "\0") for argument in arguments) + ")"
    return textwrap.fill(whole, 118, subsequent_indent=" " * len(head), break_long_words=False).replace("\0", " ")


def c_ahead(query: Query) -> str:
    """Announces a query that will be asked soon; nothing where that is of no use."""
    return f"void {query.name}_ahead(struct db *db, const struct {query.name}_in *in)"


def c_header(part: Slice) -> str:
    guard = "AUSMA_MADE_" + re.sub(r"\W", "_", part.folder.upper()) + "_QUERIES_H"
    out = [MADE, f"#ifndef {guard}\n#define {guard}\n\n#include \"platform/store/store.h\"\n"]
    for query in part.queries:
        said = c_comment("\n * ".join(query.words)) + "\n" if query.words else ""
        out.append("\n" + c_struct(query, "in", query.inputs) + c_struct(query, "row", query.outputs) + said
                   + c_prototype(query, "MUST_USE ") + ";\n" + (c_ahead(query) + ";\n" if query.ahead else ""))
    return "".join(out) + "\n#endif\n"


def c_take(query: Query) -> str:
    fits = "\n                && ".join(f.take(at) for at, f in enumerate(query.outputs))
    unused = "" if any(f.stored in ("text", "bytes") for f in query.outputs) else "    (void)arena;\n"
    return (f"static enum err {query.name}_take(struct arena *arena, const struct value *columns, void *to)\n{{\n"
            f"    struct {query.name}_row *row = to;\n{unused}"
            f"    bool fits = {fits};\n"
            f"    return fits ? OK : err_note(ERR_BROKEN, \"{query.name}: a column does not hold what it should\");\n"
            "}\n\n")


def c_hand(query: Query) -> str:
    return (f"struct {query.name}_reader {{\n"
            f"    enum err (*each)(void *data, const struct {query.name}_row *row);\n    void *data;\n}};\n\n"
            f"static enum err {query.name}_hand(void *data, const void *row)\n{{\n"
            f"    const struct {query.name}_reader *reader = data;\n"
            f"    return reader->each(reader->data, row);\n}}\n\n")


def c_values(query: Query) -> str:
    items = "".join(f"        {f.from_c()}(in->{f.name}),\n" for f in query.inputs)
    return f"const struct value values[] = {{\n{items}    }};"


def c_ahead_body(query: Query) -> str:
    return (f"\n{c_ahead(query)}\n{{\n    if (!db_foresees(db))\n        return;\n    {c_values(query)}\n"
            f"    db_ahead(db, &{query.name}_sql, values);\n}}\n")


def c_body(query: Query) -> str:
    row, sql = f"struct {query.name}_row", f"&{query.name}_sql"
    values = "NULL"
    lines = []
    if query.inputs:
        values = "values"
        lines.append(c_values(query))
    if query.ending == "many":
        lines += ["void *found = NULL;", "size_t found_count = 0;",
                  f"TRY(sql_many(db, arena, {sql}, {values}, {query.name}_take, sizeof({row}), &found, &found_count));",
                  "*rows = found;", "*count = found_count;", "return OK;"]
    elif query.ending == "one":
        lines += [f"{row} found = {{0}};", f"TRY(sql_one(db, arena, {sql}, {values}, {query.name}_take, &found));",
                  "*row = found;", "return OK;"]
    elif query.ending == "each":
        lines += [f"{row} found = {{0}};", f"struct {query.name}_reader reader = {{each, data}};",
                  f"return sql_each(db, arena, {sql}, {values}, {query.name}_take, &found, {query.name}_hand,",
                  "                &reader);"]
    elif query.ending == "changed":
        lines.append(f"return sql_changed(db, {sql}, {values}, changed);")
    else:
        lines.append(f"return db_run(db, {sql}, {values}, NULL, NULL, NULL);")
    return c_prototype(query) + "\n{\n" + "".join(f"    {line}\n" for line in lines) + "}\n"


LONG_TEXTS = '#pragma GCC diagnostic ignored "-Woverlength-strings"\n'


def written_text(query: Query) -> str:
    """A change of a proven table gives back each row as it is now, behind what the query itself asks for. Of a plain INSERT
    the row is known from what it was given."""
    if query.written is None or query.given is not None:
        return query.statement.text
    words = [t.upper for t in query.statement.tokens]
    before = "," if "RETURNING" in words else "\nRETURNING"
    # In UPDATE .. FROM a bare name may be of either table.
    owner = f"{query.written.name}." if words[0] == "UPDATE" and "FROM" in words else ""
    return f"{query.statement.text}{before} {', '.join(owner + c for c in query.written.columns)}"


def c_given(token: Token | None) -> str:
    if token is None or token.upper == "NULL":
        return "{0}"
    if token.kind == "param":
        return f"{{.input = {token.text[1:]}}}"
    if token.kind == "number":
        return f"{{.constant = {{.kind = VALUE_INT, .i = {token.text}}}}}"
    text = token.text[1:-1].replace("''", "'")
    return (f"{{.constant = {{.kind = VALUE_TEXT, .bytes = {{(const uint8_t *){c_literal(text)}, "
            f"sizeof({c_literal(text)}) - 1}}}}}}")


def c_written(query: Query) -> str:
    if query.written is None:
        return ""
    out = f"    .written = &{query.written.name}_proven,\n" + ("    .gone = true,\n" if query.gone else "")
    if query.given is not None:
        items = "".join(f"        {c_given(query.given.get(c))},\n" for c in query.written.columns)
        out += f"    .given = (const struct sql_given[]){{\n{items}    }},\n"
    return out


def c_source(part: Slice) -> str:
    out = [MADE, f'#include "{part.folder}/queries.h"\n\n#include "sqlc_rows.h"\n\n', LONG_TEXTS]
    for table in sorted({q.written.name for q in part.queries if q.written}):
        out.append(f"extern const struct proven {table}_proven;\n")
    for query in part.queries:
        back = query.written is not None and query.given is None
        columns = len(query.outputs) + (len(query.written.columns) if back else 0)
        out.append(f"\nconst struct sql {query.name}_sql = {{\n    .name = \"{query.name}\",\n"
                   f"    .text =\n{c_text(written_text(query), ' ' * 8)},\n"
                   f"    .slot = {query.slot},\n    .inputs = {len(query.inputs)},\n"
                   f"    .outputs = {columns},\n    .kinds = \"{c_kinds(query)}\",\n{c_written(query)}"
                   f"    .reads = {'true' if query.reads else 'false'},\n    .tables = 0x{query.tables:x},\n}};\n\n")
        if query.outputs:
            out.append(c_take(query))
        if query.ending == "each":
            out.append(c_hand(query))
        out.append(c_body(query))
        if query.ahead:
            out.append(c_ahead_body(query))
    return "".join(out)


def c_kinds(query: Query) -> str:
    """One letter an input."""
    letters = {"int": "i", "bool": "i", "real": "r", "text": "t", "bytes": "b"}
    return "".join("c" if f.kind in ("code", "date") else letters[f.stored] for f in query.inputs)


def c_proven(table: Table) -> str:
    """A proven table, and the statement that reads all of it in the order of its key."""
    names = ", ".join(f'"{c}"' for c in table.columns)
    keys = ", ".join(str(table.columns.index(k)) for k in table.keys)
    text = f"SELECT {', '.join(table.columns)} FROM {table.name} ORDER BY {', '.join(('org', *table.keys))}"
    return (f"\nextern const struct proven {table.name}_proven;\n"
            f"static const char *const {table.name}_columns[] = {{{names}}};\n"
            f"static const unsigned {table.name}_keys[] = {{{keys or 0}}};\n"
            f"static const struct sql {table.name}_every = {{\n    .name = \"{table.name}\",\n    .text =\n"
            f"{c_text(text, ' ' * 8)},\n    .slot = SLOT_NONE,\n    .outputs = {len(table.columns)},\n}};\n"
            f"const struct proven {table.name}_proven = {{\n    .table = \"{table.name}\",\n"
            f"    .columns = {table.name}_columns,\n    .count = {len(table.columns)},\n"
            f"    .keys = {table.name}_keys,\n    .key_count = {len(table.keys)},\n"
            f"    .case_at = {table.columns.index(table.case) if table.case else -1},\n"
            f"    .every = &{table.name}_every,\n}};\n")


def c_all(slices: list[Slice], order: list[Slice], migrations: list[Migration], slots: int,
          proven: list[Table]) -> str:
    """sql.c. The lists end with an empty item, which is not counted: C has no empty arrays."""
    queries = [q for part in slices for q in part.queries]
    out = [MADE, '#include "platform/store/store.h"\n\n', LONG_TEXTS]
    out += [f"\nextern const struct sql {q.name}_sql;" for q in queries]
    out.append(f"\n\nconst unsigned sql_slots = {slots};\nconst struct sql *const sql_all[] = {{\n")
    out += [f"    &{q.name}_sql,\n" for q in queries]
    out.append("    NULL,\n};\n")
    out += [c_proven(table) for table in proven]
    out.append("\nconst struct proven *const proven_all[] = {\n")
    out += [f"    &{table.name}_proven,\n" for table in proven]
    out.append("    NULL,\n};\n\nconst struct schema_part schema_parts[] = {\n")
    out += [f"    {{\"{p.folder}\",\n{c_text(all_statements(p.schema), ' ' * 8)},\n"
            f"{c_text(all_postgres(p.schema), ' ' * 8)}}},\n" for p in order]
    out.append(f"    {{NULL, NULL, NULL}},\n}};\nconst size_t schema_part_count = {len(order)};\n\n"
               "const struct migration migrations[] = {\n")
    out += [f"    {{{m.number}, {c_literal(m.file.name)},\n{c_text(all_statements(m.statements), ' ' * 8)},\n"
            f"{c_text(all_postgres(m.statements if m.postgres is None else m.postgres), ' ' * 8)},\n"
            f"        {'true' if m.additive else 'false'}}},\n" for m in migrations]
    out.append(f"    {{0, NULL, NULL, NULL, false}},\n}};\nconst size_t migration_count = {len(migrations)};\n")
    return "".join(out)


def all_postgres(statements: list[Statement]) -> str:
    return "".join(postgres_text(s) + ";\n" for s in statements)


def all_statements(statements: list[Statement]) -> str:
    return "".join(sqlite_text(s) + ";\n" for s in statements)
