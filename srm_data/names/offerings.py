"""Find offerings by the names used by people and in other vocabularies."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Hashable, Iterable
from functools import cache, lru_cache, partial

import pandas as pd

from srm_data.cells import check_frame
from srm_data.exceptions import Fault, TableError, find_nearest
from srm_data.load import (
    Tables,
    drop_unused_sets,
    keep_offerings,
    list_states,
    load_some,
    load_tables,
    without_categoricals,
)
from srm_data.names.index import (
    EVERYDAY,
    PART,
    SPELLING,
    Name,
    NameIndex,
    group_offerings,
    has_prefix,
    is_identifier,
    is_variant,
    list_meant,
    prefer_official,
    split_words,
    widen_identifier,
)
from srm_data.schema import require_tables

NAMED = {
    "offerings": ["offering_id", "offering", "service_id", "category_id", "ordinary", "recognise"],
    "services": ["service_id", "service", "full_name"],
    "aliases": ["scheme", "identifier", "service_id", "offering_id"],
    "everyday_names": ["name", "position", "in_inventory", "service_id", "offering_id"],
    "not_services": ["scheme", "identifier", "reason"],
}
"""The tables and columns that names are found by."""

COLUMNS = ["offering_id", "offering", "service_id", "service", "category_id", "recognise"]


def find_offerings(text: str, *, tables: Tables | None = None) -> pd.DataFrame:
    """Find the offerings that a name or identifier may mean.

    Parameters
    ----------
    text
        Id or name of an offering or a service, current or former, or words from it; an everyday name
        ("S3 buckets", "load balancer", "SSO"); a CloudFormation or AWS Config type, Terraform resource,
        ARN, billing product code, IAM prefix or botocore client; or a list of these. Case,
        plurals, hyphens, "AWS" or "Amazon", and small spelling mistakes do not matter.
    tables
        Frames from :func:`~srm_data.load_tables`; loaded if not given.

    Returns
    -------
    DataFrame
        One row per candidate, best first: ``offering_id``, ``offering``, ``service_id``, ``service``,
        ``category_id``, ``recognise`` (how to tell that it is in use) and ``matched_by`` (the
        vocabulary in which the text was found; ``"everyday"`` for an everyday name, ``"spelling"`` if a
        word was corrected, ``"part"`` if some words of the text were not recognised). If the text names
        an offering exactly, only that offering is returned. Otherwise all offerings of every service
        that it may mean are returned: those whose names have all words of the text first, then the
        ordinary one before its variants. Several rows mean that the text is ambiguous.

    Raises
    ------
    LookupError
        If nothing matches, or if the text is known not to be a service. The message gives the nearest
        names or the reason.

    Examples
    --------
    >>> find_offerings("aws_eks_node_group")["offering_id"].tolist()
    ['eks-managed-node-groups']
    >>> find_offerings("Amazon EBS")["offering_id"].tolist()
    ['ebs-volume', 'ebs-snapshot']
    >>> find_offerings("fargate")["offering_id"].tolist()
    ['ecs-fargate', 'eks-fargate', 'batch-fargate']
    """
    if not isinstance(text, str):
        raise TypeError(f"expected a name as text; got a {type(text).__name__}")
    tables, names, index = _prepare(tables)
    # What a machine writes is matched as a whole, or by the parts of it that say which service it is.
    meanings = _match_identifier(names, text)
    if not meanings:
        others = tables["not_services"]
        for other in others[others["identifier"].str.lower() == _fold(text)].to_dict("records"):
            raise LookupError(f"{text!r} ({other['scheme']}) is not a service: {other['reason']}")
        meanings = _match_widened(names, text) or _match_prefix(names, _fold(text))
    # What people write: several names, one in another spelling, its words, or a part of it.
    if not meanings and not is_identifier(text):
        names_by_words = index()
        if several := _match_several(names, names_by_words, text):
            frames = [_list_candidates(meanings, text, tables) for meanings in several]
            return pd.concat(frames).drop_duplicates("offering_id", ignore_index=True)
        meanings = (
            names_by_words.find_same(text)
            or names_by_words.find_words(text)
            or _match_part(names_by_words, text)
        )
    if not meanings:
        spelled = dict(zip(names["folded"], names["identifier"], strict=True))
        near = ", ".join(spelled[name] for name in find_nearest(_fold(text), spelled, count=4))
        hint = f"; nearest: {near}" if near else " or nearly so: try a name of AWS's"
        raise LookupError(f"no offering or service is called {text!r}{hint}")
    return _list_candidates(meanings, text, tables)


def _prepare(tables: Tables | None) -> tuple[Tables, pd.DataFrame, Callable[[], NameIndex]]:
    if tables is None:
        return load_some(NAMED), *_list_shipped(list_states())
    tables = _prepare_texts(tables)
    names = _join_names(tables)
    return tables, names, lambda: NameIndex(names)


@lru_cache(maxsize=1)
def _list_shipped(_: Hashable) -> tuple[pd.DataFrame, Callable[[], NameIndex]]:
    """List the names of the shipped tables, and index them when asked, once. Do not modify them."""
    names = list_names(load_tables())
    return names, cache(lambda: NameIndex(names))


def choose_offerings(
    model: pd.DataFrame,
    names: str | Iterable[str] = "",
    *,
    ordinary: bool = False,
    tables: Tables | None = None,
) -> pd.DataFrame:
    """Restrict a model to the named offerings, in the order of the names.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model` or :func:`~srm_data.in_use`.
    names
        One or more names, as for :func:`find_offerings`, but complete and spelled correctly. A name of
        several offerings selects all of them, the ordinary one first.
    ordinary
        Whether a name of several offerings selects only the first of them. A service then selects its
        ordinary offering.
    tables
        Frames from :func:`~srm_data.load_tables`; loaded if not given.

    Returns
    -------
    DataFrame
        Rows of those offerings. The categories of the ``offering`` column are in the order of the
        names.

    Raises
    ------
    LookupError
        If names are unknown or not in the model. The message lists all of them, with the nearest names.

    Examples
    --------
    >>> from srm_data import build_model
    >>> chosen = choose_offerings(build_model(), ["Amazon SQS", "EKS on Fargate"])
    >>> chosen["offering"].cat.categories.tolist()
    ['SQS queue', 'EKS on Fargate']
    >>> chosen = choose_offerings(build_model(), ["Amazon RDS", "AWS Lambda"], ordinary=True)
    >>> chosen["offering"].cat.categories.tolist()
    ['RDS DB instance', 'Lambda function (zip archive)']
    """
    check_frame(model, ["offering_id", "offering"], "a model of offerings, from build_model or in_use")
    held = set(model["offering_id"].unique())
    chosen: dict[str, None] = {}
    for offering_ids in _find_all(names, tables, held):
        chosen |= dict.fromkeys(offering_ids[:1] if ordinary else offering_ids)
    # Rows and categories in the order of the names.
    by_id = model.drop_duplicates("offering_id").set_index("offering_id")["offering"]
    order = list(dict.fromkeys(str(by_id[offering_id]) for offering_id in chosen))
    part = model[model["offering_id"].isin(list(chosen))]
    part = part.assign(offering=pd.Categorical(part["offering"].astype(str), order, ordered=True))
    return drop_unused_sets(part.sort_values("offering", kind="stable", ignore_index=True))


def _find_all(
    names: str | Iterable[str], tables: Tables | None, held: Container[str]
) -> list[list[str]]:
    matches, faults = [], []
    for name in [names] if isinstance(names, str) else names:
        try:
            candidates = find_offerings(name, tables=tables)
        except LookupError as error:
            if type(error) is not LookupError:
                raise
            faults.append(str(error))
            continue
        meant = candidates["offering_id"].tolist()
        # Exact names only, because nobody checks what was chosen.
        if candidates["matched_by"].isin([SPELLING, PART]).any():
            nearest = ", ".join(meant[:4])
            faults.append(f"no offering or service is called {name!r}; nearest: {nearest}")
            continue
        matches.append([offering_id for offering_id in meant if offering_id in held])
        if not matches[-1]:
            faults.append(f"{name!r} means {', '.join(meant)}, which this model does not hold")
    if faults:
        raise LookupError("\n".join(faults))
    return matches


def narrow_tables(tables: Tables, offerings: str | Iterable[str]) -> Tables:
    """Restrict the tables to some offerings, keeping them consistent with each other.

    Parameters
    ----------
    tables
        Frames from :func:`~srm_data.load_tables`.
    offerings
        One or more ids, names or identifiers, as for :func:`find_offerings`, but complete and spelled
        correctly. A name of several offerings selects all of them.

    Returns
    -------
    dict of str to DataFrame
        The same tables without other offerings, services without offerings, rows that refer to either,
        and sources that are no longer cited. Categories, duties and product groups are kept, so that
        :func:`~srm_data.build_model` gives the same cells as for the whole catalogue. If the ordinary
        offering of a service is removed, the first one kept becomes the ordinary one.

    Raises
    ------
    LookupError
        If names are unknown, or none is given. The message lists all unknown names, with the nearest
        ones.

    Examples
    --------
    >>> from srm_data import build_model, load_tables
    >>> some = narrow_tables(load_tables(), ["Amazon SQS", "EKS on Fargate"])
    >>> build_model(some)["offering_id"].unique().tolist()
    ['eks-fargate', 'sqs']
    """
    tables = _prepare_texts(tables)
    all_ids = set(tables["offerings"]["offering_id"])
    chosen = {
        offering_id for of_name in _find_all(offerings, tables, all_ids) for offering_id in of_name
    }
    if not chosen:
        raise LookupError("no offering was named; expected one or more ids or names")
    return keep_offerings(tables, chosen)


def _prepare_texts(tables: Tables) -> Tables:
    require_tables(tables, NAMED)
    for name, columns in NAMED.items():
        is_missing = tables[name][columns].isna().any()
        if is_missing.any():
            expected = 'text, "" for a blank cell: read CSV with na_filter=False'
            raise TableError([Fault(name, 0, str(is_missing.idxmax()), "nan", expected)])
    return tables | {name: without_categoricals(tables[name]) for name in NAMED}


def list_names(tables: Tables) -> pd.DataFrame:
    """List all names and identifiers of services and offerings.

    The columns are ``scheme``, ``identifier``, ``folded`` (in lower case), ``service_id`` and
    ``offering_id`` (empty if the identifier names the service as a whole). The meanings of an everyday
    name are sorted, the likeliest first.
    """
    return _join_names(_prepare_texts(tables))


def _join_names(tables: Tables) -> pd.DataFrame:
    offerings, services = tables["offerings"], tables["services"]
    # Ids and names of our own, AWS's other names, and everyday names.
    full = services[services["full_name"] != ""]
    columns = [
        ("offering", offerings["offering_id"], offerings["service_id"], offerings["offering_id"]),
        ("offering", offerings["offering"], offerings["service_id"], offerings["offering_id"]),
        ("service", services["service_id"], services["service_id"], ""),
        ("service", services["service"], services["service_id"], ""),
        ("service", full["full_name"], full["service_id"], ""),
    ]
    frames = [
        pd.DataFrame({"scheme": scheme, "identifier": name, "service_id": service, "offering_id": of})
        for scheme, name, service, of in columns
    ]
    everyday = tables["everyday_names"].sort_values(["name", "position"])
    everyday = everyday.rename(columns={"name": "identifier"}).drop(
        columns=["position", "in_inventory"]
    )
    names = pd.concat([*frames, tables["aliases"], everyday.assign(scheme=EVERYDAY)], ignore_index=True)
    # Tables that were narrowed by hand may name services and offerings that they no longer have.
    held = offerings.loc[offerings["service_id"].isin(services["service_id"]), "service_id"]
    is_held = names["service_id"].isin(held) & (
        (names["offering_id"] == "") | names["offering_id"].isin(offerings["offering_id"])
    )
    names = names[is_held].reset_index(drop=True)
    return names.assign(folded=names["identifier"].astype("str").str.lower())


def _fold(text: str) -> str:
    whole = text.encode("utf-8", "replace").decode()  # a name in another encoding has surrogates
    return " ".join(whole.lower().split())


def _match_identifier(names: pd.DataFrame, text: str, *, scheme: str = "") -> list[Name]:
    same = names[names["folded"] == _fold(text)]
    return prefer_official(_list_meanings(same[same["scheme"] == scheme] if scheme else same))


def _match_widened(names: pd.DataFrame, text: str) -> list[Name]:
    for scheme, identifier in widen_identifier(text):
        if meanings := _match_identifier(names, identifier, scheme=scheme):
            return meanings
    return []


def _match_prefix(names: pd.DataFrame, wanted: str) -> list[Name]:
    prefixes = names[names["scheme"] == "terraform-prefix"]
    begins = prefixes[prefixes["folded"].map(partial(has_prefix, wanted)).astype(bool)]
    longest = begins["folded"].str.len()
    return _list_meanings(begins[longest == longest.max()])


def _match_several(names: pd.DataFrame, index: NameIndex, text: str) -> list[list[Name]]:
    """Match several complete names in a list, such as "IAM/SSO"; empty if a part is none."""
    parts = [part for part in re.split(r"[/,&+]|\band\b", text) if part.strip()]
    if len(parts) < 2:
        return []
    meanings = [_match_identifier(names, part) or index.find_same(part) for part in parts]
    return meanings if all(meanings) else []


def _match_part(index: NameIndex, text: str) -> list[Name]:
    corrected = index.correct(text)
    if meanings := index.find_same(corrected) or index.find_words(corrected):
        return [name._replace(scheme=SPELLING) for name in meanings]
    meanings = index.find_part(text) or index.find_part(corrected)
    return [name._replace(scheme=PART) for name in meanings]


def _list_meanings(names: pd.DataFrame) -> list[Name]:
    columns = [names[column] for column in Name._fields]
    return [Name(*meaning) for meaning in zip(*columns, strict=True)]


def _list_candidates(meanings: list[Name], text: str, tables: Tables) -> pd.DataFrame:
    """Convert meanings to offerings, best first, with the columns that help to choose among them.

    Of a service, those come first whose names have all words of the text, if it has more than the
    name of the service.
    """
    services = tables["services"][["service_id", "service", "full_name"]]
    is_of_meaning = tables["offerings"]["service_id"].isin([name.service_id for name in meanings])
    offerings = tables["offerings"][is_of_meaning].merge(
        services, on="service_id", validate="many_to_one"
    )
    of_service = group_offerings(offerings)
    # A text that says more than the name of the service prefers the offering that has all its words.
    words = set() if is_identifier(text) else set(split_words(text))
    own_names = offerings["service"] + " " + offerings["full_name"]
    pairs = zip(offerings["offering"], own_names, strict=True)
    names_of = dict(zip(offerings["offering_id"], pairs, strict=True))
    for ids in of_service.values():
        ids.sort(key=lambda offering_id: not is_variant(words, *names_of[offering_id]))

    columns = ["offering_id", "matched_by"]
    meant = pd.DataFrame(list_meant(meanings, of_service), columns=columns, dtype=str)
    candidates = meant.merge(offerings, on="offering_id", how="left", validate="one_to_one")
    return candidates[[*COLUMNS, "matched_by"]]
