# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the evidence keeps of people who came back: whom, by which snapshot, what was done, and what is proven. No personal data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..ledger.record import DONE, FAILED, PLANNED, REFUSED, record
from ..roster.person import subject_of
from ..verdicts import Facts
from .case import Case
from .cases import done, result_of, verdicts_of

_EMAIL = re.compile(r"[^\s'\",;:()]+@[^\s'\",;:()]+")


def planned(cases: Iterable[Case], instant: str, like: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """What is about to be done, before the first write; for those about whom there is something to write. like: whose memberships are given."""
    return [
        record("reinstate", PLANNED, _subject(case), asked=_asked(case, like), operations=case.operations, times={"started_at": instant})
        for case in cases
        if case.touchable and case.operations
    ]


def refused(cases: Iterable[Case], instant: str, like: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Why nothing was done, for those who are the reason."""
    return [
        record("reinstate", REFUSED, _subject(case), asked=_asked(case, like), times={"started_at": instant}, note=_plain(case, "; ".join(case.refusals)))
        for case in cases
        if case.refusals
    ]


def judged(cases: Iterable[Case], instant: str, ended: str, like: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """What came of it, as it was read back. ended: when that was."""
    found = []
    for case in cases:
        result = result_of(case)
        failed = bool(result["problems"])
        verdicts = {plane: {"verdict": one.verdict, "why": _plain(case, one.said)} for plane, one in verdicts_of(case).items()}
        times = {"started_at": instant, "proven_at": "" if failed else ended}
        found.append(
            record(
                "reinstate",
                FAILED if failed else DONE,
                _subject(case),
                asked=_asked(case, like),
                operations=done(case),
                verdicts=verdicts,
                times=times,
                note=_plain(case, "; ".join(error["msg"] for error in result["errors"])),
            )
        )
    return found


def _subject(case: Case) -> str:
    names: Facts = {**case.wanted.names, **{name: value for name, value in case.found.account.items() if value}}
    return subject_of(names.get("external_id"), names.get("id"), names.get("user_name"))


def _asked(case: Case, like: Mapping[str, str] | None) -> dict[str, Any]:
    intent, source = case.intent, case.wanted.source
    asked: dict[str, Any] = {"groups": intent.groups, "access": intent.access, "except": list(intent.except_)}
    if like is not None:
        asked["like"] = subject_of(like.get("external_id"), like.get("id"), like.get("user_name"))
        asked["scope"] = list(intent.scope)
    else:
        asked["attributes"] = intent.attributes
    for name in ("digest", "taken_at"):
        if source.get(name):
            asked[f"snapshot_{name}"] = source[name]
    return asked


def _plain(case: Case, said: str) -> str:
    """A sentence without names and e-mail addresses."""
    account = case.found.account
    names = {*case.wanted.all_names, str(account.get("user_name") or ""), str(account.get("display_name") or "")}
    keep = {case.wanted.names.get("external_id"), case.wanted.names.get("id"), case.id}
    for name in sorted((name for name in names if name and name not in keep), key=len, reverse=True):
        said = said.replace(name, "(name)")
    return _EMAIL.sub("(e-mail)", said)
