# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What reads prove about somebody who came back, plane by plane. What was sent proves nothing and does not appear here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..access_planes import called, is_block
from ..verdicts import NOT_APPLICABLE, PREDICTED, PROVEN, UNPROVEN, Facts, Reading, Verdict
from .wanted import differing

PLANES = ("account", "attributes", "groups", "selectors")
BY_ITSELF = ("sessions", "seat")  # which nobody can give back
_MOST = 10  # how many a sentence names


def came_by_itself() -> dict[str, Verdict]:
    """The planes that no task restores."""
    said = {"sessions": "who logs in has a session again", "seat": "the seat comes back with the next login"}
    return {plane: Verdict(NOT_APPLICABLE, said[plane]) for plane in BY_ITSELF}


def account_verdict(reading: Reading | None, *, wanted: bool, predicted: str = "") -> Verdict:
    """Whether the account is there, and active.

    reading: at most one account. wanted: whether there is to be one. predicted: what a module said that the run would do with it:
    ``created`` or ``activated``.
    """
    if not wanted:
        return Verdict(NOT_APPLICABLE, "there was no account before they left")
    unread = _unread(reading, "the account")
    if unread or reading is None:
        return unread or Verdict(UNPROVEN, "")
    account = reading.found[0] if reading.found else {}
    evidence = {name: account[name] for name in ("id", "external_id", "user_name", "active", "meta") if name in account}
    if account and account.get("active") is not False:
        shown = "" if "active" in account else "; the service does not show whether accounts are active"
        return Verdict(PROVEN, f"the account is active{shown}", {"state": "active", **evidence})
    state = "inactive" if account else "absent"
    if predicted:
        return Verdict(PREDICTED, f"the account is {state} now and would be {predicted}", {"state": state, **evidence})
    said = "the account is still inactive" if account else "there is no such account"
    return Verdict(UNPROVEN, said, {"state": state, **evidence})


def attributes_verdict(reading: Reading | None, wished: Facts, *, kept: bool, predicted: bool) -> Verdict:
    """Whether the attributes are as they were. wished: in the language of scim_user. kept: they were not to be touched."""
    if kept:
        return Verdict(NOT_APPLICABLE, "attributes are left as they are, as reinstate_attributes says")
    if not wished:
        return Verdict(NOT_APPLICABLE, "there are no attributes to restore")
    unread = _unread(reading, "the account")
    if unread or reading is None:
        return unread or Verdict(UNPROVEN, "")
    if not reading.found:
        said = "attributes would be those of the snapshot" if predicted else "there is no account that could have them"
        return Verdict(PREDICTED if predicted else UNPROVEN, said, {"attributes": sorted(wished), "differing": sorted(wished)})
    # In a preview, a new spelling counts as well: it would be written. After a run, a service may have folded it.
    left = differing(wished, reading.found[0], loosely=not predicted)
    evidence = {"attributes": sorted(wished), "differing": left}
    if not left:
        return Verdict(PROVEN, "all attributes of the snapshot are as they were", evidence)
    if predicted:
        return Verdict(PREDICTED, f"would be set back: {', '.join(left)}", evidence)
    return Verdict(UNPROVEN, f"not as in the snapshot: {', '.join(left)}", evidence)


def groups_verdict(reading: Reading | None, wanted: Sequence[Facts], *, kept: bool, predicted: frozenset[str] | None = None) -> Verdict:
    """Whether the person is in all groups. predicted: in a preview, ids of groups which they would join."""
    if kept:
        return Verdict(NOT_APPLICABLE, "memberships are left as they are, as reinstate_groups says")
    if not wanted:
        return Verdict(NOT_APPLICABLE, "there is no membership to give")
    if predicted is not None and reading is None:  # the account would be created
        return _joining(wanted, predicted, {})
    unread = _unread(reading, "the memberships")
    if unread or reading is None:
        return unread or Verdict(UNPROVEN, "")
    now = {str(group["id"]) for group in reading.groups}
    missing = [group for group in wanted if str(group["id"]) not in now]
    evidence = {"groups": reading.groups, "read_from": list(reading.source), "missing": [dict(group) for group in missing]}
    if not missing:
        return Verdict(PROVEN, f"in {_number(wanted, 'group')} as wanted", evidence)
    if predicted is not None:
        return _joining(missing, predicted, evidence)
    if reading.unverifiable:
        return Verdict(UNPROVEN, f"the service does not show who is in its groups, so {_names(missing)} cannot be told", evidence)
    return Verdict(UNPROVEN, f"not in {_names(missing)}", evidence)


def _joining(missing: Sequence[Facts], predicted: frozenset[str], evidence: Facts) -> Verdict:
    stuck = [group for group in missing if str(group["id"]) not in predicted]
    if stuck:
        return Verdict(UNPROVEN, f"the run could not add the person to {_names(stuck)}", evidence)
    return Verdict(PREDICTED, f"would be added to {_names(missing)}", evidence)


def selectors_verdict(
    reading: Reading | None,
    wanted: Sequence[Facts],
    *,
    block_group: str = "",
    stuck: Mapping[str, str] | None = None,
    predicted: frozenset[str] | None = None,
) -> Verdict:
    """Whether the groups and policies of Access include the e-mail again, and the group of those who are shut out does not.

    reading: what includes the e-mail. stuck: by id, why one could not be written. predicted: in a preview, ids of what would change.
    """
    if not wanted and not block_group:
        return Verdict(NOT_APPLICABLE, "no group and no policy of Access is to name the e-mail")
    unread = _unread(reading, "the groups and policies of Access")
    if unread or reading is None:
        return unread or Verdict(UNPROVEN, "")
    now = {str(thing.get("id")): thing for thing in reading.found}
    missing = [thing for thing in wanted if str(thing.get("id")) not in now]
    blocking = [thing for thing in reading.found if is_block(thing, block_group)]
    evidence = {"objects": [str(thing.get("id")) for thing in wanted], "missing": [str(thing.get("id")) for thing in missing]}
    if not missing and not blocking:
        many = "all groups and policies" if len(wanted) > 1 else "all that did"
        return Verdict(PROVEN, f"{many} include the e-mail again" if wanted else f"the e-mail is not in {block_group}", evidence)
    why = stuck or {}
    open_ones = [thing for thing in (*missing, *blocking) if predicted is None or str(thing.get("id")) not in predicted]
    if not open_ones and predicted is not None:
        said = [f"the e-mail would be put into {_listed(map(called, missing))}"] if missing else []
        said += [f"the e-mail would be taken out of {_listed(map(called, blocking))}"] if blocking else []
        return Verdict(PREDICTED, "; ".join(said), evidence)
    reasons = [f"{called(thing)}: {why.get(str(thing.get('id'))) or _state(thing, blocking)}" for thing in open_ones[:_MOST]]
    more = f"; and {len(open_ones) - _MOST} more" if len(open_ones) > _MOST else ""
    return Verdict(UNPROVEN, "; ".join(reasons) + more, evidence)


def _state(thing: Facts, blocking: Sequence[Facts]) -> str:
    return "it still shuts the person out" if thing in blocking else "it does not include the e-mail"


def _unread(reading: Reading | None, what: str) -> Verdict | None:
    """The verdict on what was not read back, ``None`` if it was."""
    if reading is None:
        return Verdict(UNPROVEN, f"{what}: not read back")
    if reading.failure:
        return Verdict(UNPROVEN, f"{what}: not read back: {reading.failure}")
    return None


def _names(groups: Iterable[Facts]) -> str:
    return _listed(str(group.get("display_name") or group.get("id")) for group in groups)


def _number(things: Sequence[Any], what: str) -> str:
    return f"{'all ' if len(things) > 1 else 'the '}{len(things)} {what}{'s' if len(things) > 1 else ''}"


def _listed(names: Iterable[str]) -> str:
    all_names = list(names)
    return ", ".join(all_names[:_MOST]) + (", ..." if len(all_names) > _MOST else "")


def table(results: Sequence[Mapping[str, Any]]) -> list[str]:
    """``reinstate_result`` as lines to print: a row for each person, then what would be done, what is left out, and what is wrong."""
    rows = [("PERSON", *(plane.upper() for plane in PLANES))]
    notes: list[str] = []
    for result in results:
        key = str(result["key"])
        rows.append((key, *(str(result[plane]["verdict"]) for plane in PLANES)))
        notes += [f"{key}: {plane}: {result[plane]['said']}" for plane in PLANES if result[plane]["verdict"] == PREDICTED]
        notes += [f"{key}: left out: {left['what']} ({left['plane']}): {left['why']}" for left in result["left_out"]]
        notes += [f"{key}: {note}" for note in result["notes"]]
        notes += result["problems"]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows] + notes
