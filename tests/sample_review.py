"""Make the sample of a returned book, and the register of the organisation that it was sent with.

``python -m tests.sample_review`` writes ``notebooks/sample-review/returned.xlsx`` and
``notebooks/sample-register.csv`` anew: an invented organisation, whose three reviewers decide, ask,
leave something out, and write in places that are not meant for it.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from openpyxl.comments import Comment

import srm_data
from srm_data.register import make_entries, write_register
from tests.fuzz_book import Copy

FOLDER = Path(__file__).parents[1] / "notebooks"
DAY = dt.date(2026, 11, 24)
MARA, JONAS, AISHA = "Mara Lindt (cloud board)", "Jonas Weber (platform)", "Aisha Rahman (data)"
ACCOUNTABLE = {
    ("*", "*"): "Cloud platform",
    ("*", "layer:application"): "Product teams",
    ("*", "layer:data"): "Product teams",
    ("*", "key-management"): "Security",
    ("*", "layer:identity"): "Security",
    ("*", "layer:network"): "Network",
    ("*", "layer:operations"): "Security operations",
    ("*", "layer:governance"): "Compliance",
    ("service:rds", "backup"): "Databases",
    ("service:rds", "layer:platform"): "Databases",
}
DECIDED = {
    "bedrock/platform-upgrade": (
        "Shared", AISHA,
        "AWS replaces model versions, but we test a new one before we switch to it.",
    ),
    "kms/key-management": ("Shared", MARA, "Confirmed as it stands."),
    "lambda-zip/platform-upgrade": (
        "Customer", JONAS,
        "Each team moves its functions to the next runtime; the platform team only reminds them.",
    ),
    "rds-db-instance/backup": (
        "Customer", AISHA, "Automated backups alone do not meet our retention of seven years.",
    ),
    "s3-general-purpose/backup": (
        "Shared", MARA,
        "AWS Backup is set centrally for all buckets tagged as records; the teams do the rest.",
    ),
    "workspaces-personal/guest-os-patching": (
        "Customer", JONAS, "We patch with our own tool and have switched the maintenance windows off.",
    ),
    "iam/credentials": ("Ours", MARA, "No access keys for people any more."),
}  # fmt: skip


def write_samples(folder: Path = FOLDER) -> None:
    """Write the register, and the book that came back."""
    rules = (
        {"offering_id": offering, "duty_id": duty, "field": "accountable", "value": name}
        for (offering, duty), name in ACCOUNTABLE.items()
    )
    register = make_entries(rules)
    path = folder / "sample-register.csv"
    path.unlink(missing_ok=True)
    write_register(path, register)

    # the book as it was sent, then what the reviewers wrote
    used = srm_data.in_use(srm_data.build_model(), srm_data.read_estate(folder / "sample-estate"))
    book = folder / "sample-review" / "returned.xlsx"
    srm_data.write_workbook(book, used, register=register, on=DAY.isoformat())
    copy = Copy(book)
    for cell, (answer, name, reason) in DECIDED.items():
        copy.fill(cell, Decision=answer, Comment=reason, Reviewer=name, Date=DAY)
    copy.fill("efs/backup", Decision="Customer", Comment="To be discussed.", Reviewer=AISHA)
    copy.fill("eks-managed-node-groups/guest-os-patching", Status="agreed", Reviewer=JONAS, Date=DAY)
    copy.fill("cloudtrail/logging-monitoring", Comment="Which team watches the trail?", Reviewer=MARA)
    place = copy.sheet.cell(copy.rows["route-53/availability"], copy.columns["Customer's part"])
    place.comment = Comment("Our health checks have no owner since June.", "Jonas Weber")
    copy.book["Matrix"]["B3"] = "Reviewed on 24 November in Lisbon"
    copy.book.save(book)


if __name__ == "__main__":
    write_samples()
