"""A small set of tables that says little, so that a test can change one thing and see it."""

import gc
import os
import shutil
import subprocess
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import pandas as pd
import pytest

from srm_data.load import Tables, load_tables
from srm_data.model import build_model
from srm_data.names.offerings import narrow_tables
from srm_data.schema import read_schemas, shipped_tables
from tests.public import PUBLIC

if TYPE_CHECKING:
    from playwright.sync_api import Browser

mpl.use("Agg")

SOME = ["Amazon EKS", "Amazon SQS", "Amazon RDS"]
WORDS = [
    "document_kinds", "duty_words", "inventory_headers", "inventory_words", "not_services",
    "part_types", "question_words", "topics",
]  # fmt: skip
"""Long tables of names and words, to which no other refers."""

SAMPLE_ESTATE = Path(__file__).parents[1] / "notebooks" / "sample-estate"
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


@pytest.fixture(scope="session")
def shipped() -> dict[str, pd.DataFrame]:
    """Load the tables of the package."""
    return load_tables()


@pytest.fixture(scope="session")
def shipped_model() -> pd.DataFrame:
    """Build the model of the whole catalogue, once for all tests. Only read it."""
    return build_model()


@pytest.fixture(scope="session")
def sample_in_use(shipped: Tables, shipped_model: pd.DataFrame) -> pd.DataFrame:
    """Return the cells that the sample estate of the notebooks has in use. Only read it."""
    from srm_data.estate import in_use, read_estate

    return in_use(shipped_model, read_estate(SAMPLE_ESTATE, tables=shipped))


NEEDS = {"browser": "browser", "office": "office"}
"""The mark that a fixture gives to the tests that ask for it."""


LONGEST = [
    "test_lab", "test_site", "test_notebooks", "test_book", "test_release", "test_page_browser",
    "test_estate_laws", "test_bill_rules", "test_readme", "test_workbook_valid", "test_estate_secrets",
    "test_charts", "test_book_safety", "test_workbook_writing", "test_cli_cells", "test_pictures",
]  # fmt: skip
"""Files of tests that take long, the longest first."""

EVERY = 3
"""Of a rule with more cases than this, a quick run tries every third."""

OF_DATA = {
    "test_aws_lists", "test_controls_tables", "test_duty_sets", "test_examples", "test_offerings",
    "test_readme", "test_tables",
}  # fmt: skip
"""Files whose cases are facts of the tables, or things of their own; a quick run tries all of them."""

OF_NO_TABLE = {
    "charts", "controls", "display", "estate", "maintain", "page", "register", "site", "workbook",
    "xlsx",
}  # fmt: skip
"""Folders whose examples a change of data leaves as they are."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need a program beside Python; ``do.py test --quick`` leaves them out.

    So it does with examples of the folders that show nothing of the tables. Those of public names are
    run by ``test_examples`` alone. Long files come first, lest one process waits for the other.
    """
    shown = {f"{thing.__module__}.{thing.__qualname__}" for thing in PUBLIC.values()}
    items[:] = [
        item for item in items if not (isinstance(item, pytest.DoctestItem) and item.name in shown)
    ]
    items.sort(key=lambda item: [*LONGEST, item.path.stem].index(item.path.stem))

    # The rule stays in the quick run; cases that repeat it there only cost time.
    cases = defaultdict(list)
    for item in items:
        if hasattr(item, "callspec") and item.path.stem not in OF_DATA:
            cases[item.path, getattr(item, "originalname", "")].append(item)
    for of_rule in cases.values():
        for number, item in enumerate(of_rule):
            if len(of_rule) > EVERY and number % EVERY:
                item.add_marker("slow")

    for item in items:
        if _find_example(item) in OF_NO_TABLE:
            item.add_marker(pytest.mark.slow)
        for fixture in getattr(item, "fixturenames", ()):
            if fixture in NEEDS:
                item.add_marker(NEEDS[fixture])


def _find_example(item: pytest.Item) -> str:
    """Return the folder of the package whose example an item runs, or nothing."""
    if isinstance(item, pytest.DoctestItem):
        return item.path.parent.name
    call = getattr(item, "callspec", None)
    if item.path.stem == "test_examples" and call:
        return str(PUBLIC[call.params["place"]].__module__).split(".")[1]
    return ""


def pytest_collection_finish() -> None:
    """Search for garbage rarely, and leave out what the imports made, which stays to the end."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def small_folder(tmp_path_factory: pytest.TempPathFactory, shipped: dict[str, pd.DataFrame]) -> Path:
    """Write the shipped tables of a few offerings, which are checked in a moment. Only read it."""
    folder = tmp_path_factory.mktemp("small")
    narrowed = narrow_tables(shipped, SOME)
    narrowed |= {name: narrowed[name].head(20) for name in WORDS}
    for name, schema in read_schemas().items():
        # as the check sorts keys: numbers as numbers
        rows = narrowed[name].sort_values(
            schema["primaryKey"],
            key=lambda keys: keys.astype(str).map(lambda key: key.zfill(9) if key.isdigit() else key),
        )
        rows.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Copy the shipped tables, to plant faults in."""
    return Path(shutil.copytree(str(shipped_tables()), tmp_path / "tables"))


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return the command of LibreOffice without a window; where there is none, tests say so.

    All tests share the folder of its user, which its first start makes in seconds.
    """
    office = shutil.which("soffice")
    if office is None:
        warnings.warn("LIBREOFFICE IS NOT TESTED: none here (Debian: libreoffice-calc)", stacklevel=2)
        pytest.skip("LIBREOFFICE IS NOT TESTED: none here (Debian: apt install libreoffice-calc)")
    profile = tmp_path_factory.mktemp("office") / "profile"
    return [office, f"-env:UserInstallation={profile.as_uri()}", "--headless"]


@pytest.fixture
def resave(tmp_path: Path, office: list[str]) -> Callable[[Path], Path]:
    """Save a workbook anew through LibreOffice, which computes its formulas too."""

    def save(path: Path) -> Path:
        folder = tmp_path / "resaved"
        command = [*office, "--convert-to", "xlsx", "--outdir", str(folder), str(path)]
        subprocess.run(command, check=True, capture_output=True)
        return folder / path.name

    return save


def find_chromium() -> str | None:
    """Return the path of a Chromium, or None."""
    names = ["chromium", "chromium-browser", "google-chrome"]
    return next((path for name in names if (path := shutil.which(name))), None)


@pytest.fixture(scope="module")
def browser() -> "Iterator[Browser]":
    """Start a Chromium without a window."""
    chromium = find_chromium()
    missing = "no Chromium here (Debian: apt install chromium)" if chromium is None else ""
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        missing = "no Playwright here (pip install playwright)"
    if missing:
        warnings.warn(f"NOTHING IS TESTED IN A BROWSER: {missing}", stacklevel=1)
        pytest.skip(f"NOTHING IS TESTED IN A BROWSER: {missing}")
    with sync_playwright() as playwright:
        # Chromium's sandbox refuses to start for root.
        arguments = ["--no-sandbox"] if IS_ROOT else []
        with playwright.chromium.launch(executable_path=chromium, args=arguments) as started:
            yield started


@pytest.fixture
def tables(small_tables: Tables) -> Tables:
    """Return small tables of the test's own, to change."""
    return {name: table.copy() for name, table in small_tables.items()}


@pytest.fixture
def small_model(model_of_small_tables: pd.DataFrame) -> pd.DataFrame:
    """Return the model of the small tables as they are."""
    return model_of_small_tables.copy()


@pytest.fixture(scope="session")
def model_of_small_tables(small_tables: Tables) -> pd.DataFrame:
    """Build the model of the small tables, once for all tests. Only read it."""
    return build_model(small_tables)


@pytest.fixture(scope="session")
def small_tables() -> Tables:
    """Make two categories, two services, three offerings, three duties in two layers. Only read it."""

    def table(header: str, *rows: str) -> pd.DataFrame:
        frame = pd.DataFrame([row.split(",") for row in rows], columns=header.split(","), dtype="str")
        return frame.astype({"position": int}) if "position" in frame else frame

    answer = "responsibility,customer_action,aws_part,customer_part,note"
    fact = f"duty_id,{answer},basis,source_id,section"
    more = "also_source_id,also_section,performed_by"
    return {
        "responsibilities": table(
            "responsibility,letter,position,color,pale_color",
            "AWS,A,1,#8CBBDC,#D1E3F1",
            "Shared,S,2,#FBE29A,#FEF4D6",
            "Customer,C,3,#DA7650,#F3CFC2",
            "Not applicable,–,4,#F1F1F1,#FAFAFA",
        ),
        "bases": table(
            "basis,position", "documented,1", "derived,2", "category,3", "proposed,4", "decision,5"
        ),
        "layers": table(
            "layer_id,layer,position,side",
            "cloud,Cloud,1,of the cloud",
            "data,Data,2,in the cloud",
        ),
        "duties": table(
            "duty_id,duty,layer_id,position",
            "hardware,Hardware,cloud,1",
            "patching,Patching,data,2",
            "backup,Backup,data,3",
        ),
        "categories": table(
            "category_id,category,position,seed_category_id",
            "hosted,Hosted,1,rented",
            "rented,Rented,2,rented",
        ),
        "product_groups": table("product_group_id,product_group,position", "b,Basics,1", "a,Arts,2"),
        "services": table(
            "service_id,service,full_name,product_group_id",
            "paint,Paint,,a",
            "run,Run,Run Unlimited Now,b",
        ),
        "aliases": table(
            "scheme,identifier,service_id,offering_id",
            "arn-resource,run:track,run,run-far",
            "cloudformation-namespace,AWS::Run,run,",
            "cloudformation-type,AWS::Run::Home,run,run-home",
            "iam-prefix,paint,paint,",
            "iam-prefix,run,run,",
            "name,Jog,run,",
            "name,Brush,paint,",
            "name,Sprint,run,run-far",
            "name,Track,run,",
            "terraform-prefix,aws_run_,run,",
            "terraform-prefix,aws_run_home,run,run-home",
        ),
        "everyday_names": table(
            "name,position,service_id,offering_id,in_inventory",
            "marathon,1,run,run-far,yes",
            "sport,1,run,run-home,yes",
            "sport,2,paint,paint,yes",
            "thing,1,run,run-home,no",
        ),
        "not_services": table("scheme,identifier,reason", "cur-product-code,Tax,it is tax"),
        "offerings": table(
            "offering_id,offering,service_id,category_id,recognise,by_service_name,ordinary",
            "paint,Paint,paint,rented,It is painted.,yes,yes",
            "run-far,Run far,run,rented,It runs far.,yes,no",
            "run-home,Run at home,run,hosted,It runs at home.,yes,yes",
        ),
        "sources": table(
            "source_id,title,url,edition,accessed",
            "page,A page,https://x.example/,page of 2026-01,2026-01-01",
            "other,Another page,https://y.example/,page of 2026-01,2026-01-01",
        ),
        "category_responsibilities": table(
            f"category_id,{fact}",
            "hosted,hardware,Customer,required,,You fix it.,,category,page,Top",
            "hosted,patching,Customer,required,,You patch.,,category,page,Top",
            "hosted,backup,Customer,required,,You copy.,,category,page,Top",
            "rented,hardware,AWS,none,We fix it.,,,category,page,Top",
            "rented,patching,Shared,required,We publish.,You install.,,category,page,Top",
            "rented,backup,Customer,required,,You copy.,,proposed,page,",
        ),
        "group_responsibilities": table(f"product_group_id,category_id,{fact}"),
        "offering_responsibilities": table(
            f"offering_id,{fact},{more}",
            "paint,backup,Not applicable,none,,,Paint is not kept.,documented,page,Kept,other,,",
            "run-far,patching,AWS,none,We patch.,,,documented,page,Patches,,,",
        ),
        "service_responsibilities": table(
            f"service_id,duty_id,offering_ids,{answer},source_id,section,{more}"
        ),
        "aws_responsibilities": table(f"duty_id,category_id,{answer},source_id,section"),
        "traits": table("trait_id,trait,position,description", "keeps,Keeps,1,Whether it keeps data."),
        "trait_values": table(
            "trait_id,value,meaning",
            "keeps,no,It keeps nothing.",
            "keeps,yes,It keeps data.",
        ),
        "offering_traits": table(
            "service_id,offering_id,trait_id,value,source_id,section,also_source_id,also_section,note"
        ),
        "trait_rules": table(
            f"trait_id,value,category_id,duty_id,yields_to,{answer}",
            "keeps,yes,,backup,,Shared,optional,We copy.,You may copy too.,",
        ),
        "alike": table("mechanism,offering_id,duty_id"),
        "looked_at": table("service_id,offering_id,duty_id,pages,looked_on"),
    }


@pytest.fixture
def add_rows(tables: Tables) -> Callable[..., Tables]:
    """Return a function that adds rows, written as in the small tables, to one of them."""

    def add(name: str, *rows: str) -> Tables:
        columns = tables[name].columns
        added = pd.DataFrame([row.split(",") for row in rows], columns=columns)
        tables[name] = pd.concat([tables[name], added], ignore_index=True)
        return tables

    return add
