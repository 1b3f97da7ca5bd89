# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A directory that answers as SCIM does (RFC 7644), with as little work as an honest answer takes."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl

from tests.benchmark.fast_patch import Document, NoTarget, patch

LARGEST_PAGE = 1000
LARGEST_BULK = 1000  # operations
LARGEST_PAYLOAD = 1_048_576

Answer = tuple[int, bytes, str]  # status, body, location

_NAMES = {"/Users": "userName", "/Groups": "displayName"}
_FILTER = re.compile(r'([\w.:]+) (eq|sw|co) ("(?:[^"\\]|\\.)*"|true|false)', re.IGNORECASE)
_BULK_ID = re.compile(rb'"bulkId:([^"]+)"')


class Refused(Exception):
    """An error answer. status, scim_type: of RFC 7644 section 3.12."""

    def __init__(self, status: int, scim_type: str = "", detail: str = "") -> None:
        super().__init__(detail)
        self.status = status
        self.scim_type = scim_type


class Kind:
    """The resources of one type. What is sent of each is kept as bytes until it changes."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.type = endpoint[1:-1]
        self.name = _NAMES[endpoint]
        self.documents: dict[str, Document] = {}
        self.by_name: dict[str, str] = {}
        self.by_external_id: dict[str, str] = {}
        self._encoded: dict[str, bytes] = {}
        self._order: list[str] = []
        self._pages: dict[str, bytes] = {}

    def keep(self, resource_id: str, document: Document, encoded: bytes | None = None) -> bytes:
        """Store a document, new or not; a name may be had by one only."""
        name = str(document.get(self.name, "")).lower()
        if not name:
            raise Refused(400, "invalidValue", f"{self.name} is missing")
        if self.by_name.get(name, resource_id) != resource_id:
            raise Refused(409, "uniqueness", f"{self.name} is taken")
        self.by_name[name] = resource_id
        if document.get("externalId"):
            self.by_external_id[document["externalId"]] = resource_id
        self.documents[resource_id] = document
        self._encoded[resource_id] = encoded or json.dumps(document, separators=(",", ":")).encode()
        self._changed()
        return self._encoded[resource_id]

    def forget(self, resource_id: str) -> None:
        """Remove a resource, or what is known of one that is about to be replaced."""
        document = self.documents.pop(resource_id)
        self.by_name.pop(str(document.get(self.name, "")).lower(), None)
        self.by_external_id.pop(document.get("externalId", ""), None)
        del self._encoded[resource_id]
        self._changed()

    def _changed(self) -> None:
        if self._pages or self._order:
            self._pages, self._order = {}, []

    def one(self, resource_id: str) -> bytes:
        return self._encoded[resource_id]

    def page(self, query: str) -> bytes:
        """A ListResponse; the same question gets the same bytes until something changes."""
        if query not in self._pages:
            self._pages[query] = self._page(dict(parse_qsl(query)))
        return self._pages[query]

    def _page(self, params: dict[str, str]) -> bytes:
        self._order = self._order or list(self.documents)
        found = self._selected(params["filter"]) if "filter" in params else self._order
        start = max(1, int(params.get("startIndex", 1)))
        count = min(LARGEST_PAGE, max(0, int(params.get("count", LARGEST_PAGE))))
        shown = found[start - 1 : start - 1 + count]
        if "attributes" in params or "excludedAttributes" in params:
            bodies = [json.dumps(_projected(self.documents[one], params)).encode() for one in shown]
        else:
            bodies = [self._encoded[one] for one in shown]
        return (
            b'{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":%d,"startIndex":%d,'
            b'"itemsPerPage":%d,"Resources":[%s]}' % (len(found), start, len(bodies), b",".join(bodies))
        )

    def _selected(self, text: str) -> list[str]:
        found = _FILTER.fullmatch(text)
        if found is None:
            raise Refused(400, "invalidFilter", "only one eq, sw or co is understood here")
        path, verb, wanted = found[1].rpartition(":")[2], found[2].lower(), json.loads(found[3])
        index = {self.name: self.by_name, "externalId": self.by_external_id, "id": dict.fromkeys(self.documents)}
        if verb == "eq" and path in index:
            key = wanted.lower() if path == self.name else wanted
            if path == "id":
                return [key] if key in self.documents else []
            return [index[path][key]] if key in index[path] else []
        return [key for key, one in self.documents.items() if _holds(_values(one, path.split(".")), verb, wanted)]


def _values(value: Any, path: list[str]) -> list[Any]:
    if isinstance(value, list):
        return [found for one in value for found in _values(one, path)]
    if not path:
        return [value.get("value")] if isinstance(value, dict) else [value]
    return _values(value.get(path[0]), path[1:]) if isinstance(value, dict) and path[0] in value else []


def _holds(values: list[Any], verb: str, wanted: Any) -> bool:
    if verb == "eq":
        return wanted in values
    texts = [value for value in values if isinstance(value, str)]
    return any(text.startswith(wanted) if verb == "sw" else wanted in text for text in texts)


def _projected(document: Document, params: dict[str, str]) -> Document:
    always = {"schemas", "id"}
    if "attributes" in params:
        wanted = {name.rpartition(":")[2].partition(".")[0] for name in params["attributes"].split(",")}
        return {name: value for name, value in document.items() if name in wanted | always or name.startswith("urn:")}
    unwanted = set(params["excludedAttributes"].split(",")) - always
    return {name: value for name, value in document.items() if name not in unwanted}


class Directory:
    """Users and groups in memory. base: the address under which it is reached. bulk: whether /Bulk is offered."""

    def __init__(self, base: str, *, bulk: bool = False) -> None:
        self._base = base
        self._kinds = {endpoint: Kind(endpoint) for endpoint in _NAMES}
        self._issued = 0
        self._bulk = bulk

    def answer(self, method: str, target: str, body: bytes) -> Answer:
        """The answer to a request. target: path below the base, and query."""
        try:
            return self._answer(method, target, body)
        except Refused as refused:
            error = {
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
                "status": str(refused.status),
                "detail": str(refused),
            }
            if refused.scim_type:
                error["scimType"] = refused.scim_type
            return refused.status, json.dumps(error).encode(), ""

    def _answer(self, method: str, target: str, body: bytes) -> Answer:
        path, _mark, query = target.partition("?")
        kind = self._kinds.get(path)
        if kind is not None:
            if method == "POST":
                return self._create(kind, body)
            if method == "GET":
                return 200, kind.page(query), ""
            raise Refused(405)
        endpoint, _slash, resource_id = path.rpartition("/")
        kind = self._kinds.get(endpoint)
        if kind is not None:
            if resource_id not in kind.documents:
                raise Refused(404, "", f"no {kind.type} {resource_id}")
            return self._existing(kind, method, resource_id, query, body)
        if (method, path) == ("GET", "/ServiceProviderConfig"):
            return 200, self._config(), ""
        if (method, path) == ("POST", "/Bulk") and self._bulk:
            return self._in_bulk(body)
        raise Refused(404, "", f"nothing at {path}")

    def _create(self, kind: Kind, body: bytes) -> Answer:
        document = json.loads(body)
        self._issued += 1
        resource_id = f"{self._issued:08d}"
        location = f"{self._base}{kind.endpoint}/{resource_id}"
        added = b'{"id":"%s","meta":{"resourceType":"%s","location":"%s"},' % (
            resource_id.encode(),
            kind.type.encode(),
            location.encode(),
        )
        document.update(json.loads(added[:-1] + b"}"))
        encoded = added + body.strip()[1:]
        if b'"password"' in body or b'"meta"' in body or b'"id"' in body:  # who sent it does not decide what is told
            document.pop("password", None)
            encoded = None
        return 201, kind.keep(resource_id, document, encoded), location

    def _existing(self, kind: Kind, method: str, resource_id: str, query: str, body: bytes) -> Answer:
        if method == "GET":
            params = dict(parse_qsl(query))
            if "attributes" in params or "excludedAttributes" in params:
                return 200, json.dumps(_projected(kind.documents[resource_id], params)).encode(), ""
            return 200, kind.one(resource_id), ""
        if method == "DELETE":
            kind.forget(resource_id)
            for group in self._kinds["/Groups"].documents.values():
                members = group.get("members", ())
                if any(member["value"] == resource_id for member in members):
                    self._change(self._kinds["/Groups"], group["id"], [_without(resource_id)])
            return 204, b"", ""
        if method == "PATCH":
            self._change(kind, resource_id, json.loads(body)["Operations"])
            return 204, b"", ""
        if method == "PUT":
            old = kind.documents[resource_id]
            document = {**json.loads(body), "id": resource_id, "meta": old["meta"]}
            document.pop("password", None)
            return 200, self._replace(kind, resource_id, document), ""
        raise Refused(405)

    def _change(self, kind: Kind, resource_id: str, operations: list[Document]) -> None:
        document = json.loads(kind.one(resource_id))
        try:
            patch(document, operations)
        except NoTarget as problem:
            raise Refused(400, "noTarget", str(problem)) from None
        document.pop("password", None)
        self._replace(kind, resource_id, document)

    def _replace(self, kind: Kind, resource_id: str, document: Document) -> bytes:
        old = kind.documents[resource_id]
        place = {key: None for key in (kind.name, "externalId") if old.get(key) != document.get(key)}
        if kind.name in place:
            name = str(document.get(kind.name, "")).lower()
            if kind.by_name.get(name, resource_id) != resource_id:
                raise Refused(409, "uniqueness", f"{kind.name} is taken")
            kind.by_name.pop(str(old[kind.name]).lower(), None)
        if "externalId" in place:
            kind.by_external_id.pop(old.get("externalId", ""), None)
        return kind.keep(resource_id, document)

    def _in_bulk(self, body: bytes) -> Answer:
        """RFC 7644 section 3.7, for operations whose bulkIds are made before they are named."""
        if len(body) > LARGEST_PAYLOAD:
            raise Refused(413, "tooLarge", f"more than {LARGEST_PAYLOAD} bytes")
        operations = json.loads(body)["Operations"]
        if len(operations) > LARGEST_BULK:
            raise Refused(413, "tooMany", f"more than {LARGEST_BULK} operations")
        made: dict[str, str] = {}
        answers = []
        for operation in operations:
            data = json.dumps(operation.get("data", {})).encode()
            data = _BULK_ID.sub(lambda found: json.dumps(made.get(found[1].decode(), found[0].decode())).encode(), data)
            path = re.sub(r"bulkId:([^/]+)", lambda found: made.get(found[1], found[0]), operation["path"])
            status, content, location = self.answer(operation["method"], path, data)
            answered = {"method": operation["method"], "status": str(status), "location": location or self._base + path}
            if operation.get("bulkId"):
                answered["bulkId"] = operation["bulkId"]
                made[operation["bulkId"]] = location.rpartition("/")[2]
            if status >= 400:
                answered["response"] = json.loads(content)
            answers.append(answered)
        said = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"], "Operations": answers}
        return 200, json.dumps(said).encode(), ""

    def _config(self) -> bytes:
        offered = {"supported": self._bulk, "maxOperations": LARGEST_BULK, "maxPayloadSize": LARGEST_PAYLOAD}
        config = {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
            "patch": {"supported": True},
            "bulk": offered,
            "filter": {"supported": True, "maxResults": LARGEST_PAGE},
            "changePassword": {"supported": False},
            "sort": {"supported": False},
            "etag": {"supported": False},
            "authenticationSchemes": [],
        }
        return json.dumps(config).encode()


def _without(resource_id: str) -> Document:
    return {"op": "remove", "path": f'members[value eq "{resource_id}"]'}
