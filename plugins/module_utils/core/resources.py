# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users and groups: task options <-> canonical form <-> what SCIM sends (RFC 7643).

The canonical form of a resource is flat: ``{"user_name": "ada", "name.given_name": "Ada", "emails": ({...},)}``. A
missing key means *not specified*; ``None`` means *no value*. Attributes of other schemas keep their wire path as key
(``urn:example:2.0:User:costCode``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .attributes import (
    ANY,
    BOOLEAN,
    ELEMENTS,
    GROUP_ATTRIBUTES,
    GROUP_SCHEMA,
    REFERENCE,
    REFERENCES,
    USER_ATTRIBUTES,
    USER_SCHEMA,
    Attribute,
)
from .compare import merged, same
from .errors import InvalidInput
from .json_values import boolean, is_absent, merged_json
from .plan import Canonical, Change
from .references import ID, References
from .wire import as_list, element, id_of, member, member_kind, on_wire, put, spelled

# What the service decides (mutability readOnly): never sent back, RFC 7643 sections 3.1 and 4.1.2.
READ_ONLY = ("id", "meta", "groups")


@dataclass(frozen=True)
class Resource:
    """One resource type (RFC 7643 section 6).

    kind: its name, ``User`` or ``Group``. endpoint: its path. schema: its core schema.
    name: the option by which people call one: ``user_name`` or ``display_name``.
    memberships: the options that list members; a user has none.
    """

    kind: str
    endpoint: str
    schema: str
    name: str
    attributes: tuple[Attribute, ...]
    memberships: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _by_option: dict[str, Attribute] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_option", {attribute.option: attribute for attribute in self.attributes})
        lists = (attribute.option for attribute in self.attributes if attribute.kind == REFERENCES)
        object.__setattr__(self, "memberships", tuple(lists))

    def attribute(self, path: str) -> Attribute:
        """The row for a canonical key; a path of a schema without a table is compared as JSON."""
        return self._by_option.get(path) or Attribute(path, path, ANY)

    # -- the three questions that a plan asks ---------------------------------------------------------------------

    def changes(self, seen: Canonical, wish: Canonical, *, loosely: bool = False) -> tuple[Change, ...]:
        """What has to change so that ``seen`` is as wished. Only what the wish names is looked at."""
        found = []
        for path, wished in sorted(wish.items()):
            attribute = self.attribute(path)
            if attribute.kind == ANY:
                path = spelled(seen, path)
            before = seen.get(path)
            if attribute.write_only:
                if not is_absent(wished) and not loosely:
                    found.append(Change(path, None, wished, secret=True))
            elif not same(attribute, before, wished, loosely=loosely):
                found.append(Change(path, before, merged(attribute, before, wished)))
        return tuple(found)

    def created(self, wish: Canonical) -> dict[str, Any]:
        """The canonical form of a resource made from a wish: everything that the wish gives a value."""
        made = {path: merged_json(None, value) for path, value in sorted(wish.items())}
        return {path: value for path, value in made.items() if not is_absent(value)}

    def secrets(self) -> frozenset[str]:
        """Paths whose values are never shown."""
        return frozenset(attribute.option for attribute in self.attributes if attribute.write_only)

    # -- task options -> canonical ------------------------------------------------------------------------------------

    def from_options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """The wish that a task's options spell. ``None`` is "not given"; ``""`` and ``[]`` clear an attribute."""
        wish: dict[str, Any] = {}
        for attribute in self.attributes:
            value = _at(options, attribute.option)
            if value is None or attribute.kind == REFERENCES:
                continue
            wish[attribute.option] = self._wished(attribute, value)
        if self.name in wish and wish[self.name] is None:
            raise InvalidInput(f"{self.name} is empty; a {self.kind.lower()} always has one")
        if str(wish.get(self.name, "")).startswith(ID):
            raise InvalidInput(f"{self.name}: {wish[self.name]!r} begins with {ID}, which stands for an id; choose another name")
        for path, value in self._extensions(options.get("extensions") or {}):
            option = self.option_of(path)
            if option in wish:
                raise InvalidInput(f"extensions: {path} is the option {option}, which is given too; give one of them")
            wish[option] = self._wished(self.attribute(option), value)
        return wish

    def _extensions(self, extensions: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for schema, attributes in extensions.items():
            if not str(schema).lower().startswith("urn:"):
                raise InvalidInput(f"extensions: {schema!r} is not a schema URN; it has to begin with urn:")
            if schema.lower() == self.schema.lower():
                raise InvalidInput(f"extensions: {schema} is the schema of every {self.kind.lower()}; its attributes are options")
            if not isinstance(attributes, Mapping):
                raise InvalidInput(f"extensions: {schema!r} has to hold attributes, as a dictionary")
            yield from _paths(schema, attributes)

    def _wished(self, attribute: Attribute, value: Any) -> Any:
        if is_absent(value):
            return None
        if attribute.kind == REFERENCE and isinstance(value, Mapping):
            return ID + id_of(value)  # as the wire writes it, in extensions
        if attribute.kind != ELEMENTS:
            return boolean(value) if attribute.kind == BOOLEAN else value
        elements = tuple({k: v for k, v in entry.items() if not is_absent(v)} for entry in value)
        identifying = attribute.sub[0]
        for index, entry in enumerate(elements):
            if identifying.option not in entry:
                raise InvalidInput(f"{attribute.option}[{index}] has no {identifying.option}; give it one or drop the entry")
            for earlier, other in enumerate(elements[:index]):
                both = [sub for sub in _key(attribute) if sub is identifying or (sub.option in entry and sub.option in other)]
                if all(same(sub, entry.get(sub.option), other.get(sub.option)) for sub in both):
                    raise InvalidInput(f"{attribute.option}[{earlier}] and {attribute.option}[{index}] are the same; keep one")
        if sum(boolean(entry.get("primary")) is True for entry in elements) > 1:
            raise InvalidInput(f"{attribute.option} has more than one primary entry; at most one may be primary")
        return elements

    # -- canonical -> task options (results) ----------------------------------------------------------------------------

    def to_options(self, canonical: Canonical) -> dict[str, Any]:
        """The nested form that people read and that tasks accept; secrets are left out."""
        shown: dict[str, Any] = {}
        for path, value in canonical.items():
            if path in self.secrets() or is_absent(value):
                continue
            plain = [dict(v) if isinstance(v, Mapping) else v for v in value] if isinstance(value, tuple) else value
            if path.lower().startswith("urn:"):
                schema, name = path.rsplit(":", 1)
                shown.setdefault("extensions", {}).setdefault(schema, {})[name] = plain
            elif "." in path:
                parent, name = path.split(".", 1)
                shown.setdefault(parent, {})[name] = plain
            else:
                shown[path] = plain
        return shown

    # -- wire -> canonical -------------------------------------------------------------------------------------------

    def from_wire(self, body: Mapping[str, Any], references: References) -> dict[str, Any]:
        """The canonical form of a resource as a server sent it; names of attributes are case-insensitive."""
        canonical: dict[str, Any] = {}
        core = {str(name).lower(): value for name, value in body.items()}
        for attribute in self.attributes:
            sent = on_wire(core, attribute.wire)
            if sent is None:  # as most are
                continue
            value = self._read(attribute, sent, references)
            if not is_absent(value):
                canonical[attribute.option] = value
        for schema, attributes in body.items():
            if str(schema).lower().startswith("urn:") and isinstance(attributes, Mapping):
                unknown = ((path, value) for path, value in _paths(schema, attributes) if self.option_of(path) == path)
                canonical.update((path, value) for path, value in unknown if not is_absent(value))
        return canonical

    def _read(self, attribute: Attribute, value: Any, references: References) -> Any:
        if is_absent(value):
            return None
        if attribute.kind == BOOLEAN:
            return boolean(value)
        if attribute.kind == ELEMENTS:
            return tuple(filter(None, (element(attribute, item) for item in as_list(value))))
        if attribute.kind == REFERENCE:
            resource_id = id_of(value)
            return references.name(attribute.target, resource_id) if resource_id else None
        if attribute.kind == REFERENCES:
            members = (item for item in as_list(value) if id_of(item) and member_kind(item, references) == attribute.target)
            return tuple(sorted({references.name_of_member(attribute.target, id_of(item)) for item in members}))
        return value if isinstance(value, (str, int, float)) and not isinstance(value, bool) else str(value)

    def option_of(self, wire_path: str) -> str:
        """The canonical key of a wire path: a known attribute's option, else the path itself."""
        for attribute in self.attributes:
            if attribute.wire.lower() == wire_path.lower():
                return attribute.option
        return wire_path

    # -- canonical -> wire -----------------------------------------------------------------------------------------------

    def wire_value(self, path: str, value: Any, references: References) -> Any:
        """One attribute's value as SCIM writes it; ids take the place of names."""
        attribute = self.attribute(path)
        if is_absent(value):
            return None
        if attribute.kind == ELEMENTS:
            wire = {sub.option: sub.wire for sub in attribute.sub}
            return [{wire.get(name, name): v for name, v in element.items()} for element in value]
        if attribute.kind == REFERENCE:
            return {"value": references.id(attribute.target, value)}
        if attribute.kind == REFERENCES:
            return [member(attribute, name, references) for name in value]
        return value

    def to_wire(self, canonical: Canonical, references: References) -> dict[str, Any]:
        """A whole resource for a POST or a PUT, with every schema that it uses listed (RFC 7643 section 3)."""
        body: dict[str, Any] = {"schemas": [self.schema]}
        for path, value in canonical.items():
            put(body, self.attribute(path).wire, self.wire_value(path, value, references))
        return body


def _at(options: Mapping[str, Any], path: str) -> Any:
    if "." not in path:
        return options.get(path)
    value: Any = options
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _key(attribute: Attribute) -> tuple[Attribute, ...]:
    return tuple(sub for sub in attribute.sub if sub is attribute.sub[0] or sub.option == "type")


def _paths(schema: str, attributes: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in attributes.items():
        yield f"{schema}:{name}", value


USER = Resource("User", "/Users", USER_SCHEMA, "user_name", USER_ATTRIBUTES)
GROUP = Resource("Group", "/Groups", GROUP_SCHEMA, "display_name", GROUP_ATTRIBUTES)
# The options that list resources, by kind.
LISTS = {USER.kind: "users", GROUP.kind: "groups"}
