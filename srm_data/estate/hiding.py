"""Recognise passwords, keys and tokens that stand where names are expected."""

from __future__ import annotations

import itertools
import re

import pandas as pd

TOKENS = ((20, 0.35), (30, 0.28))
"""Minimum length of a token, and the share of positions at which the kind of character changes."""

CLASSES = (str.islower, str.isupper, str.isdigit)
SECRET = re.compile(
    # An assignment: DB_PASSWORD: x, "apiKey": "x", token=x.
    r"(?:passw(?:or)?d|passphrase|passwort|pwd|secret|token|credential"
    r"|(?:api|access|private|auth)[_ -]?key)s?[\"']?\s*[:=]\s*\S"
    # An address with a password, the access key of an account, a key in a block of text.
    r"|://[^/\s:@]*:[^@\s]+@|(?<![a-z0-9])(?:AKIA|ASIA)[a-z0-9]{16}(?![a-z0-9])|-BEGIN [a-z]"
    # Tokens of GitHub, GitLab, Slack, Stripe, OpenAI and the like, Hugging Face, npm, PyPI, Google, and
    # SendGrid; JSON Web Tokens.
    r"|(?<![a-z0-9])(?:gh[opusr]_\w{16,}|github_pat_\w{16,}|gl(?:pat|[dr]t|ptt|cbt|agent)-[\w-]{16,}"
    r"|xox[a-z]-[\w-]{10,}"
    r"|[rps]k_(?:live|test)_\w{10,}|sk-(?=[\w-]*[0-9])[\w-]{20,}|hf_\w{16,}|npm_\w{16,}|pypi-[\w-]{16,}"
    r"|AIza[\w-]{30,}|SG\.[\w-]{16,}\.[\w-]{16,}|eyJ[\w-]{8,}\.[\w-]{8,})",
    re.IGNORECASE,
)
"""What a password, a key or a token looks like."""

TYPE = re.compile(r"[a-z][\w-]*:[\w.-]+/(\w+):\1", re.IGNORECASE)
"""Type of a Pulumi resource, such as ``tls:index/privateKey:PrivateKey``."""

SECRET_KEY = re.compile(r"(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")
"""What the secret access key of an account looks like."""


def hide_secrets(names: pd.Series, is_unknown: pd.Series) -> pd.Series:
    """Replace names that hold a password, a key or a token, which may stand in the wrong column.

    What only looks random is replaced among unknown names alone.
    """
    hidden = names.map(_has_secret).astype("bool") | (is_unknown & names.map(has_token).astype("bool"))
    numbers = hidden.cumsum().astype("str")
    return names.mask(hidden, "(looks like a secret, " + numbers + ")")


def is_secret(text: str) -> bool:
    """Return whether a text holds a password, a key or a token."""
    return _has_secret(text) or has_token(text)


def _has_secret(text: str) -> bool:
    return SECRET.search(text) is not None and TYPE.fullmatch(text) is None


def has_token(text: str) -> bool:
    """Return whether any word of a text looks random, and has lower case, upper case and digits."""
    # A secret access key has a part that no long name without digits has.
    return any(
        any(map(str.islower, word))
        and any(map(str.isupper, word))
        and (is_token(word) or any(not key[0].isalpha() for key in SECRET_KEY.finditer(word)))
        for word in text.split()
    )


def is_token(word: str) -> bool:
    """Return whether a word looks random, by frequent changes of lower case, upper case and digits."""
    letters = [letter for letter in word if letter.isalnum()]
    kinds = [
        next((n for n, is_kind in enumerate(CLASSES) if is_kind(x)), len(CLASSES)) for x in letters
    ]
    changes = sum(one != other for one, other in itertools.pairwise(kinds))
    has_digit = any(map(str.isdigit, letters)) and "::" not in word
    size = len(letters)
    return has_digit and any(size >= least and changes > share * size for least, share in TOKENS)
