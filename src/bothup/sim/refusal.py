"""Refusal: an answer that says no, with AWS's code for it."""

from collections.abc import Callable


class Refusal(Exception):
    """What the simulated AWS refuses; `code`, `message` and HTTP `status` are what callers see."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        self.code, self.message, self.status = code, message, status
        super().__init__(f"{code}: {message}")


class LeftToMoto(Exception):
    """Raised by an operation for what moto is to answer in its place."""


def invalid(message: str) -> Refusal:
    """EC2's refusal of a parameter whose value it does not take."""
    return Refusal("InvalidParameterValue", message)


def not_found(code: str, noun: str) -> Callable[[str], Refusal]:
    """EC2's refusal of an id that it does not know, for one sort of resource."""
    return lambda resource_id: Refusal(code, f"The {noun} ID '{resource_id}' does not exist")


no_connection = not_found("InvalidVpnConnectionID.NotFound", "vpnConnection")
