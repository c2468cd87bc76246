"""What a client does next, at random, and what must come of it: every step is one HTTP request with the answer that the model foretells."""
import copy, itertools, urllib.parse
from scim_model_patches import *

PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
MOST_USERS, MOST_GROUPS = 40, 8
PASSWORD = "Never-2b-Seen"


class Step:
    """`status` and `kinds` (scimTypes): of the answer. `changes`: what the request does, each wholly or not at all. `check`: of a reading."""

    def __init__(self, method, path, body=None, headers=None, status=200, kinds=(), changes=(), check=None):
        self.method, self.path, self.body, self.headers = method, path, body, headers or {}
        self.status, self.kinds, self.changes, self.check = status, kinds, list(changes), check

    def __str__(self):
        return "%s %s %s %s -> %s %s" % (self.method, self.path, json.dumps(self.body), self.headers, self.status, list(self.kinds))


def query(path, **parameters):
    return path + ("&" if "?" in path else "?") + urllib.parse.urlencode({k: v for k, v in parameters.items() if v is not None})


class Steps:
    def __init__(self, model, dice):
        self.model, self.dice, self.numbers = model, dice, itertools.count(1)
        self.patches = Patches(dice, self.words, lambda: "%s%d@example.com" % (model.prefix, next(self.numbers)))
        self.kinds = {self.post_user: 14, self.put_user: 8, self.patch_user: 22, self.delete_user: 5, self.post_group: 4, self.put_group: 3,
                      self.patch_group: 16, self.delete_group: 2, self.patch_shared: 8, self.bulk: 5, self.get: 8, self.find: 8, self.list: 4,
                      self.wrong: 2}

    def next(self):
        kind = self.dice.choices(list(self.kinds), list(self.kinds.values()))[0]
        if kind == self.post_user and len(self.model.users) >= MOST_USERS:
            kind = self.delete_user
        if kind == self.post_group and len(self.model.groups) >= MOST_GROUPS:
            kind = self.delete_group
        return kind() or self.next()

    # What may stand in a resource.
    def words(self):
        return self.dice.choice(["alpha", "Beta", "gamma ray", "delta (4)", "\u00e5ngstr\u00f6m", "\u4e2d\u6587", "x.*", 'a "quoted" one', "\U0001F600 \u200Fz", "back\\slash"])

    def new_name(self):
        taken = [u.body["userName"] for u in self.model.users.values()] + [self.model.foreign]
        if self.dice.random() < 0.06:
            return self.dice.choice([str.lower, str.upper])(self.dice.choice(taken))
        if self.model.freed and self.dice.random() < 0.03:
            return self.model.freed.pop()
        return "%su%d" % (self.model.prefix, next(self.numbers))

    def user(self):
        out = {"userName": self.new_name(), "active": self.dice.random() < 0.8, "name": {"familyName": self.words(), "givenName": self.words()}}
        out["emails"] = self.patches.emails()
        for name in "displayName", "title", "nickName", "externalId":
            if self.dice.random() < 0.4:
                out[name] = self.words()
        if self.dice.random() < 0.3:
            out[ENTERPRISE] = {"department": self.words(), "manager": {"value": self.words()}}
        return out

    def wire(self, kind, body):
        """As clients write it: with the schemas, with what they may not set, and with nothing in many ways."""
        out = {"schemas": [USER, ENTERPRISE] if kind == "User" else [GROUP], **copy.deepcopy(body)}
        if kind == "Group":
            out["members"] = [{"value": m} for m in body["members"]]
            self.dice.shuffle(out["members"])
            out["members"] += out["members"][:self.dice.randint(0, 1)]
        if self.dice.random() < 0.2:
            out.update({"id": "mine", "meta": {"resourceType": kind, "version": "W/\"0\""}})
        if kind == "User" and self.dice.random() < 0.2:
            out.update({"nickname": out.pop("nickName", None), "phoneNumbers": [], "groups": [{"value": "x"}], "noSuchAttribute": 1})
        if kind == "User" and self.dice.random() < 0.1:
            out["password"] = PASSWORD
        return out

    def some(self, kind):
        things = list(self.model.of(kind).values())
        return self.dice.choice(things) if things else None

    def people(self, most=4):
        ids = list(self.model.users)
        return self.dice.sample(ids, min(len(ids), self.dice.randint(1, most)))

    # Writes.
    def version(self, thing):
        """A condition, and whether it fits."""
        mode = self.dice.random()
        if mode > 0.15:
            return {}, True
        old = sorted(thing.versions - {thing.version})
        if mode < 0.05 and thing.version and thing.surely:
            return {"If-Match": self.dice.choice([thing.version, '"none", ' + thing.version, thing.version.replace("W/", "")])}, True
        if mode < 0.1:
            return {"If-Match": self.dice.choice(old) if old and thing.version and thing.surely else 'W/"none"'}, False
        return {"If-Match": "*"}, True

    def writing(self, method, thing, body, after):
        headers, fits = self.version(thing)
        path = PLACES[thing.kind] + "/" + thing.id
        if not fits:
            return Step(method, path, body, headers, 412)
        status = 204 if method == "DELETE" or (method == "PATCH" and thing.kind == "Group") else 200
        return Step(method, path, body, headers, status, changes=[Change(thing.kind, thing.id, after, loose=method == "PUT")])

    def post_user(self):
        body = self.user()
        if self.model.taken(body["userName"]):
            return Step("POST", "/Users", self.wire("User", body), status=409, kinds=["uniqueness"])
        return Step("POST", "/Users", self.wire("User", body), status=201, changes=[Change("User", None, body)])

    def put_user(self):
        thing = self.some("User")
        if not thing:
            return None
        body = copy.deepcopy(thing.body) if self.dice.random() < 0.2 else self.user()
        if self.dice.random() < 0.5:
            body["userName"] = thing.body["userName"]
        path = "/Users/" + thing.id
        if self.model.taken(body["userName"], thing.id):
            return Step("PUT", path, self.wire("User", body), status=409, kinds=["uniqueness"])
        return self.writing("PUT", thing, self.wire("User", body), body)

    def patched(self, thing, parts):
        """The step of a PATCH of these (operation, effect)."""
        body = {"schemas": [PATCH], self.dice.choice(["Operations", "operations"]): [operation for operation, _ in parts]}
        after = copy.deepcopy(thing.body)
        path = PLACES[thing.kind] + "/" + thing.id
        kinds = set()
        for _, effect in parts:
            try:
                effect(after)
            except Refused as no:
                kinds |= set(no.kinds)      # of several reasons any may be named
        if kinds:
            return Step("PATCH", path, body, status=400, kinds=kinds)
        if thing.kind == "User" and self.model.taken(after["userName"], thing.id):
            return Step("PATCH", path, body, status=409, kinds=["uniqueness"])
        return self.writing("PATCH", thing, body, after)

    def patch_user(self):
        thing = self.some("User")
        if not thing:
            return None
        parts = self.patches.of_user()
        if self.dice.random() < 0.12:
            name = self.new_name()
            parts.append(({"op": "replace", "path": "userName", "value": name}, sets(["userName"], name)))
        if self.dice.random() < 0.12:
            parts.insert(self.dice.randint(0, len(parts)), self.patches.bad())
        return self.patched(thing, parts)

    def delete_user(self):
        thing = self.some("User")
        return thing and self.writing("DELETE", thing, None, None)

    def group(self):
        # A displayName that nobody else has: by it a group is found again whose answer was lost.
        return {"displayName": "%sg%d" % (self.model.prefix, next(self.numbers)), "members": set(self.people(6))}

    def post_group(self):
        body = self.group()
        return Step("POST", "/Groups", self.wire("Group", body), status=201, changes=[Change("Group", None, body)])

    def put_group(self):
        thing = self.some("Group")
        if not thing:
            return None
        body = copy.deepcopy(thing.body) if self.dice.random() < 0.2 else self.group()
        return self.writing("PUT", thing, self.wire("Group", body), body)

    def patch_group(self):
        thing = self.some("Group")
        if not thing or not self.model.users:
            return None
        p, now = self.patches, sorted(thing.body["members"])
        few = lambda: self.dice.sample(now, min(len(now), self.dice.randint(1, 3))) if now else self.people()
        others = [g for g in self.model.groups if g != thing.id] or list(self.model.users)
        parts = p.several([lambda: p.members_added(self.people(1)), lambda: p.members_added(self.people()), lambda: p.members_removed(few()[:1]),
                           lambda: p.members_removed(few() + self.people(2)), lambda: p.members_replaced(self.people(6)),
                           lambda: p.members_added([self.dice.choice(others)]), p.no_members,
                           lambda: p.renamed(thing.id, "%sg%d" % (self.model.prefix, next(self.numbers)))], self.dice.choice([1, 1, 2, 3]))
        if self.dice.random() < 0.08:
            parts.insert(self.dice.randint(0, len(parts)), p.bad())
        return self.patched(thing, parts)

    def delete_group(self):
        thing = self.some("Group")
        return thing and self.writing("DELETE", thing, None, None)

    def patch_shared(self):
        """Many clients change one group at once; nobody's members are lost."""
        if not self.model.users:
            return None
        body = {"members": set(self.model.shared)}
        inside = sorted(body["members"])
        leave = inside and self.dice.random() < 0.45
        operation, effect = self.patches.members_removed(self.dice.sample(inside, min(len(inside), 2))) if leave else self.patches.members_added(self.people(2))
        effect(body)
        return Step("PATCH", "/Groups/" + self.model.shared_id, {"schemas": [PATCH], "Operations": [operation]}, status=204,
                    changes=[Change("Shared", self.model.shared_id, body["members"])])

    def wrong(self):
        """What is not there, or not there any more, and what must never work."""
        kind, id = self.dice.choice(self.model.gone[-20:] + [("User", "00000000-0000-0000-0000-000000000000")])
        path = PLACES[kind] + "/" + id
        body = self.wire("User", self.user()) if kind == "User" else self.wire("Group", self.group())
        name = {"op": "replace", "path": "displayName", "value": "x"}
        return self.dice.choice([
            Step("GET", path, status=404), Step("DELETE", path, status=404), Step("PUT", path, body, status=404),
            Step("PATCH", path, {"schemas": [PATCH], "Operations": [name]}, status=404),
            Step("POST", "/Users", {"schemas": [USER], "displayName": "nobody"}, status=400, kinds=["invalidValue"]),
            Step("POST", "/Groups", {"schemas": [GROUP]}, status=400, kinds=["invalidValue"]),
            Step("POST", path, body, status=405), Step("DELETE", "/Users", status=405),
        ])

    def bulk(self):
        """New users and a group of them by bulkId, beside single changes of what is there; failures stay apart."""
        operations, changes = [], []

        def add(status, change, **operation):
            change.status, change.bulk_id = status, operation.get("bulkId")
            operations.append(operation)
            changes.append(change)
        for number in range(self.dice.randint(1, 3)):
            body = {**self.user(), "userName": "%su%d" % (self.model.prefix, next(self.numbers))}
            fails = self.dice.random() < 0.2
            if fails:
                body["userName"] = self.model.foreign.upper()
            add(409 if fails else 201, Change("User", None, body), method="POST", path="/Users", bulkId="u%d" % number, data=self.wire("User", body))
        body = {**self.group(), "members": {"bulkId:" + c.bulk_id for c in changes if c.status == 201}}
        add(201, Change("Group", None, body), method="post", path="/Groups", bulkId="g", data=self.wire("Group", body))
        self.single(add)
        order = self.dice.sample(range(len(operations)), len(operations))
        return Step("POST", "/Bulk", {"schemas": [BULK], "Operations": [operations[i] for i in order]}, changes=[changes[i] for i in order])

    def single(self, add):
        thing = self.some("User")
        if thing and self.dice.random() < 0.5:
            operation, effect = self.patches.simple()
            after = copy.deepcopy(thing.body)
            effect(after)
            add(200, Change("User", thing.id, after), method="PATCH", path="/Users/" + thing.id, data={"schemas": [PATCH], "Operations": [operation]})
        elif thing:
            add(204, Change("User", thing.id, None), method="DELETE", path="/Users/" + thing.id)

    # Reads.
    def get(self):
        thing = self.some(self.dice.choice(["User", "User", "Group"]))
        if not thing:
            return None
        path, mode = PLACES[thing.kind] + "/" + thing.id, self.dice.random()
        if mode < 0.25 and thing.version and thing.surely:
            return Step("GET", path, headers={"If-None-Match": 'W/"none", ' + thing.version}, status=304)
        if mode < 0.5:
            names = self.dice.sample(["userName", "title", "emails"] if thing.kind == "User" else ["displayName", "members"], 2)
            return Step("GET", query(path, attributes=", ".join(names)), check=lambda got: self.is_part(thing, got, names))
        if mode < 0.6:
            return Step("GET", query(path, excludedAttributes="members,emails,id"), check=lambda got: self.is_part(thing, got, None))
        return Step("GET", path, check=lambda got: self.model.check(thing.kind, got))

    def is_part(self, thing, got, names):
        whole = self.model.expected(thing)
        wanted = {k: v for k, v in whole.items() if (k in names if names else k not in ("members", "emails"))}
        expect(got.get("id") == thing.id and shown(thing.kind, got) == wanted, "a part of " + thing.id, got, wanted)
        expect(("meta" in got) == (names is None), "meta", got)

    def find(self):
        """By what clients match with; all of it indexed."""
        users, groups = list(self.model.users.values()), list(self.model.groups.values())
        one, team = self.some("User"), self.some("Group")
        if not one or not team:
            return None
        name = self.dice.choice([str.upper, str.lower])(one.body["userName"])
        email = next((e["value"] for e in one.body.get("emails", []) if e["type"] == "work"), "nobody@example.com")
        kind, text, found = self.dice.choice([
            ("User", 'userName eq "%s"' % name, [one]), ("User", 'USERNAME EQ "%s" and active eq %s' % (name, str(one.body["active"]).lower()), [one]),
            ("User", 'userName eq "%snobody"' % self.model.prefix, []), ("User", 'id eq "%s"' % one.id, [one]),
            ("User", 'emails[type eq "work"].value eq "%s"' % email, [u for u in users if {"type": "work", "value": email} in self.plain_emails(u)]),
            ("User", 'emails[type eq "home"].value eq "%s"' % email, [u for u in users if {"type": "home", "value": email} in self.plain_emails(u)]),
            ("Group", 'displayName eq "%s"' % team.body["displayName"].upper(), [team]),
            ("Group", 'members.value eq "%s" and displayName sw "%s"' % (one.id, self.model.prefix), [g for g in groups if one.id in g.body["members"]]),
            ("Group", 'id eq "%s" and members eq "%s"' % (team.id, one.id), [team] if one.id in team.body["members"] else []),
            ("Group", 'id eq "%s" and members eq "%s"' % (self.model.shared_id, one.id), one.id in self.model.shared),
        ])
        if not isinstance(found, list):
            check = lambda got: expect(got["totalResults"] == int(found), "the group that all share", got["totalResults"], one.id)
            return Step("GET", query("/Groups", filter=text, excludedAttributes="members"), check=check)
        return Step("GET", query(PLACES[kind], filter=text), check=lambda got: self.are(kind, got, found))

    @staticmethod
    def plain_emails(user):
        return [{"type": e["type"], "value": e["value"]} for e in user.body.get("emails", [])]

    def are(self, kind, got, things):
        expect(got["totalResults"] == len(things) == len(got["Resources"]) == got["itemsPerPage"], "who is found", got, [t.id for t in things])
        for each in got["Resources"]:
            self.model.check(kind, each)
        expect({r["id"] for r in got["Resources"]} == {t.id for t in things}, "who is found", got)

    def list(self):
        """Filtered, sorted and paged, among this client's own."""
        own = 'userName sw "%su"' % self.model.prefix
        text, test = self.dice.choice([
            ("", lambda u: True), (" and active eq false", lambda u: u["active"] is False), (" and title pr", lambda u: "title" in u),
            (" and not (title pr)", lambda u: "title" not in u), (' and (title co "A" or nickName sw "g")', lambda u: "a" in u.get("title", "").lower() or u.get("nickName", "").lower().startswith("g")),
            (' and title eq "X.*"', lambda u: u.get("title") == "x.*"), (' and displayName eq "a \\"quoted\\" one"', lambda u: u.get("displayName") == 'a "quoted" one'),
            (' and %s:department eq "BETA"' % ENTERPRISE, lambda u: u.get(ENTERPRISE, {}).get("department") == "Beta"),
        ])
        down = self.dice.random() < 0.5
        found = sorted((u for u in self.model.users.values() if test(u.body)), key=lambda u: u.body["userName"].lower(), reverse=down)
        start, count = self.dice.randint(1, 12), self.dice.randint(0, 12)
        page = found[start - 1:start - 1 + count]
        parameters = {"filter": own + text, "sortBy": "userName", "sortOrder": "descending" if down else "ascending", "startIndex": start, "count": count}

        def check(got):
            expect((got["totalResults"], got["startIndex"], got["itemsPerPage"]) == (len(found), start, len(page)), "a page", got, len(found), len(page))
            expect([r["id"] for r in got["Resources"]] == [u.id for u in page], "the order of a page", got, [u.body["userName"] for u in page])
        if self.dice.random() < 0.4:
            return Step("POST", "/Users/.search", {"schemas": [SEARCH], **parameters}, check=check)
        return Step("GET", query("/Users", **parameters), check=check)
