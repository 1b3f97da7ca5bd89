# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever happens to the bytes of a ledger is found."""

from __future__ import annotations

import hashlib
import json

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ledger.chain import (
    Chain,
    Head,
    anchored,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ledger.given import normal
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ledger.lines import (
    canonical,
    parsed,
    sealed,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.ledger.keys import (
    checker,
    signer,
)
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.ledger.ledgers import (
    ODD,
    leaver,
    lines_of,
    problems,
    records,
    verified,
)
from hypothesis import assume, given, settings
from hypothesis import strategies as st

SECRET = b"sixteen bytes or more"
some = st.lists(records, min_size=1, max_size=3)


def anchor_of(lines):
    return anchored(verified(lines).head.anchor)


def split(content):
    *lines, torn = content.split(b"\n")
    return lines, torn


@given(some)
def test_what_was_written_is_intact_and_comes_back_as_it_was(given_records):
    lines = lines_of(given_records)
    assert problems(lines, anchor=anchor_of(lines)) == []
    for line, one in zip(lines, normal(given_records)):
        assert line.isascii()
        assert b"\n" not in line
        assert canonical(json.loads(line)) == line
        assert {name: parsed(line)[name] for name in one} == one


def flipped(content, place, bit):
    changed = bytearray(content)
    changed[place] ^= 1 << bit
    return split(bytes(changed))


def test_any_bit_of_any_byte():
    """Without an anchor, and without a key: also in the last line, and in a signature."""
    lines = lines_of([leaver(ODD[2]), leaver("2", "failed", asked={"mode": "x"})], sign=signer(SECRET, ""))
    content = b"".join(line + b"\n" for line in lines)
    for place in range(len(content)):
        for bit in range(8):
            assert verified(*flipped(content, place, bit)).count, (place, bit)


@settings(max_examples=60)
@given(some, st.data())
def test_any_bit_of_any_records(given_records, data):
    content = b"".join(line + b"\n" for line in lines_of(given_records))
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=5, max_size=5)):
        bit = place % 8
        assert verified(*flipped(content, place, bit)).count


@given(some, st.data())
def test_lines_that_are_removed_doubled_moved_or_cut(given_records, data):
    lines = lines_of(given_records)
    anchor = anchor_of(lines)
    place, other = (data.draw(st.integers(0, len(lines) - 1)) for dummy in range(2))
    removed = lines[:place] + lines[place + 1 :]
    assert verified(removed, anchor=anchor).count
    assert place == len(lines) - 1 or verified(removed).count  # without an anchor, only the end can go unseen
    assert verified(lines[: place + 1] + lines[place:]).count
    if place != other:
        swapped = list(lines)
        swapped[place], swapped[other] = swapped[other], swapped[place]
        assert verified(swapped).count
    content = b"".join(line + b"\n" for line in lines)
    length = data.draw(st.integers(0, len(content) - 1))
    rest, torn = split(content[:length])
    assert verified(rest, torn, anchor=anchor).count
    assert verified(rest, torn).count == bool(torn)


@given(some, records, st.data())
def test_a_line_that_is_added_or_written_anew_with_a_digest_that_fits(given_records, another, data):
    lines = lines_of(given_records)
    place = data.draw(st.integers(0, len(lines) - 1))
    before = Head.of(parsed(lines[place - 1])) if place else Head()
    [record] = normal([another])
    forged = Chain(before, "4f" * 16, "2026-11-24T10:00:00.000000Z").line(record)
    assume(forged != lines[place])
    anchor = anchor_of(lines)
    assert verified([*lines[:place], forged, *lines[place:]]).count
    assert verified([*lines[:place], forged, *lines[place + 1 :]], anchor=anchor).count
    assert place == len(lines) - 1 or verified([*lines[:place], forged, *lines[place + 1 :]]).count


def test_written_anew_from_some_line_on_shows_with_an_anchor_or_a_key_only():
    lines = lines_of([leaver("1"), leaver("2"), leaver("3")], sign=signer(SECRET, ""))
    anew = lines_of([leaver("1"), leaver("22"), leaver("3")])
    assert problems(anew) == []
    assert problems(anew, anchor=anchor_of(lines)) == [(3, "anchor")]
    assert problems(anew, anchor=anchored(Head.of(parsed(lines[1])).anchor)) == [(2, "anchor")]
    check = checker(SECRET, "")
    assert problems(anew, check=check) == [(3, "unsigned")]
    assert problems(lines, check=check) == []
    by_another = lines_of([leaver("1"), leaver("22"), leaver("3")], sign=signer(b"another key of the forger", ""))
    assert problems(by_another, check=check) == [(1, "signature"), (2, "signature"), (3, "signature")]


def test_each_kind_of_damage_has_its_name_and_its_line():
    lines = lines_of([leaver(str(number)) for number in range(4)])
    first, second, third, fourth = lines
    second_altered = second.replace(b'"subject":"1"', b'"subject":"7"')
    assert problems([first, second_altered, third, fourth]) == [(2, "altered")]
    assert problems([first, b"", second]) == [(2, "unreadable"), (3, "number")]
    assert problems([first, b"junk", third, fourth]) == [(2, "unreadable")]
    assert problems([first, b"junk", b"[]", fourth]) == [(2, "unreadable"), (3, "unreadable")]
    assert problems([second, third]) == [(1, "broken")]
    assert problems([first, third]) == [(2, "broken"), (2, "number")]
    assert problems(lines, b'{"appro') == [(5, "torn")]
    assert problems([]) == []
    assert problems([], anchor=(1, "0" * 64)) == [(0, "anchor")]
    assert problems([first, sealed({**json.loads(second), "digest": ""})]) != []


def test_time_that_goes_back():
    first = lines_of([leaver("1")])[0]
    body = {name: value for name, value in json.loads(lines_of([leaver("1"), leaver("2")])[1]).items() if name != "digest"}
    later = sealed({**body, "at": "2026-11-24T09:59:59.999999Z"})
    assert problems([first, later]) == [(2, "time")]


def test_a_clock_that_is_behind_does_not_make_time_go_back():
    head = Head(1, json.loads(lines_of([leaver("1")])[0])["digest"], "2026-11-24T10:00:00.000000Z")
    [record] = normal([leaver("2")])
    line = Chain(head, "", "2026-11-24T08:00:00.000000Z").line(record)
    assert (parsed(line)["at"], parsed(line)["clock"]) == ("2026-11-24T10:00:00.000000Z", "2026-11-24T08:00:00.000000Z")
    assert problems([lines_of([leaver("1")])[0], line]) == []


@pytest.mark.parametrize("line", [b"null", b"5", b"[" * 100_000, b'{"approved_by":""}', b"\xff\xfe", b'{"number":' + b"9" * 5000 + b"}"])
def test_lines_that_hold_anything(line):
    assert problems([line]) == [(1, "unreadable")]


@pytest.mark.parametrize("field", ["number", "at", "digest", "asked", "run", "times", "verdicts", "operations", "subject", "previous"])
def test_fields_of_another_kind(field):
    for value in (None, True, 1.5, ["x"], {"x": 5}, {"x": None}, "x"):
        entry = json.loads(lines_of([leaver("1")])[0])
        del entry["digest"]
        line = sealed({**entry, field: value}) if field != "digest" else canonical({**entry, field: value})
        if value != entry.get(field, "") and not (field in ("asked", "run") and isinstance(value, dict)):
            assert field == "subject" and isinstance(value, str) or problems([line]) != [], value


def test_problems_are_counted_and_shortened():
    found = verified([b"junk"] * 5000)
    assert (found.count, len(found.problems)) == (5000, 100)


@pytest.mark.parametrize("anchor", ["", "1", "0:" + "a" * 64, "1:abc", "x:" + "a" * 64, "-1:" + "a" * 64, "1:" + "A" * 64, "\u0661:" + "a" * 64])
def test_anchors_that_are_none(anchor):
    with pytest.raises(InvalidInput, match="anchor"):
        anchored(anchor)


def test_the_chain_is_what_the_guide_says_without_anything_of_ours():
    previous = hashlib.sha256(b"identityops.lifecycle ledger 1\n" + b"4f" * 16).hexdigest()
    for number, line in enumerate(lines_of([leaver(odd) for odd in ODD], sign=signer(SECRET, "")), 1):
        record = json.loads(line)
        digest = record.pop("digest")
        assert hashlib.sha256(json.dumps(record, sort_keys=True, separators=(",", ":")).encode()).hexdigest() == digest
        assert (record["number"], record["previous"]) == (number, previous)
        previous = digest
