"""Tasks for maintainers: make a release of the checkout, or the tables of frameworks."""

from __future__ import annotations

import sys
from pathlib import Path

from srm_data.exceptions import SrmDataError
from srm_data.maintain.frameworks import write_framework_tables
from srm_data.maintain.release import make_release, start_next

USAGE = "usage: python -m srm_data.maintain release [next] | frameworks FOLDER"


def main(arguments: list[str]) -> int:
    """Run a task and return its exit code."""
    tasks = {("release",): make_release, ("release", "next"): start_next}
    task = tasks.get(tuple(arguments))
    try:
        if task is not None:
            task(Path.cwd())
        elif len(arguments) == 2 and arguments[0] == "frameworks":
            write_framework_tables(Path(arguments[1]), Path("srm_data/controls/tables"))
        else:
            print(USAGE, file=sys.stderr)
            return 2
    except (SrmDataError, OSError) as error:
        print(f"{arguments[0]}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
