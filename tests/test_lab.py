"""JupyterLab for real: a browser opens each notebook, runs all of it, and looks at what is shown."""

import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import do
from tests.conftest import IS_ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
SCREENSHOTS = ROOT / "exports" / "screenshots"
MINUTES = 240_000
"""In milliseconds: the longest that a test waits for anything. Tests wait for states, not for times."""

# Cells off the screen are laid out too, or their charts and tables could not be looked at.
SETTINGS = {"@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"}}

# The status bar says idle before there is a kernel, and Run All then asks which to take.
KERNEL_IS_IDLE = """() => {
    const session = window.jupyterapp?.shell.currentWidget?.context?.sessionContext;
    return session?.isReady && session.session?.kernel?.status === "idle";
}"""

# After a failed cell the ones below it are not run, and never get a number.
ALL_IS_RUN = """() => {
    const {model, sessionContext} = jupyterapp.shell.currentWidget.context;
    const cells = model.toJSON().cells.filter(cell => cell.cell_type === "code" && cell.source.trim());
    const failed = cells.some(({outputs}) => outputs.some(({output_type}) => output_type === "error"));
    const counted = cells.every(({execution_count}) => execution_count !== null);
    return sessionContext.session.kernel.status === "idle" && (failed || counted);
}"""

IS_DRAWN = """() => new Promise(done => {
    requestAnimationFrame(() => setTimeout(done));
    setTimeout(done, 300);
})"""

SHOWN = """() => {
    const shown = tag => [...document.querySelectorAll(`.jp-OutputArea-output ${tag}`)].filter(
        element => element.checkVisibility({visibilityProperty: true}) && element.offsetWidth > 0
    );
    return {
        charts: shown("img").filter(({alt, naturalWidth}) => alt.trim() && naturalWidth > 300).length,
        tables: shown("table").filter(({rows}) => rows.length > 1).length,
    };
}"""


class Lab(NamedTuple):
    """A running JupyterLab."""

    url: str
    token: str
    notebooks: Path


@pytest.fixture(scope="module")
def lab(browser, tmp_path_factory) -> Iterator[Lab]:
    """Start JupyterLab on a copy of the notebooks, away from the user's settings and other servers."""
    root, home = tmp_path_factory.mktemp("project"), tmp_path_factory.mktemp("home")
    notebooks = Path(shutil.copytree(ROOT / "notebooks", root / "notebooks"))
    (root / "exports").mkdir()
    settings = home / "config" / "labconfig" / "default_setting_overrides.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps(SETTINGS | do.LAB_SETTINGS))

    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--ServerApp.port=0"]
    command += ["--LabApp.expose_app_in_browser=True", f"--ServerApp.root_dir={root}"]
    command += ["--ServerApp.ip=127.0.0.1", *(["--allow-root"] if IS_ROOT else [])]
    with (home / "lab.log").open("w") as log:
        server = subprocess.Popen(
            command,
            cwd=root,
            env=make_environment(home),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        about = wait_for_server(server, home)
        yield Lab(f"http://127.0.0.1:{about['port']}", about["token"], notebooks)
    finally:
        stop(server)


def make_environment(home: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("JUPYTER")}
    return kept | {
        "HOME": str(home),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        # Not on the command line, which every user of the machine can read.
        "JUPYTER_TOKEN": secrets.token_hex(),
    }


def wait_for_server(server: "subprocess.Popen[bytes]", home: Path) -> dict[str, Any]:
    """Return what the server writes about itself once it listens."""
    end = time.monotonic() + MINUTES / 1000
    while server.poll() is None and time.monotonic() < end:
        for path in (home / "runtime").glob("jpserver-*.json"):
            with suppress(json.JSONDecodeError):  # not written to its end yet
                about: dict[str, Any] = json.loads(path.read_text())
                return about
        time.sleep(0.05)
    pytest.fail(f"JupyterLab did not start:\n{(home / 'lab.log').read_text()[-3000:]}")


def stop(server: "subprocess.Popen[bytes]") -> None:
    # Asked to end, the server ends its kernels, which are in groups of their own.
    server.terminate()
    with suppress(subprocess.TimeoutExpired):
        server.wait(timeout=20)
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    server.wait()


@contextmanager
def open_notebook(browser: "Browser", lab: Lab, name: str) -> "Iterator[tuple[Page, list[str]]]":
    """Open a notebook with its kernel started; the errors of the page are collected."""
    with browser.new_page() as page:  # with a profile of its own
        page.set_default_timeout(MINUTES)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{lab.url}/lab/tree/notebooks/{name}?token={lab.token}&reset")
        page.wait_for_function(KERNEL_IS_IDLE)
        page.evaluate("jupyterapp.restored.then(() => jupyterapp.shell.collapseLeft())")
        yield page, errors
        page.evaluate("jupyterapp.shell.currentWidget.context.sessionContext.shutdown()")


def run_all_cells(page: "Page") -> dict[str, Any]:
    """Run all cells as a reader does, from the menu, and return the notebook with its outputs."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(ALL_IS_RUN, polling=200)
    notebook: dict[str, Any] = page.evaluate("jupyterapp.shell.currentWidget.context.model.toJSON()")
    return notebook


def list_failures(name: str, notebook: dict[str, Any]) -> list[str]:
    return [
        f"{name}, cell {number}: {output['ename']}: {output['evalue']}"
        for number, cell in enumerate(notebook["cells"], start=1)
        for output in cell.get("outputs", [])
        if output["output_type"] == "error"
    ]


def count_pictures(notebook: dict[str, Any]) -> dict[str, int]:
    """Count the charts and tables that the outputs of a notebook hold."""
    html = "".join(
        "".join(output.get("data", {}).get("text/html", ""))
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
    )
    html = re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    # A table with search is there a second time, for readers whose notebook runs no scripts.
    return {"charts": html.count("<img"), "tables": html.count("<table") - html.count('_fallback">')}


def see_pictures(page: "Page", expected: dict[str, int]) -> dict[str, int]:
    """Count the charts and tables on the page; they appear a moment after the kernel is done."""
    from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

    as_text = f"expected => JSON.stringify(({SHOWN})()) === expected"
    with suppress(PlaywrightTimeoutError):
        page.wait_for_function(
            as_text, arg=json.dumps(expected, separators=(",", ":")), timeout=MINUTES / 4
        )
    seen: dict[str, int] = page.evaluate(SHOWN)
    return seen


def take_screenshots(page: "Page", stem: str) -> None:
    """Keep what a reader sees, at the top and at the first chart."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    places = {stem: ".jp-NotebookPanel .jp-Cell", f"{stem}-chart": ".jp-OutputArea-output img"}
    for name, place in places.items():
        page.evaluate("place => document.querySelector(place).scrollIntoView()", place)
        for frame in page.frames:  # those off the screen are never drawn
            frame.evaluate(IS_DRAWN)
        page.screenshot(path=SCREENSHOTS / f"{name}.png")


@pytest.mark.parametrize("name", [path.name for path in NOTEBOOKS])
def test_notebook_runs_in_jupyterlab_and_shows_its_charts_and_tables(browser, lab, name):
    with open_notebook(browser, lab, name) as (page, errors):
        notebook = run_all_cells(page)
        assert list_failures(name, notebook) == []
        expected = count_pictures(notebook)
        assert min(expected.values()) > 0
        assert see_pictures(page, expected) == expected
        assert page.locator(".Toastify__toast").count() == 0  # neither news nor updates
        take_screenshots(page, Path(name).stem)
        if name == "05-find-an-answer.ipynb":
            search_page_in_notebook(page)
        assert errors == []


def search_page_in_notebook(page: "Page") -> None:
    """Search and pick on the page that notebook 05 shows."""
    frame = page.frame_locator(".jp-OutputArea-output iframe")
    frame.locator("#text").fill("fargate guest os patching")
    frame.locator("#count", has_text="2 cells of 2 offerings").wait_for()
    frame.locator("#filters").evaluate("filters => { filters.open = true; }")  # folded if narrow
    frame.locator("#choose button[type=reset]").click()
    frame.locator("#pick").fill("EC2 instance")
    frame.locator("#pick").press("Enter")
    frame.locator("#count", has_text="28 cells of 1 offering:").wait_for()
    assert frame.locator("#rows tr").count() == 28
    bar = frame.locator("[data-duty=guest-os-patching] .bar[aria-label='Customer 1']")
    bar.wait_for(state="attached")
    page.locator(".jp-OutputArea-output iframe").scroll_into_view_if_needed()
    page.screenshot(path=SCREENSHOTS / "05-find-an-answer-page.png")
