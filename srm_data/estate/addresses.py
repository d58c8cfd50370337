"""Read the addresses and resource types of Terraform, such as ``module.a.aws_sqs_queue.b``."""

from __future__ import annotations

import re

from srm_data.estate.resources import OTHER_PROVIDER
from srm_data.estate.values import read_line

ADDRESS = re.compile(
    r"(?:module\.[\w-]+(?:\[[^\]]*\])?\.)*(?P<data>data\.)?(?P<type>[a-z][a-z0-9]*_[a-z0-9_]+)"
    r"\.[\w-]+(?:\[.*\])?(?: \(deposed.*\))?"
)
DATA_SOURCE = "a data source, which Terraform only looks up"


def describe_other_provider(kind: str) -> str:
    """Describe whose resource type this is, if it is not one of AWS; return empty text if it is.

    Examples
    --------
    >>> describe_other_provider("azurerm_key_vault"), describe_other_provider("aws_kms_key")
    ('a resource of the provider azurerm, not of AWS', '')
    """
    provider = kind.split("_")[0]
    return "" if provider in ("aws", "awscc") else OTHER_PROVIDER.format(read_line(provider))
