# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A company on a service, to which an accident happens: nobody may be gone, locked out or out of a group afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sandbox
from tests.in_process import Result, run, time_flies

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PEOPLE, TEAMS = 43, 4

Entry = dict[str, Any]


def people(numbers: range = range(PEOPLE)) -> list[Entry]:
    """Entries as the source has them on a good day."""
    return [{"external_id": f"hr-{number}", "user_name": f"person{number}@example.com"} for number in numbers]


def teams(numbers: range = range(PEOPLE)) -> list[Entry]:
    """The groups, with those of the numbers as members."""
    return [{"external_id": f"team-{team}", "display_name": f"Team {team}", "members": {"set": _members(team, numbers)}} for team in range(TEAMS)]


def _members(team: int, numbers: range) -> list[str]:
    return [f"hr-{number}" for number in numbers if number % TEAMS == team]


class Company:
    """43 people in 4 teams, all of them active, and what is done to them."""

    def __init__(self, service: sandbox.Running) -> None:
        self.service = service
        users = service.seed(*({"schemas": [USER], "externalId": one["external_id"], "userName": one["user_name"], "active": True} for one in people()))
        ids = {user["externalId"]: user["id"] for user in users}
        service.seed(
            *(
                {
                    "schemas": [GROUP],
                    "externalId": team["external_id"],
                    "displayName": team["display_name"],
                    "members": [{"value": ids[name]} for name in team["members"]["set"]],
                }
                for team in teams()
            )
        )
        self._before: list[Entry] = []
        self.remember()

    def remember(self) -> None:
        """What is there now is what shall not be harmed."""
        self._before = self.service.stored()

    def ensure(self, *, check: bool = False, **options: Any) -> Result:
        """One task. options: those of scim_directory."""
        self.service.reset_requests()
        with time_flies():
            return run("scim_directory", {"url": self.service.url, "token": self.service.token, "unkept_file": "", **options}, check=check)

    def refuses(self, *words: str, **options: Any) -> Result:
        """The task fails without a write, and its message has these words."""
        result = self.ensure(**options)
        assert result.failed
        for word in words:
            assert word in result["msg"], result["msg"]
        assert self.writes == []
        assert self.service.stored() == self._before
        return result

    def does_nothing(self, **options: Any) -> Result:
        """The task succeeds and finds nothing to do."""
        result = self.ensure(**options)
        assert not result.failed, result["msg"]
        assert (result.changed, self.writes) == (False, [])
        return result

    @property
    def writes(self) -> list[str]:
        """The requests that may have changed something."""
        return [f"{one['method']} {one['path']}" for one in self.service.requests()["requests"] if one["method"] != "GET"]

    def resource(self, name: str) -> Entry:
        """The user or group with a name, in whatever letter case."""
        (found,) = [one for one in self.service.stored() if str(one.get("userName") or one["displayName"]).casefold() == name.casefold()]
        return found

    def check_nobody_is_harmed(self) -> None:
        """Everybody has the id, the right to sign in and the memberships that they had."""
        assert self._before
        now = {one["id"]: one for one in self.service.stored()}
        for before in self._before:
            after = now.get(before["id"])
            assert after is not None, f"{_name(before)} is gone"
            assert after.get("active") == before.get("active"), f"{_name(before)} was locked out"
            lost = _values(before) - _values(after)
            assert not lost, f"{_name(before)} lost {len(lost)} members"


def _name(resource: Entry) -> str:
    return str(resource.get("userName") or resource.get("displayName"))


def _values(group: Entry) -> set[str]:
    return {member["value"] for member in group.get("members") or ()}


@contextmanager
def company(**options: Any) -> Iterator[Company]:
    """options: those of sandbox.running."""
    with sandbox.running(**options) as service:
        yield Company(service)
