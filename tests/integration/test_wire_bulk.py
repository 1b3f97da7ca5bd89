# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every Bulk request that is sent when the lives of tests.integration.lives go by Bulk, judged by scim2-models.

It has to be valid as a whole, and so has what is in it: as the request that it would be alone, but that references to those
who are made in the same request stand where ids are (RFC 7644 section 3.7.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from scim2_models import BulkRequest, Context, PatchOp

import sandbox
from tests.in_process import run, time_flies
from tests.integration.directory_company import OPTIONS
from tests.integration.directory_company import STEPS as OF_A_COMPANY
from tests.integration.test_wire import ALL, MODELS, PATCH_SCHEMA

SINGLE = {"scim_user": "users", "scim_group": "groups"}
CONTEXTS = {"POST": Context.RESOURCE_CREATION_REQUEST, "PUT": Context.RESOURCE_REPLACEMENT_REQUEST}
REQUEST = BulkRequest[MODELS["Users"] | MODELS["Groups"]]

Body = dict[str, Any]


def tasks() -> Iterator[Body]:
    """The lives, each step a task about one, and the company, whose people refer to each other."""
    for step in ALL:
        yield {SINGLE[step.module]: [step.options]} if step.module in SINGLE else step.options
    for step in OF_A_COMPANY:
        yield {**OPTIONS, **step.options}


@pytest.fixture(scope="module", params=["full", "cursor"])
def requests(request: pytest.FixtureRequest) -> list[Body]:
    """All Bulk requests to one service, in order."""
    with sandbox.running(profile=request.param) as service, time_flies():
        for options in tasks():
            run("scim_directory", {"url": service.url, "token": service.token, "unkept_file": "", **options, "bulk": "always"})
        entries = service.requests()["requests"]
    found = [entry["body"] for entry in entries if entry["path"].endswith("/Bulk")]
    assert len(found) >= len(ALL) - 2, "each step but two writes"
    return found


@pytest.fixture
def operations(requests: list[Body]) -> list[Body]:
    return [operation for body in requests for operation in body["Operations"]]


def test_a_request_is_valid(requests: list[Body]) -> None:
    for body in requests:
        REQUEST.model_validate(body, scim_ctx=Context.BULK_REQUEST)


def test_it_holds_what_it_has_to_hold_and_nothing_else(requests: list[Body]) -> None:
    """RFC 7644 section 3.7: a bulkId is there for POST, and unique; failOnErrors would keep others from being done."""
    for body in requests:
        assert set(body) == {"schemas", "Operations"}
        assert body["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"]
        bulk_ids = [operation["bulkId"] for operation in body["Operations"] if operation["method"] == "POST"]
        assert len(set(bulk_ids)) == len(bulk_ids)
        for operation in body["Operations"]:
            wanted = {"POST": {"method", "path", "bulkId", "data"}, "DELETE": {"method", "path"}}.get(operation["method"], {"method", "path", "data"})
            assert set(operation) - {"version"} == wanted
            assert operation["path"].startswith(("/Users", "/Groups"))


def test_data_are_valid_as_if_they_were_sent_alone(operations: list[Body]) -> None:
    methods = set()
    for operation in operations:
        method, kind = operation["method"], operation["path"].split("/")[1]
        model = MODELS[kind]
        methods.add((method, kind))
        if method == "PATCH":
            PatchOp[model].model_validate(operation["data"], scim_ctx=Context.RESOURCE_PATCH_REQUEST)
            assert operation["data"]["schemas"] == [PATCH_SCHEMA]
        elif method != "DELETE":
            model.model_validate(operation["data"], scim_ctx=CONTEXTS[method])
    assert methods >= {(method, kind) for method in ("POST", "PATCH", "DELETE") for kind in ("Users", "Groups")}


def test_a_reference_is_to_one_who_is_made_before_in_the_same_request(requests: list[Body]) -> None:
    found = 0
    for body in requests:
        made: set[str] = set()
        for operation in body["Operations"]:
            named = set(references(operation.get("data")))
            assert named <= made, operation
            found += len(named)
            made |= {operation["bulkId"]} if "bulkId" in operation else set()
    assert found >= 5


def references(value: Any) -> Iterator[str]:
    """The bulkIds that are referred to, at whatever depth."""
    if isinstance(value, str) and value.startswith("bulkId:"):
        yield value.removeprefix("bulkId:")
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from references(inner)
