"""Print performance ratios, each measured side by side in this run. Not a test: nothing is asserted."""

import json
import statistics
import subprocess
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


def make_inventory(path: Path, rows: int) -> Path:
    """Generate an inventory: 200 resource types as skewed as real ones, 1,000 accounts, 17 Regions."""
    import duckdb

    types = load_tables()["aliases"].query("scheme == 'cloudformation-type'")["identifier"]
    kinds = [*types.head(190), *(f"AWS::Fictional::Thing{number}" for number in range(10))]
    form = "parquet" if path.suffix == ".parquet" else "csv, header"
    skewed = "1 + floor(200 * pow((hash(range) % 1000003) / 1000003, 3))::BIGINT"
    query = f"""
        COPY (SELECT ({kinds})[{skewed}] AS resource_type,
                     (100000000000 + hash(range + 1) % 1000)::VARCHAR AS account_id,
                     'region-' || (hash(range + 2) % 17) AS region,
                     'id-' || range AS resource_id
              FROM range({rows})) TO '{path}' (FORMAT {form})"""
    with duckdb.connect() as connection:
        connection.execute(query)
    return path


COUNTS = {
    "srm_data": """
from srm_data import load_tables, read_estate
tables = load_tables()
read_estate(["Amazon SQS"], tables=tables)
def count():
    return int(read_estate(path, tables=tables, details=False)["resources"].sum())""",
    "srm_data, by account and Region": """
from srm_data import load_tables, read_estate
tables = load_tables()
read_estate(["Amazon SQS"], tables=tables)
def count():
    return int(read_estate(path, tables=tables, details=True)["resources"].sum())""",
    "DuckDB's GROUP BY": """
import duckdb
duckdb.sql("SELECT 1").fetchall()
def count():
    query = f"SELECT resource_type, count(*) FROM '{path}' GROUP BY 1"
    return sum(number for _, number in duckdb.sql(query).fetchall())""",
    "pandas": """
import pandas as pd
read = pd.read_parquet if path.endswith(".parquet") else pd.read_csv
columns = {"columns" if path.endswith(".parquet") else "usecols": ["resource_type"]}
def count():
    return int(read(path, **columns)["resource_type"].value_counts().sum())""",
}
MEASURE = """
import json, re, sys, time
path = sys.argv[1]
%s
times = []
for _ in range(int(sys.argv[2])):
    start = time.perf_counter()
    rows = count()
    times.append(time.perf_counter() - start)
status = open("/proc/self/status").read()  # ru_maxrss would count the parent's memory too
peak = int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]) / 1024
print(json.dumps({"seconds": min(times), "peak": peak, "rows": rows}))
"""


def compare_counts(path: Path, rows: int) -> None:
    """Count an inventory in ways of which each has a process of its own; print ratios and memory."""
    found = {}
    for name, code in COUNTS.items():
        rounds = "1" if name == "pandas" and rows > 50_000_000 else "3"
        command = [sys.executable, "-c", MEASURE % code, str(path), rounds]
        answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
        found[name] = json.loads(answer.splitlines()[-1])
        assert found[name]["rows"] == rows, f"{name} counted {found[name]['rows']:,} of {rows:,} rows"
    ours = found["srm_data"]["seconds"]
    print(f"{rows:,} rows of {path.suffix[1:]}, best of 3 rounds (pandas at 100 million: one):")
    for name, one in found.items():
        ratio = f"srm_data takes {ours / one['seconds']:.2f}x of it"
        print(f"  {name}: {one['seconds']:.2f} s, {one['peak']:.0f} MB at the most; {ratio}")


def main() -> None:
    """Run the comparisons."""
    tables = load_tables()
    model = build_model(tables)
    print(
        f"pandas {pd.__version__}, Python {sys.version.split()[0]}, {len(model):,} cells in the model"
    )

    facts = ["responsibility", "aws_part", "customer_part", "note", "basis", "source_ids", "section"]
    facts.append("without_decision")
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

    with tempfile.TemporaryDirectory() as folder:
        for name, rows in (("10m.parquet", 10**7), ("100m.parquet", 10**8), ("10m.csv", 10**7)):
            compare_counts(make_inventory(Path(folder) / name, rows), rows)


if __name__ == "__main__":
    main()
