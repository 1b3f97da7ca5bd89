# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ways in which a run writes, and what is there after a run that nobody disturbs."""

from __future__ import annotations

from functools import cache
from typing import Any

import sandbox
from tests.chaos.small_company import OPTIONS, portrait, seed
from tests.in_process import Result, run, time_flies

# How writes are sent, the profile of the service, and how many of them are under way at the same time at most.
COURSES: dict[str, tuple[dict[str, Any], str, int]] = {
    "one by one": ({"bulk": "never", "concurrency": 1}, "full", 1),
    "four at a time": ({"bulk": "never", "concurrency": 4}, "full", 4),
    "in bulk": ({"bulk": "always"}, "full", 10),
    "in bulks of five": ({"bulk": "always", "concurrency": 1}, "cursor", 5),
    "with put": ({"bulk": "never", "concurrency": 4}, "minimal", 4),
}


def ensure(service: sandbox.Running, options: dict[str, Any]) -> Result:
    with time_flies():
        return run("scim_directory", {"url": service.url, "token": service.token, "unkept_file": "", **OPTIONS, **options})


@cache
def undisturbed(course: str) -> tuple[list[dict[str, Any]], int]:
    """What is there after a run that nobody disturbs, and how many writes it takes."""
    options, profile, _width = COURSES[course]
    with sandbox.running(profile=profile) as service:
        seed(service)
        result = ensure(service, options)
        assert not result.failed, result["msg"]
        return portrait(service), service.requests()["writes"]
