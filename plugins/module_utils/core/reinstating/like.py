# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Newcomers get what somebody else has, except what is left out: memberships, and rules of Access if that is wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import InvalidInput, LifecycleError, NotFound, Protected, Refused
from ..leaving.people import EMAIL, KEYS
from ..limits import refuse_protected
from ..patterns import Patterns
from ..plan import UPDATE, Operation, Plan
from ..verdicts import Facts, Reading
from .identity import reading_of
from .images import Image
from .wanted import Intent, Wanted, chosen, email_of

SNAPSHOT = "snapshot"


def keys_of(like: Any) -> dict[str, str]:
    """By which keys the one is named whose memberships are given; ``{"snapshot": path}`` for somebody who left. Raises InvalidInput."""
    if not isinstance(like, Mapping):
        raise InvalidInput("reinstate_like is not a mapping; give external_id, user_name, id or snapshot")
    named = {str(name): str(value) for name, value in like.items() if value not in (None, "")}
    unknown = sorted(set(named) - {*KEYS, EMAIL, SNAPSHOT})
    if unknown or not set(named) & {*KEYS, SNAPSHOT}:
        said = f"has {', '.join(unknown)}" if unknown else "names nobody"
        raise InvalidInput(f"reinstate_like {said}; give external_id, user_name, id or snapshot")
    if SNAPSHOT in named and len(named) > 1:
        raise InvalidInput("reinstate_like names a snapshot and somebody by a key; give one of them")
    return named


@dataclass(frozen=True)
class Model:
    """The one who has it. keys: as named. account: theirs, ``{}`` if it is not known. email: by which Access knows them."""

    keys: Mapping[str, str]
    account: Facts = field(default_factory=dict)
    groups: Sequence[Facts] = ()
    email: str = ""
    selectors: Sequence[Facts] = ()
    image: Image | None = None

    @property
    def key(self) -> str:
        name = self.keys.get("user_name") or self.account.get("user_name")
        return str(name) if name else " ".join(next(iter(self.keys.items())))

    @property
    def subject(self) -> Mapping[str, str]:
        """By which keys the evidence calls them."""
        return {**self.keys, **{name: str(self.account[name]) for name in KEYS if self.account.get(name)}}


def model_from(image: Image) -> Model:
    """Somebody who left, as the snapshot has them."""
    access = image.access
    named = tuple(access.get("named_in", ()))
    return Model(image.names, image.account, image.groups, str(access.get("email") or ""), named, image)


def model_now(keys: Mapping[str, str], steps: Mapping[str, Any], intent: Intent) -> Model:
    """Somebody as the service and Access show them now. steps: like_find, like_memberships, like_named, as registered.

    What was not read yet is empty. Raises LifecycleError for what was read and is no answer.
    """
    found = _reading(steps, "like_find", "users")
    if found is None:
        return Model(keys)
    if len(found.found) != 1:
        number = f"{len(found.found)} accounts" if found.found else "no account"
        raise NotFound(f"reinstate_like: {number} on the service for {' '.join(next(iter(keys.items())))}; nothing was written")
    account = found.found[0]
    theirs, ours = str(account.get("external_id") or ""), keys.get("external_id", "")
    if theirs and ours and theirs != ours:
        raise Refused(f"reinstate_like: the account {account.get('id')!r} has the external_id {theirs!r}, not {ours!r}; nothing was written")
    memberships = _reading(steps, "like_memberships", "groups")
    if memberships is not None and (memberships.unverifiable or not memberships.complete):
        raise Refused("reinstate_like: the service does not show all groups that they are in, so nobody can tell what to give; nothing was written")
    email = email_of(keys, account)
    named = _reading(steps, "like_named", "objects")
    if intent.like_access and not email:
        raise InvalidInput("reinstate_like: no e-mail of theirs is known, by which Access would name them; add email")
    return Model(keys, account, memberships.groups if memberships else (), email, tuple(named.found) if named else ())


def refuse_model(model: Model, intent: Intent, rehearsal: Facts) -> None:
    """Refuse to copy from a protected account: what lets a break-glass account in is for nobody else. Raises Protected."""
    if rehearsal.get("failed") and rehearsal.get("protected"):
        raise Protected(f"reinstate_like: {rehearsal.get('msg')}")
    names = filter(None, [*model.keys.values(), *(str(model.account.get(name) or "") for name in KEYS), model.email])
    try:
        refuse_protected(Plan((Operation(UPDATE, "User", model.key, model.account, model.account),)), Patterns(intent.protected), names)
    except Protected as problem:
        raise Protected(f"reinstate_like: {problem}; what a protected account has is given to nobody") from None


def wanted_like(model: Model, person: Mapping[str, str], account: Facts, intent: Intent) -> Wanted:
    """What a newcomer is to get. account: theirs, as far as it was found."""
    groups, left_groups = chosen(model.groups, "groups", intent, scope=intent.scope)
    selectors, left_selectors = chosen(model.selectors, "selectors", intent, scope=intent.scope) if intent.like_access else ([], [])
    same = {name: person[name] for name in KEYS if person.get(name) and person[name] == model.subject.get(name)}
    taken = {"snapshots": [one.path for one in model.image.snapshots], "digest": model.image.first.digest} if model.image else {}
    return Wanted(
        names={name: value for name, value in person.items() if name != EMAIL},
        groups=groups,
        email=email_of(person, account),
        selectors=selectors,
        source={"like": dict(model.keys), **taken},
        left_out=(*left_groups, *left_selectors),
        refusals=("cannot be given what they have themselves",) if same else (),
        undo=False,
        accesses=True,
    )


def _reading(steps: Mapping[str, Any], step: str, resources: str) -> Reading | None:
    """One answer; ``None`` if it was not asked for yet. Raises LifecycleError, because without it nobody can be given anything."""
    reading = reading_of(steps.get(step) or None, resources)
    if reading is not None and reading.failure:
        raise LifecycleError(f"reinstate_like: {reading.failure}; nothing was written")
    return reading
