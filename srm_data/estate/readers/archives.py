"""Read bills as delivered: in a zip archive, or in parts listed by a manifest."""

from __future__ import annotations

import json
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd

from srm_data.estate.catalogue import Reading
from srm_data.estate.resources import build_tally
from srm_data.exceptions import EstateError

TABLES = (".csv", ".csv.gz", ".parquet", ".tsv", ".txt")
MOST_UNPACKED = 8 * 1024**3
MOST_MEMBERS = 1_000
MOST_PARTS = 10_000
MOST_NAMED = 10  # files that are not read
LARGEST_MANIFEST = 10 * 1024**2
PIECE = 1024**2

Read = Callable[[list[Path], Reading], pd.DataFrame]


def is_archive(path: Path) -> bool:
    """Return whether a file is a zip archive that holds tables and is not a workbook."""
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False
    return "[Content_Types].xml" not in names and any(map(_is_table, names))


def _is_table(name: str) -> bool:
    base = PurePosixPath(name).name
    return base.lower().endswith(TABLES) and not base.startswith((".", "_"))


def read_archive(path: Path, read: Read, reading: Reading) -> pd.DataFrame:
    """Read the tables in a zip archive one by one, unpacking them to a temporary folder."""
    tallies = []
    try:
        with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as folder:
            files = [member for member in archive.infolist() if not member.is_dir()]
            members = [member for member in files if _is_table(member.filename)]
            names = [member.filename for member in files]
            others = [name for name in names if not _is_table(name) and not _is_beside(name)]
            if len(members) > MOST_MEMBERS:
                raise EstateError(f"{path}: more than {MOST_MEMBERS:,} files; expected a bill")
            room = MOST_UNPACKED  # of all files together: what is read is removed at once
            for number, member in enumerate(members, start=1):
                name = PurePosixPath(member.filename).name
                ending = next(one for one in reversed(TABLES) if name.lower().endswith(one))
                unpacked = Path(folder, f"{number}{ending}")
                room -= _unpack(archive, member, unpacked, path, room=room)
                tallies.append(_read_member(unpacked, f"{path}, file {number}", read, reading))
                unpacked.unlink()
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError) as error:
        raise EstateError(f"{path}: not a complete zip archive without a password") from error
    if others:
        what = "file" if len(others) == 1 else "files"
        shown = ", ".join(name if name.isprintable() else repr(name) for name in others[:MOST_NAMED])
        more = f" and {len(others) - MOST_NAMED:,} more" if len(others) > MOST_NAMED else ""
        reading.remarks.append(
            f"{path}: not read: {len(others):,} {what} of other kinds than tables: {shown}{more}"
        )
    return pd.concat(tallies, ignore_index=True)


def _is_beside(name: str) -> bool:
    """Return whether a file belongs to a delivery or an archive, and holds no inventory itself."""
    path = PurePosixPath(name)
    return (
        path.name.startswith((".", "_")) or "__MACOSX" in path.parts or "manifest" in path.name.lower()
    )


def _unpack(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, unpacked: Path, path: Path, *, room: int
) -> int:
    """Unpack a file of an archive, and return its number of bytes; more than ``room`` are refused."""
    written = 0
    with archive.open(member) as source, unpacked.open("wb") as target:
        while piece := source.read(PIECE):
            written += len(piece)
            if written > room:
                raise EstateError(f"{path}: unpacks to more than {MOST_UNPACKED // 1024**3} GB")
            target.write(piece)
    return written


def _read_member(unpacked: Path, place: str, read: Read, reading: Reading) -> pd.DataFrame:
    own = reading._replace(others={}, remarks=[])
    try:
        tally = read([unpacked], own)
    except EstateError as error:
        raise type(error)(str(error).replace(str(unpacked), place)) from None
    reading.remarks.extend(one.replace(str(unpacked), place) for one in own.remarks)
    return tally.assign(place=tally["place"].str.replace(str(unpacked), place, regex=False))


def is_manifest(document: Any) -> bool:
    """Return whether the document is the manifest of a Cost and Usage Report or a data export."""
    listed = _list_keys(document) if isinstance(document, dict) else None
    return isinstance(listed, list) and all(isinstance(key, str) for key in listed)


def _list_keys(document: dict[str, Any]) -> Any:
    """Return the keys of the parts, as a Cost and Usage Report or a data export names them."""
    return document.get("reportKeys") or document.get("dataFiles")


def read_manifest(document: dict[str, Any], path: Path, read: Read, reading: Reading) -> pd.DataFrame:
    """Read the parts of a bill listed by a manifest, searching beside it and in the folders above."""
    keys = _list_keys(document) or []
    if not 0 < len(keys) <= MOST_PARTS:
        expected = f"expected at least one and at most {MOST_PARTS:,}"
        raise EstateError(f"{path}: a manifest of {len(keys):,} parts; {expected}")
    parts = []
    for number, key in enumerate(keys, start=1):
        part = _find_part(key, path)
        if part is None:
            raise EstateError(
                f"{path}: part {number} of {len(keys):,} is missing; "
                "expected the complete delivery with its folders"
            )
        parts.append(part)
    own = [part for part in dict.fromkeys(parts) if part.resolve() not in reading.others]
    tallies = [read([part], reading) for part in own]
    return pd.concat(tallies, ignore_index=True) if own else build_tally([])


def is_complete_manifest(path: Path, folder: Path) -> bool:
    """Return whether a file is the manifest of a bill whose parts are all in a folder."""
    try:
        document = json.loads(path.read_bytes()) if path.stat().st_size <= LARGEST_MANIFEST else None
    except (OSError, ValueError, RecursionError):
        return False
    if not isinstance(document, dict) or not is_manifest(document):
        return False
    keys = _list_keys(document) or []
    parts = [_find_part(key, path) for key in keys[:MOST_PARTS]]
    top = folder.resolve()
    return len(parts) == len(keys) and all(
        part is not None and part.resolve().is_relative_to(top) for part in parts
    )


def _find_part(key: str, path: Path) -> Path | None:
    """Find a part by its bucket key, beside the manifest or below one of the folders above it."""
    steps = PurePosixPath(key.removeprefix("s3://").lstrip("/")).parts
    if not steps or ".." in steps or "\0" in key:
        return None
    for folder in (path.parent, *list(path.resolve().parents)[:8]):
        for start in range(len(steps)):
            part = folder.joinpath(*steps[start:])
            if part.is_file():
                return part
    return None
