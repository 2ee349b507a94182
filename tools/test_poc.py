"""Tests of poc: python3 tools/test_poc.py"""
import pathlib
import subprocess
import tempfile
import unittest

import poc

HEADERS = {language: 'msgid ""\nmsgstr ""\n"Language: ' + language + '\\n"\n'
           + f'"Plural-Forms: nplurals={count}; plural={rule};\\n"\n' for language, (count, rule) in poc.PLURALS.items()}
HEADER_LINES = 4
FLAGS = ("-std=gnu17 -D_GNU_SOURCE -O1 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes "
         "-Wvla -Werror").split()


def word(key: str, text: str) -> str:
    return f'msgid "{key}"\nmsgstr "{text}"\n'


def plural(key: str, *forms: str) -> str:
    return f'msgid "{key}"\nmsgid_plural "{key}"\n' + "".join(f'msgstr[{at}] "{text}"\n' for at, text in enumerate(forms))


class Tree(unittest.TestCase):
    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.top = pathlib.Path(holder.name)
        self.put("src/a/page.html", "<p>{{ t:a.title }}</p>\n")

    def put(self, name: str, text: str) -> None:
        path = self.top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def words(self, lv: str, en: str, folder: str = "src/a") -> None:
        self.put(f"{folder}/lv.po", HEADERS["lv"] + lv)
        self.put(f"{folder}/en.po", HEADERS["en"] + en)

    def faults(self, out: pathlib.Path | None = None) -> list[str]:
        found = poc.generate(self.top / "src", self.top / "locale", out).lines()
        return [line.removeprefix(str(self.top) + "/") for line in found]

    def refused(self, *expected: str) -> None:
        """Just these faults: the beginning of each line, and the words in it behind ` .. `."""
        found = self.faults()
        self.assertEqual(len(found), len(expected), found)
        for line, want in zip(found, expected):
            for part in want.split(" .. "):
                self.assertIn(part, line)
            self.assertTrue(line.startswith(want.split(" .. ")[0]), line)


class Files(Tree):
    def test_good_words_have_no_faults(self) -> None:
        self.words(word("a.title", "Virsraksts"), word("a.title", "Title"))
        self.assertEqual(self.faults(), [])

    def test_a_key_twice(self) -> None:
        self.words(word("a.title", "Viens") + word("a.title", "Divi"), word("a.title", "Title"))
        self.refused("src/a/lv.po:7: .. a.title stands here twice, first in line 5")

    def test_a_key_in_two_folders(self) -> None:
        self.words(word("a.title", "Viens"), word("a.title", "One"))
        self.words(word("a.title", "Viens"), word("a.title", "One"), "locale")
        self.refused("src/a/en.po:5: .. locale/en.po:5 too", "src/a/lv.po:5: .. locale/en.po:5 too")

    def test_two_keys_that_are_one_in_c(self) -> None:
        self.put("src/a/page.html", "{{ t:a.b_c }} {{ t:a_b.c }}")
        self.words(word("a.b_c", "Viens") + word("a_b.c", "Divi"), word("a.b_c", "One") + word("a_b.c", "Two"), "locale")
        self.refused("locale/en.po:7: .. both W_a_b_c in C", "locale/lv.po:7: .. both W_a_b_c in C")

    def test_missing_in_one_language(self) -> None:
        self.words(word("a.title", "Viens"), "")
        self.refused("src/a/lv.po:5: a.title is missing in en.po")
        self.words("", word("a.title", "One"))
        self.refused("src/a/en.po:5: a.title is missing in lv.po")

    def test_missing_file(self) -> None:
        self.put("src/a/en.po", HEADERS["en"] + word("a.title", "One"))
        self.refused("src/a/en.po:1: there is no lv.po")

    def test_a_third_language_may_lack_files_but_not_keys(self) -> None:
        self.put("src/b/page.html", "{{ t:b.x }}{{ t:b.y }}")
        self.words(word("a.title", "Viens"), word("a.title", "One"))
        self.words(word("b.x", "x") + word("b.y", "y"), word("b.x", "x") + word("b.y", "y"), "src/b")
        self.assertEqual(self.faults(), [])
        self.put("src/b/ru.po", HEADERS["ru"] + word("b.x", "x"))
        self.refused("src/b/en.po:7: b.y is missing in ru.po")

    def test_unknown_language(self) -> None:
        self.words(word("a.title", "Viens"), word("a.title", "One"))
        self.put("src/a/de.po", "")
        self.refused("src/a/de.po:1: the program does not speak de")

    def test_header(self) -> None:
        self.words(word("a.title", "Viens"), word("a.title", "One"))
        self.put("src/a/lv.po", word("a.title", "Viens"))
        self.refused("src/a/lv.po:1: the file does not begin with a header")
        self.put("src/a/lv.po", HEADERS["en"] + word("a.title", "Viens"))
        self.refused("src/a/lv.po:1: .. Language: lv", "src/a/lv.po:1: .. Plural-Forms: nplurals=3;")

    def test_an_empty_translation(self) -> None:
        self.words(word("a.title", ""), word("a.title", "One"))
        self.refused("src/a/lv.po:5: a.title: the translation is empty")

    def test_a_fuzzy_entry(self) -> None:
        self.words("#: somewhere\n#, c-format, fuzzy\n" + word("a.title", "Viens"), word("a.title", "One"))
        self.refused("src/a/lv.po:7: .. fuzzy")

    def test_holes(self) -> None:
        self.put("src/a/pages.c", "int title = W_a_title;")
        self.put("src/a/page.html", "")
        self.words(word("a.title", "{who} un {what}"), word("a.title", "{what} and {who}"))
        self.assertEqual(self.faults(), [])
        self.words(word("a.title", "{who}"), word("a.title", "{whom}"))
        self.refused("src/a/lv.po:5: .. the holes differ from those in en.po")
        self.words(word("a.title", "{ who}"), word("a.title", "One"))
        self.refused("src/a/lv.po:5: .. a brace")

    def test_keys(self) -> None:
        for key in ("a.Title", "a..title", "a.title-x", "none"):
            self.words(word("a.title", "Viens") + word(key, "Viens"), word("a.title", "One") + word(key, "One"))
            self.assertIn(f"src/a/lv.po:7: {key}: a key is made of a-z, 0-9 and _, with dots between, and is not `none`",
                          self.faults())

    def test_plural_forms(self) -> None:
        self.put("src/a/page.html", "{{ n:a.rows v->count }}")
        good_lv = plural("a.rows", "{count} rinda", "{count} rindas", "{count} rindu")
        good_en = plural("a.rows", "One row", "{count} rows")
        self.words(good_lv, good_en)
        self.assertEqual(self.faults(), [])
        self.words(plural("a.rows", "rinda", "rindas"), good_en)
        self.refused("src/a/lv.po:5: a.rows: lv needs msgstr[0] to msgstr[2]")
        self.words(good_lv.replace('plural "a.rows"', 'plural "a.row"'), good_en)
        self.refused("src/a/lv.po:5: a.rows: msgid_plural must be the same key")
        self.words(word("a.rows", "rindas"), good_en)
        self.refused("src/a/lv.po:5: .. plural forms in one language")
        self.words(good_lv.replace("{count} rindas", "{count} rindas {where}"), good_en)
        self.refused("src/a/lv.po:5: a.rows: the forms have different holes")

    def test_what_is_no_po(self) -> None:
        for line, cause in (("hello", "no line"), ('"alone"', "belongs to no entry"), ('msgctxt "x"', "no line"),
                            ('msgid "a\\q"', "no line"), ('msgid "open', "no line")):
            self.words(word("a.title", "Viens") + "\n" + line + "\n", word("a.title", "One"))
            self.refused(f"src/a/lv.po:8: .. {cause}")
        self.words(word("a.title", "Viens"), word("a.title", "One"))
        (self.top / "src/a/lv.po").write_bytes(b"\xff")
        self.assertIn("src/a/lv.po:1: this is not UTF-8", self.faults())


class Uses(Tree):
    def test_a_word_of_a_page_that_no_file_has(self) -> None:
        self.words(word("a.title", "Viens"), word("a.title", "One"))
        self.put("src/a/page.html", "<p>{{ t:a.title }}</p>\n\n<p>{{ t:a.titel who=x }}</p>\n{% wrap shell(r, W_a_titul) %}\n{% endwrap %}")
        self.refused("src/a/page.html:3: no .po file has a word for a.titel", "src/a/page.html:4: .. W_a_titul")

    def test_a_word_of_c_that_no_file_has(self) -> None:
        self.words(word("a.title", "Viens"), word("a.title", "One"))
        self.put("src/a/pages.c", "/* W_a_never\n */ // W_a_nor\nint x = W_none;\nint y = W_a_other;\nchar *z = \"W_a_text /*\";\nint q = W_a_title;")
        self.refused("src/a/pages.c:4: .. W_a_other")

    def test_a_word_that_nobody_uses(self) -> None:
        self.words(word("a.title", "Viens") + word("a.more", "Vairāk"), word("a.title", "One") + word("a.more", "More"))
        self.put("src/a/page.html", "<p>{{ t:a.title }}</p>{# {{ t:a.more }} #}<!-- {{ t:a.more }} -->")
        self.refused("src/a/en.po:7: a.more is used nowhere", "src/a/lv.po:7: a.more is used nowhere")

    def test_words_begin_with_the_slice(self) -> None:
        self.words(word("a.title", "Viens"), word("a.title", "One"), "src/b")
        self.refused("src/b/en.po:5: .. must begin with the slice's name (b.)", "src/b/lv.po:5: .. (b.)")

    def test_plural_and_plain_words_are_not_mixed_up(self) -> None:
        self.words(word("a.title", "Viens"), word("a.title", "One"))
        self.put("src/a/page.html", "{{ n:a.title count }}")
        self.refused("src/a/page.html:1: a.title has no plural forms")
        self.words(plural("a.title", "a", "b", "c"), plural("a.title", "a", "b"))
        self.put("src/a/page.html", "{{ t:a.title }}")
        self.refused("src/a/page.html:1: .. use n:a.title")

    def test_the_holes_that_a_page_fills(self) -> None:
        text = word("a.title", "{who} {what}") + plural("a.rows", "{count} {x}", "{count} {x}", "{x}")
        self.words(text, text.replace('msgstr[2] "{x}"\n', ""))
        good = '{{ t:a.title who=f(x, y == 1 ? "a b=c" : z) what=list[i] }}\n{{ n:a.rows v->count\n x=text }}'
        self.put("src/a/page.html", good)
        self.assertEqual(self.faults(), [])
        self.put("src/a/page.html", good.replace("what=", "whom="))
        self.refused("src/a/page.html:1: a.title has other holes: what, who; filled here: who, whom")
        self.put("src/a/page.html", good.replace(" x=text", ""))
        self.refused("src/a/page.html:2: a.rows has other holes: x; filled here: none")
        self.put("src/a/page.html", good + "{{ t:a.title }}")
        self.refused("src/a/page.html:3: .. filled here: none")

    def test_families(self) -> None:
        both = word("urgency.day", "d") + word("risk.low", "l") + word("event.case.opened", "o") + word("need.food", "f")
        self.words(both, both)
        self.put("src/a/page.html", "{{ row->x | code:urgency }}\n{% if 1 %}{{ word_code(l, \"risk\", f(x, 1)) }}{% end %}")
        self.put("src/a/rules.c", '#define CODES(name, ...) x\nvoid word_code(const char *family);\nint a = word_code(language(1, "no"),\n "event", x);\n'
                                  'struct code_list n = CODES(need,\n "food");')
        self.assertEqual(self.faults(), [])

    def test_acts_of_a_case_have_words(self) -> None:
        both = word("a.title", "t") + word("act.a_read", "r")
        self.words(both, both)
        self.put("src/a/pages.c", 'int a = word_code(x, "act", y), b = req_audit(r, "a.read", r->case_id, id), c = req_audit(r, "a.quiet", 0, 0);\n'
                                  'int d = req_audit(r, given(r, "a") ? "a.add" : "a.read",\n r->case_id, 0);')
        self.refused("src/a/pages.c:2: .. act.a_add")

    def test_words_of_packs_need_no_po_file(self) -> None:
        self.words(word("a.title", "Viens"), word("a.title", "One"))
        self.put("src/a/pack.c", "#define PACK_FAMILY(family) #family\nint a = list(PACK_FAMILY(service));\n")
        self.put("src/a/rules.c", 'int a = word_code(x, "service", y), b = word_code(x, "stay", y);')
        self.refused("src/a/rules.c:1: .. family stay")

    def test_families_without_words(self) -> None:
        self.words(word("a.title", "Viens") + word("need.food", "f"), word("a.title", "One") + word("need.food", "f"))
        self.put("src/a/rules.c", 'int a = word_code(x, "event", y);\n\nstruct code_list n = CODES(need, "food", "shelter");')
        self.refused("src/a/rules.c:1: .. family event", "src/a/rules.c:3: .. need.shelter")


class Made(Tree):
    def setUp(self) -> None:
        super().setUp()
        self.put("src/a/page.html", "{{ t:a.title }}{{ n:a.rows c }}{{ t:a.title.more }}{{ t:a_b }}")
        self.words('msgid "a.title"\nmsgstr ""\n"Viens \\"a\\"\\n"\n"rinda \\\\ ??="\n' + word("a.title.more", "Vēl")
                   + plural("a.rows", "{count} rinda", "{count} rindas", "{count} rindu"),
                   word("a.title", "One") + word("a.title.more", "More") + plural("a.rows", "One row", "{count} rows"))
        self.words(word("a_b", "ab"), word("a_b", "ab"), "locale")

    def compile(self, compiler: str, main: str) -> str:
        out = self.top / "gen"
        self.assertEqual(self.faults(out), [])
        self.put("main.c", main)
        program = self.top / "program"
        subprocess.run([compiler, *FLAGS, f"-I{out}", str(self.top / "main.c"), str(out / "words.c"), "-o", str(program)], check=True)
        return subprocess.run([str(program)], check=True, capture_output=True, text=True).stdout

    def test_plural_forms_of_the_three_languages(self) -> None:
        said = self.compile("gcc", """
#include "words.h"
#include <stdio.h>
int main(void)
{
    static const unsigned long numbers[] = {0, 1, 2, 5, 11, 21, 101, 111};
    for (unsigned language = 0; language < LANGUAGE_COUNT; language++) {
        printf("%s", language_codes[language]);
        for (unsigned i = 0; i < 8; i++)
            printf(" %u", word_plural_form((enum language)language, numbers[i]));
        printf("\\n");
    }
}
""")
        self.assertEqual(said, "lv 2 0 1 1 1 0 0 1\nen 1 0 1 1 1 1 1 1\nru 2 0 1 2 2 0 0 2\n")

    def test_the_tables(self) -> None:
        main = """
#include "words.h"
#include <stdio.h>
#include <string.h>
int main(void)
{
    for (unsigned i = 2; i < WORD_COUNT; i++)
        if (strcmp(word_keys[i - 1], word_keys[i]) >= 0)
            return 1;
    const struct word_entry *title = &word_table[LANGUAGE_lv][W_a_title];
    printf("%s|%s|%d|", word_keys[W_a_title], title->text, title->forms[0] == NULL);
    const struct word_entry *rows = &word_table[LANGUAGE_lv][W_a_rows];
    printf("%d|%s|%s|%d|", rows->text == NULL, rows->forms[0], rows->forms[2], rows->forms[3] == NULL);
    printf("%d|%d|%s", word_table[LANGUAGE_ru][W_a_title].text == NULL, WORD_COUNT, word_table[LANGUAGE_en][W_none].text);
}
"""
        for compiler in ("gcc", "clang"):
            self.assertEqual(self.compile(compiler, main), 'a.title|Viens "a"\nrinda \\ ??=|1|1|{count} rinda|{count} rindu|1|1|5|')

    def test_nothing_is_written_again_or_with_faults(self) -> None:
        out = self.top / "gen"
        self.assertEqual(self.faults(out), [])
        before = (out / "words.c").stat().st_mtime_ns
        self.assertEqual(self.faults(out), [])
        self.assertEqual((out / "words.c").stat().st_mtime_ns, before)
        self.words(word("a_b", "aa"), word("a_b", ""), "locale")
        self.assertNotEqual(self.faults(out), [])
        self.assertEqual((out / "words.c").stat().st_mtime_ns, before)

    def test_the_command(self) -> None:
        tool = pathlib.Path(poc.__file__)
        call = ["python3", str(tool), "--root", str(self.top / "src"), "--locale", str(self.top / "locale")]
        self.assertEqual(subprocess.run([*call, "--check-only"]).returncode, 0)
        self.assertFalse((self.top / "gen").exists())
        self.assertNotEqual(subprocess.run(call, capture_output=True).returncode, 0)
        self.put("src/a/page.html", "{{ t:a.titel }}")
        failed = subprocess.run([*call, "--check-only"], capture_output=True, text=True)
        self.assertEqual(failed.returncode, 1)
        self.assertIn("page.html:1: no .po file has a word for a.titel\n", failed.stderr)


if __name__ == "__main__":
    unittest.main()
