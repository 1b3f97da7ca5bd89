# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The targets of a mapping: what a column of a source may become, and how texts become attributes of SCIM."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..attributes import ELEMENTS, EXACT, NAME, TEXT, USER_ATTRIBUTES, USER_SCHEMA
from ..errors import InvalidInput
from ..resources import USER
from ..spelling import meant
from .person import Record

KEY = "person_id"
DATES = ("start_date", "last_day", "termination_date", "valid_until")
BOOLEANS = ("legal_hold", "for_cause")
SOURCE = ("status", *DATES, "time_zone", *BOOLEANS, "manager_id")
FACTS = "facts."
EXTENSIONS = "extensions."
NESTED = ("name", "work_address", "facts", "extensions")  # may be written as dictionaries, too

_SINGLE = tuple(row.option for row in USER_ATTRIBUTES if row.kind in (TEXT, NAME, EXACT) and not row.write_only)
# target -> the list that it is an entry of, and its type there. The first that there is, is the primary one (RFC 7643 section 2.4).
_ENTRIES = {
    "work_email": ("emails", "work"),
    "home_email": ("emails", "home"),
    "work_phone": ("phone_numbers", "work"),
    "mobile_phone": ("phone_numbers", "mobile"),
}
ADDRESSES = ("work_email", "home_email")
_ADDRESS = "work_address."
_ADDRESS_PARTS = tuple(
    _ADDRESS + sub.option
    for row in USER_ATTRIBUTES
    if row.option == "addresses" and row.kind == ELEMENTS
    for sub in row.sub
    if sub.option not in ("type", "primary")
)
TARGETS = (KEY, *SOURCE, *_SINGLE, *_ENTRIES, *_ADDRESS_PARTS)

_INSTEAD = {
    "active": "whether somebody is active follows from status and the dates",
    "password": "a source of people has no passwords",
    "manager": "give manager_id, the person_id of the manager",
    "emails": "give work_email and home_email",
    "phone_numbers": "give work_phone and mobile_phone",
    "addresses": "give work_address.locality and the like",
    "id": "the service gives ids; give external_id",
}
_ATTRIBUTE_NAME = re.compile(r"[A-Za-z$][\w$-]*", re.ASCII)  # RFC 7643 section 2.1


def refuse_unknown(option: str, target: str) -> None:
    """Raises InvalidInput for a target that there is not. option: what the mapping is called."""
    if target in TARGETS:
        return
    if target in _INSTEAD:
        raise InvalidInput(f"{option}: {target} is no target; {_INSTEAD[target]}")
    if target.startswith(FACTS):
        name = target[len(FACTS) :]
        if not name or "." in name:
            raise InvalidInput(f"{option}: {target!r} is no target; a fact is facts and a name without a dot")
    elif target.startswith(EXTENSIONS):
        _refuse_extension(option, target)
    else:
        near = meant(target, TARGETS) or f"; there are {', '.join(TARGETS)}, facts.NAME and extensions.URN.NAME"
        raise InvalidInput(f"{option}: {target!r} is no target{near}")


def _refuse_extension(option: str, target: str) -> None:
    schema, name = extension(target)
    if not schema.lower().startswith("urn:") or not _ATTRIBUTE_NAME.fullmatch(name):
        raise InvalidInput(f"{option}: {target!r} is no target; an attribute of another schema is extensions, its URN and its name")
    path = f"{schema}:{name}"
    known = USER.option_of(path)
    if known != path or schema.lower() == USER_SCHEMA.lower():
        instead = _INSTEAD.get(known, f"give {known}") if known != path else "the attributes of this schema are targets of their own"
        raise InvalidInput(f"{option}: {target!r} is no target; {instead}")


def extension(target: str) -> tuple[str, str]:
    """The URN and the attribute of a target of another schema; the URN has dots of its own."""
    schema, _dot, name = target[len(EXTENSIONS) :].rpartition(".")
    return schema, name


def attributes(texts: Mapping[str, str], clearing: frozenset[str] = frozenset()) -> dict[str, Any]:
    """What the texts of a row are in the language of scim_user.

    texts: by target; empty ones are absent. clearing: the targets whose attribute an empty text clears: "" or an empty list.
    """
    found: dict[str, Any] = {}
    for target, value in texts.items():
        if not value and target not in clearing:
            continue
        if target in _ENTRIES:
            _put_entry(found, target, value)
        elif target.startswith(_ADDRESS):
            _put_address(found, target[len(_ADDRESS) :], value)
        elif target.startswith(EXTENSIONS):
            schema, name = extension(target)
            found.setdefault("extensions", {}).setdefault(schema, {})[name] = value
        elif target in _SINGLE:
            parent, dot, part = target.partition(".")
            if dot:
                found.setdefault(parent, {})[part] = value
            else:
                found[target] = value
    return found


def value_of(record: Record, target: str) -> Any:
    """What a record has for a target; ``None`` or empty if it has nothing."""
    have = record.attributes
    if target == KEY:
        return record.key
    if target in SOURCE:
        return record.source.get(target)
    if target.startswith(FACTS):
        return record.facts.get(target[len(FACTS) :])
    if target in _ENTRIES:
        name, kind = _ENTRIES[target]
        return next((entry["value"] for entry in have.get(name, ()) if entry["type"] == kind), None)
    if target.startswith(_ADDRESS):
        return next((entry.get(target[len(_ADDRESS) :]) for entry in have.get("addresses", ())), None)
    if target.startswith(EXTENSIONS):
        schema, name = extension(target)
        return have.get("extensions", {}).get(schema, {}).get(name)
    parent, dot, part = target.partition(".")
    return have.get(parent, {}).get(part) if dot else have.get(target)


def _put_entry(found: dict[str, Any], target: str, value: str) -> None:
    """In the order of the table, so that what is there decides which entry is the primary one, and not the order of the mapping."""
    name, kind = _ENTRIES[target]
    have = [(entry["type"], entry["value"]) for entry in found.get(name, [])] + ([(kind, value)] if value else [])
    have.sort(key=lambda entry: entry[0] != "work")
    found[name] = [{"value": text, "type": kind, **({} if index else {"primary": True})} for index, (kind, text) in enumerate(have)]


def _put_address(found: dict[str, Any], part: str, value: str) -> None:
    """The schema of addresses has no primary (RFC 7643 section 8.7.1)."""
    have = found.setdefault("addresses", [])
    if value and not have:
        have.append({"type": "work"})
    if value:
        have[0][part] = value
