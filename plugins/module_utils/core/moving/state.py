# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the role mover has to remember from one run to the next, and no service can tell: a small JSON file.

``{"format": ..., "without_reason": [{"person", "group", "since"}], "reauthentication": ["person"]}``. People are called as the evidence
calls them. since: when a membership was first seen without a reason. reauthentication: whose sessions are to be ended yet.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..errors import InvalidInput
from ..instants import instant
from ..json_values import folded

FORMAT = "identityops.lifecycle mover state 1"
Membership = tuple[str, str]  # a person and the folded name of a group


@dataclass(frozen=True)
class State:
    """since: by membership, the name of the group and when it was first seen without a reason. pending: who has to sign in anew yet."""

    since: Mapping[Membership, tuple[str, datetime]] = field(default_factory=dict)
    pending: frozenset[str] = frozenset()

    def first_seen(self, person: str, group: str, now: datetime) -> datetime:
        """When a membership was first seen without a reason: now, unless it is known from earlier. A time to come is an error of a clock."""
        found = self.since.get((person, folded(group)))
        return min(found[1], now) if found else now

    @property
    def content(self) -> dict[str, Any]:
        """The content of the file; equal states, equal contents. Nothing to remember is no content."""
        if not self.since and not self.pending:
            return {}
        entries = [
            {"person": person, "group": name, "since": moment.strftime("%Y-%m-%dT%H:%M:%SZ")}
            for (person, dummy), (name, moment) in sorted(self.since.items(), key=lambda entry: entry[0])
        ]
        return {"format": FORMAT, "without_reason": entries, "reauthentication": sorted(self.pending)}


def state_of(given: Any) -> State:
    """Read the file's content, as a text, or as what older cores of Ansible make of a text that is JSON. "" is nothing.

    Raises InvalidInput: who forgets would let every overlap begin anew.
    """
    try:
        content = given if isinstance(given, Mapping) else json.loads(str(given).strip() or "{}")
        if not content:
            return State()
        if content["format"] != FORMAT:
            raise ValueError(FORMAT)
        since = {(str(one["person"]), folded(str(one["group"]))): (str(one["group"]), _moment(one["since"])) for one in content["without_reason"]}
        return State(since, frozenset(map(str, content["reauthentication"])))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InvalidInput(
            "mover_state_file holds no state of the role mover; nothing was written: name another file, or remove it, and every overlap begins anew"
        ) from None


def _moment(text: Any) -> datetime:
    found = instant(str(text))
    if found is None:
        raise ValueError(text)
    return found[0]
