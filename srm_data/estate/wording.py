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

OTHER_CLOUDS = {"azure", "gcp", "google", "oci", "alibaba", "ibm", "hetzner", "openstack"}
AFTER = r"[\s.!)\]\u3002\uff09]*$|\s*[(,;]?\s*(?:since |seit |depuis |desde )?[0-9][0-9./-]*[)\]\s]*$"
"""What may follow words at the end of a text: signs, or a date."""


@lru_cache
def list_words(role: str) -> frozenset[str]:
    """List the words of a role in the table ``inventory_words`` of the package."""
    table = read_table("inventory_words")
    return frozenset(table.loc[table["role"] == role, "word"])


def list_thinner(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the text without words, measures, or both, each with whether words are left out."""
    words = [word for word in re.split(BETWEEN, text) if word]
    dropped = frozenset().union(*map(list_words, DROPPED))
    is_measure = [MEASURE.fullmatch(word) is not None for word in words]
    is_word = [dropped.issuperset(re.split("[-.]", word.lower())) for word in words]
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
            yield thinner, without_words


def has_other_script(text: str) -> bool:
    """Return whether a text has letters of another script than Latin."""
    return any(letter.isalpha() and ord(letter) > 0x24F for letter in text)


def names_other_cloud(text: str) -> bool:
    """Return whether a text names another cloud or vendor."""
    return not OTHER_CLOUDS.isdisjoint(re.findall(r"[a-z]+", text.lower()))


def says_unused(text: str) -> bool:
    """Return whether the last words of a text say that something is not used or is gone."""
    phrases = sorted(list_words("not used") | list_words("deleted"), key=len, reverse=True)
    pattern = f"(?<![a-z])(?:{'|'.join(map(re.escape, phrases))})(?:{AFTER})"  # which re keeps
    return re.search(pattern, text.lower()) is not None
