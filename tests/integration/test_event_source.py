# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source on Cloudflare's log: every entry at least once, whatever happens, and hardly ever twice."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sandbox
from tests.integration.event_source import ACTIVE, SOURCE, Engine, Provider, ago, engine, in_time, until


@pytest.fixture
def provider() -> Iterator[Provider]:
    with sandbox.running() as service:
        yield Provider(service)


def users(events: list[dict[str, Any]]) -> list[str]:
    return [event["user"] for event in events]


def test_what_is_provisioned_comes_as_events_in_the_order_of_time(provider):
    async def test() -> None:
        async with engine(provider.args()) as source:
            ada = provider.create("ada@example.com")
            first = await source.event()
            provider.patch(ada, active=False)
            provider.create("ada@example.com")
            second, third = await source.event(), await source.event()
        assert [first["action"], second["action"], third["action"]] == ["user.create", "user.deactivate", "user.create"]
        assert [first["status"], second["status"], third["status"]] == ["success", "success", "failure"]
        assert "already in use" in third["detail"]
        assert first["user"] == "ada@example.com"
        assert first["idp"] == provider.id
        assert first["timestamp"].endswith("Z")
        assert len({event["meta"]["uuid"] for event in (first, second, third)}) == 3

    in_time(test())


def test_an_event_has_the_same_uuid_wherever_it_is_read(provider):
    provider.create("ada@example.com")

    async def test() -> None:
        async with engine(provider.args()) as one, engine(provider.args()) as other:
            assert (await one.event())["meta"] == (await other.event())["meta"]

    in_time(test())


def test_entries_that_are_equal_to_the_letter_are_two_events(provider):
    at = ago(minutes=1)
    provider.log(at, "ada@example.com")
    provider.log(at, "ada@example.com")

    async def test() -> None:
        async with engine(provider.args()) as source:
            first, second = await source.event(), await source.event()
        assert {**first, "meta": 0, "record_id": 0} == {**second, "meta": 0, "record_id": 0}
        assert first["meta"] != second["meta"]

    in_time(test())


def test_the_cursor_moves_only_when_the_engine_has_an_event(provider, tmp_path):
    args = provider.args(cursor_file=str(tmp_path / "cursor.json"))
    for name in "abc":
        provider.create(f"{name}@example.com")

    async def test() -> None:
        async with engine(args, feedback=True) as source:
            first = await source.taken()
            given = await source.event()  # and killed before it is acknowledged
            assert users([first, given]) == ["a@example.com", "b@example.com"]
        async with engine(args, feedback=True) as source:
            again, third = await source.taken(), await source.taken()
            assert again["meta"]["uuid"] == given["meta"]["uuid"]
            assert third["user"] == "c@example.com"
            provider.create("d@example.com")
            assert (await source.taken())["user"] == "d@example.com"
            # Cancelled now, the source may not have heard of the acknowledgement.
            await provider.read_again()
        async with engine(args, feedback=True) as source:
            provider.create("e@example.com")
            assert (await source.taken())["user"] == "e@example.com"

    in_time(test())


def test_whoever_dies_without_a_word_has_what_was_acknowledged_in_the_file(provider, tmp_path):
    """Not cancelled but killed: the file is what counts, while the source still runs."""
    file = tmp_path / "cursor.json"
    provider.create("a@example.com")
    provider.create("b@example.com")

    async def test() -> None:
        async with engine(provider.args(cursor_file=str(file)), feedback=True) as source:
            first = await source.taken()
            second = await source.event()  # given only after the first was noted
            (stream,) = json.loads(file.read_text())["streams"].values()
            assert list(stream["seen"]) == [first["meta"]["uuid"]]
            assert second["meta"]["uuid"] not in stream["seen"]

    in_time(test())


def test_without_feedback_the_cursor_moves_when_the_queue_has_an_event(provider, tmp_path):
    args = provider.args(cursor_file=str(tmp_path / "cursor.json"))
    for name in "abcd":
        provider.create(f"{name}@example.com")

    async def test() -> None:
        async with engine(args) as source:
            seen = [await source.event(), await source.event()]
            await until(source.queue.full)
        async with engine(args) as source:
            seen += [await source.event()]
        # c was in the queue of the first engine, and died with it: that is what feedback is for.
        assert users(seen) == ["a@example.com", "b@example.com", "d@example.com"]

    in_time(test())


def test_a_restart_begins_where_the_first_start_began_even_if_nothing_had_happened(provider, tmp_path):
    args = {**provider.args(cursor_file=str(tmp_path / "cursor.json")), "since": None}

    async def test() -> None:
        provider.log(ago(minutes=2), "before@example.com")
        async with engine(args):
            await provider.read_again()
        provider.create("meanwhile@example.com")
        async with engine(args) as source:
            assert (await source.event())["user"] == "meanwhile@example.com"

    in_time(test())


def test_an_empty_rate_file_is_none_and_other_empty_texts_are_variables_that_are_not_set(provider, tmp_path):
    options = SOURCE["checked"]({**provider.args(since="", user_file="", status=""), "rate_file": ""}, has_feedback=False)
    assert options["rate_file"] == ""
    assert options["since"] is options["user_file"] is None
    assert options["status"] == []


def test_nobody_reads_ahead_of_an_engine_that_is_busy(provider):
    for name in "abc":
        provider.create(f"{name}@example.com")

    async def test() -> None:
        async with engine(provider.args()) as source:
            await until(source.queue.full)
            before = provider.reads()
            assert before == 1
            provider.create("d@example.com")
            seen = [await source.event() for _turn in "abc"]
            assert provider.reads() == before
            seen += [await source.event()]
            assert users(seen) == ["a@example.com", "b@example.com", "c@example.com", "d@example.com"]

    in_time(test())


def test_entries_that_come_late_are_given_and_given_once(provider, tmp_path):
    args = provider.args(cursor_file=str(tmp_path / "cursor.json"), overlap=60)

    async def test() -> None:
        provider.log(ago(seconds=10), "a@example.com")
        async with engine(args) as source:
            assert (await source.event())["user"] == "a@example.com"
            provider.log(ago(seconds=40), "late@example.com")
            assert (await source.event())["user"] == "late@example.com"
            await provider.read_again(3)
            provider.log(ago(seconds=5), "b@example.com")
            assert (await source.event())["user"] == "b@example.com"
        async with engine(args) as source:
            provider.log(ago(seconds=4), "c@example.com")
            assert (await source.event())["user"] == "c@example.com"

    in_time(test())


def test_an_entry_from_the_future_hides_nothing(provider, tmp_path):
    async def test() -> None:
        provider.log("2199-01-01T00:00:00Z", "future@example.com")
        provider.log(ago(seconds=10), "a@example.com")
        async with engine(provider.args()) as source:
            assert (await source.event())["user"] == "a@example.com"
            provider.log(ago(seconds=0), "b@example.com")
            assert (await source.event())["user"] == "b@example.com"

    in_time(test())


def test_acknowledgements_of_others_are_not_taken_for_ours(provider, tmp_path):
    args = provider.args(cursor_file=str(tmp_path / "cursor.json"), feedback_timeout=0.05)
    provider.create("a@example.com")
    provider.create("b@example.com")

    async def test() -> None:
        async with engine(args, feedback=True) as source:
            first = await source.event()
            await source.acknowledge({"meta": {"uuid": "of somebody else"}})
            again = await source.event()  # after feedback_timeout
            assert again == first
            await source.acknowledge(first)
            await source.acknowledge(first)  # late, for the second time it was given
            seen = await source.event()
            while seen == first:  # given once more meanwhile
                seen = await source.event()
            assert seen["user"] == "b@example.com"

    in_time(test())


def test_what_fails_is_read_again_and_the_others_meanwhile(caplog):
    with sandbox.running() as service:
        good = Provider(service, "Okta")
        args = good.args(providers=["gone", "Okta"], report_errors=True)

        async def test() -> None:
            async with engine(args) as source:
                failed = await source.event()
                assert failed["stream"].endswith(" gone")
                assert "gone" in failed["source_error"]
                assert failed["failures"] == 1
                good.create("ada@example.com")
                seen = [await source.event(), await source.event()]
                while not any("user" in event for event in seen):
                    seen.append(await source.event())
                bad = Provider(service, "gone")
                bad.create("bob@example.com")
                while users([event for event in seen if "user" in event]) != ["ada@example.com", "bob@example.com"]:
                    seen.append(await source.event())
            counted = [event["failures"] for event in [failed, *seen] if "failures" in event]
            assert counted == list(range(1, len(counted) + 1))

        in_time(test())
    assert "gone: it can be read again" in caplog.text


def test_no_failure_of_the_service_ends_it_or_shows_a_secret(provider, caplog):
    secret = "a-token-that-nobody-may-see-1815"
    provider.create("ada@example.com")
    wrong = {**provider.args(report_errors=True), "api_token": secret}

    async def test() -> None:
        async with engine(wrong) as source:
            refused = await source.event()
            assert "Authentication error" in refused["source_error"]
            assert secret not in json.dumps(refused)
        nowhere = {**provider.args(report_errors=True), "base_url": "http://127.0.0.1:9/client/v4", "time_budget": 0.05}
        async with engine(nowhere) as source:
            assert (await source.event())["failures"] == 1
            assert (await source.event())["failures"] == 2

    in_time(test())
    assert caplog.records
    assert secret not in caplog.text


def test_texts_of_the_log_cannot_act_in_a_playbook(provider):
    provider.log(ago(minutes=1), "{{ lookup('pipe', 'id') }}@example.com", status="FAILURE", error_description="\x1b[31m{% raw %}\n{# x #}")

    async def test() -> None:
        async with engine(provider.args(fields=["all", "raw"])) as source:
            event = await source.event()
        told = json.dumps(event)
        assert not any(sign in told for sign in ("{{", "{%", "{#", "\\u001b"))
        assert event["user"] == "\\x7b{ lookup('pipe', 'id') }}@example.com"

    in_time(test())


def test_failures_are_counted_by_provider_and_by_the_times_of_the_log_and_over_restarts(tmp_path):
    with sandbox.running() as service:
        first, second = Provider(service, "Entra ID"), Provider(service, "Okta")
        args = {**first.args(cursor_file=str(tmp_path / "cursor.json"), alarm_failures=3, alarm_within=60, overlap=3600), "providers": []}
        for minutes, provider in ((50, first), (40, first), (30, first), (20, first), (20, first), (20, second), (20, second)):
            provider.log(ago(minutes=minutes), "ada@example.com", status="FAILURE", request_body=str(minutes))

        async def test() -> None:
            async with engine(args, feedback=True) as source:
                seen = [await source.taken() for _turn in range(7)]
                given = seen[-1]
                assert sorted(event["failures_within"] for event in seen) == [1, 1, 1, 1, 1, 2, 2]
                assert not any(event["alarm"] for event in seen)
                first.log(ago(minutes=19.5), "ada@example.com", status="FAILURE")
                given = await source.event()
                assert (given["failures_within"], given["alarm"]) == (3, True)
            async with engine(args, feedback=True) as source:
                assert await source.taken() == given
                first.log(ago(minutes=19.4), "ada@example.com")
                assert "alarm" not in await source.taken()
                first.log(ago(minutes=19.3), "ada@example.com", status="FAILURE")
                again = await source.taken()
                assert (again["failures_within"], again["alarm"]) == (4, False)

        in_time(test())


def test_only_people_in_the_file_who_may_come_and_go(provider, tmp_path):
    people = tmp_path / "leavers"
    people.write_text("# left this year\n\nADA@example.com  # in March\nada_x.example#EXT#@example.com\t#guest\n", encoding="utf-8")

    async def test() -> None:
        async with engine(provider.args(user_file=str(people), report_errors=True)) as source:
            for name in ("bob@example.com", "ada@example.com"):
                provider.create(name)
            assert (await source.event())["user"] == "ada@example.com"
            provider.create("Ada_x.example#ext#@example.com")
            assert (await source.event())["user"] == "Ada_x.example#ext#@example.com"
            people.unlink()
            assert "leavers" in (await source.event())["source_error"]
            people.write_text("", encoding="utf-8")
            provider.create("eve@example.com")
            await provider.read_again()
            people.write_text("*@example.org", encoding="utf-8")
            provider.create("eve@example.org")
            event = await source.event()
            while "source_error" in event:
                event = await source.event()
            assert event["user"] == "eve@example.org"

    in_time(test())


def test_who_leaves_later_is_not_found_in_what_was_logged_before(provider, tmp_path):
    people = tmp_path / "leavers"
    people.write_text("", encoding="utf-8")
    provider.log(ago(minutes=30), "ada@example.com")  # she joined

    async def test() -> None:
        async with engine(provider.args(user_file=str(people), overlap=60)) as source:
            await provider.read_again()
            people.write_text("ada@example.com", encoding="utf-8")
            await provider.read_again()
            provider.log(ago(seconds=1), "ada@example.com", request_method="PATCH", request_body=ACTIVE)
            assert (await source.event())["action"] == "user.activate"

    in_time(test())


def test_cancelled_it_ends_at_once_and_lets_the_cursor_go(provider, tmp_path):
    args = provider.args(cursor_file=str(tmp_path / "cursor.json"))

    async def test() -> None:
        async with engine(args) as source:
            await provider.read_again()
            with pytest.raises(Exception, match="used by another process"):
                await Engine(args).task
        assert source.task.cancelled()
        async with engine(args):
            await provider.read_again()

    in_time(test())


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"interval": 0}, "interval: 0 is out of range"),
        ({"intervall": 1}, "intervall is no option; there are account_id, "),
        ({"source": "syslog"}, "source"),
        ({"source": "file"}, "providers: source file has none"),
        ({"source": "file", "providers": []}, "path: source file needs"),
        ({"path": ["/var/log/scim.log"]}, "path: source cloudflare has none"),
        ({"since": "tomorrow"}, "since"),
        ({"status": ["failed?"]}, "status"),
        ({"fields": ["shoe_size"]}, "fields"),
        ({"feedback": True}, "newer"),
        ({"account_id": "42"}, "account_id"),
        ({"eda_feedback_queue": asyncio.Queue(1)}, "cursor_file"),
        ({"alarm_failures": 0}, "alarm_failures: 0 is out of range"),
        ({"timeout": "a-token-of-mine"}, "timeout"),
    ],
)
def test_what_cannot_be_meant_ends_the_rulebook_when_it_starts(provider, args, said):
    async def test() -> None:
        with pytest.raises(Exception, match=said) as failed:
            await SOURCE["main"](asyncio.Queue(1), {**provider.args(), **args})
        assert type(failed.value).__name__ == "InvalidInput"
        assert provider.args()["api_token"] not in str(failed.value)

    in_time(test())


def test_a_cursor_file_that_holds_something_else_is_not_thrown_away(provider, tmp_path):
    file = tmp_path / "cursor.json"
    for content in ("", "[]", '{"version": 2, "streams": {}}', '{"version": 1, "streams": {"x": {}}}'):
        file.write_text(content, encoding="utf-8")
        with pytest.raises(Exception, match="does not hold cursors"):
            asyncio.run(SOURCE["main"](asyncio.Queue(1), provider.args(cursor_file=str(file))))
        assert Path(file).read_text(encoding="utf-8") == content
