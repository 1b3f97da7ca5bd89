# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An Access application as it is sent back with other policies: PUT replaces all of it, so that all of it has to be known.

Fields that we have never heard of go back as they came. What was shown redacted cannot go back, so it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..errors import Refused

# In answers only, by the API reference.
_RESPONSE_ONLY = frozenset(("id", "uid", "aud", "account_id", "created_at", "updated_at", "app_count"))
_RESPONSE_ONLY_IN = {"saas_app": frozenset(("created_at", "updated_at"))}
# Secrets that PUT needs, by the scheme with which Access signs in to the application's own SCIM service.
_SECRETS = {
    "httpbasic": "password",
    "oauthbearertoken": "token",
    "oauth2": "client_secret",
    "access_service_token": "client_secret",
}
# A lone asterisk is a wildcard, in cors_headers for example.
_REDACTED = re.compile(r"\s*([*\u2022]{2,}|[\[<(]?redacted[\])>]?)\s*", re.IGNORECASE)


def called(application: Mapping[str, Any]) -> str:
    """The name by which people know an application."""
    return str(application.get("name") or application.get("domain") or application.get("id") or "")


def policy_ids(application: Mapping[str, Any]) -> list[str]:
    """The ids of an application's policies in the order in which they are evaluated."""
    listed = [(_number(each), policy_id(each)) for each in application.get("policies") or ()]
    # A list without numbers is in the order of evaluation already, and sorting is stable.
    return [each for _number_of_it, each in sorted(listed, key=lambda entry: entry[0]) if each]


def body_with_policies(application: Mapping[str, Any], ids: Sequence[str]) -> dict[str, Any]:
    """What PUT of an application takes so that only its policies change.

    application: as GET shows it. ids: its policies in the order of evaluation; those that are there already keep their
    numbers if these still fit, otherwise all are numbered anew from 1.
    Raises Refused if the answer shows secrets redacted, because PUT would destroy them.
    """
    hidden = sorted(_redacted(application))
    if hidden:
        raise Refused(
            f"application {called(application)!r} shows {', '.join(hidden)} redacted, and writing the application would destroy "
            "what is hidden; attach and detach its policies in the dashboard"
        )
    body = {field: value for field, value in application.items() if field not in _RESPONSE_ONLY}
    for field, dropped in _RESPONSE_ONLY_IN.items():
        if isinstance(body.get(field), Mapping):
            body[field] = {name: value for name, value in body[field].items() if name not in dropped}
    numbers = _numbers(application, ids)
    body["policies"] = [{"id": each, "precedence": number} for each, number in zip(ids, numbers)]
    return body


def _numbers(application: Mapping[str, Any], ids: Sequence[str]) -> list[int]:
    """Ascending numbers for the policies; of those that stay in their order, the ones that they have."""
    have = {policy_id(each): _number(each) for each in application.get("policies") or ()}
    numbers: list[int] = []
    for each in ids:
        numbers.append(have.get(each) or (numbers[-1] if numbers else 0) + 1)
    rising = all(left < right for left, right in zip(numbers, numbers[1:]))
    return numbers if rising else list(range(1, len(ids) + 1))


def policy_id(policy: Any) -> str:
    """The id of an entry of an application's policies, which may be shown as nothing but its id."""
    return str(policy.get("id") or "") if isinstance(policy, Mapping) else str(policy)


def _number(policy: Any) -> int:
    number = policy.get("precedence") if isinstance(policy, Mapping) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else 0


def _redacted(value: Any, path: str = "") -> Iterator[str]:
    """The paths of values that are hidden in an answer."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            if path or name != "policies":  # they go back as ids
                yield from _redacted(part, f"{path}.{name}" if path else str(name))
        secret = _SECRETS.get(str(value.get("scheme") or "").lower())
        if secret and path.startswith("scim_config") and not value.get(secret):
            yield f"{path}.{secret}"
    elif isinstance(value, (list, tuple)):
        for index, part in enumerate(value):
            yield from _redacted(part, f"{path}[{index}]")
    elif isinstance(value, str) and _REDACTED.fullmatch(value):
        yield path
