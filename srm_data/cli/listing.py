"""Print cells for people: a count at the top, the customer's duties first, wrapped text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srm_data.cells import find_marks, list_marks
from srm_data.cli.layout import find_width, print_painted, print_table, print_wrapped

if TYPE_CHECKING:
    import pandas as pd

    from srm_data.load import Tables

YOURS_FIRST = ["Customer", "Shared", "AWS", "Not applicable"]
LETTERS = {"Customer": "C", "Shared": "S", "AWS": "A", "Not applicable": "\u2013"}


def print_offering(offering: pd.Series, cells: pd.DataFrame, tables: Tables) -> None:
    """Print all duties of an offering: a count, then customer, shared and AWS duties."""
    print_wrapped(
        f"{offering['offering']} ({offering['service']}, {cells['category'].iloc[0]})", "title"
    )
    print_wrapped(f"In use if: {offering['recognise']}", "soft")
    print_wrapped(describe_lists(offering["service_id"], tables), "soft")
    print_wrapped(_count(cells))
    for party in YOURS_FIRST:
        of_party = cells[cells["responsibility"] == party].sort_values("duty", ascending=False)
        if len(of_party):
            print_painted()
            print_painted((f"{party} ({len(of_party)})", party))
        for _, cell in of_party.iterrows():
            print_cell(cell, tables)


def describe_lists(service_id: str, tables: Tables) -> str:
    """Describe a service by lists: partitions, FedRAMP boundaries, and whether it is still offered.

    Each list is named with its edition, as it may have changed; that it lacks a service says nothing.
    """
    service = tables["services"].set_index("service_id").loc[service_id]
    editions = tables["sources"].set_index("source_id")["edition"]
    is_active = service["status"] == "active"
    parts = [] if is_active else [f"{service['status'].capitalize()}: {service['status_note']}"]
    for column, title, verb in (
        ("partitions", "AWS's list of endpoints", " in"),
        ("fedramp", "the FedRAMP Marketplace", ""),
    ):
        edition = editions.get(str(service[f"{column}_source_id"]), "")
        named = f"By {title} ({edition}){verb}: {service[column]}."
        parts.append(named if service[column] else f"Not named by {title}.")
    return " ".join([*parts, "Both are lists, not a verdict."])


def print_cell(cell: pd.Series, tables: Tables, *, names_offering: bool = False) -> None:
    """Print one cell: answer, customer action, basis, both halves, sources."""
    from srm_data.schema import report_link

    named = f"{cell['offering']}, {cell['duty']}" if names_offering else str(cell["duty"])
    print_wrapped(
        f"{named}: {cell['responsibility']}, customer action {cell['customer_action']}  "
        f"[{_name_marks(cell.to_frame().T)[0]}, {cell['scope']}]",
        str(cell["responsibility"]),
        indent=2,
        hang=2,
        begins=f"{named}: {cell['responsibility']}",
    )
    aws = f"AWS (by {cell['performed_by']})" if cell["performed_by"] else "AWS"
    parts = {"You": cell["customer_part"], aws: cell["aws_part"], "Note": cell["note"]}
    parts["Owner"] = cell.get("owner", "")
    for who, part in parts.items():
        if part:
            print_wrapped(f"{who}: {part}", indent=6, hang=2)

    # Sources without an address are judgements of this project, which the basis says already.
    sources = tables["sources"].set_index("source_id").loc[cell["source_ids"].split("; ")]
    for source in sources.to_dict("records"):
        if source["url"]:
            said = f"{source['url']} ({source['edition']}, read {source['accessed']})"
            print_wrapped(said, "soft", indent=6, hang=2)
    if link := report_link(cell.to_dict()):
        print_painted((f"      report: {link}", "soft"))  # one word, to be clicked


def print_short(cells: pd.DataFrame) -> None:
    """Print one line per cell."""
    headings = ["Offering", "Duty", "Responsible", "You must act", "Basis"]
    columns = ["offering", "duty", "responsibility", "customer_action", "basis"]
    if "owner" in cells:
        headings, columns = [*headings, "Owner"], [*columns, "owner"]
    rows = cells.assign(basis=_name_marks(cells))[columns].astype(str).to_numpy().tolist()
    if cells["offering_id"].nunique() == 1:
        print_painted((str(cells["offering"].iloc[0]), "title"))
        headings, rows = headings[1:], [row[1:] for row in rows]
    print_table(headings, rows)


def print_service(offerings: pd.DataFrame, cells: pd.DataFrame, tables: Tables) -> None:
    """Print the ways to run a service, with the duties of each party and the differences."""
    from srm_data.matrix import duty_distribution

    services = offerings.drop_duplicates("service_id").set_index("service_id")["service"].to_dict()
    names = list(dict.fromkeys(cells["offering"].astype(str)))
    print_wrapped(f"{', '.join(services.values())}: {len(names)} ways to run it", "title")
    for service_id, service in services.items():
        of_service = f"{service}. " if len(services) > 1 else ""
        print_wrapped(f"{of_service}{describe_lists(str(service_id), tables)}", "soft")
    counts = duty_distribution(cells, "offering").loc[names, YOURS_FIRST]
    rows = counts.reset_index().to_numpy().tolist()
    print_painted()
    print_table(
        ["No.", "Offering", *YOURS_FIRST], [[number, *row] for number, row in enumerate(rows, 1)]
    )
    _print_differences(cells, names)
    print_painted()
    print_wrapped(
        f'One of them in full: srm-data show "{names[0]}"; two of them: srm-data show "{names[0]}" '
        f'"{names[-1]}"',
        "soft",
        hang=2,
    )


def _print_differences(cells: pd.DataFrame, names: list[str]) -> None:
    answers = (
        cells.assign(offering=cells["offering"].astype(str))
        .pivot(index="duty", columns="offering", values="responsibility")[names]
        .astype(object)
    )
    differs = answers.nunique(axis="columns") > 1
    letters = answers[differs].map(LETTERS.get, na_action="ignore").fillna("")

    # in blocks, as many offerings beside each other as the terminal has room for
    duties = [str(duty) for duty in letters.index]
    label = max(map(len, duties), default=0)
    at_once = max((find_width() - label) // 4, 1)
    for start in range(0, len(names) if duties else 0, at_once):
        part = letters.iloc[:, start : start + at_once]
        print_painted()
        if not start:
            legend = ", ".join(f"{letter} {party}" for party, letter in LETTERS.items())
            print_wrapped(f"{len(duties)} of {len(answers)} duties differ ({legend}):", "title")
        numbers = [f"{start + place:>2}" for place in range(1, part.shape[1] + 1)]
        rows = zip(duties, *(part[name].str.rjust(2) for name in part), strict=True)
        print_table(["", *numbers], rows, widths=[label, *[2] * len(numbers)])
    if not differs.all():
        alike = [f"{duty} ({row.dropna().iloc[0]})" for duty, row in answers[~differs].iterrows()]
        print_painted()
        print_wrapped(f"Alike: {', '.join(alike)}", hang=2)


def print_beside(both: pd.DataFrame, *, is_whole: bool, only_ours: bool) -> None:
    """Print two offerings in two columns: duties that differ, then the names of the other duties."""
    # Offerings with the same answers may still have other things to do, which their words name.
    compared = "differs" if both["differs"].any() else "words_differ"
    shown = both[both[compared]] if is_whole else both
    if only_ours:
        ours = shown[["responsibility_a", "responsibility_b"]].isin(["Customer", "Shared"])
        shown = shown[ours.any(axis="columns")]
    names = [both.attrs["a"], both.attrs["b"]]
    if is_whole:
        print_wrapped(f"{names[0]} and {names[1]} {_describe_differences(both)}", "title")
    marks = [
        _name_marks(
            shown[[f"basis_{end}", f"scope_{end}"]].set_axis(["basis", "scope"], axis="columns")
        )
        for end in "ab"
    ]
    # Each half stands beside the same half of the other offering; a row that neither has is left out.
    for row, *signs in zip(shown.to_dict("records"), *marks, strict=True):
        print_painted()
        print_painted((str(row["duty"]), "title"))
        rows = [[f"{row[f'responsibility_{end}']}, customer action {row[f'customer_action_{end}']}"
                 for end in "ab"]]  # fmt: skip
        for who, part in {"You": "customer_part", "AWS": "aws_part", "Note": "note"}.items():
            texts = [row[f"{part}_{end}"] for end in "ab"]
            rows += [[f"{who}: {text}" if text else "" for text in texts]] if any(texts) else []
        rows.append([f"[{sign}]" for sign in signs])
        print_table(names, rows, widths=[(find_width() - 2) // 2] * 2)
    rest = both[~both[compared]] if is_whole else both.iloc[:0]
    for heading, alike in (
        ("Alike in their answers, but not in words", rest[rest["words_differ"]]),
        ("Alike", rest[~rest["words_differ"]]),
    ):
        if len(alike):
            pairs = zip(alike["duty"], alike["responsibility_a"], strict=True)
            print_painted()
            listed = ", ".join(f"{duty} ({party})" for duty, party in pairs)
            print_wrapped(f"{heading}: {listed}", hang=2)


def _describe_differences(both: pd.DataFrame) -> str:
    """Count duties with different parties, as charts do, and those where only the action differs."""
    moves = both["responsibility_a"].astype(str) != both["responsibility_b"].astype(str)
    acts = int((both["differs"] & ~moves).sum())
    more = f", and in the customer action alone of {acts} more" if acts else ""
    if words := int(both["words_differ"].sum()):
        more += f", and in words of {words} more"
    return f"differ in {int(moves.sum())} of {len(both)} duties{more}"


def _name_marks(cells: pd.DataFrame) -> list[str]:
    marks = list_marks()
    words = marks["label"].str[:1].str.lower() + marks["label"].str[1:]  # AWS keeps its capitals
    names = (marks["mark"] + " " + words).str.strip()
    return find_marks(cells).astype(object).map(names).tolist()


def _count(cells: pd.DataFrame) -> str:
    parties = cells["responsibility"].value_counts()
    whose = ", ".join(f"{parties[party]} {party}" for party in YOURS_FIRST if parties[party])
    must = int((cells["customer_action"] == "required").sum())
    counts = find_marks(cells).value_counts(sort=False)
    words = list_marks()["words"].to_dict()
    rests = ", ".join(f"{count} {words[mark]}" for mark, count in counts.items() if count)
    return f"{len(cells)} duties: {whose}. You must act on {must}. Basis: {rests}."
