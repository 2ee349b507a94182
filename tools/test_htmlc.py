"""Tests of htmlc: every construct, every refusal, and the way through the C compiler."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import htmlc  # noqa: E402

HTMLC = pathlib.Path(htmlc.__file__)
WARNINGS = ("-std=gnu17 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla "
            "-Werror").split()


def compile_texts(files: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        made, refusals = htmlc.generate(root)
        return made, [str(refused).replace(folder + "/", "") for refused in refusals]


def body_of(text: str, parameters: str = "") -> str:
    """The C statements of one template, without #line and indentation."""
    made, refusals = compile_texts({"case/a/page.html": f"{{% template t({parameters}) %}}{text}{{% endtemplate %}}"})
    assert not refusals, refusals
    lines = [line.strip() for line in made["case/a/templates.c"].splitlines() if not line.startswith("#")]
    return "\n".join(lines[lines.index("{") + 1:-1])


def written(text: str) -> str:
    """The static text that the C statements of a template write."""
    pieces = re.findall(r'"((?:\\.|[^"\\])*)"', "\n".join(re.findall(r"html_raw\(.*?, \d+\);", body_of(text), re.S)))
    return "".join(pieces).encode("latin-1", "backslashreplace").decode("unicode_escape")


class Constructs(unittest.TestCase):
    def check(self, text: str, expected: str):
        self.assertEqual(body_of(text), textwrap.dedent(expected).strip())

    def test_static_text_is_one_call(self):
        self.check("<p class=\"a\">x</p>{# not here #}<br><!-- nor here -->y",
                   r'html_raw(h, "<p class=\"a\">x</p><br>y", 23);')

    def test_length_counts_bytes(self):
        self.check("ā", 'html_raw(h, "ā", 2);')

    def test_trigraphs_are_broken(self):
        self.check("a??/b", r'html_raw(h, "a?\?/b", 5);')

    def test_long_text_is_cut_below_the_limit_of_a_literal(self):
        lengths = [int(n) for n in re.findall(r", (\d+)\);", body_of("ā" * 3000))]
        self.assertEqual(sum(lengths), 6000)
        self.assertLessEqual(max(lengths), 4095)

    def test_white_space(self):
        self.assertEqual(written("\n <p>a  \t b \n\n c</p>  \n"), "<p>a b\nc</p>")
        self.assertEqual(written("a <!-- x --> b {# y #}\n c"), "a b\nc")
        self.assertEqual(written("<p  class=\"a  b\"\n  id=x ></p>"), '<p class="a  b" id=x></p>')
        self.assertEqual(written("<pre>a\n\n  b</pre>"), "<pre>a\n\n  b</pre>")
        self.assertEqual(written('<textarea id="a">a\n\n  b</textarea>'), '<textarea id="a">a\n\n  b</textarea>')

    def test_holes(self):
        for hole, call in {
                "v->a": "html_text(h, v->a);", "a || b": "html_text(h, a || b);",
                "f(a | b) | int": "html_int(h, (int64_t)+(f(a | b)));", "a || b | id": "html_id(h, a || b);",
                'x("}} | int")': 'html_text(h, x("}} | int"));', "a | date": "html_date(h, a);",
                "a | date_long": "html_date_long(h, a);", "a | moment": "html_moment(h, a);", "a | until": "html_until(h, a);",
                "a | lines": "html_lines(h, a);", "a | url": "html_url(h, a);",
                "a | code:urgency": 'html_code(h, "urgency", a);', "(struct x){1}.y": "html_text(h, (struct x){1}.y);",
                "c ? '|' : '}'": "html_text(h, c ? '|' : '}');"}.items():
            self.check("{{ " + hole + " }}", call)

    def test_words(self):
        self.check("{{ t:app.name }}", "html_word(h, W_app_name);")
        self.check('{{ t:a.b who=f(x, "a b") when=v->at }}',
                   'html_word_filled(h, W_a_b, "who", (const char *){f(x, "a b")}, "when", (const char *){v->at}, '
                   '(const char *)0);')
        self.check("{{ n:a.b v->n }}", "html_word_plural(h, W_a_b, (int64_t)+(v->n), (const char *)0);")
        self.check("{{ n:a.b (a + b) who=x }}",
                   'html_word_plural(h, W_a_b, (int64_t)+((a + b)), "who", (const char *){x}, (const char *)0);')
        self.check('<input aria-label="{{ t:a.b }}">', r'''
            html_raw(h, "<input aria-label=\"", 19);
            html_word(h, W_a_b);
            html_raw(h, "\">", 2);''')

    def test_if(self):
        self.check("{% if a %}1{% elif b == '%' %}2{% else %}3{% end %}", '''
            if (a) {
            html_raw(h, "1", 1);
            } else if (b == '%') {
            html_raw(h, "2", 1);
            } else {
            html_raw(h, "3", 1);
            }''')

    def test_for(self):
        self.check("{% for x in (a ? b : c) : n %}{{ x->y }}{% else %}none{% end %}", '''
            {
            const size_t html_count_1 = (size_t)+(n);
            size_t html_left_1 = html_count_1;
            for (__typeof__(((a ? b : c)) + 0) x = ((a ? b : c)); html_left_1 > 0; html_left_1--, x++) {
            (void)x;
            html_text(h, x->y);
            }
            if (html_count_1 == 0) {
            html_raw(h, "none", 4);
            }
            }''')

    def test_in_tags_and_attributes(self):
        self.check('<option value="{{ v }}" {% attr selected if s %} {% if d %} data-a="1" {% end %} >a</option>', r'''
            html_raw(h, "<option value=\"", 15);
            html_text(h, v);
            html_raw(h, "\"", 1);
            if (s) {
            html_raw(h, " selected", 9);
            }
            if (d) {
            html_raw(h, " data-a=\"1\"", 11);
            }
            html_raw(h, ">a</option>", 11);''')
        self.check('<p class="a{% for c in v : n %} {{ *c }}{% end %}"></p>', r'''
            html_raw(h, "<p class=\"a", 11);
            {
            const size_t html_count_1 = (size_t)+(n);
            size_t html_left_1 = html_count_1;
            for (__typeof__((v) + 0) c = (v); html_left_1 > 0; html_left_1--, c++) {
            (void)c;
            html_raw(h, " ", 1);
            html_text(h, *c);
            }
            }
            html_raw(h, "\"></p>", 6);''')

    def test_set(self):
        self.check('{% set const char *s = f("=") %}{{ s }}', 'const char *s = f("=");\nhtml_text(h, s);')

    def test_parameters(self):
        made, _ = compile_texts({"case/a/b.html": "{% template t(const char  *a, struct x *const b) %}{% endtemplate %}"
                                                  "{% template u(void) %}{% endtemplate %}"})
        self.assertIn("void html_t(struct html *h, const char *a, struct x *const b);", made["case/a/templates.h"])
        self.assertIn("void html_u(struct html *h);", made["case/a/templates.h"])

    def test_call_between_folders(self):
        made, refusals = compile_texts({
            "case/a/b.html": '{% include "case/a/a.h" %}{% template t(int x) %}<p>{% call other(x, f(1, 2)) %}</p>{% endtemplate %}',
            "case/b/c.html": "{% template other(int y, int z) %}{% endtemplate %}"})
        self.assertEqual(refusals, [])
        self.assertEqual(sorted(made), ["case/a/templates.c", "case/a/templates.h", "case/b/templates.c", "case/b/templates.h"])
        self.assertIn("html_other(h, x, f(1, 2));", made["case/a/templates.c"])
        self.assertIn('#include "case/b/templates.h"', made["case/a/templates.c"])
        self.assertIn('#include "case/a/a.h"', made["case/a/templates.h"])
        self.assertNotIn("case/a", made["case/b/templates.c"])

    def test_wrap(self):
        made, refusals = compile_texts({"case/a/b.html": """{% template frame(const char *title) %}
            <main>{{ title }}{% body %}</main>{% endtemplate %}
            {% template inner(int n) %}{% wrap frame("x") %}<p>{% body %}</p>{% endwrap %}{% endtemplate %}
            {% template page() %}{% wrap inner(3) %}hello{% endwrap %}{% endtemplate %}"""})
        self.assertEqual(refusals, [])
        code = "\n".join(line.strip() for line in made["case/a/templates.c"].splitlines() if not line.startswith("#"))
        self.assertIn('html_inner_begin(struct html *h, int n)\n{\n(void)n;\n{\nconst char *html_title_1 = "x";\n'
                      'html_frame_begin(h, html_title_1);\nhtml_raw(h, "<p>", 3);\n}\n}', code)
        self.assertIn('html_inner_end(struct html *h, int n)\n{\n(void)n;\n{\nconst char *html_title_1 = "x";\n'
                      'html_raw(h, "</p>", 4);\nhtml_frame_end(h, html_title_1);\n}\n}', code)
        self.assertIn('{\nint html_n_1 = 3;\nhtml_inner_begin(h, html_n_1);\nhtml_raw(h, "hello", 5);\n'
                      'html_inner_end(h, html_n_1);\n}', code)

    def test_line_directives(self):
        made, _ = compile_texts({"case/a/b.html": "\n{% template t() %}\n<p>{{\n a }}\n{{ b }}</p>{% endtemplate %}"})
        lines = made["case/a/templates.c"].splitlines()
        for line, call in ((4, "html_text(h, a);"), (5, "html_text(h, b);")):
            self.assertRegex(lines[lines.index("    " + call) - 1], rf'^#line {line} ".*/case/a/b.html"$')

    def test_what_may_stand(self):
        for text in ('<a href="/a/{{ x }}"></a>', '<a href="/{{ x | id }}/{{ y }}"></a>', '<a href="?a={{ x }}"></a>',
                     '<a href="#{{ x }}"></a>', '<a href="{{ x | url }}"></a>', '<a href="https://example.org/"></a>',
                     '<a href="/a{% if b %}/{{ c }}{% end %}"></a>', '<a href="{% if b %}/b{% else %}/c{% end %}/{{ d }}"></a>',
                     '<form method="post" action="/a"></form>', '<input type="hidden" name="a">', '<input type="submit">',
                     '<input id="{{ x }}">', '<input aria-label="{{ t:a }}">', '<select id="a"><option>a</option></select>',
                     '<img src="/a.png" alt="">', '<script src="/a.js" defer></script>', '<script src="/a/{{ x }}/b.js"></script>',
                     '<svg viewBox="0 0 1 1"><title>{{ x }}</title><linearGradient/><g><path d="M0"/></g></svg>',
                     '<rect width="{{ w | int }}"/>', '<tr><td>{{ x }}</td></tr>', "<!doctype html><html><body>a</body></html>",
                     '{% if a %}<p id="x"></p>{% else %}<div id="x"></div>{% end %}', "<title>{% if a %}b{% end %}{{ c }}</title>",
                     '<ul>{% for x in a : n %}<li>{{ *x }}</li>{% end %}</ul>', '<p data-href="{{ x }}" title="{{ t:a.b }}"></p>',
                     '<table><tr><td><p>a</p></td></tr></table>', '<p><button>a</button></p>', "<br/><hr>",
                     '<input {% if a %}id="a"{% else %}id="b"{% end %}>', "{% if a %}{% else %}{% end %}", "a } { b"):
            with self.subTest(text):
                body_of(text)


class Refusals(unittest.TestCase):
    def check(self, text: str, cause: str, line: int = 1):
        with self.subTest(text):
            _, refusals = compile_texts({"case/a/p.html": "{% template t() %}" + text + "{% endtemplate %}"})
            self.assertEqual(len(refusals), 1, refusals)
            self.assertRegex(refusals[0], rf"^case/a/p\.html:{line}: .*{cause}")

    def test_holes_where_none_may_stand(self):
        self.check("<script>{{ x }}</script>", "<script> without src")
        self.check('<script src="/a.js">{{ x }}</script>', "a hole in <script>")
        self.check("<style>{{ x }}</style>", "inline style sheet")
        self.check('<p style="{{ x }}"></p>', "style=")
        self.check('<p onclick="{{ x }}"></p>', "inline script")
        self.check('<p srcdoc="{{ x }}"></p>', "srcdoc=")
        self.check("<p title={{ x }}></p>", "double quotes")
        self.check("<p title=a{{ x }}></p>", "double quotes")
        self.check("<p title='{{ x }}'></p>", "double quotes")
        self.check("<p {{ x }}></p>", "a hole in the name of a tag or attribute")
        self.check("<p data-{{ x }}=\"a\"></p>", "a hole in the name of a tag or attribute")
        self.check("<{{ x }}>", "neither a tag nor text")
        self.check("<h{{ x | int }}>", "is not an element")
        self.check("</h{{ x | int }}>", "neither a tag nor text")
        self.check("<!-- {{ x }} -->", "a hole in a comment")
        self.check("<!-- {% if x %} -->{% end %}", "a comment")
        self.check("{% if x %}<!-- {% end %} -->", "a comment")
        self.check('<a target="{{ x }}"></a>', "a hole in target=")
        self.check('<img alt="" srcset="/a {{ x }}">', "a hole in srcset=")
        self.check('<meta http-equiv="refresh" content="0;url={{ x }}">', "http-equiv")
        self.check('<meta content="0;url={{ x }}" http-equiv="refresh">', "http-equiv")
        self.check("<p>&{{ x }};</p>", "right after &")
        self.check('<a href="/&#{{ x }};"></a>', "right after &")
        self.check("&{% if x %}{{ x }}{% end %}", "right after &")

    def test_holes_in_addresses(self):
        only = "only behind a literal"
        for attribute in ("href", "src", "action", "formaction", "poster", "cite", "data", "xlink:href", "ping"):
            self.check(f'<a {attribute}="{{{{ x }}}}"></a>', only)
        self.check('<a href=" {{ x }}"></a>', only)
        self.check('<a href="a{{ x }}"></a>', only)
        self.check('<a href="https://{{ x }}"></a>', only)
        self.check('<a href="//{{ x }}"></a>', only)
        self.check('<a href="/\\{{ x }}"></a>', only)
        self.check('<a href="&#47;&#47;{{ x }}"></a>', only)
        self.check('<a href="/\n/{{ x }}"></a>', only, 2)
        self.check('<a href="/{{ x }}"></a>', "//another.host")
        self.check('<a href="/{{ t:a.b }}"></a>', "//another.host")
        self.check('<a href="{{ t:a.b }}"></a>', only)
        self.check('<a href="/a{{ x | url }}"></a>', "nothing may stand before")
        self.check('<a href="{{ x | url }}a"></a>', "nothing may follow")
        self.check('<a href="{{ x | url }}{{ y }}"></a>', "nothing may follow")
        self.check('<a href="javascript:a()"></a>', "begins with javascript:")
        self.check('<a href="java&#115;cript:a()"></a>', "begins with javascript:")
        self.check('<a href="\tdata:a"></a>', "begins with data:")
        self.check('<a href="{% if a %}/b{% end %}{{ x }}"></a>', "the address in different states")
        self.check('<a href="{% if a %}/b{% else %}c{% end %}{{ x }}"></a>', "the address in different states")
        self.check('<a href="{% for x in a : n %}/{% end %}"></a>', "the address in different states")

    def test_inline_scripts_and_styles(self):
        self.check("<script>a()</script>", "<script> without src")
        self.check('<script src="/a.js">a()</script>', "a script with a body")
        self.check('<script src="{{ x | url }}"></script>', "<script> without src")
        self.check('<script src="https://example.org/a.js"></script>', "<script> without src")
        self.check('<script type="application/json">{}</script>', "<script> without src")
        self.check("<style>a{}</style>", "inline style sheet")
        self.check('<p style="color:red"></p>', "style=")
        self.check("<p ONCLICK='a()'></p>", "inline script")
        self.check("<p {% attr onclick if x %}></p>", "inline script")
        self.check('<iframe src="/a"></iframe>', "<iframe> is not an element")
        self.check('<svg><animate href="/a"/></svg>', "<animate> is not an element")

    def test_unclosed_and_wrongly_nested(self):
        self.check("<p>\n<b>a", "<b> is not closed in the template t", 2)
        self.check("<p><b></p></b>", "</p> where </b> is due \\(opened in line 1\\)")
        self.check("</p>", "</p> without its start tag")
        self.check("<br></br>", "no end tag")
        self.check("<div/>", "not closed in HTML")
        self.check("<p><div></div></p>", "ends the paragraph")
        self.check("<p><b><ul></ul></b></p>", "ends the paragraph")
        self.check('<form method="get"><div><form method="get"></form></div></form>', "<form> in <form>")
        self.check("<a><b><a></a></b></a>", "<a> in <a>")
        self.check("<div><li></li></div>", "<li> may not stand directly in <div>")
        self.check("<ul><p></p></ul>", "<p> may not stand directly in <ul>")
        self.check("<table><div></div></table>", "<div> may not stand directly in <table>")
        self.check("<table><td></td></table>", "<td> may not stand directly in <table>")
        self.check("<tr>a</tr>", "text may not stand directly in <tr>")
        self.check("<tr>{{ a }}</tr>", "text may not stand directly in <tr>")
        self.check("<svg><div></div></svg>", "<div> is not an element")
        self.check("<div><path/></div>", "<path> is not an element")
        self.check("<dvi></dvi>", "<dvi> is not an element")
        self.check("a < b", "write &lt;")
        self.check("<title><b></b></title>", "no elements in <title>")
        self.check("<p", "ends within a tag")
        self.check('<p title="', "ends within a tag")
        self.check("<!-- a", "ends within a comment")
        self.check('<p title="a" title="b"></p>', "title twice")
        self.check("<p a=></p>", "double quotes")
        self.check("<p ='a'></p>", "may not stand in a tag")
        self.check("a }} b", "}} without its beginning")

    def test_branches(self):
        self.check("<div>{% if a %}</div>{% end %}", "opened outside of this branch")
        self.check("{% if a %}\n<div>{% end %}</div>", "<div> is not closed within {% if %}", 2)
        self.check("{% for x in a : n %}<p>{% end %}", "<p> is not closed within {% for %}")
        self.check("{% if a %}<p>{% else %}<p>{% end %}</p>", "<p> is not closed within {% if %}")
        self.check("{% if a %}<p {% end %}></p>", "another context")
        self.check('<p {% if a %}title="{% end %}"></p>', "another context")
        self.check('<p title="{% if a %}"{% end %}></p>', "another context")
        self.check('<p title="{% if a %}x{% else %}" lang="{% end %}"></p>', "another context")
        self.check("<p {% for x in a : n %}title=\"a\"{% end %}></p>", "may not stand in a tag")
        self.check('<p title="a" {% if a %}title="b"{% end %}></p>', "title twice")
        self.check('<p {% if a %}title="b"{% end %} title="a"></p>', "title twice")
        self.check("<p hidden {% attr hidden if a %}></p>", "hidden twice")

    def test_blocks(self):
        self.check("{% if a %}", "{% if %} has no {% end %}")
        self.check("\n{% for x in a : n %}", "{% for %} has no {% end %}", 2)
        self.check("{% end %}", "{% end %} without")
        self.check("{% else %}", "{% else %} without")
        self.check("{% endwrap %}", "{% endwrap %} without")
        self.check("{% if a %}{% else %}{% elif b %}{% end %}", "after {% else %}")
        self.check("{% if a %}{% else %}{% else %}{% end %}", "after {% else %}")
        self.check("{% for x in a : n %}{% elif b %}{% end %}", "{% elif %} without {% if %}; {% for %} of line 1 is open")
        self.check("{% if %}{% end %}", "needs more")
        self.check("{% end if %}", "stands alone")
        self.check("{% while a %}", "is not a tag")
        self.check("{% for x in a %}{% end %}", "write {% for")
        self.check("{% for x in a ? b : c : n %}{% end %}", "write {% for")
        self.check("{% for x in : n %}{% end %}", "write {% for")
        self.check("{% set a %}", "write {% set")
        self.check("{% set a == b %}", "write {% set")
        self.check("<p {% attr hidden %}></p>", "write {% attr")
        self.check("{% attr hidden if a %}", "may not stand in text")
        self.check("{{ a", "{{ without }}")
        self.check("{{ f(a }}", "{{ without }}")
        self.check("{{ }}", "an empty hole")

    def test_filters_and_words(self):
        self.check("{{ a | upper }}", "upper is not a filter")
        self.check("{{ a | int | id }}", "id is not a filter")
        self.check("{{ | int }}", "not a filter")
        self.check("{{ a | code }}", "not a filter")
        self.check('<p title="{{ a | lines }}"></p>', "only in text")
        self.check("<title>{{ a | lines }}</title>", "only in text")
        self.check("{{ t: }}", "needs a key")
        self.check("{{ t:a.b who }}", "write name=expression")
        self.check("{{ t:a.b who=a | int }}", "write name=expression")
        self.check("{{ t:a.b who==a }}", "write name=expression")
        self.check("{{ n:a.b }}", "needs a count")
        self.check("{{ n:a.b who=a }}", "needs a count")

    def test_what_people_need(self):
        self.check("<form></form>", "without method")
        self.check('<form {% if a %}method="post"{% end %}></form>', "without method")
        self.check('<a href="/a" target="_blank"></a>', "target=_blank")
        self.check("<a href=/a target=_BLANK></a>", "target=_blank")
        for element in ("<input>", '<input type="text" name="a">', '<input type="{{ x }}">', "<textarea></textarea>",
                        "<select></select>", '<input {% if a %}id="a"{% end %}>'):
            self.check(element, "without id or aria-label")
        self.check('<img src="/a.png">', "without alt")
        self.check('<p id="a"></p><p id="a"></p>', "the id a twice")
        self.check('<p id="a"></p>{% if x %}<p id="a"></p>{% end %}', "the id a twice")
        self.check('{% if x %}<p id="a"></p>{% end %}<p id=a></p>', "the id a twice")
        self.check('{% for x in a : n %}<p id="a"></p>{% end %}', "once for each item")
        self.check('<p id=""></p>', "empty id")

    def test_calls(self):
        frame = "{% endtemplate %}{% template frame(int a) %}{% body %}{% endtemplate %}{% template u() %}"
        self.check("{% call nobody() %}", "no template nobody")
        self.check("{% call t %}", "arguments in parentheses")
        self.check("{% call t(1) %}", "takes 0 arguments, not 1")
        self.check(frame + "{% call frame(1) %}", "use {% wrap %}")
        self.check("{% wrap t() %}{% endwrap %}", "use {% call %}")
        self.check(frame + "{% wrap frame() %}{% endwrap %}", "takes 1 arguments, not 0")
        self.check(frame + "{% wrap frame(1) %}", "has no {% endwrap %}")
        self.check(frame + "{% wrap frame(1) %}{% end %}", "{% wrap %} of line 1 is open")
        self.check(frame + "{% wrap frame(1) %}\n<p>{% endwrap %}", "<p> is not closed within {% wrap %}", 2)
        self.check(frame + "<p>{% wrap frame(1) %}</p>{% endwrap %}", "without its start tag")
        self.check('<p title="{% call t() %}"></p>', "may not stand in the value")
        self.check("<title>{% call t() %}</title>", "may not stand in <title>")
        self.check("{% body %}{% body %}", "more than one")
        self.check("{% if a %}{% body %}{% end %}", "{% body %} in {% if %}")
        self.check("<p {% body %}></p>", "may not stand in a tag")

    def check_files(self, files: dict[str, str], cause: str):
        _, refusals = compile_texts(files)
        self.assertEqual(len(refusals), 1, refusals)
        self.assertRegex(refusals[0], cause)

    def test_files(self):
        end = "{% endtemplate %}"
        self.check_files({"a/a.html": "x"}, "^a/a.html:1: only")
        self.check_files({"a/a.html": "\n\n{{ x }}"}, "^a/a.html:3: only")
        self.check_files({"a/a.html": "{% include x %}"}, "^a/a.html:1: only")
        self.check_files({"a/a.html": "{% template t() %}"}, "^a/a.html:1: .*no {% endtemplate %}")
        self.check_files({"a/a.html": "{% template t() %}\n{% template u() %}" + end}, "^a/a.html:2: template inside")
        self.check_files({"a/a.html": '{% template t() %}{% include "a.h" %}' + end}, "include inside")
        self.check_files({"a/a.html": "{% template t %}" + end}, "write {% template")
        self.check_files({"a/a.html": "{% template t(int (*f)(void)) %}" + end}, "as type and name")
        self.check_files({"a/a.html": "{% template t(int) %}" + end}, "as type and name")
        self.check_files({"a/a.html": "{% template t(int h) %}" + end}, "called h")
        self.check_files({"a/a.html": "{% template text() %}" + end}, "may not be called text")
        self.check_files({"a/a.html": "{% template t() %}" + end, "b/b.html": "\n{% template t() %}" + end},
                         "^b/b.html:2: the template t stands in .*a/a.html:1 too")
        self.check_files({"a/a.html": "{% template t() %}{% body %}" + end + "{% template t_end() %}" + end}, "html_t_end")
        self.check_files({"a/a.html": "{# x"}, "{# without #}")


STAND_IN = {
    "base/buf.h": "",
    "platform/html/html.h": """
        #ifndef HTML_H
        #define HTML_H
        #include <stdint.h>
        #include <stddef.h>
        enum word { W_none, W_a_b };
        struct html { int unused; };
        void html_raw(struct html *h, const char *text, size_t len);
        void html_text(struct html *h, const char *text);
        void html_int(struct html *h, int64_t value);
        void html_word(struct html *h, enum word key);
        void html_word_filled(struct html *h, enum word key, ...);
        void html_word_plural(struct html *h, enum word key, int64_t count, ...);
        #endif
        """,
    "case/a/a.h": "#include <stddef.h>\nstruct item { const char *name; size_t size; };\n"
                  "struct view { const struct item *items; size_t count; const char *title; };\n"
                  "struct kinds { int n[2]; struct item *const of; const char *const *names; struct item two[2]; };\n",
    "main.c": r"""
        #include "case/a/templates.h"
        #include <inttypes.h>
        #include <stdarg.h>
        #include <stdio.h>
        void html_raw(struct html *h, const char *text, size_t len) { (void)h; fwrite(text, 1, len, stdout); }
        void html_int(struct html *h, int64_t value) { (void)h; printf("%" PRId64, value); }
        void html_word(struct html *h, enum word key) { (void)h; printf("[%d]", (int)key); }
        void html_text(struct html *h, const char *text)
        {
            (void)h;
            for (; *text; text++)
                switch (*text) {
                case '<': fputs("&lt;", stdout); break;
                case '>': fputs("&gt;", stdout); break;
                case '&': fputs("&amp;", stdout); break;
                case '"': fputs("&quot;", stdout); break;
                default: putchar(*text);
                }
        }
        static void pairs(va_list args)
        {
            for (const char *name; (name = va_arg(args, const char *));)
                printf("[%s=%s]", name, va_arg(args, const char *));
        }
        void html_word_filled(struct html *h, enum word key, ...)
        {
            va_list args;
            va_start(args, key);
            html_word(h, key);
            pairs(args);
            va_end(args);
        }
        void html_word_plural(struct html *h, enum word key, int64_t count, ...)
        {
            va_list args;
            va_start(args, count);
            html_word(h, key);
            html_int(h, count);
            pairs(args);
            va_end(args);
        }
        int main(void)
        {
            struct html h = {0};
            const struct item items[] = {{"<b>", 1}, {"\"&", 2}};
            html_page(&h, &(struct view){items, 2, "a\"b>"});
            putchar('\n');
            html_page(&h, &(struct view){NULL, 0, "-"});
        }
        """}
PAGE = """{% include "case/a/a.h" %}
{% template frame(const char *title) %}<main title="{{ title }}">{% body %}</main>{% endtemplate %}
{% template page(const struct view *v) %}
{% wrap frame(v->title) %}<ul>{% for x in v->items : v->count %}<li{% if x->size > 1 %} class="big"{% end %}>{{ x->name }}:{{ x->size | int }}</li>
{% else %}<li>{{ t:a.b }}</li>{% end %}</ul>{{ n:a.b v->count who=v->title }}{{ t:a.b who="ā" }}??/{% endwrap %}
{% endtemplate %}
{% template kinds(const struct kinds *v, struct kinds w) %}
{% for n in v->n : 2 %}{{ *n | int }}{% for i in w.of : 1 %}{{ i->name }}{% end %}{% end %}
{% for name in v->names : 0 %}{{ *name }}{% end %}{% for i in v->two : 2 %}{{ i->name }}{% end %}
{% endtemplate %}
"""


class ThroughTheCompiler(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name)
        for name, text in (STAND_IN | {"case/a/page.html": PAGE}).items():
            (self.root / "src" / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / "src" / name).write_text(textwrap.dedent(text), encoding="utf-8")

    def htmlc(self, *more: str) -> subprocess.CompletedProcess:
        return subprocess.run([sys.executable, HTMLC, "--out", self.root / "gen", "--root", self.root / "src", *more],
                              capture_output=True, text=True)

    def gcc(self, compiler: str) -> subprocess.CompletedProcess:
        sources = [self.root / "src/main.c", *(self.root / "gen").rglob("*.c")]
        return subprocess.run([compiler, *WARNINGS, "-I", self.root / "src", "-I", self.root / "gen", "-o", self.root / "it",
                               *sources], capture_output=True, text=True)

    def test_page(self):
        self.assertEqual(self.htmlc().returncode, 0)
        for compiler in filter(shutil.which, ("gcc", "clang")):
            with self.subTest(compiler):
                made = self.gcc(compiler)
                self.assertEqual(made.returncode, 0, made.stderr)
                out = subprocess.run([self.root / "it"], capture_output=True, text=True, check=True).stdout
                self.assertEqual(out.replace("\n", ""),
                                 '<main title="a&quot;b&gt;"><ul><li>&lt;b&gt;:1</li><li class="big">&quot;&amp;:2</li></ul>'
                                 '[1]2[who=a"b>][1][who=ā]??/</main>'
                                 '<main title="-"><ul><li>[1]</li></ul>[1]0[who=-][1][who=ā]??/</main>')

    def refused_by_compiler(self, text: str, line: int):
        (self.root / "src/case/a/page.html").write_text(text, encoding="utf-8")
        self.assertEqual(self.htmlc().returncode, 0)
        made = self.gcc("gcc")
        self.assertNotEqual(made.returncode, 0)
        self.assertIn(f"src/case/a/page.html:{line}:", made.stderr)

    def test_compiler_names_the_line_of_the_page(self):
        for old, new, line in (("{{ x->name }}", "{{ x->size }}", 4), ("v->count who=v->title", "v->title who=v->title", 5),
                               ("v->count who=v->title", "v->count who=v->count", 5), ("frame(v->title)", "frame(v->count)", 4),
                               ("{{ title }}", "{{ titel }}", 2), ("case/a/a.h", "case/a/b.h", 1),
                               ("x->size | int", "x->name | int", 4)):
            with self.subTest(new):
                self.refused_by_compiler(PAGE.replace(old, new), line)

    def test_refusal_is_told_and_nothing_written(self):
        (self.root / "src/case/a/page.html").write_text("{% template page() %}\n<p>{% endtemplate %}")
        result = self.htmlc("--stamp", str(self.root / "stamp"))
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr, f"{self.root}/src/case/a/page.html:2: <p> is not closed in the template page\n")
        self.assertFalse((self.root / "gen").exists() or (self.root / "stamp").exists())

    def test_list_and_stamp(self):
        listed = self.htmlc("--list").stdout.split()
        self.assertEqual(listed, [f"{self.root}/gen/case/a/templates.h", f"{self.root}/gen/case/a/templates.c"])
        self.assertFalse((self.root / "gen").exists())
        self.assertEqual(self.htmlc("--stamp", str(self.root / "stamp")).returncode, 0)
        self.assertTrue((self.root / "stamp").exists())

    def test_only_changes_are_written(self):
        self.htmlc()
        header, body = self.root / "gen/case/a/templates.h", self.root / "gen/case/a/templates.c"
        before = header.stat().st_mtime_ns, body.stat().st_mtime_ns
        page = self.root / "src/case/a/page.html"
        page.write_text(page.read_text().replace("<ul>", "<ul><li>first</li>"))
        self.htmlc()
        self.assertEqual(header.stat().st_mtime_ns, before[0])
        self.assertNotEqual(body.stat().st_mtime_ns, before[1])
        page.unlink()
        self.htmlc()
        self.assertFalse(header.exists() or body.exists())


if __name__ == "__main__":
    unittest.main()
