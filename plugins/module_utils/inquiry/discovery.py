# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a service says of itself (RFC 7644 section 4), whether it lets us in, and how fast it answers.

All of it is best effort: many services have no discovery and work well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..client.paging import is_list, resources_of
from ..client.scim import ScimService
from ..core.errors import LifecycleError, OutOfTime, ServerError, Unreachable
from ..core.resources import USER
from ..core.wire import as_list, attribute_of
from .shown import size
from .steps import OK, StepFailed, Steps

ALLOWED, REFUSED, NOT_NEEDED, UNKNOWN = "ok", "refused", "not_needed", "unknown"

_ONE = {"startIndex": 1, "count": 1}
_LARGEST = 50_000  # characters of a ServiceProviderConfig; a larger one is not a description of anything


class Discovery:
    """The reads that tell what a service is. reads: how each went."""

    def __init__(self, service: ScimService) -> None:
        self.service = service
        self.reads = Steps(service.transport.gate.clock)
        self.authentication = {"status": UNKNOWN, "detail": "no read was answered"}
        self.resource_types: list[dict[str, Any]] = []
        self.schemas: list[str] = []
        self.problem = ""

    def run(self) -> None:
        """Read everything. If nothing answers at all, one attempt is enough."""
        for name, read in (
            ("users", self._users),
            ("service_provider_config", self._config),
            ("resource_types", self._resource_types),
            ("schemas", self._schemas),
        ):
            problem = self.reads.run(name, read)
            if name == "users":
                self.problem = f"users cannot be read: {problem}" if problem else ""
                self._judge(problem)
            if isinstance(problem, (Unreachable, OutOfTime)):
                break

    def _judge(self, problem: LifecycleError | None) -> None:
        if isinstance(problem, ServerError) and problem.status in (401, 403):
            self.authentication = {"status": REFUSED, "detail": str(problem)}
        elif problem is not None:
            self.authentication = {"status": UNKNOWN, "detail": str(problem)}
        elif self.service.transport.signed_in and not self._open_to_anybody():
            self.authentication = {"status": ALLOWED, "detail": "users can be read, and only with credentials"}
        else:
            self.authentication = {"status": NOT_NEEDED, "detail": "users can be read without credentials"}

    def _open_to_anybody(self) -> bool:
        stranger = self.service.transport.anonymous()
        try:
            return is_list(stranger.request("GET", USER.endpoint, params=_ONE).body)
        except LifecycleError:
            return False
        finally:
            stranger.close()

    def _get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        body = self.service.transport.request("GET", path, params=params).body
        if not isinstance(body, (Mapping, list)):
            raise StepFailed(f"GET {path} was not answered with JSON; is url the base of a SCIM service?")
        return body

    def _users(self) -> str:
        page = self._get(USER.endpoint, _ONE)
        if not is_list(page):
            raise StepFailed(f"GET {USER.endpoint} was not answered with a list; is url the base of a SCIM service?")
        total = attribute_of(page, "totalResults")
        return f"{total} users" if isinstance(total, int) else "the number of users is not told"

    def _config(self) -> str:
        self.service.discover()
        if self.service.discovery_problem:
            raise StepFailed(self.service.discovery_problem)
        if not self.service.service_provider_config:
            raise StepFailed("GET /ServiceProviderConfig was not answered with JSON")
        return ""

    def _resource_types(self) -> str:
        found = _listed(self._get("/ResourceTypes"))
        for entry in found:
            extensions = as_list(attribute_of(entry, "schemaExtensions") or [])
            self.resource_types.append(
                {
                    **{name: str(attribute_of(entry, name) or "") for name in ("name", "endpoint", "schema")},
                    "extensions": [str(attribute_of(extension, "schema") or "") for extension in extensions],
                }
            )
        return ", ".join(entry["name"] for entry in self.resource_types)

    def _schemas(self) -> str:
        self.schemas = [str(attribute_of(entry, "id")) for entry in _listed(self._get("/Schemas")) if attribute_of(entry, "id")]
        return f"{len(self.schemas)} schemas"

    def shown(self) -> dict[str, Any]:
        """All of it as part of a result."""
        config = dict(self.service.service_provider_config)
        times = sorted(read["duration_ms"] for read in self.reads.taken if read["status"] == OK)
        return {
            "authentication": self.authentication,
            "reads": self.reads.taken,
            "latency_ms": times[len(times) // 2] if times else None,
            "service_provider_config": config if size(config) <= _LARGEST else {},
            "resource_types": self.resource_types[:100],
            "schemas": self.schemas[:500],
            "capabilities": self.service.known.shown(),
        }


def _listed(body: Any) -> list[Mapping[str, Any]]:
    """The entries of a ListResponse, or of the bare list that some services send."""
    return [entry for entry in body if isinstance(entry, Mapping)] if isinstance(body, list) else resources_of(body)
