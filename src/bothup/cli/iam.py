"""`bothup iam`: the least that a verb's credentials must be allowed, ready to be deployed."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
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


@Parameter(name="*")
@dataclass(frozen=True)
class Role:
    """The role in other accounts that the document is about, or leads to."""

    role_name: Annotated[
        str | None,
        flag("Role to assume in other accounts: allow that, too. With --template: its name."),
    ] = None
    org: Annotated[bool, flag("Allow to list the organization's accounts, too.")] = False
    trust: Annotated[
        str | None,
        flag(
            "Print the trust policy of the role: this account may assume it. With --template: the "
            "account that its parameter names by default."
        ),
    ] = None
    external_id: Annotated[
        str | None, flag("External id that the role asks for, with --trust or --template.")
    ] = None
    template: Annotated[
        bool, flag("Print a CloudFormation template of the role, for a StackSet.")
    ] = False
    partition: Annotated[
        Literal["aws", "aws-us-gov", "aws-cn"], flag("Partition of the ARNs (aws).")
    ] = "aws"


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
    role: Role = Role(),
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
        others = (role.role_name, role.org, role.trust, role.external_id, role.template)
        return _of_plan(plan, output, others=others)
    _refuse(f"the policy for {verb}", {"a plan": plan})
    if verb not in JUDGING:
        _refuse(f"the policy for {verb}", {"--control": control != DEFAULT})
    kinds = {kind for rule in select(control) for kind in rule.kinds}
    found = _document(verb, kinds, role)
    deliver(
        output or ("yaml" if role.template else "json"),
        {"json": lambda: _json(found), "yaml": lambda: _yaml(found)},
    )
    return 0


def _document(verb: str, kinds: Collection[type], role: Role) -> Document:
    """Make the one document that the flags ask for; the others' flags have no part in it."""
    if role.template:
        _refuse("--template", {"--org": role.org, "--partition": role.partition != "aws"})
        return role_template(
            verb,
            kinds=kinds,
            role_name=role.role_name,
            account=role.trust,
            external_id=role.external_id,
        )
    if role.trust is not None:
        what = "--trust without --template"
        _refuse(what, {"--org": role.org, "--role-name": role.role_name})
        return trust_policy(
            verb, role.trust, external_id=role.external_id, partition=role.partition
        )
    _refuse("a policy of permissions", {"--external-id": role.external_id})
    return permissions(
        verb, kinds=kinds, role_name=role.role_name, org=role.org, partition=role.partition
    )


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
