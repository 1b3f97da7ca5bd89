# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who joins, as a list names them: people of a roster at their phase, or people as somebody wrote them down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import InvalidInput, Protected
from ..leaving.people import is_email, primary_email
from ..limits import refuse_protected
from ..patterns import Patterns
from ..plan import UPDATE, Operation, Plan
from ..resources import USER
from ..roll import refuse_no_list
from ..roster.person import ACTIVE_ACCOUNT, GONE, NO_ACCOUNT, is_of_a_roster, subject_of

ACTIVE = "active"
INACTIVE = "inactive"  # there, and nobody can sign in: not yet, or for a while
NOT_YET = "not yet"  # there is to be no account
NOT_JOINING = "not joining"  # whoever has left is not brought back
EVERYBODY = "joiner_groups"
BY_HAND = "joiner_people"


@dataclass(frozen=True)
class Joiner:
    """One entry of the list.

    user: what the account shall be like, in the language of scim_user. groups: of whoever is active, each name with what grants it: a rule of
    the roster, BY_HAND or EVERYBODY. superior: the external_id of the manager, where the roster names one.
    """

    number: int
    key: str
    state: str
    user: Mapping[str, Any] = field(repr=False)
    groups: tuple[tuple[str, str], ...] = ()
    phase: str = ""
    superior: str = ""

    @property
    def joins(self) -> bool:
        return self.state in (ACTIVE, INACTIVE)

    @property
    def member(self) -> str:
        """By which name groups call the person."""
        return str(self.user.get("user_name") or self.user.get("external_id") or "")

    @property
    def subject(self) -> str:
        return subject_of(self.user.get("external_id"), "", self.user.get("user_name"))

    @property
    def email(self) -> str:
        """The address by which Cloudflare Access is going to know the person, "" if none is known."""
        candidates = (self.user.get("user_name"), primary_email(self.user.get("emails")))
        return next((str(candidate).strip() for candidate in candidates if candidate and is_email(str(candidate))), "")

    def refusal(self, protected: Patterns) -> str:
        """Why this person may not be touched, or ""."""
        names = [str(self.user[name]) for name in ("external_id", "user_name", "id") if self.user.get(name)]
        try:
            refuse_protected(Plan((Operation(UPDATE, USER.kind, self.key, None, None),)), protected, names)
        except Protected as problem:
            return str(problem)
        return ""


def joiners_of(people: Sequence[Any], groups: Sequence[str]) -> list[Joiner]:
    """One for each entry, in their order. groups: those that everybody joins who is active. Raises InvalidInput."""
    for name, given in (("joiner_people", people), ("joiner_groups", groups)):
        refuse_no_list(name, given)
    if not all(map(str, groups)):
        raise InvalidInput("joiner_groups has a group without a name")
    everybody = [(str(group), EVERYBODY) for group in groups]
    return [_of_roster(number, given, everybody) if is_of_a_roster(given) else _by_hand(number, given, everybody) for number, given in enumerate(people)]


def _of_roster(number: int, given: Mapping[str, Any], everybody: Sequence[tuple[str, str]]) -> Joiner:
    user = {name: value for name, value in given["user"].items() if value is not None and name not in ("active", "groups")}
    if not (user.get("user_name") or user.get("external_id")):
        raise InvalidInput(f"joiner_people[{number}].user names nobody; give external_id, user_name, or both")
    account = str(given.get("account") or ACTIVE_ACCOUNT)
    state = NOT_JOINING if given["phase"] in GONE else NOT_YET if account == NO_ACCOUNT else ACTIVE if account == ACTIVE_ACCOUNT else INACTIVE
    own = [(_name_of(number, group), _rule_of(group)) for group in _listed(number, given.get("groups"))]
    return Joiner(
        number=number,
        key=str(given.get("key") or user.get("external_id") or user["user_name"]),
        state=state,
        user={**user, "active": state == ACTIVE},
        groups=(*everybody, *own) if state == ACTIVE else (),
        phase=str(given["phase"]),
        superior=str(user.get("manager") or ""),
    )


def _by_hand(number: int, given: Any, everybody: Sequence[tuple[str, str]]) -> Joiner:
    if not isinstance(given, Mapping):
        raise InvalidInput(f"joiner_people[{number}] is not a mapping of attributes")
    member = str(given.get("user_name") or given.get("external_id") or "")
    if not member:
        raise InvalidInput(f"joiner_people[{number}] names nobody; give external_id, user_name, or both")
    own = [(_name_of(number, group), _rule_of(group)) for group in _listed(number, given.get("groups"))]
    user = {name: value for name, value in given.items() if name != "groups"}
    return Joiner(number, member, ACTIVE, user, (*everybody, *own))


def _listed(number: int, given: Any) -> Sequence[Any]:
    own = given or []
    if isinstance(own, (str, Mapping)):
        raise InvalidInput(f"joiner_people[{number}].groups is not a list of names")
    return own if isinstance(own, Sequence) else ()


def _name_of(number: int, group: Any) -> str:
    name = str((group.get("name") if isinstance(group, Mapping) else group) or "")
    if not name:
        raise InvalidInput(f"joiner_people[{number}] has a group without a name")
    return name


def _rule_of(group: Any) -> str:
    return str((group.get("rule") if isinstance(group, Mapping) else "") or BY_HAND)
