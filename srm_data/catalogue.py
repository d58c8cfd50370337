"""Find offerings by what people call them."""

from __future__ import annotations

import difflib

import pandas as pd

from srm_data.load import load_tables


def find_offerings(text: str, tables: dict[str, pd.DataFrame] | None = None) -> pd.DataFrame:
    """Find the offerings that a name may mean.

    Parameters
    ----------
    text
        An id or name of an offering or a service, or words of it, in any case: ``"eks-fargate"``,
        ``"Amazon RDS"``, ``"fargate"``.
    tables
        Frames from :func:`~srm_data.load_tables`; loaded if not given.

    Returns
    -------
    DataFrame
        A row a candidate, best first: ``offering_id``, ``offering``, ``service_id``, ``service``,
        ``category_id``, ``recognise`` (how to tell that it is in use). Several rows mean that the
        name is ambiguous.

    Raises
    ------
    LookupError
        If nothing matches; it names the nearest offerings and services.

    Examples
    --------
    >>> find_offerings("fargate")["offering_id"].tolist()
    ['batch-fargate', 'ecs-fargate', 'eks-fargate']
    """
    tables = load_tables() if tables is None else tables
    offerings = tables["offerings"].merge(
        tables["services"][["service_id", "service"]], on="service_id", validate="many_to_one"
    )
    names = offerings[["offering_id", "offering", "service_id", "service"]]
    lowered = names.apply(lambda column: column.str.lower())
    wanted = " ".join(text.lower().split())
    words = wanted.split()

    exact = lowered.eq(wanted)
    is_offering = exact["offering_id"] | exact["offering"]
    of_service = exact["service_id"] | exact["service"]
    together = lowered.agg(" ".join, axis="columns")
    has_words = together.map(lambda name: bool(words) and all(word in name for word in words))
    for found in (is_offering, of_service, has_words):
        if found.any():
            columns = [
                "offering_id",
                "offering",
                "service_id",
                "service",
                "category_id",
                "recognise",
            ]
            return offerings.loc[found, columns].reset_index(drop=True)

    choices = dict.fromkeys([*names["offering"], *names["service"], *names["offering_id"]])
    lowered_choices = {choice.lower(): choice for choice in choices}
    near = difflib.get_close_matches(wanted, lowered_choices, n=4, cutoff=0.4)
    hint = f"; nearest: {', '.join(lowered_choices[name] for name in near)}" if near else ""
    raise LookupError(f"no offering or service is called {text!r}{hint}")
