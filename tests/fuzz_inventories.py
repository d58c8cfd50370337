"""Read mutated inventories: python tests/fuzz_inventories.py --count 1000 --seed 1.

Each ends in an estate or in an own error other than InternalError, in less than ten seconds and 500 MB.
What does not is kept in the folder that is printed.
"""

import argparse
import copy
import gzip
import io
import json
import random
import resource
import sys
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from srm_data.estate import read_estate
from srm_data.exceptions import EstateError, InternalError, SkippedFileWarning
from srm_data.load import load_tables
from tests.test_estate_secrets import BILLS, KNOWN, SETTINGS, TEXTS as OF_READERS

SLOW, LARGE = 10, 500  # seconds; MB
STATE_3 = {"version": 3, "lineage": "l", "modules": [{"path": ["root", "a"], "resources": {"aws_lb.a": {
    "type": "aws_lb", "deposed": [{"attributes": {}}],
    "primary": {"attributes": {"load_balancer_type": "network", "a.0.b": "1"}},
}}}]}  # fmt: skip
TEMPLATE = {
    "AWSTemplateFormatVersion": "2010-09-09", "Transform": "AWS::Serverless-2016-10-31",
    "Parameters": {"Kind": {"Type": "String", "Default": "EC2"}},
    "Globals": {"Function": {"PackageType": "Image"}},
    "Resources": {
        "A": {"Type": "AWS::ECS::Service", "Properties": {"LaunchType": {"Ref": "Kind"}}},
        "B": {"Type": "AWS::Serverless::Function"},
        "C": {"Type": "AWS::RDS::DBCluster", "Properties": {"Engine": {"Fn::Sub": ["a-${b}", {}]}}},
        "Fn::ForEach::L": ["x", ["1", "2"], {"D${x}": {"Type": "AWS::SQS::Queue"}}],
    },
}  # fmt: skip
CONFIG = {
    "configurationItems": [
        {"resourceType": "AWS::Lambda::Function", "resourceId": "a", "awsRegion": "eu-west-1",
         "awsAccountId": "123456789012", "configuration": {"packageType": "Image"},
         "configurationItemStatus": "OK", "configurationItemCaptureTime": "2026-01-01T00:00:00Z"},
        {"resourceType": "AWS::SQS::Queue", "arn": "arn:aws:sqs:eu-west-1:123456789012:q"},
    ],
    "resourceCounts": [{"resourceType": "AWS::EC2::Instance", "count": 4}],
}  # fmt: skip
COST = {"UnblendedCost": {"Amount": "1.5", "Unit": "USD"}}
COSTS = {
    "GroupDefinitions": [{"Type": "DIMENSION", "Key": "SERVICE"}],
    "ResultsByTime": [
        {"Total": {}, "Groups": [{"Keys": ["Amazon Simple Queue Service"], "Metrics": COST}]}
    ],
}
ROWS = [
    {"arn": "arn:aws:sqs:eu-west-1:123456789012:q", "region": "eu-west-1", "cost": 1.5},
    {"arn": None, "region": "", "cost": "x"},
]
SOURCE_IN_JSON = {"resource": {"aws_ecs_service": {"a": [{"launch_type": "${var.type}"}]}}}


def thin_out(node: Any) -> Any:
    """Keep one of the settings that a sample repeats, so that mutants are of what is read."""
    if isinstance(node, dict):
        return {key: thin_out(value) for key, value in node.items() if key not in [*SETTINGS][1:]}
    return [thin_out(value) for value in node[:2]] if isinstance(node, list) else node


DOCUMENTS = {
    **{name: thin_out(document) for name, document in (KNOWN | BILLS).items()},
    "state3.json": STATE_3, "nested.json": TEMPLATE, "items.json": CONFIG, "costs.json": COSTS,
    "rows.json": ROWS, "main.tf.json": SOURCE_IN_JSON, "names.json": ["Amazon SQS", "Amazon SNS"],
}  # fmt: skip
"""A document of every kind, by the samples that every reader has for its secrets, and a few others."""

TEXTS = OF_READERS | {
    "main.tf": 'variable "type" {\n  default = "FARGATE"\n}\nresource "aws_ecs_service" "a" {\n'
    '  launch_type = var.type\n  x = <<-EOT\n    }\n  EOT\n  tags = { a = "${b["c"]}" } # d\n}\n',
    "bill.csv": "lineItem/ProductCode,lineItem/LineItemType,lineItem/UnblendedCost\n"
    "AmazonEC2,Usage,1\nx,Tax,2\n",
    "semicolons.csv": 'service;account;cost\n"Amazon SQS";1;"1,5"\nAmazon SNS;;\n',
    "wide.csv": "Service,Amazon SQS($),Amazon SNS($)\nService total,1.5,2\n2026-01-01,1,2\n",
    "list.txt": "# ours\n- Amazon SQS\n2. Amazon S3\narn:aws:s3:::b\n",
}
STRANGE: list[Any] = [
    None, True, 0, -1, 10**30, 1.5, float("inf"), "", "x", "\ud800", "\x1b[2J", "a" * 600, "::",
    "arn:aws:::::", "59:59:59", "-----BEGIN", [], {}, [[]], [None], {"": ""}, {"Ref": "Kind"},
    {"Fn::Sub": []}, [{}, 1], "\x00",
]  # fmt: skip
TOKENS = [
    b"\x00", b"\xff", b'"', b"'", b"{", b"}", b"[", b"]", b",", b":", b"\n\n\n", b"\r", b"&a ", b"*a",
    b"<<: ", b"!!int ", b"!Sub ", b"---\n", b"\xef\xbb\xbf", b"\xff\xfe", b"#", b"=", b"\t",
    b"9" * 5000, b" " * 20_000, b"\\ud800", b"1e999", b"Resources:",
]  # fmt: skip


def build_seeds() -> dict[str, bytes]:
    """Build the inventories that are mutated, by file name."""
    seeds = {name: json.dumps(document).encode() for name, document in DOCUMENTS.items()}
    seeds |= {f"{name}.yaml": yaml.safe_dump(document).encode() for name, document in DOCUMENTS.items()}
    seeds |= {name: text.encode() for name, text in TEXTS.items()}
    seeds["bill.csv.gz"] = gzip.compress(seeds["bill.csv"], mtime=0)
    seeds["utf16.csv"] = TEXTS["semicolons.csv"].encode("utf-16")
    table = pd.DataFrame({"resource_type": ["AWS::SQS::Queue", "x\u00e9"], "cost": ["1", "y"]})
    book, parquet = io.BytesIO(), io.BytesIO()
    table.to_excel(book, index=False)
    table.to_parquet(parquet)
    return seeds | {"book.xlsx": book.getvalue(), "table.parquet": parquet.getvalue()}


def mutate_document(document: Any, draw: random.Random) -> Any:
    """Return a document in which some values, or keys, are others."""
    copied = json.loads(json.dumps(document))
    for _ in range(draw.randint(1, 3)):
        holder, key = draw.choice(list(list_places(copied)) or [([copied], 0)])
        change = draw.randrange(4)
        if change == 0 and isinstance(holder, dict):
            holder[str(copy.deepcopy(draw.choice(STRANGE)))] = holder.pop(key)
        elif change == 1:
            holder[key] = [holder[key]] * draw.randint(0, 3)
        elif change == 2:
            holder[key] = {"resources": holder[key], "type": copy.deepcopy(draw.choice(STRANGE))}
        else:
            holder[key] = copy.deepcopy(draw.choice(STRANGE))
    return copied


def list_places(node: Any) -> Any:
    """Yield what holds each value of a document, and its key there."""
    for key in (
        list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    ):
        yield node, key
        yield from list_places(node[key])


def mutate_bytes(content: bytes, draw: random.Random) -> bytes:
    """Return the bytes with some cut, doubled, moved, flipped or put in."""
    for _ in range(draw.randint(1, 4)):
        start, end = sorted(draw.randrange(len(content) + 1) for _ in range(2))
        part = content[start:end]
        new = draw.choice(
            [
                b"",
                part * 3,
                part[::-1],
                part + draw.choice(TOKENS),
                draw.choice(TOKENS) + part,
                bytes(byte ^ (draw.random() < 0.05) << draw.randrange(8) for byte in part),
            ]
        )
        content = content[:start] + new + content[end:]
    return content


def build_mutant(number: int, seed: int, seeds: dict[str, bytes]) -> tuple[str, bytes]:
    """Build the mutated file of this number, always the same for the same seed."""
    draw = random.Random(f"{seed} {number}")
    if draw.random() < 0.5:
        name = draw.choice(list(DOCUMENTS))
        document = mutate_document(DOCUMENTS[name], draw)
        if draw.random() < 0.3:
            text = yaml.safe_dump(document, allow_unicode=False)
            return f"{name}.yaml", text.encode("utf-8", "replace")
        return name, json.dumps(document).encode()
    name = draw.choice(list(seeds))
    return name, mutate_bytes(seeds[name], draw)


def fuzz(count: int, seed: int, folder: Path) -> tuple[Counter[str], list[str]]:
    """Read mutants, and return how many ended in what, and what went wrong."""
    tables, seeds = load_tables(), build_seeds()
    ends: Counter[str] = Counter()
    wrong = []
    for number in range(count):
        name, content = build_mutant(number, seed, seeds)
        path = folder / f"{number}-{name}"
        path.write_bytes(content)
        start = time.process_time()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SkippedFileWarning)
                read_estate(path, tables=tables)
            end = "estate"
        except InternalError as error:
            end = f"InternalError ({error.__cause__!r})"
        except EstateError:
            end = "EstateError"
        except Exception as error:
            end = f"{type(error).__name__} ({error})"
        seconds = time.process_time() - start
        ends[end.split(" ")[0]] += 1
        if end not in ("estate", "EstateError") or seconds > SLOW:
            wrong.append(f"{path}: {end}, {seconds:.1f} s")
        else:
            path.unlink()
    return ends, wrong


def main() -> int:
    """Run the mutants of a seed, and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="inventories-"))
    start = time.monotonic()
    ends, wrong = fuzz(options.count, options.seed, folder)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(*wrong, sep="\n")
    print(
        f"{options.count} inventories, seed {options.seed}: {dict(ends)}, "
        f"{time.monotonic() - start:.0f} s, at most {megabytes} MB; {len(wrong)} wrong in {folder}"
    )
    return 1 if wrong or megabytes > LARGE else 0


if __name__ == "__main__":
    sys.exit(main())
