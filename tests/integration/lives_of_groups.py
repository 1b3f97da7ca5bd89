# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that happens to a group, and to a group in a group."""

from __future__ import annotations

from tests.integration.lives import Step, entries

ADA = Step(
    "Ada is there",
    "scim_user",
    {
        "external_id": "1815",
        "user_name": "ada@example.com",
        "emails": [{"value": "ada@example.com", "primary": True}],
    },
    "ada@example.com",
    {
        "userName": "ada@example.com",
        "externalId": "1815",
        "active": True,
        "emails": entries({"value": "ada@example.com", "primary": True}),
    },
)

OF_GROUPS = [
    ADA,
    Step(
        "The group is made",
        "scim_group",
        {"external_id": "g-1", "display_name": "Engines", "members": {"add": ["ada@example.com", "1906"]}},
        "Engines",
        {
            "displayName": "Engines",
            "externalId": "g-1",
            "members": frozenset({"ada@example.com", "grace@example.com"}),
        },
    ),
    Step(
        "Hal joins",
        "scim_group",
        {"display_name": "Engines", "members": {"add": ["1968", "ada@example.com"]}},
        "Engines",
        {"members": frozenset({"ada@example.com", "grace@example.com", "hal@example.com"})},
    ),
    Step(
        "Grace leaves",
        "scim_group",
        {"external_id": "g-1", "members": {"remove": ["grace@example.com", "nobody@example.com"]}},
        "Engines",
        {"members": frozenset({"ada@example.com", "hal@example.com"})},
    ),
    Step(
        "Grace and Hal and nobody else",
        "scim_group",
        {"external_id": "g-1", "members": {"set": ["grace@example.com", "hal@example.com"]}},
        "Engines",
        {"members": frozenset({"grace@example.com", "hal@example.com"})},
    ),
    Step(
        "The group is renamed",
        "scim_group",
        {"external_id": "g-1", "display_name": "Analytical Engines"},
        "Analytical Engines",
        {"displayName": "Analytical Engines"},
    ),
    Step(
        "Nobody is in the group",
        "scim_group",
        {"external_id": "g-1", "members": {"set": []}},
        "Analytical Engines",
        {"members": None},
    ),
    Step(
        "The group is gone",
        "scim_group",
        {"external_id": "g-1", "state": "absent"},
        "Analytical Engines",
        None,
    ),
]

OF_NESTED_GROUPS = [
    Step(
        "A group is made",
        "scim_group",
        {"display_name": "Engines", "members": {"add": ["hal@example.com"]}},
        "Engines",
        {"displayName": "Engines", "members": frozenset({"hal@example.com"})},
    ),
    Step(
        "Another group is made",
        "scim_group",
        {"display_name": "Everybody", "members": {"add": ["grace@example.com"]}},
        "Everybody",
        {"displayName": "Everybody", "members": frozenset({"grace@example.com"})},
    ),
    Step(
        "One group is in the other",
        "scim_group",
        {"display_name": "Everybody", "nested_groups": {"add": ["Engines"]}},
        "Everybody",
        {"members": frozenset({"grace@example.com", "Engines"})},
    ),
    Step(
        "Other people, and the group stays",
        "scim_group",
        {"display_name": "Everybody", "members": {"set": ["hal@example.com"]}},
        "Everybody",
        {"members": frozenset({"hal@example.com", "Engines"})},
    ),
    Step(
        "It is not any more",
        "scim_group",
        {"display_name": "Everybody", "nested_groups": {"remove": ["Engines"]}},
        "Everybody",
        {"members": frozenset({"hal@example.com"})},
    ),
    Step(
        "The other group is gone",
        "scim_group",
        {"display_name": "Everybody", "state": "absent"},
        "Everybody",
        None,
    ),
]
