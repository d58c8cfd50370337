"""Normal forms of what people type: days, answers and statuses, in English, German and French."""

from __future__ import annotations

import csv
import datetime as dt
import re
import unicodedata
from functools import lru_cache
from importlib.resources import files

from srm_data.check.coding_rule import ACTIONS_OF

STATUSES = ("open", "agreed", "changed", "question", "not ours")
"""Review statuses of a cell."""
ANSWER = re.compile(r"(.+?)(?:\s*[,(]\s*(required|optional|none)\s*\)?)?", re.IGNORECASE)

YEARS = range(2000, 2101)  # other dates are slips
YEAR_FIRST = re.compile(r"(\d{4})\s*([./-])\s*(\d{1,2})\s*\2\s*(\d{1,2})")
YEAR_LAST = re.compile(r"(\d{1,2})\s*([./-])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})")


@lru_cache(maxsize=1)
def read_words() -> dict[str, dict[str, str]]:
    """Read what words mean, by kind; they are folded and, but for formula errors, in lower case."""
    text = (files("srm_data") / "register" / "words.csv").read_text(encoding="utf-8")
    words: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(text.splitlines()):
        words.setdefault(row["kind"], {})[row["word"]] = row["meaning"]
    return words


def normalise_text(text: object) -> str:
    """Return a value as text in Unicode's composed form, with line feeds alone, stripped."""
    if text is None or text != text:  # missing in a frame
        return ""
    lines = str(text).replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", lines).strip()


def fold(text: str) -> str:
    """Return text without regard to case and blanks, as names and values are compared."""
    return "".join(text.split()).casefold()


def is_same_name(first: str, second: str) -> bool:
    """Return whether two names may be of one person, whatever the order of their words.

    An initial may stand for a word, and further words for none, such as a title.
    """
    few, many = sorted((_list_words(name) for name in (first, second)), key=len)
    if "".join(sorted("".join(few))) == "".join(sorted("".join(many))):  # written as one word
        return True
    return few != [] and all(
        any(word == other or (1 in (len(word), len(other)) and word[0] == other[0]) for other in many)
        for word in few
    )


def is_name(text: str) -> bool:
    """Return whether a text can name somebody: it has letters, and does not mean nobody."""
    return re.search(r"[^\W\d_]", text) is not None and fold(text) not in read_words()["nobody"]


def _list_words(name: str) -> list[str]:
    return re.findall(r"[^\W_]+", _fold_accents(name))


def _fold_accents(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def normalise_answer(text: str) -> str:
    """Return an answer in its normal form, or the text itself if it is none.

    The action that follows from the party is left out: required for Customer and Shared, else none.
    """
    party, action = split_answer(text)
    if action == split_answer(party)[1]:
        return party or text
    return f"{party}, {action}"


def split_answer(text: str) -> tuple[str, str]:
    """Return party and customer action of an answer, or two empty strings if the text is none."""
    match = ANSWER.fullmatch(" ".join(text.split()))
    if match is None:
        return "", ""
    party = read_words()["party"].get(match[1].casefold(), "")
    if not party:
        return "", ""
    usual = "required" if "required" in ACTIONS_OF[party] else "none"
    action = (match[2] or usual).lower()
    return (party, action) if action in ACTIONS_OF[party] else ("", "")


def normalise_status(text: str) -> str:
    """Return the status that a word means, or the text itself."""
    folded = fold(_fold_accents(text)).replace("-", "").rstrip(".!")
    return read_words()["status"].get(folded, text)


def normalise_implementation(text: str) -> str:
    """Return ``implemented`` for words that mean it, or the text itself."""
    return read_words()["implementation"].get(fold(_fold_accents(text)), text)


def normalise_day(text: str) -> str:
    """Return a day as ``YYYY-MM-DD``, or the text itself if it is not exactly one day."""
    days = list_days(text)
    return days[0] if len(days) == 1 else text


@lru_cache(maxsize=4096)
def is_day(text: str) -> bool:
    """Return whether text is a day in its normal form."""
    return list_days(text) == [text]


def list_days(text: str) -> list[str]:
    """List the days that a text can mean: none, one, or several if it is ambiguous."""
    plain = re.sub(r"[t ]\d{1,2}:\d\d.*$", "", _fold_accents(text.strip())).strip()
    # a number as Excel counts days, or eight digits
    if re.fullmatch(r"\d{5}", plain):
        return _keep_days([dt.date(1899, 12, 30) + dt.timedelta(days=int(plain))])
    if re.fullmatch(r"\d{8}", plain):
        return _make_days([(plain[:4], plain[4:6], plain[6:])])
    if match := YEAR_FIRST.fullmatch(plain):
        return _make_days([(match[1], match[3], match[4])])
    if match := YEAR_LAST.fullmatch(plain):
        first, separator, second, last = match.groups()
        readings = [(last, second, first)]
        if separator != ".":  # with dots the day comes first everywhere
            readings += [(last, first, second), *([(first, second, last)] if len(last) == 2 else [])]
        return _make_days(readings)
    return _read_words(plain)


def _read_words(plain: str) -> list[str]:
    """Read a day whose month is a word, with the year last unless it alone has four digits."""
    plain = re.sub(r"(?<=\d)(st|nd|rd|th|er)\b", "", plain)
    parts = re.findall(r"[a-z]+|\d+", plain)
    numbers = [part for part in parts if part.isdigit()]
    words = [part for part in parts if not part.isdigit()]
    months = [number for word, number in read_words()["month"].items() if word in words]
    if len(parts) != 3 or len(numbers) != 2 or len(months) != 1:
        return []
    if len(numbers[0]) == 4:
        numbers.reverse()
    return _make_days([(numbers[1], months[0], numbers[0])])


def _make_days(readings: list[tuple[str, str, str]]) -> list[str]:
    days = []
    for year, month, day in readings:
        try:
            days.append(dt.date(int(year) + (2000 if len(year) <= 2 else 0), int(month), int(day)))
        except ValueError:
            continue
    return _keep_days(days)


def _keep_days(days: list[dt.date]) -> list[str]:
    return sorted({day.isoformat() for day in days if day.year in YEARS})
