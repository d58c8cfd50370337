"""Read from the tags of a resource what columns of a table say: its environment, application, owner."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from srm_data.estate.hiding import is_secret
from srm_data.estate.profiles import fold_name
from srm_data.estate.resources import CONTEXT
from srm_data.estate.values import read_scalar
from srm_data.load import read_table

LONGEST_TEXT = 80  # of an environment, an application or an owner
SECRET = "(looks like a secret)"
PLACES = ("tags", "tagsall", "tag", "taglist", "tagset", "resourcetags", "usertags")
"""Folded keys of the tags of a resource in a document."""

BEGIN = r"(?is)^(?:.*[{\[,;|\s\"']|.*user[:_])?"
END = r"[\"']?\s*(?:,\s*[\"']?value[\"']?\s*)?[:=]\s*"
"""What stands around the name of a tag: ``{"env": "prod"}``, ``[{"Key": "env", "Value": "prod"}]``,
``env=prod | owner=web``."""


@lru_cache
def list_tag_names(role: str) -> tuple[str, ...]:
    """List the folded names of tags that say what columns of a role do."""
    headers = read_table("inventory_headers")
    return tuple(headers.loc[headers["role"] == role, "header"])


def shorten_value(text: str) -> str:
    """Return what may be shown of people's own words: no secret, and not too long a text."""
    return SECRET if is_secret(text) else text[:LONGEST_TEXT]


def read_tags(settings: Mapping[str, Any]) -> dict[str, str]:
    """Return by role what the tags among the settings of a resource say."""
    tags: dict[str, str] = {}
    for place, value in settings.items():
        if fold_name(place) in PLACES:
            tags |= {fold_name(name).removeprefix("user"): text for name, text in _list_tags(value)}
    roles: dict[str, str] = {}
    for role in CONTEXT if tags else ():
        texts = (tags[name].strip() for name in list_tag_names(role) if tags.get(name))
        text = next((text for text in texts if len(text.splitlines()) == 1), "")
        if text and "${" not in text:  # an expression of a template
            roles[role] = shorten_value(text)
    return roles


def _list_tags(value: Any) -> Iterator[tuple[str, str]]:
    """Yield the names and values of tags: of an object, of a list of pairs, or of texts."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return
    if isinstance(value, Mapping):
        yield from ((str(name), read_scalar(text)) for name, text in value.items())
    for tag in value if isinstance(value, list) else ():
        if isinstance(tag, Mapping):
            pair = {fold_name(name): text for name, text in tag.items()}
            name, text = pair.get("key", pair.get("tagkey")), pair.get("value", pair.get("tagvalue"))
            yield read_scalar(name), read_scalar(text)
        elif isinstance(tag, str):
            name, _, text = re.sub("[:=]", "\0", tag, count=1).partition("\0")
            yield name, text


def select_tag(tags: Any, role: str) -> Any:
    """Return the expression for what a column of tags says for a role, in whatever notation."""
    import narwhals as nw

    names = "|".join("[ _-]?".join(map(re.escape, name)) for name in list_tag_names(role))
    pattern = f"{BEGIN}(?:{names}){END}"
    text = tags.fill_null("").str.replace_all('""', '"')
    rest = text.str.replace_all(pattern, "")
    quoted = rest.str.replace_all('^"', "").str.replace_all('(?s)".*$', "")
    plain = rest.str.replace_all("(?s)[|,;}\\]\"'].*$", "")
    value = nw.when(rest.str.starts_with('"')).then(quoted).otherwise(plain)
    return nw.when(text.str.contains(pattern)).then(value).otherwise(nw.lit(""))
