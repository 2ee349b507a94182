"""Lists the files of the tree for the build, one a line: tree.py sources|tests|store-tests|fuzzers|inputs|generated ROOT."""
import pathlib
import re
import sys


def listing(kind: str, root: pathlib.Path) -> list[str]:
    source = root / "src"
    if kind == "sources":
        found = [f for f in source.rglob("*.c") if not f.name.startswith("test_") and f != source / "main.c"]
    elif kind == "tests":
        found = list(source.rglob("test_*.c"))
    elif kind == "store-tests":  # those that have to pass on each engine
        wanted = re.compile(r'"(?:steer/trial/\w+|platform/store/testing|platform/store/scratch)\.h"')
        found = [f for f in source.rglob("test_*.c") if wanted.search(f.read_text())]
    elif kind == "fuzzers":
        found = list((root / "tests" / "fuzz").glob("fuzz_*.c"))
    elif kind == "inputs":
        found = [f for pattern in ("*.sql", "*.html", "*.po") for f in source.rglob(pattern)]
        found += list((root / "locale").glob("*.po"))
    elif kind == "generated":
        found = list(root.rglob("*.c"))
    else:
        raise SystemExit(f"tree.py: unknown kind {kind}")
    return sorted(str(f.relative_to(root)) for f in found)


if __name__ == "__main__":
    print("\n".join(listing(sys.argv[1], pathlib.Path(sys.argv[2]))))
