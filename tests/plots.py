"""What each chart draws, for tests that go through all charts."""

from collections.abc import Callable

import pandas as pd

import srm_data


def count_moves(model: pd.DataFrame) -> pd.DataFrame:
    """Count moves of which each answer has one."""
    parties = model["responsibility"].cat.categories.tolist()
    changes = pd.DataFrame({"from": parties, "to": parties[::-1], "why": "data"})
    return srm_data.move_counts(changes)


def count_controls(model: pd.DataFrame) -> pd.DataFrame:
    """Count controls of which each answer has one."""
    answers = ["inherited", "configured", "left", "organisation", "not applicable"]
    return pd.DataFrame([[1] * len(answers)], columns=answers, index=["Family"])


FRAMES: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "plot_controls": count_controls,
    "plot_distribution": srm_data.duty_distribution,
    "plot_handover": lambda model: srm_data.handover_steps(model.drop_duplicates(["category", "duty"])),
    "plot_matrix": srm_data.responsibility_matrix,
    "plot_moves": count_moves,
    "plot_ranking": srm_data.rank_customer_duties,
    "plot_stack": srm_data.layer_stack,
    "plot_stacks": srm_data.layer_stack,
}
"""By the name of a chart, what makes its frame of a model."""
