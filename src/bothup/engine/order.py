"""The order of controls: by family, then by number, as people count."""


def order(control_id: str) -> tuple[str, int]:
    """Sort key of a control's id: EC2.9 comes before EC2.20."""
    family, _, number = control_id.partition(".")
    return family, int(number) if number.isdigit() else 0
