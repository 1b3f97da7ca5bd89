# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of leaving Cloudflare Access by name, and what was asked there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import InvalidInput

# The steps by name, in order, and what a failure of each is called. A read-back that fails is told by its plane.
STEPS = {
    "access_user": "read the sessions and the seat",
    "access_rehearsal": "",
    "access_named": "look for the e-mail in groups and policies",
    "access_decisions": "ask what Access lets the person into",
    "access_sessions": "end the sessions",
    "access_selectors": "take the e-mail out of groups and policies",
    "access_rest": "take the e-mail out of the other groups and policies",
    "access_block": "put the e-mail into the group of those who are shut out",
    "access_seat": "free the seat",
    "access_user_again": "",
    "access_once_more": "end the sessions that came back",
    "access_user_last": "",
    "access_named_again": "",
    "access_decisions_again": "",
    "access_others": "",
}
WRITING = ("access_sessions", "access_selectors", "access_rest", "access_block", "access_seat", "access_once_more")
_CHOICES = {"selectors": ("remove", "keep"), "on_empty": ("refuse", "delete", "disable"), "seat": ("free", "keep")}


@dataclass(frozen=True)
class AccessIntent:
    """What the role was asked to do in Access. manage: whether anything at all. block_group: its name or id, "" for none.

    urgent: whether sessions are ended before the account is taken, for everybody, and once more at the end.

    protected: who is protected by the environment of the controller: the modules know them, but of those who have neither an account
    nor a session no module is asked. facts: what is true of people once they have left, for the decision.
    """

    manage: bool = False
    selectors: str = "remove"
    on_empty: str = "refuse"
    seat: str = "free"
    block_group: str = ""
    urgent: bool = False
    protected: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_options(cls, options: Mapping[str, Any] | None) -> AccessIntent:
        """Read ``{"manage": true, "selectors": "keep", ...}``; what is not given keeps its default. Raises InvalidInput."""
        given = {name: value for name, value in (options or {}).items() if value is not None}
        for name, choices in _CHOICES.items():
            if given.get(name, choices[0]) not in choices:
                raise InvalidInput(f"leaver_access_{name} is {given[name]!r}; choose one of {', '.join(choices)}")
        if given.get("urgent") and not given.get("manage"):
            raise InvalidInput("leaver_urgent ends sessions in Access, so it needs leaver_access: true")
        return cls(
            bool(given.get("manage", False)),
            **{name: str(given.get(name, choices[0])) for name, choices in _CHOICES.items()},
            block_group=str(given.get("block_group", "")).strip(),
            urgent=bool(given.get("urgent")),
            facts=dict(given.get("facts") or {}),
            protected=tuple(pattern.strip() for pattern in str(given.get("protected", "")).split(",")),
        )

    def shown(self) -> dict[str, str]:
        """How people leave Access, for whoever undoes it."""
        return {"selectors": self.selectors, "on_empty": self.on_empty, "seat": self.seat, "block_group": self.block_group}
