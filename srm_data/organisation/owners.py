"""Owners: which team of an organisation is responsible for which part of the model.

The organisation's CSV file lists rules, general ones first. The last rule that matches a cell applies.
A blank matches any value.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from srm_data.cells import check_frame
from srm_data.check.tables import Row
from srm_data.exceptions import Fault, FrameError, describe_nearest
from srm_data.load import Tables, given_tables
from srm_data.organisation.files import read_own_file
from srm_data.schema import StrPath, read_own_schema

KEYS = {"service_id": "services", "offering_id": "offerings", "layer_id": "layers", "duty_id": "duties"}
"""Columns of a rule, and the table that defines each id."""

NEEDED = {
    "services": ["service_id"],
    "offerings": ["offering_id", "service_id"],
    "layers": ["layer_id"],
    "duties": ["duty_id", "layer_id"],
}
"""The tables and columns that rules are checked with."""


def read_owners(path: StrPath, *, tables: Tables | None = None) -> pd.DataFrame:
    r"""Read a file of owners.

    Parameters
    ----------
    path
        CSV file with the columns of ``tables/owners.schema.json``: ``service_id``, ``offering_id``,
        ``layer_id`` and ``duty_id``, each of which may be blank, and ``owner``.
    tables
        Frames from :func:`~srm_data.load_tables`, which define the ids; loaded if not given.

    Returns
    -------
    DataFrame
        The same columns, all ``str``, in the order of the file.

    Raises
    ------
    srm_data.exceptions.TableError
        If there are faults; the message lists all of them: file, line, column, value and what was
        expected, such as the nearest ids. It is also a fault if owners differ only in case or blanks.
    FileNotFoundError
        If the file does not exist.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "owners.csv"
    >>> rules = [",,,,Cloud team", ",,network,,Network team"]
    >>> text = "\n".join(["service_id,offering_id,layer_id,duty_id,owner", *rules])
    >>> length = path.write_text(text)
    >>> read_owners(path)["owner"].tolist()
    ['Cloud team', 'Network team']
    """
    tables = given_tables(tables, NEEDED)

    def find_faults(file: str, rows: list[Row]) -> Iterator[Fault]:
        rules = pd.DataFrame([row.cells for row in rows]).reindex(columns=[*KEYS]).fillna("")
        for row, column, value, expected in _find_wrong_ids(rules, tables):
            yield Fault(file, rows[row].line, column, value, expected)
        owners = [row.cells.get("owner", "") for row in rows]
        for row, first in find_other_spellings(owners):
            expected = f"{owners[first]!r}, as in line {rows[first].line}"
            yield Fault(file, rows[row].line, "owner", owners[row], expected)

    return read_own_file(path, read_own_schema("owners"), find_faults)


def find_other_spellings(owners: list[str]) -> list[tuple[int, int]]:
    """Find names that differ from an earlier one in nothing but case and blanks, with both places."""
    first: dict[str, int] = {}
    places = [(row, first.setdefault(fold_owner(name), row)) for row, name in enumerate(owners) if name]
    return [(row, before) for row, before in places if owners[row] != owners[before]]


def fold_owner(name: str) -> str:
    """Return the name of an owner without regard to case and blanks."""
    return " ".join(name.split()).casefold()


def _find_wrong_ids(owners: pd.DataFrame, tables: Tables) -> list[tuple[int, str, str, str]]:
    wrong = []
    for column, table in KEYS.items():
        known = tables[table][column].tolist()
        for row, value in enumerate(owners[column]):
            if value and value not in known:
                expected = f"a {column} of {table}{describe_nearest(str(value), known)}"
                wrong.append((row, column, value, expected))

    for column, whole in (("offering_id", "service_id"), ("duty_id", "layer_id")):
        of = tables[KEYS[column]].set_index(column)[whole]
        for row, (part, given) in enumerate(zip(owners[column], owners[whole], strict=True)):
            if part and given and given != of.get(part, given):
                expected = f"{of[part]!r}, or blank, as the {column} is {part!r}"
                wrong.append((row, whole, given, expected))
    return sorted(wrong, key=lambda fault: fault[0])


def assign_owners(
    model: pd.DataFrame, owners: pd.DataFrame, *, tables: Tables | None = None
) -> pd.DataFrame:
    """Add the owner of each cell to a model.

    Every cell gets an owner, because a decision may change who is responsible. Results such as
    :func:`~srm_data.list_customer_duties` show owners only for cells in which the customer has a part.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model` or :func:`~srm_data.in_use`.
    owners
        Frame from :func:`read_owners`.
    tables
        Frames from :func:`~srm_data.load_tables`; loaded if not given.

    Returns
    -------
    DataFrame
        The model with a column ``owner`` (``str``), which is ``"nobody yet"`` if no rule matches.

    Raises
    ------
    srm_data.exceptions.FrameError
        If a rule has no owner, an id that the tables do not have, or ids that never occur together, or
        if owners differ only in case or blanks.

    Examples
    --------
    >>> from srm_data import build_model
    >>> rules = [["", "", "", "", "Cloud team"], ["", "", "network", "", "Network team"]]
    >>> keys = ["service_id", "offering_id", "layer_id", "duty_id"]
    >>> owners = pd.DataFrame(rules, columns=[*keys, "owner"])
    >>> owned = assign_owners(build_model(), owners).set_index(["offering_id", "duty_id"])["owner"]
    >>> owned["sqs", "network-configuration"], owned["sqs", "backup"]
    ('Network team', 'Cloud team')
    """
    check_frame(
        model,
        ["service_id", "offering_id", "duty_id"],
        "a model of offerings, from build_model or in_use",
    )
    check_frame(owners, [*KEYS, "owner"], "owners, from read_owners")
    tables = given_tables(tables, NEEDED)
    layers = tables["duties"].set_index("duty_id")["layer_id"]
    keys = model[["service_id", "offering_id", "duty_id"]].assign(layer_id=model["duty_id"].map(layers))
    owner = pd.Series("nobody yet", index=model.index, dtype="str")
    rules = owners.astype(object).where(owners.notna(), "")  # pandas reads a blank as missing
    for row, column, value, expected in _find_wrong_ids(rules, tables)[:1]:
        raise FrameError(f"owners: row {row}, {column}: expected {expected}; got {value!r}")
    if (is_blank := rules["owner"].astype(str).str.strip().eq("")).any():
        first = is_blank.to_list().index(True)
        raise FrameError(f"owners: row {first}, owner: expected the name of an owner; got a blank one")
    names = rules["owner"].astype(str).tolist()
    for row, before in find_other_spellings(names)[:1]:
        expected = f"{names[before]!r}, as in row {before}"
        raise FrameError(f"owners: row {row}, owner: expected {expected}; got {names[row]!r}")
    for rule in rules.to_dict("records"):
        fits = pd.Series(True, index=model.index)
        for column in KEYS:
            if rule[column]:
                fits &= keys[column] == rule[column]
        owner = owner.mask(fits, rule["owner"])
    return model.assign(owner=owner.astype("str"))
