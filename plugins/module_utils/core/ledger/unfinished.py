# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""About whom the evidence still waits for a record: what was planned and never told, because the run was killed in between."""

from __future__ import annotations

from .lines import Entry
from .record import PLANNED


class Unfinished:
    """Takes the records of a ledger one by one, and remembers those that are planned, until one tells what came of it.

    plans: by subject, ``{"kind", "folder"}``; folder is what the plan says in ``asked.folder``, "" if it says none.
    """

    def __init__(self) -> None:
        self.plans: dict[str, dict[str, str]] = {}

    def feed(self, entry: Entry) -> None:
        """The next record of the ledger."""
        if entry["stage"] == PLANNED:
            self.plans[entry["subject"]] = {"kind": entry["kind"], "folder": str(entry["asked"].get("folder") or "")}
        else:
            self.plans.pop(entry["subject"], None)
