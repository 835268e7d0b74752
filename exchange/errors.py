"""What can go wrong that is not the carrier's everyday business."""


class ContractError(Exception):
    """The application sent something whose effect at the carrier nobody documents (or that we do not play yet).

    Everyday trouble (an unreachable URL, a 500, broken XML) is not raised: it hangs up or falls back, as the carrier
    does.
    """


class Refusal(Exception):
    """A REST request is answered with an error status and `{"api_id", "error"}`."""

    def __init__(self, status: int, message: str):
        super().__init__(message)
        self.status = status
        self.message = message
