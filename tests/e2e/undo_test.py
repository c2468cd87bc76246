"""`rollcall undo RUN`: previewed, saved, asked for and carried out with the real binary; what was undone stays so."""
import os, pty, re, select, subprocess, unittest
from stage import *


class Undo(Stage):
    def setUp(self):
        super().setUp()
        self.directory = self.slapd(person("ada", "Ada", "Lovelace") + person("bob") + group("sales", "ada"))
        self.tenant = self.sandbox()
        self.configure(self.ldap_source(self.directory), self.provider(self.tenant, tables=ROLES + OUTBOX))
        self.rollcall("apply", "--yes", code=0)
        self.joined = self.newest()

    def newest(self):
        return self.rollcall("history", "--json", code=0).json[0]["run"]

    def move(self):
        """Ada marries and changes sides with Bob; the run that did it."""
        self.directory.change("dn: uid=ada,ou=people,%s\nchangetype: modify\nreplace: sn\nsn: King\n" % BASE)
        self.directory.change("dn: cn=sales,ou=groups,%s\nchangetype: modify\nreplace: member\nmember: uid=bob,ou=people,%s\n" % (BASE, BASE))
        self.rollcall("apply", "--yes", code=0)
        return self.newest()

    def look(self):
        return {n: (a["lastname"], sorted(a["roles"])) for n, a in self.tenant.accounts().items()}

    BEFORE = {"ada": ("Lovelace", ["Employee", "Sales"]), "bob": ("Test", ["Employee"])}
    AFTER = {"ada": ("King", ["Employee"]), "bob": ("Test", ["Employee", "Sales"])}

    def writes(self):
        patterns = self.tenant.look()["requests"]["by-pattern"]
        return {k: v["count"] for k, v in patterns.items() if not k.startswith("GET")}

    def test_a_run_is_undone_and_stays_undone_until_it_is_approved(self):
        run = self.move()
        self.assertEqual(self.look(), self.AFTER)
        done = self.rollcall("undo", run[:-4], "--yes", code=0)
        self.assertIn("Undo of run " + run, done.out)
        self.assertIn("Undo complete: 1 assign, 1 revoke, 1 update.", done.out)
        self.assertEqual(self.look(), self.BEFORE)
        for _ in range(2):
            plan = self.plan("--exit-code", code=0)
            self.assertEqual(self.actions(plan), [])
            self.assertEqual(plan["providers"][0]["summary"]["waived"], 3)
            self.rollcall("apply", "--yes", code=0)
        self.assertEqual(self.look(), self.BEFORE)
        waived = self.rollcall("holds", "--json").json
        self.assertEqual(sorted((h["state"], h["kind"]) for h in waived), [("waived", "assign"), ("waived", "revoke"), ("waived", "update")])
        self.assertTrue(all(run in h["reason"] for h in waived), waived)
        self.rollcall("approve", "--kind", "update", code=0)
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(self.look()["ada"][0], "King")

    def test_a_preview_writes_nothing(self):
        run = self.move()
        with open(self.state, "rb") as file:
            before, writes = file.read(), self.writes()
        plan = self.rollcall("undo", run, "--format", "json", code=0).json
        self.assertEqual((plan["format"], plan["undo"]), ("rollcall-plan-1", run))
        self.assertEqual(sorted(a["kind"] for a in self.actions(plan)), ["assign", "revoke", "update"])
        self.assertTrue(all(a["reason"].startswith("undo of run %s: " % run) for a in self.actions(plan)))
        self.assertIn("Undoes the run", self.rollcall("undo", run, "--format", "html", code=0).out)
        self.assertIn("~ update account", self.rollcall("undo", run, "--format", "text", code=0).out)
        with open(self.state, "rb") as file:
            self.assertEqual(file.read(), before)
        self.assertEqual((self.look(), self.writes()), (self.AFTER, writes))

    def test_without_a_terminal_it_wants_yes(self):
        run = self.move()
        refused = self.rollcall("undo", run, code=64)
        self.assertIn("--yes", refused.err)
        self.assertEqual(self.look(), self.AFTER)

    def test_on_a_terminal_it_asks(self):
        run = self.move()
        for answer, wanted in ("no", self.AFTER), ("yes", self.BEFORE):
            self.assertEqual(self.on_terminal("undo", run, answer=answer), 0)
            self.assertEqual(self.look(), wanted)

    def on_terminal(self, *words, answer):
        master, slave = pty.openpty()
        try:
            process = subprocess.Popen(self.command(*words), stdin=slave, stdout=slave, stderr=slave, cwd=self.folder)
        finally:
            os.close(slave)
        seen, asked = b"", False
        while True:
            self.assertTrue(select.select([master], [], [], 120)[0], seen)
            try:
                part = os.read(master, 4096)
            except OSError:                        # the other side is closed
                break
            if not part:
                break
            seen += part
            if not asked and b"Carry out this plan?" in seen:
                asked = True
                os.write(master, answer.encode() + b"\n")
        os.close(master)
        self.assertTrue(asked, seen)
        return process.wait(60)

    def test_a_saved_undo_is_applied_exactly_once(self):
        run = self.move()
        self.rollcall("undo", run, "-o", "undo.json", code=0)
        path = os.path.join(self.folder, "undo.json")
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        self.assertEqual(self.look(), self.AFTER)
        with open(path, encoding="utf-8") as file:
            self.write("other.json", file.read().replace(run, self.joined))
        self.rollcall("apply", os.path.join(self.folder, "other.json"), "--yes", code=1)
        self.rollcall("apply", path, "--yes", code=0)
        self.assertEqual(self.look(), self.BEFORE)
        writes = self.writes()
        self.rollcall("apply", path, "--yes", code=0)
        self.assertEqual(self.writes(), writes)
        self.assertEqual(self.actions(self.plan()), [])

    def test_a_document_on_standard_output_stays_one_when_the_undo_is_carried_out(self):
        run = self.move()
        done = self.rollcall("undo", run, "--format", "json", "-o", "undo.json", "--yes", code=0)
        self.assertEqual(done.json["undo"], run)
        self.assertIn("Undo complete", done.err)
        self.assertEqual(self.look(), self.BEFORE)
        self.rollcall("apply", os.path.join(self.folder, "undo.json"), "--yes", code=0)

    def test_a_run_that_is_under_way_waits_and_one_that_was_killed_is_undone_as_far_as_it_came(self):
        self.directory.change("dn: uid=ada,ou=people,%s\nchangetype: modify\nreplace: sn\nsn: King\n" % BASE)
        self.directory.add(person("eve"))
        self.tenant.faults({"match": {"method": "POST", "path": "users.xml", "nth": 1}, "kind": "hang-before", "ms": 60000})
        process = self.start("apply", "--yes")
        wait_for(lambda: self.look()["ada"][0] == "King", "the update")
        run = wait_for(lambda: [r["run"] for r in self.rollcall("history", "--json").json if r["result"] == "running" and
                                any(a["kind"] == "update" and a["outcome"] == "done" for a in r["actions"])], "the update in the state")[0]
        self.assertIn("still under way", self.rollcall("undo", run, "--yes", code=1).err)
        process.kill()
        process.communicate()
        self.tenant.faults()
        self.rollcall("undo", run, "--yes")
        self.assertEqual(self.look()["ada"], self.BEFORE["ada"])

    def test_a_saved_undo_skips_and_names_what_has_changed_since(self):
        run = self.move()
        self.rollcall("undo", run, "-o", "undo.json", code=0)
        self.tenant.call("accounts", {"patch": [{"find": {"username": "ada"}, "set": {"lastname": "Queen"}}]})
        done = self.rollcall("apply", os.path.join(self.folder, "undo.json"), "--yes", code=4)
        self.assertIn("skipped: update Ada Lovelace", done.err)
        self.assertEqual(self.look()["ada"][0], "Queen")
        self.assertEqual(self.look()["bob"], self.BEFORE["bob"])

    def test_a_join_is_undone_without_a_deletion_and_can_be_done_again(self):
        done = self.rollcall("undo", self.joined, "--yes", code=0)
        self.assertIn("cannot be unsent", done.out)
        self.assertEqual({n: (a["status"], a["roles"]) for n, a in self.tenant.accounts().items()}, {"ada": (2, []), "bob": (2, [])})
        undo = self.newest()
        plan = self.plan(code=0)
        self.assertEqual(self.actions(plan), [])
        self.assertEqual(len(os.listdir(os.path.join(self.folder, "outbox"))), 2)
        again = self.rollcall("undo", undo, "--yes", code=0)
        self.assertIn("rollcall invitations resend", again.out)
        self.assertEqual(self.look(), self.BEFORE)
        self.assertTrue(all(a["status"] != 2 for a in self.tenant.accounts().values()))
        self.assertEqual(self.actions(self.plan()), [])

    def test_what_exceeds_a_limit_is_held_and_goes_once_it_is_approved(self):
        self.configure(self.ldap_source(self.directory), self.provider(self.tenant, tables=ROLES + OUTBOX + "[provider.onelogin.limits]\nsuspend = \"0\"\n"))
        held = self.rollcall("undo", self.joined, "--yes", code=3)
        self.assertIn("undo of run " + self.joined, re.sub(r"\s+", " ", held.out))
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual({h["state"] for h in self.rollcall("holds", "--json").json if h["kind"] == "suspend"}, {"held"})
        self.assertTrue(all(a["status"] != 2 for a in self.tenant.accounts().values()))
        self.rollcall("approve", "--kind", "suspend", code=0)
        self.assertIn("Apply complete: 2 suspend.", self.rollcall("apply", "--yes", code=0).out)
        self.assertEqual(self.actions(self.plan(code=0)), [])
        self.assertTrue(all(a["status"] == 2 for a in self.tenant.accounts().values()))

    def test_a_daemon_carries_out_at_once_what_is_approved_of_an_undo(self):
        self.configure(self.ldap_source(self.directory), self.provider(self.tenant, tables=ROLES + OUTBOX + "[provider.onelogin.limits]\nsuspend = \"0\"\n"),
                       '[admin]\ncontrol = "control"\n[schedule]\npoll = "1h"\n')
        self.rollcall("undo", self.joined, "--yes", code=3)
        daemon = self.start("run")
        wait_for(lambda: any(r["mode"] == "run" and r["result"] != "running" for r in self.rollcall("history", "--json", code=0).json), "the first run")
        self.assertTrue(all(a["status"] != 2 for a in self.tenant.accounts().values()))
        self.rollcall("approve", "--kind", "suspend", code=0)
        wait_for(lambda: all(a["status"] == 2 for a in self.tenant.accounts().values()), "the daemon")
        daemon.terminate()
        self.assertEqual(daemon.wait(15), 0)

    def test_runs_that_cannot_be_undone_are_told_apart(self):
        unknown = self.rollcall("undo", "7e57", "--yes", code=1)
        self.assertIn("rollcall history", unknown.err)
        self.rollcall("apply", "--yes", code=0)                      # it did nothing
        nothing = self.rollcall("undo", self.newest(), "--yes", code=0)
        self.assertIn("nothing to undo", nothing.out)
        self.rollcall("undo", code=64)


if __name__ == "__main__":
    unittest.main()
