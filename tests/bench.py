"""Print performance ratios, each measured side by side in this run. Not a test: nothing is asserted."""

import gc
import itertools
import json
import os
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
from srm_data.names.offerings import narrow_tables
from srm_data.schema import shipped_tables
from srm_data.workbook import write_workbook


def compare(
    title: str,
    ours: Callable[[], object],
    other: Callable[[], object],
    *,
    goal: float,
    rounds: int = 15,
    clock: Callable[[], float] = time.perf_counter,
) -> None:
    """Time two functions in turn, and print the median of the ratios of each round."""
    ours(), other()
    times = [(_time(ours, clock), _time(other, clock)) for _ in range(rounds)]
    ratio = statistics.median(a / b for a, b in times)
    mine, theirs = (min(column) * 1000 for column in zip(*times, strict=True))
    print(
        f"{title}: {ratio:.2f}x  (goal: at most {goal}x; best rounds {mine:.1f} ms and {theirs:.1f} ms)"
    )


def _time(function: Callable[[], object], clock: Callable[[], float]) -> float:
    gc.collect()  # what one leaves behind is not to be cleared on the other's time
    start = clock()
    function()
    return clock() - start


def make_inventory(path: Path, rows: int) -> Path:
    """Generate an inventory: 200 resource types as skewed as real ones, 1,000 accounts, 17 Regions."""
    types = load_tables()["aliases"].query("scheme == 'cloudformation-type'")["identifier"]
    kinds = [*types.head(190), *(f"AWS::Fictional::Thing{number}" for number in range(10))]
    skewed = "1 + floor(200 * pow((hash(range) % 1000003) / 1000003, 3))::BIGINT"
    query = f"""SELECT ({kinds})[{skewed}] AS resource_type,
                       (100000000000 + hash(range + 1) % 1000)::VARCHAR AS account_id,
                       'region-' || (hash(range + 2) % 17) AS region,
                       'id-' || range AS resource_id
                FROM range({rows})"""
    return _copy(query, path)


def make_findings(path: Path, rows: int) -> Path:
    """Generate findings: four for each resource, of 200 types."""
    resources = make_inventory(path.with_name("resources.parquet"), rows // 4)
    query = f"""SELECT 'f-' || row_number() OVER () AS finding_id, resource_type, resource_id
                FROM '{resources}', range(4)"""
    return _copy(query, path)


def _copy(query: str, path: Path) -> Path:
    import duckdb

    form = "parquet" if path.suffix == ".parquet" else "csv, header"
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({query}) TO '{path}' (FORMAT {form})")
    return path


OURS = """
from srm_data import load_tables, read_estate
tables = load_tables()
read_estate(["Amazon SQS"], tables=tables)
def count():
    return int(read_estate(path, tables=tables, details={})["{}"].sum())"""
DUCKDB = """
import duckdb
duckdb.sql("SELECT 1").fetchall()
def count():
    query = f"SELECT resource_type, count({}) FROM '{{path}}' GROUP BY 1"
    return sum(number for _, number in duckdb.sql(query).fetchall())"""
PANDAS = """
import pandas as pd
read = pd.read_parquet if path.endswith(".parquet") else pd.read_csv
columns = {"columns" if path.endswith(".parquet") else "usecols": ["resource_type"]}
def count():
    return int(read(path, **columns)["resource_type"].value_counts().sum())"""
COUNTS = {
    "srm_data": OURS.format(False, "rows"),
    "srm_data, by account and Region": OURS.format(True, "rows"),
    "DuckDB's GROUP BY": DUCKDB.format("*"),
    "pandas": PANDAS,
}
IDS = {
    "srm_data, distinct ids": OURS.format(False, "resources"),
    "DuckDB's COUNT(DISTINCT)": DUCKDB.format("DISTINCT resource_id"),
}
MEASURE = """
import json, re, sys, time
path = sys.argv[1]
%s
times = []
while len(times) < int(sys.argv[2]) or sum(times) < 1:  # the first rounds of a process are slow
    start = time.perf_counter()
    rows = count()
    times.append(time.perf_counter() - start)
status = open("/proc/self/status").read()  # ru_maxrss would count the parent's memory too
peak = int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]) / 1024
print(json.dumps({"seconds": min(times), "peak": peak, "rows": rows}))
"""


def compare_counts(path: Path, rows: int, ways: dict[str, str] = COUNTS) -> None:
    """Count an inventory in ways of which each has a process of its own; print ratios and memory."""
    found = {}
    for name, code in ways.items():
        rounds = "1" if name == "pandas" and rows > 50_000_000 else "3"
        command = [sys.executable, "-c", MEASURE % code, str(path), rounds]
        answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
        found[name] = json.loads(answer.splitlines()[-1])
        assert found[name]["rows"] == rows, f"{name} counted {found[name]['rows']:,} of {rows:,}"
    ours = next(iter(found.values()))["seconds"]
    print(f"{rows:,} of {path.name}, best of 3 rounds or of one second (pandas at 100 million: one):")
    for name, one in found.items():
        ratio = f"srm_data takes {ours / one['seconds']:.2f}x of it"
        print(f"  {name}: {one['seconds']:.2f} s, {one['peak']:.0f} MB at the most; {ratio}")


def make_tables(offerings: int) -> dict[str, pd.DataFrame]:
    """Cut or repeat the offerings of the tables, with what they say, to a number of them."""
    tables = load_tables()
    if offerings <= len(tables["offerings"]):
        return narrow_tables(tables, tables["offerings"]["offering_id"].head(offerings).tolist())

    known, own = tables["offerings"], tables["offering_responsibilities"]
    copies, facts = [known], [own]
    for number in range(1, -(-offerings // len(known))):
        ids, names = (known[name] + f"-{number}" for name in ("offering_id", "offering"))
        copies.append(known.assign(offering_id=ids, offering=names, ordinary=""))
        facts.append(own.assign(offering_id=own["offering_id"] + f"-{number}"))

    tables["offerings"] = pd.concat(copies, ignore_index=True).head(offerings)
    repeated = pd.concat(facts, ignore_index=True)
    chosen = repeated["offering_id"].isin(tables["offerings"]["offering_id"])
    tables["offering_responsibilities"] = repeated[chosen].reset_index(drop=True)
    return tables


def read_plain(path: Path) -> dict[str, pd.DataFrame]:
    """Read the values of a workbook's sheets, as DataFrame.to_excel is to write them.

    Every cell of every sheet, hidden ones too; of formulas the value. pandas gets the frames ready
    made, where write_workbook makes them and adds styles, formulas, charts and notes.
    """
    book = load_workbook(path, read_only=True, data_only=True)
    rows = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}
    return {
        title: pd.DataFrame(itertools.zip_longest(*itertools.zip_longest(*cells)))
        for title, cells in rows.items()
    }


def write_plain(path: Path, sheets: dict[str, pd.DataFrame]) -> None:
    """Write sheets unformatted, as pandas does."""
    with pd.ExcelWriter(path, engine="openpyxl") as writer:
        for title, cells in sheets.items():
            cells.to_excel(writer, sheet_name=title, index=False, header=False)


WRITE = {
    "write_workbook": """
tables = make_tables(offerings)
model = build_model(tables)
def write():
    write_workbook(path, model, tables=tables)""",
    "DataFrame.to_excel": """
sheets = read_plain(path)
def write():
    write_plain(path.with_name("plain.xlsx"), sheets)""",
}
PEAK = """
import re, sys
from pathlib import Path
sys.path.insert(0, %r)
from tests.bench import build_model, make_tables, read_plain, write_plain, write_workbook
path, offerings = Path(sys.argv[1]), int(sys.argv[2])
%s
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
open("/proc/self/clear_refs", "w").write("5")  # from here on, the peak is that of writing
before = int(re.search(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
write()
print(peak() - before)
"""


MOST_OF_PANDAS = {40: 0.42, 320: 0.20, 2000: 0.12}
"""By number of offerings, the part of pandas' time that a workbook may take."""


def compare_workbooks(folder: Path, offerings: int) -> None:
    """Time our workbook and pandas' of the same cells in turn; measure what each adds to memory."""
    tables = make_tables(offerings)
    model, path = build_model(tables), folder / f"{offerings}.xlsx"
    write_workbook(path, model, tables=tables)
    sheets = read_plain(path)
    compare(
        f"write_workbook, {offerings:,} offerings, vs DataFrame.to_excel of its cells, unformatted",
        lambda: write_workbook(path, model, tables=tables),
        lambda: write_plain(folder / "plain.xlsx", sheets),
        goal=MOST_OF_PANDAS[offerings],
        rounds=3 if offerings > 1000 else 7,
        clock=time.process_time,
    )
    peaks = []
    for code in WRITE.values():
        command = [sys.executable, "-c", PEAK % (str(Path(__file__).parents[1]), code)]
        answer = subprocess.run(
            [*command, str(path), str(offerings)], stdout=subprocess.PIPE, text=True, check=True
        )
        peaks.append(float(answer.stdout))
    ratio = peaks[0] / peaks[1]
    print(f"  memory: {ratio:.2f}x  (goal: at most 0.8x; {peaks[0]:.0f} MB and {peaks[1]:.0f} MB)")


def compare_starts() -> None:
    """Compare a fresh process up to its first model with one that imports pandas, by processor time."""
    codes = ("import srm_data; srm_data.build_model()", "import pandas")
    times: list[list[float]] = [[], []]
    for _ in range(7):
        for code, of_code in zip(codes, times, strict=True):
            before = os.times()
            subprocess.run([sys.executable, "-c", code], check=True)
            after = os.times()
            spent = after.children_user + after.children_system
            of_code.append(spent - before.children_user - before.children_system)
    ratio = statistics.median(a / b for a, b in zip(*times, strict=True))
    mine, theirs = (min(column) * 1000 for column in times)
    print(
        f"a fresh process up to its first build_model() vs import pandas: {ratio:.2f}x  (goal: at most "
        f"1.3x; processor time, best rounds {mine:.0f} ms and {theirs:.0f} ms)"
    )


def main() -> None:
    """Run the comparisons."""
    compare_starts()
    cells = len(build_model())
    print(f"pandas {pd.__version__}, Python {sys.version.split()[0]}, {cells:,} cells in the model")

    files = sorted(Path(str(shipped_tables())).glob("*.csv"))
    compare(
        "load_tables and build_model vs pandas.read_csv of the same files",
        lambda: build_model(load_tables()),
        lambda: [pd.read_csv(file, dtype=str, keep_default_na=False) for file in files],
        goal=3,
    )

    with tempfile.TemporaryDirectory() as folder:
        for offerings in MOST_OF_PANDAS:
            compare_workbooks(Path(folder), offerings)

    with tempfile.TemporaryDirectory() as folder:
        for name, rows in (("10m.parquet", 10**7), ("100m.parquet", 10**8), ("10m.csv", 10**7)):
            compare_counts(make_inventory(Path(folder) / name, rows), rows)
        compare_counts(make_findings(Path(folder) / "findings.parquet", 10**7), 10**7 // 4, IDS)


if __name__ == "__main__":
    main()
