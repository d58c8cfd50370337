"""Parse amounts of money in common formats: 1,200.50, 1.200,50 €, (3.00), 2e-06."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from srm_data.estate.profiles import fold_name
from srm_data.estate.wording import list_words

GROUPS = re.compile(r"(?<!\d)\d{1,3}([.,]\d{2,3})*[.,]\d{3}(?!\d)")
NO_GROUPS = r"(?:\d+[{0}](?:\d{{1,2}}|\d{{4,}})|(?:0|\d{{4,}})[{0}]\d+|[\d.,]*[{1}][\d.,]*[{0}]\d+)"
"""Amount in which a sign separates no thousands, whatever the other amounts of its column say.

It stands before other than three digits, or behind the other sign.
"""

NUMBER = r"^[+-]?[0-9]*[.]?[0-9]+(?:[eE][+-]?[0-9]+)?$"


MONTH = re.compile(r"(?:(?P<word>[^\W\d_]{3,9})[\s./-]*|[01]?\d[./-])20\d\d|20\d\d[./-][01]\d")
MONTHS = re.compile(
    "jan|f[eé]v|feb|ene|gen|m[aä]r|mrz|a[pvb]r|ma[yigj]|jun|jui|giu|jul|lug|aug|aoû|ago|sep|set|o[ck]t|ott|"
    "out|nov|de[cz]|déc|dic"
)
"""Beginnings of the names of months, in the languages of headers."""


def strip_units(folded: str) -> str:
    """Remove the currency and the period from a folded column name of an amount of money."""
    before = ""
    while before != folded:
        before = folded
        for ending in _list_longest("money unit"):
            folded = folded.removesuffix(ending) or folded
        for beginning in _list_longest("money period"):
            folded = folded.removeprefix(beginning) or folded
        folded = re.sub(r"(?:fy|gj)?(?:20)?\d\d$", "", folded) or folded  # Total FY26
    return folded


@lru_cache
def _list_longest(role: str) -> tuple[str, ...]:
    """List the words of a role, so that "permonth" comes before "month"."""
    return tuple(sorted(list_words(role), key=lambda word: (-len(word), word)))


def is_money(folded: str) -> bool:
    """Return whether a folded column name looks like an amount of money."""
    return names_money(folded) and not strip_units(folded).endswith(_list_longest("not money"))


def names_money(folded: str) -> bool:
    """Return whether a folded column name has a word for money, as *Cost center* has, too."""
    return any(word in strip_units(folded) for word in list_words("money"))


def _drop_money(name: str) -> str:
    beside = {""} | list_words("money") | list_words("money unit")
    return " ".join(word for word in name.lower().split() if fold_name(word) not in beside)


def is_month(name: str) -> bool:
    """Return whether a column is named after a month, as *Oct 2026* and *Cost 10/2026 (EUR)* are."""
    match = MONTH.fullmatch(_drop_money(name))
    return match is not None and (not match["word"] or MONTHS.match(match["word"]) is not None)


def is_period(name: str) -> bool:
    """Return whether a column is named after a month or a quarter, if without a year: *Jan*, *Q1*."""
    word = _drop_money(name).rstrip(".")
    is_word = re.fullmatch(r"[^\W\d_]{3,9}", word) and MONTHS.match(word)
    return bool(is_word or re.fullmatch(r"q[1-4](?:[ /-]*(?:20)?\d\d)?", word)) or is_month(name)


def find_decimal(values: Iterable[object]) -> str:
    """Return the decimal sign of a column of texts, by the values that show it.

    A single sign before three digits, as in 1,234, stands between thousands unless another value shows
    that it is decimal.
    """
    votes, between_thousands = Counter[str](), Counter[str]()
    for value in values:
        signs = re.sub(r"[^.,]", "", text := str(value or ""))
        if not signs:
            continue
        last, other = signs[-1], {",": ".", ".": ","}[signs[-1]]
        whole, _, rest = text.rpartition(last)
        before, after = re.sub(r"\D", "", whole), re.sub(r"\D", "", rest)
        if other in signs:
            votes[last] += 2  # the surest
        elif len(signs) > 1:
            votes[other] += bool(GROUPS.search(text))
        elif len(after) == 3 and re.fullmatch("[1-9][0-9]{0,2}", before):
            between_thousands[other] += 1
        else:
            votes[last] += 1
    votes = +votes or between_thousands  # without signs that no value speaks for
    # Of equally many, the dot: the order of values, which engines do not keep, decides nothing.
    return max(votes, key=lambda sign: (votes[sign], sign)) if votes else "."


def write_cell(value: object) -> str:
    """Write a cell as text, in which a number of a sheet or of JSON cannot be taken for thousands."""
    text = "" if value is None else str(value).strip()
    is_like_thousands = isinstance(value, float) and re.fullmatch(r"-?\d{1,3}\.\d{3}", text)
    return f"{text}0" if is_like_thousands else text


def read_amount(text: object, decimal: str = ".") -> float | None:
    """Parse an amount; return None if it is not a valid amount."""
    written = str(text if text is not None else "").strip().replace("\u2212", "-")
    if decimal == ".":
        try:
            number = float(written)
            return number if number == number and abs(number) != float("inf") else None
        except ValueError:
            pass
    thousands = "," if decimal == "." else "."
    digits = re.sub(r"[^\d.,]", "", written).strip(".,")
    if re.fullmatch(NO_GROUPS.format(thousands, decimal), digits):
        thousands, decimal = decimal, thousands
    digits = digits.replace(thousands, "").replace(decimal, ".")
    if not re.fullmatch(r"\d+(\.\d+)?", digits):
        return None
    is_negative = written.startswith("(") and written.endswith(")")
    is_negative |= bool(re.match(r"\D*-", written)) or written.endswith("-")
    return -float(digits) if is_negative else float(digits)


def select_amount(text: Any, decimal: str) -> Any:
    """Return the expression for the amounts of a column, which are null where a text is none.

    Every engine reads them as :func:`read_amount` does.
    """
    import narwhals as nw

    thousands = "," if decimal == "." else "."
    text = text.fill_null("").str.strip_chars().str.replace_all("\u2212", "-", literal=True)
    digits = text.str.replace_all("[^0-9.,]", "").str.strip_chars(".,")
    plain = digits.str.replace_all(thousands, "", literal=True)
    plain = plain.str.replace_all(decimal, ".", literal=True)
    other = digits.str.replace_all(decimal, "", literal=True)
    other = other.str.replace_all(thousands, ".", literal=True)
    is_other = digits.str.contains(f"^{NO_GROUPS.format(thousands, decimal)}$")
    digits = nw.when(is_other).then(other).otherwise(plain)

    is_negative = text.str.contains("^[^0-9]*-") | text.str.contains(r"-$|^\(.*\)$")
    digits = nw.when(is_negative).then(nw.concat_str([nw.lit("-"), digits])).otherwise(digits)
    if decimal == ".":
        digits = nw.when(text.str.contains(NUMBER)).then(text).otherwise(digits)
    is_number = digits.str.contains(NUMBER)
    number = nw.when(is_number).then(digits).otherwise(nw.lit("nan")).cast(nw.Float64)
    return nw.when(is_number).then(number)  # null where a cast of other text would fail
