"""Match the identifiers of an inventory with services and offerings of the catalogue."""

from __future__ import annotations

import heapq

import pandas as pd

from srm_data.estate.arns import is_own_word
from srm_data.estate.bills import ONLY_PRODUCT, decide_lines
from srm_data.estate.catalogue import NO_SERVICE, RECOGNISED, UNRECOGNISED, Catalogue, Match
from srm_data.estate.columns import PART_OF_SETTINGS
from srm_data.estate.decide import count_once, decide_offerings, mark_parts
from srm_data.estate.resource_types import list_kinds
from srm_data.estate.resources import SEPARATOR, describe_rule, merge_tally
from srm_data.estate.settings import NONE_APPLIES, Rule, find_rule_of_table, fold_type
from srm_data.estate.wording import list_sizes

MOST_NEAREST = 1_000  # unknown identifiers for which the nearest names are looked up
EMPTY = "(empty)"


def match_tally(tally: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Match the identifiers of a tally with the catalogue."""
    if (tally["line"] != "").any():
        tally = decide_lines(tally, catalogue)
    tally = _decide_settings(tally, catalogue)
    tally, may_be = _add_likeliest(tally, catalogue)

    # Match every row by what was decided already, else by its name.
    columns = ["identifier", "variant_offering_id", "no_service", "line"]
    matches = []
    for identifier, offering, reason, line in tally[columns].itertuples(index=False):
        match = Match(NO_SERVICE, matched_by="reader", note=reason)
        if offering and not reason:
            by = "bill" if line else "variant"
            service = catalogue.service_of[offering]
            match = Match(RECOGNISED, service, offering, by, names_offering=True)
        matches.append(match if offering or reason else catalogue.match(identifier))
    unknown = [n for n, one in enumerate(matches) if one.status == UNRECOGNISED and not one.note]
    for n in heapq.nlargest(MOST_NEAREST, unknown, key=tally["rows"].tolist().__getitem__):
        note = catalogue.describe_unknown(tally["identifier"].iloc[n])
        matches[n] = matches[n]._replace(note=note)

    kinds = dict.fromkeys(Match._fields, "str") | {"names_offering": "bool"}
    matched = pd.DataFrame(matches, columns=list(Match._fields)).astype(kinds)
    matched["may_be"] = matched["may_be"].mask(may_be != "", may_be)
    estate = pd.concat([tally.reset_index(drop=True), matched], axis="columns")

    estate["identifier"] = estate["identifier"].replace("", EMPTY)
    return mark_parts(count_once(decide_offerings(estate, catalogue)), catalogue)


def _decide_settings(tally: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    # A name may tell settings, too: "RDS Oracle 19c", "EC2 (t3.large)".
    named = tally["identifier"].map(list_sizes)
    is_open = tally["variant"].isin(["", ONLY_PRODUCT]) & (tally["no_service"] == "")
    has_settings = (tally["settings"] != "") | (is_open & named.map(bool).astype("bool"))
    if not has_settings.any():
        return tally

    decided = []
    rows = tally[has_settings]
    for identifier, said, in_name in zip(
        rows["identifier"], rows["settings"], named[has_settings], strict=True
    ):
        parts = said.split(PART_OF_SETTINGS)
        match = catalogue.match(identifier)
        if match.by_words or match.names_offering:  # which say more than an engine
            in_name.pop("engine", None)
        settings = in_name | dict(zip(parts[::2], parts[1::2], strict=False))
        size = settings.get("dbinstanceclass") or settings.get("instanceclass")
        settings |= dict.fromkeys(("dbinstanceclass", "instanceclass"), size) if size else {}
        decided.append(describe_rule(_find_rule(identifier, settings, catalogue)))

    names = ["variant", "variant_offering_id", "variant_certain", "others"]
    found = pd.DataFrame(decided, columns=names, index=rows.index, dtype="str")
    is_settled = (rows["settings"] != "") | (found["variant_offering_id"] != "")
    found = found.assign(line=rows["line"].where(rows["settings"] != "", ""))[is_settled]
    tally = tally.astype({"line": "str"})
    tally.loc[found.index, list(found)] = found
    return merge_tally(tally.assign(settings=""))


def _find_rule(identifier: str, settings: dict[str, str], catalogue: Catalogue) -> Rule | None:
    match = catalogue.match(identifier)
    ordinary = catalogue.ordinary.get(match.service_id, "")
    kinds = list_kinds("service").get(match.service_id, "").split(SEPARATOR)
    if match.offering_id:
        kinds = kinds[:1] if match.offering_id == ordinary else [""]
    if is_own_word(identifier) or not kinds[0]:
        return find_rule_of_table(catalogue.rules, catalogue.find_type(identifier), settings)

    found = [find_rule_of_table(catalogue.rules, kind, settings) for kind in kinds]
    if found == [NONE_APPLIES] and match.offering_id in ("", ordinary):
        return NONE_APPLIES._replace(offering_id=ordinary, words="of an ordinary type")
    rules = [rule for rule in found if rule is not None and rule.offering_id]
    offerings = dict.fromkeys(one for rule in rules for one in (rule.offering_id, *rule.others))
    others = tuple(offerings)[1:]
    return rules[0]._replace(certain="no", others=others) if others else next(iter(rules), None)


def _add_likeliest(tally: pd.DataFrame, catalogue: Catalogue) -> tuple[pd.DataFrame, pd.Series]:
    """Add the likeliest offering to rows without settings whose type has several."""
    tally = tally.reset_index(drop=True)
    may_be = pd.Series("", index=tally.index, dtype="str")
    folded = tally["identifier"].map(fold_type).astype("str")
    is_open = (tally["variant"] == "") & (tally["no_service"] == "")
    is_open &= folded.isin(list(catalogue.likeliest))

    if not is_open.any():
        return tally, may_be

    likeliest = folded[is_open].map(catalogue.likeliest.get)
    first = likeliest.str[0].astype("str").reindex(tally.index)
    tally = tally.assign(
        variant_offering_id=tally["variant_offering_id"].mask(is_open, first),
        variant_certain=tally["variant_certain"].mask(is_open, "no"),
    )
    others = likeliest.map(lambda offerings: SEPARATOR.join(offerings[1:])).astype("str")
    return tally, may_be.mask(is_open, others.reindex(tally.index))
