"""Pictures over HTTP: decoded apart from this process, and sent so that no browser takes them for a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ParamSpec, TypeVar
from urllib.parse import quote

from fastapi import Request, Response

from whorl.base.errors import UnreadableMedia
from whorl.server.services import Services

P = ParamSpec("P")
T = TypeVar("T")
DECODE_S = 60.0
MEDIA_CSP = "default-src 'none'; sandbox"
FOREVER = "private, max-age=31536000, immutable"
REVALIDATED = "private, no-cache"
_SMALLER = "Cut the image into tiles; if the machine is very busy, try again later."


def decode_apart(services: Services, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a function that decodes bytes of strangers in a child process, which a bad image may take down with it.

    Raises:
        UnreadableMedia: It took longer than a minute, or what the function raises.
        WorkerLost: The process died.
    """
    if services.executor is None:
        return function(*args, **kwargs)
    job = services.executor.submit(function, *args, **kwargs)
    try:
        return services.executor.wait(job, timeout_s=DECODE_S)
    except TimeoutError as error:
        job.cancel()
        raise UnreadableMedia(f"it took longer than {DECODE_S:g} s to decode", hint=_SMALLER) from error


def media_headers(name: str, tag: str, *, is_inline: bool, cache: str = FOREVER) -> Mapping[str, str]:
    """The headers of an answer with bytes: a name to save under, a tag to ask again by, and nothing may run.

    Args:
        name: What it is called; the last part of a path counts.
        tag: Names the very bytes.
    """
    file_name = quote(name.rsplit("/", 1)[-1], safe="")
    return {
        "content-disposition": f"{'inline' if is_inline else 'attachment'}; filename*=UTF-8''{file_name}",
        "content-security-policy": MEDIA_CSP,
        "cache-control": cache,
        "etag": f'"{tag}"',
    }


def picture(request: Request, headers: Mapping[str, str], make: Callable[[], bytes]) -> Response:
    """Answer with a JPEG, or say that the caller's copy is the same."""
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    return Response(make(), media_type="image/jpeg", headers=headers)
