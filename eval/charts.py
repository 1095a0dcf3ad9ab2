"""Plots as inline SVG, so that a report is one file, sharp at any size, and needs no plotting package.

Only what a report shows: lines over two axes, and grouped bars over shares. Colours are those of Okabe and
Ito, which people with any colour vision can tell apart; text takes the colour of the page around it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import log10

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f")
_WIDTH, _HEIGHT = 560, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 22, 34, 44
_LEGEND_CHAR = 7.2


@dataclass(frozen=True, slots=True)
class Series:
    """A named line or set of bars. Points of a line are (x, y); those of bars (row of the group, share)."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis: its label, the values at its two ends, where its ticks stand and what they say."""

    label: str
    low: float
    high: float
    ticks: Sequence[tuple[float, str]]
    logarithmic: bool = False

    def place(self, value: float) -> float:
        """Where a value stands between the ends, from 0 to 1; values beyond an end stand at the end."""
        low, high, at = self.low, self.high, min(max(value, self.low), self.high)
        if self.logarithmic:
            low, high, at = log10(low), log10(high), log10(at)
        return (at - low) / (high - low)


def share_axis(label: str, high: float = 1.0) -> Axis:
    """An axis for shares from 0 to `high`, a tick each fifth."""
    return Axis(label, 0.0, high, [(high * step / 5, f"{high * step / 5:.2g}") for step in range(6)])


def line_chart(title: str, series: Sequence[Series], x: Axis, y: Axis) -> str:
    """Lines over two axes, with a legend above; each line's points are joined in their order."""
    parts = [_grid(x, y), _legend([each.name for each in series])]
    for row, each in enumerate(series):
        points = " ".join(f"{_x(x, a):.1f},{_y(y, b):.1f}" for a, b in each.points)
        colour = COLOURS[row % len(COLOURS)]
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{points}"/>')
        if len(each.points) <= 12:
            parts += [
                f'<circle cx="{_x(x, a):.1f}" cy="{_y(y, b):.1f}" r="3" fill="{colour}"/>' for a, b in each.points
            ]
    return _svg(title, parts)


def bar_chart(title: str, groups: Sequence[str], series: Sequence[Series], y: Axis) -> str:
    """Bars of each series side by side in each group, their values above them where there is room."""
    x = Axis("", 0.0, float(len(groups)), [(row + 0.5, name) for row, name in enumerate(groups)])
    parts = [_grid(x, y, turned=len(groups) > 6), _legend([each.name for each in series])]
    width = (_x(x, 1) - _x(x, 0)) * 0.8 / max(len(series), 1)
    for row, each in enumerate(series):
        colour = COLOURS[row % len(COLOURS)]
        for group, value in each.points:
            left = _x(x, group + 0.1) + row * width
            top = _y(y, value)
            size = f'width="{width * 0.92:.1f}" height="{_HEIGHT - _BOTTOM - top:.1f}"'
            parts.append(f'<rect x="{left:.1f}" y="{top:.1f}" {size} fill="{colour}"/>')
            if width >= 20:
                middle = left + width * 0.46
                parts.append(_text(middle, top - 3, f"{value:.2f}".removeprefix("0"), "middle", small=True))
    return _svg(title, parts)


def cumulative(values: Sequence[float]) -> list[tuple[float, float]]:
    """The points (value, share of the values that are no larger), at most 101 of them."""
    ordered = sorted(values)
    rows = sorted({round(step * (len(ordered) - 1) / 100) for step in range(101)}) if ordered else []
    return [(ordered[row], (row + 1) / len(ordered)) for row in rows]


def time_axis(values: Sequence[float], label: str = "milliseconds") -> Axis:
    """A logarithmic axis of whole decades around the positive `values`."""
    positive = [value for value in values if value > 0] or [1.0]
    low, high = 10.0 ** _floor(log10(min(positive))), 10.0 ** -_floor(-log10(max(positive)))
    high = max(high, low * 10)
    decades = round(log10(high / low))
    return Axis(label, low, high, [(low * 10.0**step, f"{low * 10.0**step:g}") for step in range(decades + 1)], True)


def _floor(value: float) -> int:
    return int(value // 1)


def _x(axis: Axis, value: float) -> float:
    return _LEFT + axis.place(value) * (_WIDTH - _LEFT - _RIGHT)


def _y(axis: Axis, value: float) -> float:
    return _HEIGHT - _BOTTOM - axis.place(value) * (_HEIGHT - _TOP - _BOTTOM)


def _grid(x: Axis, y: Axis, *, turned: bool = False) -> str:
    bottom, parts = _HEIGHT - _BOTTOM, []
    for value, name in y.ticks:
        at = _y(y, value)
        parts.append(_line(_LEFT, at, _WIDTH - _RIGHT, at, faint=value != y.low))
        parts.append(_text(_LEFT - 6, at + 4, name, "end"))
    for value, name in x.ticks:
        at = _x(x, value)
        if turned:
            parts.append(
                _text(
                    at,
                    bottom + 16 + (12 if x.ticks.index((value, name)) % 2 else 0),
                    name,
                    "middle",
                    small=True,
                )
            )
        else:
            parts.append(_text(at, bottom + 16, name, "middle"))
    parts.append(_text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 6, x.label, "middle"))
    parts.append(_text(4, 12, y.label, "start", small=True))
    return "".join(parts)


def _legend(names: Sequence[str]) -> str:
    parts, right = [], float(_WIDTH - _RIGHT)
    for row, name in reversed(list(enumerate(names))):
        right -= _LEGEND_CHAR * len(name) + 24
        parts.append(f'<rect x="{right:.1f}" y="4" width="10" height="10" fill="{COLOURS[row % len(COLOURS)]}"/>')
        parts.append(_text(right + 14, 13, name, "start"))
    return "".join(parts)


def _text(x: float, y: float, text: str, anchor: str, *, small: bool = False) -> str:
    size = 10 if small else 12
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}">{escape(text)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, *, faint: bool) -> str:
    opacity = 0.15 if faint else 0.6
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="currentColor" stroke-opacity="{opacity}"/>'


def _svg(title: str, parts: Sequence[str]) -> str:
    name = escape(title, quote=True)
    head = f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{name}" fill="currentColor">'
    return f"{head}<title>{name}</title>{''.join(parts)}</svg>"
