# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of what Access rules name by id: looked up before the first write, because Cloudflare answers a wrong one with an
error that says nothing (terraform-provider-cloudflare issues 683, 1268, 1752).
"""

from __future__ import annotations

from typing import Any

from ..core.access.friendly import nearest_kind, rules_from_options
from ..core.access.ids import is_id, settled
from ..core.access.rules import Rule, distinct, references, unknown_keys, with_ids
from ..core.errors import InvalidInput
from .access_lookup import everything, not_found, the_only
from .cloudflare import CloudflareAccount


class AccessNames:
    """What the names in rules mean, for one task. Each list is read at most once, and only if a name has to be looked up."""

    def __init__(self, account: CloudflareAccount) -> None:
        self._account = account
        self._read: dict[str, list[dict[str, Any]]] = {}

    def everything(self, thing: str) -> list[dict[str, Any]]:
        """All objects of a kind, as Cloudflare shows them."""
        if thing not in self._read:
            self._read[thing] = everything(self._account, thing)
        return self._read[thing]

    def rules(self, option: str, value: Any, warnings: list[str]) -> tuple[Rule, ...]:
        """The rules that an option gives, with ids in the place of names.

        warnings: is told about kinds of rules that are not known here; Cloudflare adds some every year. Raises InvalidInput,
        SeveralMatches.
        """
        found = rules_from_options(option, value)
        for key in unknown_keys(found):
            near = nearest_kind(key)
            advice = f", did you mean {near}?" if near else ""
            warnings.append(f"{option}: {key!r} is no kind of rule that is known here{advice}; it is sent as it is")
        return self.resolved(option, found)

    def resolved(self, option: str, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        """The rules with ids in the place of names. Raises InvalidInput, SeveralMatches."""
        return distinct(self.with_ids(option, rule) for rule in rules)

    def with_ids(self, option: str, rule: Rule) -> Rule:
        """One rule with ids in the place of names."""
        ids = {one: self.id_of(one.thing, one.text, option) for one in references(rule)}
        return with_ids(rule, {one.field: found for one, found in ids.items() if found != one.text})

    def id_of(self, thing: str, text: str, option: str) -> str:
        """The id of what an option names; an id is taken as it is. Raises InvalidInput, SeveralMatches."""
        return settled(text) if is_id(text) else str(self.named(thing, text, option)["id"])

    def named(self, thing: str, name: str, option: str) -> dict[str, Any]:
        """The one object that has a name; an application also by its domain. Raises InvalidInput, SeveralMatches."""
        listed = self.everything(thing)
        found = the_only(thing, name, listed, option)
        if found is None:
            # A token with roles for some resources only is shown only those (changelog of 2026-08-19).
            raise InvalidInput(f"{not_found(thing, name, listed, option)}; a token sees only what it may read")
        return found

    def name_of(self, thing: str, wanted: str) -> str:
        """The name of what has an id, "" if its list was not read or does not hold it."""
        return next((str(one.get("name") or "") for one in self._read.get(thing, ()) if one.get("id") == wanted), "")
