# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""On the PYTHONPATH of one task, all requests end in an exception that nobody foresaw and that knows all secrets."""

from __future__ import annotations

import requests


def get_adapter(session: requests.Session, *_: object, **__: object) -> None:
    raise KeyError(f"visible-bug {vars(session.auth)} {dict(session.headers)}")


requests.Session.get_adapter = get_adapter  # type: ignore[method-assign,assignment]
