"""Compare the readings of a question: which words are a name, which are a duty."""

from __future__ import annotations

from srm_data.names.words import COMMON, LOOSE, OFFICIAL

Phrase = tuple[frozenset[int], list[int]]
"""Positions of words in the question, and the duties that they may mean."""

Named = tuple[int, list[int], bool]
"""Kind of a name, the offerings that it means, and whether its words are adjacent, as in the name."""

WEIGHTS = (4, 4, 3, 3, 2)  # of a word of a name, by the kind of the name
PLAIN = 1  # weight of a word that by itself names neither an offering nor a duty
VOTES = (6, 4, 3)  # for the first, second and later meanings of words for duties
MOST_NAMED = 3  # names in a question that compares


def is_together(places: frozenset[int]) -> bool:
    """Return whether words follow each other, which decides between phrases that say as much."""
    return max(places) - min(places) < len(places)


def drop_apart(spoken: list[Phrase], found: dict[frozenset[int], Named]) -> list[Phrase]:
    """Drop phrases that stand apart from a service in them, if another phrase stands together.

    "SSE-S3" is none in "SSE-KMS of S3".
    """
    together = [places for places, _ in spoken if is_together(places) and len(places) > 1]
    names = [places for places, (kind, _, is_whole) in found.items() if kind <= OFFICIAL and is_whole]
    return [
        (places, duties)
        for places, duties in spoken
        if is_together(places)
        or not any(name < places for name in names)
        or not any(places & other for other in together)
    ]


def drop_borrowed(
    spoken: list[Phrase], found: dict[frozenset[int], Named], taken: frozenset[int]
) -> list[Phrase]:
    """Drop phrases with words of another name of AWS's, of several words that stand together.

    "Agent" is no word for a duty in "the CloudWatch agent on EC2". A name that is a phrase itself is
    left to it, such as "security groups".
    """
    names = [
        places
        for places, (kind, _, is_whole) in found.items()
        if kind <= OFFICIAL and is_whole and len(places) > 1 and not places & taken
    ]
    others = [name for name in names if not any(name <= places for places, _ in spoken)]
    return [one for one in spoken if not taken or not any(one[0] & name for name in others)]


def list_runs(in_name: list[int]) -> list[frozenset[int]]:
    """List the words of a name that follow each other, as in the name, by their positions."""
    runs: list[list[int]] = []
    for place in in_name:
        if runs and place - runs[-1][-1] == 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return [frozenset(run) for run in runs]


def drop_longer(
    found: dict[frozenset[int], Named], runs_of: dict[frozenset[int], list[frozenset[int]]]
) -> dict[frozenset[int], Named]:
    """Drop names whose words stand apart, if some of them together already mean the same.

    The other words have to be a name of their own: "systems manager on ec2" does not mean the former
    name "EC2 Systems Manager".
    """
    official = {places for places, (kind, _, _) in found.items() if kind <= OFFICIAL}

    def adds_nothing(places: frozenset[int]) -> bool:
        runs = runs_of[places]
        return official.issuperset(runs) and any(
            len(run) > 1 and found[run][1] == found[places][1] for run in runs
        )

    return {
        places: named
        for places, named in found.items()
        if len(runs_of[places]) == 1 or not adds_nothing(places)
    }


def drop_joined(found: dict[frozenset[int], Named], begins: set[int]) -> dict[frozenset[int], Named]:
    """Drop names of which "and" or a comma separates the words, if each part is a name of its own.

    ``begins`` has the places of the words that follow one of these.
    """

    def split(places: frozenset[int]) -> list[frozenset[int]]:
        parts: list[list[int]] = []
        for place in sorted(places):
            if place in begins or not parts:
                parts.append([])
            parts[-1].append(place)
        return [frozenset(part) for part in parts]

    official = {places for places, (kind, _, _) in found.items() if kind <= OFFICIAL}
    return {
        places: named
        for places, named in found.items()
        if len(parts := split(places)) == 1 or not official.issuperset(parts)
    }


def leave_duty(
    taken: frozenset[int],
    offerings: list[int],
    found: dict[frozenset[int], Named],
    spoken: list[Phrase],
) -> frozenset[int]:
    """Leave the words for a duty out of a name that names the same offering without them."""
    phrases = {places for places, _ in spoken if len(places) > 1}
    shorter = [
        places
        for places, (kind, meant, _) in found.items()
        if places < taken
        and kind <= OFFICIAL
        and meant[0] == offerings[0]
        and taken - places in phrases
    ]
    return shorter[0] if shorter else taken


def weigh_reading(
    reading: tuple[frozenset[int], Named],
    spoken: list[Phrase],
    weights: list[int],
    services: set[int],
    things: frozenset[int],
) -> tuple[int, int, bool, bool, int]:
    """Score a reading by how much of the question it explains."""
    taken, (kind, _, is_whole) = reading
    explained = {place for places, _ in keep_longest(spoken, taken) for place in places}

    # beside the name of a service, a common word is hardly meant as a name
    beside = services - taken if taken and kind >= COMMON else set()
    total = sum(PLAIN if place in beside else weights[place] for place in explained)
    total -= sum(weights[place] for place in beside - explained)
    is_thing = taken <= things
    most = WEIGHTS[OFFICIAL if is_thing else kind]
    total += sum(min(weights[place], most) for place in taken - explained)

    # a common word is a name if it is no word for a duty as well, or if it means a resource
    is_duty = not is_thing and any(places == taken for places, _ in spoken)
    has_duty = not explained <= taken
    is_sure = len(taken) > 1 or kind <= OFFICIAL or (has_duty and not is_duty)
    return total, (1 if is_sure else -1) if taken else 0, kind < LOOSE, is_whole, len(taken)


def keep_longest(spoken: list[Phrase], taken: frozenset[int]) -> list[Phrase]:
    """Keep the phrases that add to the name and are not part of a longer phrase."""
    own = [phrase for phrase in spoken if not phrase[0] <= taken]
    return [phrase for phrase in own if not any(phrase[0] < other - taken for other, _ in own)]


def find_others(
    found: dict[frozenset[int], Named], covered: frozenset[int], weights: list[int]
) -> tuple[list[list[int]], frozenset[int]]:
    """Find names among the unexplained words, for questions about several offerings."""
    others: list[list[int]] = []
    while len(others) < MOST_NAMED - 1:
        free = [
            places
            for places, (kind, _, _) in found.items()
            if not places & covered and kind <= OFFICIAL and any(weights[n] > PLAIN for n in places)
        ]
        if not free:
            break
        places = max(free, key=lambda of: sum(weights[n] for n in of))
        covered |= places
        others.append(found[places][1])
    return others, covered


def count_votes(
    votes: list[Phrase], weights: list[int], taken: frozenset[int]
) -> tuple[list[int], bool]:
    """Rank duties by the phrases that may mean them, counting only words outside the name."""
    counts: dict[int, int] = {}
    first: dict[int, int] = {}
    best: dict[int, tuple[int, bool]] = {}
    for places, duties in votes:
        size = sum(weights[place] for place in places - taken)
        for position, duty in enumerate(duties):
            vote = VOTES[min(position, len(VOTES) - 1)] * size * size
            vote += is_together(places) + (not places & taken)
            counts[duty] = counts.get(duty, 0) + vote
            first[duty] = min(first.get(duty, min(places)), min(places))
            best[duty] = max(best.get(duty, (0, False)), (vote, len(duties) > 1))
    ranked = sorted(counts, key=lambda duty: (-counts[duty], first[duty], duty))
    return ranked, bool(ranked) and best[ranked[0]][1]
