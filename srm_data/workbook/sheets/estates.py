"""Sheets for an estate: what is in use, and what is unclear."""

from __future__ import annotations

import pandas as pd

from srm_data.estate import list_offerings_in_use
from srm_data.estate.resources import CONTEXT, SEPARATOR
from srm_data.matrix import duty_distribution
from srm_data.workbook.content import Content
from srm_data.workbook.layout import A3
from srm_data.workbook.sheets.lists import Described, Listing, build_offerings, describe_columns

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


IN_USE: Described = {
    "Offering": ("offering", 32), "Service": ("service", 26), "Category": ("category", 15),
    "Resources": ("resources", 11, "number"), "Of them assumed": ("assumed", 11, "number"),
    "Accounts": ("accounts", 16), "Regions": ("regions", 24),
    **{name.capitalize(): (name, 16) for name in CONTEXT}, "Cost": ("cost", 12, "amount"),
    "Duties: AWS": ("AWS", 11, "number"), "Duties: Shared": ("Shared", 11, "number"),
    "Duties: Customer": ("Customer", 11, "number"),
    "Duties: Not applicable": ("Not applicable", 11, "number"),
    "If assumed, it may be": ("alternatives", 46), "offering_id": ("offering_id", 26, "text_soft"),
}  # fmt: skip
OF_PLACES = ("accounts", "regions", *CONTEXT, "cost")
"""Columns that only some inventories fill."""


def build_services(content: Content) -> Listing:
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
    absent |= set() if content.is_internal else {"resources", "assumed", *OF_PLACES}
    columns = {header: column for header, column in IN_USE.items() if column[0] not in absent}
    return Listing("InUse", describe_columns(used, columns), frozen=1, paper=A3)


AS_READ: Described = {
    "How clear": ("shown", 15), "Identifier": ("identifier", 40), "Decided by": ("variant", 28),
    "Rows": ("rows", 11, "number"), "Offering": ("offering", 30), "It may also be": ("others", 40),
    "Remark": ("note", 44), "Stood first at": ("place", 40), "Found as": ("found_as", 20, "text_soft"),
}  # fmt: skip


def build_as_read(content: Content) -> Listing:
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
    )
    return Listing("Estate", describe_columns(estate, AS_READ), paper=A3)


def _name_some(text: str) -> str:
    names = text.split(SEPARATOR)
    return SEPARATOR.join([*names[:FEW], *([f"{len(names) - FEW:,} more"] if len(names) > FEW else [])])


def _name_offerings(ids: pd.Series, offerings: pd.Series) -> list[str]:
    return [
        SEPARATOR.join(offerings[key] for key in text.split(SEPARATOR)) if text else "" for text in ids
    ]
