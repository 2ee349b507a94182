"""What sqlc and poc share: collecting faults, writing C texts, and leaving files alone that stay the same."""
import pathlib
import sys


class Faults:
    """Faults found in the files, told all at once as `file:line: cause`."""

    def __init__(self) -> None:
        self.found: set[tuple[str, int, str]] = set()

    def add(self, file: pathlib.Path, line: int, cause: str) -> None:
        self.found.add((str(file), line, cause))

    def lines(self) -> list[str]:
        return [f"{file}:{line}: {cause}" for file, line, cause in sorted(self.found)]

    def tell(self) -> bool:
        """Prints what was found; is there anything?"""
        for line in self.lines():
            print(line, file=sys.stderr)
        return bool(self.found)


def c_literal(text: str) -> str:
    """One C string literal; UTF-8 stays as it is, `??` is kept from becoming a trigraph."""
    names = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    out = "".join(names.get(c, f"\\{ord(c):03o}" if ord(c) < 32 or ord(c) == 127 else c) for c in text)
    return '"' + out.replace("??", "?\\?") + '"'


def c_text(text: str, indent: str) -> str:
    """A C string over several lines, one for each line of the text."""
    return "\n".join(indent + c_literal(line) for line in text.splitlines(keepends=True)) or indent + '""'


def c_comment(text: str) -> str:
    """A C comment; what would end it early is broken up."""
    return "/* " + text.replace("*/", "* /").replace("/*", "/ *") + " */"


def write_changed(path: pathlib.Path, text: str) -> None:
    """Writes the file unless it holds just this already, so that nothing is compiled again without need."""
    data = text.encode()
    if path.is_file() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
