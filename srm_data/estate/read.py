"""Read an estate: one inventory or many, of any kind, into what is in use."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from srm_data.estate import sources
from srm_data.estate.match import NO_SERVICE, RECOGNISED, UNRECOGNISED, match_tally
from srm_data.estate.scans import join_parquet
from srm_data.estate.tables import count_table, join_names
from srm_data.estate.tally import KEYS, Rules, list_rules
from srm_data.exceptions import EstateError
from srm_data.load import load_tables
from srm_data.terminal import find_terminal

COLUMNS = [
    "identifier", "variant", "status", "service_id", "offering_id", "resources", "accounts", "regions",
    "cost", "matched_by", "names_offering", "assumed", "alternatives", "note", "place",
]  # fmt: skip
SOON = 2  # seconds; a shorter read shows no bar
SUFFIXES = {
    ".json", ".tfstate", ".yaml", ".yml", ".template", ".csv", ".tsv", ".txt", ".xlsx", ".gz",
    ".parquet", ".jsonl", ".ndjson",
}  # fmt: skip
"""Suffixes of files that a folder is searched for."""


def read_estate(
    source: object,
    *,
    kind: str | None = None,
    details: bool | None = None,
    progress: bool = False,
    tables: dict[str, pd.DataFrame] | None = None,
) -> pd.DataFrame:
    """Read what an organisation runs from an inventory.

    Parameters
    ----------
    source
        A file, a folder, a glob such as ``"states/*.tfstate"``, a list of any of these, or a frame
        (pandas, Polars, DuckDB, PySpark, Dask, Ibis: anything Narwhals takes) with a column that names
        the resource or the service. Terraform state and ``show -json``, CloudFormation and SAM
        templates, AWS Config, bills (Cost and Usage Report, FOCUS, Cost Explorer), Resource Explorer,
        tagging, Prowler, Steampipe, plain lists of services; told by content. A list of text without
        separators or suffixes is a list of names of services.
    kind
        What to read a file as, where its content is not to decide: ``"terraform"``,
        ``"cloudformation"``, ``"aws-config"``, ``"listing"``, ``"cost-explorer"``, ``"table"`` or
        ``"list"``.
    details
        Whether to tell accounts, Regions and cost. By default yes, but not for frames and for tables
        of more than 50 MB: a count per account and Region takes several times as long.
    progress
        Show a progress bar over the files of a read that takes long, in a terminal or a notebook.
    tables
        Frames from :func:`~srm_data.load_tables`; loaded if not given.

    Returns
    -------
    DataFrame
        A row per distinct identifier, and per variant where settings of the resource decide which
        offering it is; most resources first. Columns:

        ``identifier``, ``variant``
            As the file names it; the setting that decided, in words. ``str``.
        ``status``
            ``"recognised"``, ``"unrecognised"`` or ``"not a service"``. ``str``.
        ``service_id``, ``offering_id``
            Keys of the catalogue, or empty. ``str``.
        ``resources``
            Rows of the inventory, ``int``. They sum to the rows read.
        ``accounts``, ``regions``
            Names, separated by ``"; "``, where the file has them. ``str``.
        ``cost``
            In the currency of the file, ``float``; ``nan`` where there is none.
        ``matched_by``
            The vocabulary in which it was found; ``"variant"`` if a setting decided. ``str``.
        ``names_offering``
            Whether the identifier is that of the offering itself (an instance), not only of its service
            (a key pair). ``bool``.
        ``assumed``
            Whether the file leaves open which offering it is (``bool``). Then the one with most duties
            of the customer's stands, among those seen in this estate or, failing that, those that the
            plain name of the service may mean.
        ``alternatives``
            The other offerings it may be. ``str``.
        ``note``
            Why it is no service, or the nearest names. ``str``.
        ``place``
            Where it stood first. ``str``.

    Raises
    ------
    srm_data.EstateError
        If a file cannot be read, naming file, place and what was expected; of several files all faults.
    FileNotFoundError
        If there is no such file, or no inventory in a folder.
    ValueError
        If there is no such ``kind``.

    Notes
    -----
    In a bill a row is a line of the bill, not a resource. A resource that stands in several
    inventories counts once in each; a file that is named twice is read once.

    Values of settings are compared and dropped: none reaches the result, a log or an error, as a state
    file holds passwords.

    Examples
    --------
    >>> import pandas as pd
    >>> estate = read_estate(pd.DataFrame({"service": ["Amazon SQS", "Amazon SQS", "Amazon Sqz"]}))
    >>> estate[["identifier", "status", "offering_id", "resources"]].values.tolist()
    [['Amazon SQS', 'recognised', 'sqs', 2], ['Amazon Sqz', 'unrecognised', '', 1]]
    """
    tables = load_tables() if tables is None else tables
    if sources.is_path(source):
        tally = _read_files([source], list_rules(tables["variants"]), kind, details, progress)
    elif isinstance(source, list | tuple | set) and _are_paths(source):
        tally = _read_files(source, list_rules(tables["variants"]), kind, details, progress)
    elif isinstance(source, list | tuple | set):
        rows = pd.DataFrame([row if isinstance(row, dict) else {"service": str(row)} for row in source])
        rows = rows if len(rows) else pd.DataFrame({"service": []}, dtype="str")
        tally = count_table(rows, "the list", details=bool(details))
    else:
        tally = count_table(source, "the frame", details=bool(details))
    estate = match_tally(_merge(tally), tables)
    estate = estate.sort_values(
        ["resources", "identifier", "variant"], ascending=[False, True, True], ignore_index=True
    )[COLUMNS]
    known = estate["status"].isin([RECOGNISED, UNRECOGNISED, NO_SERVICE])
    if estate.loc[known, "resources"].sum() != tally["resources"].sum():
        raise RuntimeError("rows were lost between counting and matching: a fault of srm_data")
    return estate


def _are_paths(items: Iterable[Any]) -> bool:
    """Tell a list of files from a list of names: by a path object, a separator, a suffix, a pattern."""
    return any(
        isinstance(item, os.PathLike)
        or (isinstance(item, str) and bool(set("/\\*") & set(item) or Path(item).suffix in SUFFIXES))
        for item in items
    )


def _read_files(
    items: Iterable[Any], rules: Rules, kind: str | None, details: bool | None, progress: bool
) -> pd.DataFrame:
    """Read every file once, and report the faults of all of them together."""
    shown = {path: name for item in items for path, name in _find_files(item)}
    faults, tallies = [], []
    for file in _show_progress(join_parquet(list(shown)), progress):
        try:
            tally = sources.read_file(file, rules, kind=kind, details=details)
        except (EstateError, OSError) as error:
            faults.append(str(error))
            continue
        path = file[0] if isinstance(file, list) else file
        # Folders of somebody's machine have no place in a result that is passed on.
        full, name = (path.parent, "") if isinstance(file, list) else (path, shown[path])
        tallies.append(tally.assign(place=tally["place"].str.replace(str(full), name, regex=False)))
    if len(faults) == 1:
        raise EstateError(faults[0])
    if faults:
        raise EstateError("\n".join([f"{len(faults)} files cannot be read:", *faults]))
    return pd.concat(tallies, ignore_index=True)


def _find_files(item: Any) -> list[tuple[Path, str]]:
    """Return the files that a path, a folder or a pattern names, in order, and what to call them."""
    path = Path(item)
    if not str(item):
        raise FileNotFoundError("the path is empty: no such file, folder or pattern")
    if path.is_dir():
        found = sorted(p for p in path.rglob("*") if p.is_file() and _is_inventory(p, path))
        named = [(found_path, str(found_path.relative_to(path))) for found_path in found]
    elif path.exists():
        named = [(path, path.name)]
    else:
        pattern = str(path.relative_to(path.anchor)) if path.anchor else str(path)
        found = sorted(p for p in Path(path.anchor).glob(pattern) if p.is_file())
        named = [(found_path, found_path.name) for found_path in found]
    if not named:
        what = "no inventory in this folder" if path.is_dir() else "no such file, folder or pattern"
        raise FileNotFoundError(f"{path}: {what}")
    return [(found_path.resolve(), name) for found_path, name in named]


def _is_inventory(path: Path, folder: Path) -> bool:
    """Take from a folder what may be an inventory: not hidden or empty, with a suffix of one.

    The manifest that is delivered with a bill lists its files and is none of them.
    """
    hidden = any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts)
    is_manifest = path.name.lower().endswith("manifest.json")
    return path.suffix.lower() in SUFFIXES and not (hidden or is_manifest) and path.stat().st_size > 0


def _show_progress(files: list[Any], progress: bool) -> Iterable[Any]:
    """Show a bar over a read that takes long, where somebody looks: in a terminal or a notebook."""
    seen = sys.stderr.isatty() or "ipykernel" in sys.modules
    if not (progress and seen) or len(files) < 2:
        return files
    from tqdm import tqdm

    shown: Iterable[Any] = tqdm(
        files, unit="file", desc="Reading", leave=False, delay=SOON, file=find_terminal(sys.stderr)
    )
    return shown


def _merge(tally: pd.DataFrame) -> pd.DataFrame:
    """Add up what several files say of one identifier."""
    if tally.duplicated(KEYS).any():
        grouped = tally.groupby(KEYS, sort=True)
        added = {"resources": grouped["resources"].sum(), "cost": grouped["cost"].sum(min_count=1)}
        joined = {name: grouped[name].agg(join_names) for name in ("accounts", "regions")}
        tally = pd.DataFrame(added | joined | {"place": grouped["place"].first()}).reset_index()
    return tally.assign(cost=tally["cost"].round(6))
