"""Writes the book's tables of rules and of quirks, and fails when a row is not proved by a test that exists.

    python3 scripts/conformance.py            # writes docs/src/reference/conformance.md and quirks.md
    python3 scripts/conformance.py --check    # fails when these pages are not what would be written
    python3 scripts/conformance.py --list     # prints the tests as rows name them

The rules are in docs/conformance, a file for each section; docs/conformance/README.md says how one is written. Quirks
inside of messages are printed by crates/scim/examples/quirks.rs, the others are in docs/conformance/quirks.toml.
The tests are asked of the test programs, which cargo builds where they are missing; with `--tests FILE` they are read
from what `--list` printed. No test is run here: whether one passes is for `cargo test` to say.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROWS = ROOT / "docs" / "conformance"
PAGES = ROOT / "docs" / "src" / "reference"

# How many rows the checklist has: they are numbered from 1, without gaps.
LAST_ROW = 344

# A test that runs on both databases is named once and counts only when it exists for each.
ENGINES = ("sqlite", "postgres")

# Each status with what it means to a reader. The first two need a test, the last three a reason.
STATUSES = {
    "supported": "done as it is written here",
    "differs": "done in another way, for the reason given",
    "not supported": "not done, for the reason given",
    "informational": "nothing that a gateway could do or leave undone",
}
PROVED = ("supported", "differs")
SHOWN_PROOFS = 3

# What the name of a trap begins with, which says nothing to a reader.
TRAP_NUMBER = re.compile(r"^trap_\d+_")


@dataclass(frozen=True)
class Row:
    """One rule, as a section's file states it."""

    number: int
    level: str
    source: str
    requirement: str
    status: str
    reason: str
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Quirk:
    """One thing that clients do and that is understood."""

    sends: str
    read_as: str
    clients: tuple[str, ...]
    tolerant_only: bool
    # Quirks inside of messages have a name for the log and a rule that they break; a fixture proves each.
    name: str = ""
    deviates_from: str = ""
    tests: tuple[str, ...] = ()

    @property
    def cells(self) -> list[str]:
        mode = "tolerant" if self.tolerant_only else "every"
        return [self.sends, self.read_as, ", ".join(self.clients), mode]


@dataclass(frozen=True)
class Section:
    """The rules about one subject."""

    letter: str
    title: str
    rows: tuple[Row, ...]


def read_sections() -> list[Section]:
    sections = []
    for file in sorted(ROWS.glob("?-*.toml")):
        with file.open("rb") as stream:
            document = tomllib.load(stream)
        try:
            rows = tuple(read_row(row) for row in document["row"])
            sections.append(Section(document["section"], document["title"], rows))
        except (KeyError, TypeError) as error:
            sys.exit(f"{file.relative_to(ROOT)}: a row or the section has no {error}")
    return sections


def read_row(row: dict) -> Row:
    unknown = row.keys() - Row.__annotations__.keys()
    if unknown:
        sys.exit(f"row {row.get('number')}: nothing is called {', '.join(sorted(unknown))}")
    return Row(
        number=row["number"],
        level=row["level"],
        source=row["source"],
        requirement=row["requirement"],
        status=row["status"],
        reason=row.get("reason", ""),
        tests=tuple(row["tests"]),
    )


def read_quirks() -> list[Quirk]:
    with (ROWS / "quirks.toml").open("rb") as stream:
        return [Quirk(**quirk) for quirk in tomllib.load(stream)["quirk"]]


def quirks_in_messages() -> list[Quirk]:
    command = ["cargo", "run", "--quiet", "--package", "wicketgate-scim", "--example", "quirks"]
    printed = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return [Quirk(**json.loads(line)) for line in printed.stdout.splitlines()]


def existing_tests() -> list[str]:
    """Every test of the workspace as `CRATE: NAME`, or `CRATE/TARGET: NAME` for those in a `tests` folder."""
    command = ["cargo", "test", "--workspace", "--no-run", "--message-format=json"]
    built = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    tests = []
    for line in built.stdout.splitlines():
        artifact = json.loads(line)
        if artifact["reason"] != "compiler-artifact" or not artifact["executable"] or not artifact["profile"]["test"]:
            continue
        place = Path(artifact["manifest_path"]).parent.name
        if "test" in artifact["target"]["kind"]:
            place += "/" + artifact["target"]["name"]
        program = [artifact["executable"], "--list", "--format", "terse"]
        listed = subprocess.run(program, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
        for test in listed.stdout.splitlines():
            if test.endswith(": test"):
                tests.append(f"{place}: {test.removesuffix(': test')}")
    return sorted(tests)


def exists(test: str, tests: set[str]) -> bool:
    return test in tests or all(f"{test}::{engine}" in tests for engine in ENGINES)


def mistakes(sections: list[Section], quirks: list[Quirk], tests: set[str]) -> list[str]:
    """What is wrong with the rows and quirks, one sentence each."""
    rows = [row for section in sections for row in section.rows]
    numbers = Counter(row.number for row in rows)
    found = [f"row {number} is missing" for number in range(1, LAST_ROW + 1) if number not in numbers]
    for number, count in sorted(numbers.items()):
        if count > 1:
            found.append(f"row {number} is there {count} times")
        if number not in range(1, LAST_ROW + 1):
            found.append(f"row {number} is not in the checklist")
    for row in rows:
        if row.status not in STATUSES:
            found.append(f"row {row.number}: no status is called \"{row.status}\"")
        if row.status in PROVED and not row.tests:
            found.append(f"row {row.number} is {row.status} and no test proves it")
        if row.status != "supported" and not row.reason:
            found.append(f"row {row.number} is {row.status} without a reason")
        for test in row.tests:
            if not exists(test, tests):
                found.append(f"row {row.number}: there is no test \"{test}\"")
    for quirk in quirks:
        if not quirk.tests:
            found.append(f"no test proves the quirk \"{quirk.sends}\"")
        found += [f"there is no test \"{test}\" of a quirk" for test in quirk.tests if not exists(test, tests)]
    return found


def conformance_page(sections: list[Section]) -> str:
    rows = [row for section in sections for row in section.rows]
    totals = Counter(row.status for row in rows)
    lines = [
        "# Conformance",
        "",
        "<!-- Written by scripts/conformance.py from docs/conformance: change the rows there. -->",
        "",
        "Every rule of SCIM 2.0 that a service provider has to answer for, what this version does about it, "
        "and the tests that prove it.",
        "The rules are those of RFC 7643 and RFC 7644 with their errata, of the extensions RFC 9865 and RFC 9967, "
        "and of the drafts and profiles that identity providers speak of.",
        "They are told in our own words and in few of them: the source has the last word.",
        "",
        "| Status | Rows | Meaning |",
        "|---|---|---|",
    ]
    lines += [f"| {status} | {totals[status]} | {meaning} |" for status, meaning in STATUSES.items()]
    lines += [
        f"| **all** | {len(rows)} | |",
        "",
        "The level is the word that the source uses; SHALL and MUST say the same.",
        "Where the source leaves a choice it is *open*, and the rule says what was chosen.",
        "A *note* is no rule.",
        "",
        "A proof is a test: the crate that it is in, `scim`, `auth`, `domain`, `http` or `cli`, and its name, "
        "with spaces in place of underscores.",
        "A *trap* is named after a bug that another server had, and proves that it is absent.",
        "What `domain` and `http` store is tested on SQLite and on PostgreSQL.",
        "A test beside a rule that is not supported proves what happens instead, or the part that is there already.",
        "A rule that is claimed without a test, or with one that no longer exists, fails the build.",
        "",
        "Modes, `tolerant`, `strict` and `interop`, are a setting of each organization: "
        "see [Organizations and isolation](../topics/organizations-and-isolation.md).",
    ]
    for section in sections:
        lines += [
            "",
            f"## {section.letter}. {section.title}",
            "",
            "| # | Level | Rule | Source | Status | Proof |",
            "|---|---|---|---|---|---|",
        ]
        lines += [table_row(row) for row in section.rows]
    return "\n".join(lines) + "\n"


def table_row(row: Row) -> str:
    status = row.status if not row.reason else f"**{row.status}**: {row.reason}"
    return line([str(row.number), row.level, row.requirement, row.source, status, proofs(row.tests)])


def line(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def proofs(tests: tuple[str, ...]) -> str:
    return "<br>".join(proof(test) for test in tests[:SHOWN_PROOFS])


def proof(test: str) -> str:
    place, _, path = test.partition(": ")
    crate = place.split("/")[0]
    name = [part for part in path.split("::") if part not in ENGINES][-1]
    trap = ", *trap*" if path.startswith("traps::") else ""
    name = TRAP_NUMBER.sub("", name)
    return f"{crate}{trap}: {name.replace('_', ' ')}"


def quirks_page(in_messages: list[Quirk], others: list[Quirk]) -> str:
    lines = [
        "# Quirks",
        "",
        "<!-- Written by scripts/conformance.py from crates/scim/src/compat and docs/conformance/quirks.toml. -->",
        "",
        "What identity providers send that is not what the RFCs say, and how it is understood all the same.",
        "What a request looks like decides, and never the name of the client: each row holds for every client.",
        "Those named are known to send it.",
        "",
        "The mode is a setting of each organization: "
        "see [Organizations and isolation](../topics/organizations-and-isolation.md).",
        "What is understood in tolerant mode only is taken by the RFC's text in the others: mostly it is refused, and "
        "the message says why.",
        "Interop mode refuses a PATCH operation without a path, whatever its value is.",
        "",
        "## In messages",
        "",
        "The log names each of these that it meets, and the attribute, but never a value.",
        "A test sends each in the client's form and in the RFC's, and expects the same of both.",
        "",
        "| Name in the log | What is sent | What it is read as | Known from | Mode | Deviates from |",
        "|---|---|---|---|---|---|",
    ]
    lines += [line([f"`{quirk.name}`", *quirk.cells, quirk.deviates_from]) for quirk in in_messages]
    lines += [
        "",
        "## Around messages",
        "",
        "These are understood without a word in the log.",
        "",
        "| What is sent | What it is read as | Known from | Mode | Proof |",
        "|---|---|---|---|---|",
    ]
    lines += [line([*quirk.cells, proofs(quirk.tests)]) for quirk in others]
    lines += ["", "A proof is a test, told as in [Conformance](conformance.md)."]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail when a page is out of date, and write nothing")
    parser.add_argument("--list", action="store_true", help="print the tests that exist, and do nothing else")
    parser.add_argument("--tests", type=Path, metavar="FILE", help="what --list printed, instead of asking cargo")
    arguments = parser.parse_args()

    tests = arguments.tests.read_text().splitlines() if arguments.tests else existing_tests()
    if arguments.list:
        print("\n".join(tests))
        return
    sections, quirks = read_sections(), read_quirks()
    found = mistakes(sections, quirks, set(tests))
    if found:
        sys.exit("docs/conformance is not right:\n" + "\n".join(f"  {mistake}" for mistake in found))
    written = {
        PAGES / "conformance.md": conformance_page(sections),
        PAGES / "quirks.md": quirks_page(quirks_in_messages(), quirks),
    }
    for page, text in written.items():
        if not arguments.check:
            page.write_text(text)
        elif not page.exists() or page.read_text() != text:
            sys.exit(f"{page.relative_to(ROOT)} is out of date: write it with `python3 scripts/conformance.py`")
    totals = Counter(row.status for section in sections for row in section.rows)
    print(", ".join(f"{totals[status]} {status}" for status in STATUSES))


if __name__ == "__main__":
    main()
