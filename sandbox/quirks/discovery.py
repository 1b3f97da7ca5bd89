# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Quirks in what the service tells about itself (RFC 7644 section 4)."""

from __future__ import annotations

from dataclasses import replace

from ..exchange import Answer, Handler, Request
from .message import DISCOVERY, endpoint, error
from .registry import quirk


@quirk(
    "no_discovery",
    "ServiceProviderConfig, Schemas and ResourceTypes are answered 404",
    seen_at="GitHub organisations",
)
def no_discovery(request: Request, ask: Handler) -> Answer:
    return error(404, "not found") if endpoint(request) in DISCOVERY else ask(request)


@quirk("discovery_lies", "ServiceProviderConfig denies filters, though they work", seen_at="Slack")
def discovery_lies(request: Request, ask: Handler) -> Answer:
    answer = ask(request)
    if endpoint(request) != "serviceproviderconfig" or not isinstance(answer.body, dict):
        return answer
    denied = {**answer.body.get("filter", {}), "supported": False}
    return replace(answer, body={**answer.body, "filter": denied})
