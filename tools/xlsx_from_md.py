#!/usr/bin/env python3
"""Makes an XLSForm workbook out of its source, a Markdown table.

    xlsx_from_md.py programmes/base/instruments/safety.md ...

writes safety.xlsx beside each source. The first cell of a row names a sheet; the first row under it holds the column names:

    | survey |      |       |                      |
    |        | type | name  | label::Latviešu (lv)  |
    |        | text | words | Bērna vārdi          |

What is not a table row is commentary. A cell holds no line break and no "|". The same source gives the same bytes.
"""
import pathlib
import re
import sys
import zipfile
import xml.etree.ElementTree as ET
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


class SourceError(Exception):
    """What is wrong in a source, as "file:line: cause"."""


def read_source(path):
    """The sheets of a Markdown source: {sheet: [row, ...]}, rows of texts of equal length, the first with the column names."""
    sheets = {}
    rows = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.startswith("|"):
            continue
        if not line.rstrip().endswith("|"):
            raise SourceError(f"{path}:{number}: the row does not end with |")
        cells = [cell.strip() for cell in line.strip()[1:-1].split("|")]
        if all(re.fullmatch(r":?-+:?", cell) for cell in cells):
            continue
        if cells[0]:
            if cells[0] in sheets:
                raise SourceError(f"{path}:{number}: sheet {cells[0]} a second time")
            rows = sheets[cells[0]] = []
            continue
        if rows is None:
            raise SourceError(f"{path}:{number}: a row before the first sheet")
        if rows and len(cells) - 1 != len(rows[0]):
            raise SourceError(f"{path}:{number}: {len(cells) - 1} cells under {len(rows[0])} columns")
        rows.append(cells[1:])
    if not sheets:
        raise SourceError(f"{path}:1: no sheet")
    return sheets


def column_name(index):
    """0 -> A, 25 -> Z, 26 -> AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def sheet_xml(rows):
    out = [HEAD, f'<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
           '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
           f'<cols><col min="1" max="{len(rows[0])}" width="28" customWidth="1"/></cols><sheetData>']
    for row_number, row in enumerate(rows, 1):
        out.append(f'<row r="{row_number}">')
        for index, text in enumerate(row):
            if text:
                out.append(f'<c r="{column_name(index)}{row_number}" t="inlineStr"><is>'
                           f'<t xml:space="preserve">{escape(text)}</t></is></c>')
        out.append("</row>")
    out.append("</sheetData></worksheet>")
    return "".join(out)


def write_workbook(sheets, path):
    numbers = range(1, len(sheets) + 1)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>'
        + "".join(f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{TYPE}.worksheet+xml"/>' for n in numbers)
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        + "".join(f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in zip(numbers, sheets))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        + "".join(f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers)
        + "</Relationships>",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            add_part(archive, name, HEAD + text)
        for number, rows in zip(numbers, sheets.values()):
            add_part(archive, f"xl/worksheets/sheet{number}.xml", sheet_xml(rows))


def add_part(archive, name, text):
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, text.encode("utf-8"))


def read_workbook(path):
    """The sheets of a workbook that `write_workbook` made, in the shape of `read_source`."""
    sheets = {}
    space = {"m": MAIN}
    with zipfile.ZipFile(path) as archive:
        workbook = ET.fromstring(archive.read("xl/workbook.xml"))
        for number, sheet in enumerate(workbook.iterfind("m:sheets/m:sheet", space), 1):
            tree = ET.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
            rows = [{re.sub(r"\d", "", cell.get("r")): cell.findtext("m:is/m:t", "", space) for cell in row}
                    for row in tree.iterfind("m:sheetData/m:row", space)]
            columns = [column_name(index) for index in range(len(rows[0]))]
            sheets[sheet.get("name")] = [[row.get(column, "") for column in columns] for row in rows]
    return sheets


def main(arguments):
    if not arguments:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    try:
        for path in map(pathlib.Path, arguments):
            write_workbook(read_source(path), path.with_suffix(".xlsx"))
    except (SourceError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
