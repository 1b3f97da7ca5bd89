# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of the role sync_health: what counts, what is said first, and what is said not to be known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.health.people import (
    by_reason,
    open_failures,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.health.providers import Thresholds
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.health.report import report
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.health.sources import (
    Window,
    probe_shown,
    reads,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.health.table import (
    event_lines,
    table,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.health.timeline import timeline
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.page.text import (
    inert,
    percent,
    span,
)
from hypothesis import given, settings
from hypothesis import strategies as st

UNTIL = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)
ENTRA = {"id": "e1", "name": "Entra ID"}
OKTA = {"id": "o1", "name": "Okta"}


def event(hour: float, action: str, status: str, user: str = "ada@example.com", **fields: Any) -> dict[str, Any]:
    """An event so many hours before the end."""
    at = (UNTIL - timedelta(hours=hour)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    who = {} if "group" in fields else {"user": user}
    return {"timestamp": at, "action": action, "status": status, "source": "cloudflare", "idp": "e1", **who, **fields}


def health(
    *events: Mapping[str, Any],
    hosts: Sequence[Mapping[str, Any]] = (),
    probe: Mapping[str, Any] | None = None,
    hours: float = 24,
    providers: Sequence[Mapping[str, Any]] = (ENTRA,),
    cloudflare: Mapping[str, Any] | None = None,
    causes: Sequence[Mapping[str, Any]] = (),
    **limits: Any,
) -> dict[str, Any]:
    steps = {
        "providers": {"identity_providers": list(providers)},
        "cloudflare": {"events": list(events)} if cloudflare is None else cloudflare,
        "hosts": {"results": list(hosts)},
    }
    thresholds = Thresholds.from_options(limits)
    window = Window.from_options("2026-11-24T12:00:00Z", hours, thresholds.silence)
    return report(reads(steps), probe_shown(probe or {}), window, thresholds, causes)


def people(*events: Mapping[str, Any], **options: Any) -> list[tuple[str, str, bool]]:
    return [(one["who"], one["action"], one["leaver"]) for one in health(*events, **options)["people"]]


# -- whose last event failed ------------------------------------------------------------------------------------------


def test_a_deactivation_stays_open_until_one_succeeds_whatever_else_does() -> None:
    failed = event(5, "user.deactivate", "failure")
    assert people(failed, event(4, "user.update", "success")) == [("ada@example.com", "user.deactivate", True)]
    assert people(failed, event(4, "user.deactivate", "success")) == []
    assert people(failed, event(4, "user.delete", "success")) == []
    assert people(failed, event(4, "user.activate", "success")) == []  # let in again on purpose
    assert people(failed, event(4, "user.activate", "failure")) == [("ada@example.com", "user.deactivate", True)]
    assert people(failed, event(4, "user.deactivate", "attempted")) == [("ada@example.com", "user.deactivate", True)]


def test_leavers_stand_first_then_memberships_then_the_newest() -> None:
    shown = people(
        event(1, "user.update", "failure", "new@example.com"),
        event(2, "user.update", "failure", "old@example.com"),
        event(3, "group.member.remove", "failure", group="Staff"),
        event(9, "user.delete", "failure", "gone@example.com"),
    )
    assert [who for who, dummy, leaver in shown] == ["gone@example.com", "Staff", "new@example.com", "old@example.com"]
    assert [leaver for *dummy, leaver in shown] == [True, False, False, False]


def test_a_success_ends_a_failure_of_the_same_person_in_any_letter_case_and_a_read_does_not() -> None:
    assert people(event(5, "user.create", "failure"), event(4, "user.update", "success", "ADA@example.com")) == []
    assert len(people(event(5, "user.create", "failure"), event(4, "user.read", "success"))) == 1
    assert len(people(event(5, "user.create", "failure"), event(4, "user.update", "skipped"))) == 1
    assert len(people(event(5, "user.create", "failure"), event(4, "user.update", "success", "bob@example.com"))) == 1


def test_each_provider_speaks_for_itself_but_a_log_of_failures_only_does_not() -> None:
    events = [event(5, "user.deactivate", "failure"), event(4, "user.deactivate", "success", idp="o1"), event(3, "user.create", "success", "b@x.example")]
    assert people(*events, providers=[ENTRA, OKTA]) == [("ada@example.com", "user.deactivate", True)]
    line = event(5, "user.deactivate", "failure", idp="", source="key_value")
    host = {"sync_health_host": "conn1", "events": [line]}
    assert people(event(4, "user.deactivate", "success"), hosts=[host]) == []
    assert people(event(6, "user.deactivate", "success"), hosts=[host]) == [("ada@example.com", "user.deactivate", True)]


def test_somebody_whom_several_logs_name_is_one_person() -> None:
    line = event(4, "user.update", "failure", idp="", source="key_value", unit="scim-sync.service")
    (person,) = health(event(5, "user.update", "failure"), hosts=[{"sync_health_host": "conn1", "events": [line]}])["people"]
    assert person["providers"] == ["Entra ID", "scim-sync on conn1"]
    (person,) = health(event(5, "user.update", "failure"), event(4, "user.update", "failure"), event(3, "user.update", "failure"))["people"]
    assert (person["attempts"], person["since"]) == (3, "2026-11-24T07:00:00.000Z")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["user.create", "user.update", "user.deactivate", "user.delete", "user.activate", "user.read"]),
            st.sampled_from(["success", "failure", "attempted"]),
            st.sampled_from(["a@x.example", "b@x.example"]),
        ),
        max_size=12,
    )
)
def test_nobody_is_left_out_whose_last_write_failed_or_whose_access_was_not_ended(tried: list[tuple[str, str, str]]) -> None:
    events = [{**event(20 - number, *one), "provider": "p"} for number, one in enumerate(tried)]
    found = {entry["who"]: entry["leaver"] for entry in open_failures(events)}
    for who in ("a@x.example", "b@x.example"):
        decided = [one for one in tried if one[2] == who and one[1] != "attempted" and one[0] != "user.read"]
        ends = [one for one in decided if one[0] in ("user.deactivate", "user.delete") or one[:2] in (("user.activate", "success"), ("user.create", "success"))]
        leaver = bool(ends) and ends[-1][1] == "failure"
        assert found.get(who, False) is leaver
        assert (who in found) is (leaver or (bool(decided) and decided[-1][1] == "failure"))


# -- providers, thresholds and the verdict -----------------------------------------------------------------------------


def test_healthy_is_only_what_is_known_to_be() -> None:
    assert health(event(1, "user.update", "success"))["healthy"] is True
    empty = health()
    assert (empty["healthy"], empty["state"], empty["providers"][0]["state"]) == (False, "unknown", "silent")
    assert health(event(1, "user.update", "attempted"))["state"] == "unknown"
    assert health(event(1, "user.update", "success"), providers=[ENTRA, OKTA])["reasons"] == ["nothing is known of Okta"]
    assert health(event(1, "user.update", "success"), hosts=[{"sync_health_host": "h", "unreachable": True, "msg": "no"}])["state"] == "unknown"
    assert health(event(1, "user.update", "failure"), event(0.5, "user.update", "success"))["healthy"] is True
    assert health(cloudflare={})["said"] == "No log was read, so nothing is known"


def test_the_rate_counts_what_succeeded_or_failed_in_the_window() -> None:
    events = [event(30, "user.update", "failure")] + [event(9, "user.update", "success")] * 3 + [event(8, "user.update", "skipped")]
    result = health(*events[:1], event(9, "user.update", "success"), event(8, "user.update", "skipped"), event(7, "user.update", "failure", "b@x.example"))
    assert (result["failure_rate"], result["counts"]["other"], result["counts"]["events"]) == (50.0, 1, 3)
    assert health(*events[:1])["failure_rate"] is None


def test_thresholds_fail_and_are_off_by_default() -> None:
    bad = [event(9, "user.update", "success"), event(1, "user.update", "failure")]
    assert health(*bad)["failed"] is False
    assert health(*bad, rate=50)["problems"] == []
    assert health(*bad, rate=49.9)["problems"] == ["Entra ID: 50% of its events failed, 49.9% may"]
    assert health(*bad, silence=9.5)["problems"] == []
    assert health(*bad, silence=9)["problems"] == ["Entra ID: no success for 9 hours, 9 hours may pass"]
    assert health(*bad, silence=8.75)["problems"] == ["Entra ID: no success for 9 hours, 8.75 hours may pass"]
    late = health(event(49.5, "user.update", "success"), silence=48)
    assert late["problems"] == ["Entra ID: no success for at least 48 hours, 48 hours may pass"]
    assert health(silence=1)["problems"] == ["Entra ID: no success for at least 24 hours, 1 hour may pass"]
    assert health(silence=30)["problems"] == ["Entra ID: no success for at least 30 hours, 30 hours may pass"]
    # Read further back than is counted, so that a success before the window is seen.
    assert health(event(28, "user.update", "success"), silence=30)["problems"] == []


def test_one_failure_among_very_many_is_not_none() -> None:
    events = [event(9, "user.update", "success", f"u{number}@x.example") for number in range(30_000)] + [event(8, "user.update", "failure", "u1@x.example")]
    result = health(*events, event(7, "user.update", "success", "u1@x.example"), rate=0)
    (provider,) = result["providers"]
    assert provider["problems"] == ["0.01% of its events failed, 0% may"]
    assert (result["failure_rate"], result["counts"]["failure"]) == (0.01, 1)
    assert health(*events, event(7, "user.update", "success", "u1@x.example"))["providers"][0]["said"] == "0.1% of its events failed"


def test_a_deactivation_of_somebody_whom_the_log_does_not_name_is_not_hidden_by_others() -> None:
    nameless = {name: value for name, value in event(5, "user.deactivate", "failure").items() if name != "user"}
    result = health(nameless, {**nameless, "timestamp": "2026-11-24T08:00:00.000Z"}, event(1, "user.update", "success"))
    (person,) = result["people"]
    assert (person["who"], person["leaver"], person["attempts"]) == ("somebody whom the log does not name", True, 2)
    assert (result["healthy"], result["leavers_count"]) == (False, 1)
    assert health({**nameless, "action": "user.update"}, event(1, "user.update", "success"))["people"] == []


def test_two_providers_of_one_name_are_two() -> None:
    twins = [{"id": "e1", "name": "Okta"}, {"id": "o1", "name": "Okta"}]
    failed, fine = event(5, "user.deactivate", "failure"), event(1, "user.deactivate", "success", idp="o1")
    result = health(failed, fine, providers=twins)
    assert {one["name"]: one["state"] for one in result["providers"]} == {"Okta (e1)": "failing", "Okta (o1)": "ok"}
    assert result["leavers_count"] == 1
    assert result["people"][0]["providers"] == ["Okta (e1)"]


def test_providers_that_were_asked_for_by_id_are_known_where_their_names_are_not() -> None:
    refused = {"failed": True, "msg": "permission denied"}
    steps = {"providers": refused, "cloudflare": {"events": [event(1, "user.update", "success")]}}
    window, limits = Window.from_options("2026-11-24T12:00:00Z", 24), Thresholds(rate=10)
    silent = report(reads(steps, ["e1", "o1"]), probe_shown({}), window, limits)
    assert silent["reasons"] == ["nothing is known of o1"]
    steps["cloudflare"] = {"events": [event(1, "user.update", "failure")]}
    bad = report(reads(steps, ["e1"]), probe_shown({}), window, limits)
    assert bad["problems"] == ["e1: 100% of its events failed, 10% may"]
    steps = {"providers": {"identity_providers": [ENTRA, OKTA]}, "cloudflare": {"events": []}}
    assert [one["name"] for one in report(reads(steps, ["entra id", "E1"]), probe_shown({}), window, limits)["providers"]] == ["Entra ID"]


def test_a_provider_that_was_asked_for_and_has_no_scim_any_more_is_not_left_out() -> None:
    steps = {"providers": {"identity_providers": [ENTRA]}, "cloudflare": {"events": [event(1, "user.update", "success")]}}
    window = Window.from_options("2026-11-24T12:00:00Z", 24)
    assert report(reads(steps, ["Entra ID", "Okta"]), probe_shown({}), window, Thresholds())["reasons"] == ["nothing is known of Okta"]


def test_without_the_list_of_providers_a_silent_one_may_be_missing() -> None:
    steps = {"providers": {"failed": True, "msg": "time-out"}, "cloudflare": {"events": [event(1, "user.update", "success")]}}
    result = report(reads(steps), probe_shown({}), Window.from_options("2026-11-24T12:00:00Z", 24), Thresholds())
    assert result["reasons"] == ["which identity providers there are is not known"]


def test_cloudflare_tells_successes_too_so_a_provider_that_only_fails_has_a_rate() -> None:
    gone = event(1, "user.update", "failure", idp="removed")
    assert health(event(1, "user.update", "success"), gone, rate=50)["problems"] == ["removed: 100% of its events failed, 50% may"]


def test_a_log_of_which_nothing_was_understood_or_not_all_was_read_is_not_healthy() -> None:
    fine = event(1, "user.update", "success")
    for found in ({"unparsed": 7, "events": []}, {"truncated": True, "events": []}, {"failed": True, "msg": "no such file"}):
        assert health(fine, hosts=[{"sync_health_host": "conn1", **found}])["state"] == "unknown", found
    cut = health(fine, hosts=[{"sync_health_host": "conn1", "truncated": True, "events": []}])
    assert cut["reasons"] == ["not all of conn1 was read"]
    assert "conn1: there was more than was read, so look at a shorter window" in table(cut)
    assert health(fine, hosts=[{"sync_health_host": "conn1", "unparsed": 7, "events": [{**fine, "idp": ""}]}])["healthy"] is True
    assert health(fine, hosts=[{"sync_health_host": "conn1", "events": []}])["healthy"] is True


def test_a_group_without_hosts_is_a_log_that_was_not_read() -> None:
    steps = {"cloudflare": {"events": [event(1, "user.update", "success")]}, "hosts": {"results": []}, "empty": ["connectors_eu"]}
    result = report(reads(steps), probe_shown({}), Window.from_options("2026-11-24T12:00:00Z", 24), Thresholds())
    assert (result["problems"], result["healthy"]) == (["connectors_eu could not be read: the group has no hosts"], False)
    assert "connectors_eu: not read: the group has no hosts" in table(result)


def test_a_task_that_failed_before_any_host_is_a_log_that_was_not_read() -> None:
    steps = {"cloudflare": {"events": [event(1, "user.update", "success")]}, "hosts": {"failed": True, "msg": "'x' is undefined"}}
    result = report(reads(steps), probe_shown({}), Window.from_options("2026-11-24T12:00:00Z", 24), Thresholds())
    assert result["problems"] == ["connectors could not be read: 'x' is undefined"]


def test_an_endpoint_that_is_ill_or_was_not_asked_fails_only_if_it_should() -> None:
    ill = {"healthy": False, "problem": "status 401"}
    assert health(event(1, "user.update", "success"), probe=ill)["state"] == "failing"
    assert health(event(1, "user.update", "success"), probe=ill)["failed"] is False
    window = Window.from_options("2026-11-24T12:00:00Z", 24)
    for asked, said in ((ill, "the endpoint is not healthy: status 401"), ({}, "the endpoint was not asked")):
        result = report([], probe_shown(asked), window, Thresholds(probe=True, unread=False))
        assert result["problems"] == [said]
    missing = probe_shown({"failed": True, "msg": "missing required arguments: url"})
    assert (missing["asked"], missing["healthy"]) == (False, None)
    broken = probe_shown({"failed": True, "msg": "the time budget is used up; token=abcdefgh12345678"})
    assert (broken["asked"], broken["healthy"]) == (True, None)
    assert "abcdefgh" not in broken["problem"]


def test_of_a_log_that_holds_failures_only_no_rate_and_no_silence_is_told() -> None:
    line = event(4, "user.update", "failure", idp="", source="key_value")
    host = {"sync_health_host": "conn1", "events": [line]}
    (provider,) = health(cloudflare={}, hosts=[host], rate=10, silence=2)["providers"]
    assert (provider["failure_rate"], provider["problems"], provider["state"]) == (None, [], "failing")


def test_what_an_archive_and_cloudflare_both_hold_is_counted_once() -> None:
    one = event(1, "user.update", "failure")
    host = {"sync_health_host": "localhost", "events": [dict(one)]}
    assert health(one, hosts=[host])["counts"]["failure"] == 1


# -- failures, causes, texts -------------------------------------------------------------------------------------------


def test_a_host_shows_what_it_holds_also_where_cloudflare_holds_it_too() -> None:
    one = event(1, "user.update", "failure")
    result = health(one, hosts=[{"sync_health_host": "localhost", "events": [dict(one), event(30, "user.update", "failure")]}])
    (host,) = result["hosts"]
    assert (host["events"], host["failures"], [line["who"] for line in host["lines"]]) == (1, 1, ["ada@example.com"])


def test_what_only_an_archive_holds_is_of_the_provider_that_cloudflare_names() -> None:
    failed, done = event(5, "user.deactivate", "failure"), event(4, "user.deactivate", "success")
    result = health(done, hosts=[{"sync_health_host": "localhost", "events": [failed, dict(done)]}])
    assert [(one["name"], one["events"], one["state"]) for one in result["providers"]] == [("Entra ID", 2, "ok")]
    assert (result["people"], result["healthy"]) == ([], True)


def test_the_same_refusal_of_many_people_is_one_failure_with_a_cause() -> None:
    events = [event(n, "user.create", "failure", f"u{n}@x.example", error_code="409", detail=f"u{n}@x.example already exists") for n in range(1, 8)]
    result = health(*events, event(9, "user.update", "failure", error_code="401", detail="Unauthorized"))
    first, second = result["failures"]
    assert (first["count"], first["who_count"], len(first["who"]), first["error_code"]) == (7, 7, 5, "409")
    assert first["who"][0] == "u1@x.example"
    assert first["cause"]
    assert second["remedy"]
    assert len(by_reason(result["people"])) == 2
    # Names that the log spells in another way than whom it is about do not keep them apart.
    short = [event(n, "user.create", "failure", f"u{n}@x.example", detail=f"u{n} already exists") for n in range(1, 8)]
    assert [failure["count"] for failure in health(*short)["failures"]] == [7]
    odd = [event(n, "user.create", "failure", f"u{n}@x.example", detail=f"the flux of u{n}@x.example is low") for n in range(1, 8)]
    assert [failure["count"] for failure in health(*odd)["failures"]] == [7]
    mine = {"error_code": "409", "cause": "Ours.", "remedy": "Call us."}
    assert health(*events, causes=[mine])["failures"][0]["cause"] == "Ours."


def test_texts_of_logs_are_inert_and_without_secrets() -> None:
    hostile = "\x1b[31m\u202e{{ 1 }}\nnew line password=hunter2"
    result = health(event(1, "user.update", "failure", hostile, detail=hostile, error_code=hostile))
    for said in (str(result), "\n".join(table(result)), "".join(event_lines([event(1, "user.update", "failure", hostile, detail=hostile)]))):
        assert not {"\x1b", "\u202e"} & set(said)
        assert "{{" not in said
    assert "hunter2" not in result["people"][0]["detail"]
    assert all("\n" not in line for line in table(result))
    assert inert("x" * 10_000) == "x" * 599 + "\u2026"
    assert inert("مريم") == "مريم"


def test_the_table_says_the_worst_first_and_what_could_not_be_read() -> None:
    lines = table(
        health(
            event(2, "user.deactivate", "failure", "gone@example.com", detail="no"),
            event(1, "user.update", "failure"),
            hosts=[{"sync_health_host": "conn1", "failed": True, "msg": "No journal files were found"}],
            unread=True,
        )
    )
    assert lines[0].startswith("FAILING: 1 person could not be deprovisioned")
    place = {title: lines.index(title) for title in ("NOT DEPROVISIONED", "LAST WRITE FAILED", "WHAT FAILED MOST")}
    assert sorted(place, key=lambda title: place[title]) == list(place)
    assert "CONN1: could not be read: No journal files were found" in lines
    assert "ENDPOINT: not known: the endpoint was not asked" in lines
    assert any(line.startswith("! conn1 could not be read") for line in lines)


# -- time --------------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.floats(0.1, 24 * 366), st.lists(st.floats(0, 1), max_size=20))
def test_every_event_of_the_window_is_in_one_step_of_the_timeline(hours: float, parts: list[float]) -> None:
    since = UNTIL - timedelta(hours=hours)
    events = [{"at": since + (UNTIL - since) * part, "status": "success"} for part in parts]
    steps = timeline(events, since, UNTIL)
    assert sum(step["success"] for step in steps) == len(parts)
    assert 1 <= len(steps) <= 60
    assert all(step["since"].endswith(":00Z") for step in steps)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Thresholds.from_options({"rate": -1}), "sync_health_max_failure_rate"),
        (lambda: Thresholds.from_options({"silence": -1}), "sync_health_max_silence"),
        (lambda: Window.from_options("yesterday", 24), "sync_health_until"),
        (lambda: Window.from_options("2026-11-24T12:00:00Z", 0), "sync_health_window"),
        (lambda: Window.from_options("2026-11-24T12:00:00Z", 24, 10_000), "sync_health_max_silence"),
    ],
)
def test_what_is_wrong_is_refused_by_the_name_of_its_variable(make: Any, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        make()


def test_numbers_for_people() -> None:
    assert [percent(share) for share in (0, 0.04, 0.5, 12.4, 99.97, 100)] == ["0%", "0.1%", "0.5%", "12%", "99.9%", "100%"]
    assert [span(seconds) for seconds in (1, 90, 7200, 86400 * 1.5, 86400 * 3)] == ["1 second", "1 minute", "2 hours", "36 hours", "3 days"]
