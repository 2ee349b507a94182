"""poc: makes tables of words out of the .po files (docs/GENERATORS.md).

    poc.py --out GENDIR --root src --locale locale
    poc.py --check-only --root src --locale locale

Reads every .po file of the slices and of the locale folder, checks them against each other and against what pages and
C files use, and writes words.h and words.c. What is wrong is told as `file:line: cause`, and then nothing is written.
"""
import argparse
import dataclasses
import pathlib
import re
import sys
from collections.abc import Iterator

from emit import Faults, c_literal, write_changed

PLURALS = {  # the languages of the program, in the order of the enum: how many forms, and which for n
    "lv": (3, "(n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : 2)"),
    "en": (2, "(n != 1)"),
    "ru": (3, "(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2)"),
}
NEEDED = ("lv", "en")
KEY = r"[a-z0-9_]+(?:\.[a-z0-9_]+)*"
HOLE = re.compile(r"\{([a-z_][a-z0-9_]*)\}")

# ---- reading a .po file ----


@dataclasses.dataclass
class Entry:
    file: pathlib.Path
    line: int
    key: str = ""
    plural: str | None = None                               # msgid_plural
    texts: dict[int, str] = dataclasses.field(default_factory=dict)
    indexed: bool = False                                   # msgstr[n] instead of msgstr
    fuzzy: bool = False

    def holes(self) -> list[set[str]]:
        """Of each form; a form need not say the count."""
        counted = {"count"} if self.plural is not None else set()
        return [set(HOLE.findall(text)) - counted for text in self.texts.values()]


def decode(quoted: str) -> str | None:
    """The text in a quoted string; None when it is not well written."""
    escapes = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}
    inside = quoted[1:-1]
    if not re.fullmatch(r'"(?:[^"\\]|\\[ntr"\\])*"', quoted):
        return None
    return re.sub(r"\\(.)", lambda match: escapes[match.group(1)], inside)


class Reader:
    """Follows a .po file line by line."""

    def __init__(self, file: pathlib.Path, faults: Faults) -> None:
        self.file, self.faults = file, faults
        self.entries: list[Entry] = []
        self.fuzzy = False
        self.target: tuple[str, int] | None = None   # where a line that is only a string goes on

    def read(self) -> list[Entry]:
        try:
            lines = self.file.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            self.faults.add(self.file, 1, "this is not UTF-8")
            return []
        for number, line in enumerate(lines, start=1):
            self.take(number, line.strip())
        return self.entries

    def take(self, number: int, line: str) -> None:
        if line == "" or line.startswith("#"):
            self.target = None
            self.fuzzy = self.fuzzy or (line.startswith("#,") and "fuzzy" in re.split(r"[,\s]+", line[2:]))
            return
        said = re.fullmatch(r'(?:(msgid|msgid_plural|msgstr)(?:\[(\d)\])?\s*)?(".*")', line)
        text = decode(said.group(3)) if said else None
        if said is None or text is None:
            self.faults.add(self.file, number, "this is no line of a .po file")
            return
        word, index = said.group(1), said.group(2)
        if word == "msgid":
            self.entries.append(Entry(self.file, number, fuzzy=self.fuzzy))
            self.fuzzy = False
        if not self.entries or (word is None and self.target is None) or (index is not None and word != "msgstr"):
            self.faults.add(self.file, number, "this line belongs to no entry")
            return
        if word is not None:
            self.target = (word, int(index or 0))
            self.begin(word, index, number)
        self.append(text)

    def begin(self, word: str, index: str | None, number: int) -> None:
        entry = self.entries[-1]
        if word == "msgid_plural":
            entry.plural = ""
        elif word == "msgstr":
            if int(index or 0) in entry.texts:
                self.faults.add(self.file, number, "a second translation of the same form")
            entry.indexed = entry.indexed or index is not None
            entry.texts[int(index or 0)] = ""

    def append(self, text: str) -> None:
        assert self.target is not None
        entry, (word, index) = self.entries[-1], self.target
        if word == "msgid":
            entry.key += text
        elif word == "msgid_plural":
            entry.plural = (entry.plural or "") + text
        else:
            entry.texts[index] += text


@dataclasses.dataclass
class Book:
    """The words of one language in one folder."""
    file: pathlib.Path
    language: str
    slice_name: str | None      # None: the shared words of the locale folder
    entries: dict[str, Entry]


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def check_header(file: pathlib.Path, language: str, entries: list[Entry], faults: Faults) -> None:
    header = entries[0].texts.get(0, "") if entries and entries[0].key == "" else None
    if header is None:
        faults.add(file, 1, "the file does not begin with a header (msgid \"\")")
        return
    fields = dict(re.findall(r"^([\w-]+):[ \t]*(.*)$", header, re.MULTILINE))
    line = entries[0].line
    if fields.get("Language") != language:
        faults.add(file, line, f"the header must say `Language: {language}`")
    count, rule = PLURALS[language]
    expected = f"nplurals={count}; plural={rule};"
    if squeezed(fields.get("Plural-Forms", "")) != squeezed(expected):
        faults.add(file, line, f"the header must say `Plural-Forms: {expected}`")


def read_book(file: pathlib.Path, slice_name: str | None, faults: Faults) -> Book | None:
    language = file.stem
    if language not in PLURALS:
        faults.add(file, 1, f"the program does not speak {language} (it speaks {', '.join(PLURALS)})")
        return None
    entries = Reader(file, faults).read()
    check_header(file, language, entries, faults)
    book = Book(file, language, slice_name, {})
    for at, entry in enumerate(entries):
        if at == 0 and entry.key == "":
            continue
        check_entry(entry, language, faults)
        if entry.key in book.entries:
            faults.add(file, entry.line, f"{entry.key} stands here twice, first in line {book.entries[entry.key].line}")
        else:
            book.entries[entry.key] = entry
    return book


def check_entry(entry: Entry, language: str, faults: Faults) -> None:
    def bad(cause: str) -> None:
        faults.add(entry.file, entry.line, f"{entry.key}: {cause}")

    if not re.fullmatch(KEY, entry.key) or entry.key == "none":
        bad("a key is made of a-z, 0-9 and _, with dots between, and is not `none`")
    if entry.fuzzy:
        bad("the translation is marked fuzzy: look at it and take the mark away")
    if entry.plural is not None and entry.plural != entry.key:
        bad("msgid_plural must be the same key")
    forms = PLURALS[language][0] if entry.plural is not None else 1
    if sorted(entry.texts) != list(range(forms)) or entry.indexed != (entry.plural is not None):
        bad(f"{language} needs msgstr[0] to msgstr[{forms - 1}]" if entry.plural is not None else "needs one msgstr")
    if any(text.strip() == "" for text in entry.texts.values()):
        bad("the translation is empty")
    if any(c in HOLE.sub("", text) for text in entry.texts.values() for c in "{}"):
        bad("a brace that makes no {hole}")
    holes = entry.holes()
    if any(other != holes[0] for other in holes):
        bad("the forms have different holes")


# ---- the files against each other ----


def check_books(books: list[Book], faults: Faults) -> None:
    folders: dict[pathlib.Path, dict[str, Book]] = {}
    for book in books:
        folders.setdefault(book.file.parent, {})[book.language] = book
    for languages in folders.values():
        check_folder(languages, faults)
    check_twice(books, faults)


def check_folder(languages: dict[str, Book], faults: Faults) -> None:
    """A key of one file of a folder must stand in all its files, with the same holes and the same sort of entry."""
    some = next(iter(languages.values()))
    for language in NEEDED:
        if language not in languages:
            faults.add(some.file, 1, f"there is no {language}.po beside this file")
    first: dict[str, Entry] = {}
    for book in languages.values():
        for key, entry in book.entries.items():
            first.setdefault(key, entry)
    for key, entry in first.items():
        for book in languages.values():
            other = book.entries.get(key)
            if other is None:
                faults.add(entry.file, entry.line, f"{key} is missing in {book.file.name}")
            elif (other.plural is None) != (entry.plural is None):
                faults.add(other.file, other.line, f"{key} has plural forms in one language and not in the other")
            elif entry.texts and other.texts and other.holes()[0] != entry.holes()[0]:
                faults.add(other.file, other.line, f"{key}: the holes differ from those in {entry.file.name}")


def c_name(key: str) -> str:
    return key.replace(".", "_")


def check_twice(books: list[Book], faults: Faults) -> None:
    """No key in two folders, no two keys that are one in C."""
    seen: dict[str, Entry] = {}
    for book in books:
        for key, entry in book.entries.items():
            other = seen.setdefault(c_name(key), entry)
            if other.key != key:
                faults.add(entry.file, entry.line,
                           f"{key} and {other.key} ({other.file}:{other.line}) are both W_{c_name(key)} in C")
            elif other.file.parent != entry.file.parent:
                faults.add(entry.file, entry.line, f"{key} stands in {other.file}:{other.line} too")


# ---- who uses what ----

Place = tuple[pathlib.Path, int]

@dataclasses.dataclass
class WordUse:
    """{{ t:key name=text }} in a page, or {{ n:key count name=text }}."""
    key: str
    counted: bool
    filled: set[str]    # the holes that the page fills
    place: Place


@dataclasses.dataclass
class Uses:
    """Where each key and family of codes is first used."""
    names: dict[str, Place] = dataclasses.field(default_factory=dict)                # of W_name, without W_
    words: list[WordUse] = dataclasses.field(default_factory=list)
    families: dict[str, Place] = dataclasses.field(default_factory=dict)
    codes: dict[str, Place] = dataclasses.field(default_factory=dict)                # family.code of a CODES list
    from_packs: set[str] = dataclasses.field(default_factory=set)                    # families whose words packs bring


def blank(match: re.Match[str]) -> str:
    """What stands in place of something left out: as many lines."""
    return " " + "\n" * match.group().count("\n")


C_PARTS = re.compile(r"""
    (?P<comment>//[^\n]*|/\*.*?\*/)
  | (?P<string>"(?:[^"\\\n]|\\.)*")
  | (?P<char>'(?:[^'\\\n]|\\.)*')
""", re.VERBOSE | re.DOTALL)


def without_comments(text: str) -> str:
    return C_PARTS.sub(lambda m: blank(m) if m.lastgroup == "comment" else m.group(), text)


def without_strings(text: str) -> str:
    return C_PARTS.sub(lambda m: " " * len(m.group()), text)


def arguments_at(text: str, at: int) -> list[str]:
    """The arguments of a call whose bracket opens before `at`."""
    arguments, depth, begin = [], 0, at
    bare = without_strings(text[at:at + 4000])
    for offset, c in enumerate(bare, start=at):
        if c in ",)" and depth == 0:
            arguments.append(text[begin:offset].strip())
            begin = offset + 1
            if c == ")":
                break
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(c, 0)
    return arguments


def literal(argument: str) -> str | None:
    found = re.fullmatch(r'"([^"\\]*)"', argument)
    return found.group(1) if found else None


def scan_c(file: pathlib.Path, code: str, line: int, uses: Uses) -> None:
    """`code` is C without comments; its first line is line `line` of the file."""
    def place(at: int) -> Place:
        return file, line + code.count("\n", 0, at)

    bare = without_strings(code)
    for found in re.finditer(r"\bW_([a-z0-9_]+)\b", bare):
        uses.names.setdefault(found.group(1), place(found.start()))
    for found in re.finditer(r"\b(?:word_code|html_code)\s*\(", bare):
        arguments = arguments_at(code, found.end())
        family = literal(arguments[1]) if len(arguments) > 1 else None
        if family:
            uses.families.setdefault(family, place(found.start()))
    uses.from_packs.update(re.findall(r"(?<!define )\bPACK_FAMILY\s*\(\s*([a-z0-9_]+)\s*\)", bare))
    for found in re.finditer(r"(?<!define )\bCODES\s*\(", bare):
        family, *codes = arguments_at(code, found.end())
        uses.families.setdefault(family, place(found.start()))
        for code_text in filter(None, map(literal, codes)):
            uses.codes.setdefault(f"{family}.{code_text}", place(found.start()))
    for found in re.finditer(r"\breq_audit\s*\(", bare):
        arguments = arguments_at(code, found.end())
        if len(arguments) > 2 and arguments[2] != "0":  # of a case, whose page tells who did what
            for act in re.findall(r'"([a-z_]+\.[a-z_]+)"', arguments[1]):
                uses.codes.setdefault("act." + act.replace(".", "_"), place(found.start()))


def filled_holes(hole: str) -> set[str]:
    """The names of the pairs `name=expression` that stand outside brackets and strings."""
    text, inner = without_strings(hole), 1
    while inner:
        text, inner = re.subn(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}", "", text)
    return set(re.findall(r"\s([a-z_]\w*)=(?!=)", text))


def scan_html(file: pathlib.Path, text: str, uses: Uses) -> None:
    text = re.sub(r"\{#.*?#\}|<!--.*?-->", blank, text, flags=re.DOTALL)
    for part in re.finditer(r"\{\{(.*?)\}\}|\{%(.*?)%\}", text, re.DOTALL):
        inside = part.group(1) or part.group(2) or ""
        line = 1 + text.count("\n", 0, part.start())
        word = re.match(rf"\s*([tn]):({KEY})", part.group(1) or "")
        if word:
            uses.words.append(WordUse(word.group(2), word.group(1) == "n", filled_holes(part.group(1)), (file, line)))
        family = re.search(rf"\|\s*code:({KEY})\s*$", part.group(1) or "")
        if family:
            uses.families.setdefault(family.group(1), (file, line))
        scan_c(file, inside, line, uses)


def scan_tree(root: pathlib.Path) -> Uses:
    uses = Uses()
    for file in sorted(root.rglob("*")):
        if file.suffix in (".c", ".h"):
            scan_c(file, without_comments(file.read_text()), 1, uses)
        elif file.suffix == ".html":
            scan_html(file, file.read_text(), uses)
    return uses


def check_word(use: WordUse, entry: Entry | None, faults: Faults) -> None:
    if entry is None:
        faults.add(*use.place, f"no .po file has a word for {use.key}")
    elif use.counted != (entry.plural is not None):
        faults.add(*use.place, f"{use.key} has no plural forms" if use.counted else
                   f"{use.key} has plural forms: use n:{use.key}")
    elif entry.texts and use.filled != entry.holes()[0]:
        wanted, given = (", ".join(sorted(names)) or "none" for names in (entry.holes()[0], use.filled))
        faults.add(*use.place, f"{use.key} has other holes: {wanted}; filled here: {given}")


def check_uses(books: list[Book], uses: Uses, faults: Faults) -> None:
    entries: dict[str, Entry] = {}
    for book in books:
        entries.update({key: entry for key, entry in book.entries.items() if key not in entries})
    names = {c_name(key) for key in entries}
    for name, place in uses.names.items():
        if name != "none" and name not in names:
            faults.add(*place, f"no .po file has a word for W_{name}")
    for use in uses.words:
        check_word(use, entries.get(use.key), faults)
    for family, place in uses.families.items():
        if family not in uses.from_packs and not any(key.startswith(family + ".") for key in entries):
            faults.add(*place, f"no .po file has a word of the family {family}")
    for key, place in uses.codes.items():
        if key not in entries:
            faults.add(*place, f"no .po file has a word for {key}")
    check_unused(books, uses, faults)


def check_unused(books: list[Book], uses: Uses, faults: Faults) -> None:
    words = {use.key for use in uses.words}
    families = tuple(family + "." for family in uses.families)
    for book in books:
        for key, entry in book.entries.items():
            of_family = key.startswith(families)
            if not of_family and key not in words and c_name(key) not in uses.names:
                faults.add(entry.file, entry.line, f"{key} is used nowhere")
            elif not of_family and book.slice_name is not None and not key.startswith(book.slice_name + "."):
                faults.add(entry.file, entry.line,
                           f"{key} must begin with the slice's name ({book.slice_name}.) or a family of codes")


# ---- C ----

MADE = "/* Made by poc: do not edit. */\n"


def c_header(keys: list[str]) -> str:
    languages = ", ".join(f"LANGUAGE_{language}" for language in PLURALS)
    words = "".join(f"    W_{c_name(key)},\n" for key in keys)
    return f"""{MADE}#ifndef AUSMA_MADE_WORDS_H
#define AUSMA_MADE_WORDS_H

enum language {{ {languages}, LANGUAGE_COUNT }};

/* In the order of `word_keys`. */
enum word {{
    W_none,
{words}    WORD_COUNT
}};

/* `text` is NULL when the language lacks the word; `forms[0]` is set when it has plural forms. */
struct word_entry {{
    const char *text;
    const char *forms[4];
}};

extern const struct word_entry word_table[LANGUAGE_COUNT][WORD_COUNT];
extern const char *const word_keys[WORD_COUNT]; /* sorted by strcmp from index 1 on */
extern const char *const language_codes[LANGUAGE_COUNT];

/* Which of the forms is the right one for n. */
unsigned word_plural_form(enum language language, unsigned long n);

#endif
"""


def c_entry(entry: Entry) -> str:
    if entry.plural is None:
        return f"[W_{c_name(entry.key)}] = {{.text = {c_literal(entry.texts[0])}}}"
    forms = ", ".join(c_literal(text) for _, text in sorted(entry.texts.items()))
    return f"[W_{c_name(entry.key)}] = {{.forms = {{{forms}}}}}"


def c_source(keys: list[str], books: list[Book]) -> str:
    out = [MADE, '#include "words.h"\n\n#pragma GCC diagnostic ignored "-Woverlength-strings"\n',
           "\nconst struct word_entry word_table[LANGUAGE_COUNT][WORD_COUNT] = {\n"]
    for language in PLURALS:
        entries = {key: entry for book in books if book.language == language for key, entry in book.entries.items()}
        lines = "".join(f"        {c_entry(entries[key])},\n" for key in keys if key in entries)
        out.append(f"    [LANGUAGE_{language}] = {{\n        [W_none] = {{.text = \"\"}},\n{lines}    }},\n")
    out.append("};\n\nconst char *const word_keys[WORD_COUNT] = {\n    \"\",\n")
    out += [f"    \"{key}\",\n" for key in keys]
    codes = ", ".join(f'"{code}"' for code in PLURALS)
    out.append(f"}};\n\nconst char *const language_codes[LANGUAGE_COUNT] = {{{codes}}};\n")
    cases = "".join(f"    case LANGUAGE_{language}:\n        return (unsigned){rule};\n"
                    for language, (_, rule) in PLURALS.items())
    out.append("\nunsigned word_plural_form(enum language language, unsigned long n)\n{\n    switch (language) {\n"
               f"{cases}    case LANGUAGE_COUNT:\n        break;\n    }}\n    return 0;\n}}\n")
    return "".join(out)


# ---- all together ----


def read_books(root: pathlib.Path, locale: pathlib.Path, faults: Faults) -> list[Book]:
    files: Iterator[tuple[pathlib.Path, str | None]] = iter(
        [(f, None) for f in sorted(locale.glob("*.po"))] + [(f, f.parent.name) for f in sorted(root.rglob("*.po"))])
    return [book for file, name in files if (book := read_book(file, name, faults)) is not None]


def generate(root: pathlib.Path, locale: pathlib.Path, out: pathlib.Path | None) -> Faults:
    faults = Faults()
    books = read_books(root, locale, faults)
    check_books(books, faults)
    check_uses(books, scan_tree(root), faults)
    if out is not None and not faults.found:
        keys = sorted({key for book in books for key in book.entries})
        write_changed(out / "words.h", c_header(keys))
        write_changed(out / "words.c", c_source(keys, books))
    return faults


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--out", type=pathlib.Path)
    options.add_argument("--root", type=pathlib.Path, required=True)
    options.add_argument("--locale", type=pathlib.Path, required=True)
    options.add_argument("--check-only", action="store_true", help="look only, write nothing")
    given = options.parse_args()
    if given.out is None and not given.check_only:
        options.error("--out or --check-only is needed")
    return 1 if generate(given.root, given.locale, None if given.check_only else given.out).tell() else 0


if __name__ == "__main__":
    sys.exit(main())
