"""Plots as SVG, drawn here: pure geometry, then shapes with classes only (the policy of the pages refuses a style). Each is an
image of the table beside it, which alone is read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from openopco.kernel.money import NARROW_NBSP
from openopco.web.components.markup import filled, filled_each

# Words are drawn larger on a phone (statistics.css): the left margin holds « 100 000 » there too.
WIDTH, HEIGHT = 480, 230
LEFT, RIGHT, TOP, BOTTOM = 62, 8, 14, 30
PLOT_WIDTH, PLOT_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
FLOOR = HEIGHT - BOTTOM
MOST_LABELS = 6
# A plot of ranked lines: room is kept after the longest for its value.
MOST_LINES, LINE_HEIGHT, LINE_WIDTH = 12, 28, PLOT_WIDTH - 70
FILL = 0.66
WIDEST_BAR = 48.0
MOST_STEPS = 5


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float


def steps_to(highest: int) -> list[int]:
    """Round graduations from 0 to at least `highest`, `MOST_STEPS` intervals at most."""
    step = 1
    for step in _round_steps():
        if step * MOST_STEPS >= highest:
            break
    last = max(-(-highest // step), 1)
    return [step * rank for rank in range(last + 1)]


def _round_steps() -> Iterator[int]:
    power = 1
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10


def bars(values: Sequence[int], top: int) -> list[Bar]:
    """One for each value, side by side, standing on the floor."""
    slot = PLOT_WIDTH / max(len(values), 1)
    width = min(slot * FILL, WIDEST_BAR)
    heights = [PLOT_HEIGHT * value / top for value in values]
    return [
        Bar(LEFT + slot * (rank + 0.5) - width / 2, FLOOR - height, width, height)
        for rank, height in enumerate(heights)
    ]


def runs(values: Sequence[int | None], top: int) -> list[list[Point]]:
    """The points of a line, cut where nothing is known."""
    slot = PLOT_WIDTH / max(len(values), 1)
    found: list[list[Point]] = [[]]
    for rank, value in enumerate(values):
        if value is None:
            found.append([])
        else:
            found[-1].append(Point(LEFT + slot * (rank + 0.5), FLOOR - PLOT_HEIGHT * value / top))
    return [run for run in found if run]


def bar_plot(labels: Sequence[str], values: Sequence[int]) -> SafeString:
    steps = steps_to(max(values, default=0))
    drawn = filled_each(BAR, ((_n(b.x), _n(b.y), _n(b.width), _n(b.height)) for b in bars(values, steps[-1])))
    return _plot(labels, steps, drawn)


def line_plot(labels: Sequence[str], series: Sequence[Sequence[int | None]]) -> SafeString:
    """Each series with a class of its own: `plot-line-1`, `plot-line-2`, told apart by their marks too."""
    steps = steps_to(max((value for each in series for value in each if value is not None), default=0))
    lines = [_line(rank, runs(each, steps[-1])) for rank, each in enumerate(series, 1)]
    return _plot(labels, steps, filled_each("{}", ((line,) for line in lines)))


def _line(rank: int, found: list[list[Point]]) -> SafeString:
    paths = filled_each(LINE, ((str(rank), " ".join(f"{_n(p.x)},{_n(p.y)}" for p in run)) for run in found))
    mark = (ROUND, SQUARE)[(rank - 1) % 2]
    places = ((p.x, p.y) if mark is ROUND else (p.x - 4, p.y - 4) for run in found for p in run)
    return filled("{}{}", paths, filled_each(mark, ((str(rank), _n(x), _n(y)) for x, y in places)))


def _plot(labels: Sequence[str], steps: Sequence[int], drawn: SafeString) -> SafeString:
    scale = filled_each(STEP, (_step(step, steps[-1]) for step in steps))
    return filled(PLOT, scale, drawn, filled_each(LABEL, _labels(labels)))


def ranked_plot(labels: Sequence[str], values: Sequence[int]) -> SafeString:
    """A bar lying on each line, its name before it and its value after: for what has no order in time."""
    longest = max(*values, 1, 1)
    lines = enumerate(zip(labels, values, strict=True))
    drawn = filled_each(RANKED, (_ranked(rank, label, value, longest) for rank, (label, value) in lines))
    height = str(LINE_HEIGHT * len(labels))
    return filled(RANKED_PLOT, height, height, drawn)


def _ranked(rank: int, label: str, value: int, longest: int) -> tuple[str, ...]:
    middle, width = LINE_HEIGHT * (rank + 0.5), LINE_WIDTH * value / longest
    return _n(middle + 5), label, _n(middle - 8), _n(width), _n(LEFT + width + 8), _n(middle + 5), grouped(value)


def grouped(number: int) -> str:
    """« 12 345 »."""
    return f"{number:,}".replace(",", NARROW_NBSP)


def _labels(labels: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Few enough not to touch on a phone, the last among them."""
    slot, every = PLOT_WIDTH / max(len(labels), 1), -(-len(labels) // MOST_LABELS) or 1
    for rank, text in enumerate(labels):
        if (len(labels) - 1 - rank) % every == 0:
            yield _n(LEFT + slot * (rank + 0.5)), text


def _step(step: int, top: int) -> tuple[str, str, str, str]:
    y = FLOOR - PLOT_HEIGHT * step / top
    return _n(y), _n(y), _n(y + 4), grouped(step)


def _n(value: float) -> str:
    return f"{value:.1f}"


PLOT = (
    f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" aria-hidden="true" '
    'focusable="false">{}{}{}</svg>'
)
STEP = (
    f'<line class="plot-grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{{}}" y2="{{}}"/>'
    f'<text class="plot-word" x="{LEFT - 6}" y="{{}}" text-anchor="end">{{}}</text>'
)
BAR = '<rect class="plot-bar" x="{}" y="{}" width="{}" height="{}"/>'
LINE = '<polyline class="plot-line plot-line-{}" points="{}"/>'
ROUND = '<circle class="plot-mark-{}" cx="{}" cy="{}" r="4"/>'
SQUARE = '<rect class="plot-mark-{}" x="{}" y="{}" width="8" height="8"/>'
LABEL = f'<text class="plot-word" x="{{}}" y="{HEIGHT - 8}" text-anchor="middle">{{}}</text>'
RANKED_PLOT = (
    f'<svg class="plot plot-ranked" viewBox="0 0 {WIDTH} {{}}" width="{WIDTH}" height="{{}}" aria-hidden="true" '
    'focusable="false">{}</svg>'
)
RANKED = (
    f'<text class="plot-word" x="{LEFT - 8}" y="{{}}" text-anchor="end">{{}}</text>'
    f'<rect class="plot-bar" x="{LEFT}" y="{{}}" width="{{}}" height="16"/>'
    '<text class="plot-word" x="{}" y="{}">{}</text>'
)
