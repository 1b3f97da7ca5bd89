# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a service holds, read by scim2-client: none of the collection's code takes part. In the form of tests.integration.lives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx2
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import SearchRequest

from tests.integration.lives import ENTERPRISE

Portraits = dict[str, dict[str, Any]]

_NOT_OURS = ("id", "meta", "schemas", "groups")
_REFERENCES = ("members", f"{ENTERPRISE}:manager")


class Witness:
    """Reads one service, as often as it is asked."""

    def __init__(self, client: SyncSCIMClient) -> None:
        self._client = client

    def portraits(self) -> Portraits:
        """All users and groups, by userName and displayName."""
        users, groups = list(self._all("User")), list(self._all("Group"))
        return portraits([*users, *groups])

    def _all(self, kind: str) -> Iterator[dict[str, Any]]:
        model, start = self._client.get_resource_model(kind), 1
        while True:
            page = self._client.query(model, query_parameters=SearchRequest(start_index=start))
            yield from (one.model_dump() for one in page.resources or [])
            start += len(page.resources or [])
            if start > page.total_results:
                return


@contextmanager
def witness(url: str, token: str) -> Iterator[Witness]:
    with httpx2.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}) as http:
        client = SyncSCIMClient(http)
        client.discover()
        yield Witness(client)


def portraits(documents: Iterable[Mapping[str, Any]]) -> Portraits:
    """Users and groups in wire form, each by its name and without what the service itself decides."""
    named = {document["id"]: _name(document) for document in documents}
    return {_name(document): portrait(document, named) for document in documents}


def portrait(document: Mapping[str, Any], named: Mapping[str, str]) -> dict[str, Any]:
    """One resource: {wire path: value}, lists as sets, references by name. named: id -> name."""
    flat: dict[str, Any] = {}
    for name, value in document.items():
        if name == "name" or name.startswith("urn:"):
            separator = "." if name == "name" else ":"
            flat.update({f"{name}{separator}{sub}": inner for sub, inner in value.items()})
        elif name not in _NOT_OURS:
            flat[name] = value
    read = {path: _value(path, value, named) for path, value in flat.items()}
    return {path: value for path, value in read.items() if value not in (None, "", frozenset())}


def _value(path: str, value: Any, named: Mapping[str, str]) -> Any:
    if path in _REFERENCES:
        entries = value if isinstance(value, list) else [value]
        names = [
            named.get(entry["value"], entry["value"]) for entry in entries if entry and entry.get("value")
        ]
        return frozenset(names) if isinstance(value, list) else next(iter(names), None)
    if isinstance(value, list):
        # An element that does not say that it is the primary one is not (RFC 7643 section 2.4).
        return frozenset(
            frozenset((k, v) for k, v in entry.items() if v not in (None, False, "")) for entry in value
        )
    return value


def _name(document: Mapping[str, Any]) -> str:
    return str(document.get("userName") or document["displayName"])
