# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One line of the ledger: canonical JSON, so that one content has one spelling, and the digest that seals it.

A line without its ``digest`` has the SHA-256 that its ``digest`` says. A line without ``digest`` and ``signature`` is what a
signature is made of. Both are cut out of the bytes as they stand in the file, so that no change of a bit goes unseen that
would not change what a parser makes of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

Entry = dict[str, Any]
Sign = Callable[[bytes], Mapping[str, str]]

# What a line holds, as it is sorted there. The first one begins every line of a ledger.
FIELDS = (
    "approved_by",
    "asked",
    "at",
    "clock",  # only if the clock of the host was behind the last record
    "content",
    "digest",
    "kind",
    "ledger",  # of the first line only
    "mended",  # only if a torn line was set aside before
    "note",
    "number",
    "operations",
    "outcome",
    "plan",
    "previous",
    "requested_by",
    "run",
    "signature",  # only if there is a key
    "stage",
    "subject",
    "times",
    "verdicts",
)
_SOMETIMES = frozenset(("clock", "ledger", "mended", "signature"))
_ALWAYS = frozenset(FIELDS) - _SOMETIMES
_MAPPINGS = ("asked", "run", "times", "verdicts")
_TEXTS = ("approved_by", "content", "kind", "note", "outcome", "plan", "previous", "requested_by", "stage", "subject")
BEGIN = b'{"approved_by":'
DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def canonical(value: Any) -> bytes:
    """Sorted keys, no spaces, ASCII. Raises ValueError, TypeError for what JSON does not have, RecursionError for what is too deep."""
    return _encode(value).encode("ascii")


def sha256_of(value: Any) -> str:
    return sha256(canonical(value)).hexdigest()


def sealed(entry: Mapping[str, Any], sign: Sign | None = None) -> bytes:
    """The line of an entry that has neither digest nor signature yet, without an end."""
    body = dict(entry)
    if sign:
        body["signature"] = dict(sign(canonical(body)))
    return canonical({**body, "digest": sha256_of(body)})


def parsed(line: bytes) -> Entry | None:
    """What a line holds, ``None`` if it is none of a ledger's. Whether its digest is right is another question."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(entry, dict) or not entry.keys() >= _ALWAYS or len(entry) - len(_ALWAYS) != len(_SOMETIMES & entry.keys()):
        return None
    right = (
        isinstance(entry["number"], int)
        and not isinstance(entry["number"], bool)
        and isinstance(entry["digest"], str)
        and isinstance(entry["at"], str)
        and _AT.fullmatch(entry["at"])
        and isinstance(entry["operations"], list)
        and all(isinstance(entry[name], str) for name in _TEXTS)
        and all(isinstance(entry[name], dict) for name in _MAPPINGS)
        and all(isinstance(one, dict) for one in entry["operations"])
        and all(isinstance(one, dict) for one in entry["verdicts"].values())
        and all(isinstance(one, str) for one in entry["times"].values())
    )
    return entry if right else None


def is_sealed(line: bytes, entry: Mapping[str, Any]) -> bool:
    """Whether a line has the digest that it says."""
    return sha256(_without(line, "digest", entry["digest"])).hexdigest() == str(entry["digest"])


def signed_part(line: bytes, entry: Mapping[str, Any]) -> bytes:
    """What the signature of a line is made of."""
    return _without(_without(line, "digest", entry["digest"]), "signature", entry["signature"])


def _without(line: bytes, name: str, value: Any) -> bytes:
    return line.replace(canonical({name: value})[1:-1] + b",", b"", 1)


# What is searched for in a line that is not parsed. All that follows these fields in a line has names of its own, see ``given``,
# so the last place is theirs, whatever was ``asked``.


def raw_subject(line: bytes) -> bytes:
    """The subject of a line as JSON, with its quotes, which is what ``canonical`` makes of a subject; without parsing the line."""
    begin = line.rfind(b',"subject":"')
    return line[begin + 11 : line.rfind(b',"times":{')] if begin >= 0 else b""


def wrote_nothing(line: bytes) -> bool:
    """Whether a line has no operations, without parsing it. No text holds quotes that are not escaped, and only what was asked has such a name."""
    return line.rfind(b',"operations":[],') >= 0 and line.rfind(b',"operations":[],') > line.rfind(b',"note":"')


def raw_text(line: bytes, name: bytes) -> bytes:
    """The text of content, digest, kind or outcome of a line, none of which holds a quote; without parsing the line."""
    begin = line.rfind(b',"' + name + b'":"')
    if begin < 0:
        return b""
    begin += len(name) + 5
    return line[begin : line.find(b'"', begin)]
