"""Answer a question such as "who patches rds?" with cells, and compare two offerings."""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from srm_data.cells import check_frame
from srm_data.load import ALL_SETS, Tables, list_sets, list_states, load_tables
from srm_data.matrix import duty_distribution
from srm_data.model import MODEL, build_model
from srm_data.names.offerings import choose_offerings
from srm_data.names.understand import PhraseIndex, Understood
from srm_data.names.words import Side, build_word_table

BOTH = [
    "responsibility", "customer_action", "aws_part", "customer_part", "note", "basis", "scope",
    "source_ids",
]  # fmt: skip
ACTS = {
    "aws": ("what AWS does", 0, ["AWS", "Shared"]),
    "must": ("what the customer must or may do", 1, ["required", "optional"]),
    "free": ("what the customer need not do", 1, ["none", "optional"]),
}
"""Side of what has to be done: its text, and the answers that it shows, by party or customer action."""

Cell = tuple[int, int]
"""Indices of an offering and a duty."""


class Prepared(NamedTuple):
    """A model that is asked about, arranged for questions. Nobody may change the frame."""

    model: pd.DataFrame
    phrases: PhraseIndex
    rows: dict[Cell, int]
    answers: dict[Cell, tuple[str, str]]  # who is responsible, and the customer action
    offerings: list[str]  # names
    duties: list[str]


def find_answers(
    text: str, *, model: pd.DataFrame | None = None, tables: Tables | None = None
) -> pd.DataFrame:
    """Find the cells that answer a question in everyday words.

    Parameters
    ----------
    text
        Question, such as ``"who patches rds?"``, ``"which services need no patching"``, ``"what must
        we do for lambda"`` or ``"rds vs aurora"``. Offerings may have any name or identifier of the
        catalogue. The words for duties are in the table ``duty_words``, in English, German and French.
        Order, case, plurals and small spelling mistakes do not matter.
    model
        Frame from :func:`~srm_data.build_model` or :func:`~srm_data.in_use`, with or without decisions;
        built from the tables if not given.
    tables
        Frames from :func:`~srm_data.load_tables`; loaded if not given, with both sets of duties.

    Returns
    -------
    DataFrame
        Rows of the model, best first; empty if the text names neither an offering nor a duty. ``attrs``
        has texts: ``understood``, how the question was understood; ``not_answered``, what the answers
        leave out, or blank; and ``kind``:

        - ``"cell"``: the ordinary offering comes before its variants, and the likeliest duty before
          others. A duty alone is answered for the services asked about most often.
        - ``"which"``: the offerings on the side that is asked for. Words for who is responsible
          ("ours", "AWS's", "shared") select by ``responsibility``, those for who must act ("must we",
          "no patching") by ``customer_action``; ``understood`` has the values.
        - ``"act"``: what the customer, or AWS, has to do for an offering, the required duties first.
        - ``"compare"``: several offerings, the duties in which they differ first.
        - ``"service"``: the offerings of a service, the duties in which they differ first.

        A topic that no duty covers, such as antivirus, is answered with the duties nearest to it. The
        page of each of ``source_ids`` is the ``url`` of that row of ``load_tables()["sources"]``;
        :func:`~srm_data.show_table` makes links of them.

    Raises
    ------
    srm_data.exceptions.FrameError
        If ``model`` is not a model.
    TypeError
        If ``text`` is no text.

    Examples
    --------
    >>> answers = find_answers("who patches rds?")
    >>> answers[["offering", "duty", "responsibility"]].iloc[0].astype(str).tolist()
    ['RDS DB instance', 'Guest OS patching', 'AWS']
    >>> answers.attrs["understood"]
    'RDS DB instance; Guest OS patching or Platform patching'
    >>> find_answers("antivirus on ec2").attrs["not_answered"]
    'antivirus is not one of the duties; nearest: Guest OS configuration, Incident response'
    """
    if not isinstance(text, str):
        raise TypeError(f"expected a question as text; got a {type(text).__name__}")
    if model is None and tables is None:
        asked = _prepare_shipped(list_states())
    else:
        model = build_model(tables) if model is None else model
        check_frame(model, MODEL, "a model of offerings, from build_model or in_use", has_rows=True)
        tables = load_tables(duty_sets=list_sets(model)) if tables is None else tables
        asked = prepare_questions(model, tables)

    question = asked.phrases.understand(text)
    cells = list_cells(question, asked)
    answers = asked.model.iloc[[asked.rows[cell] for cell in cells]].reset_index(drop=True)
    rest = _describe_rest(question, asked)
    understood = [*_describe(question, asked, cells), *rest]
    answers.attrs |= {"understood": "; ".join(understood), "not_answered": "; ".join(rest)}
    answers.attrs["kind"] = question.kind
    return answers


def prepare_questions(model: pd.DataFrame, tables: Tables) -> Prepared:
    """Arrange a model for questions."""
    index = PhraseIndex(build_word_table(model, tables))
    places, names = [], []
    for key, ids in (("offering", index.table["offerings"]), ("duty", index.table["duties"])):
        place_of = {of: place for place, of in enumerate(ids)}
        places.append(model[f"{key}_id"].map(place_of))
        first = model.drop_duplicates(f"{key}_id").set_index(f"{key}_id")[key].astype(str)
        names.append([str(first[of]) for of in place_of])
    cells = list(zip(*places, strict=True))
    answers = zip(
        model["responsibility"].astype(str), model["customer_action"].astype(str), strict=True
    )
    rows = {cell: row for row, cell in enumerate(cells)}
    return Prepared(model, index, rows, dict(zip(cells, answers, strict=True)), *names)


@lru_cache(maxsize=1)
def _prepare_shipped(_: Hashable) -> Prepared:
    """Prepare for questions about the shipped tables, once. Do not modify the result."""
    return prepare_questions(build_model(duty_sets=ALL_SETS), load_tables(duty_sets=ALL_SETS))


def list_cells(question: Understood, asked: Prepared) -> list[Cell]:
    """List the cells that answer a question, best first."""
    table, answers = asked.phrases.table, asked.answers
    offerings, duties = question.offerings, question.duties or table["varying"]
    named = offerings[: question.named]
    if not offerings and not question.duties:
        return []

    # Which offerings: those in which a duty, or all that its words may mean, is on the side asked for.
    if question.kind == "which":
        side = table["sides"][question.side]
        fitting = {
            cell
            for cell, (party, action) in answers.items()
            if party in side.parties or action in side.actions
        }
        some = named if question.named > 1 else offerings
        rows = [
            [(place, duty) for duty in question.meant if (place, duty) in answers] for place in some
        ]
        cells = [cell for row in rows if not side.is_every or fitting.issuperset(row) for cell in row]
        order = {"Shared": 1, "Not applicable": 2}
        return sorted(
            fitting.intersection(cells),
            key=lambda cell: (
                question.meant.index(cell[1]), order.get(answers[cell][0], 0),
                answers[cell][1] == "optional", some.index(cell[0]),
            ),
        )  # fmt: skip

    # What must be done: the duties of one side, the required ones first.
    if question.kind == "act":
        _, key, wanted = ACTS[question.side]
        cells = [(named[0], duty) for duty in duties if (named[0], duty) in answers]
        ours = [cell for cell in cells if answers[cell][key] in wanted]
        return sorted(ours, key=lambda cell: wanted.index(answers[cell][key]))

    # Several offerings beside each other, duty by duty: those first in which they differ.
    if question.kind in ("compare", "service"):
        shown = named if question.kind == "compare" else offerings
        rows = [[(place, duty) for place in shown if (place, duty) in answers] for duty in duties]
        if not question.duties:
            rows.sort(key=lambda row: len({answers[cell] for cell in row}) < 2)
        return [cell for row in rows for cell in row]

    # One cell after the other. What has no object comes last if another duty may be meant, or if a
    # duty is asked for alone.
    rows = [[(place, duty) for duty in duties] for place in (offerings if question.duties else named)]
    if not offerings:
        rows = [[(place, duty) for place in table["often"]] for duty in duties]
    is_sorted = len(question.meant) > 1 or not offerings
    cells = []
    for row in rows:
        of = [cell for cell in row if cell in answers]
        cells += sorted(of, key=lambda cell: is_sorted and answers[cell][0] == "Not applicable")
    return cells


def _describe(question: Understood, asked: Prepared, cells: list[Cell]) -> list[str]:
    named = [asked.offerings[place] for place in question.offerings[: question.named]]
    meant = [asked.duties[place] for place in question.duties]
    if not named and not meant:
        return ["nothing that names an offering or a duty"]
    if question.kind == "which":
        services = {asked.phrases.table["service_of"][place] for place in question.offerings}
        of = f"{len(question.offerings):,} offerings"
        of += f" of {services.pop()}" if len(services) == 1 else ""
        of = ", ".join(named) if len(named) > 1 else of
        of += f" ({', '.join(question.families)})" if question.families else ""
        side, count = asked.phrases.table["sides"][question.side], len({place for place, _ in cells})
        asked_about = [asked.duties[duty] for duty in question.meant]
        label = (" and " if side.is_every else " or ").join(asked_about)
        texts = [f"{label}: where {side.text} ({_describe_side(side)}): {count:,} of {of}"]
        if "part" in side.turned:
            wider = question._replace(side=side.turned["part"])
            side = asked.phrases.table["sides"][wider.side]
            count = len({place for place, _ in list_cells(wider, asked)})
            texts.append(f"{_describe_side(side)}: {count:,}")
        return texts
    if question.kind == "service":
        service = asked.phrases.table["service_of"][question.offerings[0]]
        named = [f"{len(question.offerings)} offerings of {service}"]
    duties = " or ".join(meant) or "all duties"
    if question.kind == "act":
        duties = ACTS[question.side][0]
        every = asked.phrases.table["varying"]
        rows = [[asked.answers.get((of, duty)) for duty in every] for of in question.offerings]
        differ = sum(row != rows[0] for row in rows)
        others = "other offering differs" if differ == 1 else "other offerings differ"
        duties += f"; {differ:,} {others}" if differ else ""
    if question.kind in ("compare", "service") and not meant:
        duties += ", those in which they differ first"
    groups = ", ".join(question.families) or "services asked about most often"
    parts = [", ".join(named) or groups, duties]
    if not question.offerings:
        counts = duty_distribution(asked.model, "duty").loc[meant[0]]
        numbers = ", ".join(f"{party} {number:,}" for party, number in counts.items() if number)
        parts.append(f"{meant[0]} of all offerings: {numbers}")
    return parts


def _describe_side(side: Side) -> str:
    return " or ".join(side.parties or side.actions)


def _describe_rest(question: Understood, asked: Prepared) -> list[str]:
    parts = []
    for topic, near in question.topics:
        nearest = f"; nearest: {', '.join(asked.duties[place] for place in near)}" if near else ""
        parts.append(f"{topic} is not one of the duties{nearest}")
    named = [] if question.kind == "which" else question.offerings[: question.named]
    for duty in question.duties[:1]:
        without = [asked.offerings[place] for place in named if (place, duty) not in asked.answers]
        if without:
            about = ", ".join(without)
            parts.append(f"{asked.duties[duty]}, a duty of AI, is not asked about {about}")
    left_out = [word for word in question.unknown if asked.phrases.is_known(word)]
    unknown = [word for word in question.unknown if word not in left_out]
    left_out = [*question.unused, *left_out]
    parts += [f"left out: {', '.join(left_out)}"] if left_out else []
    is_whole = question.kind == "compare" or question.side in ("must", "free")  # all duties
    if question.unknown + question.unused and question.named and not question.duties and not is_whole:
        parts.append("not about one of the duties")
    if unknown:
        words = ", ".join(asked.phrases.find_near(unknown))
        hint = f" (nearest: {words})" if words else ""
        parts.append(f"not understood: {', '.join(unknown)}{hint}")
    return parts


def compare_offerings(
    a: str, b: str, *others: str, model: pd.DataFrame | None = None, tables: Tables | None = None
) -> pd.DataFrame:
    """Compare two offerings, duty by duty.

    Parameters
    ----------
    a, b
        Name or identifier of each offering. A service stands for its ordinary offering.
    others
        Nothing: more than two offerings are refused, with the way to compare them.
    model
        Frame from :func:`~srm_data.build_model` or :func:`~srm_data.in_use`; built if not given.
    tables
        Frames from :func:`~srm_data.load_tables`; loaded if not given.

    Returns
    -------
    DataFrame
        One row per duty, in the order of the matrices: ``layer``, ``duty_id``, ``duty``, ``differs``
        (``bool``, whether responsibility or customer action differ), ``words_differ`` (``bool``,
        whether they are the same, but not the halves in words), then ``responsibility``,
        ``customer_action``, ``aws_part``, ``customer_part``, ``note``, ``basis`` and ``source_ids`` of
        both, with the suffixes ``_a`` and ``_b``. ``attrs["a"]`` and ``attrs["b"]`` are the names.

    Raises
    ------
    LookupError
        If a name is unknown (the message lists all unknown names), or if both names stand for the same
        offering, or more than two are given.
    srm_data.exceptions.FrameError
        If ``model`` is not a model.

    Examples
    --------
    >>> both = compare_offerings("EKS on Fargate", "EKS managed node groups")
    >>> patching = both.set_index("duty_id").loc["guest-os-patching"]
    >>> patching["responsibility_a"], patching["responsibility_b"]
    ('AWS', 'Shared')
    """
    if others:
        named = ", ".join(map(repr, (a, b, *others)))
        raise LookupError(
            f"expected two offerings; got {named}: responsibility_matrix(choose_offerings(model, "
            f"[{named}])) has more of them beside each other, and plot_stacks draws them"
        )
    tables = load_tables() if tables is None else tables
    model = build_model(tables) if model is None else model
    check_frame(model, MODEL, "a model of offerings, from build_model or in_use")
    chosen = choose_offerings(model, [a, b], ordinary=True, tables=tables)
    names = [str(name) for name in chosen["offering"].cat.categories]
    if len(names) < 2:
        raise LookupError(f"{a!r} and {b!r} both mean {names[0]}; expected two offerings")

    keys = ["layer", "duty_id", "duty"]
    first, second = (chosen.loc[chosen["offering"] == name, [*keys, *BOTH]] for name in names)
    both = first.merge(second, on=keys, suffixes=("_a", "_b"), validate="one_to_one")
    both = both.sort_values("duty", ignore_index=True)
    answers = ["responsibility", "customer_action"]
    differs = [both[f"{name}_a"].astype(str) != both[f"{name}_b"].astype(str) for name in answers]
    both.insert(len(keys), "differs", differs[0] | differs[1])
    words = [both[f"{name}_a"] != both[f"{name}_b"] for name in ("aws_part", "customer_part")]
    both.insert(len(keys) + 1, "words_differ", ~both["differs"] & (words[0] | words[1]))
    both.attrs |= {"a": names[0], "b": names[1]}
    return both
