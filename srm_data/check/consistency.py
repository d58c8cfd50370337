"""Check that frames are consistent with each other before the model joins them.

``check_tables`` reads a folder of CSV files line by line. This module checks frames that a user may
have changed or narrowed. Keys, references and blanks are those of ``datapackage.json``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from srm_data.exceptions import Fault, TableError, describe_nearest
from srm_data.schema import Tables, read_schemas, require_tables

ANSWER = ["responsibility", "customer_action", "aws_part", "customer_part", "note"]
FACT = [*ANSWER, "source_id", "section"]
ALSO = ["also_source_id", "also_section", "performed_by"]
READ = {
    "responsibilities": [],
    "bases": [],
    "layers": ["layer", "side"],
    "duties": ["duty", "layer_id"],
    "categories": ["category", "seed_category_id"],
    "product_groups": ["product_group"],
    "services": ["service", "product_group_id"],
    "offerings": ["offering", "service_id", "category_id"],
    "sources": [],
    "category_responsibilities": [*FACT, "basis"],
    "group_responsibilities": [*FACT, "basis"],
    "aws_responsibilities": FACT,
    "service_responsibilities": [*FACT, *ALSO],
    "offering_responsibilities": [*FACT, "basis", *ALSO],
    "traits": ["position"],
    "trait_values": [],
    "offering_traits": ["source_id", "also_source_id", "value", "section", "also_section", "note"],
    "trait_rules": [*ANSWER, "yields_to"],
}
"""The tables that the model reads, and their columns beside the key."""

LISTS = {
    ("service_responsibilities", "offering_ids"): "ids of offerings separated by '; ', or blank",
    ("trait_rules", "yields_to"): "ids of traits separated by '; ', or blank",
}
"""Columns of lists, and what each expects."""


def check_consistency(tables: Tables) -> None:
    """Raise a TableError with all faults unless the tables are consistent with each other."""
    schemas = read_schemas()
    # Without all columns, the tables cannot be compared with each other.
    needed = {name: [*schemas[name]["primaryKey"], *columns] for name, columns in READ.items()}
    require_tables(tables, needed)
    if faults := [fault for name in READ for fault in _find_faults(name, schemas, tables)]:
        raise TableError(faults)


def _find_faults(name: str, schemas: dict[str, dict[str, Any]], tables: Tables) -> Iterator[Fault]:
    schema = schemas[name]
    # For columns this short, plain lists are faster than what pandas does with them.
    values = {
        column: tables[name][column].to_numpy(dtype=object).tolist()
        for column in [*schema["primaryKey"], *READ[name]]
    }
    constraints = {field["name"]: field.get("constraints", {}) for field in schema["fields"]}

    # Names of things are unique, as keys are: charts and matrices have one row for each.
    name_column = schema["primaryKey"][0].removesuffix("_id")
    names = [name_column] if name_column in READ[name] else []
    for key in (schema["primaryKey"], names):
        for repeated, count in Counter(zip(*(values[column] for column in key), strict=True)).items():
            if count > 1:
                value = ", ".join(map(str, repeated))
                yield Fault(name, 0, ", ".join(key), value, "each value in one row only")

    # Ids exist in the table they refer to. A blank refers to nothing where the schema allows one.
    targets = {
        key["fields"][0]: key["reference"]["resource"] or name for key in schema.get("foreignKeys", [])
    }
    for column, target in [*targets.items(), ("basis", "bases")]:
        if column not in values or target not in READ or name == target == "bases":
            continue
        key = schemas[target]["primaryKey"][0]
        ids = tables[target][key]
        accepted = set(ids)
        if not constraints[column].get("required"):
            accepted.add("")
        for value in dict.fromkeys(values[column]):
            if value not in accepted:
                article = "an" if key[0] in "aeiou" else "a"
                expected = f"{article} {key} of {target}{describe_nearest(str(value), ids)}"
                yield Fault(name, 0, column, str(value), expected)

    # Names and lists are text: no missing value stands in place of a blank one.
    texts = dict.fromkeys(names, "a name") | {
        column: expected for (table_name, column), expected in LISTS.items() if table_name == name
    }
    for column, expected in texts.items():
        for value in dict.fromkeys(values[column]):
            if not isinstance(value, str):
                yield Fault(name, 0, column, str(value), expected)

    if "customer_action" in values:
        actions = constraints["customer_action"]["enum"]
        for value in dict.fromkeys(values["customer_action"]):
            if value not in actions:
                expected = f"one of {' | '.join(actions)}"
                yield Fault(name, 0, "customer_action", str(value), expected)
