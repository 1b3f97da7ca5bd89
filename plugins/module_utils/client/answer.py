# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a server answered, and what it meant when it refused (RFC 7644 section 3.12)."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..core.errors import ServerError
from .redaction import Redactor

# Where services put the id by which their support finds a request.
_REQUEST_ID = (
    "x-request-id",
    "request-id",
    "x-amzn-requestid",
    "cf-ray",
    "x-github-request-id",
    "x-slack-req-id",
    "x-okta-request-id",
    "x-correlation-id",
)

_LONGEST_DETAIL = 300
_MOST_READ = 20_000


@dataclass(frozen=True)
class Answer:
    """status: the HTTP status. body: the JSON, ``None`` if there was none. text: the body as text, only of non-JSON."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: Any = field(default=None, repr=False)
    text: str = field(default="", repr=False)

    @property
    def request_id(self) -> str:
        return next((self.headers[name] for name in _REQUEST_ID if self.headers.get(name)), "")

    @property
    def etag(self) -> str:
        return self.headers.get("etag") or ""


def server_error(method: str, path: str, answer: Answer, redactor: Redactor, advice: str = "") -> ServerError:
    """The error that an answer stands for, whatever its body: SCIM, other JSON, HTML or nothing."""
    body = answer.body if isinstance(answer.body, Mapping) else {}
    detail = _detail(body) or _plain(answer.text)
    scim_type = body.get("scimType")
    return ServerError(
        method,
        path,
        answer.status,
        shortened_detail(detail, redactor),
        shortened_detail(scim_type, redactor) if isinstance(scim_type, str) else "",
        shortened_detail(answer.request_id, redactor)[:100],
        advice,
    )


def shortened_detail(text: str, redactor: Redactor) -> str:
    """Words of a server as they may be shown: on one line, without secrets, not too long."""
    # Cleaned before it is cut: half of a secret would not be recognized.
    return _shortened(redactor.clean(text[:_MOST_READ]))


def _detail(body: Mapping[str, Any]) -> str:
    """The human part of an error body: SCIM's ``detail``, or what other APIs call it."""
    for name in ("detail", "error_description", "message", "error", "title"):
        value = body.get(name)
        if isinstance(value, str) and value:
            return value
    errors = body.get("errors") or body.get("Errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], Mapping):
        return str(errors[0].get("description") or errors[0].get("message") or "")
    return ""


def _plain(text: str) -> str:
    """The words of an HTML error page: its title if it has one."""
    title = re.search(r"(?is)<title[^>]*>(.*?)</title>", text)
    words = title[1] if title else re.sub(r"(?s)<[^>]*>", " ", text)
    return html.unescape(words)


def _shortened(text: str) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _LONGEST_DETAIL else line[: _LONGEST_DETAIL - 3] + "..."
