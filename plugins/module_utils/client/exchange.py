# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One request and its answer, read to its end; and where that fails, whether the request may have reached the server."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from ..core.errors import Unreachable
from .answer import Answer
from .redaction import Redactor
from .session import Session
from .throttle import Gate

try:
    import requests
    import urllib3
except ImportError:  # reported by the runner with the missing library's name
    requests = None  # type: ignore[assignment]

_LARGEST_ANSWER = 64 * 1024 * 1024  # a list of 20,000 users in one page has about 40 MB
_CHUNK = 16 * 1024


class NeverSent(Exception):
    """The request did not reach the server."""


class AnswerLost(Exception):
    """The request may have reached the server."""


class AnswerTooLong(AnswerLost):
    """The answer is longer than any that makes sense; asking again would not help."""


def exchange(
    session: Session,
    method: str,
    url: str,
    *,
    data: bytes | str | None,
    headers: Mapping[str, str | None],
    gate: Gate,
    redactor: Redactor,
) -> tuple[Answer, str]:
    """Send a request and read the answer, within the time that is left. With it: the Authorization that was sent.

    Raises NeverSent, AnswerLost, and Unreachable where trying again is useless.
    """
    try:
        response = session.ask(method, url, data, headers, min(session.timeout, gate.remaining()))
        with response:
            content = _content(response, gate)
    except requests.exceptions.SSLError as problem:
        if isinstance(_innermost(problem), (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
            raise AnswerLost("connection closed") from None
        raise Unreachable(f"TLS with {urlsplit(url).netloc} failed: {_reason(problem, redactor)}") from None
    except (requests.exceptions.ConnectTimeout, requests.exceptions.ProxyError) as problem:
        raise NeverSent(_reason(problem, redactor)) from None
    except requests.exceptions.ReadTimeout:
        raise AnswerLost("no answer in time") from None
    except requests.exceptions.ConnectionError as problem:
        if "NewConnectionError" in repr(problem) or "NameResolutionError" in repr(problem):
            raise NeverSent(f"no connection to {urlsplit(url).netloc} ({_reason(problem, redactor)})") from None
        raise AnswerLost("connection closed") from None
    except requests.exceptions.InvalidHeader:
        raise AnswerLost("the answer's headers make no sense") from None  # ours were checked before
    except (requests.exceptions.InvalidSchema, requests.exceptions.InvalidURL) as problem:
        raise Unreachable(f"{method} could not be sent: {_reason(problem, redactor)}") from None
    except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError) as problem:
        raise AnswerLost(type(problem).__name__) from None
    except ValueError as problem:  # an address of a proxy that cannot be parsed, a character that no header carries
        raise Unreachable(f"{method} could not be sent: {_reason(problem, redactor)}") from None
    return _answer(response, content, redactor), str(response.request.headers.get("Authorization") or "")


def _content(response: requests.Response, gate: Gate) -> bytes:
    chunks: list[bytes] = []
    size = 0
    for chunk in _chunks(response):
        chunks.append(chunk)
        size += len(chunk)
        if size > _LARGEST_ANSWER:
            raise AnswerTooLong(f"the answer is longer than {_LARGEST_ANSWER // 1024**2} MiB")
        if gate.is_over():
            raise AnswerLost("the time budget ended before the answer")
    return b"".join(chunks)


def _chunks(response: requests.Response) -> Iterator[bytes]:
    """The content as it arrives: to wait for whole chunks of an answer that drips would outlast every budget."""
    if not isinstance(response.raw, urllib3.HTTPResponse) or not hasattr(response.raw, "read1"):  # urllib3 1.26
        yield from response.iter_content(_CHUNK)
        return
    while True:
        chunk = response.raw.read1(_CHUNK, decode_content=True)
        if not chunk:
            return
        yield chunk


def _answer(response: requests.Response, content: bytes, redactor: Redactor) -> Answer:
    """The answer. JSON that ends too early on a success is a lost answer, not an empty one."""
    headers = {name.lower(): response.headers[name] for name in response.headers}  # items() of urllib3 1.26 does not join repeated ones
    if not content or content.isspace():
        return Answer(response.status_code, headers)
    try:
        return Answer(response.status_code, headers, json.loads(content))
    except (ValueError, RecursionError):
        if response.ok and "json" in headers.get("content-type", ""):
            raise AnswerLost("JSON cut short") from None
        # Cleaned before it is cut: half of a secret would not be recognized.
        text = content[:20000].decode("utf-8", errors="replace")
        return Answer(response.status_code, headers, None, redactor.clean(text)[:5000])


def _innermost(problem: BaseException) -> BaseException:
    while problem.__context__ is not None:
        problem = problem.__context__
    return problem


def _reason(problem: BaseException, redactor: Redactor) -> str:
    """The innermost reason of an exception, without the address, whose query names people."""
    cause = _innermost(problem)
    said = redactor.clean(f"{type(cause).__name__}: {cause}")
    return said.partition(" (Caused by")[0].partition("url:")[0][:200]
