"""Read the number of resources in a column of a table, such as "Anzahl" or "Count", in any engine."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import pandas as pd

from srm_data.estate.columns import AMOUNTS, NOTHING, Columns
from srm_data.estate.money import find_decimal, read_amount
from srm_data.estate.profiles import fold_name
from srm_data.estate.resources import BY_NUMBER, NUMBER_ABOUT, NUMBER_AT_MOST
from srm_data.estate.wording import list_words

WHOLE = re.compile(r"\d{1,6}|\d{1,6}[.,]0+|[1-9]\d{0,2}(?:[.,][0-9]{3})+")
"""Whole number: a spreadsheet may store 4 as 4.0, and a sign may stand between thousands."""

SPACES = r"(?<=\d)['\u2019 \u00a0\u202f](?=\d{3}\b)"
FRACTION = re.compile(r"[0-9]+[.,][0-9]+")
NO_NUMBER, BLANK = -2, -1
"""In place of the number of a row: the cell has something else, or nothing."""

NOT_A_NUMBER = "not read as a number of resources"
EXPECTED = "expected whole numbers such as 1200"
NOT_COUNTED = ("not counted", "money unit", "not used", "deleted")
"""Roles of words after a number that is none of resources in use."""

NUMBERS = ("number", "numero")
"""Folded headers of columns that number the rows, or count."""

MOST_BESIDE_COST = 500  # a larger quantity may be one of usage; a month has 672 hours or more
MOST_TEXTS = 2_000_000
"""Maximum number of different cells in a column of numbers."""


def read_numbers(table: Any, columns: Columns, place: str) -> tuple[Columns, pd.DataFrame, list[str]]:
    """Read the number of resources of each row, if a column has it.

    Returns the columns, whose ``number`` is the one that is read, or empty; by the text of the cell,
    the ``number``, negative where it has none, and the way that it is ``counted_by``; and remarks on
    what is not read. Where a cell is blank or no whole number, the row counts as without the column.
    """
    remarks: list[str] = []
    chosen, numbers = "", pd.DataFrame()
    for name in columns.numbers:
        where = f"{place}, column {name}"
        cells = _list_cells(table, name)
        # "#" numbers the rows, or counts.
        is_each_once = (
            sorted(cells["number"]) == [*range(1, len(cells) + 1)] and cells["rows"].max() == 1
        )
        is_numbering = fold_name(name) in NUMBERS and (chosen or is_each_once)
        if is_numbering or not cells["text"].str.contains("[0-9]").any():
            continue
        if why := f"as {chosen} is" if chosen else _find_fault(cells, name, table, columns):
            remarks.append(f"{where}: {NOT_A_NUMBER}, {why}")
            continue
        chosen = name
        numbers = cells.set_index("cell")[["number", "counted_by"]]
        if (is_other := cells["number"] == NO_NUMBER).any():
            remarks.append(f"{where}: {NOT_A_NUMBER} in {_count_rows(cells[is_other])}; {EXPECTED}")
    columns = columns._replace(number=chosen)

    return columns, numbers, remarks


def select_number(table: Any, name: str) -> Any:
    """Return the expression for the cells of a column of numbers as text, in every engine alike."""
    import narwhals as nw

    cell = nw.col(name)
    dtype = table.collect_schema()[name]
    if dtype.is_float() or dtype.is_decimal():
        cell = cell.cast(nw.Float64)
    return cell.cast(nw.String).fill_null("")


def _list_cells(table: Any, name: str) -> pd.DataFrame:
    import narwhals as nw

    rows = table.select(cell=select_number(table, name)).lazy()
    counted = rows.group_by("cell").agg(nw.len().alias("rows")).head(MOST_TEXTS)
    cells: pd.DataFrame = counted.collect(backend="pandas").to_native()
    is_text = table.collect_schema()[name] in (nw.String, nw.Object, nw.Categorical, nw.Enum)

    text = cells["cell"].astype(object).astype("str").str.strip().str.replace("\u2212", "-")
    is_blank = text.str.lower().isin(NOTHING) | text.str.fullmatch(":?-+:?")  # a rule of Markdown
    text = text.mask(is_blank, "")
    if not is_text:
        return cells.assign(text=text, number=read_texts(text, "."), counted_by=BY_NUMBER)
    parts = text.str.lower().str.extract(_compile_about())
    is_number, about = parts["number"].str.contains("^[0-9]"), parts["about"].str.strip()
    is_bound = about.isin(list_words("at most"))
    ways = is_bound.map({True: NUMBER_AT_MOST, False: NUMBER_ABOUT}).where(
        about.notna() & is_number, BY_NUMBER
    )
    text = text.mask(is_number, parts["number"].str.strip())
    return cells.assign(text=text, number=read_texts(text), counted_by=ways)


@lru_cache
def _compile_about() -> re.Pattern[str]:
    """Compile what stands beside a number, as in "ca. 210" and "12 Stk", in lower case.

    One word may follow, whatever is counted, but no measure, period or state: "3 GB" is no number.
    """
    others = frozenset().union(*map(list_words, NOT_COUNTED))
    words = (sorted(words, key=len, reverse=True) for words in (list_words("about"), others))
    about, other = ("|".join(map(re.escape, longest_first)) for longest_first in words)
    thing = rf"\s*(?!(?:{other})[.]?$)[^\W\d_][\w-]*[.]?"
    return re.compile(rf"^(?P<about>(?:{about})\s*)?(?P<number>.*?)(?:{thing})?(?:\s*\([^()]*\))?$")


def is_whole(texts: pd.Series) -> bool:
    """Return whether all texts are whole numbers, or blank."""
    return bool((read_texts(texts) != NO_NUMBER).all())


def read_texts(texts: pd.Series, decimal: str = "") -> pd.Series:
    """Return the whole number of each text; its decimal sign is that of the column, if not given."""
    texts = texts.str.replace(SPACES, "", regex=True)
    decimal = decimal or find_decimal(texts)

    def read_number(text: str) -> int:
        if not text:
            return BLANK
        amount = read_amount(text, decimal) if WHOLE.fullmatch(text) else None
        return NO_NUMBER if amount is None or amount % 1 else int(amount)

    return texts.map(read_number)


def _find_fault(cells: pd.DataFrame, name: str, table: Any, columns: Columns) -> str:
    is_other = cells["number"] == NO_NUMBER
    is_fraction = is_other & cells["text"].str.fullmatch(FRACTION)
    if is_fraction.any():
        return f"because of a fraction in {_count_rows(cells[is_fraction])}; {EXPECTED}"
    filled = cells.loc[cells["number"] != BLANK, "rows"].sum()
    if 2 * cells.loc[is_other, "rows"].sum() > filled:
        return f"because of what is in {_count_rows(cells[is_other])}; {EXPECTED}"
    if columns.is_bill and fold_name(name) in AMOUNTS and cells["number"].max() > MOST_BESIDE_COST:
        return "beside a cost, as it may be one of hours or gigabytes"
    if columns.thing or columns.repeats or set(columns.units) - {name}:
        return "as the table identifies its resources, or has a column of units"

    # By month, say, the resources of one service may be those of the month before.
    roles = (columns.identifier, columns.otherwise, columns.last, columns.account, columns.region)
    keys = [key for key in dict.fromkeys(roles) if key and key not in columns.periods]
    if not columns.periods or not keys:
        return ""
    distinct = table.lazy().select(*keys, *columns.periods).unique()
    pairs, alone = (
        len(rows.collect(backend="pandas")) for rows in (distinct, distinct.select(keys).unique())
    )
    return f"as a service has several rows by {', '.join(columns.periods)}" if pairs > alone else ""


def is_count(name: str) -> bool:
    """Return whether a column is named as one of a pivot table, such as *Count of ResourceId*."""
    return (
        re.match(r"(?:count|number|no\.?) of |anzahl (?:von|der) |nombre d", name.lower()) is not None
    )


def _count_rows(cells: pd.DataFrame) -> str:
    rows = int(cells["rows"].sum())
    return f"{rows:,} row{'s' * (rows > 1)}"
