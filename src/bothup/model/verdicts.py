"""Short ways to say a verdict that has one reason, and what many controls say alike."""

from bothup.model.finding import Reason, Status, Verdict
from bothup.model.target import Target


def passed(code: str, text: str, *, notices: tuple[Reason, ...] = ()) -> Verdict:
    """Say that all is well, and why."""
    return _one(Status.PASSED, code, text, notices)


def failed(code: str, text: str, *, notices: tuple[Reason, ...] = ()) -> Verdict:
    """Say what is wrong."""
    return _one(Status.FAILED, code, text, notices)


def unknown(code: str, text: str) -> Verdict:
    """Say why it could not be judged."""
    return _one(Status.NOT_AVAILABLE, code, text)


def not_applicable(code: str, text: str) -> Verdict:
    """Say why the control is not about this resource."""
    return _one(Status.NOT_APPLICABLE, code, text)


def of_another(owner: str | None, target: Target) -> Verdict | None:
    """Say that a resource that is shared with an account is judged in its owner's account."""
    if owner is None or target.account is None or owner == target.account:
        return None
    text = f"it belongs to account {owner}, and is judged there"
    return not_applicable("shared-by-another-account", text)


def _one(status: Status, code: str, text: str, notices: tuple[Reason, ...] = ()) -> Verdict:
    return Verdict(status=status, reasons=(Reason(code=code, text=text),), notices=notices)
