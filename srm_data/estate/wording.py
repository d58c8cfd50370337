"""Read what stands beside the name of a service: versions, sizes, systems, and that it is not used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from srm_data.load import read_table

DROPPED = ("system", "engine", "language", "environment", "edition", "access", "thing")
"""Roles of words that do not change what a name means."""

CHANGE_OF_SCRIPT = r"(?<=[a-z0-9])(?=[\u3040-\u30ff\u4e00-\u9fff])"  # to Japanese or Chinese
BETWEEN = rf"{CHANGE_OF_SCRIPT}|[\s()\[\]{{}},;:|/+\uff08\uff09\uff1a]+|(?<=\s)[-–—](?=\s)"
SIZE = r"(?:nano|micro|small|medium|large|xlplus|\d*xlarge)(?:\.[a-z]+)?"
MEASURE = re.compile(
    r"(?:v?\d[\d.,]*[a-z]?|\d+[.]x|\d+x|x\d+"  # a version, a number, a number of things
    r"|\d+(?:gb|gib|tb|tib|mb|vcpus?|cpus?|cores?|stk)|gb|gib|tb|tib|mb|vcpus?|stk\.?"
    rf"|(?:[a-z]+\.)?[a-z][\w-]*\d[\w-]*\.{SIZE}"  # t3.large, db.r6g.large, ml.m5.xlarge
    r"|[a-z]{2}(?:-gov)?-(?:north|south|east|west|central)(?:east|west)?-\d[a-z]?)",
    re.IGNORECASE,
)
"""Word that measures or places something. What is metal or a Mac is an offering of its own."""

TYPED = re.compile(
    rf"(?<![\w.])(?:(?P<prefix>db|cache)\.)?[a-z][a-z0-9-]*\d[a-z0-9-]*\.(?:{SIZE}|metal[\w-]*)",
    re.IGNORECASE,
)
"""Type of an instance or a node within a name; that of a database or a cache has a prefix."""

PERCENTAGE = r"\(?[0-9]+(?:[.,][0-9]+)? ?%\)?"
AFTER = r"[\s.!)\]\u3002\uff09]*$|\s*[(,;]?\s*(?:since |seit |depuis |desde )?[0-9][0-9./-]*[)\]\s]*$"
"""What may follow words at the end of a text: signs, or a date."""


@lru_cache
def list_words(role: str) -> frozenset[str]:
    """List the words of a role in the table ``inventory_words`` of the package."""
    table = read_table("inventory_words")
    return frozenset(table.loc[table["role"] == role, "word"])


def list_sizes(text: str) -> dict[str, str]:
    """List the settings that a name tells: the type of an instance, and the engine of a database."""
    settings = {"engine": text} if re.search(r"\b(?:rds|aurora)\b", text, re.IGNORECASE) else {}
    if "." in text and (size := TYPED.search(text)):
        names = {"db": "dbinstanceclass", "cache": "cachenodetype"}
        prefix = (size["prefix"] or "").lower()
        settings |= dict.fromkeys((names.get(prefix, "instancetype"), "nodetype"), size[0].lower())
    return {} if set(":#_") & set(text) else settings


def list_thinner(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the text without words, measures, or both, each with whether words are left out.

    Words for a thing in another language do not count: they only say what the service has.
    """
    words = [word for word in re.split(BETWEEN, _drop_phrases(text)) if word]
    dropped = frozenset().union(*map(list_words, DROPPED))
    is_measure = [MEASURE.fullmatch(word) is not None for word in words]
    is_word = [dropped.issuperset(re.split("[-.]", word.lower())) for word in words]
    said = [word.lower() for word, says in zip(words, is_word, strict=True) if says]
    seen = {" ".join(words)}
    for without_words, without_measures in ((True, False), (False, True), (True, True)):
        kept = [
            word
            for word, measures, says in zip(words, is_measure, is_word, strict=True)
            if not (measures and without_measures) and not (says and without_words)
        ]
        thinner = " ".join(kept)
        if kept and thinner not in seen:
            seen.add(thinner)
            yield thinner, without_words and not list_words("thing").issuperset(said)


@lru_cache
def _compile_phrases() -> re.Pattern[str]:
    phrases = sorted((word for word in list_words("thing") if " " in word), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(phrases)})(?!\w)", re.IGNORECASE)


def _drop_phrases(text: str) -> str:
    """Return a text without words for things of several words, such as *base de datos*."""
    return _compile_phrases().sub(" ", text) if " " in text else text


def has_other_script(text: str) -> bool:
    """Return whether a text has letters of another script than Latin."""
    return any(letter.isalpha() and ord(letter) > 0x24F for letter in text)


def names_other_cloud(text: str) -> bool:
    """Return whether a text names another cloud or vendor."""
    return not list_words("other cloud").isdisjoint(re.findall(r"[a-z]+", text.lower()))


def begins_with_other_cloud(text: str) -> bool:
    """Return whether the first words of a text name another cloud or vendor."""
    words = re.findall(r"[a-z]+", text.lower())[:2]
    return not list_words("other cloud").isdisjoint([*words[:1], " ".join(words)])


def drop_terms(text: str) -> str:
    """Return the name of a charge or a sum without its percentage, currency and period."""
    words = re.split(r"[\s()/]+", re.sub(PERCENTAGE, " ", text))
    return " ".join(word for word in words if word and word not in list_words("money unit"))


def says_unused(text: str) -> bool:
    """Return whether the last words of a text say that something is not used or is gone."""
    phrases = sorted(list_words("not used") | list_words("deleted"), key=len, reverse=True)
    pattern = f"(?<![a-z])(?:{'|'.join(map(re.escape, phrases))})(?:{AFTER})"  # which re keeps
    return re.search(pattern, text.lower()) is not None
