# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One of five services, tasks against it, and what ought to be true on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.in_process import Result, run, time_flies
from tests.integration.five_services import NODE, Service, started
from tests.integration.lives import Step
from tests.integration.npm_servers import available
from tests.integration.portraits import Portraits, Witness, portraits, witness

# What a service makes up for those who have none.
MADE_UP = {"better_auth": ("displayName", "name.formatted")}


class World:
    """truth: what ought to be seen, as tests.integration.portraits has it."""

    def __init__(self, service: Service, eye: Witness, unkept_file: Path) -> None:
        self.service = service
        self.truth: Portraits = {}
        self._eye = eye
        self._unkept_file = str(unkept_file)

    def run(self, module: str, options: dict[str, Any], *, check: bool = False) -> Result:
        """One task, with diff. The journal begins with it."""
        common = {"url": self.service.url, "token": self.service.token}
        if not module.endswith("_info"):
            common["unkept_file"] = self._unkept_file
        self.service.forget()
        with time_flies():
            return run(module, {**common, **options}, check=check, diff=True)

    def writes(self) -> list[dict[str, str]]:
        """What was really written since the last task began, as results tell it: below the base URL."""
        base = "/" + self.service.url.split("/", 3)[3]
        return [
            {"method": entry["method"], "path": entry["path"][len(base) :]} for entry in self.service.writes()
        ]

    def seen(self, *, plainly: bool = False) -> Portraits:
        """What scim2-client sees, or what plain requests see, without what the service made up."""
        made_up = MADE_UP.get(self.service.name, ())
        found = portraits(self.service.everything()) if plainly else self._eye.portraits()
        return {
            name: {
                path: value
                for path, value in portrait.items()
                if path in self.truth.get(name, {}) or path not in made_up
            }
            for name, portrait in found.items()
        }

    def becomes(self, step: Step, lost: tuple[str, ...] = ()) -> None:
        """Note in the truth what a step makes of it. lost: the wire paths that this service does not keep."""
        key = next((name for name, portrait in self.truth.items() if _same(step, portrait)), step.who)
        portrait = self.truth.pop(key, {})
        if step.becomes is not None:
            changed = {
                path: value for path, value in {**portrait, **step.becomes}.items() if value is not None
            }
            self.truth[step.who] = {path: value for path, value in changed.items() if path not in lost}


def _same(step: Step, portrait: dict[str, Any]) -> bool:
    """Whether a step is about this resource: by the externalId of the task, for names may change."""
    return portrait.get("externalId") == step.options.get("external_id", "")


@contextmanager
def world(name: str, folder: Path) -> Iterator[World]:
    """One of five_services.NAMES, fresh and empty. folder: for the memory of what it does not keep."""
    if name in NODE and not available():
        pytest.skip("Node.js and npm were not found")
    with ExitStack() as stack:
        service = stack.enter_context(started(name))
        eye = stack.enter_context(witness(service.direct, service.token))
        yield World(service, eye, folder / "unkept.json")
