# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Showing some attributes only. Services ignore ``attributes`` (RFC 7644 section 3.9), so it is applied here as well."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from ..core.errors import InvalidInput
from ..core.resources import GROUP, READ_ONLY, Resource

_ABOUT_MEMBERS = ("member_count", "members_shortened")  # shown with the members


class Projection:
    """The attributes that a task asks for, by the names of the options; none of them: everything.

    wire: what the service is asked for, ``()`` for everything.
    """

    def __init__(self, resource: Resource, names: Iterable[str]) -> None:
        self.resource = resource
        self.names = tuple(dict.fromkeys(name for name in names if name))
        asked = ["id", *(wire for name in self.names for wire in self._wire(name))]
        anything = not self.names or "extensions" in self.names
        self.wire = () if anything else tuple(dict.fromkeys(asked))

    @property
    def members(self) -> bool:
        """Whether memberships are asked for by name."""
        return any(name in self.resource.memberships for name in self.names)

    def _wire(self, name: str) -> Iterable[str]:
        known = [attribute for attribute in self.resource.attributes if not attribute.write_only]
        found = [attribute.wire for attribute in known if attribute.option == name]
        if found or name in ("id", "extensions"):
            return found
        if any(attribute.option.startswith(name + ".") for attribute in known) or name in self._of_service:
            return [name]
        if name.lower().startswith("urn:"):
            return [name]
        words = [attribute.option for attribute in known] + list(self._of_service) + ["extensions"]
        close = difflib.get_close_matches(name, words, 1)
        advice = f"; did you mean {close[0]}?" if close else "; they are called as the options and results are"
        raise InvalidInput(f"attributes: {name!r} is not an attribute of a {self.resource.kind.lower()} that can be shown{advice}")

    @property
    def _of_service(self) -> tuple[str, ...]:
        return tuple(name for name in READ_ONLY if name != "groups" or self.resource is not GROUP)

    def of(self, shown: Mapping[str, Any]) -> dict[str, Any]:
        """A resource, in the words of the options, with only what was asked for and its id."""
        if not self.names:
            return dict(shown)
        kept: dict[str, Any] = {"id": shown.get("id")}
        for name in self.names:
            if name.lower().startswith("urn:"):
                self._keep_extension(name, shown, kept)
                continue
            parent, dot, child = name.partition(".")
            if not dot and name in shown:
                kept[name] = shown[name]
            elif dot and child in (shown.get(parent) or {}):
                kept.setdefault(parent, {})[child] = shown[parent][child]
        if self.members:
            kept.update({name: shown[name] for name in _ABOUT_MEMBERS if name in shown})
        return kept

    def _keep_extension(self, name: str, shown: Mapping[str, Any], kept: dict[str, Any]) -> None:
        """name: a schema, or one of its attributes. Enterprise attributes are options of their own."""
        for attribute in self.resource.attributes:
            if _below(attribute.wire, name) and attribute.option in shown:
                kept[attribute.option] = shown[attribute.option]
        for schema, values in (shown.get("extensions") or {}).items():
            for key, value in values.items():
                if _below(f"{schema}:{key}", name):
                    kept.setdefault("extensions", {}).setdefault(schema, {})[key] = value


def _below(path: str, name: str) -> bool:
    """Whether a path is the one that is named, or belongs to the schema that is named."""
    return path.lower() == name.lower() or path.lower().startswith(name.lower() + ":")
