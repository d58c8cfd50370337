"""Find the inventories for a path, a folder or a pattern."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import NamedTuple

from srm_data.estate.readers.archives import is_complete_manifest
from srm_data.estate.readers.cloudformation import MANIFEST, read_assembly
from srm_data.estate.values import join_some
from srm_data.exceptions import EstateError

HIDDEN = (".", "~$")
SUFFIXES = {
    ".json", ".tfstate", ".yaml", ".yml", ".template", ".csv", ".tsv", ".txt", ".xlsx", ".gz",
    ".parquet", ".jsonl", ".ndjson", ".tf", ".tofu",
}  # fmt: skip
"""Suffixes of the files that are read from a folder."""

MOST_OF_A_SUFFIX = 20
"""Maximum number of unread files with the same suffix to list individually."""
DEPENDENCIES = ("node_modules", "__pycache__", "venv")
A_MANIFEST = "a manifest, which names the files beside it"
BUILT = (".serverless", ".aws-sam", ".terraform")


class Found(NamedTuple):
    """Files found for a source: their names in results, and what is not read and why."""

    names: dict[Path, str]
    not_read: list[str]
    in_folder: set[Path]


def find_files(item: str | os.PathLike[str], found: Found) -> None:
    """Add the files for a path, a folder or a pattern to ``found``, in order."""
    if not os.fspath(item):
        raise FileNotFoundError("the path is empty: no such file, folder or pattern")
    path = Path(item)
    if path.is_dir():
        named = _search_folder(path, found)
        found.in_folder.update(file.resolve() for file, _ in named)
        if not named:
            raise FileNotFoundError(
                "\n".join([f"{path}: no inventory in this folder", *found.not_read])
            )
    elif path.exists():
        named = [(path, path.name)]
    else:
        named = [(match, match.name) for match in match_pattern(path)]
        if not named:
            raise FileNotFoundError(
                f"{path}: no such file, folder or pattern; names are read from a list: [{str(path)!r}]"
                ", or from a text file with one name per line"
            )

    for file, name in named:
        if not file.is_file():  # before it is resolved: the target of a pipe has no name
            raise EstateError(f"{file}: not a regular file (a pipe or a device); save it first")
        resolved = file.resolve()
        if not _is_text(str(resolved)):
            shown = os.fsencode(file).decode("utf-8", "replace")
            raise EstateError(f"{shown}: a file name that is not UTF-8; rename the file")
        found.names[resolved] = name


def _is_text(name: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in name)


def match_pattern(path: Path) -> list[Path]:
    """Return the files that match a pattern, sorted."""
    try:
        pattern = str(path.relative_to(path.anchor)) if path.anchor else str(path)
        return sorted(match for match in Path(path.anchor).glob(pattern) if match.is_file())
    except (ValueError, NotImplementedError):  # no pattern at all, such as a**b
        return []


def _search_folder(folder: Path, found: Found) -> list[tuple[Path, str]]:
    named: list[tuple[Path, str]] = []
    strangers: dict[str, list[str]] = {}  # files by why they are no inventory

    def note(path: Path, why: str) -> None:
        found.not_read.append(describe_not_read(str(path.relative_to(folder)), why))

    def note_error(error: OSError) -> None:
        note(Path(os.fsdecode(error.filename)), (error.strerror or type(error).__name__).lower())

    for top, folders, files in os.walk(folder, onerror=note_error):
        # Folders that are not entered, by name; links are not followed.
        for name in sorted(name for name in folders if name in DEPENDENCIES):
            note(Path(top, name), "a folder of dependencies")
        for name in sorted(name for name in folders if name in BUILT):
            note(Path(top, name), "a hidden folder, which may repeat what is beside it")
        folders[:] = sorted(
            name for name in folders if not name.startswith(HIDDEN) and name not in DEPENDENCIES
        )
        for link in [Path(top, name) for name in folders if Path(top, name).is_symlink()]:
            note(link, "a link to another folder")

        # What only describes the templates of cdk.out, and its assets, are no inventories.
        beside, missing = read_assembly(Path(top)) if MANIFEST in files else (set(), [])
        if missing:
            manifest = Path(top, MANIFEST).relative_to(folder)
            found.not_read.append(f"{manifest}: not read: {describe_missing(missing, 'template')}")
        folders[:] = [name for name in folders if name not in beside]
        files = [name for name in files if name not in beside]

        # Of the other files, those that may be inventories; each of the rest with the reason.
        has_state = any(name.endswith(".tfstate") for name in files)
        for file in [Path(top, name) for name in sorted(files) if not name.startswith(HIDDEN)]:
            if why := _describe_stranger(file.name, has_state=has_state):
                if why == A_MANIFEST and is_complete_manifest(file, folder):
                    continue
                strangers.setdefault(why, []).append(str(file.relative_to(folder)))
            elif why := _describe_unreadable(file):
                note(file, why)
            else:
                named.append((file, str(file.relative_to(folder))))

    # Many of the same suffix are one line.
    for why, names in sorted(strangers.items()):
        if len(names) > MOST_OF_A_SUFFIX:
            found.not_read.append(f"not read: {len(names):,} files ({why}), such as {names[0]}")
        else:
            found.not_read.extend(describe_not_read(name, why) for name in names)
    return sorted(named)


def _describe_unreadable(file: Path) -> str:
    try:
        status = file.stat()
    except OSError as error:
        return (error.strerror or type(error).__name__).lower()
    if not stat.S_ISREG(status.st_mode):
        return "not a regular file"
    if not _is_text(file.name):
        return "a file name that is not UTF-8"
    return "" if status.st_size else "empty"


def describe_not_read(name: str, why: str) -> str:
    """Describe a file or a folder that is not read."""
    shown = os.fsencode(name).decode("utf-8", "replace")
    return f"not read: {shown} ({why})"


def describe_missing(places: list[str], what: str, why: str = "not found in this folder") -> str:
    """Describe the places of a file that lead to another which is not in its folder."""
    named = f"1 {what} that is" if len(places) == 1 else f"{len(places):,} {what}s that are"
    return f"{named} named here, but {why}: {join_some(places)}"


def _describe_stranger(name: str, *, has_state: bool) -> str:
    """Describe why a file in a folder is skipped; return an empty string if it may be an inventory."""
    suffix = Path(name).suffix.lower()
    if name.lower().endswith("manifest.json"):
        return A_MANIFEST
    if name.lower().endswith(".tfstate.backup"):
        return "a backup of a state"
    if suffix == ".zip":
        return "an archive; name it itself to read its tables"
    if suffix in (".tf", ".tofu") and has_state:
        return "declared only; the state beside it has what is deployed"
    return "" if suffix in SUFFIXES else f"a file with the suffix {suffix}" if suffix else "no suffix"
