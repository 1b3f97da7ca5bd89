# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every body that is sent during the lives of tests.integration.lives, judged by scim2-models, which knows nothing of us.

It has to be valid for its kind of request. What was accepted is replayed on what was there before: the result has to be what
the life says, and a PATCH that is replayed once more has to change nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from scim2_models import Context, PatchOp

from sandbox.profiles import STAFF, provider
from tests.in_process import run, time_flies
from tests.integration.five_services import NAMES, NODE, started
from tests.integration.life_of_a_user import OF_A_USER, OF_OWN_ATTRIBUTES
from tests.integration.lives import COLLEAGUES, Step
from tests.integration.lives_of_groups import OF_GROUPS, OF_NESTED_GROUPS
from tests.integration.lives_with_odd_names import OF_ODD_NAMES
from tests.integration.npm_servers import available
from tests.integration.portraits import portraits

# From the definitions of RFC 7643 section 8.7.1. (EnterpriseUser of scim2-models wants a manager's $ref, which section 4.3 only
# recommends, and of which no provider says that it wants it.)
MODELS = {kind: provider("full").model_for_endpoint(f"/{kind}") for kind in ("Users", "Groups")}
COMPANY = Step(
    "A company, whoever is there",
    "scim_directory",
    {
        "users": [
            {"user_name": "bob@example.com", "manager": "cy@example.com"},
            {"user_name": "cy@example.com"},
        ],
        "groups": [{"display_name": "Engines", "members": {"add": ["bob@example.com", "1906"]}}],
        "bulk": "never",
    },
    "",
    {},
)
ALL = [*COLLEAGUES, *OF_A_USER, *OF_OWN_ATTRIBUTES, *OF_GROUPS, *OF_NESTED_GROUPS, *OF_ODD_NAMES, COMPANY]

PATCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
READ_ONLY = {"id", "meta", "groups"}

Documents = dict[str, dict[str, Any]]


class Sent:
    """A write of a task, as the journal has it."""

    def __init__(self, service: str, step: Step, entry: Mapping[str, Any]) -> None:
        self.service = service
        self.step = step
        self.method = entry["method"]
        self.body = entry["body"]
        self.accepted = entry["status"] < 300
        kind, dummy, self.id = entry["path"].partition("/v2/")[2].partition("/")
        self.model = MODELS[kind]
        self.made = ""  # the id of what a POST made
        self.after_refusal = False  # whether the service refused another way to say it

    def __str__(self) -> str:
        return f"{self.service}, {self.step.title}: {self.method} {self.body}"


class Task:
    """A task of a life: the resources before it, by id, what it wrote, and the resources after it."""

    def __init__(self, step: Step, before: Documents, sent: list[Sent], after: Documents) -> None:
        self.step = step
        self.before = before
        self.sent = sent
        self.after = after


@pytest.fixture(scope="module", params=NAMES)
def tasks(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Task]:
    """All lives on one service, one after the other."""
    if request.param in NODE and not available():
        pytest.skip("Node.js and npm were not found")
    unkept: Path = tmp_path_factory.mktemp("unkept") / "unkept.json"
    lived = []
    with started(request.param) as service:
        common = {"url": service.url, "token": service.token, "unkept_file": str(unkept)}
        for step in ALL:
            before = {document["id"]: document for document in service.everything()}
            service.forget()
            with time_flies():
                run(step.module, {**common, **step.options})
            after = {document["id"]: document for document in service.everything()}
            sent = [Sent(service.name, step, entry) for entry in service.writes()]
            for number, one in enumerate(sent):
                one.after_refusal = any(not earlier.accepted for earlier in sent[:number])
                if one.method == "POST" and one.accepted:
                    (one.made,) = [
                        new
                        for new in after.keys() - before.keys()
                        if name_of(after[new]) == name_of(one.body)
                    ]
            lived.append(Task(step, before, sent, after))
    return lived


@pytest.fixture
def sent(tasks: list[Task]) -> list[Sent]:
    found = [one for task in tasks for one in task.sent]
    assert len(found) >= len(tasks) - 1, "each step but one writes"
    return found


def name_of(document: Mapping[str, Any]) -> str:
    return document.get("userName") or document["displayName"]


def of(sent: list[Sent], method: str) -> list[Sent]:
    return [one for one in sent if one.method == method]


def test_a_new_resource_is_valid(sent: list[Sent]) -> None:
    for one in of(sent, "POST"):
        one.model.model_validate(one.body, scim_ctx=Context.RESOURCE_CREATION_REQUEST)


def test_a_replacement_is_valid(sent: list[Sent]) -> None:
    for one in of(sent, "PUT"):
        one.model.model_validate(one.body, scim_ctx=Context.RESOURCE_REPLACEMENT_REQUEST)


def test_a_patch_is_valid(sent: list[Sent]) -> None:
    for one in of(sent, "PATCH"):
        PatchOp[one.model].model_validate(one.body, scim_ctx=Context.RESOURCE_PATCH_REQUEST)


def test_a_delete_has_no_body(sent: list[Sent]) -> None:
    assert {one.body for one in of(sent, "DELETE")} == {None}


def test_a_resource_lists_the_schemas_that_it_uses(sent: list[Sent]) -> None:
    for one in of(sent, "POST") + of(sent, "PUT"):
        used = {name for name in one.body if name.startswith("urn:")}
        assert one.body["schemas"][0] == one.model.__schema__, str(one)
        assert used <= set(one.body["schemas"]), str(one)
        assert len(set(one.body["schemas"])) == len(one.body["schemas"]), str(one)


def test_nothing_is_sent_that_the_service_decides(sent: list[Sent]) -> None:
    for one in of(sent, "POST") + of(sent, "PUT"):
        assert not READ_ONLY & set(one.body), str(one)


def test_a_patch_is_said_in_the_strictest_form(sent: list[Sent]) -> None:
    """Lower-case ops and one explicit path an operation; a service need not understand more (RFC 7644 section 3.5.2)."""
    for one in of(sent, "PATCH"):
        assert set(one.body) == {"schemas", "Operations"}, str(one)
        assert one.body["schemas"] == [PATCH_SCHEMA], str(one)
        assert one.body["Operations"], str(one)
        for operation in one.body["Operations"]:
            assert operation["op"] in ("add", "remove", "replace"), str(one)
            assert operation.get("path") or one.after_refusal, str(one)
            assert ("value" in operation) is (operation["op"] != "remove"), str(one)
            assert operation.get("value", "given") not in (None, "", []), f"{one}: this is a remove"
            assert operation["op"] != "remove" or operation["path"] != "members", (
                f"{one}: this removes everybody"
            )


def test_what_was_accepted_makes_of_the_service_what_it_is(tasks: list[Task]) -> None:
    compared = 0
    for task in tasks:
        if not all(is_kept(one) for one in task.sent):
            continue
        compared += 1
        resources = dict(task.before)
        for one in task.sent:
            if one.accepted:
                replay(one, resources)
        assert names_and_values(resources) == names_and_values(task.after), task.step.title
    assert compared > len(tasks) / 2


def is_kept(one: Sent) -> bool:
    """Whether the service stores a resource as it is sent, as far as tests.integration.test_servers knows."""
    if one.method not in ("POST", "PUT"):
        return True
    return one.service != "better_auth" and not (one.service == "scimmy" and STAFF in one.body)


def replay(one: Sent, resources: Documents) -> None:
    """Do to the resources what a request says."""
    if one.method == "DELETE":
        del resources[one.id]
    elif one.method == "PATCH":
        patch = PatchOp[one.model].model_validate(one.body, scim_ctx=Context.RESOURCE_PATCH_REQUEST)
        resource = one.model.model_validate(resources[one.id])
        assert patch.patch(resource) is True, f"{one}: changes nothing"
        resources[one.id] = resource.model_dump()
        assert patch.patch(resource) is False, f"{one}: changes something again"
    else:
        resource_id = one.id or one.made
        resources[resource_id] = {**one.body, "id": resource_id}


def names_and_values(resources: Documents) -> dict[str, dict[str, Any]]:
    """Passwords are not read back."""
    seen = portraits(resources.values())
    return {
        name: {path: value for path, value in portrait.items() if path != "password"}
        for name, portrait in seen.items()
    }
