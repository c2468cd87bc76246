"""Zitadel end to end: the real binary, a real slapd, and the sandbox's Zitadel. Names are not ASCII throughout."""
import os, pathlib, subprocess, unittest, urllib.request
from provider_story import *

LANDING = "https://portal.example.org/welcome?u={userId}&c={code}&o={orgId}"
RULES = """
[[provider.zitadel.role]]
role = "Employee"
when = "active eq true"
[[provider.zitadel.role]]
role = "Sales"
group = "sales"
"""
OUR_MAIL = '\n[provider.zitadel.invite]\ndeliver = "file"\npath = "outbox"\nlanding = "%s"\nwave = "100000/h"\n' % LANDING
ITS_MAIL = '\n[provider.zitadel.invite]\nlanding = "%s"\napplication-name = "Портал"\n' % LANDING


class Zitadel(ProviderStory, Stage):
    steps = [("POST", "users/human"), ("POST", "users/*/grants"), ("POST", "invite_code")]

    def begin(self, count=4, sales=2, tables=RULES + OUR_MAIL, extra="", *options, **more):
        self.directory = self.slapd(people(count) + group("sales", *("p%03d" % n for n in range(sales))))
        self.tenant = self.sandbox("--organization", "org-ü", "--project", "project-1", *options, vendor="zitadel", **more)
        self.use(tables, extra)

    def use(self, tables, extra="", credentials='token = { file = "api-key" }'):
        self.write("api-key", "the-key")
        self.configure(self.ldap_source(self.directory), """
[provider.zitadel]
type = "zitadel"
url = "%s"
%s
organization = "org-ü"
project = "project-1"
on-leave = "suspend"
retry = "10s"
rate = "100000/s"
%s
%s
""" % (self.tenant.url, credentials, extra, tables))

    def ask(self, method, path, body=None):
        request = urllib.request.Request(self.tenant.url + path, method=method, data=None if body is None else json.dumps(body).encode(),
                                         headers={"Authorization": "Bearer the-key", "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read().decode()

    def expect_right(self, count, sales):
        return self.expect_people(count, sales, "givenName", "familyName"), self.expect_mails(count)

    def test_first_sync_of_200_people_with_roles_and_invitations(self):
        self.begin(200, 50)
        met = self.rollcall("check", "--connect", code=0)
        self.assertIn("provider zitadel: Zitadel accepts the service account and shows 0 users and 3 roles", met.out)
        self.assertIn("200 people match", met.out)
        plan = self.plan(code=0)
        self.assertEqual({k: v for k, v in plan["providers"][0]["summary"].items() if v}, {"create": 200, "assign": 250, "invite": 200})
        self.tenant.call("reset-counts", {})
        self.rollcall("apply", "--yes", code=0)
        first = self.calls()
        accounts, mails = self.expect_right(200, 50)
        self.assertEqual(self.tenant.look()["mails"], [], "a create mails nobody")
        # The link of our own mail holds the id, the code and the organisation.
        code = {i["account"]: i["token"] for i in self.tenant.look()["invitations"]}[accounts["p003"]["id"]]
        text = next(m for m in mails if m["to"] == "p003@example.com").get_body(("plain",)).get_content()
        self.assertIn("u=%s&c=%s&o=org-%%C3%%BC" % (accounts["p003"]["userId"], code), text)
        self.assertEqual(first["POST users/human"] + first["POST users/{id}/grants"] + first["POST users/{id}/invite_code"], 600)
        self.assertEqual(sum(first.values()), 603, first)      # the roles, their grants and one page of users
        self.tenant.call("reset-counts", {})
        again = self.rollcall("plan", "--exit-code", code=0)
        self.assertIn("No changes", again.out)
        second = self.calls()
        self.assertEqual(second.pop("GET users/{id}/authentication_methods"), 20)
        print("\nzitadel: first sync of 200 people: %d calls, %.2f a person; a run without changes: %d calls, and 20 look-ups of open invitations"
              % (sum(first.values()), sum(first.values()) / 200, sum(second.values())))
        self.assertLessEqual(sum(second.values()), 4, second)

    def test_mover_leaver_and_rejoiner(self):
        self.begin()
        self.rollcall("apply", "--yes", code=0)
        self.tenant.call("reset-counts", {})
        self.move()
        self.rollcall("apply", "--yes")
        accounts = self.tenant.accounts()
        self.assertEqual(sorted(accounts), ["p000", "p002", "p003", "renamed"])
        self.assertEqual(accounts["p000"]["familyName"], "Нова-Șerban")
        self.assertEqual(accounts["p000"]["roles"], ["Employee"])
        self.assertEqual(sorted(accounts["p002"]["roles"]), ["Employee", "Sales"])
        calls = self.calls()
        print("\nzitadel: a mover: 2 calls for a new family name, 1 for a new user name, 1 for roles: %s" % calls)
        self.assertEqual((calls["PUT users/human/{id}"], calls["GET users/{id}"], calls["PUT users/{id}/grants/{id}"]), (2, 1, 2))
        # The leaver is found missing twice, then deactivated; the roles stay.
        self.leave(lambda: self.states()["p003"] == 2)
        self.assertEqual(self.tenant.accounts()["p003"]["roles"], ["Employee"])
        self.come_back()
        back = self.tenant.accounts()["p003"]
        self.assertEqual((back["status"], back["roles"], back["userId"]), (1, ["Employee"], accounts["p003"]["userId"]))

    def test_who_has_an_account_already_is_adopted_and_not_invited(self):
        self.begin(extra='adopt = true\nprotect = ["username eq \\"p001\\""]')
        self.tenant.call("accounts", {"create": [
            {"userId": "300000000000000001", "username": "P000", "email": "other@example.com", "givenName": "Ž", "familyName": "Other", "displayName": "Ž Other", "status": 1},
            {"userId": "300000000000000002", "username": "p001", "email": "p001@example.com", "givenName": "Ä", "familyName": "B", "status": 4},
            {"userId": "300000000000000003", "username": "stranger", "email": "s@example.com", "givenName": "Ä", "familyName": "B", "status": 1}]})
        self.rollcall("apply", "--yes")
        self.rollcall("apply", "--yes")
        accounts = self.tenant.accounts()                      # a user name that differs in case only is no difference
        self.assertEqual(accounts["P000"]["userId"], "300000000000000001")
        self.assertEqual((accounts["P000"]["familyName"], sorted(accounts["P000"]["roles"])), (FAMILY[0], ["Employee", "Sales"]))
        self.assertEqual((accounts["p001"]["familyName"], accounts["p001"]["status"], accounts["p001"]["roles"]), ("B", 4, []))
        self.assertEqual(accounts["stranger"]["roles"], [])
        self.assertEqual(self.tenant.look()["invitations-by-email"], {"p002@example.com": 1, "p003@example.com": 1})

    def test_a_storm_of_429_is_waited_out_and_retry_after_kept(self):
        self.begin(8, 3)
        self.tenant.faults({"match": {"path": "/v2/*", "every": 4, "nth": 2, "times": 6}, "kind": "status", "status": 429, "headers": {"Retry-After": "1"}},
                           {"match": {"method": "POST", "path": "grants", "nth": 2, "times": 1}, "kind": "status", "status": 503})
        self.rollcall("apply", "--yes", code=0)
        self.expect_right(8, 3)
        self.assertGreaterEqual(self.tenant.call("requests")["by-status"]["429"], 5)

    def key_file(self):
        """A service user's key: the sandbox knows its public half."""
        self.folder_key = os.path.join(self.folder, "private.pem")
        run = lambda *words: subprocess.run(["openssl", *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        run("genrsa", "-traditional", "-out", self.folder_key, "2048")
        run("rsa", "-in", self.folder_key, "-pubout", "-out", self.folder_key + ".pub")
        with open(self.folder_key, encoding="ascii") as file:
            self.write("key.json", json.dumps({"type": "serviceaccount", "keyId": "key-1", "key": file.read(), "userId": "machine-1"}))
        return "--public-key", self.folder_key + ".pub", "--key-id", "key-1", "--service-user", "machine-1"

    def test_a_signed_key_buys_one_token_and_another_after_a_401_in_mid_run(self):
        self.begin(6, 2, RULES + OUR_MAIL, "", *self.key_file())
        self.use(RULES + OUR_MAIL, "concurrency = 4", 'key-file = { file = "key.json" }')
        self.rollcall("check", "--connect", code=0)
        self.tenant.call("reset-counts", {})
        self.tenant.faults({"match": {"method": "POST", "path": "users/human", "nth": 3}, "kind": "status", "status": 401},
                           {"match": {"method": "POST", "path": "invite_code", "nth": 2}, "kind": "status", "status": 401})
        self.rollcall("apply", "--yes", code=0)
        self.expect_right(6, 2)
        self.assertEqual(self.calls()["POST oauth/v2/token"], 3)
        # A key that Zitadel does not know any more is said plainly, and nobody counts as gone.
        self.write("key.json", json.dumps({"type": "serviceaccount", "keyId": "key-2", "key": pathlib.Path(self.folder_key).read_text(), "userId": "machine-1"}))
        refused = self.rollcall("apply", "--yes")
        self.assertIn("Zitadel gives no token for this key (invalid_grant)", refused.out + refused.err)
        self.assertEqual(set(self.states().values()), {1})

    def test_tokens_are_renewed_before_they_end(self):
        self.begin(3, 1, RULES + OUR_MAIL, "", *self.key_file(), "--token-life", "2s", "--latency", "150ms")
        self.use(RULES + OUR_MAIL, "concurrency = 1", 'key-file = { file = "key.json" }')
        self.rollcall("apply", "--yes", code=0)
        self.expect_right(3, 1)
        self.assertGreaterEqual(self.calls()["POST oauth/v2/token"], 2)
        self.assertNotIn("401", self.tenant.call("requests")["by-status"])

    def test_401_in_mid_run_with_a_personal_token_stops_nothing_else_and_the_next_run_repairs(self):
        self.begin()
        self.tenant.faults({"match": {"method": "POST", "path": "users/human", "nth": 2}, "kind": "status", "status": 401})
        said = self.rollcall("apply", "--yes", code=4)
        self.assertIn("does not accept the credentials", said.out + said.err)
        self.rollcall("apply", "--yes", code=0)
        self.expect_right(4, 2)

    def test_searches_that_lag_behind_writes_harm_nobody(self):
        self.begin(6, 2, RULES + OUR_MAIL, "", "--lag", "3s")
        self.tenant.faults({"match": {"method": "POST", "path": "users/human", "nth": 2}, "kind": "drop-after"})
        for _ in range(3):                                     # the searches of these runs show what was 3 s before
            self.rollcall("apply", "--yes")
        wait_for(lambda: "No changes" in self.rollcall("plan").out or not self.rollcall("apply", "--yes"), "the projections", 30)
        self.expect_right(6, 2)
        self.assertEqual(set(self.states().values()), {1})

    def test_promise_1_a_total_above_the_items_makes_the_listing_incomplete(self):
        self.begin(12, 3)
        self.rollcall("apply", "--yes", code=0)
        self.tenant.faults({"match": {"method": "POST", "path": "/v2/users"}, "kind": "hide", "share": 0.4})
        for _ in range(3):
            said = self.rollcall("apply", "--yes", code=4)
            self.assertRegex(" ".join((said.out + said.err).split()), r"counts 12 users and shows \d+: the service account may not see them all")
        self.tenant.faults()
        self.rollcall("apply", "--yes", code=0)
        self.expect_right(12, 3)
        self.assertEqual(set(self.states().values()), {1})

    def test_zitadel_mails_with_our_landing_page_and_acceptance_is_noticed(self):
        self.begin(3, 1, RULES + ITS_MAIL)
        self.rollcall("apply", "--yes", code=0)
        mails = {m["to"]: m["token"] for m in self.tenant.look()["mails"]}
        self.assertEqual(len(mails), 3)
        accounts = self.tenant.accounts()
        code = {i["account"]: i["token"] for i in self.tenant.look()["invitations"]}
        self.assertEqual(mails["p000@example.com"], "Портал: https://portal.example.org/welcome?u=%s&c=%s&o=org-ü" % (accounts["p000"]["userId"], code[accounts["p000"]["id"]]))
        # p000 accepts with a password, p001 with a passkey: of the second the search says nothing.
        for uid, how in ("p000", "password"), ("p001", "passkey"):
            self.ask("GET", "/ui/v2/login/verify?userId=%s&code=%s&method=%s" % (accounts[uid]["userId"], code[accounts[uid]["id"]], how))
        self.assertEqual(self.ledger("p001")["state"], "sent")
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual([self.ledger(uid)["state"] for uid in ("p000", "p001", "p002")], ["accepted", "accepted", "sent"])

    def test_a_mail_to_another_address_is_refused_where_zitadel_mails(self):
        self.begin(1, 1, RULES + ITS_MAIL + 'to = "{userName}@private.example"\n')
        said = self.rollcall("apply", "--yes", code=4)
        self.assertIn("mails the account's own address only", said.out + said.err)
        self.assertEqual(self.tenant.look()["mails"], [])

    def test_without_the_management_api_roles_go_by_authorizations(self):
        self.begin(4, 2, RULES + OUR_MAIL, "", "--management", "absent")
        self.rollcall("check", "--connect", code=0)
        self.rollcall("apply", "--yes", code=0)
        self.expect_right(4, 2)
        self.directory.change("dn: cn=sales,ou=groups,%s\nchangetype: modify\ndelete: member\nmember: uid=p000,ou=people,%s\n" % (BASE, BASE))
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(self.tenant.accounts()["p000"]["roles"], ["Employee"])
        self.assertIn("CreateAuthorization", "".join(self.calls()))
        self.assertIn("No changes", self.rollcall("plan").out)

    def test_locked_accounts_stay_locked_and_a_locked_leaver_is_deactivated(self):
        self.begin()
        self.rollcall("apply", "--yes", code=0)
        self.tenant.call("accounts", {"patch": [{"find": {"username": u}, "set": {"status": 4}} for u in ("p000", "p001")]})
        self.assertIn("No changes", self.rollcall("plan").out)
        self.directory.delete("uid=p000,ou=people," + BASE)
        self.rollcall("apply", "--yes")
        self.rollcall("apply", "--yes")
        self.assertEqual((self.states()["p000"], self.states()["p001"]), (2, 4))

    def test_who_was_deleted_there_gets_the_same_id_again_and_no_invitation(self):
        self.begin()
        self.rollcall("apply", "--yes", code=0)
        before = self.tenant.accounts()["p002"]["userId"]
        self.tenant.call("accounts", {"delete": [{"username": "p002"}]})
        self.rollcall("apply", "--yes")
        self.rollcall("apply", "--yes")
        again = self.tenant.accounts()["p002"]
        self.assertEqual((again["userId"], again["roles"]), (before, ["Employee"]))
        self.assertEqual(self.tenant.look()["invitations-by-email"]["p002@example.com"], 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
