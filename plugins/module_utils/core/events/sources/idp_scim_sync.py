# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""idp-scim-sync (https://github.com/slashdevops/idp-scim-sync): lines about batches, as text or JSON, from logrus or Go's slog.

As with ssosync, what is announced is ``attempted``: it writes one line before a batch, at WARN, and an error if that fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..event import Fields
from ..statuses import ATTEMPTED, FAILURE, status_of_level
from ..texts import text
from . import plain
from .ssosync import message

_MESSAGES = {f"{verb} {noun}" for verb in ("creating", "updating", "deleting", "removing") for noun in ("users", "groups")}
_MESSAGES |= {"joining users to groups", "removing users from groups", "creating groups members", "removing groups members"}


def knows(record: Mapping[str, Any]) -> bool:
    """Whether a record is one of these."""
    return "time" in record and "level" in record and message(record) in _MESSAGES


def fields(record: Mapping[str, Any]) -> Fields | None:
    """What a line tells: one event for a batch, with its size or list in the detail."""
    told = plain.fields(record)
    if told is None:
        return None
    failed = status_of_level(record.get("level")) == FAILURE
    size = next((record[name] for name in ("quantity", "users", "groups", "items") if record.get(name) is not None), "")
    said = text(record.get("error")) or " ".join(filter(None, [text(record.get("msg")), text(size)]))
    known = {name: value for name, value in told.items() if name not in ("user", "group") or isinstance(value, str)}
    return {**known, "status": FAILURE if failed else ATTEMPTED, "detail": said}
