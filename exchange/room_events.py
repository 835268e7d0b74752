"""What a multi-party call tells the application: status callbacks and its recording."""

from exchange import forms
from exchange.tapes import Tape
from exchange.timeline import SECOND

TERMINATIONS = {
    1000: "No Active Participants",
    1010: "Stay Alone Not Permitted",
    2000: "Max Duration Reached",
    3000: "Hangup API Triggered",
}


def tell(room, group: str, event: str, member=None, **extra: str) -> None:
    """Send one status event to every URL that subscribed to its group."""
    told = [(url, method) for url, (method, groups) in room.subscriptions.items() if group in groups]
    if not told:
        return
    room.sequence += 1
    form = _form(room, event, room.sequence)
    if member is not None:
        form.update(_member_form(member))
    form.update(extra)
    for url, method in told:
        room.exchange.postman.notify("room", url, method, form, of_room=True)


def _form(room, event: str, sequence: int) -> dict[str, str]:
    return {
        "EventName": event,
        "EventTimestamp": forms.moment(room.exchange, room.exchange.timeline.now),
        "MPCUUID": room.uuid,
        "MPCName": room.name,
        "SequenceNumber": str(sequence),
        "ParentAuthID": room.exchange.auth_id,
    }


def _member_form(member) -> dict[str, str]:
    return {
        "MemberID": member.id,
        "MemberAddress": member.address,
        "ParticipantRole": member.role,
        "ParticipantCallUUID": member.call_uuid,
        "ParticipantCallFrom": member.call_from,
        "ParticipantCallTo": member.call_to,
        "ParticipantCallDirection": member.direction,
        "ParticipantCoachMode": str(member.coach_mode).lower(),
    }


def tell_end(room) -> None:
    seconds = (room.ended_us - room.created_us) // SECOND
    tell(
        room,
        "mpc-state-changes",
        "MPCEnd",
        MPCDuration=str(seconds),
        MPCBilledDuration=str(billed(seconds)),
        MPCBilledAmount=f"{amount(seconds):.5f}",
        MPCTerminationCause=TERMINATIONS[room.termination],
        MPCTerminationCauseCode=str(room.termination),
    )


def billed(seconds: int) -> int:
    """Begun minutes, in seconds."""
    return -(-seconds // 60) * 60


def amount(seconds: int) -> float:
    return billed(seconds) / 60 * 0.005


def exit_form(member) -> dict[str, str]:
    """The extra parameters of a member's exit action; the member has left."""
    room = member.room
    return {
        "MPCUUID": room.uuid,
        "MPCFriendlyName": room.name,
        "MemberID": member.id,
        "ParticipantCallUUID": member.call_uuid,
        "ParticipantJoinTime": forms.moment(room.exchange, member.joined_us),
        "ParticipantEndTime": forms.moment(room.exchange, member.left_us),
        "ParticipantRole": member.role,
    }


class RoomTape(Tape):
    """The recording of a room: it can pause, and its callbacks count."""

    __slots__ = ("room", "url_told", "method_told", "sequence", "is_paused", "paused_us", "paused_at")

    def __init__(self, room, file_format: str, url: str, method: str):
        super().__init__(room.exchange, file_format, on_stop=RoomTape._completed)
        self.room = room
        self.url_told, self.method_told = url, method
        self.sequence = 0
        self.is_paused, self.paused_us, self.paused_at = False, 0, None
        self._tell("MPCRecordingInitiated")

    def pause(self) -> None:
        if not self.is_paused:
            self.is_paused, self.paused_at = True, self.exchange.timeline.now
            self._tell("MPCRecordingPaused")

    def resume(self) -> None:
        if self.is_paused:
            self.is_paused = False
            self.paused_us += self.exchange.timeline.now - self.paused_at
            self._tell("MPCRecordingResumed")

    def _completed(self) -> None:
        if self.is_paused:
            self.paused_us += self.exchange.timeline.now - self.paused_at
        self.room.tape = None
        self._tell("MPCRecordingCompleted")

    def _tell(self, event: str) -> None:
        if not self.url_told:
            return
        self.sequence += 1
        exchange, form = self.exchange, _form(self.room, event, self.sequence)
        ended = self.stopped_us
        form.update(
            RecordingUUID=self.uuid,
            RecordingURL=self.url,
            RecordingFormat=self.format,
            RecordingDuration=str((self.length_us - self.paused_us) // SECOND),
            RecordingStartTime=forms.moment(exchange, self.began_us),
            RecordingEndTime="" if ended is None else forms.moment(exchange, ended),
        )
        exchange.postman.notify("record", self.url_told, self.method_told, form, of_room=True)


def record_if_due(room) -> None:
    """Start the recording that a member's terms ask for once enough members are in."""
    terms = room.record
    if terms is not None and room.tape is None and len(room.members) >= terms.record_min_member_count:
        room.record = None
        url, method = terms.recording_callback_url, terms.recording_callback_method
        room.tape = RoomTape(room, terms.record_file_format, url, method)
