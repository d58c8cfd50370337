"""Sheets of prose: cover and legend."""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Any

from openpyxl.worksheet.worksheet import Worksheet

from srm_data.cells import list_marks
from srm_data.controls.frameworks import describe_framework
from srm_data.describe import describe_assumed, describe_estate, describe_resources
from srm_data.estate.use import choose_counted
from srm_data.matrix import resource_distribution
from srm_data.model import ACTION_MEANINGS
from srm_data.organisation.cell_status import AGREED, CELL_STATUSES, CHANGED, NOT_OURS, QUESTION
from srm_data.organisation.register import (
    DONE,
    IN_CONFLICT,
    IN_FORCE,
    KEPT,
    LOOK_AGAIN,
    OPEN,
    describe_conflicts,
)
from srm_data.schema import INDEPENDENT, LICENCE, SEAT
from srm_data.workbook.approvals import find_approval
from srm_data.workbook.content import DECIDED, Content
from srm_data.workbook.format import (
    APPROVED_BY,
    COVER_SHEET,
    DECISION,
    HISTORY_HEADER,
    NEXT_REVIEW,
    OWNER,
    REGISTER_SHEET,
    RESPONSIBILITY,
    REVIEWED_SHEET,
    REVISION,
    SIGN_OFF,
    SIGN_OFF_HEADER,
    STATUS,
    VERSION,
    is_revision,
)
from srm_data.workbook.layout import Line, fit_rows, link_place, set_lines, set_up_print, set_widths
from srm_data.workbook.results import list_results
from srm_data.workbook.sheets.responsibilities import write_date
from srm_data.workbook.styles import Look
from srm_data.xlsx.writer import Body, clean_text

TITLE = "AWS Shared Responsibility Matrix"
STATUSES = (IN_CONFLICT, LOOK_AGAIN, OPEN, IN_FORCE, KEPT, DONE)
NO_ADVICE = (
    "AWS's own documents and your agreement with AWS decide. Check the source of a cell before you "
    "rely on it."
)
RESULTS = ("Who is responsible", "Basis", "Still to do")
HOW_TO_REVIEW = (
    f"1. Open the sheet {REVIEWED_SHEET} and filter {OWNER} by your name. Undocumented required "
    "actions come first.",
    f"2. If the answer is right, enter {AGREED} under {STATUS} once, and fill it down. If you do not "
    f"know, enter {QUESTION}.",
    f"3. If another answer applies to you, choose it under {DECISION}, with a reason, your name and "
    "the date.",
    "4. Fill in the fields above, and send the workbook back: the next one keeps your entries.",
)
OF_ESTATE = (
    "This workbook has the whole catalogue, for reference. For a review, make a workbook of what you "
    "run: srm-data estate FILE --out ours.xlsx, or srm-data export --only SERVICE --out ours.xlsx."
)
LEFT_OUT = (
    "This copy may be published: names, remarks, owners and status of reviewers, the sign-off, and "
    "what was read of an inventory (resources, accounts, Regions, costs), are left out."
)


def fill_cover(sheet: Worksheet, look: Look, content: Content, purposes: dict[str, str]) -> None:
    """Write the description, results, sign-off, reading instructions and contents of the workbook."""
    sheet.title = COVER_SHEET
    set_widths(sheet, [20, 96, 16, 12])
    row = set_lines(sheet, look, _describe_book(content))
    for label, result in zip(RESULTS, list_results(content), strict=True):
        look.put(sheet.cell(row, 1), "label", label)
        look.put(sheet.cell(row, 2), "prose", result)
        row += 1
    row = set_lines(sheet, look, _describe_estate(content), start=row) + 1

    row = _set_sign_off(sheet, look, content, row)
    row = set_lines(sheet, look, [*_describe_review(content), *_describe_cells(content)], start=row)

    for title, purpose in purposes.items():
        set_lines(sheet, look, [[("prose_link", title), ("prose", purpose)]], start=row)
        link_place(sheet, row, title)
        row += 1

    closing: list[Line] = [
        [],
        [("heading", "Disclaimer")],
        _entry("Independent", INDEPENDENT),
        _entry("Not legal advice", NO_ADVICE),
        _entry("Licence", LICENCE),
    ]
    set_lines(sheet, look, closing, start=row)

    set_up_print(sheet, content.footer, landscape=False)
    sheet.page_setup.fitToHeight = 1


def _describe_book(content: Content) -> list[Line]:
    model = content.model
    offerings, services = model["offering_id"].nunique(), model["service_id"].nunique()
    scope = (
        f"{content.scope}: {offerings} {'offering' if offerings == 1 else 'offerings'} of {services} "
        f"{'service' if services == 1 else 'services'}, each asked about "
        f"{model['duty_id'].nunique()} duties"
    )
    framework: list[Line] = []
    if content.controls is not None:
        said = f"{clean_text(describe_framework(content.controls))}. See the sheet Controls."
        framework = [_entry("Framework", said)]
    return [
        [("title", TITLE)],
        [("caption", "Who is responsible for what, for each way to run an AWS service")],
        [],
        _entry("Scope", scope),
        *framework,
        _entry("As of", f"{content.made:%d %B %Y}, data version {content.version}"),
        _entry("Whose seat", SEAT),
    ]


def _describe_estate(content: Content) -> list[Line]:
    if not content.is_internal:
        assumed = describe_assumed(content.model)
        return [_entry("Assumed", f"{assumed}.")] if assumed else []
    if content.estate is None:
        return []
    counted, noun = choose_counted(content.model, content.estate)
    weighs = describe_resources(resource_distribution(counted), noun=noun)
    return [
        _entry("What was read", f"{describe_estate(content.estate)}."),
        _entry("What weighs most", f"{weighs}."),
    ]


def _set_sign_off(sheet: Worksheet, look: Look, content: Content, row: int) -> int:
    """Write the sign-off fields and the revision history, and return the next row.

    Different entries of several reviewers stand below their field, until it has a new one. So does the
    earlier workbook that an approval was given in. A publishable copy has none of
    these: its classification is not that of the workbook that was reviewed.
    """
    typed = {given["field"]: given for given in content.sign_off.to_dict("records")}
    fields = SIGN_OFF if content.is_internal else ()
    if content.is_internal:
        row = set_lines(sheet, look, [_header(*SIGN_OFF_HEADER)], start=row)
    conflicts = describe_conflicts(content.register)
    for field in fields:
        _set_fields(sheet, look, content, row, field, typed.get(field, {}))
        row += 1
        approved = _describe_approval(content) if field == APPROVED_BY else ""
        calls = filter(None, [conflicts.get(("", "", field)), approved])
        row = set_lines(sheet, look, [[("label", ""), ("call", call)] for call in calls], start=row)

    row = set_lines(sheet, look, [_header(*HISTORY_HEADER)], start=row + 1)
    for revision in _list_revisions(content):
        _set_fields(sheet, look, content, row, REVISION, revision)
        row += 1
    return row + 1


def _set_fields(
    sheet: Worksheet, look: Look, content: Content, row: int, field: str, given: dict[Hashable, str]
) -> None:
    look.put(sheet.cell(row, 1), "label", field)
    entry, day = ("entry_text", "entry_day") if content.is_internal else ("prose", "day")
    value = given.get("value", "")
    if field == NEXT_REVIEW and write_date(value) != value:
        look.put(sheet.cell(row, 2), day, write_date(value))
    else:
        look.put(sheet.cell(row, 2), entry, value or None)
    if content.is_internal:
        look.put(sheet.cell(row, 3), entry, given.get("by") or None)
    look.put(sheet.cell(row, 4), day, write_date(given.get("day", "")) or None)


def _describe_approval(content: Content) -> str:
    found = find_approval(content.sign_off)
    if found is None:
        return ""
    approval, revision = found.entry, found.revision
    by = ", ".join(filter(None, [approval["by"], approval["day"]]))
    who = f"{approval['value']} ({by})" if by else approval["value"]
    said = (
        f'For an earlier workbook: {who} approved the revision "{revision["value"]}" of '
        f"{revision['day']}."
    )
    decided = content.register.loc[content.register["kind"] == "decision", "dated"]
    later = int((decided > approval["day"]).sum()) if approval["day"] else 0
    if later:
        said += f" {later} {'decision has' if later == 1 else 'decisions have'} a later date."
    said += f" {'Other decisions' if later else 'Decisions'} {NOT_COUNTED}."
    return f"{said} To approve this workbook, make a new entry."


DAY = re.compile(r"\d{4}-\d\d-\d\d")
NOT_COUNTED = "may have been withdrawn since, or changed under their old date"
"""What the date of a decision does not say: the decisions of the approved workbook are not known."""


def _list_revisions(content: Content) -> list[dict[Hashable, str]]:
    counts = content.counts
    offerings = content.model["offering_id"].nunique()
    decided = counts.where(counts.basis(DECIDED)).value
    noun = "offering" if offerings == 1 else "offerings"
    if not content.is_internal:
        what = f"{VERSION} {content.version}: {offerings} {noun}, {decided:,} decided"
        return [{"value": what, "by": "", "day": f"{content.made:%Y-%m-%d}"}]

    # Parts that add up to all cells: a decided cell counts as such, whatever its status.
    first, *others = CELL_STATUSES  # the first one, open, is the rest
    statuses = [*others, first]
    numbers = {it: counts.where(counts.status(it)).value for it in statuses}
    parts = [
        f"{number:,} {'in question' if status == QUESTION else status}"
        for status, number in numbers.items()
        if number or status not in (CHANGED, NOT_OURS)
    ]
    revisions = content.sign_off[content.sign_off["field"] == REVISION].to_dict("records")
    number = 1 + sum(is_revision(revision["value"]) for revision in revisions)
    what = (
        f"{VERSION} {content.version}, workbook {number}: {offerings} {noun}, {counts.total:,} cells: "
        f"{decided:,} decided, of the others {', '.join(parts)}"
    )
    this: dict[Hashable, str] = {"value": what, "by": "", "day": _find_day(content)}
    return [*revisions, this, {}]


def _find_day(content: Content) -> str:
    """Return the day of the workbook: that of its data, or of the latest decision in it.

    The clock does not count, as the same data and decisions make the same bytes.
    """
    decided = content.register.loc[content.register["kind"] == "decision", "dated"]
    return max([f"{content.made:%Y-%m-%d}", *filter(DAY.fullmatch, map(str, decided))])


def _describe_review(content: Content) -> list[Line]:
    if not content.is_internal:
        return [_entry("Audience", LEFT_OUT), []]
    lines: list[Line] = [[("heading", "How to review")]]
    if content.is_live:
        lines += [[("label", ""), ("prose", line)] for line in HOW_TO_REVIEW]
    else:
        lines += [[("label", ""), ("prose", OF_ESTATE)]]
    if len(content.register):
        counts = content.register["status"].value_counts()
        said = ", ".join(
            f"{counts[status]} {status.lower()}" for status in STATUSES if status in counts
        )
        lines.append(_entry("So far", f"{said}: see the sheet {REGISTER_SHEET}."))
    return [*lines, []]


def _describe_cells(content: Content) -> list[Line]:
    codes = content.tables["responsibilities"].sort_values("position")
    bases = list_marks().to_dict("records")
    counts = {
        basis["label"]: content.counts.where(content.counts.basis(basis["label"])) for basis in bases
    }
    cells = f"{len(content.model):,} cells"
    return [
        [("heading", "How to read a cell")],
        *([_party(code), ("prose", code["meaning"])] for code in codes.to_dict("records")),
        [],
        [("heading", "The basis of a cell")],
        *(
            _entry(basis["label"], f"{counts[basis['label']].value:,} of {cells}. {basis['meaning']}")
            for basis in bases
            if counts[basis["label"]].value
        ),
        [],
        [("heading", "Contents of this workbook")],
    ]


def fill_legend(sheet: Worksheet, look: Look, content: Content) -> Body:
    """Explain codes, bases and categories, and list the terms of other frameworks."""
    codes, kinds = content.tables["responsibilities"], content.tables["categories"]
    lines: list[Line] = [
        [("title", "Legend")],
        [],
        [("heading", "Responsibilities, and what other frameworks call them")],
        _header(RESPONSIBILITY, "Meaning", "OSCAL", "AWS's page", "FedRAMP CRM: can be inherited",
                "CAIQ v4"),
        *(
            [_party(code), *_text(code["meaning"], code["oscal_term"], code["aws_page_term"],
                                  code["fedramp_crm_term"], code["caiq_term"])]
            for code in codes.to_dict("records")
        ),
        [],
        [("heading", "Customer action: must we do something?")],
        _header("Customer action", "Meaning"),
        *(_text(action, meaning) for action, meaning in ACTION_MEANINGS.items()),
        [],
        [("heading", "Basis: what an answer rests on")],
        _header("Basis", "What a reader may conclude"),
        *(
            _text(f"{mark} {label}".strip(), meaning)
            for mark, label, meaning in list_marks()[["mark", "label", "meaning"]].to_numpy()
        ),
        [],
        [("heading", "Categories of service")],
        _header("Category", "What belongs here", "AWS's part, and the customer's"),
        *(
            _text(kind["category"], f"{kind['definition']} Examples: {kind['examples']}.",
                  f"{kind['aws_part']} {kind['customer_part']}")
            for kind in kinds.to_dict("records")
        ),
    ]  # fmt: skip

    widths = [22, 52, 52, 18, 20, 24]
    set_widths(sheet, widths)
    set_lines(sheet, look, lines)
    fit_rows(sheet, lines, widths)
    set_up_print(sheet, content.footer)
    sheet.page_setup.fitToHeight = 1
    return Body()


def _party(code: dict[Any, Any]) -> tuple[str, str]:
    return f"party:{code['responsibility']}", f"{code['letter']}   {code['responsibility']}"


def _entry(label: str, text: str) -> Line:
    return [("label", label), ("prose", text)]


def _header(*texts: str) -> Line:
    return [("header", text) for text in texts]


def _text(*texts: str) -> Line:
    return [("text", text) for text in texts]
