"""Ports of 127.0.0.1 for processes of a sandbox. Free now is all that can be said: take them soon."""

import socket

HERE = "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether a process could listen there."""
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HERE, port))
    except (OSError, OverflowError):
        return False
    return True


def any_free() -> int:
    """A port nobody listens at."""
    with socket.socket() as door:
        door.bind((HERE, 0))
        return door.getsockname()[1]
