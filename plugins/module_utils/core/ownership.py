# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which users or groups of a service a task owns. What others manage is neither counted nor touched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .attributes import GROUP_ATTRIBUTES, USER_ATTRIBUTES
from .errors import InvalidInput
from .filter_match import Filter
from .filter_parse import parse
from .json_values import composed
from .patterns import Patterns
from .wire import attribute_of

# The option that an ownership belongs to -> what may be in its filter, and the names by which one of them is known.
# People share their display names, so these are no identity; the display name of a group is one.
_ATTRIBUTES = {"users": USER_ATTRIBUTES, "groups": GROUP_ATTRIBUTES}
_NAMES = {"users": ("userName", "externalId", "id"), "groups": ("displayName", "externalId", "id")}


@dataclass(frozen=True)
class Ownership:
    """The rule that a task gives for its users or for its groups; without any, all of them are its own.

    filter: selects those that are owned. external_id_prefix: the beginning of their externalId, to the letter.
    ignore: names and shell patterns of those that are not owned whatever else is said. kind: ``users`` or ``groups``.
    """

    filter: Filter | None = None
    external_id_prefix: str = ""
    ignore: tuple[str, ...] = ()
    kind: str = "users"
    _ignored: Patterns = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_ignored", Patterns(self.ignore))

    @classmethod
    def from_options(cls, kind_option: str, owned: Mapping[str, Any] | None, ignore: Sequence[str] | None) -> Ownership:
        """The rule in ``owned.<kind_option>`` and ``ignore.<kind_option>``; what is ``None`` is not given.

        An empty rule is refused: it would own everybody, and comes from a variable that was not filled in.
        """
        given = owned or {}
        if owned is not None and all(value is None for value in given.values()):
            raise InvalidInput(
                f"owned.{kind_option} is empty; give filter or external_id_prefix, "
                f"or leave it out if all {kind_option} are this task's own"
            )
        for name, value in given.items():
            if value is not None and not str(value).strip():
                raise InvalidInput(f"owned.{kind_option}.{name} is empty; leave the option out if all {kind_option} are this task's own")
        text = given.get("filter")
        for position, pattern in enumerate(ignore or (), start=1):
            if not pattern.strip():
                raise InvalidInput(f"ignore.{kind_option}: pattern {position} of {len(ignore or ())} is blank")
        return cls(
            filter=parse(f"owned.{kind_option}.filter", text, _ATTRIBUTES[kind_option]) if text else None,
            external_id_prefix=given.get("external_id_prefix") or "",
            ignore=tuple(ignore or ()),
            kind=kind_option,
        )

    def owns(self, body: Mapping[str, Any]) -> bool:
        """Whether the resource with this JSON is the task's to change and to remove."""
        if self.filter is not None and not self.filter.matches(body):
            return False
        if self.external_id_prefix:
            external_id = attribute_of(body, "externalId")
            if external_id is None or not composed(str(external_id)).startswith(composed(self.external_id_prefix)):
                return False
        return not self.ignores_body(body)

    def ignores(self, names: Iterable[str]) -> bool:
        """Whether one of the names of a resource is ignored."""
        return bool(self.ignore) and any(self._ignored.matching(name) is not None for name in names)

    def ignores_body(self, body: Mapping[str, Any]) -> bool:
        """Whether the resource with this JSON is ignored by one of its names, its id, or ``id:<id>``."""
        return bool(self.ignore) and self.ignores(_names(body, self.kind))


def _names(body: Mapping[str, Any], kind: str) -> Iterator[str]:
    for attribute in _NAMES[kind]:
        value = attribute_of(body, attribute)
        if value is not None:
            yield str(value)
            if attribute == "id":
                yield f"id:{value}"
