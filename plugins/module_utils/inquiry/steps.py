# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What was tried on a service, step by step: what came of it, and how long it took."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..client.throttle import Clock
from ..core.errors import LifecycleError

OK, FAILED, SKIPPED = "ok", "failed", "skipped"


class StepFailed(LifecycleError):
    """The service answered, and the answer is wrong."""


class StepSkipped(LifecycleError):
    """There is nothing to try."""


class Steps:
    """The steps in order, each as ``{step, status, duration_ms, detail}``. A step that fails does not end the others."""

    def __init__(self, clock: Clock) -> None:
        self.taken: list[dict[str, Any]] = []
        self._clock = clock

    def run(self, name: str, step: Callable[[], str]) -> LifecycleError | None:
        """Take a step and return what went wrong. step: returns a few words on what it found."""
        begin = self._clock.now()
        problem: LifecycleError | None = None
        status = OK
        try:
            detail = step()
        except StepSkipped as why:
            status, detail = SKIPPED, str(why)
        except LifecycleError as error:
            status, detail, problem = FAILED, str(error), error
        duration = round((self._clock.now() - begin) * 1000, 1)
        self.taken.append({"step": name, "status": status, "duration_ms": duration, "detail": detail})
        return problem

    def skip(self, name: str, why: str) -> None:
        self.taken.append({"step": name, "status": SKIPPED, "duration_ms": 0.0, "detail": why})

    @property
    def problem(self) -> str:
        """The first failure in a sentence, or "" if there is none."""
        return next((f"{taken['step']}: {taken['detail']}" for taken in self.taken if taken["status"] == FAILED), "")
