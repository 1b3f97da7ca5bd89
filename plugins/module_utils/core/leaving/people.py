# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who leaves, as a list names them: people of a roster, or people as somebody wrote them down."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..errors import InvalidInput
from ..instants import instant
from ..roster.person import GONE, LEAVING, SCHEDULED, STANDARD, URGENT, is_of_a_roster
from .times import written

KEYS = ("id", "external_id", "user_name")  # the immutable ones first
EMAIL = "email"  # finds no account; it is the name by which Cloudflare Access knows people
LANES = (STANDARD, URGENT, SCHEDULED)
_BY_HAND = (*KEYS, EMAIL, "left_at", "legal_hold", "lane")
_WITH_ZONE = re.compile(r"([zZ]|[+-]\d\d:\d\d)$")
_YES, _NO = ("true", "yes", "on", "1"), ("false", "no", "off", "0", "")


@dataclass(frozen=True)
class Leaver:
    """One entry of the list.

    keys: ``{"id"|"external_id"|"user_name"|"email": ...}`` without what is empty. left_at: when access has to end, in UTC, "" if not
    known. phase: of the roster, "" if somebody wrote the person down. manager: the external_id of the manager's account, "" if not known.
    """

    keys: Mapping[str, str]
    lane: str = STANDARD
    left_at: str = ""
    legal_hold: bool = False
    phase: str = ""
    manager: str = ""

    def not_due(self, now: str) -> str:
        """Why it is not yet their turn, "" if it is. now: an instant. Raises InvalidInput."""
        if self.lane == URGENT and self.phase in ("", LEAVING, *GONE):
            return ""
        if self.phase and self.phase not in GONE:
            return f"not due: {self.phase.replace('_', ' ')}" + (f", leaves at {self.left_at}" if self.left_at else "")
        end, today = instant(self.left_at), instant(now)
        if end is None:
            return ""
        if today is None:
            raise InvalidInput("leaver_instant is empty; without it, nobody can tell whose left_at is over")
        return f"not due: leaves at {self.left_at}" if end > today else ""


def leaver_of(number: int, given: Any) -> Leaver:
    """One entry of the list as a value. number: its place, for messages. Raises InvalidInput."""
    where = f"leaver_people[{number}]"
    if is_of_a_roster(given):
        return _of_a_roster(where, given)
    if not isinstance(given, Mapping):
        raise InvalidInput(f"{where} is not a mapping with id, external_id or user_name")
    unknown = sorted(str(name) for name in given if name not in _BY_HAND)
    if unknown:
        raise InvalidInput(
            f"{where} has {', '.join(unknown)}; only id, external_id and user_name name a person, and email in Access; "
            "beside them there may be left_at, lane and legal_hold, or the whole person as roster_info returns it"
        )
    keys = _keys((*KEYS, EMAIL), given)
    if not set(keys) & set(KEYS):
        alone = " by an e-mail alone" if EMAIL in keys else ""
        same = ", even if it is the same" if alone else ""
        raise InvalidInput(f"{where} names nobody{alone}; give id, external_id or user_name{same}")
    if EMAIL in keys and not is_email(keys[EMAIL]):
        raise InvalidInput(f"{where}.email is no e-mail address")
    return _checked(where, Leaver(keys, _lane(where, given), _instant(where, given), _flag(where, given)))


def _of_a_roster(where: str, given: Mapping[str, Any]) -> Leaver:
    """A person as ``Person.shown`` makes it, see roster.person."""
    user = given["user"]
    keys = _keys(("external_id", "user_name"), {**user, "external_id": user.get("external_id") or given.get("key")})
    if not keys:
        raise InvalidInput(f"{where} is of a roster and has neither a key nor a user_name")
    email = primary_email(user.get("emails"))
    if email and not is_email(keys.get("user_name", "")):
        keys[EMAIL] = email
    lane, left_at, hold = _lane(where, given), _instant(where, given), _flag(where, given)
    return Leaver(keys, lane, left_at, hold, str(given["phase"]), str(user.get("manager") or ""))


def _keys(names: Iterable[str], given: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(given[name]) for name in names if given.get(name) not in (None, "")}


def _lane(where: str, given: Mapping[str, Any]) -> str:
    lane = str(given.get("lane") or STANDARD)
    if lane not in LANES:
        raise InvalidInput(f"{where}.lane is {lane!r}; choose one of {', '.join(LANES)}")
    return lane


def _instant(where: str, given: Mapping[str, Any]) -> str:
    """YAML makes a point in time of what looks like one and is not quoted."""
    value = given.get("left_at")
    text = value.isoformat() if isinstance(value, datetime) else str(value or "")
    found = instant(text)
    if text and (found is None or not _WITH_ZONE.search(text)):  # a time without a zone would be another one in each country
        raise InvalidInput(f"{where}.left_at is {text!r}; give a date, a time and a zone, such as 2026-11-30T17:00:00+01:00")
    return written(found) if found else ""


def _flag(where: str, given: Mapping[str, Any]) -> bool:
    """Never the truth of a text: "no" would be one."""
    text = str(given.get("legal_hold") or "").strip().lower()
    if text not in (*_YES, *_NO):
        raise InvalidInput(f"{where}.legal_hold is {text!r}; choose true or false")
    return text in _YES


def _checked(where: str, leaver: Leaver) -> Leaver:
    if leaver.lane == SCHEDULED and not leaver.left_at:
        raise InvalidInput(f"{where}.lane is scheduled, and nobody can tell for when; give left_at")
    return leaver


def is_email(text: str) -> bool:
    """Whether a text may be an e-mail address: something, an @, something."""
    return "@" in text.strip()[1:-1]


def primary_email(emails: Any) -> str:
    """The primary e-mail of an account, else its first, else ""."""
    listed = [entry for entry in emails if isinstance(entry, Mapping) and entry.get("value")] if isinstance(emails, (list, tuple)) else []
    primary = [entry for entry in listed if entry.get("primary")]
    return str((primary or listed)[0]["value"]) if listed else ""
