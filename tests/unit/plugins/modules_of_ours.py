# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every module of the collection with its documentation, as users read it, and its argument spec, as ansible-core does."""

from __future__ import annotations

import copy
import importlib
from pathlib import Path
from unittest import mock

import yaml
from ansible_collections.identityops.lifecycle.plugins.module_utils import runner
from ansible_collections.identityops.lifecycle.plugins.module_utils.logs.collection_options import (
    CONSTRAINTS,
    SPEC,
)

ROOT = Path(__file__).resolve().parents[3]
COLLECTION = "identityops.lifecycle."
PACKAGE = "ansible_collections.identityops.lifecycle.plugins."
NAMES = sorted(path.stem for path in (ROOT / "plugins/modules").glob("*.py") if path.stem != "__init__")

ON_THE_CONTROLLER = {"scim_log_info": (SPEC, CONSTRAINTS)}  # documentation only: an action plugin does the work, without a service

# Modules that only work with files of the host where they run: no connection, no action group, no library of HTTP. Those that are not there
# yet do no harm.
WITHOUT_A_SERVICE = {"evidence", "evidence_info", "evidence_report", "roster_info"}

LONGER = {"scim_directory": {"time_budget", "max_scan"}}  # options with another default than everywhere else, on purpose


def module(name):
    return importlib.import_module(f"{PACKAGE}modules.{name}")


def of_a_service(name):
    """Whether a module speaks to a service: it has the options of the connection, and an action group."""
    return name not in ON_THE_CONTROLLER and name not in WITHOUT_A_SERVICE


def of_cloudflare(name):
    """Whether a module works on a Cloudflare account, and not on a SCIM service."""
    return name.startswith("access_") or name == "scim_log_archive"


def documentation(name):
    """DOCUMENTATION with its fragments merged."""
    merged = yaml.safe_load(module(name).DOCUMENTATION)
    for reference in merged.get("extends_documentation_fragment", []):
        assert reference.startswith(COLLECTION), reference
        file, _dot, part = reference[len(COLLECTION) :].partition(".")
        fragments = importlib.import_module(f"{PACKAGE}doc_fragments.{file}").ModuleDocFragment
        fragment = yaml.safe_load(getattr(fragments, (part or "DOCUMENTATION").upper()))
        for section, content in fragment.items():
            if isinstance(content, dict):
                # The module's own words win, as in ansible-core; an option that is described twice is a mistake.
                doubled = set(content) & set(merged.get(section, {})) - LONGER.get(name, set())
                assert section != "options" or not doubled, f"{name}: {doubled} in {reference} as well"
                merged[section] = {**content, **merged.get(section, {})}
            else:
                merged[section] = [*merged.get(section, []), *content]
    return merged


class _Caught(Exception):
    """Stands for the module that would have run."""


def specification(name):
    """The argument spec of a module, and its constraints: ``{"required_one_of": ...}``."""
    if name in ON_THE_CONTROLLER:
        return copy.deepcopy(ON_THE_CONTROLLER[name])

    def caught(_self, spec, **constraints):
        del constraints["supports_check_mode"]  # every module's
        raise _Caught(spec, constraints)

    with mock.patch.object(runner.Module, "__init__", caught):
        try:
            module(name).main()
        except _Caught as found:
            return copy.deepcopy(found.args)
    raise AssertionError(f"{name} does not run by the runner")
