"""--debug: the log of what was called, on stderr, without bodies or headers."""

import logging


def debug() -> None:
    """Show bothup's own log; the SDK's stays silent, for it prints whole answers."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s"))
    logger = logging.getLogger("bothup")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False


def debugging() -> bool:
    """Say whether --debug is on."""
    return logging.getLogger("bothup").isEnabledFor(logging.DEBUG)
