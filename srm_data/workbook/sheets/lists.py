"""Sheets of the data: offerings, pages, changes, an estate, and how to read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import pandas as pd

from srm_data.cells import list_marks
from srm_data.estate import list_offerings_in_use
from srm_data.estate.resources import CONTEXT, SEPARATOR
from srm_data.matrix import duty_distribution
from srm_data.model import ACTION_MEANINGS
from srm_data.workbook.content import Content
from srm_data.workbook.layout import A3, Column, Plan, Text, make_column

FEW = 8  # accounts, Regions, applications and owners of an offering that are named
UNCLEAR_FIRST = ["Not recognised", "Assumed", "Known from others", "Recognised", "No service"]
FOUND_AS = {
    "arn-resource": "ARN", "botocore-client": "name of an API",
    "cloudformation-namespace": "type of CloudFormation",
    "cloudformation-type": "type of CloudFormation",
    "config-type": "type of AWS Config", "cur-product-code": "product code of a bill",
    "iam-prefix": "prefix of IAM actions", "terraform-prefix": "type of Terraform",
    "name": "name", "service": "name of the service", "offering": "name of the offering",
    "everyday": "everyday name", "words": "words of a name", "variant": "settings",
    "bill": "line of a bill", "correction": "your correction", "reader": "kind of the file",
}  # fmt: skip
"""The vocabularies that have an identifier, in words."""

Described = Mapping[str, tuple[str, float] | tuple[str, float, str]]
"""Columns of a table by header: column of the frame, width, and style if it is no plain text."""


def describe_columns(rows: pd.DataFrame, columns: Described) -> list[Column]:
    """Make the columns of a table from a frame."""
    return [
        make_column(header, width, "".join(style) or "text", rows[name].astype(object).tolist())
        for header, (name, width, *style) in columns.items()
    ]


OFFERINGS: Described = {
    "Product group": ("product_group", 24), "Service": ("service", 26), "Offering": ("offering", 32),
    "Category": ("category", 16), "Service status": ("status", 16),
    "How to recognise it": ("recognise", 70), "Basis of category": ("category_basis", 17),
    "Note": ("note", 40), "Status since": ("status_note", 40),
    "Partitions, by AWS's list": ("partitions", 28), "FedRAMP, by its list": ("fedramp", 28),
    "offering_id": ("offering_id", 28, "text_soft"),
}  # fmt: skip


def build_offerings(content: Content) -> Plan:
    """List the offerings of the model, with a description and how to recognise them."""
    shown = ["product_group", "service", "offering", "category", "offering_id", "service_id"]
    rows = content.model.drop_duplicates("offering_id")[shown].astype("str")
    facts = content.tables["offerings"][["offering_id", "recognise", "category_basis", "note"]]
    facts = facts.replace({"category_basis": content.tables["bases"].set_index("basis")["label"]})
    status = content.tables["services"][
        ["service_id", "status", "status_note", "partitions", "fedramp"]
    ]
    rows = rows.merge(facts, on="offering_id", how="left", validate="1:1")
    rows = rows.merge(status, on="service_id", how="left", validate="m:1")
    return Plan((), describe_columns(rows, OFFERINGS), "Services", paper=A3)


SOURCES: Described = {
    "Title": ("title", 54), "Address": ("url", 84, "link"), "Read on": ("accessed", 11),
    "Publisher": ("publisher", 22), "Edition read": ("edition", 18), "Cells": ("cells", 8, "number"),
    "source_id": ("source_id", 50, "text_soft"),
}  # fmt: skip


def build_sources(content: Content) -> Plan:
    """List the pages that the cells of the model rest on, guide by guide."""
    cited = Counter(name for text in content.values["source_ids"] for name in text.split("; "))
    sources = content.tables["sources"]
    sources = sources[sources["source_id"].isin(cited)]
    # guide by guide; what has no address, at the end; few columns, to go with the minutes
    sources = sources.sort_values(
        "url", key=lambda urls: urls.str.casefold().replace("", "~"), kind="stable"
    ).assign(cells=lambda rows: rows["source_id"].map(cited))
    return Plan((), describe_columns(sources, SOURCES), "Sources")


CHANGES: Described = {
    "Offering": ("offering", 34), "Duty": ("duty", 26), "From": ("from", 16, "party"),
    "To": ("to", 16, "party"), "Why": ("why", 28), "Action, before": ("customer_action_from", 40),
    "Action, after": ("customer_action_to", 40), "Basis, before": ("basis_from", 16),
    "Basis, after": ("basis_to", 16), "AWS's part, before": ("aws_part_from", 40),
    "AWS's part, after": ("aws_part_to", 40), "Customer's part, before": ("customer_part_from", 40),
    "Customer's part, after": ("customer_part_to", 40), "offering_id": ("offering_id", 28, "text_soft"),
    "duty_id": ("duty_id", 26, "text_soft"),
}  # fmt: skip


def build_changes(content: Content) -> Plan:
    """List the cells that differ from the previous workbook or data version."""
    changes = content.changes
    assert changes is not None
    sides = {f"{name}_{end}" for name in ("customer_action", "basis", "aws_part", "customer_part")
             for end in ("from", "to")}  # fmt: skip
    blank = {name for name in sides if name not in changes or not changes[name].any()}
    shown = {header: column for header, column in CHANGES.items() if column[0] not in blank}
    return Plan((), describe_columns(changes, shown), "Changes", otherwise="No cell differs.")


IN_USE: Described = {
    "Offering": ("offering", 32), "Service": ("service", 26), "Category": ("category", 15),
    "Resources": ("resources", 11, "number"), "Counted": ("counted", 11),
    "Of them assumed": ("assumed", 11, "number"),
    "Accounts": ("accounts", 16), "Regions": ("regions", 24),
    **{name.capitalize(): (name, 16) for name in CONTEXT}, "Cost": ("cost", 12, "amount"),
    "Duties: AWS": ("AWS", 12, "number"), "Duties: Shared": ("Shared", 12, "number"),
    "Duties: Customer": ("Customer", 12, "number"),
    "Duties: Not applicable": ("Not applicable", 12.5, "number"),
    "If assumed, it may be": ("alternatives", 46), "offering_id": ("offering_id", 26, "text_soft"),
}  # fmt: skip
OF_PLACES = ("accounts", "regions", *CONTEXT, "cost")
"""Columns that only some inventories fill."""


def build_services(content: Content) -> Plan:
    """List the offerings in use, most resources first, and count their duties by party."""
    if content.estate is None:
        return build_offerings(content)
    names = ["offering_id", "offering", "service", "category"]
    shown = content.model.drop_duplicates("offering_id")[names].astype("str")
    counts = duty_distribution(content.model, "offering").rename(columns=str).rename(index=str)
    used = list_offerings_in_use(content.estate).drop(columns=names[1:], errors="ignore")
    used = used.merge(shown, on="offering_id", validate="1:1")
    used = used.merge(counts, left_on="offering", right_index=True, validate="1:1")

    # what an assumed part left open is known from the resources that are counted
    offerings = content.tables["offerings"].set_index("offering_id")["offering"]
    alternatives = used["alternatives"].where(used["assumed"] > 0, "")
    used["alternatives"] = _name_offerings(alternatives, offerings)
    used["cost"] = used["cost"].round(2).astype(object).where(used["cost"].notna(), "")
    for name in OF_PLACES[:-1]:
        used[name] = used[name].map(_name_some) if name in used else ""

    # what runs where is for the organisation alone
    absent = {name for name in OF_PLACES if not used[name].ne("").any()}
    absent |= set() if content.is_internal else {"resources", "counted", "assumed", *OF_PLACES}
    columns = {header: column for header, column in IN_USE.items() if column[0] not in absent}
    return Plan((), describe_columns(used, columns), "InUse", frozen=1, paper=A3)


AS_READ: Described = {
    "How clear": ("shown", 15), "Identifier": ("identifier", 40), "Decided by": ("variant", 28),
    "Rows": ("rows", 11, "number"), "Cost": ("cost", 12, "amount"), "Offering": ("offering", 30),
    "It may also be": ("others", 40), "Remark": ("note", 44), "Stood first at": ("place", 40),
    "Found as": ("found_as", 20, "text_soft"),
}  # fmt: skip


def build_as_read(content: Content) -> Plan:
    """List every identifier that was read, unclear ones first, then by number of rows."""
    estate = content.estate
    assert estate is not None
    words = {"unrecognised": "Not recognised", "not a service": "No service"}
    # an assumed name of an offering that other names are sure of leaves nothing open
    open_ones = set(content.model.loc[content.model["assumed"] > 0, "offering_id"])
    status = [
        "Recognised" if not assumed else "Assumed" if offering in open_ones else "Known from others"
        for offering, assumed in zip(estate["offering_id"], estate["assumed"], strict=True)
    ]
    status = [words.get(name, text) for name, text in zip(estate["status"], status, strict=True)]
    shown = pd.Categorical(status, categories=UNCLEAR_FIRST, ordered=True)
    estate = estate.assign(shown=shown).sort_values(["shown", "rows"], ascending=[True, False])
    offerings = content.tables["offerings"].set_index("offering_id")["offering"]
    estate = estate.assign(
        offering=_name_offerings(estate["offering_id"], offerings),
        others=_name_offerings(estate["alternatives"], offerings),
        found_as=[FOUND_AS.get(name, name) for name in estate["matched_by"]],
        cost=estate["cost"].round(2).astype(object).where(estate["cost"].notna(), ""),
    )
    has_cost = estate["cost"].ne("").any()
    columns = {header: column for header, column in AS_READ.items() if has_cost or header != "Cost"}
    return Plan((), describe_columns(estate, columns), "Estate", paper=A3)


def _name_some(text: str) -> str:
    names = text.split(SEPARATOR)
    return SEPARATOR.join([*names[:FEW], *([f"{len(names) - FEW:,} more"] if len(names) > FEW else [])])


def _name_offerings(ids: pd.Series, offerings: pd.Series) -> list[str]:
    return [
        SEPARATOR.join(offerings[key] for key in text.split(SEPARATOR)) if text else "" for text in ids
    ]


def build_legend(content: Content) -> Plan:
    """Explain codes, bases, categories and duties, and list the terms of other frameworks."""
    tables, marks = content.tables, list_marks()
    layers = tables["layers"].set_index("layer_id")["layer"].to_dict()
    codes, kinds = tables["responsibilities"], tables["categories"]
    terms = codes[["meaning", "oscal_term", "aws_page_term", "fedramp_crm_term", "caiq_term"]]
    parties = codes["letter"] + "   " + codes["responsibility"]
    examples = kinds["definition"] + " Examples: " + kinds["examples"] + "."
    parts = kinds["aws_part"] + " " + kinds["customer_part"]
    duties = tables["duties"]
    sections: dict[str, tuple[tuple[str, ...], Iterable[tuple[str, ...]]]] = {
        "Responsibilities, and what other frameworks call them": (
            ("Responsibility", "Meaning", "OSCAL", "AWS's page", "FedRAMP CRM: can be inherited",
             "CAIQ v4"),
            zip(parties, *(terms[name] for name in terms), strict=True),
        ),
        "Customer action: must we do something?": (
            ("Customer action", "Meaning"), ACTION_MEANINGS.items(),
        ),
        "Basis: what an answer rests on": (
            ("Basis", "What a reader may conclude"),
            zip((marks["mark"] + " " + marks["label"]).str.strip(), marks["meaning"], strict=True),
        ),
        "Categories of service": (
            ("Category", "What belongs here", "AWS's part, and the customer's"),
            zip(kinds["category"], examples, parts, strict=True),
        ),
        "Duties": (
            ("Duty", "What is asked", "Layer"),
            zip(duties["duty"], duties["description"], duties["layer_id"].map(layers), strict=True),
        ),
    }  # fmt: skip
    styles = dict(zip(parties, "party:" + codes["responsibility"], strict=True))
    texts = [Text([("title", "How to read")])]
    for heading, (header, rows) in sections.items():
        texts += [Text(), Text([("heading", heading)])]
        texts.append(Text([("header_growing", name) for name in header]))
        texts += [Text([(styles.get(text, "text_growing"), text) for text in row]) for row in rows]
    return Plan(texts, widths=[22, 46, 46, 18, 20, 24])
