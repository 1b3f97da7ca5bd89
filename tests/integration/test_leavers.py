# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users who go on services that keep them, or hide them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.scim import ScimService

from tests.integration.scenario import World, company

ABSENT = {"external_id": "1815", "state": "absent"}


def test_who_was_deleted_softly_is_not_changed_by_one_more_delete(tmp_path: Path) -> None:
    """Without a memory nobody can tell that it was done before; but nothing is different afterwards, and that is said."""
    with company(tmp_path / "unkept", "soft_delete") as world:
        for changed in (True, False, False):
            done = world.run("scim_user", ABSENT, forgetful=True)
            assert (done.failed, done.changed, world.applied()) == (False, changed, ["DELETE"] * changed)
            assert [request["method"] for request in done["requests"]] == ["DELETE"]


@pytest.fixture
def hiding(tmp_path: Path) -> Iterator[World]:
    """A service that shows nobody who is inactive, not even by id (Tealium, Atlassian)."""
    original = ScimService.get

    def get(*arguments: Any, **options: Any) -> Any:
        found = original(*arguments, **options)
        return None if found is None or found.body.get("active") is False else found

    with company(tmp_path / "unkept", "409_on_inactive") as world, mock.patch.object(ScimService, "get", get):
        yield world


@pytest.mark.parametrize("mode", ["deactivate", "delete_or_deactivate"])
def test_who_is_hidden_once_inactive_is_absent(hiding: World, mode: str) -> None:
    hiding.service.set_quirks(["409_on_inactive", "no_delete"])
    for changed in (True, False):
        done = hiding.run("scim_user", {**ABSENT, "absent_mode": mode})
        assert (done.failed, done.changed, done["unconverged"]) == (False, changed, []), done.get("msg")
    assert hiding.truth()["ada@example.com"]["active"] is False


def test_who_is_hidden_once_inactive_is_not_created_once_more(hiding: World) -> None:
    options = {"external_id": "1815", "user_name": "ada@example.com", "active": False}
    for writes in (1, 0):
        done = hiding.run("scim_user", options)
        assert (done.failed, done["unverifiable"], hiding.writes()) == (False, ["(existence)"], writes), done.get("msg")
    assert hiding.truth()["ada@example.com"]["active"] is False
