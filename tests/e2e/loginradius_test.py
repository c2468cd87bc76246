"""LoginRadius end to end: the real binary, a real slapd, and the sandbox's LoginRadius. There is no account before acceptance and no
listing. Names are not ASCII throughout."""
import os, unittest, urllib.request
from provider_story import *

LANDING = "https://portal.example.org/welcome?o={orgId}&n=ë"
RULES = """
[[provider.lr.role]]
role = "role_employee"
when = "active eq true"
[[provider.lr.role]]
role = "role_säles"
group = "sales"
"""
INVITE = '\n[provider.lr.invite]\nlanding = "%s"\nwave = "100000/h"\n' % LANDING


class LoginRadius(Telling, Stage):
    def begin(self, count=4, sales=2, tables=RULES + INVITE, extra="", *options, **more):
        self.directory = self.slapd(people(count) + group("sales", *("p%03d" % n for n in range(sales))))
        self.tenant = self.sandbox("--api-secret", "the-secret", "--organization", "org_ü", *options, vendor="loginradius", roles="role_employee,role_säles", **more)
        self.write("api-key", "the-key")
        self.write("api-secret", "the-secret")
        self.use(tables, extra)

    def use(self, tables, extra=""):
        self.configure(self.ldap_source(self.directory), """
[provider.lr]
type = "loginradius"
url = "%s"
api-key = { file = "api-key" }
api-secret = { file = "api-secret" }
organization = "org_ü"
inviter = "0123"
on-leave = "suspend"
retry = "10s"
rate = "100000/s"
%s
%s
[schedule]
full = "1s"
""" % (self.tenant.url, extra, tables))

    def accounts(self):
        return {a["Email"].split("@")[0]: a for a in self.tenant.look()["accounts"]}

    def living(self):
        """Addresses with an invitation that can be accepted, one for each."""
        return sorted(i["email"].split("@")[0] for i in self.tenant.look()["invitations"] if "cancelled-at" not in i and "accepted-at" not in i)

    def accept(self, *uids):
        tokens = {i["email"]: i["token"] for i in self.tenant.look()["invitations"] if "cancelled-at" not in i}
        for uid in uids:
            with urllib.request.urlopen(self.tenant.url + "/invitation/accept?token=" + tokens[uid + "@example.com"], timeout=30) as page:
                self.assertIn("sign in", page.read().decode())

    def states(self):
        return {i["email"].split("@")[0]: i["state"] for i in self.rollcall("invitations", "--json", code=0).json}

    def modify(self, uid, text):
        self.directory.change("dn: uid=%s,ou=people,%s\nchangetype: modify\n%s\n" % (uid, BASE, text))

    def sales(self, verb, uid):
        self.directory.change("dn: cn=sales,ou=groups,%s\nchangetype: modify\n%s: member\nmember: uid=%s,ou=people,%s\n" % (BASE, verb, uid, BASE))

    def leave(self, uid):
        self.directory.delete("uid=%s,ou=people,%s" % (uid, BASE))
        self.rollcall("apply", "--yes")                        # missing once: nothing
        return self.rollcall("apply", "--yes")

    def test_first_sync_of_200_people_with_roles_and_invitations(self):
        self.begin(200, 50, extra='audit = "100%"')
        met = self.rollcall("check", "--connect", code=0)
        self.assertIn("provider lr: LoginRadius accepts the API key and shows the organisation Rehearsal", met.out)
        plan = self.plan(code=0)
        self.assertEqual({k: v for k, v in plan["providers"][0]["summary"].items() if v}, {"invite": 200})
        first = self.actions(plan)[0]
        self.assertEqual(sorted((c["field"], c["to"]) for c in first["changes"])[0][0], "invitation")
        self.tenant.call("reset-counts", {})
        self.rollcall("apply", "--yes", code=0)
        calls = self.calls()
        look = self.tenant.look()
        self.assertEqual(look["accounts"], [])
        self.assertEqual(set(look["invitations-by-email"].values()), {1})
        self.assertEqual(len(look["mails"]), 200)
        roles = {i["email"].split("@")[0]: i["roles"] for i in look["invitations"]}
        for n in range(200):
            self.assertEqual(roles["p%03d" % n], ["role_employee", "role_säles"] if n < 50 else ["role_employee"])
        self.assertEqual({i["landing"] for i in look["invitations"]}, {"https://portal.example.org/welcome?o=org_%C3%BC&n=ë"})
        self.assertEqual({i["inviter"] for i in look["invitations"]}, {"0123"})
        self.assertEqual(calls, {"GET identity/account/identities": 200, "POST manage/invitations": 200})
        # The second plan is empty: whoever is invited is unchanged, and some are looked up.
        self.tenant.call("reset-counts", {})
        self.use(RULES + INVITE)
        self.rollcall("plan", "--exit-code", code=0)
        self.tenant.call("reset-counts", {})
        again = self.plan("--exit-code", code=0)
        self.assertEqual({k: v for k, v in again["providers"][0]["summary"].items() if v}, {"unchanged": 200})
        second = self.calls()
        print("\nloginradius: first sync of 200 people: %d calls, %.2f a person; a run without changes: %d look-ups of open invitations"
              % (sum(calls.values()), sum(calls.values()) / 200, sum(second.values())))
        self.assertEqual(second, {"GET identity/account/identities": 20})
        # Everybody accepts: each account is found, linked and put right, with a look at it, its roles, and one update.
        self.use(RULES + INVITE, 'audit = "100%"')
        self.accept(*("p%03d" % n for n in range(200)))
        self.tenant.call("reset-counts", {})
        self.rollcall("apply", "--yes", code=0)
        calls = self.calls()
        accounts = self.accounts()
        for n in range(200):
            account = accounts["p%03d" % n]
            self.assertEqual((account["FirstName"], account["LastName"]), (GIVEN[n % len(GIVEN)], FAMILY[n % len(FAMILY)]))
            self.assertEqual(sorted(account["roles"]), ["role_employee", "role_säles"] if n < 50 else ["role_employee"])
        print("loginradius: 200 acceptances: %d calls, %.2f a person" % (sum(calls.values()), sum(calls.values()) / 200))
        self.assertEqual(calls["PUT identity/account/{id}"], 200)
        self.assertEqual(sum(calls.values()), 600, calls)
        self.use(RULES + INVITE)
        self.no_changes()
        self.tenant.call("reset-counts", {})
        self.no_changes()
        print("loginradius: a run without changes over 200 accounts: %s" % self.calls())
        self.assertLessEqual(sum(self.calls().values()), 8)    # 2 % of them, each with its roles
        self.assertEqual(set(self.states().values()), {"accepted"})

    def test_movers(self):
        self.begin()
        self.rollcall("apply", "--yes", code=0)
        self.accept("p000", "p001")
        self.rollcall("apply", "--yes", code=0)
        self.tenant.call("reset-counts", {})
        # Accepted: the account changes. Pending: roles and address travel in the invitation, which is replaced.
        self.modify("p000", "replace: sn\n" + encoded("sn", "Нова-Șerban"))
        self.modify("p001", "replace: mail\nmail: p001.new@example.com")
        self.sales("delete", "p000")
        self.sales("add", "p002")
        self.modify("p003", "replace: mail\nmail: p003.new@example.com")
        plan = self.plan()
        self.assertEqual(sorted((a["kind"], a["name"][-1]) for a in self.actions(plan)),
                         sorted([("update", "0"), ("revoke", "0"), ("update", "1"), ("cancel", "2"), ("invite", "2"), ("cancel", "3"), ("invite", "3")]))
        self.rollcall("apply", "--yes", code=0)
        accounts = self.accounts()
        self.assertEqual((accounts["p000"]["LastName"], accounts["p000"]["roles"]), ("Нова-Șerban", ["role_employee"]))
        self.assertIn("p001.new", accounts)
        self.assertEqual(self.living(), ["p002", "p003.new"])
        self.accept("p002", "p003.new")
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(sorted(self.accounts()["p002"]["roles"]), ["role_employee", "role_säles"])
        self.sales("add", "p003")
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(sorted(self.accounts()["p003.new"]["roles"]), ["role_employee", "role_säles"])
        self.no_changes()

    def test_leavers_and_rejoiners_accepted_and_pending(self):
        self.begin(40)                                         # three of forty: no brake
        self.rollcall("apply", "--yes", code=0)
        self.accept("p000")
        self.rollcall("apply", "--yes", code=0)
        self.accept("p001")                                    # nobody has looked since
        for uid in "p000", "p001", "p002":
            self.modify(uid, "replace: employeeNumber\nemployeeNumber: 7" + uid)
        self.rollcall("apply", "--yes")
        for uid in "p001", "p002":
            self.directory.delete("uid=%s,ou=people,%s" % (uid, BASE))
        self.leave("p000")
        accounts = self.accounts()
        self.assertEqual({uid: a["status"] for uid, a in accounts.items()}, {"p000": 2, "p001": 2})
        self.assertEqual(self.living()[0], "p003", "who never accepted has no account and no invitation")
        self.assertEqual(sorted(accounts["p000"]["roles"]), ["role_employee", "role_säles"])
        self.no_changes()
        for n in 0, 2:
            self.directory.add(entry(n, "employeeNumber: 7p%03d\n" % n))
        self.rollcall("apply", "--yes")
        self.rollcall("apply", "--yes")
        self.assertEqual(self.accounts()["p000"]["status"], 1)
        self.assertEqual(self.accounts()["p000"]["Uid"], accounts["p000"]["Uid"])
        self.assertEqual(self.living()[:2], ["p002", "p003"])
        self.assertEqual(self.tenant.look()["invitations-by-email"]["p000@example.com"], 1)

    def test_who_has_an_account_already_is_adopted_and_not_invited(self):
        self.begin(extra='adopt = true\nprotect = ["Email eq \\"p001@example.com\\""]')
        self.tenant.call("accounts", {"create": [
            {"Uid": "aa01", "Email": "P000@example.com", "FirstName": "Ž", "LastName": FAMILY[0], "status": 1},
            {"Uid": "aa02", "Email": "p001@example.com", "FirstName": "Ä", "LastName": "B", "status": 1},
            {"Uid": "aa03", "Email": "stranger@example.com", "FirstName": "Ä", "LastName": "B", "status": 1}]})
        self.rollcall("apply", "--yes")
        self.rollcall("apply", "--yes")
        accounts = self.accounts()
        self.assertEqual((accounts["P000"]["FirstName"], sorted(accounts["P000"]["roles"])), (GIVEN[0], ["role_employee", "role_säles"]))
        self.assertEqual((accounts["p001"]["FirstName"], accounts["p001"]["roles"]), ("Ä", []))
        self.assertEqual(self.living(), ["p002", "p003"])

    def test_a_storm_of_429_is_waited_out_and_retry_after_kept(self):
        self.begin(8, 3)
        self.tenant.faults({"match": {"regex": "^/(v2|identity)/", "every": 3, "nth": 2, "times": 6}, "kind": "status", "status": 429, "headers": {"Retry-After": "1"}})
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(self.living(), ["p%03d" % n for n in range(8)])
        self.assertGreaterEqual(self.tenant.call("requests")["by-status"]["429"], 5)

    def test_401_in_mid_run_stops_nothing_else_and_the_next_run_repairs(self):
        self.begin()
        self.tenant.faults({"match": {"method": "POST", "path": "invitations", "nth": 2}, "kind": "status", "status": 401})
        said = self.rollcall("apply", "--yes", code=4)
        self.assertIn("does not accept the API key and secret", " ".join((said.out + said.err).split()))
        self.assertEqual(len(self.living()), 3)
        # During the looks it ends the census: nobody is invited, and nobody is taken for gone.
        self.tenant.faults({"match": {"method": "GET", "path": "identities"}, "kind": "status", "status": 401})
        self.rollcall("apply", "--yes", code=4)
        self.assertEqual(len(self.living()), 3)
        self.tenant.faults()
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(self.living(), ["p000", "p001", "p002", "p003"])
        self.assertNotIn("the-secret", said.out + said.err)

    def test_promise_4_lost_responses_are_in_doubt_and_nobody_is_invited_twice(self):
        self.begin(6, 2, extra="concurrency = 1")
        self.tenant.faults(*({"match": {"method": "POST", "path": "invitations", "nth": n}, "kind": k} for n, k in ((1, "drop-after"), (3, "truncate"), (5, "drop-before"))))
        self.rollcall("apply", "--yes", code=4)
        self.tenant.faults()
        self.assertEqual(sorted(self.states().values()), ["in-doubt"] * 3 + ["sent"] * 3)
        for _ in range(2):
            self.rollcall("apply", "--yes")
        self.assertEqual(set(self.tenant.look()["invitations-by-email"].values()), {1})
        self.assertEqual(len(self.living()), 5, "what was dropped before it arrived was not sent")
        # Whoever accepts is found; whoever got nothing is sent one when a person says so.
        doubtful = sorted(uid for uid, state in self.states().items() if state == "in-doubt")
        nobody = next(uid for uid in doubtful if uid not in self.living())
        came = next(uid for uid in doubtful if uid in self.living())
        self.accept(came)
        self.rollcall("invitations", "resend", nobody)
        self.rollcall("apply", "--yes")
        states = self.states()
        self.assertEqual((states[came], states[nobody]), ("accepted", "sent"))
        self.assertIn(came, self.accounts())
        self.assertEqual(set(self.tenant.look()["invitations-by-email"].values()), {1})

    def test_lost_responses_of_other_calls_are_repeated(self):
        self.begin()
        self.rollcall("apply", "--yes", code=0)
        self.accept("p000", "p001")
        self.sales("add", "p002")
        self.tenant.faults({"match": {"method": "DELETE", "nth": 1}, "kind": "drop-after"}, {"match": {"method": "PUT", "nth": 1}, "kind": "drop-after"},
                           {"match": {"method": "PUT", "nth": 2}, "kind": "truncate"})
        self.rollcall("apply", "--yes")
        self.rollcall("apply", "--yes")
        self.assertEqual(self.living(), ["p002", "p003"])
        accounts = self.accounts()
        self.assertEqual([accounts[uid]["LastName"] for uid in ("p000", "p001")], FAMILY[:2])
        self.no_changes()

    def test_promise_4_killed_around_every_request(self):
        self.begin(extra="concurrency = 1")
        for method, path, kind in ("GET", "identities", "hang-before"), ("POST", "invitations", "hang-after"), ("POST", "invitations", "hang-before"):
            with self.subTest(step=path, kind=kind):
                self.killed(method, path, kind)
        self.rollcall("apply", "--yes")
        self.rollcall("apply", "--yes")
        # Two people are served at a time, so that each death leaves up to two in doubt: named, and never invited twice.
        states = sorted(self.states().values())
        self.assertEqual((len(states), set(states) <= {"in-doubt", "sent"}), (4, True), states)
        self.assertEqual(set(self.tenant.look()["invitations-by-email"].values()), {1})
        self.assertGreaterEqual(len(self.living()), states.count("sent") + 1)
        self.accept(*self.living())
        self.killed("PUT", "account/*", "hang-after")
        self.sales("add", "p003") if "p003" in self.accounts() else None
        self.rollcall("apply", "--yes")
        self.rollcall("apply", "--yes")
        for uid, account in self.accounts().items():
            self.assertEqual(account["LastName"], FAMILY[int(uid[1:]) % len(FAMILY)])
        self.assertEqual(set(self.tenant.look()["invitations-by-email"].values()), {1})

    def test_a_person_resends_and_cancels(self):
        self.begin(2, 1)
        self.rollcall("apply", "--yes", code=0)
        self.rollcall("invitations", "resend", "p000", code=0)
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(self.living(), ["p000", "p001"])
        self.assertEqual(self.tenant.look()["invitations-by-email"]["p000@example.com"], 2)
        self.rollcall("invitations", "cancel", "p001", code=0)
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(self.living(), ["p000"])
        self.no_changes()

    def test_the_emergency_brake_recalls_an_invitation_at_once(self):
        self.begin(2, 1)
        self.rollcall("apply", "--yes", code=0)
        self.rollcall("suspend", "p000", code=0)
        self.assertEqual(self.living(), ["p001"])

    def test_blocking_by_another_member_of_the_profile(self):
        self.begin(2, 1, RULES + INVITE, 'block-by = "IsLoginLocked"', "--block-by", "IsLoginLocked")
        self.rollcall("apply", "--yes", code=0)
        self.accept("p000")
        self.rollcall("apply", "--yes", code=0)
        self.leave("p000")
        self.assertEqual(self.accounts()["p000"]["status"], 4)

    def test_who_was_deleted_there_is_named_and_invited_only_when_a_person_says_so(self):
        self.begin(2, 1, extra='audit = "100%"')
        self.rollcall("apply", "--yes", code=0)
        self.accept("p000")
        self.rollcall("apply", "--yes", code=0)
        self.tenant.call("accounts", {"delete": [{"Email": "p000@example.com"}]})
        def named():
            said = self.rollcall("apply", "--yes")
            return "only an invitation makes another" in " ".join((said.out + said.err).split())
        wait_for(named, "two looks that find nobody")         # an audit a period, and the period is a second here
        self.assertEqual(self.living(), ["p001"])
        self.rollcall("unlink", "p000", "lr", code=0)
        self.rollcall("apply", "--yes")
        self.assertEqual(self.living(), ["p000", "p001"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
