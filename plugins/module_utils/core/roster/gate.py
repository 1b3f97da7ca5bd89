# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The gate between a source of people and everything that is written from it: what is looked at, and how strictly.

A wrong source shows before anything is written, if somebody looks: keys that are there twice, far fewer rows than yesterday,
an e-mail address that was somebody else's. Each check is on by default, can be a warning or off, and can leave out people
by their keys, which is how one case that was looked into passes without the check being lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..brakes import Limit
from ..errors import InvalidInput
from . import problem, problems
from .days import duration
from .findings import OFF, REFUSE, SEVERITIES, WARN, Case, Finding
from .targets import refuse_unknown


@dataclass(frozen=True)
class Check:
    """One check, as a task sets it. limit: None where numbers do not matter. excepted: the keys that it leaves out."""

    name: str
    severity: str
    advice: str
    limit: Limit | None = None
    excepted: frozenset[str] = frozenset()
    more: Mapping[str, Any] = field(default_factory=dict)

    def finding(self, cases: Iterable[Case], said: Callable[[Sequence[Case]], str]) -> list[Finding]:
        """What is found in some cases, none if there are none. said: the cases -> the sentence."""
        if self.severity == OFF:
            return []
        kept = [case for case in cases if not any(spot.key in self.excepted for spot in case)]
        if not kept:
            return []
        rows = dict.fromkeys(spot for case in kept for spot in case if spot.place or spot.key)
        return [Finding(self.name, self.severity, said(kept), self.advice, tuple(rows))]

    def over(self, cases: Iterable[Case], of: int, said: Callable[[Sequence[Case]], str]) -> list[Finding]:
        """What is found if there are more cases than the limit allows, of so many."""
        kept = [case for case in cases if not any(spot.key in self.excepted for spot in case)]
        if self.limit is None or len(kept) <= self.limit.allowed(of):
            return []
        return self.finding(kept, lambda found: f"{said(found)}; at most {allowed(self.limit, of)}")


def allowed(limit: Limit | None, of: int) -> str:
    """What a limit allows, in words: the number, and from where it comes."""
    if limit is None:
        return ""
    return f"{limit.allowed(of):,} may (number {limit.number:,}, percent {limit.percent:g})"


_SOURCE = "correct the source"
_SET = "set gate.{name} to warn, or put the person_id into gate.{name}.except"
_WITHHOLD = "set gate.{name} to warn, which withholds these people"
_RAISE = "raise gate.{name}.number and gate.{name}.percent"

# check -> its severity, what to do, and its limit. The limits are those of core/brakes.py: what the gate lets through meets them again
# there, counted on the server. More than 10 % of a company do not change in a day; a few people may, whatever their share.
_CHECKS: Mapping[str, tuple[str, str, Limit | None]] = {
    # the files
    "checksum": (REFUSE, "fetch the file again; it is not the one that was meant", None),
    "stale": (REFUSE, "see why there is no newer file, or set gate.{name}.max_age", None),
    "unchanged": (WARN, "see whether the export still runs, or set gate.{name}.max_age", None),
    problem.ENCODING_DAMAGE: (REFUSE, f"export the file again, or set the encoding of the source, or {_SET}", None),
    problem.DAMAGED_ROWS: (REFUSE, f"{_SOURCE}, or set gate.{{name}} to warn, as if these rows were not there", None),
    problem.MAPPING: (REFUSE, f"correct the source or the mapping, or {_WITHHOLD}", None),
    # the rows
    "required_missing": (REFUSE, f"correct the source or the mapping, or {_SET}", None),
    "duplicate_key": (REFUSE, f"{_SOURCE}, or {_WITHHOLD}", None),
    "similar_keys": (
        REFUSE,
        f"{_SOURCE}; if these are several people, put a person_id of theirs into gate.{{name}}.except",
        None,
    ),
    "contradictory_status": (REFUSE, f"{_SOURCE}, or {_WITHHOLD}", None),
    problems.UNKNOWN_STATUS: (REFUSE, f"say what it means in phases.statuses, or {_WITHHOLD}", None),
    problems.UNKNOWN_TIME_ZONE: (REFUSE, f"{_SOURCE}, or {_WITHHOLD}", None),
    problems.UNREADABLE_DATES: (REFUSE, f"give the column's format in the mapping, or {_WITHHOLD}", None),
    problems.CONTRADICTORY_DATES: (REFUSE, f"{_SOURCE}, or {_WITHHOLD}", None),
    "external_id_doubled": (REFUSE, f"{_SOURCE}, or map another column: two people would have one account", None),
    "user_name_doubled": (REFUSE, f"{_SOURCE}, or {_SET}", None),
    "email_doubled": (REFUSE, f"{_SOURCE}, or {_SET}", None),
    problems.STALE_STATUS: (WARN, "see which is right; the dates count", None),
    problems.UNUSED_RULES: (WARN, "see whether the rule asks for what the source has", None),
    problems.UNMAPPED_GROUPS: (WARN, "add the value to the rule's map", None),
    problems.EXPIRED_GRANTS: (WARN, "take the grant out, or renew it", None),
    problems.UNKNOWN_GRANTS: (WARN, "take the grant out, or correct its person", None),
    problems.MANAGER_DANGLERS: (WARN, _SOURCE, None),
    problems.MANAGER_CYCLES: (WARN, _SOURCE, None),
    problems.MANAGER_LEFT: (WARN, "name another manager in the source", None),
    # the last run, and the server
    "first_run": (WARN, "look at the counts, then write acceptance to the accepted_file", None),
    "email_reused": (REFUSE, f"give the newcomer another one, or, once nothing of the former owner's is left, {_SET}", None),
    "shrunken": (REFUSE, f"see whether the export is complete, or {_RAISE}", Limit(200, 10, few=2)),
    "disappeared": (REFUSE, f"see whether the export is complete, or {_RAISE}", Limit(200, 10, few=2)),
    "phase_share": (REFUSE, f"look at changes, or {_RAISE}", Limit(1000, 10, few=10)),
    "changed_share": (REFUSE, f"see whether columns changed their places, or, if it is meant, {_RAISE}", Limit(2000, 30, few=10)),
    "holds_lifted": (REFUSE, "see who lifted them, and put each person_id that is right into gate.{name}.except", None),
    "leaving_share": (REFUSE, f"look at changes, or {_RAISE}", Limit(200, 10, few=2)),
}
CHECKS = tuple(_CHECKS)

_NUMBERS = ("number", "percent")
_MORE: Mapping[str, Mapping[str, Any]] = {  # what else a check can be told, with its default
    "checksum": {"required": False},
    "stale": {"max_age": None, "embedded_date": None},
    "unchanged": {"max_age": "7d"},
    "required_missing": {"required": ()},
}


@dataclass(frozen=True)
class Gate:
    """Every check, by name. Make one with ``gate``."""

    checks: Mapping[str, Check]

    def __getitem__(self, name: str) -> Check:
        return self.checks[name]


def gate(options: Mapping[str, Any] | None) -> Gate:
    """Read ``{duplicate_key: warn, shrunken: {severity: refuse, number: 10, percent: 5, except: ["1815"]}}``.

    What is not given keeps its default. ``off`` may have become False on its way, as YAML 1.1 has it. Raises InvalidInput.
    """
    given = {name: value for name, value in (options or {}).items() if value is not None}
    unknown = sorted(map(str, set(given) - set(_CHECKS)))
    if unknown:
        raise InvalidInput(f"gate.{unknown[0]} is no check; there are {', '.join(_CHECKS)}")
    return Gate({name: _check(name, given.get(name, {})) for name in _CHECKS})


def _check(name: str, given: Any) -> Check:
    default, advice, limit = _CHECKS[name]
    if not isinstance(given, Mapping):
        given = {"severity": given}
    own = {part: value for part, value in given.items() if value is not None}
    known = ["severity", "except", *(_NUMBERS if limit else ()), *_MORE.get(name, {})]
    unknown = sorted(map(str, set(own) - set(known)))
    if unknown:
        raise InvalidInput(f"gate.{name}.{unknown[0]} is no setting of this check; it has {', '.join(known)}")
    return Check(
        name,
        _severity(name, own.get("severity", default), default),
        advice.format(name=name),
        limit and Limit(_whole(name, own.get("number", limit.number)), _share(name, own.get("percent", limit.percent)), limit.few),
        frozenset(_texts(f"gate.{name}.except", own.get("except", ()))),
        {part: _more(name, part, own.get(part, value)) for part, value in _MORE.get(name, {}).items()},
    )


def _severity(name: str, value: Any, default: str) -> str:
    if isinstance(value, bool):
        return default if value else OFF
    if value not in SEVERITIES:
        raise InvalidInput(f"gate.{name} has to be one of {', '.join(SEVERITIES)}, or a dictionary with severity, not {value!r}")
    return str(value)


def _more(name: str, part: str, value: Any) -> Any:
    option = f"gate.{name}.{part}"
    if part == "required" and name == "required_missing":
        for target in _texts(option, value):
            refuse_unknown(option, target)
        return _texts(option, value)
    if part == "required":
        if not isinstance(value, bool):
            raise InvalidInput(f"{option} has to be true or false, not {value!r}")
        return value
    if part == "max_age":
        return None if value is None else duration(option, value)
    if value is not None and not (isinstance(value, Mapping) and set(value) in ({"pattern", "format"}, {"fact", "format"})):
        raise InvalidInput(f"{option} has to be a dictionary with format and either pattern or fact, not {value!r}")
    if value is not None and "%" not in str(value["format"]):
        raise InvalidInput(f"{option}.format is {value['format']!r}, which has no parts of a date in it; write it such as %Y%m%d")
    return value


def _texts(option: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, (str, int)) and not isinstance(item, bool) for item in value):
        raise InvalidInput(f"{option} has to be a list of texts, not {value!r}")
    return tuple(map(str, value))


def _whole(name: str, value: Any) -> int:
    value = _number(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise InvalidInput(f"gate.{name}.number has to be a whole number, 0 or more, not {value!r}")
    return value


def _share(name: str, value: Any) -> float:
    value = _number(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 100:
        raise InvalidInput(f"gate.{name}.percent has to be a number from 0 to 100, not {value!r}")
    return float(value)


def _number(value: Any) -> Any:
    """A number that a template has turned into a text, as a number; anything else as it is."""
    if not isinstance(value, str):
        return value
    try:
        return int(value) if value.strip().isdecimal() else float(value)
    except ValueError:
        return value
