# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a wish means for the resource as it is, on this service."""

from __future__ import annotations

from ..core.desired import deactivated, password_only_on_create, with_memberships, without
from ..core.errors import InvalidInput
from ..core.plan import Canonical
from ..core.profiles import Capabilities
from .wish import DEACTIVATE, DELETE, Seen, Wish


def goal_of(wish: Wish, known: Capabilities, seen: Seen | None, warnings: list[str]) -> Canonical | None:
    """The wish with memberships worked out and without what this service cannot keep; ``None``: shall not exist."""
    canonical = seen.canonical if seen else None
    if wish.attributes is None:
        if wish.absent == DEACTIVATE:
            return deactivated(canonical)
        if wish.resource.kind == "User" and not known.flag("delete") and seen is not None:
            if wish.absent == DELETE:
                raise InvalidInput("this service does not delete users; use absent_mode: deactivate or delete_or_deactivate")
            return deactivated(canonical)
        return None
    attributes = without(wish.attributes, known.texts("ignored"))
    dropped = sorted(set(wish.attributes) - set(attributes))
    if dropped:
        warnings.append(f"not sent, because this service does not keep it: {', '.join(dropped)}")
    if wish.keep_password:
        attributes = password_only_on_create(attributes, canonical)
    return _with_other_members(wish, with_memberships(attributes, wish.memberships, canonical), canonical)


def _with_other_members(wish: Wish, goal: Canonical, seen: Canonical | None) -> Canonical:
    """Users and nested groups share one list: who is named as the one, must not cost the others their place."""
    others = wish.resource.memberships if wish.memberships else ()
    return {**{option: tuple((seen or {}).get(option) or ()) for option in others}, **goal}
