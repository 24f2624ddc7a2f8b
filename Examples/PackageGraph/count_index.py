#!/usr/bin/env python3
"""Counts packages and relations straight from a package index: the control of the demo.

usage: count_index.py INDEX [PACKAGES]
prints {"packages": n, "relations": {"Depends": n, ...}, "names": n, "versions": n, "qualifiers": n}

It shares no code with the workers. A relation is one alternative: "a, b | c" has three. names counts the different
packages that relations name, versions the relations with a version, qualifiers those with an architecture (a:any).
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


RELATION = re.compile(r"\s*([^\s:(\[<]+)(:[^\s(\[<]+)?\s*(\([^)]*\))?")


def main():
    limit = int(sys.argv[2]) if len(sys.argv) > 2 else None
    packages, relations = 0, dict.fromkeys(FIELDS, 0)
    names, versions, qualifiers = set(), 0, 0
    for fields in stanzas(sys.argv[1]):
        if packages == limit:
            break
        packages += 1
        for name, text in fields:
            if name not in NAMES:
                continue
            for part in filter(str.strip, re.split("[,|]", text)):
                relations[NAMES[name]] += 1
                target, qualifier, version = RELATION.match(part).groups()
                names.add(target)
                versions += version is not None
                qualifiers += qualifier is not None
    counts = {"names": len(names), "versions": versions, "qualifiers": qualifiers}
    json.dump({"packages": packages, "relations": relations, **counts}, sys.stdout)
    print()


main()
