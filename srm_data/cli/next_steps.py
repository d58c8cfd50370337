"""What to do after an inventory was read: at most three steps, with the commands that do them."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from srm_data.cli.layout import find_room, wrap_lines
from srm_data.describe import count_things

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

MOST_FILES = 4  # that a command repeats
INDENT = 5

REPEATED_WHEN_READING = ("kind", "strict", "headers", "corrections")
REPEATED_WHEN_WRITING = (
    "decisions", "audience", "remarks", "cell_status", "sign_off", "since", "owners", "framework",
    "controls", "baseline",
)  # fmt: skip
"""Options that the commands of the next steps repeat."""


def describe_next(
    options: argparse.Namespace,
    *,
    rows: int,
    in_use: int,
    assumptions: int,
    unknown: int,
    certain: int = 0,
    assumed: int = 0,
    not_recognised: int = 0,
    noun: str = "row",
) -> list[str]:
    """Describe what to do next, in at most three steps, with the commands.

    Parameters
    ----------
    options
        Options of the command ``estate``, which the commands repeat.
    rows, in_use, assumptions, unknown
        Number of rows that were read, of offerings in use, of assumptions, and of names that are not
        recognised.
    certain, assumed, not_recognised
        Number of rows of which the offering is certain or assumed, or that are not recognised.
    noun
        What these numbers count: rows, or the names in them.
    """
    parts = [count_things(assumptions, "assumption")] if assumptions else []
    parts += [f"{count_things(unknown, 'name')} not recognised"] if unknown else []
    book = options.out or _find_free_name("ours.xlsx")
    steps: list[tuple[str, list[list[str]]]] = []
    last = ""

    if parts:
        ours = options.write_corrections or _find_free_name("corrections.csv")
        if not options.write_corrections:
            text = f"List what is unclear ({', '.join(parts)}) in a file:"
            steps.append((text, [["--write-corrections", str(ours)]]))
        steps.append((_describe_edits(ours.name, assumptions, unknown), []))
        answers = ["--corrections", str(ours)]
        if in_use:
            text = "Run it with your edits; this writes the workbook of who does what:"
            steps.append((text, [answers, ["--out", str(book)]]))
            only = f"only step {len(steps)}, without --corrections {ours}"
            stays = _describe_open(certain + assumed, assumed, unknown, noun)
            last = f"Or go on as it is, with {stays}: {only}."
            if certain < assumed + not_recognised:  # most of the workbook would be a guess
                last = f"Without edits ({only}), the workbook has {stays}."
        else:
            steps.append(("Run it with your edits:", [answers]))
    elif not in_use:
        what = "nothing in it is a service of AWS" if rows else "it has no rows"
        text = f"{what}. Give an inventory that names AWS services or resources; see"
        return ["", *wrap_lines(f"Next: {text} {' '.join(_find_program())} estate --help")]
    elif options.out:
        return ["", *wrap_lines(f"Next: open {options.out.name}. Nothing is left unclear.")]
    else:
        text = "write the workbook of who does what, to read and to review:"
        steps.append((text, [["--out", str(book)]]))

    # One step needs no number.
    if len(steps) == 1:
        lines = ["", *wrap_lines(f"Next (nothing is unclear): {steps[0][0]}")]
        lines += _build_command(options, steps[0][1])
    else:
        lines = ["", "Next"]
        for number, (text, added) in enumerate(steps, start=1):
            lines += wrap_lines(text, first=f"  {number}. ", indent=INDENT)
            lines += _build_command(options, added) if added else []
        lines += wrap_lines(last, indent=2)
    if not _can_repeat(options.files):
        count = count_things(len(options.files), "name")
        lines += wrap_lines(f"FILE... stands for what you gave, {count}.", indent=2)
    return lines


def _describe_edits(name: str, assumptions: int, unknown: int) -> str:
    """Describe what the file of corrections has, and what to enter."""
    has = ["has the likeliest (others: alternatives)"] if assumptions else []
    has += ["is empty for an unknown name"] if unknown else []
    text = f"Edit {name}: offering_id {', or '.join(has)}. "
    text += "Enter an id, a name (see show NAME) or - for no AWS service"
    return f"{text}; filled lines left as they are count as confirmed." if assumptions else f"{text}."


def _describe_open(known: int, assumed: int, unknown: int, noun: str) -> str:
    """Describe how much stays assumed or left out if nothing is corrected."""
    parts = []
    if assumed:
        rows = count_things(known, noun)
        share = f"all {rows}" if assumed == known > 1 else f"{assumed:,} of {rows}"
        parts.append(f"{share} assumed")
    if unknown:
        parts.append(f"{count_things(unknown, 'name')} left out")
    return " and ".join(parts)


def _can_repeat(files: Sequence[Path]) -> bool:
    """Return whether a command can name these files: a few, without letters that are not printed."""
    return len(files) <= MOST_FILES and all(str(file).isprintable() for file in files)


def _build_command(options: argparse.Namespace, added: list[list[str]]) -> list[str]:
    """Build the command of a step, on as many lines as it needs."""
    words = [[_quote(str(file))] for file in options.files]
    if not _can_repeat(options.files):
        words = [["FILE..."]]
    is_written = any(option == "--out" for option, *_ in added)
    repeated = (*REPEATED_WHEN_READING, *(REPEATED_WHEN_WRITING if is_written else ()))
    for option in [*_repeat_options(options, repeated), *added]:
        words.append([option[0], *map(_quote, option[1:])])

    # A shell joins lines that end in a backslash; Windows has no such letter for all its shells.
    lines, line = [], " ".join([*_find_program(), "estate"])
    room = find_room() - INDENT - len(" \\")
    for word in map(" ".join, words):
        if os.name != "nt" and len(f"{line} {word}") > room:
            lines.append(f"{line} \\")
            line = f"  {word}"
        else:
            line += f" {word}"
    return [f"{' ' * INDENT}{line}" for line in [*lines, line]]


def _repeat_options(options: argparse.Namespace, names: Iterable[str]) -> list[list[str]]:
    """Return the options that were given, as they are typed."""
    repeated = []
    for name in names:
        value, option = getattr(options, name), f"--{name.replace('_', '-')}"
        if value is True:
            repeated.append([option])
        elif isinstance(value, list):
            repeated += [[option, str(one)] for one in value]
        elif value and (name, value) != ("audience", "internal"):
            repeated.append([option, str(value)])
    return repeated


def _find_program() -> list[str]:
    """Return how this program was called: as a module of some Python, or as ``srm-data``."""
    started = Path(sys.argv[0])
    if started.name != "__main__.py" or started.parent.name != "srm_data":
        return ["srm-data"]
    own = sys.orig_argv[: len(sys.orig_argv) - len(sys.argv) + 1]
    return [*map(_quote, own)]


def _quote(text: str) -> str:
    return subprocess.list2cmdline([text]) if os.name == "nt" else shlex.quote(text)


def _find_free_name(name: str) -> Path:
    """Return a name that no file in the current folder has: ours.xlsx, ours-2.xlsx ..."""
    path, number = Path(name), 2
    while path.exists():
        path = Path(name).with_stem(f"{Path(name).stem}-{number}")
        number += 1
    return path
