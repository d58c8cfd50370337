"""The registry of all kinds of inventories, and a module for each language that is read.

A kind of JSON or YAML that lists its resources is some rows of the table ``document_kinds``, which
:mod:`srm_data.estate.documents` reads. Kinds with a module have a language of their own, such as
templates with functions. ``large_tables`` counts CSV and Parquet files, ``small_tables`` Excel sheets
and lists.

To add a kind, add rows to the table, or write a module with two functions, one that recognises a
document (or, for text, the file name and the beginning of the text) and one that yields its resources,
and add an entry to ``READERS``. Detection, the choices of the command line, error messages and the
guide's table are derived from the registry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from srm_data.estate.resources import Resource

Functions = tuple[Callable[[Any], bool], Callable[[Any, object], "Iterator[Resource]"]]


class Reader(NamedTuple):
    """Kind of inventory: a document (JSON or YAML), text, or a table.

    ``source`` and ``content`` are its descriptions in the guide, and ``expected`` is the one in
    errors, which name only kinds that most people have. ``recognises`` and ``reads`` name functions as
    ``module:function``, so that listing the kinds does not load any reader. Both are empty for kinds
    of the table ``document_kinds``, and for tables and lists, which are recognised by their lines.
    """

    kind: str
    source: str
    content: str
    expected: str = ""
    recognises: str = ""
    reads: str = ""
    form: str = "document"

    def load(self) -> Functions:
        """Return the functions that recognise and read a document."""
        return _load(self.recognises), _load(self.reads)


def _load(name: str) -> Callable[..., Any]:
    module, _, function = name.partition(":")
    loaded: Callable[..., Any] = getattr(import_module(f"{__name__}.{module}"), function)
    return loaded


READERS = (
    Reader(
        kind="terraform",
        source="Terraform",
        content="state (versions 1 to 4), `terraform show -json` of a state or a plan",
        expected="Terraform state or show -json",
        recognises="terraform:is_terraform",
        reads="terraform:read_terraform",
    ),
    Reader(
        kind="terraform-source",
        source="Terraform source",
        content="`.tf` and `.tf.json`: declarations, whether deployed or not; each block counts once",
        recognises="terraform_source:is_source",
        reads="terraform_source:read_source",
        form="text",
    ),
    Reader(
        kind="state-list",
        source="Terraform addresses",
        content="output of `terraform state list`",
        recognises="terraform:is_state_list",
        reads="terraform:read_state_list",
        form="text",
    ),
    Reader(
        kind="scoutsuite",
        source="ScoutSuite",
        content="`scoutsuite_results_*.js`, results in JSON",
    ),
    Reader(
        kind="cloudformation",
        source="CloudFormation, SAM",
        content="templates in JSON or YAML, and nested templates beside them",
        expected="a CloudFormation template",
        recognises="cloudformation:is_template",
        reads="cloudformation:read_template",
    ),
    Reader(
        kind="cdk",
        source="AWS CDK",
        content="`cdk.out`, the folder or its `manifest.json`",
        recognises="cloudformation:is_manifest",
        reads="cloudformation:read_manifest",
    ),
    Reader(
        kind="serverless",
        source="Serverless Framework",
        content="`serverless.yml` (declarations), `serverless-state.json`",
        recognises="cloudformation:is_serverless",
        reads="cloudformation:read_serverless",
    ),
    Reader(
        kind="pulumi",
        source="Pulumi",
        content="`pulumi stack export`, `pulumi preview --json`",
        recognises="pulumi:is_pulumi",
        reads="pulumi:read_pulumi",
    ),
    Reader(
        kind="infracost",
        source="Infracost",
        content="`infracost breakdown --format json`: what is declared, with its planned cost",
    ),
    Reader(
        kind="driftctl",
        source="driftctl",
        content="`driftctl scan` in JSON: managed and unmanaged resources; missing ones are not in use",
    ),
    Reader(
        kind="iac-findings",
        source="Checkov, tfsec, KICS, Terrascan",
        content="findings in JSON about what code declares: several on one resource are one resource",
    ),
    Reader(
        kind="aws-config",
        source="AWS Config",
        content="snapshots, history, query results, single items, counts",
        expected="AWS Config",
    ),
    Reader(
        kind="listing",
        source="Listings and findings in JSON",
        content="Resource Explorer, tagging, Resource Groups; Security Hub (ASFF), Inspector, Prowler "
        "(OCSF, native), CloudSploit: several findings about one resource count as one resource",
    ),
    Reader(
        kind="aws-cli",
        source="AWS CLI",
        content="output of the usual `describe-*` and `list-*` in JSON, also narrowed with `--query`; "
        "a list that is not known is named",
        expected="output of the AWS CLI",
    ),
    Reader(
        kind="cost-explorer",
        source="Cost Explorer",
        content="API responses in JSON; the console's CSV file is read as a table",
        recognises="cost_explorer:is_cost_explorer",
        reads="cost_explorer:read_cost_explorer",
    ),
    Reader(
        kind="pricing-calculator",
        source="Pricing Calculator",
        content="estimates in JSON; those in CSV are read as a table (planned, not used)",
    ),
    Reader(
        kind="table",
        source="Bills and other tables",
        content="Cost and Usage Report and Data Exports (with manifest, zip), FOCUS, Prowler (2 to 5), "
        "Wiz, Orca, ServiceNow, Steampipe, anything with a column of ARNs, resource types or services "
        "(CSV, gzip, Parquet, all sheets of a workbook)",
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
"""All kinds of inventories; a document is read by the first one that recognises it."""

KINDS = tuple(reader.kind for reader in READERS)
DOCUMENTS = tuple(reader.kind for reader in READERS if reader.form != "table")
"""Kinds that are read as a whole, documents or text; the others are streamed."""


def describe_expected() -> str:
    """Describe what a file should be, for error messages."""
    named = ", ".join(reader.expected for reader in READERS if reader.expected)
    return f"expected {named}, or another kind that the guide lists"
