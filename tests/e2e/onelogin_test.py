"""OneLogin /1 and /2 end to end: the real binary, a real slapd, and the sandbox's OneLogin. One story, told for both types; names are
not ASCII throughout."""
import signal, urllib.request
from provider_story import *

RULES = """
[[provider.onelogin.role]]
role = "Employee"
when = "active eq true"
[[provider.onelogin.role]]
role = "Sales"
group = "sales"
"""
OUR_MAIL = '\n[provider.onelogin.invite]\ndeliver = "file"\npath = "outbox"\nwave = "100000/h"\n'
ITS_MAIL = '\n[provider.onelogin.invite]\n'


class Story(ProviderStory):
    @property
    def steps(self):
        return [("POST", self.version + "/users"), (self.role_method, self.role_path), ("POST", "get_invite_link")]

    def begin(self, count=4, sales=2, tables=RULES + OUR_MAIL, extra="", *options, **more):
        self.directory = self.slapd(people(count) + group("sales", *("p%03d" % n for n in range(sales))))
        self.tenant = self.sandbox("--client-id", "id-ü", *options, vendor=self.kind, **more)
        self.use(tables, extra)

    def table(self, extra="", name="onelogin", kind=None):
        self.write("client-secret", "the-key")
        return """
[provider.%s]
type = "%s"
url = "%s"
client-id = "id-ü"
client-secret = { file = "client-secret" }
on-leave = "suspend"
retry = "10s"
rate = "100000/s"
%s
""" % (name, kind or self.kind, self.tenant.url, extra)

    def use(self, tables, extra=""):
        self.configure(self.ldap_source(self.directory), self.table(extra), tables)

    def follow(self, uid):
        account = self.tenant.accounts()[uid]["id"]
        token = [i["token"] for i in self.tenant.look()["invitations"] if i["account"] == account][-1]
        urllib.request.urlopen(self.tenant.url + "/password/reset?token=" + token, timeout=30).close()

    def expect_right(self, count, sales):
        return self.expect_people(count, sales, "firstname", "lastname"), self.expect_mails(count)

    def test_first_sync_of_200_people_with_roles_and_invitations(self):
        self.begin(200, 50)
        met = self.rollcall("check", "--connect", code=0)
        self.assertRegex(met.out, r"provider onelogin: OneLogin accepts the client credentials and shows 3 roles; \d+ of 5000 calls are left")
        plan = self.plan(code=0)
        self.assertEqual({k: v for k, v in plan["providers"][0]["summary"].items() if v}, {"create": 200, "assign": 250, "invite": 200})
        self.tenant.call("reset-counts", {})
        self.rollcall("apply", "--yes", code=0)
        first = self.calls()
        accounts, mails = self.expect_right(200, 50)
        token = {i["account"]: i["token"] for i in self.tenant.look()["invitations"]}[accounts["p003"]["id"]]
        text = next(m for m in mails if m["to"] == "p003@example.com").get_body(("plain",)).get_content()
        self.assertIn("/password/reset?token=" + token, text)
        self.assertEqual(first["POST auth/oauth2/v2/token"], 1)
        self.assertEqual(first["POST %s/users" % self.version] + first["POST 1/invites/get_invite_link"], 400)
        self.expect_role_calls(first)
        self.tenant.call("reset-counts", {})
        again = self.rollcall("plan", "--exit-code", code=0)
        self.assertIn("No changes", again.out)
        second = self.calls()
        print("\n%s: first sync of 200 people: %d calls, %.2f a person; a run without changes: %d calls"
              % (self.kind, sum(first.values()), sum(first.values()) / 200, sum(second.values())))
        self.assertEqual(sum(second.values()), 6, second)       # a token, the roles, four pages of users

    def test_mover_leaver_and_rejoiner(self):
        self.begin()
        self.rollcall("apply", "--yes", code=0)
        before = self.tenant.accounts()
        self.tenant.call("reset-counts", {})
        self.move()
        self.rollcall("apply", "--yes")
        accounts = self.tenant.accounts()
        self.assertEqual(sorted(accounts), ["p000", "p002", "p003", "renamed"])
        self.assertEqual(accounts["p000"]["lastname"], "Нова-Șerban")
        self.assertEqual(accounts["p000"]["roles"], ["Employee"])
        self.assertEqual(sorted(accounts["p002"]["roles"]), ["Employee", "Sales"])
        calls = self.calls()
        print("\n%s: a mover is a call for the fields and a call for each direction of roles: %s" % (self.kind, calls))
        self.assertEqual(calls["PUT %s/users/{id}" % self.version], 2)
        # The leaver is found missing twice, then suspended and logged out; the roles stay.
        self.leave(lambda: self.states()["p003"] == 2)
        left = self.tenant.accounts()["p003"]
        self.assertEqual(left["roles"], ["Employee"])
        self.assertIn("logged_out", left)
        self.come_back()
        back = self.tenant.accounts()["p003"]
        self.assertEqual((back["status"], back["roles"], back["id"]), (before["p003"]["status"], ["Employee"], before["p003"]["id"]))

    def test_who_has_an_account_already_is_adopted_and_not_invited(self):
        self.begin(extra='adopt = true\nprotect = ["username eq \\"p001\\""]')
        self.tenant.call("accounts", {"create": [
            {"username": "P000", "email": "other@example.com", "firstname": "Ž", "lastname": "Other", "status": 1},
            {"username": "p001", "email": "p001@example.com", "firstname": "Ä", "lastname": "B", "status": 3},
            {"username": "stranger", "email": "s@example.com", "firstname": "Ä", "lastname": "B", "status": 1}]})
        self.rollcall("apply", "--yes")
        self.rollcall("apply", "--yes")
        accounts = self.tenant.accounts()                      # a user name that differs in case only is no difference
        self.assertEqual((accounts["P000"]["lastname"], sorted(accounts["P000"]["roles"])), (FAMILY[0], ["Employee", "Sales"]))
        self.assertTrue(accounts["P000"]["external_id"])
        self.assertEqual((accounts["p001"]["lastname"], accounts["p001"]["status"], accounts["p001"]["roles"]), ("B", 3, []))
        self.assertEqual(accounts["stranger"]["roles"], [])
        self.assertEqual(self.tenant.look()["invitations-by-email"], {"p002@example.com": 1, "p003@example.com": 1})

    def test_a_storm_of_429_is_waited_out_and_retry_after_kept(self):
        self.begin(8, 3)
        self.tenant.faults({"match": {"path": "/api/*", "every": 4, "nth": 2, "times": 5}, "kind": "status", "status": 429, "headers": {"Retry-After": "1"}},
                           {"match": {"method": "POST", "path": self.version + "/users", "nth": 3, "times": 1}, "kind": "status", "status": 503})
        self.rollcall("apply", "--yes", code=0)
        self.expect_right(8, 3)
        self.assertGreaterEqual(self.tenant.call("requests")["by-status"]["429"], 4)

    def test_a_401_in_mid_run_gets_a_token_once_more(self):
        self.begin(6, 2, extra="concurrency = 4")
        self.tenant.faults({"match": {"method": "POST", "path": self.version + "/users", "nth": 3}, "kind": "status", "status": 401},
                           {"match": {"method": "POST", "path": "get_invite_link", "nth": 2}, "kind": "status", "status": 401})
        self.rollcall("apply", "--yes", code=0)
        self.expect_right(6, 2)
        self.assertEqual(self.calls()["POST auth/oauth2/v2/token"], 3)
        # Credentials that OneLogin does not know are said plainly, and nobody counts as gone.
        self.write("client-secret", "another")
        refused = self.rollcall("apply", "--yes")
        self.assertIn("OneLogin gives no token for these client credentials", refused.out + refused.err)
        self.assertNotIn(2, self.states().values())

    def test_tokens_are_renewed_before_they_end(self):
        self.begin(3, 1, RULES + OUR_MAIL, "concurrency = 1", "--token-life", "2s", "--latency", "150ms")
        self.rollcall("apply", "--yes", code=0)
        self.expect_right(3, 1)
        self.assertGreaterEqual(self.calls()["POST auth/oauth2/v2/token"], 2)
        self.assertNotIn("401", self.tenant.call("requests")["by-status"])

    def test_a_token_is_revoked_on_exit_only_where_that_is_asked_for(self):
        self.begin(1, 1)
        self.rollcall("apply", "--yes", code=0)
        self.assertNotIn("POST auth/oauth2/revoke", self.calls())
        self.use(RULES + OUR_MAIL, "revoke-on-exit = true")
        for commands, words in enumerate((["plan"], ["check", "--connect"]), 1):
            self.rollcall(*words, code=0)
            self.assertEqual(self.calls()["POST auth/oauth2/revoke"], commands)
        listings = self.calls()["GET %s/users" % self.version]
        daemon = self.start("run")
        wait_for(lambda: self.calls()["GET %s/users" % self.version] > listings, "the daemon's first listing")
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(30)
        self.assertEqual(self.calls()["POST auth/oauth2/revoke"], 3)

    def test_promise_1_a_listing_that_hides_people_harms_nobody(self):
        self.begin(12, 3)
        self.rollcall("apply", "--yes", code=0)
        before = self.states()
        self.tenant.faults({"match": {"method": "GET", "path": "/api/%s/users" % self.version}, "kind": "hide", "share": 0.4})
        for _ in range(3):
            self.expect_hidden(self.rollcall("apply", "--yes"))
        self.tenant.faults()
        self.rollcall("apply", "--yes", code=0)
        self.expect_right(12, 3)
        self.assertEqual(self.states(), before)

    def test_listings_that_keep_silent_about_roles_are_completed(self):
        self.begin(4, 2, RULES + OUR_MAIL, "", "--list-roles", "no")
        self.rollcall("apply", "--yes", code=0)
        self.expect_right(4, 2)
        self.assertIn("No changes", self.rollcall("plan").out)
        self.directory.change("dn: cn=sales,ou=groups,%s\nchangetype: modify\ndelete: member\nmember: uid=p000,ou=people,%s\n" % (BASE, BASE))
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(self.tenant.accounts()["p000"]["roles"], ["Employee"])

    def test_a_mapping_of_the_tenant_that_gives_roles_is_tolerated(self):
        for role in "Everyone-Ü", "Employee":                  # one that no rule names, and one that a rule gives as well
            with self.subTest(role=role):
                self.begin(2, 1, RULES + OUR_MAIL, "", "--mapping-role", role)
                self.rollcall("apply", "--yes", code=0)
                for account in self.tenant.accounts().values():
                    self.assertIn(role, account["roles"])
                    self.assertIn("Employee", account["roles"])
                self.assertIn("No changes", self.rollcall("plan").out)
                os.remove(self.state)
                self.tenant.end()

    def test_onelogin_mails_and_acceptance_is_noticed(self):
        self.begin(3, 1, RULES + ITS_MAIL + 'to = "{userName}@private.example"\n')
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(sorted(m["to"] for m in self.tenant.look()["mails"]), ["p%03d@private.example" % n for n in range(3)])
        self.follow("p000")
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual([self.ledger(uid)["state"] for uid in ("p000", "p001")], ["accepted", "sent"])

    def test_with_passwords_of_ours_acceptance_is_read_from_the_events(self):
        os.mkdir(self.folder + "/mappings")
        shipped = pathlib.Path(TREE, "mappings", self.kind + ".toml").read_text()
        self.write("mappings/with-password.toml", shipped + ('' if "[account-on-create]" in shipped else "[account-on-create]\n") + 'password = "Geheim-{userName}-Ü1"\n')
        self.begin(2, 1, extra='mapping = "with-password"')
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(set(self.states().values()), {1})      # active by the password, and nobody has come
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual([self.ledger(uid)["state"] for uid in ("p000", "p001")], ["sent", "sent"])
        self.follow("p000")
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual([self.ledger(uid)["state"] for uid in ("p000", "p001")], ["accepted", "sent"])
        self.assertIn("GET 1/events", self.calls())

    def test_groups_go_by_their_names(self):
        os.mkdir(self.folder + "/mappings")
        shipped = pathlib.Path(TREE, "mappings", self.kind + ".toml").read_text()

        def map_to(name):
            self.write("mappings/grouped.toml", shipped.replace("\n[account]", '\n[account]\ngroup = "%s"\n#' % name, 1))
        map_to("Group 7")
        self.begin(3, 1, RULES + OUR_MAIL, 'mapping = "grouped"', "--groups", "7,9")
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(self.calls()["GET 1/groups"], 1)
        self.no_changes()
        map_to("Group 9")
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual({account["group_id"] for account in self.tenant.accounts().values()}, {"9"})
        map_to("Grüppe 8")
        failed = self.rollcall("apply", "--yes", code=4)
        self.assertIn('OneLogin has no group "Grüppe 8"', failed.out + failed.err)


class OneLoginV1(Story, Stage):
    kind, version, role_method, role_path = "onelogin-v1", "1", "PUT", "users/*/add_roles"

    def expect_role_calls(self, calls):
        self.assertEqual(calls["PUT 1/users/{id}/add_roles"], 200)
        self.assertLessEqual(sum(calls.values()), 603, calls)   # 3 a joiner, a token, the roles, a page of nobody

    def expect_hidden(self, said):
        pass                                                    # /1 does not say how many there are: who is missing is looked up


class OneLoginV2(Story, Stage):
    kind, version, role_method, role_path = "onelogin-v2", "2", "POST", "roles/*/users"

    def expect_role_calls(self, calls):
        self.assertLess(calls["POST 2/roles/{id}/users"], 200, calls)   # 250 grants: who comes together goes together

    def expect_hidden(self, said):
        self.assertRegex(said.out + said.err, r"counts 12 users and shows \d+")

    def test_both_types_share_one_token(self):
        self.begin(2, 1)
        self.configure(self.ldap_source(self.directory), self.table(name="one", kind="onelogin-v1"), self.table(name="two"))
        self.rollcall("check", "--connect", code=0)
        self.assertEqual(self.calls()["POST auth/oauth2/v2/token"], 1)

    def test_a_tenant_that_counts_pages_is_listed_to_its_end(self):
        self.begin(7, 3, RULES + OUR_MAIL, "", "--cursors", "no", "--page-size", "3")
        self.rollcall("apply", "--yes", code=0)
        self.expect_right(7, 3)
        self.assertIn("No changes", self.rollcall("plan").out)

    def test_what_somebody_changed_by_hand_is_put_right_by_the_next_poll(self):
        self.begin(7, 3, RULES + OUR_MAIL + '\n[schedule]\npoll = "1s"\n', "", "--page-size", "3")
        self.rollcall("apply", "--yes", code=0)
        long_ago = {"updated-at": "2020-01-01T00:00:00Z"}
        self.by_hand(*((uid, long_ago) for uid in self.tenant.accounts()))
        daemon = self.start("run")
        wait_for(lambda: self.listings() > 5, "the first full run, which is three pages, and polls")
        quiet = self.polls(3)
        print("\nonelogin-v2: three polls without changes: %s" % quiet)
        self.assertEqual(list(quiet), ["GET 2/users"])
        # p005 is a change that OneLogin does not date: only a full run sees it.
        self.by_hand(("p003", {"lastname": "Geändert"}), ("p001", {"roles": []}), ("p005", {"lastname": "Ungeseh'n", **long_ago}))
        self.tenant.call("reset-counts", {})
        wait_for(lambda: self.shown("p003", "p001") == (FAMILY[3], ["Employee", "Sales"]), "the correction")
        self.polls(1)
        calls = {call: n for call, n in self.polls(3).items() if not call.startswith("GET")}
        self.assertEqual(calls, {})                              # rollcall's own corrections are listed as well, and are no drift
        self.assertEqual(self.tenant.accounts()["p005"]["lastname"], "Ungeseh'n")
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(30)
        self.rollcall("apply", "--yes", code=0)
        self.expect_right(7, 3)

    def by_hand(self, *changes):
        self.tenant.call("accounts", {"patch": [{"find": {"username": uid}, "set": values} for uid, values in changes]})

    def shown(self, renamed, roleless):
        accounts = self.tenant.accounts()
        return accounts[renamed]["lastname"], sorted(accounts[roleless]["roles"])

    def listings(self):
        return self.calls().get("GET 2/users", 0)

    def polls(self, count):
        self.tenant.call("reset-counts", {})
        wait_for(lambda: self.listings() >= count, "%d polls" % count)
        return self.calls()


if __name__ == "__main__":
    unittest.main(verbosity=2)
