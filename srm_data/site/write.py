"""Write the site: static pages and files that any web server, or a folder, can hold."""

from __future__ import annotations

import shutil
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from srm_data.load import Tables, load_tables
from srm_data.matrix import basis_distribution
from srm_data.model import build_model
from srm_data.schema import INDEPENDENT, LICENCE, SEAT, StrPath, read_package, report_address
from srm_data.site.api import (
    list_identifiers,
    list_json_cells,
    list_latest_changes,
    write_feed,
    write_json,
    write_llms,
)
from srm_data.site.content import (
    describe_duty,
    describe_marks,
    describe_service,
    describe_sources,
    list_cells,
    list_services,
    name_anchor,
)

PARTIES = {"AWS": "A", "Shared": "S", "Customer": "C", "Not applicable": "–"}
"""Letters of the parties in the tables of the pages."""


def write_site(folder: StrPath, *, tables: Tables | None = None) -> Path:
    """Write the site of the whole catalogue.

    Parameters
    ----------
    folder
        Folder to write; it is made if it is missing. Pages and files of an earlier site are replaced,
        other files in it are left alone.
    tables
        Frames from :func:`~srm_data.load_tables`; by default those of the package.

    Returns
    -------
    pathlib.Path
        The folder. It holds ``index.html``, ``services/<service_id>.html`` with the anchor
        ``#<offering_id>.<duty_id>`` for each cell, ``duties/<duty_id>.html``, ``api/1/`` (JSON and
        ``openapi.yaml``), ``changes.atom``, ``model.csv``, ``llms.txt`` and ``robots.txt``.

    Examples
    --------
    >>> import tempfile
    >>> import srm_data
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sorted(path.name for path in srm_data.site.write_site(folder).iterdir())[:3]
    ['api', 'changes.atom', 'duties']
    """
    out = Path(folder)
    tables = load_tables() if tables is None else tables
    model = build_model(tables)
    package = read_package()
    version, day = str(package["version"]), str(package["created"])[:10]
    sources = describe_sources(tables, date.fromisoformat(day))
    services = list(list_services(tables, model))
    cells = list_cells(model)

    # What an earlier site left behind goes first, so that no page of a former id stays.
    for name in ("services", "duties", "api"):
        shutil.rmtree(out / name, ignore_errors=True)
    pages = _load_templates(version, day)
    before, changes = list_latest_changes(model, version)

    # Pages of services and duties.
    for service, of_service in services:
        content = describe_service(service, of_service, sources)
        _write(out / f"services/{service['service_id']}.html", pages("service", up="../", **content))
    duties = tables["duties"].sort_values("position").to_dict("records")
    for duty in duties:
        of_duty = cells[cells["duty_id"] == duty["duty_id"]]
        _write(
            out / f"duties/{duty['duty_id']}.html",
            pages("duty", up="../", **describe_duty(duty, of_duty)),
        )

    # The front page: figures, services by name, duties.
    counts = basis_distribution(model, "duty").sum()
    shares = {str(mark): int(number) for mark, number in counts.items() if number}
    listed = [service for service, _ in services]
    front = pages(
        "index", up="", services=listed, duties=duties, shares=shares, cells=len(cells), before=before
    )
    _write(out / "index.html", front)

    # Files for programs.
    api = out / "api/1"
    for service, of_service in services:
        items = list_json_cells(of_service, sources)
        _write(api / f"services/{service['service_id']}.json", write_json(items, version, day, "cells"))
    for duty in duties:
        items = list_json_cells(cells[cells["duty_id"] == duty["duty_id"]], sources)
        _write(api / f"duties/{duty['duty_id']}.json", write_json(items, version, day, "cells"))
    for scheme, identifiers in list_identifiers(tables).items():
        _write(api / f"identifiers/{scheme}.json", write_json(identifiers, version, day, "identifiers"))
    _write(api / "changes.json", write_json(changes, version, day, "changes", since=before))
    index = [
        {"service_id": row["service_id"], "service": row["service"], "status": row["status"]}
        for row in listed
    ]
    _write(api / "index.json", write_json(index, version, day, "services", licence=LICENCE, seat=SEAT))
    _write(api / "openapi.yaml", (files("srm_data.site") / "openapi.yaml").read_text(encoding="utf-8"))
    service_of = dict(zip(model["offering_id"], model["service_id"], strict=True))
    _write(out / "changes.atom", write_feed(changes, version, day, service_of))
    _write(out / "model.csv", _write_csv(model))
    _write(
        out / "llms.txt", write_llms([(row["service_id"], row["service"]) for row in listed], version)
    )
    _write(out / "robots.txt", "User-agent: *\nAllow: /\n")
    static = files("srm_data.site") / "templates"
    _write(out / "site.js", (static / "site.js").read_text(encoding="utf-8"))
    _write(out / "site.css", (static / "site.css").read_text(encoding="utf-8") + _write_colours(tables))
    return out


def _load_templates(version: str, day: str) -> Any:
    """Return a function that fills a template; every text is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    templates = Environment(
        loader=PackageLoader("srm_data.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    shared = {
        "version": version, "day": day, "marks": describe_marks(), "letters": PARTIES, "seat": SEAT,
        "licence": LICENCE, "independent": INDEPENDENT, "anchor": name_anchor,
        "report": report_address(),
    }  # fmt: skip

    def fill(name: str, **values: Any) -> str:
        return templates.get_template(f"{name}.html").render(**shared, **values)

    return fill


def _write_colours(tables: Tables) -> str:
    """Write the colours of the parties, which are those of charts and workbook; defaults are paler."""
    rules = []
    for party in tables["responsibilities"].to_dict("records"):
        name = str(party["responsibility"]).replace(" ", "-")
        rules.append(f".{name} {{ background: {party['color']}; }}\n")
        rules.append(
            f"td.{name}.default, td.{name}.proposed {{ background: {party['pale_color']}; }}\n"
        )
    return "".join(rules)


def _write_csv(model: pd.DataFrame) -> str:
    """Write the model as CSV, one row per cell, each with the page and anchor that it stands on."""
    address = (
        "services/" + model["service_id"] + ".html#" + model["offering_id"] + "." + model["duty_id"]
    )
    return model.assign(address=address).to_csv(index=False, lineterminator="\n")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
