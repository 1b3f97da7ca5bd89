# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What reads prove about somebody who left, plane by plane. What was sent proves nothing and does not appear here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .leaving.times import Deletion

PROVEN = "proven"
UNPROVEN = "unproven"
NOT_APPLICABLE = "not_applicable"
PREDICTED = "predicted"  # in check mode only: the reads show what the run would change

ACCESS_PLANES = ("sessions", "selectors", "seat", "access")  # those that Cloudflare Access has

_MOST_WAITING = 20  # how many a table names

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Verdict:
    """The judgement on one plane. said: a sentence for people. evidence: what was asked and what was read."""

    verdict: str
    said: str
    evidence: Facts = field(default_factory=dict)

    def shown(self) -> dict[str, Any]:
        return {"verdict": self.verdict, "said": self.said, "evidence": dict(self.evidence)}


@dataclass(frozen=True)
class Reading:
    """One question to the service and its answer.

    found: the resources. failure: why there is no answer, or "". unverifiable: the service does not show what was asked.
    complete: nothing was cut. source: where it was read.
    """

    asked: Facts
    found: Sequence[Facts] = ()
    failure: str = ""
    unverifiable: bool = False
    complete: bool = True
    source: Sequence[str] = ()

    @property
    def groups(self) -> list[dict[str, Any]]:
        """What was found, where it is groups: their ids and names."""
        return [{"id": group.get("id", ""), "display_name": group.get("display_name", "")} for group in self.found]


def promised(result: Facts) -> bool:
    """In check mode, whether what a module returned says that the run would change something."""
    return bool(result.get("changed")) and not result.get("failed")


def account_verdict(reading: Reading | None, *, delete: bool, predicted: bool) -> Verdict:
    """Whether nobody can sign in with the account any more: it does not exist, or it is inactive.

    reading: at most one account. delete: it was meant to be deleted. predicted: a module said that the run would change it.
    """
    if reading is None:
        return Verdict(UNPROVEN, "the account was not read back")
    if reading.failure:
        return Verdict(UNPROVEN, f"the account could not be read back: {reading.failure}", {"asked": dict(reading.asked)})
    if not reading.found:
        if reading.unverifiable:
            said = "nobody on the service has an external_id, so whether the person has an account cannot be told; give user_name or id"
            return Verdict(UNPROVEN, said, {"asked": dict(reading.asked)})
        evidence = {"asked": dict(reading.asked), "state": "absent"}
        return Verdict(PROVEN, _absent(reading.asked), evidence)
    account = reading.found[0]
    active = account.get("active")
    evidence = {"asked": dict(reading.asked), "state": "inactive" if active is False else "active"}
    evidence.update({name: account[name] for name in ("id", "external_id", "user_name", "active", "meta") if name in account})
    if active is False:
        kept = "; the service still shows it, so it is not deleted" if delete else ""
        return Verdict(PROVEN, f"the account is inactive{kept}", evidence)
    if predicted:
        return Verdict(PREDICTED, f"the account is active now and would be {'deleted' if delete else 'deactivated'}", evidence)
    if active is None:
        return Verdict(UNPROVEN, "the account exists, and the service does not show whether it is active", evidence)
    return Verdict(UNPROVEN, "the account is still active", evidence)


def _absent(asked: Facts) -> str:
    if set(asked) == {"user_name"}:
        return (
            f"there is no account with the user name {asked['user_name']!r}; the person may have one under another name, "
            "which only an external_id or id would show"
        )
    return "there is no such account"


def deletion_verdict(reading: Reading | None, *, wanted: Deletion, refusable: bool, there: bool, predicted: bool, in_access: bool) -> Verdict:
    """Whether the account is deleted, if it is to be.

    reading: at most one account, ``None`` if nobody can tell whose it is. wanted: whether it is to be deleted, and why not. refusable:
    a service that refuses to delete is enough if the account is inactive. there: whether there was an account before. predicted: a module
    said that the run would change it. in_access: whether Cloudflare Access has a record of the person.
    """
    known = reading is not None and not reading.failure
    evidence: dict[str, Any] = {"due": wanted.at} if wanted.at else {}
    if reading and known and not reading.found and not reading.unverifiable and (wanted.due or not there):
        kept = "; the record of the person in Cloudflare Access cannot be deleted" if in_access else ""
        return Verdict(PROVEN, _absent(reading.asked) + kept, {**evidence, "asked": dict(reading.asked), "in_access": in_access})
    if not wanted.due:
        evidence.update({"legal_hold": True} if wanted.held else {})
        return Verdict(NOT_APPLICABLE, wanted.said, evidence)
    if not reading or not known or not reading.found:
        return Verdict(UNPROVEN, "the account was not read back", evidence)
    if predicted:
        return Verdict(PREDICTED, "the account would be deleted", evidence)
    if refusable and reading.found[0].get("active") is False:
        return Verdict(NOT_APPLICABLE, "the service does not delete the account; it is inactive", evidence)
    return Verdict(UNPROVEN, "the service still shows the account, so it is not deleted", evidence)


def groups_verdict(reading: Reading | None, *, before: Reading | None, predicted: frozenset[str]) -> Verdict:
    """Whether no group lists the person any more.

    before: what was read of the memberships before. A service that showed some then does show members, even if now not
    one is left to be seen in any group. predicted: ids of groups from which a module would remove the person.
    """
    if reading is None:
        return Verdict(UNPROVEN, "the memberships were not read back")
    asked = dict(reading.asked)
    if reading.failure:
        return Verdict(UNPROVEN, f"the memberships could not be read back: {reading.failure}", {"asked": asked})
    groups = reading.groups
    evidence = {"asked": asked, "groups": groups, "read_from": list(reading.source)}
    names = ", ".join(str(group["display_name"] or group["id"]) for group in groups[:10]) + (", ..." if len(groups) > 10 else "")
    shown_before = bool(before and before.found and not before.unverifiable)
    if reading.unverifiable and not (shown_before and reading.complete):
        seen = f" and lists only {names}" if groups else ""
        return Verdict(UNPROVEN, f"the service does not show who is in its groups{seen}", evidence)
    if not groups:
        return Verdict(PROVEN, "no group lists the person", evidence)
    if predicted >= {str(group["id"]) for group in groups}:
        return Verdict(PREDICTED, f"the person is in {names} now and would be removed", evidence)
    return Verdict(UNPROVEN, f"the person is still in {names}", evidence)


def unproven(verdicts: Mapping[str, Verdict], doubt: str = "") -> list[str]:
    """What is not proven, by plane. Planes with the same reason are told together; so is, once, why it is not certain who is meant."""
    planes: dict[str, list[str]] = {}
    for plane, verdict in verdicts.items():
        if verdict.verdict == UNPROVEN:
            planes.setdefault(verdict.said, []).append(plane)
    told: list[str] = []
    for said, of_planes in planes.items():
        known = bool(doubt) and any(doubt in line for line in told)
        told.append(f"{', '.join(of_planes)}: {said.replace(f': {doubt}', '') if known else said}")
    return told


def table(results: Sequence[Mapping[str, Any]]) -> list[str]:
    """``leaver_result`` as lines to print: a row for each person whose turn it is, then what has to be said in words.

    The planes of Access have columns only if somebody's are managed, and so has the deletion if anybody's account is to be deleted.
    """
    acting = [result for result in results if result.get("due", True)]
    planes = ACCESS_PLANES if any("access" in result["before"] for result in acting) else ()
    if any(result["deletion"]["verdict"] != NOT_APPLICABLE and result["deletion"]["evidence"].get("due") for result in acting):
        planes = (*planes, "deletion")
    rows = [("PERSON", "ACCOUNT", "GROUPS", *(plane.upper() for plane in planes))]
    notes = []
    for result in acting:
        account, groups, deletion = result["account"], result["groups"], result["deletion"]
        state = account["evidence"].get("state", "")
        left = len(groups["evidence"]["groups"]) if "groups" in groups["evidence"] else None
        row = [
            str(result["key"]),
            account["verdict"] + (f" ({state})" if state else ""),
            groups["verdict"] + (f" ({left} of {len(result['before']['groups'])} left)" if left is not None else ""),
        ]
        rows.append((*row, *(str(result[plane]["verdict"]) for plane in planes)))
        if account["verdict"] == PROVEN and state == "absent":
            notes.append(f"{result['key']}: {account['said']}")
        if deletion["verdict"] == NOT_APPLICABLE and {"due", "legal_hold"} & set(deletion["evidence"]):
            notes.append(f"{result['key']}: deletion: {deletion['said']}")
        notes += result["problems"]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows] if acting else []
    return lines + notes + _waiting([result for result in results if not result.get("due", True)])


def _waiting(results: Sequence[Mapping[str, Any]]) -> list[str]:
    """Those whose turn it is not: by name whose end is known, the others as a number."""
    coming = sorted((result for result in results if result["left_at"]), key=lambda result: str(result["left_at"]))
    lines = [f"{result['key']}: {result['account']['said']}" for result in coming[:_MOST_WAITING]]
    more = len(results) - len(lines)
    return lines + ([f"not due: {more} {'others' if lines else 'people'}"] if more else [])
