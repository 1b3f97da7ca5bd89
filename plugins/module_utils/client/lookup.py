# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finding the one resource that is meant, on services whose filters cannot be trusted.

Identity is the id, else the externalId, else the name. Whatever a filter returns is verified here; a filter that is
refused, ignored or broken is replaced by reading the list. More than one match is never resolved by guessing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from unicodedata import normalize

from ..core.errors import InvalidInput, Refused, ServerError, SeveralMatches
from ..core.filters import any_of, eq
from ..core.references import ID
from ..core.resources import Resource
from ..core.wire import attribute_of
from ..core.writes import Snapshot
from .complete_list import CompleteList, form, has
from .scim import ScimService

# A filter that a service cannot handle is answered with one of these; 500 was seen on several.
FILTER_REFUSED = (400, 403, 404, 405, 414, 500, 501)
_NAMES_PER_FILTER = 20


@dataclass(frozen=True)
class Identity:
    """How a task names one resource; empty where it does not say."""

    id: str = ""
    external_id: str = ""
    name: str = ""

    def __str__(self) -> str:
        given = {"id": self.id, "external_id": self.external_id, "name": self.name}
        return ", ".join(f"{option} {value!r}" for option, value in given.items() if value)


class Lookup:
    """Finds resources of one type. A list that had to be read is kept for the rest of the task."""

    def __init__(self, service: ScimService, resource: Resource, excluded: tuple[str, ...] = ()) -> None:
        self.service = service
        self.resource = resource
        self.excluded = excluded
        self.all = CompleteList(service, resource, excluded)
        self._sample: list[Snapshot] | None = None
        self._works: dict[str, bool] = {}  # whether the filter on an attribute found somebody of the sample

    def find(self, identity: Identity, *, prove: bool = False, thorough: bool = False) -> Snapshot | None:
        """The resource that is meant, or ``None``.

        "Nobody" is never taken on a filter's word alone: a broken filter would make a duplicate of a joiner and report
        a leaver as gone. One more request shows whether the filter finds somebody who is there.
        prove: where that cannot be shown, read the whole list; for removals. thorough: read the list whatever the
        filter says; after a 409, where the service knows something that its filter does not show.
        """
        if identity == Identity():
            raise InvalidInput(f"no {self.resource.kind.lower()} is named: id, external_id and {self.resource.name} are empty")
        if identity.id:
            return self._by_id(identity.id, prove)
        thorough = thorough or self.all.is_read  # what has been read needs no more questions
        named = [(w, v) for w, v in (("externalId", identity.external_id), (self._name, identity.name)) if v]
        found = self._first(identity, named, thorough)
        if found is None and not thorough and not all(self._filter_works(wire, prove) for wire, value in named):
            found = self._first(identity, named, thorough=True)
        if found is None and prove and self.all.is_cut_off():
            self.service.known.observe("totals", False)
            self.forget()
            found = self._first(identity, named, thorough=True)
        return found

    def hides(self, identity: Identity) -> bool:
        """Whether the list, which was read, shows nobody at all, and somebody is there all the same: one question tells."""
        if not identity.name or not self.all.shows_nobody or not self.service.known.flag("filter"):
            return False
        return bool(self._filtered(self._name, identity.name))

    def cannot_tell(self, identity: Identity) -> str:
        """Why "nobody" is no answer, "" if it is one: asked by external_id alone, on a service where nobody has any.

        For after ``find`` with ``prove``, which has read the list then.
        """
        if identity.id or identity.name or not (self.all.is_read and self.all.everyone()):
            return ""
        if any(attribute_of(snapshot.body, "externalId") for snapshot in self.all.everyone()):
            return ""
        return (
            f"no {self.resource.kind.lower()} on this service has an external_id, so nobody can tell whether {identity} is there; "
            f"name the {self.resource.kind.lower()} by {self.resource.name} or id as well"
        )

    def _by_id(self, resource_id: str, prove: bool) -> Snapshot | None:
        """The resource with an id, or ``None``.

        prove: nobody is found under a wrong address either, so make sure that there is an endpoint before "nobody" is said.
        """
        listed = self.all.by_id(resource_id)
        if listed is not None:
            return listed
        found = self.service.get(self.resource, resource_id, excluded=self.excluded)
        if found is not None and found.id.casefold() != resource_id.casefold():
            raise Refused(f"the service answers for the {self.resource.kind.lower()} with id {resource_id!r} with another one, {found.id!r}")
        if found is None and prove:
            try:
                self.service.check_endpoint(self.resource)
            except ServerError as error:
                if error.status in FILTER_REFUSED and error.status not in (404, 405):
                    return None  # there is an endpoint, and it does not like to be asked for everybody
                raise
        return found

    def _first(self, identity: Identity, named: list[tuple[str, str]], thorough: bool) -> Snapshot | None:
        for wire, value in named:
            found = self._scan(wire, value) if thorough else self._matches(wire, value)
            if len(found) > 1:
                raise SeveralMatches(f"{self.resource.kind} {identity}", [snapshot.id for snapshot in found])
            if found:
                self._same_person(identity, found[0])
                return found[0]
        return None

    @property
    def _name(self) -> str:
        return self.resource.attribute(self.resource.name).wire

    def _same_person(self, identity: Identity, found: Snapshot) -> None:
        """A name that belongs to somebody with another externalId was re-used: never adopt that resource."""
        theirs = str(attribute_of(found.body, "externalId") or "")
        if identity.external_id and theirs and theirs != identity.external_id:
            raise Refused(
                f"{self.resource.kind} {identity.name!r} exists with external_id {theirs!r}, not {identity.external_id!r}: "
                f"another identity holds this name; give scim_{self.resource.kind.lower()} its id ({found.id}) if you mean to take it over"
            )

    def _matches(self, wire: str, value: str) -> list[Snapshot]:
        if not self.service.known.flag("filter"):
            return self._scan(wire, value)
        found = self._filtered(wire, value)
        if found is None:
            return self._scan(wire, value)
        if wire == self._name:
            # Filters that compare names to the letter exist, and so do services that fold them or take letters apart.
            other_forms = (value.lower(), normalize("NFC", value), normalize("NFD", value))
            for form in dict.fromkeys(form for form in other_forms if form != value):
                found = found or self._filtered(wire, form)
        return found or []

    def _filtered(self, wire: str, value: str) -> list[Snapshot] | None:
        """What a filter finds, verified; ``None`` if the service has no such filter after all."""
        try:
            found = self.service.search(self.resource, eq(wire, value), self.excluded)
        except ServerError as error:
            if error.status not in FILTER_REFUSED:
                raise
            found = None
        if found is None or any(not has(snapshot, wire, value) for snapshot in found):
            self.service.known.observe("filter", False)
            return None
        return found

    def _filter_works(self, wire: str, prove: bool) -> bool:
        """Whether a filter finds somebody who is known to be there. One page may already be the whole list."""
        if self.all.is_read or not self.service.known.flag("filter"):
            return self.all.is_read
        if self._sample is None:
            listing = self.service.listing(self.resource, excluded=self.excluded, most=1)
            self._sample = [self.service.snapshot(self.resource, body) for body in listing]
            if listing.complete:
                self.all.take(self._sample, listing)
                return False
        for snapshot in self._sample:
            value = str(attribute_of(snapshot.body, wire) or "")
            if value:
                if wire not in self._works:
                    self._works[wire] = bool(self._filtered(wire, value))
                return self._works[wire]
        return not prove

    def _scan(self, wire: str, value: str) -> list[Snapshot]:
        return list(self.all.by(wire, value))

    def forget(self) -> None:
        """Read lists again when they are needed next."""
        self.all.forget()
        self._sample, self._works = None, {}

    # -- many names at once (members, managers) ---------------------------------------------------------------------

    def resolve(self, names: Iterable[str]) -> dict[str, str]:
        """The name that plans use, for each given name that exists: by name, externalId, ``id:<id>`` or id."""
        wanted = list(dict.fromkeys(names))
        found: dict[str, dict[str, Snapshot]] = {name: {} for name in wanted}
        plain = [name for name in wanted if not name.startswith(ID)]
        called: dict[tuple[str, str], list[str]] = {}
        for name in plain:
            for wire in (self._name, "externalId"):
                called.setdefault((wire, form(wire, name)), []).append(name)
        for snapshot in self._candidates(plain):
            for wire in (self._name, "externalId"):
                for name in called.get((wire, form(wire, attribute_of(snapshot.body, wire))), ()):
                    found[name][snapshot.id] = snapshot
        missing = [name for name in plain if not found[name]]
        if len(missing) > _NAMES_PER_FILTER and not self.all.is_read:
            self.all.read_ahead(len(missing))  # or so many would be asked for one by one, each in several ways
        resolved = {}
        for name, candidates in found.items():
            if len(candidates) > 1:
                raise SeveralMatches(f"{self.resource.kind} {name!r}", sorted(candidates))
            one = next(iter(candidates.values()), None) or self._one_by_one(name)
            if one is not None:
                resolved[name] = self.service.references.name(self.resource.kind, one.id)
        return resolved

    def _one_by_one(self, name: str) -> Snapshot | None:
        """Somebody whom a filter for many did not show: ask for this one alone, by id too, and distrust the filter at last."""
        named = [] if name.startswith(ID) else [(self._name, name), ("externalId", name)]
        found = self._first(Identity(name=name), named, thorough=self.all.is_read)
        if found is None:
            found = self.service.get(self.resource, name.removeprefix(ID), excluded=self.excluded)
        if found is None and not all(self._filter_works(wire, prove=False) for wire, dummy in named):
            found = self._first(Identity(name=name), named, thorough=True)
        return found

    def _candidates(self, names: list[str]) -> Iterator[Snapshot]:
        """Resources among which the named ones are, in as few requests as the service allows."""
        if self.all.is_read:
            yield from self.all.everyone()
            return
        capabilities = self.service.known
        attributes = (self._name, "externalId")
        for start in range(0, len(names), _NAMES_PER_FILTER):
            batch = names[start : start + _NAMES_PER_FILTER]
            if capabilities.flag("filter") and capabilities.flag("filter_or"):
                try:
                    listing = self.service.listing(self.resource, filter=any_of(attributes, batch), excluded=self.excluded)
                    for body in listing:
                        snapshot = self.service.snapshot(self.resource, body)
                        if not any(has(snapshot, wire, name) for wire in attributes for name in batch):
                            # Whoever was not asked for shows that the filter was ignored: no need to do so again.
                            capabilities.observe("filter", False)
                            yield from self.all.everyone()
                            return
                        yield snapshot
                    continue
                except ServerError as error:
                    if error.status not in FILTER_REFUSED:
                        raise
                    capabilities.observe("filter_or", False)
            if not capabilities.flag("filter") or len(names) > 5 * _NAMES_PER_FILTER:
                yield from self.all.everyone()
                return
            for name in batch:
                for wire in attributes:
                    matches = self._matches(wire, name)
                    yield from matches
                    if matches:
                        break
