"""A person's decisions about people with the real binary: suspend, release, link, unlink, unjoin, retire - also beside a running daemon."""
import shlex, unittest
from stage import *


class Decisions(Stage):
    def start_with(self, ldif, extra="", tables=ROLES, more=""):
        self.directory, self.tenant = self.slapd(ldif), self.sandbox()
        self.configure(self.ldap_source(self.directory), self.provider(self.tenant, extra=extra, tables=tables), more)

    def settle(self, plan):
        """Runs the commands that the plan's first conflict prints, as its reader would."""
        for command in plan["providers"][0]["conflicts"][0]["settle"].split(" && "):
            words = shlex.split(command)
            self.assertEqual(words[0], "rollcall")
            self.rollcall(*words[1:], code=0)

    def status(self, name):
        return self.tenant.accounts()[name]["status"]

    def test_the_emergency_brake_goes_past_holds_and_a_directory_that_is_down_and_stands_until_released(self):
        self.start_with(person("ada") + person("bob") + group("sales", "ada"))
        self.rollcall("apply", "--yes", code=0)
        before = self.status("ada")
        self.directory.control("stop")
        done = self.rollcall("suspend", "ada@example.com", code=0)
        self.assertIn("is suspended", done.out)
        self.assertEqual(self.status("ada"), 2)
        self.assertEqual(self.status("bob"), before)
        self.directory.control("start")
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(self.status("ada"), 2)
        story = self.rollcall("explain", "ada", "--json", code=0).json
        self.assertEqual([d["kind"] for d in story["decisions"]], ["suspend"])
        self.assertIn("suspended by hand", story["accounts"][0]["situation"])
        self.rollcall("release", "ada", code=0)
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(self.status("ada"), before)
        self.rollcall("release", "ada", code=1)

    def test_a_provider_that_is_down_exits_1_and_the_next_run_suspends(self):
        self.start_with(person("ada"))
        self.rollcall("apply", "--yes", code=0)
        self.configure(self.ldap_source(self.directory), self.provider(self.tenant, tables=ROLES).replace('retry = "5s"', 'retry = "0s"'))
        self.tenant.faults({"match": {"method": "PUT", "path": "users/*", "nth": 1}, "kind": "status", "status": 503})
        failed = self.rollcall("suspend", "ada", code=1)
        self.assertIn("the next run tries again", failed.err)
        self.assertNotEqual(self.status("ada"), 2)
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(self.status("ada"), 2)

    def test_who_has_no_account_gets_none_until_released(self):
        self.start_with(person("ada") + person("bob"), extra="", tables=ROLES + '[provider.onelogin.limits]\ncreate = "0"\n')
        self.rollcall("apply", "--yes", code=3)
        self.assertIn("gets none until", self.rollcall("suspend", "ada", code=0).out)
        self.rollcall("approve", "--all", code=0)
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(sorted(self.tenant.accounts()), ["bob"])

    def test_beside_a_daemon_it_acts_at_once_and_the_daemon_does_not_undo_it(self):
        self.start_with(person("ada") + person("bob"), more='[admin]\ncontrol = "control"\n[schedule]\npoll = "1h"\n')
        daemon = self.start("run")
        wait_for(lambda: len(self.tenant.accounts()) == 2, "the first run")
        wait_for(lambda: os.path.exists(os.path.join(self.folder, "control")), "the control socket")
        self.rollcall("suspend", "ada", code=0)
        self.assertEqual(self.status("ada"), 2)
        self.directory.add(person("eve"))
        self.rollcall("suspend", "bob", code=0)                        # wakes the daemon, which finds eve
        wait_for(lambda: "eve" in self.tenant.accounts(), "the daemon's next run")
        self.assertEqual((self.status("ada"), self.status("bob")), (2, 2))
        self.rollcall("release", "ada", code=0)
        wait_for(lambda: self.status("ada") != 2, "the daemon to reactivate")
        daemon.terminate()
        self.assertEqual(daemon.wait(15), 0)

    def test_a_conflict_is_settled_by_the_command_that_it_prints(self):
        self.start_with(person("ada") + person("bob"))
        self.tenant.call("accounts", {"create": [{"username": "ada", "email": "old@example.com", "firstname": "Ada", "lastname": "Old"}]})
        plan = self.plan(code=0)
        self.assertEqual([c["kind"] for c in plan["providers"][0]["conflicts"]], ["not-adopted"])
        self.rollcall("apply", "--yes", code=0)
        self.settle(self.plan())
        self.rollcall("apply", "--yes")
        self.assertEqual(self.tenant.accounts()["ada"]["email"], "ada@example.com")
        self.rollcall("unlink", "ada", "onelogin", code=0)
        plan = self.plan(code=0)
        self.assertEqual([c["kind"] for c in plan["providers"][0]["conflicts"]], ["not-adopted"])
        self.assertEqual(self.actions(plan), [])
        self.settle(plan)
        self.assertEqual(self.plan()["providers"][0]["conflicts"], [])

    def test_a_waiting_deletion_is_carried_out_now_and_only_one_that_waits(self):
        self.start_with(person("ada") + person("bob"), extra='delete-after = "30d"')
        self.rollcall("apply", "--yes", code=0)
        self.assertIn("no deletion", self.rollcall("retire", "ada", code=1).err)
        self.directory.delete("uid=ada,ou=people," + BASE)
        for _ in range(2):
            self.rollcall("apply", "--yes", code=0)
        self.assertEqual(self.status("ada"), 2)
        self.rollcall("retire", "ada", code=0)
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(sorted(self.tenant.accounts()), ["bob"])

    def test_unknown_people_providers_records_and_accounts_are_refused_by_name(self):
        self.start_with(person("ada"))
        self.rollcall("apply", "--yes", code=0)
        for words, said in ((("suspend", "nobody"), "nobody"), (("suspend", "ada", "--provider", "nowhere"), "nowhere"), (("retire", "nobody"), "nobody"),
                            (("link", "ada", "nowhere", "1"), "nowhere"), (("link", "ada", "onelogin", "999"), "999"),
                            (("unlink", "ada", "nowhere"), "nowhere"), (("unjoin", "nowhere", "x"), "nowhere"), (("unjoin", "corp", "x"), "x"),
                            (("unjoin", "corp", "ada"), "stands alone")):
            self.assertIn(said, self.rollcall(*words, code=1).err)
        for words in (("suspend",), ("link", "ada"), ("unjoin", "corp")):
            self.rollcall(*words, code=64)


class TwoSources(Stage):
    def setUp(self):
        super().setUp()
        self.tenant = self.sandbox()
        sources = "".join('[source.%s]\ntype = "ldif"\npath = "%s.ldif"\npeople = { base = "ou=people,%s" }\nmapping = "openldap"\nabsent-for = "0s"\n'
                          % (name, name, BASE) for name in ("corp", "hr"))
        self.configure(sources, self.provider(self.tenant))

    def entry(self, n, **values):
        lines = ["dn: cn=%d,ou=people,%s" % (n, BASE), "objectClass: inetOrgPerson", "entryUUID: 00000000-0000-4000-8000-%012d" % n, "cn: %d" % n]
        return "\n".join(lines + ["%s: %s" % item for item in values.items()]) + "\n\n"

    def test_a_record_that_was_joined_wrongly_is_parted_and_stays_so(self):
        self.write("corp.ldif", self.entry(1, uid="ada", sn="A", mail="team@example.com"))
        self.write("hr.ldif", self.entry(2, uid="al", sn="B", mail="team@example.com"))
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(sorted(self.tenant.accounts()), ["ada"])
        self.rollcall("unjoin", "hr", "cn=2,ou=people," + BASE, code=0)
        self.write("hr.ldif", self.entry(2, uid="al", sn="B", mail="al@example.com"))
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(sorted(self.tenant.accounts()), ["ada", "al"])
        self.write("hr.ldif", self.entry(2, uid="al", sn="B", mail="team@example.com"))
        plan = self.plan()
        self.assertEqual([c["kind"] for c in plan["providers"][0]["conflicts"]], ["recycled-email"])     # two people, one address

    def test_a_record_in_question_is_settled_by_the_command_that_the_conflict_prints(self):
        self.write("corp.ldif", self.entry(1, uid="ada", sn="A", mail="same@example.com", employeeNumber=1))
        self.write("hr.ldif", self.entry(2, uid="bob", sn="B", mail="same@example.com", employeeNumber=2))
        self.rollcall("apply", "--yes")
        conflict = next(c for c in self.plan()["providers"][0]["conflicts"] if c["kind"] == "ambiguous-join")
        words = shlex.split(conflict["settle"])
        self.rollcall(*words[1:], code=0)
        self.assertNotIn("ambiguous-join", [c["kind"] for c in self.plan()["providers"][0]["conflicts"]])


if __name__ == "__main__":
    unittest.main()
