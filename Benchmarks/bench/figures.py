"""All figures, as a table and as JSON."""
import statistics

import broker_figures
import graph_figures
from figure import Figure

FIGURES = broker_figures.FIGURES + graph_figures.FIGURES
NOTES = broker_figures.NOTES + graph_figures.NOTES


def table(rounds):
    """Markdown, and whether every bar was met"""
    lines = ["| figure | measured | rounds | bar | |", "|---|--:|---|--:|---|"]
    met = True
    for figure in FIGURES:
        values = figure.over(rounds)
        if not values:
            continue
        median = statistics.median(values)
        passes = figure.passes(median)
        met = met and passes
        each = ", ".join(f"{v:.{figure.digits}f}" for v in values)
        lines.append(f"| {figure.name} | {figure.text(median)} | {each} | {figure.bar()} | {'met' if passes else '**not met**'} |")
    lines += ["", "| besides | median |", "|---|--:|"]
    for name, unit, value in NOTES:
        values = Figure(name, unit, value).over(rounds)
        if values:
            median = statistics.median(values)
            lines.append(f"| {name} | {median:,.{0 if median >= 1000 else 2}f} {unit} |")
    return "\n".join(lines), met


def evaluated(rounds):
    """the figures as JSON objects"""
    for figure in FIGURES:
        values = figure.over(rounds)
        if values:
            median = statistics.median(values)
            yield {"figure": figure.name, "unit": figure.unit, "median": median, "rounds": values,
                   "bar": figure.bar(), "met": figure.passes(median)}
