"""Understand a question: the offerings and duties that its words name, and what it asks of them.

All words stand in one index of phrases. The names are chosen that explain most of the question
together with the words for duties among the others. ``page/ask.js`` follows the same steps with the
same table; a test compares the two.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import chain, pairwise
from operator import itemgetter
from typing import NamedTuple

from srm_data.names.index import is_identifier, stem_word, widen_identifier
from srm_data.names.words import (
    COMMON,
    DUTY,
    MACHINE,
    NAMED,
    NO_SENSES,
    OFFICIAL,
    PLURAL,
    POINTS,
    TOPIC,
    WordTable,
)

SHORTEST, SHORT, LONG = 3, 5, 9
"""Letters from which on a word may lack a letter, and over which it may be wrong in one, in two."""

LONGEST_SENSE = 6  # words


class Token(NamedTuple):
    """Word of a question that may be part of a phrase."""

    word: str
    stem: str
    root: str
    weight: int
    is_joined: bool  # "and", a comma or the like stands before it
    is_made: bool  # "AWS" or "Amazon" stands before it
    meaning: int  # of a machine identifier, else -1


Request = tuple[int, str, str]
"""Place of the next token, a word that asks for something, and what it asks for."""


class Match(NamedTuple):
    """Phrase of the index in a question."""

    places: frozenset[int]
    kind: int
    meaning: list[int]  # offerings, or duties
    is_whole: bool  # whether its words are together, in order
    topic: str = ""
    has_join: bool = False  # whether it has an "and" of its own


class Understood(NamedTuple):
    """What a question names and asks: indices of offerings and duties, best first."""

    offerings: list[int]
    named: int  # so many offerings were named; the others are variants of theirs
    duties: list[int]
    meant: list[int]  # what the words for the first duty may mean
    kind: str  # "cell", "which", "act", "compare" or "service"
    side: str  # whose part is asked for, one of SIDES or ""
    families: list[str]  # names of product groups and categories that the offerings are limited to
    topics: list[tuple[str, list[int]]]  # what no duty covers, with the duties nearest to it
    unused: list[str]  # words that ask for something which the answer does not heed
    unknown: list[str]


class PhraseIndex:
    """Index of the table of phrases, built once for many questions."""

    def __init__(self, table: WordTable) -> None:
        self.table, self.control = table, re.compile(table["control"], re.IGNORECASE)
        self.little, self.makers = set(table["little"]), set(table["makers"])
        self.generic, self.senses = set(table["generic"]), table["senses"]
        self.names: dict[str, list[tuple[list[str], int, int]]] = {}
        self.spoken: dict[str, list[tuple[list[str], int, int]]] = {}
        self.vocabulary: dict[str, None] = {}  # words of people, in the order of the table
        self.pairs: set[str] = set()  # words that stand beside each other in names
        self.words_of = [set[str]() for _ in table["offerings"]]  # of its own names alone
        self.joined: set[tuple[str, ...]] = set()  # names that have an "and" or the like
        self.known: set[str] = set()  # stems of names, roots of words for duties
        for text, kind, meaning in table["phrases"]:
            words = self.split(text)
            is_spoken = kind in (DUTY, TOPIC)
            roots = [(find_root if is_spoken else stem_word)(word) for word in words]
            if not roots:
                continue
            index = self.spoken if is_spoken else self.names
            index.setdefault(roots[0], []).append((roots, kind, meaning))
            self.known |= set(roots)
            if kind == MACHINE:
                continue
            self.vocabulary |= dict.fromkeys(words)
            if any(not word.isalnum() or self.senses.get(word) == "join" for word in _split(text)):
                self.joined.add(tuple(roots))
            offerings = table["meanings"][meaning] if kind < DUTY else []
            if offerings:
                self.pairs |= {" ".join(words[at : at + 2]) for at in range(len(words) - 1)}
            if len(offerings) == 1:
                self.words_of[offerings[0]].update(roots)
        self.vocabulary |= dict.fromkeys(word for word in self.senses if " " not in word)
        self.ordered = [*dict.fromkeys([*table["often"], *range(len(table["offerings"]))])]

    def split(self, text: str) -> list[str]:
        """Split a text into words, without little words and "AWS" or "Amazon"."""
        words = [self.table["spellings"].get(word, word) for word in _split(text)]
        return [word for word in words if word.isalnum() and word not in self.makers | self.little]

    def is_known(self, word: str) -> bool:
        """Return whether a word is in a phrase, or one that names nothing."""
        return word in self.senses or not self.known.isdisjoint((stem_word(word), find_root(word)))

    def understand(self, text: str) -> Understood:
        """Find what a question names and asks."""
        tokens, asked = self._list_tokens(self.control.sub("framework control", text))
        is_which = any(sense == "which" for _, _, sense in asked)
        names, spoken = self._find_matches(tokens, is_which)
        chosen = self._choose_names(tokens, names, spoken)
        taken = frozenset(place for name in chosen for place in name.places)
        # A word for a duty may be a common one, that for a topic not.
        free = {at for at, token in enumerate(tokens) if token.weight} - taken
        heavy = {at for at in free if tokens[at].weight > POINTS.plain}
        own = [match for match in spoken if match.places & (heavy if match.kind == TOPIC else free)]
        rests = [match.places - taken for match in own]
        votes = [match for match in own if not any(match.places < rest for rest in rests)]
        if all(tokens[place].weight == POINTS.plain for rest in rests for place in rest):
            votes = [match for match in spoken if match.places == taken] or votes
        duties, meant = _count_votes(votes, tokens, taken)

        # The rest of the words may name a variant of an offering, or one on each side of "vs".
        covered = taken.union(*(vote.places for vote in votes))
        spare = {tokens[at].stem for at in heavy - covered}
        groups = [
            sorted(name.meaning, key=lambda of: -len(self.words_of[of] & spare)) for name in chosen
        ]
        made = {place for place in taken if tokens[place].is_made}  # "AWS" is part of their names
        asked = [word for word in asked if word[0] not in made or word[1] not in self.makers]
        senses = [sense for _, _, sense in asked]
        own = [name for name in chosen if name.kind <= OFFICIAL]
        if not {"compare", "or"}.isdisjoint(senses) and len(own) == 1:
            variants = self._split_variants(own[0].meaning, tokens)
            groups = variants or groups
            # A word for a duty that tells them apart, such as "provisioned", is no duty.
            apart = {stem for variant in variants for stem in self.words_of[variant[0]]}
            stems = {tokens[at].stem for vote in votes for at in vote.places - taken}
            if variants and stems <= apart:
                duties, meant = [], []

        firsts = list(dict.fromkeys(group[0] for group in groups))
        offerings = list(dict.fromkeys([*firsts, *chain.from_iterable(groups)]))
        topics = _list_topics(votes, tokens, taken)
        # The tables say who: they name no reason, time, number or better choice.
        is_open = "form" in senses and not {*self.table["parties"]} & {*senses}
        if is_open and not topics:
            topics = [(self.table["form"], duties[:2])]
        is_exact = any(tokens[place].meaning >= 0 for place in taken)
        kind, side = self._find_kind(senses, groups, duties, has_topic=bool(topics), is_exact=is_exact)

        # Product groups and categories limit the offerings, unless one is named.
        families = self.table["families"]
        is_open_to = kind == "which" or not firsts
        limits = [sense for sense in dict.fromkeys(senses) if sense in families and is_open_to]
        if kind == "which" or limits:
            offerings = offerings or self.ordered
        counts = {place: sum(place in families[limit][1] for limit in limits) for place in offerings}
        most = max(counts.values(), default=0)
        offerings = [place for place, count in counts.items() if count == most]
        limits = limits if most else []

        # What the answer does not heed, and the words for duties that it leaves out.
        heeded = self.table["heeded"] | {of: [kind] if of in limits else [] for of in families}
        unused = [word for _, word, sense in asked if kind not in heeded.get(sense, [kind])]
        shown = [vote.places for vote in votes if kind != "which" or duties[0] in vote.meaning]
        heard = {stem for group in groups for of in group for stem in self.words_of[of]}
        others = [tokens[at] for at in sorted(heavy.difference(*shown))]
        unknown = list(dict.fromkeys(token.word for token in others if token.stem not in heard))
        return Understood(
            offerings, sum(place in firsts for place in offerings), duties, meant, kind, side,
            [families[limit][0] for limit in limits], topics, unused, unknown,
        )  # fmt: skip

    def _find_kind(
        self,
        senses: list[str],
        groups: list[list[int]],
        duties: list[int],
        *,
        has_topic: bool,
        is_exact: bool,
    ) -> tuple[str, str]:
        # Whose part is asked for: the last word of the highest rank decides, and others may turn it.
        ranked = [self.table["asked"][sense] for sense in senses if sense in self.table["asked"]]
        side = max(reversed(ranked), key=itemgetter(0), default=(0, "aws"))[1]
        negations = [sense for sense in senses if sense in ("no", "not")]
        for word in ("party", "part", *negations):
            if word in senses:
                side = self.table["sides"][side].turned.get(word, side)

        # Several offerings may be filtered: all, or those of one name, or those that are listed.
        firsts = {group[0] for group in groups}
        offerings = {place for group in groups for place in group}
        services = {self.table["service_of"][place] for place in offerings}
        is_list = len(offerings) > 1 and (bool(ranked) or len(groups) == 1 < len(services))
        has_family = any(sense in self.table["families"] for sense in senses)
        # "We or AWS" filters nothing, nor does a negation without a side, or a second one.
        parties = " ".join(of for of in senses if of in ("we", "ours", "or", "aws"))
        is_either = bool(re.search("(?:we|ours) or aws|aws or (?:we|ours)", parties))
        is_side = len(negations) <= bool(ranked) and not is_either
        is_which = is_side and ("which" in senses or (has_family and bool(ranked)))
        if is_which and duties and not has_topic and (is_list or not groups):
            return "which", side  # the duty nearest to a topic is no filter
        if len(firsts) > 1 and "compare" in senses:
            return "compare", ""
        of = self.table["sides"][side]
        # "I" or "we" alone asks for nothing that has to be done.
        is_asked = any(sense in self.table["asked"] or sense == "party" for sense in {*senses} - {"we"})
        is_act = is_side and is_asked and side not in ("shared", "single", "absent")
        if len(firsts) == 1 and not duties and is_act:
            return "act", "aws" if "AWS" in of.parties else "free" if "none" in of.actions else "must"
        # An identifier is that of one offering: its own duties are asked for.
        is_service = len(firsts) == len(services) == 1 < len(offerings) and not is_exact
        if is_service and ("compare" in senses or not duties):
            return "service", ""
        return "cell", ""

    def _list_tokens(self, text: str) -> tuple[list[Token], list[Request]]:
        words: list[str] = []
        meanings: dict[int, int] = {}
        for part in text.split():
            folded = part.strip("?!.,;\"'()").lower()
            meaning = self._find_identifier(folded)
            if meaning >= 0:
                meanings[len(words)] = meaning
                words += [folded, *([","] if part.endswith(",") else [])]
                continue
            # A word is corrected, or joined to the one before if both are one, as "dynamo db".
            for raw in _split(part):
                before = words[-1] if words else ""
                word = self.table["spellings"].get(raw) or self._find_alike(raw) or raw
                joined = [both for both in (before + raw, before + word) if both in self.vocabulary]
                is_one = bool(joined) and before.isalnum() and len(joined[0]) >= SHORT
                is_one = is_one and {before, *joined}.isdisjoint(self.senses)
                if is_one and {f"{before} {raw}", f"{before} {word}"}.isdisjoint(self.pairs):
                    words[-1] = joined[0]
                else:
                    words.append(word)

        # What a word asks for, by the longest of the known groups of words that begins with it.
        spans: list[tuple[int, int, str]] = []
        at = 0
        while at < len(words):
            ends = range(min(at + LONGEST_SENSE, len(words)), at, -1)
            end = next((end for end in ends if self._find_sense(words[at:end])), at + 1)
            spans.append((at, end, "" if at in meanings else self._find_sense(words[at:end])))
            at = end
        families = self.table["families"]
        is_which = any(sense == "which" for _, _, sense in spans)
        senses: list[str] = []
        groups: dict[int, tuple[str, str]] = {}
        for number, (start, end, sense) in enumerate(spans):
            # A product group is no part of a name: "storage services", "which databases".
            after, other = [*(sense for _, _, sense in spans[number + 1 : number + 3]), "", ""][:2]
            if sense == "estate" and "no" in senses:  # "no application code of ours"
                sense = "ours"
            is_after = end - start > 1 or {*senses[-1:]} <= {"which", "estate", *families}
            is_noun = self.senses.get(words[end - 1]) in {PLURAL, *families}
            is_many = end - start > 1 and is_noun and words[end - 1].endswith("s")
            if sense in families and not is_many and not (is_which and is_after):
                sense = ""
            elif after in ("join", "or") and other in families:  # "storage and database services"
                sense = self._find_sense([*words[start:end], PLURAL]) or sense
            elif sense == "what" and after in families:  # but not "what must we do"
                sense, is_which = "which", True
            senses += [sense] * (end - start)
            if sense not in ("aside", "join", "beside", PLURAL, *NO_SENSES):
                groups[start] = " ".join(words[start:end]), sense
        joins = ["join", "or", "compare", *(["beside"] if "compare" in senses else [])]

        tokens: list[Token] = []
        asked: list[Request] = []
        is_joined = is_made = False
        for at, (word, sense) in enumerate(zip(words, senses, strict=True)):
            if at in groups:
                asked.append((len(tokens), *groups[at]))
            is_join = not word[0].isalnum() or sense in joins
            is_joined = is_joined or is_join
            is_made = word in self.makers or (is_made and word not in self.little)
            is_word = word not in self.makers | self.little and (at in meanings or word.isalnum())
            if is_word and not is_join:
                stem = stem_word(word)
                is_plain = sense not in NO_SENSES or stem in self.generic
                weight, meaning = POINTS.plain if is_plain else POINTS.word, meanings.get(at, -1)
                weight = 0 if sense in self.table["families"] else weight
                tokens.append(Token(word, stem, find_root(word), weight, is_joined, is_made, meaning))
                is_joined = is_made = False
        return tokens, asked

    def _find_sense(self, words: list[str]) -> str:
        """Find what words ask for; any word for services stands for the others."""
        group = " ".join(PLURAL if self.senses.get(word) == PLURAL else word for word in words)
        return self.senses.get(" ".join(words)) or self.senses.get(group, "")

    def _find_identifier(self, folded: str) -> int:
        # The id of a resource by its beginning, such as "i-0abc".
        if beginning := re.fullmatch("([a-z]+-)(?=[a-f]*[0-9])[0-9a-f]{4,17}", folded):
            return self.table["identifiers"].get(beginning[1], -1)
        if not is_identifier(folded):
            return -1
        wider = [identifier for _, identifier in widen_identifier(folded)]
        if folded.startswith("aws"):  # Terraform resources by their longest known prefix
            wider += [folded[:end] for end in range(len(folded), 0, -1)]
        known = self.table["identifiers"]
        return next((known[name] for name in (folded, *wider) if name in known), -1)

    def _find_alike(self, word: str) -> str:
        """Find the known word for a misspelled one; without its ending if nothing is like the whole."""
        if len(word) < SHORTEST or not word.isalpha() or self.is_known(word) or word in self.makers:
            return ""
        ending = re.search("(?<=...)(?:es|ed)$|s$", word)
        return self._find_closest(word) or (
            self._find_closest(word[: ending.start()]) if ending else ""
        )

    def _find_closest(self, word: str) -> str:
        """Find the known word that differs by one letter, or two if it is long; otherwise empty.

        A short word lacks a letter, or has two swapped. Of two words that are as near, the longer one
        is meant: a letter is left out more often than added.
        """
        near = [
            (distance, -len(known), known)
            for distance, known in self._list_near(word, 1 if len(word) < LONG else 2)
            if len(known) >= SHORTEST
            and (len(word) > SHORT or word[0] == known[0])
            and (len(word) > SHORT or len(known) > len(word) or sorted(word) == sorted(known))
        ]
        return min(near, key=itemgetter(0, 1), default=(0, 0, ""))[2]

    def find_near(self, unknown: list[str]) -> list[str]:
        """Find up to four known words most similar to the unknown ones."""
        near = [one for word in unknown for one in self._list_near(word, len(word) // 2) if one[0]]
        known = [known for _, known in sorted(near, key=itemgetter(0)) if known not in self.senses]
        return list(dict.fromkeys(known))[:4]

    def _list_near(self, word: str, most: int) -> list[tuple[int, str]]:
        from rapidfuzz.distance import OSA

        near = [(OSA.distance(word, known, score_cutoff=most), known) for known in self.vocabulary]
        return [(distance, known) for distance, known in near if distance <= most]

    def _find_matches(self, tokens: list[Token], is_which: bool) -> tuple[list[Match], list[Match]]:
        names: dict[frozenset[int], Match] = {}
        for at, token in enumerate(tokens):
            if token.meaning >= 0:
                places = frozenset([at])
                names[places] = Match(places, NAMED, self.table["meanings"][token.meaning], True)
        for places, is_whole, kind, meaning in _locate([token.stem for token in tokens], self.names):
            if not all(tokens[at].weight for at in places):  # a product group is no name
                continue
            is_made = tokens[min(places)].is_made and kind != MACHINE
            own = NAMED if is_made else kind
            offerings = self.table["meanings"][meaning]
            other = names.get(places, Match(places, own + 1, [], False))
            if own <= other.kind:
                same = other if own == other.kind else other._replace(meaning=[], is_whole=False)
                offerings = list(dict.fromkeys([*same.meaning, *offerings]))
                has_join = tuple(tokens[at].stem for at in sorted(places)) in self.joined
                names[places] = Match(places, own, offerings, is_whole or same.is_whole, "", has_join)

        located = _locate([token.root for token in tokens], self.spoken)
        spoken = [
            Match(places, kind, self.table["spoken"][meaning], is_whole, self.table["topics"][meaning])
            for places, is_whole, kind, meaning in located
            if any(tokens[at].weight for at in places)
        ]
        # A question for offerings names what they leave to whom: its words for a duty are no names.
        duties = [match.places for match in spoken if match.is_whole and is_which]
        meant = {at for at, token in enumerate(tokens) if token.weight > POINTS.plain}
        return [
            name
            for name in names.values()
            if not any(name.places & meant <= places for places in duties)
        ], spoken

    def _choose_names(
        self, tokens: list[Token], names: list[Match], spoken: list[Match]
    ) -> list[Match]:

        def score(chosen: list[Match]) -> tuple[int, list[Match]]:
            return _weigh(tokens, chosen, names, spoken), chosen

        best = score([])
        for first in names:
            before, after = best, score([first])
            while after != before:  # the name that adds most, as long as one adds anything
                before = after
                used = frozenset().union(*(name.places for name in before[1]))
                more = [score([*before[1], name]) for name in names if not name.places & used]
                after = max([before, *more], key=lambda scored: scored[0])
            best = max(best, after, key=lambda scored: scored[0])
        # A name that names the same without its words for a duty leaves them to it.
        phrases = {match.places for match in spoken if len(match.places) > 1}
        chosen = []
        for name in best[1]:
            same = [one for one in names if one.kind <= OFFICIAL and one.meaning[0] == name.meaning[0]]
            shorter = (one for one in same if name.places - one.places in phrases)
            chosen.append(next((one for one in shorter if one.places < name.places), name))
        return sorted(chosen, key=lambda name: min(name.places))

    def _split_variants(self, group: list[int], tokens: list[Token]) -> list[list[int]]:
        service_of = self.table["service_of"]
        services = {service_of[place] for place in group}
        others = [place for place, service in enumerate(service_of) if service in services]
        sides: list[set[str]] = [set()]
        for at, token in enumerate(tokens):
            sides += [set()] if token.is_joined and at else []
            sides[-1].add(token.stem)
        best = [
            max(
                (len(self.words_of[place] & side), -at, place)
                for at, place in enumerate([*group, *others])
            )
            for side in sides
        ]
        firsts = list(dict.fromkeys(place for number, _, place in best if number))
        return [[first] for first in firsts] if len(firsts) > 1 else []


def _split(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.lower().replace("\u00df", "ss").replace("\u0153", "oe"))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = re.sub(r"(?:@|\bat[ -])aws\b", " ataws", plain.replace("e-mail", "email"))
    return re.findall("[a-z0-9]+|[,/&+]", plain)


def find_root(word: str) -> str:
    """Return the common root of the nouns and verbs for a duty, and of a name and its plural."""
    root = stem_word(word)
    if len(root) > 5 and root.endswith("ied"):
        return root[:-3] + "y"
    if len(root) > 5 and root.endswith("ed"):
        root = root[:-2]
        return root[:-1] if root[-1] == root[-2] and root[-1] not in "ls" else root
    if len(root) > 6 and root.endswith("ion") and not word.endswith("ing"):
        root = root[:-3]
    return root[:-2] if len(root) > 6 and root.endswith("at") else root  # as configure, configuration


def _locate(
    roots: list[str], index: dict[str, list[tuple[list[str], int, int]]]
) -> Iterator[tuple[frozenset[int], bool, int, int]]:
    """Find the phrases in a question: where each stands as a whole, otherwise where its words stand."""
    for root in dict.fromkeys(roots):
        for words, kind, meaning in index.get(root, ()):
            size, is_single = len(words), len(words) == 1
            starts = [at for at, other in enumerate(roots) if other == root]
            starts = [at for at in starts if is_single or roots[at : at + size] == words]
            for start in starts:
                yield frozenset(range(start, start + size)), True, kind, meaning
            if not starts and all(word in roots for word in words):
                yield frozenset(roots.index(word) for word in words), False, kind, meaning


def _weigh(tokens: list[Token], chosen: list[Match], names: list[Match], spoken: list[Match]) -> int:
    taken = {place for name in chosen for place in name.places}
    duties = {place for match in spoken if not match.places <= taken for place in match.places} - taken
    total = sum(tokens[place].weight for place in duties)
    total += max((POINTS.any_name[name.kind] for name in chosen), default=0)
    ordered = sorted(chosen, key=lambda name: min(name.places))
    # A word for a duty, or a common word beside the name of a service, is hardly meant as a name.
    is_duty = [
        name.kind != NAMED and any(match.places == name.places for match in spoken) for name in ordered
    ]
    is_sure = [name.kind <= OFFICIAL or not duty for name, duty in zip(ordered, is_duty, strict=True)]
    is_same = [any({*name.meaning} > {*other.meaning} for other in chosen) for name in ordered]
    ends = [(min(name.places), max(name.places)) for name in ordered]
    follows = [last + 1 == at and tokens[at].is_joined for (_, last), (at, _) in pairwise(ends)]
    for number, name in enumerate(ordered):
        most = POINTS.of_name[name.kind]
        points = sum(min(tokens[place].weight, most) for place in name.places)
        first, last = ends[number]
        if any(tokens[place].is_joined for place in range(first + 1, last + 1)):
            points += POINTS.split if not name.is_whole else POINTS.joined if name.has_join else 0
        if is_duty[number]:
            points += POINTS.as_duty
        elif name.is_whole:
            points += POINTS.whole * (last - first)
        is_joined = any(follows[max(number - 1, 0) : number + 1])
        if number and follows[number - 1] and is_sure[number - 1] and is_sure[number]:
            points += POINTS.joined
        elif len(chosen) > 1 and not is_joined and (name.kind >= COMMON or is_same[number]):
            points = min(points, 0)
        elif number:
            points += POINTS.more
        if name.kind >= COMMON and not is_joined:
            others = [other.places for other in names if other.kind <= OFFICIAL and other.is_whole]
            points += POINTS.beside if any(not places & name.places for places in others) else 0
        total += points
    return total


def _count_votes(
    votes: list[Match], tokens: list[Token], taken: frozenset[int]
) -> tuple[list[int], list[int]]:
    counts: dict[int, int] = {}
    first: dict[int, int] = {}
    best: dict[int, tuple[int, int, list[int]]] = {}
    for match in votes:
        own = match.places - taken or match.places
        size = sum(tokens[place].weight for place in own)
        for position, duty in enumerate(match.meaning):
            vote = POINTS.votes[min(position, len(POINTS.votes) - 1)] * size * size
            vote += match.is_whole
            counts[duty] = counts.get(duty, 0) + vote
            first[duty] = min(first.get(duty, min(match.places)), min(match.places))
            own_best = vote, len(match.meaning), match.meaning
            best[duty] = max(best.get(duty, own_best), own_best, key=itemgetter(0, 1))
    ranked = sorted(counts, key=lambda duty: (-counts[duty], first[duty], duty))
    meant = best[ranked[0]][2] if ranked else []
    return ranked, [duty for duty in ranked if duty in meant]


def _list_topics(
    votes: list[Match], tokens: list[Token], taken: frozenset[int]
) -> list[tuple[str, list[int]]]:
    """List the topics that no duty covers, unless the question speaks of a duty in more words."""

    def measure(match: Match) -> int:
        weights = [tokens[place].weight for place in match.places - taken or match.places]
        return sum(weight for weight in weights if weight > POINTS.plain)

    most = max([1, *(measure(match) for match in votes if not match.topic)])
    topics = {match.topic: match.meaning for match in votes if match.topic and measure(match) >= most}
    return list(topics.items())
