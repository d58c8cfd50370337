"""Cases of one rule of which a quick run tries some, and the full run all."""

from collections.abc import Iterable
from typing import Any

import pytest


def thin_out(cases: Iterable[Any], *, every: int) -> list[Any]:
    """Return the cases for ``parametrize``, marked slow but for the first and every so many after it.

    The rule stays in the quick run; what repeats it there only costs time. Its coverage is not measured
    either, as it runs the lines that the others run.
    """
    repeated = [pytest.mark.slow, pytest.mark.no_cover]
    return [
        case
        if number % every == 0
        else pytest.param(*(case if isinstance(case, tuple) else [case]), marks=repeated)
        for number, case in enumerate(cases)
    ]
