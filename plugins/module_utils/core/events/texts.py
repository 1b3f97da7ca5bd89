# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values of a log as texts of an event, and the form of a text in which a person may look at it."""

from __future__ import annotations

import json
import re
from typing import Any

# JSON as logs hold it: NaN and Infinity, which are not JSON (RFC 8259 section 6), are no values.
_DECODER = json.JSONDecoder(parse_constant=lambda dummy: None)
_SURROGATE = re.compile("[\ud800-\udfff]")
_COLOUR = re.compile(r"\x1b\[[0-9;:]{0,32}[A-Za-z]")
# Control characters, line separators, and what changes the order or hides parts of a line: Unicode's bidirectional controls (UAX 9),
# zero-width ones and tags. https://trojansource.codes/
_ACTIVE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]|[{](?=[{%#])"
)

_VARIES = re.compile(
    r"[\w.!#$%&*+/=?^`{|}~-]+@[\w.-]+|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|\b[0-9a-fA-F]{16,}\b|\"[^\"]{0,200}\"|'[^']{0,200}'|\d{4,}|\bid[=:]\s?\S+"
)


def text(value: Any, longest: int = 1_000) -> str:
    """A value as a text that can be encoded: "" for no value, compact JSON for objects and lists, cut with … where it is too long."""
    if isinstance(value, str):
        said = value
    elif value is None:
        return ""
    elif isinstance(value, bool):
        return "true" if value else "false"
    elif isinstance(value, int):
        said = str(value) if abs(value) < 10**40 else ""
    elif isinstance(value, float):
        said = repr(value)
    else:
        try:
            said = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
        except (ValueError, TypeError, RecursionError):
            return ""
    said = said.strip()
    if len(said) > longest:
        said = said[: longest - 1] + "…"
    return encodable(said)


def encodable(said: str) -> str:
    """A text without the halves of surrogate pairs that JSON may hold and UTF-8 cannot (RFC 8259 section 8.2)."""
    return said if said.isascii() else _SURROGATE.sub("\ufffd", said)


def parsed(text_: Any) -> Any:
    """The value of a JSON text, ``None`` if it is none: broken, empty, nested too deep, with numbers too long."""
    if not isinstance(text_, str):
        return None
    try:
        return _DECODER.decode(text_.strip("\ufeff\x1e \t\r\n"))
    except (ValueError, RecursionError):
        return None


def without_colours(line: str) -> str:
    """A line without the colours that loggers write for a terminal."""
    return _COLOUR.sub("", line) if "\x1b" in line else line


def inert(shown: Any, longest: int = 4_000) -> str:
    """A text as a person may look at it: nothing in it acts on a terminal, a template or the order of the letters.

    What would act is spelled out, as in ``\\x1b[31m``, ``\\u202e`` and ``\\x7b{ name }}``. For display only: it is not the value any more.
    """
    return spelled_out(text(shown, longest))


def spelled_out(said: str) -> str:
    """The same of a text as long as it is."""
    return _ACTIVE.sub(_spelled_out, said)


def _spelled_out(found: re.Match[str]) -> str:
    code = ord(found[0])
    if found[0] == "\n":
        return "\\n"
    if found[0] == "\t":
        return "\\t"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def kind_of(detail: str) -> str:
    """A detail without what differs from person to person: names in quotes, addresses, ids, long numbers."""
    return _VARIES.sub("…", detail[:500])
