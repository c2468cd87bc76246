"""Promise 4: one person, one account, one living invitation - through kill -9 at any instant, lost responses and retries."""
import os, random, signal, unittest
from stage import *

STEPS = [("POST", "users.xml"), ("PUT", "users/*"), ("POST", "invites/get_invite_link")]


class Crash(Stage):
    PEOPLE = 3

    def setUp(self):
        super().setUp()
        self.directory = self.slapd("".join(person("p%d" % n) for n in range(self.PEOPLE)) + group("sales", "p0", "p1"))
        self.tenant = self.sandbox()
        self.receiver = self.smtp()
        self.configure(self.ldap_source(self.directory),
                       self.provider(self.tenant, extra="concurrency = 1", tables=ROLES + '\n[provider.onelogin.invite]\ndeliver = "smtp"\n'),
                       '\n[smtp]\nurl = "%s"\nfrom = "IT <it@example.org>"\n' % self.receiver.url)

    def expect_right(self, mails_may_be_in_doubt=False):
        look = self.tenant.look()
        accounts = {}
        for account in look["accounts"]:
            self.assertNotIn(account["username"], accounts, "two accounts of one person")
            accounts[account["username"]] = account
        self.assertEqual(sorted(accounts), ["p%d" % n for n in range(self.PEOPLE)])
        for name, account in accounts.items():
            self.assertEqual(sorted(account["roles"]), ["Employee", "Sales"] if name in ("p0", "p1") else ["Employee"])
            self.assertTrue(account["external-id"], account)
        by_person = {}
        for to, _ in self.receiver.mails:
            by_person[to[0]] = by_person.get(to[0], 0) + 1
        self.assertTrue(all(count == 1 for count in by_person.values()), by_person)
        if not mails_may_be_in_doubt:
            self.assertEqual(len(by_person), self.PEOPLE)

    def kill_while(self, condition):
        process = self.start("apply", "--yes")
        wait_for(lambda: condition() or process.poll() is not None, "the moment to kill")
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

    def recover(self):
        self.tenant.faults()
        self.rollcall("apply", "--yes")
        return self.rollcall("apply", "--yes")

    def test_promise_4_killed_before_and_after_the_effect_of_every_request(self):
        for method, path in STEPS:
            for kind in "hang-before", "hang-after":
                with self.subTest(step=method + " " + path, kind=kind):
                    self.tenant.faults({"match": {"method": method, "path": path, "nth": 1}, "kind": kind, "ms": 60000})
                    self.kill_while(lambda: self.tenant.call("faults")[0]["fired"] > 0)
        self.recover()
        self.expect_right()
        self.assertIn("No changes", self.rollcall("plan").out)

    def test_promise_4_killed_while_the_mail_is_being_sent_says_that_it_cannot_know(self):
        self.receiver.hold = threading.Event()
        self.kill_while(lambda: self.receiver.held)
        self.receiver.hold.set()
        again = self.recover()
        self.expect_right(mails_may_be_in_doubt=True)
        plan = self.rollcall("plan").out
        self.assertNotIn("+ invite", plan)

    def test_promise_4_answers_lost_after_the_effect(self):
        self.tenant.faults(*({"match": {"method": m, "path": p, "nth": n}, "kind": "drop-after"} for m, p in STEPS for n in (1, 2)))
        self.rollcall("apply", "--yes")
        self.recover()
        self.expect_right()

    def test_promise_4_killed_at_random_moments(self):
        seed = int(os.environ.get("ROLLCALL_SEED", "1"))
        dice = random.Random(seed)
        kills = 0
        for turn in range(int(os.environ.get("ROLLCALL_KILLS", "12"))):
            process = self.start("apply", "--yes")
            try:
                process.wait(dice.uniform(0.02, 0.5))     # a random instant, not a wait for something
            except subprocess.TimeoutExpired:
                os.kill(process.pid, signal.SIGKILL)
                kills += 1
                process.wait()
        self.recover()
        in_doubt = self.state_rows("select count(*) from invitation where state = 'in-doubt'")[0][0]
        self.expect_right(mails_may_be_in_doubt=in_doubt > 0)
        print("seed %d: %d kills, %d mails in doubt, nothing lost" % (seed, kills, in_doubt))

    def state_rows(self, sql):
        import sqlite3
        with sqlite3.connect("file:%s?mode=ro" % self.state, uri=True) as db:
            return db.execute(sql).fetchall()


class Doubles(Stage):
    def test_promise_4_a_second_apply_beside_a_running_one_is_refused_and_names_the_holder(self):
        directory = self.slapd(person("ada"))
        tenant = self.sandbox()
        self.configure(self.ldap_source(directory), self.provider(tenant))
        tenant.faults({"match": {"method": "POST", "path": "users.xml", "nth": 1}, "kind": "hang-before", "ms": 3000})
        first = self.start("apply", "--yes")
        wait_for(lambda: tenant.call("faults")[0]["fired"] > 0, "the first apply to be at work")
        second = self.rollcall("apply", "--yes", code=1)
        self.assertIn(str(first.pid), second.err)
        first.communicate(timeout=60)
        self.assertEqual(len(tenant.accounts()), 1)


if __name__ == "__main__":
    unittest.main()
