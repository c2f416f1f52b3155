"""The page on which an end user says what they think of one answer. Plain HTML: no script, no framework, one form."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from whorl.annotations.rules import box_corners, find_bounds
from whorl.schemas.annotations import Box, ClassTag, Mask, Points, Polygon, Polyline, RotatedBox, Track
from whorl.schemas.models import PredictedAnnotation
from whorl.schemas.serving import PredictionLine, Verdict

_MOST_SHAPES = 300
_HUES = 6
STYLE = """
:root{color-scheme:light dark;--ground:#f4f5f3;--card:#fff;--ink:#1b2024;--quiet:#5a646d;--line:#dfe2dd;--ok:#1d7a4d;
--bad:#b3382c;--accent:#0b6e6e}
@media (prefers-color-scheme:dark){:root{--ground:#14171a;--card:#1d2226;--ink:#e9ebed;--quiet:#9aa4ad;--line:#31383e;
--ok:#4cc38a;--bad:#f0796d;--accent:#5cc8c0}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1rem;background:var(--ground);color:var(--ink);
font:16px/1.5 system-ui,sans-serif}
main{width:min(34rem,100%);background:var(--card);border:1px solid var(--line);border-radius:14px;overflow:hidden;
box-shadow:0 8px 30px rgb(0 0 0/.06)}
.picture{background:#0d0f11;display:grid;place-items:center}
svg{display:block;width:100%;height:auto;max-height:56vh}
.shape{fill:none;stroke-width:2;vector-effect:non-scaling-stroke}
.h0{stroke:#2dd4bf}.h1{stroke:#fbbf24}.h2{stroke:#f472b6}.h3{stroke:#60a5fa}.h4{stroke:#a3e635}.h5{stroke:#fb923c}
.text{padding:1.1rem 1.25rem 1.25rem}
h1{font-size:1.15rem;line-height:1.35;margin:0 0 .6rem}
ul{list-style:none;display:flex;flex-wrap:wrap;gap:.4rem;margin:0 0 1rem;padding:0}
li{border:1px solid var(--line);border-radius:99px;padding:.1rem .7rem;font-size:.9rem}
li b{font-weight:600}li span{color:var(--quiet);font-variant-numeric:tabular-nums}
.dot{display:inline-block;width:.6rem;height:.6rem;border-radius:50%;margin-right:.4rem}
.dot.h0{background:#2dd4bf}.dot.h1{background:#fbbf24}.dot.h2{background:#f472b6}.dot.h3{background:#60a5fa}
.dot.h4{background:#a3e635}.dot.h5{background:#fb923c}
label{display:block;color:var(--quiet);font-size:.9rem;margin-bottom:.3rem}
textarea{width:100%;min-height:4.2rem;resize:vertical;border:1px solid var(--line);border-radius:9px;
padding:.55rem .7rem;background:var(--ground);color:inherit;font:inherit}
.buttons{display:grid;grid-template-columns:1fr 1fr;gap:.7rem;margin-top:.9rem}
button{border:0;border-radius:9px;padding:.75rem;font:600 1rem system-ui,sans-serif;color:#fff;cursor:pointer}
button.ok{background:var(--ok)}button.bad{background:var(--bad)}
@media (prefers-color-scheme:dark){button{color:#10151a}}
button:focus-visible,textarea:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.said{margin:0 0 1rem;padding:.6rem .8rem;border-radius:9px;background:var(--ground);border-left:4px solid var(--ok)}
.none{color:#c9d0d6;padding:2.5rem 1rem;text-align:center}
p{margin:0 0 .6rem}p.quiet{color:var(--quiet);font-size:.9rem;margin:.9rem 0 0}
"""


def render_page(line: PredictionLine, *, action: str, image: str | None, said: Verdict | None, nonce: str) -> str:
    """The page about one answer.

    Args:
        action: Address of the form.
        image: Address of the picture; None when it was not kept.
        said: What this visitor has just said.
    """
    thanks = ""
    if said is not None:
        word = "right" if said is Verdict.OK else "wrong"
        thanks = f"<p class='said' role='status'>Thank you: noted as <b>{word}</b>. You can still change it.</p>"
    hues = _hues(line.annotations)
    body = (
        f"<div class='picture'>{_picture(line, image, hues)}</div><div class='text'>{thanks}"
        f"<h1>Is this answer right?</h1>{_answer(line.annotations, hues)}"
        f"<form method='post' action='{escape(action, quote=True)}'>"
        "<label for='comment'>What is wrong, or what should it be? (optional)</label>"
        "<textarea id='comment' name='comment' maxlength='2000'></textarea>"
        "<div class='buttons'><button class='ok' name='verdict' value='ok'>It is right</button>"
        "<button class='bad' name='verdict' value='wrong'>It is wrong</button></div></form>"
        "<p class='quiet'>What you say goes to the people who look after this service.</p></div>"
    )
    return _document("Is this answer right?", body, nonce)


def render_notice(title: str, text: str, nonce: str) -> str:
    """A page with nothing but words."""
    return _document(title, f"<div class='text'><h1>{escape(title)}</h1><p>{escape(text)}</p></div>", nonce)


def page_headers(nonce: str, frames: Sequence[str]) -> dict[str, str]:
    """What goes with the page: nothing may run, and only these sites may show it in a frame."""
    ancestors = " ".join(frames) if frames else "'none'"
    policy = (
        f"default-src 'none'; img-src 'self'; style-src 'nonce-{nonce}'; form-action 'self'; base-uri 'none'; "
        f"frame-ancestors {ancestors}"
    )
    # Without a referrer a browser gives the form no origin, and the guard would take it for another site's.
    return {"content-security-policy": policy, "referrer-policy": "same-origin", "x-robots-tag": "noindex"}


def _document(title: str, body: str, nonce: str) -> str:
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{escape(title)}</title>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'><meta name='robots' content='noindex'>"
        f"<style nonce='{nonce}'>{STYLE}</style></head><body><main>{body}</main></body></html>"
    )


def _hues(said: Sequence[PredictedAnnotation]) -> dict[str, int]:
    return {label: number % _HUES for number, label in enumerate(dict.fromkeys(one.label for one in said))}


def _picture(line: PredictionLine, image: str | None, hues: dict[str, int]) -> str:
    if image is None:
        return "<p class='none'>The picture was not kept.</p>"
    shapes = "".join(_shape(one, hues[one.label]) for one in line.annotations[:_MOST_SHAPES])
    return (
        f"<svg viewBox='0 0 {line.width} {line.height}' role='img' aria-label='The picture, with the answer on it'>"
        f"<image href='{escape(image, quote=True)}' width='{line.width}' height='{line.height}'/>{shapes}</svg>"
    )


def _shape(said: PredictedAnnotation, hue: int) -> str:
    kind = f"class='shape h{hue}'"
    shape = said.geometry
    match shape:
        case ClassTag() | Track():
            return ""
        case Box():
            return _rectangle(shape.x0, shape.y0, shape.x1, shape.y1, kind)
        case RotatedBox():
            return f"<polygon {kind} points='{_points(box_corners(shape))}'/>"
        case Polygon():
            return "".join(f"<polygon {kind} points='{_points(ring)}'/>" for ring in shape.rings)
        case Polyline() | Points():
            return f"<polyline {kind} points='{_points(shape.points)}'/>"
        case Mask():
            bounds = find_bounds(shape)
            return "" if bounds is None else _rectangle(*bounds, kind)


def _rectangle(x0: float, y0: float, x1: float, y1: float, kind: str) -> str:
    return f"<rect {kind} x='{x0:g}' y='{y0:g}' width='{x1 - x0:g}' height='{y1 - y0:g}'/>"


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)


def _answer(said: Sequence[PredictedAnnotation], hues: dict[str, int]) -> str:
    if not said:
        return "<p>Nothing was found in it.</p>"
    counts: dict[str, list[float | None]] = {}
    for one in said:
        counts.setdefault(one.label, []).append(one.confidence)
    drawn = any(not isinstance(one.geometry, ClassTag) for one in said)
    return "<ul>" + "".join(_chip(label, some, hues[label], drawn) for label, some in counts.items()) + "</ul>"


def _chip(label: str, confidences: Sequence[float | None], hue: int, drawn: bool) -> str:
    dot = f"<i class='dot h{hue}'></i>" if drawn else ""
    best = max((one for one in confidences if one is not None), default=None)
    count = f" × {len(confidences)}" if len(confidences) > 1 else ""
    sure = "" if best is None or count else f" <span>{best:.0%}</span>"
    return f"<li>{dot}<b>{escape(label)}</b>{count}{sure}</li>"
