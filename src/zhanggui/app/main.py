"""The ``zhanggui`` command."""


def main() -> int:
    """Entry point."""
    return 0
