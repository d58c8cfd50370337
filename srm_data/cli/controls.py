"""The command ``controls``: who addresses the controls of a framework, in common layouts."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from srm_data.cli.inputs import (
    name_offerings,
    name_sources,
    read_inventories,
    read_state,
    require_inventory,
)
from srm_data.cli.layout import find_room, list_first, print_lines, print_table
from srm_data.exceptions import SrmDataError

if TYPE_CHECKING:
    import pandas as pd

    from srm_data.load import Tables
    from srm_data.register import State

OURS = ["configured", "left", "organisation"]
"""How controls are addressed that are not inherited, and so stay with ``--left``."""
ONLY_LEFT = "Only controls that are not inherited."
MOST_IDS = 10  # that a line lists
FEDRAMP_LEVELS = ("low", "moderate", "high")


class Scope(NamedTuple):
    """What the controls are of: a part of the model, and what a register says about it."""

    model: pd.DataFrame  # with the answers of the register that leave most to the customer
    tables_model: pd.DataFrame  # without the register, for files that others get
    now: State | None  # the register, if there is one
    framework: str
    controls: Tables
    words: str
    notes: list[str]


def run_controls(options: argparse.Namespace) -> None:
    """Print or write who addresses each control, or compare it with another document."""
    from srm_data.controls import build_control_matrix, build_crm, load_controls
    from srm_data.controls.frameworks import name_frameworks
    from srm_data.controls.layouts import describe_decided
    from srm_data.load import load_tables

    # what could fail fails before anything is read
    is_book = options.format in ("cis", "crm") and not options.compare
    suffixes = [".csv", ".xlsx"] if is_book else [".csv"]
    suffixes, write = WRITERS.get(options.format, (suffixes, None))
    _require_out(options, suffixes, is_needed=write is not None)
    require_inventory(options.estate, "--estate FILE", options)

    tables, controls = load_tables(), load_controls(options.controls)
    framework = _choose_framework(options, controls) or "nist-800-53"
    chosen = _choose_model(options, tables, framework, controls)
    if write is not None:
        print(f"written: {write(options, chosen)}")
        return
    model, scope, notes = chosen.model, chosen.words, chosen.notes
    baseline = options.baseline
    is_fedramps = is_book or options.compare
    if is_fedramps and framework == "nist-800-53" and baseline in FEDRAMP_LEVELS:
        baseline = f"fedramp-{baseline}"  # the layout is FedRAMP's
    matrix = build_control_matrix(model, framework, baseline=baseline, controls=controls)
    title = f"{name_frameworks(matrix)}. {scope}"
    if options.compare:
        left = _list_left(matrix) if options.left else None
        compared = _print_comparison(options, build_crm(matrix, controls=controls), title, left)
        if options.out:
            _write_csv(options, compared)
        return

    if options.left:
        matrix = matrix[matrix["control_id"].isin(_list_left(matrix))].reset_index(drop=True)
        notes = [ONLY_LEFT, *notes]
    if matrix.empty:
        print_lines(f"{title}. No control is left: all are inherited. Nothing is written.")
        return
    decided = describe_decided(matrix)
    is_layout = options.format not in ("summary", "lines")
    if decided and (options.out or is_layout):  # the layout has no line for it
        print(f"srm-data: {decided}", file=sys.stderr)

    shown = _arrange(options, matrix, chosen)
    if options.out and options.out.suffix == ".xlsx":
        from srm_data.workbook.appendix_j import write_crm

        now = chosen.now if options.audience == "internal" else None
        written = write_crm(options.out, matrix, scope=scope, notes=notes, now=now, controls=controls)
        print(f"written: {written}")
    elif options.out:
        _write_csv(options, shown)
    elif is_layout:
        from srm_data.register.files import guard

        print(_write_plain(shown).map(guard).to_csv(index=False), end="")
    else:
        _print_rows(options, matrix, shown, title, decided)


def add_control_sheet(model: pd.DataFrame, options: argparse.Namespace) -> dict[str, pd.DataFrame]:
    """Build the control matrix for a workbook, if a framework was named."""
    from srm_data.controls import build_control_matrix, load_controls

    if options.framework is None and options.controls is None:
        if options.baseline:
            raise SrmDataError(f"--baseline {options.baseline}: expected --framework NAME with it")
        return {}
    controls = load_controls(options.controls)
    framework = _choose_framework(options, controls)
    if framework is None:
        raise SrmDataError(f"--controls {options.controls} has several frameworks; add --framework")
    matrix = build_control_matrix(model, framework, baseline=options.baseline, controls=controls)
    return {"controls": matrix}


def _choose_framework(options: argparse.Namespace, controls: Tables) -> str | None:
    """Return the named framework, or the only one in the user's folder."""
    from srm_data.controls import load_controls

    if options.framework is not None or options.controls is None:
        named: str | None = options.framework
        return named
    ids = controls["frameworks"]["framework_id"]
    own = ids[~ids.isin(load_controls()["frameworks"]["framework_id"])]
    return str(own.iloc[0]) if len(own) == 1 else None


def _require_out(options: argparse.Namespace, suffixes: list[str], *, is_needed: bool) -> None:
    """Require a file of one of the endings, or a folder where there are none."""
    place = f"a file name that ends in {' or '.join(suffixes)}" if suffixes else "the name of a folder"
    if options.out and options.out.suffix not in (suffixes or [""]):
        raise SrmDataError(f"--out {options.out}: expected {place}")
    if is_needed and not options.out:
        raise SrmDataError(f"--format {options.format}: expected --out with it, {place}")
    lost = [f"--{name}" for name in ("compare", "left") if getattr(options, name)]
    if is_needed and lost:
        raise SrmDataError(f"{', '.join(lost)}: not with --format {options.format}, which has all")


def _choose_model(
    options: argparse.Namespace, tables: Tables, framework: str, controls: Tables
) -> Scope:
    """Return the scope: its model, its words, what is open in it, and the state of the register."""
    from srm_data.cli.doubts import describe_doubts, print_doubts
    from srm_data.describe import count_things
    from srm_data.estate import in_use
    from srm_data.model import build_model
    from srm_data.names.offerings import choose_offerings
    from srm_data.register import build_cautious_model
    from srm_data.schema import name_scope

    model = build_model()
    scope, notes = name_scope(model, tables), list[str]()
    if options.estate:
        estate = read_inventories(
            options.estate, tables, strict=options.strict, corrections=options.corrections
        )
        names = name_offerings(tables)
        print_doubts(estate, names)
        notes = describe_doubts(estate, names, audience=options.audience)
        model = in_use(model, estate)
        scope = f"In use, read from {name_sources(options.estate, options.audience)}"
    if options.names:
        model = choose_offerings(model, options.names, tables=tables)
        offerings = count_things(model["offering_id"].nunique(), "offering")
        chosen = f"Chosen: {', '.join(options.names)} ({offerings})"
        scope = f"{scope}. {chosen}" if options.estate else chosen
    if model.empty:
        raise SrmDataError("nothing in use was recognised: no control can be addressed")
    now = read_state(model, options, tables)
    with_register = model if now is None else build_cautious_model(now)
    return Scope(with_register, model, now, framework, controls, scope, notes)


def _list_left(matrix: pd.DataFrame) -> list[str]:
    from srm_data.controls import build_control_summary

    summary = build_control_summary(matrix)
    ids: list[str] = summary.loc[summary["addressed"].isin(OURS), "control_id"].tolist()
    return ids


def _arrange(options: argparse.Namespace, matrix: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    from srm_data import controls as field
    from srm_data.register import list_evidence

    layouts = {
        "how-addressed": field.build_how_addressed,
        "cis": field.build_cis,
        "caiq": field.build_caiq,
    }
    if options.format == "crm":
        now = scope.now if options.audience == "internal" else None
        evidence = None if now is None else list_evidence(now)
        return field.build_crm(matrix, controls=scope.controls, evidence=evidence)
    if options.format in layouts:
        return layouts[options.format](matrix, controls=scope.controls)
    return matrix if options.format == "lines" else field.build_control_summary(matrix)


def _write_plain(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.astype("object").fillna("").astype(str)


def _write_csv(options: argparse.Namespace, rows: pd.DataFrame) -> None:
    from srm_data.register.files import write_own_file

    print(f"written: {write_own_file(options.out, _write_plain(rows))}")


def _print_rows(
    options: argparse.Namespace, matrix: pd.DataFrame, shown: pd.DataFrame, title: str, decided: str
) -> None:
    """Print counts by family and one line per row."""
    from srm_data.controls import build_control_summary, control_distribution, describe_controls
    from srm_data.controls.frameworks import describe_baseline

    counts = control_distribution(build_control_summary(matrix))
    documented = int(matrix["documented"].sum()) / max(int(matrix["cells"].sum()), 1)
    share = f"Of the underlying cells, {documented:.0%} are documented."
    only, summed = ONLY_LEFT if options.left else "", f"{describe_controls(counts)}."
    for sentence in filter(None, (title, only, summed, share, describe_baseline(matrix), decided)):
        print_lines(sentence)
    print()
    families = counts.reset_index()
    print_table([*families], families.itertuples(index=False, name=None), width=find_room())
    print()
    for row in shown.to_dict("records"):
        service = f"  {row['service'] or '-'}" if options.format == "lines" else ""
        first = f"{row['control_id']:10} {row['addressed']:14} "
        print_lines(f"{row['title']}{service}", first=first, indent=len(first))


def _print_comparison(
    options: argparse.Namespace, ours: pd.DataFrame, title: str, left: list[str] | None
) -> pd.DataFrame:
    """Print how far a provider's CRM agrees, all differences, and what could not be compared."""
    from srm_data.controls import compare_crm, read_crm
    from srm_data.controls.crm import is_read
    from srm_data.controls.ids import fold_control_id
    from srm_data.describe import count_things

    lines = read_crm(options.compare)
    compared = compare_crm(lines, ours)
    if left is not None:
        is_left = compared["control_id"].isin(left) | (compared["ours"] == "")
        compared = compared[is_left].reset_index(drop=True)

    # values that are none of the three, with their sheets and rows
    folded = lines["control_id"].map(fold_control_id)
    rows = lines[~is_read(lines) & folded.isin(compared["control_id"].map(fold_control_id))]
    unread = [
        f"{row['control_id']} {row['inherited']!r} (sheet {row['sheet']!r}, row {row['row']})"
        for row in rows.to_dict("records")
    ]

    only = f" {ONLY_LEFT}" if options.left else ""
    print_lines(f"Ours: {title}. Theirs: the document compared.{only}")
    both = compared[compared["agrees"].notna()]
    print(f"\n{int(both['agrees'].sum())} of {len(both)} common controls agree")
    for noun, text, listed in (
        ("value", "not read (expected Yes, Partial or No)", unread),
        ("control", "only theirs", compared.loc[compared["ours"] == "", "control_id"].tolist()),
        ("control", "without a value of theirs",
         compared.loc[compared["theirs"] == "", "control_id"].tolist()),
    ):  # fmt: skip
        if listed:
            print_lines(f"{count_things(len(listed), noun)} {text}: {list_first(listed, MOST_IDS)}")
    differing = both[~both["agrees"].astype(bool)]
    if len(differing):
        print(f"\n{'control':10} {'theirs':9} / ours")
    for control_id, theirs, value in differing[["control_id", "theirs", "ours"]].to_numpy():
        print(f"{control_id:10} {theirs:9} / {value}")
    return compared


def _write_oscal(options: argparse.Namespace, scope: Scope) -> Path:
    from srm_data.controls.oscal import write_oscal

    now = scope.now
    if now is not None and options.audience != "internal":
        print("srm-data: publishable: nothing of the register is written", file=sys.stderr)
        now = None
    if not options.estate and not options.names:
        print("srm-data: no plan is written of the whole catalogue: name offerings", file=sys.stderr)
    return write_oscal(
        options.out,
        scope.tables_model,
        scope.framework,
        baseline=options.baseline,
        now=now,
        controls=scope.controls,
    )


def _read_now(options: argparse.Namespace, scope: Scope) -> State:
    """Return the state of the register; without one, nobody has entered anything."""
    from srm_data.register import make_entries, state
    from srm_data.schema import read_package

    if scope.now is not None and options.audience == "internal":
        return scope.now
    if scope.now is not None:
        print("srm-data: publishable: nothing of the register is written", file=sys.stderr)
    day = str(read_package()["created"])[:10]
    return state(make_entries([]), scope.tables_model, on=day)


def _write_tasks(options: argparse.Namespace, scope: Scope) -> Path:
    from srm_data.controls import build_control_matrix, build_task_list
    from srm_data.register.files import write_own_file

    matrix = build_control_matrix(
        scope.tables_model, scope.framework, baseline=options.baseline, controls=scope.controls
    )
    now, address = _read_now(options, scope), options.site or ""
    return write_own_file(options.out, build_task_list(now, matrix=matrix, address=address))


def _write_raci(options: argparse.Namespace, scope: Scope) -> Path:
    from srm_data.controls import build_raci
    from srm_data.register.files import write_own_file

    return write_own_file(options.out, build_raci(_read_now(options, scope)))


def _write_library(options: argparse.Namespace, scope: Scope) -> Path:
    from srm_data.controls import write_ciso_assistant

    return write_ciso_assistant(options.out, scope.tables_model, controls=scope.controls)


def _write_applied(options: argparse.Namespace, scope: Scope) -> Path:
    from srm_data.controls import build_applied_controls
    from srm_data.register.files import write_own_file

    applied = build_applied_controls(_read_now(options, scope), address=options.site or "")
    return write_own_file(options.out, applied)


WRITERS: dict[str, tuple[list[str], Callable[[argparse.Namespace, Scope], Path]]] = {
    "applied-controls": ([".csv"], _write_applied),
    "ciso-assistant": ([], _write_library),
    "oscal": ([], _write_oscal),
    "raci-csv": ([".csv"], _write_raci),
    "tasks-csv": ([".csv"], _write_tasks),
}
"""Formats of other tools: endings of ``--out``, none for a folder, and what writes them."""
