"""Read short texts and Excel sheets: lists of names, and tables with a header."""

from __future__ import annotations

import itertools
import re
from functools import lru_cache
from pathlib import Path

import pandas as pd

from srm_data.estate.catalogue import NO_SERVICE, UNRECOGNISED, Catalogue, Reading
from srm_data.estate.columns import NOTHING, describe_no_column, quote_columns
from srm_data.estate.counting import LOOKED_AT, count_table
from srm_data.estate.files import LARGEST_LIST, read_text
from srm_data.estate.hiding import is_secret, is_token
from srm_data.estate.labels import LINK
from srm_data.estate.money import read_amount, write_cell
from srm_data.estate.profiles import find_profile
from srm_data.estate.states import describe_state
from srm_data.estate.values import join_some
from srm_data.estate.vocabulary import find_named_column, names_resource, split_names
from srm_data.estate.wording import list_words
from srm_data.exceptions import EstateError, SpreadsheetError, UnknownKindError
from srm_data.xlsx.reader import read_sheets

LONGEST_ARN = 2_048
LONGEST_NAME, LONGEST_NUMBERED = 200, 100
SETTING = re.compile(
    r"[={}$\u2500-\u257f]|: |:$|://|-BEGIN [A-Z]|\b(password|passwd|passphrase|pwd)\b", re.IGNORECASE
)
NUMBER = r"(?P<number>[^:=0-9()]{0,12}[0-9][^:=]{0,40})"
A_NAME = "expected the name of a service"
LEAST_TEXT, MOST_UNKNOWN = 20, 3  # lines of a text, of which one in so many may be no name
LEAST_NAMES = 3  # known names for each line of a list that is left out
MOST_ROWS = 100_000  # of a sheet
CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
BULLET = re.compile(r"\s*(?:[-*•–]|\d+[.)])\s")
HEAD_OF_MAIL = re.compile(
    r"(?:von|an|datum|gesendet|betreff|from|to|cc|date|sent|subject|de|à|envoyé|objet): ", re.IGNORECASE
)
ACRONYM = re.compile(r"\b[A-Z][A-Z0-9]{1,7}\b")
HEADER_WITHIN = 30  # rows from the top of a sheet, which may begin with a title


def _fill_merged(rows: list[list[str]], merged: list[str]) -> None:
    """Repeat the text of cells merged downwards in each of their rows, but no number or amount."""
    from openpyxl.utils import column_index_from_string

    for reference in merged[:MOST_ROWS]:
        first, _, last = reference.partition(":")
        start, end = CELL.fullmatch(first), CELL.fullmatch(last)
        if not start or not end or start[1] != end[1]:
            continue  # of a title, across columns
        column = column_index_from_string(start[1]) - 1
        cells = [row for row in rows[int(start[2]) - 1 : int(end[2])] if len(row) > column]
        text = cells[0][column] if cells else ""
        if any(map(str.isalpha, text)) and read_amount(text) is None:
            for row in rows[int(start[2]) : int(end[2])]:
                if any(row):
                    row += [""] * (column + 1 - len(row))
                    row[column] = text


def count_workbook(path: Path, reading: Reading) -> pd.DataFrame:
    """Count all tables in all visible sheets or, if there are no tables, the lists of names.

    In a sheet that is named after a service and has an unknown header, each row counts as one resource.
    Hidden sheets are read if no other has anything.
    """
    try:
        sheets = read_sheets(path)
    except SpreadsheetError as error:
        raise EstateError(str(error)) from error
    if any(len(sheet.rows) > MOST_ROWS for sheet in sheets):
        raise EstateError(f"{path}: more than {MOST_ROWS:,} rows; expected a list, or a CSV file")

    # The text of the cells of every sheet that has some, visible sheets first.
    read = []
    for sheet in sorted(sheets, key=lambda sheet: sheet.is_hidden):
        rows = [[write_cell(cell) for cell in row] for row in sheet.rows]
        if any(map(any, rows)):
            _fill_merged(rows, sheet.merged)
            read.append((sheet, rows, find_headers(rows, reading.catalogue)))
    has_tables = any(headers for _, _, headers in read)

    tallies: list[pd.DataFrame] = []
    faults: list[EstateError] = []
    for sheet, rows, headers in read:
        place = f"{path}, sheet {sheet.title}"
        if sheet.is_hidden and tallies:
            reading.remarks.append(f"not read: {place}: hidden; show it, and it is read")
            continue
        of_sheet = reading._replace(remarks=[])
        try:
            if headers or not has_tables:
                tallies.append(count_rows(rows, place, of_sheet))
            elif reading.catalogue.is_name(sheet.title) and len(rows) > 1:
                _, *body = filter(any, rows)
                names = [next(filter(None, row)) for row in body]
                named = pd.DataFrame({"service": sheet.title, "name": names}, dtype="str")
                tallies.append(count_table(named, place, of_sheet))
            else:
                header = next(filter(any, rows))
                raise EstateError(describe_no_column(place, header, reading.catalogue.profiles))
        except EstateError as error:
            faults.append(error)
            reading.remarks.append(f"not read: {error}")
        else:
            hidden = [f"{place}: a hidden sheet, read as no other is"] if sheet.is_hidden else []
            reading.remarks.extend([*hidden, *of_sheet.remarks])

    if not tallies:
        raise faults[0] if faults else EstateError(f"{path}: no sheet; expected rows of cells")
    return pd.concat(tallies, ignore_index=True)


def find_headers(rows: list[list[str]], catalogue: Catalogue) -> list[int]:
    """Return the positions of header rows: the first within a title, and others below blank rows.

    A row below a longer one is no header, although a cell of it may be *Cloud Service*.
    """
    found: list[int] = []
    by_ids: list[int] = []  # rows of names of ids alone, for want of another header
    seen = widest = 0  # rows so far, and cells of those since a blank one
    for number, row in enumerate(rows):
        filled = sum(map(bool, row))
        is_below = widest > max(2, filled - 1)
        may_be = filled > 1 and not widest if found else seen < HEADER_WITHIN and not is_below
        seen, widest = seen + bool(filled), max(widest, filled) if filled else 0
        if not (filled and may_be and find_profile(row, catalogue.profiles)):
            continue
        if find_profile(row, catalogue.profiles, by_ids=False):
            found.append(number)
        elif filled > 1:
            by_ids.append(number)
    return found or by_ids[:1]


def count_rows(rows: list[list[str]], place: str, reading: Reading) -> pd.DataFrame:
    """Count the rows of a sheet, as tables if it has headers, or else as names in its only column."""
    headers = find_headers(rows, reading.catalogue)
    if not headers:
        return count_rows_without_header(rows, place, reading)
    above = [number for number, row in enumerate(rows[: headers[0]], start=1) if any(row)]
    if above:
        shown = f"row{'s' * (len(above) > 1)} {join_some(above)}"
        reading.remarks.append(f"{place}: {shown} above the header not read")

    tallies = []
    for start, end in itertools.pairwise([*headers, len(rows)]):
        header = rows[start]
        names = [
            f"{name or 'column'}_{number}" if not name or name in header[:number] else name
            for number, name in enumerate(header)
        ]
        sizes = [sum(map(bool, row)) for row in rows[start + 1 : end]]
        # Below a blank row, texts of one cell are notes.
        notes = len(list(itertools.takewhile(lambda size: size < 2, reversed(sizes))))
        if 0 in sizes[len(sizes) - notes :] and max(sizes) > 2:
            notes -= sizes[len(sizes) - notes :].index(0)
            below = [n + 1 for n in range(end - notes, end) if any(rows[n])]
            shown = f"row{'s' * (len(below) > 1)} {join_some(below)}"
            reading.remarks.extend([f"{place}: {shown} below the table not read"] if below else [])
            end -= notes
        body = [row for row in rows[start + 1 : end] if any(row)]
        cells = [[*row, *[""] * (len(names) - len(row))][: len(names)] for row in body]
        table = pd.DataFrame(cells, columns=names, dtype="str")
        tallies.append(count_table(table, place, reading))
    return pd.concat(tallies, ignore_index=True)


def count_rows_without_header(rows: list[list[str]], place: str, reading: Reading) -> pd.DataFrame:
    """Count rows as names of services or ids, without a header or below one that is not known.

    One column may have them, or the header itself, in a table of applications and what they use.
    """
    catalogue, filled = reading.catalogue, [row for row in rows if any(row)]
    top = next((number for number, row in enumerate(filled) if sum(map(bool, row)) > 1), None)
    names = [cell for row in filled for cell in row if cell]
    if top is None or all(map(catalogue.is_name, names)):
        return count_names(names, place, reading)
    widest = max(map(len, filled))  # shorter rows end in blanks
    cells = pd.DataFrame([[*row, *[""] * (widest - len(row))] for row in filled[top:]], dtype="str")
    named = find_named_column(cells[:LOOKED_AT], catalogue)
    column = [] if named is None else cells[named].tolist()
    is_name = [names_resource(cell, catalogue) for cell in column]
    if is_name and is_name[0]:
        remark = f"{place}: no header; only column {named + 1} read, which has names of services"
        reading.remarks.append(remark)
        states = cells.map(lambda cell: cell if describe_state(cell) else "").agg("".join, axis=1)
        listed = pd.DataFrame({"service": cells[named], "state": states})
        return count_table(listed[listed["service"] != ""], place, reading)

    # A header that is not known, above names, takes part as if the user had given it: the widest row.
    above = [n for n, cell in enumerate(column[: is_name.index(True)] if column else []) if cell]
    if above:
        sizes = (cells != "").sum(axis="columns")
        header = cells.loc[max(above, key=sizes.tolist().__getitem__), named]
        shown = quote_columns([header])
        reading.remarks.append(f"{place}: header not known, read as the service by its cells: {shown}")
        headers = pd.DataFrame({"header": [header], "role": ["service"]})
        return count_rows(rows, place, reading._replace(catalogue=catalogue.add_headers(headers)))

    header = cells.iloc[0].tolist()
    across = [n for n, cell in enumerate(header) if names_resource(cell, catalogue)]
    if len(across) > 1 and 2 * len(across) >= len(header):
        return count_table(_list_across(cells, across, catalogue), place, reading)
    raise EstateError(describe_no_column(place, filled[0], catalogue.profiles))


def _list_across(cells: pd.DataFrame, across: list[int], catalogue: Catalogue) -> pd.DataFrame:
    """List the filled cells of a table with services in its header, but those of a total."""
    header, rows = cells.iloc[0].tolist(), []
    for row in cells[1:].to_numpy().tolist():
        beside = {
            name: cell
            for n, (name, cell) in enumerate(zip(header, row, strict=True))
            if n not in across
        }
        if any(catalogue.match(cell).status == NO_SERVICE for cell in beside.values() if cell):
            continue
        for n in across:
            number, used = (row[n], "") if any(map(str.isdigit, row[n])) else ("", row[n])
            if row[n].lower() not in NOTHING:
                rows.append(beside | {"service": header[n], "count": number, "inuse": used})
    return pd.DataFrame(rows, dtype="str")


def read_list(path: Path, reading: Reading) -> pd.DataFrame:
    """Read a list of names, one per line, with or without bullets; ``#`` starts a comment.

    A line may name several services, separated by commas or semicolons.
    """
    lines, text = read_text(path, LARGEST_LIST).split("\n"), []
    # The head of a mail, and what it quotes, are no names.
    heads = itertools.takewhile(lambda line: not line.strip() or HEAD_OF_MAIL.match(line), lines)
    above = len(list(heads))
    quoted = [
        number
        for number, line in enumerate(lines, start=1)
        if line.strip() and (number <= above or line.startswith(">"))
    ]
    if 0 < len(quoted) < sum(bool(line.strip()) for line in lines):
        reading.remarks.append(f"{path}: head of a mail or quoted lines not read: {join_some(quoted)}")
        lines = ["" if n in quoted else line for n, line in enumerate(lines, start=1)]
    filled = [line for line in lines if line.strip()]
    if 2 * sum(BULLET.match(line) is not None for line in filled) >= len(filled):
        # Around the bullets of a mail, only what names a service as a whole is no text.
        text = [
            number
            for number, line in enumerate(lines, start=1)
            if (name := _strip(line)) and not BULLET.match(line) and not reading.catalogue.is_name(name)
        ]
        if text:
            reading.remarks.append(f"{path}: lines without a bullet not read: {join_some(text)}")
    lines = ["" if n in text else _strip(line) for n, line in enumerate(lines, start=1)]
    split = [split_names(line, reading.catalogue) for line in lines]
    numbers = [number for number, names in enumerate(split, start=1) for _ in names]
    return count_names(list(itertools.chain(*split)), str(path), reading, numbers=numbers)


def find_names_above(lines: list[str], catalogue: Catalogue) -> list[str]:
    """Find the names of services in lines above a table: those of a list, and no title."""
    has_bullet = any(map(BULLET.match, lines))
    split = [name for line in map(_strip, lines) for name in split_names(line, catalogue)]
    names = [name for name in split if any(map(str.isalnum, name)) and catalogue.is_name(name)]
    return names if has_bullet or len(names) > 1 else []


def _strip(line: str) -> str:
    name = LINK.sub(r"\1", line).partition("#")[0].strip(" \t\r,;\"'")
    name = re.sub(r"^(?:[-*•–]|\d+[.)])\s*(?:\[.?\]\s*)?", "", name).strip()
    return name if any(map(str.isalnum, name)) else ""


def count_names(
    names: list[str], place: str, reading: Reading, *, numbers: list[int] | None = None
) -> pd.DataFrame:
    """Count the non-empty names of services, each of which may have a number beside it.

    A few lines that cannot be names are left out of a list of known names, and named; ``numbers`` has
    the numbers of lines, if a line may have several names.
    """
    numbers = numbers or list(range(1, len(names) + 1))
    catalogue, lines = reading.catalogue, zip(numbers, names, strict=True)
    filled = [(number, *_split_line(name, catalogue)) for number, name in lines if name]
    odd = {number: what for number, name, *_ in filled if (what := _describe_non_name(name))}
    kept = [row for number, *row in filled if number not in odd]
    statuses = (catalogue.match(name).status for name, *_ in kept)
    known = sum(status != UNRECOGNISED for status in statuses)
    if odd and (2 * known < len(kept) or len(odd) * LEAST_NAMES > known):
        number, what = next(iter(odd.items()))
        raise UnknownKindError(f"{place}, line {number}: {what}; {A_NAME}")

    unknown = len(kept) - known
    if len(kept) >= LEAST_TEXT and MOST_UNKNOWN * unknown > len(kept):
        what = f"{unknown:,} of {len(kept):,} lines name no service"
        raise UnknownKindError(f"{place}: {what}; expected a list of their names")
    lines = zip(numbers, names, strict=True)
    beside = [number for number, name in lines if number not in odd and _has_rest(name, catalogue)]
    if beside:
        shown = f"line{'s' * (len(beside) > 1)} {join_some(beside)}"
        what = f"what stands behind the first service not read in {shown}"
        reading.remarks.append(f"{place}: {what}; expected one service per line")
    for number, what in odd.items():
        reading.remarks.append(f"not read: {place}, line {number}: {what}; {A_NAME}")
    table = pd.DataFrame(kept, columns=["service", "count", "inuse"], dtype="str")
    table = table.drop(columns=[name for name in ("count", "inuse") if not table[name].any()])
    return count_table(table, place, reading._replace(details=False))


def _split_line(text: str, catalogue: Catalogue) -> tuple[str, str, str]:
    """Split *3x EC2* into a name and a number, and *Glue: no* into a name and whether it is used."""
    text = " ".join(text.split())
    for pattern, rest in _list_numbered() if len(text) <= LONGEST_NUMBERED else ():
        if match := pattern.fullmatch(text):
            for name in (match["name"], re.sub(rest, "", match["name"])):
                if catalogue.is_name(name):
                    return name, match["number"], ""
    name, _, rest = text.partition(":")
    if rest.strip().lower() in list_words("yes") | list_words("no") | list_words("not used"):
        return name.strip(), "", rest.strip()
    return text, "", ""


@lru_cache
def _list_numbered() -> list[tuple[re.Pattern[str], str]]:
    """List patterns of lines such as *ca. 3x EC2*, *EC2: 3*, *S3 ~40* and *EC2 (3 instances)*.

    Beside each is the pattern of what may follow the name of the service in it.
    """
    words = "|".join(map(re.escape, sorted(list_words("about"), key=len, reverse=True)))
    number = rf"(?P<number>(?:(?:{words})\s*)?[0-9]{{1,6}})(?:\s*[x\u00d7]|\s+stk\.?|)"
    between = rf"(?: ?[:=] ?| [x\u00d7] ?| [-\u2013] | (?=(?:{words})\s*[0-9]))"
    in_brackets = r"[^:=0-9()]{0,12}[0-9]{1,6}(?: [^\W\d]+)?"
    patterns = {
        rf"{number}\s+(?P<name>.+)": r"\s*[,(].*$",
        rf"(?P<name>[^:=]+?){between}{NUMBER}": r"\s*\([^()]*\)$",
        rf"(?P<name>[^:=]+?) ?\((?P<number>{in_brackets})(?:[,;][^()]*)?\)": r"\s*\([^()]*\)$",
    }
    return [(re.compile(pattern, re.IGNORECASE), rest) for pattern, rest in patterns.items()]


def _has_rest(text: str, catalogue: Catalogue) -> bool:
    """Return whether a line goes on, behind its first service, with another one or with a remark."""
    rest = re.split(r"[,;+&(]", text, maxsplit=1)[1:]
    is_written = " ".join(text.lower().split()) in catalogue.by_name
    if not rest or is_written or len(text) > LONGEST_NUMBERED:
        return False
    name, number, _ = _split_line(text, catalogue)
    others = {catalogue.match(word).service_id for word in ACRONYM.findall(rest[0])}
    is_cut = number != "" and " ".join(text.split()).partition(name)[2].startswith(",")
    service = catalogue.match(name).service_id
    return service != "" and (is_cut or not others <= {"", service})


def _describe_non_name(name: str) -> str:
    is_arn = name[:4].lower() == "arn:"
    if len(name) > (LONGEST_ARN if is_arn else LONGEST_NAME):
        return f"{len(name):,} characters"
    if is_arn:
        return ""
    if SETTING.search(name) or name.replace("::", "").count(":") > 1 or len(name.splitlines()) > 1:
        return "a setting, by a sign such as = or a colon, or by a word such as password"
    return "a token" if is_secret(name) or any(map(is_token, name.split())) else ""
