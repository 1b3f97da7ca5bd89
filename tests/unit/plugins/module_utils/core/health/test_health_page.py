# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of the role sync_health: well-formed, without a script, and with whatever logs say as nothing but text."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.health.chart import (
    between,
    chart,
    described,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.health.page import STYLE, page
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.health.text import deed
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.page.text import clock_time
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.health.test_health_report import (
    ENTRA,
    OKTA,
    UNTIL,
    event,
    health,
)
from hypothesis import given, settings
from hypothesis import strategies as st

VOID = {"meta"}
HOSTILE = "</title></style><script>alert(1)</script><img src=x onerror=alert(1)> \" onload='x' & {{ 7 * 191 }}\x1b[31m\u202e" + "x" * 200


class Page(HTMLParser):
    """A page that was read. problems: elements that were not closed, or in the wrong order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.problems: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.ids: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, dummy in attrs)
        self.ids += [str(value) for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problems.append(tag)

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data


def checked(text: str) -> Page:
    read = Page(text)
    assert (read.problems, read.open) == ([], [])
    assert not read.tags & {"script", "img", "iframe", "link", "object", "form", "a"}
    assert not {name for name in read.attributes if name.startswith("on") or name in ("style", "src", "href")}
    assert len(read.ids) == len(set(read.ids))
    return read


def everything(text: str) -> dict[str, Any]:
    """A result with a text wherever a log can put one."""
    told = {"detail": text, "error_code": text}
    line = event(3, "user.update", "failure", text, idp="", unit=text, **told)
    return health(
        event(6, "user.deactivate", "failure", text, **told),
        event(5, "user.update", "failure", "b" + text, **told),
        event(4, text, "failure", "c" + text, idp=text, **told),
        event(2, "group.member.remove", "failure", group=text, **told),
        event(1, "user.update", "success", "d@example.com"),
        hosts=[{"sync_health_host": "conn1", "events": [line], "unparsed": 3}, {"sync_health_host": text, "failed": True, "msg": text}],
        providers=[ENTRA, {"id": "p", "name": text}],
        probe={"healthy": False, "problem": text, "latency_ms": 12.5, "reads": [{"step": text, "status": "failed", "detail": text}]},
        causes=[{"action": "user.update", "cause": text, "remedy": text}],
        rate=1,
        silence=2,
    )


def test_what_logs_say_is_nothing_but_text() -> None:
    text = page(everything(HOSTILE))
    read = checked(text)
    assert "alert(1)" in read.text
    assert not {"\x1b", "\u202e"} & set(text)
    assert "{{" not in text
    assert re.findall(r"<style>", text) == ["<style>"]


@settings(max_examples=25, deadline=None)
@given(st.text(st.one_of(st.sampled_from("<>&\"'{}%\\\x00\x1b\u202e\ud800\n"), st.characters()), max_size=40))
def test_any_text_gives_a_well_formed_page(text: str) -> None:
    written = page(everything(text))
    checked(written)
    written.encode()


def test_the_style_is_the_one_that_the_policy_allows() -> None:
    text = page(health())
    (shown,) = re.findall("<style>(.*)</style>", text, re.DOTALL)
    assert shown == STYLE
    allowed = base64.b64encode(hashlib.sha256(shown.encode()).digest()).decode()
    assert f"content=\"default-src 'none'; style-src 'sha256-{allowed}'\"" in text
    assert "url(" not in STYLE
    assert "</" not in STYLE


def test_leavers_stand_before_everything_else() -> None:
    text = page(health(event(2, "user.deactivate", "failure", "gone@example.com"), event(1, "user.update", "failure")))
    order = ["Failing", "1 person could not be deprovisioned", "Not deprovisioned (1)", "gone@example.com", "Over time", "Whose last write failed (1)"]
    places = [text.index(part) for part in order]
    assert places == sorted(places)


def test_nothing_logged_is_said_and_is_no_chart() -> None:
    text = page(health())
    assert "? Unknown" in text
    assert "Nothing was logged in the window. That is not a sign of health" in text
    assert "<svg class=\"chart\"" not in text
    assert "unknown<small>no event has an outcome" in text


def test_the_chart_is_told_in_words_and_as_numbers() -> None:
    result = health(event(2.2, "user.update", "failure"), *[event(n / 4, "user.update", "success") for n in range(1, 90)])
    said = described(result["timeline"])
    assert said == "90 events from 23 Nov 2026 12:00 UTC on, 1 failed; most failures, 1, in the 30 minutes from 24 Nov 2026 09:30 UTC."
    text = page(result)
    assert f'<desc id="chart-desc">{said}</desc>' in text
    assert "24 Nov 09:30 to 10:00 UTC" in text
    assert between({"since": "2026-11-24T23:30:00Z", "minutes": 60}) == "24 Nov 23:30 to 25 Nov 00:30 UTC"


@pytest.mark.parametrize(("hours", "label"), [(2, ">11:30<"), (24, ">06:00<"), (24 * 14, ">23 Nov<"), (24 * 300, ">5 Oct<")])
def test_the_times_below_the_chart_are_round(hours: float, label: str) -> None:
    drawn = chart(health(event(1, "user.update", "success"), hours=hours)["timeline"])
    assert 2 <= len(re.findall(r'<rect class="ground" x=', drawn)) <= 6
    assert label in drawn


def test_one_failure_among_very_many_successes_is_seen() -> None:
    steps = [{"since": UNTIL.strftime("%Y-%m-%dT%H:%M:%SZ"), "minutes": 30, "success": 10_000, "failure": 1, "other": 1}]
    heights = {kind: float(height) for kind, height in re.findall(r'<rect class="(failed|succeeded|other)"[^>]* height="([\d.]+)"', chart(steps))}
    assert heights["failed"] >= 4
    assert set(heights) == {"failed", "succeeded", "other"}


def test_long_lists_are_cut_and_say_so() -> None:
    many = [event(1 + n / 1000, "user.update", "failure", f"u{n}@example.com", detail=f"reason {chr(97 + n % 26)}{chr(97 + n // 26)}") for n in range(250)]
    text = page(health(*many, providers=[ENTRA, OKTA]))
    assert "And 50 more, which are not shown." in text
    assert "Whose last write failed (250)" in text


def test_words_for_people() -> None:
    assert [deed(action) for action in ("user.deactivate", "group.member.add", "user.member.remove", "service.read", "")] == [
        "deactivate the user",
        "add a member to the group",
        "remove a member from a group",
        "service.read",
        "unknown action",
    ]
    assert clock_time("2026-11-04T09:05:01.123456789Z") == "4 Nov 2026 09:05 UTC"
    assert clock_time("soon") == "soon"
