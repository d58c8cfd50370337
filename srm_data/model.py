"""Join the tables into the model: one tidy frame, one row per offering and duty.

Each cell is answered by exactly one row of the tables, the most specific one available: a fact about
the offering, a fact about its service, a rule for one of its traits, a judgement of this project, a
default of its product group, a fact about AWS as a whole, or the default of its category. The columns
``basis`` and ``scope`` say which.
"""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Sequence
from functools import lru_cache
from typing import Literal

import numpy as np
import pandas as pd

from srm_data.answers import (
    find_rows,
    list_general_answers,
    list_layers,
    list_traits,
)
from srm_data.exceptions import Fault, StaleDecisionWarning, TableError
from srm_data.load import (
    CORE,
    Tables,
    keep_duty_sets,
    list_states,
    load_some,
    without_categoricals,
)
from srm_data.schema import CELL

JOINED = [
    "responsibilities", "bases", "layers", "duties", "categories", "product_groups", "services",
    "offerings", "category_responsibilities", "group_responsibilities", "aws_responsibilities",
    "service_responsibilities", "offering_responsibilities", "traits", "offering_traits", "trait_rules",
]  # fmt: skip
"""The tables that the model joins."""

FACT = [
    "responsibility", "customer_action", "aws_part", "customer_part", "note", "basis", "scope",
    "performed_by", "source_id", "section", "also_source_id", "also_section",
]  # fmt: skip
OFFERING = [
    "product_group", "service_id", "service", "offering_id", "offering", "category_id", "category",
]  # fmt: skip
ANSWER = [
    "responsibility", "customer_action", "aws_part", "customer_part", "note", "basis", "scope",
    "performed_by", "source_ids", "sections", "without_decision",
]  # fmt: skip
MODEL = [*OFFERING, "duty_id", "duty", "layer", "side", *ANSWER, "encryption"]
"""The columns of the model, in their order."""
A_MODEL = "a model of offerings, from build_model or in_use"

ACTION_MEANINGS = {
    "required": "The duty, or the customer's part of it, stays undone until the customer acts.",
    "optional": "It is done anyway, or works by default. The customer may change or add something.",
    "none": "Nothing is left for the customer to do.",
}
"""Customer actions, most pressing first, and their meaning."""

ACTIONS = list(ACTION_MEANINGS)

AI_SET = "ai-set"
"""The trait that says which duties of AI an offering has."""


def build_model(
    tables: Tables | None = None,
    *,
    register: pd.DataFrame | None = None,
    categories: Literal["all", "seed"] = "all",
    duty_sets: Sequence[str] = CORE,
) -> pd.DataFrame:
    """Build the model of every offering.

    Parameters
    ----------
    tables
        Frames from :func:`load_tables`. By default those of the package, whose model is built once per
        process; the frame is the caller's own all the same.
    register
        Frame from :func:`~srm_data.read_register`, whose answers in force today override the tables.
        Answers that are not in force (in conflict, proposed, asked back) are not applied, and a warning
        lists them. For another day, and for what else a register says, see
        :func:`~srm_data.register.state`.
    categories
        ``"all"`` uses all four categories. ``"seed"`` reduces them to the two of AWS's model: managed
        becomes abstracted, and customer-hosted becomes infrastructure. Only the category label changes,
        never who is responsible.
    duty_sets
        ``("core",)`` for the 28 duties of every offering, ``("core", "ai")`` with those that only
        offerings have which serve a model or act as an agent: an offering without them has no such row.

    Returns
    -------
    DataFrame
        One row per offering and duty, in the order of the matrices. Columns:

        ``product_group``, ``service``, ``offering``, ``category``, ``layer``, ``duty``
            Names, ordered Categoricals (``layer`` and ``duty`` from the ground up).
        ``service_id``, ``offering_id``, ``category_id``, ``duty_id``
            Keys, ``str``.
        ``side``
            ``"of the cloud"`` or ``"in the cloud"``, ``str``.
        ``responsibility``
            Ordered Categorical: AWS < Shared < Customer < Not applicable.
        ``aws_part``, ``customer_part``, ``note``
            One sentence each, or empty, ``str``.
        ``customer_action``
            Whether the customer must act; ordered Categorical: required < optional < none.
        ``basis``
            Basis of the answer; ordered Categorical: documented < derived < category < proposed <
            decision. ``category`` is a default or, with the scope ``"AWS"``, stated for all services.
        ``scope``
            What the answer applies to: ``"offering"``, ``"service"``, ``"trait"``, ``"product group"``,
            ``"AWS"``, ``"category"`` or, for a decision, ``"organisation"``; ``str``.
        ``performed_by``
            Company that performs AWS's half, if it is not AWS itself; ``str``.
        ``encryption``
            How the offering encrypts at rest: ``"always"``, ``"by default"``, ``"optional"``,
            ``"none"``, or blank if unknown; ``str``.
        ``without_decision``
            Responsibility according to the tables, regardless of decisions; ordered Categorical.
        ``source_ids``
            Keys of ``sources``, separated by ``"; "``, ``str``.
        ``sections``
            Headings on the pages of ``source_ids``, in their order, separated by ``" | "``; several
            headings of one page by ``"; "``, ``str``.

    Raises
    ------
    srm_data.exceptions.TableError
        If the tables are not consistent with each other: an unknown id, a duplicate key, or a category
        without a default for a duty. The message lists every fault. Use :func:`~srm_data.narrow_tables`
        to make tables with fewer offerings.
    ValueError
        If ``categories`` is neither of the two, or ``duty_sets`` names a set that does not exist or
        that the tables were loaded without.

    Examples
    --------
    >>> model = build_model()
    >>> fargate = model.query("offering_id == 'eks-fargate' and duty_id == 'guest-os-patching'")
    >>> fargate["responsibility"].item()
    'AWS'
    >>> with_ai = build_model(duty_sets=("core", "ai"))
    >>> with_ai.query("offering_id == 's3' and layer == 'AI'").empty
    True
    """
    seed, sets = _is_seed(categories), tuple(duty_sets)
    shipped = tables is None
    model = _build_shipped(seed, sets, list_states()).copy() if shipped else _build(tables, seed, sets)
    if register is not None:
        from srm_data.register import describe_problem, state
        from srm_data.register.entries import list_rows

        now = state(register, model, tables=tables)
        is_answer = now.problems["field"].isin(["answer", "approval"])
        for problem in list_rows(now.problems[is_answer]):
            warnings.warn(describe_problem(problem), StaleDecisionWarning, stacklevel=2)
        model = now.model
    return model


@lru_cache(maxsize=4)
def _build_shipped(seed: bool, duty_sets: tuple[str, ...], _: Hashable) -> pd.DataFrame:
    """Build the model of the shipped tables, again only when a file changed. Nobody may change it."""
    return _build(None, seed, duty_sets)


def _build(tables: Tables | None, seed: bool, duty_sets: tuple[str, ...]) -> pd.DataFrame:
    """Build the model of every offering, without decisions."""
    tables = _prepare(tables, duty_sets)
    traits = list_traits(tables)
    names = _name_offerings(tables, seed)
    names = names.assign(encryption=_encryption_of(names["offering_id"], traits))

    # The first layer that has a row for a cell answers it.
    layers = list_layers(tables, traits)
    own = pd.concat([layer[[*CELL, *FACT]] for layer in layers], ignore_index=True)
    general = list_general_answers(tables)
    cells = _answer(names, {"offering_id": own, "category_id": general}, tables, traits)
    return cells[MODEL]


def build_category_model(
    tables: Tables | None = None,
    *,
    categories: Literal["all", "seed"] = "all",
) -> pd.DataFrame:
    """Build the model of the categories, with the defaults that apply unless an offering differs.

    Parameters
    ----------
    tables
        Frames from :func:`load_tables`; loaded if not given.
    categories
        ``"all"`` for all four categories, or ``"seed"`` for the two of AWS's model.

    Returns
    -------
    DataFrame
        One row per category and duty; columns as in :func:`build_model` without those of service and
        offering.

    Examples
    --------
    >>> build_category_model(categories="seed")["category"].unique().tolist()
    ['Infrastructure', 'Abstracted']
    """
    tables, seed = _prepare(tables, CORE), _is_seed(categories)
    names = _name_categories(tables, seed)
    if seed:
        kinds = tables["categories"]
        names = names[(kinds["category_id"] == kinds["seed_category_id"]).to_numpy()]
    return _answer(names, {"category_id": list_general_answers(tables)}, tables)


def _prepare(tables: Tables | None, duty_sets: tuple[str, ...]) -> Tables:
    """Check the given tables, or load the shipped ones, which have been tested."""
    if tables is None:
        return load_some(JOINED, duty_sets=duty_sets)
    from srm_data.check.consistency import check_consistency

    # An id that no table has would vanish in a join.
    check_consistency(tables)
    joined = {name: without_categoricals(tables[name]) for name in JOINED}
    return keep_duty_sets(joined, duty_sets)


def _is_seed(categories: str) -> bool:
    if categories not in ("all", "seed"):
        raise ValueError(f"categories should be one of ['all', 'seed']. Got {categories!r}")
    return categories == "seed"


def _name_offerings(tables: Tables, seed: bool) -> pd.DataFrame:
    """List each offering with its service, group and category, in the order of the matrices."""
    services = tables["services"].set_index("service_id")
    groups = tables["product_groups"].set_index("product_group_id")["product_group"]
    kinds = _name_categories(tables, seed).set_index("category_id")["category"]

    offerings = tables["offerings"][["offering_id", "offering", "service_id", "category_id"]]
    service_ids = offerings["service_id"]
    group_ids = service_ids.map(services["product_group_id"])
    offerings = offerings.assign(
        product_group=_order(group_ids.map(groups), groups),
        service=service_ids.map(services["service"]),
        category=offerings["category_id"].map(kinds),
    )

    # Names in the order in which people look for them, whatever their case.
    folded = {name: offerings[name].map(str.lower) for name in ("service", "offering")}
    offerings = offerings.assign(service_folded=folded["service"], offering_folded=folded["offering"])
    offerings = offerings.sort_values(
        ["product_group", "service_folded", "offering_folded"], kind="stable", ignore_index=True
    )
    return offerings.assign(
        service=_order(offerings["service"], offerings["service"].unique()),
        offering=_order(offerings["offering"], offerings["offering"]),
    )[OFFERING]


def _name_categories(tables: Tables, seed: bool) -> pd.DataFrame:
    """List the category to show for each category: itself, or that of AWS's model."""
    kinds = tables["categories"]
    shown = kinds["seed_category_id"] if seed else kinds["category_id"]
    names = kinds.set_index("category_id")["category"]
    used = kinds.loc[kinds["category_id"].isin(shown), "category"]
    return pd.DataFrame(
        {"category_id": kinds["category_id"], "category": _order(shown.map(names), used)}
    )


def _name_duties(tables: Tables) -> pd.DataFrame:
    """List each duty with its layer, from the ground up."""
    layers, duties = tables["layers"].set_index("layer_id"), tables["duties"]
    named = duties["layer_id"].map(layers["layer"])
    return pd.DataFrame(
        {
            "duty_id": duties["duty_id"],
            "duty": _order(duties["duty"], duties["duty"]),
            "layer": _order(named, layers["layer"]),
            "side": duties["layer_id"].map(layers["side"]),
        }
    )


def _answer(
    names: pd.DataFrame,
    layers: dict[str, pd.DataFrame],
    tables: Tables,
    traits: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Join every name and duty with the first row that answers it.

    ``layers`` has frames of answers, the most specific first, by the column that, with the duty, is the
    key of their cells. A duty of some offerings only has cells for those with the trait that it names.
    """
    # The number of the row that answers each cell, over all layers; -1 while none does.
    duties = _name_duties(tables)
    numbers = np.full((len(names), len(duties)), -1)
    start = 0
    for key, answers in layers.items():
        rows_of_layer = find_rows(answers, key, names[key], duties["duty_id"])
        numbers = np.where((numbers < 0) & (rows_of_layer >= 0), start + rows_of_layer, numbers)
        start += len(answers)

    # All cells, offering by offering, and beside each its row.
    cells, rows = names.merge(duties, how="cross"), numbers.ravel()
    if traits is not None and (exists := _find_cells(names, tables, traits)) is not None:
        cells, rows = cells[exists].reset_index(drop=True), rows[exists]
    _require_answers(cells[rows < 0])
    answers = pd.concat([layer[FACT] for layer in layers.values()], ignore_index=True)
    of_cells = _complete(answers, tables).take(rows).set_axis(cells.index)
    return pd.concat([cells, of_cells], axis="columns")


def _find_cells(names: pd.DataFrame, tables: Tables, traits: pd.DataFrame) -> np.ndarray | None:
    """Find the cells that exist, or None if all do: some duties are only for values of one trait."""
    duties = tables["duties"]
    if "only_for" not in duties or not duties["only_for"].any():
        return None
    # A column of cells per duty, offering by offering.
    values = traits[traits["trait_id"] == AI_SET].set_index("offering_id")["value"]
    of_offerings = names["offering_id"].map(values).fillna("none")
    columns = [
        of_offerings.isin(only.split("; ")) if only else pd.Series(True, of_offerings.index)
        for only in duties["only_for"]
    ]
    return np.column_stack(columns).ravel()


def _complete(answers: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    """Convert facts to the answers of the model."""
    # A second page stands behind the first, each with its headings.
    parties = _order(answers["responsibility"], tables["responsibilities"]["responsibility"])
    has_second = answers["also_source_id"] != ""
    both_sources = answers["source_id"] + "; " + answers["also_source_id"]
    both_sections = answers["section"] + " | " + answers["also_section"]
    return answers.assign(
        responsibility=parties,
        customer_action=_order(answers["customer_action"], ACTIONS),
        basis=_order(answers["basis"], tables["bases"]["basis"]),
        source_ids=both_sources.where(has_second, answers["source_id"]),
        sections=both_sections.where(has_second, answers["section"]),
        without_decision=parties,
    )[ANSWER]


def _encryption_of(offering_ids: pd.Series, traits: pd.DataFrame) -> pd.Series:
    """Return how each offering encrypts at rest, blank if unknown."""
    of_rest = traits[traits["trait_id"] == "encrypts-at-rest"].set_index("offering_id")["value"]
    values = of_rest.astype("str").reindex(offering_ids, fill_value="")
    return values.set_axis(offering_ids.index)


def _require_answers(missing: pd.DataFrame) -> None:
    """Raise an error if there are cells with neither a fact nor a default."""
    if missing.empty:
        return
    key = "offering_id" if "offering_id" in missing else "category_id"
    faults = []
    for row in missing.drop_duplicates(["category_id", "duty_id"]).to_dict("records"):
        needed = f"a row of {row['category_id']!r} for duty {row['duty_id']!r}"
        expected = f"{needed}: without it {key} {row[key]!r} has no answer"
        faults.append(Fault("category_responsibilities", 0, "duty_id", "missing", expected))
    raise TableError(faults)


def _order(values: pd.Series, names: pd.Series | np.ndarray | list[str]) -> pd.Categorical:
    """Convert values to an ordered Categorical with the names in the given order."""
    return pd.Categorical(values, categories=pd.Index(names), ordered=True)
