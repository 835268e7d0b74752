"""Recordings: what callbacks say of them. No sound is kept; the URL only looks like one."""

from exchange import forms
from exchange.timeline import SECOND


class Tape:
    """One recording of a call. Times are microseconds of the timeline."""

    __slots__ = ("exchange", "uuid", "format", "began_us", "stopped_us", "on_stop", "alarm")

    def __init__(self, exchange, file_format: str, on_stop=None):
        self.exchange = exchange
        self.uuid = exchange.new_uuid()
        self.format = file_format
        self.began_us = exchange.timeline.now
        self.stopped_us = None
        self.on_stop = on_stop
        self.alarm = None

    @property
    def url(self) -> str:
        return f"https://media.plivo.com/v1/Account/{self.exchange.auth_id}/Recording/{self.uuid}.{self.format}"

    @property
    def length_us(self) -> int:
        end = self.exchange.timeline.now if self.stopped_us is None else self.stopped_us
        return end - self.began_us

    def stop(self) -> None:
        """The recording is complete; whoever waits for the file is told, once."""
        if self.stopped_us is not None:
            return
        self.stopped_us = self.exchange.timeline.now
        if self.alarm is not None:
            self.alarm.cancel()
        if self.on_stop is not None:
            self.on_stop(self)

    def form(self) -> dict[str, str]:
        """The parameters of the Record element's action and callback."""
        exchange, length = self.exchange, self.length_us
        return {
            "RecordUrl": self.url,
            "RecordingID": self.uuid,
            "RecordingDuration": str(length // SECOND),
            "RecordingDurationMs": str(length // 1000),
            "RecordingStartMs": str(forms.milliseconds(exchange, self.began_us)),
            "RecordingEndMs": str(forms.milliseconds(exchange, self.began_us + length)),
        }

    def open_form(self) -> dict[str, str]:
        """The same while the end is not known (recordSession): durations are -1."""
        unknown = dict.fromkeys(
            ("RecordingDuration", "RecordingDurationMs", "RecordingStartMs", "RecordingEndMs"), "-1"
        )
        return dict(self.form(), **unknown)

    def api_form(self, api_id: str, call_uuid: str) -> dict[str, str]:
        """The lower-case parameters of the callback that a REST Record request asks for."""
        form = self.form()
        return {
            "api_id": api_id,
            "record_url": self.url,
            "call_uuid": call_uuid,
            "recording_id": self.uuid,
            "recording_duration": form["RecordingDuration"],
            "recording_duration_ms": form["RecordingDurationMs"],
            "recording_start_ms": form["RecordingStartMs"],
            "recording_end_ms": form["RecordingEndMs"],
        }
