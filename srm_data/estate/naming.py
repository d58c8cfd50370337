"""Expressions for the identifier of a row (ARN, type or service), evaluated by the engine."""

from __future__ import annotations

import functools
import operator
from typing import TYPE_CHECKING, Any

import pandas as pd

from srm_data.estate.arns import FULL, PARTS
from srm_data.estate.columns import LINE, NOTHING, PART_OF_LINE, PART_OF_SETTINGS, Columns
from srm_data.estate.profiles import BY_PREFIX, PRODUCT, fold_name, list_id_kinds
from srm_data.estate.resources import BY_ID

if TYPE_CHECKING:
    import pandas as pd

NAMES = ("identifier", "otherwise", "last")
"""Roles of columns that may name a resource, best first."""

TELLING = ("arn:", " arn:", "AWS::")
"""Beginnings of ids that name the resource: ARNs and types. Each one costs time in every row."""

HEAD = 10_000
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
        beginnings = [text.str.starts_with(beginning) for beginning in TELLING]
        return functools.reduce(operator.or_, beginnings).fill_null(False)
    typed = has(":", literal=True) | has("_", literal=True) | text.str.starts_with("Aws")
    return (typed | has("#", literal=True) if has_hash else typed).fill_null(False)


def has_beginning(texts: pd.Series, beginnings: str | tuple[str, ...]) -> bool:
    """Return whether some texts begin like this."""
    return bool(texts.map(lambda text: text.startswith(beginnings)).any())


def has_arns(head: pd.DataFrame, columns: Columns) -> bool:
    """Return whether the first rows of the columns that name a resource have ARNs.

    Shortening every value of a column without ARNs would be slow. ARNs further down are shortened in
    pandas after counting.
    """
    named = fold_name(columns.identifier)
    if "arn" in named or named.endswith("type"):
        return "arn" in named
    roles = [*NAMES, "thing"] if columns.counted_by == BY_ID and not columns.is_bill else NAMES
    names = [name for role in roles if (name := getattr(columns, role))]
    return any(has_beginning(head[name].str.strip(), "arn:") for name in names)


def is_by_id(columns: Columns) -> bool:
    """Return whether rows are named by ids, beside types or services, which say more.

    The id column is the longest of a table, with a different value in every row: reading it takes ten
    times as long as counting. Only ARNs and types among the ids say more.
    """
    return fold_name(columns.identifier).endswith("id") and bool(columns.otherwise)


def select_full_arn(text: Any) -> Any:
    """Return the expression for a full ARN, or for empty text if it is anything else."""
    import narwhals as nw

    whole = text
    for pattern, steps in PARTS:
        shorter = text
        for old, new in steps:
            shorter = shorter.str.replace_all(old, new)
        whole = nw.when(text.str.contains(pattern)).then(shorter).otherwise(whole)
    return nw.when(text.fill_null("").str.contains(FULL)).then(whole).otherwise(nw.lit(""))


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


MARKETPLACE = "AWS Marketplace"
CODE = "^[0-9a-z]{20,30}$"
"""Pattern of the code of a product on AWS Marketplace; codes of AWS have upper case or are shorter."""

BEFORE_NAME = r"""^.*product_name["'=:, ]+"""
AFTER_NAME = r"""["'](?:[,)}\]].*)?$|, [a-z_]+=.*$|\}$"""
"""What stands around the name among the properties of a product, as engines and files write maps."""


def choose_product(identifier: Any, columns: Columns) -> Any:
    """Return the expression for the name of a product of AWS Marketplace, or else the identifier."""
    import narwhals as nw

    if not columns.product:
        return identifier
    name = nw.col(columns.product).cast(nw.String).fill_null("")
    if fold_name(columns.product) == PRODUCT:
        within = name.str.replace_all(BEFORE_NAME, "").str.replace_all(AFTER_NAME, "")
        name = nw.when(name.str.contains("product_name")).then(within).otherwise(nw.lit(""))
    if columns.provider:
        is_sold = nw.col(columns.provider).cast(nw.String).fill_null("") == MARKETPLACE
    else:
        is_sold = nw.col(columns.identifier).cast(nw.String).fill_null("").str.contains(CODE)
    return nw.when(is_sold & (name != "")).then(name).otherwise(identifier)


ID = "^[a-z]{1,16}(?:-[a-z]{2,8})*-[0-9a-z]{8,17}$"
"""Pattern of ids such as vol-0a1b2c3d, whose letters before the last dash are kept."""


HEX = "[0-9a-f]{8,17}"


def select_line(columns: Columns) -> dict[str, Any]:
    """Return expressions for the fields of a bill line, with only the kind of a resource."""
    import narwhals as nw

    said = {
        role: nw.col(getattr(columns, role)).cast(nw.String) for role in LINE if getattr(columns, role)
    }
    if "resource" in said:
        said["resource"] = select_kind(said["resource"])
    return said


def select_kind(resource: Any) -> Any:
    """Return the expression for the kind of a resource, from its ARN or the letters before its id."""
    import narwhals as nw

    text = resource.fill_null("")
    is_id, is_arn = text.str.contains(ID), text.str.starts_with("arn:")
    kind = nw.when(is_id).then(text.str.replace_all("-[0-9a-z]*$", "")).otherwise(nw.lit(""))
    return nw.when(is_arn).then(shorten_arns(text)).otherwise(kind)


def select_kind_of_id(ids: Any, kind: str) -> Any:
    """Return the expression for the kind of a row by its id: always the same, or the id's beginning."""
    import narwhals as nw

    text = ids.fill_null("").str.strip_chars()
    if kind != BY_PREFIX:
        named = nw.lit(kind)
        for sign, other in list_id_kinds("class").items():  # db.t3.micro is no instance of EC2
            named = nw.when(text.str.starts_with(f"{sign}.")).then(nw.lit(other)).otherwise(named)
        return nw.when(text.is_in(list(NOTHING))).then(nw.lit("")).otherwise(named)
    beginning = text.str.replace_all(f"{HEX}$", "")
    return nw.when(text.str.contains(f"^[a-z]+-{HEX}$")).then(beginning).otherwise(text)


def join_line(text: dict[str, pd.Series], empty: pd.Series, nothing: set[str]) -> pd.Series:
    """Join the fields of bill lines; empty for tables that are not bills."""
    if not set(LINE) & set(text):
        return empty
    parts = [
        text.get(role, empty).mask(text.get(role, empty).str.lower().isin(nothing), "") for role in LINE
    ]
    return pd.Series(map(PART_OF_LINE.join, zip(*parts, strict=True)), index=empty.index, dtype="str")


SETTING = "setting_"
"""Beginning of the columns of settings while a table is counted."""

NOT_SET = ("[]", "{}", "false")
"""Values of a setting that is not set, beside those of a missing name."""


def select_settings(columns: Columns) -> dict[str, Any]:
    """Return expressions for the settings in a table, or for whether they are set if that is enough."""
    import narwhals as nw

    selected = {}
    for name, column in columns.settings:
        text = nw.col(column).cast(nw.String)
        if name in columns.flags:
            folded = text.fill_null("").str.strip_chars().str.to_lowercase()
            is_set = ~folded.is_in([*NOTHING, *NOT_SET])
            text = nw.when(is_set).then(nw.lit("set")).otherwise(nw.lit(""))
        selected[SETTING + name.replace(".", "_")] = text
    return selected


def join_settings(text: dict[str, pd.Series], empty: pd.Series) -> pd.Series:
    """Join the names and values of settings, without those that a row does not have."""
    joined = empty
    for role, values in text.items():
        if role.startswith(SETTING):
            name = role.removeprefix(SETTING).replace("_", ".")
            named = joined + name + PART_OF_SETTINGS + values + PART_OF_SETTINGS
            joined = joined.where(values.str.lower().isin(NOTHING), named)
    return joined
