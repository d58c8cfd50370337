"""Inventories that several tests of estates write."""

import json

import pandas as pd

ACCOUNT = "123456789012"


def write(folder, name: str, content: object):
    """Write an inventory: text as it is, anything else as JSON."""
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def found(estate: pd.DataFrame) -> dict[str, tuple[str, int]]:
    """Return offering and count by identifier."""
    columns = estate["identifier"], estate["offering_id"], estate["rows"].tolist()
    return {name: (offering, count) for name, offering, count in zip(*columns, strict=True)}


def state_4(*resources: tuple[str, dict]) -> dict:
    return {
        "version": 4,
        "terraform_version": "1.9.0",
        "lineage": "x",
        "resources": [
            {"mode": "managed", "type": kind, "name": "a", "instances": [{"attributes": settings}]}
            for kind, settings in resources
        ],
    }


def template(**resources: dict) -> dict:
    return {"Resources": resources}


ARN = f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/papers"
