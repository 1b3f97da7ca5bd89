# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Quirks that refuse requests: for how many they are, how much they carry or what they want."""

from __future__ import annotations

from ..exchange import Answer, Handler, Request
from ..registry import Every
from .message import body_of, current, endpoint, error, key_of
from .operations import elements, operations, root
from .registry import quirk


class _Throttled:
    n: int
    refusal: Answer

    def __init__(self, value: str) -> None:
        if value:
            raise ValueError("it takes no value")
        self._every = Every(self.n)

    def __call__(self, request: Request, ask: Handler) -> Answer:
        return self.refusal if self._every.due() else ask(request)


@quirk(
    "429_retry_after",
    "every 3rd request is answered 429 with Retry-After: 1",
    seen_at="Slack, HCP Terraform",
    in_bulk=False,
)
class Throttle429(_Throttled):
    n = 3
    refusal = error(429, "rate limit exceeded").with_headers(retry_after="1")


@quirk(
    "throttle_as_400",
    "every 5th request is answered 400 ThrottlingException",
    seen_at="AWS IAM Identity Center",
    in_bulk=False,
)
class ThrottleAs400(_Throttled):
    n = 5
    refusal = Answer(
        400,
        {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": "400",
            "detail": "Rate exceeded",
            "__type": "ThrottlingException",
        },
        {"Content-Type": "application/json"},
    )


@quirk(
    "max_members_100",
    "more than 100 member changes in a request are answered 400",
    seen_at="AWS IAM Identity Center",
)
def max_members_100(request: Request, ask: Handler) -> Answer:
    if endpoint(request) == "groups" and request.is_write and _member_changes(request) > 100:
        return error(400, "a maximum of 100 members can be changed in one request", "tooMany")
    return ask(request)


def _member_changes(request: Request) -> int:
    if request.method != "PATCH":
        document = body_of(request)
        return len(document.get(key_of(document, "members")) or [])
    return sum(
        max(len(elements(operation)), 1) for operation in operations(request) if root(operation) == "members"
    )


@quirk("patch_501", "PATCH is answered 501, though ServiceProviderConfig claims it")
def patch_501(request: Request, ask: Handler) -> Answer:
    return error(501, "not implemented") if request.method == "PATCH" else ask(request)


@quirk("patch_pathless_only", "PATCH operations with a path are answered 400")
def patch_pathless_only(request: Request, ask: Handler) -> Answer:
    if request.method == "PATCH":
        document = body_of(request)
        if any(operation.get("path") for operation in document.get(key_of(document, "Operations"), [])):
            return error(400, "path is not supported", "invalidPath")
    return ask(request)


@quirk(
    "readonly_username",
    "a change of userName is answered 400 mutability",
    seen_at="Tealium, JFrog",
)
def readonly_username(request: Request, ask: Handler) -> Answer:
    if endpoint(request) != "users" or request.method not in ("PUT", "PATCH"):
        return ask(request)
    document = body_of(request)
    if request.method == "PUT":
        wanted = [document.get(key_of(document, "userName"))]
    else:
        wanted = [
            operation.get("value")
            for operation in operations(request)
            if operation.get("path", "").lower() == "username"
        ]
    user = current(request, ask)
    if user.ok and any(name is not None and name != user.body.get("userName") for name in wanted):
        return error(400, "userName cannot be changed", "mutability")
    return ask(request)
