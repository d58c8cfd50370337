"""The command ``controls``: who addresses the controls of a framework, in common layouts."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from srm_data.cli.layout import find_room, list_first, print_table, wrap_lines
from srm_data.cli.options import (
    add_audience,
    add_corrections,
    add_decisions,
    add_files,
    add_strict,
    name_offerings,
    name_sources,
    nonempty,
    path_of,
    read_decisions_of,
    read_inventories,
    require_inventory,
)
from srm_data.exceptions import SrmDataError

if TYPE_CHECKING:
    import pandas as pd

    from srm_data.cli.options import Commands
    from srm_data.load import Tables

FORMATS = ["summary", "lines", "how-addressed", "cis", "crm", "caiq"]
OURS = ["configured", "left", "organisation"]
"""How controls are addressed that are not inherited, and so stay with ``--left``."""
ONLY_LEFT = "Only controls that are not inherited."
MOST_IDS = 10  # that a line lists


def add_controls(commands: Commands) -> None:
    """Add the command ``controls``."""
    command = commands.add_parser(
        "controls", help="list who addresses each control of a framework: inherited, configured, left"
    )
    command.add_argument(
        "names", nargs="*", type=nonempty, metavar="NAME",
        help="offerings or services in scope; without any, the catalogue",
    )  # fmt: skip
    add_files(command, "--estate", "an inventory: what it uses is in scope; may be repeated")
    add_framework(command)
    command.add_argument("--left", action="store_true", help="only controls that are not inherited")
    command.add_argument(
        "--format", choices=FORMATS, default="summary",
        help="summary per control, rows per service, or a common layout",
    )  # fmt: skip
    command.add_argument(
        "--compare", type=path_of, metavar="FILE",
        help="compare with a provider's completed CRM (xlsx)",
    )  # fmt: skip
    command.add_argument(
        "--out", type=path_of, metavar="FILE",
        help="write CSV; with --format cis or crm also .xlsx, in FedRAMP's layout",
    )  # fmt: skip
    add_strict(command)
    add_corrections(command)
    add_decisions(command)
    add_audience(command)
    command.set_defaults(command=run_controls)


def add_framework(command: argparse.ArgumentParser) -> None:
    """Add the options that select a framework of the package or the user's own folder."""
    command.add_argument(
        "--framework", type=nonempty, metavar="NAME",
        help="nist-800-53, nist-csf, fedramp-ksi, or one of --controls",
    )  # fmt: skip
    command.add_argument(
        "--controls", type=path_of, metavar="FOLDER",
        help="your own framework and mapping (CSV); see README for the format",
    )  # fmt: skip
    command.add_argument(
        "--baseline", type=nonempty, metavar="NAME",
        help="restrict to a baseline: low, moderate, high, privacy of NIST SP 800-53B, not FedRAMP's",
    )  # fmt: skip


def run_controls(options: argparse.Namespace) -> None:
    """Print or write who addresses each control, or compare it with another document."""
    from srm_data.controls.frameworks import name_frameworks
    from srm_data.controls.layouts import describe_decided
    from srm_data.controls.matrix import build_control_matrix
    from srm_data.controls.tables import load_controls
    from srm_data.load import load_tables

    if options.out and options.out.suffix not in _list_suffixes(options):
        expected = " or ".join(_list_suffixes(options))
        raise SrmDataError(f"--out {options.out}: expected a file name that ends in {expected}")
    require_inventory(options.estate, "--estate FILE", options)
    tables = load_tables()
    controls = load_controls(options.controls)
    framework = _choose_framework(options, controls) or "nist-800-53"
    model, scope, notes = _choose_model(options, tables)
    matrix = build_control_matrix(model, framework, baseline=options.baseline, controls=controls)
    title = f"{name_frameworks(matrix)}. {scope}"
    if options.compare:
        _print_comparison(options, matrix, controls, title)
        return

    if options.left:
        matrix = matrix[matrix["control_id"].isin(_list_left(matrix))].reset_index(drop=True)
        notes = [ONLY_LEFT, *notes]
    if matrix.empty:
        said = f"{title}. No control is left: all are inherited. Nothing is written."
        print("\n".join(wrap_lines(said)))
        return
    decided = describe_decided(matrix)
    if options.out or options.format not in ("summary", "lines"):
        _print_notes([decided])  # the file that is printed or written has no line for it
    if options.out and options.out.suffix == ".xlsx":
        from srm_data.workbook.appendix_j import write_crm

        written = write_crm(options.out, matrix, scope=scope, notes=notes, controls=controls)
        print(f"written: {written}")
        return
    shown = _arrange(options, matrix, controls)
    if options.out:
        from srm_data.organisation.files import write_own_file

        print(f"written: {write_own_file(options.out, shown.astype('object').fillna('').astype(str))}")
        return
    _print_rows(options, matrix, shown, [title, decided])


def add_control_sheet(model: pd.DataFrame, options: argparse.Namespace) -> dict[str, pd.DataFrame]:
    """Build the control matrix for a workbook, if a framework was named."""
    from srm_data.controls.matrix import build_control_matrix
    from srm_data.controls.tables import load_controls

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
    from srm_data.controls.tables import load_controls

    if options.framework is not None or options.controls is None:
        named: str | None = options.framework
        return named
    ids = controls["frameworks"]["framework_id"]
    own = ids[~ids.isin(load_controls()["frameworks"]["framework_id"])]
    return str(own.iloc[0]) if len(own) == 1 else None


def _list_suffixes(options: argparse.Namespace) -> list[str]:
    is_book = options.format in ("cis", "crm") and not options.compare
    return [".csv", ".xlsx"] if is_book else [".csv"]


def _choose_model(options: argparse.Namespace, tables: Tables) -> tuple[pd.DataFrame, str, list[str]]:
    """Return the model in scope with decisions applied, the scope in words, and what is open in it."""
    from srm_data.cli.doubts import describe_doubts, print_doubts
    from srm_data.describe import count_things
    from srm_data.estate import in_use
    from srm_data.model import build_model
    from srm_data.offerings import choose_offerings
    from srm_data.organisation.decisions import override_cells
    from srm_data.schema import name_scope

    model = build_model()
    decisions = read_decisions_of(model, options)
    scope = name_scope(model, tables)
    notes: list[str] = []
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
    return override_cells(model, decisions), scope, notes


def _list_left(matrix: pd.DataFrame) -> list[str]:
    """List the ids of the controls that are not inherited."""
    from srm_data.controls.matrix import build_control_summary

    summary = build_control_summary(matrix)
    ids: list[str] = summary.loc[summary["addressed"].isin(OURS), "control_id"].tolist()
    return ids


def _print_notes(notes: list[str]) -> None:
    """Print what is to be known beside a file, to stderr."""
    for note in filter(None, notes):
        print(f"srm-data: {note}", file=sys.stderr)


def _arrange(options: argparse.Namespace, matrix: pd.DataFrame, controls: Tables) -> pd.DataFrame:
    """Arrange a control matrix in the requested format."""
    from srm_data.controls import layouts
    from srm_data.controls.matrix import build_control_summary

    builders = {
        "how-addressed": layouts.build_how_addressed,
        "cis": layouts.build_cis,
        "crm": layouts.build_crm,
        "caiq": layouts.build_caiq,
    }
    if options.format in builders:
        return builders[options.format](matrix, controls=controls)
    return matrix if options.format == "lines" else build_control_summary(matrix)


def _print_rows(
    options: argparse.Namespace, matrix: pd.DataFrame, shown: pd.DataFrame, said: list[str]
) -> None:
    """Print counts by family and one line per row; a layout is printed as CSV."""
    from srm_data.controls.frameworks import describe_baseline
    from srm_data.controls.matrix import (
        build_control_summary,
        control_distribution,
        describe_controls,
    )
    from srm_data.organisation.files import guard

    if options.format not in ("summary", "lines"):
        plain = shown.astype("object").fillna("").astype(str)
        print(plain.map(guard).to_csv(index=False), end="")
        return
    counts = control_distribution(build_control_summary(matrix))
    documented = int(matrix["documented"].sum()) / max(int(matrix["cells"].sum()), 1)
    title, *notes = said
    only = ONLY_LEFT if options.left else ""
    summed = f"{describe_controls(counts)}."
    share = f"Of the underlying cells, {documented:.0%} are documented."
    for sentence in filter(None, (title, only, summed, share, describe_baseline(matrix), *notes)):
        print("\n".join(wrap_lines(sentence)))
    print()
    families = counts.reset_index()
    print_table([*families], families.itertuples(index=False, name=None), width=find_room())
    print()
    for row in shown.to_dict("records"):
        service = f"  {row['service'] or '-'}" if options.format == "lines" else ""
        _print_control(row["control_id"], f"{row['addressed']:14} ", f"{row['title']}{service}")


def _print_control(control: str, answer: str, text: str) -> None:
    """Print what is known of one control, wrapped below itself."""
    first = f"{control:10} {answer}"
    print("\n".join(wrap_lines(text, first=first, indent=len(first)) or [first.rstrip()]))


def _print_comparison(
    options: argparse.Namespace, matrix: pd.DataFrame, controls: Tables, title: str
) -> None:
    """Print how far another document agrees, all differences, and what could not be compared."""
    from srm_data.controls.crm import compare_crm, read_crm
    from srm_data.controls.layouts import build_crm
    from srm_data.describe import count_things

    only = f" {ONLY_LEFT}" if options.left else ""
    lines = read_crm(options.compare)
    compared = compare_crm(lines, build_crm(matrix, controls=controls))
    compared = _narrow_compared(options, matrix, compared)
    unread = _list_unread(lines, compared)
    print("\n".join(wrap_lines(f"Ours: {title}. Theirs: the document compared.{only}")))

    known = compared[compared["agrees"].notna()]
    print(f"\n{int(known['agrees'].sum())} of {len(known)} common controls agree")
    only_theirs = compared.loc[compared["ours"] == "", "control_id"].tolist()
    only_ours = compared.loc[compared["theirs"] == "", "control_id"].tolist()
    for noun, text, listed in (
        ("value", "not read (expected Yes, Partial or No)", unread),
        ("control", "only theirs", only_theirs),
        ("control", "without a value of theirs", only_ours),
    ):
        if listed:
            line = f"{count_things(len(listed), noun)} {text}: {list_first(listed, MOST_IDS)}"
            print("\n".join(wrap_lines(line)))
    differing = known[~known["agrees"].astype(bool)].to_dict("records")
    if differing:
        print()
        _print_control("control", f"{'theirs':9} / ours", "")
    for row in differing:
        _print_control(row["control_id"], f"{row['theirs']:9} / {row['ours']}", "")
    if options.out:
        from srm_data.organisation.files import write_own_file

        plain = compared.astype("object").fillna("").astype(str)
        print(f"written: {write_own_file(options.out, plain)}")


def _narrow_compared(
    options: argparse.Namespace, matrix: pd.DataFrame, compared: pd.DataFrame
) -> pd.DataFrame:
    """Leave out the controls that we inherit, if only the others were asked for."""
    if not options.left:
        return compared
    is_left = compared["control_id"].isin(_list_left(matrix)) | (compared["ours"] == "")
    return compared[is_left].reset_index(drop=True)


def _list_unread(lines: pd.DataFrame, compared: pd.DataFrame) -> list[str]:
    """List the values of a CRM that are none of the three, with their sheets and rows."""
    from srm_data.controls.crm import is_read
    from srm_data.controls.ids import fold_control_id

    shown = set(compared["control_id"].map(fold_control_id))
    rows = lines[~is_read(lines) & lines["control_id"].map(fold_control_id).isin(shown)]
    return [
        f"{row['control_id']} {row['inherited']!r} (sheet {row['sheet']!r}, row {row['row']})"
        for row in rows.to_dict("records")
    ]
