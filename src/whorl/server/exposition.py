"""The Prometheus text format, version 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass
class Page:
    """Lines of one answer. Every name is given once, with all its samples."""

    lines: list[str] = field(default_factory=list)

    def add(
        self,
        name: str,
        kind: Literal["counter", "gauge", "histogram"],
        help_text: str,
        samples: Iterable[tuple[Mapping[str, str], float]],
        *,
        suffixes: Iterable[str] = (),
    ) -> None:
        """Add a metric.

        Args:
            samples: Labels and value of each.
            suffixes: What comes behind the name, for each sample; none when left out.
        """
        given = list(samples)
        self.lines += [f"# HELP {name} {help_text}", f"# TYPE {name} {kind}"]
        for (labels, value), suffix in zip(given, list(suffixes) or [""] * len(given), strict=True):
            shown = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
            self.lines.append(f"{name}{suffix}{{{shown}}} {value:.12g}" if shown else f"{name}{suffix} {value:.12g}")

    def add_histogram(
        self, name: str, help_text: str, edges: tuple[float, ...], found: Mapping[str, tuple[list[int], float]]
    ) -> None:
        """Add a histogram with one label, ``kind``.

        Args:
            found: Kind to the counts of each bucket, one more than edges, and the sum of all values.
        """
        samples: list[tuple[dict[str, str], float]] = []
        suffixes: list[str] = []
        for kind, (counts, total) in sorted(found.items()):
            so_far = 0
            for edge, count in zip([*map(str, edges), "+Inf"], counts, strict=True):
                so_far += count
                samples.append(({"kind": kind, "le": edge}, so_far))
                suffixes.append("_bucket")
            samples += [({"kind": kind}, total), ({"kind": kind}, so_far)]
            suffixes += ["_sum", "_count"]
        self.add(name, "histogram", help_text, samples, suffixes=suffixes)

    def text(self) -> str:
        """The whole answer."""
        return "\n".join([*self.lines, ""])


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
