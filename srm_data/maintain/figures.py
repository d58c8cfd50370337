"""Update the figures and the example in README.md and CHANGELOG.md for a release."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from srm_data.exceptions import ReleaseError

if TYPE_CHECKING:
    from srm_data.load import Tables

UNRELEASED = "## Unreleased"
CELL_SHOWN = ("eks-managed-node-groups", "guest-os-patching")
"""Offering and duty of the cell that the README explains."""


def count_figures(tables: Tables) -> str:
    """Describe the size of the catalogue in two sentences.

    Parameters
    ----------
    tables
        Frames from :func:`~srm_data.load_tables`.
    """
    from srm_data.model import build_model

    model = build_model(tables)
    documented = model[model["basis"] == "documented"]
    cited = set(documented["source_ids"].str.split("; ").explode())
    urls = tables["sources"].loc[tables["sources"]["source_id"].isin(cited), "url"]
    pages = urls[urls != ""].nunique()
    return (
        f"{len(tables['services']):,} services, {len(tables['offerings']):,} offerings, "
        f"{len(model):,} cells. {len(documented):,} of them are documented, on {pages:,} pages; "
        f"the other cells say that they are not. {len(tables['aliases']):,} identifiers of other "
        f"vocabularies are known, and {len(tables['not_services']):,} that name no service."
    )


def describe_cell(
    model: pd.DataFrame,
    tables: Tables,
    *,
    offering_id: str = CELL_SHOWN[0],
    duty_id: str = CELL_SHOWN[1],
) -> str:
    """Describe one cell as a Markdown table, with its source.

    Raises
    ------
    ReleaseError
        If the model does not have the cell.
    """
    chosen = model[(model["offering_id"] == offering_id) & (model["duty_id"] == duty_id)]
    if chosen.empty:
        raise ReleaseError(
            f"the tables have no cell {offering_id!r}, {duty_id!r}, which the README shows"
        )
    cell = chosen.iloc[0]
    source = tables["sources"].set_index("source_id").loc[cell["source_ids"].split("; ")[0]]
    heading = cell["sections"].split(" | ")[0]
    edition = f", {source['edition']}" if source.get("edition") else ""
    rows = {
        "Offering, duty": f"{cell['offering']}, {cell['duty']}",
        "Responsible": f"**{cell['responsibility']}**",
        "AWS's part": cell["aws_part"],
        "Customer's part": cell["customer_part"],
        "Note": cell["note"],
        "Basis": cell["basis"],
        "Source": f"[{source['title']}]({source['url']}), under *{heading}*{edition}, "
        f"read {source['accessed']}",
    }
    lines = [f"| {name} | {text} |" for name, text in rows.items() if text]
    return "\n".join(["| | |", "|---|---|", *lines])


def fill_block(text: str, name: str, content: str) -> str:
    r"""Replace the text between the markers of a block, which are Markdown comments.

    Raises
    ------
    ReleaseError
        If the text does not have the block.

    Examples
    --------
    >>> print(fill_block("<!-- release: day -->\nold\n<!-- end -->", "day", "new"))
    <!-- release: day -->
    new
    <!-- end -->
    """
    start = f"<!-- release: {name} -->"
    pattern = rf"({re.escape(start)}\n).*?(\n<!-- end -->)"
    if not re.search(pattern, text, re.DOTALL):
        raise ReleaseError(f"no block {start!r} that ends in '<!-- end -->'")
    return re.sub(pattern, lambda match: match[1] + content + match[2], text, count=1, flags=re.DOTALL)


def head_changelog(text: str, version: str, figures: str) -> str:
    """Replace the heading "Unreleased" with the version, and add the figures below it.

    Raises
    ------
    ReleaseError
        If there is no unreleased section.
    """
    block = re.search(rf"(?ms)^{UNRELEASED}\n(.*?)(?=^## |\Z)", text)
    if block is None or not block[1].strip():
        raise ReleaseError(f"CHANGELOG.md: expected changes below the heading {UNRELEASED!r}")
    return text.replace(f"{UNRELEASED}\n", f"## {version}\n\n{figures}\n", 1)


def check_pictures(readme: str, tables: Tables) -> None:
    """Raise an error unless the README shows exactly the pictures that are drawn.

    Raises
    ------
    ReleaseError
        If the pictures differ. The message names those that are missing.
    """
    from srm_data.maintain.pictures import list_pictures

    shown = set(re.findall(r"\]\(exports/pictures/(.+)\.svg\)", readme))
    drawn = {picture.name for picture in list_pictures(tables)}
    if shown != drawn:
        raise ReleaseError(
            f"README.md and the pictures that are drawn differ in {sorted(shown ^ drawn)}; "
            "expected each of them once in both"
        )
