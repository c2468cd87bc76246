#!/usr/bin/env python3
"""The floors of the house (src/README.md): which room may include which, and where a third-party header may be seen."""
import re
import tree

# room: the rooms below it that it may see. The contract (include/rollcall) is seen by all; a room sees itself.
FLOORS = {
    "crypto": "", "log": "",
    "json": "crypto", "xml": "json", "language": "crypto", "scim": "language json",
    "core": "language crypto",
    "net": "log crypto",
    "store": "core language json crypto",
    "sources": "core language json crypto",
    "providers": "core scim json xml crypto",
    "report": "core language json crypto",
    "endpoint": "core language scim json crypto log net store",
    "sync": "core language scim json crypto log store sources providers report",
    "app": "core language scim json xml crypto log net store sources providers report endpoint sync",
    "sandbox": "scim json xml crypto log net",
}
SINGLE = {"report": {"store/rows.hpp"}}      # one header of another room, where a whole room would be too much
ADAPTERS = ("sources", "providers", "sandbox")
# header: the rooms that may see it, and whether their headers may; such a header is then seen by its own room only.
PARTS = [
    (r"boost/beast", {"net"}, True),
    (r"rapidjson/", {"json"}, True),
    (r"pugixml", {"xml"}, False),
    (r"soci/", {"store"}, False),
    (r"sqlite3\.h", {"store"}, False),
    (r"CLI/", {"app", "sandbox"}, False),
    (r"spdlog/", {"log"}, False),
    (r"unicode/", {"language", "sources"}, False),
    (r"re2/", {"language"}, False),
    (r"toml\+\+", {"language", "app"}, False),
    (r"prometheus/", {"endpoint"}, False),
    (r"kainjow/", {"report"}, False),
    (r"curl/", {"net"}, False),
    (r"ldap\.h|lber\.h|ldif\.h", {"sources"}, True),
    (r"openssl/", {"crypto", "net"}, False),
]
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^">]+)[">]', re.MULTILINE)


def place(path):
    """(room, adapter) of a path below src: ("providers", "onelogin_v3") of providers/onelogin_v3/wire.cpp."""
    parts = path.split("/")
    return parts[0], parts[1] if parts[0] in ADAPTERS and len(parts) > 2 else ""


def own_include(path, room, adapter, name):
    to_room, to_adapter = place(name)
    if to_room == "rollcall":
        return None
    if "/" not in name:
        return "names no room: write the path from src"
    if room == "contract":
        return "the contract sees no room"
    if to_room not in FLOORS:
        return "there is no such room"
    if to_room == room:
        return "an adapter never includes another adapter" if adapter and to_adapter not in ("", adapter) else None
    if to_room in FLOORS[room].split() or name in SINGLE.get(room, ()):
        return "an adapter is seen by its own room and by app only" if to_adapter and room != "app" else None
    return "%s is not below %s" % (to_room, room)


def part_include(path, room, name):
    for pattern, rooms, in_headers in PARTS:
        if re.match(pattern, name):
            if room not in rooms:
                return "only %s may see it" % ", ".join(sorted(rooms))
            if path.endswith(".hpp") and not in_headers:
                return "it is hidden in .cpp files"
    return None


def showing(headers):
    """Of {name from src: text}: the headers that show a part which their room hides, directly or through another header."""
    shown = {name for name, text in headers.items() for match in INCLUDE.finditer(text)
             if match.group(1) == "<" and any(re.match(pattern, match.group(2)) for pattern, _, _ in PARTS)}
    more = shown
    while more:
        more = {name for name, text in headers.items() if name not in shown and any(m.group(2) in shown for m in INCLUDE.finditer(text))}
        shown = shown | more
    return shown


def problems(path, text, shown=frozenset()):
    """path from the top: include/rollcall/x.hpp or src/room/x.cpp."""
    room, adapter = ("contract", "") if path.startswith("include/") else place(path[len("src/"):])
    if room != "contract" and room not in FLOORS:
        return ["%s: no floor is known for the room %s" % (path, room)]
    found = []
    for match in INCLUDE.finditer(text):
        name = match.group(2)
        wrong = own_include(path, room, adapter, name) if match.group(1) == '"' else part_include(path, room, name)
        if not wrong and name in shown and place(name)[0] != room:
            wrong = "it shows a part that %s hides" % place(name)[0]
        if wrong:
            found.append("%s:%d: %s: %s" % (path, tree.line_of(text, match.start()), name, wrong))
    return found


def cmake_problems(text):
    """What CMake links is no more than what may be included."""
    found = []
    for room, floors in re.findall(r"^rollcall_room\((\w+)(?:[^)]*?FLOORS ([a-z \n]+))?", text, re.MULTILINE):
        extra = set(floors.split()) - set(FLOORS.get(room, "").split())
        if extra:
            found.append("src/CMakeLists.txt: %s: FLOORS has %s" % (room, ", ".join(sorted(extra))))
    return found


def self_test():
    good = [("src/core/a.cpp", '#include "core/b.hpp"\n#include "rollcall/x.hpp"\n#include "language/l.hpp"\n#include <vector>'),
            ("src/report/a.cpp", '#include "store/rows.hpp"'), ("src/net/a.hpp", "#include <boost/beast/http.hpp>"),
            ("src/providers/registry.cpp", '#include "providers/x/p.hpp"'), ("src/app/a.cpp", "#include <CLI/CLI.hpp>")]
    bad = [("include/rollcall/a.hpp", '#include "core/b.hpp"'), ("src/core/a.cpp", '#include "store/rows.hpp"'),
           ("src/core/a.hpp", '#include "json/json.hpp"'), ("src/sync/a.cpp", '#include "app/x.hpp"'),
           ("src/report/a.cpp", '#include "store/state.hpp"'), ("src/sources/ldap/a.cpp", '#include "sources/ldif/reader.hpp"'),
           ("src/providers/x/a.cpp", '#include "providers/y/wire.hpp"'), ("src/sync/a.cpp", '#include "providers/y/wire.hpp"'),
           ("src/endpoint/a.cpp", "#include <boost/beast/http.hpp>"), ("src/store/a.cpp", "#include <rapidjson/reader.h>"),
           ("src/json/a.cpp", "#include <pugixml.hpp>"), ("src/sync/a.cpp", "  #  include <soci/soci.h>"),
           ("src/app/a.hpp", "#include <CLI/CLI.hpp>"), ("src/net/a.cpp", "#include <spdlog/logger.h>"),
           ("src/language/a.hpp", "#include <unicode/utf8.h>"), ("src/language/a.hpp", "#include <re2/re2.h>"),
           ("src/app/a.hpp", "#include <toml++/toml.h>"), ("src/endpoint/a.hpp", "#include <prometheus/registry.h>"),
           ("src/core/a.cpp", '#include "b.hpp"'), ("src/attic/a.cpp", "")]
    for path, text in good:
        assert problems(path, text) == [], problems(path, text)
    for path, text in bad:
        assert len(problems(path, text)) == 1, "not caught: %s in %s" % (text, path)
    shown = showing({"json/sax.hpp": "#include <rapidjson/reader.h>", "json/all.hpp": '#include "json/sax.hpp"', "json/json.hpp": ""})
    assert shown == {"json/sax.hpp", "json/all.hpp"}, shown
    assert len(problems("src/sync/a.cpp", '#include "json/all.hpp"', shown)) == 1
    assert problems("src/json/a.cpp", '#include "json/all.hpp"', shown) == []
    assert cmake_problems("rollcall_room(core FLOORS language\n  crypto PARTS x)\nrollcall_room(log PARTS y)") == []
    assert len(cmake_problems("rollcall_room(core FLOORS language json PARTS x)")) == 1


if __name__ == "__main__":
    self_test()
    texts = dict(tree.cpp("include", "src"))
    shown = showing({path[len("src/"):]: text for path, text in texts.items() if path.startswith("src/") and path.endswith(".hpp")})
    found = [problem for path, text in texts.items() for problem in problems(path, text, shown)]
    with open(tree.TOP + "/src/CMakeLists.txt", encoding="utf-8") as file:
        found += cmake_problems(file.read())
    tree.finish("floors", found, len(texts))
