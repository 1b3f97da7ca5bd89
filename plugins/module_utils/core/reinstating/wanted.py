# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What somebody is to have, whether they had it before or somebody else has it: account, memberships, and rules of Access."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from ..attributes import ELEMENTS, REFERENCE
from ..errors import InvalidInput
from ..instants import Instant, instant
from ..json_values import folded
from ..leaving.people import EMAIL, is_email, primary_email
from ..patterns import Patterns
from ..resources import READ_ONLY, USER
from ..verdicts import Facts
from .images import Image

RESTORE, KEEP = "restore", "keep"
FAIL, SKIP = "fail", "skip"
_NO_ATTRIBUTE = (*READ_ONLY, "active")  # what the service decides, and what the plane of the account is about
_LISTS = {attribute.option: {sub.option for sub in attribute.sub} for attribute in USER.attributes if attribute.kind == ELEMENTS}
_WRITABLE = {attribute.option.split(".")[0] for attribute in USER.attributes if not attribute.write_only} | {"extensions"}
_REFERENCES = {attribute.option for attribute in USER.attributes if attribute.kind == REFERENCE}


@dataclass(frozen=True)
class Intent:
    """What the role was asked to do; see the variables of the role of the same names. predicting: nothing is written.

    instant: now. max_age: how old a snapshot may be, in days, 0 for any age. block_group: from which the e-mail is taken in any case.
    """

    attributes: str = RESTORE
    groups: str = RESTORE
    missing_groups: str = FAIL
    except_: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    access: bool = False
    block_group: str = ""
    max_age: int = 0
    instant: str = ""
    scope: tuple[str, ...] = ()
    like_access: bool = False
    predicting: bool = False

    def __post_init__(self) -> None:
        for option, value, choices in (
            ("attributes", self.attributes, (RESTORE, KEEP)),
            ("groups", self.groups, (RESTORE, KEEP)),
            ("missing_groups", self.missing_groups, (FAIL, SKIP)),
        ):
            if value not in choices:
                raise InvalidInput(f"reinstate_{option} is {value!r}; choose one of {', '.join(choices)}")
        if self.max_age < 0:
            raise InvalidInput(f"reinstate_max_age is {self.max_age}; give a number of days, or 0 for any age")
        if self.like_access and not self.access:
            raise InvalidInput("reinstate_like_access gives e-mails a place in Access, so it needs reinstate_access: true")


@dataclass(frozen=True)
class Left:
    """What is not given, and why."""

    plane: str
    what: str
    why: str

    def shown(self) -> dict[str, str]:
        return {"plane": self.plane, "what": self.what, "why": self.why}


@dataclass(frozen=True)
class Wanted:
    """What one person is to have.

    names: by which keys the person is known. account: their account before, ``{}`` if there was none. attributes: what of it is
    restored, in the language of scim_user. groups: ``{"id", "display_name"}``. email, selectors, block_group: for Access; the person is
    named in the first and not in the last. source: where it is known from. refusals: why the person may not be touched.
    undo: whether it is what they had, and not what somebody else has. accesses: whether anything is known of Access.
    """

    names: Mapping[str, str]
    account: Facts = field(default_factory=dict)
    attributes: Facts = field(default_factory=dict)
    groups: Sequence[Facts] = ()
    email: str = ""
    selectors: Sequence[Facts] = ()
    block_group: str = ""
    source: Mapping[str, Any] = field(default_factory=dict)
    left_out: tuple[Left, ...] = ()
    notes: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()
    undo: bool = True
    accesses: bool = False

    @property
    def key(self) -> str:
        """How messages call the person."""
        return self.names.get("user_name") or " ".join(next(iter(self.names.items()), ("", "")))

    @property
    def all_names(self) -> tuple[str, ...]:
        """Everything by which the person may be known, for the protection of accounts."""
        emails = (str(entry.get("value") or "") for entry in self.account.get("emails") or () if isinstance(entry, Mapping))
        return tuple(dict.fromkeys(filter(None, (*self.names.values(), self.email, *emails))))

    @property
    def held(self) -> tuple[str, ...]:
        """The names that nobody else may have by now: the user name and the e-mails, each once."""
        if not self.undo:
            return ()
        emails = [str(entry.get("value") or "") for entry in self.account.get("emails") or () if isinstance(entry, Mapping)]
        names = [self.names.get("user_name", ""), *emails, self.email]
        return tuple({folded(name.strip()): name.strip() for name in reversed(names) if name.strip()}.values())


def wanted_again(image: Image, intent: Intent) -> Wanted:
    """What somebody had, less what is left out on purpose."""
    account, access, names = image.account, image.access, image.names
    attributes, left = restorable(account)
    groups, left_groups = chosen(image.groups, "groups", intent)
    selectors, left_selectors = chosen(access.get("named_in", ()), "selectors", intent) if intent.access else ([], [])
    notes = []
    if len(image.snapshots) > 1:
        files = ", ".join(snapshot.path for snapshot in image.snapshots)
        notes.append(f"put together from {len(image.snapshots)} snapshots of one leaving: {files}")
    if account.get("active") is False:
        notes.append("the account was inactive before they left, too")
    if not image.groups_shown:
        notes.append("the service did not show all memberships when they left, so there may have been more")
    block_group = intent.block_group or str(access.get("block_group") or "")
    if access.get("blocked") and not intent.block_group and block_group:
        notes.append(f"the e-mail was in the group {block_group} before they left, too, and stays there")
        block_group = ""
    refusals = [f"the snapshot {image.first.path} {old}" for old in filter(None, [_too_old(image.first.when, intent)])]
    return Wanted(
        names={name: value for name, value in names.items() if name != EMAIL},
        account=account,
        attributes=attributes,
        groups=groups,
        email=email_of(names, account, str(access.get("email") or "")),
        selectors=selectors,
        block_group=block_group if intent.access else "",
        source={"snapshots": [snapshot.path for snapshot in image.snapshots], "taken_at": image.first.taken, "digest": image.first.digest},
        left_out=(*left, *left_groups, *left_selectors),
        notes=tuple(notes),
        refusals=tuple(refusals),
        accesses=bool(access) or bool(intent.block_group),
    )


def chosen(things: Iterable[Facts], plane: str, intent: Intent, *, scope: Sequence[str] = ()) -> tuple[list[Facts], list[Left]]:
    """Which of groups, or of groups and policies of Access, are given; and what is left out. scope: only those; all, if it is empty."""
    excluded, within = Patterns(intent.except_), Patterns(scope)
    given: list[Facts] = []
    left: list[Left] = []
    for thing in things:
        name = str(thing.get("display_name") or thing.get("name") or "")
        keys = [key for key in (name, str(thing.get("id"))) if key]
        pattern = next(filter(None, map(excluded.matching, keys)), None)
        if pattern is not None:
            left.append(Left(plane, name or keys[-1], f"{pattern!r} in reinstate_except"))
        elif scope and not any(within.matching(key) for key in keys):
            left.append(Left(plane, name or keys[-1], "not in reinstate_like_scope"))
        else:
            given.append(thing)
    return given, left


def restorable(account: Facts) -> tuple[dict[str, Any], list[Left]]:
    """The attributes of an account that can be written, in the language of scim_user; and those that cannot."""
    found: dict[str, Any] = {}
    left: list[Left] = []
    for name, value in account.items():
        if name in _NO_ATTRIBUTE or name not in _WRITABLE:
            continue
        if name in _LISTS and isinstance(value, (list, tuple)):
            value = [{part: entry[part] for part in entry if part in _LISTS[name]} for entry in value if isinstance(entry, Mapping)]
        try:
            USER.from_options({name: value})
        except InvalidInput as problem:
            left.append(Left("attributes", name, str(problem)))
        else:
            found[name] = value
    return found, left


def differing(wished: Facts, account: Facts, *, loosely: bool = False) -> list[str]:
    """The names of attributes that are not as wished. loosely: as after a write, see Resource.changes."""
    wish, seen = _canonical(wished), _canonical(account)
    return [change.path for change in USER.changes(seen, wish, loosely=loosely)]


def references(attributes: Facts) -> dict[str, str]:
    """The attributes that name somebody else, who may be gone by now."""
    return {name: str(value) for name, value in attributes.items() if name in _REFERENCES and value}


def email_of(names: Mapping[str, str], account: Facts, known: str = "") -> str:
    """The e-mail by which Access knows the person, "" if nobody can tell: given, else a user name that is one, else the primary one."""
    user_name = str(account.get("user_name") or names.get("user_name", ""))
    candidates = (known, names.get(EMAIL, ""), user_name, primary_email(account.get("emails")))
    return next((candidate.strip() for candidate in candidates if is_email(candidate)), "")


def _canonical(options: Facts) -> dict[str, Any]:
    """As Resource.from_options, but what no task could ask for is left out: a service may show it."""
    found: dict[str, Any] = {}
    for name, value in options.items():
        if name not in _NO_ATTRIBUTE:
            with suppress(InvalidInput):
                found.update(USER.from_options({name: value}))
    return found


def _too_old(taken: Instant, intent: Intent) -> str:
    """Why a snapshot may not be used any more, or "". Raises InvalidInput."""
    now = instant(intent.instant)
    if now is None:
        raise InvalidInput(f"reinstate_instant is {intent.instant!r}; give a time, such as 2026-11-30T17:00:00Z")
    days = (now[0] - taken[0]).total_seconds() / 86_400
    if not intent.max_age or days <= intent.max_age:
        return ""
    return f"is {days:.1f} days old, and reinstate_max_age allows {intent.max_age}"
