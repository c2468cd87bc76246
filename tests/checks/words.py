#!/usr/bin/env python3
"""Words that stay out of the house: notes of unfinished work, and names of classes that say nothing."""
import os, re
import tree

LEFT_OVER = re.compile(r"\b(%s)\b" % "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK")))
EMPTY_NAME = re.compile(r"\b(?:class|struct)\s+(\w*(?:Manager|Helper|Utils|Impl))\b")
FOLDERS = ("include", "src", "tests", "mappings", "systemd", "etc")


def problems(path, text):
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        for pattern, why in (LEFT_OVER, "work that was left over"), (EMPTY_NAME, "a name that says nothing"):
            for match in pattern.finditer(line):
                found.append("%s:%d: %s: %s" % (path, number, match.group(1), why))
    return found


def self_test():
    for bad in "// TO" + "DO: later", "# FIX" + "ME", "int a;  // X" + "XX", "class User" + "Manager {", "struct Session" + "Impl;":
        assert len(problems("bad", bad)) == 1, "not caught: " + bad
    for good in "mkstemp(\"/tmp/aXXXXXX\")", "class Managers {", "// the manager of a person":
        assert problems("good", good) == [], good


def all_text():
    for path, text in tree.files(FOLDERS, ("",)):
        yield path, text
    for name in sorted(os.listdir(tree.TOP)):
        if name.endswith((".md", ".txt", ".json")):
            with open(os.path.join(tree.TOP, name), encoding="utf-8") as file:
                yield name, file.read()


if __name__ == "__main__":
    self_test()
    looked_at, found = 0, []
    for path, text in all_text():
        looked_at += 1
        found += problems(path, text)
    tree.finish("words", found, looked_at)
