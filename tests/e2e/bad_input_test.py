"""Bad input: each is named in the report with what to do, stops nobody else, and loses nothing (promise 9)."""
import base64, os, unittest
from stage import *


def b64(text):
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


class BadPeople(Stage):
    def conflicts(self, plan):
        return [(c["kind"], c["user"], c["detail"], c["settle"]) for c in plan["providers"][0]["conflicts"]]

    def test_promise_9_bad_people_are_named_and_the_others_go_on(self):
        ldif = (person("good") + person("twin1", mail="twin@example.com") + person("twin2", mail="TWIN@example.com") +
                person("nomail", mail=False) + person("angle").replace("sn: Test", "sn: <&>\"'O'Hara") +
                person("rtl").replace("sn: Test", "sn:: " + b64("abc\u202edef")) + person("long").replace("sn: Test", "sn: " + "x" * 10000) +
                person("crlf").replace("sn: Test", "sn:: " + b64("two\r\nlines")) +
                group("sales", "good", "uid=nobody,ou=people," + BASE, "UID=Angle, OU=People,DC=example,DC=test", "cn=sales,ou=groups," + BASE))
        directory, tenant = self.slapd(ldif), self.sandbox()
        self.configure(self.ldap_source(directory), self.provider(tenant, tables=ROLES + OUTBOX))
        plan = self.plan()
        kinds = [c[0] for c in self.conflicts(plan)]
        self.assertEqual(kinds.count("duplicate-email"), 2, self.conflicts(plan))
        self.assertEqual(plan["providers"][0]["summary"]["no-address"], 1)
        self.assertTrue(any("resolve" in w["detail"] and "nobody" in w["detail"] for w in plan["warnings"]), plan["warnings"])
        text = self.rollcall("plan").out
        self.assertNotIn("\u202e", text)
        self.rollcall("apply", "--yes")
        accounts = tenant.accounts()
        self.assertEqual(sorted(accounts), ["angle", "crlf", "good", "long", "nomail", "rtl"])
        self.assertEqual(accounts["angle"]["lastname"], "<&>\"'O'Hara")
        self.assertEqual(accounts["rtl"]["lastname"], "abc\u202edef")
        self.assertEqual(len(accounts["long"]["lastname"]), 10000)
        self.assertEqual(sorted(accounts["angle"]["roles"]), ["Employee", "Sales"])     # another spelling of the DN
        again = self.plan()
        self.assertEqual(self.actions(again), [], again["providers"][0])

    def test_promise_9_invalid_utf_8_and_a_missing_user_name_make_one_person_unknown(self):
        ldif = SKELETON + person("good") + person("bad").replace("sn: Test", "sn:: " + b64(b"caf\xe9"))
        ldif = "".join(block + "entryUUID: 00000000-0000-4000-8000-%012d\n\n" % n for n, block in enumerate(b.strip() + "\n" for b in ldif.split("\n\n") if b.strip()))
        ldif += "dn: cn=nouid,ou=people,%s\nobjectClass: inetOrgPerson\ncn: nouid\nsn: Nouid\nentryUUID: 00000000-0000-4000-8000-999999999999\n" % BASE
        tenant = self.sandbox()
        self.write("people.ldif", ldif)
        self.configure("""
[source.file]
type = "ldif"
path = "people.ldif"
people = { base = "ou=people,%s" }
mapping = "openldap"
""" % BASE, self.provider(tenant))
        result = self.rollcall("plan", "--format", "json")
        self.assertEqual([a["name"] for a in self.actions(result.json, "create")], ["Ada Test"])
        told = json.dumps(result.json)
        self.assertIn("uid=bad", told)
        self.assertIn("cn=nouid", told)
        self.assertEqual(len(self.conflicts(result.json)) + len([w for w in result.json["warnings"] if "uid=bad" in w["record"]]) >= 2, True)

    def test_two_people_with_one_user_name_are_a_conflict_that_settles_when_one_is_changed(self):
        other = person("same").replace("uid=same,", "cn=other,").replace("cn: Ada Test", "cn: other").replace("same@", "other@")
        directory, tenant = self.slapd(person("same") + other), self.sandbox()
        self.configure(self.ldap_source(directory), self.provider(tenant))
        plan = self.plan()
        self.assertEqual([c[0] for c in self.conflicts(plan)], ["duplicate-username"] * 2)
        self.assertEqual(self.actions(plan), [])
        directory.change("dn: cn=other,ou=people,%s\nchangetype: modify\nreplace: uid\nuid: different\n" % BASE)
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(sorted(tenant.accounts()), ["different", "same"])

    def test_promise_12_an_address_reused_by_another_person_is_a_conflict_with_both_records_shown(self):
        directory, tenant = self.slapd(person("old", mail="shared@example.com")), self.sandbox()
        self.configure(self.ldap_source(directory), self.provider(tenant))
        self.rollcall("apply", "--yes", code=0)
        directory.add(person("new", mail="shared@example.com"))
        plan = self.plan()
        kind, _, detail, _ = self.conflicts(plan)[0]
        self.assertEqual(kind, "recycled-email")
        self.assertIn("uid=old", detail + str(plan["providers"][0]["conflicts"][0]["records"]))
        self.assertEqual(self.actions(plan), [])


class BadFiles(Stage):
    def expect(self, text, *words, code=78):
        self.config = self.write("rollcall.toml", text)
        result = self.rollcall("check", code=code)
        for word in words:
            self.assertIn(word, result.err)

    def test_configuration_errors_have_file_line_column_and_the_nearest_key(self):
        self.expect("[state\n", "rollcall.toml:1:")
        self.expect('[state]\nurll = "sqlite:x.db"\n', "rollcall.toml:2:1: state.urll", "url")
        source = '[source.c]\ntype = "ldif"\npath = "x.ldif"\npeople = { base = "dc=x" }\nmapping = "openldap"\n'
        self.expect(source + '[provider.o]\ntype = "onelogin-v3"\nurl = "http://127.0.0.1:1"\napi-key = "s3cr3tvalue"\non-leave = "suspend"\n', "api-key", "credential")
        self.assertNotIn("s3cr3tvalue", self.rollcall("check").err)
        self.expect(source + '[provider.o]\ntype = "onelogin-v3"\nurl = "http://example.com"\napi-key = { env = "K" }\non-leave = "suspend"\n', "url")
        self.expect(source + '[provider.o]\ntype = "onelogin-v3"\nurl = "https://example.com"\napi-key = { env = "K" }\n', "on-leave", "rollcall.toml:6:")

    def test_a_mapping_that_yields_no_user_name_and_an_unknown_function_are_refused(self):
        os.mkdir(os.path.join(self.folder, "mappings"))
        source = '[source.c]\ntype = "ldif"\npath = "x.ldif"\npeople = { base = "dc=x" }\nmapping = "own"\n'
        self.write("mappings/own.toml", '[person]\nid = "{entryUUID}"\n')
        self.expect(source, "userName")
        self.write("mappings/own.toml", '[person]\nid = "{entryUUID}"\nuserName = "{uid | lowr}"\n')
        self.expect(source, "own.toml:3:", "lower")

    def test_a_secret_that_cannot_be_read_is_78_and_names_the_key(self):
        self.write("x.ldif", "")
        self.configure('[source.c]\ntype = "ldif"\npath = "x.ldif"\npeople = { base = "dc=x" }\nmapping = "openldap"\n'
                       '[provider.o]\ntype = "onelogin-v3"\nurl = "http://127.0.0.1:1"\napi-key = { file = "nowhere" }\non-leave = "suspend"\n')
        for command in ("check", "plan"):
            self.assertIn("api-key", self.rollcall(command, code=78).err)

    def test_wrong_usage_is_64(self):
        self.configure("")
        self.rollcall("plam", code=64)
        self.rollcall("plan", "--formt", "json", code=64)


if __name__ == "__main__":
    unittest.main()
