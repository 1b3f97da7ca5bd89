# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts whose letters were lost or garbled because somebody read them in another encoding than they were written in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

# A letter in UTF-8 that was read as Windows-1252 or Latin-1, as in "MÃ¼ller" or "Ä°brahim": its first byte became a letter, each that
# follows became a sign. Some of these signs stand behind letters in plain text, too, as the closing quote behind a name: they do not count there.
_IN_PLAIN_TEXT = "\u2018\u2019\u201c\u201d–—•…«»\u00a0"
_ALL_SIGNS = bytes(range(0x80, 0xC0)).decode("cp1252", "ignore") + "".join(map(chr, range(0x80, 0xA0)))
_SIGNS = "".join(sign for sign in _ALL_SIGNS if sign not in _IN_PLAIN_TEXT)
_GARBLED = re.compile(
    "[\ufffd\u0080-\u009f]"  # what decoders put in the place of what they cannot read; signs of Windows-1252 that were read as Latin-1
    f"|[\u00c2-\u00df][{_SIGNS}]"  # two bytes: Latin, Greek, Cyrillic, Hebrew and Arabic letters
    f"|\u00e2[\u20ac\u0080][{_ALL_SIGNS}]"  # three bytes: quotes and dashes
    f"|[\u00e0-\u00ef][{_ALL_SIGNS}][{_SIGNS}]"  # three bytes: all other letters
    "|\u00f0[\u0178\u009f]"  # four bytes: emoji
)


def is_garbled(text: str) -> bool:
    """Whether a text holds U+FFFD, a control character of Latin-1, or what is left of UTF-8 that was read as Windows-1252 or Latin-1."""
    return not text.isascii() and _GARBLED.search(text) is not None


def garbled_columns(values: Mapping[str, Any]) -> Iterator[str]:
    """The columns of a row in which a text is garbled; values may have lists and mappings in them."""
    plain = [value for value in values.values() if isinstance(value, str)]
    if len(plain) == len(values) and "".join(plain).isascii():
        return
    yield from (column for column, value in values.items() if any(map(is_garbled, _texts(value))))


def _texts(value: Any) -> Iterator[str]:
    """The texts in a value, each list and mapping once: a file of YAML can have a list of itself in it a million times."""
    waiting, seen = [value], set()
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, (list, tuple, Mapping)) and id(part) not in seen:
            seen.add(id(part))
            waiting += [*part, *part.values()] if isinstance(part, Mapping) else part
