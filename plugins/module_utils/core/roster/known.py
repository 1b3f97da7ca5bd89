# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The people of the server, as ``known``: users in the words of scim_user_info, found by what does not change first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import InvalidInput
from ..json_values import boolean, is_absent
from .acceptance import digest
from .checks import emails, user_names


@dataclass(frozen=True)
class KnownUser:
    """One user of the server. user_name, addresses: digests, as in ``acceptance``. active: whether they can sign in, as far as is shown."""

    external_id: str
    user_name: str
    addresses: frozenset[str]
    active: bool


@dataclass(frozen=True)
class Known:
    """The users of the server. Make one with ``known``."""

    users: Sequence[KnownUser]
    by_external_id: Mapping[str, KnownUser]
    nameless: Mapping[str, KnownUser]  # by user_name, those without an external_id

    def of(self, external_id: Any) -> KnownUser | None:
        return self.by_external_id.get(str(external_id or ""))


def known(users: Iterable[Any] | None) -> Known | None:
    """Read the option known; ``None`` if it is not given. Raises InvalidInput."""
    if users is None:
        return None
    found = [_user(number, user) for number, user in enumerate(users)]
    return Known(
        found,
        {user.external_id: user for user in found if user.external_id},
        {user.user_name: user for user in found if user.user_name and not user.external_id},
    )


def _user(number: int, user: Any) -> KnownUser:
    if not isinstance(user, Mapping):
        raise InvalidInput(f"known[{number}] is no user; give the users that scim_user_info returns")
    if is_absent(user.get("external_id")) and is_absent(user.get("user_name")):
        raise InvalidInput(f"known[{number}] has neither external_id nor user_name; let scim_user_info return both")
    names = [digest(name) for name in user_names(user)]
    return KnownUser(
        str(user.get("external_id") or ""),
        "".join(names),
        frozenset([*names, *(digest(address) for address in emails(user))]),
        boolean(user.get("active")) is not False,
    )
