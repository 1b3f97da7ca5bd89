# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Quirks in DELETE (RFC 7644 section 3.6)."""

from __future__ import annotations

from dataclasses import replace

from ..exchange import Answer, Handler, Request
from .message import current, endpoint, error, is_one
from .operations import with_operations
from .registry import quirk


@quirk("no_delete", "DELETE is answered 405", seen_at="Salesforce (users)")
def no_delete(request: Request, ask: Handler) -> Answer:
    if request.method != "DELETE":
        return ask(request)
    return error(405, "DELETE is not allowed").with_headers(allow="GET, PUT, PATCH")


@quirk("delete_500", "DELETE is answered 500", seen_at="probo, while the user is referenced")
def delete_500(request: Request, ask: Handler) -> Answer:
    return error(500, "internal server error") if request.method == "DELETE" else ask(request)


@quirk("delete_ignored", "DELETE is answered 204 and deletes nothing")
def delete_ignored(request: Request, ask: Handler) -> Answer:
    return ask(replace(request, discard=True)) if request.method == "DELETE" else ask(request)


@quirk(
    "soft_delete",
    "DELETE of a user sets active to false, and the user is still read",
    seen_at="Slack, GitLab, Oracle LS IAMS",
)
def soft_delete(request: Request, ask: Handler) -> Answer:
    if request.method != "DELETE" or endpoint(request) != "users" or not is_one(request):
        return ask(request)
    headers = {name: value for name, value in request.headers.items() if not name.startswith("content-")}
    asked = replace(request, method="PATCH", headers=headers)
    answer = ask(with_operations(asked, [{"op": "replace", "path": "active", "value": False}]))
    if answer.status == 501:  # a service without PATCH
        user = current(request, ask)
        answer = (
            ask(replace(asked, method="PUT").with_json({**user.body, "active": False})) if user.ok else user
        )
    return Answer(204) if answer.ok else answer
