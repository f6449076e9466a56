"""`bothup iam`: the least that a verb's credentials must be allowed, ready to be deployed."""

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from cyclopts import Parameter

from bothup.cli.document import deliver
from bothup.cli.flags import flag
from bothup.engine.controls import DEFAULT, select
from bothup.errors import UsageError
from bothup.iam.policy import Document, permissions
from bothup.iam.policy import trust as trust_policy
from bothup.iam.template import template as role_template
from bothup.iam.verbs import JUDGING, VERBS


def iam(
    verb: Annotated[
        str,
        Parameter(
            help=f"Verb that is to be allowed: {', '.join((*VERBS, 'apply'))}.",
        ),
    ],
    plan: Annotated[
        str | None,
        flag("With apply: the plan's file; - is stdin.", hyphen=True),
    ] = None,
    /,
    *,
    control: Annotated[
        tuple[str, ...],
        flag("With scan: the controls to judge by, repeatable, as with `bothup scan`."),
    ] = DEFAULT,
    role_name: Annotated[
        str | None,
        flag("Role to assume in other accounts: allow that, too. With --template: its name."),
    ] = None,
    org: Annotated[bool, flag("Allow to list the organization's accounts, too.")] = False,
    trust: Annotated[
        str | None,
        flag(
            "Print the trust policy of the role: this account may assume it. With --template: the "
            "account that its parameter names by default."
        ),
    ] = None,
    external_id: Annotated[
        str | None, flag("External id that the role asks for, with --trust or --template.")
    ] = None,
    template: Annotated[
        bool, flag("Print a CloudFormation template of the role, for a StackSet.")
    ] = False,
    partition: Annotated[
        Literal["aws", "aws-us-gov", "aws-cn"], flag("Partition of the ARNs (aws).")
    ] = "aws",
    output: Annotated[
        str | None,
        flag("FORMAT[=FILE]: json, yaml (the default with --template).", "--output", "-o"),
    ] = None,
) -> int:
    """Print the least-privilege policy for a verb.

    That is what the credentials at hand need; where bothup assumes a role in
    other accounts, --template makes that role, and --trust alone prints whom
    it trusts.
    """
    if verb == "apply":
        return _of_plan(plan, output, others=(role_name, org, trust, external_id, template))
    _refuse(f"the policy for {verb}", {"a plan": plan})
    if verb not in JUDGING:
        _refuse(f"the policy for {verb}", {"--control": control != DEFAULT})
    kinds = {kind for rule in select(control) for kind in rule.kinds}
    if template:
        _refuse("--template", {"--org": org, "--partition": partition != "aws"})
        found = role_template(
            verb, kinds=kinds, role_name=role_name, account=trust, external_id=external_id
        )
    elif trust is not None:
        _refuse("--trust without --template", {"--org": org, "--role-name": role_name})
        found = trust_policy(verb, trust, external_id=external_id, partition=partition)
    else:
        _refuse("a policy of permissions", {"--external-id": external_id})
        found = permissions(verb, kinds=kinds, role_name=role_name, org=org, partition=partition)
    deliver(
        output or ("yaml" if template else "json"),
        {"json": lambda: _json(found), "yaml": lambda: _yaml(found)},
    )
    return 0


def _of_plan(plan: str | None, output: str | None, *, others: tuple[object, ...]) -> int:
    """Print the policy for one plan; none of the other flags has a part in it."""
    if plan is None:
        raise UsageError("for which plan? bothup iam apply PLAN prints what exactly that one needs")
    if any(others):
        raise UsageError("bothup iam apply takes a plan and -o, and nothing else")
    from bothup.cli.changing import plan_of
    from bothup.iam.plan import plan_policy

    found = plan_policy(plan_of(plan))
    deliver(output or "json", {"json": lambda: _json(found), "yaml": lambda: _yaml(found)})
    return 0


def _refuse(what: str, flags: Mapping[str, object]) -> None:
    """A flag that would change nothing was meant for another document."""
    for name, value in flags.items():
        if value:
            raise UsageError(f"{name} has no part in {what}")


def _json(document: Document) -> Iterator[str]:
    yield json.dumps(document, indent=2)
    yield "\n"


def _yaml(document: Document) -> Iterator[str]:
    import yaml

    yield yaml.safe_dump(document, sort_keys=False, width=100)
