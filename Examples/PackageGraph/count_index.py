#!/usr/bin/env python3
"""Counts the nodes and relations of a package index straight from its text: the control of the demo.

usage: count_index.py INDEX [PACKAGES]
prints {"nodes": {"Package": n, ...}, "relations": {"Depends": n, ..., "PROVIDES": n, ...}, "constraints": n}

It shares no code with the workers. "a, b | c" relates to three packages, "a (>= 1), a (<< 2)" to one. A Virtual node is a
name that no stanza has. constraints counts the relations of the first eight kinds that name versions.
"""
import json
import re
import sys

FIELDS = ("Depends", "Pre-Depends", "Recommends", "Suggests", "Enhances", "Conflicts", "Breaks", "Replaces")
NAMES = {field.lower(): field for field in (*FIELDS, "Provides")}


def stanzas(path):
    """Every stanza as a list of (lower-case field, text)."""
    fields = []
    with open(path, encoding="utf-8", errors="surrogateescape", newline="\n") as index:
        for line in index:
            line = line.rstrip("\n")
            if not line:
                if fields:
                    yield fields
                fields = []
            elif line[0] in " \t":
                if fields:
                    fields[-1][1] += line
            else:
                name, _, text = line.partition(":")
                fields.append([name.lower(), text])
    if fields:
        yield fields


RELATION = re.compile(r"\s*([^\s:(\[<]+)(?::[^\s(\[<]+)?\s*(\([^)]*\))?")


def main():
    limit = int(sys.argv[2]) if len(sys.argv) > 2 else None
    packages, maintainers, sections, others = set(), set(), set(), set()
    looked_after, filed, provided, constrained = set(), set(), set(), set()
    dependencies = {field: set() for field in FIELDS}
    for count, fields in enumerate(stanzas(sys.argv[1])):
        if count == limit:
            break
        values = {name: text.strip() for name, text in fields}
        package = values["package"]
        packages.add(package)
        if "maintainer" in values:
            maintainers.add(values["maintainer"])
            looked_after.add((package, values["maintainer"]))
        if "section" in values:
            sections.add(values["section"])
            filed.add((package, values["section"]))
        for name, field in NAMES.items():
            for part in filter(str.strip, re.split("[,|]", values.get(name, ""))):
                other, version = RELATION.match(part).groups()
                others.add(other)
                if field == "Provides":
                    provided.add((package, other))
                    continue
                dependencies[field].add((package, other))
                if version:
                    constrained.add((package, field, other))
    nodes = {"Package": packages, "Virtual": others - packages, "Maintainer": maintainers, "Section": sections}
    relations = {**dependencies, "PROVIDES": provided, "MAINTAINS": looked_after, "IN": filed}
    json.dump(
        {
            "nodes": {label: len(names) for label, names in nodes.items()},
            "relations": {kind: len(pairs) for kind, pairs in relations.items()},
            "constraints": len(constrained),
        },
        sys.stdout,
    )
    print()


main()
