"""The prose of the site: guide, notebooks, gallery, names in Python and reference, built by Sphinx."""

from __future__ import annotations

import base64
import hashlib
import inspect
import io
import json
import posixpath
import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from importlib import import_module
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from srm_data.exceptions import SrmDataError
from srm_data.load import Tables
from srm_data.schema import StrPath

GUIDE = (
    "start", "read-a-cell", "analyst", "estate", "review", "controls", "oscal", "ciso-assistant",
    "tasks", "ai", "site", "judge-a-cell", "maintain",
)  # fmt: skip
"""Pages of the guide, in the order of reading; one that is missing is left out."""

GALLERY = "charts"
"""The page of the guide whose examples are drawn."""

LONG = 300_000
"""Characters of an output above which it is shared by all notebooks, or replaced by a link."""

SEARCH = "The search is shown where the notebook is run; this site has it on its front page."

REFERENCE = ("data-dictionary", "glossary")
"""Pages that are made from the tables."""

ROOMS = {
    "srm_data": "The names at the top",
    "srm_data.charts": "Charts",
    "srm_data.check": "Checks",
    "srm_data.controls": "Controls",
    "srm_data.display": "Tables and texts in notebooks",
    "srm_data.estate": "Inventories",
    "srm_data.matrix": "Counts and matrices",
    "srm_data.register": "The register",
    "srm_data.workbook": "Workbooks",
}
"""Modules whose public names are described, with the titles of their pages."""

SETTINGS: dict[str, Any] = {
    "project": "srm_data",
    "extensions": [
        "myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_design",
    ],
    "html_theme": "pydata_sphinx_theme",
    "html_theme_options": {
        "navbar_start": ["site-header"], "navbar_center": [], "navbar_end": [], "navbar_persistent": [],
        "footer_start": ["site-footer"], "footer_end": [], "secondary_sidebar_items": ["page-toc"],
        "show_prev_next": False, "article_header_start": ["breadcrumbs"],
    },
    "html_sidebars": {"**": ["site-pages"]},
    "html_show_search_summary": False,
    "html_copy_source": False,
    "html_show_sphinx": False,
    "html_last_updated_fmt": None,
    "nb_execution_mode": "off",
    "myst_heading_anchors": 3,
    "autodoc_typehints": "none",
    "napoleon_numpy_docstring": True,
    "napoleon_google_docstring": False,
    "suppress_warnings": ["misc.highlighting_failure", "mystnb.unknown_mime_type"],
}  # fmt: skip
"""Settings of Sphinx."""

NEEDED = ("sphinx", "myst_nb", "pydata_sphinx_theme", "sphinx_design")
"""Modules of the extra ``docs``."""


def has_sphinx() -> bool:
    """Return whether the packages of the extra ``docs`` are installed."""
    return all(find_spec(name) for name in NEEDED)


def find_address(settings: StrPath) -> str:
    """Return the web address of the site that ``pyproject.toml`` names, or an empty string."""
    path = Path(settings)
    content = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return str(content.get("tool", {}).get("srm-data", {}).get("site", ""))


def write_prose(
    folder: StrPath, checkout: StrPath, notebooks: StrPath, tables: Tables, *, version: str
) -> Path:
    """Build the prose pages of the site from the files of a checkout.

    Parameters
    ----------
    folder
        Folder for the pages, such as ``docs`` in the site. It is replaced as a whole.
    checkout
        The checkout, with ``notebooks/guide/``, ``CHANGELOG.md`` and ``CONTRIBUTING.md``.
    notebooks
        Folder of the executed notebooks.
    tables
        Frames from :func:`~srm_data.load_tables`, for the data dictionary and the glossary.
    version
        Version of the data, shown on every page.

    Returns
    -------
    pathlib.Path
        The folder. It holds ``index.html`` and the pages of the guide, notebooks, names and reference.

    Raises
    ------
    SrmDataError
        If Sphinx warns, such as about a link that leads nowhere.
    """
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace

    with tempfile.TemporaryDirectory() as name, as_file(files("srm_data.site") / "templates") as own:
        source, built = Path(name) / "source", Path(name) / "built"
        gather_sources(source, Path(checkout), Path(notebooks), tables)
        styles = [own / "header.css", own / "prose" / "prose.css"]
        scripts = [own / "search.js", *source.glob("tables.js"), *source.glob("pictures")]
        settings = SETTINGS | {
            "version": version,
            "release": version,
            "templates_path": [str(own / "prose"), str(own)],
            "html_static_path": [*map(str, styles), *map(str, scripts)],
            "html_css_files": [style.name for style in styles],
            "html_js_files": [("search.js", {"defer": "defer"})],
            "html_context": {"has_prose": True, "default_mode": "auto", "place": "docs/"},
        }
        warnings = io.StringIO()
        with docutils_namespace():
            Sphinx(
                source, None, built, Path(name) / "trees", "html",
                confoverrides=settings, status=None, warning=warnings, freshenv=True,
            ).build()  # fmt: skip
        if lines := warnings.getvalue().replace(f"{source}/", "").strip():
            raise SrmDataError(f"Sphinx warned about the prose of the site:\n{lines}")
        shutil.rmtree(folder, ignore_errors=True)
        # What only programs and those who write the theme read stays behind, and signs of brands.
        names = (".buildinfo", "objects.inv", "*.map", "webpack-macros.html", "fa-brands-*")
        left = shutil.ignore_patterns(*names)
        shutil.copytree(built, folder, ignore=left)
    return Path(folder)


def gather_sources(source: Path, checkout: Path, notebooks: Path, tables: Tables) -> None:
    """Put the sources of all pages together in one folder, with links that lead from page to page."""
    from srm_data.maintain.dictionary import write_reference

    # Files of the checkout that become pages, and where.
    names = sorted(path.stem for path in notebooks.glob("[0-9]*.ipynb"))
    pages = {f"notebooks/guide/{page}.md": f"guide/{page}.md" for page in (*GUIDE, GALLERY)}
    pages |= {f"notebooks/{name}.ipynb": f"notebooks/{name}.ipynb" for name in names}
    pages |= {"CHANGELOG.md": "changes.md", "CONTRIBUTING.md": "contributing.md"}
    pages = {old: new for old, new in pages.items() if (checkout / old).exists()}
    made = {f"exports/reference/{page}.md": f"reference/{page}.md" for page in REFERENCE}

    # Notebooks are taken as they were run; prose gets its links changed.
    for old, new in pages.items():
        (source / new).parent.mkdir(parents=True, exist_ok=True)
        if new.startswith("notebooks/"):
            text = (notebooks / Path(new).name).read_text(encoding="utf-8")
            (source / new).write_text(_shorten_outputs(text, source), encoding="utf-8")
        else:
            text = move_links((checkout / old).read_text(encoding="utf-8"), old, pages | made)
            if new == f"guide/{GALLERY}.md":
                text = _draw_examples(text, source / "guide")
            (source / new).write_text(text, encoding="utf-8")
    write_reference(source / "reference", tables)

    # Names in Python, and the list of all pages.
    (source / "api").mkdir()
    for module in ROOMS:
        (source / f"api/{module}.rst").write_text("\n".join(describe_names(module)), encoding="utf-8")
    guide = [new.removesuffix(".md") for new in pages.values() if new.startswith("guide/")]
    parts = {
        "Guide": guide,
        "Notebooks": [f"notebooks/{name}" for name in names],
        "Names in Python": [f"api/{module}" for module in ROOMS],
        "Reference": [*(f"reference/{page}" for page in REFERENCE), "contributing", "changes"],
    }
    lists = ["# Guide and reference\n"]
    for title, listed in parts.items():
        cards = "\n".join(_write_card(source, page) for page in listed)
        lists.append(f"## {title}\n\n`````{{grid}} 1 2 3 3\n:gutter: 3\n\n{cards}\n`````\n")
        pages_of_part = "\n".join(listed)
        lists.append(f"```{{toctree}}\n:caption: {title}\n:hidden:\n\n{pages_of_part}\n```\n")
    (source / "index.md").write_text("\n".join(lists), encoding="utf-8")


def _write_card(source: Path, page: str) -> str:
    """Write the card of a page: its title, and what its first sentences say."""
    path = next(file for end in ("md", "ipynb", "rst") if (file := source / f"{page}.{end}").exists())
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        text = "".join(json.loads(text)["cells"][0]["source"])
    paragraphs = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL).strip().split("\n\n")
    title = paragraphs[0].partition("\n=")[0].removeprefix("# ")
    # the first sentences of the first paragraph that is one, with the words of links alone
    first = next((part for part in paragraphs[1:] if part[0].isalnum()), "")
    words = re.sub(r"\[([^][]*)\]\([^()]*\)", r"\1", " ".join(first.split()))
    whole = re.match(r".{,170}[.?](?= |$)", words)
    summary = whole[0] if whole else words.partition(":")[0]
    return f"````{{grid-item-card}} {title}\n:link: /{page}\n:link-type: doc\n\n{summary}\n````\n"


def _shorten_outputs(text: str, source: Path) -> str:
    """Return an executed notebook without what all of them repeat.

    The script of the tables becomes one file for all, each picture a file, as letters they are a third
    larger, and the search of the whole catalogue is a link to that of the site.
    """

    def write_picture(match: re.Match[str]) -> str:
        content = base64.b64decode(match[1])
        name = f"{hashlib.sha256(content).hexdigest()[:16]}.png"
        _write_picture(source / "pictures" / name, content)
        return f"../_static/{name}"

    notebook = json.loads(text)
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            html = "".join(data.get("text/html", ""))
            # the script of all tables, the search, then pictures
            if html.startswith("<script>") and len(html) > LONG:
                scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
                (source / "tables.js").write_text("\n".join(scripts), encoding="utf-8")
                data["text/html"] = '<script src="../_static/tables.js"></script>'
            elif "<iframe" in html and len(html) > LONG:
                data["text/html"] = f'<p><a href="../../index.html">{SEARCH}</a></p>'
            elif html:
                data["text/html"] = re.sub(r"data:image/png;base64,([^\"]+)", write_picture, html)
    return json.dumps(notebook)


def move_links(text: str, old: str, pages: dict[str, str]) -> str:
    """Return a page with links to other pages of the site; of links to other files, the text stays.

    >>> move_links("[Start](guide/start.md#set-up), [MIT](LICENSE)", "README.md",
    ...            {"README.md": "about.md", "guide/start.md": "start.md"})
    '[Start](start.md#set-up), MIT'
    """

    def move(link: re.Match[str]) -> str:
        mark, words, target = link.groups()
        if target.startswith(("https://", "#")):
            return link.group()
        file, _, anchor = target.partition("#")
        new = pages.get(posixpath.normpath(posixpath.join(posixpath.dirname(old), file)))
        if new is None:
            return str(words)
        place = posixpath.relpath(new, posixpath.dirname(pages[old]) or ".")
        return f"{mark}[{words}]({place}{'#' if anchor else ''}{anchor})"

    return re.sub(r"(!?)\[([^][]*)\]\(([^()\s]+)\)", move, text)


def describe_names(module: str) -> Iterator[str]:
    """Describe the page of a module's public names: a directive of Sphinx for each."""
    title = ROOMS[module]
    room = import_module(module)
    yield from (title, "=" * len(title), "", (inspect.getdoc(room) or "").partition("\n")[0], "")
    for name in getattr(room, "__all__", None) or _list_defined(room):
        content = getattr(room, name)
        if inspect.ismodule(content):
            continue
        kind = "autoclass" if inspect.isclass(content) else "autofunction"
        yield f".. {kind}:: {module}.{name}\n"


def _list_defined(room: Any) -> list[str]:
    functions = inspect.getmembers(room, inspect.isfunction)
    return [name for name, made in functions if made.__module__ == room.__name__ and name[0] != "_"]


def _draw_examples(text: str, folder: Path) -> str:
    """Run the examples of a page one after the other, and show below each what it draws."""
    import matplotlib.pyplot as plt

    from srm_data.charts import describe_chart

    names: dict[str, Any] = {}
    parts = re.split(r"(?<=\n```\n)", text)
    for number, part in enumerate(parts):
        code = re.search(r"```python\n(.*?)```\n", part, re.DOTALL)
        if code is None:
            continue
        exec(code.group(1), names)  # a page of the checkout, as the tests run it
        if plt.get_fignums():
            picture, title = f"{GALLERY}-{number}.png", describe_chart(plt.gca())
            drawn = io.BytesIO()
            plt.savefig(drawn, format="png", bbox_inches="tight", dpi=144)
            plt.close("all")
            _write_picture(folder / picture, drawn.getvalue())
            parts[number] += f"\n![{title}]({picture})\n"
    return "".join(parts)


def _write_picture(path: Path, content: bytes) -> None:
    """Write a chart as PNG with a palette: its colours are few, and half of the bytes are enough."""
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    Image.open(io.BytesIO(content)).convert("RGB").quantize(128).save(path, optimize=True)
