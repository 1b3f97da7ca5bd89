# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""LDIF: entries come out as the directory has them, whatever way they are written in."""

from __future__ import annotations

import base64

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.ldif import read_ldif
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.rows import NotReadable
from hypothesis import given, settings
from hypothesis import strategies as st

ENTRY = """version: 1

# people
#  of two lines
dn: uid=ada,ou=people,
 dc=example,dc=com
objectClass: person
objectclass: inetOrgPerson
cn:: QWRhIEzDtnZlbGFjZQ==
# a comment within
description: a:
  b
mail: ada@example.com

dn:: dWlkPW3DvGxsZXI=
cn: Müller
OBJECTCLASS: person
title:
"""


def test_an_entry_of_every_way_of_writing():
    found = read_ldif("p.ldif", ENTRY)
    assert found.columns == ("dn", "objectClass", "cn", "description", "mail", "title")
    assert [(row.place, dict(row.values)) for row in found.rows] == [
        (
            "p.ldif:5",
            {
                "dn": "uid=ada,ou=people,dc=example,dc=com",
                "objectClass": ["person", "inetOrgPerson"],
                "cn": "Ada Lövelace",
                "description": "a: b",
                "mail": "ada@example.com",
            },
        ),
        ("p.ldif:15", {"dn": "uid=müller", "cn": "Müller", "objectClass": "person", "title": ""}),
    ]


def test_line_ends_of_windows_and_changes_that_add_are_read_as_ldifde_writes_them():
    found = read_ldif("p.ldf", "dn: CN=Ada\r\nchangetype: add\r\ncn: Ada\r\nobjectGUID:: /////w==\r\n\r\n\r\ndn: CN=Bob\r\nchangetype: add\r\n")
    assert [row.values["dn"] for row in found.rows] == ["CN=Ada", "CN=Bob"]
    assert found.rows[0].values["objectGUID"] == "/////w=="  # no text, and stays as it is


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dn: a\nphoto:< file:///etc/passwd\n", "line 2: the value of photo is in another file"),
        ("dn: a\nchangetype: modify\n", "line 2: this is a change to an entry"),
        ("dn: a\nchangetype: delete\n", "line 2: this is a change"),
        ("dn: a\ncontrol: 1.2.3 true\nchangetype: add\n", "line 2: this is a change"),
        ("dn: a\ncn: x\n-\n", "line 3 is no attribute"),
        ("dn: a\ncn:: %%%\n", "line 2: the value of cn is no valid base64"),
        ("dn: a\ncn:: QWR\n", "line 2: the value of cn is no valid base64"),
        ("cn: x\n", "line 1: an entry has to begin with its one dn"),
        ("dn: a\n\nsearch: 2\nresult: 0 Success\n", "line 3: an entry has to begin with its one dn"),
        ("dn: a\ndn: b\n", "line 2: an entry has to begin with its one dn"),
        ("version: 2\n\ndn: a\n", "line 1: only version 1"),
        ("dn: a\n\n x\n", "line 3 is no attribute"),
    ],
)
def test_what_is_no_list_of_entries_is_refused(text, said):
    with pytest.raises(NotReadable) as caught:
        read_ldif("p.ldif", text)
    assert str(caught.value).startswith(said)


TEXTS = st.text(st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=20)
ENTRIES = st.dictionaries(st.sampled_from(["cn", "sn", "mail;lang-de"]), st.lists(TEXTS, min_size=1, max_size=3))


def folded(line, width):
    """A line as RFC 2849 note 2 folds it."""
    return "\n ".join(line[start : start + width] for start in range(0, len(line), width))


@settings(max_examples=60, deadline=None)
@given(st.lists(ENTRIES, min_size=1, max_size=4), st.integers(2, 30))
def test_what_is_written_is_read(entries, width):
    lines = []
    for number, entry in enumerate(entries):
        lines += ["", f"dn: uid={number}", "# a comment"]
        for name, given_texts in entry.items():
            lines += [folded(f"{name}:: {base64.b64encode(text.encode()).decode()}", width + len(name)) for text in given_texts]
    found = read_ldif("p.ldif", "\n".join(lines) + "\n")
    wanted = [{name: texts if len(texts) > 1 else texts[0] for name, texts in entry.items()} for entry in entries]
    assert [{name: value for name, value in row.values.items() if name != "dn"} for row in found.rows] == wanted
