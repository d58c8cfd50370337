"""The command ``controls``: who addresses the controls of a framework, in common layouts."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from srm_data.cli.layout import find_room, print_table, wrap_lines
from srm_data.cli.options import (
    add_audience,
    add_corrections,
    add_decisions,
    add_files,
    name_sources,
    nonempty,
    path_of,
    read_decisions_of,
    read_inventories,
)
from srm_data.exceptions import SrmDataError

if TYPE_CHECKING:
    import pandas as pd

    from srm_data.cli.options import Commands
    from srm_data.load import Tables

FORMATS = ["summary", "lines", "how-addressed", "cis", "crm", "caiq"]


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
    command.add_argument("--baseline", type=nonempty, metavar="NAME", help="such as low or moderate")
    command.add_argument("--left", action="store_true", help="only controls that are not inherited")
    command.add_argument(
        "--format", choices=FORMATS, default="summary",
        help="summary per control, rows per service, or a common layout",
    )  # fmt: skip
    command.add_argument(
        "--compare", type=path_of, metavar="FILE",
        help="compare with a provider's completed CRM, or with AWS's Quick Start of 2017 (xlsx)",
    )  # fmt: skip
    command.add_argument(
        "--out", type=path_of, metavar="FILE",
        help="write CSV; with --format cis or crm also .xlsx, in FedRAMP's layout",
    )  # fmt: skip
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


def run_controls(options: argparse.Namespace) -> None:
    """Print or write who addresses each control, or compare it with another document."""
    from srm_data.controls.duties import name_framework
    from srm_data.controls.matrix import build_control_matrix
    from srm_data.controls.tables import load_controls
    from srm_data.load import load_tables

    if options.out and options.out.suffix not in _list_suffixes(options):
        expected = " or ".join(_list_suffixes(options))
        raise SrmDataError(f"--out {options.out}: expected a file name that ends in {expected}")
    tables = load_tables()
    controls = load_controls(options.controls)
    framework = _choose_framework(options, controls) or "nist-800-53"
    model, scope = _choose_model(options, tables)
    matrix = build_control_matrix(model, framework, baseline=options.baseline, controls=controls)
    title = f"{name_framework(framework, controls=controls)}. {scope}"
    if options.compare:
        _print_comparison(options, matrix, controls, title)
        return

    if options.out and options.out.suffix == ".xlsx":
        from srm_data.workbook.appendix_j import write_crm

        print(f"written: {write_crm(options.out, matrix, scope=scope, controls=controls)}")
        return
    shown = _arrange(options, matrix, controls)
    if options.out:
        from srm_data.organisation.files import write_own_file

        print(f"written: {write_own_file(options.out, shown.astype('object').fillna('').astype(str))}")
        return
    _print_rows(options, matrix, shown, title)


def add_control_sheet(model: pd.DataFrame, options: argparse.Namespace) -> dict[str, pd.DataFrame]:
    """Build the control matrix for a workbook, if a framework was named."""
    from srm_data.controls.matrix import build_control_matrix
    from srm_data.controls.tables import load_controls

    if options.framework is None and options.controls is None:
        return {}
    controls = load_controls(options.controls)
    framework = _choose_framework(options, controls)
    if framework is None:
        raise SrmDataError(f"--controls {options.controls} has several frameworks; add --framework")
    return {"controls": build_control_matrix(model, framework, controls=controls)}


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
    return [".csv", ".xlsx"] if options.format in ("cis", "crm") else [".csv"]


def _choose_model(options: argparse.Namespace, tables: Tables) -> tuple[pd.DataFrame, str]:
    """Return the model in scope, with decisions applied, and the scope in words."""
    from srm_data.about import name_scope
    from srm_data.estate import in_use
    from srm_data.model import build_model
    from srm_data.offerings import choose_offerings
    from srm_data.organisation.decisions import override_cells

    model = build_model()
    decisions = read_decisions_of(model, options)
    scope = name_scope(model, tables)
    if options.estate:
        model = in_use(model, read_inventories(options.estate, tables, corrections=options.corrections))
        scope = f"In use, read from {name_sources(options.estate, options.audience)}"
    if options.names:
        model = choose_offerings(model, options.names, tables=tables)
        scope = f"Chosen: {', '.join(options.names)}"
    if model.empty:
        raise SrmDataError("nothing in use was recognised: no control can be addressed")
    return override_cells(model, decisions), scope


def _arrange(options: argparse.Namespace, matrix: pd.DataFrame, controls: Tables) -> pd.DataFrame:
    """Arrange a control matrix in the requested format."""
    from srm_data.controls import layouts
    from srm_data.controls.summary import build_control_summary

    summary = build_control_summary(matrix)
    ours = summary.loc[summary["addressed"].isin(["configured", "left", "organisation"]), "control_id"]
    if options.left:
        matrix = matrix[matrix["control_id"].isin(ours)].reset_index(drop=True)
        summary = summary[summary["control_id"].isin(ours)].reset_index(drop=True)
    builders = {
        "how-addressed": layouts.build_how_addressed,
        "cis": layouts.build_cis,
        "crm": layouts.build_crm,
        "caiq": layouts.build_caiq,
    }
    if options.format in builders:
        return builders[options.format](matrix, controls=controls)
    return matrix if options.format == "lines" else summary


def _print_rows(
    options: argparse.Namespace, matrix: pd.DataFrame, shown: pd.DataFrame, title: str
) -> None:
    """Print counts by family and one line per row; a layout is printed as CSV."""
    from srm_data.controls.summary import (
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
    for sentence in (title, f"{describe_controls(counts)}."):
        print("\n".join(wrap_lines(sentence)))
    print(f"Of the underlying cells, {documented:.0%} are documented.\n")
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
    """Print how far another document agrees, and all differences."""
    from srm_data.controls import crm, quickstart
    from srm_data.controls.layouts import build_crm
    from srm_data.controls.summary import build_control_summary
    from srm_data.exceptions import SpreadsheetError

    said = "\n".join(wrap_lines(f"Ours: {title}. Theirs: the document compared."))
    try:
        theirs = quickstart.read_quickstart(options.compare)
    except SpreadsheetError:  # not that file: then it has to be a CRM
        compared = crm.compare_crm(crm.read_crm(options.compare), build_crm(matrix, controls=controls))
        names = ("theirs", "ours")
        print(said)
    else:
        summary = build_control_summary(matrix)
        compared = quickstart.compare_quickstart(theirs, summary, controls=controls)
        agreement = quickstart.quickstart_agreement(compared).reset_index()
        print(f"{said}\n")
        agreement["share"] = agreement["share"].map("{:.0%}".format)
        print_table([*agreement], agreement.itertuples(index=False, name=None), width=find_room())
        names = ("aws", "ours")

    known = compared[compared["agrees"].notna()]
    print(f"\n{int(known['agrees'].sum())} of {len(known)} common controls agree")
    differing = known[~known["agrees"].astype(bool)].to_dict("records")
    if differing:
        print()
        _print_control("control", f"{'theirs':9} / {'ours':9}  ", "why" if names[0] == "aws" else "")
    for row in differing:
        why = f"({row['why']})" if row.get("why") else ""
        _print_control(row["control_id"], f"{row[names[0]]:9} / {row[names[1]]:9}  ", why)
    if options.out:
        from srm_data.organisation.files import write_own_file

        plain = compared.astype("object").fillna("").astype(str)
        print(f"written: {write_own_file(options.out, plain)}")
