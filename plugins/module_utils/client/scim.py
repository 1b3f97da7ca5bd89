# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The SCIM protocol (RFC 7644): discovery, reading and writing resources. Knows nothing of plans."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from ..core.errors import ServerError, Unreachable
from ..core.profiles import Capabilities
from ..core.references import References
from ..core.resources import Resource
from ..core.wire import attribute_of
from ..core.writes import Request, Snapshot, resource_path
from .answer import Answer, server_error
from .auth import fits_header
from .paging import Listing, is_list, resources_of, total_of
from .record import Record
from .transport import Transport

Body = Mapping[str, Any]
_ONE = {"startIndex": 1, "count": 1}  # the shortest list that can be asked for
Deliver = Callable[[Request, Mapping[str, "str | None"]], Answer]


@dataclass
class _Discovery:
    """What the service said of itself, once it was asked."""

    asked: bool = False
    config: Body = field(default_factory=dict)
    problem: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)


class ScimService:
    """One SCIM service provider.

    references: the names and ids met so far. known: what is known of the service without asking it.
    record: the writes that were sent. deliver: sends a write and returns the answer.
    max_scan: how many resources a listing may read before it gives up.
    """

    def __init__(self, transport: Transport, capabilities: Capabilities, *, max_scan: int = 20000) -> None:
        self.transport = transport
        self.references = References()
        self.max_scan = max_scan
        self.record = Record()
        self.known = capabilities
        self.deliver: Deliver = self._deliver
        self._discovery = _Discovery()
        transport.gate.per_second = float(capabilities.text("requests_per_second"))

    @property
    def read_only(self) -> bool:
        return self.transport.read_only

    def apart(self) -> ScimService:
        """The same service, seen by one of several tasks that work at the same time: with a record of its own."""
        twin = copy.copy(self)
        twin.record = Record(self.record)
        return twin

    @property
    def sent(self) -> list[dict[str, str]]:
        """The writes that were sent, in order."""
        return self.record.sent

    @property
    def accepted(self) -> int:
        """How many writes took."""
        return self.record.accepted

    @property
    def discovery_problem(self) -> str:
        """Why the service does not tell what it can do, "" if it does or was not asked."""
        return self._discovery.problem

    @property
    def service_provider_config(self) -> Body:
        """What the service says of itself (RFC 7643 section 5)."""
        return self._discovery.config

    @property
    def capabilities(self) -> Capabilities:
        """What the service can do, from what it says of itself too: asked once, before the first write or a long read.

        Discovery is best effort: a service that does not tell is taken for an ordinary one. Reading one resource needs
        no discovery (``known`` is enough), so a task that finds everything as it should be costs one request.
        """
        self.discover()
        return self.known

    def discover(self) -> None:
        """Ask the service what it can do, once."""
        found = self._discovery
        with found.lock:
            if found.asked:
                return
            found.asked = True
            try:
                answer = self.transport.request("GET", "/ServiceProviderConfig")
                found.config = answer.body if isinstance(answer.body, Mapping) else {}
                self.known.said_by_service(found.config)
            except (ServerError, Unreachable) as error:
                if isinstance(error, ServerError) and error.status == 401:
                    raise
                found.problem = str(error)

    # -- reading ----------------------------------------------------------------------------------------------------

    def get(self, resource: Resource, resource_id: str, *, excluded: tuple[str, ...] = ()) -> Snapshot | None:
        """One resource by id, ``None`` if there is none."""
        params = {"excludedAttributes": ",".join(excluded)} if excluded else None
        path = resource_path(resource, resource_id)
        try:
            answer = self.transport.request("GET", path, params=params)
        except ServerError as error:
            if error.status in (404, 410, self.known.number("missing_status")):
                return None
            raise
        if not isinstance(answer.body, Mapping):
            raise self._no_scim(path, answer, "a resource")
        return self.snapshot(resource, answer.body, answer.etag, resource_id)

    def listing(
        self,
        resource: Resource,
        *,
        filter: str = "",
        attributes: tuple[str, ...] = (),
        excluded: tuple[str, ...] = (),
        most: int = 0,
    ) -> Listing:
        """The resources that a filter selects, page by page."""
        fixed = {"filter": filter, "attributes": ",".join(attributes), "excludedAttributes": ",".join(excluded)}
        fixed = {name: value for name, value in fixed.items() if value}

        def fetch(query: Mapping[str, Any]) -> Any:
            return self._list(resource, {**fixed, **query})

        return Listing(fetch, self.known, most or self.max_scan)

    def search(self, resource: Resource, filter: str, excluded: tuple[str, ...] = ()) -> list[Snapshot]:
        """What one request with a filter returns: for filters that can match a handful at most. Not verified."""
        params = {"filter": filter}
        if excluded:
            params["excludedAttributes"] = ",".join(excluded)
        bodies = resources_of(self._list(resource, params))
        return [self.snapshot(resource, body) for body in bodies if attribute_of(body, "id")]

    def check_endpoint(self, resource: Resource) -> None:
        """Make sure that there is an endpoint for resources of this type. Raises ServerError."""
        self._list(resource, _ONE)

    def count(self, resource: Resource) -> int:
        """How many resources of a type the service says that it has, 0 if it does not say. One request; not verified."""
        return total_of(self._list(resource, _ONE)) or 0

    def _list(self, resource: Resource, params: Mapping[str, Any]) -> Body:
        """A ListResponse (RFC 7644 section 3.4.2). Anything else, a login page say, must not pass for an empty list."""
        answer = self.transport.request("GET", resource.endpoint, params=params)
        if not is_list(answer.body):
            raise self._no_scim(resource.endpoint, answer, "a list")
        body: Body = answer.body
        return body

    def _no_scim(self, path: str, answer: Answer, wanted: str) -> ServerError:
        error = server_error("GET", path, answer, self.transport.redactor)
        said = f" ({error.detail})" if error.detail else ""
        kind = str(answer.headers.get("content-type") or "no content type")[:100]
        return ServerError("GET", path, answer.status, f"{wanted} was expected, but this is none: {kind}{said}; is url the base of a SCIM service?")

    def snapshot(self, resource: Resource, body: Body, etag: str = "", resource_id: str = "") -> Snapshot:
        """A resource with its id and version; its name is remembered for plans."""
        resource_id = str(attribute_of(body, "id") or resource_id)
        name = attribute_of(body, resource.attribute(resource.name).wire)
        self.references.learn(resource.kind, str(name or ""), resource_id)
        self.references.learn_external_id(resource.kind, resource_id, str(attribute_of(body, "externalId") or ""))
        version = str(etag or attribute_of(attribute_of(body, "meta"), "version") or "")
        return Snapshot(resource_id, body, version)

    # -- writing ----------------------------------------------------------------------------------------------------

    def write(self, request: Request) -> Answer:
        """Send one write. A DELETE that finds nothing has succeeded (RFC 7644 section 3.6)."""
        # A version of the body (meta.version) can be any text; one that no header carries is no condition.
        headers: dict[str, str | None] = {"If-Match": request.version} if fits_header(request.version) else {}
        if request.method == "DELETE" and not self.capabilities.flag("accept_on_delete"):
            headers["Accept"] = None
        self.record.send(request.shown())
        try:
            answer = self.deliver(request, headers)
        except ServerError as error:
            gone = (404, 410, self.capabilities.number("missing_status"))
            if request.method != "DELETE" or error.status not in gone:
                raise
            answer = Answer(error.status, {})
        self.record.accept()
        return answer

    def _deliver(self, request: Request, headers: Mapping[str, str | None]) -> Answer:
        return self.transport.request(request.method, request.path, body=request.body, headers=headers)

    def create(self, resource: Resource, request: Request) -> Snapshot | None:
        """POST a resource. ``None`` if the service does not say what it made: look it up then."""
        answer = self.write(request)
        if isinstance(answer.body, Mapping) and attribute_of(answer.body, "id"):
            return self.snapshot(resource, answer.body, answer.etag)
        location = answer.headers.get("location") or ""
        resource_id = unquote(urlsplit(location).path.rstrip("/").rsplit("/", 1)[-1])
        return self.get(resource, resource_id) if resource_id else None

    def close(self) -> None:
        self.transport.close()
