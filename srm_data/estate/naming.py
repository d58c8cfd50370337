"""Expressions of what the rows of a table name: an ARN, a type, a service. They run in the engine."""

from __future__ import annotations

from typing import Any

from srm_data.estate.columns import Columns, fold_name


def choose_name(columns: Columns, named: dict[str, Any]) -> Any:
    """Return the expression of what names the resource best: an ARN, else a type, else a service."""
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


def _is_typed(text: Any, *, is_id: bool, has_hash: bool) -> Any:
    """Return the expression of whether text is an ARN or a resource type; of ids, only ARNs are one.

    A type such as "Instance" says less than the service beside it.
    """
    has = text.str.contains  # plain searches are ten times as fast as a pattern
    if is_id:
        return (text.str.starts_with("arn:") | has("::", literal=True)).fill_null(False)
    typed = has(":", literal=True) | has("_", literal=True) | text.str.starts_with("Aws")
    return (typed | has("#", literal=True) if has_hash else typed).fill_null(False)


def has_arns(table: Any, columns: Columns, named: dict[str, Any]) -> bool:
    """Return whether the first rows of the columns that name a resource have ARNs.

    To shorten every value of a column without ARNs would take time. ARNs further down are shortened in
    pandas, after they were counted.
    """
    if "arn" in fold_name(columns.identifier):
        return True
    if fold_name(columns.identifier).endswith("type"):
        return False
    head = table.select(**named).head(1000).collect(backend="pandas").to_native()
    return any(str(value).strip().startswith("arn:") for name in head for value in head[name])


def shorten_arns(text: Any) -> Any:
    """Shorten ARNs in the engine, as :func:`~srm_data.estate.arns.shorten_arn` does.

    The patterns only remove text, as engines write back references in different ways.
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
