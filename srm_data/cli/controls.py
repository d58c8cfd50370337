"""The command ``controls``: who addresses the controls of a framework, in common layouts."""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from srm_data import controls as field
from srm_data.cli.formats import OF_CONTROLS
from srm_data.cli.inputs import Scope, describe_doubts, print_doubts, read_scope
from srm_data.cli.layout import find_room, list_first, print_frame, print_wrapped, warn
from srm_data.controls import build_control_matrix, build_control_summary, load_controls
from srm_data.controls.crm import is_read
from srm_data.controls.frameworks import describe_baseline, name_frameworks
from srm_data.controls.ids import fold_control_id
from srm_data.controls.layouts import describe_decided
from srm_data.describe import count_things
from srm_data.exceptions import SrmDataError
from srm_data.load import CORE, Tables
from srm_data.register import build_cautious_model, list_evidence, make_entries, state
from srm_data.register.files import guard, write_own_file
from srm_data.schema import name_scope, read_package

OURS = ["configured", "left", "organisation"]
"""How controls are addressed that are not inherited, and so stay with ``--left``."""
ONLY_LEFT = "Only controls that are not inherited."
LISTED = ["control_id", "addressed", "service", "title"]
"""Columns of a screen."""
MOST_IDS = 10  # that a line lists
FEDRAMP_LEVELS = ("low", "moderate", "high")


def run_controls(options: argparse.Namespace) -> None:
    """Print or write who addresses each control, or compare it with another document."""
    # what could fail fails before anything is read
    _require_out(options)
    controls = load_controls(options.controls)
    framework = _choose_framework(options, controls) or "nist-800-53"

    scope = read_scope(options, files=options.estate, names=options.names, duty_sets=CORE, usual=True)
    print_doubts(scope)
    if scope.model.empty:
        raise SrmDataError("nothing in use was recognised: no control can be addressed")
    # Other tools get the answers of the documents, and what the register says in fields of its own.
    form = OF_CONTROLS[options.format]
    if not form.printed:
        print(f"written: {_write_for_tool(options, scope, framework, controls)}")
        return
    notes = describe_doubts(scope, audience=options.audience)
    words = scope.words or name_scope(scope.model, scope.tables)
    if options.names:
        words += f" ({count_things(scope.model['offering_id'].nunique(), 'offering')})"

    baseline, is_fedramps = options.baseline, options.compare or ".xlsx" in form.endings
    if is_fedramps and framework == "nist-800-53" and baseline in FEDRAMP_LEVELS:
        baseline = f"fedramp-{baseline}"  # the layout is FedRAMP's
    model = scope.model if scope.now is None else build_cautious_model(scope.now)
    matrix = build_control_matrix(model, framework, baseline=baseline, controls=controls)
    title = f"{name_frameworks(matrix)}. {words}"
    if options.compare:
        compared = _print_comparison(options, matrix, title, controls)
        if options.out:
            print(f"written: {write_own_file(options.out, _make_plain(compared))}")
        return

    if options.left:
        matrix = matrix[matrix["control_id"].isin(_list_left(matrix))].reset_index(drop=True)
        notes = [ONLY_LEFT, *notes]
    if matrix.empty:
        print_wrapped(f"{title}. No control is left: all are inherited. Nothing is written.")
        return
    decided = describe_decided(matrix)
    if decided and (options.out or form.printed != "screen"):  # which have no line for it
        warn(decided)

    now = scope.now if options.audience == "internal" else None
    if options.out and options.out.suffix == ".xlsx":
        from srm_data.cli.exports import refuse_to_lose
        from srm_data.workbook.appendix_j import write_crm

        refuse_to_lose(options.out, now)
        written = write_crm(options.out, matrix, scope=words, notes=notes, now=now, controls=controls)
        print(f"written: {written}")
        return
    evidence, shown = None if now is None else list_evidence(now), matrix
    if options.format != "lines":
        shown = form.write(matrix, controls=controls, evidence=evidence)
    if options.out:
        print(f"written: {write_own_file(options.out, _make_plain(shown))}")
    elif form.printed == "text":
        print(_make_plain(shown).map(guard).to_csv(index=False), end="")
    else:
        _print_rows(options, matrix, shown, title, decided)


def add_control_sheet(model: pd.DataFrame, options: argparse.Namespace) -> dict[str, pd.DataFrame]:
    """Build the control matrix for a workbook, if a framework was named."""
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
    if options.framework is not None or options.controls is None:
        named: str | None = options.framework
        return named
    ids = controls["frameworks"]["framework_id"]
    own = ids[~ids.isin(load_controls()["frameworks"]["framework_id"])]
    return str(own.iloc[0]) if len(own) == 1 else None


def _require_out(options: argparse.Namespace) -> None:
    """Require a file of one of the endings, or a folder where there are none."""
    form = OF_CONTROLS[options.format]
    is_for_tool = not form.printed  # but read by another tool
    endings = (".csv",) if options.compare and not is_for_tool else form.endings
    named = f"a file name that ends in {' or '.join(endings)}"
    place = named if endings else "the name of a folder"
    if options.out and options.out.suffix not in (endings or ("",)):
        raise SrmDataError(f"--out {options.out}: expected {place}")
    if is_for_tool and not options.out:
        raise SrmDataError(f"--format {options.format}: expected --out with it, {place}")
    lost = [f"--{name}" for name in ("compare", "left") if getattr(options, name)]
    if is_for_tool and lost:
        raise SrmDataError(f"{', '.join(lost)}: not with --format {options.format}, which has all")


def _list_left(matrix: pd.DataFrame) -> list[str]:
    summary = build_control_summary(matrix)
    ids: list[str] = summary.loc[summary["addressed"].isin(OURS), "control_id"].tolist()
    return ids


def _make_plain(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.astype("object").fillna("").astype(str)


def _print_rows(
    options: argparse.Namespace, matrix: pd.DataFrame, shown: pd.DataFrame, title: str, decided: str
) -> None:
    """Print counts by family and one line per row."""
    counts = field.control_distribution(build_control_summary(matrix))
    documented = int(matrix["documented"].sum()) / max(int(matrix["cells"].sum()), 1)
    share = f"Of the underlying cells, {documented:.0%} are documented."
    only, summed = ONLY_LEFT if options.left else "", f"{field.describe_controls(counts)}."
    for sentence in filter(None, (title, only, summed, share, describe_baseline(matrix), decided)):
        print_wrapped(sentence)
    print()
    print_frame(counts.reset_index(), width=find_room())
    print()
    columns = {name: name.capitalize().replace("_id", "") for name in LISTED if name in shown}
    print_frame(shown[[*columns]].rename(columns=columns), width=find_room())


def _print_comparison(
    options: argparse.Namespace, matrix: pd.DataFrame, title: str, controls: Tables
) -> pd.DataFrame:
    """Print how far a provider's CRM agrees, all differences, and what could not be compared."""
    lines = field.read_crm(options.compare)
    compared = field.compare_crm(lines, field.build_crm(matrix, controls=controls))
    if options.left:
        is_left = compared["control_id"].isin(_list_left(matrix)) | (compared["ours"] == "")
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
        print()
        columns = {"control_id": "Control", "theirs": "Theirs", "ours": "Ours"}
        print_frame(differing[[*columns]].rename(columns=columns))
    return compared


def _write_for_tool(
    options: argparse.Namespace, scope: Scope, framework: str, controls: Tables
) -> Path:
    """Write what another tool reads; what a register says is for internal use alone."""
    form, model, now = OF_CONTROLS[options.format], scope.model, scope.now
    if now is not None and options.audience != "internal":
        now = None
        if options.format != "ciso-assistant":  # which has nothing of it in any case
            warn("publishable: nothing of the register is written")
    if options.format == "oscal" and not options.estate and not options.names:
        warn("no plan is written of the whole catalogue: name offerings")

    plan = {"baseline": options.baseline, "controls": controls}
    if not form.endings:
        settings = plan | {"model": model, "framework": framework, "now": now}
        written: Path = form.write(options.out, **settings)
        return written
    # Without a register, nobody has entered anything.
    if now is None:
        now = state(make_entries([]), model, on=str(read_package()["created"])[:10])
    is_list = options.format == "tasks-csv"
    matrix = build_control_matrix(model, framework, **plan) if is_list else None
    rows = form.write(now, matrix=matrix, address=options.site or "")
    return write_own_file(options.out, rows)
