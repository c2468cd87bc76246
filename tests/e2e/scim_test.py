"""Any SCIM service as a target, end to end: the real binary, a real slapd, and the sandbox's SCIM service. Names are not ASCII throughout."""
import unittest, urllib.error, urllib.parse, urllib.request
from provider_story import *

USER, GROUP = ("urn:ietf:params:scim:schemas:core:2.0:" + name for name in ("User", "Group"))
RULES = """
[[provider.app.role]]
role = "Employee"
when = "active eq true"
[[provider.app.role]]
role = "Продажи"
group = "sales"
"""


class Target(Telling, Stage):
    """A SCIM service that is asked as anybody could ask it."""
    key = "the-key"

    def begin(self, count=4, sales=2, *options, extra="", **more):
        self.directory = self.slapd(people(count) + group("sales", *("p%03d" % n for n in range(sales))))
        self.tenant = self.sandbox(*options, vendor="scim", roles="Employee,Продажи,Engineering", **more)
        self.use(self.tenant.url + "/scim/v2", extra)

    def use(self, url, extra="", tables=RULES, leave="suspend"):
        self.url = url
        self.write("token", self.key)
        self.configure(self.ldap_source(self.directory), """
[provider.app]
type = "scim"
url = "%s"
token = { file = "token" }
on-leave = "%s"
retry = "10s"
rate = "100000/s"
%s
%s
""" % (url, leave, extra, tables))

    def ask(self, method, path, body=None):
        request = urllib.request.Request(self.url + path, method=method, data=None if body is None else json.dumps(body).encode(),
                                         headers={"Authorization": "Bearer " + self.key, "Content-Type": "application/scim+json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read().decode()
            return json.loads(text) if text else None

    def everything(self, endpoint):
        found, wanted, cursor = [], 1, ""
        while len(found) < wanted:
            page = self.ask("GET", "%s?%s&count=100" % (endpoint, "cursor=" + cursor if cursor else "startIndex=%d" % (len(found) + 1)))
            wanted, cursor = page["totalResults"], page.get("nextCursor", "")
            found += page.get("Resources", [])
        return found

    def users(self):
        """By userName, each with `roles`: the names of the groups that it is in, as the groups show them."""
        users = {user["id"]: dict(user, roles=[]) for user in self.everything("/Users")}
        for one in self.everything("/Groups"):
            for member in one.get("members", []):
                users[member["value"]]["roles"].append(one["displayName"])
        return {user["userName"]: dict(user, roles=sorted(user["roles"])) for user in users.values()}

    def group_id(self, name):
        return next(one["id"] for one in self.everything("/Groups") if one["displayName"] == name)

    def add_user(self, **more):
        return self.ask("POST", "/Users", {"schemas": [USER], **more})["id"]

    def add_member(self, group_name, user):
        self.ask("PATCH", "/Groups/" + self.group_id(group_name), {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                                                                   "Operations": [{"op": "add", "path": "members", "value": [{"value": user}]}]})

    def expect_right(self, count, sales):
        users = self.users()
        self.assertEqual(sorted(users), ["p%03d" % n for n in range(count)])
        for n in range(count):
            user = users["p%03d" % n]
            self.assertEqual(user["roles"], ["Employee", "Продажи"] if n < sales else ["Employee"], user)
            self.assertEqual((user["name"]["givenName"], user["name"]["familyName"]), (GIVEN[n % len(GIVEN)], FAMILY[n % len(FAMILY)]))
            self.assertEqual([mail["value"] for mail in user["emails"]], ["p%03d@example.com" % n])
            self.assertTrue(user["active"] and user["externalId"], user)
        return users

    def no_changes(self):
        said = self.rollcall("plan", "--exit-code", code=0)
        self.assertIn("No changes", said.out)

    def move(self):
        self.directory.change("dn: uid=p000,ou=people,%s\nchangetype: modify\nreplace: sn\n%s\n-\nreplace: mail\nmail: new@example.com\n" % (BASE, encoded("sn", "Нова-Șerban")))
        self.directory.change("dn: uid=p001,ou=people,%s\nchangetype: modrdn\nnewrdn: uid=renamed\ndeleteoldrdn: 1\n" % BASE)
        self.directory.change("dn: cn=sales,ou=groups,%s\nchangetype: modify\nadd: member\nmember: uid=p002,ou=people,%s\n-\ndelete: member\n"
                              "member: uid=p000,ou=people,%s\n" % (BASE, BASE, BASE))
        self.rollcall("apply", "--yes")
        users = self.users()
        self.assertEqual(sorted(users), ["p000", "p002", "p003", "renamed"])
        self.assertEqual((users["p000"]["name"]["familyName"], users["p000"]["roles"]), ("Нова-Șerban", ["Employee"]))
        self.assertEqual([mail["value"] for mail in users["p000"]["emails"]], ["new@example.com"])
        self.assertEqual(users["p002"]["roles"], ["Employee", "Продажи"])

    def leave_and_come_back(self):
        """The leaver is found missing twice, then suspended; the roles stay. Who returns gets the same account back."""
        before = self.users()["p003"]["id"]
        self.leave(lambda: not self.users()["p003"]["active"])
        self.assertEqual(self.users()["p003"]["roles"], ["Employee"])
        self.come_back()
        back = self.users()["p003"]
        self.assertEqual((back["active"], back["roles"], back["id"]), (True, ["Employee"], before))


class Scim(Target, ProviderStory):
    steps = [("POST", "Users"), ("PATCH", "/scim/v2/Groups/*")]

    def test_first_sync_of_200_people_with_roles(self):
        self.begin(200, 50)
        met = self.rollcall("check", "--connect", code=0)
        self.assertIn("provider app: the SCIM service accepts the token and shows 0 users and 3 groups", met.out)
        plan = self.plan(code=0)
        self.assertEqual({k: v for k, v in plan["providers"][0]["summary"].items() if v}, {"create": 200, "assign": 250})
        self.tenant.call("reset-counts", {})
        self.rollcall("apply", "--yes", code=0)
        first = self.calls()
        self.expect_right(200, 50)
        self.assertEqual(first["POST Users"], 200)
        self.assertLessEqual(first["PATCH Groups/{id}"], 250)
        self.tenant.call("reset-counts", {})
        self.no_changes()
        second = self.calls()
        print("\nscim: first sync of 200 people: %d calls, %.2f a person (%d for 250 roles); a run without changes: %d calls"
              % (sum(first.values()), sum(first.values()) / 200, first["PATCH Groups/{id}"], sum(second.values())))
        self.assertEqual(second, {"GET ServiceProviderConfig": 1, "GET Schemas": 1, "GET Groups": 1, "GET Users": 2})

    def test_mover_leaver_and_rejoiner(self):
        self.begin()
        self.rollcall("apply", "--yes", code=0)
        self.tenant.call("reset-counts", {})
        self.move()
        calls = self.calls()
        print("\nscim: a mover: 1 call, 2 with a new e-mail, 1 for each role: %s" % calls)
        self.assertEqual((calls["PATCH Users/{id}"], calls["GET Users/{id}"], calls["PATCH Groups/{id}"]), (2, 1, calls["PATCH Groups/{id}"]))
        self.assertLessEqual(calls["PATCH Groups/{id}"], 2)
        self.leave_and_come_back()
        self.no_changes()

    def test_the_same_with_the_least_that_a_service_must_do(self):
        self.begin(4, 2, "--patch", "off", "--filter", "off", "--etags", "off", "--user-groups", "hidden", "--discovery", "absent", "--page-size", "3")
        self.rollcall("apply", "--yes", code=0)
        self.expect_right(4, 2)
        self.no_changes()
        self.move()
        self.leave_and_come_back()
        self.no_changes()

    def test_the_same_by_cursor_and_with_versions(self):
        self.begin(4, 2, "--pagination", "cursor", "--patch", "off", "--page-size", "2")
        self.rollcall("apply", "--yes", code=0)
        self.expect_right(4, 2)
        self.no_changes()
        self.move()
        self.leave_and_come_back()
        self.no_changes()

    def expect_nobody_lost(self, etags):
        self.begin(40, 40, "--patch", "off", "--etags", etags, extra="concurrency = 8")
        self.rollcall("apply", "--yes", code=0)
        self.expect_right(40, 40)
        self.assertLess(self.calls()["PUT Groups/{id}"], 60)   # of 80 changes: what comes together goes together

    def test_a_group_that_can_only_be_replaced_loses_nobody_though_eight_write_at_once(self):
        self.expect_nobody_lost("on")

    def test_nor_does_it_where_nothing_has_a_version(self):
        self.expect_nobody_lost("off")

    def test_who_has_an_account_already_is_adopted(self):
        self.begin(extra='adopt = true\nprotect = ["userName eq \\"p001\\""]')
        first = self.add_user(userName="P000", name={"givenName": "Ž", "familyName": "Other"}, nickName="ŽŽ", emails=[{"type": "home", "value": "z@häuschen.example"}])
        self.add_user(userName="p001", name={"familyName": "B"}, active=False)
        stranger = self.add_user(userName="stranger", externalId="7")
        self.add_member("Engineering", first)
        self.rollcall("apply", "--yes")
        self.rollcall("apply", "--yes")
        users = self.users()                                   # a user name that differs in case only is no difference
        adopted = users["P000"]
        self.assertEqual((adopted["id"], adopted["name"]["familyName"], adopted["nickName"]), (first, FAMILY[0], "ŽŽ"))
        self.assertEqual(adopted["roles"], ["Employee", "Engineering", "Продажи"])
        self.assertEqual(sorted(mail["value"] for mail in adopted["emails"]), ["p000@example.com", "z@häuschen.example"])
        self.assertTrue(adopted["externalId"])
        self.assertEqual((users["p001"]["name"], users["p001"]["active"], users["p001"]["roles"]), ({"familyName": "B"}, False, []))
        self.assertEqual((users["stranger"]["id"], users["stranger"]["roles"], users["stranger"]["externalId"]), (stranger, [], "7"))
        self.no_changes()

    def test_a_storm_of_429_is_waited_out_and_retry_after_kept(self):
        self.begin(8, 3)
        self.tenant.faults({"match": {"path": "/scim/v2/*", "every": 4, "nth": 2, "times": 6}, "kind": "status", "status": 429, "headers": {"Retry-After": "1"}},
                           {"match": {"method": "PATCH", "path": "/scim/v2/Groups/*", "nth": 2, "times": 1}, "kind": "status", "status": 503})
        self.rollcall("apply", "--yes", code=0)
        self.expect_right(8, 3)
        self.assertGreaterEqual(self.tenant.call("requests")["by-status"]["429"], 3)

    def test_401_in_mid_run_stops_nothing_else_and_the_next_run_repairs(self):
        self.begin()
        self.tenant.faults({"match": {"method": "POST", "path": "Users", "nth": 2}, "kind": "status", "status": 401})
        said = self.rollcall("apply", "--yes", code=4)
        self.assertIn("does not accept the token", said.out + said.err)
        self.rollcall("apply", "--yes", code=0)
        self.expect_right(4, 2)

    def test_promise_1_a_total_above_the_items_makes_the_listing_incomplete(self):
        self.begin(12, 3)
        self.rollcall("apply", "--yes", code=0)
        self.tenant.faults({"match": {"method": "GET", "path": "Users"}, "kind": "hide", "share": 0.4})
        for _ in range(3):
            said = self.rollcall("apply", "--yes", code=4)
            self.assertRegex(" ".join((said.out + said.err).split()), r"counts 12 users and shows \d+")
        self.tenant.faults()
        self.rollcall("apply", "--yes", code=0)
        self.expect_right(12, 3)

    def test_promise_1_a_proxy_that_answers_404_makes_nobody_gone(self):
        self.begin()
        self.rollcall("apply", "--yes", code=0)
        for where in "Users", "/scim/v2/*":
            self.tenant.faults({"match": {"method": "GET", "path": where}, "kind": "html-error", "status": 404})
            for _ in range(3):
                self.rollcall("apply", "--yes")
        self.tenant.faults()
        self.rollcall("apply", "--yes", code=0)
        self.expect_right(4, 2)

    def test_drift_is_repaired_and_what_is_not_ours_stays(self):
        self.begin()
        self.rollcall("apply", "--yes", code=0)
        self.rollcall("apply", "--yes", code=0)                # what was written has been seen: what differs now is somebody else's doing
        user = self.users()["p000"]
        patch = lambda *operations: self.ask("PATCH", "/Users/" + user["id"], {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": list(operations)})
        patch({"op": "replace", "path": "name.familyName", "value": "Drift"}, {"op": "remove", "path": "displayName"},
              {"op": "remove", "path": "emails"}, {"op": "add", "path": "nickName", "value": "Ζωίτσα"})
        self.add_member("Engineering", user["id"])
        self.rollcall("apply", "--yes", code=0)
        after = self.users()["p000"]
        self.assertEqual((after["name"]["familyName"], after["displayName"], after["nickName"]), (FAMILY[0], user["displayName"], "Ζωίτσα"))
        self.assertEqual([mail["value"] for mail in after["emails"]], ["p000@example.com"])
        self.assertEqual(after["roles"], ["Employee", "Engineering", "Продажи"])
        self.no_changes()

    def test_leavers_can_be_deleted(self):
        self.begin()
        self.rollcall("apply", "--yes", code=0)
        self.use(self.url, leave="delete")
        self.directory.delete("uid=p003,ou=people," + BASE)
        self.rollcall("apply", "--yes")
        self.rollcall("apply", "--yes")
        self.expect_right(3, 2)


def load_tests(loader, tests, pattern):
    return loader.loadTestsFromTestCase(Scim)


if __name__ == "__main__":
    unittest.main(verbosity=2)
