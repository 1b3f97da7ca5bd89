# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many writes in one request (RFC 7644 section 3.7), and what a service's answer says about each of them.

Services differ in how they answer: results may be missing, in another order, or without a location. What cannot be told
for certain is unknown, never guessed.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote, urlsplit

from .wire import attribute_of
from .writes import Request

BULK_PATH = "/Bulk"
REQUEST_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
REFERENCE = "bulkId:"  # before the bulkId of a POST, it stands for the id that the service will give (section 3.7.2)

_LONGEST_BULK_ID = 32  # characters that are kept free for each POST until its bulkId is known
# A path of HTTP is decoded by every service; a path inside Bulk by some. These mean the same either way (RFC 3986 section 3.3).
_PLAIN_IN_PATHS = re.compile("%(3A|40|21|24|26|27|28|29|2A|2C|3B|3D)")
# What a resource is called in a path: its endpoint in lower case and its id.
_Place = tuple[str, str]


class Batch:
    """One Bulk request that is being filled. failOnErrors is not sent: whatever fails, the others shall be done.

    requests: the writes in it, in order. most_bytes: of the JSON as it is sent.
    """

    def __init__(self, most_operations: int, most_bytes: int) -> None:
        self.requests: list[Request] = []
        self.bulk_ids: list[str] = []  # of each request, "" where it has none
        self.size = len(_json(self.body()))
        self._most_operations = most_operations
        self._most_bytes = most_bytes

    def __len__(self) -> int:
        return len(self.requests)

    def takes(self, requests: Sequence[Request]) -> bool:
        """Whether the requests of one operation still fit. If an empty batch does not take them, no batch will.

        A path that would mean one thing to services that decode it and another to the rest is for single requests.
        """
        if len(self) + len(requests) > self._most_operations or any("%" in _path(request) for request in requests):
            return False
        return self.size + self._bytes(requests, "x" * _LONGEST_BULK_ID) <= self._most_bytes

    def add(self, requests: Sequence[Request], bulk_id: str) -> None:
        """Take the requests of one operation in. bulk_id: for its POST, of which an operation has one at most."""
        self.size += self._bytes(requests, bulk_id)
        self.requests += requests
        self.bulk_ids += [bulk_id if request.method == "POST" else "" for request in requests]

    def body(self) -> dict[str, Any]:
        """The BulkRequest as it is sent."""
        operations = [_operation(request, bulk_id) for request, bulk_id in zip(self.requests, self.bulk_ids)]
        return {"schemas": [REQUEST_SCHEMA], "Operations": operations}

    def _bytes(self, requests: Sequence[Request], bulk_id: str) -> int:
        """How many bytes the requests add: each its own and, except for the first of all, a comma."""
        sizes = [len(_json(_operation(request, bulk_id if request.method == "POST" else ""))) for request in requests]
        return sum(sizes) + len(sizes) - (1 if sizes and not self.requests else 0)


@dataclass(frozen=True)
class Outcome:
    """What became of one request of a batch.

    status: as if it had been sent alone, 0 if the answer does not tell. resource_id, version: "" if they are not told.
    body: the response, if there was one. detail, scim_type: why it was refused, in the service's words.
    """

    status: int = 0
    resource_id: str = ""
    version: str = ""
    body: Any = field(default=None, repr=False)
    detail: str = ""
    scim_type: str = ""


UNKNOWN = Outcome()


def outcomes(batch: Batch, body: Any) -> list[Outcome]:
    """What a BulkResponse says, for each request of the batch in its order."""
    results = attribute_of(body, "Operations")
    results = [item for item in results if isinstance(item, Mapping)] if isinstance(results, (list, tuple)) else []
    found = _created(batch, results)
    ids = {bulk_id: found[n].resource_id for n, bulk_id in enumerate(batch.bulk_ids) if n in found}
    found.update(_others(batch, results, ids))
    return [found.get(n, UNKNOWN) for n in range(len(batch))]


def _created(batch: Batch, results: Iterable[Mapping[str, Any]]) -> dict[int, Outcome]:
    """The outcomes of POST requests by position: only the bulkId tells whose they are (section 3.7.3)."""
    by_id: dict[str, list[Mapping[str, Any]]] = {}
    for result in results:
        if _method(result) in ("", "POST"):
            by_id.setdefault(str(attribute_of(result, "bulkId") or ""), []).append(result)
    asked = Counter(batch.bulk_ids)
    found = {}
    for n, (request, bulk_id) in enumerate(zip(batch.requests, batch.bulk_ids)):
        said = by_id.get(bulk_id, []) if bulk_id and asked[bulk_id] == 1 else []
        if len(said) == 1:
            outcome = _outcome(said[0])
            found[n] = replace(outcome, resource_id=_new_id(request, outcome, said[0]))
    # Two resources cannot have one id, so it is the id of neither, or nobody knows of which.
    times = Counter((batch.requests[n].path, outcome.resource_id) for n, outcome in found.items())
    return {n: o if times[batch.requests[n].path, o.resource_id] == 1 else replace(o, resource_id="") for n, o in found.items()}


def _new_id(request: Request, outcome: Outcome, result: Mapping[str, Any]) -> str:
    """The id of a resource that was made; "" if none is told, or two."""
    if not 200 <= outcome.status < 300:
        return ""
    endpoint = _endpoint(request.path.rsplit("/", 1)[-1])
    places = [_place(attribute_of(result, "location")), _place(attribute_of(attribute_of(outcome.body, "meta"), "location"))]
    ids = {place[1] for place in places if place and place[0] == endpoint}
    shown = attribute_of(outcome.body, "id")
    ids |= {str(shown)} if shown else set()
    return ids.pop() if len(ids) == 1 else ""


def _others(batch: Batch, results: Iterable[Mapping[str, Any]], ids: Mapping[str, str]) -> dict[int, Outcome]:
    """The outcomes of all but POST requests by position: method and place tell whose they are.

    ids: what bulkIds turned out to stand for.
    """
    wanted: dict[_Place, dict[str, list[int]]] = {}  # place -> method -> positions
    for n, request in enumerate(batch.requests):
        place = _place(_path(request)) if request.method != "POST" else None
        if place:
            wanted.setdefault(_resolved(place, ids), {}).setdefault(request.method, []).append(n)
    places: dict[str, list[_Place]] = {}
    for endpoint, name in wanted:
        places.setdefault(name, []).append((endpoint, name))
    said: dict[tuple[_Place, str], list[Outcome]] = {}
    for result in results:
        outcome = _outcome(result)
        meant = [
            (place, method)
            for place in _places_of(result, places, ids)
            for method in wanted.get(place, ())
            if _method(result) in ("", method)
        ]
        if len(meant) == 1:
            known = outcome.status and not meant[0][0][1].startswith(REFERENCE)
            said.setdefault(meant[0], []).append(replace(outcome, resource_id=meant[0][0][1]) if known else outcome)
    found: dict[int, Outcome] = {}
    for place, methods in wanted.items():
        for method, positions in methods.items():
            found.update(_shared(positions, said.get((place, method), [])))
    return found


def _places_of(result: Mapping[str, Any], places: Mapping[str, Sequence[_Place]], ids: Mapping[str, str]) -> Sequence[_Place]:
    """Where a result can belong: its location tells, or without one the resource in its response.

    places: those that there are, by id.
    """
    body = attribute_of(result, "response")
    meta = attribute_of(body, "meta")
    location = attribute_of(result, "location") or attribute_of(meta, "location")
    if location:
        there = _place(location)
        return [_resolved(there, ids)] if there else []
    kind = str(attribute_of(meta, "resourceType") or "").lower()
    return [place for place in places.get(str(attribute_of(body, "id") or ""), ()) if place[0].startswith(kind)]


def _shared(positions: Sequence[int], told: Sequence[Outcome]) -> list[tuple[int, Outcome]]:
    """Requests that look the same to the outside are told apart by nothing, so they have to have had the same fate."""
    if len(positions) > 1:
        told = [replace(outcome, version="", body=None) for outcome in told]
    same = len(told) == len(positions) and all(outcome == told[0] for outcome in told)
    return [(n, told[0]) for n in positions] if same else []


def _outcome(result: Mapping[str, Any]) -> Outcome:
    """What a result says, without regard to whose it is."""
    body = attribute_of(result, "response")
    stated, refusal = attribute_of(result, "status"), _status(attribute_of(body, "status"))
    is_error = refusal >= 400 or _is_error(body)
    status = _status(stated) if stated is not None else refusal if is_error else 0
    if not status or (is_error and status < 400):  # a success that is an error tells nothing
        return UNKNOWN
    if status < 400:
        version = attribute_of(result, "version") or attribute_of(attribute_of(body, "meta"), "version")
        return Outcome(status, "", version if isinstance(version, str) else "", body)
    detail = attribute_of(body, "detail") or attribute_of(stated, "description") or body
    scim_type = attribute_of(body, "scimType")
    texts = [text if isinstance(text, str) else "" for text in (detail, scim_type)]
    return Outcome(status, "", "", body, texts[0], texts[1])


def _status(stated: Any) -> int:
    """An HTTP status: ``"201"``, ``201`` or, as the drafts of SCIM had it, ``{"code": "201"}``; 0 if it is none."""
    if isinstance(stated, Mapping):
        stated = attribute_of(stated, "code")
    if isinstance(stated, bool) or not re.fullmatch("[1-5][0-9][0-9]", str(stated)):
        return 0
    return int(stated)


def _is_error(body: Any) -> bool:
    schemas = attribute_of(body, "schemas")
    return isinstance(schemas, (list, tuple)) and any(str(schema).lower().endswith(":error") for schema in schemas)


def _method(result: Mapping[str, Any]) -> str:
    return str(attribute_of(result, "method") or "").upper()


def _place(address: Any) -> _Place | None:
    """The endpoint and the id at the end of an address, be it absolute or relative; ``None`` if there are none."""
    if not isinstance(address, str):
        return None
    try:
        segments = urlsplit(address).path.rstrip("/").split("/")
    except ValueError:
        return None
    if len(segments) < 2 or not segments[-2] or not segments[-1]:
        return None
    return _endpoint(segments[-2]), unquote(segments[-1])


def _endpoint(segment: str) -> str:
    return unquote(segment).lower()


def _resolved(place: _Place, ids: Mapping[str, str]) -> _Place:
    """A place by the id that a reference turned out to be."""
    endpoint, name = place
    return (endpoint, ids.get(name[len(REFERENCE) :]) or name) if name.startswith(REFERENCE) else place


def _path(request: Request) -> str:
    """The path as it is written inside Bulk."""
    return _PLAIN_IN_PATHS.sub(lambda match: unquote(match[0]), request.path)


def _operation(request: Request, bulk_id: str) -> dict[str, Any]:
    whole = {
        "method": request.method,
        "path": _path(request),
        "bulkId": bulk_id,
        "version": request.version,
        "data": request.body,
    }
    return {name: value for name, value in whole.items() if value not in ("", None)}


def _json(document: Any) -> str:
    """A document as the transport sends it: ASCII, so that characters are bytes."""
    return json.dumps(document, separators=(",", ":"))
