"""Which elements and attributes the carrier documents, and which values they take.

What is not in these tables has no documented effect, so the application hears of it loudly. A documented element or
attribute that this exchange does not play says so as loudly: nobody shall take silence for success.
"""

from exchange.values import (
    anything,
    each_of,
    keys,
    like,
    method,
    not_yet,
    one_of,
    or_else,
    truth,
    url,
    whole,
)

EVENT_GROUPS = (
    "mpc-state-changes",
    "participant-state-changes",
    "participant-speak-events",
    "participant-digit-input-events",
    "add-participant-api-events",
    "participant-audio-events",
)

_language = like(r"[a-z]{2,3}-[A-Z]{2}", "a language such as en-US")
_sound = or_else(one_of("beep:1", "beep:2", "none"), url)
_transcribes_not = not_yet("", "false", "auto", "get", "post")

ATTRIBUTES = {
    "Response": {},
    "Speak": {
        "voice": like(r"(?i)(wo)?man|Polly\.\w+(-\w+)?", "WOMAN, MAN or Polly.*"),
        "language": _language,
        "loop": whole(0, 1000),
    },
    "Play": {"loop": whole(0, 1000)},
    "Wait": {
        "length": whole(1, 86_400),
        "silence": truth,
        "minSilence": whole(1, 86_400_000),
        "beep": truth,
    },
    "GetInput": {
        "action": url,
        "method": method,
        "inputType": like(r"dtmf|speech|dtmf speech|speech dtmf", "dtmf, speech or both"),
        "executionTimeout": whole(5, 60),
        "digitEndTimeout": whole(2, 10, "auto"),
        "speechEndTimeout": whole(2, 10, "auto"),
        "finishOnKey": or_else(one_of("none", "any"), keys),
        "numDigits": whole(1, 32),
        "speechModel": one_of("default", "command_and_search", "phone_call"),
        "hints": like(r"(?s).{0,10000}", "at most 10,000 characters of hints"),
        "language": _language,
        "interimSpeechResultsCallback": not_yet(""),
        "interimSpeechResultsCallbackMethod": method,
        "log": truth,
        "redirect": truth,
        "profanityFilter": truth,
        "startInputTimeout": not_yet(),
        "retries": not_yet("0", "1"),
    },
    "Redirect": {"method": method},
    "Hangup": {"reason": one_of("rejected", "busy"), "schedule": whole(1, 86_400)},
    "Record": {
        "action": url,
        "method": method,
        "fileFormat": one_of("mp3", "wav"),
        "redirect": truth,
        "timeout": whole(1, 3600),
        "maxLength": whole(1, 86_400),
        "playBeep": truth,
        "finishOnKey": or_else(one_of("none", "any"), keys),
        "recordSession": truth,
        "startOnDialAnswer": not_yet("false"),
        "transcriptionType": _transcribes_not,
        "transcriptionUrl": not_yet(""),
        "transcriptionMethod": method,
        "transcriptionReportType": one_of("full", "compact"),
        "callbackUrl": url,
        "callbackMethod": method,
        "recordChannelType": one_of("mono", "stereo"),
    },
    "Dial": {
        "action": url,
        "method": method,
        "hangupOnStar": truth,
        "timeLimit": whole(1, 86_400),
        "timeout": whole(1, 600),
        "callerId": anything,
        "callerName": like(r".{1,50}", "1 to 50 characters"),
        "confirmSound": not_yet(""),
        "confirmTimeout": not_yet(""),
        "confirmKey": not_yet(""),
        "dialMusic": or_else(one_of("real", "none"), url),
        "callbackUrl": url,
        "callbackMethod": method,
        "redirect": truth,
        "digitsMatch": not_yet(""),
        "digitsMatchBLeg": not_yet(""),
        "sipHeaders": anything,
    },
    "Number": {"sendDigits": not_yet(""), "sendOnPreanswer": not_yet("false"), "sendDigitsMode": not_yet("")},
    "User": {"sendDigits": not_yet(""), "sendOnPreanswer": not_yet("false"), "sipHeaders": anything},
    "MultiPartyCall": {
        "role": one_of("agent", "customer", "supervisor", "ai-agent"),
        "maxDuration": whole(300, 28_800),
        "maxParticipants": whole(2, 10),
        "startMpcOnEnter": truth,
        "endMpcOnExit": truth,
        "stayAlone": truth,
        "mute": truth,
        "hold": truth,
        "coachMode": truth,
        "waitMusicUrl": url,
        "waitMusicMethod": method,
        "waitTime": not_yet(),
        "waitForAgent": not_yet("false"),
        "agentHoldMusicUrl": url,
        "agentHoldMusicMethod": method,
        "customerHoldMusicUrl": url,
        "customerHoldMusicMethod": method,
        "record": truth,
        "recordFileFormat": one_of("mp3", "wav"),
        "recordMinMemberCount": whole(1, 2),
        "recordParticipantTrack": not_yet("false"),
        "recordCoachVoice": truth,
        "recordingCallbackUrl": url,
        "recordingCallbackMethod": method,
        "statusCallbackUrl": url,
        "statusCallbackMethod": method,
        "statusCallbackEvents": each_of(*EVENT_GROUPS),
        "enterSound": _sound,
        "enterSoundMethod": method,
        "exitSound": _sound,
        "exitSoundMethod": method,
        "onExitActionUrl": url,
        "onExitActionMethod": method,
        "relayDTMFInputs": truth,
        "startRecordingAudio": url,
        "startRecordingAudioMethod": method,
        "stopRecordingAudio": url,
        "stopRecordingAudioMethod": method,
        "transcript": not_yet("", "false"),
        "transcriptionUrl": not_yet(""),
    },
}

# Documented, so no spelling mistake; but nothing here plays them.
NOT_INTERPRETED = frozenset(("Conference", "DTMF", "GetDigits", "Message", "PreAnswer", "Stream"))

CHILDREN = {
    "Response": frozenset(
        ("Speak", "Play", "Wait", "GetInput", "Redirect", "Hangup", "Record", "Dial", "MultiPartyCall")
    ),
    "Dial": frozenset(("Number", "User")),
    "GetInput": frozenset(("Speak", "Play", "Wait")),
}
MEDIA = frozenset(("Speak", "Play", "Wait"))

# Speech marks (SSML), allowed inside Speak for Polly voices only.
SPEECH_MARKS = {
    "break": {"strength", "time"},
    "cont": set(),
    "emphasis": {"level"},
    "lang": {"{http://www.w3.org/XML/1998/namespace}lang"},
    "p": set(),
    "phoneme": {"alphabet", "ph"},
    "prosody": {"pitch", "rate", "volume"},
    "s": set(),
    "say-as": {"format", "interpret-as"},
    "sub": {"alias"},
    "w": {"role"},
}

REQUIRED = {"MultiPartyCall": ("role",)}
NEEDS_TEXT = {
    "Number": like(r"\+?[0-9]{3,15}", "a telephone number"),
    "User": like(r"(?i)sip:[^\s@]+@\S+", "a sip: address"),
    "Play": url,
    "Redirect": url,
    "MultiPartyCall": anything,
    "Speak": anything,
}
