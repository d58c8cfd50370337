"""Describe frames in one sentence, for chart titles, covers, the page and the screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from srm_data.cells import check_frame, find_marks, list_marks
from srm_data.exceptions import FrameError
from srm_data.matrix import ASSUMED, COUNTED, ONE_DUTY, ORIGIN, REST_BEHIND, SEVERAL, STACKED
from srm_data.schema import read_package

MOST_NAMED = 3  # duties that a sentence names
FEW = 4  # rows of a count, or offerings that differ, of which a sentence names all
MOST_ASSUMED = 20  # offerings that a sentence names
MOST_STACKS, LONGEST_STACKS = 12, 140  # offerings, and letters, that name what each of them leaves

PARTIES = ["AWS", "Shared", "Customer"]
PARTY_WORDS = {
    "AWS": "AWS's",
    "Shared": "shared",
    "Customer": "the customer's",
    "Not applicable": "not applicable",
}
ACTIONS = ["required", "optional", "none"]

A_STACK = "a stack, from layer_stack"
A_MATRIX = "a matrix of responsibilities, from responsibility_matrix"
A_SPREAD = "a spread, from list_spread"
COUNTS = "counts of duties, from duty_distribution"


def describe_stack(stack: pd.DataFrame, name: str = "") -> str:
    """Describe what a stacked picture shows: how its categories or offerings differ.

    Parameters
    ----------
    stack
        Frame from :func:`~srm_data.layer_stack`.
    name
        Name of the offering, if the chart shows only one. By default, as in the stack.

    Examples
    --------
    >>> from srm_data import build_category_model, layer_stack
    >>> describe_stack(layer_stack(build_category_model(categories="seed"))).partition(" of 28 ")[2]
    'duties move from one party to the other with the category of service'
    >>> names = ["EC2 instance", "S3 bucket"]
    >>> rows = [("Backup", names, ["Customer", "Shared"]), ("Disposal", names, ["AWS", "AWS"])]
    >>> stack = pd.DataFrame(rows, columns=["duty", "parts", "answers"])
    >>> stack.attrs["stacked"] = "offering"
    >>> describe_stack(stack)
    'EC2 instance and S3 bucket differ in 1 of 2 duties: Backup'
    """
    check_frame(stack, ["answers"], A_STACK)
    answers = stack["answers"]
    # Of one offering, what each party has. A stack without names is one of categories.
    is_of_offerings = stack.attrs.get(STACKED) == "offering" and {"duty", "parts"} <= set(stack)
    names = list(stack["parts"].iloc[0]) if is_of_offerings and len(stack) else []
    if name or len(names) == 1:
        return f"{name or names[0]}: {_list_parties(answers.str[0].value_counts())}"

    # Several: the duties that are not answered alike, of which a few are named.
    differs = answers.map(lambda parties: len(set(parties)) > 1).astype(bool)
    moving, duties = int(differs.sum()), count_things(len(stack), "duty")
    if not names:
        move = "moves" if 1 in (moving, len(stack)) else "move"
        return f"{moving} of {duties} {move} from one party to the other with the category of service"
    those = f"{len(names):,} offerings" if len(names) > FEW else _join_words(names)
    if not moving:
        return f"{those} have the same answer in {_count_all(len(stack), 'duty')}"
    differing = stack.loc[differs, "duty"].astype("str").tolist()
    more = f" and {moving - MOST_NAMED} more" if moving > MOST_NAMED else ""
    return f"{those} differ in {moving} of {duties}: {', '.join(differing[:MOST_NAMED])}{more}"


def describe_stacks(stack: pd.DataFrame) -> str:
    """Describe what a few offerings of a stack each leave to the customer."""
    check_frame(stack, ["parts", "answers"], A_STACK, has_rows=True)
    own = [(count, name) for name, count, _ in _count_what_is_left(stack)]
    duties = count_things(len(stack), "duty")
    named = ", ".join(f"{count} with {name}" for count, name in own)
    if len(own) > MOST_STACKS or (len(own) > 2 and len(named) > LONGEST_STACKS):
        (fewest, first), (most, last) = min(own), max(own)
        ends = f"from {fewest} ({first}) to {most} ({last})"
        return f"What {len(own):,} offerings leave for you alone, of {duties}: {ends}"
    return f"What is left for you alone, of {duties}: {named}"


def describe_towers(stack: pd.DataFrame) -> list[str]:
    """Describe what each offering of a stack leaves, as in ``"8 yours · 7 shared"``."""
    return [f"{own} yours · {shared} shared" for _, own, shared in _count_what_is_left(stack)]


def _count_what_is_left(stack: pd.DataFrame) -> list[tuple[str, int, int]]:
    """Count the customer's own and the shared duties of each offering of a stack."""
    columns = [stack["answers"].str[place].tolist() for place in range(len(stack["parts"].iloc[0]))]
    return [
        (name, answers.count("Customer"), answers.count("Shared"))
        for name, answers in zip(stack["parts"].iloc[0], columns, strict=True)
    ]


def describe_matrix(matrix: pd.DataFrame) -> str:
    """Describe the number of duties, or other columns, in which the rows of a matrix differ."""
    check_frame(matrix, [], A_MATRIX, has_rows=True)
    if not matrix.map(lambda cell: isinstance(cell, str)).to_numpy().all():
        raise FrameError(f"expected {A_MATRIX}; a cell of this frame is not text")
    # Offerings, or what else is compared, are the rows.
    if matrix.index.name == "duty":
        matrix = matrix.T
    names = [_name_level(axis.name) for axis in matrix.axes]
    things, duties = map(count_things, matrix.shape, names)
    if len(matrix) == 1:
        own = (matrix.iloc[0] == "Customer").sum()
        return f"{matrix.index[0]}: the customer alone has {own} of {duties}"

    # A cell with several answers differs, even if all rows have the same several.
    several = matrix.apply(lambda column: column.str.contains(SEVERAL, regex=False).any())
    moving = int(((matrix.where(matrix != "").nunique() > 1) | several).sum())
    if not moving:
        return f"{things} have the same answers in {_count_all(matrix.shape[1], names[1])}"
    return f"{things} differ in {moving} of {duties}"


def describe_handover(steps: pd.DataFrame) -> str:
    """Describe how many duties the customer hands over from the first step to the last."""
    check_frame(steps, PARTIES, "steps, from handover_steps", has_rows=True)
    own, total = steps["Customer"], steps[PARTIES].sum(axis="columns")
    first, last, fewer = steps.index[0], steps.index[-1], own.iloc[0] - own.iloc[-1]
    duties = count_things(int(total.iloc[0]), "duty")
    # The verb is in the singular for one duty, and for a total of one.
    if len(steps) == 1:
        are = "is" if 1 in (own.iloc[0], total.iloc[0]) else "are"
        return f"{first}: {own.iloc[0]} of {duties} {are} the customer's alone"
    are = "is" if 1 in (abs(fewer), total.iloc[0]) else "are"
    now = "no longer the customer's alone" if fewer >= 0 else "now the customer's alone"
    return f"From {first} to {last}, {abs(fewer)} of {duties} {are} {now}"


def describe_moves(moves: pd.DataFrame) -> str:
    """Describe towards which party cells moved."""
    check_frame(moves, ["from", "to", "cells"], "moves, from move_counts")
    if moves.empty:
        return "No cell moved"
    # Parties are ordered from AWS to the customer; what is not applicable has no place among them.
    order = {party: place for place, party in enumerate(PARTIES)}
    places = moves[["from", "to"]].apply(lambda answers: answers.map(order))
    toward = {
        "towards AWS": moves.loc[places["to"] < places["from"], "cells"].sum(),
        "towards the customer": moves.loc[places["to"] > places["from"], "cells"].sum(),
    }
    toward["otherwise"] = moves["cells"].sum() - sum(toward.values())
    named = ", ".join(f"{count:,} {where}" for where, count in toward.items() if count)
    return f"{count_things(int(moves['cells'].sum()), 'cell')} moved: {named}"


def describe_distribution(counts: pd.DataFrame) -> str:
    """Describe the number of customer duties in each row of a count, or in the first and last row.

    If the rows range from none to all by definition, as layers do, the most evenly divided row is
    described. Rows that have a duty more than once, for several offerings, are described in cells, and
    a single duty by name and in offerings. A count by two keys is described by the first.

    Parameters
    ----------
    counts
        Frame from :func:`~srm_data.duty_distribution`.

    Examples
    --------
    >>> from srm_data import build_category_model, duty_distribution
    >>> describe_distribution(duty_distribution(build_category_model(categories="seed")))
    'The customer alone carries 13 of 28 duties in Infrastructure, 8 in Abstracted'
    """
    check_frame(counts, PARTIES, COUNTS, has_rows=True)
    counted, duty = counts.attrs.get(COUNTED, "duty"), counts.attrs.get(ONE_DUTY)
    if counts.index.nlevels == 2:
        counts = counts.groupby(level=0, observed=True, sort=False).sum()
    own, total = counts["Customer"], counts.sum(axis="columns")
    share = (own / total).sort_values(kind="stable", ascending=False)
    is_long, name = len(counts) > FEW, _name_level(counts.index.name)
    carries = f"The customer alone carries {f'{duty} for ' if duty else ''}"
    # Rows by what a single duty has only one of, or of one offering each, are one sum.
    if duty and (name in ("duty", "layer", "side") or total.max() == 1):
        return f"{carries}{own.sum():,} of {count_things(int(total.sum()), counted)}"
    # Layers range from none to all by definition: their ends would be no news.
    if is_long and not duty and share.iloc[0] >= 0.9 and share.iloc[-1] <= 0.1:
        return _describe_most_divided(counts)

    # Numbers can be compared if all rows have as many duties; shares always can.
    rows = share.index[[0, -1]] if is_long else counts.index
    if total.nunique() == 1 and (duty or counted != "resource"):
        numbers = [f"{own[row]:,}" for row in rows]
        numbers[0] += f" of {count_things(int(total.iloc[0]), counted)}"
    else:
        numbers = [write_percent(share[row]) for row in rows]
        numbers[0] += f" of the {name_things(counted if duty else 'duty')}"
    to = "in" if duty or name == "category" else "for"
    if is_long and share.iloc[0] == share.iloc[-1]:
        return f"{carries}{numbers[0]} {to} each of {count_things(len(counts), name)}"
    listed = [f"{number} {to} {row}" for number, row in zip(numbers, rows, strict=True)]
    return f"{carries}{', '.join(listed)}"


def _describe_most_divided(counts: pd.DataFrame) -> str:
    """Describe the row in which the applicable duties are divided most evenly between the parties."""
    applicable = counts[PARTIES].sum(axis="columns")
    largest = counts[PARTIES].max(axis="columns")
    if largest.eq(applicable).all():
        own = f"{counts['Customer'].gt(0).sum():,} of {len(counts):,}"
        return f"No {_name_level(counts.index.name)} is divided: the customer alone carries {own}"
    # The row in which the largest party has the smallest part of what applies.
    place = int((largest / applicable.where(applicable > 0)).fillna(1).argmin())
    row, shares = counts.index[place], counts.iloc[place] / counts.iloc[place].sum()
    named = [f"{write_percent(shares[party])} {PARTY_WORDS[party]}" for party in PARTIES]
    if (left_out := shares.drop(PARTIES).sum()) > shares[PARTIES].max():
        named.append(f"{write_percent(left_out)} not applicable")
    return f"Most divided is {row}: {', '.join(named)}"


def describe_party(counts: pd.DataFrame, row: str) -> str:
    """Describe how one row of a count is divided, as in ``"8 AWS's, 9 shared, 11 the customer's"``.

    Parameters
    ----------
    counts
        Frame from :func:`~srm_data.duty_distribution`.
    row
        Label of one of its rows.

    Examples
    --------
    >>> counts = pd.DataFrame({"AWS": [12], "Shared": [8], "Customer": [8]}, index=["Abstracted"])
    >>> describe_party(counts, "Abstracted")
    "12 AWS's, 8 shared, 8 the customer's"
    """
    check_frame(counts, PARTIES, COUNTS)
    if row not in counts.index:
        raise FrameError(f"expected {COUNTS}, with a row {row!r}; its rows are {[*counts.index]}")
    return _list_parties(pd.Series(counts.loc[row]))


def describe_actions(counts: pd.DataFrame) -> str:
    """Describe how often the customer must act, and where this is most often the case."""
    check_frame(counts, ACTIONS, "counts of customer actions, from action_distribution", has_rows=True)
    last = counts[ACTIONS].groupby(level=-1, observed=True, sort=False).sum()
    shares = (last["required"] / last.sum(axis="columns")).sort_values(ascending=False, kind="stable")
    must, cells = int(last["required"].sum()), int(last.to_numpy().sum())
    sentence = f"The customer must act in {must:,} of {count_things(cells, 'cell')}"
    sentence += f" ({write_percent(must / max(cells, 1))})"
    if shares.iloc[0] > shares.iloc[-1] or len(shares) == 1:
        sentence += f", most often for {shares.index[0]} ({write_percent(shares.iloc[0])})"
    return sentence


def describe_spread(spread: pd.DataFrame) -> str:
    """Describe what the first and last groups of offerings leave to the customer, and the range."""
    check_frame(spread, ["group", "offering", "duties", "median"], A_SPREAD, has_rows=True)
    medians = spread.groupby("group", observed=True)["median"].first()
    first, least, most = medians.index[0], int(spread["duties"].min()), int(spread["duties"].max())
    if len(medians) == 1 and least == most:
        each = f"Each of {len(spread):,} offerings in {first}"
        each = each if len(spread) > 1 else spread["offering"].iloc[0]
        return f"{each} leaves {count_things(least, 'duty')} to the customer alone"

    # Medians of the first groups; of a single group, its ends instead.
    noun = "duty" if medians.iloc[0] == 1 else "duties"
    left = f"{medians.iloc[0]:g} {noun} or more to the customer alone"
    half = f"Half of the offerings in {first} leave {left}"
    others = [f"{median:g} in {name}" for name, median in medians.iloc[1:].items()]
    if others:
        shown = others if len(others) <= 4 else [*others[:4], f"and so on in {len(others) - 4} more"]
        return f"{half}, {', '.join(shown)}"
    ordered = spread.sort_values("duties", kind="stable")
    ends = [f"{ordered['duties'].iloc[end]} ({ordered['offering'].iloc[end]})" for end in (0, -1)]
    return f"{half}; they range from {ends[0]} to {ends[1]}"


def describe_resources(weights: pd.DataFrame, *, noun: str = "resource") -> str:
    """Describe the three duties that are the customer's alone for the most resources.

    Parameters
    ----------
    weights
        Frame from :func:`~srm_data.resource_distribution`, by duty. If its ``attrs`` have the number of
        resources whose offering is assumed, the sentence has it too.
    noun
        What is counted, in the singular.

    Examples
    --------
    >>> from srm_data import build_model, in_use, read_estate, resource_distribution
    >>> estate = read_estate(["AWS::SQS::Queue", "AWS::SQS::Queue", "AWS::EC2::Instance"])
    >>> used = in_use(build_model(), estate)
    >>> describe_resources(resource_distribution(used))
    'For all 3 resources (1 assumed), the customer alone carries Service configuration, Network
    configuration, Identity and access and 5 more duties'
    """
    check_frame(weights, PARTIES, "resources by duty, from resource_distribution")
    if weights.empty:
        return "No duty applies to the resources in use"
    total = int(weights.sum(axis="columns").max())
    assumed = min(int(weights.attrs.get(ASSUMED, 0)), total)
    among = count_things(total, noun)
    if assumed:
        among += f" ({'all' if assumed == total else f'{assumed:,}'} assumed)"
    own = weights["Customer"].sort_values(ascending=False, kind="stable")
    own = own[own > 0]
    if own.empty:
        return f"Of {among}, the customer alone carries no duty"

    # A number that is the same for all is named once.
    shown = own.head(MOST_NAMED)
    is_all = bool(shown.eq(total).all())
    named = [str(duty) if is_all else f"{duty} for {count:,}" for duty, count in shown.items()]
    more = int((own == shown.iloc[-1]).sum() - (shown == shown.iloc[-1]).sum())
    if more:
        noun_of_more = "duty" if more == 1 else "duties"
        named.append(f"{more} more {noun_of_more}{'' if is_all else ' for as many'}")
    among = f"Of {among}" if not is_all else f"For {'' if total == 1 else 'all '}{among}"
    return f"{among}, the customer alone carries {_join_words(named)}"


def describe_estate(estate: pd.DataFrame) -> str:
    """Describe how much of an estate was recognised, and how much is unclear.

    Parameters
    ----------
    estate
        Frame from :func:`~srm_data.read_estate`.

    Examples
    --------
    >>> from srm_data import read_estate
    >>> describe_estate(read_estate(["Amazon SQS", "Amazon ECS", "Tax", "nonsense"]))
    '4 rows read: 2 are of 2 offerings (1 row by assumption), 1 is not recognised, 1 is no service'
    """
    columns = ["status", "rows", "assumed", "offering_id"]
    check_frame(estate, columns, "an estate, from read_estate")
    rows = estate.groupby("status")["rows"].sum()
    recognised = estate[estate["status"] == "recognised"]
    assumed = recognised.loc[recognised["assumed"], "rows"].sum()

    def count_rows(status: str) -> str:
        number = rows.get(status, 0)
        return f"{number:,} is" if number == 1 else f"{number:,} are"

    return (
        f"{describe_rows_read(estate)} read: {count_rows('recognised')} of "
        f"{count_things(recognised['offering_id'].nunique(), 'offering')} "
        f"({count_things(int(assumed), 'row')} by assumption), "
        f"{count_rows('unrecognised')} not recognised, {count_rows('not a service')} no service"
        f"{_describe_cost(estate)}"
    )


def _describe_cost(estate: pd.DataFrame) -> str:
    if "cost" not in estate or estate["cost"].isna().all():
        return ""
    cost = estate.groupby("status")["cost"].sum()
    words = {
        "recognised": "of the offerings",
        "unrecognised": "not recognised",
        "not a service": "no service",
    }
    parts = [f"{cost[status]:,.2f} {word}" for status, word in words.items() if cost.get(status, 0)]
    return f"; cost: {', '.join(parts)}" if parts else ""


def describe_assumed(model: pd.DataFrame) -> str:
    """Describe which offerings in use are assumed, or return an empty string if none is."""
    if "assumed" not in model:
        return ""
    offerings = model.drop_duplicates("offering_id")
    names = offerings.loc[offerings["assumed"] > 0, "offering"].astype(str).tolist()
    if not names:
        return ""
    are, which = ("is", "one it is") if len(names) == 1 else ("are", "ones they are")
    more = f" and {len(names) - MOST_ASSUMED:,} more" if len(names) > MOST_ASSUMED else ""
    return (
        f"{len(names):,} of {count_things(len(offerings), 'offering')} {are} assumed, as the inventory "
        f"leaves open which {which}: {', '.join(names[:MOST_ASSUMED])}{more}"
    )


def describe_rows_read(estate: pd.DataFrame) -> str:
    """Describe how many rows were read, and how many names they have if it is not one each."""
    names = int(estate["rows"].sum())
    rows = int(estate.attrs.get("rows_read", names))
    if rows >= names:
        return count_things(names, "row")
    return f"{count_things(rows, 'row')} with {count_things(names, 'name')}"


def describe_origin(frame: pd.DataFrame) -> str:
    """Describe the source, version and basis of a count or a matrix, for the bottom of a chart.

    The share of documented cells is left out for a frame that was made by hand.
    """
    origin = dict(frame.attrs.get(ORIGIN, {}))
    version = origin.pop("version", None) or read_package()["version"]
    line = f"Source: AWS's documents, as read in srm_data {version}."
    cells = sum(origin.values())
    if not cells:
        return line
    if set(origin) == {"default"}:
        all_are = f"All {cells:,} cells are defaults"
        return f"{line} {all_are if cells > 1 else 'The only cell is a default'}."

    # Shares of the marks that occur, the strongest first; the first has the verb.
    percents = share_percents({str(basis): count for basis, count in origin.items()})
    shares = [
        f"{f'{percents[str(basis)]} %' if percents[str(basis)] else 'under 1 %'} {words}"
        for basis, words in list_marks()["words"].items()
        if origin.get(basis)
    ]
    if not origin.get("documented"):
        shares.insert(0, "none is documented")
    else:
        shares[0] = shares[0].replace(" % ", " % are ")
    behind = " behind the controls" if REST_BEHIND in origin else ""
    return f"{line} Of {count_things(cells, 'cell')}{behind}, {', '.join(shares)}."


def share_percents(counts: Mapping[str, int]) -> dict[str, int]:
    """Return whole percents that add up to 100: those with the largest remainders are rounded up."""
    total = sum(counts.values())
    percents = {name: 100 * count // total for name, count in counts.items()}
    # What rounding down left goes to the largest remainders, one percent each.
    by_remainder = sorted(counts, key=lambda name: -(100 * counts[name] % total))
    for name in by_remainder[: 100 - sum(percents.values())]:
        percents[name] += 1
    return percents


def describe_basis(model: pd.DataFrame) -> str:
    """Describe how many answers of a model are documented, with the percent that charts have.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model`, or a part of it.

    Examples
    --------
    >>> from srm_data import build_model, choose_offerings
    >>> describe_basis(choose_offerings(build_model(), "EKS Connector")).endswith("documented")
    True
    """
    check_frame(model, ["basis"], "a model", has_rows=True)
    counts = find_marks(model).value_counts(sort=False)
    percents = share_percents({str(mark): int(count) for mark, count in counts.items()})
    cells = "the cell is" if len(model) == 1 else f"{len(model):,} cells are"
    return f"{percents['documented']} % of {cells} documented"


def count_things(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural unless it is one, as in ``"28 duties"``."""
    return f"{number:,} {noun if number == 1 else name_things(noun)}"


def name_things(noun: str) -> str:
    """Return the plural of a noun, as in ``"duties"``."""
    return f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"


def _count_all(number: int, noun: str) -> str:
    """Return a number of things that are all, as in ``"all 28 duties"``; one is not called all."""
    return f"{'all ' if number > 1 else ''}{count_things(number, noun)}"


def write_percent(share: float) -> str:
    """Return a share in whole percents; only a whole is 100 %, and only nothing is 0 %."""
    percent = round(100 * share)
    if percent in (0, 100) and share not in (0, 1):
        percent = 1 if share < 0.5 else 99
    return f"{percent} %"


def _join_words(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _name_level(name: object) -> str:
    return str(name or "row").replace("_", " ")


def _list_parties(counts: pd.Series) -> str:
    named = [f"{counts[party]} {words}" for party, words in PARTY_WORDS.items() if counts.get(party, 0)]
    return ", ".join(named)
