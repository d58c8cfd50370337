"""Write the site: static pages and files that any web server, or a folder, can hold."""

from __future__ import annotations

import json
import shutil
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from srm_data.changes import read_earlier
from srm_data.controls import load_controls
from srm_data.formats import write_database
from srm_data.load import ALL_SETS, CORE, Tables, keep_duty_sets, load_tables
from srm_data.matrix import basis_distribution
from srm_data.model import build_model
from srm_data.schema import INDEPENDENT, LICENCE, SEAT, StrPath, read_package, report_address
from srm_data.site.api import (
    list_changes,
    list_identifiers,
    list_json_cells,
    write_feed,
    write_json,
    write_llms,
)
from srm_data.site.content import (
    build_patterns,
    build_search,
    describe_changed,
    describe_duty,
    describe_frameworks,
    describe_marks,
    describe_picture,
    describe_service,
    describe_sources,
    list_cells,
    list_patterns,
    list_services,
    name_anchor,
)

PARTIES = {"AWS": "A", "Shared": "S", "Customer": "C", "Not applicable": "–"}
"""Letters of the parties in the tables of the pages."""

OF_CELLS = (
    "product_groups", "layers", "categories", "services", "duties", "offerings",
    "offering_responsibilities",
)  # fmt: skip
"""Tables that describe the columns of a cell; what a later one says holds."""


def write_site(
    folder: StrPath, *, tables: Tables | None = None, address: str = "", has_prose: bool = False
) -> Path:
    """Write the data pages of the site, for the whole catalogue.

    Parameters
    ----------
    folder
        Folder to write; it is made if it is missing. Pages and files of an earlier site are replaced,
        other files in it are left alone.
    tables
        Frames from :func:`~srm_data.load_tables`; by default those of the package.
    address
        Web address of the folder, such as ``"https://example.org/srm/"``. With it, pages name their
        own address, and there is a ``sitemap.xml``. Links between pages are relative in any case.
    has_prose
        Whether ``docs/`` holds the pages of :func:`~srm_data.site.prose.write_prose`, to link to.

    Returns
    -------
    pathlib.Path
        The folder. It holds ``index.html``, ``services/<service_id>.html`` with the anchor
        ``#<offering_id>.<duty_id>`` for each cell, ``duties/<duty_id>.html``, ``controls/``,
        ``api/1/`` (JSON and ``openapi.yaml``), ``changes.atom`` and one feed per service, the model as
        ``model.csv`` (described by ``datapackage.json``), ``model.parquet`` and ``model.sqlite``,
        ``llms.txt`` and ``robots.txt``.

    Examples
    --------
    >>> import tempfile
    >>> import srm_data
    >>> tables = srm_data.narrow_tables(srm_data.load_tables(), "sqs")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     out = srm_data.site.write_site(folder, tables=tables)
    ...     sorted(path.name for path in out.iterdir())[:3]
    ['api', 'ask-data.js', 'ask.js']
    """
    out = Path(folder)
    address = f"{address.rstrip('/')}/" if address else ""
    tables = load_tables(duty_sets=ALL_SETS) if tables is None else tables
    core_tables, model = keep_duty_sets(tables, CORE), build_model(tables)  # for all figures
    sets = [name for name in ALL_SETS if name in set(tables["duties"]["duty_set"])]
    with_ai = build_model(tables, duty_sets=sets)
    package = read_package()
    version, day = str(package["version"]), str(package["created"])[:10]
    sources = describe_sources(tables, date.fromisoformat(day))
    services = list(list_services(tables, with_ai))
    cells = list_cells(with_ai)
    steps = list_changes(model, version)
    before, _, changes = steps[0] if steps else ("", version, [])
    frameworks = list(describe_frameworks(model))
    service_of = dict(zip(model["offering_id"], model["service_id"], strict=True))
    described = [(since, to, describe_changed(rows, service_of)) for since, to, rows in steps]

    # What an earlier site left behind goes first, so that no page of a former id stays.
    for name in ("services", "duties", "controls", "api"):
        shutil.rmtree(out / name, ignore_errors=True)
    fill = _load_templates(version, day, address, has_prose)
    pages = []

    def write_page(place: str, template: str, **content: Any) -> None:
        pages.append(place)
        _write(out / place, fill(template, place=place, up="../" * place.count("/"), **content))

    # Pages of services and duties.
    for service, of_service in services:
        name = service["service_id"]
        write_page(
            f"services/{name}.html",
            "service",
            **describe_service(service, of_service, sources, frameworks, described),
        )
        changed = [row for row in changes if service_of.get(row["offering_id"]) == name]
        feed = write_feed(changed, version, day, service_of, of=str(name), address=address)
        _write(out / f"services/{name}.atom", feed)
    duties = tables["duties"].sort_values("position").to_dict("records")
    for duty in duties:
        of_duty = cells[cells["duty_id"] == duty["duty_id"]]
        write_page(f"duties/{duty['duty_id']}.html", "duty", **describe_duty(duty, of_duty))

    # Pages of controls, by framework and family.
    patterns = list_patterns(frameworks)
    for framework in frameworks:
        parent = f"controls/{framework['framework_id']}"
        write_page(f"{parent}/index.html", "framework", framework=framework)
        for family in framework["families"]:
            write_page(
                f"{parent}/{family['slug']}.html",
                "family",
                framework=framework,
                family=family,
                patterns=patterns,
            )
    not_here = load_controls()["frameworks"].query("titles != 'yes'")["framework"].tolist()
    write_page("controls/index.html", "controls", frameworks=frameworks, not_here=not_here)

    # Changes since the release before, and those that it brought.
    write_page("changes.html", "changes", steps=described)

    # The front page: figures, services by name, duties.
    counts = basis_distribution(model, "duty").sum()
    shares = {str(mark): int(number) for mark, number in counts.items() if number}
    earlier = read_earlier(before) if before else model
    is_here = earlier["offering_id"].isin(model["offering_id"])
    documented_before = int(earlier.loc[is_here, "basis"].eq("documented").sum())
    listed = [service for service, _ in services]
    write_page(
        "index.html", "index", services=listed, shares=shares, cells=len(model), before=before,
        duties=[duty for duty in duties if duty["duty_set"] == "core"],
        ai_duties=[duty for duty in duties if duty["duty_set"] == "ai"],
        picture=describe_picture(model), documented_before=documented_before,
    )  # fmt: skip

    # Files for programs.
    api = out / "api/1"
    for service, of_service in services:
        items = list_json_cells(of_service, sources)
        _write(api / f"services/{service['service_id']}.json", write_json(items, version, day, "cells"))
    for duty in duties:
        items = list_json_cells(cells[cells["duty_id"] == duty["duty_id"]])
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
    _write(out / "changes.atom", write_feed(changes, version, day, service_of, address=address))
    table = _write_csv(model)
    _write(out / "model.csv", table)
    of_csv = _describe_csv(package, table.partition("\n")[0].split(","))
    _write(out / "datapackage.json", f"{json.dumps(of_csv, indent=1, ensure_ascii=False)}\n")
    for name in ("model.sqlite", "model.parquet"):
        write_database(out / name, model, tables=core_tables)

    # What robots and readers of other kinds look for first, and what all pages share.
    names = [(row["service_id"], row["service"]) for row in listed]
    _write(out / "llms.txt", write_llms(names, version))
    sitemap = f"Sitemap: {address}sitemap.xml\n" if address else ""
    _write(out / "robots.txt", f"User-agent: *\nAllow: /\n{sitemap}")
    if address:
        lines = "".join(f"<url><loc>{address}{place}</loc></url>\n" for place in pages)
        head = '<?xml version="1.0" encoding="utf-8"?>\n'
        head += '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        _write(out / "sitemap.xml", f"{head}{lines}</urlset>\n")
    static = files("srm_data.site") / "templates"
    style = [(static / name).read_text(encoding="utf-8") for name in ("header.css", "site.css")]
    for name in ("site.js", "search.js"):
        _write(out / name, (static / name).read_text(encoding="utf-8"))
    _write(out / "ask.js", (files("srm_data.page") / "ask.js").read_text(encoding="utf-8"))
    for name, variable, content in (
        ("ask-data.js", "ASK", build_search(with_ai, tables, frameworks, described)),
        ("services-data.js", "SERVICES", build_patterns(with_ai, frameworks)),
    ):
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        _write(out / name, f"const {variable} = {text};\n")
    _write(out / "site.css", "".join(style) + _write_colours(tables))
    return out


def _load_templates(version: str, day: str, address: str, has_prose: bool) -> Any:
    """Return a function that fills a template; every text is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    # a name that a template lacks is an error, not a gap in a page
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
        "report": report_address(), "address": address, "has_prose": has_prose,
    }  # fmt: skip

    def fill(name: str, **values: Any) -> str:
        return templates.get_template(f"{name}.html").render(**shared, **values)

    return fill


def _write_colours(tables: Tables) -> str:
    """Write the colours of the parties, which are those of charts and workbook; defaults are paler."""
    rules = [f".bar .w{share} {{ flex-grow: {share}; }}\n" for share in range(1, 101)]  # parts of a bar
    for party in tables["responsibilities"].to_dict("records"):
        name = str(party["responsibility"]).replace(" ", "-")
        rules.append(f".{name} {{ background: {party['color']}; }}\n")
        rules.append(f"td.{name}.pale {{ background: {party['pale_color']}; }}\n")
    return "".join(rules)


def _write_csv(model: pd.DataFrame) -> str:
    """Write the model as CSV, one row per cell, each with the page and anchor that it stands on."""
    address = (
        "services/" + model["service_id"] + ".html#" + model["offering_id"] + "." + model["duty_id"]
    )
    return model.assign(address=address).to_csv(index=False, lineterminator="\n")


def _describe_csv(package: dict[str, Any], columns: list[str]) -> dict[str, Any]:
    """Describe the CSV file as a data package, in the words of the tables that have its columns."""
    schemas = {resource["name"]: resource["schema"] for resource in package["resources"]}
    fields_of_tables = [field for name in OF_CELLS for field in schemas[name]["fields"]]
    words = {field["name"]: field["description"] for field in fields_of_tables}
    words |= {
        "basis": "What the answer rests on: documented, derived, category or proposed.",
        "address": "Page and anchor of the cell, relative to the site.",
    }
    # a column of the model that no table describes is a text without a description
    fields = [
        {"name": name, "type": "string", **({"description": words[name]} if name in words else {})}
        for name in columns
    ]
    resource = {
        "name": "cells", "type": "table", "path": "model.csv", "format": "csv", "encoding": "utf-8",
        "schema": {"fields": fields, "primaryKey": ["offering_id", "duty_id"]},
    }  # fmt: skip
    return {**package, "resources": [resource]}


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
