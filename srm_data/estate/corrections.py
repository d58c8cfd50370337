"""Corrections: what an organisation knows about identifiers that its inventories leave open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

from srm_data.cells import check_frame
from srm_data.check.tables import Row
from srm_data.estate.catalogue import NO_SERVICE, RECOGNISED, UNRECOGNISED, list_by_service
from srm_data.exceptions import EstateError, Fault, TableError, describe_nearest
from srm_data.load import Tables, load_tables
from srm_data.register.files import read_own_files, write_own_file
from srm_data.schema import StrPath, read_own_schema

COLUMNS = ["identifier", "assumed_id", "offering_id", "alternatives"]
NO_OFFERING = "-"
PLACES = "places"
"""Attribute of a frame of corrections: the file and line of each row."""

MOST_UNUSED = 20
"""Maximum number of unused corrections to list individually."""


def list_unsettled(estate: pd.DataFrame) -> pd.DataFrame:
    """List the assumed and unrecognised identifiers of an estate, as a table of corrections.

    Parameters
    ----------
    estate
        Frame from :func:`~srm_data.read_estate`.

    Returns
    -------
    DataFrame
        One row per identifier and assumed offering, assumed ones first: ``identifier``,
        ``assumed_id``, ``offering_id`` (the assumed one), ``alternatives`` (or the nearest names), all
        ``str``.

    Examples
    --------
    >>> from srm_data import read_estate
    >>> list_unsettled(read_estate(["Amazon Cognito", "Amazon SQS"]))["offering_id"].tolist()
    ['cognito-user-pools']
    """
    check_frame(
        estate,
        ["identifier", "status", "offering_id", "assumed", "alternatives", "note"],
        "an estate, from read_estate",
    )
    assumed = estate[estate["assumed"]]
    unknown = estate[estate["status"] == UNRECOGNISED]
    rows = pd.concat(
        [
            assumed.assign(assumed_id=assumed["offering_id"]),
            unknown.assign(assumed_id="", alternatives=unknown["note"]),
        ]
    )
    return rows[COLUMNS].drop_duplicates(["identifier", "assumed_id"], ignore_index=True).astype("str")


def apply_corrections(
    estate: pd.DataFrame, corrections: pd.DataFrame, offerings: pd.DataFrame
) -> pd.DataFrame:
    """Apply corrections to the assumed and unrecognised identifiers of an estate."""
    check_frame(corrections, ["identifier", "offering_id"], "corrections, from read_corrections")
    service_of = dict(zip(offerings["offering_id"], offerings["service_id"], strict=True))
    known = corrections.attrs.get(PLACES, {})
    rows = enumerate(corrections.index, start=1)
    places = [known.get(label, f"corrections, row {number}") for number, label in rows]
    given = corrections.assign(place=places)[corrections["offering_id"] != ""]
    unknown = next((one for one in given["offering_id"] if one not in {*service_of, NO_OFFERING}), None)
    if unknown is not None:
        nearest = describe_nearest(unknown, service_of)
        raise EstateError(f"corrections: {unknown!r}, expected an offering_id{nearest}")

    # A correction is of an identifier, or of one for which a certain offering is assumed.
    assumed_ids = given["assumed_id"].fillna("") if "assumed_id" in given else [""] * len(given)
    keys = list(zip(given["identifier"], assumed_ids, strict=True))
    says = dict(zip(keys, given["offering_id"], strict=True))
    is_open = estate["assumed"] | (estate["status"] == UNRECOGNISED)
    names = zip(estate["identifier"], estate["offering_id"], is_open, strict=True)
    open_keys = [(name, now) if may else ("", "") for name, now, may in names]
    corrected = [says.get(key) or says.get((key[0], ""), "") for key in open_keys]

    offering = pd.Series(corrected, index=estate.index, dtype="str")
    is_settled, is_none = offering != "", offering == NO_OFFERING
    offering = offering.mask(is_none, "")
    settled = {
        "offering_id": offering,
        "service_id": offering.map(service_of).fillna("").astype("str"),
        "status": is_none.map({True: NO_SERVICE, False: RECOGNISED}),
        "matched_by": "correction",
        "note": is_none.map({True: "no service, by a correction", False: ""}),
        "alternatives": "",
    }
    changed = {name: estate[name].mask(is_settled, values) for name, values in settled.items()}
    result = estate.assign(**changed, assumed=estate["assumed"] & ~is_settled)

    matched = {*open_keys, *((name, "") for name, _ in open_keys)}
    unused = []
    for place, key, offering_id in zip(given["place"], keys, given["offering_id"], strict=True):
        if key not in matched:
            unused.append(f"{place}, {key[0]!r}: not used, as the inventory does not leave it open")
        elif says[key] != offering_id:
            unused.append(f"{place}, {key[0]!r}: not used, as a later one says otherwise")
    if len(unused) > MOST_UNUSED:
        unused[MOST_UNUSED:] = [f"{len(unused) - MOST_UNUSED:,} more corrections not used"]
    result.attrs = estate.attrs | {"unused_corrections": unused}
    return result


def write_corrections(path: StrPath, estate: pd.DataFrame) -> Path:
    """Write the assumed and unrecognised identifiers of an estate, to be edited and read back.

    Parameters
    ----------
    path
        CSV file to write. It must not exist.
    estate
        Frame from :func:`~srm_data.read_estate`.

    Returns
    -------
    pathlib.Path
        ``path``. The column ``offering_id`` has the assumed offering: change it where it is wrong.

    Raises
    ------
    FileExistsError
        If the file already exists, as it may hold your edits.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from srm_data.estate import read_corrections
    >>> from srm_data import read_estate
    >>> path = Path(tempfile.mkdtemp()) / "corrections.csv"
    >>> written = write_corrections(path, read_estate(["Amazon Cognito"]))
    >>> estate = read_estate(["Amazon Cognito"], corrections=read_corrections(path))
    >>> estate[["offering_id", "assumed"]].to_numpy().tolist()
    [['cognito-user-pools', False]]
    """
    return write_own_file(path, list_unsettled(estate))


def read_corrections(
    paths: StrPath | Iterable[StrPath], *, tables: Tables | None = None
) -> pd.DataFrame:
    r"""Read files of corrections.

    Parameters
    ----------
    paths
        One or more CSV files with the columns of ``tables/corrections.schema.json``.
    tables
        Frames from :func:`~srm_data.load_tables`, which define the offerings; loaded if not given.

    Returns
    -------
    DataFrame
        ``identifier``, ``assumed_id``, ``offering_id``, ``alternatives``, all ``str``. If an identifier
        occurs twice, the later row applies. The name of an offering is replaced by its id.

    Raises
    ------
    srm_data.exceptions.TableError
        If there are faults; the message lists all of them: file, line, column, value and what was
        expected, such as the nearest ids.
    FileNotFoundError
        If the file does not exist.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "corrections.csv"
    >>> length = path.write_text("identifier,offering_id\nAmazon Cognito,cognito-identity-pools")
    >>> read_corrections(path)["offering_id"].tolist()
    ['cognito-identity-pools']
    """
    tables = load_tables() if tables is None else tables
    schema = read_own_schema("corrections")
    ids, names = tables["offerings"]["offering_id"], tables["offerings"]["offering"]
    id_of = dict(zip(names.str.casefold(), ids, strict=True))
    known = [*ids, NO_OFFERING]

    def find_faults(file: str, rows: list[Row]) -> Iterator[Fault]:
        for row in rows:
            value = row.cells.get("offering_id", "")
            if value and id_of.get(value.casefold(), value) not in known:
                own = list_by_service(tables["offerings"])
                nearest = describe_nearest(value, [*known, *names])
                if value.casefold() in own:
                    nearest = f" (offerings of this service: {', '.join(own[value.casefold()])})"
                expected = f"an id or a name of offerings, or - for no service{nearest}"
                yield Fault(file, row.line, "offering_id", value, expected)

    read, faults = read_own_files(paths, schema, find_faults)
    if faults:
        raise TableError(faults, "the corrections")
    for _, rows in read:
        rows["offering_id"] = [id_of.get(value.casefold(), value) for value in rows["offering_id"]]
    none = pd.DataFrame(columns=[field["name"] for field in schema["fields"]], dtype="str")
    corrections = pd.concat([none, *(rows for _, rows in read)], ignore_index=True)
    places = [f"{name}, line {line}" for name, rows in read for line in range(2, len(rows) + 2)]
    corrections.attrs[PLACES] = dict(enumerate(places))
    return corrections
