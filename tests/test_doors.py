"""What public functions take: laws over all of them, by their signatures."""

import inspect
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import srm_data
from srm_data.exceptions import FrameError
from tests.public import PUBLIC

SIGNATURES = {
    place: inspect.signature(thing).parameters
    for place, thing in PUBLIC.items()
    if inspect.isfunction(thing)
}
FRAMES = [
    (place, name)
    for place, parameters in SIGNATURES.items()
    for name, parameter in parameters.items()
    if str(parameter.annotation) in ("pd.DataFrame", "pd.DataFrame | None")
]
"""Each frame that a public function takes: the place of the function, the name of the parameter."""

ANY = {"show_table"}
"""Functions that take any frame, so that one without columns is no mistake."""


@pytest.fixture(scope="module")
def model(shipped_model):
    rows = shipped_model[shipped_model["offering_id"].isin(["sqs", "eks-fargate"])]
    return rows.reset_index(drop=True)


@pytest.fixture(scope="module")
def good(model, shipped) -> dict[str, Any]:
    """Make a value for every parameter that some function needs, by the name of the parameter."""
    return {
        "model": model, "before": model, "after": model, "tables": shipped,
        "register": srm_data.register.make_entries([]), "now": srm_data.register.state(
            srm_data.register.make_entries([]), model
        ),
        "reviews": srm_data.register.make_entries([]),
        "estate": srm_data.read_estate(["Amazon SQS"], tables=shipped), "source": ["Amazon SQS"],
        "text": "who patches sqs", "names": "duty", "groups": "layer", "row": "Backup", "a": "sqs",
        "b": "sns", "matrix": srm_data.controls.build_control_matrix(model),
        "ours": pd.DataFrame(columns=["Control ID"]), "crm": pd.DataFrame(columns=["Control ID"]),
    }  # fmt: skip


def call(place: str, name: str, value: object, good: dict[str, Any]) -> object:
    """Call a public function with a value for one parameter, and good ones for others that it needs."""
    needed = {
        key: good[key]
        for key, parameter in SIGNATURES[place].items()
        if parameter.default is parameter.empty
        and key != name
        and parameter.kind is not parameter.VAR_POSITIONAL
    }
    return PUBLIC[place](**needed, **{name: value})


@pytest.mark.parametrize(("place", "name"), FRAMES)
@pytest.mark.slow
def test_wrong_frame_is_refused_in_one_sentence_and_nothing_is_written(place, name, good, tmp_path):
    takes_none = SIGNATURES[place][name].default is None
    for wrong in (
        [1, 2],
        *(() if takes_none else (None,)),
        *(() if place in ANY else (pd.DataFrame(),)),
    ):
        with pytest.raises(
            FrameError, match=r"^expected .*(; got (a list|nothing)|this frame has)"
        ) as raised:
            call(place, name, wrong, good | {"path": tmp_path / "file", "folder": tmp_path / "folder"})
        assert "\n" not in str(raised.value)
    assert not list(tmp_path.iterdir())
    plt.close("all")


def test_tables_are_keyword_only_and_last_wherever_they_are_optional():
    for place in SIGNATURES.keys() - {"build_model", "build_category_model"}:
        tables = SIGNATURES[place].get("tables")
        if tables is not None and tables.default is None:
            assert [*SIGNATURES[place]][-1] == "tables", place
            assert tables.kind is inspect.Parameter.KEYWORD_ONLY, place
