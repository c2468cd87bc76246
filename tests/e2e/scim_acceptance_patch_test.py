"""The acceptance cases of the SCIM endpoint about PATCH and groups (RFC 7644 section 3.5.2, and what real clients send), against the real
daemon over HTTP."""
import concurrent.futures, unittest
from scim_acceptance import *

WORK, HOME = {"value": "w@x", "type": "work", "primary": True}, {"value": "h@x", "type": "home", "display": "H"}


class Patches(Acceptance):
    def setUp(self):
        super().setUp()
        self.ada = self.user("ada", title="t", name={"givenName": "A", "familyName": "B"}, emails=[WORK, HOME], **{ENTERPRISE: {"department": "d"}})

    def becomes(self, name, wanted, *operations):
        """What an attribute is after a PATCH, on a new user that is as ada."""
        user = self.user(title="t", name={"givenName": "A", "familyName": "B"}, emails=[WORK, HOME], **{ENTERPRISE: {"department": "d"}})
        after = self.patched(user, *operations)
        self.assertEqual(after.get(name), wanted, operations)
        return after

    def test_add(self):
        with self.case(87, 88, 89):
            answer = self.patch(self.ada, {"op": "replace", "path": "displayName", "value": "D"})
            self.assertEqual((answer.status, answer.body["displayName"], self.get(self.ada).body["displayName"]), (200, "D", "D"))
            new = {"value": "n@x", "type": "other"}
            after = self.becomes("emails", [WORK, HOME, new], {"op": "add", "value": {"nickName": "N", "emails": [new]}})
            self.assertEqual((after["nickName"], after["title"]), ("N", "t"))
            for value in new, [new]:
                self.becomes("emails", [WORK, HOME, new], {"op": "add", "path": "emails", "value": value})
        with self.case(90, 91):
            before = self.get(self.ada).body
            self.assertEqual(self.patched(self.ada, {"op": "add", "path": "emails", "value": [HOME]}, {"op": "add", "path": "title", "value": "t"}), before)
            self.becomes("name", {"givenName": "A", "familyName": "B", "middleName": "M"}, {"op": "add", "path": "name", "value": {"middleName": "M"}})
        with self.case(110):
            for operation in ({"op": "add", "path": "emails", "value": [{"value": "n@x", "primary": True}]},
                              {"op": "replace", "path": 'emails[type eq "home"].primary', "value": True}):
                emails = self.patched(self.user(emails=[WORK, HOME]), operation)["emails"]
                self.assertEqual([e["value"] for e in emails if e.get("primary")], ["n@x" if operation["op"] == "add" else "h@x"])

    def test_remove(self):
        with self.case(92):
            self.becomes("title", None, {"op": "remove", "path": "title"})
            self.becomes("name", {"familyName": "B"}, {"op": "remove", "path": "name.givenName"})
        with self.case(93, 94, 95):
            self.becomes("emails", [WORK], {"op": "remove", "path": 'emails[type eq "home"]'})
            self.becomes("emails", [WORK], {"op": "remove", "path": 'emails[type eq "home" and value ew "@x"]'})
            self.becomes("emails", None, {"op": "remove", "path": 'emails[type eq "home" or type eq "work"]'})
            self.becomes("emails", [WORK, {"value": "h@x", "type": "home"}], {"op": "remove", "path": 'emails[type eq "home"].display'})
            bare = self.user(emails=[WORK])
            self.assertNotIn("emails", self.patched(bare, {"op": "remove", "path": 'emails[type eq "work"]'}))
            self.assertEqual(self.found('emails pr and userName eq "%s"' % bare["userName"]), [])
        with self.case(96):
            self.unpatched(self.ada, 400, "noTarget", {"op": "remove"})
            self.unpatched(self.ada, 400, "noTarget", {"op": "remove", "path": 'emails[type eq "none"]'})

    def test_replace(self):
        with self.case(97):
            self.unpatched(self.ada, 400, "noTarget", {"op": "replace", "path": 'emails[type eq "none"].value', "value": "x"})
        with self.case(107, 108, 109):
            self.becomes("nickName", "N", {"op": "replace", "path": "nickName", "value": "N"})
            self.becomes("emails", [{"value": "n@x"}], {"op": "replace", "path": "emails", "value": [{"value": "n@x"}]})
            self.becomes("emails", [{**WORK, "value": "n@x"}, HOME], {"op": "replace", "path": 'emails[type eq "work"].value', "value": "n@x"})
        with self.case(111):
            path = ENTERPRISE + ":department"
            for op in "add", "replace":
                self.becomes(ENTERPRISE, {"department": "e"}, {"op": op, "path": path, "value": "e"})
                self.becomes(ENTERPRISE, {"department": "d", "costCenter": "c"}, {"op": op, "path": ENTERPRISE, "value": {"costCenter": "c"}})
                self.becomes(ENTERPRISE, {"department": "d", "costCenter": "c"}, {"op": op, "value": {ENTERPRISE: {"costCenter": "c"}}})
            for gone in path, ENTERPRISE:
                self.assertNotIn(ENTERPRISE, self.becomes(ENTERPRISE, None, {"op": "remove", "path": gone})["schemas"])
        with self.case(112):
            self.becomes("displayName", "D", {"op": "replace", "path": "DISPLAYNAME", "value": "D"})
            self.becomes("emails", [{**WORK, "value": "n@x"}, HOME], {"op": "replace", "path": 'EMAILS[TYPE eq "work"].VALUE', "value": "n@x"})

    def test_what_cannot_be_is_refused_and_changes_nothing(self):
        good = {"op": "replace", "path": "title", "value": "u"}
        self.user("taken")
        with self.case(98, 99, 100, 101, 102):
            for path in "emails[", "name..x", ".a", "emails[]", 'emails[type eq "work"]x', "na me":
                self.unpatched(self.ada, 400, ("invalidPath", "invalidFilter"), good, {"op": "replace", "path": path, "value": "x"})
            for path in "noSuchAttr", "name.noSuch", 'emails[type eq "work"].noSuch', "urn:no:such:attribute":
                self.unpatched(self.ada, 400, ("invalidPath", "noTarget"), good, {"op": "replace", "path": path, "value": "x"})
            for op in "move", "", None, 7:
                self.unpatched(self.ada, 400, "invalidSyntax", good, {"op": op, "path": "title", "value": "x"})
            for path, value in (("id", "x"), ("meta.created", "2020-01-01T00:00:00Z"), ("groups", [{"value": "x"}]), ("meta", {"version": "x"})):
                self.unpatched(self.ada, 400, "mutability", good, {"op": "replace", "path": path, "value": value})
            self.unpatched(self.ada, 400, ("mutability", "invalidValue"), good, {"op": "remove", "path": "userName"})
        with self.case(103, 104):
            self.unpatched(self.ada, 400, "mutability", good, {"op": "add", "path": "nickName", "value": "n"}, {"op": "remove", "path": "id"})
            self.becomes("emails", [{"value": "2@x", "type": "other"}], {"op": "remove", "path": "emails"}, {"op": "add", "path": "emails", "value": [{"value": "1@x", "type": "other"}]},
                         {"op": "replace", "path": 'emails[type eq "other"].value', "value": "2@x"})
        with self.case(105, 106):
            for body in {"schemas": [PATCH]}, {"schemas": [PATCH], "Operations": []}, {"schemas": [PATCH], "Operations": {}}, {"schemas": [PATCH], "Operations": ["x"]}:
                self.refused(400, "invalidSyntax", "PATCH", "/Users/" + self.ada["id"], body)
            self.refused(404, None, "PATCH", "/Users/nobody", {"schemas": [PATCH], "Operations": [good]})
        with self.case(113, 114):
            self.unpatched(self.ada, 409, "uniqueness", good, {"op": "replace", "path": "userName", "value": "TAKEN"})
            for path, value in (("active", "banana"), ("displayName", {}), ("userName", ""), ("emails", "x y"), ("name", 7), ("title", [1, 2])):
                if path != "emails":
                    self.unpatched(self.ada, 400, ("invalidValue", "mutability"), good, {"op": "replace", "path": path, "value": value})

    def test_answers(self):
        with self.case(115):
            answer = self.patch(self.ada, {"op": "replace", "path": "title", "value": "u"}, query="?attributes=userName")
            self.assertEqual((answer.status, set(answer.body)), (200, {"id", "schemas", "userName"}))
        with self.case(116):
            def change(i):
                client = scim_endpoint_test.Client(self.port, self.secret)
                try:
                    return client.patch("/Users/" + self.ada["id"], {"op": "add", "path": "roles", "value": [{"value": "r%d" % i}]})[0]
                finally:
                    client.http.close()
            with concurrent.futures.ThreadPoolExecutor(30) as pool:
                self.assertEqual(set(pool.map(change, range(30))), {200})
            self.assertEqual({r["value"] for r in self.get(self.ada).body["roles"]}, {"r%d" % i for i in range(30)})

    def test_what_clients_send(self):
        with self.case(117, 118, of="Entra ID"):
            self.becomes("title", "u", {"op": "Replace", "path": "title", "value": "u"})
            self.becomes("nickName", "n", {"op": "Add", "path": "nickName", "value": "n"})
            self.becomes("title", None, {"op": "Remove", "path": "title"})
            for said in "False", "false", "FALSE":
                self.becomes("active", False, {"op": "Replace", "path": "active", "value": said})
            self.becomes("active", True, {"op": "Replace", "path": "active", "value": "True"})
        with self.case(119, 120, of="Entra ID with its flag"):
            after = self.becomes("name", {"givenName": "G", "familyName": "B"}, {"op": "replace", "value": {
                "name.givenName": "G", ENTERPRISE + ":department": "e", 'emails[type eq "work"].value': "n@x"}})
            self.assertEqual((after[ENTERPRISE], after["emails"][0]["value"]), ({"department": "e"}, "n@x"))
            self.becomes("addresses", [{"locality": "Oslo", "country": "NO", "type": "work"}],
                         {"op": "Add", "path": 'addresses[type eq "work"].locality', "value": "Oslo"}, {"op": "Add", "path": 'addresses[type eq "work"].country', "value": "NO"})
            self.becomes("phoneNumbers", [{"value": "7", "type": "mobile"}], {"op": "Add", "path": 'phoneNumbers[type eq "mobile"].value', "value": "7"})
        with self.case(121):
            manager = ENTERPRISE + ":manager"
            for path, value in ((manager, "26"), (manager, {"value": "26"}), (manager + ".value", "26"), (manager, [{"value": "26"}])):
                self.becomes(ENTERPRISE, {"department": "d", "manager": {"value": "26"}}, {"op": "Add", "path": path, "value": value})
            self.becomes(ENTERPRISE, {"department": "d"}, {"op": "Add", "path": manager, "value": "26"}, {"op": "Remove", "path": manager})
        with self.case(127, of="Okta"):
            self.assertEqual(self.becomes("active", False, {"op": "replace", "value": {"active": False}})["title"], "t")
            whole = {**self.get(self.ada).body, "active": False}
            answer = self.call("PUT", "/Users/" + self.ada["id"], whole)
            self.assertEqual((answer.status, answer.body["active"], answer.body["emails"]), (200, False, whole["emails"]))


class Groups(Acceptance):
    def setUp(self):
        super().setUp()
        self.people = [self.user()["id"] for _ in range(5)]

    def team(self, *members):
        return self.group("team", *members)

    def becomes(self, wanted, *operations):
        team = self.team(*self.people[:3])
        answer = self.patch(team, *operations)
        self.assertEqual((answer.status, answer.body), (204, None), operations)
        self.assertEqual(self.members(team), sorted(wanted), operations)

    def test_members_are_a_set(self):
        a, b, c, d, e = self.people
        with self.case(122):
            self.becomes([b, c], {"op": "Remove", "path": "members", "value": [{"value": a}]})
            self.becomes([a, b, c], {"op": "Remove", "path": "members", "value": [{"value": d}]})
            self.becomes([a, b, c], {"op": "Remove", "path": "members", "value": []})
        with self.case(123):
            self.becomes([a, b, c, d], {"op": "Add", "path": "members", "value": [{"$ref": None, "value": d}]})
        with self.case(129):
            self.becomes([d, e], {"op": "replace", "path": "members", "value": [{"value": d}, {"value": e}]})
            self.becomes([b, c, d], {"op": "remove", "path": 'members[value eq "%s"]' % a}, {"op": "add", "path": "members", "value": [{"value": d}]})
        with self.case(135):
            self.becomes([b, c], {"op": "remove", "path": 'members[value eq "%s"]' % a})
            self.becomes([], {"op": "remove", "path": "members"})
            self.becomes([a, b, c, d], *[{"op": "add", "path": "members", "value": [{"value": d}]}] * 2)
            inner, outer = self.team(a), self.team(b)
            self.patch(outer, {"op": "add", "path": "members", "value": [{"value": inner["id"]}]})
            self.assertEqual({(m["value"], m["type"], m["$ref"].split("/")[-2]) for m in self.get(outer).body["members"]}, {(b, "User", "Users"), (inner["id"], "Group", "Groups")})
            put = self.call("PUT", "/Groups/" + outer["id"], {"schemas": [GROUP], "displayName": "team", "members": [{"value": c}, {"value": c}]})
            self.assertEqual((put.status, [m["value"] for m in put.body["members"]]), (200, [c]))
        with self.case(116):
            team = self.team()
            many = [self.user()["id"] for _ in range(20)]

            def add(member):
                client = scim_endpoint_test.Client(self.port, self.secret)
                try:
                    return client.patch("/Groups/" + team["id"], {"op": "add", "path": "members", "value": [{"value": member}]})[0]
                finally:
                    client.http.close()
            with concurrent.futures.ThreadPoolExecutor(20) as pool:
                self.assertEqual(set(pool.map(add, many)), {204})
            self.assertEqual(self.members(team), sorted(many))

    def test_groups(self):
        with self.case(124, of="Entra ID"):
            answer = self.call("POST", "/Groups", {"schemas": [GROUP, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"], "displayName": "g"})
            self.assertEqual((answer.status, answer.body["schemas"]), (201, [GROUP]))
        with self.case(128, of="Okta"):
            team = self.team(*self.people[:2])
            self.assertIn(self.patch(team, {"op": "replace", "value": {"id": team["id"], "displayName": "renamed"}}).status, (200, 204))
            self.assertEqual((self.get(team).body["displayName"], self.members(team)), ("renamed", sorted(self.people[:2])))
        with self.case(133, 134):
            self.refused(400, "invalidValue", "POST", "/Groups", {"schemas": [GROUP], "members": []})
            member, = self.get(self.team(self.people[4])).body["members"]
            self.assertEqual((member["type"], member["$ref"].endswith("/scim/v2/Users/" + self.people[4])), ("User", True))
            user = self.call("GET", "/Users/" + self.people[4]).body
            self.assertEqual([(g["display"], g["$ref"].split("/")[-2]) for g in user["groups"]], [("team", "Groups")])
            self.unpatched(user, 400, "mutability", {"op": "remove", "path": "groups"})


if __name__ == "__main__":
    unittest.main()
