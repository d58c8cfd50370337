"""Expressions for the identifier of a row (ARN, type or service), evaluated by the engine."""

from __future__ import annotations

import functools
import operator
from typing import TYPE_CHECKING, Any

from srm_data.estate.arns import FULL, PARTS
from srm_data.estate.columns import Columns
from srm_data.estate.profiles import fold_name
from srm_data.estate.resources import BY_ID

if TYPE_CHECKING:
    import pandas as pd

NAMES = ("identifier", "otherwise", "last")
"""Roles of columns that may name a resource, best first."""

TELLING = ("arn:", " arn:", "AWS::")
"""Beginnings of ids that name the resource: ARNs and types. Each one costs time in every row."""

HEAD = 1000
"""Number of rows to inspect before a table is counted."""


def choose_name(columns: Columns, named: dict[str, Any]) -> Any:
    """Return the expression for the best identifier of a row: an ARN, else a type, else a service."""
    import narwhals as nw

    *better, least = named.values()
    if fold_name(columns.otherwise) == "type" and columns.last:  # of Tag Editor
        kind = nw.concat_str([nw.lit("AWS::"), named["last"], nw.lit("::"), named["otherwise"]])
        is_word = "^[A-Z][A-Za-z0-9]+$"
        is_kind = named["last"].str.contains(is_word) & named["otherwise"].str.contains(is_word)
        named = named | {"otherwise": nw.when(is_kind).then(kind).otherwise(named["otherwise"])}
        *better, least = named.values()
    if columns.check and columns.check == (columns.last or columns.otherwise):
        least = least.str.replace_all("_.*$", "")  # a check begins with its service
    chosen = least
    for weaker in better:  # a name is better than nothing
        chosen = nw.when(chosen.fill_null("") == "").then(weaker).otherwise(chosen)
    for role, name in reversed(list(zip(named, better, strict=False))):
        column = fold_name(getattr(columns, role))
        is_id, has_hash = column.endswith(("arn", "id")), column == "nativetype"
        is_typed = _is_typed(name, is_id=is_id, has_hash=has_hash)
        chosen = nw.when(is_typed).then(name).otherwise(chosen)
    return chosen


def name_groups(groups: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """Choose the name of groups that were counted by several columns, and drop those columns."""
    import narwhals as nw

    if not set(NAMES[1:]) & set(groups):
        return groups
    known = [role for role in NAMES if role in groups]
    texts = {role: groups[role].astype(object).fillna("").astype(str) for role in known}
    table = nw.from_native(groups.assign(**texts), eager_only=True)
    chosen = choose_name(columns, {role: nw.col(role) for role in known})
    named: pd.DataFrame = table.with_columns(identifier=chosen).to_native()
    return named.drop(columns=known[1:])


def _is_typed(text: Any, *, is_id: bool, has_hash: bool) -> Any:
    """Return the expression for whether text is an ARN or a type; among ids, only ARNs count.

    A type such as "Instance" is less specific than the service beside it.
    """
    has = text.str.contains  # plain searches are ten times as fast as a pattern
    if is_id:
        return select_telling(text)
    typed = has(":", literal=True) | has("_", literal=True) | text.str.starts_with("Aws")
    return (typed | has("#", literal=True) if has_hash else typed).fill_null(False)


def select_telling(ids: Any) -> Any:
    """Return the expression for whether an id names its resource, as an ARN or a type does."""
    beginnings = [ids.str.starts_with(beginning) for beginning in TELLING]
    return functools.reduce(operator.or_, beginnings).fill_null(False)


def leave_out_ids(columns: Columns) -> Columns:
    """Return the columns without the ids, if there are types or services beside them.

    The id column is the longest of a table, with a different value in every row, so reading it takes
    ten times as long as counting. It is not needed unless :func:`has_telling_ids`.
    """
    is_id = fold_name(columns.identifier).endswith("id") and columns.otherwise
    if not is_id or columns.counted_by == BY_ID:
        return columns
    return columns._replace(
        identifier=columns.otherwise, otherwise=columns.last, last="", has_kinds=True
    )


def has_telling_ids(table: Any, columns: Columns) -> bool:
    """Return whether some ids are ARNs or types, which are more specific than a type beside them.

    This is quick if the engine knows the least and greatest value of every block.
    """
    import narwhals as nw

    name = columns.identifier
    ranges = [(nw.col(name) >= beginning) & (nw.col(name) < end) for beginning, end in list_ranges()]
    telling = table.select(nw.col(name).cast(nw.String)).filter(functools.reduce(operator.or_, ranges))
    return len(telling.head(1).collect(backend="pandas")) > 0


def list_ranges() -> list[tuple[str, str]]:
    """List the least value of telling ids with each beginning, and the least value after them.

    Examples
    --------
    >>> list_ranges()[0]
    ('arn:', 'arn;')
    """
    return [(beginning, f"{beginning[:-1]};") for beginning in TELLING]  # ";" follows ":"


def has_arns(table: Any, columns: Columns, named: dict[str, Any]) -> bool:
    """Return whether the first rows of the columns that name a resource have ARNs.

    Shortening every value of a column without ARNs would be slow. ARNs further down are shortened in
    pandas after counting.
    """
    if "arn" in fold_name(columns.identifier):
        return True
    if fold_name(columns.identifier).endswith("type"):
        return False
    head = table.select(**named).head(HEAD).collect(backend="pandas").to_native()
    return any(str(value).strip().startswith("arn:") for name in head for value in head[name])


def select_full_arn(text: Any) -> Any:
    """Return the expression for a full ARN, or for empty text if it is anything else.

    Parts have the ARN of the whole, as in :func:`~srm_data.estate.arns.drop_part`.
    """
    import narwhals as nw

    whole = text
    for pattern, steps in PARTS:
        shorter = text
        for old, new in steps:
            shorter = shorter.str.replace_all(old, new)
        whole = nw.when(text.str.contains(pattern)).then(shorter).otherwise(whole)
    return nw.when(text.fill_null("").str.contains(FULL)).then(whole).otherwise(nw.lit(""))


def select_partition(text: Any) -> Any:
    """Return the expression for the partition of an ARN, or for empty text if it is anything else."""
    import narwhals as nw

    text = text.fill_null("")
    partition = text.str.replace_all("^arn:", "").str.replace_all(":.*$", "")
    found = nw.when(text.str.contains("^arn:[^:]+:[^:]+:")).then(partition).otherwise(nw.lit(""))
    return nw.when(text.str.starts_with("arn:aws:")).then(nw.lit("aws")).otherwise(found)


def shorten_arns(text: Any) -> Any:
    """Shorten ARNs in the engine, as :func:`~srm_data.estate.arns.shorten_arn` does.

    The patterns only remove text, because engines differ in how they write back references.
    """
    import narwhals as nw

    service = text.str.replace_all("^arn:[^:]*:", "").str.replace_all(":.*$", "")
    resource = text.str.replace_all("^arn:[^:]*:[^:]*:[^:]*:[^:]*:/?", "")
    kind = nw.concat_str([service, nw.lit(":"), resource.str.replace_all("[/:].*$", "")])
    shortened = nw.when(resource.str.contains("[/:]")).then(kind).otherwise(service)
    for step in ("app", "net", "gwy"):
        balancer = f"loadbalancer/{step}"
        named = nw.concat_str([service, nw.lit(f":{balancer}")])
        shortened = nw.when(resource.str.starts_with(f"{balancer}/")).then(named).otherwise(shortened)
    bucket = text.str.contains("^arn:[^:]*:s3:[^:]*::")
    shortened = nw.when(bucket).then(nw.lit("s3:bucket")).otherwise(shortened)
    is_arn = text.str.contains("^arn:[^:]*:[^:]+:[^:]*:[^:]*:")
    return nw.when(is_arn).then(shortened).otherwise(text)
