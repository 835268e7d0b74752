"""`python -m exchange`: the exchange in real time behind an HTTP port."""

import argparse
import logging
import signal
import sys
import threading

from exchange.server import Server

SOFTWARE_FAULT = 70  # the exit status when the application broke the contract


def _options(words=None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m exchange", description="A Plivo-compatible carrier on this machine."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9400, help="0 takes any free port")
    parser.add_argument("--auth-id", required=True, help="MA and 18 characters")
    parser.add_argument("--auth-token", required=True)
    parser.add_argument("--number", action="append", default=[], metavar="+1...=ANSWER_URL[,HANGUP_URL[,FALLBACK_URL]]")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lift-limits", action="store_true", help="no two calls per second, no 300 requests per 5 s")
    return parser.parse_args(words)


def _bind(exchange, written: str) -> None:
    number, _, urls = written.partition("=")
    answer, hangup, fallback = ([*urls.split(","), "", ""])[:3]
    if not number or not answer:
        raise SystemExit(f"--number {written}: a number and an answer URL were expected")
    exchange.add_number(number, answer_url=answer, hangup_url=hangup, fallback_url=fallback)


def main() -> int:
    """Serve until SIGTERM or Ctrl-C. The exit status is 70 when the application did something outside the contract."""
    logging.basicConfig(level=logging.INFO, format="%(name)s %(levelname)s %(message)s")
    options = _options()
    server = Server(
        host=options.host,
        port=options.port,
        auth_id=options.auth_id,
        auth_token=options.auth_token,
        seed=options.seed,
        limits=not options.lift_limits,
    )
    for written in options.number:
        _bind(server.exchange, written)
    # `stop` waits for the serving loop to end, so it must not run inside a signal handler on the same thread.
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: threading.Thread(target=server.stop).start())
    print(f"exchange listens on http://{options.host}:{server.port}", flush=True)
    server.serve()
    for fault in server.exchange.faults_seen:
        print(f"outside the contract: {fault}", file=sys.stderr)
    return SOFTWARE_FAULT if server.exchange.faults_seen else 0


if __name__ == "__main__":
    sys.exit(main())
