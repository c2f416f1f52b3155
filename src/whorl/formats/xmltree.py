"""Parse XML from strangers: no document type, no entities, and errors that name the line."""

from __future__ import annotations

from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from whorl.base.errors import FormatError

MAX_BYTES = 64 * 1024 * 1024


def parse_xml(data: bytes) -> Element:
    """Parse a document to its root element.

    A document type declaration is refused as such: entities (which can expand to gigabytes, or read files) can
    only be declared there.

    Raises:
        FormatError: Not well-formed, not decodable, too large, or with a document type declaration.
    """
    if len(data) > MAX_BYTES:
        raise FormatError(f"{len(data):,} bytes of XML; {MAX_BYTES:,} are allowed")
    builder = TreeBuilder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda tag, attributes: builder.start(tag, attributes) and None
    parser.EndElementHandler = lambda tag: builder.end(tag) and None
    parser.CharacterDataHandler = lambda text: builder.data(text)
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        reason = "not UTF-8 text" if _undecodable(data) else expat.ErrorString(error.code)
        raise FormatError(f"line {error.lineno}: not valid XML: {reason}", hint="Export the file again.") from error
    return builder.close()


def _refuse_doctype(*_: object) -> None:
    raise FormatError("a document type declaration is refused", hint="Remove the <!DOCTYPE ...> from the file.")


def _undecodable(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False
