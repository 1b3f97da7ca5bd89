# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sandbox and Cloudflare's own SDK, one of each for a file: importing the SDK takes seconds."""

from __future__ import annotations

import pytest

from sandbox import running


@pytest.fixture(scope="module")
def service():
    """A sandbox for all tests of a file."""
    with running() as serving:
        yield serving


@pytest.fixture(scope="module")
def connect(service):
    """connect(token) gives a client of the SDK that takes no answer whose types are not those of Cloudflare."""
    from cloudflare import Cloudflare

    def client(token=service.cloudflare.api_token, **changes):
        strict = {"_strict_response_validation": True, "max_retries": 0}
        return Cloudflare(api_token=token, base_url=service.cloudflare.base_url, **{**strict, **changes})

    return client
