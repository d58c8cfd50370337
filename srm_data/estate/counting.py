"""Count tables of any size in their own engine: files in DuckDB, frames where they are.

One query groups the rows of a table by what they name, and only its groups reach pandas, where each is
labelled and becomes a row of a tally.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from srm_data.estate.arns import is_full_arn, is_own_word
from srm_data.estate.catalogue import Reading
from srm_data.estate.columns import (
    LINE,
    NOTHING,
    OTHER_COLUMNS,
    PART_OF_LINE,
    ROLES,
    Columns,
    describe_no_column,
    list_twins,
    list_unread,
    list_used,
    pick_columns,
    quote_columns,
)
from srm_data.estate.labels import CHARGES, label_rows, select_charge
from srm_data.estate.money import (
    find_decimal,
    is_month,
    is_period,
    names_money,
    read_amount,
    select_amount,
    write_cell,
)
from srm_data.estate.naming import (
    HEAD,
    NAMES,
    TELLING,
    choose_name,
    choose_product,
    has_arns,
    has_beginning,
    is_by_id,
    name_groups,
    select_full_arn,
    select_kind,
    select_kind_of_id,
    select_line,
    select_settings,
    shorten_arns,
)
from srm_data.estate.numbers import is_count, is_whole, read_numbers, select_number
from srm_data.estate.profiles import BY_PREFIX, fold_name, is_known_id
from srm_data.estate.resources import (
    AT_MOST,
    BY_ID,
    BY_NAME,
    BY_ROW,
    CONTEXT,
    build_tally,
    join_ids,
    join_names,
)
from srm_data.estate.states import build_missing, select_state
from srm_data.estate.tags import select_tag, shorten_value
from srm_data.estate.vocabulary import find_named_column, names_resource
from srm_data.exceptions import EstateError

NAMING = ("identifier", "charge", "provider")
LOCATION = ("account", "region")
LISTED = {"account": "accounts", "region": "regions"} | {role: role for role in CONTEXT}
"""Columns of a tally that list what stands in the columns of a role."""

TOLD = ("states", "remarks", "uses", "records")
"""Roles of the columns by which a row may not be in use."""

LABELS = ["identifier", "no_service", "line", "settings"]
A_TOTAL = "a sum of other rows, no resource"
AN_AMOUNT = re.compile(r"(?:[A-Z]{2,3}|\W{1,3}|R\$)?\s*(?!\d{10})\d[\d.,'\s]*(?:[A-Z]{3}|\W{1,2})?")
BLANK = re.compile(r"column_\d+")  # name of a column without a header
CENT = 0.011  # by which rounding may differ
TOTAL = ("total", "summe")
"""Folded names of columns that may be of amounts or of resources."""

LOOKED_AT = 100  # rows, to see what a column has
MOST_GROUPS = 2_000_000
MOST_IDS = 1_000_000
"""Maximum number of distinct ids in a table that are kept, over all usage types of a bill."""


def count_table(frame: Any, place: str, reading: Reading) -> pd.DataFrame:
    """Count the rows of a table by identifier, and its resources by a column with their number."""
    import narwhals as nw
    from narwhals.exceptions import NarwhalsError

    if isinstance(frame, pd.DataFrame) and not frame.columns.is_unique:
        second = frame.columns.duplicated().tolist().index(True)
        first = frame.columns.tolist().index(frame.columns[second])
        where = f"{place}, columns {first + 1} and {second + 1}"
        raise EstateError(f"{where}: the same name; expected a name of its own for each column")
    try:
        table: Any = nw.from_native(frame)
        schema = table.collect_schema()
    except (TypeError, ValueError, NarwhalsError) as error:
        raise EstateError(f"{place}: not a readable table ({type(error).__name__})") from error

    columns, learned, cells = _learn_columns(table, place, reading)
    if isinstance(frame, pd.DataFrame):
        table = nw.from_native(_convert_to_text(table.to_native(), columns))
    else:
        columns = _leave_out_nested(columns, schema)
    head = _list_head(table, sorted(list_used(columns)), HEAD)
    if columns.kind == BY_PREFIX and not any(map(is_known_id, head[columns.identifier])):
        names = schema.names()
        raise EstateError(describe_no_column(place, names, reading.catalogue.profiles))
    columns, numbers, remarks = read_numbers(table, columns, place)
    if columns.has_kinds and not columns.repeats:
        remarks += _list_others(schema.names(), columns, cells, place)
    twins = list_twins(schema.names(), columns, place)
    if reading.details:
        table, columns = _read_costs(table, columns, head)

    # Ids are read only where a row has no type or service beside them.
    place, table, short = f"{place}, column {columns.identifier}", table.lazy(), columns
    options: dict[str, Any] = {"numbers": numbers, "details": bool(reading.details)}
    if is_by_id(columns) and not has_beginning(head[columns.identifier], TELLING):
        name, last = columns.otherwise, columns.last
        short = columns._replace(identifier=name, otherwise=last, last="", has_kinds=True)
    for chosen in (short, columns):
        tally = _count_columns(table, chosen, place, has_arn=has_arns(head, chosen), **options)
        if chosen == columns or not (tally["identifier"] == "").any():
            break
    reading.remarks.extend([*learned, *list_unread(columns, place), *remarks, *twins])
    return tally


def _list_head(table: Any, names: list[str], rows: int) -> pd.DataFrame:
    import narwhals as nw

    texts = [nw.col(name).cast(nw.String) for name in names]
    head: pd.DataFrame = table.lazy().select(*texts).head(rows).collect(backend="pandas").to_native()
    return head.astype(object).where(head.notna(), "").astype("str")


def _list_others(
    names: Iterable[object], columns: Columns, cells: pd.DataFrame, place: str
) -> list[str]:
    """List a remark on the columns of a list that have no role, and on those of them with numbers."""
    read = list_used(columns).union(columns.periods, columns.units, *columns.unread.values())
    read -= set() if columns.adds_costs else {*columns.costs[1:]}
    others = [name for name in map(str, names) if name not in read and not BLANK.fullmatch(name)]
    is_counted = columns.thing or (columns.number and columns.costs)
    listed = [] if is_counted else [name for name in others if name in cells]
    amounts = [n for n in listed if not names_money(fold_name(n)) and _has_amounts(cells[n])]
    shown = quote_columns(others)
    more = f" (of numbers: {quote_columns(amounts)}; expected Count or Cost)" if amounts else ""
    return [f"{place}{OTHER_COLUMNS}{shown}{more}"] if shown else []


def _has_amounts(cells: pd.Series) -> bool:
    """Return whether most cells are numbers or amounts, and do not number the rows."""
    texts = [text for text in cells.str.strip() if text]
    amounts = [read_amount(text) for text in texts if AN_AMOUNT.fullmatch(text)]
    return 2 * len(amounts) > len(texts) and amounts != [*range(1, len(cells) + 1)]


def _learn_columns(table: Any, place: str, reading: Reading) -> tuple[Columns, list[str], pd.DataFrame]:
    """Return the columns by role, and remarks: first by their names, then by what the cells say.

    If less than two of three rows have a name or an id where it is expected, and another column has
    them, that one is read. A month as a header is a cost, and *Count of ARN* a number, if it is alone.
    """
    schema, catalogue = table.collect_schema(), reading.catalogue
    columns = pick_columns(schema.names(), place, catalogue.profiles)
    if columns.is_bill or columns.repeats or (columns.kind and columns.kind != BY_PREFIX):
        return columns, [], pd.DataFrame()
    flat = [name for name, kind in schema.items() if isinstance(name, str) and not kind.is_nested()]
    cells, used = _list_head(table, flat, LOOKED_AT), list_used(columns)
    named = [name for role in NAMES if (name := getattr(columns, role)) in cells]
    is_named = cells[named].map(lambda cell: names_resource(cell, catalogue)).any(axis=1)

    learned: dict[str, str] = {}
    if 3 * is_named.sum() < 2 * len(cells):
        other = find_named_column(cells.drop(columns=named), catalogue)
        is_better = other and sum(names_resource(c, catalogue) for c in cells[other]) > is_named.sum()
        learned |= {other: "type"} if is_better else {}
    if columns.has_kinds and not (columns.thing or columns.costs):
        unused = [name for name in flat if name not in used]
        for role, is_meant in (("cost", is_month), ("number", is_count)):
            meant = [name for name in unused if is_meant(name)]
            if len(meant) == 1 and not getattr(columns, f"{role}s"):
                learned[meant[0]] = role
        periods = [] if columns.costs else [name for name in unused if is_period(name)]
        learned |= dict.fromkeys(periods if len(periods) > 1 else [], "cost")
    remarks = []
    if learned:
        headers = pd.DataFrame(learned.items(), columns=["header", "role"])
        columns = pick_columns(schema.names(), place, catalogue.add_headers(headers).profiles)
        columns = columns._replace(adds_costs=list(learned.values()).count("cost") > 1)
        for name, role in learned.items():
            what = {"type": "what names the resource", "cost": "the cost"}.get(role, "the number")
            remarks.append(
                f"{place}: header not known, read as {what} by its cells: {quote_columns([name])}"
            )
    return columns, remarks, cells


def _leave_out_nested(columns: Columns, schema: Mapping[str, Any]) -> Columns:
    """Return the columns without settings and states that are lists or objects, as engines differ."""
    nested = {name for name, kind in schema.items() if kind.is_nested()}
    others: dict[str, Any] = {
        role: "" for role in (*CONTEXT, "tags") if getattr(columns, role) in nested
    }
    for role in TOLD:
        others[role] = tuple(name for name in getattr(columns, role) if name not in nested)
    settings = tuple((name, column) for name, column in columns.settings if column not in nested)
    return columns._replace(settings=settings, **others)


def _read_costs(table: Any, columns: Columns, head: pd.DataFrame) -> tuple[Any, Columns]:
    """Return the table with amounts as numbers in its columns of costs, in whatever country's way."""
    import narwhals as nw

    texts = {name: head[name].str.strip() for name in columns.costs}
    counts = [name for name in columns.costs if fold_name(name) in TOTAL and is_whole(texts[name])]
    if counts and len(head):
        costs = tuple(name for name in columns.costs if name not in counts)
        unread = {**columns.unread, "a cost, as whole numbers may be of resources": counts}
        columns = columns._replace(costs=costs, unread=unread)
    schema = table.collect_schema()
    amounts = {
        name: select_amount(nw.col(name).cast(nw.String), find_decimal(texts[name]))
        for name in columns.costs
        if not schema[name].is_numeric()
    }
    return table.with_columns(**amounts) if amounts else table, columns


def _count_columns(
    table: Any, columns: Columns, place: str, *, numbers: pd.DataFrame, details: bool, has_arn: bool
) -> pd.DataFrame:
    """Count the rows by name, with the resources among them, and list their places if requested.

    ``numbers`` has the numbers of resources, and how they are counted, by the text of the cell.
    ``has_arn`` tells whether some names are ARNs, as far as is known.
    """
    import narwhals as nw

    things = _select_text(columns, ["thing"]) if columns.counted_by == BY_ID else {}
    # Every row becomes a key, amounts to add up, and the id or ARN by which it may be one of several.
    keys = _select_keys(columns, has_arn=has_arn)
    keys |= {"number": select_number(table, columns.number)} if columns.number else {}
    costs = _select_costs(columns) if details else {}
    beside = _select_text(columns, LISTED) if details else {}
    if details and columns.tags:
        tags = nw.col(columns.tags).cast(nw.String)
        beside = {role: select_tag(tags, role) for role in CONTEXT} | beside
    is_line = columns.is_bill and bool(set(LINE) & set(keys))
    by, counted_by, has_unnamed = "", columns.counted_by, columns.has_periods
    if things:
        by, thing = "thing", things["thing"]
        if has_arn or columns.is_bill or columns.has_periods:  # else later, as it takes a while
            thing = thing.str.strip_chars()
        things = {"thing": thing if columns.is_bill else _select_thing(thing, columns, has_arn=has_arn)}
    elif has_arn and not (columns.is_bill or columns.repeats):
        by, has_unnamed = "arn", True
        things = {
            "arn": select_full_arn(choose_name(columns, _select_text(columns, NAMES, strip=True)))
        }
    rows = table.select(**keys, **costs, **beside, **things)

    # Group the rows; where ids may be those of other lines or files, too, they are kept.
    keeps_ids = by != "" and (is_line or (has_arn and not columns.is_bill))
    parts = (rows, list(keys), list(costs), by)
    counts, has_ids = _count_things(*parts, has_unnamed=has_unnamed, keeps_ids=keeps_ids)
    counted_by = AT_MOST if is_line and keeps_ids and not has_ids else counted_by
    # Some names or ids may be ARNs, although none of the first rows has one.
    has_more = counts["identifier"].astype("str").str.startswith("arn:").any()
    has_more |= counts.get("arns", pd.Series(0)).sum() > 0
    if not has_arn and (len(counts) > MOST_GROUPS or (not columns.is_bill and has_more)):
        options: dict[str, Any] = {"numbers": numbers, "details": details}
        return _count_columns(table, columns, place, has_arn=True, **options)

    # One query for each of accounts, Regions and the like: all at once they have millions of groups.
    names = {role: _collect(rows.group_by(*keys, role).agg(nw.len().alias("rows"))) for role in beside}
    if max(map(len, (counts, *names.values()))) > MOST_GROUPS:
        raise EstateError(
            f"{place}: more than {MOST_GROUPS:,} distinct values; expected kinds of resources or ARNs, "
            "not names of single resources"
        )

    # What is left is small: groups are named and labelled, and those of one label are added up.
    if costs:  # no cost is no zero
        counts["cost"] = counts["cost"].astype("float64").where(counts.pop("priced") > 0)
    if columns.is_bill and not is_line:
        counts = counts.assign(usage_type="")
    groups = label_rows(name_groups(counts, columns)).assign(numbered_by="")
    if columns.number:
        groups = _add_numbers(groups, numbers.reindex(counts["number"]).set_index(counts.index))
    tally = _name_total(_add_up(groups, counted_by, repeats=columns.repeats))
    labels = groups.groupby([*LABELS, "numbered_by"]).ngroup()
    of_key = counts[list(keys)].astype(object).assign(label=labels)
    for role, listed in names.items():
        listed = listed.astype(object).merge(of_key, on=list(keys), how="left", validate="many_to_one")
        texts = listed[role].fillna("").astype("str").str.strip().astype(object)
        if role in CONTEXT:  # people's own words
            texts = texts.map(shorten_value)
        tally[LISTED[role]] = texts.groupby(listed["label"]).agg(join_names)
    return build_tally(tally.assign(place=place))


def _select_costs(columns: Columns) -> dict[str, Any]:
    import narwhals as nw

    if not columns.costs:
        return {}
    costs = [nw.col(name) for name in columns.costs]
    amounts = [cost.cast(nw.Float64).fill_null(0.0) for cost in costs]
    cost = nw.sum_horizontal(*amounts) if columns.adds_costs else amounts[0]
    is_paid = nw.any_horizontal(*(amount != 0.0 for amount in amounts), ignore_nulls=False)
    # What has no cost is not said to cost nothing.
    is_paid |= nw.all_horizontal(*(cost.is_null() for cost in costs), ignore_nulls=False)
    has_cost = ~costs[0].is_null()
    return {
        "cost": cost, "paid": is_paid.cast(nw.Int64), "priced": has_cost.cast(nw.Int64)
    }  # fmt: skip


def _select_text(columns: Columns, roles: Iterable[str], *, strip: bool = False) -> dict[str, Any]:
    import narwhals as nw

    picked = {role: getattr(columns, role) for role in roles}
    texts = {role: nw.col(name).cast(nw.String) for role, name in picked.items() if name}
    return {role: text.str.strip_chars() for role, text in texts.items()} if strip else texts


def _select_thing(thing: Any, columns: Columns, *, has_arn: bool) -> Any:
    """Return the expression for what tells resources apart: an ARN, else an id.

    Beyond an account and a Region, an id may be repeated in a table that lists it by period.
    """
    import narwhals as nw

    arn = select_full_arn(thing) if has_arn else nw.lit("")
    if columns.has_periods:
        places = [text.fill_null("") for text in _select_text(columns, LOCATION).values()]
        whole = nw.concat_str([thing, *places], separator=PART_OF_LINE)
        thing = nw.when(thing.fill_null("") == "").then(nw.lit("")).otherwise(whole)
    return nw.when(arn == "").then(thing).otherwise(arn) if has_arn else thing


def _select_keys(columns: Columns, *, has_arn: bool) -> dict[str, Any]:
    """Return the expressions to group rows by.

    Types and services are grouped by their unchanged columns, which is fastest. If there are ARNs, or
    ids identify the resources, the name is chosen for every row.
    """
    import narwhals as nw

    keys = _select_text(columns, NAMING)
    if "charge" in keys:
        keys["charge"] = select_charge(keys["charge"], columns)
    named = _select_text(columns, NAMES)
    if has_arn:
        name = choose_name(columns, _select_text(columns, NAMES, strip=True))
        keys |= {"identifier": shorten_arns(name)}
    elif columns.has_kinds and columns.counted_by != BY_ID:
        keys |= named
    else:
        keys |= {"identifier": choose_name(columns, named)}
    keys["identifier"] = choose_product(keys["identifier"], columns)
    if columns.kind:
        keys["identifier"] = select_kind_of_id(keys["identifier"], columns.kind)
    keys |= select_line(columns)
    keys |= select_settings(columns)

    if columns.counted_by == BY_ID and "charge" in keys:
        # Usage of several kinds is of one thing: only charges that are no service stay apart.
        charge = keys["charge"].str.to_lowercase().str.replace_all("[^a-z0-9]", "")
        is_charge = charge.is_in(list(CHARGES)) | charge.str.ends_with("discount")
        keys["charge"] = nw.when(is_charge).then(keys["charge"]).otherwise(nw.lit(""))
    if columns.result and columns.message and (columns.counted_by == BY_ID or columns.check):
        texts = _select_text(columns, ["result", "message", "check", "thing"])  # is it in use at all?
        keys["missing"] = build_missing(**texts)
    told = [[nw.col(name).cast(nw.String) for name in getattr(columns, role)] for role in TOLD]
    if any(told):
        keys["state"] = select_state(*told)
    return keys


def _convert_to_text(frame: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """Convert columns to text, with missing values as empty text, where pandas 2 would write "None"."""
    texts = {getattr(columns, role) for role in ROLES} - {"", *columns.costs}
    texts |= {column for _, column in columns.settings}
    texts |= set(columns.numbers)
    texts -= {name for name in columns.numbers if pd.api.types.is_numeric_dtype(frame[name])}
    if columns.account and pd.api.types.is_float_dtype(account := frame[columns.account]):
        # pandas makes whole numbers fractions where some are missing.
        is_whole_number = (account.dropna() % 1 == 0).all()
        frame = frame.assign(
            **{columns.account: account.astype("Int64") if is_whole_number else account}
        )
    texts |= {name for role in TOLD for name in getattr(columns, role)}
    cells = {name: frame[name].astype(object) for name in texts}
    written = {name: column.where(column.notna(), "").astype(str) for name, column in cells.items()}
    for name in columns.costs:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            written[name] = frame[name].astype(object).map(write_cell)
    return frame.assign(**written)


def _collect(rows: Any, most: int = MOST_GROUPS) -> pd.DataFrame:
    """Collect grouped rows in pandas, and no more than one too many."""
    collected: pd.DataFrame = rows.head(most + 1).collect(backend="pandas").to_native()
    return collected


def _count_things(
    rows: Any, keys: list[str], sums: list[str], by: str, *, has_unnamed: bool, keeps_ids: bool
) -> tuple[pd.DataFrame, bool]:
    """Count rows by key, and the resources among them, which may have several rows.

    Two steps of grouping need less memory than sets of distinct ids. ``ids`` has these sets if they are
    to be kept, as other rows may have them, too, and are not too many; whether it has is returned, too.
    """
    import narwhals as nw

    counted = (nw.len().alias("rows"), *(nw.col(name).sum() for name in sums))
    if not by:
        return _collect(rows.group_by(*keys).agg(*counted)), False

    # By key and id; the kind of a resource is determined once per id.
    pairs = rows.group_by(*(key for key in keys if key != "resource"), by).agg(*counted)
    if "resource" in keys:
        pairs = pairs.with_columns(resource=select_kind(nw.col(by)))
    if keeps_ids and len(kept := _collect(pairs, MOST_IDS)) <= MOST_IDS:
        texts = kept[by].astype(object).fillna("").astype("str").str.strip()
        is_named = ~texts.str.lower().isin(NOTHING)
        is_kept = is_named
        if "resource" not in keys and by != "arn":
            is_kept = texts.map(is_full_arn).astype("bool")
        ids = [hash(text) if has else None for text, has in zip(texts, is_kept, strict=True)]
        kept["ids"] = pd.Series(ids, kept.index, dtype=object)  # a float has too few digits
        kept["things"] = kept["rows"].where(~is_named, 1) if has_unnamed else is_named.astype("int64")
        kept["arns"] = is_kept.astype("int64")
        counts = kept.groupby(keys, dropna=False)[["rows", "things", "arns", *sums]].sum()
        sets = kept[is_kept].groupby(keys, dropna=False)["ids"].agg(frozenset)
        return counts.assign(ids=sets.reindex(counts.index)).reset_index(), True

    text = nw.col(by).fill_null("")
    unnamed = nw.col("rows") if has_unnamed else nw.lit(0)
    is_arn = text != "" if by == "arn" else text.str.starts_with("arn:")
    if by == "thing":
        is_arn |= text.str.starts_with(" ") | text.str.ends_with(" ")  # to be looked at as closely
    things = nw.when(text != "").then(nw.lit(1)).otherwise(unnamed)
    added = {"things": things.cast(nw.Int64), "arns": is_arn.cast(nw.Int64)}
    grouped = pairs.with_columns(**added).group_by(*keys)
    return _collect(grouped.agg(*(nw.col(name).sum() for name in ("rows", *added, *sums)))), False


def _add_numbers(groups: pd.DataFrame, numbers: pd.DataFrame) -> pd.DataFrame:
    """Count each row as many resources as its number, even if it has an ARN, but not without one."""
    is_numbered = numbers["number"] >= 0
    in_each = numbers["number"].where(is_numbered, 0).astype("int64")
    things = groups.get("things", groups["rows"]).mask(is_numbered, groups["rows"] * in_each)
    by = numbers["counted_by"].where(is_numbered, "")
    groups = groups.assign(numbered_by=by, things=things)
    if "arns" in groups:
        groups["arns"] = groups["arns"].mask(is_numbered, 0)
    if "ids" in groups:
        groups["ids"] = groups["ids"].mask(is_numbered, None)
    return groups


def _name_total(rows: pd.DataFrame) -> pd.DataFrame:
    """Mark a row without a name whose cost is that of all others: it is their total."""
    is_blank = (rows["identifier"] == "") & (rows["no_service"] == "") & (rows["rows"] == 1)
    if "cost" not in rows or is_blank.sum() != 1:
        return rows
    total, others = rows.loc[is_blank, "cost"].sum(), rows.loc[~is_blank, "cost"].sum()
    is_total = is_blank & (others > 0) & (abs(total - others) < CENT)
    return rows.assign(no_service=rows["no_service"].mask(is_total, A_TOTAL))


def _add_up(groups: pd.DataFrame, counted_by: str, *, repeats: bool) -> pd.DataFrame:
    """Add up the groups of one label, and say how their resources were counted.

    A row with a type is one resource, and so are all rows with the same ARN. The name of a service
    counts as one resource, however often it is repeated. Findings about a type, without ids, are about
    as many resources at most.
    """
    by = [*LABELS, "numbered_by"]
    groups = groups.assign(things=groups.get("things", groups["rows"]), arns=groups.get("arns", 0))
    grouped = groups.groupby(by)
    rows = grouped[["rows", "things", "arns"]].sum()
    if "cost" in groups:
        rows["cost"] = grouped["cost"].sum(min_count=1)
        rows["paid"] = grouped["paid"].sum()
    if "ids" in groups:
        # A resource in several of these groups is one resource.
        rows["ids"] = grouped["ids"].agg(join_ids)
        listed = groups["ids"].map(lambda ids: len(ids) if isinstance(ids, frozenset) else 0)
        once = rows["ids"].map(len) - listed.groupby([groups[name] for name in by]).sum()
        rows["things"] += once
    rows = rows.reset_index()

    has_arn = rows["arns"] > 0
    if counted_by == BY_ROW:
        resources, ways = rows["things"], has_arn.map({True: BY_ID, False: BY_ROW})
    elif counted_by in (BY_ID, AT_MOST):
        resources = rows["things"].clip(lower=1)
        ways = rows["things"].gt(0).map({True: counted_by, False: BY_NAME})
    else:
        is_type = rows["identifier"].map(is_own_word).astype(bool)
        resources = rows["things"].where(is_type, rows["arns"].clip(lower=1))
        ways = is_type.map({True: AT_MOST if repeats else BY_ROW, False: BY_NAME})
        ways = ways.mask(has_arn, BY_ID)
    is_numbered = rows["numbered_by"] != ""
    return rows.assign(
        resources=resources.mask(is_numbered, rows["things"]),
        counted_by=ways.mask(is_numbered, rows["numbered_by"]),
    )
