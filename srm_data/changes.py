"""Compare two states of the model: data versions, workbooks, folders of tables or decisions.

``compare`` lists the cells that differ, and ``read_earlier`` reads what it compares with. The answers
of released versions are in ``history/answers``: ``<version>.csv`` has one row per offering and one
column per duty. ``history/cells`` has the basis, words and sources of the newest version in full; of
older ones, the cells in which they differ from the version after them. A workbook has the answers it
was sent with, so that changes can be listed from the workbook alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import pandas as pd

from srm_data.cells import check_frame, restore_cells
from srm_data.load import ALL_SETS, CORE, answers_folder, load_some, load_tables, read_table
from srm_data.model import build_model
from srm_data.schema import CELL, WHOLE_CATALOGUE, StrPath, read_package
from srm_data.workbook.read import read_sent

DECISION_GONE = "decision gone"
"""Why a cell differs that was decided, and is not any more."""
ADDED, GONE = "offering added", "offering gone"
WHY = {
    "decision": "by decision",
    "data and decision": "by data and decision",
    DECISION_GONE: "without a decision any more",
    ADDED: "of offerings added",
    GONE: "of offerings gone",
    "rule changed": "as the text of a rule changed",
    "trait changed": "as a trait changed",
    "first reading": "by a first reading of a page",
    "newer page": "by another page, or a newer edition",
    "mended answer or sentence": "by a mended answer or sentence",
    "mended answer": "by a mended answer",
    "mended sentence": "by a mended sentence",
    "other basis": "by another basis",
    "data": "by data of which no basis was kept",
}
"""Why a cell differs, and how a sentence words it. The first that fits is the reason."""
WORDS = ["basis", "customer_action", "aws_part", "customer_part"]
"""Columns that a comparison lists before and after."""
KEPT = ["customer_action", "basis", "scope", "aws_part", "customer_part", "source_ids", "editions"]
"""Columns of a cell that are kept for released versions, beside the answer."""
CHANGES = "changes, from compare"
"""Description of the expected frame, for error messages."""


def compare(before: pd.DataFrame, after: pd.DataFrame, *, words: bool = False) -> pd.DataFrame:
    """Compare two models cell by cell.

    Parameters
    ----------
    before, after
        Frames from :func:`~srm_data.build_model`, :func:`~srm_data.in_use` or, for a released version,
        :func:`~srm_data.read_earlier`.
    words
        Whether to list the cells, too, of which only the basis or the words differ.

    Returns
    -------
    DataFrame
        One row per cell whose answer or customer action differs, in the order of ``after``, followed by
        removed cells, in the order of ``before``: ``offering_id``, ``duty_id``, ``offering``, ``duty``,
        ``from`` and ``to`` (the answers; empty if the offering did not or does not exist), ``why``, and
        ``basis``, ``customer_action``, ``aws_part`` and ``customer_part``, each with ``_from`` and
        ``_to`` (empty where they were not kept); all ``str``.

        ``why`` is the first reason that fits: ``"offering added"`` or ``"offering gone"``;
        ``"decision"``, ``"data and decision"`` or ``"decision gone"`` (withdrawn, or in conflict now);
        ``"rule changed"`` (its text); ``"trait changed"`` (another rule applies, or none);
        ``"first reading"`` (documented now); ``"newer page"`` (other sources or editions);
        ``"mended answer or sentence"``, ``"mended answer"`` (or action; with the same sentences) or
        ``"mended sentence"``; ``"other basis"``; or ``"data"`` if the basis before is not known.

    Examples
    --------
    >>> from srm_data import build_model
    >>> model = build_model()
    >>> changes = compare(model[model["offering_id"] != "sqs"], model)
    >>> changes["why"].unique().tolist(), len(changes)
    (['offering added'], 28)
    """
    columns = [*CELL, "offering", "duty", "responsibility", "without_decision", "basis"]
    expected = "a model of offerings, from build_model, in_use or read_earlier"
    before, after = (  # answers of the first versions have neither basis nor action
        restore_cells(model, columns, expected, may_lack=["basis", "customer_action"])
        for model in (before, after)
    )

    # Both states side by side: the cells of after first, then those that are gone.
    old, new = (_take_columns(model, columns) for model in (before, after))
    joined = new.merge(old, on=CELL, how="outer", suffixes=("_to", "_from"), validate="one_to_one")
    places = pd.concat([after[CELL], before[CELL]], ignore_index=True).drop_duplicates(CELL)
    joined = places.merge(joined, on=CELL, validate="one_to_one")
    joined = joined.assign(why=_find_why(joined))

    # What was not kept of one state differs in nothing.
    pairs = {name: (joined[f"{name}_from"], joined[f"{name}_to"]) for name in WORDS}
    differs = {name: was.ne("") & now.ne("") & was.ne(now) for name, (was, now) in pairs.items()}
    was, now = joined["responsibility_from"].fillna(""), joined["responsibility_to"].fillna("")
    is_row = was.ne(now) | differs["customer_action"]
    if words:  # a half may have had no words
        has_words = joined["basis_from"].ne("") & joined["basis_to"].ne("")
        parts = [pairs[name][0].ne(pairs[name][1]) for name in ("aws_part", "customer_part")]
        is_row |= has_words & (differs["basis"] | parts[0] | parts[1])

    changes = pd.DataFrame(
        {
            **{name: joined[name] for name in CELL},
            "offering": joined["offering_to"].fillna(joined["offering_from"]),
            "duty": joined["duty_to"].fillna(joined["duty_from"]),
            "from": was,
            "to": now,
            "why": joined["why"],
            **{f"{name}_{side}": joined[f"{name}_{side}"] for name in WORDS for side in ("from", "to")},
        }
    )
    return changes[is_row].fillna("").astype("str").reset_index(drop=True)


def _take_columns(model: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the columns of a comparison as texts, blank where a state does not have them."""
    if "editions" not in model and "source_ids" in model:
        model = add_editions(model, load_some(["sources"])["sources"])
    texts = model.reindex(columns=[*columns, *(name for name in KEPT if name not in columns)])
    texts = texts.astype(object)
    return texts.fillna(dict.fromkeys(KEPT, ""))


def _find_why(joined: pd.DataFrame) -> pd.Series:
    """Return why each cell differs; a later line overrides an earlier one."""
    was, now = ({name: joined[f"{name}_{side}"] for name in KEPT} for side in ("from", "to"))
    is_derived, was_derived = now["basis"].eq("derived"), was["basis"].eq("derived")
    is_read, was_read = now["basis"].eq("documented"), was["basis"].eq("documented")

    # What differs on the same page: the answer or its action, the sentences, or neither.
    differ = was["aws_part"].ne(now["aws_part"]) | was["customer_part"].ne(now["customer_part"])
    moved = joined["responsibility_from"].ne(joined["responsibility_to"])
    mended = moved | was["customer_action"].ne(now["customer_action"])
    why = pd.Series("other basis", index=joined.index, dtype=object)
    why = why.mask(differ, "mended sentence").mask(mended, "mended answer")
    why = why.mask(mended & differ, "mended answer or sentence")
    other_page = was["source_ids"].ne(now["source_ids"]) | was["editions"].ne(now["editions"])
    why = why.mask(other_page, "newer page").mask(is_read & ~was_read, "first reading")

    # A rule is known by its words: if no cell of the duty has them any more, the rule was changed.
    differ |= moved
    texts = {
        side: joined[["duty_id", f"aws_part_{side}", f"customer_part_{side}"]].apply(
            tuple, axis="columns"
        )
        for side in ("from", "to")
    }
    is_rule_there = texts["from"].isin(set(texts["to"][is_derived]))
    is_other = (is_derived & was_derived & differ) | (is_derived & ~was_derived)
    why = why.mask(is_other | (was_derived & ~is_derived & ~is_read), "trait changed")
    why = why.mask(is_derived & was_derived & differ & ~is_rule_there, "rule changed")

    # Decisions are the organisation's; nothing else is known of a cell without a basis.
    is_same_data = joined["without_decision_from"].eq(joined["without_decision_to"])
    was_decided, is_decided = was["basis"].eq("decision"), now["basis"].eq("decision")
    why = why.mask(was["basis"].eq("") | now["basis"].eq(""), "data")
    why = why.mask(was_decided | is_decided, "data and decision")
    why = why.mask((was_decided | is_decided) & is_same_data, "decision")
    why = why.mask(was_decided & ~is_decided & is_same_data, DECISION_GONE)
    why = why.mask(joined["responsibility_from"].isna(), ADDED)
    return why.mask(joined["responsibility_to"].isna(), GONE)


def describe_changes(changes: pd.DataFrame) -> str:
    """Describe what changed, as in ``"2 cells differ: 1 by decision, 1 by a first reading of a page"``.

    Parameters
    ----------
    changes
        Frame from :func:`compare`.

    Examples
    --------
    >>> describe_changes(pd.DataFrame({"why": ["trait changed", "decision", "trait changed"]}))
    '3 cells differ: 2 as a trait changed, 1 by decision'
    """
    check_frame(changes, ["why"], CHANGES)
    if changes.empty:
        return "no cell differs"
    # Causes from the most frequent to the least, then cells on one side only.
    counts = changes["why"].value_counts()
    last = [why for why in (DECISION_GONE, ADDED, GONE) if why in counts]
    order = [*(why for why in counts.index if why not in last), *last]
    parts = [f"{counts[why]:,} {WHY.get(why, f'by {why}')}" for why in order]
    noun = "cell differs" if len(changes) == 1 else "cells differ"
    described = f"{len(changes):,} {noun}: {', '.join(parts)}"
    if "from" in changes and (actions := int(changes["from"].eq(changes["to"]).sum())):
        described += f"; {actions:,} in the customer action or words alone"
    return described


def describe_change(change: Mapping[Any, str]) -> str:
    """Describe one row of a comparison: the answer before and after, or else the action."""
    cell = f"{change['offering']}, {change['duty']}"
    if change["from"] != change["to"]:
        return f"{cell}: {change['from']} -> {change['to']}"
    was, now = change.get("customer_action_from", ""), change.get("customer_action_to", "")
    return f"{cell}: {change['to']}, " + (f"action {was} -> {now}" if was != now else "other words")


def move_counts(changes: pd.DataFrame) -> pd.DataFrame:
    """Count the cells that moved from one answer to another, without added or removed offerings.

    Parameters
    ----------
    changes
        Frame from :func:`compare`.

    Returns
    -------
    DataFrame
        One row per move, most frequent first: ``from``, ``to`` (``str``) and ``cells`` (``int``).

    Examples
    --------
    >>> rows = [("AWS", "Shared", "data"), ("AWS", "Shared", "data"), ("", "AWS", "offering added")]
    >>> move_counts(pd.DataFrame(rows, columns=["from", "to", "why"])).to_numpy().tolist()
    [['AWS', 'Shared', 2]]
    """
    check_frame(changes, ["why", "from", "to"], CHANGES)
    moved = changes[~changes["why"].isin([ADDED, GONE]) & (changes["from"] != changes["to"])]
    counts = moved.groupby(["from", "to"], as_index=False).size()
    counts = counts.rename(columns={"size": "cells"})
    return counts.sort_values("cells", ascending=False, kind="stable", ignore_index=True)


def read_earlier(source: StrPath) -> pd.DataFrame:
    """Read the answers of an earlier state, with decisions applied, for :func:`~srm_data.compare`.

    Parameters
    ----------
    source
        Folder of tables, workbook from :func:`~srm_data.write_workbook`, as sent or returned: it has
        the answers that it was sent with, or data version from :func:`~srm_data.list_versions`.

    Returns
    -------
    DataFrame
        One row per cell: ``offering_id``, ``duty_id``, ``offering``, ``duty``, ``responsibility``,
        ``without_decision``, ``basis`` and, if they were kept, its customer action, words and sources.
        For a folder of tables there are more columns.

    Raises
    ------
    FileNotFoundError
        If the source does not exist.
    srm_data.exceptions.ReviewError, srm_data.exceptions.TableError
        If the workbook or the folder cannot be read.

    Examples
    --------
    >>> earlier = read_earlier("2026.11.0").set_index(["offering_id", "duty_id"])
    >>> earlier.loc[("mwaa", "platform-upgrade"), "responsibility"]
    'Customer'
    """
    path = Path(source)
    if path.is_dir():
        tables = load_tables(path)
        return add_editions(build_model(tables), tables["sources"])
    if path.exists():
        return _read_book(path)
    cells = _read_release(str(source))
    if cells.empty:
        raise FileNotFoundError(
            f"{source}: expected a folder of tables, a workbook, or a stored data version "
            f"({', '.join(list_versions())})"
        )
    return _complete_cells(cells)


def _read_book(path: StrPath) -> pd.DataFrame:
    """Read the answers that the book of a register was sent with, for everywhere."""
    book = read_sent(path)
    rows = [
        [offering_id, duty_id, book.offerings[offering_id], *answer.rpartition(", ")[::2]]
        for (offering_id, duty_id, where), answer in book.answers.items()
        if not where
    ]
    columns = [*CELL, "offering", "responsibility", "customer_action"]
    sent = pd.DataFrame(rows, columns=columns, dtype="str")

    # The book has the action; all else that is kept, and what the documents said, is of its release.
    released = _read_release(book.version, duty_sets=ALL_SETS)
    released = released.drop(columns=["offering", "customer_action"])
    cells = sent.merge(released, on=CELL, how="left", suffixes=("", "_then"), validate="one_to_one")
    cells = _complete_cells(cells.fillna(""))

    # A decision has a basis and words of its own.
    decided = {
        key[:2] for key, row in book.sent.items() if key[3] == "answer" and not key[2] and row["sent"]
    }
    keys = zip(cells["offering_id"], cells["duty_id"], strict=True)
    is_decided = pd.Series([key in decided for key in keys], index=cells.index)
    then = cells.pop("responsibility_then")
    cells = cells.assign(
        basis=cells["basis"].mask(is_decided, "decision"),
        **{name: cells[name].mask(is_decided, "") for name in ("aws_part", "customer_part")},
        without_decision=cells["without_decision"].mask(is_decided & then.ne(""), then),
    )
    cells.attrs["scope"] = book.scope
    return cells


def _read_release(version: str, *, duty_sets: Sequence[str] = CORE) -> pd.DataFrame:
    """Read the cells of a stored version, build those of the one in the making, or return none."""
    if version in list_versions():
        cells = read_version(version).merge(
            read_kept(version), on=CELL, how="left", validate="one_to_one"
        )
    elif version == read_package()["version"]:
        sources = load_some(["sources"])["sources"]
        cells = add_editions(build_model(duty_sets=duty_sets), sources)
    else:
        cells = pd.DataFrame()
    cells = cells.reindex(columns=[*CELL, "offering", "responsibility", *KEPT])
    return cells.astype("str").fillna("")


def _complete_cells(cells: pd.DataFrame) -> pd.DataFrame:
    """Add the columns that a comparison needs to answers that have no decisions."""
    duties = read_table("duties").set_index("duty_id")["duty"]
    named = cells["duty_id"].map(duties).fillna(cells["duty_id"])
    return cells.assign(duty=named, without_decision=cells["responsibility"])


def add_editions(model: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """Add the column ``editions`` to a model: the edition or, without one, the day of each source."""
    pages = sources.set_index("source_id")
    editions = pages["edition"].where(pages["edition"] != "", pages["accessed"])
    joined = {
        ids: "; ".join(str(editions.get(source, "")) for source in ids.split("; "))
        for ids in model["source_ids"].astype(str).unique()
    }
    return model.assign(editions=model["source_ids"].astype(str).map(joined))


def keep_cells(model: pd.DataFrame, sources: pd.DataFrame, version: str, folder: Path) -> list[Path]:
    """Write the cells of a released version in full, and those of the one before as differences."""
    cells = add_editions(model, sources).reindex(columns=[*CELL, *KEPT]).fillna("").astype("str")
    paths = [folder / f"{version}.csv.gz"]
    others = [path for path in folder.glob("*.csv.gz") if path != paths[0]]
    if others:
        last = max(others, key=lambda path: _order_version(path.name.removesuffix(".csv.gz")))
        former, now = (frame.set_index(CELL) for frame in (_read_cells(last), cells))
        every = former.index.union(now.index, sort=False)
        was, then = (frame.reindex(every).fillna("") for frame in (former, now))
        paths.append(_write_cells(last, was[(was != then).any(axis="columns")].reset_index()))
    _write_cells(paths[0], cells.sort_values(CELL))
    return paths


def _write_cells(path: Path, cells: pd.DataFrame) -> Path:
    path.parent.mkdir(exist_ok=True)
    # the same data makes the same bytes
    cells.to_csv(path, index=False, lineterminator="\n", compression={"method": "gzip", "mtime": 1})
    return path


def _read_cells(path: Traversable | Path) -> pd.DataFrame:
    with path.open("rb") as file:
        return pd.read_csv(file, dtype=str, keep_default_na=False, compression="gzip")


def read_kept(version: str) -> pd.DataFrame:
    """Read what is kept of the cells of a version beside their answers; of some versions, nothing."""
    folder = files("srm_data") / "history" / "cells"
    kept = [name for name in list_versions() if (folder / f"{name}.csv.gz").is_file()]
    cells = pd.DataFrame(columns=[*CELL, *KEPT], dtype="str")
    if version not in kept:
        return cells
    # Each older version replaces the cells in which it differs; those without a basis were not there.
    for name in reversed(kept[kept.index(version) :]):
        cells = pd.concat([_read_cells(folder / f"{name}.csv.gz"), cells]).drop_duplicates(CELL)
    return cells[cells["basis"] != ""].reset_index(drop=True)


def _order_version(name: str) -> list[int]:
    return [int(part) for part in name.split(".")]


def has_whole_catalogue(earlier: pd.DataFrame) -> bool:
    """Return whether an earlier state has all offerings, as versions, folders and most books have."""
    return bool(earlier.attrs.get("scope", WHOLE_CATALOGUE) == WHOLE_CATALOGUE)


def list_versions() -> list[str]:
    """List the data versions whose answers are stored, oldest first.

    Returns
    -------
    list of str
        Versions such as ``"2026.11.0"``.

    Examples
    --------
    >>> list_versions()[0]
    '2026.11.0'
    """
    stored = [path.name for path in answers_folder().iterdir() if path.name.endswith(".csv")]
    return sorted((name.removesuffix(".csv") for name in stored), key=_order_version)


def read_version(version: str) -> pd.DataFrame:
    """Read the answers of a data version, one row per cell."""
    if version not in list_versions():
        raise LookupError(
            f"data version {version!r} is not stored; stored are {', '.join(list_versions())}"
        )
    with (answers_folder() / f"{version}.csv").open("rb") as file:
        wide = pd.read_csv(file, dtype=str, keep_default_na=False)
    cells = wide.melt(["offering_id", "offering"], var_name="duty_id", value_name="responsibility")
    return cells[[*CELL, "offering", "responsibility"]].astype("str")


def list_documented(version: str) -> pd.DataFrame:
    """List the documented cells of a data version with their answers; none if no basis was kept."""
    kept = read_kept(version)
    cells = kept.loc[kept["basis"] == "documented", CELL]
    answers = read_version(version)[[*CELL, "responsibility"]]
    return cells.merge(answers, on=CELL, how="inner", validate="one_to_one")
