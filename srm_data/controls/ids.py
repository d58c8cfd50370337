"""Control ids in any usual spelling: ``AC-2(1)``, ``ac-2.1`` and ``AC-02 (01)`` are the same."""

from __future__ import annotations

import re

FAMILIES = "AC|AT|AU|CA|CM|CP|IA|IR|MA|MP|PE|PL|PM|PS|PT|RA|SA|SC|SI|SR"
"""The families of NIST SP 800-53."""

# family and number, then an enhancement, then a part of the control statement
NIST = re.compile(
    rf"(?P<family>{FAMILIES})\s*-\s*0*(?P<number>[1-9]\d?)(?!\d)"
    r"(?:\s*\(\s*0*(?P<paren>[1-9]\d?)\s*\)|\.0*(?P<dot>[1-9]\d?)(?![\da-z]))?"
    r"(?P<part>(?:[\s.]|_smt)*(?:\(?[a-z]{1,2}\)?[\s.]*)?(?:\(?\d{1,2}\)?[\s.]*)?(?:\(?[a-z]{1,2}\)?)?)",
    re.IGNORECASE,
)
OUTCOME = re.compile(r"(?P<category>(?:GV|ID|PR|DE|RS|RC)\.[A-Z]{2})\s*-\s*0*(?P<number>\d{1,2})", re.I)

# hyphens, dashes and the minus sign, which programs such as Word put in place of a hyphen
DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))


def format_control_id(text: str) -> str:
    """Return a control id in its usual spelling, without the part of the control statement.

    Parameters
    ----------
    text
        Control id of NIST SP 800-53 or CSF in any usual spelling, with or without a part such as
        ``(a)``, or any other id.

    Returns
    -------
    str
        Id such as ``AC-2(1)`` for SP 800-53 or ``PR.AA-01`` for CSF. Other ids are unchanged except
        that runs of spaces become single spaces.

    Examples
    --------
    >>> [format_control_id(text) for text in ["ac-2.1", "AC-02 (01)", "AC-2(1)", "AC-2 (1)(a)"]]
    ['AC-2(1)', 'AC-2(1)', 'AC-2(1)', 'AC-2(1)']
    >>> format_control_id("AC-1a.1"), format_control_id("pr.aa-1"), format_control_id("OIS-03.01B")
    ('AC-1', 'PR.AA-01', 'OIS-03.01B')
    """
    plain = " ".join(text.split())
    hyphened = plain.translate(DASHES)
    if control := NIST.fullmatch(hyphened):
        enhancement = control["paren"] or control["dot"]
        base = f"{control['family'].upper()}-{control['number']}"
        return f"{base}({enhancement})" if enhancement else base
    if outcome := OUTCOME.fullmatch(hyphened):
        return f"{outcome['category'].upper()}-{int(outcome['number']):02d}"
    return plain


def find_control_part(text: str) -> str:
    """Return the part of the control statement that an SP 800-53 id names, or an empty string."""
    control = NIST.fullmatch(" ".join(text.split()).translate(DASHES))
    words = re.findall(r"[a-z]+|\d+", control["part"].lower().replace("_smt", "")) if control else []
    return ".".join(words)


def fold_control_id(text: str) -> str:
    """Return a normalised control id, by which two spellings can be compared."""
    return re.sub(r"\s+", "", format_control_id(text).translate(DASHES)).casefold()


def name_oscal_control(control_id: str) -> str:
    """Return a control id as OSCAL writes it: ``ac-2.1`` for ``AC-2(1)``, as in NIST's own files."""
    usual = format_control_id(control_id)
    if NIST.fullmatch(usual):
        return usual.lower().replace("(", ".").replace(")", "")
    token = re.sub(r"[^\w.-]+", "-", usual).strip("-")
    return token if re.match(r"[^\W\d]", token) else f"c-{token}"
