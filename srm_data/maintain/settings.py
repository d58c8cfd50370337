"""List the settings of AWS's APIs by duty, and what a newer release changes: what to read again.

A setting is no proof of a party, and the absence of a parameter never is: it says where AWS changed
something.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from srm_data.load import Tables

PATTERNS = Path(__file__).with_name("settings.csv")
"""What the name of a setting looks like, in lower case, by the duty that it belongs to."""

SETTERS = re.compile(r"(Create|Put|Update|Modify|Run|Start|Register|Enable|Configure)[A-Z]")
"""Operations whose input sets something."""

DEEPEST = 4
"""Levels of a request that are looked into."""


def list_settings(tables: Tables, data: str | PathLike[str]) -> pd.DataFrame:
    """List the settings in the API models of one botocore release, from its folder ``botocore/data``.

    One row per service, duty and setting (operation and path of the member), sorted.
    """
    aliases = tables["aliases"]
    clients = aliases[aliases["scheme"] == "botocore-client"].set_index("identifier")["service_id"]
    patterns = pd.read_csv(PATTERNS, index_col="duty_id")["pattern"]
    rows = set()
    for client in sorted(path for path in Path(data).iterdir() if path.name in clients.index):
        # The newest API of a client is the one in use.
        (path,) = max(path for path in client.iterdir() if path.is_dir()).glob("service-2.json*")
        content = path.read_bytes()
        content = gzip.decompress(content) if path.suffix == ".gz" else content
        for setting in _walk_settings(json.loads(content)):
            name = re.sub(r"[^a-z]", "", setting.rpartition(".")[2].lower())
            duties = [duty for duty, pattern in patterns.items() if re.search(pattern, name)]
            rows |= {(clients[client.name], duty, setting) for duty in duties}
    return pd.DataFrame(sorted(rows), columns=["service_id", "duty_id", "setting"], dtype="str")


def compare_settings(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """List the pairs of service and duty whose settings differ between two releases.

    ``change`` is ``"first"``, ``"more"``, ``"fewer"`` or ``"none left"``; ``settings`` lists those
    added, or else those removed.
    """
    keys = ["service_id", "duty_id"]
    joined = before.merge(
        after, how="outer", on=[*keys, "setting"], indicator=True, validate="one_to_one"
    )
    rows = []
    for (service, duty), settings in joined.groupby(keys):
        sides = settings["_merge"]
        if sides.eq("both").all():
            continue
        added, removed = settings[sides == "right_only"], settings[sides == "left_only"]
        is_first, is_gone = len(added) == len(settings), len(removed) == len(settings)
        some = "more" if len(added) else "fewer"
        change = "first" if is_first else "none left" if is_gone else some
        differing = added if len(added) else removed
        rows.append((service, duty, change, "; ".join(differing["setting"])))
    return pd.DataFrame(rows, columns=[*keys, "change", "settings"], dtype="str")


def _walk_settings(model: dict[str, Any]) -> Iterator[str]:
    """Walk the members of all requests that set something, with the shapes they consist of."""
    shapes = model["shapes"]

    def walk(shape: str, path: str, above: tuple[str, ...]) -> Iterator[str]:
        described = shapes[shape]
        if described["type"] == "list":
            yield from walk(described["member"]["shape"], path, above)
        elif described["type"] == "structure" and shape not in above and len(above) < DEEPEST:
            for name, member in described["members"].items():
                yield f"{path}.{name}"
                yield from walk(member["shape"], f"{path}.{name}", (*above, shape))

    for name, operation in model["operations"].items():
        if SETTERS.match(name) and "input" in operation:
            yield from walk(operation["input"]["shape"], name, ())
