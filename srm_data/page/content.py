"""Build the contents of the page: values for its template, and data for its script."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from srm_data.about import REPORT_FIELDS, report_address
from srm_data.describe import describe_distribution, describe_estate, describe_resources
from srm_data.estate.match import UNRECOGNISED
from srm_data.estate.resources import SEPARATOR
from srm_data.load import Tables
from srm_data.matrix import basis_distribution, duty_distribution, group_labels, resource_distribution
from srm_data.schema import read_package

Row = dict[Hashable, Any]
SHORT_NAMES = ["name", "iam-prefix", "botocore-client"]
"""Schemes of aliases that people type, such as ``elb`` and ``Simple Queue Service``."""
FACT = [
    "aws_part", "customer_part", "note", "section", "source_ids", "customer_action", "scope",
    "performed_by",
]  # fmt: skip

MOST_UNCLEAR = 30  # assumed offerings and unknown names that a page lists


def build_content(
    model: pd.DataFrame, tables: Tables, *, estate: pd.DataFrame | None, is_internal: bool
) -> dict[str, Any]:
    """Build the values that the template of the page shows.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model`, with decisions or without, or a part of it.
    tables
        Frames from :func:`~srm_data.load_tables`.
    estate
        Frame from :func:`~srm_data.read_estate`, if the model was narrowed to one.
    is_internal
        Whether the page may show numbers of resources.

    Returns
    -------
    dict
        Plain values, keyed by name: ``codes``, ``letters``, ``bases``, ``findings``, ``totals``,
        ``picture``, ``layers``, ``duties``, ``columns`` (headings of the matrix), ``groups`` (its
        rows), ``sources``, ``words`` and ``data`` (for the script).
    """
    offerings = model.drop_duplicates("offering_id").sort_values("offering")
    duties = model.drop_duplicates("duty_id").sort_values("duty")
    codes = tables["responsibilities"].sort_values("position").to_dict("records")
    by_duty = duty_distribution(model, "duty")
    shares = {str(duty): counts.to_dict() for duty, counts in by_duty.iterrows()}
    return {
        "codes": codes,
        "letters": {code["responsibility"]: code["letter"] for code in codes} | {"": ""},
        "bases": _count_bases(model, tables),
        "findings": [
            *_list_sentences(model, estate, is_internal=is_internal),
            *_list_unclear(estate, tables, is_internal=is_internal),
        ],
        "totals": model["responsibility"].value_counts().to_dict(),
        "picture": _build_picture(duties, shares),
        "layers": _count_layers(model),
        "duties": duties[["duty_id", "duty", "layer"]].astype(str).to_dict("records"),
        "columns": _span_layers(duties),
        "groups": _build_matrix(model, _mark_assumed(offerings, is_internal=is_internal), duties),
        "sources": _list_sources(model, tables),
        "words": tables["glossary"].to_dict("records"),
        "data": _build_data(model, offerings, duties, tables, is_internal=is_internal),
    }


def _count_bases(model: pd.DataFrame, tables: Tables) -> list[Row]:
    counts = model["basis"].value_counts()
    bases = tables["bases"].sort_values("position").to_dict("records")
    return [basis | {"cells": int(counts[basis["basis"]])} for basis in bases if counts[basis["basis"]]]


def _list_sentences(
    model: pd.DataFrame, estate: pd.DataFrame | None, *, is_internal: bool
) -> list[str]:
    """Return a few sentences on what the page shows."""
    counts = model["responsibility"].value_counts()
    sentences = [
        f"Of {len(model):,} cells, {counts['Customer']:,} are the customer's alone, "
        f"{counts['Shared']:,} are shared and {counts['AWS']:,} are AWS's"
    ]
    if model["category"].nunique() > 1:
        sentences.append(describe_distribution(duty_distribution(model, "category")))
    documented = basis_distribution(model, "category")["documented"].sum()
    sentences.append(
        f"{documented:,} cells rest on a page about the offering or its service; the others name "
        "their basis"
    )
    if estate is not None and is_internal:
        sentences.insert(0, describe_estate(estate))
        sentences.append(describe_resources(resource_distribution(model)))
    return [f"{sentence}." for sentence in sentences]


def _mark_assumed(offerings: pd.DataFrame, *, is_internal: bool) -> pd.DataFrame:
    """Mark the names of offerings that the inventory leaves open."""
    if "assumed" not in offerings or not is_internal:
        return offerings
    names = offerings["offering"].astype(str)
    return offerings.assign(offering=names.mask(offerings["assumed"] > 0, names + " (assumed)"))


def _list_unclear(estate: pd.DataFrame | None, tables: Tables, *, is_internal: bool) -> list[str]:
    """Return sentences on what of an estate is assumed, with its alternatives, or not recognised."""
    if estate is None or not is_internal:
        return []
    names = tables["offerings"].set_index("offering_id")["offering"].to_dict()
    assumed = estate[estate["assumed"]].drop_duplicates(["offering_id", "alternatives"])
    sentences = []
    for row in assumed.head(MOST_UNCLEAR).to_dict("records"):
        others = [names[one] for one in row["alternatives"].split(SEPARATOR) if one in names]
        may_be = f", may be {', '.join(others)}" if others else ""
        sentences.append(f"Assumed: {names.get(row['offering_id'], row['offering_id'])}{may_be}.")
    unknown = estate.loc[estate["status"] == UNRECOGNISED, "identifier"].tolist()
    if unknown:
        more = f" and {len(unknown) - MOST_UNCLEAR:,} more" if len(unknown) > MOST_UNCLEAR else ""
        sentences.append(f"Not recognised: {', '.join(unknown[:MOST_UNCLEAR])}{more}.")
    return sentences


def _build_picture(duties: pd.DataFrame, shares: dict[str, Row]) -> list[Row]:
    """Return the stacked picture, topmost layer first: sides, their layers, and their tiles."""
    sides: dict[str, dict[str, list[Row]]] = {}
    for duty in duties.iloc[::-1].to_dict("records"):
        tile: Row = {
            "duty": str(duty["duty"]),
            "duty_id": duty["duty_id"],
            "counts": shares[str(duty["duty"])],
        }
        sides.setdefault(duty["side"], {}).setdefault(str(duty["layer"]), []).insert(0, tile)
    return [
        {"side": side, "layers": [{"layer": layer, "tiles": tiles} for layer, tiles in layers.items()]}
        for side, layers in sides.items()
    ]


def _count_layers(model: pd.DataFrame) -> list[Row]:
    """Return the counts of each layer, the topmost first."""
    counts = duty_distribution(model, "layer").iloc[::-1]
    return [{"layer": str(layer), "counts": row.to_dict()} for layer, row in counts.iterrows()]


def _span_layers(duties: pd.DataFrame) -> list[Row]:
    """Return the heading of each layer above the matrix, and the number of columns it spans."""
    spans = duties.groupby("layer", observed=True, sort=True).size()
    return [{"layer": str(layer), "span": int(span)} for layer, span in spans.items()]


def _build_matrix(model: pd.DataFrame, offerings: pd.DataFrame, duties: pd.DataFrame) -> list[Row]:
    """Return the rows of the matrix by product group: each offering with its answers."""
    cells = model.astype({"responsibility": object}).pivot(
        index="offering_id", columns="duty_id", values="responsibility"
    )
    cells = cells.reindex(columns=duties["duty_id"]).fillna("")
    group_of = group_labels(model, "offering_id", "product_group")
    groups: dict[str, list[Row]] = {}
    for place, offering in enumerate(offerings.to_dict("records")):
        answers = cells.loc[offering["offering_id"]]
        row: Row = {
            "place": place,
            "offering": str(offering["offering"]),
            "answers": answers.tolist(),
        }
        groups.setdefault(str(group_of[offering["offering_id"]]), []).append(row)
    return [{"group": group, "rows": rows} for group, rows in groups.items()]


def _list_sources(model: pd.DataFrame, tables: Tables) -> list[Row]:
    """Return the sources of the cells, sorted by title, those without a page last."""
    used = set("; ".join(model["source_ids"].unique()).split("; "))
    sources = tables["sources"]
    sources = sources[sources["source_id"].isin(used)]
    sources = sources.assign(is_judgement=sources["url"] == "").sort_values(["is_judgement", "title"])
    columns = ["source_id", "title", "publisher", "url", "edition", "accessed"]
    return sources[columns].to_dict("records")


def _build_data(
    model: pd.DataFrame,
    offerings: pd.DataFrame,
    duties: pd.DataFrame,
    tables: Tables,
    *,
    is_internal: bool,
) -> dict[str, Any]:
    """Return the data for the script: each cell as numbers of duty, party, basis, fact and owner.

    Facts are listed once, because most cells of a category share the text of its default.
    """
    parties = tables["responsibilities"].sort_values("position")["responsibility"].tolist()
    basis, labels = model["basis"].cat, tables["bases"].set_index("basis")["label"]
    facts, texts = pd.factorize(
        pd.MultiIndex.from_frame(model[FACT].astype(object).fillna("").astype(str))
    )
    places = {duty_id: place for place, duty_id in enumerate(duties["duty_id"])}
    rows = {offering_id: place for place, offering_id in enumerate(offerings["offering_id"])}
    owner_numbers, owner_names = pd.factorize(_list_owners(model, is_internal=is_internal))

    cells: list[list[list[int]]] = [[] for _ in rows]
    answers = zip(
        model["offering_id"], model["duty_id"], model["responsibility"].map(parties.index),
        basis.codes, facts, owner_numbers, strict=True,
    )  # fmt: skip
    for offering_id, duty_id, *numbers in answers:
        cells[rows[offering_id]].append([places[duty_id], *map(int, numbers)])

    names = ["offering_id", "offering", "service", "product_group", "category"]
    listed = offerings[names].astype(str)
    listed = listed.assign(known=_list_other_names(offerings, tables))
    if is_internal and "resources" in offerings:
        listed = listed.assign(resources=offerings["resources"].astype(int))
    return {
        "parties": parties,
        "bases": [labels[code] for code in basis.categories],
        "duties": duties[["duty_id", "duty", "layer"]].astype(str).to_numpy().tolist(),
        "offeringColumns": listed.columns.tolist(),
        "offerings": listed.to_numpy().tolist(),
        "facts": [list(text) for text in texts],
        "owners": owner_names.tolist(),
        "cells": cells,
        **_build_report(model, rows, places, is_internal=is_internal),
    }


def _build_report(
    model: pd.DataFrame, rows: dict[str, int], places: dict[str, int], *, is_internal: bool
) -> dict[str, Any]:
    """Return what a link to the form for a wrong cell is made of, if there is a form.

    The answer in a link is that of the tables: ``stated`` has it, by numbers of offering and duty, of
    the cells that an organisation decided otherwise. A publishable page has no such links.
    """
    address = report_address() if is_internal else ""
    if not address:
        return {}
    decided = model[model["responsibility"].astype(str) != model["without_decision"].astype(str)]
    cells = zip(
        decided["offering_id"], decided["duty_id"], decided["without_decision"].astype(str), strict=True
    )
    stated = {f"{rows[offering]} {places[duty]}": answer for offering, duty, answer in cells}
    report = {
        "address": address,
        "fields": list(REPORT_FIELDS),
        "version": read_package()["version"],
        "stated": stated,
    }
    return {"report": report}


def _list_owners(model: pd.DataFrame, *, is_internal: bool) -> pd.Series:
    """Return the owner of each cell, blank where the customer has no part or on a publishable page."""
    if not is_internal or "owner" not in model:
        return pd.Series("", index=model.index)
    is_ours = model["responsibility"].isin(["Customer", "Shared"])
    return model["owner"].astype(object).fillna("").astype("str").where(is_ours, "")


def _list_other_names(offerings: pd.DataFrame, tables: Tables) -> list[str]:
    """Return the other names of each offering and of its service."""
    aliases = tables["aliases"][tables["aliases"]["scheme"].isin(SHORT_NAMES)]
    of_service = (
        aliases[aliases["offering_id"] == ""].groupby("service_id")["identifier"].agg(" | ".join)
    )
    own = aliases[aliases["offering_id"] != ""].groupby("offering_id")["identifier"].agg(" | ".join)
    known = pd.concat(
        [offerings["service_id"].map(of_service), offerings["offering_id"].map(own)], axis="columns"
    )
    return known.astype(object).fillna("").agg(" | ".join, axis="columns").str.strip(" |").tolist()
