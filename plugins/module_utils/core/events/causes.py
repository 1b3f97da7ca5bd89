# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why an event failed and what to do about it, in plain language: the first row of a table that fits.

Users put rows of the same shape before these. Sources of the rows:

- RFC 7644 section 3.12 (statuses and scimType).
- Entra: https://learn.microsoft.com/entra/identity/monitoring-health/howto-analyze-provisioning-logs (error codes) and
  https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-quarantine-status (quarantine).
- Cloudflare Access: https://developers.cloudflare.com/cloudflare-one/team-and-resources/users/scim/ (people have to log in first, userName
  and work e-mail have to be equal, groups have to be in scope); dashboard SCIM:
  https://developers.cloudflare.com/fundamentals/account/account-security/scim-setup/troubleshooting/ (401: token rotated).
- AWS: https://docs.aws.amazon.com/singlesignon/latest/userguide/troubleshooting.html, GitHub:
  https://docs.github.com/enterprise-cloud@latest/admin/managing-iam/provisioning-user-accounts-with-scim, Okta:
  https://help.okta.com/en-us/content/topics/provisioning/lcm/lcm-provision-application.htm
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from ..errors import InvalidInput
from ..patterns import Patterns
from .cause_table import CAUSES
from .event import FIELDS, RAW, Event
from .statuses import FAILURE, SKIPPED, WARNING, code_in

__all__ = ["CAUSES", "checked", "explain"]

_UNKNOWN = {"cause": "", "remedy": ""}
_SEARCHED = 4_000  # characters of a text that a pattern is searched in


def explain(event: Event, extra: Sequence[Mapping[str, Any]] = ()) -> dict[str, str]:
    """``{"cause", "remedy"}`` of an event that failed, was skipped or warned of something; both "" for others and if no row fits.

    extra: rows that go before ``CAUSES``, in the same shape: ``cause``, ``remedy``, and conditions that all have to hold, at least one.
    ``error_code``, ``scim_type``, ``source``, ``idp``, ``action``, ``status``, ``resource_type`` and other fields of an event: texts
    or shell patterns, one or a list, without regard to letter case. ``detail``: a regular expression that is searched in it. An
    HTTP code in the detail counts as ``error_code``, too. Raises InvalidInput for a row of another shape.
    """
    if event.get("status") not in (FAILURE, WARNING, SKIPPED):
        return dict(_UNKNOWN)
    detail = str(event.get("detail") or "")[:_SEARCHED]
    codes = [code for code in (str(event.get("error_code") or ""), code_in(detail)) if code]
    for row in (*extra, *CAUSES):
        if _fits(row, event, codes, detail):
            return {"cause": str(row["cause"]), "remedy": str(row["remedy"])}
    return dict(_UNKNOWN)


def checked(rows: Any, option: str = "causes") -> tuple[Mapping[str, Any], ...]:
    """Rows of a user, if they have the shape. Raises InvalidInput that names the option, the row and what is wrong with it."""
    if not isinstance(rows, (list, tuple)):
        raise InvalidInput(f"{option}: it is a list of rows with cause, remedy and conditions")
    for number, row in enumerate(rows, 1):
        where = f"{option}: row {number}"
        if not isinstance(row, Mapping):
            raise InvalidInput(f"{where} is no dictionary")
        lacking = [name for name in ("cause", "remedy") if not isinstance(row.get(name), str) or not row[name].strip()]
        if lacking:
            raise InvalidInput(f"{where} has no {' and no '.join(lacking)}")
        conditions = [name for name in row if name not in ("cause", "remedy")]
        unknown = sorted(str(name) for name in conditions if name not in FIELDS or name == RAW)
        if unknown:
            raise InvalidInput(f"{where} asks for {', '.join(unknown)}, which no event has")
        if not conditions:
            raise InvalidInput(f"{where} has no condition, so it would explain everything")
        for name in conditions:
            if not all(isinstance(value, (str, int)) and not isinstance(value, bool) for value in _wanted(row[name])):
                raise InvalidInput(f"{where}: {name} is a text or a list of texts")
            if name == "detail":
                for value in _wanted(row[name]):
                    _pattern(str(value), where)
    return tuple(rows)


def _fits(row: Mapping[str, Any], event: Event, codes: Sequence[str], detail: str) -> bool:
    conditions = [name for name in row if name not in ("cause", "remedy")]
    for name in conditions:
        wanted = tuple(str(value) for value in _wanted(row[name]))
        if name == "detail":
            if not any(_pattern(value, "causes").search(detail) for value in wanted):
                return False
            continue
        told = codes if name == "error_code" else [str(event[name])] if event.get(name) not in (None, "") else []
        if not any(_patterns(wanted).matching(value) is not None for value in told):
            return False
    return bool(conditions)


def _wanted(value: Any) -> Sequence[Any]:
    return value if isinstance(value, (list, tuple)) else [value]


@lru_cache(maxsize=500)
def _patterns(values: tuple[str, ...]) -> Patterns:
    return Patterns(values)


@lru_cache(maxsize=500)
def _pattern(value: str, where: str) -> re.Pattern[str]:
    try:
        return re.compile(value, re.IGNORECASE)
    except (re.error, RecursionError, OverflowError) as problem:
        raise InvalidInput(f"{where}: detail {value!r} is no regular expression: {problem}") from None
