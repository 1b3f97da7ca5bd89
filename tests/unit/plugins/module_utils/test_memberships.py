# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The groups of a person on services that show members in unusual ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.answer import Answer
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.scim import ScimService
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.throttle import Clock, Gate
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import ServerError
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.profiles import Capabilities
from ansible_collections.identityops.lifecycle.plugins.module_utils.inquiry.memberships import (
    Memberships,
    memberships_of,
    person_named,
)

ADA = "AAAAAAAA-0000-4000-8000-00000000000A"


class Wire:
    """A service without filters. alone: what a single group shows beyond the list of groups."""

    def __init__(self, groups: list[dict[str, Any]], user: dict[str, Any], alone: Mapping[str, Any]) -> None:
        self.gate = Gate(Clock(), 60)
        self.read_only = True
        self.groups = groups
        self.users = [{"id": ADA, "userName": "ada@example.com", **user}]
        self.alone = alone

    def request(self, method: str, path: str, *, params: Any = None, **_: Any) -> Answer:
        dummy, kind, *wanted = path.split("/")
        if (params or {}).get("filter") or kind not in ("Users", "Groups"):
            raise ServerError(method, path, 501, "not supported")
        found = self.users if kind == "Users" else self.groups
        if not wanted:
            return Answer(200, {}, {"totalResults": len(found), "Resources": found})
        one = next((body for body in found if body["id"] == wanted[0]), None)
        if one is None:
            raise ServerError(method, path, 404, "")
        return Answer(200, {}, {**one, **(self.alone if kind == "Groups" else {})})


def asked(groups: list[dict[str, Any]], user: Mapping[str, Any] | None = None, alone: Mapping[str, Any] | None = None) -> Memberships:
    service = ScimService(Wire(groups, dict(user or {}), alone or {}), Capabilities())  # type: ignore[arg-type]
    return memberships_of(service, person_named(service, "id:" + ADA))


def ids(found: Memberships) -> list[str]:
    return [group.id for group in found.groups]


OTHER = {"id": "other", "members": [{"value": "somebody"}]}


@pytest.mark.parametrize(
    "member",
    [
        {"value": ADA},
        {"value": ADA.lower()},
        {"Value": ADA},
        ADA,
        {"value": "Ada@Example.com"},
        {"value": "17", "$ref": f"https://example.com/scim/v2/Users/{ADA}"},
        {"value": ADA, "type": "User"},
    ],
)
def test_a_member_is_recognized(member: Any) -> None:
    found = asked([OTHER, {"id": "g", "Members": [member]}])
    assert (ids(found), found.unverifiable) == (["g"], False)


def test_a_single_member_may_come_bare() -> None:
    assert ids(asked([{"id": "g", "members": {"value": ADA}}])) == ["g"]


@pytest.mark.parametrize("member", [{"value": ADA, "type": "Group"}, {"value": ADA, "$ref": f"../Groups/{ADA}"}])
def test_a_group_with_the_id_of_the_user_is_not_the_user(member: Any) -> None:
    found = asked([OTHER, {"id": "g", "members": [member]}])
    assert (ids(found), found.unverifiable) == ([], False)


def test_members_without_ids_prove_nothing() -> None:
    assert asked([OTHER, {"id": "g", "members": [{"display": "Ada"}]}]).unverifiable


def test_a_list_that_leaves_members_out_is_read_group_by_group() -> None:
    found = asked([{"id": "g"}, {"id": "h", "members": []}], alone={"members": [{"value": ADA}]})
    assert (ids(found), found.unverifiable) == (["g", "h"], False)


def test_groups_that_are_all_empty_prove_nothing() -> None:
    found = asked([{"id": "g", "members": []}, {"id": "h"}])
    assert (ids(found), found.unverifiable) == ([], True)


def test_what_the_user_says_is_added_where_groups_say_nothing() -> None:
    user = {"groups": [{"value": "g"}, {"value": "gone", "display": "Gone"}, {"value": "h", "type": "indirect"}]}
    found = asked([{"id": "g"}, {"id": "h"}], user)
    assert (ids(found), found.unverifiable, found.read_from) == (["g", "gone"], True, ["groups", "user"])
    assert found.groups[1].body["displayName"] == "Gone"


def test_what_the_user_says_is_direct_is_never_passed_over() -> None:
    user = {"groups": [{"value": "g", "type": "direct"}, {"value": "other"}]}
    found = asked([OTHER, {"id": "g"}], user)
    assert (ids(found), found.unverifiable) == (["g"], False)
