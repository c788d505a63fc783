"""Workbooks (xlsx) made by hand, and read by hand: nothing of the library that the workflow reads them with."""

import io
import xml.etree.ElementTree as ET
import zipfile
from datetime import date, datetime, time, timedelta
from xml.sax.saxutils import escape, quoteattr

from helpers import zip_bytes

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
STYLES = f"""{XML}<styleSheet {SPACE}><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>
<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0"/>
<xf numFmtId="14"/><xf numFmtId="20"/><xf numFmtId="46"/></cellXfs></styleSheet>"""
DATED, TIMED, LASTING = 1, 2, 3  # places in the styles: m/d/yyyy, h:mm, [h]:mm:ss
EPOCH = datetime(1899, 12, 30)
DAY = timedelta(days=1)


def xlsx_bytes(sheets: dict[str, list[list] | str]) -> bytes:
    """Return a workbook; of each sheet its rows of cells (None: no cell), or the XML of its `sheetData`."""
    texts: list[str] = []
    parts = {}
    for number, rows in enumerate(sheets.values(), start=1):
        data = rows if isinstance(rows, str) else "".join(_row(i, row, texts) for i, row in enumerate(rows, start=1))
        parts[f"xl/worksheets/sheet{number}.xml"] = f"{XML}<worksheet {SPACE}><sheetData>{data}</sheetData></worksheet>"
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{i}" r:id="rId{i}"/>' for i, name in enumerate(sheets, start=1)
    )
    links = "".join(
        f'<Relationship Id="rId{i}" Type="{LINKS}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i in range(1, len(sheets) + 1)
    )
    strings = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in texts)
    return zip_bytes(
        {
            "[Content_Types].xml": f'{XML}<Types xmlns="{PACKAGE}/content-types"/>',
            "_rels/.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'{XML}<workbook {SPACE} xmlns:r="{LINKS}"><sheets>{listed}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{links}'
            f'<Relationship Id="rIdT" Type="{LINKS}/sharedStrings" Target="sharedStrings.xml"/>'
            f'<Relationship Id="rIdS" Type="{LINKS}/styles" Target="styles.xml"/></Relationships>',
            "xl/sharedStrings.xml": f"{XML}<sst {SPACE}>{strings}</sst>",
            "xl/styles.xml": STYLES,
            **parts,
        }
    )


def _row(number: int, cells: list, texts: list[str]) -> str:
    printed = "".join(_cell(f"{chr(65 + i)}{number}", cell, texts) for i, cell in enumerate(cells) if cell is not None)
    return f'<row r="{number}">{printed}</row>'


def _cell(place: str, cell, texts: list[str]) -> str:
    if isinstance(cell, str):
        if cell not in texts:
            texts.append(cell)
        return f'<c r="{place}" t="s"><v>{texts.index(cell)}</v></c>'
    style, value = _number(cell)
    return f'<c r="{place}" s="{style}"><v>{value}</v></c>'


def _number(cell) -> tuple[int, str]:
    if isinstance(cell, datetime):
        return DATED, repr((cell - EPOCH) / DAY)
    if isinstance(cell, date):
        return DATED, str((datetime.combine(cell, time()) - EPOCH).days)
    if isinstance(cell, time):
        return TIMED, repr((datetime.combine(date.min, cell) - datetime.combine(date.min, time())) / DAY)
    if isinstance(cell, timedelta):
        return LASTING, repr(cell / DAY)
    return 0, repr(cell)


def stored_cells(data: bytes) -> dict[str, list[list[str]]]:
    """Return the cells of each sheet as the XML stores them, texts resolved, row by row."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        shared = ET.fromstring(archive.read("xl/sharedStrings.xml"))
        texts = ["".join(t.text or "" for t in item.iter(f"{MAIN}t")) for item in shared.iter(f"{MAIN}si")]
        links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        targets = {link.get("Id"): link.get("Target").removeprefix("/xl/") for link in links}
        sheets = {}
        for sheet in ET.fromstring(archive.read("xl/workbook.xml")).iter(f"{MAIN}sheet"):
            root = ET.fromstring(archive.read(f"xl/{targets[sheet.get(f'{{{LINKS}}}id')]}"))
            sheets[sheet.get("name")] = [
                [texts[int(c[0].text)] if c.get("t") == "s" else c[0].text for c in row]
                for row in root.iter(f"{MAIN}row")
            ]
    return sheets
