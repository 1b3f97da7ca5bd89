# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The name that was probably meant by one that does not exist."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, names: Iterable[str]) -> str:
    """The one that was probably meant by a name that is none of them, also by one of SCIM's; empty if none is near."""
    return next(iter(difflib.get_close_matches(_snake_case(name), list(names), 1)), "")


def meant(name: str, names: Iterable[str]) -> str:
    """``; did you mean user_name?`` for the end of a sentence, empty if none is near."""
    near = nearest(name, names)
    return f"; did you mean {near}?" if near else ""


def _snake_case(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
