# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where somebody is in their time here, at one instant: worked out from status and dates, each in the person's own time zone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from .person import Phase
from .settings import Settings


def phase_of(source: Mapping[str, str], instant: datetime, settings: Settings) -> Phase:
    """The phase of a record's ``source`` at an instant. Raises Unclear (an InvalidInput) if none follows from it."""
    raise NotImplementedError


def doubts(source: Mapping[str, str], phase: Phase, settings: Settings) -> list[str]:
    """In what the status differs from the dates, which count."""
    raise NotImplementedError
