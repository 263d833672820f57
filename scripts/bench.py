#!/usr/bin/env python3
"""Prints what scripts/bench.sh measured as Markdown.

    scripts/bench.py RESULTS HTTP DISK

RESULTS and HTTP are what scimbench wrote with --out, DISK is what sqliteloop printed.
Ratios are medians of the ratios of single rounds, so that a drift of the machine falls on both sides.
"""

import json
import sys

# The name in the table and the least ratio to the floor on PostgreSQL.
SCENARIOS = {
    "get": ("get by id", 0.6),
    "lookup": ("lookup `userName eq`", 0.6),
    "lookup_miss": ("lookup without a match", 0.6),
    "create": ("create", 0.7),
    "put": ("put", 0.7),
    "patch_replace": ("patch one attribute", 0.9),
    "list_page": ("page of 100", 2.0),
    "group_add": ("add one member to a group of {size}", 0.8),
    "okta_lifecycle": ("Okta life cycle, users/s", 0.7),
}
HEADINGS = (
    "Scenario",
    "Floor, ops/s",
    "PostgreSQL, ops/s",
    "Ratio",
    "Target",
    "SQLite, ops/s",
    "PostgreSQL p50 / p99, ms",
    "SQLite p50 / p99, ms",
)


def records(path):
    """The JSON objects of a file, one in each line."""
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def amount(figures):
    """Operations a second; tenths only where they matter."""
    value = figures["ops_per_s"]["median"]
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def delays(figures):
    """The median and the slowest hundredth."""
    return f"{figures['p50_ms']['median']:.2f} / {figures['p99_ms']['median']:.2f}"


def row(summary):
    """One scenario, with a dash for a server that could not take part."""
    name, _, size = summary["pair"].partition(":")
    title, least = SCENARIOS[name]
    floor, postgresql, sqlite = (summary["targets"].get(key) for key in ("floor", "postgresql", "sqlite"))
    ratio = postgresql["ops_per_s"]["ratio"] if postgresql and floor else None
    return (
        title.format(size=f"{int(size):,}" if size else ""),
        amount(floor) if floor else "–",
        amount(postgresql) if postgresql else "–",
        "–" if ratio is None else f"{ratio:.2f}" + ("" if ratio >= least else " (below)"),
        f"≥ {least}",
        amount(sqlite) if sqlite else "–",
        delays(postgresql) if postgresql else "–",
        delays(sqlite) if sqlite else "–",
    )


def main(results, http, disk):
    """Prints the limits of the machine, then the table, then what failed."""
    with open(disk, encoding="utf-8") as file:
        for line in file:
            print(f"- SQLite alone: {line.strip()}")
    for run in records(http):
        print(f"- Plain HTTP from the floor: {run['ops_per_s']:,.0f}/s")
    print()

    summaries = {record["pair"].partition(":")[0]: record for record in records(results) if "pair" in record}
    print(f"| {' | '.join(HEADINGS)} |")
    print(f"|{' --- |' * len(HEADINGS)}")
    for name in SCENARIOS:
        if name in summaries:
            print(f"| {' | '.join(row(summaries[name]))} |")
    print()

    for summary in summaries.values():
        for server, figures in summary["targets"].items():
            if figures["failed"]:
                print(f"{figures['failed']} operations of {summary['pair']} failed on {server}.")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
