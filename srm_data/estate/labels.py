"""Label counted rows: charges, rows of other providers, unused services, and plain identifiers."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from srm_data.estate.arns import shorten_arn
from srm_data.estate.columns import NOTHING, Columns
from srm_data.estate.naming import HEX, MARKETPLACE, join_line, join_settings
from srm_data.estate.profiles import fold_name, list_id_kinds
from srm_data.estate.resource_types import ADDRESS
from srm_data.estate.resources import OTHER_ROW, describe_provider
from srm_data.estate.states import MISSING

COUNTED = ("rows", "cost", "paid", "things", "arns", "missing", "ids")
"""Columns with numbers or ids; all others are text."""

LONGEST_IDENTIFIER = 500
LINK = re.compile(r"\[([^\[\]]+)\]\(https?://[^()\s]*\)")
"""Link in Markdown, of which the text is read."""

OWN_NAMES = ("aws", "amazon", "aispl")  # the last is Amazon's company in India
CHARGES = {
    "tax": "a tax", "refund": "a refund", "credit": "a credit", "adjustment": "an adjustment",
    "rifee": "a fee for reserved capacity", "savingsplanupfrontfee": "a fee of a Savings Plan",
    "savingsplanrecurringfee": "a fee of a Savings Plan",
    "savingsplannegation": "the balance of a Savings Plan", "invoicetotal": "a total",
    "statementtotal": "a total", "accounttotal": "a total", "rounding": "a rounding",
    "commitmentfee": "a fee for reserved capacity, or of a Savings Plan",
}  # fmt: skip
COMMITMENT_FEE = "Commitment fee"
FEES = ("fee", "purchase")
"""Kinds of charges that are fees for a commitment if they name one, in lower case."""


def label_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Clean the text of counted rows, and mark charges and rows of other providers."""
    roles = [str(role) for role in rows if role not in COUNTED]
    text = {
        role: pd.Series(rows[role].astype(object).fillna(""), dtype="str").str.strip() for role in roles
    }

    shortened = [_shorten_text(identifier) for identifier in text["identifier"].tolist()]
    text["identifier"] = pd.Series(shortened, index=rows.index, dtype="str")

    empty = pd.Series("", index=rows.index, dtype="str")
    no_service, line = empty, join_line(text, empty, NOTHING)
    if "charge" in text or "provider" in text:
        charges, providers = text.get("charge", empty), text.get("provider", empty)
        kinds = pd.Series(list(zip(charges, providers, strict=True)), index=rows.index, dtype=object)
        reasons = {kind: _describe_no_service(*kind) for kind in kinds.unique()}
        no_service = kinds.map(reasons).astype("str")
        is_charge = no_service.str.startswith("a charge")
        text["identifier"] = text["identifier"].mask(is_charge, charges)
        line = line.mask(is_charge, "")
    if "missing" in rows:
        is_missing = rows["missing"].fillna(False).astype(bool) & (no_service == "")
        no_service = no_service.mask(is_missing, MISSING)
    if "state" in text:
        is_gone = (text["state"] != "") & (no_service == "")
        no_service = no_service.mask(is_gone, text["state"])
        line = line.mask(is_gone, "")
    settings = join_settings(text, empty).mask(no_service != "", "")
    return rows.assign(**text, no_service=no_service, line=line, settings=settings)


def select_charge(charge: Any, columns: Columns) -> Any:
    """Return the expression for the kind of a charge, where a fee for a commitment is one of its own.

    Other fees and purchases are of services, such as Shield Advanced. The usage that a commitment
    covers names it, too; what is left unused of one is no usage.
    """
    import narwhals as nw

    if columns.commitment:
        commitment = nw.col(columns.commitment).cast(nw.String).fill_null("").str.to_lowercase()
        is_fee = charge.fill_null("").str.to_lowercase().is_in(FEES)
        is_fee &= ~commitment.is_in(list(NOTHING))
        charge = nw.when(is_fee).then(nw.lit(COMMITMENT_FEE)).otherwise(charge)
    if columns.commitment_status:
        status = nw.col(columns.commitment_status).cast(nw.String).fill_null("").str.to_lowercase()
        charge = nw.when(status == "unused").then(nw.lit(COMMITMENT_FEE)).otherwise(charge)
    return charge


def _shorten_text(identifier: str) -> str:
    """Shorten ARNs left by the engine, addresses of Terraform and overlong text; drop "null"."""
    if identifier.lower() in NOTHING:
        return ""
    identifier = LINK.sub(r"\1", identifier)
    if beginning := re.fullmatch(f"([a-z]+-)(?:{HEX})?", identifier):
        return list_id_kinds("prefix").get(beginning[1], identifier)
    address = ADDRESS.fullmatch(identifier) if "." in identifier else None
    if address and address["type"].startswith(("aws_", "awscc_")):
        return f"{address['data'] or ''}{address['type']}"
    shortened = shorten_arn(identifier) or identifier
    return (
        shortened if len(shortened) <= LONGEST_IDENTIFIER else f"{shortened[:LONGEST_IDENTIFIER]} ..."
    )


def _describe_no_service(charge: str, provider: str) -> str:
    if provider == MARKETPLACE:
        return "bought on AWS Marketplace, of another vendor"
    # AWS is aws, aws-cn, Amazon Web Services, Inc., or hashicorp/aws.
    is_own = provider.lower().rpartition("/")[2].startswith(OWN_NAMES)
    if provider.lower() not in NOTHING and not is_own:
        return describe_provider(provider, OTHER_ROW)
    folded = fold_name(charge)
    reason = CHARGES.get(folded) or ("a discount" if folded.endswith("discount") else "")
    return f"a charge, not a service: {reason}" if reason else ""
