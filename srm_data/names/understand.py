"""Parse a question: find the offerings that it names and the duties that it is about.

Of all possible readings, the one that explains the most words is used. ``page/ask.js`` follows the same
steps for the search on the page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from srm_data.names.index import is_identifier, stem_word, widen_identifier
from srm_data.names.parts import JOINS, Parsed, join_pieces, mark_names, split_pieces
from srm_data.names.readings import (
    PLAIN,
    WEIGHTS,
    Named,
    Phrase,
    count_votes,
    drop_apart,
    drop_borrowed,
    drop_joined,
    drop_longer,
    find_others,
    keep_longest,
    leave_duty,
    list_runs,
    weigh_reading,
)
from srm_data.names.words import COMMON, MACHINE, NAMED, OFFICIAL, WordTable

AS_WELL = re.compile(r"\b(?:as well as|along with|together with|plus)\b", re.ASCII)
"""What means "and" between two names."""
AT_MAKER = re.compile(r"(?:@|\bat[ -])aws\b")
SHORTEST, LONG = 5, 9  # letters from which on a word may be misspelled by one, by two letters


class Understood(NamedTuple):
    """Parsed question: indices of offerings and duties, best first."""

    offerings: list[int]
    duties: list[int]
    is_open: bool  # whether the words for the first duty may mean another one as well
    named: int  # so many offerings were named; the others are variants of theirs
    unknown: list[str]


class WordIndex:
    """Index of the word table, built once for many questions."""

    def __init__(self, table: WordTable) -> None:
        self.table = table
        self.little, self.makers = set(table["little"]), set(table["makers"])
        self.aside, self.generic = set(table["aside"]), set(table["generic"])
        self.things = set(table["things"])
        self.parts = {frozenset(map(stem_word, self.split(part))) for part in table["parts"]}
        self.vocabulary: dict[str, None] = {}
        self.phrases: dict[str, list[tuple[list[str], list[int]]]] = {}
        self.names: dict[str, list[tuple[list[str], set[str], int, list[int]]]] = {}
        self.roots: set[str] = set()
        self.doubled: set[str] = set()  # roots that a name has twice, as "API Gateway REST API"
        self.stems: set[str] = set()
        self.pairs: set[tuple[str, str]] = set()  # words that stand beside each other in names
        self.words_of: dict[int, set[str]] = {}  # by offering, those of its own names
        self._add_phrases()
        self._add_names()
        joined = [text for text, _, _ in table["names"] if len(split_pieces(text)) > 1]
        joined.sort(key=len, reverse=True)
        self.joined_names = {name: " ".join(split_pieces(name)) for name in joined}
        self.vocabulary |= dict.fromkeys(table["aside"])

    def _add_phrases(self) -> None:
        for text, duties in self.table["phrases"]:
            words = self.split(text)
            roots = [find_root(word) for word in words]
            self.phrases.setdefault(roots[0], []).append((roots, duties))
            self.roots |= set(roots)
            self.vocabulary |= dict.fromkeys(words)

    def _add_names(self) -> None:
        for text, kind, meaning in self.table["names"]:
            offerings = self.table["meanings"][meaning]
            words = self.split(text)
            stems = list(dict.fromkeys(map(stem_word, words)))
            if not stems:
                continue
            twice = _list_repeated(map(stem_word, words))
            self.names.setdefault(stems[0], []).append((stems, twice, kind, offerings))
            self.stems |= set(stems)
            if kind != MACHINE:
                self.vocabulary |= dict.fromkeys(words)
                self.doubled |= _list_repeated(map(find_root, words))
                self.pairs |= set(pairwise(words))
                if len(offerings) == 1:
                    self.words_of.setdefault(offerings[0], set()).update(stems)

    def split(self, text: str) -> list[str]:
        """Split a text into words, without stop words and "AWS" or "Amazon"."""
        text = AT_MAKER.sub(" ataws", text.lower().replace("e-mail", "email"))
        words = re.findall("[a-z0-9]+", text)
        spelled = [self.table["spellings"].get(word, word) for word in words]
        return [word for word in spelled if word not in self.makers and word not in self.little]

    def understand(self, text: str) -> Understood:
        """Find the offerings and duties that a question names."""
        text = AS_WELL.sub(" and ", text.lower())
        parts = [self._parse(part) for part in self._list_parts(text)]
        groups = [group for part in parts for group in part.groups]
        firsts = list(dict.fromkeys(group[0] for group in groups))
        if len(parts) > 1 and len(firsts) == 1:  # one offering, named in each part
            return self._conclude([self._parse(text)])
        return self._conclude(parts)

    def _conclude(self, parts: list[Parsed]) -> Understood:
        """Join what the parts of a question name."""
        groups = [group for part in parts for group in part.groups]
        firsts = list(dict.fromkeys(group[0] for group in groups))
        ordered = list(dict.fromkeys([*firsts, *(place for group in groups for place in group)]))
        unknown = list(dict.fromkeys(word for part in parts for word in part.unknown))

        weights: list[int] = []
        votes: list[Phrase] = []
        taken: set[int] = set()
        for part in parts:
            begin = len(weights)
            votes += [(frozenset(begin + n for n in places), duties) for places, duties in part.votes]
            taken |= {begin + place for place in part.taken}
            weights += part.weights
        duties, is_open = count_votes(votes, weights, frozenset(taken))
        return Understood(ordered, duties, is_open, len(firsts), unknown)

    def _list_parts(self, text: str) -> list[str]:
        """Split a question at "and", "or" or a comma into the parts that each name an offering."""
        for name, apart in self.joined_names.items():
            text = text.replace(name, apart)
        pieces = split_pieces(text)
        read = [self._parse(piece) for piece in pieces] if len(pieces) > 1 else []
        if len(pieces) < 2:
            return pieces or [text]
        parts = join_pieces(pieces, mark_names(read))
        return parts if len(parts) > 1 else [text]

    def _parse(self, text: str) -> Parsed:
        """Find the reading of a text that explains most of it."""
        outright, rest = self._find_identifiers(text)
        given = self.split(rest)
        spelled = self._correct(given)
        words, twice = list(dict.fromkeys(spelled)), _list_repeated(map(stem_word, given))
        stems, roots = [stem_word(word) for word in words], [find_root(word) for word in words]
        weights = [
            PLAIN if word in self.aside or stem in self.generic else WEIGHTS[NAMED]
            for word, stem in zip(words, stems, strict=True)
        ]

        # the reading that explains most of the question
        joined = self._list_joined(rest)
        begins = {
            place
            for place, stem in enumerate(stems)
            if stem in joined or (place and not self.is_known(words[place - 1]))
        }
        after_maker = self._list_after_maker(rest)
        found = {} if outright else self._find_names(stems, twice, after_maker, begins)
        spoken = self._find_phrases(roots)
        readings: list[tuple[frozenset[int], Named]] = [
            (frozenset(), (COMMON, [], False)),
            *found.items(),
        ]
        services = {
            place
            for places, (kind, _, is_whole) in found.items()
            if kind <= OFFICIAL and is_whole
            for place in places
        }
        things = frozenset(place for place, stem in enumerate(stems) if stem in self.things)
        spoken = drop_apart(spoken, found)
        taken, (kind, offerings, _) = max(
            readings, key=lambda one: weigh_reading(one, spoken, weights, services, things)
        )
        taken = leave_duty(taken, offerings, found, spoken)
        spoken = drop_borrowed(spoken, found, taken)
        is_part = frozenset(stems[place] for place in taken) in self.parts
        votes = keep_longest(spoken, frozenset() if is_part else taken)
        if not votes:  # a word of the name is there once more, as in "backup of AWS Backup"
            echoed = _list_repeated(map(find_root, spelled)) - self.doubled
            votes = [one for one in spoken if all(roots[place] in echoed for place in one[0])]
        covered = taken.union(*(places for places, _ in votes))

        # other offerings that the rest of it names, and variants of which the rest speaks
        groups = [group for group in (outright, offerings) if group]
        if groups:
            more, covered = find_others(found, covered, weights)
            groups += more
        rest_of = {stem for place, stem in enumerate(stems) if place not in covered}
        groups = [self._sort_variants(group, rest_of) for group in groups]

        heard = {word for group in groups for place in group for word in self.words_of.get(place, ())}
        is_heard = [
            place in covered or weights[place] == PLAIN or stems[place] in heard
            for place in range(len(words))
        ]
        unknown = [word for word, known in zip(words, is_heard, strict=True) if not known]
        names = bool(outright) or (bool(offerings) and kind <= OFFICIAL)
        meant = {place for place, weight in enumerate(weights) if weight > PLAIN}
        is_spoken = any(taken <= places for places, _ in spoken)
        is_word = bool(offerings) and not names and not is_spoken
        ends = bool(outright) or max(meant, default=0) <= max(taken, default=-1)
        return Parsed(
            groups,
            votes,
            weights,
            taken,
            unknown,
            names=names,
            begins=bool(outright) or min(meant, default=0) >= min(taken, default=len(words)),
            ends=ends,
            is_duty=is_spoken and kind > NAMED and all(taken & places for places, _ in votes),
            is_word=is_word and meant <= taken,
            ends_word=is_word and not unknown and ends,
        )

    def is_known(self, word: str) -> bool:
        """Return whether a word is in a name, in words for a duty, or one that names nothing."""
        return word in self.aside or stem_word(word) in self.stems or find_root(word) in self.roots

    def find_near(self, unknown: list[str]) -> list[str]:
        """Find up to four known words most similar to the unknown ones."""
        from rapidfuzz.distance import OSA

        near: dict[str, int] = {}
        for word in unknown:
            most = len(word) // 2
            for known in self.vocabulary:
                distance = OSA.distance(word, known, score_cutoff=most)
                if distance <= most and known not in self.aside and known != word:
                    near[known] = min(distance, near.get(known, distance))
        return sorted(near, key=lambda known: near[known])[:4]

    def _find_identifiers(self, text: str) -> tuple[list[int], str]:
        """Find machine identifiers, and return the text without them."""
        found: list[int] = []
        rest = []
        for token in text.split():
            folded = token.strip("?!.,;\"'()").lower()
            places = self._find_identifier(folded) if is_identifier(folded) else []
            found += places
            rest.append("" if places else token)
        return list(dict.fromkeys(found)), " ".join(rest)

    def _find_identifier(self, folded: str) -> list[int]:
        meanings, schemes = self.table["meanings"], self.table["identifiers"]
        for known in schemes.values():
            if folded in known:
                return meanings[known[folded]]
        for scheme, identifier in widen_identifier(folded):
            if identifier in schemes.get(scheme, {}):
                return meanings[schemes[scheme][identifier]]
        prefixes = schemes.get("terraform-prefix", {})
        begins = [prefix for prefix in prefixes if folded.startswith(prefix)]
        return meanings[prefixes[max(begins, key=len)]] if begins else []

    def _list_after_maker(self, text: str) -> set[str]:
        """List the stems of words that follow "AWS" or "Amazon"."""
        makers = "|".join(self.table["makers"])
        after = re.findall(f"\\b(?:{makers})[ -]+([a-z0-9]+)", text.lower())
        return {stem_word(word) for word in after}

    def _list_joined(self, text: str) -> set[str]:
        """List the stems of words that follow "and", "or", "vs" or a comma."""
        makers = "|".join(self.table["makers"])
        after = re.findall(f"{JOINS} *(?:(?:the|{makers}) +)*([a-z0-9]+)", text.lower())
        return {stem_word(word) for word in after}

    def _correct(self, words: list[str]) -> list[str]:
        """Join words that are written separately, and correct misspelled ones."""
        joined: list[str] = []
        for word in words:
            pair = (joined[-1], word) if joined else ("", "")
            both = "".join(pair)
            if len(both) >= SHORTEST and both in self.vocabulary and pair not in self.pairs:
                joined[-1] = both
            else:
                joined.append(word)
        return [self._find_alike(word) or word for word in joined]

    def _find_alike(self, word: str) -> str:
        """Find the word meant by a misspelled one; empty if it is known or unlike any word.

        An ending comes off if nothing is like the whole word: "pathces" is "patch".
        """
        if self.is_known(word) or len(word) < SHORTEST or re.search("[0-9]", word):
            return ""
        ending = re.search("(?:s|es|ed)$", word)
        return self._find_nearest(word) or (
            self._find_nearest(word[: ending.start()]) if ending else ""
        )

    def _find_nearest(self, word: str) -> str:
        """Find the known word that differs least from an unknown one; empty if none is alike."""
        from rapidfuzz.distance import OSA

        if len(word) < SHORTEST:
            return ""
        most = 1 if len(word) < LONG else 2
        near, nearest = "", most + 1
        for known in self.vocabulary:
            if len(known) >= SHORTEST - 1 and abs(len(known) - len(word)) <= most:
                distance = OSA.distance(word, known, score_cutoff=most)
                is_meant = (
                    len(word) > SHORTEST or len(known) > len(word) or sorted(word) == sorted(known)
                )
                if distance < nearest and is_meant:
                    near, nearest = known, distance
        return near

    def _find_names(
        self, stems: list[str], twice: set[str], after_maker: set[str], begins: set[int]
    ) -> dict[frozenset[int], Named]:
        """Find the names whose words all occur in the question, by the positions of the words."""
        place_of = _number(stems)
        found: dict[frozenset[int], Named] = {}
        runs_of: dict[frozenset[int], list[frozenset[int]]] = {}
        for stem in place_of:
            for words, repeated, kind, offerings in self.names.get(stem, ()):
                if not all(word in place_of for word in words):
                    continue
                in_name = [place_of[word] for word in words]
                is_whole = all(after - before == 1 for before, after in pairwise(in_name))
                is_whole = is_whole and repeated <= twice
                places = frozenset(in_name)
                runs_of.setdefault(places, list_runs(in_name))
                kind = NAMED if words[0] in after_maker and kind != MACHINE else kind
                known, same, was_whole = found.get(places, (kind + 1, [], False))
                if kind <= known:
                    meant = [*same, *offerings] if kind == known else offerings
                    found[places] = kind, list(dict.fromkeys(meant)), is_whole or was_whole
        spoken = {places: named for places, named in found.items() if named[0] != MACHINE}
        return drop_longer(drop_joined(spoken or found, begins), runs_of)

    def _find_phrases(self, roots: list[str]) -> list[Phrase]:
        """Find the phrases for duties whose words all occur in the question."""
        place_of = _number(roots)
        return [
            (frozenset(place_of[word] for word in words), duties)
            for root in place_of
            for words, duties in self.phrases.get(root, ())
            if all(word in place_of for word in words)
        ]

    def _sort_variants(self, offerings: list[int], rest: set[str]) -> list[int]:
        """Sort offerings by how many of the question's remaining words are in their names."""
        return sorted(offerings, key=lambda place: -len(self.words_of.get(place, set()) & rest))


def find_root(word: str) -> str:
    """Return the common root of the nouns and verbs for a duty."""
    root = stem_word(word)
    if len(root) > 5 and root.endswith("ied"):
        return root[:-3] + "y"
    if len(root) > 5 and root.endswith("ed"):
        root = root[:-2]
        return root[:-1] if root[-1] == root[-2] and root[-1] not in "ls" else root
    is_noun = len(root) > 6 and root.endswith("ion") and not word.endswith("ing")
    return root[:-3] if is_noun else root


def _list_repeated(words: Iterable[str]) -> set[str]:
    return {word for word, times in Counter(words).items() if times > 1}


def _number(words: list[str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, word in enumerate(words):
        places.setdefault(word, place)
    return places
