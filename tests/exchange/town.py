"""A small town for the tests: an application that answers by script, and people with phones."""

from urllib.parse import urlsplit

from exchange import Exchange, Party, Timeline, WebReply

AUTH = ("MATESTTESTTESTTESTTE", "a-token-for-tests")
APP = "http://app.test"
OUR_NUMBER = "+16015550100"
CALLER = "+12025550123"
ANNA = "sip:anna@phone.plivo.com"
BEN = "sip:ben@phone.plivo.com"
XML_KINDS = {"answer", "fallback", "action", "redirect", "exit_action", "media_xml"}
SECOND = 1_000_000


def xml(inner: str) -> WebReply:
    return WebReply(200, "application/xml", f"<Response>{inner}</Response>".encode())


class Town:
    """`pages` maps a path to a document's inside, a WebReply, or a function of the request. `seen` is every webhook as
    (seconds, kind, path, form); notifications without a page are answered 200."""

    def __init__(self, pages: dict, **options):
        self.pages = pages
        self.seen, self.requests = [], []
        self.timeline = Timeline()
        options.setdefault("limits", False)
        self.exchange = Exchange(auth_id=AUTH[0], auth_token=AUTH[1], timeline=self.timeline, web=self._web, **options)
        self.exchange.add_number(OUR_NUMBER, answer_url=APP + "/answer", hangup_url=APP + "/hangup")

    def _web(self, request, done):
        path = urlsplit(request.url).path
        self.requests.append(request)
        self.seen.append((self.timeline.now / SECOND, request.kind, path, request.form))
        page = self.pages.get(path)
        assert page is not None or request.kind not in XML_KINDS, f"nobody expected {request.kind} {path}"
        if callable(page):
            page = page(request)
        if page is None:
            page = WebReply(200)
        done(xml(page) if isinstance(page, str) else page)

    def ring(self, party=None, from_=CALLER):
        return self.exchange.ring_in(from_, OUR_NUMBER, party or Party())

    def run(self, until_s: float | None = None):
        while self.timeline.next_at is not None:
            if until_s is not None and self.timeline.next_at > until_s * SECOND:
                return
            self.timeline.step()

    def rest(self, method, path, **body):
        return self.exchange.rest(method, f"/v1/Account/{AUTH[0]}/{path}", body, AUTH)

    def call(self, to, **more):
        more.setdefault("answer_url", APP + "/answer")
        more.setdefault("hangup_url", APP + "/hangup")
        status, body = self.rest("POST", "Call/", **{"from": OUR_NUMBER, "to": to, **more})
        assert status == 201, body
        return body["request_uuid"]

    def invite(self, to, room="talk", role="agent", **more):
        """Dial somebody into a room; the answer's body."""
        more.setdefault("status_callback_url", APP + "/room")
        path = f"MultiPartyCall/name_{room}/Participant/"
        status, body = self.rest("POST", path, **{"role": role, "from": OUR_NUMBER, "to": to, **more})
        assert status == 201, body
        return body

    def move(self, leg, room="talk", role="customer", **more):
        more.setdefault("status_callback_url", APP + "/room")
        return self.rest("POST", f"MultiPartyCall/name_{room}/Participant/", role=role, call_uuid=leg.uuid, **more)

    def kinds(self):
        return [kind for _, kind, _, _ in self.seen]

    def forms(self, kind):
        return [form for _, its_kind, _, form in self.seen if its_kind == kind]

    def events(self):
        return [form["EventName"] for form in self.forms("room")]

    def hangups(self):
        return [form["HangupCauseCode"] for form in self.forms("hangup")]


class Picks(Party):
    """Picks up after some seconds; presses a confirm key when `confirms`."""

    def __init__(self, after_s=1.0, confirms=False):
        self.after_s, self.confirms = after_s, confirms
        self.legs = []

    def rings(self, leg):
        self.legs.append(leg)
        leg.pick_up(int(self.after_s * SECOND))

    def asked(self, leg, ask):
        if self.confirms and ask.confirm_key:
            leg.press(ask.confirm_key, SECOND)


class Presses(Party):
    """Presses the next of its digits at each question, a second later."""

    def __init__(self, *digits):
        self.digits = list(digits)
        self.asks = []

    def asked(self, leg, ask):
        self.asks.append(ask)
        if self.digits:
            leg.press(self.digits.pop(0), SECOND)
