# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cloudflare's v4 envelope: results, pages of lists, failures with their codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..exchange import Answer, Request

DOCUMENTATION = "https://developers.cloudflare.com/api/"

AUTHENTICATION = 10000
SCOPE = 9109
NO_ROUTE = 7003
INTERNAL = 10001
INVALID = 12130
CONFLICT = 12132
NOT_FOUND = 12135
UNKNOWN_GROUP = 11020
UNKNOWN_APPLICATION = 11021


class Refusal(Exception):
    """What a handler raises to have a request refused; the account makes an answer of it."""

    def __init__(self, status: int, code: int, message: str, *more: tuple[int, str]) -> None:
        super().__init__(message)
        self.status = status
        self.errors = [(code, message), *more]

    def answer(self) -> Answer:
        errors = [
            {"code": code, "message": message, "documentation_url": DOCUMENTATION}
            for code, message in self.errors
        ]
        return Answer(self.status, {"success": False, "errors": errors, "messages": [], "result": None})


def failure(status: int, code: int, message: str) -> Answer:
    """A failure with one error."""
    return Refusal(status, code, message).answer()


def invalid(detail: str = "") -> Refusal:
    """400 with 12130, the answer to nearly everything that is wrong in a body. Cloudflare often gives no detail."""
    return Refusal(400, INVALID, "access.api.error.invalid_request" + (f": {detail}" if detail else ""))


def conflict(detail: str = "") -> Refusal:
    return Refusal(409, CONFLICT, "access.api.error.conflict" + (f": {detail}" if detail else ""))


def not_found(code: int = NOT_FOUND, message: str = "access.api.error.not_found") -> Refusal:
    return Refusal(404, code, message)


def internal() -> Refusal:
    """What Cloudflare answers to a name where it wants an id."""
    return Refusal(500, INTERNAL, "access.api.error.internal_server_error")


def no_route(path: str) -> Refusal:
    """A wrong path, and an account id that is not there. Both 400 and 404 have been seen; 404 is the harder case."""
    return Refusal(
        404,
        NO_ROUTE,
        f"Could not route to {path}, perhaps your object identifier is invalid?",
        (7000, "No route for that URI"),
    )


def result(value: Any, status: int = 200, **more: Any) -> Answer:
    """A success. more: further members of the envelope, such as result_info."""
    return Answer(status, {"success": True, "errors": [], "messages": [], "result": value, **more})


def page(
    request: Request, items: Sequence[Any], *, default: int = 100, most: int = 1000, total_pages: bool = True
) -> Answer:
    """The page of a list that a request asks for: page (from 1) and per_page, which is cut to `most`.

    A page past the end is empty: the official SDK asks on until it sees one.
    """
    size = min(_number(request, "per_page", default), most)
    number = _number(request, "page", 1)
    shown = list(items[(number - 1) * size : number * size])
    info = {"page": number, "per_page": size, "count": len(shown), "total_count": len(items)}
    if total_pages:
        info["total_pages"] = -(-len(items) // size)
    return result(shown, result_info=info)


def _number(request: Request, name: str, default: int) -> int:
    text = request.query.get(name, "")
    if not text:
        return default
    if not text.isdecimal() or int(text) < 1:
        raise invalid(f"{name} must be a positive number")
    return int(text)
