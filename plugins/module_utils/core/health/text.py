# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Words of a health report, for people: what logs and tasks say, without secrets, and what was tried."""

from __future__ import annotations

from typing import Any

from ..events.redaction import redacted
from ..page.text import inert

_DEEDS = {"member.add": "add a member to {}", "member.remove": "remove a member from {}"}


def deed(action: Any) -> str:
    """What was tried, in words: user.deactivate is "deactivate the user"."""
    kind, dummy, verb = str(action or "").partition(".")
    if kind not in ("user", "group") or not verb:
        return inert(action or "unknown action", 100)
    if verb in _DEEDS:
        return _DEEDS[verb].format("the group" if kind == "group" else "a group")
    return inert(f"{verb.replace('.', ' ').replace('_', ' ')} the {kind}", 100)


def foreign(value: Any) -> str:
    """What a log or a task says, as one inert line without secrets."""
    return inert(redacted(str(value)[:4_000]))
