# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names and ids, each way."""

from __future__ import annotations

import sys
import threading

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import NotFound
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.references import References
from hypothesis import given, settings
from hypothesis import strategies as st


def test_a_name_stands_for_its_id_in_any_letter_case():
    known = References()
    assert known.learn("User", "Ada", "1") == "Ada"
    assert known.id("User", "aDA") == "1"
    assert known.name("User", "1") == "Ada"


def test_users_and_groups_may_have_the_same_name():
    known = References()
    known.learn("User", "ops", "1")
    known.learn("Group", "ops", "2")
    assert (known.id("User", "ops"), known.id("Group", "ops")) == ("1", "2")


def test_the_second_of_a_name_is_called_by_its_id():
    known = References()
    known.learn("Group", "Staff", "1")
    assert known.learn("Group", "staff", "2") == "id:2"
    assert known.id("Group", "Staff") == "1"
    assert known.id("Group", "id:2") == "2"
    assert known.name("Group", "2") == "id:2"


def test_a_member_may_be_shown_by_name_and_an_id_counts_first():
    known = References()
    known.learn("User", "Ada", "1")
    known.learn("User", "bob", "ada")
    assert [known.name_of_member("User", value) for value in ("1", "ADA", "ada", "7")] == ["Ada", "Ada", "bob", "id:7"]


def test_a_name_learned_again_stays_what_it_was():
    known = References()
    known.learn("User", "ada", "1")
    assert known.learn("User", "renamed", "1") == "ada"
    assert known.id("User", "ada") == "1"


@pytest.mark.parametrize("name", ["", "id:2"])
def test_a_name_that_could_be_mistaken_is_not_used(name):
    assert References().learn("User", name, "1") == "id:1"


def test_a_stranger_is_called_by_id():
    assert References().name("User", "9") == "id:9"
    assert References().id("User", "id:9") == "9"


def test_an_unknown_name_is_an_error():
    with pytest.raises(NotFound, match="'nobody' does not exist"):
        References().id("User", "nobody")


def test_what_is_expected_stands_for_an_id_until_that_is_known():
    known = References()
    known.expect("User", "Ada", "bulkId:u7")
    assert known.id("User", "aDA") == "bulkId:u7"
    with pytest.raises(NotFound):
        known.id("Group", "ada")
    assert known.learn("User", "ada", "1") == "ada"
    assert (known.id("User", "Ada"), known.name("User", "1")) == ("1", "ada")
    known.disappoint("User", "Ada")
    assert known.id("User", "Ada") == "1"


def test_an_expectation_can_be_disappointed():
    known = References()
    known.expect("User", "ada", "bulkId:u7")
    known.disappoint("User", "ADA")
    known.disappoint("User", "nobody")
    with pytest.raises(NotFound, match="'ada' does not exist"):
        known.id("User", "ada")


def test_an_id_that_is_known_is_no_expectation_any_more():
    known = References()
    known.learn("User", "ada", "1")
    known.expect("User", "ada", "bulkId:u7")
    assert known.id("User", "ada") == "1"


def test_threads_that_learn_at_once_never_share_a_name():
    """Each of the ids with one name is called so by one thread at most, and every name leads back to its id."""
    often = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _turn in range(50):
            known, start = References(), threading.Barrier(4)

            def learn(number, known=known, start=start):
                start.wait(10)
                for n in range(20):
                    known.learn("Group", f"staff{n}", f"{number}-{n}")

            threads = [threading.Thread(target=learn, args=(number,)) for number in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(10)
            for number in range(4):
                for n in range(20):
                    assert known.id("Group", known.name("Group", f"{number}-{n}")) == f"{number}-{n}"
    finally:
        sys.setswitchinterval(often)


def test_the_kind_of_an_id_is_user_unless_only_a_group_has_it():
    known = References()
    known.learn("Group", "Staff", "1")
    known.learn("Group", "Other", "2")
    known.learn("User", "ada", "2")
    assert [known.kind(i) for i in ("1", "2", "3")] == ["Group", "User", "User"]


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["a", "A", "", "id:x", "b"]), st.sampled_from("12345")), max_size=8))
def test_every_name_leads_back_to_its_id(people):
    known = References()
    for name, resource_id in people:
        called = known.learn("User", name, resource_id)
        assert known.id("User", called) == resource_id
    for _name, resource_id in people:
        assert known.id("User", known.name("User", resource_id)) == resource_id
