# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Is this SCIM endpoint healthy? What it says of itself, how it answers, and, if asked, a round trip with a throw-away user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .client.scim import ScimService
from .inquiry.discovery import NOT_NEEDED, Discovery
from .inquiry.steps import Steps
from .probe import STEPS, Probe


def examined(service: ScimService, params: Mapping[str, Any]) -> dict[str, Any]:
    """The result of scim_service_info. problem: why the service is not healthy, "" if it is."""
    discovery = Discovery(service)
    discovery.run()
    problem, left, warnings = discovery.problem, None, []
    if service.transport.signed_in and discovery.authentication["status"] == NOT_NEEDED:
        warnings.append("anybody can read the users of this service without credentials")
    steps: list[dict[str, Any]] = []
    if params["probe"] and (problem or service.read_only):
        why = "users cannot be read" if problem else "nothing is written in check mode"
        skipped = Steps(service.transport.gate.clock)
        for step in STEPS:
            skipped.skip(step, why)
        steps = skipped.taken
        warnings.append(f"the probe was skipped: {why}")
    elif params["probe"]:
        trip = Probe(service)
        trip.run()
        problem, left, steps = trip.steps.problem, trip.left, trip.steps.taken
        if left:
            who = f"{left['user_name']} (id {left['id'] or 'unknown'})"
            warnings.append(f"the probe had to leave the user {who}: {steps[-1]['detail']}")
    result = {"changed": left is not None, "healthy": not problem, "problem": problem, **discovery.shown()}
    if params["probe"]:
        result.update(steps=steps, left_behind=left or {})
    return {**result, "warnings": warnings}
