"""`python -m tests.live.set_up`: the line the live test rings, open at every hour, in the environment's database."""

from datetime import time

import django

NEED = "dose"
OPERATORS = 2


def main() -> None:
    """For a process of its own: the settings read their environment once."""
    django.setup()
    from contactcenter.drill.asked import Options
    from contactcenter.drill.program import set_up
    from core import clock
    from knowledgebase.models import OpeningHours

    set_up([NEED], Options(operators=OPERATORS), at=clock.now())
    OpeningHours.objects.update(opens=time(0))


if __name__ == "__main__":
    main()
