"""What the formats take from a control's own page."""

import functools

from bothup.engine.controls import rule
from bothup.engine.page import Page
from bothup.errors import UsageError

FIX, CHECKS, WHY = "How to fix it", "What it checks", "Why it matters"
_AWS_PAGE = "https://docs.aws.amazon.com/console/securityhub/{}/remediation"


@functools.cache
def page(control: str) -> Page | None:
    """Load a control's page; None for one that is not known here, out of another version's file."""
    try:
        return rule(control).page
    except UsageError:
        return None


def section(control: str, heading: str) -> str:
    """Give one section of a control's page as Markdown, "" where there is none."""
    found = page(control)
    return found.sections.get(heading, "") if found else ""


def aws_page(control: str) -> str:
    """Give the address of AWS's own page on how to mend what the control finds."""
    return _AWS_PAGE.format(control)
