"""A plain model of what one SCIM client has pushed: dictionaries, and what the RFCs say follows from a change. It shares nothing with the
service that it judges. One client owns its users and groups alone, so that every answer can be told beforehand."""
import copy, json

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
TRUTH = "urn:rollcall:params:scim:schemas:1.0:Provisioning"
PLACES = {"User": "/Users", "Group": "/Groups"}


class Wrong(AssertionError):
    """The service and the model disagree."""


def expect(condition, what, *more):
    if not condition:
        raise Wrong(what + "".join("\n  " + (m if isinstance(m, str) else json.dumps(m, default=sorted)) for m in more))


def canonical(value):
    """Values of several have no order (RFC 7643 section 2.4), and a flag that is not set is not set."""
    if isinstance(value, dict):
        return {k: canonical(v) for k, v in sorted(value.items()) if not (k == "primary" and v is False)}
    if isinstance(value, (list, set)):
        return sorted((canonical(v) for v in value), key=lambda v: json.dumps(v))
    return value


class Change:
    """What one operation does to one resource. `id` is None for one that does not exist yet, `after` None for one that goes. A "Shared"
    change is of this client's members in the group that all clients use. `loose`: the same values may come in another order or spelling,
    and may be a change. `status` and `bulk_id`: of an operation of a bulk request."""

    def __init__(self, kind, id, after, loose=False):
        self.kind, self.id, self.after, self.loose, self.status, self.bulk_id = kind, id, after, loose, None, None


class Thing:
    """A resource that exists. `version` is None while it is not known: then it must be one that was never seen."""

    def __init__(self, kind, id, body):
        self.kind, self.id, self.body = kind, id, body
        self.version, self.versions, self.created, self.modified = None, set(), None, ""
        self.exact, self.surely = False, True       # whether `modified` is the last one; whether the version must be another

    def moved(self, surely=True):
        """It is another one from now on; perhaps not, when only the order of its values is another."""
        self.surely, self.version, self.exact = surely, None if surely else self.version, False

    def observe(self, version, meta=None):
        if self.version is None or (not self.surely and version != self.version):
            expect(version not in self.versions, "%s %s has a version that it had before: %s" % (self.kind, self.id, version))
        else:
            expect(version == self.version, "%s %s has another version and is the same: %s, not %s" % (self.kind, self.id, version, self.version))
        self.version, self.surely = version, True
        self.versions.add(version)
        if not meta:
            return
        expect(self.created in (None, meta["created"]), "%s %s was created at another time" % (self.kind, self.id), meta)
        expect(meta["lastModified"] >= self.modified, "lastModified of %s %s goes back from %s" % (self.kind, self.id, self.modified), meta)
        expect(not self.exact or meta["lastModified"] == self.modified, "%s %s was modified without a change" % (self.kind, self.id), meta)
        self.created, self.modified, self.exact = meta["created"], meta["lastModified"], True


class Model:
    def __init__(self, prefix, shared, foreign):
        self.prefix, self.shared_id, self.foreign = prefix, shared, foreign
        self.users, self.groups, self.shared = {}, {}, set()
        self.gone, self.freed = [], []      # what was deleted, and userNames that somebody had

    def of(self, kind):
        return self.users if kind == "User" else self.groups

    def taken(self, name, but=None):
        """RFC 7643 section 4.1.1: a userName is unique, whatever its case. `foreign` is one that somebody else has."""
        name = name.lower()
        return name == self.foreign.lower() or any(u.body["userName"].lower() == name for u in self.users.values() if u.id != but)

    def members_of(self, id):
        return {g.id for g in self.groups.values() if id in g.body["members"]} | ({self.shared_id} if id in self.shared else set())

    def body(self, change):
        """What is there now of what a change is about."""
        if change.kind == "Shared":
            return set(self.shared)
        thing = self.of(change.kind).get(change.id)
        return thing and thing.body

    def apply(self, change, id=None):
        """`id`: of what was created."""
        if change.kind == "Shared":
            self.shared = set(change.after)
        elif change.id is None:
            self.of(change.kind)[id] = Thing(change.kind, id, copy.deepcopy(change.after))
        elif change.after is None:
            self.erase(change)
        else:
            thing = self.of(change.kind)[change.id]
            before, thing.body = thing.body, copy.deepcopy(change.after)
            if canonical(before) != canonical(thing.body):
                thing.moved()
            elif change.loose or before != thing.body:
                thing.moved(surely=False)

    def erase(self, change):
        thing = self.of(change.kind).pop(change.id)
        if change.kind == "User":
            self.freed.append(thing.body["userName"])
        self.gone.append((change.kind, change.id))
        self.shared.discard(change.id)
        for group in self.groups.values():
            if change.id in group.body["members"]:
                group.body["members"].discard(change.id)
                group.moved()

    def expected(self, thing):
        groups = self.members_of(thing.id) if thing.kind == "User" else None
        return canonical(assigned({**thing.body, "groups": groups}))

    def check(self, kind, got):
        """A whole representation, beside what it must be."""
        thing = self.of(kind).get(got.get("id"))
        expect(thing is not None, "a %s that must not exist" % kind, got)
        expect(shown(kind, got) == self.expected(thing), "%s %s is" % (kind, thing.id), shown(kind, got), "and must be", self.expected(thing))
        meta = got["meta"]
        expect(meta["resourceType"] == kind and meta["location"].endswith(PLACES[kind] + "/" + thing.id), "meta", meta)
        thing.observe(meta["version"], meta)
        urns = {GROUP} if kind == "Group" else {USER} | ({ENTERPRISE} if ENTERPRISE in thing.body else set()) | ({TRUTH} if TRUTH in got else set())
        expect(set(got["schemas"]) == urns and len(got["schemas"]) == len(urns), "schemas", got["schemas"], urns)
        for member in got.get("members", []):
            name = "Group" if member["value"] in self.groups else "User" if member["value"] in self.users else None
            expect(member.get("type") == name and (not name or member["$ref"].endswith(PLACES[name] + "/" + member["value"])), "a member", member)


def assigned(body):
    """Null, nothing and no values are the same (RFC 7643 section 2.5)."""
    return {k: v for k, v in body.items() if v not in ([], {}, set(), None)}


def shown(kind, got):
    """What a client has set, and the groups, of a representation."""
    out = {k: v for k, v in got.items() if k not in ("schemas", "id", "meta", TRUTH)}
    for name in "groups", "members":
        if name in out:
            values = [v["value"] for v in out[name]]
            expect(len(set(values)) == len(values), "%s: somebody stands twice" % name, values)
            out[name] = values
    return canonical(out)
