"""List the documented cells, and the traits that do not come from the guide of their own service."""

from __future__ import annotations

import pandas as pd

from srm_data.answers import list_offering_facts, list_service_facts
from srm_data.check.consistency import check_consistency
from srm_data.load import without_categoricals
from srm_data.schema import CELL, Tables

API_MODEL = "API model"  # begins the edition of a source that is a model of an API
API_MODELS = ("github.com/boto/", "www.npmjs.com/")
"""Where models of AWS's APIs and sets of its IAM actions are published."""

GUIDES_OF_MANY = {
    "docs.aws.amazon.com/securityhub/": "security-hub",
    "docs.aws.amazon.com/config/": "config",
    "docs.aws.amazon.com/awssupport/": "support",
    "docs.aws.amazon.com/general/": "",
    "docs.aws.amazon.com/decision-guides/": "",
    "docs.aws.amazon.com/prescriptive-guidance/latest/encryption-best-practices/": "",
    "docs.aws.amazon.com/whitepapers/latest/aws-overview/": "",
    "docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/": "",
    "docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/": "cloudformation",
    "docs.aws.amazon.com/aws-backup/": "backup",
    "docs.aws.amazon.com/secretsmanager/": "secrets-manager",
    "github.com/awslabs/oscal-content-for-aws-services/": "",
}
"""Guides with a chapter on each of many services, and the service whose own guide that is, if any."""

FEWEST_SERVICES = 10
"""Number of services from which a page counts as a list rather than a page about a service."""


def prepare_tables(tables: Tables) -> Tables:
    """Return tables that are consistent with each other, with plain values in place of Categoricals.

    Raises
    ------
    srm_data.exceptions.TableError
        If they are not consistent, as for :func:`~srm_data.build_model`.
    """
    check_consistency(tables)
    return {name: without_categoricals(table) for name, table in tables.items()}


def list_documented(tables: Tables) -> pd.DataFrame:
    """List the documented cells, by a page about the offering or else about its service."""
    columns = [*CELL, "responsibility", "scope"]
    facts = [list_offering_facts(tables, "documented")[columns], list_service_facts(tables)[columns]]
    return pd.concat(facts, ignore_index=True).drop_duplicates(CELL, keep="first", ignore_index=True)


def keep_lists(tables: Tables) -> Tables:
    """Keep only the traits from lists and API models."""
    return tables | {"offering_traits": _keep_listed(tables["offering_traits"], tables["sources"])}


def _keep_listed(traits: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    """Keep the traits whose source is a list, a guide of many services or an API model."""
    services, *cited = columns_of(traits[["service_id", "source_id", "also_source_id"]])
    ids, addresses, editions = columns_of(sources[["source_id", "url", "edition"]])
    address_of = {"": ""} | dict(zip(ids, addresses, strict=True))
    models = {
        source_id
        for source_id, address, edition in zip(ids, addresses, editions, strict=True)
        if edition.startswith(API_MODEL) or address.partition("://")[2].startswith(API_MODELS)
    }
    owners = {source_id: _list_owners(address) for source_id, address in address_of.items()}
    is_listed = [False] * len(traits)
    for column in cited:
        of_address: dict[str, set[str]] = {}
        for service, source_id in zip(services, column, strict=True):
            of_address.setdefault(address_of[source_id], set()).add(service)
        lists = {it for it, found in of_address.items() if it and len(found) >= FEWEST_SERVICES}
        is_listed = [
            is_it
            or source_id in models
            or address_of[source_id] in lists
            or any(service != owner for owner in owners[source_id])
            for is_it, service, source_id in zip(is_listed, services, column, strict=True)
        ]
    return traits[pd.Series(is_listed, index=traits.index, dtype=bool)]


def _list_owners(address: str) -> list[str]:
    """List the service whose own guide a guide of many services is; nothing of any other page."""
    page = address.partition("://")[2]
    return [owner for guide, owner in GUIDES_OF_MANY.items() if page.startswith(guide)]


def columns_of(frame: pd.DataFrame) -> list[list[str]]:
    """Return the values of each column as a list."""
    return [frame[column].to_numpy(dtype=object).tolist() for column in frame]
