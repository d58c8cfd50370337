"""Compare the tables with AWS's own lists of services and resource types.

The lists come from botocore and cfn-lint, which are installed with the extra ``evidence``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib.metadata import version
from importlib.resources import files

import pandas as pd

from srm_data.schema import Tables


def list_botocore_clients() -> list[str]:
    """List the clients of the installed botocore, one for each API of the AWS SDK for Python."""
    from botocore.loaders import Loader

    return sorted(Loader().list_available_services("service-2"))


def list_cloudformation_types() -> list[str]:
    """List the resource types of all Regions in the installed cfn-lint."""
    # Read as package data, because cfn-lint's own loader may prefer a newer cached copy.
    providers = files("cfnlint") / "data" / "schemas" / "providers"
    types: set[str] = set()
    for region in providers.iterdir():
        if region.name.endswith(".json"):
            types.update(json.loads(region.read_text(encoding="utf-8")))
    return sorted(types)


def describe_versions() -> str:
    """Return the names and versions of the packages used for the comparison."""
    return ", ".join(f"{package} {version(package)}" for package in ("botocore", "cfn-lint"))


def compare_catalogue(tables: Tables, clients: Iterable[str], types: Iterable[str]) -> pd.DataFrame:
    """Compare the tables with AWS's lists; return one row per identifier that differs.

    ``difference`` is ``"new"`` (listed by AWS, but neither mapped nor excluded), ``"gone"`` (AWS no
    longer lists it) or ``"twice"`` (both mapped and excluded).
    """
    types = set(types)
    listed = {
        "botocore-client": set(clients),
        "cloudformation-namespace": {name.rsplit("::", 1)[0] for name in types},
        "cloudformation-type": types,
    }
    rows = []
    for scheme, theirs in listed.items():
        mapped, excluded = (
            set(table.loc[table["scheme"] == scheme, "identifier"])
            for table in (tables["aliases"], tables["not_services"])
        )
        ours = mapped | excluded
        if scheme != "cloudformation-type":  # a type needs a row only where its namespace misleads
            rows += [(scheme, name, "new") for name in theirs - ours]
        rows += [(scheme, name, "gone") for name in ours - theirs]
        rows += [(scheme, name, "twice") for name in mapped & excluded]
    differences = pd.DataFrame(sorted(rows), columns=["scheme", "identifier", "difference"])
    return differences.astype(str)
