"""The rooms of the house, from the contract that `lint-imports` holds."""

import tomllib

from django.conf import settings


def levels() -> dict[str, int]:
    """The level of each room, 0 at the bottom."""
    with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    (layers,) = [contract["layers"] for contract in contracts if contract["type"] == "layers"]
    rooms = [[room.strip(" ()") for room in layer.split("|")] for layer in reversed(layers)]
    return {room: level for level, beside in enumerate(rooms) for room in beside}


OURS = frozenset(levels())
