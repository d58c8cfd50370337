"""Read a thousand damaged workbooks: each ends in a result or an own error, in bounds.

``python tests/fuzz_damage.py --count 1000 --seed 11`` makes the same books each time. Each is read in a
process of its own, which says what came of it, how long it took and how much memory.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import resource
import sys
import tempfile
import time
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from xml.sax.saxutils import escape

from srm_data.changes import read_earlier
from srm_data.exceptions import InternalError, SrmDataError
from srm_data.load import load_tables
from srm_data.model import build_model
from srm_data.workbook import read_review, write_workbook

Parts = dict[str, bytes]
RETURNED = Path(__file__).parents[1] / "notebooks" / "sample-review" / "returned.xlsx"
OFFERINGS = ["sqs", "kms"]
MOST_SECONDS, MOST_MEGABYTES = 10, 500
TAG = re.compile(rb"<[^<>]+>")
ELEMENT = re.compile(rb"<([\w:]+)(?: [^<>]*)?(?:/>|>[^<>]*</\1>)")
ATTRIBUTE = re.compile(rb' ([\w:]+)="([^"]*)"')
TEXT = re.compile(rb"(?<=>)[^<>]+(?=<)")
NUMBER = re.compile(rb"\d+")
ADDRESS = re.compile(rb'"http[^"]*"')
JUNK = [
    b"", b"0", b"-1", b"-0.0", b"1e400", b"1_0", b"0x1F", b"NaN", b"inf", b"9" * 400, b"TRUE",
    b"A1:B2", b"XFD1048577", b"$A$1", b"_x000D_", b"&#x10FFFF;", b"&#0;", b"&amp;amp;", b"\xff\xfe",
    b"\xed\xa0\x80", b"\xe2\x80\xae", b"rId1", b"rId999", b"/xl/workbook.xml",
    b"../../../etc/passwd", b"xl/", b"..", b"=1/0", b"]]>", b"<![CDATA[x]]>", b"<!-- x -->",
    b"<?x y?>", b"<x:y/>", b"\xc2\xb2", b"\xd9\xa3", b" ", b"\t\n",
]  # fmt: skip
ENCODINGS = [b"utf-7", b"utf-16", b"cp1252", b"gb2312", b"idna", b"base64", b"rot13", b"punycode", b"x"]


def change_matches(pattern: re.Pattern[bytes], content: bytes, rng: random.Random) -> bytes:
    """Delete, double, swap or replace what a pattern matches, once to four times."""
    for _ in range(rng.randint(1, 4)):
        found = list(pattern.finditer(content))
        if len(found) < 2:
            return content
        one, other = sorted(rng.sample(found, 2), key=lambda match: match.start())
        first, second = rng.choice(
            [(b"", other[0]), (one[0] * 2, other[0]), (other[0], one[0]), (one[0], rng.choice(JUNK))]
        )
        between = content[one.end() : other.start()]
        content = content[: one.start()] + first + between + second + content[other.end() :]
    return content


def swap_values(content: bytes, rng: random.Random) -> bytes:
    """Give attributes the values of others of their name: the XML stays whole."""
    found = list(ATTRIBUTE.finditer(content))
    for _ in range(rng.randint(1, 4)):
        name = rng.choice(found)[1] if found else b""
        alike = [at for at in found if at[1] == name]
        if alike:
            at, other = rng.choice(alike), rng.choice(alike)
            content = content.replace(at[0], b' %s="%s"' % (at[1], other[2]), 1)
    return content


def change_text(content: bytes, rng: random.Random) -> bytes:
    """Put junk into texts and values, written so that the XML stays whole."""
    for _ in range(rng.randint(1, 4)):
        found = list(TEXT.finditer(content)) + list(ATTRIBUTE.finditer(content))
        if found:
            at = rng.choice(found)
            junk = escape(rng.choice(JUNK).decode("utf-8", "ignore"), {'"': "&quot;"}).encode()
            start, end = at.span(2) if at.re is ATTRIBUTE else at.span()
            content = content[:start] + junk + content[end:]
    return content


def nest(content: bytes, rng: random.Random) -> bytes:
    """Wrap an element into itself, again and again."""
    found = list(TAG.finditer(content))
    if not found:
        return content
    at, depth = rng.choice(found), rng.choice([2, 50, 3000, 20_000])
    return content[: at.start()] + b"<a>" * depth + at[0] + b"</a>" * depth + content[at.end() :]


def encode(content: bytes, rng: random.Random) -> bytes:
    """State another encoding, or use it."""
    name = rng.choice(ENCODINGS)
    declared = b'<?xml version="1.0" encoding="%s"?>' % name
    body = re.sub(rb"^<\?xml[^>]*\?>", b"", content)
    return (
        declared + body if rng.random() < 0.7 else (declared + body).decode("latin-1").encode("utf-16")
    )


def cut(content: bytes, rng: random.Random) -> bytes:
    """Keep the beginning."""
    return content[: rng.randrange(len(content) + 1)]


def flip(content: bytes, rng: random.Random) -> bytes:
    """Change single bytes."""
    changed = bytearray(content)
    for _ in range(rng.randint(1, 20) if changed else 0):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


CHANGES: list[Callable[[bytes, random.Random], bytes]] = [
    *(partial(change_matches, pattern) for pattern in (TAG, ELEMENT, ATTRIBUTE, TEXT, NUMBER)),
    *[swap_values, change_text] * 5,
    partial(change_matches, ADDRESS),  # of namespaces and of types of relations
    nest, encode, cut, flip,
]  # fmt: skip


def read_parts(path: Path) -> Parts:
    with zipfile.ZipFile(path) as book:
        return {name: book.read(name) for name in book.namelist()}


def pack(path: Path, parts: Parts, rng: random.Random) -> None:
    """Write the parts, some of them twice."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of names that are there twice
        for name, content in parts.items():
            book.writestr(name, content)
        if rng.random() < 0.05:
            book.writestr("xl/workbook.xml", rng.choice(list(parts.values())))


def write_mutated(path: Path, parts: Parts, rng: random.Random) -> None:
    """Write a workbook that is damaged in its parts, in their names, or as a whole."""
    changed = dict(parts)
    favoured = [name for name in sorted(parts) if "sheet" in name or name.endswith(".rels")]
    for _ in range(rng.randint(1, 3)):
        name = rng.choice(favoured if rng.random() < 0.4 else sorted(changed))
        kind = rng.random()
        if kind < 0.04:
            changed.pop(name, None)
        elif kind < 0.08:
            changed[name] = rng.choice(list(parts.values()))
        elif kind < 0.10:
            changed[name.upper()] = changed.pop(name, b"")
        elif name in changed:
            changed[name] = rng.choice(CHANGES)(changed[name], rng)
    pack(path, changed, rng)
    if rng.random() < 0.15:
        damage = rng.choice([flip, cut, flip])
        path.write_bytes(damage(path.read_bytes(), rng))


def make_books(folder: Path) -> list[Parts]:
    """Make the workbooks that are damaged: a new one, and one that people filled in."""
    tables = load_tables()
    model = build_model(tables)
    model = model[model["offering_id"].isin(OFFERINGS)].reset_index(drop=True)
    sent = write_workbook(folder / "sent.xlsx", model, tables=tables)
    return [read_parts(path) for path in (sent, RETURNED)]


def _read_memory(name: str) -> float:
    """Return a line of the process's own status, in megabytes."""
    found = re.search(rf"{name}:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def read_in_process(path: Path) -> tuple[str, float, float]:
    """Read a book in a process of its own; return what came of it, seconds and megabytes."""
    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        before = _read_memory("VmRSS")  # of the process that started this one, too
        size = int(_read_memory("VmSize") * 1024**2) + 2 * 1024**3
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
        started = time.process_time()
        said = _read(path)
        grown = max(_read_memory("VmHWM") - before, 0)
        os.write(send, f"{time.process_time() - started:.2f} {grown:.0f} {said}"[:4000].encode())
        os._exit(0)
    os.close(send)
    with os.fdopen(receive, "rb") as pipe:
        told = pipe.read().decode("utf-8", "replace")
    os.waitpid(child, 0)
    seconds, peak_told, said = told.split(" ", 2) if told else ("0", "0", "crashed: no answer")
    return said, float(seconds), float(peak_told)


def _read(path: Path) -> str:
    try:
        read_review(path)
        read_earlier(path)
    except InternalError as error:
        return f"crashed: {error!r} {error.__cause__!r}"
    except SrmDataError as error:
        return (
            "refused" if str(error).startswith(f"{path}: ") else f"crashed: without its name: {error}"
        )
    except BaseException as error:  # what this command looks for
        return f"crashed: {error!r}"
    return "read"


def fuzz(count: int, seed: int) -> list[tuple[int, str, float, float]]:
    """Read so many damaged books; return number, what came of it, seconds and megabytes of each."""
    results = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        books = make_books(folder)
        for number in range(count):
            path, rng = folder / f"{number}.xlsx", random.Random(f"{seed} {number}")
            write_mutated(path, rng.choice(books), rng)
            results.append((number, *read_in_process(path)))
            path.unlink()
    return results


def list_faults(results: Sequence[tuple[int, str, float, float]]) -> list[str]:
    """Describe what ended in another way than it should."""
    return [
        f"book {number}: {said}, {seconds:.1f} s, {megabytes:.0f} MB"
        for number, said, seconds, megabytes in results
        if said not in ("read", "refused") or seconds > MOST_SECONDS or megabytes > MOST_MEGABYTES
    ]


def main() -> int:
    """Print how many books were read and refused, and every fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args()
    results = fuzz(options.count, options.seed)
    counts = Counter(said.partition(":")[0] for _, said, _, _ in results)
    slowest, largest = max(it[2] for it in results), max(it[3] for it in results)
    said = ", ".join(f"{number} {name}" for name, number in sorted(counts.items()))
    bounds = f"at most {slowest:.1f} s, {largest:.0f} MB"
    print(f"{len(results)} books of seed {options.seed}: {said}; {bounds}")
    faults = list_faults(results)
    print("\n".join(faults))
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
