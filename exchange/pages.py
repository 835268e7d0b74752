"""Lists in pages, as the REST interface gives them."""

from exchange.errors import Refusal


def page(objects: list, given: dict) -> dict:
    """`objects` and `meta` of one page (`limit` 1 to 20, `offset` from 0)."""
    limit, offset = _number(given, "limit", 20), _number(given, "offset", 0)
    if not 1 <= limit <= 20 or offset < 0:
        raise Refusal(400, "limit is 1 to 20, offset at least 0")
    total = len(objects)
    meta = {
        "limit": limit,
        "offset": offset,
        "total_count": total,
        "next": f"?limit={limit}&offset={offset + limit}" if offset + limit < total else None,
        "previous": f"?limit={limit}&offset={max(0, offset - limit)}" if offset else None,
    }
    return {"meta": meta, "objects": objects[offset : offset + limit]}


def _number(given: dict, name: str, default: int) -> int:
    try:
        return int(given.get(name) or default)
    except ValueError:
        raise Refusal(400, f"{name} is not a number") from None
