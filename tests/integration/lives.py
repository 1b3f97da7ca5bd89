# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lives: tasks, and what must be true after each, written down by hand.

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


GRACE = {
    "external_id": "1906",
    "user_name": "grace@example.com",
    "emails": [{"value": "grace@example.com", "primary": True}],
}
HAL = {
    "external_id": "1968",
    "user_name": "hal@example.com",
    "emails": [{"value": "hal@example.com", "primary": True}],
}
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
