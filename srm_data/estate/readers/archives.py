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
from srm_data.estate.values import join_some
from srm_data.exceptions import EstateError

TABLES = (".csv", ".csv.gz", ".parquet", ".tsv", ".txt")
MOST_UNPACKED, LARGEST_UNPACKED = 8 * 1024**3, "8 GB"
MOST_MEMBERS = 1_000
MOST_PARTS = 10_000
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
            if len(members) > MOST_MEMBERS:
                raise EstateError(f"{path}: more than {MOST_MEMBERS:,} files; expected a bill")
            room = MOST_UNPACKED  # of all files together: what is read is removed at once
            for number, member in enumerate(members, start=1):
                name, place = member.filename.lower(), f"{path}, file {number}"
                ending = next(one for one in reversed(TABLES) if name.endswith(one))
                unpacked = Path(folder, f"{number}{ending}")
                own = reading._replace(others={}, remarks=[])
                with archive.open(member) as source, unpacked.open("wb") as target:
                    while piece := source.read(PIECE):
                        room -= len(piece)
                        if room < 0:
                            raise EstateError(f"{path}: unpacks to more than {LARGEST_UNPACKED}")
                        target.write(piece)

                # Places and faults name the archive, not the file that is removed.
                try:
                    tally = read([unpacked], own)
                except EstateError as error:
                    raise type(error)(str(error).replace(str(unpacked), place)) from None
                reading.remarks.extend(one.replace(str(unpacked), place) for one in own.remarks)
                places = tally["place"].str.replace(str(unpacked), place, regex=False)
                tallies.append(tally.assign(place=places))
                unpacked.unlink()
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError) as error:
        raise EstateError(f"{path}: not a complete zip archive without a password") from error

    # Name the other files, but what belongs to a delivery or an archive and holds no inventory.
    others = [
        name
        for name, one in ((member.filename, PurePosixPath(member.filename)) for member in files)
        if not (_is_table(name) or one.name.startswith((".", "_")) or "__MACOSX" in one.parts)
        and "manifest" not in one.name.lower()
    ]
    if others:
        shown = join_some([name if name.isprintable() else repr(name) for name in others])
        counted = f"{len(others):,} file{'s' * (len(others) > 1)} of other kinds than tables"
        reading.remarks.append(f"{path}: not read: {counted}: {shown}")
    return pd.concat(tallies, ignore_index=True)


def is_manifest(document: Any) -> bool:
    """Return whether the document is the manifest of a Cost and Usage Report or a data export."""
    listed = _list_keys(document) if isinstance(document, dict) else None
    return isinstance(listed, list) and all(isinstance(key, str) for key in listed)


def _list_keys(document: dict[str, Any]) -> Any:
    """Return the keys of the parts, as a Cost and Usage Report or a data export names them."""
    return document.get("reportKeys") or document.get("dataFiles")


def read_manifest(document: dict[str, Any], path: Path, read: Read, reading: Reading) -> pd.DataFrame:
    """Read the parts of a bill listed by a manifest, searching beside it and in the folders above."""
    keys = _list_keys(document)
    if len(keys) > MOST_PARTS:
        expected = f"expected at most {MOST_PARTS:,}"
        raise EstateError(f"{path}: a manifest of {len(keys):,} parts; {expected}")
    parts = [_find_part(key, path) for key in keys]
    if None in parts:
        missing = f"part {parts.index(None) + 1} of {len(keys):,} is missing"
        raise EstateError(f"{path}: {missing}; expected the complete delivery with its folders")
    own = [part for part in dict.fromkeys(parts) if part and part.resolve() not in reading.others]
    tallies = [read([part], reading) for part in own]
    return pd.concat(tallies, ignore_index=True) if own else build_tally([])


def is_complete_manifest(path: Path, folder: Path) -> bool:
    """Return whether a file is the manifest of a bill whose parts are all in a folder."""
    try:
        document = json.loads(path.read_bytes()) if path.stat().st_size <= LARGEST_MANIFEST else None
    except (OSError, ValueError, RecursionError):
        return False
    keys = _list_keys(document or {}) if is_manifest(document) else []
    parts = [_find_part(key, path) for key in keys[: MOST_PARTS + 1]]
    top = folder.resolve()
    return 0 < len(parts) <= MOST_PARTS and all(
        part is not None and part.resolve().is_relative_to(top) for part in parts
    )


def _find_part(key: str, path: Path) -> Path | None:
    """Find a part by its bucket key, beside the manifest or below one of the folders above it."""
    steps = PurePosixPath(key.removeprefix("s3://").lstrip("/")).parts
    if ".." in steps or "\0" in key:
        return None
    folders = (path.parent, *list(path.resolve().parents)[:8])
    places = (folder.joinpath(*steps[n:]) for folder in folders for n in range(len(steps)))
    return next((place for place in places if place.is_file()), None)
