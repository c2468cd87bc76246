"""rollcall to rollcall: the provider `scim` of one, over a real slapd, against the SCIM endpoint of another one, whose people end at the
sandbox. After every apply what the endpoint shows is awaited at the sandbox. Names are not ASCII throughout."""
import unittest
from stage import *
from scim_endpoint_test import GROUP, Endpoint, hr_count
from scim_foreign_test import Foreign

GROUPS = ["Employee", "Продажи", "Engineering"]


class OwnEndpoint(Foreign):
    @classmethod
    def fetch(cls):
        pass

    def start_service(self):
        self.below = Endpoint()
        self.below.setUp()
        self.addCleanup(self.below.doCleanups)
        self.tenant = self.below.sandbox(roles=",".join(GROUPS))
        self.below.pushed(self.tenant, roles="".join('[[provider.onelogin.role]]\nrole = "%s"\ngroup = "%s"\n' % (one, one) for one in GROUPS))
        self.key = self.below.token()
        self.daemon = self.below.daemon()
        return "http://127.0.0.1:%d/scim/v2" % self.below.port

    def rollcall(self, *words, **more):
        said = super().rollcall(*words, **more)
        if words[0] == "apply":
            self.expect_the_same_below()
        return said

    def expect_the_same_below(self):
        """Everybody whom the endpoint shows has that account at the sandbox; who is not shown any more is suspended there."""
        def address(mails):
            return next((mail for mail in mails if mail.get("type") == "work"), mails[0])["value"] if mails else ""
        wanted = {name: (user["name"].get("givenName", ""), user["name"]["familyName"], address(user.get("emails")), user.get("active", True), user["roles"])
                  for name, user in self.users().items()}

        def there():
            return {name: (*(one.get(field, "") for field in ("firstname", "lastname", "email")), one["status"] != 2, sorted(one["roles"]))
                    for name, one in self.tenant.accounts().items() if name in wanted or one["status"] != 2}
        try:
            wait_for(lambda: there() == wanted, "the sandbox to have what the endpoint shows")
        except AssertionError:
            self.assertEqual(there(), wanted)

    def test_joiner_mover_leaver_rejoiner(self):
        self.story()
        account = self.tenant.accounts()["p003"]
        self.assertEqual((account["status"] == 2, account["roles"]), (False, ["Employee"]))

    def test_many(self):
        self.many()
        self.assertEqual(len(self.tenant.accounts()), 130)
        writes = {key[:2]: 0 for key in self.answers()}
        for (method, resource, status), count in self.answers().items():
            writes[method, resource] += count
            self.assertIn(status, ("200", "201", "204"))
        print("\nscim at our own endpoint: %d + %d writes for 130 people with 160 roles" % (writes["POST", "Users"], writes["PATCH", "Groups"]))
        self.assertEqual(writes["POST", "Users"], 130)
        self.assertLessEqual(writes["PATCH", "Groups"], 160)
        self.assertNotIn(("PATCH", "Users"), writes)

    def answers(self):
        lines = re.findall(r'rollcall_scim_requests_total\{method="(.*)",resource="(.*)",status="(.*)"\} (\d+)', self.below.metrics())
        return {tuple(labels): int(count) for *labels, count in lines}

    def test_adoption(self):
        self.adopted()

    def test_a_role_that_is_missing_below_is_given_once_it_is_there(self):
        self.begin_foreign()
        self.ask("DELETE", "/Groups/" + self.group_id("Продажи"))
        said = self.rollcall("apply", "--yes", code=4)
        self.assertIn("Продажи", said.out + said.err)
        self.expect_right(4, 0)
        self.ask("POST", "/Groups", {"schemas": [GROUP], "displayName": "Продажи"})
        self.rollcall("apply", "--yes", code=0)
        self.expect_right(4, 2)
        self.no_changes()

    def test_a_revoked_token_makes_nobody_gone(self):
        self.begin_foreign()
        self.rollcall("apply", "--yes", code=0)
        [revoked] = self.below.rollcall("token", "list", "--json", code=0).json
        self.key = self.below.token()
        self.below.rollcall("token", "revoke", revoked["id"], code=0)
        self.directory.delete("uid=p003,ou=people," + BASE)
        for _ in range(3):
            said = self.rollcall("apply", "--yes", code=4)
            self.assertIn("does not accept the token", said.out + said.err)
            self.expect_right(4, 2)
        self.write("token", self.key)
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual([name for name, user in self.users().items() if not user["active"]], ["p003"])
        self.no_changes()

    def test_promise_4_killed_below_in_the_middle(self):
        self.begin_foreign(60, 20, "concurrency = 4")
        above = self.start("apply", "--yes")
        wait_for(lambda: hr_count(self.below.state) >= len(GROUPS) + 20 or above.poll() is not None, "the moment to kill")
        self.daemon.kill()
        self.daemon.wait()
        self.assertIsNone(above.poll())
        self.daemon = self.below.daemon()
        above.wait(120)
        self.rollcall("apply", "--yes", code=0)
        self.expect_right(60, 20)
        self.assertEqual(len(self.tenant.accounts()), 60)
        self.no_changes()


def load_tests(loader, tests, pattern):
    return loader.loadTestsFromTestCase(OwnEndpoint)


if __name__ == "__main__":
    unittest.main(verbosity=2)
