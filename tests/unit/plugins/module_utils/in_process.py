# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a module's main() in this process, on any ansible-core from 2.16: arguments in, JSON out."""

from __future__ import annotations

import contextlib
import io
import json
from unittest import mock

from ansible.module_utils import basic
from ansible.module_utils.common import warnings
from ansible.module_utils.common.parameters import PASS_VARS


def outcome_of(main, options, *, check=False, invocation=False):
    """What a module printed, as a mapping; with the text of it as ``["printed"]``."""
    arguments = {**options, "_ansible_check_mode": check}
    if "inject_invocation" in PASS_VARS:  # older versions always return the invocation
        arguments["_ansible_inject_invocation"] = invocation
    # Kept for the life of a process, which is one task elsewhere.
    for kept in ("_global_warnings", "_global_deprecations"):
        getattr(warnings, kept, []).clear()
    printed = io.StringIO()
    with contextlib.ExitStack() as stack:
        stack.enter_context(mock.patch.object(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode()))
        if hasattr(basic, "_ANSIBLE_PROFILE"):
            stack.enter_context(mock.patch.object(basic, "_ANSIBLE_PROFILE", "legacy"))
        stack.enter_context(contextlib.redirect_stdout(printed))
        with contextlib.suppress(SystemExit):
            main()
    result = json.loads(printed.getvalue().strip().splitlines()[-1])
    return {**result, "printed": printed.getvalue()}
