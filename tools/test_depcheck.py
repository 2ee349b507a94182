"""Tests of depcheck."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import depcheck  # noqa: E402


class Depcheck(unittest.TestCase):
    def causes(self, files: dict[str, str]) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = pathlib.Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            return [cause.replace(folder + "/", "") for cause in depcheck.check(pathlib.Path(folder))]

    def includes(self, file: str, header: str) -> list[str]:
        return self.causes({file: f'#include "{header}"\n'})

    def test_queries_that_nothing_uses(self):
        queries = "-- name: person_get :one\nSELECT 1;\n\n-- name: person_old :one\nSELECT 2;\n"
        self.assertEqual(self.causes({"case/person/queries.sql": queries, "case/person/person.c": "TRY(person_get(db));\n"}),
                         ["case/person/queries.sql:4: nothing uses the query person_old"])

    def test_wings(self):
        order = ["base/text.c", "platform/form/form.c", "case/record/rules.c", "find/referral/rules.c", "steer/watch/rules.c",
                 "main.c"]
        headers = ["base/text.h", "platform/form/form.h", "case/record/record.h", "find/referral/referral.h",
                   "steer/watch/watch.h"]
        for low, header in enumerate(headers):
            for high, file in enumerate(order):
                with self.subTest(file=file, header=header):
                    causes = self.includes(file, header)
                    self.assertEqual(bool(causes), high < low)
        self.assertEqual(self.includes("base/text.c", "case/record/record.h"),
                         ["base/text.c:1: base may not know case/record (case/record/record.h): case stands above base"])

    def test_neighbours_may_not_know_each_other(self):
        for own in ("find", "support", "voice"):
            for other in ("find", "support", "voice"):
                with self.subTest(own=own, other=other):
                    self.assertEqual(len(self.includes(f"{own}/a/a.c", f"{other}/b/b.h")), own != other)
        self.assertRegex(self.includes("find/a/a.c", "voice/b/b.h")[0], "the two may not know each other")

    def test_line_and_spelling(self):
        causes = self.causes({"base/a.c": '/* #include "case/x/x.h"\n */\n#include <stdio.h>\n # include "case/x/x.h"\n'})
        self.assertEqual(len(causes), 1)
        self.assertRegex(causes[0], r"^base/a\.c:4: ")

    def test_generated_headers(self):
        self.assertRegex(self.includes("base/a.c", "words.h")[0], "base may not know platform/i18n")
        self.assertEqual(self.includes("platform/html/a.h", "words.h"), [])
        self.assertRegex(self.includes("platform/a/a.c", "case/x/queries.h")[0], "case stands above platform")
        self.assertRegex(self.includes("find/a/a.c", "support/x/templates.h")[0], "may not know support/x")
        self.assertEqual(self.includes("find/a/a.c", "find/a/queries.h"), [])

    def test_own_affairs(self):
        self.assertRegex(self.includes("case/a/a.c", "case/b/internal.h")[0], "case/b's own affair")
        self.assertRegex(self.includes("find/a/a.c", "case/b/internal.h")[0], "case/b's own affair")
        self.assertEqual(self.includes("case/a/a.c", "case/a/internal.h"), [])
        self.assertEqual(self.includes("case/a/test_a.c", "case/b/internal.h"), [])

    def test_circles(self):
        files = {"case/a/a.c": '#include "case/b/b.h"\n', "case/b/b.c": '\n#include "case/c/c.h"\n',
                 "case/c/c.c": '\n\n#include "case/d/d.h"\n'}
        self.assertEqual(self.causes(files), [])
        causes = self.causes(files | {"case/d/d.c": '#include "case/d/d.h"\n#include "case/a/a.h"\n'})
        self.assertEqual(causes, ["case/d/d.c:2: case/d -> case/a closes a circle: case/a/a.c:1 names case/b; "
                                  "case/b/b.c:2 names case/c; case/c/c.c:3 names case/d"])

    def test_platform_is_made_of_slices_and_base_is_one_piece(self):
        circle = {"platform/a/a.h": '#include "platform/b/b.h"\n', "platform/b/b.h": '#include "platform/a/a.h"\n'}
        self.assertRegex(self.causes(circle)[0], "platform/b/b.h:1: .*closes a circle")
        self.assertEqual(self.causes({"base/a.h": '#include "base/b.h"\n', "base/b.c": '#include "base/a.h"\n'}), [])
        within = {"case/a/x/a.h": '#include "case/a/b.h"\n', "case/a/b.c": '#include "case/a/x/a.h"\n'}
        self.assertEqual(self.causes(within), [])

    def test_tests_may_know_more(self):
        own_wing = {"case/a/a.c": '#include "case/b/b.h"\n', "case/b/test_b.c": '#include "case/a/a.h"\n'}
        self.assertEqual(self.causes(own_wing), [])
        self.assertEqual(self.includes("case/a/test_a.c", "steer/trial/trial.h"), [])
        self.assertEqual(self.includes("find/a/test_a.c", "voice/b/b.h"), [])

    def test_templates(self):
        self.assertRegex(self.causes({"find/a/a.html": '{# {% include "voice/b/b.h" %}\n #}\n{% include "voice/c/c.h" %}'})[0],
                         r"^find/a/a\.html:3: find/a may not know voice/c")
        shell = "{% template shell() %}{% endtemplate %}"
        for use in ("call", "wrap"):
            causes = self.causes({"steer/b/b.html": shell, "case/a/a.html": f"\n{{% {use} shell() %}}"})
            self.assertEqual(causes, ["case/a/a.html:2: case/a may not know steer/b (the template shell): steer stands above case"])
        causes = self.causes({"case/b/b.html": shell, "case/a/a.html": "{% call shell() %}", "case/b/b.c": '#include "case/a/a.h"'})
        self.assertRegex(causes[0], "closes a circle")

    def test_queries(self):
        schema = {"find/b/schema.sql": "CREATE TABLE b_row (org INTEGER) STRICT;\nCREATE VIEW b_open AS SELECT org FROM b_row;\n"}
        self.assertEqual(self.causes(schema), [])
        for query in ("SELECT 1 FROM b_open", "SELECT 1 FROM x AS y, b_open", "SELECT 1 FROM x JOIN y ON f(a, b), b_open",
                      "SELECT 1 WHERE 1 IN (SELECT 2 FROM b_open)", "INSERT INTO b_row VALUES (1)", "UPDATE b_row SET org = 1",
                      "select 1 from B_OPEN", "SELECT (SELECT 1 FROM x), 2 FROM (SELECT 1 FROM y) z, b_open"):
            with self.subTest(query):
                self.assertRegex(self.causes(schema | {"voice/a/queries.sql": f"-- name: a\n{query};\n"})[0],
                                 r"^voice/a/queries\.sql:2: voice/a may not know find/b \(")
                self.assertEqual(self.causes(schema | {"steer/a/queries.sql": f"{query};\n"}), [])
        for query in ("SELECT b_open FROM x", "SELECT 'FROM b_open'", "SELECT 1 -- FROM b_open", "SELECT a, b_open FROM x ORDER BY a, b_open"):
            with self.subTest(query):
                self.assertEqual(self.causes(schema | {"voice/a/queries.sql": query}), [])
        self.assertRegex(self.causes(schema | {"case/a/migrations/0002-x.sql": "CREATE TABLE a (b INTEGER REFERENCES b_row);"})[0],
                         "case/a may not know find/b")

    def test_unknown_wing(self):
        self.assertRegex(self.causes({"extra/a/a.c": "int a;\n"})[0], r"^extra/a/a\.c:1: extra is not a wing")

    def test_program(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "base" / "a.c"
            file.parent.mkdir()
            for text, code in (('#include "base/b.h"\n', 0), ('#include "case/b/b.h"\n', 1)):
                file.write_text(text)
                result = subprocess.run([sys.executable, depcheck.__file__, "--root", folder], capture_output=True, text=True)
                self.assertEqual(result.returncode, code)
                self.assertEqual(result.stdout.startswith(f"{file}:1: base may not know case/b"), bool(code))


if __name__ == "__main__":
    unittest.main()
