from tests.cli.conftest import bothup

__all__ = ["bothup"]
