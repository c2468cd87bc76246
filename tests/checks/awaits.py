#!/usr/bin/env python3
"""Traps of lifetime that compile without a warning. No braces and no lambda to the right of co_await, no sum in an arm of ?: there, and no
co_await in such an arm: g++ 12 destroys the temporaries twice. The right side ends with the statement, or with the head of an if, while,
for or switch. And no loop over `f().value()`: what f answered ends before the loop begins (C++20)."""
import re
import tree

PAIRS = {")": "(", "]": "[", "}": "{"}
HEADS = re.compile(r"\b(if|if\s+constexpr|while|for|switch)\s*$")


def openers(text):
    """Where the bracket stands that each closing bracket closes."""
    stack, found = [], {}
    for at, letter in enumerate(text):
        if letter in "([{":
            stack.append(at)
        elif letter in PAIRS and stack and text[stack[-1]] == PAIRS[letter]:
            found[at] = stack.pop()
    return found


def begins_lambda(text, at):
    """A bracket behind a value is a subscript, [[ an attribute, anything else a lambda."""
    before = text[:at].rstrip()
    if text[at:at + 2] == "[[" or before.endswith("["):
        return False
    return not re.search(r"[\w\])\"']$", before) or bool(re.search(r"\b(return|co_return|co_yield|co_await)$", before))


def right_side_problem(text, begin, opened_at):
    conditional = False
    for at in range(begin, len(text)):
        letter = text[at]
        conditional = conditional or letter == "?"
        if conditional and letter == "+" and text[at + 1] != "+":
            return "a temporary in an arm of ?:"
        if letter == "{":
            return "braces"
        if letter == "[" and begins_lambda(text, at):
            return "a lambda"
        if letter in PAIRS:
            opened = opened_at.get(at, -1)
            if opened < begin and letter == ")" and HEADS.search(text[:opened]):
                return None                    # the head of an if or a loop ends here; what follows is its block
        elif letter == ";":
            return None
    return None


def is_arm(text, at):
    """Whether a conditional expression stands before, in the same statement."""
    left = text[max(text.rfind(letter, 0, at) for letter in ";{}") + 1:at].rstrip()
    return "?" in left and left.endswith(("?", ":"))


def loops_over_temporaries(path, text, opened_at):
    for close, opened in opened_at.items():
        if text[close] == ")" and re.search(r"\bfor\s*$", text[:opened]) and re.search(r":(?!:).*\)\s*\.value\(\)$", text[opened:close], re.S) \
                and ";" not in text[opened:close]:
            yield "%s:%d: a loop over the value of a temporary: name it first" % (path, tree.line_of(text, opened))


def problems(path, source):
    text = tree.blank(source)
    opened_at = openers(text) if "co_await" in text or ".value()" in text else {}
    found = list(loops_over_temporaries(path, text, opened_at))
    for match in re.finditer(r"(?<!operator )\bco_await\b", text):
        wrong = right_side_problem(text, match.end(), opened_at)
        if is_arm(text, match.start()):
            found.append("%s:%d: co_await in an arm of ?: - write an if" % (path, tree.line_of(text, match.start())))
        if wrong:
            found.append("%s:%d: %s to the right of co_await: name a local first" % (path, tree.line_of(text, match.start()), wrong))
    return found


def self_test():
    good = ["auto r = co_await f(a, b[1]);", "if (auto r = co_await f(); !r) { return; }", "while (co_await f(x[0], y())) {\n g();\n}",
            "for (auto& x : co_await f()) { y{}; }", 'co_await f("{}", \'{\'); // co_await g(Request{})', "switch (co_await f()) { case 1: break; }",
            'co_await scripts_[turn](socket);', "auto x = Request{}; co_await f(x);", "if constexpr (a) { co_return co_await f(); }",
            'auto s = R"(co_await f({}))";', "awaitable<void> operator co_await() { return {}; }", "auto f = [&]() -> A { co_return co_await g(); };",
            "const int n = 1'000; co_await f(n); const int m = 2'000; g({m});", "/* co_await f(A{}) */", "f(A{co_await g()});",
            "auto x = a ? b : c; co_await f(x);", "switch (a ? 1 : 2) { case 1: co_await f(); }", "for (auto& x : co_await f(a ? b : c)) g(x);",
            "for (auto& x : rows.value()) g(x);", "for (const auto& x : rows) g(f(x).value());", "for (int i = 0; i < f().value(); ++i) g(i);"]
    bad = ['co_await p.send(Request{"x"});', "auto r = co_await f({1, 2});", "co_await f([&] { return 1; });", "co_await g(x, [] {});",
           "if (co_await f(A{})) { }", "co_await f(\n  a,\n  B{.c = 1});", "return co_await f(std::vector<int>{1});", "co_await A{};",
           "f(co_await g(), B{});", 'co_await f(a + (b.empty() ? "" : "?" + c));', "while (h(co_await g(), B{})) { }", "auto r = (co_await f()) ? A{} : b;", "co_await [&]() -> A { co_return; }();",
           "auto r = co_await f(x)(A{});", "auto r = a ? co_await f() : g();", "return a ? b : co_await f();", 'f("//", co_await g(A{"x"}));', "for (const auto& [a, b] : s->rows(1).value()) g(a);"]
    for sample in good:
        assert problems("good", sample) == [], sample
    for sample in bad:
        assert problems("bad", sample), "not caught: " + sample
    assert problems("x", "a;\nb;\nco_await f(A{});")[0].startswith("x:3:")


if __name__ == "__main__":
    self_test()
    looked_at, found = 0, []
    for path, text in tree.cpp():
        looked_at += 1
        found += problems(path, text)
    tree.finish("awaits", found, looked_at)
