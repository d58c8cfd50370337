"""Read findings of Checkov, tfsec, KICS and Terrascan: they name what code declares, once per check."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from srm_data.estate.money import read_amount
from srm_data.estate.resource_types import ADDRESS, DATA_SOURCE, describe_other_provider
from srm_data.estate.resources import Resource
from srm_data.estate.values import expect_list, expect_mapping, read_line, read_scalar
from srm_data.exceptions import EstateError

CHECKS = ("passed_checks", "failed_checks", "skipped_checks")
DECLARED = " (declared)"
TYPE = re.compile(
    r"(?P<type>(?:AWS|Alexa|Custom)::[A-Za-z0-9]+(?:::[A-Za-z0-9]+)*)(?:\..*)?", re.DOTALL
)
KEY = re.compile(r"(?:resource\.)?(?P<type>(?:data\.)?(?:aws|awscc)_[a-z0-9_]+)\[(?P<name>[^\]]*)\].*")
"""Place in the code, by which older KICS reports name a resource: ``aws_s3_bucket[this].policy``."""

SENTENCE = re.compile(r"Resource '(?P<address>[^']+)'.*", re.DOTALL)
"""Description by which older tfsec reports name a resource, its modules divided by colons."""

NO_RESOURCE = "a finding that names no resource of AWS"
NO_TYPE = "(no resource type)"


class Found(NamedTuple):
    """What a finding names: an address or a type, in a file; ``is_data`` for a data source."""

    name: str
    place: str
    key: str
    is_data: bool = False


def is_iac_findings(document: Any) -> bool:
    """Return whether the document, or every one of a list, is a report of one of these tools."""
    reports = document if isinstance(document, list) else [document]
    return bool(reports) and all(map(_is_report, reports))


def _is_report(report: Any) -> bool:
    if not isinstance(report, dict):
        return False
    checks = (_is_checkov, _is_terrascan, _is_tfsec, _is_kics, _is_check)
    return any(is_of_tool(report) for is_of_tool in checks)


def _is_check(report: dict[str, Any]) -> bool:
    """Return whether this is a single finding of Checkov, as lists cut out of a report hold it."""
    return {"check_id", "check_name", "resource"} <= set(report) and "results" not in report


def _is_checkov(report: dict[str, Any]) -> bool:
    results = report.get("results")
    if isinstance(results, dict):
        return bool(set(CHECKS) & set(results))
    return "checkov_version" in report and "results" not in report  # nothing was found


def _is_terrascan(report: dict[str, Any]) -> bool:
    results = report.get("results")
    return isinstance(results, dict) and {"violations", "scan_summary"} <= set(results)


def _is_tfsec(report: dict[str, Any]) -> bool:
    results = report.get("results")
    if set(report) == {"results"} and results is None:  # nothing was found
        return True
    first = results[0] if isinstance(results, list) and results else None
    return (
        isinstance(first, dict)
        and "rule_id" in first
        and not {"resource", "location"}.isdisjoint(first)
    )


def _is_kics(report: dict[str, Any]) -> bool:
    is_counted = "kics_version" in report or {"queries_total", "files_scanned"} <= set(report)
    return isinstance(report.get("queries"), list) and is_counted


def read_iac_findings(document: Any, file: object) -> Iterator[Resource]:
    """Yield a row per finding. Several findings on one resource are one resource.

    Raises
    ------
    EstateError
        If a report or a finding is of another form.
    """
    reports = document if isinstance(document, list) else [document]
    for number, report in enumerate(reports, start=1):
        if _is_check(report):
            yield _build_resource(_read_check(report, "", f"entry {number}"))
            continue
        place = f"report {number}, " if len(reports) > 1 else ""
        for found in _choose_reader(report)(report, file):
            yield _build_resource(found._replace(place=f"{place}{found.place}"))


def _choose_reader(report: dict[str, Any]) -> Callable[[dict[str, Any], object], Iterator[Found]]:
    if _is_checkov(report):
        return _list_checkov
    if _is_terrascan(report):
        return _list_terrascan
    return _list_kics if _is_kics(report) else _list_tfsec


def _list_checkov(report: dict[str, Any], file: object) -> Iterator[Found]:
    kind = read_line(report.get("check_type"))
    results = report.get("results") or {}
    for name in CHECKS:
        for number, check in enumerate(expect_list(results.get(name), file, name), start=1):
            place = f"{name} {number}"
            yield _read_check(expect_mapping(check, file, place), kind, place)


def _read_check(check: dict[str, Any], kind: str, place: str) -> Found:
    resource = read_scalar(check.get("resource"))
    key = "\n".join([kind, read_scalar(check.get("file_path")), resource])
    return Found(resource, place, key, _is_data(check.get("code_block")))


def _is_data(code: Any) -> bool:
    """Return whether the code of a finding, pairs of number and line, begins a data source."""
    first = code[0] if isinstance(code, list) and code else None
    line = first[1] if isinstance(first, list) and len(first) > 1 else ""
    return isinstance(line, str) and line.lstrip().startswith("data ")


def _list_terrascan(report: dict[str, Any], file: object) -> Iterator[Found]:
    for listed in ("violations", "skipped_violations"):
        violations = report["results"].get(listed) or []
        for number, violation in enumerate(expect_list(violations, file, listed), start=1):
            place = f"{listed} {number}"
            violation = expect_mapping(violation, file, place)
            kind = read_scalar(violation.get("resource_type"))
            named = (violation.get(name) for name in ("file", "module_name", "resource_name"))
            yield Found(kind, place, "\n".join([kind, *map(read_scalar, named)]))


def _list_tfsec(report: dict[str, Any], file: object) -> Iterator[Found]:
    for number, result in enumerate(expect_list(report["results"] or [], file, "results"), start=1):
        place = f"results {number}"
        result = expect_mapping(result, file, place)
        resource = read_scalar(result.get("resource")) or _find_address(result.get("description"))
        if not ADDRESS.fullmatch(resource):
            resource = resource.replace(":", ".")  # older reports divide modules by colons
        where = result.get("location")
        path = read_scalar(where.get("filename")) if isinstance(where, dict) else ""
        yield Found(resource, place, f"{path}\n{resource}")


def _find_address(description: Any) -> str:
    sentence = SENTENCE.fullmatch(read_scalar(description))
    return sentence["address"] if sentence else ""


def _list_kics(report: dict[str, Any], file: object) -> Iterator[Found]:
    for number, query in enumerate(report["queries"], start=1):
        place = f"queries {number}"
        for entry in expect_list(expect_mapping(query, file, place).get("files"), file, place):
            entry = expect_mapping(entry, file, place)
            kind, name = (
                read_scalar(entry.get("resource_type")),
                read_scalar(entry.get("resource_name")),
            )
            search_key = read_scalar(entry.get("search_key"))
            in_code = KEY.fullmatch(search_key)
            if in_code and not kind:
                kind, name = in_code["type"], in_code["name"]
            parts = [read_scalar(entry.get("file_name")), kind, name or search_key]
            is_data = kind.startswith("data.")
            yield Found(kind.removeprefix("data."), place, "\n".join(parts), is_data)


def _build_resource(found: Found) -> Resource:
    address, named = ADDRESS.fullmatch(found.name), TYPE.fullmatch(found.name)
    if address:
        kind, other = address["type"], describe_other_provider(address["type"])
        if address["data"] or found.is_data:
            other = DATA_SOURCE
    elif named:
        kind, other = named["type"], ""
    elif re.fullmatch(r"(community|amazon)\.aws\.[a-z0-9_]{2,60}", found.name):  # modules of Ansible
        kind, other = found.name, ""
    elif re.fullmatch(r"[a-z][a-z0-9]*_[a-z0-9_]{2,60}", found.name):  # some name the type alone
        kind, other = found.name, describe_other_provider(found.name)
        other = DATA_SOURCE if found.is_data else other
    else:
        return Resource(NO_TYPE, place=found.place, no_service=NO_RESOURCE, key=found.key)
    return Resource(
        kind, place=f"{found.place}{DECLARED}", no_service=other, key=found.key, is_partial=True
    )


UNPRICED = "noPriceResourceCounts", "unsupportedResourceCounts"
NO_KIND = "an entry that names no type of a resource"


def is_infracost(document: Any) -> bool:
    """Return whether the document lists projects with a breakdown of their cost."""
    projects = document.get("projects") if isinstance(document, dict) else None
    if not isinstance(projects, list) or "currency" not in document:
        return False
    return all(isinstance(one, dict) and "breakdown" in one for one in projects)


def read_infracost(document: dict[str, Any], file: object) -> Iterator[Resource]:
    """Yield every resource of every project, and those without a price as often as they are counted.

    Raises
    ------
    EstateError
        If a project, a resource or a count is of another form.
    """
    for number, project in enumerate(document["projects"], start=1):
        place = f"project {number}"
        breakdown = expect_mapping(project["breakdown"] or {}, file, place)
        free = expect_list(breakdown.get("freeResources"), file, place)

        for entry in [*expect_list(breakdown.get("resources"), file, place), *free]:
            yield _build_priced(expect_mapping(entry, file, place))

        # Free resources are listed, or only counted by type.
        summary = expect_mapping(project.get("summary") or {}, file, place)
        for name in UNPRICED[1:] if free else UNPRICED:
            counts = expect_mapping(summary.get(name) or {}, file, f"{place}, {name}")
            for kind, count in counts.items():
                if not isinstance(count, int) or count < 0:
                    raise EstateError(f"{file}, {place}, {name}: no whole number")
                if count:
                    yield _build_kind(read_line(kind), f"{place}, {name}", count)


def _build_priced(entry: dict[str, Any]) -> Resource:
    address = ADDRESS.fullmatch(read_line(entry.get("name")))
    kind = read_line(entry.get("resourceType")) or (address["type"] if address else "")
    monthly = read_amount(read_scalar(entry.get("monthlyCost")))
    named = f"{address[0]}{DECLARED}" if address else f"{kind or 'a resource'}{DECLARED}"
    return _build_kind(kind, named, 1)._replace(cost=monthly or None)  # 0 without an estimate of usage


def _build_kind(kind: str, place: str, times: int) -> Resource:
    if "_" not in kind:
        return Resource("(no type)", place=place, times=times, no_service=NO_KIND)
    other = describe_other_provider(kind)
    return Resource(kind, place=place, times=times, no_service=other, is_partial=True)


LISTS = ("managed", "unmanaged", "missing")
GONE = "declared, and missing in the account, by driftctl"


def is_driftctl(document: Any) -> bool:
    """Return whether the document is a result of ``driftctl scan`` in JSON."""
    summary = document.get("summary") if isinstance(document, dict) else None
    return isinstance(summary, dict) and "total_managed" in summary and "coverage" in document


def read_driftctl(document: dict[str, Any], file: object) -> Iterator[Resource]:
    """Yield every resource of the three lists; one that is missing in the account is no service.

    Raises
    ------
    EstateError
        If an entry has no resource type.
    """
    for name in LISTS:
        for number, entry in enumerate(expect_list(document.get(name), file, name), start=1):
            place = f"{name} {number}"
            kind = read_line(expect_mapping(entry, file, place).get("type"))
            if not kind:
                raise EstateError(f"{file}, {place}: no type; expected one such as aws_s3_bucket")
            why = describe_other_provider(kind) or (GONE if name == "missing" else "")
            yield Resource(kind, place=place, no_service=why, is_partial=True)
