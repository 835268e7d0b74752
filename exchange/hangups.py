"""Hang-up codes: their names, and the word a never-answered outbound call ends with."""

NAMES = {
    1000: "Cancelled",
    2000: "Invalid Destination Address",
    2020: "Endpoint Not Registered",
    2060: "Loop Detected",
    3000: "No Answer",
    3010: "Busy Line",
    3020: "Rejected",
    3050: "Unallocated Number",
    4000: "Normal Hangup",
    4010: "End Of XML Instructions",
    4020: "Multiparty Call Ended",
    4030: "Kicked Out Of Multiparty Call",
    5010: "Internal Error",
    6000: "Scheduled Hangup",
    6010: "Ring Timeout Reached",
    7011: "Error Reaching Answer URL",
    7012: "Error Reaching Action URL",
    7013: "Error Reaching Transfer URL",
    7014: "Error Reaching Redirect URL",
    8011: "Invalid Answer XML",
    8012: "Invalid Action XML",
    8013: "Invalid Transfer XML",
    8014: "Invalid Redirect XML",
    9000: "Lost Race",
    9100: "Machine Detected",
    9110: "Confirm Key Challenge Failed",
}

CAUSES = {
    1000: "ORIGINATOR_CANCEL",
    2000: "INVALID_NUMBER_FORMAT",
    2020: "USER_NOT_REGISTERED",
    2060: "EXCHANGE_ROUTING_ERROR",
    3000: "NO_ANSWER",
    3010: "USER_BUSY",
    3020: "CALL_REJECTED",
    3050: "UNALLOCATED_NUMBER",
    6000: "ALLOTTED_TIMEOUT",
    6010: "NO_ANSWER",
    9000: "LOSE_RACE",
}

_UNANSWERED = {1000: "cancel", 3000: "no-answer", 3010: "busy", 3020: "busy", 6010: "no-answer", 9000: "cancel"}


def final_status(code: int, direction: str, answered: bool) -> str:
    """The last CallStatus of a call: inbound and answered calls are `completed`, the rest says why nobody spoke."""
    if answered or direction == "inbound":
        return "completed"
    return _UNANSWERED.get(code, "failed")
