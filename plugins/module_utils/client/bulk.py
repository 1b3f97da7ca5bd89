# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A batch of writes, sent as one Bulk request (RFC 7644 section 3.7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..core.bulk import BULK_PATH, UNKNOWN, Batch, Outcome, outcomes
from ..core.errors import LifecycleError, OutcomeUnknown, ServerError
from ..core.profiles import Capabilities
from ..core.writes import Request
from .answer import Answer, server_error
from .scim import ScimService


class TooMuch(LifecycleError):
    """The service does not take so much at once. Nothing was done; smaller batches may be taken."""


def send(service: ScimService, batch: Batch) -> list[Outcome] | None:
    """What became of each request of a batch; ``None`` if the service has no Bulk for it and did nothing.

    What the service turns out not to be able to do is noted in its capabilities.
    Raises TooMuch once these allow less than the batch has, and the ServerError of a 401.
    """
    unknown = [UNKNOWN] * len(batch)
    if not unknown:
        return unknown
    try:
        answer = service.write(Request("POST", BULK_PATH, batch.body()))
    except OutcomeUnknown:
        # Perhaps so many take it longer than anybody waits.
        _at_most(service.known, "bulk_max_operations", max(1, len(batch) // 2))
        return unknown
    except ServerError as error:
        if error.status == 401:
            raise  # alone, they would be refused, too; a 403 may be about Bulk
        if error.status == 413 or (error.status == 400 and error.scim_type.lower() == "toomany"):
            _smaller(service, batch, error)
            return None
        service.known.observe("bulk", False)
        # Any other refusal comes before the first operation; who broke down may have done some of them.
        return None if error.status < 500 or error.status == 501 else unknown
    told = outcomes(batch, answer.body)
    if told == unknown:
        service.known.observe("bulk", False)
    return [_cleaned(service, request, outcome) for request, outcome in zip(batch.requests, told)]


def _smaller(service: ScimService, batch: Batch, error: ServerError) -> None:
    """Note that batches have to be smaller: half of this one; or not as large as this one, which holds one operation only."""
    known = service.known
    if len(batch) == 1:
        _at_most(known, "bulk_max_payload_size", batch.size - 1)
        if known.number("bulk_max_operations") == 1:
            known.observe("bulk", False)
        return
    _at_most(known, "bulk_max_operations", len(batch) // 2)
    _at_most(known, "bulk_max_payload_size", batch.size // 2)
    raise TooMuch(f"{len(batch)} operations in {batch.size} bytes are too much for one Bulk request: {error}")


def _at_most(known: Capabilities, name: str, number: int) -> None:
    """Several threads may be told so, each about a batch that it had filled before."""
    known.observe(name, min(known.number(name), number))


def _cleaned(service: ScimService, request: Request, outcome: Outcome) -> Outcome:
    """The outcome with the words of a refusal as those of a request that was sent alone: cleaned and shortened."""
    if outcome.status < 400:
        return outcome
    said = outcome.body if isinstance(outcome.body, Mapping) else {}
    known = {"detail": outcome.detail, "scimType": outcome.scim_type}
    body = {**said, **{name: text for name, text in known.items() if text}}
    error = server_error(request.method, request.path, Answer(outcome.status, {}, body), service.transport.redactor)
    return replace(outcome, detail=error.detail, scim_type=error.scim_type)
