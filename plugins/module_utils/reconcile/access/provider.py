# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The SCIM settings of one identity provider made as wished, its one-time secret kept, all else of it left alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from ...client.access_lookup import by_id, must_find, not_found
from ...client.cloudflare import CloudflareAccount
from ...core.access import providers
from ...core.access.kinds import IDENTITY_PROVIDER
from ...core.access.paths import path_of
from ...core.errors import LifecycleError, NotFound, OutcomeUnknown, Refused
from ...core.plan import UPDATE, Change, Operation, Plan

Params = Mapping[str, Any]
Result = dict[str, Any]


class Keeper(Protocol):
    """Where the one-time secret goes."""

    def reserve(self) -> None:
        """Make sure that it can be kept, before it exists."""

    def keep(self, secret: str) -> None:
        """Keep it."""

    def discard(self) -> None:
        """There is none."""


def settle_provider(account: CloudflareAccount, params: Params, keeper: Keeper | None) -> tuple[Plan, Result]:
    """Make ``scim`` of the options true. Gives the plan, for the diff, and the result of the task.

    keeper: a place for the secret, which Cloudflare shows once, when SCIM is enabled. Raises Refused before any write.
    """
    wish = providers.scim_wish(params["scim"])
    seen = provider_named(account, params)
    given = params["config_secrets"] or {}
    for secret in given.values():
        account.transport.redactor.add(str(secret))
    providers.check_secrets_given(seen, given)
    providers.check_dependency(seen, wish)
    changes = providers.changes(seen, wish)
    if not changes:
        enabled = providers.scim_seen(seen)["enabled"]
        said = "SCIM is enabled already; its secret was shown once, when that was done" if enabled else "SCIM is not enabled"
        return _result(account, seen, (), said)
    providers.refuse_unchangeable(seen)
    body = providers.put_body(seen, wish, providers.secrets_for(seen, given, send_redacted=params["redacted_secrets"] == "send"))
    enabling = any(change.path == "scim.enabled" and change.after for change in changes)
    if enabling and keeper is None and not params["return_secret"]:
        raise Refused(
            "scim: enabled: Cloudflare shows the secret once, in the answer to this write; "
            "set secret_file to have it written to a file, or return_secret to have it returned; nothing was written"
        )
    if account.read_only:
        account.write("PUT", path_of(IDENTITY_PROVIDER, seen["id"]), body)
        said = "SCIM would be enabled and its secret be shown once" if enabling else "the settings would be changed"
        return _result(account, providers.predicted(seen, wish), changes, said)
    secret, kept = "", keeper if enabling else None
    try:
        if kept:
            kept.reserve()
        secret = _written(account, seen["id"], body)
        if secret and kept:
            kept.keep(secret)
        after = by_id(account, IDENTITY_PROVIDER, seen["id"])
        if after is None:
            raise NotFound(f"identity provider {seen.get('name')!r} is gone after the write")
    except LifecycleError as error:
        if secret and params["return_secret"]:  # it is not shown again, whatever else went wrong
            error.beside = {**error.beside, "scim_secret": secret}
        raise
    finally:
        if kept and not secret:
            kept.discard()
    plan, result = _result(account, after, changes, _said(enabling, secret, keeper))
    result["unconverged"] = [change.path for change in providers.changes(after, wish)] + providers.lost(seen, after)
    if enabling and not secret:
        result["warnings"] = [f"identity provider {seen.get('name')!r}: {result['said']}"]
    if secret and params["return_secret"]:
        result["scim_secret"] = secret
    return plan, result


def provider_named(account: CloudflareAccount, params: Params) -> dict[str, Any]:
    """The provider that the options name by id or by name. Raises NotFound, SeveralMatches."""
    if params["id"] is None:
        return must_find(account, IDENTITY_PROVIDER, params["name"], "name")
    found = by_id(account, IDENTITY_PROVIDER, params["id"])
    if found is None:
        raise not_found(IDENTITY_PROVIDER, params["id"], [], "id")
    return found


def _written(account: CloudflareAccount, provider_id: str, body: Mapping[str, Any]) -> str:
    """Send the PUT. Returns the secret that came with the answer, or ""."""
    try:
        answer = account.write("PUT", path_of(IDENTITY_PROVIDER, provider_id), body)
    except OutcomeUnknown as error:
        account.accepted += 1  # it may have taken
        said = "if SCIM is enabled now, its secret went with the answer: have Cloudflare make a new one"
        raise OutcomeUnknown(f"{error}; {said}") from None
    secret = providers.one_time_secret(answer)
    if secret:
        account.transport.redactor.add(secret)
    return secret


def _said(enabling: bool, secret: str, keeper: Keeper | None) -> str:
    if not enabling:
        return "the settings were changed; no secret is shown for that"
    if not secret:
        return "SCIM was enabled, and no secret came with the answer: if there is none from before, have Cloudflare make a new one"
    return f"SCIM was enabled; its secret was shown once{' and is in secret_file' if keeper else ''}"


def _result(account: CloudflareAccount, provider: Mapping[str, Any], changes: tuple[Change, ...], said: str) -> tuple[Plan, Result]:
    shown = providers.shown(provider)
    before = {"name": shown["name"], **{change.path: change.before for change in changes}}
    after = {**before, **{change.path: change.after for change in changes}}
    operation = Operation(UPDATE, providers.KIND, shown["name"] or shown["id"], before, after, changes)
    return Plan((operation,) if changes else ()), {
        "changed": bool(account.sent),
        "unconverged": [],
        "identity_provider": shown,
        "scim_base_url": shown["scim_base_url"],
        "said": said,
    }
