# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ssosync (https://github.com/awslabs/ssosync): logrus lines, as text or JSON.

It says what it is going to do, and when that failed; it never says that something succeeded. So what is announced is ``attempted``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..event import Fields
from ..phrases import person_in
from ..statuses import ATTEMPTED, FAILURE, WARNING, status_of_level
from . import plain

_MESSAGES = {
    f"{beginning}{verb} {noun}"
    for beginning in ("", "error ")
    for verb in ("creating", "updating", "deleting", "upating")
    for noun in ("user", "group", "google user", "group in aws")
}
_MESSAGES |= {"adding user to group", "removing user from group", "user already exists"}


def knows(record: Mapping[str, Any]) -> bool:
    """Whether a record is one of these."""
    return "time" in record and "level" in record and message(record) in _MESSAGES


def message(record: Mapping[str, Any]) -> str:
    """The message of a record in lower case."""
    said = record.get("msg")
    return said.strip().lower() if isinstance(said, str) else ""


def fields(record: Mapping[str, Any]) -> Fields | None:
    """What a line tells. Groups stand under ``group`` or ``Name``, users under ``user`` or ``email``, some as a dump of Go."""
    said = message(record)
    exists = said == "user already exists"
    told = plain.fields({**record, "action": "user.create"} if exists else {**record, "msg": said.replace("upating", "updating")})
    if told is None:
        return None
    failed = said.startswith(("error ", "failed ")) or status_of_level(record.get("level")) == FAILURE
    found = {**told, "status": WARNING if exists else FAILURE if failed else ATTEMPTED, "detail": record.get("error") or record.get("msg")}
    if exists:  # it goes on after the service's 409
        found.update(error_code="409", scim_type="uniqueness")
    elif not failed:
        found["error_code"] = None
    if str(found["action"]).startswith("group.") and not found.get("group"):
        found["group"] = record.get("Name")
    user = found.get("user")
    if isinstance(user, str) and user[:1] in ("&", "{"):
        found["user"] = person_in(user, "user") or user
    return found
