# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A machine that is busy makes no test fail: Hypothesis measures no time.

In CI every run tries the same examples, so that a change is judged by what it changed; new ones are tried on people's machines. The oldest
Python shows whether the code runs there at all, for which a few examples are enough.
"""

from __future__ import annotations

import os
import sys

from hypothesis import HealthCheck, settings

OLD = sys.version_info < (3, 10)
settings.register_profile(
    "busy machine",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=OLD or bool(os.environ.get("CI")),
    max_examples=20 if OLD else 100,
)
settings.load_profile("busy machine")
