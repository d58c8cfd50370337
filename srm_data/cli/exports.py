"""Commands that write files: export, estate, page, and run, which writes all exports."""

from __future__ import annotations

import argparse

from srm_data.cli.formats import describe_mail, require_format, write_format
from srm_data.cli.inputs import (
    find_changes,
    name_offerings,
    name_part,
    name_sources,
    narrow,
    read_inventories,
    read_state,
    require_inventory,
    require_suffix,
)
from srm_data.exceptions import SrmDataError


def run_export(options: argparse.Namespace) -> None:
    """Write the Excel matrix, or a file of another kind."""
    from srm_data.load import ALL_SETS, CORE, list_sets, load_tables
    from srm_data.model import build_model
    from srm_data.schema import workbook_name

    path = options.out or name_part(workbook_name(), _list_parts(options))
    require_format(path, options)
    # Of the whole catalogue few offerings have AI: its book is of the core, without a register.
    sets = ALL_SETS if options.only or options.register else CORE
    model, scope = narrow(build_model(duty_sets=sets), load_tables(), options)
    tables = load_tables(duty_sets=list_sets(model))
    now = read_state(model, options, tables)
    decided = model if now is None else now.model
    changes = find_changes(decided, options, is_part=bool(options.only))
    written = write_format(path, model, options, changes, now=now, scope=scope, tables=tables)
    print(f"written: {written}")
    print(describe_mail(now, options), end="")


def run_page(options: argparse.Namespace) -> None:
    """Write the page to send, for the whole catalogue or for an estate."""
    from srm_data.cli.doubts import print_doubts
    from srm_data.estate import in_use
    from srm_data.load import ALL_SETS, list_sets, load_tables
    from srm_data.model import build_model
    from srm_data.page import write_page
    from srm_data.register import assign_accountable
    from srm_data.schema import page_name

    path = options.out or name_part(page_name(), _list_parts(options))
    require_suffix(path, ".html")
    require_inventory(options.files, "page FILE", options)
    tables = load_tables()
    model, scope, estate = build_model(duty_sets=ALL_SETS), "", None
    if options.files:
        estate = read_inventories(
            options.files, tables, strict=options.strict, corrections=options.corrections
        )
        print_doubts(estate, name_offerings(tables))
        model = in_use(model, estate)
        scope = f"In use, read from {name_sources(options.files, options.audience)}"
        if model.empty:
            raise SrmDataError("nothing in use was recognised: there is no page to make")
    model, chosen = narrow(model, tables, options)
    tables = load_tables(duty_sets=list_sets(model))
    scope = ". ".join(filter(None, [scope, chosen]))

    now = read_state(model, options, tables)
    written = write_page(
        path,
        model if now is None else assign_accountable(now),
        scope=scope,
        estate=None if chosen else estate,  # the export covers only a part of it
        audience=options.audience,
        tables=tables,
    )
    print(f"written: {written}")


def _list_parts(options: argparse.Namespace) -> list[str]:
    parts = []
    if getattr(options, "files", None):
        parts.append("in use")
    if options.only:
        parts += options.only
    if options.audience != "internal":
        parts.append(options.audience)
    return parts


def run_everything(options: argparse.Namespace) -> None:
    """Run the notebooks and write all exports."""
    from srm_data.maintain.notebooks import run_all

    run_all(options.notebooks, options.out)


def run_site(options: argparse.Namespace) -> None:
    """Write the site: data pages of the whole catalogue and, from a checkout, the prose."""
    from pathlib import Path

    from srm_data.load import load_tables
    from srm_data.maintain.notebooks import run_outdated
    from srm_data.schema import read_package
    from srm_data.site import find_address, has_sphinx, write_prose, write_site

    exports = Path("exports")
    folder = options.out or exports / "site"
    has_prose = Path("notebooks/guide").is_dir() and has_sphinx()
    write_site(folder, address=find_address("pyproject.toml"), has_prose=has_prose)
    if has_prose:
        executed = run_outdated(Path("notebooks"), exports)
        write_prose(folder / "docs", ".", executed, load_tables(), version=read_package()["version"])
    else:
        print("The guide is left out: it needs a checkout and pip install 'srm-data[docs]'.")
    print(f"{folder}: open index.html in a browser, or put the folder on a web server")
