"""Several sources, one person: a directory and a file from the personnel office."""
import unittest
from stage import *


def entry(n, **values):
    lines = ["dn: cn=%d,ou=people,%s" % (n, BASE), "objectClass: inetOrgPerson", "entryUUID: 00000000-0000-4000-8000-%012d" % n, "cn: %d" % n]
    return "\n".join(lines + ["%s: %s" % item for item in values.items()]) + "\n\n"


class TwoFiles(Stage):
    def setUp(self):
        super().setUp()
        self.tenant = self.sandbox()
        sources = "".join('[source.%s]\ntype = "ldif"\npath = "%s.ldif"\npeople = { base = "ou=people,%s" }\nmapping = "openldap"\nabsent-for = "0s"\n'
                          % (name, name, BASE) for name in ("corp", "hr"))
        self.configure(sources, '[join.authority]\ntitle = ["hr"]\n', self.provider(self.tenant, tables='[[provider.onelogin.role]]\nrole = "Employee"\nwhen = "active eq true"\n'))

    def sources(self, corp, hr):
        self.write("corp.ldif", corp)
        self.write("hr.ldif", hr)

    def test_records_that_share_a_key_are_one_person_and_the_authority_wins(self):
        self.sources(entry(1, uid="ada", sn="Lovelace", mail="ada@example.com", employeeNumber=7, title="from corp"),
                     entry(2, uid="al", sn="Byron", mail="private@example.com", employeeNumber=7, title="from hr"))
        plan = self.plan(code=0)
        creates = self.actions(plan, "create")
        self.assertEqual(len(creates), 1)
        fields = {c["field"]: c["to"] for c in creates[0]["changes"]}
        self.assertEqual((fields["username"], fields["lastname"]), ("ada", "Lovelace"))
        self.rollcall("apply", "--yes", code=0)
        story = self.rollcall("explain", "ada", "--json", code=0).json
        self.assertEqual(story["identity"]["title"], {"value": "from hr", "source": "hr"})
        self.assertEqual(len(story["records"]), 2)
        # A join is remembered: a key that changes later splits nobody.
        self.sources(entry(1, uid="ada", sn="Lovelace", mail="ada@example.com", employeeNumber=8), entry(2, uid="al", sn="Byron", employeeNumber=7))
        self.assertEqual(self.actions(self.plan(code=0), "create"), [])

    def test_an_earlier_key_that_differs_forbids_the_join_by_a_later_one(self):
        self.sources(entry(1, uid="ada", sn="A", mail="same@example.com", employeeNumber=1), entry(2, uid="bob", sn="B", mail="same@example.com", employeeNumber=2))
        plan = self.plan()
        self.assertIn("ambiguous-join", [c["kind"] for c in plan["providers"][0]["conflicts"]])

    def test_whoever_returns_with_the_same_employee_number_gets_the_same_account_back(self):
        self.sources(entry(1, uid="ada", sn="A", mail="ada@example.com", employeeNumber=1) + entry(9, uid="x", sn="X", mail="x@example.com"), "")
        self.rollcall("apply", "--yes")
        self.sources(entry(9, uid="x", sn="X", mail="x@example.com"), "")
        self.rollcall("apply", "--yes")
        self.sources(entry(9, uid="x", sn="Y", mail="x@example.com"), "")
        self.rollcall("apply", "--yes")
        before = self.tenant.accounts()["ada"]
        self.assertEqual(before["status"], 2)
        self.sources(entry(5, uid="ada.new", sn="A", mail="ada@example.com", employeeNumber=1) + entry(9, uid="x", sn="Y", mail="x@example.com"), "")
        self.rollcall("apply", "--yes")
        after = self.tenant.accounts()["ada.new"]
        self.assertEqual(after["id"], before["id"])
        self.assertNotEqual(after["status"], 2)
        self.assertEqual(after["roles"], ["Employee"])

    def test_a_person_who_moves_from_one_source_to_another_keeps_account_and_key(self):
        rest, other = entry(9, uid="x", sn="X", mail="x@example.com"), entry(8, uid="y", sn="Y", mail="y@example.com")
        self.sources(entry(1, uid="ada", sn="A", mail="ada@example.com", employeeNumber=1) + rest, other)
        self.rollcall("apply", "--yes", code=0)
        before = self.tenant.accounts()["ada"]
        key = self.rollcall("explain", "ada", "--json", code=0).json["user"]
        for turn in range(3):
            self.sources(rest.replace("sn: X", "sn: X%d" % turn), entry(7, uid="ada", sn="Moved", mail="ada@example.com", employeeNumber=1, title=str(turn)) + other)
            self.rollcall("apply", "--yes", code=0)
        after = self.tenant.accounts()["ada"]
        self.assertEqual((after["id"], after["status"], after["lastname"]), (before["id"], before["status"], "Moved"))
        story = self.rollcall("explain", "ada", "--json", code=0).json
        self.assertEqual(story["user"], key)
        self.assertEqual(len(self.tenant.accounts()), 3)

    def test_explain_names_what_stands_in_the_way_and_the_command_that_settles_it(self):
        self.sources(entry(1, uid="ada", sn="A", mail="ada@example.com"), entry(8, uid="y", sn="Y", mail="y@example.com"))
        self.tenant.call("accounts", {"create": [{"username": "ada", "email": "old@example.com", "firstname": "A", "lastname": "O"}]})
        self.rollcall("apply", "--yes", code=0)
        account = self.rollcall("explain", "ada", "--json", code=0).json["accounts"][0]
        self.assertEqual([c["kind"] for c in account["conflicts"]], ["not-adopted"])
        self.assertIn("rollcall link", account["conflicts"][0]["settle"])
        self.assertEqual(account["next"], [])


if __name__ == "__main__":
    unittest.main()
