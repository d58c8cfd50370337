"""Hold our sentences against the pages that they cite: facts carry over, wording does not.

A record keeps what was compared, so that it is not done again: one row per sentence and page, with the
longest run of words that they share. A page that is not at hand has one row for all its sentences.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd

from srm_data.load import Tables

FACTS = [
    "offering_responsibilities", "service_responsibilities", "aws_responsibilities",
    "category_responsibilities", "group_responsibilities",
]  # fmt: skip
"""Tables whose sentences cite a page."""

TEXTS = ["aws_part", "customer_part", "note"]
MOST_SHARED = 11
"""Words in a row that a sentence may share with its page; a longer run is copied."""

RECORD = Path(__file__).with_name("wording.csv")
COLUMNS = ["sentence", "source_id", "edition", "shared"]
NOT_AT_HAND = "*"
"""Stands for all sentences of a page that was not at hand."""


def list_sentences(tables: Tables) -> pd.DataFrame:
    """List the sentences of the tables, one row for each page that they cite.

    ``key`` has the ids of the cell, and ``sentence`` the hash of the text.
    """
    rows = []
    for name in FACTS:
        facts = tables[name]
        keys = list(facts.columns[:2])
        for fact in facts.to_dict("records"):
            key = " / ".join(str(fact[column]) for column in keys)
            cited = [fact["source_id"], fact.get("also_source_id", "")]
            for text in filter(None, (fact[column] for column in TEXTS)):
                rows += [(name, key, text, hash_sentence(text), source) for source in cited if source]
    sentences = pd.DataFrame(
        rows, columns=["table", "key", "text", "sentence", "source_id"], dtype="str"
    )
    sources = tables["sources"][["source_id", "edition", "url"]]
    listed = sentences.merge(sources, on="source_id", how="inner", validate="many_to_one")
    return listed[listed["url"].str.startswith("https://")].reset_index(drop=True)


def compare_wording(tables: Tables, pages: str | PathLike[str] | None = None) -> pd.DataFrame:
    """Compare each sentence with the pages that it cites, as far as they are at hand.

    Add ``shared``: words in a row that sentence and page share; missing if the page is not at hand.
    """
    sentences = list_sentences(tables)
    files = Path(pages).rglob("*.md") if pages else ()
    at_hand = {_fold(path.relative_to(str(pages)).as_posix()): path for path in files}
    texts = sentences["text"].tolist()
    shared: list[int | None] = [None] * len(sentences)
    # A page is read once for all its sentences.
    for url, cited in sentences.groupby("url", sort=False):
        path = at_hand.get(_fold(urlsplit(str(url)).path))
        if path is None:
            continue
        page = f" {' '.join(_split(path.read_text(encoding='utf-8', errors='replace')))} "
        for row in cited.index:
            shared[row] = count_shared(texts[row], page)
    return sentences.assign(shared=pd.array(shared, dtype="Int64"))


def count_shared(sentence: str, page: str) -> int:
    """Count the words of the longest run that a sentence and a page of words between blanks share."""
    words = _split(sentence)
    longest = 0
    for start in range(len(words)):
        # Only a run longer than the longest so far matters.
        while (
            start + longest < len(words) and f" {' '.join(words[start : start + longest + 1])} " in page
        ):
            longest += 1
    return longest


def write_record(compared: pd.DataFrame, record: str | PathLike[str] = RECORD) -> Path:
    """Write what was compared. What the record has of pages that are not at hand now is kept."""
    before = {tuple(row[:3]): row[3] for row in read_record(record)} if Path(record).exists() else {}
    rows: dict[tuple[str, str, str], str] = {}
    for sentence, source, edition, shared in compared[COLUMNS].itertuples(index=False):
        key = (sentence, source, edition)
        if not pd.isna(shared):
            rows[key] = str(shared)
        elif key in before:
            rows[key] = before[key]
        else:
            rows[NOT_AT_HAND, source, edition] = ""
    lines = sorted(((*key, shared) for key, shared in rows.items()), key=lambda row: (row[1], row))
    with Path(record).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *lines])
    return Path(record)


def read_record(record: str | PathLike[str] = RECORD) -> list[list[str]]:
    """Read the rows of a record, each with its sentence, source, edition and shared words."""
    with Path(record).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def find_unrecorded(tables: Tables, record: str | PathLike[str] = RECORD) -> pd.DataFrame:
    """Find the sentences that were neither compared with their page nor noted as not at hand."""
    recorded = {tuple(row[:3]) for row in read_record(record)}
    sentences = list_sentences(tables)
    keys = list(sentences[COLUMNS[:3]].itertuples(index=False, name=None))
    unknown = [key not in recorded and (NOT_AT_HAND, *key[1:]) not in recorded for key in keys]
    return sentences[unknown]


def describe_copied(compared: pd.DataFrame) -> Iterator[str]:
    """Describe each sentence that shares too many words with its page, one line for each."""
    copied = compared[compared["shared"].fillna(0) > MOST_SHARED]
    for row in copied.sort_values("shared", ascending=False).to_dict("records"):
        yield f"{row['shared']} words: {row['table']}, {row['key']}: {row['text']} ({row['source_id']})"


def hash_sentence(text: str) -> str:
    """Return a short hash of a sentence that ignores capitals and marks."""
    return hashlib.sha256(" ".join(_split(text)).encode()).hexdigest()[:12]


def _split(text: str) -> list[str]:
    return re.findall(r"[\w']+", re.sub(r"\]\([^)]*\)|[*`]|<[^>]*>", " ", text).lower())


def _fold(path: str) -> str:
    return re.sub(r"[_.]", "-", re.sub(r"\.(html?|md)$", "", path.strip("/")).lower())
