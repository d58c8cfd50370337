"""Rank the possible meanings of a text among the names of the catalogue, for all searches.

The search has several steps, and the first step with a result is used: the exact name; the name
ignoring case, plurals, hyphens and "AWS" or "Amazon"; all words of it; the same with corrected
spelling; and finally a name within the text.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

EVERYDAY, SPELLING, PART = "everyday", "spelling", "part"
SPOKEN = ("offering", "service", "name", EVERYDAY)
"""Vocabularies of people; the others are those of machines."""

MAKER = frozenset({"aws", "amazon"})
LITTLE = frozenset(
    {"a", "an", "and", "at", "auf", "by", "for", "in", "of", "on", "our", "sur", "the", "to", "with"}
)  # fmt: skip
SPELLINGS = {
    "adv": "advanced", "catalogue": "catalog", "centre": "center", "cert": "certificate", "certs":
    "certificate", "creds": "credential", "db": "database", "dbs": "database", "fn": "function",
    "gw": "gateway", "instanz": "instance", "instanzen": "instance", "lb": "balancer", "licence":
    "license", "licences": "license", "mgr": "manager", "param": "parameter", "params": "parameter",
    "prem": "premises", "pwd": "password", "repo": "repository", "repos": "repository",
    "reste": "remain", "restent": "remain",
}  # fmt: skip
GENERIC = frozenset(
    {"apach", "cluster", "databas", "instanc", "job", "managed", "management", "platform", "servic",
     "solution", "system", "tool"}
)  # fmt: skip
"""Stems that do not help to identify a service."""

SHORTEST, LONG = 6, 9  # letters from which on a known word may be misspelled by one, by two letters
KEPT = 16_384  # stems of names that are kept for the next search: all of the catalogue
LONGEST = 80  # letters; a longer text is a sentence, not a name


class Name(NamedTuple):
    """Meaning of a name; ``offering_id`` is empty if it names the service as a whole."""

    scheme: str
    service_id: str
    offering_id: str


@lru_cache(maxsize=KEPT)
def split_words(text: str) -> tuple[str, ...]:
    """Split a name into stems, by which spellings can be compared, as in ``("s3", "bucket")``.

    Case, punctuation, plurals, stop words and "AWS" or "Amazon" are dropped.
    """
    return tuple(stem_word(SPELLINGS.get(word, word)) for word in _list_words(text))


@lru_cache(maxsize=KEPT)
def join_letters(text: str) -> str:
    """Join the stems of a name, to compare names written as one word or as several."""
    return "".join(stem_word(word) for word in _list_words(text))


def _list_words(text: str) -> list[str]:
    words = re.findall(r"[a-z0-9]+", text.lower().replace("e-mail", "email"))
    return [word for word in words if word not in MAKER and word not in LITTLE]


def stem_word(word: str) -> str:
    """Return the stem of a word, without plural and other endings, as "log" for "logging"."""
    if len(word) > 6 and word.endswith("ing"):
        word = word[:-3]
        is_doubled = word[-1] == word[-2] and word[-1] not in "ls"
        return word[:-1] if is_doubled else word  # "disposing" is no plural
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us")):
        word = word if word.endswith("is") and len(word) > 4 else word[:-1]
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


def is_identifier(text: str) -> bool:
    """Return whether a text is a machine identifier, which is not split into words."""
    folded = text.strip().lower()
    return "::" in folded or folded.startswith(("arn:", "aws_", "awscc_"))


def widen_identifier(text: str) -> Iterator[tuple[str, str]]:
    """List further search terms: the parts of an ARN, the namespace of a CloudFormation type."""
    parts = text.strip().split(":", 5)
    if parts[0] == "arn" and len(parts) == 6:
        resource_type = parts[5].replace(":", "/").split("/")[0]
        yield "arn-resource", f"{parts[2]}:{resource_type}"
        yield "iam-prefix", parts[2]
    if text.count("::") == 2:
        yield "cloudformation-namespace", text.rsplit("::", 1)[0]


def has_prefix(kind: str, prefix: str) -> bool:
    """Return whether a Terraform type begins with a prefix that ends where a word ends."""
    is_whole = prefix.endswith("_") or kind[len(prefix) : len(prefix) + 1] in ("", "_")
    return is_whole and kind.startswith(prefix)


class NameIndex:
    """Index of the names in the catalogue, built once from ``list_names`` for many searches."""

    def __init__(self, names: pd.DataFrame) -> None:
        self.by_words: dict[tuple[str, ...], list[Name]] = {}
        self.by_letters: dict[str, list[Name]] = {}
        self.known_words: dict[str, set[str]] = {}
        self.spelled: dict[str, str] = {}  # letters and single words, and how they are spelled
        columns = [
            names[column].tolist() for column in ("identifier", "scheme", "service_id", "offering_id")
        ]
        for identifier, scheme, service_id, offering_id in zip(*columns, strict=True):
            words = split_words(identifier)
            if not words or (scheme not in SPOKEN and is_identifier(identifier)):
                continue
            name = Name(scheme, service_id, offering_id)
            self.by_letters.setdefault(join_letters(identifier), []).append(name)
            if scheme in SPOKEN:
                self.by_words.setdefault(words, []).append(name)
                self.known_words.setdefault(service_id, set()).update(words)
                spelled = _list_words(identifier)
                self.spelled |= {word: word for word in spelled} | {"".join(spelled): identifier}
        self.in_names: dict[str, list[tuple[str, ...]]] = {}
        for words in self.by_words:
            for word in dict.fromkeys(words):
                self.in_names.setdefault(word, []).append(words)

    def find_same(self, text: str) -> list[Name]:
        """Find names that differ from the text only in case, plurals, hyphens, "AWS" or "Amazon"."""
        words = split_words(text)
        same = self.by_words.get(words) or self.by_letters.get(join_letters(text), [])
        return prefer_official(same)

    def find_covered(self, text: str) -> list[Name]:
        """Find names within the text, of services that account for all its words."""
        words = split_words(text)
        names = self._find_within(words) if len(text) <= LONGEST else []
        meant = set(words) - GENERIC
        is_covered = all(meant <= self.known_words[name.service_id] for name in names)
        return names if is_covered else []

    def find_words(self, text: str) -> list[Name]:
        """Find names that match all words of the text."""
        return self.find_covered(text) or self.find_around(text)

    def find_named(self, text: str, *, without: Container[str] = ()) -> list[Name]:
        """Find complete names within the text, leaving some stems and words that say little out."""
        words = [word for word in split_words(text) if word not in without and word not in GENERIC]
        return self._find_within(tuple(words))

    def find_part(self, text: str) -> list[Name]:
        """Find names that share words with the text.

        A complete name within the text comes first, unless another name shares more words.
        """
        words = split_words(text)
        has = set(words) - GENERIC
        held = {word for word in has if any(set(name) <= has for name in self.in_names.get(word, ()))}
        shared = max(
            (len(has & set(name)) for word in has for name in self.in_names.get(word, ())), default=0
        )
        if held and len(held) >= shared:
            return self._find_within(words)
        return self._find_sharing(has, shared) if 3 * shared > len(has) else []

    def correct(self, text: str) -> str:
        """Return the text with unknown words replaced by the most similar ones, or an empty string."""
        words = _list_words(text)
        is_known = all(stem_word(word) in self.in_names for word in words)
        if whole := _find_alike("".join(words), self.spelled, at_most=1 if is_known else 2):
            return self.spelled[whole]
        corrected = [
            word if stem_word(word) in self.in_names else _find_alike(word, self.spelled) or word
            for word in words
        ]
        return "" if corrected == words else " ".join(self.spelled.get(w, w) for w in corrected)

    def find_around(self, text: str) -> list[Name]:
        """Find the names with all words of the text, those with the fewest other words first."""
        words = split_words(text)
        if not words:
            return []
        longer = [name for name in self.in_names.get(words[0], ()) if set(words) <= set(name)]
        return [name for around in sorted(longer, key=len) for name in self.by_words[around]]

    def _find_sharing(self, has: set[str], shared: int) -> list[Name]:
        def rank(name: tuple[str, ...]) -> tuple[int, int]:
            return min(len(self.in_names[word]) for word in has & set(name)), len(name)

        names = {name for word in has for name in self.in_names.get(word, ())}
        most = sorted(
            (name for name in names if len(has & set(name)) == shared), key=lambda n: (rank(n), n)
        )
        return [meaning for name in most for meaning in self.by_words[name]]

    def _find_within(self, words: tuple[str, ...]) -> list[Name]:
        """Find the names within the text, of the services that account for most of its words.

        For each service, the names with the most words count.
        """
        # Names whose words are all in the text, by service, longest first.
        has = set(words)
        held = {name for word in has for name in self.in_names.get(word, ()) if set(name) <= has}
        by_service: dict[str, list[tuple[tuple[str, ...], Name]]] = {}
        for within in sorted(held, key=lambda name: (-len(set(name)), words.index(name[0]), name)):
            for name in self.by_words[within]:
                by_service.setdefault(name.service_id, []).append((within, name))

        # The services that name most words of the text and know most of the others.
        ranks = {}
        for service, names in by_service.items():
            named = {word for within, _ in names for word in within}
            explained = named | (has & self.known_words[service])
            ranks[service] = len(named - GENERIC), len(explained - GENERIC)
        best = max(ranks.values(), default=None)

        best_names = []
        for service in (service for service, rank in ranks.items() if rank == best):
            most = len(set(by_service[service][0][0]))
            best_names += [name for within, name in by_service[service] if len(set(within)) == most]
        return best_names


def _find_alike(word: str, words: Iterable[str], *, at_most: int = 2) -> str:
    """Find the known word that differs in one letter, or two if it is long; otherwise empty."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    most = min(at_most, 1 if len(word) < LONG else 2)
    choices = [other for other in words if len(other) >= SHORTEST]
    near = process.extractOne(word, choices, scorer=OSA.distance, score_cutoff=most)
    return str(near[0]) if near else ""


def is_variant(words: set[str], name: str, service_names: str) -> bool:
    """Return whether the words are all in the name of an offering, and say more than its service's."""
    return bool(words - GENERIC - {*split_words(service_names)}) and words <= {*split_words(name)}


def prefer_official(names: Iterable[Name]) -> list[Name]:
    """Leave out everyday names if the same text is an official AWS name."""
    names = list(dict.fromkeys(names))
    return [name for name in names if name.scheme != EVERYDAY] or names


def group_offerings(offerings: pd.DataFrame) -> dict[str, list[str]]:
    """Return the offering ids of each service, the ordinary one first."""
    is_ordinary = offerings["ordinary"] == "yes"
    ordered = pd.concat([offerings[is_ordinary], offerings[~is_ordinary]])
    of_service: dict[str, list[str]] = {}
    for service, offering in zip(ordered["service_id"], ordered["offering_id"], strict=True):
        of_service.setdefault(service, []).append(offering)
    return of_service


def list_meant(names: Iterable[Name], of_service: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """List the offerings for a list of names, best first, each with its vocabulary.

    The name of a service stands for all its offerings, the ordinary one first, unless one of its
    offerings is named explicitly.
    """
    names = list(names)
    outright = [name for name in names if name.offering_id]
    seen = set()
    for name in outright or names:
        for offering in [name.offering_id] if name.offering_id else of_service[name.service_id]:
            if offering not in seen:
                seen.add(offering)
                yield offering, name.scheme
