# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is meant by the names that a task uses: managers and members, looked up before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ..client.lookup import Lookup
from ..client.scim import ScimService
from ..core.attributes import REFERENCE, Attribute
from ..core.desired import Membership
from ..core.errors import InvalidInput, Refused
from ..core.json_values import folded
from ..core.plan_document import NOT_YET
from ..core.references import ID
from ..core.resources import GROUP, USER
from .wish import Wish


class Names:
    """A table from the names that people give to those that plans use. Each name is asked for once, with others.

    users: the lookup of users to ask, where there is one already.
    """

    def __init__(self, service: ScimService, users: Lookup | None = None) -> None:
        self.service = service
        self._lookups = {"User": users or Lookup(service, USER), "Group": Lookup(service, GROUP, ("members",))}
        self._found: dict[tuple[str, str], str] = {}
        self._absent: set[tuple[str, str]] = set()

    def learn(self, kind: str, name: str, external_id: str, called: str) -> None:
        """A resource of this run goes by these names, whether it exists yet or not. called: the name that plans use.

        An external id counts to the letter (caseExact true, RFC 7643 section 3.1).
        """
        for given in filter(None, (name, external_id)):
            for form in {given, folded(given)} if given == name else {given}:
                if self._found.setdefault((kind, form), called) != called:
                    raise Refused(f"{given!r} stands for two {kind.lower()}s of this task, {self._found[kind, form]!r} and {called!r}")

    def ask(self, kind: str, given: Iterable[str]) -> None:
        """Look up every name that is not known yet, in few requests."""
        new = [name for name in given if self._called(kind, name) is None and (kind, name) not in self._absent]
        if new:
            found = self._lookups[kind].resolve(new)
            self._found.update({(kind, name): called for name, called in found.items()})
            self._absent.update((kind, name) for name in new if name not in found)

    def meant_by(self, kind: str, given: Iterable[str]) -> set[str]:
        """Whom plans would take these names for, as far as anybody has used them; nobody is asked."""
        return {called for name in given for called in (self._called(kind, name),) if called is not None}

    def with_members(self, wish: Wish, warnings: list[str]) -> Wish:
        """The wish with its memberships in the names that plans use."""
        if not wish.memberships:
            return wish
        memberships = {}
        for option, membership in wish.memberships.items():
            kind = wish.resource.attribute(option).target
            self.ask(kind, membership.names())
            # Somebody who does not exist is a member of nothing, unless a deleted person's id was left behind.
            leaving = (self._called(kind, name) or ID + name.removeprefix(ID) for name in membership.remove)
            joining = self._known(f"{option}.add", kind, membership.add, warnings)
            gone = tuple(leaving)
            if set(joining) & set(gone):
                both = ", ".join(sorted(set(joining) & set(gone)))
                raise InvalidInput(f"{option}: {both} is in add and in remove, by different names; say which one you mean")
            memberships[option] = Membership(
                joining,
                gone,
                None if membership.set is None else self._known(f"{option}.set", kind, membership.set, warnings),
            )
        return replace(wish, memberships=memberships)

    def with_references(self, wish: Wish, warnings: list[str]) -> Wish:
        """The wish with its references to single resources (manager) in the names that plans use."""
        references = references_of(wish)
        if not references:
            return wish  # ten thousand people are not kept twice
        attributes = dict(wish.attributes or {})
        for attribute in references:
            name = attributes[attribute.option]
            self.ask(attribute.target, [name])
            (attributes[attribute.option],) = self._known(attribute.option, attribute.target, (name,), warnings)
        return replace(wish, attributes=attributes)

    def _called(self, kind: str, name: str) -> str | None:
        return self._found.get((kind, name)) or self._found.get((kind, folded(name)))

    def _known(self, option: str, kind: str, given: tuple[str, ...], warnings: list[str]) -> tuple[str, ...]:
        """What plans call them. Unknown names are refused, all in one message.

        On a read-only connection they are a warning: under ``--check``, an earlier task may be about to create them.
        """
        missing = [name for name in given if self._called(kind, name) is None]
        if missing:
            said = f"{option}: no {kind.lower()} {', '.join(map(repr, missing[:20]))} on the service"
            if not self.service.read_only:
                raise InvalidInput(f"{said}; create them first, or name them by user_name, external_id or id:<id>")
            warnings.append(f"{said} yet; {NOT_YET} unless an earlier one creates them")
            for name in missing:
                self._found[kind, name] = self.service.references.learn(kind, name, f"(the id of {name})")
        return tuple(self._called(kind, name) or name for name in given)


def references_of(wish: Wish) -> list[Attribute]:
    """The attributes by which a wish refers to one other resource."""
    given: Mapping[str, object] = wish.attributes or {}
    return [attribute for attribute in wish.resource.attributes if attribute.kind == REFERENCE and given.get(attribute.option)]
