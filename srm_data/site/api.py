"""Files of the site for other programs: JSON in one envelope, a feed of changes, llms.txt."""

from __future__ import annotations

import json
import uuid
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pandas as pd

from srm_data.changes import WHY, compare, describe_change, list_versions, read_earlier
from srm_data.load import Tables
from srm_data.schema import LICENCE, SEAT

SCHEMA_VERSION = "1.0"
"""Fields may be added; a field is never renamed or removed within one version."""

CELL = [
    "service", "service_id", "offering", "offering_id", "category", "layer", "duty", "duty_id",
    "duty_set",
    "responsibility", "customer_action", "customer_part", "aws_part", "note", "basis", "scope", "mark",
    "performed_by",
]  # fmt: skip
TEXTS = ["customer_part", "aws_part", "note"]
SOURCE = ["source_id", "title", "url", "edition", "accessed"]


def write_json(items: list[Any], version: str, day: str, name: str = "items", **more: Any) -> str:
    """Write a file of the API: items in the envelope that all of them share."""
    envelope = {
        "schema_version": SCHEMA_VERSION,
        "data_version": version,
        "generated_at": day,
        "total": len(items),
        **more,
    }
    # One item per line: a difference of two releases can be read.
    lines = ",\n".join(_write_compact(item) for item in items)
    return f"{_write_compact(envelope)[:-1]},{json.dumps(name)}:[\n{lines}\n]}}\n"


def _write_compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def list_json_cells(cells: pd.DataFrame, sources: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """List cells as JSON objects with their address: in full if sources are given, else the answers."""
    rows = []
    names = CELL if sources is not None else [column for column in CELL if column not in TEXTS]
    columns = [cells[column].astype(str).tolist() for column in (*names, "source_ids", "sections")]
    for values in zip(*columns, strict=True):
        row: dict[str, Any] = dict(zip(names, values, strict=False))
        # a cell may cite several pages, each with its section
        cited = zip(values[-2].split("; "), values[-1].split(" | "), strict=True)
        row["address"] = f"services/{row['service_id']}.html#{row['offering_id']}.{row['duty_id']}"
        if sources is not None:
            row["sources"] = [
                {**{field: sources[source][field] for field in SOURCE}, "section": section}
                for source, section in cited
            ]
        rows.append(row)
    return rows


def list_identifiers(tables: Tables) -> dict[str, list[dict[str, str]]]:
    """List the identifiers of other vocabularies by scheme, such as ``cloudformation-type``."""
    schemes: dict[str, list[dict[str, str]]] = {}
    for alias in tables["aliases"].to_dict("records"):
        row = {key: str(alias[key]) for key in ("identifier", "service_id", "offering_id")}
        schemes.setdefault(str(alias["scheme"]), []).append(row)
    return dict(sorted(schemes.items()))


def list_changes(model: pd.DataFrame, version: str) -> list[tuple[str, str, list[dict[str, str]]]]:
    """List what changed in the answers since the release before, and between it and its forerunner.

    Each step has the version before, the version after, and its rows of
    :func:`~srm_data.changes.compare`; the latest comes first.
    """
    released = [name for name in list_versions() if name != version.removesuffix(".dev0")][-2:]
    names = [version, *reversed(released)]
    models = [model, *(read_earlier(name) for name in reversed(released))]
    return [
        (before, after, compare(earlier, later).to_dict("records"))  # type: ignore[misc]
        for (after, later), (before, earlier) in pairwise(zip(names, models, strict=True))
    ]


def write_feed(
    changes: list[dict[str, str]],
    version: str,
    day: str,
    services: dict[str, str],
    *,
    of: str = "",
    address: str = "",
) -> str:
    """Write an Atom feed of changed cells. The id of an entry is made of version and cell: it stays.

    ``of`` is the service whose feed it is, else the feed is that of the catalogue; ``address`` is that
    of the site, if it has one: without it links are relative to the feed.
    """

    def make_id(text: str) -> str:
        return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'srm_data/{text}')}"

    # links are relative to the feed where the site has no address
    place = f"services/{of}.atom" if of else "changes.atom"
    up = address or ("../" if of else "")
    entries = []
    for change in changes:
        cell = f"{change['offering_id']}.{change['duty_id']}"
        page = f"{up}services/{services.get(change['offering_id'], '')}.html#{cell}"
        title = describe_change(change)
        entries.append(
            f"<entry><id>{make_id(f'{version}/{cell}')}</id><title>{escape(title)}</title>"
            f"<updated>{day}T00:00:00Z</updated><link href={quoteattr(page)}/>"
            f"<summary>{escape(WHY[change['why']])}</summary></entry>\n"
        )
    itself = f'<link rel="self" href={quoteattr(address + place)}/>' if address else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<id>{make_id(of or 'changes')}</id><title>srm_data: changed answers{f', {of}' if of else ''}"
        f"</title>{itself}"
        f"<updated>{day}T00:00:00Z</updated><author><name>srm_data contributors</name></author>\n"
        f"{''.join(entries)}</feed>\n"
    )


def write_llms(services: list[tuple[str, str]], version: str) -> str:
    """Write ``llms.txt``: what the site holds, and where."""
    lines = "\n".join(f"- [{name}](api/1/services/{service}.json)" for service, name in services)
    return f"""# srm_data {version}

> Who is responsible for what on AWS: every service, 28 security duties, both halves, with AWS's page.

{SEAT} {LICENCE}

A cell has the address services/SERVICE.html#OFFERING.DUTY. A mark says what an answer rests on:
documented, derived, stated by AWS for all services, default, proposed.

## Services

{lines}
"""
