#!/usr/bin/env python3
"""Counts packages and relations straight from a package index: the control of the demo.

usage: count_index.py INDEX [PACKAGES]     prints {"packages": n, "relations": {"Depends": n, ...}}

It shares no code with the workers. A relation is one alternative: "a, b | c" has three.
"""
import json
import re
import sys

FIELDS = ("Depends", "Pre-Depends", "Recommends", "Suggests", "Enhances", "Conflicts", "Breaks", "Replaces", "Provides")
NAMES = {field.lower(): field for field in FIELDS}


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


def main():
    limit = int(sys.argv[2]) if len(sys.argv) > 2 else None
    packages, relations = 0, dict.fromkeys(FIELDS, 0)
    for fields in stanzas(sys.argv[1]):
        if packages == limit:
            break
        packages += 1
        for name, text in fields:
            if name in NAMES:
                relations[NAMES[name]] += sum(1 for part in re.split("[,|]", text) if part.strip())
    json.dump({"packages": packages, "relations": relations}, sys.stdout)
    print()


main()
