"""Print performance ratios, each measured side by side in this run. Not a test: nothing is asserted."""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
from openpyxl import load_workbook

from srm_data.load import load_tables
from srm_data.model import build_model
from srm_data.schema import shipped_tables
from srm_data.workbook import write_workbook


def compare(
    title: str, ours: Callable[[], object], other: Callable[[], object], *, goal: float
) -> None:
    """Time two functions in turn, and print the median of the ratios of each round."""
    ours(), other()
    rounds = []
    for _ in range(15):
        rounds.append((_time(ours), _time(other)))
    ratio = statistics.median(a / b for a, b in rounds)
    mine, theirs = (min(column) * 1000 for column in zip(*rounds, strict=True))
    print(
        f"{title}: {ratio:.2f}x  (goal: at most {goal}x; best rounds {mine:.1f} ms and {theirs:.1f} ms)"
    )


def _time(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def main() -> None:
    """Run the comparisons."""
    tables = load_tables()
    model = build_model(tables)
    print(
        f"pandas {pd.__version__}, Python {sys.version.split()[0]}, {len(model):,} cells in the model"
    )

    facts = ["responsibility", "aws_part", "customer_part", "note", "basis", "source_ids", "section"]
    grid = model.drop(columns=facts)
    answers = model[["offering_id", "duty_id", *facts]]
    compare(
        "build_model, all steps, vs one pandas.merge of the same names and answers",
        lambda: build_model(tables),
        lambda: grid.merge(answers, on=["offering_id", "duty_id"], validate="one_to_one"),
        goal=3,
    )

    files = sorted(Path(str(shipped_tables())).glob("*.csv"))
    compare(
        "load_tables and build_model vs pandas.read_csv of the same files",
        lambda: build_model(load_tables()),
        lambda: [pd.read_csv(file, dtype=str, keep_default_na=False) for file in files],
        goal=3,
    )

    with tempfile.TemporaryDirectory() as folder:
        path = write_workbook(Path(folder) / "ours.xlsx", model, tables)
        plain = Path(folder) / "plain.xlsx"
        sheets = {
            sheet.title: pd.DataFrame(sheet.iter_rows(values_only=True))
            for sheet in load_workbook(path).worksheets
        }

        def write_plain() -> None:
            with pd.ExcelWriter(plain, engine="openpyxl") as writer:
                for title, cells in sheets.items():
                    cells.to_excel(writer, sheet_name=title, index=False, header=False)

        compare(
            "write_workbook, formatted, vs DataFrame.to_excel of the same cells, unformatted",
            lambda: write_workbook(path, model, tables),
            write_plain,
            goal=0.8,
        )


if __name__ == "__main__":
    main()
