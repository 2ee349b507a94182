"""Turns *.html templates into C functions that write escaped HTML: htmlc.py --out GENDIR --root src (docs/GENERATORS.md).

Three steps: `read_file` cuts a file into templates and tokens; `Page` follows the HTML and says what may stand where;
`Writer` follows the template language and writes C. What is wrong stops the build with `file:line: cause`.
"""
import argparse
import dataclasses
import html
import pathlib
import re
import sys


class Refused(Exception):
    def __init__(self, file: str, line: int, cause: str):
        super().__init__(f"{file}:{line}: {cause}")


# ---- C expressions: only as far as needed to find their ends; the compiler checks the rest ----

QUOTED = r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''
PIECE = re.compile(QUOTED + r"|[(\[{]|[)\]}]|%\}")


def end_of_tag(text: str, at: int, closer: str) -> int:
    """Where `closer` stands outside of quotes and brackets; -1 if nowhere."""
    depth = 0
    while match := PIECE.search(text, at):
        if depth == 0 and text.startswith(closer, match.start()):
            return match.start()
        depth += (match[0] in "([{") - (match[0] in ")]}")
        at = match.end()
    return -1


def top_level(text: str):
    """The places and characters outside of quotes and brackets."""
    depth, at = 0, 0
    while at < len(text):
        if quoted := re.compile(QUOTED).match(text, at):
            at = quoted.end()
            continue
        if text[at] in "([{":
            depth += 1
        elif text[at] in ")]}":
            depth -= 1
        elif depth == 0:
            yield at, text[at]
        at += 1


def split_top(text: str, separators: str) -> list[str]:
    parts, begin = [], 0
    for at, c in top_level(text):
        if c in separators:
            parts.append(text[begin:at])
            begin = at + 1
    parts.append(text[begin:])
    return [part.strip() for part in parts if part.strip()]


def c_text(text: str) -> list[str]:
    """A C literal in pieces, each ending at a line end."""
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    pieces = re.findall(r"[^\n]*\n|[^\n]+", text)
    return ['"' + "".join(escapes.get(c, c) for c in piece).replace("??", "?\\?") + '"' for piece in pieces]


# ---- reading: tokens and templates ----

@dataclasses.dataclass
class Token:
    kind: str  # "static", "hole" or "tag"
    text: str
    line: int


@dataclasses.dataclass
class Template:
    name: str
    parameters: list[tuple[str, str]]  # declaration up to the name, name
    file: str
    folder: str
    line: int
    tokens: list[Token]

    @property
    def wraps(self) -> bool:
        return any(token.kind == "tag" and token.text == "body" for token in self.tokens)

    def functions(self) -> list[str]:
        return [f"html_{self.name}_begin", f"html_{self.name}_end"] if self.wraps else [f"html_{self.name}"]

    def signature(self, function: str) -> str:
        parameters = ["struct html *h"] + [before + name for before, name in self.parameters]
        return f"void {function}({', '.join(parameters)})"


@dataclasses.dataclass
class Source:
    file: str
    folder: str
    includes: list[tuple[str, int]]
    templates: list[Template]


# Functions of platform/html/html.h, which a template's function may not be called like.
TAKEN = {"init", "raw", "text", "int", "id", "date", "date_long", "moment", "until", "lines", "url", "code", "word", "word_filled",
         "word_plural"}


def cut(file: str, text: str):
    at, line = 0, 1
    while at < len(text):
        opener = re.compile(r"\{[{%#]").search(text, at)
        start = opener.start() if opener else len(text)
        if start > at:
            yield Token("static", text[at:start], line)
            line += text.count("\n", at, start)
        if not opener:
            return
        closer = {"{{": "}}", "{%": "%}", "{#": "#}"}[opener[0]]
        end = text.find(closer, start + 2) if closer == "#}" else end_of_tag(text, start + 2, closer)
        if end < 0:
            raise Refused(file, line, f"{opener[0]} without {closer}")
        inner = text[start + 2:end]
        if closer != "#}":
            skipped = inner[:len(inner) - len(inner.lstrip())].count("\n")
            yield Token("hole" if closer == "}}" else "tag", inner.strip(), line + skipped)
        line += inner.count("\n")
        at = end + 2


def template_of(file: str, folder: str, token: Token) -> Template:
    head = re.fullmatch(r"template\s+([a-z]\w*)\s*\((.*)\)", token.text, re.S)
    if not head:
        raise Refused(file, token.line, "write {% template name(type parameter, ...) %}")
    name, inside = head[1], head[2].strip()
    if name in TAKEN:
        raise Refused(file, token.line, f"a template may not be called {name}: html_{name} belongs to platform/html")
    parameters = []
    for parameter in split_top(inside, ",") if inside != "void" else []:
        parts = re.fullmatch(r"(.*[\s*])([A-Za-z_]\w*)", parameter, re.S)
        if not parts or "(" in parameter:
            raise Refused(file, token.line, f"write the parameter \"{parameter}\" as type and name")
        if parts[2] == "h":
            raise Refused(file, token.line, "no parameter may be called h: that is the page being written")
        parameters.append((" ".join(parts[1].split()) + ("" if parts[1].rstrip().endswith("*") else " "), parts[2]))
    return Template(name, parameters, file, folder, token.line, [])


def read_file(file: str, folder: str, text: str) -> Source:
    source, template = Source(file, folder, [], []), None
    for token in cut(file, text):
        word = token.text.split(None, 1)[0].split("(")[0] if token.kind == "tag" and token.text else ""
        if template is None:
            include = re.fullmatch(r'include\s+"([^"]+)"', token.text)
            if word == "template":
                template = template_of(file, folder, token)
            elif word == "include" and include:
                source.includes.append((include[1], token.line))
            elif token.kind != "static" or token.text.strip():
                blank = re.match(r"\s*", token.text)[0].count("\n")
                raise Refused(file, token.line + blank, "only {% include \"...\" %} and templates may stand here")
        elif word == "endtemplate":
            source.templates.append(template)
            template = None
        elif word in ("template", "include"):
            raise Refused(file, token.line, f"{word} inside the template {template.name} (line {template.line})")
        else:
            template.tokens.append(token)
    if template:
        raise Refused(file, template.line, f"the template {template.name} has no {{% endtemplate %}}")
    return source


# ---- HTML: what it is made of ----

def names(text: str) -> frozenset[str]:
    return frozenset(text.split())


VOID = names("area base br col embed hr img input link meta source track wbr")
ELEMENTS = VOID | names("""a abbr address article aside audio b bdi bdo blockquote body button canvas caption cite code
    colgroup data datalist dd del details dfn dialog div dl dt em fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6
    head header hgroup html i ins kbd label legend li main map mark menu meter nav noscript object ol optgroup option output
    p picture pre progress q rp rt ruby s samp script search section select slot small span strong sub summary sup svg table
    tbody td template textarea tfoot th thead time title tr u ul var video""")
SVG_ELEMENTS = names("""a circle clippath defs desc ellipse filter g image line lineargradient marker mask metadata path
    pattern polygon polyline radialgradient rect script stop svg switch symbol text textpath title tspan use view""")
CLOSES_P = names("""address article aside blockquote details dialog div dl fieldset figcaption figure footer form h1 h2 h3 h4
    h5 h6 header hgroup hr main menu nav ol p pre search section summary table ul""")
NOT_IN_ITSELF = names("a button form label")
PARENTS = {"li": names("ul ol menu"), "tr": names("table thead tbody tfoot"), "td": names("tr"), "th": names("tr"),
           "thead": names("table"), "tbody": names("table"), "tfoot": names("table"), "caption": names("table"),
           "colgroup": names("table"), "col": names("colgroup"), "dt": names("dl div"), "dd": names("dl div"),
           "option": names("select optgroup datalist"), "optgroup": names("select"), "legend": names("fieldset"),
           "summary": names("details"), "head": names("html"), "body": names("html")}
CHILDREN = {"ul": names("li"), "ol": names("li"), "menu": names("li"), "dl": names("dt dd div"), "tr": names("td th"),
            "table": names("caption colgroup thead tbody tfoot tr"), "thead": names("tr"), "tbody": names("tr"),
            "tfoot": names("tr"), "colgroup": names("col"), "select": names("option optgroup hr"),
            "optgroup": names("option"), "html": names("head body")}
ADDRESSES = names("href xlink:href src action formaction poster cite data ping background manifest longdesc codebase")
NO_HOLES = names("srcset imagesrcset target formtarget http-equiv")
SCHEMES = names("https http mailto tel sms")
NEED_NO_LABEL = names("type=hidden type=submit type=reset type=button")


@dataclasses.dataclass
class Place:
    """Where in the HTML we are. Holds only values, so that a shallow copy is a snapshot."""
    mode: str = "text"        # text, plain (title, textarea), script, comment, tag, value
    stack: tuple = ()         # open elements: (name, line)
    tag: str = ""             # the element whose start tag is open
    attribute: str = ""
    literal: str | None = ""  # the attribute's value so far; None once it is not literal
    address: str = ""         # of an address: start, slash, safe, other, whole
    sure: frozenset = frozenset()   # attributes the open tag has on every way here: name, name=literal, name: own
    maybe: frozenset = frozenset()  # attributes it has on some way here
    ids: frozenset = frozenset()    # literal ids given out on some way here

    def context(self) -> tuple:
        return self.mode, self.stack, self.tag, self.attribute, self.address


class Page:
    """Follows the HTML of one template. What it lets through goes to `write`."""

    def __init__(self, file: str, write):
        self.file, self.write = file, write
        self.line = 0
        self.place = Place()
        self.floor = 0   # so many elements were opened outside of this branch
        self.loops = 0
        self.tail = ""   # the static text just read

    def refuse(self, cause: str):
        raise Refused(self.file, self.line, cause)

    # -- static text: each in_MODE reads from `at` and answers where it stopped --

    def feed(self, text: str, line: int):
        at = 0
        while at < len(text):
            self.line = line + text.count("\n", 0, at)
            at = getattr(self, "in_" + self.place.mode)(text, at)
        self.line = line + text.count("\n")
        self.tail = text

    def parent(self) -> str:
        return self.place.stack[-1][0] if self.place.stack else ""

    def text_may_stand_here(self):
        if self.parent() in CHILDREN:
            self.refuse(f"text may not stand directly in <{self.parent()}>")

    def visible(self, text: str):
        if stray := re.search(r"\}\}|%\}|#\}", text):
            self.refuse(f"{stray[0]} without its beginning")
        if text.strip():
            self.text_may_stand_here()
        if any(name in ("pre", "textarea") for name, _ in self.place.stack):
            self.write(text)
        else:
            self.write(re.sub(r"[ \t\r\n\f]+", lambda run: "\n" if "\n" in run[0] else " ", text), collapse=True)

    def in_text(self, text: str, at: int) -> int:
        if text[at] != "<":
            end = text.find("<", at)
            end = len(text) if end < 0 else end
            self.visible(text[at:end])
            return end
        if text.startswith("<!--", at):
            self.place.mode = "comment"
            return at + 4
        if doctype := re.compile(r"<!doctype html>", re.I).match(text, at):
            self.write("<!doctype html>")
            return doctype.end()
        if closing := re.compile(r"</([a-zA-Z][\w:-]*)\s*>").match(text, at):
            self.close(closing[1])
            return closing.end()
        if opening := re.compile(r"<([a-zA-Z][\w:-]*)").match(text, at):
            self.open(opening[1])
            return opening.end()
        self.refuse("neither a tag nor text: write &lt; for a less-than sign")

    def in_plain(self, text: str, at: int) -> int:
        name = self.parent()
        if closing := re.compile(rf"</{name}\s*>", re.I).match(text, at):
            self.place.mode = "text"
            self.close(name)
            return closing.end()
        if text[at] == "<":
            self.refuse(f"no elements in <{name}>")
        end = text.find("<", at)
        end = len(text) if end < 0 else end
        self.visible(text[at:end])
        return end

    def in_script(self, text: str, at: int) -> int:
        closing = re.compile(r"\s*</script\s*>", re.I).match(text, at)
        if not closing:
            self.refuse("a script with a body: put it into a file and name it with src")
        self.place.mode = "text"
        self.close("script")
        return closing.end()

    def in_comment(self, text: str, at: int) -> int:
        end = text.find("-->", at)
        if end < 0:
            return len(text)
        self.place.mode = "text"
        return end + 3

    # -- elements --

    def in_svg(self, name: str) -> bool:
        stack = [element for element, _ in self.place.stack if element]
        return name in SVG_ELEMENTS and ("svg" in stack or all(element in SVG_ELEMENTS for element in stack)
                                         and name not in ELEMENTS)

    def open(self, written: str):
        name, stack = written.lower(), [element for element, _ in self.place.stack]
        if name == "style":
            self.refuse("an inline style sheet: put it into a file")
        if "svg" in stack and name not in SVG_ELEMENTS or name not in ELEMENTS and not self.in_svg(name):
            self.refuse(f"<{written}> is not an element that may stand here")
        if not self.in_svg(name):
            self.check_nesting(name, stack)
        self.write("<" + written)
        self.place.mode, self.place.tag = "tag", name
        self.place.sure = self.place.maybe = frozenset()

    def check_nesting(self, name: str, stack: list[str]):
        parent = self.parent()
        if name in NOT_IN_ITSELF and name in stack:
            self.refuse(f"<{name}> in <{name}>")
        if parent and parent not in PARENTS.get(name, {parent}):
            self.refuse(f"<{name}> may not stand directly in <{parent}>")
        if name not in CHILDREN.get(parent, {name}) | {"script", "template"}:
            self.refuse(f"<{name}> may not stand directly in <{parent}>")
        boundary = max((i for i, element in enumerate(stack) if element in ("button", "table", "td", "th", "caption",
                                                                            "object", "template")), default=-1)
        if name in CLOSES_P and "p" in stack[boundary + 1:]:
            self.refuse(f"<{name}> in <p>: a browser ends the paragraph here")

    def opened(self, slash: bool):
        """At the > of a start tag."""
        name, svg = self.place.tag, self.in_svg(self.place.tag)
        self.check_attributes(name)
        self.write("/>" if slash else ">")
        self.place.mode, self.place.tag = "text", ""
        if slash and not svg and name not in VOID:
            self.refuse(f"<{name}/> is not closed in HTML: write </{name}>")
        if name in VOID or slash:
            return
        self.place.stack += ((name, self.line),)
        if name in ("title", "textarea"):
            self.place.mode = "plain"
        if name == "script":
            self.place.mode = "script"

    def check_attributes(self, name: str):
        sure, maybe = self.place.sure, self.place.maybe
        if name == "form" and "method" not in sure:
            self.refuse("a <form> without method")
        if name == "img" and "alt" not in sure:
            self.refuse("an <img> without alt")
        if name in ("input", "textarea", "select") and not sure & ({"id", "aria-label", "aria-labelledby"} | NEED_NO_LABEL):
            self.refuse(f"an <{name}> without id or aria-label")
        if name == "script" and "src: own" not in sure:
            self.refuse("a <script> without src, or with one that does not begin with a literal path of our own")
        if name == "meta" and "http-equiv" in maybe and "content" in maybe and "content=" not in {
                attribute[:8] for attribute in maybe}:
            self.refuse("a hole in the content of <meta http-equiv>")

    def close(self, written: str):
        name, stack = written.lower(), self.place.stack
        if name in VOID:
            self.refuse(f"</{name}>: this element has no end tag")
        if not stack or not stack[-1][0] and len(stack) == self.floor:
            self.refuse(f"</{name}> without its start tag")
        if len(stack) <= self.floor:
            self.refuse(f"</{name}> closes an element that was opened outside of this branch")
        if stack[-1][0] != name:
            self.refuse(f"</{name}> where </{stack[-1][0]}> is due (opened in line {stack[-1][1]})")
        self.place.stack = stack[:-1]
        self.write(f"</{written}>")

    # -- attributes --

    def in_tag(self, text: str, at: int) -> int:
        if blank := re.compile(r"\s+").match(text, at):
            return blank.end()
        if end := re.compile(r"(/?)>").match(text, at):
            self.opened(end[1] == "/")
            return end.end()
        attribute = re.compile(r"([^\s\"'<>/=]+)(?:\s*=\s*(\"|'[^']*'|[^\s\"'=<>`]+)?)?").match(text, at)
        if not attribute:
            self.refuse(f"{text[at]} may not stand in a tag")
        self.begin_attribute(attribute[1], attribute[0])
        if attribute[2] == '"':
            self.place.mode = "value"
            self.write('="')
            return attribute.end()
        if attribute[2] is None and "=" in attribute[0]:
            self.refuse(f"{attribute[1]}= without a value in double quotes")
        if attribute[2] is not None:
            self.write("=" + attribute[2])
            self.add_literal(attribute[2].strip("'"))
        self.end_attribute()
        return attribute.end()

    def begin_attribute(self, written: str, whole: str):
        name = written.lower()
        if name.startswith("on"):
            self.refuse(f"{name}=: an inline script")
        if name in ("style", "srcdoc"):
            self.refuse(f"{name}= is refused: " + ("put it into the style sheet" if name == "style" else "write a page"))
        if name in self.place.maybe:
            self.refuse(f"the attribute {name} twice")
        self.write(" " + written)
        self.place.attribute, self.place.literal = name, "" if "=" in whole else None
        self.place.address = "start" if name in ADDRESSES else ""

    def add_literal(self, text: str):
        if self.place.literal is not None:
            self.place.literal += text
        text = re.sub(r"[\t\r\n]", "", html.unescape(text))
        if text and self.place.address:
            self.place.address = self.address_after(text)

    def address_after(self, text: str) -> str:
        state = self.place.address
        if state == "whole":
            self.refuse("| url writes a whole address: nothing may follow it")
        if state == "slash":
            return "other" if text[0] in "/\\" else "safe"
        if state != "start":
            return state
        scheme = re.match(r"\s*([a-zA-Z][\w+.-]*):", text)
        if scheme and scheme[1].lower() not in SCHEMES:
            self.refuse(f"an address that begins with {scheme[1]}:")
        if text == "/":
            return "slash"
        return "safe" if text[0] in "/?#" and not re.match(r"/[/\\]", text) else "other"

    def in_value(self, text: str, at: int) -> int:
        end = text.find('"', at)
        value = text[at:] if end < 0 else text[at:end]
        self.add_literal(value)
        self.write(value)
        if end < 0:
            return len(text)
        self.write('"')
        self.end_attribute()
        self.place.mode = "tag"
        return end + 1

    def end_attribute(self):
        place, added = self.place, {self.place.attribute}
        if place.literal is not None:
            added.add(f"{place.attribute}={place.literal}")
            if place.attribute in ("target", "formtarget") and place.literal.strip().lower() == "_blank":
                self.refuse("target=_blank: people choose themselves where a page opens")
            if place.attribute == "id":
                self.add_id(place.literal)
        if place.address == "safe":
            added.add(f"{place.attribute}: own")
        place.sure |= added
        place.maybe |= added
        place.attribute, place.address, place.literal = "", "", ""

    def add_id(self, value: str):
        if not value:
            self.refuse("an empty id")
        if value in self.place.ids:
            self.refuse(f"the id {value} twice")
        if self.loops:
            self.refuse(f"the id {value} would stand on the page once for each item of the loop")
        self.place.ids |= {value}

    # -- what may stand where --

    def hole(self, line: int, kind: str):
        """A hole of this kind (text, int, url, word ...) stands here."""
        self.line = line
        self.check_tail()
        mode, attribute, address = self.place.mode, self.place.attribute, self.place.address
        if mode == "comment":
            self.refuse("a hole in a comment")
        if mode == "script":
            self.refuse("a hole in <script>")
        if mode == "tag":
            self.refuse("a hole in the name of a tag or attribute, or in a value without double quotes")
        if mode != "text" and kind == "lines":
            self.refuse("| lines writes elements: only in text")
        if mode == "text":
            self.text_may_stand_here()
        if mode != "value":
            return
        self.place.literal = None
        if attribute in NO_HOLES:
            self.refuse(f"a hole in {attribute}=")
        if address:
            self.place.address = self.address_after_hole(kind)

    def address_after_hole(self, kind: str) -> str:
        state = self.place.address
        if kind == "url":
            if state != "start":
                self.refuse("| url writes a whole address: nothing may stand before it")
            return "whole"
        if state == "safe" or state == "slash" and kind in ("int", "id"):
            return "safe"
        if state == "slash":
            self.refuse("\"/\" and then text could become //another.host: write more of the path, or | url, | id, | int")
        if state == "whole":
            self.refuse("| url writes a whole address: nothing may follow it")
        self.refuse(f"a hole in {self.place.attribute}= only behind a literal that begins with / ? or #, or with | url")

    def check_tail(self):
        if re.search(r"&[#\w]*$", self.tail):
            self.refuse("a hole right after &: write &amp; for an ampersand")
        self.tail = ""

    def tag(self, line: int, what: str, modes: str):
        """A tag of the template language stands here; it may in these modes."""
        self.line = line
        self.check_tail()
        if self.place.mode not in names(modes):
            places = {"text": "text", "plain": f"<{self.parent()}>", "script": "<script>", "comment": "a comment",
                      "tag": "a tag", "value": "the value of an attribute"}
            self.refuse(f"{{% {what} %}} may not stand in {places[self.place.mode]}")
        if self.place.mode == "value":
            self.place.literal = None

    def bare(self, name: str):
        """A bare attribute that may or may not be there."""
        maybe = self.place.maybe
        sure = self.place.sure
        self.begin_attribute(name, name)
        self.end_attribute()
        self.place.sure, self.place.maybe = sure, maybe | {name.lower()}

    def same(self, begun: Place, what: str, line: int):
        """Refuses a branch that ends elsewhere than it began."""
        if len(self.place.stack) > len(begun.stack):
            name, opened = self.place.stack[-1]
            raise Refused(self.file, opened, f"<{name}> is not closed within {{% {what} %}} (line {line})")
        if self.place.context() != begun.context():
            self.refuse(f"this branch of {{% {what} %}} (line {line}) ends in another context than it began in")

    def finish(self, name: str):
        if self.place.stack:
            element, line = self.place.stack[-1]
            raise Refused(self.file, line, f"<{element}> is not closed in the template {name}")
        if self.place.mode != "text":
            self.refuse(f"the template {name} ends within a " + ("comment" if self.place.mode == "comment" else "tag"))


# ---- the template language -> C ----

FILTERS = {"int": "html_int(h, (int64_t)+({}))", "id": "html_id(h, {})", "date": "html_date(h, {})",
           "date_long": "html_date_long(h, {})", "moment": "html_moment(h, {})", "until": "html_until(h, {})", "lines": "html_lines(h, {})",
           "url": "html_url(h, {})"}
WORD_KEY = re.compile(r"[A-Za-z]\w*(\.\w+)*")


@dataclasses.dataclass
class Block:
    """An open {% if %}, {% for %} or {% wrap %}."""
    kind: str
    line: int
    begun: Place
    floor: int
    ended: list[Place] = dataclasses.field(default_factory=list)  # where its finished branches ended
    other: bool = False           # there was an {% else %}
    number: int = 0
    target: Template | None = None
    arguments: list[tuple[int, str]] = dataclasses.field(default_factory=list)


class Writer:
    """Writes the C function (or the two of a template that wraps) of one template."""

    def __init__(self, template: Template, known: dict[str, Template]):
        self.template, self.known = template, known
        self.page = Page(template.file, self.write)
        self.lines: list[str] = []
        self.blocks: list[Block] = []
        self.still, self.collapsed = "", True  # static text not yet written; does it end in collapsed white space
        self.depth, self.numbers = 1, 0
        self.uses: set[str] = set()  # folders of called templates

    def refuse(self, line: int, cause: str):
        raise Refused(self.template.file, line, cause)

    # -- output --

    def write(self, text: str, collapse: bool = False):
        if collapse and self.collapsed and text[:1].isspace():
            if text[0] == "\n" and self.still[-1:] == " ":
                self.still = self.still[:-1] + "\n"
            text = text[1:]
        if text:
            self.still += text
            self.collapsed = collapse and text[-1].isspace()

    def flush(self):
        while self.still:
            part = self.still[:1000]  # C promises no more than 4095 bytes in one literal
            self.still = self.still[1000:]
            pieces = c_text(part)
            before = "    " * self.depth + "html_raw(h, "
            self.lines.append(before + ("\n" + " " * len(before)).join(pieces) + f", {len(part.encode())});")
        self.collapsed = False

    def code(self, text: str, line: int = 0):
        self.flush()
        if line:
            self.lines.append(f'#line {line} "{self.template.file}"')
        self.lines.append("    " * self.depth + text)

    def begin(self, text: str, line: int = 0):
        self.code(text, line)
        self.depth += 1

    def finish_block(self, text: str = "}"):
        self.flush()
        self.depth -= 1
        self.code(text)

    def function(self, name: str):
        self.lines.append(f'#line {self.template.line} "{self.template.file}"')
        self.lines.append(self.template.signature(name))
        self.lines.append("{")
        for _, parameter in self.template.parameters:
            self.lines.append(f"    (void){parameter};")

    def compile(self) -> str:
        functions = self.template.functions()
        self.function(functions[0])
        for number, token in enumerate(self.template.tokens):
            text = token.text
            if token.kind == "static":
                if number == len(self.template.tokens) - 1 and self.page.place.mode in ("text", "plain"):
                    text = text.rstrip()
                self.page.feed(text, token.line)
            elif token.kind == "hole":
                self.hole(token.text, token.line)
            else:
                self.tag(token.text, token.line)
        if self.blocks:
            block = self.blocks[-1]
            self.refuse(block.line, f"{{% {block.kind} %}} has no {{% {'endwrap' if block.kind == 'wrap' else 'end'} %}}")
        self.page.finish(self.template.name)
        self.flush()
        self.lines.append("}")
        return "\n".join(self.lines) + "\n"

    # -- holes --

    def hole(self, text: str, line: int):
        if not text:
            self.refuse(line, "an empty hole")
        if word := re.match(r"([tn]):", text):
            self.word(word[1], text[2:], line)
            return
        bars = [at for at, c in top_level(text) if c == "|" and text[at + 1:at + 2] != "|" and text[at - 1:at] != "|"]
        if not bars:
            self.page.hole(line, "text")
            self.code(f"html_text(h, {text});", line)
            return
        expression, name = text[:bars[-1]].strip(), text[bars[-1] + 1:].strip()
        family = re.fullmatch(r"code:([a-z]\w*)", name)
        if not expression or len(bars) > 1 or name not in FILTERS and not family:
            self.refuse(line, f"| {name} is not a filter (a | of C stands in parentheses)")
        self.page.hole(line, "code" if family else name)
        written = f'html_code(h, "{family[1]}", {expression})' if family else FILTERS[name].format(expression)
        self.code(written + ";", line)

    def word(self, kind: str, text: str, line: int):
        self.page.hole(line, "word")
        parts = split_top(text, " \t\r\n")
        if not parts or text[:1].isspace() or not WORD_KEY.fullmatch(parts[0]):
            self.refuse(line, f"{kind}: needs a key such as referral.inbox.title")
        arguments = ["h", "W_" + parts.pop(0).replace(".", "_")]
        if kind == "n":
            if not parts or re.match(r"[a-z_]\w*=[^=]", parts[0]):
                self.refuse(line, "n: needs a count behind the key")
            arguments.append(f"(int64_t)+({parts.pop(0)})")
        if kind == "t" and not parts:
            self.code(f"html_word({', '.join(arguments)});", line)
            return
        for part in parts:
            pair = re.fullmatch(r"([a-z_]\w*)=([^=].*)", part, re.S)
            if not pair:
                self.refuse(line, f"write name=expression for a part of the word, not {part}")
            # The literal makes the compiler check the type, which it does not do for the dots of a function.
            arguments += [f'"{pair[1]}"', f"(const char *){{{pair[2]}}}"]
        function = "html_word_plural" if kind == "n" else "html_word_filled"
        self.code(f"{function}({', '.join(arguments)}, (const char *)0);", line)

    # -- tags --

    def tag(self, text: str, line: int):
        parts = re.match(r"(\w*)\s*(.*)", text, re.S)
        known = {"if": True, "elif": True, "for": True, "call": True, "wrap": True, "attr": True, "set": True,
                 "else": False, "end": False, "endwrap": False, "body": False}
        if parts[1] not in known:
            self.refuse(line, f"{{% {parts[1] or text} %}} is not a tag")
        if known[parts[1]] != bool(parts[2]):
            self.refuse(line, f"{{% {parts[1]} %}} " + ("needs more" if known[parts[1]] else f"stands alone, without {parts[2]}"))
        getattr(self, "tag_" + parts[1])(parts[2], line)

    def open_block(self, block: Block):
        self.blocks.append(block)
        self.page.floor = len(self.page.place.stack)

    def open_branch(self, text: str, line: int, allowed: tuple[str, ...]) -> Block:
        """Ends the branch before {% elif %}, {% else %} or {% end %}."""
        block = self.blocks[-1] if self.blocks else None
        if not block or block.kind not in allowed:
            self.refuse(line, f"{{% {text} %}} without " + " or ".join(f"{{% {kind} %}}" for kind in allowed)
                        + (f"; {{% {block.kind} %}} of line {block.line} is open" if block else ""))
        if block.other and text != "end":
            self.refuse(line, f"{{% {text} %}} after {{% else %}}")
        self.page.line = line
        if self.page.place.mode == "comment":
            self.page.refuse(f"{{% {text} %}} in a comment")
        self.page.check_tail()
        block.ended.append(self.page.place)
        return block

    def next_branch(self, block: Block):
        self.page.place = dataclasses.replace(block.begun)

    def tag_if(self, rest: str, line: int):
        self.page.tag(line, "if", "text plain tag value")
        self.open_block(Block("if", line, dataclasses.replace(self.page.place), self.page.floor))
        self.begin(f"if ({rest}) {{", line)

    def tag_elif(self, rest: str, line: int):
        block = self.open_branch("elif", line, ("if",))
        self.close_branch(block)
        self.flush()
        self.depth -= 1
        self.begin(f"}} else if ({rest}) {{", line)

    def tag_else(self, rest: str, line: int):
        block = self.open_branch("else", line, ("if", "for"))
        self.close_branch(block)
        block.other = True
        self.flush()
        self.depth -= 1
        if block.kind == "if":
            self.begin("} else {")
        else:
            self.code("}")
            self.page.loops -= 1
            self.begin(f"if (html_count_{block.number} == 0) {{")

    def close_branch(self, block: Block):
        """The branch must have ended where the block began, but for the address of an attribute: see `tag_end`."""
        place = block.ended[-1]
        self.page.place = dataclasses.replace(place, address=block.begun.address)
        self.page.same(block.begun, block.kind, block.line)
        self.next_branch(block)

    def tag_end(self, rest: str, line: int):
        block = self.open_branch("end", line, ("if", "for"))
        self.close_branch(block)
        if not block.other:
            block.ended.append(block.begun)
        if len({place.address for place in block.ended}) > 1:
            self.page.refuse(f"the branches of {{% {block.kind} %}} (line {block.line}) leave the address in different states")
        place = dataclasses.replace(block.ended[0])
        for other in block.ended[1:]:
            place.sure, place.maybe, place.ids = place.sure & other.sure, place.maybe | other.maybe, place.ids | other.ids
        self.page.place = place
        self.page.floor = block.floor
        self.blocks.pop()
        self.finish_block()
        if block.kind == "for":
            self.finish_block()
            self.page.loops -= not block.other

    def tag_for(self, rest: str, line: int):
        self.page.tag(line, "for", "text plain value")
        head = re.match(r"([A-Za-z_]\w*)\s+in\s+(.*)", rest, re.S)
        colons = [at for at, c in top_level(head[2]) if c == ":"] if head else []
        if len(colons) != 1:
            self.refuse(line, "write {% for item in array : count %} (a : of C stands in parentheses)")
        array, count = head[2][:colons[0]].strip(), head[2][colons[0] + 1:].strip()
        if not array or not count:
            self.refuse(line, "write {% for item in array : count %}")
        self.numbers += 1
        block = Block("for", line, dataclasses.replace(self.page.place), self.page.floor, number=self.numbers)
        self.open_block(block)
        self.page.loops += 1
        self.begin("{")
        self.code(f"const size_t html_count_{block.number} = (size_t)+({count});", line)
        self.code(f"size_t html_left_{block.number} = html_count_{block.number};", line)
        self.begin(f"for (__typeof__(({array}) + 0) {head[1]} = ({array}); html_left_{block.number} > 0; "
                   f"html_left_{block.number}--, {head[1]}++) {{", line)
        self.code(f"(void){head[1]};")

    def called(self, text: str, line: int, wraps: bool) -> tuple[Template, list[str]]:
        call = re.fullmatch(r"([a-z]\w*)\s*\((.*)\)", text, re.S)
        if not call:
            self.refuse(line, "write the template's name and its arguments in parentheses")
        target = self.known.get(call[1])
        if target is None:
            self.refuse(line, f"there is no template {call[1]}")
        if target.wraps != wraps:
            self.refuse(line, f"{call[1]} has {'no' if wraps else 'a'} {{% body %}}: use {{% {'call' if wraps else 'wrap'} %}}")
        arguments = split_top(call[2], ",")
        if len(arguments) != len(target.parameters):
            self.refuse(line, f"{call[1]} takes {len(target.parameters)} arguments, not {len(arguments)}")
        self.uses.add(target.folder)
        return target, arguments

    def tag_call(self, rest: str, line: int):
        self.page.tag(line, "call", "text")
        target, arguments = self.called(rest, line, False)
        self.code(f"html_{target.name}({', '.join(['h'] + arguments)});", line)

    def tag_wrap(self, rest: str, line: int):
        self.page.tag(line, "wrap", "text")
        target, arguments = self.called(rest, line, True)
        self.numbers += 1
        block = Block("wrap", line, dataclasses.replace(self.page.place), self.page.floor, number=self.numbers, target=target)
        block.arguments = [(line, argument) for argument in arguments]
        self.page.place.stack += (("", line),)  # the parent of what follows stands in the other template
        self.open_block(block)
        self.open_wrap(block)
        self.code(self.wrap_call(block, "begin"), line)

    def open_wrap(self, block: Block):
        """Each argument is worked out once, for both halves."""
        self.begin("{")
        for (before, name), (line, argument) in zip(block.target.parameters, block.arguments):
            self.code(f"{before}html_{name}_{block.number} = {argument};", line)

    def wrap_call(self, block: Block, half: str) -> str:
        arguments = [f"html_{name}_{block.number}" for _, name in block.target.parameters]
        return f"html_{block.target.name}_{half}({', '.join(['h'] + arguments)});"

    def tag_endwrap(self, rest: str, line: int):
        block = self.open_branch("endwrap", line, ("wrap",))
        inside = dataclasses.replace(block.begun, stack=block.begun.stack + (("", block.line),))
        self.page.same(inside, "wrap", block.line)
        self.page.place.stack = block.begun.stack
        self.page.floor = block.floor
        self.blocks.pop()
        self.code(self.wrap_call(block, "end"), block.line)
        self.finish_block()

    def tag_body(self, rest: str, line: int):
        self.page.tag(line, "body", "text")
        for block in self.blocks:
            if block.kind != "wrap":
                self.refuse(line, f"{{% body %}} in {{% {block.kind} %}} (line {block.line})")
        if sum(token.kind == "tag" and token.text == "body" for token in self.template.tokens) > 1:
            self.refuse(line, f"the template {self.template.name} has more than one {{% body %}}")
        for _ in self.blocks:
            self.finish_block()
        self.flush()
        self.lines += ["}", ""]
        self.function(self.template.functions()[1])
        for block in self.blocks:
            self.open_wrap(block)

    def tag_attr(self, rest: str, line: int):
        attribute = re.fullmatch(r"([a-zA-Z][\w-]*)\s+if\b\s*(.+)", rest, re.S)
        if not attribute:
            self.refuse(line, "write {% attr name if expression %}")
        self.page.tag(line, "attr", "tag")
        self.begin(f"if ({attribute[2]}) {{", line)
        self.page.bare(attribute[1])
        self.finish_block()

    def tag_set(self, rest: str, line: int):
        self.page.tag(line, "set", "text plain tag value")
        if not re.fullmatch(r"[^=]*[\s*][A-Za-z_]\w*\s*=[^=].*", rest, re.S):
            self.refuse(line, "write {% set type name = expression %}")
        self.code(rest + ";", line)


# ---- files ----

def header_of(folder: str, sources: list[Source]) -> str:
    guard = "AUSMA_" + re.sub(r"\W", "_", folder).upper() + "_TEMPLATES_H"
    lines = [f"/* Made by htmlc from the pages in {folder}. */", f"#ifndef {guard}", f"#define {guard}", "",
             '#include "platform/html/html.h"']
    seen = {"platform/html/html.h"}
    for source in sources:
        for include, line in source.includes:
            if include not in seen:
                lines += [f'#line {line} "{source.file}"', f'#include "{include}"']
                seen.add(include)
    lines.append("")
    for source in sources:
        for template in source.templates:
            for function in template.functions():
                lines += [f'#line {template.line} "{source.file}"', template.signature(function) + ";"]
    return "\n".join(lines + ["", "#endif", ""])


def body_of(folder: str, sources: list[Source], known: dict[str, Template]) -> tuple[str, list[Refused]]:
    uses, functions, refusals = set(), [], []
    for template in (template for source in sources for template in source.templates):
        writer = Writer(template, known)
        try:
            functions.append(writer.compile())
        except Refused as refused:
            refusals.append(refused)
        uses |= writer.uses - {folder}
    includes = [folder] + sorted(uses)
    head = [f"/* Made by htmlc from the pages in {folder}. */"]
    head += [f'#include "{(pathlib.PurePosixPath(used) / "templates.h")}"' for used in includes]
    return "\n".join(head + ["", ""]) + "\n".join(functions), refusals


def read_all(root: pathlib.Path) -> tuple[list[Source], dict[str, Template], list[Refused]]:
    sources, known, refusals = [], {}, []
    for path in sorted(root.rglob("*.html")):
        try:
            source = read_file(str(path), path.parent.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
            for template in source.templates:
                if other := known.get(template.name):
                    raise Refused(template.file, template.line,
                                  f"the template {template.name} stands in {other.file}:{other.line} too")
                known[template.name] = template
            sources.append(source)
        except UnicodeDecodeError:
            refusals.append(Refused(str(path), 1, "not UTF-8"))
        except Refused as refused:
            refusals.append(refused)
    functions: dict[str, Template] = {}
    for template in known.values():
        for function in template.functions():
            if other := functions.get(function):
                refusals.append(Refused(template.file, template.line, f"{function}() is made from {other.name} too"))
            functions[function] = template
    return sources, known, refusals


def generate(root: pathlib.Path) -> tuple[dict[str, str], list[Refused]]:
    """The files to write, by their path below the output folder, and all that is wrong."""
    sources, known, refusals = read_all(root)
    files = {}
    if refusals:
        return files, refusals
    for folder in sorted({source.folder for source in sources}):
        own = [source for source in sources if source.folder == folder]
        body, wrong = body_of(folder, own, known)
        refusals += wrong
        files[f"{folder}/templates.h"] = header_of(folder, own)
        files[f"{folder}/templates.c"] = body
    return files, refusals


def save(out: pathlib.Path, files: dict[str, str]):
    for name, text in files.items():
        path = out / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    for path in list(out.rglob("templates.[ch]")):
        if path.relative_to(out).as_posix() not in files:
            path.unlink()


def main() -> int:
    parser = argparse.ArgumentParser(description="Turns templates into C.")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--root", type=pathlib.Path, required=True)
    parser.add_argument("--stamp", type=pathlib.Path, help="a file to touch when all went well")
    parser.add_argument("--list", action="store_true", help="only print the names of the files that would be made")
    options = parser.parse_args()
    files, refusals = generate(options.root)
    for refused in refusals:
        print(refused, file=sys.stderr)
    if refusals:
        return 1
    if options.list:
        print("\n".join(str(options.out / name) for name in files))
        return 0
    save(options.out, files)
    if options.stamp:
        options.stamp.touch()
    return 0


if __name__ == "__main__":
    sys.exit(main())
