# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One Cloudflare account: the envelope of API v4, lists page by page, writes. Knows nothing of plans.

https://developers.cloudflare.com/fundamentals/api/
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..core.errors import CloudflareError, LifecycleError, ServerError, Unreachable
from .answer import Answer
from .transport import Transport

Body = Mapping[str, Any]

_MOST_PAGES = 1000

# How many objects to ask for at once: the largest number that Cloudflare documents for each list, else its default.
_PER_PAGE = {
    "/access/apps": 1000,
    "/access/groups": 1000,
    "/access/identity_providers": 200,
    "/access/logs/scim/updates": 1000,
    "/access/policies": 100,
    "/access/users": 1000,
}


class CloudflareAccount:
    """One account, for one task. Paths are below it: ``/access/policies``.

    by_token: whether an API token is used, which can be asked about when something is refused.
    sent: the writes that were sent, or on a read-only account those that would have been. accepted: how many took.
    """

    def __init__(self, transport: Transport, account_id: str, *, by_token: bool = False) -> None:
        self.transport = transport
        self.account_id = account_id
        self._asks_about_token = by_token
        self.sent: list[dict[str, str]] = []
        self.accepted = 0

    def close(self) -> None:
        self.transport.close()

    @property
    def read_only(self) -> bool:
        return self.transport.read_only

    def get(self, path: str, params: Body | None = None) -> Any | None:
        """What is at a path, ``None`` if there is nothing. Raises CloudflareError."""
        try:
            return self._ask("GET", path, params=params).get("result")
        except CloudflareError as error:
            if error.status == 404 and error.code != 7003:  # "could not route": the account or the path is wrong
                return None
            raise

    def listed(self, path: str, params: Body | None = None, *, per_page: int = 0) -> list[dict[str, Any]]:
        """Everything in a list. per_page: how many objects to ask for at once, 0 for what suits the list."""
        return list(self.each(path, params, per_page=per_page))

    def each(self, path: str, params: Body | None = None, *, per_page: int = 0) -> Iterator[dict[str, Any]]:
        """The same, object by object, as pages arrive.

        Ends where the total says so, at an empty page, and at one that brings nothing new: a server that ignores ``page``
        would otherwise be read for ever.
        """
        size = per_page or _PER_PAGE.get(path, 0)
        seen: set[str] = set()
        for page in range(1, _MOST_PAGES + 1):
            query = {**(params or {}), "page": page, **({"per_page": size} if size else {})}
            envelope = self._ask("GET", path, params=query)
            if not isinstance(envelope.get("result"), (list, type(None))):  # that there is nothing has to be said
                raise ServerError("GET", self._path(path), 200, "the answer is no list")
            fresh = 0
            for item in _items(envelope):
                mark = str(item.get("id") or "") or json.dumps(item, sort_keys=True)
                if mark not in seen:
                    seen.add(mark)
                    fresh += 1
                    yield item
            if not fresh or _is_last(envelope, len(seen)):
                return
        raise Unreachable(f"GET {self._path(path)}: the list did not end after {_MOST_PAGES:,} pages")

    def page(self, path: str, params: Body) -> tuple[list[dict[str, Any]], Body]:
        """One page of a list, and what Cloudflare says of it: ``{"page", "per_page", "count", "total_count"}``, all optional.

        For lists that each() does not suit: entries without an id may be equal and yet two.
        """
        envelope = self._ask("GET", path, params=params)
        info = envelope.get("result_info")
        return _items(envelope), info if isinstance(info, Mapping) else {}

    def write(self, method: str, path: str, body: Any = None, params: Body | None = None) -> Any:
        """Send a write and return its result. On a read-only account it is noted only, and ``None`` is returned.

        What is to be deleted and is not there any more is deleted. Raises CloudflareError, OutcomeUnknown.
        """
        self.sent.append({"method": method, "path": self._path(path)})
        if self.read_only:
            return None
        try:
            result = self._ask(method, path, params=params, body=body).get("result")
        except CloudflareError as error:
            if method != "DELETE" or error.status != 404 or error.code == 7003:
                raise
            result = None
        self.accepted += 1
        return result

    def token_status(self) -> str:
        """What Cloudflare says of the token: ``active``, ``disabled`` or ``expired``; for account and user tokens alike."""
        try:
            result = self._ask("GET", "/tokens/verify").get("result")
        except CloudflareError as of_account:
            # A token of a user is verified elsewhere, where one of an account is answered with 401.
            try:
                result = self._ask("GET", "/user/tokens/verify", below_account=False).get("result")
            except CloudflareError:
                raise of_account from None
        return str(result.get("status") or "") if isinstance(result, Mapping) else ""

    def _path(self, path: str) -> str:
        return f"/accounts/{self.account_id}{path}"

    def _ask(self, method: str, path: str, *, params: Body | None = None, body: Any = None, below_account: bool = True) -> Body:
        """The envelope of the answer. A status of 200 is not enough: the envelope has to say that it worked."""
        whole = self._path(path) if below_account else path
        try:
            answer: Answer = self.transport.request(method, whole, params=params, body=body)
        except CloudflareError as error:
            if error.status in (401, 403) and self._asks_about_token:
                raise self._with_what_is_said_of_the_token(error) from None
            raise
        if not isinstance(answer.body, Mapping) or "success" not in answer.body:
            raise ServerError(
                method, whole, answer.status, "the answer is not one of Cloudflare's API", "", answer.request_id, "is base_url right?"
            )
        if answer.body["success"] is not True:
            raise self.transport.refusal(method, whole, answer)
        return answer.body

    def _with_what_is_said_of_the_token(self, error: CloudflareError) -> CloudflareError:
        """The same refusal with its reason: Cloudflare says the same of a token that has expired and of one that may do too little."""
        self._asks_about_token = False
        try:
            status = self.token_status()
        except LifecycleError:
            status = ""
        advice = "Cloudflare does not know this token for this account: is it copied whole, and is account_id right?"
        if status:
            advice = f"the token is {status}; make a new one"
        if status == "active":
            advice = "the token is active, so what it lacks is a permission, or a role for what was asked about"
        return CloudflareError(
            error.method, error.path, error.status, error.detail, error.code, error.documentation_url, error.request_id, advice
        )


def _items(envelope: Body) -> list[dict[str, Any]]:
    result = envelope.get("result")
    return [dict(item) for item in result if isinstance(item, Mapping)] if isinstance(result, list) else []


def _is_last(envelope: Body, found: int) -> bool:
    """Whether the total says that no page follows. How many were asked for says nothing: a server may give fewer."""
    info = envelope.get("result_info")
    total = info.get("total_count") if isinstance(info, Mapping) else None
    return isinstance(total, int) and found >= total
