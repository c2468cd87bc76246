"""The promises of the design with the real binary: reads that lie, brakes, repair, secrets, the daemon."""
import os, signal, socket, unittest, urllib.error, urllib.request
from stage import *


def people(count, **more):
    return "".join(person("u%03d" % n, "Given%d" % n, "Family%d" % n, **more) for n in range(count))


class Reads(Stage):
    def start_with(self, ldif, *options, tables=ROLES, extra="", source_extra=""):
        self.directory, self.tenant = self.slapd(ldif, *options), self.sandbox()
        self.configure(self.ldap_source(self.directory, extra=source_extra), self.provider(self.tenant, extra=extra, tables=tables))
        self.rollcall("apply", "--yes", code=0)

    def suspended(self):
        return sorted(n for n, a in self.tenant.accounts().items() if a["status"] == 2)

    def test_promise_1_a_server_that_is_down_changes_nothing(self):
        self.start_with(people(3))
        self.directory.control("stop")
        for _ in range(3):
            self.rollcall("apply", "--yes", code=4)
        self.assertEqual(self.suspended(), [])
        self.directory.control("start")
        self.rollcall("apply", "--yes", code=0)

    def test_promise_1_a_size_limit_that_cuts_the_answer_is_an_incomplete_read(self):
        self.start_with(people(5))
        limited = self.slapd(people(5), "--sizelimit", "3", "--pagetotal", "3")
        self.configure(self.ldap_source(limited), self.provider(self.tenant, tables=ROLES))
        plan = self.plan(code=4)
        self.assertFalse(plan["sources"][0]["complete"])
        self.assertEqual(self.actions(plan, "suspend"), [])

    def test_promise_1_success_that_shows_under_half_is_held_until_it_is_approved(self):
        self.start_with(people(30) + group("sales", "u000"))
        for n in range(20):
            self.directory.delete("uid=u%03d,ou=people,%s" % (n, BASE))
        for _ in range(3):
            self.rollcall("apply", "--yes", code=4)
        self.assertEqual(self.suspended(), [])
        holds = self.rollcall("holds", "--json").json
        self.assertEqual([h["kind"] for h in holds], ["read"])
        self.rollcall("approve", holds[0]["id"], code=0)
        self.rollcall("apply", "--yes")
        self.assertEqual(self.suspended(), [])             # only now it begins to count
        self.rollcall("apply", "--yes")
        held = [h for h in self.rollcall("holds", "--json").json if h["kind"] == "suspend"]
        self.assertEqual(len(held), 20)                    # and the brake on leavers is a second safety
        self.assertEqual(self.suspended(), [])

    def test_promise_1_an_attribute_that_vanishes_from_everybody_keeps_its_last_values(self):
        self.start_with(people(25, title="Chief"), tables=ROLES)
        self.directory.change("".join("dn: uid=u%03d,ou=people,%s\nchangetype: modify\ndelete: mail\n\n" % (n, BASE) for n in range(25)))
        plan = self.plan(code=4)
        self.assertIn("attribute mail vanished", plan["sources"][0]["detail"])
        self.assertEqual(self.actions(plan), [])
        self.rollcall("apply", "--yes", code=4)
        self.assertEqual(self.tenant.accounts()["u001"]["email"], "u001@example.com")
        self.assertTrue(any(h["kind"] == "read" for h in self.rollcall("holds", "--json").json))

    def test_promise_1_a_provider_listing_that_hides_accounts_creates_nobody_twice(self):
        self.start_with(people(10))
        self.tenant.faults({"match": {"method": "GET", "path": "users.xml"}, "kind": "hide", "share": 0.8})
        plan = self.plan()
        self.assertFalse(plan["providers"][0]["complete"])
        self.assertEqual(self.actions(plan, "create"), [])

    def test_promise_2_a_statement_acts_at_once(self):
        self.start_with(people(6), "--global-conf", "# none")
        # The group of somebody who is gone stands until the absence does; a member taken out is revoked at once.
        self.directory.add(group("sales", "u000", "u001"))
        self.rollcall("apply", "--yes", code=0)
        self.directory.change("dn: cn=sales,ou=groups,%s\nchangetype: modify\ndelete: member\nmember: uid=u000,ou=people,%s\n" % (BASE, BASE))
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(self.tenant.accounts()["u000"]["roles"], ["Employee"])
        self.directory.delete("uid=u001,ou=people," + BASE)
        plan = self.plan()
        self.assertEqual(self.actions(plan), [])

    def test_a_missing_sentinel_makes_the_read_incomplete(self):
        self.directory, self.tenant = self.slapd(people(2)), self.sandbox()
        self.configure(self.ldap_source(self.directory, extra='sentinels = ["uid=canary,ou=people,%s"]' % BASE), self.provider(self.tenant))
        plan = self.plan(code=4)
        self.assertIn("uid=canary", plan["sources"][0]["detail"])
        self.assertEqual(len(self.actions(plan, "create")), 2)     # adds still flow

    def test_promise_3_strangers_are_listed_and_not_touched(self):
        self.directory = self.slapd(people(2))
        self.tenant = self.sandbox("--users", "3")
        self.configure(self.ldap_source(self.directory), self.provider(self.tenant))
        plan = self.plan(code=0)
        self.assertEqual(plan["providers"][0]["summary"]["unmanaged"], 3)
        self.rollcall("apply", "--yes", code=0)
        patterns = self.tenant.look()["requests"]["by-pattern"]
        self.assertFalse([k for k in patterns if k.startswith("DELETE")])

    def test_adoption_takes_over_what_matches_and_invites_nobody(self):
        self.directory, self.tenant = self.slapd(people(2) + group("sales", "u000")), self.sandbox()
        self.tenant.call("accounts", {"create": [{"username": "U000", "email": "u000@example.com", "lastname": "Other", "status": 1}]})
        self.configure(self.ldap_source(self.directory), self.provider(self.tenant, tables=ROLES + OUTBOX))
        plan = self.plan()
        self.assertEqual([c["kind"] for c in plan["providers"][0]["conflicts"]], ["not-adopted"])
        self.configure(self.ldap_source(self.directory), self.provider(self.tenant, extra="adopt = true\nprotect = []", tables=ROLES + OUTBOX))
        self.rollcall("apply", "--yes")
        self.rollcall("apply", "--yes")
        holds = self.rollcall("holds", "--json").json
        self.assertTrue(holds and all("roles unknown" in h["reason"] for h in holds), holds)
        self.rollcall("approve", "--all", code=0)
        self.rollcall("apply", "--yes", code=0)
        account = self.tenant.accounts()["U000"]       # user names compare without case
        self.assertEqual(account["lastname"], "Family0")
        self.assertEqual(sorted(account["roles"]), ["Employee", "Sales"])
        self.assertEqual(len(os.listdir(os.path.join(self.folder, "outbox"))), 1)
        self.assertIn("No changes", self.rollcall("plan").out)


class Repair(Stage):
    def test_promise_5_roleless_and_uninvited_accounts_are_completed_by_the_next_run(self):
        directory, tenant = self.slapd(people(2)), self.sandbox()
        self.configure(self.ldap_source(directory), self.provider(tenant, tables=ROLES + OUTBOX))
        tenant.faults({"match": {"method": "PUT", "path": "users/*"}, "kind": "html-error", "status": 400})
        self.rollcall("apply", "--yes", code=4)
        self.assertEqual([a["roles"] for a in tenant.accounts().values()], [[], []])
        self.assertFalse(os.path.exists(os.path.join(self.folder, "outbox")) and os.listdir(os.path.join(self.folder, "outbox")))
        tenant.faults()
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual([a["roles"] for a in tenant.accounts().values()], [["Employee"], ["Employee"]])
        self.assertEqual(len(os.listdir(os.path.join(self.folder, "outbox"))), 2)
        failed = self.rollcall("history", "--failed", "--json").json
        self.assertTrue(failed)
        self.assertIn("u000", self.rollcall("explain", "u000").out)

    def test_429_with_retry_after_and_5xx_are_waited_out(self):
        directory, tenant = self.slapd(people(4)), self.sandbox()
        self.configure(self.ldap_source(directory), self.provider(tenant, tables=ROLES))
        tenant.faults({"match": {"method": "POST", "path": "users.xml", "nth": 2}, "kind": "status", "status": 429, "headers": {"Retry-After": "1"}},
                      {"match": {"method": "PUT", "path": "users/*", "nth": 1}, "kind": "status", "status": 503},
                      {"match": {"method": "GET", "path": "users.xml", "nth": 1}, "kind": "status", "status": 502})
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(len(tenant.accounts()), 4)

    def test_append_sends_the_full_list_and_says_that_it_cannot_revoke(self):
        directory, tenant = self.slapd(people(2) + group("sales", "u000", "u001")), self.sandbox("--role-updates", "append")
        self.configure(self.ldap_source(directory), self.provider(tenant, extra='roles = "append"', tables=ROLES))
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(sorted(tenant.accounts()["u000"]["roles"]), ["Employee", "Sales"])
        directory.change("dn: cn=sales,ou=groups,%s\nchangetype: modify\ndelete: member\nmember: uid=u000,ou=people,%s\n" % (BASE, BASE))
        plan = self.plan()
        self.assertEqual(self.actions(plan), [])
        self.assertTrue(any("cannot take roles away" in w["detail"] for w in plan["warnings"]), plan["warnings"])

    def test_a_missing_role_stops_that_role_alone_and_exits_4(self):
        directory, tenant = self.slapd(people(1)), self.sandbox(roles="Employee")
        self.configure(self.ldap_source(directory), self.provider(tenant, tables=ROLES + '[[provider.onelogin.role]]\nrole = "Nowhere"\nwhen = "active eq true"\n'))
        self.rollcall("apply", "--yes", code=4)
        self.assertEqual(tenant.accounts()["u000"]["roles"], ["Employee"])
        self.assertEqual([c["kind"] for c in self.plan(code=4)["providers"][0]["conflicts"]], ["role-missing"])


class Brakes(Stage):
    def test_promise_6_more_leavers_than_the_limit_are_held_and_the_rest_flows(self):
        directory, tenant = self.slapd(people(40)), self.sandbox()
        self.configure(self.ldap_source(directory), self.provider(tenant))
        self.rollcall("apply", "--yes", code=0)
        for n in range(12):
            directory.delete("uid=u%03d,ou=people,%s" % (n, BASE))
        directory.add(person("joiner"))
        self.rollcall("apply", "--yes")
        self.rollcall("apply", "--yes", code=3)
        accounts = tenant.accounts()
        self.assertIn("joiner", accounts)
        self.assertEqual([a for a in accounts.values() if a["status"] == 2], [])
        holds = self.rollcall("holds", "--json").json
        self.assertEqual(len(holds), 12)
        self.assertLessEqual({"id", "state", "until", "provider", "source", "kind", "user", "name", "reason", "since"}, set(holds[0]))
        self.rollcall("plan", code=3)
        self.rollcall("reject", holds[0]["id"], "--for", "30d", code=0)
        self.rollcall("approve", *(h["id"] for h in holds[1:]), code=0)
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(len([a for a in tenant.accounts().values() if a["status"] == 2]), 11)
        plan = self.plan(code=0)
        self.assertEqual(plan["providers"][0]["summary"]["waived"], 1)

    def test_promise_6_the_invitation_brake_holds_the_mails_alone(self):
        directory, tenant = self.slapd(people(8)), self.sandbox()
        self.configure(self.ldap_source(directory), self.provider(tenant, tables=ROLES + OUTBOX + '[provider.onelogin.limits]\ninvite = "5"\n'))
        self.rollcall("apply", "--yes", code=3)
        self.assertEqual(len(tenant.accounts()), 8)
        self.assertFalse(os.path.exists(os.path.join(self.folder, "outbox")) and os.listdir(os.path.join(self.folder, "outbox")))
        self.rollcall("approve", "--all", code=0)
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(len(os.listdir(os.path.join(self.folder, "outbox"))), 8)


class Secrets(Stage):
    def test_promise_10_no_secret_in_state_plan_or_output(self):
        directory, tenant, receiver = self.slapd(people(2)), self.sandbox(), self.smtp()
        os.mkdir(os.path.join(self.folder, "mappings"))
        self.write("mappings/own.toml", '[account]\nusername = "{userName}"\nemail = "{email}"\nlastname = "{familyName}"\n'
                                        '[account-on-create]\npassword = "Passw0rd-{userName}"\n')
        self.configure(self.ldap_source(directory),
                       self.provider(tenant, extra='mapping = "own"', tables=ROLES + '[provider.onelogin.invite]\ndeliver = "smtp"\n'),
                       '[smtp]\nurl = "%s"\nfrom = "IT <it@example.org>"\n' % receiver.url)
        texts = []
        for words in ("plan", "-v"), ("apply", "--yes", "-v"), ("explain", "u000"), ("history", "--json"):
            result = self.rollcall(*words)
            texts += [result.out, result.err]
        self.assertEqual(len(receiver.mails), 2)
        self.assertEqual(tenant.accounts()["u000"]["status"], 1)
        with open(self.state, "rb") as file:
            texts.append(file.read().decode("latin-1"))
        for name in os.listdir(self.folder):
            if name.startswith("state.db-"):
                with open(os.path.join(self.folder, name), "rb") as file:
                    texts.append(file.read().decode("latin-1"))
        tokens = re.findall(r"token=(?:3D)?([0-9a-zA-Z]{8,})", "".join(m for _, m in receiver.mails).replace("=\r\n", ""))
        self.assertTrue(tokens)
        for secret in ["the-key", "Passw0rd-u000", directory.env["READER_PW"], *tokens]:
            for text in texts:
                self.assertNotIn(secret, text)


class Daemon(Stage):
    def port(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            return s.getsockname()[1]

    def get(self, port, path):
        try:
            with urllib.request.urlopen("http://127.0.0.1:%d%s" % (port, path), timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def test_run_reconciles_on_schedule_reloads_and_leaves_on_sigterm(self):
        directory, tenant, port = self.slapd(people(2)), self.sandbox(), self.port()
        tail = '[admin]\nlisten = "127.0.0.1:%d"\ncontrol = "control"\n[schedule]\npoll = "1s"\n' % port
        self.configure(self.ldap_source(directory), self.provider(tenant, tables=ROLES), tail)
        daemon = self.start("run")
        wait_for(lambda: len(tenant.accounts()) == 2, "the first run")
        self.assertEqual(self.get(port, "/healthz")[0], 200)
        wait_for(lambda: self.get(port, "/readyz")[0] == 200, "readiness")
        directory.add(person("later"))
        wait_for(lambda: "later" in tenant.accounts(), "a poll to bring the newcomer")
        wait_for(lambda: 'rollcall_actions_total{' in self.get(port, "/metrics")[1], "metrics")
        metrics = self.get(port, "/metrics")[1]
        for name in ("rollcall_last_success_timestamp_seconds", "rollcall_provider_requests_total", "rollcall_provider_request_seconds",
                     "rollcall_identities", "rollcall_held_actions", "rollcall_pending_actions"):
            self.assertIn(name, metrics)
        self.assertEqual(self.rollcall("apply", "--yes", code=1).err.count(str(daemon.pid)), 1)
        second = self.start("run")
        with open(self.config, encoding="utf-8") as file:
            good = file.read()
        self.write("rollcall.toml", good + "nonsense = 1\n")
        daemon.send_signal(signal.SIGHUP)
        directory.add(person("after-bad-reload"))
        wait_for(lambda: "after-bad-reload" in tenant.accounts(), "the old configuration to go on")
        self.write("rollcall.toml", good)
        begin = time.monotonic()
        daemon.send_signal(signal.SIGTERM)
        self.assertEqual(daemon.wait(15), 0)
        self.assertLess(time.monotonic() - begin, 10)
        second.kill()

    def test_a_call_that_hangs_does_not_keep_the_daemon_from_leaving_within_10_seconds(self):
        directory, tenant = self.slapd(people(1)), self.sandbox()
        self.configure(self.ldap_source(directory), self.provider(tenant, extra='timeout = "60s"'), '[admin]\ncontrol = "control"\n')
        tenant.faults({"match": {"method": "POST", "path": "users.xml", "nth": 1}, "kind": "hang-after", "ms": 60000})
        daemon = self.start("run")
        wait_for(lambda: tenant.call("faults")[0]["fired"] > 0, "the call that hangs")
        daemon.send_signal(signal.SIGTERM)
        self.assertEqual(daemon.wait(10), 0)
        tenant.faults()
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(len(tenant.look()["accounts"]), 1)

    def test_observe_never_writes_to_a_provider(self):
        directory, tenant, port = self.slapd(people(2)), self.sandbox(), self.port()
        self.configure(self.ldap_source(directory), self.provider(tenant), '[admin]\nlisten = "127.0.0.1:%d"\ncontrol = "control"\n' % port)
        daemon = self.start("run", "--observe")
        past = lambda: self.rollcall("history", "--json")      # before the state is made, there is none
        wait_for(lambda: any(r["result"] == "done" for r in json.loads(past().out or "[]")), "the first observation")
        self.assertEqual(self.rollcall("status", "--json", code=0).json["sources"][0]["people"], 2)
        self.assertEqual(tenant.accounts(), {})
        daemon.terminate()
        self.assertEqual(daemon.wait(15), 0)

    def test_a_second_daemon_stands_by_and_takes_over(self):
        directory, tenant = self.slapd(people(1)), self.sandbox()
        ports = [self.port(), self.port()]
        daemons = []
        for n, port in enumerate(ports):
            self.configure(self.ldap_source(directory), self.provider(tenant),
                           '[admin]\nlisten = "127.0.0.1:%d"\ncontrol = "control%d"\n[schedule]\npoll = "1s"\n' % (port, n))
            daemons.append(self.start("run"))
            wait_for(lambda: self.get(port, "/readyz")[0] == (503 if n else 200), "the daemon's word")
        daemons[0].kill()
        wait_for(lambda: self.get(ports[1], "/readyz")[0] == 200, "the second to lead")
        directory.add(person("x"))
        wait_for(lambda: "x" in tenant.accounts(), "the second to work")


if __name__ == "__main__":
    unittest.main()
