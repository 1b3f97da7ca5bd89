# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Quirks in how answers are written. The service itself does the right thing."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

from ..exchange import Answer, Handler, Request
from .message import current, endpoint, is_one, key_of, rewritten
from .registry import quirk


@quirk("html_errors", "errors are HTML pages", seen_at="proxies and load balancers", outside_login=True)
def html_errors(request: Request, ask: Handler) -> Answer:
    answer = ask(request)
    if answer.status < 400:
        return answer
    title = f"<title>{answer.status}</title>"
    return replace(
        answer, body=f"<!DOCTYPE html><html><head>{title}</head><body>Something went wrong.</body></html>"
    )


@quirk(
    "empty_401", "a wrong token is answered 401 without a body", seen_at="API gateways", outside_login=True
)
def empty_401(request: Request, ask: Handler) -> Answer:
    answer = ask(request)
    return replace(answer, body=None) if answer.status == 401 else answer


@quirk(
    "status_int",
    "status in error bodies is a number instead of a text",
    outside_login=True,
)
def status_int(request: Request, ask: Handler) -> Answer:
    answer = ask(request)
    if answer.status < 400 or not isinstance(answer.body, dict):
        return answer
    return replace(answer, body={**answer.body, "status": answer.status})


@quirk("409_without_scimtype", "a conflict does not say that it is about uniqueness")
def conflict_without_scimtype(request: Request, ask: Handler) -> Answer:
    answer = ask(request)
    if answer.status != 409 or not isinstance(answer.body, dict):
        return answer
    return replace(answer, body={key: value for key, value in answer.body.items() if key != "scimType"})


@quirk("no_location", "answers have no Location header", seen_at="FortiAuthenticator, scimmy")
def no_location(request: Request, ask: Handler) -> Answer:
    return ask(request).with_headers(location=None)


@quirk("no_meta", "resources have no meta", seen_at="FortiAuthenticator (in part)")
def no_meta(request: Request, ask: Handler) -> Answer:
    return rewritten(ask(request), lambda resource: resource.pop("meta", None))


@quirk("active_as_string", 'active is read as "True" or "False"')
def active_as_string(request: Request, ask: Handler) -> Answer:
    def change(resource: dict[str, Any]) -> None:
        key = key_of(resource, "active")
        if isinstance(resource.get(key), bool):
            resource[key] = str(resource[key])

    return rewritten(ask(request), change)


@quirk("lowercase_usernames", "userName is read in lower case, however it was written")
def lowercase_usernames(request: Request, ask: Handler) -> Answer:
    def change(resource: dict[str, Any]) -> None:
        if "userName" in resource:
            resource["userName"] = resource["userName"].lower()

    return rewritten(ask(request), change)


@quirk(
    "etag_meaningless", "every answer has another ETag, and If-Match is ignored", seen_at="scimmy on Express"
)
class EtagMeaningless:
    def __init__(self, value: str) -> None:
        if value:
            raise ValueError("it takes no value")
        self._numbers = itertools.count(1)

    def __call__(self, request: Request, ask: Handler) -> Answer:
        headers = {
            name: value
            for name, value in request.headers.items()
            if name not in ("if-match", "if-none-match")
        }
        answer = ask(replace(request, headers=headers))
        etag = f'W/"meaningless-{next(self._numbers)}"'

        def change(resource: dict[str, Any]) -> None:
            if "meta" in resource:
                resource["meta"]["version"] = etag

        return rewritten(answer, change).with_headers(etag=etag)


@quirk("patch_204", "PATCH is always answered 204 without the resource", seen_at="GitLab, Entra ID")
def patch_204(request: Request, ask: Handler) -> Answer:
    answer = ask(request)
    return replace(answer, status=204, body=None) if request.method == "PATCH" and answer.ok else answer


@quirk(
    "patch_200",
    "PATCH is always answered 200 with the resource (the sandbox itself answers 204)",
    seen_at="better-auth, scimmy",
)
def patch_200(request: Request, ask: Handler) -> Answer:
    answer = ask(request)
    return current(request, ask) if request.method == "PATCH" and answer.status == 204 else answer


@quirk("delete_200_body", "DELETE is answered 200 with the deleted resource")
def delete_200_body(request: Request, ask: Handler) -> Answer:
    if request.method != "DELETE" or not is_one(request) or endpoint(request) == "me":
        return ask(request)
    before = current(request, ask)
    answer = ask(request)
    return replace(before, status=200) if answer.ok and before.ok else answer
