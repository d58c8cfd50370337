"""Names of products that are bought on AWS Marketplace, such as models of Bedrock."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from srm_data.estate.columns import Columns
from srm_data.estate.profiles import PRODUCT, fold_name

MARKETPLACE = "AWS Marketplace"
CODE = "^[0-9a-z]{20,30}$"
"""Pattern of the code of a product on AWS Marketplace; codes of AWS have upper case or are shorter."""

NAME = "product_name"
"""Key of the name among the properties of a product."""


def has_properties(columns: Columns) -> bool:
    """Return whether the names of products are among their properties, in one column of maps."""
    return fold_name(columns.product) == PRODUCT


def choose_product(identifier: Any, columns: Columns) -> Any:
    """Return the expression for the name of a product of AWS Marketplace, or else the identifier."""
    import narwhals as nw

    if not columns.product or has_properties(columns):
        return identifier
    name = nw.col(columns.product).cast(nw.String).fill_null("")
    return nw.when(_is_sold(columns) & (name != "")).then(name).otherwise(identifier)


def list_products(table: Any, columns: Columns) -> dict[str, str]:
    """List the names of the products of AWS Marketplace by their codes, if they are among properties.

    The properties are the largest column of a bill: they are read of one row per product only.
    """
    import narwhals as nw

    if not has_properties(columns):
        return {}
    sold = table.filter(_is_sold(columns)).select(
        code=nw.col(columns.identifier).cast(nw.String), product=nw.col(columns.product)
    )
    found: pd.DataFrame = sold.unique("code", keep="any").collect(backend="pandas").to_native()
    names = {str(code): read_name(cell) for code, cell in found.itertuples(index=False)}
    return {code: name for code, name in names.items() if name}


def name_products(groups: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Replace the codes of products by their names."""
    if not names:
        return groups
    return groups.assign(identifier=groups["identifier"].map(lambda code: names.get(code, code)))


def _is_sold(columns: Columns) -> Any:
    import narwhals as nw

    if columns.provider:
        return nw.col(columns.provider).cast(nw.String).fill_null("") == MARKETPLACE
    return nw.col(columns.identifier).cast(nw.String).fill_null("").str.contains(CODE)


def read_name(cell: object) -> str:
    """Return the name among the properties of a product, as engines and files write them.

    Examples
    --------
    >>> read_name({"product_name": "Claude"}), read_name('{"product_name":"Claude"}')
    ('Claude', 'Claude')
    >>> read_name([("product_name", "Claude")]), read_name([{"key": "product_name", "value": "Claude"}])
    ('Claude', 'Claude')
    >>> read_name(None), read_name("Claude")
    ('', '')
    """
    if isinstance(cell, str):
        try:
            cell = json.loads(cell)
        except ValueError:
            return ""
    if isinstance(cell, dict):
        return str(cell.get(NAME) or "")
    if not hasattr(cell, "__iter__"):
        return ""
    pairs = [tuple(one.values()) if isinstance(one, dict) else tuple(one) for one in cell]
    return next((str(pair[1] or "") for pair in pairs if len(pair) == 2 and pair[0] == NAME), "")
