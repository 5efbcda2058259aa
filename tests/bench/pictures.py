"""Pictures of a run, as SVG: bars of rows a second, and a line with logarithmic axes."""
import html
import math
import os

WIDTH, BAR, LEFT, RIGHT = 760, 26, 290, 110
STYLE = "font-family='sans-serif' font-size='13'"
OURS, OTHER = "#1f6f8b", "#b8bfc6"


def text(x, y, words, anchor="start"):
    return f"<text x='{x:.0f}' y='{y:.0f}' text-anchor='{anchor}'>{html.escape(words)}</text>"


def page(height, title, parts):
    return "\n".join((f"<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{height}' "
                      f"{STYLE}>", f"<rect width='{WIDTH}' height='{height}' fill='white'/>",
                      text(10, 22, title), *parts, "</svg>", ""))


def bars(title, lines):
    """`lines` are (name, value, whether it is ours)."""
    longest = max(value for _, value, _ in lines)
    parts = []
    for i, (name, value, ours) in enumerate(lines):
        top, length = 40 + i * (BAR + 8), (WIDTH - LEFT - RIGHT) * value / longest
        parts += [text(LEFT - 8, top + 18, name, "end"),
                  f"<rect x='{LEFT}' y='{top}' width='{length:.0f}' height='{BAR}' "
                  f"fill='{OURS if ours else OTHER}'/>",
                  text(LEFT + length + 6, top + 18, f"{value:,.0f}")]
    return page(50 + len(lines) * (BAR + 8), title, parts)


def curves(title, across, up, series):
    """`series` is {name: [(x, y)]}; both axes are logarithmic, a line for each power of ten."""
    points = [point for line in series.values() for point in line]
    spans = [(math.floor(math.log10(min(p[i] for p in points))),
              math.ceil(math.log10(max(p[i] for p in points)))) for i in (0, 1)]
    spans = [(low, max(high, low + 1)) for low, high in spans]

    def place(value, axis):
        low, high = spans[axis]
        part = (math.log10(value) - low) / (high - low)
        return 80 + part * (WIDTH - 260) if axis == 0 else 330 - part * 270
    parts = [text(WIDTH / 2 - 80, 370, across, "middle"), text(10, 44, up)]
    for power in range(spans[0][0], spans[0][1] + 1):
        x = place(10 ** power, 0)
        parts += [f"<path d='M{x:.0f} 60V330' stroke='#e3e6e8'/>",
                  text(x, 348, f"{10 ** power:,}", "middle")]
    for power in range(spans[1][0], spans[1][1] + 1):
        y = place(10 ** power, 1)
        parts += [f"<path d='M80 {y:.0f}H{WIDTH - 180}' stroke='#e3e6e8'/>",
                  text(74, y + 4, f"{10.0 ** power:g}", "end")]
    for i, (name, line) in enumerate(series.items()):
        at = [(place(x, 0), place(y, 1)) for x, y in sorted(line)]
        colour = (OURS, "#c8553d", "#588157", "#7d5ba6")[i % 4]
        path = "L".join(f"{x:.0f} {y:.0f}" for x, y in at)
        parts += [f"<path d='M{path}' fill='none' stroke='{colour}' stroke-width='2'/>"]
        parts += [f"<circle cx='{x:.0f}' cy='{y:.0f}' r='3' fill='{colour}'/>" for x, y in at]
        parts.append(text(at[-1][0] + 8, at[-1][1] + 4, name))
    return page(384, title, parts)


def write(report, folder):
    """What there is to see of this run, below `folder`."""
    made = {}
    if report.peers:
        made["link.svg"] = bars("One link: rows of 200 bytes a second, median", [
            (line["name"], line["median"], line["name"].startswith("wuhao"))
            for line in report.peers])
    for name, (title, across, up, series) in report.curves.items():
        if not series:
            continue
        made[name + ".svg"] = curves(title, across, up, series)
    os.makedirs(folder, exist_ok=True)
    for name, drawn in made.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(drawn)
