# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter of the role record: whether a run may go on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import LifecycleError

# Ansible loads every file of filters in every task that uses one of the collection's. So what a filter needs is imported when it is called.


def approval(people: Mapping[str, str], required: Any = False, preview: bool = False) -> dict[str, Any]:
    """See the documentation of the filter in approval.yml."""
    from ansible_collections.identityops.lifecycle.plugins.module_utils.core.approval import refuse_unapproved

    try:
        needed = boolean(required) and not preview
    except TypeError:
        raise AnsibleFilterError(f"lifecycle_require_approval is {required!r}, which is neither true nor false; nothing was written") from None
    requested_by, approved_by = str(people.get("requested_by") or ""), str(people.get("approved_by") or "")
    try:
        refuse_unapproved(requested_by, approved_by, required=needed)
    except LifecycleError as problem:
        raise AnsibleFilterError(str(problem)) from problem
    return {"requested_by": requested_by, "approved_by": approved_by, "required": needed}


class FilterModule:
    """What Ansible asks for filters."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"approval": approval}
