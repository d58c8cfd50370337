"""Sheets for an estate: what is in use, and what is unclear."""

from __future__ import annotations

import pandas as pd
from openpyxl.worksheet.worksheet import Worksheet

from srm_data.estate import list_offerings_in_use
from srm_data.estate.resources import CONTEXT, SEPARATOR
from srm_data.matrix import duty_distribution
from srm_data.workbook.content import Content
from srm_data.workbook.layout import A3, Column
from srm_data.workbook.sheets.lists import add_list
from srm_data.workbook.styles import Look
from srm_data.xlsx.writer import Body

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


def fill_in_use(sheet: Worksheet, look: Look, content: Content) -> Body:
    """List the offerings in use, most resources first, and count their duties by party."""
    assert content.estate is not None
    used = list_offerings_in_use(content.estate)
    shown = content.model.drop_duplicates("offering_id").set_index("offering_id")
    names = shown.loc[used["offering_id"].tolist()]
    counts = duty_distribution(content.model, "offering").loc[names["offering"].tolist()]
    offerings = content.tables["offerings"].set_index("offering_id")["offering"]
    # What an assumed part left open is known from the resources that are counted
    alternatives = used["alternatives"].where(used["assumed"] > 0, "")
    # what runs where is for the organisation alone
    internal = []
    if content.is_internal:
        context = [name for name in ("accounts", "regions", *CONTEXT) if name in used]
        costs = ["" if pd.isna(cost) else round(cost, 2) for cost in used["cost"]]
        internal = [
            Column("Resources", 11, "number", used["resources"].tolist()),
            Column("Of them assumed", 11, "number", used["assumed"].tolist()),
            *(
                Column(name.capitalize(), 24 if name == "regions" else 16, "text",
                       [_name_some(text) for text in used[name]])
                for name in context if used[name].ne("").any()
            ),
            *([Column("Cost", 12, "amount", costs)] if used["cost"].notna().any() else []),
        ]  # fmt: skip
    columns = [
        Column("Offering", 32, "text", names["offering"].tolist()),
        Column("Service", 26, "text", names["service"].tolist()),
        Column("Category", 15, "text", names["category"].tolist()),
        *internal,
        *(Column(f"Duties: {party}", 11, "number", counts[party].tolist()) for party in counts),
        Column("If assumed, it may be", 46, "text", _name_offerings(alternatives, offerings)),
        Column("offering_id", 26, "text_soft", used["offering_id"].tolist()),
    ]
    return add_list(sheet, look, content, "InUse", columns, frozen=1, paper=A3)


def fill_estate(sheet: Worksheet, look: Look, content: Content) -> Body:
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
    columns = [
        Column("How clear", 15, "text", estate["shown"].tolist()),
        Column("Identifier", 40, "text", estate["identifier"].tolist()),
        Column("Decided by", 28, "text", estate["variant"].tolist()),
        Column("Rows", 11, "number", estate["rows"].tolist()),
        Column("Offering", 30, "text", _name_offerings(estate["offering_id"], offerings)),
        Column("It may also be", 40, "text", _name_offerings(estate["alternatives"], offerings)),
        Column("Remark", 44, "text", estate["note"].tolist()),
        Column("Stood first at", 40, "text", estate["place"].tolist()),
        Column("Found as", 20, "text_soft", [FOUND_AS.get(one, one) for one in estate["matched_by"]]),
    ]
    return add_list(sheet, look, content, "Estate", columns, paper=A3)


def _name_some(text: str) -> str:
    names = text.split(SEPARATOR)
    return SEPARATOR.join([*names[:FEW], *([f"{len(names) - FEW:,} more"] if len(names) > FEW else [])])


def _name_offerings(ids: pd.Series, offerings: pd.Series) -> list[str]:
    return [
        SEPARATOR.join(offerings[key] for key in text.split(SEPARATOR)) if text else "" for text in ids
    ]
