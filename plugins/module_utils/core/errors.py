# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may go wrong on purpose. The text of an error is one sentence for the person who reads the task's output.

Nothing here carries a request or response body: bodies hold personal data and tokens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol


class LifecycleError(Exception):
    """The root of all expected failures; whatever else escapes is a bug of ours.

    beside: what else a task returns with it, from where it was raised.
    """

    beside: Mapping[str, Any] = {}

    def facts(self) -> dict[str, Any]:
        """What a task returns beside ``msg``: plain, small, free of secrets."""
        return {}


class InvalidInput(LifecycleError):
    """An option is wrong; raised before the first write."""


class Refused(LifecycleError):
    """We refuse to act although the server would let us: protected accounts, another person's identity."""


class Protected(Refused):
    """The resource is on the list of those that are never written to."""

    def facts(self) -> dict[str, Any]:
        return {"protected": True}


class _Trip(Protocol):
    """What an error has to know of a brake that trips."""

    @property
    def said(self) -> str:
        """The sentence for people."""

    def shown(self) -> dict[str, Any]:
        """The trip as a task returns it."""


class BrakeTripped(Refused):
    """The plan does more than the task allows: a wrong source is more likely than so many real changes."""

    def __init__(self, trips: Sequence[_Trip]) -> None:
        super().__init__("; ".join([trip.said for trip in trips] + ["nothing was written"]))
        self.trips = tuple(trips)

    def facts(self) -> dict[str, Any]:
        return {"brakes": [trip.shown() for trip in self.trips]}


class SeveralMatches(Refused):
    """More than one resource answers to one identity; picking one would be a guess."""

    def __init__(self, wanted: str, candidates: list[str]) -> None:
        shown = ", ".join(candidates[:10]) + (", ..." if len(candidates) > 10 else "")
        super().__init__(f"{wanted} matches {len(candidates)} resources ({shown}); name the one you mean by its id")
        self.candidates = candidates

    def facts(self) -> dict[str, Any]:
        return {"candidates": self.candidates[:100]}


class NotFound(LifecycleError):
    """A resource that the task needs does not exist on the service."""


class WriteRefusedLocally(LifecycleError):
    """A write reached a transport that was built read-only (check mode, info modules): always a bug of ours."""


class Unreachable(LifecycleError):
    """The request was certainly not processed, or reading it again did not help."""


class OutcomeUnknown(LifecycleError):
    """A write was sent and its answer was lost: the server may or may not have done it."""


class OutOfTime(LifecycleError):
    """The task's time budget is used up."""


class ServerError(LifecycleError):
    """The server answered with an error status (RFC 7644 section 3.12).

    status: the HTTP status. scim_type: the RFC's keyword (``uniqueness``, ``mutability``, ...) or "".
    detail: the server's own words, shortened, treated as data. advice: what to do, in our words.
    """

    def __init__(
        self, method: str, path: str, status: int, detail: str, scim_type: str = "", request_id: str = "", advice: str = ""
    ) -> None:
        said = f": {detail}" if detail else " without saying why"
        kind = f" ({scim_type})" if scim_type else ""
        trace = f" [request id {request_id}]" if request_id else ""
        super().__init__(f"{method} {path} was answered with status {status}{kind}{said}{trace}{advice and '; ' + advice}")
        self.method = method
        self.path = path
        self.status = status
        self.detail = detail
        self.scim_type = scim_type
        self.request_id = request_id

    def facts(self) -> dict[str, Any]:
        return {
            "request": {"method": self.method, "path": self.path},
            "status": self.status,
            "scim_type": self.scim_type,
            "detail": self.detail,
            "request_id": self.request_id,
        }


class CloudflareError(ServerError):
    """Cloudflare's API refused a request, whatever the HTTP status: its envelope said so.

    code: the number of the first error, 0 if there is none. documentation_url: where Cloudflare explains it, or "".
    """

    def __init__(
        self,
        method: str,
        path: str,
        status: int,
        detail: str,
        code: int = 0,
        documentation_url: str = "",
        request_id: str = "",
        advice: str = "",
    ) -> None:
        said = " ".join(filter(None, [f"[{code}]" if code else "", detail]))
        where = f"see {documentation_url}" if documentation_url else ""
        super().__init__(method, path, status, said, "", request_id, "; ".join(filter(None, [advice, where])))
        self.detail = detail
        self.code = code
        self.documentation_url = documentation_url

    def facts(self) -> dict[str, Any]:
        shown = {name: value for name, value in super().facts().items() if name != "scim_type"}
        return {**shown, "code": self.code, "documentation_url": self.documentation_url}
