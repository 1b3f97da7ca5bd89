# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One line of key=value pairs, as logfmt has them: name=value name="a value with \\"quotes\\"" and free words between."""

from __future__ import annotations

import re
from typing import Any

from .texts import without_colours
from .timestamps import leading_timestamp

LINE = "_line"  # under this name the text of the line that a record was made of

_PAIR = re.compile(r"(?<![^\s,;(\[{|])([A-Za-z_@][\w.@-]{0,60})=(?:\"([^\"\\]*(?:\\.[^\"\\]*)*)\"|'([^'\n]*)'|([^\s,;]*))", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r"}
_MOST = 200


def pairs(line: str) -> dict[str, Any]:
    """The pairs of a line by their names, with the whole line under ``LINE`` and a leading timestamp as ``timestamp``.

    Of a name that comes twice the first counts: what follows may be text that somebody else wrote.
    """
    plain = without_colours(line)
    found: dict[str, Any] = {LINE: plain}
    for match in _PAIR.finditer(plain):
        name, double, single, bare = match.groups()
        if name not in found and len(found) <= _MOST:
            found[name] = _unescaped(double) if double is not None else single if single is not None else bare
    when = leading_timestamp(plain)[0]
    if when and not any(name in found for name in ("timestamp", "time", "ts")):
        found["timestamp"] = when
    return found


def _unescaped(value: str) -> str:
    return _ESCAPE.sub(lambda found: _PLAIN.get(found[1], found[1]), value) if "\\" in value else value
