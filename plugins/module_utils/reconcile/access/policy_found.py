# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which policy a task means, and which endpoint it is written through: that is decided by what it is, not by the options.

Writing a reusable policy through an application is refused by Cloudflare (12130, "can not update reusable policies through
this endpoint").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...client.access_lookup import by_id, everything, must_find, not_found, policies_of, policy_of, the_only
from ...client.access_names import AccessNames
from ...client.cloudflare import CloudflareAccount
from ...core.access.ids import is_id, settled
from ...core.access.kinds import APPLICATION, POLICY
from ...core.access.paths import PATHS, path_of, policies_path
from ...core.errors import CloudflareError

Raw = dict[str, Any]


@dataclass(frozen=True)
class Found:
    """What a task means. raw: the policy as it was read, ``{}`` if there is none.

    application: the id of the application that the policy belongs to, "" for a reusable one. listed: all policies of that
    application, if they had to be read.
    """

    raw: Raw = field(repr=False)
    application: str = ""
    listed: list[Raw] | None = field(default=None, repr=False)

    @property
    def reusable(self) -> bool:
        return not self.application

    @property
    def id(self) -> str:
        """The policy's id, "" if there is none."""
        return str(self.raw.get("id") or "")

    @property
    def said(self) -> str:
        return f"{self.raw.get('name')!r} ({self.id})" if self.raw else "that is to be created"

    def path(self, policy: str = "") -> str:
        """Where a policy of this kind is read and written; without an id, where such policies are created."""
        if self.application:
            return policies_path(self.application, policy)
        return path_of(POLICY, policy) if policy else PATHS[POLICY]


def find_policy(account: CloudflareAccount, names: AccessNames, params: Mapping[str, Any]) -> Found:
    """The policy that id, or name, and application mean. Raises NotFound for an unknown application, SeveralMatches."""
    policy_id, name = settled(params.get("id") or ""), params.get("name") or ""
    if params.get("application"):
        return _of_application(account, _application(account, params["application"]), policy_id, name)
    if not policy_id:
        return Found(the_only(POLICY, name, everything(account, POLICY), "name") or {})
    raw = by_id(account, POLICY, policy_id)
    if raw is not None and raw.get("reusable") is not False:
        return Found(raw)
    return _anywhere(account, names, policy_id)


def _application(account: CloudflareAccount, text: str) -> str:
    return settled(text) if is_id(text) else str(must_find(account, APPLICATION, text, "application")["id"])


def _of_application(account: CloudflareAccount, application: str, policy_id: str, name: str) -> Found:
    listed = None
    if policy_id:
        raw = policy_of(account, application, policy_id)
    else:
        try:
            listed = policies_of(account, application)
        except CloudflareError as error:
            if error.status != 404:
                raise
            raise not_found(APPLICATION, application, (), "application") from None
        raw = the_only(POLICY, name, listed, "name")
    if raw is not None and raw.get("reusable"):
        # As an application shows it, it has a precedence that is not its own.
        return Found(by_id(account, POLICY, str(raw["id"])) or {field: value for field, value in raw.items() if field != "precedence"})
    return Found(raw or {}, application, listed)


def _anywhere(account: CloudflareAccount, names: AccessNames, policy_id: str) -> Found:
    """A policy that is not among the reusable ones may belong to an application that the task does not name."""
    for application in names.everything(APPLICATION):
        for entry in application.get("policies") or ():
            if isinstance(entry, Mapping) and entry.get("id") == policy_id and not entry.get("reusable"):
                raw = policy_of(account, str(application["id"]), policy_id)
                return Found(raw or {}, str(application["id"]))
    return Found({})
