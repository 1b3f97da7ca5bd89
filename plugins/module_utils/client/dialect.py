# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What differs between the protocols that go through one transport: media types, and how a refusal is put into words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ..core.errors import CloudflareError, ServerError
from .answer import Answer, server_error, shortened_detail
from .redaction import Redactor


class Dialect(Protocol):
    """accept: what answers may be. content_type: what bodies are."""

    accept: str
    content_type: str

    def error(self, method: str, path: str, answer: Answer, redactor: Redactor, *, signed_in: bool) -> ServerError:
        """The error that an answer stands for. signed_in: whether credentials went along."""


class ScimDialect:
    """RFC 7644."""

    accept = "application/scim+json, application/json;q=0.9"
    content_type = "application/scim+json"

    def error(self, method: str, path: str, answer: Answer, redactor: Redactor, *, signed_in: bool) -> ServerError:
        advice = ""
        if answer.status == 404 and method == "GET" and path == "/Users":  # which every service has
            advice = "is url the base URL of the service, the part before /Users?"
        if answer.status == 401 and not signed_in:
            advice = "the task gave no credentials: set token, or SCIM_TOKEN in the environment"
        return server_error(method, path, answer, redactor, advice)


# What to do about the errors that say little: reference of the API, and what people report of it.
_ADVICE = {
    10000: "is the token valid, and does it have the permissions that the module's documentation names?",
    9109: "is the token valid, and does it have the permissions that the module's documentation names?",
    7003: "is account_id the id of the account, 32 hexadecimal digits?",
    9999: "Zero Trust is not set up in this account",
    10001: "Cloudflare says so also of a name, or of an id of something else, where an id is due",
    11020: "a rule names an Access group that does not exist",
}


_OF_CREDENTIALS = (9109, 10000)


class CloudflareDialect:
    """Cloudflare's API v4: https://developers.cloudflare.com/fundamentals/api/reference/"""

    accept = "application/json"
    content_type = "application/json"

    def error(self, method: str, path: str, answer: Answer, redactor: Redactor, *, signed_in: bool) -> ServerError:
        body = answer.body if isinstance(answer.body, Mapping) else {}
        errors = [error for error in body.get("errors") or () if isinstance(error, Mapping)]
        first = errors[0] if errors else {}
        code = first.get("code")
        code = code if isinstance(code, int) else 0
        plain = server_error(method, path, answer, redactor)
        said = [str(error.get("message") or "") for error in errors]
        detail = shortened_detail("; ".join(filter(None, said)), redactor) or plain.detail
        advice = _ADVICE.get(code, "")
        if (answer.status in (401, 403) or code in _OF_CREDENTIALS) and not signed_in:
            advice = "the task gave no credentials: set api_token, or CLOUDFLARE_API_TOKEN in the environment"
        where = shortened_detail(str(first.get("documentation_url") or ""), redactor)
        return CloudflareError(method, path, answer.status, detail, code, where, plain.request_id, advice)
