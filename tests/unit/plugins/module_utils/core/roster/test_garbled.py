# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Garbled letters: seen in every script, and never in a name that is right."""

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.garbled import (
    garbled_columns,
    is_garbled,
)
from hypothesis import given, settings
from hypothesis import strategies as st

# Signs that stand behind letters in plain text are left out: a letter and a closing quote may be right, and may be garbled.
NAMES = ("Müller", "Renée", "O\u2019Connor", "İbrahim", "Kılıç", "Łódź", "Ærøskøbing", "Ţepeş", "Дмитрий", "Ελένη", "山田太郎", "عمر", "😀")
RIGHT = (
    *NAMES,
    "Mu\u0308ller",
    "SÃO JOÃO",
    "IRMÔ",
    "\u201eSpaß\u201c",
    "Weiß\u2019 Team",
    "CAFÉ»",
    "ÂNGELA",
    "ÅSA ÄÖ",
    "Ðorđe – Straße…",
    "{{ lookup('pipe','id') }}",
    "C\u00b5 \u00a7 \u20ac 5\u00b0",
    "GARÇON ÑANDÚ",
)


@pytest.mark.parametrize("name", RIGHT)
def test_a_name_that_is_right_is_not_garbled(name):
    assert not is_garbled(name)


@pytest.mark.parametrize("name", NAMES)
def test_utf_8_that_was_read_as_latin_1_is_garbled(name):
    assert is_garbled(name.encode().decode("latin-1"))


@pytest.mark.parametrize("name", ["Müller", "Renée", "O\u2019Connor", "Kılıç", "Łódź", "Ærøskøbing", "Ελένη", "😀", "Straße"])
def test_utf_8_that_was_read_as_windows_1252_is_garbled(name):
    assert is_garbled(name.encode().decode("cp1252", "replace").replace("\ufffd", ""))


def test_what_a_decoder_could_not_read_is_garbled():
    assert is_garbled("M\ufffdller")


@settings(max_examples=60, deadline=None)
@given(st.text("abcäöüßéèñçÄÖÜÉÑøåæşğıİłśżőű -'\u2019.", max_size=12))
def test_plain_letters_are_never_garbled(text):
    assert not is_garbled(text)


def test_the_columns_are_named():
    assert list(garbled_columns({"id": "1", "name": "MÃ¼ller", "site": ["Graz", "KÃ¶ln"], "x": None})) == ["name", "site"]
