"""What the checks share: the files of the house, and C++ text with comments and literals blanked out (offsets and lines stay)."""
import os, re, sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LITERALS = re.compile(r'''//[^\n]*|/\*.*?\*/|R"(?P<mark>[^()\s\\]{0,16})\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+\'''',
                      re.DOTALL)


def files(folders, endings):
    """(path from the top, text) of every file below the folders, in order."""
    for folder in folders:
        for where, inner, names in os.walk(os.path.join(TOP, folder)):
            inner[:] = sorted(name for name in inner if name != "__pycache__")
            for name in sorted(names):
                if name.endswith(endings):
                    path = os.path.join(where, name)
                    with open(path, encoding="utf-8") as file:
                        yield os.path.relpath(path, TOP), file.read()


def cpp(*folders):
    return files(folders or ("include", "src", "tests"), (".hpp", ".cpp"))


def blank(text):
    """Comments become spaces; a literal becomes quotes with spaces between them."""
    def empty(match):
        found = match.group()
        if found[0] == "/":
            return re.sub(r"[^\n]", " ", found)
        return found[0] + re.sub(r"[^\n]", " ", found[1:-1]) + found[-1]
    return LITERALS.sub(empty, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def finish(what, problems, looked_at):
    """Prints every violation and ends the program. A check that looked at nothing has failed."""
    for problem in problems:
        print(problem)
    if not looked_at:
        sys.exit("%s: no file to look at in %s" % (what, TOP))
    print("%s: %d files, %d violations" % (what, looked_at, len(problems)))
    sys.exit(1 if problems else 0)
