"""Narrow the model to an estate, and count the resources behind each duty."""

from __future__ import annotations

import pandas as pd

from srm_data.cells import check_frame, restore_model
from srm_data.estate.arns import is_own_word
from srm_data.estate.catalogue import RECOGNISED
from srm_data.estate.resource_types import is_member
from srm_data.estate.resources import (
    AS_PARTS,
    AT_MOST,
    BY_NAME,
    BY_NUMBER,
    CONTEXT,
    NUMBER_ABOUT,
    NUMBER_AT_MOST,
    SEPARATOR,
    join_names,
)
from srm_data.exceptions import FrameError
from srm_data.load import drop_unused_sets

COUNTS = ["resources", "assumed", "weight"]
ESTATE = [
    "identifier", "status", "rows", "resources", "counted_by", "matched_by", "assumed",
    "names_offering", "service_id", "offering_id", "accounts", "regions", "alternatives", "cost",
]  # fmt: skip
"""Columns of an estate that are required here."""

TEXTS = [
    "identifier", "status", "counted_by", "matched_by", "service_id", "offering_id", "accounts",
    "regions", "alternatives",
]  # fmt: skip

WITHOUT_NUMBER = (BY_NAME, AS_PARTS)
"""Ways of counting that give no number of an offering."""

HOW_COUNTED = {
    AT_MOST: "at most", NUMBER_AT_MOST: "at most", NUMBER_ABOUT: "about", BY_NAME: "named",
    AS_PARTS: "parts",
}  # fmt: skip
"""What a number of resources says, where it is not exact."""

LEAST_FIRST = ("at most", "about", "exactly", "named", "parts")


def list_offerings_in_use(estate: pd.DataFrame) -> pd.DataFrame:
    """Aggregate an estate by offering.

    Parameters
    ----------
    estate
        Frame from :func:`~srm_data.read_estate`.

    Returns
    -------
    DataFrame
        One row per offering, sorted by descending number of resources: ``service_id``, ``offering_id``;
        ``resources``, those that are the offering itself (instances, but not their key pairs; database
        clusters, but not their instances), or those that may be if there are none, or 1 if the
        inventory only names it or has nothing but parts of it, such as security groups; ``assumed``,
        the number of them whose offering the inventory does not determine; ``counted``, whether their
        number is ``"exactly"``, ``"about"`` or ``"at most"`` that, or the offering only ``"named"``, or
        by ``"parts"``; ``weight``, equal to ``resources``; ``rows``, all rows of the offering (numbers
        are ``int``); ``accounts`` and ``regions`` (separated names), ``environment``, ``application``,
        ``criticality`` and ``owner`` (what columns of these names say), ``cost`` (``float``),
        ``matched_by`` (vocabularies), ``alternatives`` (for the assumed ones).

    Examples
    --------
    >>> from srm_data import read_estate
    >>> estate = read_estate(["AWS::SQS::Queue", "AWS::SQS::Queue", "AWS::EC2::Instance"])
    >>> list_offerings_in_use(estate)[["offering_id", "resources"]].to_numpy().tolist()
    [['sqs', 2], ['ec2-instance', 1]]
    """
    estate = _restore_texts(estate)
    known = estate[(estate["status"] == RECOGNISED) & (estate["resources"] > 0)]
    keys = [known["service_id"], known["offering_id"]]

    # Of an offering, what counts: itself, else things that belong to it, else that it is named.
    is_itself = is_offering_itself(known)
    has_number = ~known["counted_by"].isin(WITHOUT_NUMBER)
    level = has_number.astype("int64") * (1 + is_itself.astype("int64"))
    counts = known.assign(level=level)[level == level.groupby(keys).transform("max")]
    counts = counts.assign(
        resources=counts["resources"].where(counts["level"] > 0, 1),
        assumed=counts["resources"].where(counts["assumed"], 0),
        is_assumed=counts["assumed"],
    )
    of_offering = counts.groupby(["service_id", "offering_id"])
    is_named = of_offering["level"].max() == 0
    # An upper bound says less than an approximate number, and a part less than a name.
    ways = counts["counted_by"].map(HOW_COUNTED).fillna("exactly")
    counted = ways.groupby([counts["service_id"], counts["offering_id"]]).agg(
        lambda each: next(how for how in LEAST_FIRST if how in {*each})
    )
    summed = of_offering[["resources", "assumed"]].sum()
    named = summed.clip(upper=1).assign(assumed=of_offering["is_assumed"].all().astype("int64"))
    summed = summed.mask(is_named, named).astype("int64")

    grouped = known.groupby(["service_id", "offering_id"])
    context = [name for name in CONTEXT if name in known]
    joined = ["accounts", "regions", *context, "matched_by", "alternatives"]
    described = [
        counted.rename("counted"),
        grouped["rows"].sum(),
        grouped["cost"].sum(min_count=1),
        *(grouped[name].agg(join_names) for name in joined),
    ]
    return (
        pd.concat([summed.assign(weight=summed["resources"]), *described], axis="columns")
        .reset_index()
        .sort_values(["resources", "offering_id"], ascending=[False, True], ignore_index=True)
    )


def _restore_texts(estate: pd.DataFrame) -> pd.DataFrame:
    """Return an estate with blank texts where a CSV file that pandas read has missing values."""
    check_frame(estate, ESTATE, "an estate, from read_estate")
    columns = [*TEXTS, *(name for name in CONTEXT if name in estate)]
    texts = estate[columns].astype(object).where(estate[columns].notna(), "")
    for name in columns:
        if not texts[name].map(lambda value: isinstance(value, str)).all():
            raise FrameError(
                f"expected an estate, from read_estate; column {name!r} of this frame has something "
                "else than texts: read CSV with dtype=str for it"
            )
    return estate.assign(**{name: texts[name] for name in columns})


def choose_counted(used: pd.DataFrame, estate: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Return the cells of the offerings that an inventory counts, and what is counted.

    If it only names services, these are counted; otherwise resources, and what is only named is left
    out, as a name is no number of resources.
    """
    counted = list_offerings_in_use(estate).set_index("offering_id")["counted"]
    is_counted = ~used["offering_id"].map(counted).isin(["named", "parts"])
    return (used[is_counted], "resource") if is_counted.any() else (used, "service")


def is_offering_itself(known: pd.DataFrame) -> pd.Series:
    """Return whether each row is about the offering itself, and not about a part of it.

    So is the name of a service with a number of resources, but not a type such as that of a subnet, or
    of the instances of a database cluster.
    """
    is_name = ~known["identifier"].map(is_own_word).astype("bool")
    kinds = zip(known["identifier"], known["service_id"], known["offering_id"], strict=True)
    members = [is_member(*kind) for kind in kinds]
    is_itself = known["names_offering"] & ~pd.Series(members, index=known.index, dtype="bool")
    return is_itself | (known["counted_by"].str.startswith(BY_NUMBER) & is_name)


def in_use(model: pd.DataFrame, estate: pd.DataFrame) -> pd.DataFrame:
    """Restrict the model to the offerings that an estate uses.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model`. With ``duty_sets=("core", "ai")``, the duties of AI
        are there where an offering in use has them.
    estate
        Frame from :func:`~srm_data.read_estate`.

    Returns
    -------
    DataFrame
        Rows of the model whose offering is in use, in the order of the model, with ``resources``,
        ``assumed`` and ``weight`` (``int``) of :func:`list_offerings_in_use`. Empty if nothing was
        recognised.

    Raises
    ------
    srm_data.exceptions.FrameError
        If the estate uses an offering that the model does not have, or if either argument is a
        different kind of frame.

    Examples
    --------
    >>> from srm_data import build_model, read_estate
    >>> estate = read_estate(["AWS::SQS::Queue", "AWS::SQS::Queue", "AWS::EC2::Instance"])
    >>> used = in_use(build_model(), estate)
    >>> used["offering_id"].unique().tolist(), len(used)
    (['ec2-instance', 'sqs'], 56)
    """
    model = restore_model(model, ["offering_id"], "a model of offerings, from build_model")
    used = list_offerings_in_use(estate).set_index("offering_id")[COUNTS]
    missing = used.index.difference(pd.Index(model["offering_id"].unique()))
    if len(missing):
        raise FrameError(
            f"the model does not have {SEPARATOR.join(missing)}, which the estate uses: pass a model "
            "of all offerings, built from the tables that the estate was read with"
        )

    narrowed = model.merge(
        used, left_on="offering_id", right_index=True, how="inner", validate="many_to_one"
    ).reset_index(drop=True)
    for name in ("product_group", "service", "offering", "category"):
        if name in narrowed:
            narrowed[name] = narrowed[name].cat.remove_unused_categories()
    return drop_unused_sets(narrowed)


def list_customer_duties(used: pd.DataFrame) -> pd.DataFrame:
    """List the customer's duties, sorted by descending number of resources.

    Parameters
    ----------
    used
        Frame from :func:`in_use`.

    Returns
    -------
    DataFrame
        One row per offering and duty that is at least partly the customer's: ``duty``, ``layer``,
        ``offering``, ``responsibility``, ``customer_action``, ``customer_part``, ``weight``,
        ``resources``, ``assumed``, and ``owner`` if ``used`` has it, such as from
        :func:`~srm_data.register.assign_accountable`. For equal
        numbers of resources, duties that are the customer's alone come before shared ones.

    Examples
    --------
    >>> from srm_data import build_model, in_use, read_estate
    >>> estate = read_estate(["AWS::SQS::Queue", "AWS::SQS::Queue", "AWS::EC2::Instance"])
    >>> ours = list_customer_duties(in_use(build_model(), estate))
    >>> sorted(set(ours["responsibility"])), int(ours["weight"].iloc[0])
    (['Customer', 'Shared'], 2)
    """
    columns = ["duty", "layer", "offering", "responsibility", "customer_action", "customer_part"]
    columns += COUNTS
    used = restore_model(used, columns, "a model narrowed to an estate, from in_use")
    ours = used[used["responsibility"].isin(["Customer", "Shared"])]

    columns += ["owner"] if "owner" in used else []
    ranked = ours.sort_values(
        ["weight", "responsibility", "duty"], ascending=[False, False, True], kind="stable"
    )
    return ranked[columns].reset_index(drop=True)


EFFECT = ["identifier", "offering_id", "alternatives", "differing", "duties"]


def list_effects(model: pd.DataFrame, estate: pd.DataFrame) -> pd.DataFrame:
    """List the duties that differ between assumed offerings and their alternatives.

    Parameters
    ----------
    model
        Frame from :func:`~srm_data.build_model` with all offerings.
    estate
        Frame from :func:`~srm_data.read_estate`.

    Returns
    -------
    DataFrame
        One row per assumed row of the estate: ``identifier``, ``offering_id``, ``alternatives`` (ids,
        separated by ``"; "``), ``differing`` (``int``: duties whose responsibility or customer action
        differs for at least one alternative), ``duties`` (their names, separated by ``"; "``, those
        that differ for the most alternatives first). Rows with the most differing duties come first.

    Examples
    --------
    >>> from srm_data import build_model, read_estate
    >>> effects = list_effects(build_model(), read_estate(["Amazon ECS"]))
    >>> effects["offering_id"].tolist(), "Guest OS patching" in effects["duties"][0]
    (['ecs-ec2'], True)
    """
    needed = ["offering_id", "duty_id", "duty", "responsibility", "customer_action"]
    check_frame(model, needed, "a model of offerings, from build_model")
    check_frame(estate, [*EFFECT[:3], "assumed"], "an estate, from read_estate")
    said = model["responsibility"].astype(str) + ", " + model["customer_action"].astype(str)
    by_cell = said.groupby([model["offering_id"].astype(str), model["duty_id"].astype(str)])
    answers = pd.DataFrame(by_cell.first().unstack())
    names = model.drop_duplicates("duty_id").set_index("duty_id")["duty"].astype(str).to_dict()

    rows = []
    for row in estate[estate["assumed"]].to_dict("records"):
        others = [one for one in row["alternatives"].split(SEPARATOR) if one in answers.index]
        own = answers.reindex([row["offering_id"]]).iloc[0]
        is_known = row["offering_id"] in answers.index
        counts = answers.loc[others if is_known else []].ne(own, axis="columns").sum()
        counts = counts[counts > 0].sort_values(ascending=False, kind="stable")
        duties = SEPARATOR.join(str(names[duty]) for duty in counts.index)
        named = {name: row[name] for name in EFFECT[:3]}
        rows.append(named | {"differing": len(counts), "duties": duties})
    effects = pd.DataFrame(rows, columns=EFFECT).astype({"differing": "int64"})
    return effects.sort_values("differing", ascending=False, kind="stable", ignore_index=True)
