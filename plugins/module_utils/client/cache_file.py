# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a file lies that tasks remember something in from one run to the next."""

from __future__ import annotations

from pathlib import Path


def expanded(path: str) -> Path | None:
    """The file, ``None`` if there is to be none, or no home to put it in: containers run as users whom nobody knows."""
    try:
        return Path(path).expanduser() if path else None
    except RuntimeError:
        return None
