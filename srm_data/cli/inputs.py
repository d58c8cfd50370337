"""What the options of several commands name: files to read, parts of the model, names of files."""

from __future__ import annotations

import argparse
import re
import sys
import warnings
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from srm_data.exceptions import SrmDataError

if TYPE_CHECKING:
    import pandas as pd

    from srm_data.load import Tables
    from srm_data.register import State

LONGEST_PART = 80
"""Maximum length of the suffix for the file name of a partial export."""


def require_inventory(files: list[Path] | None, expected: str, options: argparse.Namespace) -> None:
    """Raise an error if options about inventories were given without an inventory."""
    lost = [f"--{name}" for name in ("corrections", "strict") if getattr(options, name)]
    if lost and not files:
        raise SrmDataError(f"{', '.join(lost)}: expected an inventory with it ({expected})")


def require_suffix(path: Path, suffix: str) -> None:
    """Raise an error unless the file name has this suffix."""
    if path.suffix != suffix:
        raise SrmDataError(f"--out {path}: expected a file name that ends in {suffix}")


def name_part(name: str, parts: Iterable[str]) -> Path:
    """Return the default path of an export; a partial export never gets the name of the whole.

    Returns
    -------
    pathlib.Path
        Path in the folder ``exports``.
    """
    whole = Path("exports") / name
    words = re.sub(r"[^a-z0-9]+", "-", " ".join(parts).lower()).strip("-")
    if len(words) > LONGEST_PART:
        words = f"{words[: LONGEST_PART - 9]}-{zlib.crc32(words.encode()):08x}"
    return whole.with_name(f"{whole.stem}-{words}{whole.suffix}") if words else whole


def narrow(
    model: pd.DataFrame, tables: Tables, options: argparse.Namespace
) -> tuple[pd.DataFrame, str]:
    """Narrow a model to the chosen offerings, if any, and return it with its scope in words."""
    from srm_data.load import drop_unused_sets
    from srm_data.names.offerings import choose_offerings

    if not options.only:
        return model, ""
    chosen = choose_offerings(model, options.only, tables=tables)["offering_id"]
    part = drop_unused_sets(model[model["offering_id"].isin(chosen)])
    return part, f"Chosen: {', '.join(options.only)}"


def name_offerings(tables: Tables) -> dict[str, str]:
    """Return the name of each offering, by id."""
    offerings = tables["offerings"]
    return dict(zip(offerings["offering_id"], offerings["offering"], strict=True))


def name_sources(files: list[Path], audience: str) -> str:
    """Return the names of the files read, or only their number in a publishable copy."""
    if audience == "internal":
        return ", ".join(path.name for path in files)
    return "1 source" if len(files) == 1 else f"{len(files)} sources"


def read_inventories(
    files: list[str],
    tables: dict[str, pd.DataFrame],
    *,
    kind: str | None = None,
    strict: bool = False,
    headers: Path | None = None,
    corrections: list[Path] | None = None,
) -> pd.DataFrame:
    """Read inventories, and report on stderr what was not read."""
    from srm_data.estate import read_corrections, read_estate
    from srm_data.estate.vocabulary import read_headers
    from srm_data.exceptions import SkippedFileWarning, UnusedCorrectionWarning

    paths = [Path(name) for name in files]
    more = None if headers is None else read_headers(headers)
    known = read_corrections(corrections, tables=tables) if corrections else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SkippedFileWarning)
        warnings.simplefilter("ignore", UnusedCorrectionWarning)
        estate = read_estate(
            paths,
            kind=kind,
            strict=strict,
            headers=more,
            corrections=known,
            tables=tables,
            progress=True,
        )
    for line in [*estate.attrs["not_read"], *estate.attrs.get("unused_corrections", [])]:
        print(f"srm-data: {line}", file=sys.stderr)
    return estate


def read_state(model: pd.DataFrame, options: argparse.Namespace, tables: Tables) -> State | None:
    """Return the state of the register for a model, or nothing if no register was given.

    A register that is not there yet has no entries, which is said on stderr.
    """
    if options.register is None:
        if options.on is not None:
            raise SrmDataError("--on: expected --register with it")
        return None
    from srm_data.register import make_entries, read_register, state

    if options.register.exists():
        register = read_register(options.register)
    else:
        print(f"srm-data: {options.register} is not there yet: no entries", file=sys.stderr)
        register = make_entries([])
    return state(register, model, on=options.on, tables=tables)


def find_changes(
    model: pd.DataFrame, options: argparse.Namespace, *, is_part: bool
) -> dict[str, pd.DataFrame]:
    """Compare a model with the earlier state, if one was given.

    If the model is a part of the catalogue, and the earlier state is all of it, only the offerings of
    the model are compared: the others are not gone. Duties of AI are compared if it has them.
    """
    if options.since is None:
        return {}

    from srm_data.changes import compare, has_whole_catalogue, read_earlier
    from srm_data.load import keep_sets_of

    before = read_earlier(options.since)
    model = keep_sets_of(model, before)
    if is_part and has_whole_catalogue(before):
        before = before[before["offering_id"].isin(model["offering_id"])].reset_index(drop=True)
    return {"changes": compare(before, model)}
