"""The main job: a real directory into OneLogin v3 - create, then roles, then invitation."""
import os, stat, unittest
from stage import *


class FirstSync(Stage):
    def setUp(self):
        super().setUp()
        self.directory = self.slapd(person("ada", "Ada", "Lovelace", title="Sales Manager") + person("bob") + group("sales", "ada"))
        self.tenant = self.sandbox()
        self.configure(self.ldap_source(self.directory), self.provider(self.tenant, tables=ROLES + OUTBOX))

    def test_plan_changes_nothing_and_apply_does_what_it_said(self):
        plan = self.plan("-o", "plan.json", code=0)
        self.assertEqual(plan["format"], "rollcall-plan-1")
        self.assertEqual({k: v for k, v in plan["providers"][0]["summary"].items() if v}, {"create": 2, "assign": 3, "invite": 2})
        self.assertFalse(os.path.exists(self.state))
        self.assertEqual(self.tenant.accounts(), {})
        self.rollcall("apply", os.path.join(self.folder, "plan.json"), "--yes", code=0)
        accounts = self.tenant.accounts()
        self.assertEqual(sorted(accounts), ["ada", "bob"])
        self.assertEqual(sorted(accounts["ada"]["roles"]), ["Employee", "Sales"])
        self.assertEqual(accounts["bob"]["roles"], ["Employee"])
        mails = os.listdir(os.path.join(self.folder, "outbox"))
        self.assertEqual(len(mails), 2)
        for name in mails:
            self.assertEqual(stat.S_IMODE(os.stat(os.path.join(self.folder, "outbox", name)).st_mode), 0o600)
        again = self.rollcall("plan", "--exit-code", code=0)
        self.assertIn("No changes", again.out)

    def test_promise_7_same_input_same_plan_byte_for_byte_but_for_the_time(self):
        one, two = self.plan(), self.plan()
        self.assertEqual(one["id"], two["id"])
        for plan in one, two:
            del plan["created"], plan["digest"]
        self.assertEqual(one, two)

    def test_a_saved_plan_changed_by_one_byte_is_refused_and_applied_twice_is_harmless(self):
        self.plan("-o", "plan.json")
        path = os.path.join(self.folder, "plan.json")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.write("bad.json", text.replace("Lovelace", "Lovelacf", 1))
        self.rollcall("apply", os.path.join(self.folder, "bad.json"), "--yes", code=1)
        self.assertEqual(self.tenant.accounts(), {})
        self.rollcall("apply", path, "--yes", code=0)
        before = self.tenant.look()["requests"]["by-pattern"]
        self.rollcall("apply", path, "--yes", code=0)
        after = self.tenant.look()["requests"]["by-pattern"]
        writes = lambda r: {k: v for k, v in r.items() if not k.startswith("GET")}
        self.assertEqual(writes(before), writes(after))

    def test_apply_without_a_terminal_needs_yes(self):
        self.assertNotEqual(self.rollcall("apply").code, 0)
        self.assertEqual(self.tenant.accounts(), {})

    def test_mover_leaver_and_rename(self):
        self.rollcall("apply", "--yes", code=0)
        self.directory.change("dn: uid=ada,ou=people,%s\nchangetype: modify\nreplace: sn\nsn: King\n" % BASE)
        self.directory.change("dn: uid=bob,ou=people,%s\nchangetype: modrdn\nnewrdn: uid=robert\ndeleteoldrdn: 1\n" % BASE)
        self.directory.change("dn: cn=sales,ou=groups,%s\nchangetype: modify\nadd: member\nmember: uid=robert,ou=people,%s\n-\ndelete: member\n"
                              "member: uid=ada,ou=people,%s\n" % (BASE, BASE, BASE))
        self.rollcall("apply", "--yes", code=0)
        accounts = self.tenant.accounts()
        self.assertEqual(sorted(accounts), ["ada", "robert"])     # promise 12: a rename is a move
        self.assertEqual(accounts["ada"]["lastname"], "King")
        self.assertEqual(accounts["ada"]["roles"], ["Employee"])
        self.assertEqual(sorted(accounts["robert"]["roles"]), ["Employee", "Sales"])
        self.directory.delete("uid=ada,ou=people," + BASE)
        self.rollcall("apply", "--yes")
        self.assertEqual(self.tenant.accounts()["ada"]["status"], 0)   # absence is slow (promise 2)
        self.rollcall("apply", "--yes")
        self.assertEqual(self.tenant.accounts()["ada"]["status"], 2)
        self.assertIn("No changes", self.rollcall("plan").out)

    def test_calls_per_joiner_are_at_most_three(self):
        self.rollcall("apply", "--yes", code=0)
        patterns = self.tenant.look()["requests"]["by-pattern"]
        writes = sum(v["count"] for k, v in patterns.items() if not k.startswith("GET"))
        self.assertLessEqual(writes, 3 * 2, patterns)


if __name__ == "__main__":
    unittest.main()
