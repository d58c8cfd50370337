"""Find the offering for each line of a bill, using the table ``bill_rules``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import NamedTuple

import pandas as pd

from srm_data.estate.catalogue import Catalogue
from srm_data.estate.columns import LINE, PART_OF_LINE
from srm_data.estate.profiles import fold_name, list_id_kinds
from srm_data.estate.resource_types import is_member, list_kinds
from srm_data.estate.resources import (
    BY_ID,
    BY_NAME,
    DECIDED,
    OF_MEMBER,
    OF_PART,
    SEPARATOR,
    merge_tally,
)

ANY = "*"
NONE = "-"
"""Pattern of a field that is empty."""

BEFORE_SERVICES = 500
"""Rules for any product whose position is lower come before the rules of every service."""

REGION_CODE = re.compile(r"(?:[A-Z]{2,4}\d{0,2}|[a-z]{2,3}(?:-[a-z]+)+-\d)-")
"""Possible prefix of a usage type: EUC1-, EU-, USW2-LAX1-, us-east-1-."""

MOST_CODES = 2
BY_SERVICE_NAME = ("cur-product-code", "name")
"""Vocabularies that identify an offering, where a name such as VPC means a whole product."""

OF_ARN = "arn-resource"
"""Vocabulary of the kinds of resources in ARNs."""

WORDS = {
    "product": "product", "usage_type": "usage type", "operation": "operation",
    "resource": "resource", "engine": "engine", "family": "product family",
    "description": "description",
}  # fmt: skip
ONLY_PRODUCT = "only the product is named"
LEFT_OPEN = "the line leaves it open"
TRAFFIC, ONLY_TRAFFIC = "data transfer", "only data transfer is billed"


class BillRule(NamedTuple):
    """Rule for lines of a bill: all patterns must match. Without ``offering_id``, not a service."""

    patterns: tuple[tuple[str, tuple[tuple[str, re.Pattern[str]], ...]], ...]
    offering_id: str
    certain: str
    is_part: bool
    alternatives: str
    reason: str
    position: int

    @property
    def is_guess(self) -> bool:
        """Whether it assumes an offering by no more than the product."""
        return self.certain == "no" and {role for role, _ in self.patterns} <= {"product"}

    def match(self, line: dict[str, str]) -> str | None:
        """Describe why the rule matches a line, or return None if it does not match."""
        words = []
        for role, choices in self.patterns:
            texts = _list_spellings(line[role]) if role == "usage_type" else [line[role]]
            held = next((word for word, one in choices if any(map(one.fullmatch, texts))), "")
            if not held:
                return None
            words += [f"{WORDS[role]} {held}"] if held != NONE else []
        is_said = any(text for role, text in line.items() if role != "product")
        return ", ".join(words) or (LEFT_OPEN if is_said else ONLY_PRODUCT)


class Decision(NamedTuple):
    """Result of a rule for a line."""

    variant: str = ""
    variant_offering_id: str = ""
    variant_certain: str = ""
    others: str = ""
    no_service: str = ""
    line: str = DECIDED


BillRules = dict[str, list[BillRule]]
"""Rules of every service, and those of any product under ``*``, in the order of their positions."""


@lru_cache(maxsize=1)
def list_bill_rules(catalogue: Catalogue) -> BillRules:
    """Group the table ``bill_rules`` by service."""
    rules: BillRules = {}
    table = catalogue.tables["bill_rules"]
    columns = {role: "product_family" if role == "family" else role for role in WORDS}
    table = table.astype({"position": int}).sort_values(["service_id", "position"])
    for row in table.to_dict("records"):
        # "*" stands for any text, and only "-" for none.
        patterns = tuple(
            (role, tuple((part, _compile(part)) for part in str(row[column]).split("|")))
            for role, column in columns.items()
            if row[column]
        )
        rule = BillRule(
            patterns, row["offering_id"], row["certain"], row["is_part"] == "yes",
            row["alternatives"], row["reason"], row["position"],
        )  # fmt: skip
        rules.setdefault(row["service_id"], []).append(rule)
    return rules


def _compile(pattern: str) -> re.Pattern[str]:
    text = ".*".join(map(re.escape, pattern.split("*")))
    return re.compile("" if pattern == NONE else f"(?=.){text}", re.IGNORECASE | re.DOTALL)


def _list_spellings(usage_type: str) -> list[str]:
    """List a usage type with and without its prefix for a Region or zone."""
    spellings = [usage_type]
    while len(spellings) <= MOST_CODES and (code := REGION_CODE.match(spellings[-1])):
        spellings.append(spellings[-1][code.end() :])
    return spellings


def decide_lines(tally: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Find the offerings of bill lines in a tally, and merge lines with the same offering.

    The contents of the lines are dropped, because usage types, operations and descriptions may hold any
    text.
    """
    is_line = (tally["line"] != "") & (
        (tally["no_service"] == "") | tally["no_service"].str.startswith("bought on")
    )
    if not is_line.any():
        return tally.assign(line="")

    @cache
    def decide(product: str, line: str, reason: str) -> Decision:
        return _decide(product, line, reason, catalogue)

    # A usage type alone names its product, if only one has it.
    lines = tally[is_line]
    of_usage = [_find_product(*pair) for pair in zip(lines["identifier"], lines["line"], strict=True)]
    products = [product for product, _ in of_usage]
    is_name = (lines["identifier"] != products) & (lines["counted_by"] != BY_ID)
    lines = lines.assign(
        identifier=products,
        counted_by=lines["counted_by"].mask(is_name, BY_NAME),
        resources=lines["resources"].mask(is_name, 1),
    )
    keys = zip(lines["identifier"], lines["line"], lines["no_service"], strict=True)
    decided = pd.DataFrame(
        [decide(*key) for key in keys], columns=Decision._fields, index=lines.index, dtype="str"
    )
    is_shared = pd.Series([is_open for _, is_open in of_usage], index=lines.index, dtype="bool")
    is_shared &= decided["variant_certain"] == "yes"
    decided["variant_certain"] = decided["variant_certain"].mask(is_shared, "no")
    decided = _assume_by_traffic(decided, lines["identifier"], catalogue)
    others, lines = tally[~is_line].assign(line=""), _settle_by_id(lines.assign(**decided))
    return merge_tally(pd.concat([others, lines]))


def _find_product(identifier: str, line: str) -> tuple[str, bool]:
    """Return the product of a usage type that is all a line names, and whether others have it, too."""
    if not identifier or identifier != line.split(PART_OF_LINE)[LINE.index("usage_type")]:
        return identifier, False
    spellings = _list_spellings(identifier)
    texts = [fold_name(text) for text in spellings]
    for form in ("usage", "shared usage"):
        signs = list_id_kinds(form)
        begins = [sign for sign in signs if any(text.startswith(sign) for text in texts)]
        if begins:
            return signs[max(begins, key=len)], form != "usage"
    return spellings[:2][-1], False


def _assume_by_traffic(
    decided: pd.DataFrame, products: pd.Series, catalogue: Catalogue
) -> pd.DataFrame:
    """Assume a service of which a bill has nothing but data transfer, beside usage of others.

    Traffic alone names no resource, but what has some is in use.
    """
    services = products.map({one: catalogue.match(one).service_id for one in products.unique()})
    is_traffic = decided["no_service"].str.startswith(TRAFFIC)
    used = set(services[decided["no_service"] == ""])
    is_alone = is_traffic & services.isin(catalogue.of_service) & ~services.isin(used) & bool(used)
    for service in services[is_alone].unique():
        offerings = catalogue.of_service[service]
        offering = catalogue.ordinary.get(service, offerings[0])
        assumed = Decision(ONLY_TRAFFIC, offering, "no", SEPARATOR.join(offerings))
        decided.loc[is_alone & (services == service)] = list(assumed)
    return decided


def _settle_by_id(lines: pd.DataFrame) -> pd.DataFrame:
    """Give lines that leave the offering open the one that other lines of the same resources prove.

    Storage of an Aurora cluster, for instance, is that of the kind of cluster whose capacity is billed
    with the same id. Resources of other kinds are then counted in those other lines only. A line that
    names only its product stays as it is: a cluster may run things in several ways.
    """
    has_ids = lines["ids"].map(bool)
    is_open = has_ids & (lines["variant_certain"] == "no")
    is_open &= ~lines["variant"].isin([ONLY_PRODUCT, LEFT_OPEN, ONLY_TRAFFIC])
    proofs = lines[has_ids & (lines["variant_certain"] == "yes")]
    if not is_open.any() or proofs.empty:
        return lines

    # By id, the offerings that lines prove, and what is left of these lines.
    proven: dict[int, list[tuple[str, str]]] = {}
    for offering, line, ids in proofs[["variant_offering_id", "line", "ids"]].itertuples(index=False):
        for one in ids:
            proven.setdefault(one, []).append((offering, line))

    rows = []
    for row in lines[is_open].to_dict("records"):
        choices = [row["variant_offering_id"], *row["others"].split(SEPARATOR)]
        of_proof: dict[tuple[str, str], set[int]] = {}
        for one in row["ids"]:
            fitting = [proof for proof in proven.get(one, ()) if proof[0] in choices]
            if fitting:
                likeliest = min(fitting, key=lambda proof: choices.index(proof[0]))
                of_proof.setdefault(likeliest, set()).add(one)
        # What is proven is counted there; if all is, the row has the offering of most.
        rest = row["ids"].difference(*of_proof.values())
        if of_proof and not rest:
            (offering, line), own = max(of_proof.items(), key=lambda item: (len(item[1]), item[0]))
            row |= {"variant_offering_id": offering, "variant_certain": "yes"}
            row, rest = row | {"others": "", "line": line}, frozenset(own)
        rows.append(row | {"ids": rest, "resources": row["resources"] - len(row["ids"]) + len(rest)})
    settled = pd.DataFrame(rows, index=lines.index[is_open]).astype(lines.dtypes)
    return pd.concat([lines[~is_open], settled]).sort_index()


def _decide(product: str, line: str, reason: str, catalogue: Catalogue) -> Decision:
    """Decide what a line of a bill is about, by the first rule that matches it, or its resource."""
    match, of_service = catalogue.match(product), catalogue.of_service
    service, named, scheme = match.service_id, match.offering_id, match.matched_by
    rules, listed = list_bill_rules(catalogue), of_service.get(service, [])
    texts = {"product": product} | dict(zip(LINE, line.split(PART_OF_LINE), strict=True))
    is_meant = bool(named) and scheme in BY_SERVICE_NAME
    is_said = any(text for role, text in texts.items() if role != "product")
    if named and named != service and not (is_said or reason):
        return Decision()  # an estimate names Network Load Balancer: its name says enough

    # The rules of any product, of the service, and of any service again, by their positions.
    own: Iterable[BillRule] = () if is_meant or reason else rules.get(service, ())
    is_single = is_meant or len(listed) == 1
    of_any = rules.get(ANY, ())
    first = [rule for rule in of_any if rule.position < BEFORE_SERVICES]
    common = [rule for rule in of_any[len(first) :] if not is_meant]
    common = [rule for rule in common if rule.offering_id or not is_single]
    if reason:  # bought on AWS Marketplace, as the models of Bedrock are
        first, common = [], [rule for rule in common if rule.offering_id]
    by_kind, kind = Decision(), texts["resource"]
    if ":" in kind and not (is_meant or reason):
        of_kind = catalogue.match(kind)
        if of_kind.offering_id and of_kind.service_id == service and of_kind.matched_by == OF_ARN:
            by_kind = Decision(f"{WORDS['resource']} {kind}", of_kind.offering_id, "yes")

    # The first that matches decides, but a kind of resource knows more than a guess by the product.
    matches = ((rule, words) for rule in (*first, *own, *common) if (words := rule.match(texts)))
    rule, words = next(matches, (None, ""))
    if rule is not None and not (rule.is_guess and by_kind.variant):
        is_open = rule.offering_id and rule.certain == "no" and not rule.alternatives
        others = SEPARATOR.join(listed) if is_open else rule.alternatives
        certain = rule.certain if rule.offering_id else ""
        clustered = (of for of in list_kinds("clustered") if rule.offering_id in of_service.get(of, ()))
        is_of_cluster = is_member(kind, next(clustered, ""))
        about = OF_PART if rule.is_part else OF_MEMBER if is_of_cluster else DECIDED
        return Decision(words, rule.offering_id, certain, others, rule.reason, about)
    if by_kind.variant and (rule is not None or not is_single):
        return by_kind
    if named and not is_meant and not is_single and not reason:
        return Decision(ONLY_PRODUCT, catalogue.ordinary[service], "no", SEPARATOR.join(listed))
    return Decision(no_service=reason)
