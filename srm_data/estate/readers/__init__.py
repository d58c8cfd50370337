"""Kinds of inventories, and a module for each language that is read.

A kind of JSON or YAML that lists its resources is some rows of the table ``document_kinds``, which
:mod:`srm_data.estate.documents` reads, and a kind of table a row of ``table_kinds``. A kind has a
module here only if it has a language of its own, such as templates with functions: one function
recognises a document (or, for text, the file name and the beginning of the text), another yields its
resources, and :mod:`srm_data.estate.detect` lists both.
"""

from __future__ import annotations

KINDS = (
    "terraform", "terraform-source", "state-list", "scoutsuite", "cloudformation", "cdk", "serverless",
    "pulumi", "infracost", "driftctl", "iac-findings", "aws-config", "listing", "aws-cli",
    "cost-explorer", "pricing-calculator", "table", "list",
)  # fmt: skip
"""All kinds, in the order of the guide."""

DOCUMENTS = KINDS[:-2]
"""Kinds that are read as a whole, documents or text; the others are streamed."""

EXPECTED = (
    "expected Terraform state or show -json, a CloudFormation template, AWS Config, output of the "
    "AWS CLI, a bill or another table of resources, a list of services, or another kind that the guide "
    "lists"
)
"""What a file should be, for errors, which name only kinds that most people have."""
