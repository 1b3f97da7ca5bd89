# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of what Access rules name by id: looked up before the first write, because Cloudflare answers a wrong one with an
error that says nothing (terraform-provider-cloudflare issues 683, 1268, 1752).
"""

from __future__ import annotations

import difflib
import re
from typing import Any

from ...client.cloudflare import CloudflareAccount
from ...core.access.kinds import APPLICATION, GROUP, IDENTITY_PROVIDER, LIST, POSTURE, SERVICE_TOKEN
from ...core.access.rules import Rule, distinct, references, with_ids
from ...core.errors import InvalidInput, SeveralMatches

POLICY = "policy"

PATHS = {
    APPLICATION: "/access/apps",
    GROUP: "/access/groups",
    IDENTITY_PROVIDER: "/access/identity_providers",
    LIST: "/gateway/lists",
    POLICY: "/access/policies",
    POSTURE: "/devices/posture",
    SERVICE_TOKEN: "/access/service_tokens",
}
_CALLED = {
    APPLICATION: "application",
    GROUP: "Access group",
    IDENTITY_PROVIDER: "identity provider",
    LIST: "list",
    POLICY: "reusable policy",
    POSTURE: "device posture rule",
    SERVICE_TOKEN: "service token",
}
_ID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", re.IGNORECASE)


def is_id(text: str) -> bool:
    """Whether a text has the form of Cloudflare's ids, with or without hyphens. Such a text is never taken for a name."""
    return bool(_ID.fullmatch(text))


class AccessNames:
    """What the names in rules mean, for one task. Each list is read at most once, and only if a name has to be looked up."""

    def __init__(self, account: CloudflareAccount) -> None:
        self._account = account
        self._read: dict[str, list[dict[str, Any]]] = {}

    def everything(self, thing: str) -> list[dict[str, Any]]:
        """All objects of a kind, as Cloudflare shows them."""
        if thing not in self._read:
            self._read[thing] = self._account.listed(PATHS[thing])
        return self._read[thing]

    def resolved(self, option: str, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        """The rules with ids in the place of names. Raises InvalidInput, SeveralMatches."""
        return distinct(self.with_ids(option, rule) for rule in rules)

    def with_ids(self, option: str, rule: Rule) -> Rule:
        """One rule with ids in the place of names."""
        named = [reference for reference in references(rule) if not is_id(reference.text)]
        return with_ids(rule, {one.field: self.id_of(one.thing, one.text, option) for one in named})

    def id_of(self, thing: str, text: str, option: str) -> str:
        """The id of what an option names; an id is taken as it is. Raises InvalidInput, SeveralMatches."""
        return text if is_id(text) else str(self.named(thing, text, option)["id"])

    def named(self, thing: str, name: str, option: str) -> dict[str, Any]:
        """The one object that has a name; an application also by its domain. Raises InvalidInput, SeveralMatches."""
        found = [one for one in self.everything(thing) if one.get("name") == name]
        if not found and thing == APPLICATION:
            found = [one for one in self.everything(thing) if one.get("domain") == name]
        if not found:
            # A token with roles for some resources only is shown only those (changelog of 2026-08-19).
            raise InvalidInput(f"{option}: there is no {_CALLED[thing]} {name!r} that this token can see{self._near(thing, name)}")
        if len(found) > 1:
            raise SeveralMatches(f"{option}: {_CALLED[thing]} {name!r}", [str(one.get("id")) for one in found])
        return found[0]

    def name_of(self, thing: str, wanted: str) -> str:
        """The name of what has an id, "" if its list was not read or does not hold it."""
        return next((str(one.get("name") or "") for one in self._read.get(thing, ()) if one.get("id") == wanted), "")

    def _near(self, thing: str, name: str) -> str:
        names = sorted({str(one.get("name") or "") for one in self.everything(thing)})
        near = difflib.get_close_matches(name, names, 3)
        return f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
