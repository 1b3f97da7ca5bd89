# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading and writing the JSON of a SCIM resource: paths, letter case and references (RFC 7643 sections 2.1 to 2.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from .attributes import BOOLEAN, Attribute
from .json_values import boolean, is_absent
from .references import References


def member(attribute: Attribute, name: str, references: References) -> dict[str, str]:
    """A member as sent: the id and, for a nested group, its type (RFC 7643 section 4.2)."""
    entry = {"value": references.id(attribute.target, name)}
    return entry if attribute.target == "User" else {**entry, "type": attribute.target}


def member_kind(item: Any, references: References) -> str:
    """``User`` or ``Group``: what a member says of itself, else what its ``$ref`` points to, else what we know."""
    if is_group(item):
        return "Group"
    return "User" if attribute_of(item, "type") else references.kind(id_of(item))


def is_group(item: Any) -> bool:
    """Whether a member says of itself that it is a nested group (RFC 7643 section 4.2)."""
    kind, reference = attribute_of(item, "type"), attribute_of(item, "$ref")
    return str(kind).lower() == "group" if kind else "/groups/" in str(reference or "").lower()


def put(body: dict[str, Any], wire_path: str, value: Any) -> None:
    """Set one wire path in a body, in place; no value removes it. Members of both kinds share one list."""
    parent, name = split(wire_path)
    holder = body
    if parent:
        parent = spelled(body, parent)
        holder = body[parent] if isinstance(body.get(parent), dict) else {}
    name = spelled(holder, name)
    if value is None:
        holder.pop(name, None)
    elif name == "members" and holder is body and "members" in body:
        body["members"] = [*body["members"], *value]
    else:
        holder[name] = value
    if not parent:
        return
    if holder:
        body[parent] = holder
    else:
        body.pop(parent, None)
    is_schema = parent.lower().startswith("urn:")
    if is_schema and holder and parent.lower() not in (listed.lower() for listed in body["schemas"]):
        body["schemas"] = [*body["schemas"], parent]


@lru_cache(maxsize=1000)
def split(wire_path: str) -> tuple[str, str]:
    """``urn:...:User:department`` -> its schema and its name; ``name.givenName`` likewise; ``title`` has no parent."""
    if wire_path.lower().startswith("urn:"):
        schema, _colon, name = wire_path.rpartition(":")
        return schema, name
    parent, _dot, name = wire_path.rpartition(".")
    return parent, name


def spelled(holder: Mapping[str, Any], name: str) -> str:
    """A name as an object spells it already; names of attributes and schemas are case-insensitive (section 2.1)."""
    return next((key for key in holder if key.lower() == name.lower()), name)


def on_wire(core: Mapping[str, Any], wire_path: str) -> Any:
    """The value at a wire path in a body whose top-level names are lower-cased."""
    holder, name = _lowered(wire_path)
    found = core.get(holder)
    return attribute_of(found, name) if name and found is not None else found


@lru_cache(maxsize=1000)
def _lowered(wire_path: str) -> tuple[str, str]:
    """The top-level name of a wire path, lower-cased, and the name below it, if there is one."""
    parent, name = split(wire_path)
    return (parent.lower(), name) if parent else (name.lower(), "")


def attribute_of(value: Any, name: str) -> Any:
    """One attribute of an object, whatever the case of its name (RFC 7643 section 2.1)."""
    if not isinstance(value, (dict, Mapping)):  # a dict is told at once
        return None
    if name in value:  # which is how nearly every service spells it
        return value[name]
    lowered = name.lower()
    for key, found in value.items():
        if str(key).lower() == lowered:
            return found
    return None


def as_list(value: Any) -> Sequence[Any]:
    """A multi-valued attribute as a list; some services send a single value bare."""
    return value if isinstance(value, (list, tuple)) else [value]


def id_of(item: Any) -> str:
    """The id in a reference: ``{"value": id}``, or the bare string that some services use."""
    found = attribute_of(item, "value") if isinstance(item, Mapping) else item
    return "" if found is None else str(found)


def element(attribute: Attribute, item: Any) -> dict[str, Any]:
    """An element's known sub-attributes; a bare string is its value (roles and entitlements of some services)."""
    if not isinstance(item, Mapping):
        return {} if is_absent(item) else {attribute.sub[0].option: str(item)}
    found = {sub.option: (sub, attribute_of(item, sub.wire)) for sub in attribute.sub}
    return {
        name: boolean(value) if sub.kind == BOOLEAN else value for name, (sub, value) in found.items() if not is_absent(value)
    }
