"""The colours of the parties can be told apart: by everybody, in grey, and next to each other.

Kinds of colour blindness are simulated after Machado, Oliveira and Fernandes (2009), in full severity;
distances are CIE76 in CIELAB (D65), in which 2.3 is the least that people notice side by side.
"""

from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from srm_data import charts
from srm_data.charts.style import INK, PALE, PAPER, SOFT_INK
from srm_data.load import read_table
from tests.plots import FRAMES, OF_PARTIES, list_fills

PARTIES = ["AWS", "Shared", "Customer"]
SIMULATIONS = {
    "nobody's": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                   [0.004733, 0.691367, 0.303900]],
    "in grey": [[0.2126, 0.7152, 0.0722]] * 3,
}  # fmt: skip
LEAST = {"in grey": 9}  # of lightness alone
LEAST_IN_COLOUR = 20


def linear(color: str) -> np.ndarray:
    parts = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = np.array(to_xyz) @ np.clip(rgb, 0, 1) / [0.9505, 1.0, 1.089]
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def seen(color: str, simulation: str) -> np.ndarray:
    return lab(np.array(SIMULATIONS[simulation]) @ linear(color))


@pytest.fixture(scope="module")
def colors():
    return read_table("responsibilities").set_index("responsibility")["color"]


def test_fills_of_defaults_are_paler(colors):
    paler = read_table("responsibilities").set_index("responsibility")["pale_color"]
    for party, color in paler.items():
        assert seen(color, "in grey")[0] > seen(colors[party], "in grey")[0]


@pytest.mark.parametrize("simulation", SIMULATIONS)
@pytest.mark.parametrize("pair", list(combinations(PARTIES, 2)), ids=" and ".join)
def test_parties_can_be_told_apart(colors, simulation, pair):
    one, other = (seen(colors[party], simulation) for party in pair)
    assert np.linalg.norm(one - other) >= LEAST.get(simulation, LEAST_IN_COLOUR)


@pytest.mark.parametrize("simulation", SIMULATIONS)
@pytest.mark.parametrize("party", PARTIES)
def test_no_party_looks_like_paper_or_like_what_is_not_applicable(colors, simulation, party):
    for blank in ("#FFFFFF", PAPER, colors["Not applicable"]):
        distance = np.linalg.norm(seen(colors[party], simulation) - seen(blank, simulation))
        assert distance >= (4 if simulation == "in grey" else 15)


@pytest.mark.parametrize("simulation", SIMULATIONS)
def test_ink_stands_out_on_every_fill_however_it_is_seen(colors, simulation):
    ink = seen(INK, simulation)[0]
    for color in colors:
        assert seen(color, simulation)[0] - ink >= 35


def test_ink_has_the_contrast_of_wcag_on_every_fill_and_on_the_palest_background(colors):
    def find_luminance(color: str) -> float:
        return float(np.array([0.2126, 0.7152, 0.0722]) @ linear(color))

    grey = to_hex([PALE] * 3)
    pairs = [*((color, INK) for color in colors), (grey, INK), (grey, SOFT_INK)]
    for fill, ink in pairs:
        assert (find_luminance(fill) + 0.05) / (find_luminance(ink) + 0.05) >= 4.5


@pytest.mark.parametrize("chart", OF_PARTIES)
def test_every_chart_has_the_colours_of_the_tables_and_no_others(colors, shipped, small_model, chart):
    pink = {
        "responsibilities": shipped["responsibilities"].replace({"color": {colors["AWS"]: "#FF00AA"}})
    }
    for tables, aws in ((None, colors["AWS"]), (shipped | pink, "#FF00AA")):
        figure, ax = plt.subplots()
        getattr(charts, chart)(FRAMES[chart](small_model), ax=ax, tables=tables)
        fills = set(list_fills(ax))
        plt.close(figure)
        pale = set(shipped["responsibilities"]["pale_color"])
        assert fills & {aws, colors["Shared"], colors["Customer"]}
        assert fills <= {*colors, *pale, aws, PAPER, "#FFFFFF"}
