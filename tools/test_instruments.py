"""The instruments and data of the programme packs: sources and workbooks agree, both languages are there, references
lead somewhere, and the safety assessment proposes the risk that docs/INSTRUMENTS.md says."""
import pathlib
import re
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import xlsx_from_md  # noqa: E402

ROOT = pathlib.Path(__file__).parent.parent
SOURCES = sorted(ROOT.glob("programmes/*/instruments/*.md"))
BASE = ROOT / "programmes" / "base"
LV, EN = "label::Latviešu (lv)", "label::English (en)"
PAIRED = [(LV, EN)] + [tuple(f"{kind}::{language}" for language in ("Latviešu (lv)", "English (en)"))
                       for kind in ("hint", "constraint_message")]
EXPRESSIONS = ("relevant", "required", "constraint", "calculation")
TYPES = {"text", "integer", "decimal", "date", "note", "calculate", "image", "begin_group", "end_group"}
AREAS = ["safety", "physical_health", "mental_health", "social_functioning", "material", "legal", "education", "family"]
SAFETY_FACTS = {"risk.level", "safety.immediate_danger", "safety.missing_risk"} | {
    f"safety.{level}.{kind}" for level in ("individual", "family", "community") for kind in ("physical", "emotional")}


def records(rows):
    return [dict(zip(rows[0], row)) for row in rows[1:]]


def load(path):
    return {name: records(rows) for name, rows in xlsx_from_md.read_source(path).items()}


class Answer:
    """An answer as an expression sees it: a number beside numbers, a text beside texts."""

    def __init__(self, text):
        self.text = text

    def __float__(self):
        return number(self.text)

    def __eq__(self, other):
        if isinstance(other, (str, Answer)):
            return self.text == getattr(other, "text", other)
        return float(self) == float(other)

    def __gt__(self, other):
        return float(self) > float(other)

    def __ge__(self, other):
        return float(self) >= float(other)

    def __add__(self, other):
        return float(self) + float(other)

    def __radd__(self, other):
        return float(other) + float(self)

    def __mul__(self, other):
        return float(self) * float(other)


def number(text):
    try:
        return float(text)
    except ValueError:
        return float("nan")


def evaluate(expression, answers):
    """The few operators and functions our instruments use; everything else is a Python error."""
    python = re.sub(r"\$\{(\w+)\}", r"answer('\1')", expression)
    python = re.sub(r"(?<![!<>])=", "==", python).replace("if(", "choose(").replace("not(", "negate(")
    return eval(python, {"__builtins__": {}}, {  # the text is our own, checked in beside this test
        "answer": lambda name: Answer(answers.get(name, "")),
        "choose": lambda condition, yes, no: yes if condition else no,
        "negate": lambda condition: not condition,
        "selected": lambda value, code: code in value.text.split(),
        "max": lambda *values: max(map(float, values)), "min": lambda *values: min(map(float, values))})


def fill(survey, answers):
    """All answers with the calculated ones, in the order of the sheet (our calculations look upwards only)."""
    answers = dict(answers)
    for row in survey:
        if row["relevant"] and not evaluate(row["relevant"], answers):
            answers.pop(row["name"], None)
        elif row["type"] == "calculate":
            value = evaluate(row["calculation"], answers)
            answers[row["name"]] = value if isinstance(value, str) else f"{float(value):g}"
    return answers


class Sources(unittest.TestCase):
    def each(self):
        self.assertGreaterEqual(len(SOURCES), 2)
        for path in SOURCES:
            with self.subTest(path.name):
                yield path, load(path)

    def test_m2_7_workbooks_are_what_their_sources_say(self):
        for path, _ in self.each():
            workbook = xlsx_from_md.read_workbook(path.with_suffix(".xlsx"))
            self.assertEqual(workbook, xlsx_from_md.read_source(path), "run tools/xlsx_from_md.py")

    def test_the_same_source_gives_the_same_bytes(self):
        with tempfile.TemporaryDirectory() as folder:
            one, two = pathlib.Path(folder, "one.xlsx"), pathlib.Path(folder, "two.xlsx")
            for path in (one, two):
                xlsx_from_md.write_workbook({"survey": [["type", "label"], ["note", "<&\"' ā"]]}, path)
            self.assertEqual(one.read_bytes(), two.read_bytes())
            self.assertEqual(xlsx_from_md.read_workbook(one)["survey"][1][1], "<&\"' ā")

    def test_a_broken_source_is_refused_with_its_line(self):
        wrong = {"| survey | |\n| | type |\n| | a | b |": ":3: 2 cells under 1 columns", "| | type |": ":1: a row before",
                 "| survey | |\n| | type |\n| | text": ":3: the row does not end", "text": ":1: no sheet",
                 "| a | |\n| a | |": ":2: sheet a a second time"}
        for text, cause in wrong.items():
            with self.subTest(cause), tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder, "wrong.md")
                path.write_text(text, encoding="utf-8")
                with self.assertRaisesRegex(xlsx_from_md.SourceError, re.escape(cause)):
                    xlsx_from_md.read_source(path)

    def test_settings_name_the_form(self):
        for path, sheets in self.each():
            settings, = sheets["settings"]
            self.assertEqual(settings["form_id"], path.stem)
            self.assertRegex(settings["version"], r"^[1-9]\d*$")
            self.assertEqual(settings["default_language"], "Latviešu (lv)")
            self.assertTrue(settings["form_title"])

    def test_every_text_is_there_in_latvian_and_english(self):
        for _, sheets in self.each():
            for row in sheets["survey"] + sheets["choices"]:
                for latvian, english in PAIRED:
                    self.assertEqual(bool(row.get(latvian)), bool(row.get(english)), row["name"])
                if row.get("type") not in ("calculate", "end_group"):
                    self.assertTrue(row[LV], row["name"])
                self.assertEqual(re.findall(r"\$\{\w+\}", row[LV]), re.findall(r"\$\{\w+\}", row[EN]))

    def test_names_types_groups_and_references(self):
        for _, sheets in self.each():
            survey, lists, open_groups = sheets["survey"], {}, 0
            for row in sheets["choices"]:
                self.assertNotIn(row["name"], lists.setdefault(row["list_name"], []), row["list_name"])
                lists[row["list_name"]].append(row["name"])
            names = [row["name"] for row in survey if row["name"]]
            self.assertEqual(sorted(set(names)), sorted(names))
            used = set()
            for row in survey:
                kind, _, choice_list = row["type"].partition(" ")
                self.assertTrue(kind in TYPES or kind in ("select_one", "select_multiple"), row["type"])
                open_groups += {"begin_group": 1, "end_group": -1}.get(kind, 0)
                self.assertIn(open_groups, (0, 1), row["name"])
                if choice_list:
                    used.add(choice_list)
                for column in EXPRESSIONS + (LV,):
                    for name in re.findall(r"\$\{(\w+)\}", row.get(column, "")):
                        self.assertIn(name, names, f"{row['name']} {column}")
                    self.assertEqual(row.get(column, "").count("("), row.get(column, "").count(")"), row["name"])
                for name, code in re.findall(r"\$\{(\w+)\}(?: =|,) '(\w+)'", "".join(row.get(c, "") for c in EXPRESSIONS)):
                    asked = next(other for other in survey if other["name"] == name)
                    if asked["type"].startswith("select"):
                        self.assertIn(code, lists[asked["type"].split()[1]], f"{row['name']}: {name}")
            self.assertEqual(open_groups, 0)
            self.assertEqual(used, set(lists))


class Needs(unittest.TestCase):
    def setUp(self):
        self.sheets = load(BASE / "instruments" / "needs.md")

    def test_m2_3_eight_areas_in_order_with_words_strengths_and_score(self):
        survey = self.sheets["survey"]
        self.assertEqual([row["ausma::fact"] for row in survey if row["ausma::fact"]], ["need." + area for area in AREAS])
        names = [row["name"] for row in survey]
        for area in AREAS:
            places = [names.index(area + end) for end in ("", "_words", "_strengths", "_score")]
            self.assertEqual(places, sorted(places))
        self.assertEqual([row["name"] for row in self.sheets["choices"] if row["list_name"] == "area"], AREAS)

    def test_m2_3_nothing_but_the_language_is_required(self):
        self.assertEqual([row["name"] for row in self.sheets["survey"] if row["required"]], ["language"])

    def test_a_score_is_0_to_4_or_not_given_today(self):
        scores = [row["name"] for row in self.sheets["choices"] if row["list_name"] == "score"]
        self.assertEqual(scores, ["0", "1", "2", "3", "4", "not_asked", "declined"])


class Safety(unittest.TestCase):
    def setUp(self):
        self.survey = load(BASE / "instruments" / "safety.md")["survey"]
        self.asked = [row["name"] for row in self.survey if row["type"] == "select_one answer"]
        levels = " ".join(row["calculation"] for row in self.survey if row["name"].endswith("_highest"))
        # What counts as a risk when it is answered "no" is a strength when it is answered "yes".
        self.weights = re.findall(r"if\(\$\{(\w+)\} = '(yes|no)', \d", levels)
        self.calm = {name: "no" if risky == "yes" else "yes" for name, risky in self.weights}
        self.calm["immediate_danger"] = "no"

    def proposed(self, **changes):
        return fill(self.survey, {**self.calm, **changes})

    def test_m2_2_all_facts_are_there(self):
        self.assertEqual({row["ausma::fact"] for row in self.survey if row["ausma::fact"]}, SAFETY_FACTS)

    def test_m2_2_every_question_counts_in_one_level(self):
        self.assertEqual(sorted(name for name, _ in self.weights), sorted(self.asked))

    def test_m2_2_all_calm_is_low_and_an_empty_form_is_not(self):
        self.assertEqual(self.proposed()["proposed"], "low")
        self.assertEqual(self.proposed()["ip_level"], "0")
        self.assertEqual((self.proposed()["known"], self.proposed()["asked_in_all"]), ("39", "39"))
        empty = fill(self.survey, {"immediate_danger": "no"})
        self.assertEqual((empty["proposed"], empty["ip_level"], empty["known"]), ("medium", "", "0"))

    def test_m2_2_immediate_danger_is_high_and_unknown_danger_not_low(self):
        self.assertEqual(self.proposed(immediate_danger="yes")["proposed"], "high")
        self.assertEqual(self.proposed(immediate_danger="unknown")["proposed"], "medium")
        self.assertEqual(self.proposed(immediate_danger="")["proposed"], "medium")

    def test_m2_2_levels_rise_with_the_gravest_answer(self):
        self.assertEqual(self.proposed(ip_threats="yes")["ip_level"], "4")
        self.assertEqual(self.proposed(ip_threats="yes")["proposed"], "high")
        self.assertEqual(self.proposed(ip_threats="partly")["ip_level"], "3")
        self.assertEqual(self.proposed(ip_threats="partly")["proposed"], "medium")
        self.assertEqual(self.proposed(ie_shame="yes")["ie_level"], "2")
        self.assertEqual(self.proposed(ie_shame="partly")["proposed"], "low")
        self.assertEqual(self.proposed(ie_trusted="no")["ie_level"], "3")

    def test_m2_2_several_risks_weigh_more_than_one(self):
        three = self.proposed(ie_shame="yes", ie_reminders="yes", ie_choice="no")
        self.assertEqual((three["ie_risks"], three["ie_level"], three["proposed"]), ("3", "3", "medium"))
        two_cells = self.proposed(ie_fear="yes", fe_recalls="yes")
        self.assertEqual((two_cells["cells_serious"], two_cells["proposed"]), ("2", "high"))

    def test_m2_2_every_part_weighs_its_questions_alike(self):
        risky = dict(self.weights)
        for part in ("ip", "ie", "fp", "fe", "cp", "ce", "ms"):
            names = [name for name in self.asked if name.startswith(part + "_") and name != "ms_lately"]
            full = [int(self.proposed(**{name: risky[name]})[part + "_level"]) for name in names]
            for name, weight in zip(names, full):
                with self.subTest(name):
                    self.assertIn(weight, (2, 3, 4))
                    partly = self.proposed(**{name: "partly"})
                    self.assertEqual((partly[part + "_risks"], partly[part + "_level"]), ("1", str(weight - 1)))
            two, three = ({name: "partly" for name in names[:count]} for count in (2, 3))
            self.assertEqual(self.proposed(**two)[part + "_level"], str(max(full[:2]) - 1), part)
            self.assertEqual(self.proposed(**three)[part + "_level"], str(max(full[:3])), part)

    def test_m2_2_half_of_the_answers_is_the_line(self):
        def with_known(count):
            return fill(self.survey, {"immediate_danger": "no", **dict(list(
                (name, answer) for name, answer in self.calm.items() if name in self.asked)[:count])})
        self.assertEqual((with_known(20)["known"], with_known(20)["proposed"]), ("20", "low"))
        self.assertEqual((with_known(19)["known"], with_known(19)["proposed"]), ("19", "medium"))
        self.assertEqual(with_known(3)["ip_level"], "0")
        self.assertEqual(with_known(2)["ip_level"], "")

    def test_m2_2_unknown_is_not_safe(self):
        unknown = {name: "unknown" for name in self.asked}
        self.assertEqual(self.proposed(**unknown)["proposed"], "medium")
        self.assertEqual(self.proposed(**unknown)["ms_level"], "")

    def test_m4_7_missing_lately_counts_only_when_missing_before(self):
        self.assertEqual(self.proposed(ms_before="yes", ms_lately="yes")["ms_level"], "3")
        self.assertEqual(self.proposed(ms_before="no", ms_lately="yes")["ms_level"], "0")
        self.assertEqual(self.proposed(ms_waiting="yes")["proposed"], "high")

    def test_a_reason_is_required_only_when_the_judgement_differs(self):
        row = next(row for row in self.survey if row["name"] == "risk_reason")
        self.assertEqual(row["required"], "yes")
        for level, asked in (("low", False), ("high", True), ("", False)):
            self.assertEqual(evaluate(row["relevant"], self.proposed(risk_level=level)), asked, level)


class Packs(unittest.TestCase):
    ENTRY = re.compile(r"  - \{(.*)\}$")
    PART = re.compile(r'(\w+): (?:"([^"]*)"|\[([\w, ]*)\]|([\w-]+))(?:, |$)')

    def lists(self, path):
        """The lists of a pack file: {name: [entry, ...]}; each entry stands in one line."""
        out, current = {}, None
        for line in path.read_text(encoding="utf-8").splitlines():
            entry = self.ENTRY.match(line)
            if entry:
                parts = self.PART.findall(entry[1])
                self.assertEqual("".join(self.PART.split(entry[1])[::5]), "", line)
                current.append({key: words or several or word for key, words, several, word in parts})
            elif re.match(r"\w+:$", line):
                current = out[line[:-1]] = []
        return out

    def setUp(self):
        self.pack, self.services = self.lists(BASE / "pack.yaml"), self.lists(BASE / "services.yaml")["services"]

    def codes(self, name):
        return [entry["code"] for entry in self.pack[name]]

    def test_m6_7_every_entry_has_a_code_of_its_own_and_both_names(self):
        for name, entries in [*self.pack.items(), ("services", self.services)]:
            if name == "assessments":
                continue
            self.assertEqual(len({entry["code"] for entry in entries}), len(entries), name)
            for entry in entries:
                self.assertRegex(entry["code"], r"^[a-z][a-z_]*$")
                self.assertTrue(entry["lv"] and entry["en"], entry)

    def test_m3_5_m3_4_phases_and_strands(self):
        self.assertEqual(self.codes("phases"), ["rescue", "recovery", "reintegration"])
        self.assertEqual(self.codes("strands"), ["legal", "administrative", "psychosocial", "housing", "education", "health"])

    def test_m4_1_services_belong_to_phases_and_a_strand(self):
        for service in self.services:
            self.assertIn(service["strand"], self.codes("strands"), service["code"])
            self.assertTrue(set(service["phases"].split(", ")) <= set(self.codes("phases")), service["code"])
            self.assertGreater(int(service["minutes"]), 0)
        for phase in self.codes("phases"):
            self.assertTrue(any(phase in service["phases"] for service in self.services))

    def test_m1_6_urgent_referrals_are_answered_first(self):
        hours = [int(entry["answer_hours"]) for entry in self.pack["urgencies"]]
        self.assertEqual(hours, sorted(hours))

    def test_m2_2_assessments_name_instruments_and_risks_those_of_the_form(self):
        for entry in self.pack["assessments"]:
            self.assertTrue((BASE / "instruments" / f"{entry['instrument']}.xlsx").exists())
        choices = load(BASE / "instruments" / "safety.md")["choices"]
        self.assertEqual(self.codes("risks"), [row["name"] for row in choices if row["list_name"] == "risk"])

    def test_m3_7_no_reason_to_close_names_a_deadline_or_a_status(self):
        for code in self.codes("close_reasons"):
            self.assertNotRegex(code, "expired|deadline|funding|status|article|age|permit")


if __name__ == "__main__":
    unittest.main()
