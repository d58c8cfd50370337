"""Read the output of ``terraform state list``, with one address per line.

Addresses have no settings, so it remains open which of several offerings they are.
"""

from __future__ import annotations

from collections.abc import Iterator

from srm_data.estate.addresses import ADDRESS, describe_other_provider
from srm_data.estate.resources import Resource

LEAST_SHARE = 0.8  # of the lines that are addresses
OTHER_LINE = "a line that is no address of a resource"


def is_state_list(named: tuple[str, str]) -> bool:
    """Return whether most lines of a text are addresses of resources.

    Examples
    --------
    >>> is_state_list(("state.txt", "module.b.aws_s3_bucket.c[0]"))
    True
    >>> is_state_list(("state.txt", "aws_sqs_queue"))
    False
    """
    if not isinstance(named, tuple):
        return False
    lines = [line.strip() for line in named[1].splitlines()[:200] if line.strip()]
    fitting = sum(bool(ADDRESS.fullmatch(line)) for line in lines)
    return bool(lines) and fitting >= LEAST_SHARE * len(lines)


def read_state_list(text: str, file: object) -> Iterator[Resource]:
    """Yield the managed resource of every line. Data sources are left out, as they are only looked up.

    A line that is not an address becomes a row that is not a service, and is not quoted.
    """
    for number, line in enumerate(text.splitlines(), start=1):
        if not (line := line.strip()):
            continue
        place = f"line {number}"
        found = ADDRESS.fullmatch(line)
        if found is None:
            yield Resource("(no address)", place=place, no_service=OTHER_LINE)
        elif not found["data"]:
            other = describe_other_provider(found["type"])
            yield Resource(found["type"], place=place, no_service=other, is_partial=True)
