# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Points in time as SCIM writes them (RFC 7643 section 2.3.5, an xsd:dateTime)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any

# The seconds in UTC and the digits of the fraction: ordered as time is, and as exact as the service was.
Instant = tuple[datetime, str]

_DATE_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?", re.ASCII | re.IGNORECASE)


def instant(text: str) -> Instant | None:
    """The point in time that a text names, ``None`` if it names none. Without a zone it is UTC."""
    found = _DATE_TIME.fullmatch(text)
    if not found:
        return None
    seconds, fraction, zone = found.groups()
    zone = "+00:00" if (zone or "Z").upper() == "Z" else zone
    try:
        return datetime.fromisoformat(f"{seconds.upper()}{zone}").astimezone(timezone.utc), (fraction or "").rstrip("0")
    except (ValueError, OverflowError):
        return None


def moment(text: Any) -> datetime | None:
    """The same as one value, to the microsecond; ``None`` for what names no point in time."""
    found = instant(str(text or ""))
    return found and found[0] + timedelta(microseconds=int((found[1] + "000000")[:6]))
