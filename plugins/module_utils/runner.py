# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""AnsibleModule in, result out. The only file that knows what check mode is."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from ansible.module_utils.basic import missing_required_lib

from .client.connection import REQUESTS_PROBLEM
from .client.redaction import Redactor
from .core.errors import LifecycleError
from .core.resources import USER
from .module import MOST_ECHOED, Module, Params, Result, counted
from .options import CONNECTION, WRITING, Spec, connect, memory, secrets_of
from .reconcile.wish import EXISTENCE
from .report import diff_of, shortened, shown

# A task compiles whatever its module imports, each time. So what only some kinds of modules need is imported where they begin.
if TYPE_CHECKING:
    from .client.cloudflare import CloudflareAccount
    from .client.scim import ScimService
    from .core.plan import Plan
    from .reconcile.wish import Outcome, Wish

_Service = TypeVar("_Service", "ScimService", "CloudflareAccount")

_MOST_REQUESTS = 500


def _module(spec: Spec, constraints: Params) -> Module:
    return Module(spec, supports_check_mode=True, **constraints)


def ensure(spec: Spec, wish_of: Callable[[Params], Wish], **constraints: Any) -> None:
    """Run a module that makes one resource as its options say. wish_of: the options -> the wish."""
    from .reconcile.single import reconcile

    module = _module({**CONNECTION, **WRITING, **spec}, constraints)

    def work(service: ScimService) -> Result:
        wish = wish_of(module.params)
        unkept = memory(module.params.get)
        outcome = reconcile(service, wish, protected=module.params["protected"], unkept=unkept)
        for warning in outcome.warnings:
            module.warn(warning)
        result = {
            "changed": outcome.changed,
            "diff": diff_of(outcome.plan),
            "requests": shortened(outcome.requests, _MOST_REQUESTS),
            "unconverged": sorted(set(outcome.unconverged)),
            "unverifiable": sorted(set(outcome.unverifiable)),
            wish.resource.kind.lower(): shown(wish.resource, outcome.seen),
        }
        _judge(module, wish, outcome, result)
        return result

    _run(module, connect, work, read_only=module.check_mode)


def ensure_many(spec: Spec, wishes_of: Callable[[Params], tuple[list[Wish], list[Wish]]], **constraints: Any) -> None:
    """Run a module that makes many resources as its options say. wishes_of: the options -> wishes for users, for groups."""
    from .directory_task import Orders, directory_task
    from .summary import headline

    module = _module({**CONNECTION, **WRITING, **spec}, constraints)

    def work(service: ScimService) -> Result:
        users, groups = wishes_of(module.params)
        module.params.update({name: counted(value) for name, value in module.params.items()})  # they would take as much memory again
        orders = Orders.from_options(module.params.get)
        result = _warned(module, directory_task(service, users, groups, orders, memory(module.params.get)))
        beyond = result.pop("beyond")
        if result["counts"]["failed"] or result["counts"]["not_attempted"]:  # the lists may be cut
            module.fail_json(msg=headline(result), **result)
        _judge_many(module, result, beyond)
        return result

    _run(module, connect, work, read_only=module.check_mode)


def inform(spec: Spec, ask: Callable[[ScimService, Params], Result], **constraints: Any) -> None:
    """Run a module that only reads. ask: the service and the options -> the result, with ``warnings`` to be given."""
    module = _module({**CONNECTION, **spec}, constraints)
    _run(module, connect, lambda service: _warned(module, ask(service, module.params)), read_only=True)


def probe(spec: Spec, ask: Callable[[ScimService, Params], Result], **constraints: Any) -> None:
    """Run a module that writes only if its option probe says so, and leaves nothing behind. ask: as for inform.

    The option fail_if_unhealthy turns a result that is not ``healthy`` into a failure.
    """
    module = _module({**CONNECTION, **spec}, constraints)

    def work(service: ScimService) -> Result:
        result = _warned(module, ask(service, module.params))
        if module.params["fail_if_unhealthy"] and result["healthy"] is False:
            module.fail_json(msg=f"the service is not healthy: {result['problem']}", **result)
        return result

    _run(module, connect, work, read_only=module.check_mode or not module.params["probe"])


def ensure_access(spec: Spec, work: Callable[[CloudflareAccount, Params], tuple[Plan, Result]], **constraints: Any) -> None:
    """Run a module that writes to a Cloudflare account.

    work: the account and the options -> the plan, for the diff, and the result, with ``warnings`` to be given. On an account
    that is read-only, what it writes is noted only.
    """
    from .cloudflare_options import ACCESS, ACCESS_WRITING, connect_account

    module = _module({**ACCESS, **ACCESS_WRITING, **spec}, constraints)

    def done(account: CloudflareAccount) -> Result:
        plan, result = work(account, module.params)
        _warned(module, result)
        result["diff"] = diff_of(plan)
        result["requests"] = shortened(account.sent, _MOST_REQUESTS)
        failures = result.get("failures") or []
        if failures:
            more = result.get("counts", {}).get("failed", len(failures)) - 3  # the list may be cut
            said = "; ".join(str(failure["error"]) for failure in failures[:3])
            module.fail_json(msg=f"{said}; and {more:,} more" if more > 0 else said, **result)
        if result.get("unconverged"):
            said = f"Cloudflare accepted {_lost(result['unconverged'], module.params)}"
            _tell_unconverged(module, said, "if that is known, set on_unconverged", result)
        return result

    _run(module, connect_account, done, read_only=module.check_mode)


def _lost(unconverged: list[str], params: Params) -> str:
    """What was accepted and did not take, in words."""
    if unconverged != [EXISTENCE]:
        return f"{', '.join(map(str, unconverged[:10]))} and did not keep it"
    return "that it shall go, and it is still there" if params.get("state") == "absent" else "it, and it is not there"


def inform_access(spec: Spec, ask: Callable[[CloudflareAccount, Params], Result], **constraints: Any) -> None:
    """Run a module that only reads from a Cloudflare account. ask: as for inform."""
    from .cloudflare_options import ACCESS, connect_account

    module = _module({**ACCESS, **spec}, constraints)
    _run(module, connect_account, lambda account: _warned(module, ask(account, module.params)), read_only=True)


def collect_access(spec: Spec, work: Callable[..., Result], **constraints: Any) -> None:
    """Run a module that only reads from a Cloudflare account, and writes on the host where it runs.

    work: the account, the options, and ``write``, whether it may -> the result, with ``warnings`` to be given.
    """
    from .cloudflare_options import ACCESS, connect_account

    module = _module({**ACCESS, **spec}, constraints)

    def done(account: CloudflareAccount) -> Result:
        return _warned(module, work(account, module.params, write=not module.check_mode))

    _run(module, connect_account, done, read_only=True)


def on_the_host(spec: Spec, work: Callable[..., Result], **constraints: Any) -> None:
    """Run a module that needs no service: it reads files of the host where it runs, and perhaps writes some.

    work: the options, and ``write``, whether it may -> the result, with ``warnings`` to be given.
    """
    module = _module(spec, constraints)
    try:
        result = _warned(module, work(module.params, write=not module.check_mode))
    except LifecycleError as error:
        module.fail_json(msg=str(error), **{"changed": False, **error.beside, **error.facts()})
    module.exit_json(**{"changed": False, **result})


def _warned(module: Module, result: Result) -> Result:
    for warning in result.pop("warnings", ()):
        module.warn(warning)
    return result


def _tell_unconverged(module: Module, said: str, advice: str, result: Result) -> None:
    """Fail, warn or say nothing of what did not take, as the option on_unconverged wants it."""
    if module.params["on_unconverged"] == "fail":
        module.fail_json(msg=f"{said}; {advice}", **result)
    if module.params["on_unconverged"] == "warn":
        module.warn(said)


def _judge(module: Module, wish: Wish, outcome: Outcome, result: Result) -> None:
    """What did not take is never a silent success."""
    who = f"{wish.resource.kind} {wish.key!r}"
    if outcome.unverifiable:
        module.warn(f"{who}: the service does not show {', '.join(result['unverifiable'])}, so this could not be verified")
    if not outcome.unconverged:
        return
    said = f"{who}: the service accepted {', '.join(result['unconverged'])} and did not keep it"
    if EXISTENCE in outcome.unconverged and wish.attributes is None:
        said = f"{who}: the service accepted that it shall go, and it is still there"
    elif EXISTENCE in outcome.unconverged:
        said = f"{who}: the service accepted it, and it is not there"
    advice = "list it in capabilities.ignored if that is known, or set on_unconverged"
    if EXISTENCE in outcome.unconverged:
        can_be_inactive = wish.resource is USER and wish.attributes is None
        advice = "deactivate instead (absent_mode), or set on_unconverged" if can_be_inactive else "set on_unconverged"
    _tell_unconverged(module, said, advice, result)


def _judge_many(module: Module, result: Result, beyond: Mapping[str, int]) -> None:
    """beyond: how many entries the lists of the result do not show."""
    if result["unverifiable"]:
        module.warn(f"the service does not show all that was written, see unverifiable: {_named(result['unverifiable'], beyond['unverifiable'])}")
    if not result["unconverged"]:
        return
    said = f"the service did not keep all that it accepted, see unconverged: {_named(result['unconverged'], beyond['unconverged'])}"
    _tell_unconverged(module, said, "list the attributes in capabilities.ignored if that is known", result)


def _named(entries: list[dict[str, Any]], beyond: int) -> str:
    """The first few of a list of resources with their paths, and how many more there are."""
    first = [f"{entry['kind']} {entry['key']!r} ({', '.join(entry['paths'])})" for entry in entries[:3]]
    more = len(entries) - len(first) + beyond
    return ", ".join(first) + (f", and {more:,} more" if more else "")


def _run(module: Module, connect_to: Callable[..., _Service], work: Callable[[_Service], Result], *, read_only: bool) -> None:
    """connect_to: the options -> what the work is done with."""
    if REQUESTS_PROBLEM:
        module.fail_json(msg=missing_required_lib("requests"), exception=REQUESTS_PROBLEM)
    service: _Service | None = None
    try:
        service = connect_to(module.params.get, read_only=read_only)
        result = work(service)
    except LifecycleError as error:
        module.fail_json(msg=shortened(str(error), MOST_ECHOED), **_so_far(service), **error.beside, **error.facts())
    except Exception as error:  # noqa: BLE001 - a bug of ours: still no secret may leave with it
        clean = service.transport.redactor.clean if service else Redactor(secrets_of(module.params.get)).clean
        module.fail_json(
            msg=clean(f"unexpected {type(error).__name__}: {error}; please report this bug"),
            exception=clean(traceback.format_exc()),
            **_so_far(service),
        )
    finally:
        if service is not None:
            service.close()
    module.exit_json(**result)


def _so_far(service: ScimService | CloudflareAccount | None) -> Result:
    """A task that fails tells what it wrote before."""
    return {"changed": bool(service and service.accepted), "requests": shortened(service.sent, _MOST_REQUESTS) if service else []}
