"""Read an estate from one or more inventories of any kind."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from srm_data.estate.catalogue import (
    NEEDED,
    NO_SERVICE,
    READ_COLUMNS,
    RECOGNISED,
    UNRECOGNISED,
    Reading,
    find_catalogue,
)
from srm_data.estate.columns import OTHER_COLUMNS
from srm_data.estate.corrections import apply_corrections
from srm_data.estate.counting import count_table
from srm_data.estate.detect import is_path, read_file
from srm_data.estate.folders import SUFFIXES, Found, describe_not_read, find_files, match_pattern
from srm_data.estate.hiding import hide_secrets
from srm_data.estate.match import match_tally
from srm_data.estate.readers import EXPECTED, KINDS
from srm_data.estate.readers.large_tables import join_parquet
from srm_data.estate.resources import AS_PARTS, CONTEXT, merge_tally
from srm_data.estate.vocabulary import split_cells
from srm_data.exceptions import EstateError, InternalError, SkippedFileWarning, UnusedCorrectionWarning
from srm_data.load import given_tables, load_some
from srm_data.names.index import PART
from srm_data.schema import require_tables
from srm_data.terminal import find_terminal

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

    Source = (
        str | os.PathLike[str] | Collection[str | os.PathLike[str] | Mapping[str, object]] | IntoFrame
    )

COLUMNS = [
    "identifier", "variant", "status", "service_id", "offering_id", "rows", "resources", "counted_by",
    "accounts", "regions", *CONTEXT, "cost", "matched_by", "names_offering", "assumed", "alternatives",
    "note", "place",
]  # fmt: skip
COSTS_NOTHING = "costs nothing here: used at all?"
A_SUM = r"\ba sum\b"
MOST_DETAILED = 100_000
"""Rows of a frame above which accounts, Regions and cost are left out by default."""

SOON = 2  # seconds; a shorter read shows no bar


def read_estate(
    source: Source,
    *,
    kind: str | None = None,
    details: bool | None = None,
    progress: bool = False,
    strict: bool = False,
    headers: pd.DataFrame | None = None,
    corrections: pd.DataFrame | None = None,
    tables: dict[str, pd.DataFrame] | None = None,
) -> pd.DataFrame:
    """Read what an organisation runs from an inventory.

    Parameters
    ----------
    source
        A file, a folder, a glob such as ``"states/*.tfstate"``, a list of any of these or of names of
        services, or a frame (pandas, Polars, DuckDB, PySpark, Dask, Ibis: anything that Narwhals
        supports) with a column that names the resource or the service. Files are recognised by their
        content: Terraform, CloudFormation, AWS Config, bills, scanners, tables and lists.
    kind
        Kind of inventory to read every file as, such as ``"terraform"``, ``"table"`` or ``"list"``. By
        default, it is detected from the content. The error for an unknown kind lists all kinds.
    details
        Whether to list accounts, Regions and cost. True by default, except for pandas frames of more
        than 100,000 rows, for other frames, and for tables of more than 50 MB, where it takes longer.
    progress
        Whether to show a progress bar in a terminal or a notebook when many files take long to read.
    strict
        Whether to raise an error if a file, sheet or line would be left out, instead of listing it.
    headers
        Column names to recognise before those of the table ``inventory_headers``: ``header`` and
        ``role``, both ``str``. The error for an unknown role lists all roles.
    corrections
        Frame from :func:`~srm_data.estate.read_corrections`, with the offerings of identifiers that
        would be assumed or not recognised.
    tables
        Frames from :func:`~srm_data.load_tables`; loaded if not given.

    Returns
    -------
    DataFrame
        One row per distinct identifier, and per variant if settings of the resource decide which
        offering it is, sorted by descending number of rows. Columns, ``str`` unless noted:

        ``identifier``, ``variant``
            The name in the file, and the deciding setting in words.
        ``status``
            ``"recognised"``, ``"unrecognised"`` or ``"not a service"``.
        ``service_id``, ``offering_id``
            Keys of the tables, or empty.
        ``rows``
            Number of rows in the inventory, ``int``. They add up to the rows read, but that a row which
            names several services counts once for each; ``attrs["rows_read"]`` is without these.
        ``resources``
            Number of resources, ``int``: distinct ids or ARNs where a resource may have several rows,
            the number in a column such as "Count", otherwise rows; 1 if the source only names services,
            0 if all ARNs of the row stand in rows that tell more of them.
        ``counted_by``
            How they were counted: ``"row"``, ``"id"``, ``"name"``, ``"number"`` of a column, ``"number,
            about"`` if it is approximate, ``"number, at most"`` and ``"at most"`` for upper bounds, or
            ``"part"`` for types that are parts of an offering, such as security groups.
        ``accounts``, ``regions``, ``environment``, ``application``, ``criticality``, ``owner``
            What columns of these names say, separated by ``"; "``.
        ``cost``
            Billed amount in the currency of the file, ``float``; ``nan`` if there is none, or only one
            of several services together.
        ``matched_by``
            The vocabulary that has the identifier, ``"variant"`` if a setting decided, ``"bill"`` if a
            line of a bill did, or ``"correction"`` if the organisation did.
        ``names_offering``
            True if the identifier stands for the offering itself (an instance), False if it only
            belongs to its service (a key pair). ``bool``.
        ``assumed``, ``alternatives``
            Whether the inventory leaves the offering open, so that the likeliest was assumed
            (``bool``), and the other possible offerings.
        ``note``
            Why it is not a service or not in use, or the nearest names.
        ``place``
            The file and the place where the identifier was first found.

        ``attrs["not_read"]`` lists what was not read, and why: damaged or foreign files in a folder,
        sheets without a known column, irregular lines, columns and cells that look like a number, a
        cost or a state and are none. ``attrs["columns_not_read"]`` names the other columns of lists,
        without which they are whole.

    Warns
    -----
    srm_data.exceptions.SkippedFileWarning
        If that list is not empty.
    srm_data.exceptions.UnusedCorrectionWarning
        If corrections match nothing that is open. ``attrs["unused_corrections"]`` has the same lines.

    Raises
    ------
    srm_data.EstateError
        If a named file or, with ``strict``, any file in a folder cannot be read. The message lists all
        faults, with file, place and what was expected.
    srm_data.exceptions.InternalError
        If this package fails on one of several files or loses a row. This is a bug to report.
    FileNotFoundError
        If the file does not exist, or a folder has no inventory.
    ValueError
        If ``kind`` is unknown.

    Notes
    -----
    A resource that several files have by the same ARN is counted once; by an id or a name, or on a
    bill, once in each. Resources declared in code count as if they were deployed.

    State files may hold passwords. Values of settings are compared and then dropped, and never appear
    in the result, a log or an error.

    Examples
    --------
    >>> import pandas as pd
    >>> estate = read_estate(pd.DataFrame({"service": ["Amazon SQS", "Amazon SQS", "Amazon Sqz"]}))
    >>> estate[["identifier", "status", "offering_id", "rows", "resources"]].values.tolist()
    [['Amazon SQS', 'recognised', 'sqs', 2, 1], ['Amazon Sqz', 'unrecognised', '', 1, 1]]
    """
    known, needed = load_some(NEEDED), {"offerings": READ_COLUMNS["offerings"]}
    tables = known if tables is None else known | given_tables(tables, needed)
    require_tables(tables, READ_COLUMNS)
    if kind is not None and kind not in KINDS:
        raise ValueError(f"kind should be one of {list(KINDS)}. Got {kind!r}")

    # Count what the files or the frame list, by name and setting.
    catalogue = find_catalogue(tables, headers)
    reading = Reading(catalogue, kind, details, others={}, remarks=[])
    if paths := _list_paths(source):
        tally = _read_files(paths, reading, progress=progress, strict=strict)
    else:
        tally = _count_given(source, reading)

    # Match names and settings with the catalogue; no row may be lost.
    rows_read = int(tally["rows"].sum())
    tally = split_cells(tally, reading)
    not_read = [remark for remark in reading.remarks if OTHER_COLUMNS not in remark]
    columns_not_read = [remark for remark in reading.remarks if OTHER_COLUMNS in remark]
    if strict and not_read:
        raise EstateError("\n".join(["not read completely:", *not_read]))
    estate = match_tally(merge_tally(tally), catalogue)
    is_listed = estate["status"].isin([RECOGNISED, UNRECOGNISED, NO_SERVICE])
    if estate.loc[is_listed, "rows"].sum() != tally["rows"].sum():
        raise InternalError("rows were lost between counting and matching: a bug in srm_data")
    is_own_text = (estate["status"] != RECOGNISED) | (estate["matched_by"] == PART)
    estate["identifier"] = hide_secrets(estate["identifier"], is_own_text)
    # The cost of a sum is that of the other rows, and that of parts is that of the whole.
    is_sum = (estate["status"] == NO_SERVICE) & estate["note"].str.contains(A_SUM)
    estate["cost"] = estate["cost"].mask(is_sum)
    is_free = (estate["cost"] == 0) & (estate["paid"] == 0) & (estate["counted_by"] != AS_PARTS)
    is_free &= (estate["status"] == RECOGNISED) & (estate["note"] == "")
    estate["note"] = estate["note"].mask(is_free, COSTS_NOTHING)
    estate = estate[COLUMNS].sort_values(
        ["rows", "identifier", "variant"], ascending=[False, True, True], ignore_index=True
    )
    if corrections is not None:
        estate = apply_corrections(estate, corrections, tables["offerings"])

    estate.attrs |= {"not_read": not_read, "columns_not_read": columns_not_read, "rows_read": rows_read}
    if unused := estate.attrs.get("unused_corrections"):
        warnings.warn("\n".join(unused), UnusedCorrectionWarning, stacklevel=2)
    if not_read:
        warnings.warn("\n".join(not_read), SkippedFileWarning, stacklevel=2)
    return estate


def _list_paths(source: object) -> list[str | os.PathLike[str]]:
    if is_path(source):
        return [source]
    if not isinstance(source, list | tuple | set) or not any(map(_is_path_in_list, source)):
        return []
    wrong = [type(item).__name__ for item in source if not is_path(item)]
    if wrong:
        raise EstateError(f"the list: {wrong[0]} among paths; expected only paths")
    return [item for item in source if is_path(item)]


def _is_path_in_list(item: object) -> bool:
    """Return whether an item is a path and not a name such as SNS/SQS: by type, suffix or existence."""
    if not isinstance(item, str):
        return isinstance(item, os.PathLike)
    try:
        is_there = not set("/\\*").isdisjoint(item) and (
            Path(item).exists() or bool(match_pattern(Path(item)))
        )
    except OSError:  # too long for a path
        return False
    return is_there or Path(item).suffix.lower() in SUFFIXES


def _count_given(source: Any, reading: Reading) -> pd.DataFrame:
    """Count a frame, or a list of names of services or of rows as dicts."""
    place, instead = "the frame", ""
    if isinstance(source, list | tuple | set):
        place = "the list"
        for number, item in enumerate(source, start=1):
            if not (isinstance(item, str | dict) or pd.api.types.is_scalar(item)):
                raise EstateError(
                    f"the list, item {number}: {type(item).__name__}; expected the name of a service, "
                    "or a row as a dict"
                )
        rows = [item if isinstance(item, dict) else {"service": str(item)} for item in source]
        source = pd.DataFrame(rows) if rows else pd.DataFrame({"service": []}, dtype="str")
    elif isinstance(source, pd.Series):
        instead = ": series.tolist() or series.to_frame()"
    elif isinstance(source, dict):
        instead = ": pd.DataFrame(columns), or a list of rows"
    elif isinstance(source, Iterable) and not hasattr(source, "columns"):
        instead = ": list(names)"
    if instead or source is None or isinstance(source, int | float | bytes):
        raise EstateError(
            f"the source: {type(source).__name__}; expected a path, a list of paths or of names, or a "
            f"frame{instead}"
        )
    if reading.details is None:
        is_small = isinstance(source, pd.DataFrame) and len(source) <= MOST_DETAILED
        reading = reading._replace(details=is_small)
    return count_table(source, place, reading)


def _read_files(
    items: list[str | os.PathLike[str]], reading: Reading, *, progress: bool, strict: bool
) -> pd.DataFrame:
    found, not_read = Found({}, reading.remarks, set()), reading.remarks
    for item in items:
        find_files(item, found)
    files = join_parquet(list(found.names))
    reading.others.update(dict.fromkeys(found.names, False))

    tallies = []
    faults: list[EstateError | OSError] = []
    internal: list[tuple[str, Exception]] = []
    for parts in _track_progress(files, progress):
        path, own = parts[0], reading._replace(remarks=[])
        # A result is passed on: it names no folders of this machine.
        is_joined = len(parts) > 1
        full, name = (path.parent, "") if is_joined else (path, found.names[path])
        try:
            tally = read_file(parts, own)
        except (EstateError, OSError) as error:
            if path in found.in_folder and not strict:
                why = str(error).removeprefix(f"{path}: ").removeprefix(f"{path}, ")
                why = why.partition(f"; {EXPECTED}")[0]
                not_read.append(describe_not_read(name or str(path.name), why))
            else:
                faults.append(error)
        except Exception as error:  # a fault of this package: read the other files, then report it
            if len(files) == 1:
                raise
            internal.append((str(path), error))
        else:
            tallies.append(tally.assign(place=tally["place"].str.replace(str(full), name, regex=False)))
            not_read += [remark.replace(str(full), name) for remark in own.remarks]

    if internal:
        failed = [f"{path}: {type(error).__name__}" for path, error in internal]
        lines = ["a bug in srm_data; please report it:", *failed, *map(str, faults), *not_read]
        raise InternalError("\n".join(lines)) from internal[0][1]
    if len(faults) == 1 and isinstance(faults[0], EstateError):
        raise faults[0]
    if faults:
        title = [f"{len(faults)} files cannot be read:"] if len(faults) > 1 else []
        raise EstateError("\n".join([*title, *map(str, faults)]))
    if not tallies:
        raise EstateError("\n".join(["no inventory was read:", *not_read]))
    return pd.concat(tallies, ignore_index=True)


def _track_progress(files: list[Any], progress: bool) -> Iterable[Any]:
    is_terminal, is_notebook = sys.stderr.isatty(), "ipykernel" in sys.modules
    if not (progress and (is_terminal or is_notebook)) or len(files) < 2:
        return files
    from tqdm import tqdm

    # JupyterLab shows what stood on stderr on a red ground, even after it was cleared.
    stream = sys.stdout if is_notebook else sys.stderr
    bar: Iterable[Any] = tqdm(
        files, unit="file", desc="Reading", leave=False, delay=SOON, file=find_terminal(stream)
    )
    return bar
