"""The matrix: a letter for each offering and duty."""

from __future__ import annotations

from srm_data.cells import list_marks
from srm_data.schema import CELL
from srm_data.workbook.content import Content
from srm_data.workbook.layout import Column, Plan, Text, make_bands, make_head
from srm_data.workbook.reviewed import REVIEWED_ROW, refer_to
from srm_data.xlsx.writer import Formula

FEW, FEW_ON_PAPER = 8, 60  # offerings up to which they stand side by side
ON_ONE_PAGE = 40  # rows that are legible on one
UPRIGHT_PAGE, BROAD_PAGE = 20, 28  # columns of letters that are legible on one
UPRIGHT, UPRIGHT_ON_PAPER, UPRIGHT_BANDS = 124, 150, 74
"""Points of an upright header, longer ones broken in two, and its filter button."""


def build_matrix(content: Content) -> Plan:
    """Build the matrix of offerings and duties, with a letter and a basis mark in every cell.

    A few offerings are shown side by side, with one row per duty; otherwise there is one row per
    offering.
    """
    on_paper = content.for_print
    offerings, duties = (_map_values(content, f"{name}_id", name) for name in ("offering", "duty"))
    layers = _map_values(content, "duty_id", "layer")
    letters = dict(zip(zip(*(content.values[key] for key in CELL), strict=True),
                       content.values["letter"], strict=True))  # fmt: skip
    codes = content.tables["responsibilities"].sort_values("position")
    parties = dict(zip(codes["letter"], codes["responsibility"], strict=True))
    is_few = len(offerings) <= FEW
    is_tall = len(offerings) <= (FEW_ON_PAPER if on_paper else FEW)
    rows, across = (duties, offerings) if is_tall else (offerings, duties)

    # letters, paler for defaults; a part of a model may lack cells
    widths = (13.5, 13.5) if is_few else (3.6, 4)
    middle = []
    for of, name in across.items():
        texts = [letters.get((of, row) if is_tall else (row, of), "") for row in rows]
        styles = [
            f"{'party' if text[1:].strip('?') else 'pale'}:{parties[text[0]]}" if text else "answer"
            for text in texts
        ]
        middle.append(Column(name, widths[not on_paper], styles, texts))

    # what stands beside the letters: on a screen also layers, or links and counts
    counts = []
    if is_tall:
        first = [Column("Duty", 22 if on_paper else 26, "text_line", [*rows.values()])]
        if not on_paper:
            first.append(Column("Layer", 18, "text_line", [layers[row] for row in rows]))
        last = [Column("duty_id", 26, "text_soft", [*rows])]
    else:
        first = [Column("Offering", 32, "text_line", [*rows.values()])]
        if not on_paper:
            first = [Column("Offering", 32, "text_line", _link_to_rows(rows, content.reviewed_sheet))]
            of_rows = list(zip(*([str(text)[:1] for text in it.values] for it in middle), strict=True))
            counts = [
                Column(party, 5, "number", [row.count(letter) for row in of_rows])
                for letter, party in parties.items()
            ]
        groups, kinds = (
            _map_values(content, "offering_id", name) for name in ("product_group", "category")
        )
        last = [
            Column("Product group", 31, "text_line", [groups[row] for row in rows]),
            Column("Category", 16, "text_line", [kinds[row] for row in rows]),
            Column("offering_id", 28, "text_soft", [*rows]),
        ]

    # the key stands above the table or, as a page may be one of several, above each page
    key = _describe_letters(content, parties)
    texts = [] if on_paper else make_head("Offering matrix", *key)
    if not is_tall:  # the layers above upright headers
        counted = [*(layers[it] for it in across), *["Count"] * len(counts)]
        bands = make_bands(counted, [column.width for column in [*middle, *counts]])
        texts.append(Text([("", None), *bands], UPRIGHT_BANDS))
    pages = -(-len(across) // (UPRIGHT_PAGE if is_tall else BROAD_PAGE)) if on_paper else 1
    return Plan(
        texts, [*first, *middle, *counts, *last], "OfferingMatrix", frozen=len(first),
        header_height=62 if is_few else UPRIGHT_ON_PAPER if is_tall else UPRIGHT,
        landscape=is_few or not is_tall, printed=len(first) + len(middle) + len(counts),
        pages=(pages, int(len(rows) <= ON_ONE_PAGE)),
        header=f"&A \N{EN DASH} {' '.join(key)}" if on_paper else "",
    )  # fmt: skip


def build_matrices(content: Content) -> dict[str, Plan]:
    """Build the matrix on paper, with the duties of AI apart if only some offerings have them."""
    duties = content.tables["duties"]
    is_ai = content.values["duty_id"].isin(duties.loc[duties["duty_set"].eq("ai"), "duty_id"])
    offerings = content.values["offering_id"]
    if set(offerings[is_ai]) in (set(), set(offerings)):
        return {"Matrix": build_matrix(content)}
    core, ai = (build_matrix(content._replace(values=content.values[rows])) for rows in (~is_ai, is_ai))
    return {"Matrix": core, "Matrix of AI": ai._replace(name="MatrixOfAI")}


def _map_values(content: Content, key: str, name: str) -> dict[str, str]:
    """Return the names of a key, in the order that their column has."""
    names = dict(zip(content.values[key], content.values[name], strict=True))
    order = {text: place for place, text in enumerate(content.model[name].cat.categories)}
    return dict(sorted(names.items(), key=lambda pair: order[pair[1]]))


def _describe_letters(content: Content, parties: dict[str, str]) -> list[str]:
    """Describe the letters and the signs after them."""
    marks = list_marks()
    signs = marks.loc[marks.index.isin(set(content.values["basis"])) & marks["mark"].ne("")]
    named = ", ".join(f"{letter} {party}" for letter, party in parties.items())
    legend = ", ".join(f"{mark} {words}" for mark, words in signs[["mark", "words"]].to_numpy())
    return [f"{named}. As of {content.now.day}.", f"{legend}; defaults are paler."]


def _link_to_rows(offerings: dict[str, str], tab: str) -> list[Formula]:
    return [
        Formula(
            f"HYPERLINK(\"#'{tab}'!A\"&"
            f'(MATCH("{key}",{refer_to("offering_id")},0)+{REVIEWED_ROW}),'
            f'"{name.replace(chr(34), chr(34) * 2)}")',
            name,
        )
        for key, name in offerings.items()
    ]
