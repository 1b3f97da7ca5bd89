# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which groups and policies of Access a task is about, each of which is read with its list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...client.access_lookup import by_id, near_names, same_name
from ...client.access_names import AccessNames
from ...client.cloudflare import CloudflareAccount
from ...core.access.applications import called, policy_id
from ...core.access.ids import is_id, settled
from ...core.access.kinds import APPLICATION, GROUP, POLICY
from ...core.access.selectors import DELETE, INCLUDE
from ...core.access.usage import Place, places, sign_of, signs
from ...core.errors import InvalidInput, SeveralMatches


class Targets:
    """The groups and policies that the options ``groups``, ``policies`` and ``everywhere`` name.

    Lists are read at most once, and only those that are needed; ``again`` reads them anew. warnings: about names that do not
    exist and may be fine.
    """

    def __init__(self, account: CloudflareAccount, params: Mapping[str, Any]) -> None:
        self.names = AccessNames(account)
        self._account = account
        self._groups = [settled(str(text)) for text in params.get("groups") or ()]
        self._policies = [settled(str(text)) for text in params.get("policies") or ()]
        self._everywhere = bool(params.get("everywhere"))
        # What an earlier run of the same task deleted.
        self._may_be_gone = params["state"] == "absent" and params["on_empty"] == DELETE
        self.warnings: list[str] = []
        self._unlisted: set[tuple[str, str]] = set()  # those that exist, and that no list shows
        self._signs: dict[str, frozenset[int]] | None = None
        if not (self._groups or self._policies or self._everywhere):
            raise InvalidInput("groups and policies are empty; name some, or set everywhere")
        for option, texts in (("groups", self._groups), ("policies", self._policies)):
            if not all(text.strip() for text in texts):
                raise InvalidInput(f"{option}: a name is empty; name {option} by id or name")
        if self._everywhere and params["state"] == "present" and INCLUDE in params["rules"]:
            raise InvalidInput("everywhere with state=present would let the selector in everywhere; name groups or policies, or other rules than include")

    def places(self) -> list[Place]:
        """All that are meant, each once. Raises InvalidInput for one that does not exist, SeveralMatches."""
        named = [self._named(self.groups(), GROUP, text) for text in self._groups]
        named += [self._policy(text) for text in self._policies]
        found = {place.key: place for place in named if place is not None}
        if self._everywhere:
            found.update({place.key: place for place in self.everything()})
        return list(found.values())

    def groups(self) -> list[Place]:
        return [Place(GROUP, raw) for raw in self.names.everything(GROUP)]

    def reusable(self) -> list[Place]:
        return [Place(POLICY, raw) for raw in self.names.everything(POLICY)]

    def applications(self) -> list[dict[str, Any]]:
        return self.names.everything(APPLICATION)

    def everything(self) -> list[Place]:
        """Every group and policy of the account."""
        return places(self.names.everything(GROUP), self.names.everything(POLICY), self.applications())

    def unseen(self) -> list[str]:
        """The applications that may have policies of their own whose rules are not shown, by name."""
        seen = {place.id for place in self.reusable()}

        def is_seen(entry: Any) -> bool:
            return isinstance(entry, Mapping) and "include" in entry or policy_id(entry) in seen

        return [
            called(raw)
            for raw in self.applications()
            if not all(map(is_seen, raw.get("policies") or ())) or ("policies" not in raw and raw.get("type") != "bookmark")
        ]

    def keeps_out(self, place: Place) -> bool:
        """Whether what a place includes is kept out somewhere. Of groups, that is known if all policies were read."""
        if place.kind == GROUP and not self._everywhere:
            return False
        return -1 in self._sign(place)

    def is_to_be_kept(self, place: Place) -> bool:
        """Whether a place was found by ``everywhere`` only, and is there to keep people out and for nothing else.

        Whoever is taken out of such a one may get in again, which nobody means who removes somebody everywhere.
        """
        if not self._everywhere or self._sign(place) != {-1}:
            return False
        texts = self._groups if place.kind == GROUP else self._policies
        return not any(_is(place, text) for text in texts)

    def again(self, written: Iterable[Place]) -> dict[tuple[str, str], Place]:
        """Those lists anew that show what was written, by ``Place.key``."""
        written = list(written)
        alone = [self._by_id(place.kind, place.id) for place in written if place.key in self._unlisted]
        written = [place for place in written if place.key not in self._unlisted]
        groups = any(place.kind == GROUP for place in written)
        reusable = any(place.kind == POLICY and not place.application for place in written)
        applications = any(place.application for place in written)
        names = AccessNames(self._account)
        found = places(
            names.everything(GROUP) if groups else (),
            names.everything(POLICY) if reusable else (),
            names.everything(APPLICATION) if applications else (),
        )
        return {place.key: place for place in (*found, *alone) if place is not None}

    def _by_id(self, kind: str, text: str) -> Place | None:
        """A group or a reusable policy that is read by its id."""
        raw = by_id(self._account, kind, text)
        return None if raw is None else Place(kind, raw)

    def _sign(self, place: Place) -> frozenset[int]:
        if place.kind == POLICY:
            return sign_of(place, {})
        if self._signs is None:
            self._signs = signs(self.everything())
        return sign_of(place, self._signs)

    def _policy(self, text: str) -> Place | None:
        """A policy by id or name: a reusable one, else one of an application."""
        listed = self.reusable()
        if any(_is(place, text) for place in listed):
            return self._named(listed, POLICY, text)
        return self._named(places((), self.names.everything(POLICY), self.applications()), POLICY, text)

    def _named(self, listed: list[Place], kind: str, text: str) -> Place | None:
        """The place of this id or name, ``None`` if there is none and that may be fine."""
        option = "groups" if kind == GROUP else "policies"
        found = [place for place in listed if place.id == text] or [place for place in listed if same_name(place.name, text)]
        if len(found) > 1:
            raise SeveralMatches(f"{option}: {kind} {text!r}", [place.id for place in found])
        if not found and is_id(text):
            # A token with rights for some things only is shown short lists; an id can exist and not be listed.
            alone = self._by_id(kind, text)
            if alone is not None:
                self._unlisted.add(alone.key)
                return alone
        if not found:
            near = near_names(text, (place.name for place in listed))
            said = f"{option}: there is no {kind} {text!r} that this token can see{near}"
            if not self._may_be_gone:
                raise InvalidInput(said)
            self.warnings.append(said)
            return None
        return found[0]


def _is(place: Place, text: str) -> bool:
    """Whether a text is the id or the name of a place."""
    return place.id == text or same_name(place.name, text)
