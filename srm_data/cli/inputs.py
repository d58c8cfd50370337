"""What the options of several commands name: files to read, parts of the model, names of files."""

from __future__ import annotations

import argparse
import re
import warnings
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from srm_data.changes import compare, has_whole_catalogue, read_earlier
from srm_data.cli.layout import list_first, warn
from srm_data.describe import count_things, describe_assumed, describe_estate
from srm_data.estate import in_use, read_corrections, read_estate
from srm_data.estate.catalogue import UNRECOGNISED
from srm_data.estate.vocabulary import read_headers
from srm_data.exceptions import SkippedFileWarning, SrmDataError, UnusedCorrectionWarning
from srm_data.load import Tables, drop_unused_sets, keep_sets_of, list_sets, load_tables
from srm_data.model import build_model
from srm_data.names.offerings import choose_offerings
from srm_data.register import State, assign_accountable, make_entries, read_register, state

LONGEST_PART = 80
"""Maximum length of the suffix for the file name of a partial export."""

MOST_NAMES, LONGEST_NAME = 20, 60
"""Limits of a list of what an inventory leaves open."""


class Scope(NamedTuple):
    """What a command is about: a part of the model, and what a register says about it."""

    model: pd.DataFrame  # without the register
    words: str  # empty for the whole catalogue
    estate: pd.DataFrame | None  # the inventories that were read
    tables: Tables  # with the sets of duties that the model has
    now: State | None

    @property
    def decided(self) -> pd.DataFrame:
        """The model with the answers of the register, and who is accountable."""
        return self.model if self.now is None else assign_accountable(self.now)

    @property
    def names(self) -> dict[str, str]:
        """Names of the offerings, by id."""
        offerings = self.tables["offerings"]
        return dict(zip(offerings["offering_id"], offerings["offering"], strict=True))


def read_scope(
    options: argparse.Namespace,
    *,
    files: Sequence[Path] | None = None,
    names: Sequence[str] | None = None,
    duty_sets: Sequence[str],
    usual: bool = False,
) -> Scope:
    """Read what a command is about: what inventories use, and of it the offerings that are named.

    If ``usual``, the name of a service means its usual offerings, not those with names of their own.
    """
    # Options about inventories would do nothing without one, which nobody would notice.
    lost = [f"--{name}" for name in ("corrections", "strict") if getattr(options, name, None)]
    if lost and not files:
        place = "--estate FILE" if "estate" in options else "page FILE"
        raise SrmDataError(f"{', '.join(lost)}: expected an inventory with it ({place})")
    tables, model, estate, words = load_tables(), build_model(duty_sets=duty_sets), None, []
    if files:
        estate = _read_inventories(options, files, tables)
        model = in_use(model, estate)
        read = ", ".join(path.name for path in files)
        if options.audience != "internal":
            read = count_things(len(files), "source")
        words.append(f"In use, read from {read}")
    if names and len(model):
        chosen = choose_offerings(model, names, tables=tables)["offering_id"]
        ids = _list_usual(model, names, tables) if usual else chosen
        model = drop_unused_sets(model[model["offering_id"].isin(ids)])
        words.append(f"Chosen: {', '.join(names)}")
    # The register is read for what is left, so that entries about other offerings are no fault.
    tables = load_tables(duty_sets=list_sets(model))
    now = read_state(model, options, tables) if len(model) else None
    return Scope(model, ". ".join(words), estate, tables, now)


def _list_usual(model: pd.DataFrame, names: Sequence[str], tables: Tables) -> list[str]:
    """List the offerings of the names; of a whole service, those that its name alone may mean."""
    offerings, chosen = tables["offerings"].set_index("offering_id"), list[str]()
    for name in names:
        meant = offerings.loc[choose_offerings(model, name, tables=tables)["offering_id"].unique()]
        others = meant[meant["by_service_name"] != "yes"]
        # Offerings of several services have a name of their own, such as Fargate, and all are meant.
        if meant["service_id"].nunique() == 1 and 0 < len(others) < len(meant):
            listed = list_first(others["offering"].tolist(), MOST_NAMES)
            warn(f"{name} is taken without {listed}: name them as well")
            meant = meant.drop(others.index)
        chosen += meant.index.tolist()
    return chosen


def _read_inventories(
    options: argparse.Namespace, files: Sequence[Path], tables: Tables
) -> pd.DataFrame:
    """Read inventories as the options say, and report on stderr what was not read."""
    headers, corrections = getattr(options, "headers", None), options.corrections
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SkippedFileWarning)
        warnings.simplefilter("ignore", UnusedCorrectionWarning)
        estate = read_estate(
            files,
            kind=getattr(options, "kind", None),
            strict=options.strict,
            headers=None if headers is None else read_headers(headers),
            corrections=read_corrections(corrections, tables=tables) if corrections else None,
            tables=tables,
            progress=True,
        )
    for kind in ("not_read", "columns_not_read", "unused_corrections"):
        for line in estate.attrs.get(kind, []):
            warn(line)
    return estate


def describe_doubts(scope: Scope, *, audience: str = "internal") -> list[str]:
    """Describe how many rows are certain, and what is not recognised, assumed or not read.

    There is only the first sentence if nothing is open, and none without an inventory.
    """
    if (estate := scope.estate) is None:
        return []
    lines = [f"{describe_estate(estate)}."]
    unknown = estate.loc[estate["status"] == UNRECOGNISED, "identifier"].unique()
    if len(unknown):
        listed = list_first([shorten(name) for name in unknown], MOST_NAMES)
        listed = listed if audience == "internal" else count_things(len(unknown), "name")
        lines.append(f"Not recognised, and left out: {listed}.")
    if assumed := describe_assumed(scope.model):
        lines.append(f"{assumed}.")
    return [*lines, *(f"Not read: {parts}." for parts in count_not_read(estate))]


def count_not_read(estate: pd.DataFrame) -> list[str]:
    """Count the files and parts that were not read, if there are any."""
    number = len(estate.attrs.get("not_read", []))
    return [f"{number:,} {'file or part' if number == 1 else 'files or parts'}"] * bool(number)


def print_doubts(scope: Scope) -> None:
    """Print to stderr what an inventory leaves open, if anything."""
    if len(lines := describe_doubts(scope)) > 1:
        for line in [*lines, "The command estate lists what else it may be, and how to correct it."]:
            warn(line)


def shorten(text: str) -> str:
    """Shorten a name that was read to what fits into a list, on one line."""
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 3]}..."


def name_part(name: str, parts: Iterable[str]) -> Path:
    """Return the default path of an export; a partial export never gets the name of the whole."""
    whole = Path("exports") / name
    words = re.sub(r"[^a-z0-9]+", "-", " ".join(parts).lower()).strip("-")
    if len(words) > LONGEST_PART:
        words = f"{words[: LONGEST_PART - 9]}-{zlib.crc32(words.encode()):08x}"
    return whole.with_name(f"{whole.stem}-{words}{whole.suffix}") if words else whole


def read_state(model: pd.DataFrame, options: argparse.Namespace, tables: Tables) -> State | None:
    """Return the state of the register for a model, or nothing if no register was given.

    A register that is not there yet has no entries, which is said on stderr.
    """
    if options.register is None:
        if options.on is not None:
            raise SrmDataError("--on: expected --register with it")
        return None
    if options.register.exists():
        register = read_register(options.register)
    else:
        warn(f"{options.register} is not there yet: no entries")
        register = make_entries([])
    return state(register, model, on=options.on, tables=tables)


def find_changes(scope: Scope, options: argparse.Namespace) -> dict[str, pd.DataFrame]:
    """Compare a model with the earlier state, if one was given.

    If the model is a part of the catalogue, and the earlier state is all of it, only the offerings of
    the model are compared: the others are not gone. Duties of AI are compared if it has them.
    """
    if options.since is None or scope.model.empty:
        return {}
    before = read_earlier(options.since)
    model = keep_sets_of(scope.decided, before)
    if scope.words and has_whole_catalogue(before):
        before = before[before["offering_id"].isin(model["offering_id"])].reset_index(drop=True)
    return {"changes": compare(before, model)}
