"""Whoever is at the other end of a leg."""


class Party:
    """A person or machine on the phone. The hooks do nothing; a subclass is a behaviour.

    Hooks run inside an event of the timeline. What a party wants to do, it says to its leg (`press`, `hang_up`,
    `pick_up`, ...), and that becomes an event of its own.
    """

    def rings(self, leg):
        """The platform dials here: `leg.pick_up()`, `leg.decline()`, `leg.machine()`, or nothing (it rings out)."""

    def answered(self, leg):
        """The call is in progress."""

    def listens(self, leg, texts) -> int:
        """Extra microseconds that these prompts (spoken texts, media URLs) last for this party."""
        return 0

    def asked(self, leg, ask):
        """Digits are listened for, already while the prompts play. See `exchange.ask.Ask`."""

    def records(self, leg, record) -> int:
        """Microseconds this party speaks into a Record element before it falls silent."""
        return 0

    def joined(self, leg, room):
        """The leg entered a multi-party call."""

    def together(self, leg, room):
        """Once per leg and room: it is active and somebody of another role is in it; they can talk now."""

    def hears(self, leg, text):
        """Somebody else in the room said this."""

    def left(self, leg, room, cause):
        """The leg left the room; it may live on."""

    def ended(self, leg):
        """The leg is over: `leg.hangup_code`, `leg.hangup_name`, `leg.hangup_source` say why."""
