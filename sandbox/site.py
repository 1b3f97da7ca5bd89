# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything behind one port: services by path prefix, the faults in front of them, the journal of both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from .exchange import Answer, Handler, Layer, Request, layered
from .faults import FAULTS
from .journal import Journal


class Site:
    """Mount services with mount(); call it with a request to have it served."""

    def __init__(self, journal: Journal, faults: Iterable[str] = ()) -> None:
        self.journal = journal
        self._services: dict[str, Handler] = {}
        self._controls: dict[str, Handler] = {}
        self.set_faults(faults)

    def mount(self, prefix: str, service: Handler) -> None:
        """Serve everything below a prefix such as "/scim/v2" with this service."""
        self._services[prefix] = service

    def mount_control(self, prefix: str, control: Handler) -> None:
        """The same without faults and journal, for what steers the sandbox."""
        self._controls[prefix] = control

    def set_faults(self, chosen: Iterable[str], own: Iterable[Layer] = ()) -> None:
        """Replace the active faults, each "NAME=VALUE". Their counters start anew. own: layers in front of them."""
        faults = list(chosen)
        self._served = layered([*own, *(layer for _entry, layer in FAULTS.make(faults))], self._serve)
        self.faults = faults

    def __call__(self, request: Request) -> Answer:
        if any(_below(request.path, prefix) for prefix in self._controls):
            return _dispatch(self._controls, request)
        answer = self._served(request)
        self.journal.record(request, answer)
        return answer

    def _serve(self, request: Request) -> Answer:
        return _dispatch(self._services, request)


def _dispatch(mounts: dict[str, Handler], request: Request) -> Answer:
    for prefix, service in mounts.items():
        if _below(request.path, prefix):
            return service(replace(request, mount=prefix, path=request.path[len(prefix) :] or "/"))
    return Answer(404, {"detail": f"nothing is served at {request.path}"})


def _below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(prefix + "/")
