# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lives of a user and of groups, as tasks and as what must be true after each, written down by hand.

What must be true is in the words of the protocol, and whole: an attribute that no task named has to be as it was. Other
users stand for themselves by userName, groups by displayName, lists are sets.
"""

from __future__ import annotations

from typing import Any, NamedTuple

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


class Step(NamedTuple):
    """A task and its consequence.

    who: the resource that it is about, by the name that it has afterwards. becomes: what is different then, by wire path; None
    says that there is no such attribute any more. A step of which becomes is None makes an end of the resource.
    """

    title: str
    module: str
    options: dict[str, Any]
    who: str
    becomes: dict[str, Any] | None


def entries(*elements: dict[str, Any]) -> frozenset[frozenset[tuple[str, Any]]]:
    """A multi-valued attribute as a set (RFC 7643 section 2.4)."""
    return frozenset(frozenset(element.items()) for element in elements)


GRACE = {"external_id": "1906", "user_name": "grace@example.com", "emails": [{"value": "grace@example.com", "primary": True}]}
HAL = {"external_id": "1968", "user_name": "hal@example.com", "emails": [{"value": "hal@example.com", "primary": True}]}
GRACE_IS = {
    "userName": "grace@example.com",
    "externalId": "1906",
    "active": True,
    "emails": entries({"value": "grace@example.com", "primary": True}),
}
HAL_IS = {
    "userName": "hal@example.com",
    "externalId": "1968",
    "active": True,
    "emails": entries({"value": "hal@example.com", "primary": True}),
}

# Who is there before anything begins.
COLLEAGUES = [
    Step("Grace is there", "scim_user", GRACE, "grace@example.com", GRACE_IS),
    Step("Hal is there", "scim_user", HAL, "hal@example.com", HAL_IS),
]

OF_A_USER = [
    Step(
        "Ada joins",
        "scim_user",
        {
            "external_id": "1815",
            "user_name": "ada@example.com",
            "password": "Analytical-Engine-1",
            "display_name": "Ada Byron",
            "name": {
                "formatted": "The Hon. Ada Augusta Byron",
                "family_name": "Byron",
                "given_name": "Ada",
                "middle_name": "Augusta",
                "honorific_prefix": "The Hon.",
                "honorific_suffix": "of Ockham",
            },
            "nick_name": "Countess",
            "profile_url": "https://example.com/ada",
            "title": "Analyst",
            "user_type": "Employee",
            "preferred_language": "en-GB",
            "locale": "en-GB",
            "timezone": "Europe/London",
            "emails": [
                {"value": "ada@example.com", "type": "work", "primary": True},
                {"value": "ada@home.example", "type": "home"},
            ],
            "phone_numbers": [{"value": "+44 20 7946 0001", "type": "work"}, {"value": "+44 7700 900001", "type": "mobile"}],
            "ims": [{"value": "ada", "type": "xmpp"}],
            "photos": [{"value": "https://example.com/ada.png", "type": "photo"}],
            "addresses": [
                {"type": "work", "street_address": "12 St James's Square", "locality": "London", "postal_code": "SW1Y 4JH", "country": "GB"}
            ],
            "entitlements": [{"value": "punched cards"}],
            "roles": [{"value": "author", "primary": True}],
            "employee_number": "0042",
            "cost_center": "4130",
            "organization": "Babbage & Co",
            "division": "Research",
            "department": "Engines",
            "manager": "grace@example.com",
        },
        "ada@example.com",
        {
            "userName": "ada@example.com",
            "externalId": "1815",
            "active": True,
            "displayName": "Ada Byron",
            "name.formatted": "The Hon. Ada Augusta Byron",
            "name.familyName": "Byron",
            "name.givenName": "Ada",
            "name.middleName": "Augusta",
            "name.honorificPrefix": "The Hon.",
            "name.honorificSuffix": "of Ockham",
            "nickName": "Countess",
            "profileUrl": "https://example.com/ada",
            "title": "Analyst",
            "userType": "Employee",
            "preferredLanguage": "en-GB",
            "locale": "en-GB",
            "timezone": "Europe/London",
            "emails": entries(
                {"value": "ada@example.com", "type": "work", "primary": True}, {"value": "ada@home.example", "type": "home"}
            ),
            "phoneNumbers": entries(
                {"value": "+44 20 7946 0001", "type": "work"}, {"value": "+44 7700 900001", "type": "mobile"}
            ),
            "ims": entries({"value": "ada", "type": "xmpp"}),
            "photos": entries({"value": "https://example.com/ada.png", "type": "photo"}),
            "addresses": entries(
                {
                    "type": "work",
                    "streetAddress": "12 St James's Square",
                    "locality": "London",
                    "postalCode": "SW1Y 4JH",
                    "country": "GB",
                }
            ),
            "entitlements": entries({"value": "punched cards"}),
            "roles": entries({"value": "author", "primary": True}),
            f"{ENTERPRISE}:employeeNumber": "0042",
            f"{ENTERPRISE}:costCenter": "4130",
            f"{ENTERPRISE}:organization": "Babbage & Co",
            f"{ENTERPRISE}:division": "Research",
            f"{ENTERPRISE}:department": "Engines",
            f"{ENTERPRISE}:manager": "grace@example.com",
        },
    ),
    Step(
        "Ada moves",
        "scim_user",
        {"external_id": "1815", "title": "Chief Analyst", "department": "Algorithms", "manager": "1968"},
        "ada@example.com",
        {
            "title": "Chief Analyst",
            f"{ENTERPRISE}:department": "Algorithms",
            f"{ENTERPRISE}:manager": "hal@example.com",
        },
    ),
    Step(
        "Ada's addresses change",
        "scim_user",
        {
            "user_name": "ada@example.com",
            "emails": [
                {"value": "ada.byron@example.com", "type": "work"},
                {"value": "ada@engines.example", "type": "other", "primary": True},
            ],
            "phone_numbers": [{"value": "+44 (7700) 900001", "type": "mobile"}],
        },
        "ada@example.com",
        {
            "emails": entries(
                {"value": "ada.byron@example.com", "type": "work"},
                {"value": "ada@engines.example", "type": "other", "primary": True},
            ),
            "phoneNumbers": entries({"value": "+44 7700 900001", "type": "mobile"}),
        },
    ),
    Step(
        "Ada marries",
        "scim_user",
        {"external_id": "1815", "user_name": "lovelace@example.com", "name": {"family_name": "Lovelace", "formatted": "Ada Lovelace"}},
        "lovelace@example.com",
        {"userName": "lovelace@example.com", "name.familyName": "Lovelace", "name.formatted": "Ada Lovelace"},
    ),
    Step(
        "Ada has less",
        "scim_user",
        {
            "external_id": "1815",
            "title": "",
            "name": {"honorific_suffix": ""},
            "phone_numbers": [],
            "roles": [],
            "cost_center": "",
            "manager": "",
        },
        "lovelace@example.com",
        {
            "title": None,
            "name.honorificSuffix": None,
            "phoneNumbers": None,
            "roles": None,
            f"{ENTERPRISE}:costCenter": None,
            f"{ENTERPRISE}:manager": None,
        },
    ),
    Step(
        "Ada is deactivated",
        "scim_user",
        {"external_id": "1815", "state": "absent", "absent_mode": "deactivate"},
        "lovelace@example.com",
        {"active": False},
    ),
    Step("Ada is back", "scim_user", {"external_id": "1815"}, "lovelace@example.com", {"active": True}),
    Step("Ada is gone", "scim_user", {"external_id": "1815", "state": "absent"}, "lovelace@example.com", None),
]

ADA = Step(
    "Ada is there",
    "scim_user",
    {"external_id": "1815", "user_name": "ada@example.com", "emails": [{"value": "ada@example.com", "primary": True}]},
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
    Step("The group is gone", "scim_group", {"external_id": "g-1", "state": "absent"}, "Analytical Engines", None),
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
        "It is not any more",
        "scim_group",
        {"display_name": "Everybody", "nested_groups": {"remove": ["Engines"]}},
        "Everybody",
        {"members": frozenset({"grace@example.com"})},
    ),
    Step("The other group is gone", "scim_group", {"display_name": "Everybody", "state": "absent"}, "Everybody", None),
]
