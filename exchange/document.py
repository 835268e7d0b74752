"""From the bytes of an answer to a list of elements, strictly."""

from functools import lru_cache

from lxml import etree

from exchange.errors import ContractError
from exchange.vocabulary import ATTRIBUTES, CHILDREN, MEDIA, NEEDS_TEXT, NOT_INTERPRETED, REQUIRED, SPEECH_MARKS

MAX_BYTES = 100 * 1024
XML_TYPES = frozenset(("application/xml", "text/xml"))
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)


class BadDocument(Exception):
    """Not a document the carrier can read: wrong type, too long, malformed. The carrier has hang-up codes for it."""


class Element:
    """One step of a document: its name, the attributes as read values, its text, and nested prompts."""

    __slots__ = ("name", "attributes", "text", "children")

    def __init__(self, name: str, attributes: dict, text: str, children: tuple):
        self.name = name
        self.attributes = attributes
        self.text = text
        self.children = children

    def get(self, name: str, default=None):
        return self.attributes.get(name, default)


def read_reply(content_type: str, body: bytes) -> tuple[Element, ...]:
    """The elements of an XML reply. BadDocument: everyday trouble. ContractError: no documented effect."""
    if content_type.partition(";")[0].strip().lower() not in XML_TYPES:
        raise BadDocument(f"content type {content_type!r}")
    if len(body) > MAX_BYTES:
        raise BadDocument(f"{len(body)} bytes")
    return read_document(body)


@lru_cache(maxsize=1024)
def read_document(body: bytes) -> tuple[Element, ...]:
    """The elements of a document. Equal bytes are read once; elements are never changed after."""
    try:
        root = etree.fromstring(body, _PARSER)
    except etree.XMLSyntaxError as error:
        raise BadDocument(str(error)) from error
    if root.tag != "Response":
        raise BadDocument(f"the root is {root.tag!r}")
    return _read_element(root, None).children


def _read_element(node, parent: str | None) -> Element:
    name = _known_name(node.tag, parent)
    attributes = _read_attributes(name, node.attrib)
    if name == "Speak":
        _check_speech(node, attributes)
        text, children = "".join(node.itertext()).strip(), ()
    else:
        text = (node.text or "").strip()
        children = tuple([_read_element(child, name) for child in node])
        _no_loose_text(name, text, node)
    _check_text(name, text)
    return Element(name, attributes, text, children)


def _known_name(tag: str, parent: str | None) -> str:
    if parent is None:
        return tag
    if tag in NOT_INTERPRETED:
        raise ContractError(f"<{tag}> in <{parent}> is not interpreted yet")
    if tag not in CHILDREN.get(parent, ()):
        raise ContractError(f"<{tag}> does not belong into <{parent}>")
    return tag


def _read_attributes(name: str, written) -> dict:
    table, values = ATTRIBUTES[name], {}
    for attribute, text in written.items():
        reader = table.get(attribute)
        if reader is None:
            raise ContractError(f"<{name}> has no attribute {attribute!r}")
        try:
            values[attribute] = reader(text)
        except ValueError as error:
            raise ContractError(f"<{name} {attribute}={text!r}>: {error}") from error
    for attribute in REQUIRED.get(name, ()):
        if attribute not in values:
            raise ContractError(f"<{name}> needs {attribute!r}")
    return values


def _no_loose_text(name: str, text: str, node) -> None:
    loose = text if name not in NEEDS_TEXT else ""
    for child in node:
        loose += (child.tail or "").strip()
    if loose:
        raise ContractError(f"loose text in <{name}>: {loose[:40]!r}")


def _check_text(name: str, text: str) -> None:
    reader = NEEDS_TEXT.get(name)
    if reader is None:
        return
    if not text:
        raise ContractError(f"<{name}> is empty")
    try:
        reader(text)
    except ValueError as error:
        raise ContractError(f"<{name}>{text[:80]}</{name}>: {error}") from error


def _check_speech(node, attributes: dict) -> None:
    voice = attributes.get("voice", "WOMAN")
    if attributes.get("language") == "ru-RU" and voice.upper() == "MAN":
        raise ContractError("<Speak> knows no MAN for ru-RU")
    marks = list(node.iterdescendants())
    if marks and not voice.startswith("Polly."):
        raise ContractError(f"<{marks[0].tag}> in <Speak> needs a Polly voice")
    if marks and len("".join(node.itertext())) > 3000:
        raise ContractError("<Speak> with speech marks takes at most 3000 characters")
    for mark in marks:
        _check_mark(mark)


def _check_mark(mark) -> None:
    known = SPEECH_MARKS.get(mark.tag)
    if known is None:
        raise ContractError(f"<{mark.tag}> does not belong into <Speak>")
    for attribute in mark.attrib:
        if attribute not in known:
            raise ContractError(f"<{mark.tag}> has no attribute {attribute!r}")


def read_prompts(content_type: str, body: bytes) -> tuple[Element, ...]:
    """The elements of a media document (confirm sound and the like), where only Speak, Play and Wait count."""
    elements = read_reply(content_type, body)
    if any(element.name not in MEDIA for element in elements):
        raise BadDocument("a media document holds only Speak, Play and Wait")
    return elements
