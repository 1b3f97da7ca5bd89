# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page: well-formed, accessible, without a script, and with whatever anybody wrote as nothing but text."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata

from ansible_collections.identityops.lifecycle.plugins.module_utils.core.evidence_report.chain import Chain
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.evidence_report.charts import told
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.evidence_report.page import page
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.evidence_report.style import STYLE
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.evidence_report.ledgers import (
    HOSTILE,
    NAMES,
    at,
    company,
    leaver,
    line,
    made,
    person,
    said,
)
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.health.test_health_page import (
    Page,
)
from hypothesis import given, settings
from hypothesis import strategies as st

BROKEN = Chain(False, 1, "ab" * 32, "1:" + "ab" * 32, (f"Line 1: {HOSTILE}",), 250, False)


def everything(text, **options):
    """A report with a text wherever anybody can put one."""
    record = leaver(50, text, 0, "account", note=text, run={"id": text, "by": text}, requested_by=text, approved_by=text + "b",
                    operations=[{"plane": text, "verb": text, "what": text}])
    record["verdicts"] = {text: {"verdict": text, "why": text}, **record["verdicts"]}
    moved = line(1, "mover", "failed", text + "m", [{"plane": text, "verb": text}], {text: {"verdict": "unproven", "why": text}}, run={"id": "", "by": ""})
    people = [person(text + "ghost", left_at=at(1)), person(text + "new", "active", since=at(2)), person(text, "active")]
    names = {text: text, text + "m": text, text + "ghost": text}
    return made([moved, record], people, **{"title": text or "t", "names": names, "seed": text, "chain": BROKEN, **options})


def checked(text):
    read = Page(text)
    assert (read.problems, read.open) == ([], [])
    assert not read.tags & {"script", "img", "iframe", "link", "object", "form"}
    assert not {name for name in read.attributes if name.startswith("on") or name in ("style", "src")}
    assert len(read.ids) == len(set(read.ids))
    assert set(re.findall(r'href="([^"]*)"', text)) <= {f"#{identity}" for identity in read.ids}
    assert set(" ".join(re.findall(r'aria-labelledby="([^"]*)"', text)).split()) <= set(read.ids)
    return read


def test_what_anybody_wrote_is_nothing_but_text():
    text = page(everything(HOSTILE))
    read = checked(text)
    assert "parent.ran=1" in read.text
    assert "{{ 7 * 191 }}" in read.text  # as it is for people
    assert "{{" not in text  # and nothing for a template
    assert not {"\x1b", "\u202e"} & set(text)


@settings(max_examples=15, deadline=None)
@given(st.text(st.one_of(st.sampled_from("<>&\"'{}%\\\x00\x1b\u202e\u200d\ud800\n"), st.characters()), max_size=40))
def test_any_text_gives_a_well_formed_page(text):
    written = page(everything(text or "-"))
    checked(written)
    written.encode()


def test_names_pass_unharmed():
    records = [leaver(number + 1.0, subject, number) for number, subject in enumerate(NAMES)]
    read = checked(page(made(records, names=NAMES)))
    for name in NAMES.values():
        assert name in read.text
    assert unicodedata.normalize("NFC", NAMES["2002"]) != NAMES["2002"]


def test_the_policy_allows_the_style_of_the_page_and_nothing_else():
    text = page(made(company()))
    (shown,) = re.findall("<style>(.*)</style>", text, re.DOTALL)
    allowed = base64.b64encode(hashlib.sha256(shown.encode()).digest()).decode()
    assert f"content=\"default-src 'none'; style-src 'sha256-{allowed}'\"" in text
    assert "url(" not in STYLE
    assert "prefers-reduced-motion" in STYLE
    assert "://" not in text


def test_a_reader_finds_its_way():
    text = page(made(company(), [person("ghost", left_at=at(900))]))
    read = checked(text)
    assert {"header", "nav", "main", "footer", "h1"} <= read.tags
    assert 'lang="en"' in text
    assert text.index('href="#main"') < text.index("<header>")
    assert text.count("<table") == text.count("<caption>") == text.count('role="table"')
    assert text.count('<th role="rowheader" scope="row"') == text.count('<tr role="row"><th role="rowheader"')
    assert len(re.findall("<svg", text)) == 2
    assert all(f"<title id={name}-title" in text.replace('"', "") for name in ("how-long", "over-time"))


def test_what_matters_stands_first():
    text = page(made(company(), [person("ghost", left_at=at(900))], names=NAMES))
    order = ["4 of 45 leavers are not proven gone", "1 person left by the roster and has no record of it", "Chain of records", "Not proven gone (4)",
             ">ghost<", "Close account, sessions by hand", "Time to proven revocation", "Over time</h2>", "Completeness</h2>",
             "Leavers (44)", "By whom (", "Sample (25)", "Controls</h2>", "How to check this report"]
    places = [text.index(part) for part in order]  # a link to a section comes before it
    assert places == sorted(places)


def test_a_broken_chain_stands_before_everything_and_its_lines_are_told():
    text = page(made([leaver(1, "a", 0)], chain=BROKEN))
    assert "do not rely on what it says" in text
    assert text.index("The chain is broken") < text.index("Time to proven revocation")
    assert "And 249 more" in text
    assert "\u2715 Broken" in text


def test_no_verdict_is_told_by_colour_alone():
    text = page(made([leaver(50, "a", 0, "sessions")]))
    for words in ("\u2713 proven", "\u2715 unproven", "\u2013 not applicable"):
        assert words in text


def test_controls_are_supported_and_never_met():
    text = checked(page(made(company()))).text
    for control in ("CC6.1", "CC6.2", "CC6.3", "A.5.3", "A.5.16", "A.5.18", "A.8.2", "PS-4", "AC-2 h", "AC-2 k", "AC-2 l", "AC-2(3)"):
        assert control in text
    assert "support" in text
    assert not re.search(r"compl(y|ies|iant)|certif", text, re.IGNORECASE)


def test_the_chart_is_told_in_words():
    found = made([leaver(1, "a", 0), line(2, "joiner", "done", "b", [{"plane": "account", "verb": "create"}], said())])
    assert told(found.steps) == "1 joined, 0 moved, 1 left, 0 let in again, by day, from 1 Sep 2026 to 1 Sep 2026; most left, 1, in the day of 1 Sep 2026."


def test_an_empty_ledger_and_long_lists_are_said():
    text = page(made([]))
    checked(text)
    assert "Nobody left" in text
    many = [leaver(number / 10, f"p{number}", 0, "account") for number in range(400)]
    text = page(made(many, as_of=None))
    assert "And 200 more, which stand in the CSV file." in text


def test_how_a_leaving_ended_stands_in_its_row():
    back = line(30, "reinstate", "done", "a", [{"plane": "account", "verb": "activate"}])
    shown = page(made([leaver(1, "a", 0, "account"), back, line(2, "leaver", "done", "b", verdicts={"seat": {"verdict": "not_applicable"}})]))
    assert "let in again before" in shown
    assert "nothing to revoke</span>" in shown
