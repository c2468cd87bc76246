#!/usr/bin/env python3
"""No file over 400 lines, no function over 60. A function is counted from the beginning of its head to its closing brace; best effort,
without a compiler: what stands in braces at namespace or class level behind a head with parentheses. The lines of a raw string are data
and do not count."""
import re
import tree

FILE_LINES, FUNCTION_LINES = 400, 60
SCOPE = re.compile(r"(^|[\s\]])(namespace|class|struct|union|enum|extern)\b")


def flattened(head):
    """The text before an opening brace, without template arguments and what parentheses hold: "f() const"."""
    flat = re.sub(r"operator\s*(\(\s*\)|[^\s\w(]+)", "operator_", head)
    flat = re.sub(r"^\s*((public|protected|private)\s*:)?\s*", "", flat)
    less = None
    while less != flat:
        less, flat = flat, re.sub(r"\((?:[^()]|\(\))+\)", "()", re.sub(r"<[^<>]*>|\{[^{}]*\}", "", flat))
    return flat


def is_initialiser(flat, head):
    """`S(int x) : y_` before a brace: the brace belongs to the member y_; `f(T a = `: to a default argument."""
    return flat.count("(") > flat.count(")") or (
        not head.rstrip().endswith("}") and bool(re.search(r"\)\s*(noexcept\s*)?:(?!:).*\w\s*$", flat, re.DOTALL)))


def is_function(flat):
    if "=" in flat:
        return bool(re.search(r"=\s*\[", flat))       # a lambda with a name; else data
    return "()" in flat and not SCOPE.search(flat.split("()")[0])


def functions(source):
    """(first line, lines, head) of every function."""
    text = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: re.sub(r"[^\n]", " ", m.group()), tree.blank(source), flags=re.MULTILINE)
    data = [(m.start(), m.end()) for m in tree.LITERALS.finditer(source) if m.group().startswith("R")]
    head_begin, first, inside = 0, 0, []               # inside: what each open brace is
    for at, letter in enumerate(text):
        within = "function" in inside
        if letter == "{":
            head = text[head_begin:at]
            flat = "" if within else flattened(head)
            kind = "scope" if within else "initialiser" if is_initialiser(flat, head) else "function" if is_function(flat) else "scope"
            inside.append(kind)
            if kind == "function":
                first = head_begin + re.match(r"\s*((public|protected|private)\s*:)?\s*", head).end()
            elif kind == "scope" and not within:
                head_begin = at + 1
        elif letter == "}" and inside:
            kind = inside.pop()
            if kind == "function":
                begin = tree.line_of(text, first)
                raw = sum(source.count("\n", *span) for span in data if first < span[0] < at)
                yield begin, tree.line_of(text, at) - begin + 1 - raw, " ".join(source[first:at].split("{")[0].split())[:70]
            if kind != "initialiser" and "function" not in inside:
                head_begin = at + 1
        elif letter == ";" and not within and text.count("(", head_begin, at) == text.count(")", head_begin, at):
            head_begin = at + 1


def problems(path, text):
    found = []
    lines = text.count("\n")
    if lines > FILE_LINES:
        found.append("%s: %d lines, at most %d: split it" % (path, lines, FILE_LINES))
    for first, count, head in functions(text):
        if count > FUNCTION_LINES:
            found.append("%s:%d: %d lines, at most %d: %s" % (path, first, count, FUNCTION_LINES, head))
    return found


def self_test():
    body = "  go();\n" * FUNCTION_LINES
    bad = ["int f(int a) {\n%s}\n", "namespace a {\nstruct S {\n  S(int x) : y_{x} {\n%s}\n};\n}\n", "auto f = [](int x) {\n%s};\n",
           "bool operator==(const A& a, const A& b) {\n%s}\n", "TEST(A, B) {\n%s}\n", "template <class T>\nT f(T a = {}) {\n%s}\n",
           "S::S(A a, B b) : a_(a), b_{b}, c_({}) {\n%s}\n", "struct A {\n public:\n  explicit A(int x)\n    : x_{x}, y_{x} {\n%s}\n};\n",
           "struct A {\n  void f() const {\n    if (x) {\n%s}}\n};\n"]
    good = ["int f() {\n  go();\n}\n", "void f() {\n  g(R\"(%s)\");\n}\n", "#define A(x) \\\n  f(x)\nnamespace a {\n%s}\n", "struct S {\n%s};\n", "namespace a {\n%s}\n", "const Row rows[] = {\n%s};\n", "enum class E {\n%s};\n"]
    for sample in bad:
        assert len(problems("bad", sample % body)) == 1, "not caught: " + sample
    for sample in good:
        assert problems("good", sample.replace("%s", body)) == [], sample
    assert problems("bad", "\n" * (FILE_LINES + 1)) and not problems("good", "\n" * FILE_LINES)
    assert [f[:2] for f in functions("int a;\n// b\nint f(\n  int a) {\n  return 1;\n}\n")] == [(3, 4)]


if __name__ == "__main__":
    self_test()
    looked_at, found = 0, []
    for path, text in tree.cpp():
        looked_at += 1
        found += problems(path, text)
    tree.finish("sizes", found, looked_at)
