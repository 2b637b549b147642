"""Typed charts drawn for the web, as Plotly figures in plain lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from textwrap import wrap
from typing import Any

from .sources import SourceStrip, Trend, whole_shares
from .specs import GRID, IntervalBars, Spec, Step, Waterfall, signed, span, whole

# The page's script puts the theme's colour in place of each name.
TOKENS: dict[str, str] = {
    name: f"var(--{name})"
    for name in (
        "paper", "ink", "ink2", "ink3", "rule", "rule2", "interval", "accent", "not-ready",
        "str", "gov", "trn", "dat", "cha", "assessed", "voiced", "heard", "measured",
    )
}  # fmt: skip
# For a file that carries no stylesheet of the product.
LIGHT: dict[str, str] = {
    "paper": "#ffffff", "ink": "#171c24", "ink2": "#3d4653", "ink3": "#5a6472",
    "rule": "#e4e5e1", "rule2": "#c9cccb", "interval": "#c5cbd3", "accent": "#1d63d8",
    "not-ready": "#a11d1d", "str": "#8163b6", "gov": "#c06521", "trn": "#389e8b",
    "dat": "#742e57", "cha": "#364002", "assessed": "#6b7685", "voiced": "#1d63d8",
    "heard": "#17306b", "measured": "#171c24",
}  # fmt: skip

SYMBOLS = {
    "assessed": "square-open",
    "voiced": "circle",
    "heard": "triangle-up",
    "measured": "diamond",
}
ROW = 29  # pixels
TEXT = 17  # pixels of a label's line
LINE = 42  # characters of it
FONT = '"Inter", system-ui, sans-serif'

Colours = Mapping[str, str]
Drawable = Spec | SourceStrip | Trend


def figure(spec: Drawable, colours: Colours = TOKENS) -> dict[str, Any]:
    """Return the chart as JSON-ready values, or raise KeyError for a kind without a drawing."""
    drawn = DRAWINGS[spec.kind](spec, colours)
    layout = {
        **drawn.layout,
        "font": {"family": FONT, "size": 13, "color": colours["ink"]},
        "annotations": drawn.annotations,
        "shapes": drawn.shapes,
    }
    return {"data": drawn.data, "layout": layout}


@dataclass(slots=True)
class Drawing:
    """A Plotly figure in the making, as plain values.

    go.Figure checks each part as it is added, which takes a page a fifth of a second; the tests
    let it check the finished figure instead.
    """

    layout: dict[str, Any]
    data: list[dict[str, Any]] = field(default_factory=list)
    annotations: list[dict[str, Any]] = field(default_factory=list)
    shapes: list[dict[str, Any]] = field(default_factory=list)

    def add_annotation(self, **values: Any) -> None:
        self.annotations.append(values)

    def add_shape(self, **values: Any) -> None:
        self.shapes.append(values)


def _base(colours: Colours, rows: int, *, left: int, right: int) -> Drawing:
    """Return an empty chart: 0–100 above, hairlines, rows from the top down."""
    return Drawing(
        layout={
            "template": {},
            "height": ROW * rows + 36,
            "margin": {"l": left, "r": right, "t": 28, "b": 8},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "showlegend": False,
            "hovermode": False,
            "dragmode": False,
            "bargap": 0.45,
            "xaxis": {
                "range": [0, 100],
                "side": "top",
                "tickvals": list(GRID),
                "tickfont": {"size": 11, "color": colours["ink3"]},
                "gridcolor": colours["rule"],
                "zeroline": False,
                "fixedrange": True,
            },
            "yaxis": {
                "range": [rows - 0.5, -0.5],
                "showgrid": False,
                "zeroline": False,
                "showticklabels": False,
                "fixedrange": True,
            },
        }
    )


def _label(
    drawn: Drawing, row: float, text: str, *, bold: bool = False, shift: int, colour: str
) -> None:
    """Write a row's name left of the axis; people's words are escaped, as Plotly reads tags."""
    safe = "<br>".join(escape(line) for line in wrap(_joined(text), LINE))
    drawn.add_annotation(
        x=0, xref="paper", xanchor="left", xshift=shift, y=row, yref="y", showarrow=False,
        align="left", text=f"<b>{safe}</b>" if bold else safe, font={"color": colour},
    )  # fmt: skip


def _joined(text: str) -> str:
    """Keep both ends of a movement on one line: 1.7 → 0.6."""
    return text.replace(" → ", "\u00a0→\u00a0")


def _number(
    drawn: Drawing, x: float, row: float, text: str, *, colour: str, bold: bool = True
) -> None:
    drawn.add_annotation(
        x=x, y=row, xref="x", yref="y", xanchor="left", xshift=6, showarrow=False,
        text=f"<b>{escape(text)}</b>" if bold else text, font={"color": colour},
    )  # fmt: skip


def _bar(drawn: Drawing, row: float, low: float, high: float, colour: str, width: float) -> None:
    drawn.data.append(
        {
            "type": "bar",
            "x": [high - low], "base": [low], "y": [row], "width": [width], "orientation": "h",
            "marker": {"color": colour, "line": {"width": 0}}, "hoverinfo": "skip",
        }
    )  # fmt: skip


def _line(drawn: Drawing, x: float, top: float, bottom: float, colour: str, width: float) -> None:
    drawn.add_shape(
        type="line", x0=x, x1=x, y0=top, y1=bottom, xref="x", yref="y",
        line={"color": colour, "width": width},
    )  # fmt: skip


def _dimension_bar(drawn: Drawing, row: float, code: str, shift: int, colours: Colours) -> None:
    drawn.add_shape(
        type="rect", xref="paper", xsizemode="pixel", xanchor=0, x0=shift, x1=shift + 4,
        yref="y", ysizemode="pixel", yanchor=row, y0=-7, y1=7,
        fillcolor=colours[code.lower()] if code.lower() in colours else colours["ink3"],
        line={"width": 0},
    )  # fmt: skip


def waterfall(spec: Waterfall, colours: Colours) -> Drawing:
    """Draw bars that join from the start to the end."""
    longest = max(len(step.label) for step in spec.steps)
    left = max(190, 30 + 7 * min(longest, LINE))
    drawn = _base(colours, len(spec.steps), left=left, right=70)
    lines = max(len(wrap(_joined(step.label), LINE)) for step in spec.steps)
    if lines > 1:
        drawn.layout["height"] = (TEXT * lines + 10) * len(spec.steps) + 36
    drawn.layout["xaxis"]["range"] = [spec.low, spec.high]
    level = spec.start
    for row, step in enumerate(spec.steps):
        before = level
        level = step.total if step.total is not None else level + (step.points or 0)
        _step_label(drawn, row, step, left, colours)
        if step.low is not None and step.high is not None:
            _bar(drawn, row, step.low, step.high, colours["interval"], 0.28)
            _line(drawn, level, row - 0.28, row + 0.28, colours["ink"], 3)
            _number(
                drawn, step.high, row, f"{whole(level)}  {span(step.low, step.high)}",
                colour=colours["ink"],
            )  # fmt: skip
        elif step.total is not None and spec.low > 0:
            # The axis does not begin at zero, so a bar's length would lie.
            _line(drawn, step.total, row - 0.3, row + 0.3, colours["ink"], 3)
            _number(drawn, step.total, row, f"{step.total:.1f}", colour=colours["ink"])
        elif step.total is not None:
            first = row == 0 and step.total == spec.start and spec.low == 0
            _bar(
                drawn, row, spec.low, step.total,
                colours["interval"] if first else colours["ink"], 0.55,
            )  # fmt: skip
            text = whole(step.total) if step.total == spec.start else f"{step.total:.1f}"
            _number(drawn, step.total, row, text, colour=colours["ink"])
        else:
            alarm = (step.is_highlight or spec.low > 0) and (step.points or 0) < 0
            _bar(
                drawn, row, min(before, level), max(before, level),
                colours["not-ready"] if alarm else colours["ink3"], 0.55,
            )  # fmt: skip
            _number(drawn, max(before, level), row, signed(step.points or 0), colour=colours["ink"])
        if row + 1 < len(spec.steps):
            _line(drawn, level, row + 0.28, row + 0.72, colours["ink3"], 1)
    return drawn


def _step_label(drawn: Drawing, row: int, step: Step, left: int, colours: Colours) -> None:
    is_dimension = bool(step.code)
    if is_dimension:
        _dimension_bar(drawn, row, step.code, -left, colours)
    bold = step.is_highlight or step.total is not None
    _label(
        drawn, row, step.label, bold=bold, shift=-left + (13 if step.total is None else 0),
        colour=colours["ink"],
    )  # fmt: skip
    if step.aside:
        drawn.add_annotation(
            x=0, xref="paper", xanchor="right", xshift=-14, y=row, yref="y", showarrow=False,
            text=escape(step.aside), font={"color": colours["ink3"], "size": 12},
        )  # fmt: skip


def source_strip(spec: SourceStrip, colours: Colours) -> Drawing:
    """Draw each source's mark with its interval, then the pooled value."""
    left, right = 230, 130
    rows = len(spec.rows) + 1
    drawn = _base(colours, rows, left=left, right=right)
    for row, (source, share) in enumerate(
        zip(spec.rows, whole_shares([each.weight for each in spec.rows]), strict=True)
    ):
        colour = colours[source.kind]
        drawn.data.append(
            {
                "type": "scatter",
                "x": [source.low, source.high],
                "y": [row, row],
                "mode": "lines",
                "hoverinfo": "skip",
                "line": {"color": colour, "width": 2},
            }
        )  # fmt: skip
        # A disc of paper first, so that the line does not run through an open mark.
        for symbol, size, tint in (
            ("circle", 16, colours["paper"]),
            (SYMBOLS[source.kind], 11, colour),
        ):
            drawn.data.append(
                {
                    "type": "scatter",
                    "x": [source.value], "y": [row], "mode": "markers", "hoverinfo": "skip",
                    "marker": {
                        "symbol": symbol, "size": size, "color": tint,
                        "line": {"width": 2 if symbol.endswith("open") else 0, "color": tint},
                    },
                }
            )  # fmt: skip
        _label(drawn, row, source.label, bold=True, shift=-left, colour=colours["ink"])
        _label(drawn, row, source.note, shift=-left + 74, colour=colours["ink3"])
        _column(drawn, row, whole(source.value), 44, colours["ink"], bold=True)
        _column(drawn, row, f"{share}\u00a0%", right - 8, colours["ink2"])
    last = rows - 1
    drawn.add_shape(
        type="line", xref="paper", x0=0, x1=1, y0=last - 0.5, y1=last - 0.5, yref="y",
        line={"color": colours["ink"], "width": 1},
    )  # fmt: skip
    _dimension_bar(drawn, last, spec.code, -left, colours)
    _label(drawn, last, f"{spec.name}, pooled", bold=True, shift=-left + 13, colour=colours["ink"])
    if spec.value is not None and spec.low is not None and spec.high is not None:
        colour = colours[spec.code.lower()] if spec.code.lower() in colours else colours["ink3"]
        _bar(drawn, last, spec.low, spec.high, colour, 0.4)
        drawn.data[-1]["opacity"] = 0.35
        _line(drawn, spec.value, last - 0.3, last + 0.3, colour, 4)
        _column(drawn, last, whole(spec.value), 44, colours["ink"], bold=True)
        _column(drawn, last, span(spec.low, spec.high), right - 8, colours["ink3"])
    for text, shift in (("value", 44), ("weight", right - 8)):
        drawn.add_annotation(
            x=1, xref="paper", xanchor="right", xshift=shift, y=1, yref="paper",
            yanchor="bottom", showarrow=False, text=text,
            font={"size": 11, "color": colours["ink3"]},
        )  # fmt: skip
    return drawn


def _column(
    drawn: Drawing, row: int, text: str, shift: int, colour: str, *, bold: bool = False
) -> None:
    drawn.add_annotation(
        x=1, xref="paper", xanchor="right", xshift=shift, y=row, yref="y", showarrow=False,
        text=f"<b>{escape(text)}</b>" if bold else escape(text), font={"color": colour},
    )  # fmt: skip


def interval_bars(spec: IntervalBars, colours: Colours) -> Drawing:
    """Draw one value with its interval per row; without a value, dashed bounds."""
    left = 170
    drawn = _base(colours, len(spec.rows), left=left, right=90)
    for row, each in enumerate(spec.rows):
        if each.code:
            _dimension_bar(drawn, row, each.code, -left, colours)
        _label(drawn, row, each.label, bold=each.is_bold, shift=-left + 13, colour=colours["ink"])
        if each.value is None:
            _column(drawn, row, "–", 44, colours["ink3"])
            continue
        if each.low is not None and each.high is not None:
            _bar(drawn, row, each.low, each.high, colours["interval"], 0.28)
        _line(drawn, each.value, row - 0.28, row + 0.28, colours["ink"], 3)
        _column(drawn, row, whole(each.value), 34, colours["ink"], bold=True)
        _column(drawn, row, span(each.low, each.high), 86, colours["ink3"])
    if spec.target is not None:
        drawn.data.append(
            {
                "type": "scatter",
                "x": [spec.target] * len(spec.rows),
                "y": [row + 0.42 for row in range(len(spec.rows))],
                "mode": "markers", "hoverinfo": "skip",
                "marker": {"symbol": "triangle-up", "size": 8, "color": colours["ink"]},
            }
        )  # fmt: skip
    return drawn


def trend(spec: Trend, colours: Colours) -> Drawing:
    """Draw the score over the runs as a line with the interval of each."""
    drawn = _base(colours, 6, left=30, right=40)
    days = [point.day.isoformat() for point in spec.points]
    drawn.layout.update(height=240, hovermode="closest", margin={"l": 30, "r": 40, "t": 8, "b": 24})
    drawn.layout["yaxis"].update(
        range=[0, 100], tickvals=list(GRID), showticklabels=True, showgrid=True,
        tickfont={"size": 11, "color": colours["ink3"]}, gridcolor=colours["rule"],
    )  # fmt: skip
    drawn.layout["xaxis"] = {
        "type": "date", "side": "bottom", "nticks": 8, "showgrid": False, "tickformat": "%-d %b",
        "tickfont": {"size": 11, "color": colours["ink3"]}, "zeroline": False, "fixedrange": True,
    }  # fmt: skip
    for point, day in zip(spec.points, days, strict=True):
        known = point.value is not None
        drawn.data.append(
            {
                "type": "scatter",
                "x": [day, day], "y": [point.low, point.high], "mode": "lines", "hoverinfo": "skip",
                "line": {
                    "color": colours["interval"] if known else colours["ink3"],
                    "width": 7 if known else 1,
                    "dash": "solid" if known else "dot",
                },
            }
        )  # fmt: skip
    valued = [(day, p) for day, p in zip(days, spec.points, strict=True) if p.value is not None]
    drawn.data.append(
        {
            "type": "scatter",
            "x": [day for day, _ in valued],
            "y": [p.value for _, p in valued],
            "mode": "lines+markers",
            "line": {"color": colours["ink"], "width": 1.5},
            "marker": {"color": colours["ink"], "size": 7},
            "text": [f"Run {p.number}: {whole(p.value)}, {span(p.low, p.high)}" for _, p in valued],
            "hoverinfo": "text",
        }
    )
    if valued:
        day, last = valued[-1]
        drawn.add_annotation(
            x=day, y=last.value, xanchor="left", xshift=8, showarrow=False,
            text=f"<b>{whole(last.value)}</b>",
        )  # fmt: skip
    return drawn


DRAWINGS: dict[str, Callable[[Any, Colours], Drawing]] = {
    "interval_bars": interval_bars,
    "waterfall": waterfall,
    "source_strip": source_strip,
    "trend": trend,
}
