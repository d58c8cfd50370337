"""Read the resources that checks of Trusted Advisor flag: ``describe-trusted-advisor-check-result``.

An answer names no type of a resource, but its check does:
https://docs.aws.amazon.com/awssupport/latest/user/trusted-advisor-check-reference.html. Newer checks
name resources by ARN, and so does ``list-recommendation-resources``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from srm_data.estate.arns import shorten_arn, split_arn
from srm_data.estate.findings import ACCOUNT, MISSING
from srm_data.estate.resources import Resource
from srm_data.estate.values import expect_list, expect_mapping, read_scalar

INSTANCE, VOLUME, GROUP = "AWS::EC2::Instance", "AWS::EC2::Volume", "AWS::EC2::SecurityGroup"
BALANCER, DATABASE = "elasticloadbalancing", "AWS::RDS::DBInstance"
BUCKET, SCALING = "AWS::S3::Bucket", "AWS::AutoScaling::AutoScalingGroup"
DISTRIBUTION, ZONE, FUNCTION = (
    "AWS::CloudFront::Distribution", "AWS::Route53::HostedZone", "AWS::Lambda::Function",
)  # fmt: skip
CONNECTION, VPN = "directconnect:dxcon", "AWS::EC2::VPNConnection"

CHECKS = {
    "Qch7DwouX1": INSTANCE, "ZRxQlPsb6c": INSTANCE, "j3DFqYTe29": INSTANCE, "Bh2xRR2FGH": INSTANCE,
    "Wnwm9Il5bG": INSTANCE, "V77iOLlBqz": INSTANCE, "wuy7G1zxql": INSTANCE,
    "DAvU99Dc4C": VOLUME, "H7IgTzjTYb": VOLUME, "PPkZrjsH2q": VOLUME, "k3J2hns32g": VOLUME,
    "HCP4007jGY": GROUP, "1iG5NDGVre": GROUP, "tfg86AVHAZ": GROUP, "Z4AUBRNSmz": "AWS::EC2::EIP",
    "hjLMh88uM8": BALANCER, "iqdCTZKCUp": BALANCER, "a2sEc6ILx": BALANCER, "xSqX82fQu": BALANCER,
    "xdeXZKIUy": BALANCER, "7qGXsKIUw": BALANCER,
    "8CNsSllI5v": SCALING, "CLOG40CDO8": SCALING,
    "Ti39halfu8": DATABASE, "opQPADkZvH": DATABASE, "f2iK5R6Dep": DATABASE,
    "xuy7H1avtl": "AWS::RDS::DBCluster", "nNauJisYIT": "AWS::RDS::DBSecurityGroup",
    "G31sQ1E9U": "AWS::Redshift::Cluster",
    "Pfx0RwqBli": BUCKET, "BueAdJ7NrP": BUCKET, "R365s2Qddf": BUCKET,
    "B913Ef6fb4": ZONE, "C056F80cR3": ZONE, "51fC20e7I2": ZONE, "c9D319e7sG": ZONE,
    "b73EEdD790": ZONE, "cF171Db240": ZONE, "Cb877eB72b": ZONE,
    "N415c450f2": DISTRIBUTION, "N425c450f2": DISTRIBUTION, "N430c450f2": DISTRIBUTION,
    "N420c450f2": DISTRIBUTION, "796d6f3D83": BUCKET,
    "L4dfs2Q3C2": FUNCTION, "L4dfs2Q3C3": FUNCTION, "L4dfs2Q4C5": FUNCTION, "L4dfs2Q4C6": FUNCTION,
    "0t121N1Ty3": CONNECTION, "8M012Ph3U5": CONNECTION, "4g3Nt5M1Th": CONNECTION,
    "S45wrEXrLz": VPN, "vjafUGJ9H0": "AWS::CloudTrail::Trail",
    "DqdJqYeRm5": "AWS::IAM::User", "12Fnkpl8Y5": "AWS::IAM::User",
}  # fmt: skip
"""The resource type that each check is about, by the id of the check."""

OF_ACCOUNT = {"zXCkfM1nI3", "7DAFEmoDos", "Yw2K9puPzl", "eW7HH0l7J9", "1MoPEMsKx6", "1e93e4c0b5"}
"""Checks about an account: use of IAM, its root user and passwords, limits, reservations."""

PREFIXES = {INSTANCE: "i-", VOLUME: "vol-", GROUP: "sg-", VPN: "vpn-"}
NAMED_SECOND = {BALANCER, DATABASE, SCALING}
"""Types of which every check names the Region first, and then the resource."""

CHECK = re.compile(r"[A-Za-z0-9]{9,12}")
SUMMARIES = ("recommendationResourceSummaries", "recommendationForResourceSummaries")
IDS = ("awsResourceArn", "awsResourceId", "resourceId")


def is_trusted_advisor(document: Any) -> bool:
    """Return whether the document, or every one of a list, is a result with flagged resources."""
    results = document if isinstance(document, list) else [document]
    return bool(results) and all(map(_is_result, results))


def _is_result(result: Any) -> bool:
    if not isinstance(result, dict):
        return False
    inner = result.get("result", result)
    flagged = inner.get("flaggedResources") if isinstance(inner, dict) else None
    return isinstance(flagged, list) or any(isinstance(result.get(one), list) for one in SUMMARIES)


def read_trusted_advisor(document: Any, file: object) -> Iterator[Resource]:
    """Yield a row per flagged resource. Several checks of one resource are one resource.

    Raises
    ------
    EstateError
        If a flagged resource is of another form.
    """
    for number, result in enumerate(document if isinstance(document, list) else [document], start=1):
        place = f"result {number}"
        inner = expect_mapping(result.get("result", result), file, place)
        check = read_scalar(inner.get("checkId"))
        for name in ("flaggedResources", *SUMMARIES):
            for entry in expect_list(inner.get(name), file, place):
                yield _build_resource(check, expect_mapping(entry, file, place), place)


def _build_resource(check: str, entry: dict[str, Any], place: str) -> Resource:
    known = entry.get("metadata")
    cells = known if isinstance(known, list) else []
    texts = [read_scalar(cell) for cell in cells]
    texts += [read_scalar(entry.get(name)) for name in IDS]
    arn = next((text for text in texts if split_arn(text).service), "")

    kind = shorten_arn(arn) or CHECKS.get(check, "")
    region = split_arn(arn).region or read_scalar(entry.get("region") or entry.get("regionCode"))
    hashed = read_scalar(entry.get("resourceId"))
    thing = arn or _find_id(kind, texts, len(cells), region) or hashed
    why = ACCOUNT if check in OF_ACCOUNT else ""
    if check == "vjafUGJ9H0" and len(cells) > 1 and not texts[1]:
        why = MISSING  # a Region without a trail
    shown = f"check {check}" if CHECK.fullmatch(check) else "a check"
    return Resource(
        kind or f"(no resource type, {shown})",
        account=split_arn(arn).account,
        region=region,
        place=place,
        no_service=why,
        key="" if why else f"{kind}\n{thing}",
        is_partial=True,
    )


def _find_id(kind: str, texts: list[str], cells: int, region: str) -> str:
    """Return what tells a resource from others in every check, or empty text.

    The id of an answer is made of check and resource: two checks of one instance have two.
    """
    if prefix := PREFIXES.get(kind):
        found = re.search(rf"(?<![\w-]){prefix}[0-9a-f]{{8,17}}\b", " ".join(texts))
        return found[0] if found else ""
    if kind == BUCKET:
        return "\n".join(texts[:3])
    return f"{region}\n{texts[1]}" if kind in NAMED_SECOND and cells > 1 and texts[1] else ""
