"""Answer documented cells by rules and defaults alone, and compare with the pages read."""

from __future__ import annotations

import pandas as pd

from srm_data.agreement.evidence import keep_lists, list_documented, prepare_tables
from srm_data.answers import (
    list_derived,
    list_general_answers,
    list_group_defaults,
)
from srm_data.cells import check_frame
from srm_data.schema import CELL, Tables

HARDLY_VARYING = [
    "physical-security", "hardware-maintenance", "media-sanitization", "network-infrastructure",
    "virtualization", "host-os", "compliance", "awareness-training",
]  # fmt: skip
"""Duties with the same answer for nearly all offerings, which would inflate every measure."""

DISPUTED = [
    "encryption-at-rest", "encryption-in-transit", "key-management", "credentials", "availability",
    "backup", "guest-os-patching", "guest-os-configuration", "platform-patching", "platform-upgrade",
]  # fmt: skip
"""The ten duties that people dispute most."""

HELD_OUT = ["offering_id", "duty_id", "read_as", "read_for", "expected", "basis", "because"]


def list_held_out(tables: Tables, *, earlier: pd.DataFrame | None = None) -> pd.DataFrame:
    """List what rules and defaults alone would answer for each cell that is documented.

    All facts are held out, and so are traits that were read in the guide of the service itself. The
    traits from AWS's lists, from guides that cover many services (such as the controls of Security Hub)
    and from API models, the rules and the defaults remain. Undocumented cells rest on these alone, so
    the agreement estimates how often such a cell is right. The estimate is slightly optimistic, because
    the defaults were chosen from the same readings.

    Parameters
    ----------
    tables
        Frames from :func:`~srm_data.load_tables` or :func:`~srm_data.narrow_tables`.
    earlier
        Cells that were documented in earlier versions, from
        :func:`~srm_data.changes.list_formerly_documented`. Those that are no longer documented are
        included with their earlier answer. None by default.

    Returns
    -------
    DataFrame
        One row per cell, sorted by key; all ``str``:

        ``offering_id``, ``duty_id``
            Keys of the cell. Duties that hardly vary are left out.
        ``read_as``
            Responsibility according to the page.
        ``read_for``
            Subject of the page: ``"offering"``, ``"service"``, or ``"before"`` for a cell that was
            documented only in an earlier data version.
        ``expected``
            Responsibility according to rules and defaults.
        ``basis``
            ``"derived"`` if a rule gives the answer, ``"category"`` if a default does.
        ``because``
            The trait and its value, the product group and category, or the category.

    Raises
    ------
    srm_data.exceptions.TableError
        If the tables are not consistent with each other, as after narrowing some of them by hand; the
        message lists every fault. Use :func:`~srm_data.narrow_tables` instead.

    Examples
    --------
    >>> from srm_data.load import load_tables
    >>> held_out = list_held_out(load_tables())
    >>> sorted(held_out["basis"].unique())
    ['category', 'derived']
    """
    tables = prepare_tables(tables)
    if earlier is None:
        earlier = pd.DataFrame(columns=[*CELL, "responsibility"], dtype="str")
    check_frame(earlier, [*CELL, "responsibility"], "earlier cells, from list_formerly_documented")
    read = _list_read(tables, earlier)
    expected = _answer_without_facts(tables)
    held_out = read.merge(expected, on=CELL, how="inner", validate="one_to_one")
    return held_out.sort_values(CELL, ignore_index=True)[HELD_OUT].astype("str")


def list_contradictions(held_out: pd.DataFrame) -> pd.DataFrame:
    """List the cells where one side says AWS and the other says Customer.

    Parameters
    ----------
    held_out
        Frame from :func:`list_held_out`.

    Returns
    -------
    DataFrame
        The rows where one of ``read_as`` and ``expected`` is AWS and the other is Customer.

    Examples
    --------
    >>> from srm_data.agreement import list_held_out
    >>> from srm_data.load import load_tables
    >>> contradictions = list_contradictions(list_held_out(load_tables()))
    >>> set(contradictions["read_as"]) <= {"AWS", "Customer"}
    True
    """
    check_frame(held_out, HELD_OUT, "cells held out, from list_held_out")
    parties = held_out["read_as"] + " " + held_out["expected"]
    return held_out[parties.isin(["AWS Customer", "Customer AWS"])].reset_index(drop=True)


def held_out_distribution(held_out: pd.DataFrame) -> pd.DataFrame:
    """Count, per duty, the cells where rules and defaults agree with the pages read.

    Parameters
    ----------
    held_out
        Frame from :func:`list_held_out`.

    Returns
    -------
    DataFrame
        One row per duty, by ``duty_id``: ``cells`` and ``agreed`` (``int``), ``share`` of the cells
        that agree (``float``, 0 to 1) and ``disputed`` (``bool``, whether the duty is one of the ten
        that people dispute). Duties without cells are left out.

    Examples
    --------
    >>> from srm_data.agreement import list_held_out
    >>> from srm_data.load import load_tables
    >>> counts = held_out_distribution(list_held_out(load_tables()))
    >>> len(counts), int(counts["disputed"].sum())
    (20, 10)
    """
    check_frame(held_out, HELD_OUT, "cells held out, from list_held_out")
    agrees = (held_out["read_as"] == held_out["expected"]).groupby(held_out["duty_id"])
    counts = pd.DataFrame({"cells": agrees.size(), "agreed": agrees.sum().astype("int64")})
    return counts.assign(share=counts["agreed"] / counts["cells"], disputed=counts.index.isin(DISPUTED))


def _list_read(tables: Tables, earlier: pd.DataFrame) -> pd.DataFrame:
    """List the cells that are or were documented, for duties that vary."""
    earlier = earlier[[*CELL, "responsibility"]].assign(scope="before")
    read = pd.concat([list_documented(tables), earlier], ignore_index=True)
    read = read.drop_duplicates(CELL, keep="first")
    read = read[~read["duty_id"].isin(HARDLY_VARYING)]
    return read.rename(columns={"responsibility": "read_as", "scope": "read_for"})


def _answer_without_facts(tables: Tables) -> pd.DataFrame:
    """Answer every cell from the traits in lists and API models by rule, or else by default."""
    derived = list_derived(keep_lists(tables))
    derived = derived.assign(because=derived["trait_id"] + " = " + derived["value"])
    general = tables["offerings"][["offering_id", "category_id"]].merge(
        list_general_answers(tables), on="category_id", how="inner", validate="many_to_many"
    )
    general = general.assign(because=general["category_id"], basis="category")
    of_group = list_group_defaults(tables).assign(basis="category")
    of_group = of_group.assign(because=of_group["product_group_id"] + ", " + of_group["category_id"])

    columns = [*CELL, "responsibility", "basis", "because"]
    layers = [derived[columns], of_group[columns], general[columns]]
    answers = pd.concat(layers, ignore_index=True).drop_duplicates(CELL, keep="first")
    return answers.rename(columns={"responsibility": "expected"})
