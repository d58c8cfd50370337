"""One module per kind of inventory, and the registry of all kinds.

``terraform``, ``cloudformation``, ``aws_config``, ``listings`` and ``cost_explorer`` read documents
(JSON or YAML). ``large_tables`` counts CSV and Parquet files, ``small_tables`` Excel sheets and lists.

To add a reader of documents, write a module with two functions, one that recognises a document and one
that yields its resources, and add one entry to ``READERS``. Detection, the choices of the command line,
the errors and the README's table are made from the registry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from srm_data.estate.resources import Resource

Functions = tuple[Callable[[Any], bool], Callable[[Any, object], "Iterator[Resource]"]]


class Reader(NamedTuple):
    """One kind of inventory, in the form of a document (JSON or YAML), of text, or of a table.

    ``source`` and ``content`` are the README's words for it, ``expected`` those of an error.
    ``recognises`` and ``reads`` name functions as ``module:function``, so that the list of kinds loads
    no reader. Both are empty for tables and lists, which are recognised by their lines.
    """

    kind: str
    source: str
    content: str
    expected: str
    recognises: str = ""
    reads: str = ""
    form: str = "document"

    def load(self) -> Functions:
        """Return the function that recognises a document and the one that reads it."""
        return _load(self.recognises), _load(self.reads)


def _load(name: str) -> Callable[..., Any]:
    module, _, function = name.partition(":")
    loaded: Callable[..., Any] = getattr(import_module(f"{__name__}.{module}"), function)
    return loaded


READERS = (
    Reader(
        kind="terraform",
        source="Terraform",
        content="state (versions 3 and 4), `terraform show -json` of a state or a plan",
        expected="Terraform state or show -json",
        recognises="terraform:is_terraform",
        reads="terraform:read_terraform",
    ),
    Reader(
        kind="cloudformation",
        source="CloudFormation, SAM",
        content="templates in JSON or YAML",
        expected="a CloudFormation template",
        recognises="cloudformation:is_template",
        reads="cloudformation:read_template",
    ),
    Reader(
        kind="aws-config",
        source="AWS Config",
        content="snapshots, history, query results, single items, counts",
        expected="AWS Config",
        recognises="aws_config:is_config",
        reads="aws_config:read_config",
    ),
    Reader(
        kind="listing",
        source="Listings in JSON",
        content="Resource Explorer, tagging, Resource Groups, Security Hub, Prowler (OCSF)",
        expected="a listing of resources",
        recognises="listings:is_listing",
        reads="listings:read_listing",
    ),
    Reader(
        kind="cost-explorer",
        source="Cost Explorer",
        content="answers of its API in JSON; the console's CSV file is read as a table",
        expected="an answer of Cost Explorer",
        recognises="cost_explorer:is_cost_explorer",
        reads="cost_explorer:read_cost_explorer",
    ),
    Reader(
        kind="table",
        source="Bills and other tables",
        content="Cost and Usage Report and Data Exports, FOCUS, Prowler, Steampipe, anything with a "
        "column of ARNs, resource types or services (CSV, gzip, Parquet, Excel)",
        expected="a bill or another table of resources",
        form="table",
    ),
    Reader(
        kind="list",
        source="Lists",
        content="names of services in a text, CSV or Excel file",
        expected="a list of services",
        form="table",
    ),
)
"""Every kind of inventory; a document is read by the first that recognises it."""

KINDS = tuple(reader.kind for reader in READERS)
DOCUMENTS = tuple(reader.kind for reader in READERS if reader.recognises)
"""Kinds that are read whole, document or text; the others are counted in a stream."""


def describe_expected() -> str:
    """Describe what a file should be, for an error about one that is something else.

    Examples
    --------
    >>> describe_expected()[:60]
    'expected Terraform state or show -json, a CloudFormation tem'
    """
    *most, last = (reader.expected for reader in READERS)
    return f"expected {', '.join(most)}, or {last}"
