# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is true on the service, read with scim2-client: none of the collection's code takes part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import httpx2
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import SearchRequest


class Truth(NamedTuple):
    """active: of each externalId. groups: the externalIds of the members, by the group's name. names: by externalId."""

    active: dict[str, bool]
    groups: dict[str, list[str]]
    names: dict[str, str]

    def is_as(self, wanted: Mapping[str, Iterable[str]], gone: Iterable[str] = ()) -> bool:
        """Whether everybody is there once, active and in exactly these groups, but those who have left, who are inactive and in none.

        wanted: the names of the groups, by externalId.
        """
        left = set(gone)
        found = {key: {name for name, members in self.groups.items() if key in members} for key in self.active}
        doubled = [name for name, members in self.groups.items() if len(set(members)) != len(members)]
        groups = {key: set() if key in left else set(names) for key, names in wanted.items()}
        return not doubled and self.active == {key: key not in left for key in wanted} and found == groups


def look(url: str, token: str) -> Truth:
    """Read every user and every group."""
    with httpx2.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, trust_env=False) as http:
        client = SyncSCIMClient(http)
        client.discover()
        users = {user.id: user for user in _all(client, "User")}
        groups = list(_all(client, "Group"))
    people = {user.external_id: user for user in users.values()}
    if len(people) != len(users):
        raise SystemExit("Two users have the same externalId.")
    return Truth(
        active={key: bool(user.active) for key, user in people.items()},
        groups={group.display_name: [users[one.value].external_id for one in group.members or []] for group in groups},
        names={key: user.user_name for key, user in people.items()},
    )


def _all(client: SyncSCIMClient, kind: str) -> Iterator[Any]:
    """Page by page. A page that brings nothing ends it."""
    model, start = client.get_resource_model(kind), 1
    while True:
        page = client.query(model, query_parameters=SearchRequest(start_index=start, count=100))
        if not page.resources:
            return
        yield from page.resources
        start += len(page.resources)
        if start > page.total_results:
            return
