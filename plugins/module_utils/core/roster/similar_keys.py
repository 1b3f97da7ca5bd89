# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys that are the same to people and different to programs: a spreadsheet took the zeros from 0815, a form let A17 and a17 in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from ..json_values import folded

_DASHES = {ord(dash): "-" for dash in "\u2010\u2012\u2013\u2014\u2015\u2212"}
_LEADING_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9]+$)")


def plain(key: str) -> str:
    """The form in which keys are equal that differ in letter case, width, blanks, the kind of a dash, or zeros before a number at their end."""
    if not key.isascii():
        key = unicodedata.normalize("NFKC", key).translate(_DASHES)
    return _LEADING_ZEROS.sub("", folded("".join(key.split())))


def similar(keys: Iterable[str]) -> list[list[str]]:
    """The keys of which more than one have the same form, those together; each key once, in their order."""
    found: dict[str, list[str]] = {}
    for key in dict.fromkeys(keys):
        found.setdefault(plain(key), []).append(key)
    return [alike for alike in found.values() if len(alike) > 1]
