# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Words and times for people, on pages and in terminals. What others wrote is data: it is made inert before anybody sees it."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any

from ..events.texts import inert as events_inert
from ..events.texts import spelled_out
from ..events.texts import text as events_text
from ..instants import moment

_KEPT = {"{": "&#123;", "\u200c": "\u200c", "\u200d": "\u200d"}
_PARTS = re.compile("([{\u200c\u200d])")
_BREAK = re.compile(r"\s*[\r\n\t]+\s*")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})


def inert(value: Any, longest: int = 600) -> str:
    """One line without anything that a terminal, a template or the order of letters would obey; see ``events.texts``."""
    return events_inert(_BREAK.sub(" ", str(value)[: 4 * longest]), longest)


def html(value: Any, longest: int = 600) -> str:
    """The same for an element or a quoted attribute of HTML, where a name may look as it is: a brace is written as a reference, so that
    a browser shows it and no template sees it, and the joiners that emoji and Persian are written with stay (UAX 31, section 2.3).
    """
    said = events_text(_BREAK.sub(" ", str(value)[: 4 * longest]), longest)
    return "".join(_KEPT.get(part) or spelled_out(part).translate(_HTML) for part in _PARTS.split(said))


def stamp(at: datetime) -> str:
    """As events write it, without a fraction."""
    return at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def clock_time(text: Any) -> str:
    """24 Nov 2026 10:00 UTC; the text itself where it is no time."""
    at = moment(text)
    return f"{day(at)} {at:%Y %H:%M} UTC" if at else inert(text)


def day(at: datetime) -> str:
    """24 Nov, in English wherever it is read."""
    return f"{at.day} {MONTHS[at.month - 1]}"


def span(seconds: float) -> str:
    """How long, in the two words that people use: 40 seconds, 3 hours, 2 days."""
    seconds = max(0, int(seconds))
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size * (2 if size == 86400 else 1):
            return counted(seconds // size, name)
    return counted(seconds, "second")


def counted(number: int, name: str, several: str = "") -> str:
    """1 event, 2 events, 1,200 events."""
    return f"{number:,} {name if number == 1 else several or name + 's'}"


def percent(share: float) -> str:
    """12%, 0.4%; never 0% for what is not nothing, never 100% for what is not all."""
    if 0 < share < 1 or 99 < share < 100:
        return f"{min(max(share, 0.1), 99.9):.1f}%"
    return f"{share:.0f}%"


def sentence(text: str) -> str:
    """The same with a capital at its beginning."""
    return text[:1].upper() + text[1:]
