"""Plots as SVG, drawn here: pure geometry, then shapes with classes only (the policy of the pages refuses a style). Each is an
image of the table beside it, which alone is read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from openopco.kernel.money import NARROW_NBSP
from openopco.web.components.markup import filled, filled_each

WIDTH, HEIGHT = 560, 220
LEFT, RIGHT, TOP, BOTTOM = 48, 8, 10, 26
PLOT_WIDTH, PLOT_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
FLOOR = HEIGHT - BOTTOM
# So that words below do not touch.
MOST_LABELS = 12
FILL = 0.66
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
    return [
        Bar(
            LEFT + slot * (rank + (1 - FILL) / 2),
            FLOOR - PLOT_HEIGHT * value / top,
            slot * FILL,
            PLOT_HEIGHT * value / top,
        )
        for rank, value in enumerate(values)
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
    slot, every = PLOT_WIDTH / max(len(labels), 1), -(-len(labels) // MOST_LABELS) or 1
    shown = ((_n(LEFT + slot * (rank + 0.5)), text) for rank, text in enumerate(labels) if rank % every == 0)
    return filled(PLOT, scale, drawn, filled_each(LABEL, shown))


def _step(step: int, top: int) -> tuple[str, str, str, str]:
    y = FLOOR - PLOT_HEIGHT * step / top
    return _n(y), _n(y), _n(y + 4), f"{step:,}".replace(",", NARROW_NBSP)


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
LABEL = f'<text class="plot-word" x="{{}}" y="{HEIGHT - 6}" text-anchor="middle">{{}}</text>'
