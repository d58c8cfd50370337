"""Build the contents of the page: values for its template, and data for its script."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from srm_data.cells import PALER, find_marks, list_marks
from srm_data.describe import (
    describe_assumed,
    describe_distribution,
    describe_estate,
    describe_resources,
)
from srm_data.estate import list_effects
from srm_data.estate.catalogue import UNRECOGNISED
from srm_data.estate.resources import SEPARATOR
from srm_data.estate.use import choose_counted
from srm_data.load import Tables
from srm_data.matrix import basis_distribution, duty_distribution, group_labels, resource_distribution
from srm_data.model import build_model
from srm_data.names.words import build_word_table
from srm_data.schema import REPORT_FIELDS, read_package, report_address

Row = dict[Hashable, Any]
NOT_IN_PAGE = ("offerings", "duties", "service_of")  # of the words for questions: the page has these
FACT = [
    "aws_part", "customer_part", "note", "sections", "source_ids", "customer_action", "scope",
    "performed_by",
]  # fmt: skip

MOST_DUTIES = 3  # that are named where an assumption would change them
MOST_UNCLEAR = 30  # assumed offerings and unknown names that a page lists


def build_content(
    model: pd.DataFrame, tables: Tables, *, estate: pd.DataFrame | None, is_internal: bool
) -> dict[str, Any]:
    """Build the values for the page template, by name; ``data`` is for the script.

    Numbers of resources and doubts about the estate are for an internal page alone.
    """
    offerings = model.drop_duplicates("offering_id").sort_values("offering")
    duties = model.drop_duplicates("duty_id").sort_values("duty")
    codes = tables["responsibilities"].sort_values("position").to_dict("records")
    sources = _list_sources(model, tables)
    shares = _count_by(model, "duty")
    assumed = f"{text}." if (text := describe_assumed(model)) else ""
    spans = duties.groupby("layer", observed=True, sort=True).size()  # columns of each layer
    counts = find_marks(model).value_counts(sort=False).tolist()  # the strongest mark first
    bases = list_marks().assign(cells=counts, place=range(len(counts)))
    named = offerings  # whose names say what is assumed
    if "assumed" in offerings:
        names = offerings["offering"].astype(str)
        named = offerings.assign(offering=names.mask(offerings["assumed"] > 0, names + " (assumed)"))
    return {
        "codes": codes,
        "letters": {code["responsibility"]: code["letter"] for code in codes} | {"": ""},
        "bases": bases[bases["cells"] > 0].reset_index().to_dict("records"),
        "findings": [
            *_list_sentences(model, estate, is_internal=is_internal),
            *(_list_unclear(estate, tables) if is_internal else filter(None, [assumed])),
        ],
        "totals": model["responsibility"].value_counts().to_dict(),
        "picture": _build_picture(duties, shares),
        "layers": dict(reversed(_count_by(model, "layer").items())),
        "categories": _count_by(model, "category"),
        "marks": list_marks()["mark"].tolist(),
        "paler": [place for place, mark in enumerate(list_marks().index) if mark in PALER],
        "duties": duties[["duty_id", "duty", "layer"]].astype(str).to_dict("records"),
        "columns": [{"layer": str(layer), "span": int(span)} for layer, span in spans.items()],
        "groups": _build_matrix(model, named, duties),
        "sources": sources,
        "words": tables["glossary"].to_dict("records"),
        "data": _build_data(model, offerings, duties, sources, tables, is_internal=is_internal),
    }


def _list_sentences(
    model: pd.DataFrame, estate: pd.DataFrame | None, *, is_internal: bool
) -> list[str]:
    counts = model["responsibility"].value_counts()
    sentences = [
        f"Of {len(model):,} cells, {counts['Customer']:,} are the customer's alone, "
        f"{counts['Shared']:,} are shared and {counts['AWS']:,} are AWS's"
    ]
    if decided := int(model["basis"].eq("decision").sum()):
        were = "was" if decided == 1 else "were"
        sentences.append(f"{decided:,} of them {were} decided by the organisation itself")
    if model["category"].nunique() > 1:
        sentences.append(describe_distribution(duty_distribution(model, "category")))
    documented = basis_distribution(model, "category")["documented"].sum()
    sentences.append(
        f"{documented:,} cells rest on a page about the offering or its service; the others name "
        "their basis"
    )
    if estate is not None and is_internal:
        sentences.insert(0, describe_estate(estate))
        counted, noun = choose_counted(model, estate)
        sentences.append(describe_resources(resource_distribution(counted), noun=noun))
    return [f"{sentence}." for sentence in sentences]


def _list_unclear(estate: pd.DataFrame | None, tables: Tables) -> list[str]:
    if estate is None:
        return []
    names = tables["offerings"].set_index("offering_id")["offering"].to_dict()
    effects = list_effects(build_model(tables), estate)  # of all offerings, not of those in use
    assumed = effects.drop_duplicates(["offering_id", "alternatives"])

    sentences = []
    for row in assumed.head(MOST_UNCLEAR).to_dict("records"):
        others = [names[other] for other in row["alternatives"].split(SEPARATOR) if other in names]
        duties = row["duties"].split(SEPARATOR) if row["duties"] else []
        more = f" and {len(duties) - MOST_DUTIES} more" if len(duties) > MOST_DUTIES else ""
        differ = f"duties that would differ: {', '.join(duties[:MOST_DUTIES])}{more}"
        effect = f", may be {', '.join(others)}; {differ if duties else 'no duty would differ'}"
        name = names.get(row["offering_id"], row["offering_id"])
        sentences.append(f"Assumed: {name}{effect if others else ''}.")
    if len(assumed) > MOST_UNCLEAR:
        sentences.append(f"Assumed, too: {len(assumed) - MOST_UNCLEAR:,} more.")

    unknown = estate.loc[estate["status"] == UNRECOGNISED, "identifier"].tolist()
    if unknown:
        more = f" and {len(unknown) - MOST_UNCLEAR:,} more" if len(unknown) > MOST_UNCLEAR else ""
        sentences.append(f"Not recognised: {', '.join(unknown[:MOST_UNCLEAR])}{more}.")
    return sentences


def _build_picture(duties: pd.DataFrame, shares: dict[str, Row]) -> list[Row]:
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


def _count_by(model: pd.DataFrame, by: str) -> dict[str, Row]:
    """Return the cells of each layer, category or duty: by party, the number of each mark."""
    keys = [model[by], model["responsibility"], find_marks(model)]
    counts = model.groupby(keys, observed=False).size()
    return {
        str(name): {
            party: of_party.tolist() for party, of_party in rows.groupby(level=1, observed=True)
        }
        for name, rows in counts.groupby(level=0, observed=True)
        if rows.any()
    }


def _build_matrix(model: pd.DataFrame, offerings: pd.DataFrame, duties: pd.DataFrame) -> list[Row]:
    known = model.assign(basis=find_marks(model).cat.codes).astype({"responsibility": object})
    parties, bases = (
        known.pivot(index="offering_id", columns="duty_id", values=name).reindex(
            columns=duties["duty_id"]
        )
        for name in ("responsibility", "basis")
    )
    parties, bases = parties.fillna(""), bases.fillna(-1).astype(int)
    group_of = group_labels(model, "offering_id", "product_group")
    groups: dict[str, list[Row]] = {}
    for place, offering in enumerate(offerings.to_dict("records")):
        name = offering["offering_id"]
        answers = zip(parties.loc[name].tolist(), bases.loc[name].tolist(), strict=True)
        row: Row = {
            "place": place,
            "offering": str(offering["offering"]),
            "answers": [{"party": party, "basis": basis} for party, basis in answers],
        }
        groups.setdefault(str(group_of[name]), []).append(row)
    return [{"group": group, "rows": rows} for group, rows in groups.items()]


def _list_sources(model: pd.DataFrame, tables: Tables) -> list[Row]:
    """Return the sources of the cells, sorted by title, with those without a page last."""
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
    sources: list[Row],
    tables: Tables,
    *,
    is_internal: bool,
) -> dict[str, Any]:
    """Return the data for the script: each cell as indices of duty, party, basis, fact and owner.

    Facts are listed only once, because most cells of a category share the text of its default, and so
    is each text of a fact, which has indices of the texts in its place. Facts name their sources by the
    row in the page's list, as ids are long.
    """
    parties = tables["responsibilities"].sort_values("position")["responsibility"].tolist()
    marks = list_marks()
    facts, stated = pd.factorize(
        pd.MultiIndex.from_frame(model[FACT].astype(object).fillna("").astype(str))
    )
    at = FACT.index("source_ids")
    texts = list(dict.fromkeys(text for fact in stated for text in (*fact[:at], *fact[at + 1 :])))
    text_numbers = {text: number for number, text in enumerate(texts)}
    places = {duty_id: place for place, duty_id in enumerate(duties["duty_id"])}
    numbers_of = {str(source["source_id"]): place for place, source in enumerate(sources)}
    numbered = [
        [text_numbers[text] if place != at else
         [numbers_of[source] for source in text.split("; ") if source in numbers_of]
         for place, text in enumerate(fact)]
        for fact in stated
    ]  # fmt: skip
    rows = {offering_id: place for place, offering_id in enumerate(offerings["offering_id"])}
    has_part = model["responsibility"].isin(["Customer", "Shared"])  # the customer
    owners = model["owner"].astype(object).fillna("") if "owner" in model else ""
    owners = pd.Series(owners, index=model.index, dtype="str").where(is_internal & has_part, "")
    owner_numbers, owner_names = pd.factorize(owners)

    words: dict[str, Any] = {**build_word_table(model, tables)}  # it has the indices of the page
    cells: list[list[list[int]]] = [[] for _ in rows]
    answers = zip(
        model["offering_id"], model["duty_id"], model["responsibility"].map(parties.index),
        find_marks(model).cat.codes, facts, owner_numbers, strict=True,
    )  # fmt: skip
    for offering_id, duty_id, *numbers in answers:
        *cell, owner = (places[duty_id], *map(int, numbers))
        cells[rows[offering_id]].append([*cell, owner] if owner else cell)  # the first is left out

    names = ["offering_id", "offering", "service", "product_group", "category"]
    listed = offerings[names].astype(str)
    if is_internal and "resources" in offerings:
        listed = listed.assign(resources=offerings["resources"].astype(int))
        if "assumed" in offerings:
            listed = listed.assign(assumed=offerings["assumed"].astype(int))
    return {
        "parties": parties,
        "bases": marks["label"].tolist(),
        "marks": marks["mark"].tolist(),
        "paler": [mark in PALER for mark in marks.index],
        "duties": duties[["duty_id", "duty", "layer"]].astype(str).to_numpy().tolist(),
        "offeringColumns": listed.columns.tolist(),
        "offerings": listed.to_numpy().tolist(),
        "texts": texts,
        "facts": numbered,
        "owners": owner_names.tolist(),
        "cells": cells,
        "questions": {name: words[name] for name in words if name not in NOT_IN_PAGE},
        **_build_report(model, rows, places, is_internal=is_internal),
    }


def _build_report(
    model: pd.DataFrame, rows: dict[str, int], places: dict[str, int], *, is_internal: bool
) -> dict[str, Any]:
    """Return the parts of links to the form for reporting a wrong cell, if there is a form.

    Links give the answer of the tables. For cells with a different decision it is in ``stated``, by
    indices of offering and duty. Publishable pages have no such links.
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
