"""Read an estate: one inventory or many, of any kind, into what is in use."""

from __future__ import annotations

import os
import stat
import sys
import warnings
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from srm_data.estate import detect as sources
from srm_data.estate.counting import count_table, join_names
from srm_data.estate.match import NO_SERVICE, RECOGNISED, UNRECOGNISED, match_tally
from srm_data.estate.readers.large_tables import join_parquet
from srm_data.estate.resources import KEYS, Rules, list_rules
from srm_data.exceptions import EstateError, InternalError, SkippedFileWarning, UnknownKindError
from srm_data.load import load_tables
from srm_data.terminal import find_terminal

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

    Source = (
        str | os.PathLike[str] | Collection[str | os.PathLike[str] | Mapping[str, object]] | IntoFrame
    )

COLUMNS = [
    "identifier", "variant", "status", "service_id", "offering_id", "resources", "accounts", "regions",
    "cost", "matched_by", "names_offering", "assumed", "alternatives", "note", "place",
]  # fmt: skip
HIDDEN = (".", "~$")
SOON = 2  # seconds; a shorter read shows no bar
SUFFIXES = {
    ".json", ".tfstate", ".yaml", ".yml", ".template", ".csv", ".tsv", ".txt", ".xlsx", ".gz",
    ".parquet", ".jsonl", ".ndjson",
}  # fmt: skip
"""Suffixes of files that a folder is searched for."""


def read_estate(
    source: Source,
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
        tagging, Prowler, Steampipe, plain lists of services; told by content. A list of text is a list
        of names of services, unless one of them has the suffix of an inventory or names what exists.
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
            Whether the file leaves open which offering it is (``bool``): then the ordinary offering of
            the service stands, or one of those seen elsewhere in this estate. What is known by an
            everyday name only ("CDN") is assumed, too.
        ``alternatives``
            The other offerings it may be. ``str``.
        ``note``
            Why it is no service, or the nearest names. ``str``.
        ``place``
            Where it stood first. ``str``.

        ``attrs["not_read"]`` lists what a folder holds and was not read, and why: documents of no known
        kind, linked folders, folders that may not be entered.

    Warns
    -----
    srm_data.SkippedFileWarning
        If there is something in that list.

    Raises
    ------
    srm_data.EstateError
        If a file cannot be read, naming file, place and what was expected; of several files all faults.
    srm_data.InternalError
        If this package fails on one of several files: a fault to report. The others are tried, too.
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
    if kind is not None and kind not in sources.KINDS:
        raise ValueError(f"kind should be one of {list(sources.KINDS)}. Got {kind!r}")

    not_read: list[str] = []
    paths = _list_paths(source)
    if paths:
        rules = list_rules(tables["variants"])
        tally, not_read = _read_files(paths, rules, kind, details, progress)
    elif isinstance(source, list | tuple | set):
        tally = count_table(_build_rows(source), "the list", details=bool(details))
    else:
        _refuse_other_values(source)
        tally = count_table(source, "the frame", details=bool(details))

    estate = match_tally(_merge(tally), tables)
    estate = estate.sort_values(
        ["resources", "identifier", "variant"], ascending=[False, True, True], ignore_index=True
    )[COLUMNS]
    known = estate["status"].isin([RECOGNISED, UNRECOGNISED, NO_SERVICE])
    if estate.loc[known, "resources"].sum() != tally["resources"].sum():
        raise RuntimeError("rows were lost between counting and matching: a fault of srm_data")

    estate.attrs["not_read"] = not_read
    if not_read:
        warnings.warn("\n".join(not_read), SkippedFileWarning, stacklevel=2)
    return estate


def _list_paths(source: object) -> list[str | os.PathLike[str]]:
    """Return the paths that are meant; none, where the source is no path and no list of paths."""
    if sources.is_path(source):
        return [source]
    if isinstance(source, list | tuple | set) and any(map(_is_path_in_list, source)):
        wrong = next((item for item in source if not sources.is_path(item)), None)
        if wrong is not None:
            raise EstateError(f"the list: {type(wrong).__name__} beside paths; expected paths alone")
        return [item for item in source if sources.is_path(item)]
    return []


def _is_path_in_list(item: object) -> bool:
    """Tell a path from a name such as SNS/SQS: by its type, a suffix, or as it names what exists."""
    if not isinstance(item, str):
        return isinstance(item, os.PathLike)
    if Path(item).suffix.lower() in SUFFIXES:
        return True
    if not set("/\\*") & set(item):
        return False
    try:
        return Path(item).exists() or bool(_match_pattern(Path(item)))
    except OSError:  # too long for a path
        return False


def _build_rows(items: Collection[object]) -> pd.DataFrame:
    """Build a table of a list of names or of rows."""
    for number, item in enumerate(items, start=1):
        if not (isinstance(item, str | dict) or pd.api.types.is_scalar(item)):
            raise EstateError(
                f"the list, item {number}: {type(item).__name__}; expected the name of a service, or a "
                "row as a dict"
            )
    rows = [item if isinstance(item, dict) else {"service": str(item)} for item in items]
    return pd.DataFrame(rows) if rows else pd.DataFrame({"service": []}, dtype="str")


def _refuse_other_values(source: object) -> None:
    """Refuse what is nearly a frame or a list, and name what to pass instead."""
    instead = ""
    if isinstance(source, pd.Series):
        instead = "series.tolist() or series.to_frame()"
    elif isinstance(source, dict):
        instead = "pd.DataFrame(columns), or a list of rows"
    elif isinstance(source, Iterable) and not hasattr(source, "columns"):
        instead = "list(names)"
    if instead or source is None or isinstance(source, int | float | bytes):
        raise EstateError(
            f"the source: {type(source).__name__}; expected a path, a list of paths or of names, or a "
            f"frame{f': {instead}' if instead else ''}"
        )


class Found(NamedTuple):
    """The files that a source names, what to call each, and what of a folder is not read and why."""

    names: dict[Path, str]
    not_read: list[str]
    in_folder: set[Path]


def _read_files(
    items: list[str | os.PathLike[str]],
    rules: Rules,
    kind: str | None,
    details: bool | None,
    progress: bool,
) -> tuple[pd.DataFrame, list[str]]:
    """Read every file once, and report the faults of all of them together.

    Returns
    -------
    tuple
        The tally, and what was not read and why.
    """
    found = Found({}, [], set())
    for item in items:
        _find_files(item, found)
    files = join_parquet(list(found.names))

    tallies, not_read = [], found.not_read
    faults: list[EstateError | OSError] = []
    internal: list[tuple[str, Exception]] = []
    for file in _show_progress(files, progress):
        path = file[0] if isinstance(file, list) else file
        # Folders of somebody's machine have no place in a result that is passed on.
        full, name = (path.parent, "") if isinstance(file, list) else (path, found.names[path])
        try:
            tally = sources.read_file(file, rules, kind=kind, details=details)
        except UnknownKindError as error:
            if path in found.in_folder:
                not_read.append(_describe_not_read(name, str(error).removeprefix(f"{path}: ")))
            else:
                faults.append(error)
        except (EstateError, OSError) as error:
            faults.append(error)
        except Exception as error:  # of ours: the other files are tried, then it is reported
            if len(files) == 1:
                raise
            internal.append((str(path), error))
        else:
            tallies.append(tally.assign(place=tally["place"].str.replace(str(full), name, regex=False)))

    if internal:
        said = [f"{path}: {type(error).__name__}" for path, error in internal]
        title = "a fault of srm_data itself, please report it:"
        raise InternalError("\n".join([title, *said, *map(str, faults)])) from internal[0][1]
    if len(faults) == 1:
        raise faults[0] if isinstance(faults[0], EstateError) else EstateError(str(faults[0]))
    if faults:
        title = f"{len(faults)} files cannot be read:"
        raise EstateError("\n".join([title, *map(str, faults)]))
    if not tallies:
        raise EstateError("\n".join(["no inventory was read:", *not_read]))
    return pd.concat(tallies, ignore_index=True), not_read


def _find_files(item: str | os.PathLike[str], found: Found) -> None:
    """Add the files that a path, a folder or a pattern names, in order."""
    if not os.fspath(item):
        raise FileNotFoundError("the path is empty: no such file, folder or pattern")
    path = Path(item)
    if path.is_dir():
        named = _search_folder(path, found)
        found.in_folder.update(file.resolve() for file, _ in named)
        if not named and not found.not_read:
            raise FileNotFoundError(f"{path}: no inventory in this folder")
    elif path.exists():
        named = [(path, path.name)]
    else:
        named = [(match, match.name) for match in _match_pattern(path)]
        if not named:
            raise FileNotFoundError(f"{path}: no such file, folder or pattern")
    for file, name in named:
        if not file.is_file():  # before it is resolved: the target of a pipe has no name
            raise EstateError(f"{file}: not a regular file (a pipe or a device); save it first")
        found.names[_resolve(file)] = name


def _resolve(file: Path) -> Path:
    resolved = file.resolve()
    if not _is_text(str(resolved)):
        named = os.fsencode(file).decode("utf-8", "replace")
        raise EstateError(f"{named}: a file name that is not UTF-8; rename the file")
    return resolved


def _is_text(name: str) -> bool:
    """Return whether the name of a file can be written as UTF-8."""
    return not any("\ud800" <= letter <= "\udfff" for letter in name)


def _match_pattern(path: Path) -> list[Path]:
    try:
        pattern = str(path.relative_to(path.anchor)) if path.anchor else str(path)
        return sorted(match for match in Path(path.anchor).glob(pattern) if match.is_file())
    except (ValueError, NotImplementedError):  # no pattern at all, such as a**b
        return []


def _search_folder(folder: Path, found: Found) -> list[tuple[Path, str]]:
    """Search a folder and those below it; note what may not be entered, and links to other folders."""
    named = []

    def note(path: Path, why: str) -> None:
        found.not_read.append(_describe_not_read(str(path.relative_to(folder)), why))

    def note_error(error: OSError) -> None:
        note(Path(os.fsdecode(error.filename)), (error.strerror or type(error).__name__).lower())

    for top, folders, files in os.walk(folder, onerror=note_error):
        folders[:] = sorted(name for name in folders if not name.startswith(HIDDEN))
        for link in [Path(top, name) for name in folders if Path(top, name).is_symlink()]:
            note(link, "a link to another folder")
        for file in [Path(top, name) for name in sorted(files) if _is_inventory(name)]:
            try:
                mode, size = file.stat().st_mode, file.stat().st_size
            except OSError as error:
                note(file, (error.strerror or type(error).__name__).lower())
                continue
            if not stat.S_ISREG(mode):
                note(file, "not a regular file")
            elif not _is_text(file.name):
                note(file, "a file name that is not UTF-8")
            elif size:
                named.append((file, str(file.relative_to(folder))))
    return sorted(named)


def _describe_not_read(name: str, why: str) -> str:
    shown = os.fsencode(name).decode("utf-8", "replace")
    return f"not read: {shown} ({why})"


def _is_inventory(name: str) -> bool:
    """Return whether a file of a folder may be an inventory: not hidden, with a suffix of one.

    The manifest that is delivered with a bill lists its files and is none of them.
    """
    is_hidden, is_manifest = name.startswith(HIDDEN), name.lower().endswith("manifest.json")
    return Path(name).suffix.lower() in SUFFIXES and not (is_hidden or is_manifest)


def _show_progress(files: list[Any], progress: bool) -> Iterable[Any]:
    """Show a bar over a read that takes long, where somebody looks: in a terminal or a notebook."""
    seen = sys.stderr.isatty() or "ipykernel" in sys.modules
    if not (progress and seen) or len(files) < 2:
        return files
    from tqdm import tqdm

    bar: Iterable[Any] = tqdm(
        files, unit="file", desc="Reading", leave=False, delay=SOON, file=find_terminal(sys.stderr)
    )
    return bar


def _merge(tally: pd.DataFrame) -> pd.DataFrame:
    """Add up what several files say of one identifier."""
    if tally.duplicated(KEYS).any():
        grouped = tally.groupby(KEYS, sort=True)
        added = {"resources": grouped["resources"].sum(), "cost": grouped["cost"].sum(min_count=1)}
        joined = {name: grouped[name].agg(join_names) for name in ("accounts", "regions")}
        tally = pd.DataFrame(added | joined | {"place": grouped["place"].first()}).reset_index()
    return tally.assign(cost=tally["cost"].round(6))
