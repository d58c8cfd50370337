"""Read an estate: one inventory or many, of any kind, into what is in use."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from srm_data.estate import sources
from srm_data.estate.match import NO_SERVICE, RECOGNISED, UNRECOGNISED, match_tally
from srm_data.estate.opening import EstateError
from srm_data.estate.tables import count_table, join_names
from srm_data.estate.tally import Rules, list_rules
from srm_data.load import load_tables

COLUMNS = [
    "identifier", "variant", "status", "service_id", "offering_id", "resources", "accounts", "regions",
    "cost", "matched_by", "names_offering", "assumed", "alternatives", "note", "place",
]  # fmt: skip
SOON = 2  # seconds; a shorter read shows no bar
LEFT_OUT = {
    ".md", ".py", ".ipynb", ".png", ".jpg", ".pdf", ".html", ".tf", ".lock", ".sh", ".log", ".zip",
}  # fmt: skip


def read_estate(
    source: Any,
    *,
    kind: str | None = None,
    where: bool | None = None,
    tables: dict[str, pd.DataFrame] | None = None,
    progress: bool = False,
) -> pd.DataFrame:
    """Read what an organisation runs from an inventory.

    Parameters
    ----------
    source
        A file, a folder, a glob such as ``"states/*.tfstate"``, a list of any of these, or a frame
        (pandas, Polars, DuckDB, PySpark, Dask, Ibis: anything Narwhals takes) with a column that names
        the resource or the service. Terraform state and ``show -json``, CloudFormation and SAM
        templates, AWS Config, bills (Cost and Usage Report, FOCUS, Cost Explorer), Resource Explorer,
        tagging, Prowler, Steampipe, plain lists of services; told by content.
    kind
        What to read a file as, where its content is not to decide: one of
        ``srm_data.estate.sources.KINDS``.
    where
        Whether to tell accounts, Regions and cost. By default yes, but not for frames and for tables
        of more than 50 MB: a count per account and Region takes several times as long.
    tables
        Frames from :func:`~srm_data.load_tables`; loaded if not given.
    progress
        Show a progress bar over the files of a read that takes long, in a terminal or a notebook.

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
        If there is no such file.

    Notes
    -----
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
    rules = list_rules(tables["variants"])
    if sources.is_path(source) or _is_list_of_paths(source):
        tally = _read_files(source, rules, kind=kind, where=where, progress=progress)
    elif isinstance(source, list | tuple | set):
        names = pd.DataFrame({"service": [str(name) for name in source]})
        tally = count_table(names, "the list", where=False)
    else:
        tally = count_table(source, "the frame", where=bool(where))
    estate = match_tally(_merge(tally), tables)
    estate = estate.sort_values(
        ["resources", "identifier", "variant"], ascending=[False, True, True], ignore_index=True
    )[COLUMNS]
    by_status = estate.groupby("status")["resources"].sum()
    kept = sum(int(by_status.get(status, 0)) for status in (RECOGNISED, UNRECOGNISED, NO_SERVICE))
    assert kept == tally["resources"].sum(), "rows were lost between reading and matching"
    return estate


def _is_list_of_paths(source: Any) -> bool:
    """Tell a list of files from a list of names: files exist, or are written as paths are."""
    return (
        isinstance(source, list | tuple)
        and bool(source)
        and all(
            sources.is_path(item) and (isinstance(item, Path) or _find_files(item, must=False))
            for item in source
        )
    )


def _read_files(
    source: Any, rules: Rules, *, kind: str | None, where: bool | None, progress: bool
) -> pd.DataFrame:
    """Read every file, and report the faults of all of them at once."""
    items = [source] if sources.is_path(source) else list(source)
    paths = [path for item in items for path in _find_files(item)]
    faults, tallies = [], []
    for path_or_paths in _show_progress(sources.join_parquet(paths), progress):
        try:
            tallies.append(sources.read_file(path_or_paths, rules, kind=kind, where=where))
        except EstateError as error:
            faults.append(str(error))
    if len(faults) == 1:
        raise EstateError(faults[0])
    if faults:
        raise EstateError("\n".join([f"{len(faults)} files cannot be read:", *faults]))
    return pd.concat(tallies, ignore_index=True)


def _find_files(item: Any, *, must: bool = True) -> list[Path]:
    """Return the files that a path, a folder or a pattern names, in order."""
    path = Path(item)
    if path.is_dir():
        found = sorted(p for p in path.rglob("*") if p.is_file() and _is_inventory(p, path))
    elif path.exists():
        found = [path]
    else:
        pattern = str(path.relative_to(path.anchor)) if path.anchor else str(path)
        found = sorted(p for p in Path(path.anchor).glob(pattern) if p.is_file())
    if must and not found:
        what = "no inventory in this folder" if path.is_dir() else "no such file, folder or pattern"
        raise FileNotFoundError(f"{path}: {what}")
    return found


def _is_inventory(path: Path, folder: Path) -> bool:
    """Pass over hidden files and what is plainly no inventory."""
    hidden = any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts)
    return not hidden and path.suffix.lower() not in LEFT_OUT


def _show_progress(files: list[Any], progress: bool) -> Iterable[Any]:
    """Show a bar over a read that takes long, where somebody looks: in a terminal or a notebook."""
    seen = sys.stderr.isatty() or "ipykernel" in sys.modules
    if not (progress and seen) or len(files) < 2:
        return files
    from tqdm import tqdm

    return tqdm(files, unit="file", desc="Reading", leave=False, delay=SOON)


def _merge(tally: pd.DataFrame) -> pd.DataFrame:
    """Add up what several files say of one identifier."""
    keys = ["identifier", "variant", "variant_offering_id", "no_service"]
    if tally.duplicated(keys).any():
        grouped = tally.groupby(keys, sort=True)
        added = {"resources": grouped["resources"].sum(), "cost": grouped["cost"].sum(min_count=1)}
        joined = {name: grouped[name].agg(join_names) for name in ("accounts", "regions")}
        tally = pd.DataFrame(added | joined | {"place": grouped["place"].first()}).reset_index()
    return tally.assign(cost=tally["cost"].round(6))
