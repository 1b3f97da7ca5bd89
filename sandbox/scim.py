# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The SCIM service: scim2-server behind the quirks that are switched on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from scim2_models import Context, Resource, ResourceType
from scim2_server.requests import ScimRequest
from scim2_server.service import ScimService
from scim2_server.testserver.application import BearerTokenApplication

from .bulk import is_bulk, taken_apart
from .cloudflare_scim import REFUSALS
from .exchange import Answer, Handler, Layer, Request, layered
from .profiles import provider
from .quirks import QUIRKS
from .quirks.message import is_sound
from .store import Store

# The secret only seals cursors (RFC 9865 section 4) of a service on loopback.
_CURSOR_SECRET = "the sandbox keeps no secret from its own machine"


class Scim:
    """Serves /Users, /Groups and the rest of RFC 7644, with a bearer token."""

    def __init__(
        self, profile: str = "full", token: str = "sandbox-token", quirks: Iterable[str] = ()
    ) -> None:
        described = provider(profile)
        self.store = Store()
        self._service = ScimService(described, secret=_CURSOR_SECRET)
        self._application = BearerTokenApplication(
            self.store, described, service=self._service, bearer_tokens=[token]
        )
        self._authorization = f"Bearer {token}"
        self._refusals = [REFUSALS[profile]] if profile in REFUSALS else []
        self.set_quirks(quirks)

    def set_quirks(self, chosen: Iterable[str]) -> None:
        """Replace the active quirks, each "NAME" or "NAME=VALUE"."""
        quirks = list(chosen)
        made = QUIRKS.make(quirks)
        within: list[Layer] = [layer for entry, layer in made if not entry.outside_login]
        in_bulk = [layer for entry, layer in made if entry.in_bulk and not entry.outside_login]
        if in_bulk:
            within.append(self._bulk(layered(in_bulk, self._serve)))
        outside: list[Layer] = [layer for entry, layer in made if entry.outside_login]
        self._handler: Handler = layered([*outside, self._login, *within, *self._refusals], self._serve)
        self.quirks = quirks

    def __call__(self, request: Request) -> Answer:
        return self._handler(request)

    def _login(self, request: Request, ask: Handler) -> Answer:
        # Strangers get scim2-server's own answer: 401, or the ServiceProviderConfig (RFC 7643 section 5).
        known = request.headers.get("authorization") == self._authorization
        # It also knows best how to refuse what is no SCIM message at all, so the quirks need not.
        return ask(request) if known and is_sound(request) else self._serve(request)

    def _bulk(self, alone: Handler) -> Layer:
        """Has the operations of a Bulk request served by themselves, each by a handler with quirks of its own."""

        def one(operation: Request) -> Answer:
            return alone(operation) if is_sound(operation) else self._serve(operation)

        def layer(request: Request, ask: Handler) -> Answer:
            return (is_bulk(request) and taken_apart(request, self._service, one)) or ask(request)

        return layer

    def _serve(self, request: Request) -> Answer:
        asked = ScimRequest(
            method=request.method,
            base_url=request.origin + request.mount,
            path=request.path,
            query=request.query,
            headers=request.headers,
            body=request.body,
        )
        with self.store.serving(request):
            answered = self._application.serve(asked)
        return Answer(answered.status.value, answered.body, answered.headers)

    def seed(self, documents: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Store users and groups in their wire form, past all quirks. Returns them as stored.

        An id in them is kept. Members refer to the ids of users or groups, as on the wire.
        """
        stored = []
        for document in documents:
            resource_type = self._resource_type("Group" if _is_group(document) else "User")
            # The class is only known at run time.
            model: Any = self._service.get_model(resource_type)
            resource = model.model_validate(dict(document), scim_ctx=Context.RESOURCE_CREATION_REQUEST)
            request = Request("POST", "", new_id=document.get("id"))
            with self.store.serving(request):
                stored.append(_wire(self.store.create(resource_type, resource)))
        return stored

    def stored(self) -> list[dict[str, Any]]:
        """All users and groups as they are really stored, in their wire form, past all quirks."""
        with self.store.lock:
            return [_wire(resource) for resource in self.store.resources]

    def state(self) -> dict[str, Any]:
        """{"issued": number, "resources": [user or group, ...]}, everything that restore() needs."""
        with self.store.lock:
            return {"issued": self.store.issued, "resources": self.stored()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Replace everything that is stored by what state() returned earlier."""
        resources = []
        for document in state["resources"]:
            model: Any = self._service.get_model(self._resource_type(document["meta"]["resourceType"]))
            resources.append(model.model_validate(dict(document)))
        self.store.restore(resources, state["issued"])

    def _resource_type(self, name: str) -> ResourceType:
        return self._service.get_resource_type(name)


def _is_group(document: Mapping[str, Any]) -> bool:
    return any(schema.lower().endswith(":group") for schema in document.get("schemas", ()))


def _wire(resource: Resource[Any]) -> dict[str, Any]:
    document: dict[str, Any] = resource.model_dump()
    return document
