# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ledgers for tests, without a file, and any records that a task may give."""

from __future__ import annotations

from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ledger.chain import Chain, Head
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ledger.given import normal
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ledger.record import KINDS, STAGES
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.ledger.verify import Verification
from hypothesis import strategies as st

NOW = "2026-11-24T10:00:00.000000Z"
ODD = (
    "O'Connor",
    "von der Leyen",
    "M\u00fcller",
    "Mu\u0308ller",
    "\u0130\u0131",
    "\u05d0\u05d1 \u202e",
    "x" * 200,
    "\U0001f600",
    "{{ lookup('pipe','id') }}",
    "\ud800",
    '","subject":"',
    "\n\u2028\x00\x1b[2J",
)

texts = st.one_of(st.sampled_from(ODD), st.text(max_size=20))
_words = st.from_regex(r"p[a-z0-9_]{0,5}", fullmatch=True)
_instants = st.sampled_from(["2026-11-24T10:00:00Z", "2026-11-24T23:30:00.5+14:00", "2026-11-24T10:00:00"])
_leaves = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), texts)
_names = st.sampled_from(["mode", "subject", "kind", "content", "digest", "times", "why", "\u00fc"])
_nested = st.recursive(_leaves, lambda part: st.lists(part, max_size=2) | st.dictionaries(_names, part, max_size=3), max_leaves=5)
_asked = st.dictionaries(_names, _nested, max_size=4)
records = st.fixed_dictionaries(
    {"kind": st.sampled_from(KINDS), "stage": st.sampled_from(STAGES), "subject": texts.filter(str.strip)},
    optional={
        "asked": _asked,
        "plan": texts,
        "note": texts,
        "operations": st.lists(st.fixed_dictionaries({"plane": texts, "verb": texts, "id": texts, "what": texts}), max_size=2),
        "verdicts": st.dictionaries(_words, st.fixed_dictionaries({"verdict": texts, "why": texts}), max_size=2),
        "times": st.dictionaries(_words | st.just("left_at"), _instants, max_size=2),
    },
)


def leaver(subject="1815", stage="done", *, verdict="proven", left_at="", proven_at="", written=True, **fields):
    """A record about somebody who leaves."""
    operations = [{"plane": "account", "verb": "deactivate", "id": "7", "what": "active"}] if written else []
    times = {"left_at": left_at, "proven_at": proven_at}
    verdicts = {"account": {"verdict": verdict}}
    return {"kind": "leaver", "stage": stage, "subject": subject, "operations": operations, "times": times, "verdicts": verdicts, **fields}


def lines_of(given, *, sign=None, now=NOW, **facts):
    """The lines of a ledger that holds these records, whatever they repeat."""
    chain = Chain(Head(), "4f" * 16, now, sign=sign, **facts)
    return [chain.line(one) for one in normal(given)]


def verified(lines, torn=b"", *, anchor=None, check=None):
    verification = Verification(anchor, check)
    for line in lines:
        verification.feed(line)
    verification.end(torn)
    return verification


def problems(lines, torn=b"", **known):
    return [(found["line"], found["problem"]) for found in verified(lines, torn, **known).problems]
