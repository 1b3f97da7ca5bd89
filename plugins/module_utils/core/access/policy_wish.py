# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task says of a policy beside its rules, checked before anything is sent: Cloudflare often refuses without a reason.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/policies/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..errors import InvalidInput
from ..json_values import merged_json, without_none
from ..plan import Canonical
from .objects import POLICY, RULE_LISTS

_LONGEST_NAME = 350  # https://developers.cloudflare.com/cloudflare-one/account-limits/
# Both letters that are written as a micro sign are read.
_DURATION = re.compile("0|([0-9]+([.][0-9]+)?(ns|us|\u00b5s|\u03bcs|ms|s|m|h))+")
_MFA_DURATION = re.compile(r"([0-9]+)(m|h)")
_MOST_MFA_HOURS = 720
_NESTED = ("mfa_config", "connection_rules")


def check_options(params: Mapping[str, Any]) -> None:
    """Refuse what cannot be meant. Raises InvalidInput, which names the option."""
    if params.get("name") is not None and len(params["name"]) > _LONGEST_NAME:
        raise InvalidInput(f"name is longer than {_LONGEST_NAME} characters, which is what Cloudflare allows")
    if params.get("include") == []:
        raise InvalidInput("include is empty: a policy needs at least one rule that says whom it is about; use everyone for everybody")
    duration = params.get("session_duration")
    if duration and not _DURATION.fullmatch(duration):
        raise InvalidInput(
            f"session_duration: {duration!r} is no duration; write it as in 30m, 24h or 2h45m (units ns, us, ms, s, m, h), "
            'or "" for that of the application'
        )
    if params.get("precedence") is not None and params["precedence"] < 1:
        raise InvalidInput(f"precedence: {params['precedence']} is too small; the first policy of an application has precedence 1")
    for index, group in enumerate(params.get("approval_groups") or ()):
        _check_approvers(f"approval_groups[{index}]", group)
    _check_mfa((params.get("mfa_config") or {}).get("session_duration"))


def settings(params: Mapping[str, Any], seen: Canonical | None) -> dict[str, Any]:
    """What the task wishes beside the rules, in canonical form.

    seen: the policy as it is. Of nested settings only what is given counts, the rest stays as it is; ``{}`` clears all.
    """
    given = {option: params.get(option) for option in POLICY.options if option not in RULE_LISTS}
    given["name"] = given["name"] or None
    for option in _NESTED:
        if given[option] is not None:
            wished = without_none(given[option])
            given[option] = merged_json((seen or {}).get(option) or {}, wished) if wished else {}
    return POLICY.wish(given)


def _check_approvers(place: str, group: Mapping[str, Any]) -> None:
    needed = group.get("approvals_needed")
    if needed is None or needed < 0:
        raise InvalidInput(f"{place}: approvals_needed has to be a number, how many of the group have to approve")
    if not group.get("email_addresses") and not group.get("email_list_uuid"):
        raise InvalidInput(f"{place} names nobody who could approve; give email_addresses or email_list_uuid")


def _check_mfa(duration: str | None) -> None:
    if not duration:
        return
    found = _MFA_DURATION.fullmatch(duration)
    hours = int(found[1]) / (60 if found[2] == "m" else 1) if found else None
    if hours is None or hours > _MOST_MFA_HOURS:
        raise InvalidInput(f"mfa_config.session_duration: {duration!r} is no duration from 0m to {_MOST_MFA_HOURS}h; write it as in 5m or 24h")
