# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What reads of Cloudflare Access prove about somebody who left: sessions, selectors, seat, and whether anything still lets them in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .verdicts import NOT_APPLICABLE, PREDICTED, PROVEN, UNPROVEN, Facts, Reading, Verdict

PLANES = ("sessions", "selectors", "seat", "access")
_MOST = 10  # how many a sentence names

# Ending sessions and freeing a seat lock nobody out (jml.md 5): only the last plane says that.
_UNKNOWN = "Access knows nobody with this e-mail: nobody has logged in with it"


def _unread(reading: Reading | None, what: str) -> Verdict | None:
    """The verdict on what was not read, ``None`` if it was."""
    if reading is None:
        return Verdict(UNPROVEN, f"{what} not read back")
    if reading.failure:
        return Verdict(UNPROVEN, f"{what} not read back: {reading.failure}", {"asked": dict(reading.asked)})
    return None


def sessions_verdict(reading: Reading | None, *, predicted: bool) -> Verdict:
    """Whether no session is open. reading: at most one user, with ``sessions``. predicted: a module said that it would end them."""
    unread = _unread(reading, "the sessions were")
    if unread or reading is None:
        return unread or Verdict(UNPROVEN, "")
    evidence: dict[str, Any] = {"asked": dict(reading.asked)}
    if not reading.found:
        return Verdict(NOT_APPLICABLE, _UNKNOWN, evidence)
    sessions = reading.found[0].get("sessions")
    if sessions is None:
        return Verdict(UNPROVEN, "the answer does not show the sessions", evidence)
    count = len(sessions)
    evidence.update(count=count, devices=reading.found[0].get("active_device_count"))
    if not count:
        return Verdict(PROVEN, "no session is open", evidence)
    said = f"{count} session{' is' if count == 1 else 's are'} open"
    if predicted:
        return Verdict(PREDICTED, f"{said} now and would be ended", evidence)
    return Verdict(UNPROVEN, f"{said}", evidence)


def seat_verdict(reading: Reading | None, *, predicted: bool) -> Verdict:
    """Whether neither an Access nor a Gateway seat is taken. reading: at most one user, with the flags."""
    unread = _unread(reading, "the seat was")
    if unread or reading is None:
        return unread or Verdict(UNPROVEN, "")
    evidence: dict[str, Any] = {"asked": dict(reading.asked)}
    if not reading.found:
        return Verdict(NOT_APPLICABLE, _UNKNOWN, evidence)
    user = reading.found[0]
    taken = [name for name in ("access_seat", "gateway_seat") if user.get(name)]  # a false boolean may be left out
    evidence.update({name: bool(user.get(name)) for name in ("access_seat", "gateway_seat")})
    if not taken:
        return Verdict(PROVEN, "no seat is taken", evidence)
    said = f"the person has an {' and a '.join(name.split('_')[0].capitalize() for name in taken)} seat"
    if taken == ["gateway_seat"]:
        said = "the person has a Gateway seat"
    if predicted:
        return Verdict(PREDICTED, f"{said} now, which would be freed", evidence)
    return Verdict(UNPROVEN, f"{said} still", evidence)


def selectors_verdict(reading: Reading | None, *, predicted: bool) -> Verdict:
    """Whether no group and no policy includes the e-mail. reading: the objects that would still have to change."""
    unread = _unread(reading, "the groups and policies were")
    if unread or reading is None:
        return unread or Verdict(UNPROVEN, "")
    objects = [named(thing) for thing in reading.found]
    evidence = {"asked": dict(reading.asked), "objects": objects}
    if not objects:
        return Verdict(PROVEN, "no group and no policy includes the e-mail", evidence)
    names = _listed(_called(thing) for thing in objects)
    if predicted:
        return Verdict(PREDICTED, f"{names} would lose the e-mail", evidence)
    return Verdict(UNPROVEN, f"the e-mail is still in {names}", evidence)


def access_verdict(reading: Reading | None, *, supposed: Sequence[Facts] | None = None, blocked: str = "") -> Verdict:
    """Whether no application lets the person in.

    reading: the decisions. supposed: in check mode, the decisions without the selectors that would be removed. blocked: in
    check mode, the name of the group that would gain the e-mail; who it shuts out shows only after it was written.
    """
    unread = _unread(reading, "whether the person can still get in was")
    if unread or reading is None:
        return unread or Verdict(UNPROVEN, "")
    evidence: dict[str, Any] = {"asked": dict(reading.asked), **_counts(reading.found)}
    evidence["decisions"] = [decided(decision) for decision in reading.found if decision.get("decision") != "denied"]
    against = _against(reading.found)
    if not against:
        count = evidence["denied"]
        said = f"denied at all {count} applications" if count else "there is no application"
        return Verdict(PROVEN, f"{said}{_open(reading.found)}", evidence)
    if supposed is not None:
        left = _against(supposed)
        if not left:
            return Verdict(PREDICTED, "the person would be denied everywhere", evidence)
        if blocked:
            said = f"the group {blocked} would gain the e-mail; the run shows whether it denies {_where(left)}"
            return Verdict(PREDICTED, said, evidence)
        return Verdict(UNPROVEN, f"the person would still be let in: {_reasons(left)}", evidence)
    return Verdict(UNPROVEN, _reasons(against), evidence)


def open_to_all(decision: Facts) -> bool:
    """Whether an application asks nobody who they are: then it lets everybody in, and no leaver can be locked out of it."""
    return decision.get("decision") == "allowed" and bool(decision.get("public"))


def _against(decisions: Iterable[Facts]) -> list[Facts]:
    return [decision for decision in decisions if decision.get("decision") != "denied" and not open_to_all(decision)]


def _counts(decisions: Sequence[Facts]) -> dict[str, int]:
    words = [str(decision.get("decision")) for decision in decisions]
    return {word: words.count(word) for word in ("allowed", "denied", "undecidable")}


def _open(decisions: Sequence[Facts]) -> str:
    names = [str(decision.get("application")) for decision in decisions if open_to_all(decision)]
    return f"; {_listed(names)} asks nobody who they are" if names else ""


def _where(decisions: Sequence[Facts]) -> str:
    return _listed(str(decision.get("application")) for decision in decisions)


def _reasons(decisions: Sequence[Facts]) -> str:
    more = f", and {len(decisions) - _MOST} more" if len(decisions) > _MOST else ""
    return "; ".join(reason(decision) for decision in decisions[:_MOST]) + more


def reason(decision: Facts) -> str:
    """One decision as a sentence: where, by which policy, through which group and rule, and on what it depends."""
    where = str(decision.get("application") or decision.get("application_id") or "")
    said = f"{where}: {decision.get('decision')}"
    policy = decision.get("policy")
    if policy:
        said += f" by policy {policy}"
    via = [str(name) for name in decision.get("via") or ()]
    if via:
        said += f" through {' in '.join(['group ' + via[-1], *reversed(via[:-1])])}"
    if decision.get("rule"):
        said += f", rule {rule_said(decision['rule'])}"
    depends = [str(fact) for fact in decision.get("depends_on") or ()]
    return said + (f"; it depends on {_listed(depends)}" if depends else "")


def rule_said(rule: Any) -> str:
    """A friendly rule in words: ``email a@example.com``."""
    if not isinstance(rule, dict):
        return str(rule)
    parts = []
    for key, value in rule.items():
        plain = ", ".join(f"{name} {part}" for name, part in value.items()) if isinstance(value, dict) else str(value)
        parts.append(f"{key} {plain}".strip() if value not in ({}, True) else str(key))
    return " and ".join(parts)


def named(thing: Facts) -> dict[str, Any]:
    """An object that names the person, as results and snapshots keep it."""
    return {name: thing[name] for name in ("kind", "id", "name", "application", "rules") if thing.get(name)}


def decided(decision: Facts) -> dict[str, Any]:
    """A decision, as results and snapshots keep it."""
    names = ("application", "domain", "decision", "policy", "rule", "via", "depends_on", "said")
    return {name: decision[name] for name in names if decision.get(name)}


def _called(thing: Facts) -> str:
    application = thing.get("application")
    kind = "group" if "group" in str(thing.get("kind", "")).lower() else "policy"
    return f"{kind} {thing.get('name') or thing.get('id')}" + (f" of {application}" if application else "")


def _listed(names: Iterable[str]) -> str:
    all_names = list(names)
    return ", ".join(all_names[:_MOST]) + (", ..." if len(all_names) > _MOST else "")
