"""Describe counts in one sentence, for chart titles, alternative text and covers."""

from __future__ import annotations

from typing import Literal, get_args
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pandas as pd

from srm_data.cells import check_frame
from srm_data.exceptions import FrameError
from srm_data.matrix import ASSUMED, COUNTED, ORIGIN, REST_BEHIND, STACKED
from srm_data.schema import Tables, read_package

MOST_NAMED = 3  # duties that a sentence names
FEW_ROWS = 4  # rows of a count that a sentence names all
MOST_ASSUMED = 20  # offerings that a sentence names
FEW_STACKS = 12  # offerings of a stack that a sentence names all
PARTIES = ["AWS", "Shared", "Customer"]
A_STACK = "a stack, from layer_stack"
COUNTS = "counts of duties, from duty_distribution"

Audience = Literal["internal", "publishable"]
WHOLE_CATALOGUE, CHOSEN = "All offerings of the catalogue", "Chosen offerings"
SEAT = (
    "Written from the point of view of the AWS customer. What is AWS's here is what the customer "
    "inherits from AWS."
)
INDEPENDENT = (
    "Made by the srm_data project from AWS's public documents. It is not made, reviewed or endorsed "
    "by AWS."
)

REPORT_ADDRESS = ""
"""Address of the form "This cell is wrong", such as ``https://github.com/OWNER/REPO/issues/new``.

Without one, there are no links to it. The form is ``.github/ISSUE_TEMPLATE/wrong-cell.yml``.
"""
REPORT_FORM = "wrong-cell.yml"
REPORT_FIELDS = ("offering", "duty", "says", "version")
"""Ids of the form fields that a link fills in: the cell, its answer, the data version."""

LONGEST_ADDRESS = 255  # characters of a text in a formula of Excel

BASIS_WORDS = {
    "documented": "documented",
    "derived": "derived",
    "category": "category defaults",
    "proposed": "proposed",
    "decision": "your decisions",
}

LICENCE = "Data: CC BY 4.0, to be credited to srm_data contributors. Software: Apache License 2.0."


def describe_stack(stack: pd.DataFrame, name: str = "") -> str:
    """Describe what a stacked picture shows.

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
    """
    check_frame(stack, ["answers"], A_STACK)
    answers = stack["answers"]
    is_of_offerings = stack.attrs.get(STACKED) == "offering" and "parts" in stack and len(stack)
    offerings = list(stack["parts"].iloc[0]) if is_of_offerings else []
    if len(offerings) == 1:
        name = name or offerings[0]
    if name:
        counts = answers.str[0].value_counts()
        return f"{name}: {_list_counts(counts)}"
    moving = answers.map(lambda parties: len(set(parties)) > 1).sum()
    duties = f"{moving} of {count_things(len(stack), 'duty')}"
    if offerings:
        return f"{len(offerings):,} offerings differ in {duties}"
    move = "moves" if 1 in (moving, len(stack)) else "move"
    return f"{duties} {move} from one party to the other with the category of service"


def describe_stacks(stack: pd.DataFrame) -> str:
    """Describe what a few offerings each leave to the customer.

    Parameters
    ----------
    stack
        Frame from :func:`~srm_data.layer_stack`.

    Examples
    --------
    >>> from srm_data import build_model, layer_stack
    >>> model = build_model()
    >>> chosen = model[model["offering_id"].isin(["ec2-instance", "s3-general-purpose"])]
    >>> describe_stacks(layer_stack(chosen)).startswith("What is left for you alone, of 28 duties: ")
    True
    """
    check_frame(stack, ["parts", "answers"], A_STACK, has_rows=True)
    own = [(left[0], name) for name, left in _count_what_is_left(stack)]
    duties = count_things(len(stack), "duty")
    if len(own) > FEW_STACKS:
        (fewest, first), (most, last) = min(own), max(own)
        return (
            f"What {len(own):,} offerings leave for you alone, of {duties}: from {fewest} ({first}) to "
            f"{most} ({last})"
        )
    named = [f"{count} with {name}" for count, name in own]
    return f"What is left for you alone, of {duties}: {', '.join(named)}"


def describe_towers(stack: pd.DataFrame) -> list[str]:
    """Describe what each offering of a stack leaves to the customer, as in ``"8 yours · 7 shared"``.

    Parameters
    ----------
    stack
        Frame from :func:`~srm_data.layer_stack`.

    Examples
    --------
    >>> stack = pd.DataFrame({"parts": [["SQS queue"]], "answers": [["Customer"]]})
    >>> describe_towers(stack)
    ['1 yours · 0 shared']
    """
    return [f"{own} yours · {shared} shared" for _, (own, shared) in _count_what_is_left(stack)]


def _count_what_is_left(stack: pd.DataFrame) -> list[tuple[str, tuple[int, int]]]:
    """Count the customer's own and the shared duties of each offering of a stack."""
    counted = []
    for place, name in enumerate(stack["parts"].iloc[0]):
        answers = stack["answers"].str[place].tolist()
        counted.append((name, (answers.count("Customer"), answers.count("Shared"))))
    return counted


def describe_handover(steps: pd.DataFrame) -> str:
    """Describe how many duties the customer hands over from the first step to the last.

    Parameters
    ----------
    steps
        Frame from :func:`~srm_data.handover_steps`.

    Examples
    --------
    >>> from srm_data import build_category_model, handover_steps
    >>> describe_handover(handover_steps(build_category_model()))
    "From Customer-hosted to Abstracted, 10 of 28 duties are no longer the customer's alone"
    """
    check_frame(steps, PARTIES, "steps, from handover_steps", has_rows=True)
    own, total = steps["Customer"], steps[["AWS", "Shared", "Customer"]].sum(axis="columns")
    first, last, fewer = steps.index[0], steps.index[-1], own.iloc[0] - own.iloc[-1]
    duties = count_things(int(total.iloc[0]), "duty")
    if len(steps) == 1:
        are = "is" if 1 in (own.iloc[0], total.iloc[0]) else "are"
        return f"{first}: {own.iloc[0]} of {duties} {are} the customer's alone"
    are = "is" if 1 in (abs(fewer), total.iloc[0]) else "are"
    now = "no longer the customer's alone" if fewer >= 0 else "now the customer's alone"
    return f"From {first} to {last}, {abs(fewer)} of {duties} {are} {now}"


def describe_moves(moves: pd.DataFrame) -> str:
    """Describe towards which party cells moved.

    Parameters
    ----------
    moves
        Frame from :func:`~srm_data.move_counts`.

    Examples
    --------
    >>> rows = [("AWS", "Shared", 2), ("Customer", "AWS", 5)]
    >>> describe_moves(pd.DataFrame(rows, columns=["from", "to", "cells"]))
    '7 cells moved: 5 towards AWS, 2 towards the customer'
    """
    check_frame(moves, ["from", "to", "cells"], "moves, from move_counts")
    if moves.empty:
        return "No cell moved"
    order = {"AWS": 0, "Shared": 1, "Customer": 2}
    places = moves[["from", "to"]].apply(lambda answers: answers.map(order))
    toward = {
        "towards AWS": moves.loc[places["to"] < places["from"], "cells"].sum(),
        "towards the customer": moves.loc[places["to"] > places["from"], "cells"].sum(),
    }
    toward["otherwise"] = moves["cells"].sum() - sum(toward.values())
    said = ", ".join(f"{count:,} {where}" for where, count in toward.items() if count)
    return f"{count_things(int(moves['cells'].sum()), 'cell')} moved: {said}"


def describe_distribution(counts: pd.DataFrame) -> str:
    """Describe the number of customer duties in each row of a count, or in the first and last row.

    If the rows range from none to all by definition, as layers do, the most evenly divided row is
    described. Rows that have a duty more than once, for several offerings, are described in cells.

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
    own, total = counts["Customer"], counts.sum(axis="columns")
    share = (own / total).sort_values(kind="stable", ascending=False)
    is_long, name = len(counts) > FEW_ROWS, _name_index(counts)
    rows = share.index[[0, -1]] if is_long else counts.index
    if is_long and share.iloc[0] >= 0.9 and share.iloc[-1] <= 0.1:
        return _describe_most_divided(counts)

    counted = counts.attrs.get(COUNTED, "duty")
    is_same = total.nunique() == 1 and counted != "resource"
    numbers = [f"{own[row]:,}" if is_same else f"{share[row]:.0%}".replace("%", " %") for row in rows]
    numbers[0] += f" of {count_things(int(total.iloc[0]), counted)}" if is_same else " of the duties"
    if is_long and share.iloc[0] == share.iloc[-1]:
        return f"The customer alone carries {numbers[0]} for each of {count_things(len(counts), name)}"
    to = "in" if name == "category" else "for"
    listed = [f"{number} {to} {row}" for number, row in zip(numbers, rows, strict=True)]
    return f"The customer alone carries {', '.join(listed)}"


def _describe_most_divided(counts: pd.DataFrame) -> str:
    """Describe the row in which the applicable duties are divided most evenly between the parties."""
    applicable = counts[PARTIES].sum(axis="columns")
    largest = counts[PARTIES].max(axis="columns")
    if largest.eq(applicable).all():
        own = f"{counts['Customer'].gt(0).sum():,} of {len(counts):,}"
        return f"No {_name_index(counts)} is divided: the customer alone carries {own}"
    place = int((largest / applicable.where(applicable > 0)).fillna(1).argmin())
    row, shares = counts.index[place], counts.iloc[place] / counts.iloc[place].sum()
    words = {"AWS": "AWS's", "Shared": "shared", "Customer": "the customer's"}
    said = [f"{shares[party]:.0%} {word}" for party, word in words.items()]
    if (left_out := shares.drop(PARTIES).sum()) > shares[PARTIES].max():
        said.append(f"{left_out:.0%} not applicable")
    return f"Most divided is {row}: {', '.join(said)}".replace("%", " %")


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
    return _list_counts(pd.Series(counts.loc[row]))


def describe_resources(
    weights: pd.DataFrame, *, customer: str = "the customer", noun: str = "resource"
) -> str:
    """Describe the three duties that are the customer's alone for the most resources.

    Parameters
    ----------
    weights
        Frame from :func:`~srm_data.resource_distribution`, by duty. If its ``attrs`` have the number of
        resources whose offering is assumed, the sentence has it too.
    customer
        Subject of the sentence: ``"the customer"``, or ``"you"`` if the customer reads it.
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
    carries = f"{customer} alone {'carry' if customer == 'you' else 'carries'}"
    own = weights["Customer"].sort_values(ascending=False, kind="stable")
    own = own[own > 0]
    if own.empty:
        return f"Of {among}, {carries} no duty"

    # A number that is the same for all is named once.
    shown = own.head(MOST_NAMED)
    is_all = bool(shown.eq(total).all())
    named = [str(duty) if is_all else f"{duty} for {count:,}" for duty, count in shown.items()]
    more = int((own == shown.iloc[-1]).sum() - (shown == shown.iloc[-1]).sum())
    if more:
        noun_of_more = "duty" if more == 1 else "duties"
        named.append(f"{more} more {noun_of_more}{'' if is_all else ' for as many'}")
    listed = " and ".join(filter(None, [", ".join(named[:-1]), named[-1]]))
    if is_all:
        return f"For {'' if total == 1 else 'all '}{among}, {carries} {listed}"
    return f"Of {among}, {carries} {listed}"


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
    known = estate[estate["status"] == "recognised"]
    assumed = known.loc[known["assumed"], "rows"].sum()
    return (
        f"{describe_rows_read(estate)} read: {_are(rows.get('recognised', 0))} of "
        f"{count_things(known['offering_id'].nunique(), 'offering')} "
        f"({count_things(int(assumed), 'row')} by assumption), "
        f"{_are(rows.get('unrecognised', 0))} not recognised, "
        f"{_are(rows.get('not a service', 0))} no service"
    )


def describe_assumed(model: pd.DataFrame) -> str:
    """Describe which offerings in use are assumed, without a number of resources, or return nothing.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.in_use`, or any other model, in which nothing is assumed.

    Examples
    --------
    >>> rows = [("ecs-ec2", "ECS on EC2", 3), ("sqs", "SQS queue", 0)]
    >>> describe_assumed(pd.DataFrame(rows, columns=["offering_id", "offering", "assumed"]))
    '1 of 2 offerings is assumed, as the inventory leaves open which one it is: ECS on EC2'
    """
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
    """Describe how many rows were read, and how many names they have if it is not one each.

    Examples
    --------
    >>> from srm_data import read_estate
    >>> describe_rows_read(read_estate(["Amazon SQS", "SNS, KMS"]))
    '2 rows with 3 names'
    """
    names = int(estate["rows"].sum())
    rows = int(estate.attrs.get("rows_read", names))
    if rows >= names:
        return count_things(names, "row")
    return f"{count_things(rows, 'row')} with {count_things(names, 'name')}"


def describe_held_out(counts: pd.DataFrame) -> str:
    """Describe how often rules and defaults alone would have been right.

    Parameters
    ----------
    counts
        Frame from :func:`~srm_data.held_out_distribution`.

    Examples
    --------
    >>> counts = pd.DataFrame(
    ...     {"cells": [10, 30], "agreed": [6, 30], "disputed": [True, False]},
    ...     index=["backup", "identity-access"],
    ... )
    >>> describe_held_out(counts)
    'Without the facts, 6 of 10 cells (60 %) of the disputed duties would be answered as they were
    read, and 36 of 40 (90 %) of all duties that vary'
    """
    check_frame(
        counts,
        ["cells", "agreed", "disputed"],
        "cells held out by duty, from held_out_distribution",
        has_rows=True,
    )
    numbers = counts[["cells", "agreed"]]
    disputed, whole = numbers[counts["disputed"]].sum(), numbers.sum()
    if not disputed["cells"]:
        return (
            f"Without the facts, {_share_of(whole)} of the duties that vary would be answered as they "
            "were read"
        )
    return (
        f"Without the facts, {_share_of(disputed)} of the disputed duties would be answered as they "
        f"were read, and {_share_of(whole, noun='')} of all duties that vary"
    )


def _share_of(counts: pd.Series, *, noun: str = " cells") -> str:
    """Describe a count as part of a total, as in ``"6 of 10 cells (60 %)"``."""
    share = counts["agreed"] / counts["cells"]
    return f"{counts['agreed']:,} of {counts['cells']:,}{noun} ({share:.0%})".replace("%", " %")


def count_things(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural unless it is one, as in ``"28 duties"``."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun[:-1]}ies" if noun.endswith("y") else f"{number:,} {noun}s"


def _name_index(counts: pd.DataFrame) -> str:
    return str(counts.index.name or "row").replace("_", " ")


def _are(number: int) -> str:
    return f"{number:,} is" if number == 1 else f"{number:,} are"


def _list_counts(counts: pd.Series) -> str:
    words = {"AWS": "AWS's", "Shared": "shared", "Customer": "the customer's"}
    named = [
        f"{counts[party]} {words.get(party, 'not applicable')}"
        for party in ("AWS", "Shared", "Customer", "Not applicable")
        if counts.get(party, 0)
    ]
    return ", ".join(named)


def check_audience(audience: str) -> None:
    """Raise an error unless the audience is one of the two.

    Raises
    ------
    ValueError
        If it is neither of the two; the message names them.
    """
    if audience not in get_args(Audience):
        raise ValueError(f"audience should be one of {[*get_args(Audience)]}. Got {audience!r}")


def name_scope(model: pd.DataFrame, tables: Tables) -> str:
    """Describe in words whether a model covers the whole catalogue or only chosen offerings."""
    is_whole = set(tables["offerings"]["offering_id"]) <= set(model["offering_id"])
    return WHOLE_CATALOGUE if is_whole else CHOSEN


def report_address() -> str:
    """Return the web address of the form for reporting a wrong cell, or an empty string.

    Raises
    ------
    ValueError
        If ``REPORT_ADDRESS`` is not a web address, or is too long for a string in an Excel formula.
    """
    if not REPORT_ADDRESS:
        return ""
    parts = urlsplit(REPORT_ADDRESS)
    if parts.scheme != "https" or not parts.hostname:
        raise ValueError(
            f"REPORT_ADDRESS should begin with https:// and a host. Got {REPORT_ADDRESS!r}"
        )
    query = urlencode({"template": REPORT_FORM} | dict(parse_qsl(parts.query)))
    address = urlunsplit(parts._replace(query=query, fragment=""))
    if len(address) > LONGEST_ADDRESS:
        raise ValueError(f"REPORT_ADDRESS should be shorter. Got {REPORT_ADDRESS!r}")
    return address


def list_report_fields(model: pd.DataFrame) -> list[str]:
    """Return the query string that fills in the report form, for each cell.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model`, or a part of it. Links give the answer of the tables
        and never an organisation's decision.

    Returns
    -------
    list of str
        One string per row, such as ``"&offering=sqs&duty=backup&says=Customer&version=2026.11.1"``.
    """
    version = read_package()["version"]
    cells = zip(model["offering_id"], model["duty_id"], model["without_decision"], strict=True)
    return [f"&{urlencode(dict(zip(REPORT_FIELDS, (*cell, version), strict=True)))}" for cell in cells]


def describe_origin(frame: pd.DataFrame) -> str:
    """Describe the origin of a count or a matrix in one line, for the bottom of a chart.

    Parameters
    ----------
    frame
        Frame that was made from a model, for example by :func:`~srm_data.duty_distribution`.

    Returns
    -------
    str
        Source, version and the share of cells that are documented. The share is left out for a frame
        that was made by hand.

    Examples
    --------
    >>> frame = pd.DataFrame()
    >>> frame.attrs["origin"] = {"version": "2026.11.1", "documented": 1, "category": 3}
    >>> describe_origin(frame)
    "Source: AWS's documents, as read in srm_data 2026.11.1. Of 4 cells, 25 % are documented, 75 %
    category defaults."
    """
    origin = dict(frame.attrs.get(ORIGIN, {}))
    version = origin.pop("version", None) or read_package()["version"]
    line = f"Source: AWS's documents, as read in srm_data {version}."
    cells = sum(origin.values())
    if not cells:
        return line
    if set(origin) == {"category"}:
        all_are = f"All {cells:,} cells are category defaults"
        return f"{line} {all_are if cells > 1 else 'The only cell is a category default'}."
    percents = dict(zip(origin, _round_shares(list(origin.values())), strict=True))
    shares = [
        f"{percents[basis]}% {words}" if percents[basis] else f"under 1% {words}"
        for basis, words in BASIS_WORDS.items()
        if origin.get(basis)
    ]
    if not origin.get("documented"):
        shares.insert(0, "none is documented")
    else:
        shares[0] = shares[0].replace("% ", "% are ")
    of = f"Of {cells:,} {'cell' if cells == 1 else 'cells'}"
    of += " behind the controls" if REST_BEHIND in origin else ""
    return f"{line} {of}, {', '.join(shares)}.".replace("%", " %")


def _round_shares(counts: list[int]) -> list[int]:
    """Return whole percents that add up to 100: those with the largest remainders are rounded up."""
    total = sum(counts)
    percents = [100 * count // total for count in counts]
    by_remainder = sorted(range(len(counts)), key=lambda place: -(100 * counts[place] % total))
    for place in by_remainder[: 100 - sum(percents)]:
        percents[place] += 1
    return percents
