"""Say in words what counts show: titles of charts, alt texts and the cover take them from here."""

from __future__ import annotations

import pandas as pd


def describe_stack(stack: pd.DataFrame, name: str = "") -> str:
    """Say what a stacked picture shows.

    Parameters
    ----------
    stack
        Frame from :func:`~srm_data.stack_layers`.
    name
        The offering drawn; leave it out for a picture of several categories or offerings.

    Examples
    --------
    >>> from srm_data import build_category_model, stack_layers
    >>> describe_stack(stack_layers(build_category_model(categories="seed")))
    '7 of 28 duties move from one party to the other with the category of service'
    """
    answers = stack["answers"]
    if name:
        counts = answers.str[0].value_counts()
        return f"{name}: {_list_counts(counts)}"
    moving = answers.map(lambda parties: len(set(parties)) > 1).sum()
    return (
        f"{moving} of {len(stack)} duties move from one party to the other with the category of service"
    )


def describe_distribution(counts: pd.DataFrame) -> str:
    """Say how the customer's own duties range over the rows of a count.

    Parameters
    ----------
    counts
        Frame from :func:`~srm_data.duty_distribution`.

    Examples
    --------
    >>> from srm_data import build_category_model, duty_distribution
    >>> describe_distribution(duty_distribution(build_category_model(categories="seed")))
    'The customer alone carries 15 of 28 duties for Infrastructure, 8 for Abstracted'
    """
    own, total = counts["Customer"], counts.sum(axis="columns")
    share = (own / total).sort_values(kind="stable")
    least, most = share.index[0], share.index[-1]
    if total.nunique() == 1:
        return (
            f"The customer alone carries {own[most]} of {total.iloc[0]} duties for {most}, "
            f"{own[least]} for {least}"
        )
    return (
        f"The customer alone carries {share[most]:.0%} of the duties for {most}, "
        f"{share[least]:.0%} for {least}"
    )


def describe_party(counts: pd.DataFrame, row: str) -> str:
    """Say how one row of a count is divided, as in ``"8 AWS, 9 Shared, 11 Customer"``."""
    return _list_counts(pd.Series(counts.loc[row]))


def _list_counts(counts: pd.Series) -> str:
    words = {"AWS": "AWS's", "Shared": "shared", "Customer": "the customer's"}
    named = [
        f"{counts[party]} {words.get(party, 'not applicable')}"
        for party in ("AWS", "Shared", "Customer", "Not applicable")
        if counts.get(party, 0)
    ]
    return ", ".join(named)
