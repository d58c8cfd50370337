"""Tasks for maintainers: releases, golden cases, the tables of frameworks, the record of wording."""

from __future__ import annotations

import sys
from pathlib import Path

from srm_data.exceptions import SrmDataError
from srm_data.load import load_tables
from srm_data.maintain.frameworks import write_framework_tables
from srm_data.maintain.golden import main as compare_checkouts
from srm_data.maintain.release import make_release, start_next
from srm_data.maintain.settings import compare_settings, list_settings
from srm_data.maintain.wording import compare_wording, describe_copied, write_record

USAGE = """usage: python -m srm_data.maintain release [next]
       python -m srm_data.maintain golden OLD NEW INPUTS [--out FILE] [--only GROUPS] [--limit NUMBER]
       python -m srm_data.maintain frameworks FOLDER
       python -m srm_data.maintain settings BEFORE AFTER (folders botocore/data of two releases)
       python -m srm_data.maintain wording PAGES"""


def main(arguments: list[str]) -> int:
    """Run a task and return its exit code."""
    tasks = {("release",): make_release, ("release", "next"): start_next}
    task = tasks.get(tuple(arguments))
    try:
        if task is not None:
            task(Path.cwd())
        elif arguments[:1] == ["golden"]:
            return compare_checkouts(arguments[1:])
        elif len(arguments) == 2 and arguments[0] == "frameworks":
            write_framework_tables(Path(arguments[1]), Path("srm_data/controls/tables"))
        elif len(arguments) == 3 and arguments[0] == "settings":
            tables = load_tables()
            releases = [list_settings(tables, folder) for folder in arguments[1:]]
            print(compare_settings(*releases).to_csv(index=False, sep="\t"), end="")
        elif len(arguments) == 2 and arguments[0] == "wording":
            compared = compare_wording(load_tables(), arguments[1])
            print(*describe_copied(compared), sep="\n")
            print(f"{compared['shared'].notna().sum()} of {len(compared)} sentences compared")
            write_record(compared)
        else:
            print(USAGE, file=sys.stderr)
            return 2
    except (SrmDataError, OSError) as error:
        print(f"{arguments[0]}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
