"""Who owns a resource by its tags: infrastructure code, which a change by hand drifts from."""

import re
from collections.abc import Iterator, Mapping

# CloudFormation sets its tag itself; Terraform sets none, so these are what people call theirs.
_STACK = "aws:cloudformation:stack-name"
_TERRAFORM = re.compile(r"terraform|tofu", re.IGNORECASE)


def owners(tags: Mapping[str, str]) -> Iterator[str]:
    """Name what manages the resource, as far as its tags tell."""
    if _STACK in tags:
        yield f"CloudFormation stack {tags[_STACK]}"
    for key, value in tags.items():
        if _TERRAFORM.search(key) and value.lower() not in ("false", "no", "0"):
            yield f"Terraform (tag {key})"
            return
        if _TERRAFORM.search(value):
            yield f"Terraform (tag {key}={value})"
            return
