# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The SCIM update log of Cloudflare Access as events: which identity providers, and what Cloudflare filters for us.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/logs/subresources/scim/
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, islice
from typing import Any, NamedTuple, TypeVar

from ...client.access_lookup import by_id, everything, not_found, the_only
from ...client.cloudflare import CloudflareAccount
from ...core.access.ids import is_id
from ...core.access.kinds import IDENTITY_PROVIDER
from ...core.errors import CloudflareError, NotFound
from ...core.events.event import Event
from ...core.events.formats import event_from_record
from ...core.events.selection import Selection
from ...core.events.statuses import FAILURE, SUCCESS
from ..access.providers import scim_enabled
from .windows import Entry, Window, entries

Collected = dict[str, Any]
Filters = dict[str, Any]
Form = list[Filters]
_Found = TypeVar("_Found")

FORMAT = "cloudflare"
_FOR_THE_LOG = "is the token valid? reading the log takes the permission 'Access: SCIM Logs Read'"
_FOR_NAMES = (
    "is the token valid? finding identity providers takes the permission 'Access: Organizations, Identity Providers, and Groups Read'; "
    "without it, name them by their ids"
)
# What each action can have been written with, see core.events.requests.
_METHODS = {
    "create": ("POST",),
    "replace": ("PUT",),
    "update": ("PATCH",),
    "activate": ("PATCH",),
    "deactivate": ("PATCH", "PUT"),
    "delete": ("DELETE",),
    "member.add": ("PATCH",),
    "member.remove": ("PATCH",),
}
_MOST_NAMES = 5  # each takes a request; more are looked for in everything
_MAY_NOT = (10000, 9109)  # codes with which Cloudflare refuses a token, whatever the status


class Logged(NamedTuple):
    """An entry of the log. event: ``None`` if it makes none. body_sha256: what the body of the request was, in 64 hexadecimal digits, or ""."""

    event: Event | None
    body_sha256: str


def updates(account: CloudflareAccount, providers: Sequence[str] | None, selection: Selection, *, raw: bool = False) -> Collected:
    """The events that are selected, oldest first: ``{"events", "unparsed", "truncated", "cursor"}``.

    providers: names or ids of identity providers, ``None`` or none for all that have SCIM enabled. With ``selection.limit``, the
    newest ones. cursor: when the newest entry that was read was logged, "" if there was none. What is logged from now on is left
    out. raw: events with the whole entry in them, without its secrets. Raises NotFound, SeveralMatches, CloudflareError, Unreachable.
    """
    ids = provider_ids(account, providers)
    window = Window(selection.since, _until(account, selection))
    collected: Collected = {"events": [], "unparsed": 0, "truncated": False, "cursor": ""}
    limit = selection.limit or None
    found: dict[str, Event] = {}  # by record_id: a server that does not filter gives an entry more than once
    for question in questions(selection):
        for form in question:
            parts = _if_all_answer(
                _logged(account, {"idp_id": ids, **filters}, window, newest_first=limit is not None, raw=raw) for filters in form
            )
            for part in parts:
                matching = _matching(part, selection, collected)
                newest = matching if limit is None else reversed(list(islice(matching, limit + 1)))
                found.update((str(event["record_id"]), event) for event in newest)
            if parts:
                break
    events = collected["events"] = sorted(found.values(), key=lambda event: str(event["timestamp"]))
    if limit is not None and len(events) > limit:
        collected["truncated"] = True
        del events[:-limit]
    return collected


def logged(account: CloudflareAccount, ids: Sequence[str], window: Window) -> Iterator[Logged]:
    """All entries of a window, oldest first. ids: of the identity providers. Raises CloudflareError, Unreachable."""
    return _logged(account, {"idp_id": list(ids)}, window, newest_first=False)


def reaches_back(account: CloudflareAccount, ids: Sequence[str], window: Window) -> bool:
    """Whether Cloudflare still shows any entry of a window."""
    return next(logged(account, ids, window), None) is not None


def questions(selection: Selection) -> list[list[Form]]:
    """What to ask Cloudflare for: query parameters that leave out nothing that is selected. Answers to two questions do not overlap.

    Of each question the first form counts of which no part is answered with nothing. An entry that failed does not always carry the
    name of whom it was about, so names narrow only what succeeded; and only if Cloudflare knows each of them in this spelling.
    """
    filters: Filters = {}
    status = [{SUCCESS: "SUCCESS", FAILURE: "FAILURE"}.get(name, "") for name in selection.status]
    if status and all(status):
        filters["status"] = sorted(status)
    if selection.resource_type:
        filters["resource_type"] = sorted({name.upper() for name in selection.resource_type})
    filters["request_method"] = _methods(selection.action)
    filters = {name: values for name, values in filters.items() if values}
    names = _names(selection)
    asked = filters.get("status") or ["FAILURE", "SUCCESS"]
    if not names or asked == ["FAILURE"]:
        return [[[filters]]]
    succeeded, failed = {**filters, "status": ["SUCCESS"]}, {**filters, "status": ["FAILURE"]}
    return [[[{**succeeded, **name} for name in names], [succeeded]], *([[[failed]]] if "FAILURE" in asked else [])]


def provider_ids(account: CloudflareAccount, providers: Sequence[str] | None) -> list[str]:
    """The ids of identity providers. providers: names or ids, ``None`` or none for all that have SCIM enabled.

    An id is taken as it is by a token that may not read providers. Raises NotFound with the names that are near,
    SeveralMatches, CloudflareError.
    """
    if not providers:
        enabled = _allowed(account, lambda: scim_enabled(account), _FOR_NAMES)
        if not enabled:
            raise NotFound("no identity provider of the account has SCIM enabled; name one to read what it sent before")
        return [str(provider["id"]) for provider in enabled]
    listed: list[dict[str, Any]] | None = None
    ids: list[str] = []
    for text in providers:
        if is_id(text):
            ids.append(_existing_id(account, text.strip()))
            continue
        if listed is None:
            listed = _allowed(account, lambda: everything(account, IDENTITY_PROVIDER), _FOR_NAMES)
        found = the_only(IDENTITY_PROVIDER, text, listed, "identity provider")
        if found is None:
            raise not_found(IDENTITY_PROVIDER, text, listed, "identity provider")
        ids.append(str(found["id"]))
    return list(dict.fromkeys(ids))


def _existing_id(account: CloudflareAccount, provider_id: str) -> str:
    """The id, if there is such a provider: an unknown one would be a log without entries, and nobody would wonder."""
    try:
        found = by_id(account, IDENTITY_PROVIDER, provider_id)
    except CloudflareError as error:
        if not _may_not(error):
            raise
        return provider_id
    if found is None:
        raise not_found(IDENTITY_PROVIDER, provider_id, [], "identity provider")
    return provider_id


def _logged(
    account: CloudflareAccount, filters: Mapping[str, Any], window: Window, *, newest_first: bool, raw: bool = False
) -> Iterator[Logged]:
    reading = entries(account, filters, window, newest_first=newest_first)
    while True:
        entry = _allowed(account, lambda: next(reading, None), _FOR_THE_LOG)
        if entry is None:
            return
        yield _read(entry, raw)


def _read(entry: Entry, raw: bool) -> Logged:
    event = event_from_record(FORMAT, entry.record, raw=raw)
    if event is not None:
        event["record_id"] = entry.record_id  # tells entries apart that are equal to the letter, too
    body = entry.record.get("request_body")
    return Logged(event, hashlib.sha256(body.encode(errors="surrogatepass")).hexdigest() if isinstance(body, str) and body else "")


def _if_all_answer(parts: Iterable[Iterator[Logged]]) -> list[Iterator[Logged]]:
    """The parts of a form; none if there is nothing in one of them, which is found out before any is read to its end."""
    answers: list[Iterator[Logged]] = []
    for part in parts:
        first = next(part, None)
        if first is None:
            return []
        answers.append(chain([first], part))
    return answers


def _matching(found: Iterator[Logged], selection: Selection, collected: Collected) -> Iterator[Event]:
    """The events that are selected. Notes in the result what else was met."""
    for each in found:
        if each.event is None:
            collected["unparsed"] += 1
            continue
        collected["cursor"] = max(collected["cursor"], str(each.event["timestamp"]))
        if selection.matches(each.event):
            yield each.event


def _until(account: CloudflareAccount, selection: Selection) -> datetime:
    """The end of the window: it must not move, so it is not in the future."""
    now = account.transport.gate.clock.today()
    return now if selection.until is None else min(now, selection.until)


def _methods(actions: Sequence[str]) -> list[str]:
    """The methods of the requests that the actions stand for; none if one of them is a pattern or no write."""
    methods: set[str] = set()
    for action in actions:
        verb = action.lower().partition(".")[2]
        if verb not in _METHODS:
            return []
        methods.update(_METHODS[verb])
    return sorted(methods)


def _names(selection: Selection) -> list[Filters]:
    """Each name as it is given and in lower case: whether Cloudflare compares letter by letter is not documented. Empty for too many."""
    names: list[Filters] = []
    for parameter, given in (("resource_user_email", selection.user), ("resource_group_name", selection.group)):
        if any(set(name) & set("*?[") for name in given):
            return []
        spellings: dict[str, set[str]] = {}
        for name in given:
            spellings.setdefault(name.lower(), {name.lower()}).add(name)
        names += [{parameter: sorted(spelled)} for spelled in spellings.values()]
    return names if len(names) <= _MOST_NAMES else []


def _allowed(account: CloudflareAccount, ask: Callable[[], _Found], permission: str) -> _Found:
    """What was asked for. A token that may not ask is told which permission it lacks."""
    try:
        return ask()
    except CloudflareError as error:
        if not _may_not(error) or not account.transport.signed_in:
            raise
        raise CloudflareError(
            error.method, error.path, error.status, error.detail, error.code, error.documentation_url, error.request_id, permission
        ) from None


def _may_not(error: CloudflareError) -> bool:
    return error.status in (401, 403) or error.code in _MAY_NOT
