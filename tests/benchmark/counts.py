# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How many requests each task costs, exactly. tests/benchmark/test_requests.py asserts it, docs/performance.md shows it.

By scenario, on the sandbox's profiles in the order of PROFILES.
"""

from __future__ import annotations

PROFILES = ("full", "minimal", "cursor")

COUNTS: dict[str, tuple[str, str, str]] = {
    "user, nothing to do, by external_id": ("1 GET", "3 GET", "1 GET"),
    "user, nothing to do, by user_name": ("1 GET", "3 GET", "1 GET"),
    "user, nothing to do, by id": ("1 GET", "1 GET", "1 GET"),
    "user, nothing to do, manager named": ("2 GET", "4 GET", "2 GET"),
    "user, nothing to do, already absent": ("3 GET", "4 GET", "3 GET"),
    "user, created": ("5 GET, 1 POST", "4 GET, 1 POST", "7 GET, 1 POST"),
    "user, updated": ("3 GET, 1 PATCH", "5 GET, 1 PUT", "3 GET, 1 PATCH"),
    "user, updated, by id": ("3 GET, 1 PATCH", "4 GET, 1 PUT", "3 GET, 1 PATCH"),
    "user, deactivated": ("3 GET, 1 PATCH", "5 GET, 1 PUT", "3 GET, 1 PATCH"),
    "user, deleted": ("3 GET, 1 DELETE", "4 GET, 1 DELETE", "3 GET, 1 DELETE"),
    "group, nothing to do": ("1 GET", "3 GET", "1 GET"),
    "group, nothing to do, one member named": ("2 GET", "6 GET", "2 GET"),
    "group, created with two members": ("6 GET, 1 POST", "7 GET, 1 POST", "7 GET, 1 POST"),
    "group, one member added": ("4 GET, 1 PATCH", "8 GET, 1 PUT", "4 GET, 1 PATCH"),
    "group, one member removed": ("4 GET, 1 PATCH", "8 GET, 1 PUT", "4 GET, 1 PATCH"),
    "group, 250 members set": ("17 GET, 1 PATCH", "10 GET, 1 PUT", "67 GET, 1 PATCH"),
    "group of 1,000, nothing to do": ("1 GET", "3 GET", "1 GET"),
    "group of 1,000, nothing to do, one member named": ("2 GET", "15 GET", "2 GET"),
    "group, deleted": ("3 GET, 1 DELETE", "4 GET, 1 DELETE", "3 GET, 1 DELETE"),
    "directory of 50 users, nothing to do": ("2 GET", "2 GET", "14 GET"),
    "directory of 50 users, all updated, one by one": ("3 GET, 50 PATCH", "53 GET, 50 PUT", "27 GET, 50 PATCH"),
    "directory of 50 users, all updated, in Bulk": ("3 GET, 1 POST", "53 GET, 50 PUT", "27 GET, 10 POST"),
    "directory of 50 users, all created, one by one": ("4 GET, 50 POST", "3 GET, 50 POST", "16 GET, 50 POST"),
    "directory of 50 users, all created, in Bulk": ("4 GET, 1 POST", "3 GET, 50 POST", "16 GET, 10 POST"),
    "one user read, by external_id": ("1 GET", "3 GET", "1 GET"),
    "one user read, by id": ("1 GET", "1 GET", "1 GET"),
    "all 50 users read": ("2 GET", "2 GET", "14 GET"),
    "one group read": ("1 GET", "3 GET", "1 GET"),
    "one group read with the names of 10 members": ("2 GET", "13 GET", "4 GET"),
    "the groups of one user read": ("3 GET", "7 GET", "3 GET"),
    "the service read": ("5 GET", "5 GET", "5 GET"),
    "the service probed": (
        "15 GET, 1 DELETE, 2 PATCH, 1 POST",
        "13 GET, 1 DELETE, 1 POST, 2 PUT",
        "15 GET, 1 DELETE, 2 PATCH, 1 POST",
    ),
}
