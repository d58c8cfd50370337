"""Read the number of resources in a column of a table, such as "Anzahl" or "Count"."""

from __future__ import annotations

import re

import pandas as pd

from srm_data.estate.columns import PERIODS, Columns, pick_columns
from srm_data.estate.counting import count_table
from srm_data.estate.equal_columns import join_equal_columns
from srm_data.estate.profiles import Profile, fold_name
from srm_data.estate.resources import BY_NUMBER

WHOLE = re.compile(r"([0-9]{1,6})(\.0+)?")  # a spreadsheet may store 4 as 4.0
GROUPED = re.compile(r"[1-9][0-9]{0,2}[.,'\u2019 \u00a0\u202f][0-9]{3}")
"""Whole number with a sign between its thousands, in any country's way."""

DOTTED = re.compile(r"[0-9]+\.[0-9]+")
FRACTION = re.compile(r"[0-9]+[.,][0-9]+")
NUMBER = re.compile(r"[-+(~]?[0-9][0-9.,'\u2019 \u00a0\u202f]*[)%]?")
SIGN = str.maketrans("\u2019\u00a0\u202f", "'  ")
"""Forms of one sign between thousands."""

NO_NUMBER, BLANK = -2, -1
"""In place of the number of a row: the cell has something else, or nothing."""

NOT_A_NUMBER = "not read as a number of resources"
EXPECTED = "expected whole numbers such as 1200"
UNITS = ("unit", "units", "einheit", "einheiten", "unidad", "unidades")
"""Columns beside which a number is one of hours or gigabytes."""


def count_numbered_table(
    frame: pd.DataFrame, place: str, profiles: tuple[Profile, ...], *, details: bool
) -> pd.DataFrame:
    """Count the rows of a table, and its resources by a column with their number, if it has one.

    The column is read if it has whole numbers, in 1,200 or 1.200 with a sign between thousands. A dot
    before three digits stands between thousands only if all dots of the column may; 5.000 is no whole
    number if all end in three zeros, as it may be 5 or 5000. Where a cell is blank, the row counts as
    without the column; so it does where a cell is no whole number, which ``attrs["remarks"]`` says.
    If most cells are none, or one is a fraction, the column is not read; nor is it in a table that
    identifies its resources, that has a column of units, or that lists a service by month or another
    period. The remarks say so, too.

    Columns whose names differ in spelling alone, such as ``service`` and ``Service``, are read as one.

    Parameters
    ----------
    frame, place, profiles, details
        As for :func:`~srm_data.estate.counting.count_table`.

    Returns
    -------
    DataFrame
        Tally, as returned by :func:`~srm_data.estate.counting.count_table`.

    Examples
    --------
    >>> from srm_data import load_tables
    >>> from srm_data.estate.vocabulary import build_vocabulary
    >>> sheet = pd.DataFrame({"Dienst": ["Amazon EC2", "Amazon S3"], "Anzahl": ["4", ""]})
    >>> profiles = build_vocabulary(load_tables(), None).profiles
    >>> tally = count_numbered_table(sheet, "sheet", profiles, details=False)
    >>> tally[["identifier", "rows", "resources", "counted_by"]].to_numpy().tolist()
    [['Amazon S3', 1, 1, 'name'], ['Amazon EC2', 1, 4, 'number']]
    """
    frame, remarks = join_equal_columns(frame, place, profiles)
    tally = _count_numbered(frame, place, profiles, details=details)
    for remark in remarks:
        tally = _remark(tally, remark)
    return tally


def _count_numbered(
    frame: pd.DataFrame, place: str, profiles: tuple[Profile, ...], *, details: bool
) -> pd.DataFrame:
    columns = pick_columns(frame.columns, place, profiles)
    if columns.account:
        frame = frame.assign(**{columns.account: _restore_whole(frame[columns.account])})
    texts = _list_texts(frame, columns)
    if not texts.map(NUMBER.fullmatch).any():
        tally = count_table(frame, place, profiles, details=details)
        if texts.str.lower().isin(["true", "false"]).any():
            where = f"{place}, column {columns.number}"
            tally = _remark(tally, f"{where}: {NOT_A_NUMBER}, as it has true and false; {EXPECTED}")
        return tally

    numbers = _read_numbers(texts)
    if _is_numbering(numbers, frame, columns):
        return count_table(frame, place, profiles, details=details)
    if why := _find_fault(frame, columns, texts, numbers):
        tally = count_table(frame, place, profiles, details=details)
        return _remark(tally, f"{place}, column {columns.number}: {NOT_A_NUMBER}, {why}")

    # Rows with equal numbers are counted together; each is as many resources as the number.
    tallies = []
    for number, rows in frame.groupby(numbers, sort=True):
        tally = count_table(rows, place, profiles, details=details)
        if number >= 0:
            tally = tally.assign(resources=tally["rows"] * int(number), counted_by=BY_NUMBER)
        tallies.append(tally)
    joined = pd.concat(tallies, ignore_index=True)
    joined.attrs["remarks"] = list(
        dict.fromkeys(remark for tally in tallies for remark in tally.attrs.get("remarks", []))
    )
    if (is_other := numbers == NO_NUMBER).any():
        where = f"{NOT_A_NUMBER} in {_name_rows(is_other)}"
        joined = _remark(joined, f"{place}, column {columns.number}: {where}; {EXPECTED}")
    return joined


def _restore_whole(column: pd.Series) -> pd.Series:
    """Return whole numbers that pandas made fractions because some are missing, such as accounts."""
    if not pd.api.types.is_float_dtype(column):
        return column
    filled = column.dropna()
    return column.astype("Int64") if (filled % 1 == 0).all() else column


def _remark(tally: pd.DataFrame, remark: str) -> pd.DataFrame:
    tally.attrs["remarks"] = [*tally.attrs.get("remarks", []), remark]
    return tally


def _list_periods(frame: pd.DataFrame, columns: Columns) -> list[str]:
    """List the columns of periods if any service, in an account and a Region, has rows of several."""
    periods = [name for name in frame.columns if fold_name(name) in PERIODS]
    roles = (columns.identifier, columns.otherwise, columns.last, columns.account, columns.region)
    keys = [name for name in dict.fromkeys(roles) if name and name not in periods]
    if not periods or not keys:
        return []
    return periods if frame.drop_duplicates([*keys, *periods]).duplicated(keys).any() else []


def _list_texts(frame: pd.DataFrame, columns: Columns) -> pd.Series:
    """Return the cells of the column of numbers as stripped text; none if there is no such column."""
    if not columns.number:
        return pd.Series(dtype="str")
    cells = frame[columns.number]
    texts = cells.astype(object).where(cells.notna(), "").astype(str).str.strip()
    return texts.str.replace("\u2212", "-")


def _read_numbers(texts: pd.Series) -> pd.Series:
    """Return the whole number of each cell, with a dot in the sense that fits all cells.

    Examples
    --------
    >>> _read_numbers(pd.Series(["4", "1.200", "5.000", "", "-4"])).tolist()
    [4, 1200, 5000, -1, -2]
    >>> [_read_numbers(pd.Series(cells)).tolist() for cells in (["5.000", "7.0"], ["5.000", "7"])]
    [[5, 7], [-2, 7]]
    """
    dotted = [text for text in texts if DOTTED.fullmatch(text)]
    if not all(map(GROUPED.fullmatch, dotted)):
        return texts.map(_read_number)
    if all(text.endswith(".000") for text in dotted):
        return texts.map(_read_number).mask(texts.isin(dotted), NO_NUMBER)
    return texts.mask(texts.isin(dotted), texts.str.replace(".", "", regex=False)).map(_read_number)


def _read_number(text: str) -> int:
    """Return a whole number, in which a dot is decimal, or that a cell has none.

    Examples
    --------
    >>> [_read_number(text) for text in ("4.0", "1,200", "1.200", "", "-4", "0.500")]
    [4, 1200, -2, -1, -2, -2]
    """
    if not text:
        return BLANK
    if found := WHOLE.fullmatch(text):
        return int(found[1])
    is_grouped = GROUPED.fullmatch(text) and "." not in text
    return int(re.sub(r"[^0-9]", "", text)) if is_grouped else NO_NUMBER


def _find_fault(frame: pd.DataFrame, columns: Columns, texts: pd.Series, numbers: pd.Series) -> str:
    """Return why a column is no number of resources, in words; an empty text if it is one."""
    is_other = numbers == NO_NUMBER
    is_fraction = is_other & texts.map(lambda text: bool(FRACTION.fullmatch(text)))
    is_fraction &= ~texts.str.endswith(".000")  # unclear
    if (is_grouped := _find_mixed_signs(texts)).any():
        where = _name_rows(is_grouped)
        return f"because of different signs before three digits in {where}; {EXPECTED}"
    if is_fraction.any():
        return f"because of a fraction in {_name_rows(is_fraction)}; {EXPECTED}"
    if 2 * is_other.sum() > (numbers != BLANK).sum():
        return f"because of what is in {_name_rows(is_other)}; {EXPECTED}"
    is_of_things = columns.thing != "" or columns.repeats
    others = [fold_name(name) for name in frame.columns if name != columns.number]
    if is_of_things or not set(UNITS).isdisjoint(others):
        return "as the table identifies its resources, or has a column of units"
    periods = _list_periods(frame, columns)
    return f"as a service has several rows by {', '.join(periods)}" if periods else ""


def _is_numbering(numbers: pd.Series, frame: pd.DataFrame, columns: Columns) -> bool:
    """Return whether a column such as "#" has the numbers of rows, and stands before the names.

    Examples
    --------
    >>> rows = pd.DataFrame({"#": [1, 2, 3], "Service": ["Amazon SQS", "Amazon SNS", "AWS KMS"]})
    >>> from srm_data.load import load_tables
    >>> from srm_data.estate.vocabulary import build_vocabulary
    >>> columns = pick_columns(rows.columns, "rows", build_vocabulary(load_tables(), None).profiles)
    >>> _is_numbering(rows["#"], rows, columns), _is_numbering(rows["#"] * 2, rows, columns)
    (True, False)
    """
    names = [str(name) for name in frame.columns]
    is_before = names.index(columns.number) < names.index(columns.identifier)
    steps = numbers[numbers >= 0].diff().dropna()
    return fold_name(columns.number) == "number" and is_before and bool(steps.eq(1).all())


def _find_mixed_signs(texts: pd.Series) -> pd.Series:
    """Find the numbers with a sign between thousands if they have several, of which one may be decimal.

    Examples
    --------
    >>> _find_mixed_signs(pd.Series(["4", "1,200", "1.200"])).tolist()
    [False, True, True]
    >>> _find_mixed_signs(pd.Series(["5.0", "1,200", "2.000"])).tolist()  # the dots are decimal
    [False, False, False]
    """
    is_grouped = texts.map(lambda text: bool(GROUPED.fullmatch(text)))
    is_dotted = texts.map(lambda text: bool(DOTTED.fullmatch(text)))
    if (is_dotted & ~is_grouped).any():
        is_grouped &= ~is_dotted
    signs = texts[is_grouped].str[-4].str.translate(SIGN)
    return is_grouped if signs.nunique() > 1 else is_grouped & False


def _name_rows(is_meant: pd.Series) -> str:
    """Name the first of some rows, and how many there are more."""
    places = [place for place, one in enumerate(is_meant.tolist(), start=1) if one]
    more = f" and {len(places) - 1:,} more" if len(places) > 1 else ""
    return f"row {places[0]:,}{more} below the header"
