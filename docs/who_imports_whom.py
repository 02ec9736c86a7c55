"""Draw who imports whom: the rooms of skal as boxes on floors, imports as arrows down.

Read from the source itself, so that the picture cannot be out of date::

    python docs/who_imports_whom.py rooms.svg
"""

import itertools
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from layers import LAYERS, read_imports, room_arrows  # noqa: E402

ROOM_WIDTH, LINE_WIDTH, ROOM_HEIGHT = 1.0, 0.35, 0.34
# The bridge stands above what it may import.
TORCH_LAYER = 2


def floors_of(arrows):
    """Return the rooms of every floor, the lowest first, and the number of floors of each layer.

    A layer has more than one floor where a room of it imports another one, so that every arrow
    points down.
    """
    floors, heights = [], []
    for i, layer in enumerate(LAYERS):
        rooms = (layer | ({"torch"} if i == TORCH_LAYER else set())) - {"__init__"}
        before = len(floors)
        while rooms:
            free = {room for room in rooms if not any((room, other) in arrows for other in rooms)}
            free = free or rooms  # a circle is for the tests to refuse
            floors.append(sorted(free))
            rooms = rooms - free
        heights.append(len(floors) - before)
    return floors, list(filter(None, heights))


def without_detours(arrows):
    """Leave out every arrow that follows from others: a to c where a leads to b, and b to c."""
    below = {}

    def reach(room):
        if room not in below:
            targets = {target for source, target in arrows if source == room}
            below[room] = targets.union(*map(reach, targets))
        return below[room]

    return {
        (source, target)
        for source, target in arrows
        if not any(target in reach(other) for start, other in arrows if start == source)
    }


def route(arrows, floors):
    """Return a path of nodes for every arrow, one node a floor.

    Where an arrow passes a floor it has a node of its own there, ``(target, floor)``, so that it
    goes between the rooms. Arrows with one target share it.
    """
    floor_of = {room: i for i, floor in enumerate(floors) for room in floor}
    paths = []
    for source, target in sorted(arrows):
        between = range(floor_of[source] - 1, floor_of[target], -1)
        paths.append([source, *((target, floor) for floor in between), target])
    return paths


def arrange(paths, floors):
    """Return the place ``(x, floor)`` of every node, with few crossings.

    Every floor is sorted by the mean place of what its nodes lead to, down and up again (Sugiyama,
    Tagawa and Toda, 1981). Of all orders met on the way the one with the shortest lines is kept.
    """
    rows = [list(floor) for floor in floors]
    for node in sorted({node for path in paths for node in path if isinstance(node, tuple)}):
        rows[node[1]].append(node)
    steps = [step for path in paths for step in itertools.pairwise(path)]
    neighbors = {}
    for upper, lower in steps:
        neighbors.setdefault(upper, []).append(lower)
        neighbors.setdefault(lower, []).append(upper)

    def mean_place(node):
        found = [places[other][0] for other in neighbors.get(node, [])]
        return sum(found) / len(found) if found else places[node][0]

    best = places = _places(rows)
    for _ in range(50):
        for row in (*rows, *reversed(rows)):
            row.sort(key=mean_place)
            places = _places(rows)
            best = min(best, places, key=lambda places: _length(places, steps))
    return best


def _places(rows):
    """Set the nodes of each floor side by side, in the middle of the picture."""
    places = {}
    for floor, row in enumerate(rows):
        widths = [LINE_WIDTH if isinstance(node, tuple) else ROOM_WIDTH for node in row]
        ends = list(itertools.accumulate(widths))
        for node, width, end in zip(row, widths, ends, strict=True):
            places[node] = (end - width / 2 - ends[-1] / 2, floor)
    return places


def _length(places, steps):
    return sum((places[upper][0] - places[lower][0]) ** 2 for upper, lower in steps)


def draw(path):
    """Draw the picture into an SVG file."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    arrows = room_arrows(read_imports(ROOT / "skal"))
    floors, heights = floors_of(arrows)
    paths = route(without_detours(arrows), floors)
    places = arrange(paths, floors)
    across = [x for x, _ in places.values()]
    left, right = min(across) - 0.7, max(across) + 0.7
    with plt.rc_context({"svg.hashsalt": "skal", "font.size": 11}):
        figure, ax = plt.subplots(figsize=(8, 0.8 * len(floors)), layout="constrained")
        for top, height in zip(itertools.accumulate(heights), heights, strict=True):
            ax.fill_between([left, right], top - height - 0.46, top - 0.54, color="#f2f2f2")
        for nodes in paths:
            _draw_arrow(ax, [places[node] for node in nodes])
        for room in itertools.chain.from_iterable(floors):
            _draw_room(ax, room, *places[room])
        ax.set(xlim=(left, right), ylim=(-0.5, len(floors) - 0.5))
        ax.set_axis_off()
        figure.savefig(path, metadata={"Date": None}, facecolor="white")
        plt.close(figure)


def _draw_room(ax, room, x, y):
    from matplotlib.patches import FancyBboxPatch

    width = ROOM_WIDTH - 0.2
    box = FancyBboxPatch(
        (x - width / 2, y - ROOM_HEIGHT / 2),
        width,
        ROOM_HEIGHT,
        boxstyle="round,pad=0.02,rounding_size=0.06",
        facecolor="#ffffff",
        edgecolor="#3b6ea5",
        linestyle="--" if room == "torch" else "-",
        zorder=2,
    )
    ax.add_patch(box)
    ax.text(x, y, room, ha="center", va="center", zorder=3)


def _draw_arrow(ax, points):
    """Draw a smooth line through points, vertical where it meets one, with a head at its end."""
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    half = ROOM_HEIGHT / 2 + 0.03
    (x, y), *others = points
    vertices, codes = [(x, y - half)], [Path.MOVETO]
    for i, (to_x, to_y) in enumerate(others, start=1):
        from_y = vertices[-1][1]
        end_y = to_y + half
        middle = (from_y + end_y) / 2
        vertices += [(x, middle), (to_x, middle), (to_x, end_y)]
        codes += [Path.CURVE4] * 3
        if i < len(others):  # through the floor
            vertices.append((to_x, to_y - half))
            codes.append(Path.LINETO)
        x = to_x
    arrow = FancyArrowPatch(
        path=Path(vertices, codes),
        arrowstyle="-|>",
        mutation_scale=11,
        color="#5a5a5a",
        linewidth=1.1,
        shrinkA=0,
        shrinkB=0,
        zorder=1,
    )
    ax.add_patch(arrow)


if __name__ == "__main__":
    draw(sys.argv[1])
