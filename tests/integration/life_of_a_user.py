# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that happens to a user, from joining to leaving."""

from __future__ import annotations

from sandbox.profiles import STAFF
from tests.integration.lives import ENTERPRISE, Step, entries

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
            "phone_numbers": [
                {"value": "+44 20 7946 0001", "type": "work"},
                {"value": "+44 7700 900001", "type": "mobile"},
            ],
            "ims": [{"value": "ada", "type": "xmpp"}],
            "photos": [{"value": "https://example.com/ada.png", "type": "photo"}],
            "addresses": [
                {
                    "type": "work",
                    "street_address": "12 St James's Square",
                    "locality": "London",
                    "postal_code": "SW1Y 4JH",
                    "country": "GB",
                }
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
                {"value": "ada@example.com", "type": "work", "primary": True},
                {"value": "ada@home.example", "type": "home"},
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
        {
            "external_id": "1815",
            "user_name": "lovelace@example.com",
            "name": {"family_name": "Lovelace", "formatted": "Ada Lovelace"},
        },
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
    Step(
        "Ada is gone", "scim_user", {"external_id": "1815", "state": "absent"}, "lovelace@example.com", None
    ),
]

# Attributes of a schema that no RFC knows.
OF_OWN_ATTRIBUTES = [
    Step(
        "Eve joins with a badge",
        "scim_user",
        {
            "external_id": "2001",
            "user_name": "eve@example.com",
            "emails": [{"value": "eve@example.com", "primary": True}],
            "department": "Engines",
            "extensions": {STAFF: {"badge": "A-17", "shift": "late", "locker": {"floor": 2, "number": "7"}}},
        },
        "eve@example.com",
        {
            "userName": "eve@example.com",
            "externalId": "2001",
            "active": True,
            "emails": entries({"value": "eve@example.com", "primary": True}),
            f"{ENTERPRISE}:department": "Engines",
            f"{STAFF}:badge": "A-17",
            f"{STAFF}:shift": "late",
            f"{STAFF}:locker": {"floor": 2, "number": "7"},
        },
    ),
    Step(
        "Eve gets another badge",
        "scim_user",
        {
            "external_id": "2001",
            "user_name": "eve@example.com",
            "extensions": {STAFF: {"badge": "B-1", "shift": None}},
        },
        "eve@example.com",
        {f"{STAFF}:badge": "B-1", f"{STAFF}:shift": None},
    ),
]
