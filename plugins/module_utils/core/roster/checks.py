# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the gate sees in the rows alone, without a last run to compare them with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..json_values import folded, is_absent
from .findings import Case, Finding, Spot
from .gate import Gate
from .person import GONE, NO_ACCOUNT, Person, Record
from .similar_keys import similar
from .targets import value_of

_DATES = ("start_date", "last_day", "termination_date", "valid_until")


def spot(of: Record | Person) -> Spot:
    """Where somebody is in the source."""
    return Spot(of.place, of.key)


def record_findings(records: Sequence[Record], gate: Gate, status_of: Callable[[str], str | None]) -> list[Finding]:
    """What is wrong with the rows, as far as it can be told before phases are worked out. status_of: a word -> what it means, if known."""

    def status(record: Record) -> str:
        word = record.source.get("status", "")
        return status_of(word) or folded(word.strip())

    rows_of = by_key(records)
    doubles = [rows for rows in rows_of.values() if len(rows) > 1]
    alike: list[Case] = [tuple(spot(rows_of[key][0]) for key in keys) for keys in similar(rows_of)]
    disputed = [rows for rows in doubles if len(set(map(status, rows))) > 1]
    return [
        *gate["required_missing"].finding(*_missing(records, gate["required_missing"].more["required"])),
        *gate["duplicate_key"].finding(map(_case, doubles), lambda found: f"{_rows(found)} share {_keys(found)}"),
        *gate["contradictory_status"].finding(map(_case, disputed), lambda found: f"{_keys(found)} with more than one status, in {_rows(found)}"),
        *gate["similar_keys"].finding(alike, lambda found: f"{_rows(found)} with person_ids that differ in their spelling only"),
        *gate["external_id_doubled"].finding(
            _shared(records, external_ids), lambda found: f"{len(found):,} external_id{_s(found)} of more than one person, in {_rows(found)}"
        ),
        *gate["user_name_doubled"].finding(
            _shared(records, user_names), lambda found: f"{len(found):,} user_name{_s(found)} of more than one person, in {_rows(found)}"
        ),
        *gate["email_doubled"].finding(
            _shared(records, emails), lambda found: f"{len(found):,} e-mail address{_es(found)} of more than one person, in {_rows(found)}"
        ),
    ]


def nameless_findings(people: Sequence[Person], gate: Gate) -> list[Finding]:
    """What is wrong with the people, now that it is known who needs an account."""
    waiting = [person for person in people if person.phase.name not in GONE and person.phase.account != NO_ACCOUNT]
    nameless = [(spot(person),) for person in waiting if is_absent(person.user.get("user_name"))]
    return gate["required_missing"].finding(
        nameless, lambda found: f"{len(found):,} {_people(found)} without user_name who need{'s' if len(found) == 1 else ''} an account"
    )


def settled(records: Sequence[Record]) -> tuple[list[Record], list[str]]:
    """The rows of which each stands for one person, and the keys of the people whose rows contradict each other.

    Rows that say the same count once. Which of two that differ is right, nobody can know: these people are withheld.
    """
    kept: list[Record] = []
    withheld: list[str] = []
    for key, rows in by_key(records).items():
        first = rows[0]
        if all((row.attributes, row.source, row.facts) == (first.attributes, first.source, first.facts) for row in rows[1:]):
            kept.append(first)
        else:
            withheld.append(key)
    return kept, withheld


def by_key(records: Iterable[Record]) -> dict[str, list[Record]]:
    """The rows of each person_id, in the order of the source; rows without one are left out."""
    found: dict[str, list[Record]] = {}
    for record in records:
        if record.key:
            found.setdefault(record.key, []).append(record)
    return found


def external_ids(attributes: Mapping[str, Any]) -> list[str]:
    """The external_id of somebody, which services compare letter by letter; none if there is none."""
    value = attributes.get("external_id")
    return [] if is_absent(value) else [str(value)]


def user_names(attributes: Mapping[str, Any]) -> list[str]:
    """The user_name of somebody in the form in which it is compared; none if there is none."""
    value = attributes.get("user_name")
    return [] if is_absent(value) else [folded(str(value).strip())]


def emails(attributes: Mapping[str, Any]) -> list[str]:
    """The e-mail addresses of somebody, in the form in which they are compared, each once."""
    values = (entry.get("value") if isinstance(entry, Mapping) else entry for entry in attributes.get("emails") or ())
    return sorted({folded(str(value).strip()) for value in values if not is_absent(value)})


def _missing(records: Sequence[Record], required: Sequence[str]) -> tuple[list[Case], Callable[[Sequence[Case]], str]]:
    """The rows that lack what everybody has to have, and the sentence that counts them by what it is."""
    lacking: dict[str, set[Spot]] = {}
    for record in records:
        for name in _lacking(record, required):
            lacking.setdefault(name, set()).add(spot(record))
    cases: list[Case] = [(row,) for row in (spot(record) for record in records) if any(row in rows for rows in lacking.values())]

    def said(found: Sequence[Case]) -> str:
        left = {case[0] for case in found}
        counts = {name: len(rows & left) for name, rows in lacking.items()}
        return f"{_rows(found)} without {', '.join(f'{name} ({count:,})' for name, count in counts.items() if count)}"

    return cases, said


def _lacking(record: Record, required: Sequence[str]) -> Iterator[str]:
    if not record.key:
        yield "person_id"
    if not record.source.get("status") and not any(record.source.get(name) for name in _DATES):
        yield "status or dates"
    yield from (name for name in required if is_absent(value_of(record, name)))


def _shared(records: Iterable[Record], names: Callable[[Mapping[str, Any]], list[str]]) -> list[Case]:
    """For each name that more than one person has, the first row of each of them."""
    owners: dict[str, dict[str, Spot]] = {}
    for record in records:
        for name in names(record.attributes):
            owners.setdefault(name, {}).setdefault(record.key, spot(record))
    return [tuple(rows.values()) for rows in owners.values() if len(rows) > 1]


def _case(records: Sequence[Record]) -> Case:
    return tuple(map(spot, records))


def _rows(cases: Sequence[Case]) -> str:
    count = len({row for case in cases for row in case})
    return f"{count:,} row{'' if count == 1 else 's'}"


def _keys(cases: Sequence[Case]) -> str:
    return f"{len(cases):,} person_id{_s(cases)}"


def _people(cases: Sequence[Case]) -> str:
    return "person" if len(cases) == 1 else "people"


def _s(cases: Sequence[Case]) -> str:
    return "" if len(cases) == 1 else "s"


def _es(cases: Sequence[Case]) -> str:
    return "" if len(cases) == 1 else "es"
