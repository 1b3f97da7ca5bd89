# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether handovers can be mailed is known before anybody is asked anything."""

from __future__ import annotations

from ansible_collections.identityops.lifecycle.plugins.filter.leaver import leaver_mail_problems


def test_a_mail_that_cannot_be_sent_is_told() -> None:
    assert leaver_mail_problems({}) == leaver_mail_problems(None) == []
    said = " ".join(leaver_mail_problems({"server": "x", "password": "s3cret"}))
    assert "leaver_handover_mail has server; it takes host" in said
    assert "leaver_handover_mail has no host" in said
    assert "leaver_handover_dir, which is empty" in said
    assert "s3cret" not in said
    (alone,) = leaver_mail_problems({"host": "mail.example.com"}, "handovers")
    assert "needs the collection community.general, which is not installed" in alone
