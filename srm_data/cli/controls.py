"""The command ``controls``: who addresses the controls of a framework, in common layouts."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from srm_data.cli.inputs import describe_doubts, print_doubts, read_scope
from srm_data.cli.layout import find_room, list_first, print_table, print_wrapped
from srm_data.exceptions import SrmDataError

if TYPE_CHECKING:
    import pandas as pd

    from srm_data.cli.inputs import Scope
    from srm_data.load import Tables

OURS = ["configured", "left", "organisation"]
"""How controls are addressed that are not inherited, and so stay with ``--left``."""
ONLY_LEFT = "Only controls that are not inherited."
MOST_IDS = 10  # that a line lists
FEDRAMP_LEVELS = ("low", "moderate", "high")
FOR_TOOLS = {
    "applied-controls": ".csv", "ciso-assistant": "", "oscal": "", "raci-csv": ".csv",
    "tasks-csv": ".csv",
}  # fmt: skip
"""Formats that are written for other tools, and the ending of ``--out``; without one, a folder."""


def run_controls(options: argparse.Namespace) -> None:
    """Print or write who addresses each control, or compare it with another document."""
    from srm_data.controls import build_control_matrix, build_crm, load_controls
    from srm_data.controls.frameworks import name_frameworks
    from srm_data.controls.layouts import describe_decided
    from srm_data.describe import count_things
    from srm_data.load import CORE
    from srm_data.register import build_cautious_model
    from srm_data.schema import name_scope

    # what could fail fails before anything is read
    is_book = options.format in ("cis", "crm") and not options.compare
    _require_out(options, is_book=is_book)
    controls = load_controls(options.controls)
    framework = _choose_framework(options, controls) or "nist-800-53"

    scope = read_scope(options, files=options.estate, names=options.names, duty_sets=CORE, usual=True)
    print_doubts(scope)
    if scope.model.empty:
        raise SrmDataError("nothing in use was recognised: no control can be addressed")
    # Other tools get the answers of the documents, and what the register says in fields of its own.
    if options.format in FOR_TOOLS:
        print(f"written: {_write_for_tool(options, scope, framework, controls)}")
        return
    notes = describe_doubts(scope, audience=options.audience)
    words = scope.words or name_scope(scope.model, scope.tables)
    if options.names:
        words += f" ({count_things(scope.model['offering_id'].nunique(), 'offering')})"

    baseline = options.baseline
    is_fedramps = is_book or options.compare
    if is_fedramps and framework == "nist-800-53" and baseline in FEDRAMP_LEVELS:
        baseline = f"fedramp-{baseline}"  # the layout is FedRAMP's
    model = scope.model if scope.now is None else build_cautious_model(scope.now)
    matrix = build_control_matrix(model, framework, baseline=baseline, controls=controls)
    title = f"{name_frameworks(matrix)}. {words}"
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
        print_wrapped(f"{title}. No control is left: all are inherited. Nothing is written.")
        return
    decided = describe_decided(matrix)
    is_layout = options.format not in ("summary", "lines")
    if decided and (options.out or is_layout):  # the layout has no line for it
        print(f"srm-data: {decided}", file=sys.stderr)

    now = scope.now if options.audience == "internal" else None
    shown = _arrange(options, matrix, scope, controls)
    if options.out and options.out.suffix == ".xlsx":
        from srm_data.workbook.appendix_j import write_crm

        written = write_crm(options.out, matrix, scope=words, notes=notes, now=now, controls=controls)
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


def _require_out(options: argparse.Namespace, *, is_book: bool) -> None:
    """Require a file of one of the endings, or a folder where there are none."""
    ending = FOR_TOOLS.get(options.format)
    endings = [".csv", ".xlsx"] if is_book else [".csv"] if ending is None else [ending]
    place = (
        f"a file name that ends in {' or '.join(endings)}" if any(endings) else "the name of a folder"
    )
    if options.out and options.out.suffix not in endings:
        raise SrmDataError(f"--out {options.out}: expected {place}")
    if ending is None:
        return
    if not options.out:
        raise SrmDataError(f"--format {options.format}: expected --out with it, {place}")
    if lost := [f"--{name}" for name in ("compare", "left") if getattr(options, name)]:
        raise SrmDataError(f"{', '.join(lost)}: not with --format {options.format}, which has all")


def _list_left(matrix: pd.DataFrame) -> list[str]:
    from srm_data.controls import build_control_summary

    summary = build_control_summary(matrix)
    ids: list[str] = summary.loc[summary["addressed"].isin(OURS), "control_id"].tolist()
    return ids


def _arrange(
    options: argparse.Namespace, matrix: pd.DataFrame, scope: Scope, controls: Tables
) -> pd.DataFrame:
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
        return field.build_crm(matrix, controls=controls, evidence=evidence)
    if options.format in layouts:
        return layouts[options.format](matrix, controls=controls)
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
        print_wrapped(sentence)
    print()
    families = counts.reset_index()
    print_table([*families], families.itertuples(index=False, name=None), width=find_room())
    print()
    for row in shown.to_dict("records"):
        service = f"  {row['service'] or '-'}" if options.format == "lines" else ""
        first = f"{row['control_id']:10} {row['addressed']:14} "
        print_wrapped(f"{row['title']}{service}", first=first, indent=len(first))


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
    print_wrapped(f"Ours: {title}. Theirs: the document compared.{only}")
    both = compared[compared["agrees"].notna()]
    print(f"\n{int(both['agrees'].sum())} of {len(both)} common controls agree")
    for noun, text, listed in (
        ("value", "not read (expected Yes, Partial or No)", unread),
        ("control", "only theirs", compared.loc[compared["ours"] == "", "control_id"].tolist()),
        ("control", "without a value of theirs",
         compared.loc[compared["theirs"] == "", "control_id"].tolist()),
    ):  # fmt: skip
        if listed:
            print_wrapped(f"{count_things(len(listed), noun)} {text}: {list_first(listed, MOST_IDS)}")
    differing = both[~both["agrees"].astype(bool)]
    if len(differing):
        print(f"\n{'control':10} {'theirs':9} / ours")
    for control_id, theirs, value in differing[["control_id", "theirs", "ours"]].to_numpy():
        print(f"{control_id:10} {theirs:9} / {value}")
    return compared


def _write_for_tool(
    options: argparse.Namespace, scope: Scope, framework: str, controls: Tables
) -> Path:
    """Write what another tool reads; what a register says is for internal use alone."""
    from srm_data import controls as field
    from srm_data.register import make_entries, state
    from srm_data.register.files import write_own_file
    from srm_data.schema import read_package

    out, model = options.out, scope.model
    if options.format == "ciso-assistant":
        return field.write_ciso_assistant(out, model, controls=controls)
    now = scope.now if options.audience == "internal" else None
    if now is not scope.now:
        print("srm-data: publishable: nothing of the register is written", file=sys.stderr)
    plan = {"baseline": options.baseline, "controls": controls}
    if options.format == "oscal":
        if not options.estate and not options.names:
            text = "no plan is written of the whole catalogue: name offerings"
            print(f"srm-data: {text}", file=sys.stderr)
        return field.write_oscal(out, model, framework, now=now, **plan)

    # Without a register, nobody has entered anything.
    if now is None:
        now = state(make_entries([]), model, on=str(read_package()["created"])[:10])
    address = options.site or ""
    if options.format == "raci-csv":
        rows = field.build_raci(now)
    elif options.format == "applied-controls":
        rows = field.build_applied_controls(now, address=address)
    else:
        matrix = field.build_control_matrix(model, framework, **plan)
        rows = field.build_task_list(now, matrix=matrix, address=address)
    return write_own_file(out, rows)
