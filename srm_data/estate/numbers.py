"""Read the number of resources in a column of a table, such as "Anzahl" or "Count", in any engine."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from srm_data.estate.columns import PERIODS, Columns
from srm_data.estate.money import SAMPLE
from srm_data.estate.profiles import fold_name

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

MOST_TEXTS = 2_000_000
"""Maximum number of different cells in a column of numbers."""


def read_numbers(table: Any, columns: Columns, place: str) -> tuple[Columns, dict[str, int], list[str]]:
    """Read the number of resources of each row, if a column has it.

    The column is read if it has whole numbers, in 1,200 or 1.200 with a sign between thousands. A dot
    before three digits stands between thousands only if all dots of the column may, and in a column of
    text; 5.000 is no whole number if all end in three zeros, as it may be 5 or 5000. Where a cell is
    blank, the row counts as without the column; so it does where a cell is no whole number, which a
    remark says. If most cells are none, or one is a fraction, the column is not read; nor is it in a
    table that identifies its resources, that has a column of units, or that lists a service by month
    or another period. The remarks say so, too, and name a second column with other numbers.

    Parameters
    ----------
    table
        Narwhals frame, of any engine. Numbers of rows are only known where it is eager.
    columns
        Its columns, of which ``numbers`` may have the number of resources, best first.
    place
        Name of the table in remarks.

    Returns
    -------
    tuple
        The columns, whose ``number`` is the one that is read, or empty; the number by the text of the
        cell, negative where it has none; and remarks on what is not read.

    Examples
    --------
    >>> import narwhals as nw
    >>> from srm_data import load_tables
    >>> from srm_data.estate.columns import pick_columns
    >>> from srm_data.estate.vocabulary import build_vocabulary
    >>> sheet = pd.DataFrame({"Dienst": ["Amazon EC2", "Amazon S3"], "Anzahl": ["4", ""]})
    >>> columns = pick_columns(sheet.columns, "sheet", build_vocabulary(load_tables(), None).profiles)
    >>> columns, numbers, remarks = read_numbers(nw.from_native(sheet), columns, "sheet")
    >>> columns.number, numbers, remarks
    ('Anzahl', {'4': 4, '': -1}, [])
    """
    remarks: list[str] = []
    chosen, numbers = "", {}
    is_of_things = columns.thing != "" or columns.repeats
    for name in columns.numbers:
        where = f"{place}, column {name}"
        cells = _list_cells(table, name, most=SAMPLE if is_of_things else None)
        if len(cells) > MOST_TEXTS:
            remarks.append(f"{where}: {NOT_A_NUMBER}, as it has too many different ones")
            continue
        if not cells["text"].map(NUMBER.fullmatch).any():
            if cells["text"].str.lower().isin(["true", "false"]).any():
                remarks.append(f"{where}: {NOT_A_NUMBER}, as it has true and false; {EXPECTED}")
            continue
        if _is_numbering(cells, name, table, columns, is_alone=not chosen):
            continue
        if why := _find_fault(cells, name, table, columns):
            remarks.append(f"{where}: {NOT_A_NUMBER}, {why}")
        elif chosen:
            if differ := _count_differing(table, chosen, name):
                rows = f"{differ:,} row{'s' * (differ > 1)}"
                remarks.append(f"{where}: {NOT_A_NUMBER}, as {chosen} has another one in {rows}")
        else:
            chosen = name
            numbers = dict(zip(cells["cell"].tolist(), cells["number"].tolist(), strict=True))
            if (is_other := cells["number"] == NO_NUMBER).any():
                remarks.append(f"{where}: {NOT_A_NUMBER} in {_name_rows(cells[is_other])}; {EXPECTED}")
    return columns._replace(number=chosen), numbers, remarks


def select_number(table: Any, name: str) -> Any:
    """Return the expression for the cells of a column of numbers as text, in every engine alike."""
    import narwhals as nw

    cell = nw.col(name)
    dtype = table.collect_schema()[name]
    if dtype.is_float() or dtype.is_decimal():
        cell = cell.cast(nw.Float64)
    return cell.cast(nw.String).fill_null("")


def _list_cells(table: Any, name: str, *, most: int | None = None) -> pd.DataFrame:
    """List the different cells of a column, or of its first rows.

    Returns
    -------
    DataFrame
        ``cell``, as the engine writes it; ``text``, without blanks around it; ``number``, negative if
        it is none; ``rows``, how many have it; ``first``, the number of the first one, or 0 if the
        engine keeps no order.
    """
    import narwhals as nw

    rows = table.select(cell=select_number(table, name))
    rows = rows if most is None else rows.head(most)
    if isinstance(rows, nw.DataFrame):
        rows = rows.with_row_index("first")
    else:
        rows = rows.with_columns(first=nw.lit(-1))
    counted = rows.lazy().group_by("cell").agg(nw.len().alias("rows"), nw.col("first").min())
    cells: pd.DataFrame = counted.head(MOST_TEXTS + 1).collect(backend="pandas").to_native()
    is_text = table.collect_schema()[name] in (nw.String, nw.Object, nw.Categorical, nw.Enum)

    text = cells["cell"].astype(object).astype("str").str.strip().str.replace("\u2212", "-")
    text = text if is_text else text.where(text.str.lower() != "nan", "")
    numbers = read_texts(text) if is_text else text.map(_read_number)
    cells = cells.assign(text=text, number=numbers, first=cells["first"].astype("int64") + 1)
    return cells.sort_values(["first", "cell"], ignore_index=True)


def _count_differing(table: Any, first: str, second: str) -> int:
    """Count the rows in which two columns of numbers are filled and differ."""
    import narwhals as nw

    texts = table.lazy().select(
        one=select_number(table, first).str.strip_chars().str.replace_all("[.]0+$", ""),
        other=select_number(table, second).str.strip_chars().str.replace_all("[.]0+$", ""),
    )
    one, other = nw.col("one"), nw.col("other")
    differing = texts.filter((one != "") & (other != "") & (one != other))
    found: pd.DataFrame = differing.select(rows=nw.len()).collect(backend="pandas").to_native()
    return int(found["rows"].iloc[0])


def _list_periods(table: Any, columns: Columns) -> list[str]:
    """List the columns of periods if any service, in an account and a Region, has rows of several."""
    import narwhals as nw

    periods = [name for name in table.collect_schema().names() if fold_name(name) in PERIODS]
    roles = (columns.identifier, columns.otherwise, columns.last, columns.account, columns.region)
    keys = [name for name in dict.fromkeys(roles) if name and name not in periods]
    if not periods or not keys:
        return []

    named = {f"key{number}": nw.col(name) for number, name in enumerate(keys)}
    dated = {f"period{number}": nw.col(name) for number, name in enumerate(periods)}
    distinct = table.lazy().select(**named, **dated).group_by(*named, *dated).agg(nw.len().alias("n"))
    times = distinct.group_by(*named).agg(nw.len().alias("times"))
    several = times.filter(nw.col("times") > 1).head(1).collect(backend="pandas")
    return periods if len(several) else []


def read_texts(texts: pd.Series) -> pd.Series:
    """Return the whole number of each text, with a dot in the sense that fits all of them.

    Examples
    --------
    >>> read_texts(pd.Series(["4", "1.200", "5.000", "", "-4"])).tolist()
    [4, 1200, 5000, -1, -2]
    >>> [read_texts(pd.Series(cells)).tolist() for cells in (["5.000", "7.0"], ["5.000", "7"])]
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


def _find_fault(cells: pd.DataFrame, name: str, table: Any, columns: Columns) -> str:
    """Return why a column is no number of resources, in words; an empty text if it is one."""
    texts, is_other = cells["text"], cells["number"] == NO_NUMBER
    is_fraction = is_other & texts.map(lambda text: bool(FRACTION.fullmatch(text)))
    is_fraction &= ~texts.str.endswith(".000")  # unclear
    if (is_grouped := _find_mixed_signs(texts)).any():
        where = _name_rows(cells[is_grouped])
        return f"because of different signs before three digits in {where}; {EXPECTED}"
    if is_fraction.any():
        return f"because of a fraction in {_name_rows(cells[is_fraction])}; {EXPECTED}"
    filled = cells.loc[cells["number"] != BLANK, "rows"].sum()
    if 2 * cells.loc[is_other, "rows"].sum() > filled:
        return f"because of what is in {_name_rows(cells[is_other])}; {EXPECTED}"
    is_of_things = columns.thing != "" or columns.repeats
    others = [fold_name(other) for other in table.collect_schema().names() if other != name]
    if is_of_things or not set(UNITS).isdisjoint(others):
        return "as the table identifies its resources, or has a column of units"
    periods = _list_periods(table, columns)
    return f"as a service has several rows by {', '.join(periods)}" if periods else ""


def _is_numbering(
    cells: pd.DataFrame, name: str, table: Any, columns: Columns, *, is_alone: bool
) -> bool:
    """Return whether a column such as "#" has the numbers of rows, and stands before the names.

    Some rows may be left out if it is not alone, but another column has the number of resources.

    Examples
    --------
    >>> import narwhals as nw
    >>> rows = pd.DataFrame({"#": [1, 2, 3], "Service": ["Amazon SQS", "Amazon SNS", "AWS KMS"]})
    >>> from srm_data.load import load_tables
    >>> from srm_data.estate.columns import pick_columns
    >>> from srm_data.estate.vocabulary import build_vocabulary
    >>> columns = pick_columns(rows.columns, "rows", build_vocabulary(load_tables(), None).profiles)
    >>> tables = [nw.from_native(rows), nw.from_native(rows.assign(**{"#": [2, 4, 4]}))]
    >>> lists = [_list_cells(table, "#") for table in tables]
    >>> [_is_numbering(lists[i], "#", tables[i], columns, is_alone=True) for i in (0, 1)]
    [True, False]
    """
    if fold_name(name) != "number":
        return False
    names = table.collect_schema().names()
    is_before = names.index(name) < names.index(columns.identifier)
    filled = cells[cells["number"] >= 0].sort_values("number")
    steps = filled["number"].diff().dropna()
    is_each_once = filled["rows"].eq(1).all() and (steps.eq(1).all() or not is_alone)
    return is_before and bool(is_each_once)


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


def _name_rows(cells: pd.DataFrame) -> str:
    """Name the first row of some cells and how many there are more, or only how many there are."""
    first, rows = int(cells["first"].min()), int(cells["rows"].sum())
    if not first:
        return f"{rows:,} row{'s' * (rows > 1)}"
    return f"row {first:,}{f' and {rows - 1:,} more' if rows > 1 else ''} below the header"
