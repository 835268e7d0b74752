"""How long prompts last in real time."""

import io
import wave
from functools import lru_cache

import requests

UNKNOWN_SECONDS = 5.0
CHARACTERS_PER_SECOND = 15
_TIMEOUT_S = 1.0


def speech_seconds(text: str) -> float:
    """Seconds a voice needs for a text."""
    return len(text) / CHARACTERS_PER_SECOND


@lru_cache(maxsize=1024)
def media_seconds(url: str) -> float:
    """Seconds of a WAV file that can be fetched; 5 for anything else. Each URL is asked once."""
    try:
        reply = requests.get(url, timeout=_TIMEOUT_S)
        reply.raise_for_status()
        return wav_seconds(reply.content)
    except (requests.RequestException, wave.Error, EOFError):
        return UNKNOWN_SECONDS


def wav_seconds(content: bytes) -> float:
    """Length of a WAV file. wave.Error or EOFError when it is none."""
    with wave.open(io.BytesIO(content)) as sound:
        return sound.getnframes() / sound.getframerate()
