"""What the stories of all providers share: people whose names are not ASCII, in a directory, and what promise 4 says of every provider."""
import base64, email, email.policy, glob, pathlib, signal
from stage import *

GIVEN = ["Zoë", "José", "王", "Дмитрий", "Ольга", "Łukasz", "Ngọc", "François", "Ζωή", "علي"]
FAMILY = ["Müller", "Núñez", "Иванов", "Škvorecký", "Ødegård", "李", "Παπαδόπουλος", "O'Brien"]


def encoded(name, value):
    return "%s:: %s" % (name, base64.b64encode(value.encode()).decode())


def entry(n, more=""):
    given, family = GIVEN[n % len(GIVEN)], FAMILY[n % len(FAMILY)]
    return "\n".join(["dn: uid=p%03d,ou=people,%s" % (n, BASE), "objectClass: inetOrgPerson", "uid: p%03d" % n, encoded("cn", "%s %s %d" % (given, family, n)),
                      encoded("givenName", given), encoded("sn", family), "mail: p%03d@example.com" % n]) + "\n" + more + "\n"


def people(count):
    return "".join(entry(n) for n in range(count))


class Telling:
    """Beside Stage: what stories ask the sandbox and rollcall, and how they kill."""

    def calls(self):
        return {name: count["count"] for name, count in self.tenant.call("requests")["by-pattern"].items()}

    def states(self):
        return {name: account["status"] for name, account in self.tenant.accounts().items()}

    def ledger(self, uid):
        return self.rollcall("explain", uid, "--json", code=0).json["invitation"]

    def no_changes(self):
        self.assertIn("No changes", self.rollcall("plan", "--exit-code", code=0).out)

    def move(self):
        """p000 has another family name and leaves sales, p001 another user name, and p002 joins sales."""
        self.directory.change("dn: uid=p000,ou=people,%s\nchangetype: modify\nreplace: sn\n%s\n" % (BASE, encoded("sn", "Нова-Șerban")))
        self.directory.change("dn: uid=p001,ou=people,%s\nchangetype: modrdn\nnewrdn: uid=renamed\ndeleteoldrdn: 1\n" % BASE)
        self.directory.change("dn: cn=sales,ou=groups,%s\nchangetype: modify\nadd: member\nmember: uid=p002,ou=people,%s\n-\ndelete: member\n"
                              "member: uid=p000,ou=people,%s\n" % (BASE, BASE, BASE))

    def leave(self, has_left):
        """p003 is found missing twice; only then the account shows it."""
        self.directory.change("dn: uid=p003,ou=people,%s\nchangetype: modify\nreplace: employeeNumber\nemployeeNumber: 77\n" % BASE)
        self.rollcall("apply", "--yes")
        self.directory.delete("uid=p003,ou=people," + BASE)
        self.rollcall("apply", "--yes")
        self.assertFalse(has_left())
        self.rollcall("apply", "--yes")
        self.assertTrue(has_left())

    def come_back(self):
        """p003 under a new record, known by the employee number."""
        self.directory.add(entry(3, "employeeNumber: 77\n"))
        self.rollcall("apply", "--yes")
        self.rollcall("apply", "--yes")

    def expect_mails(self, count):
        mails = [email.message_from_bytes(pathlib.Path(f).read_bytes(), policy=email.policy.default) for f in glob.glob(self.folder + "/outbox/*.eml")]
        self.assertEqual(sorted(m["to"] for m in mails), ["p%03d@example.com" % n for n in range(count)])
        return mails

    def expect_people(self, count, sales, given, family):
        accounts = self.tenant.accounts()
        self.assertEqual(sorted(accounts), ["p%03d" % n for n in range(count)])
        for n in range(count):
            account = accounts["p%03d" % n]
            self.assertEqual(sorted(account["roles"]), ["Employee", "Sales"] if n < sales else ["Employee"], account)
            self.assertEqual((account[given], account[family]), (GIVEN[n % len(GIVEN)], FAMILY[n % len(FAMILY)]))
        return accounts

    def killed(self, method, path, kind):
        self.tenant.faults({"match": {"method": method, "path": path, "nth": 1}, "kind": kind, "ms": 60000})
        process = self.start("apply", "--yes")
        wait_for(lambda: self.tenant.call("faults")[0]["fired"] > 0 or process.poll() is not None, "the moment to kill")
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        self.tenant.faults()


class ProviderStory(Telling):
    """The story says how it begins, what is right in the end, and `steps`: the requests of a joiner as (method, path)."""

    def expect_repair(self):
        self.rollcall("apply", "--yes")
        self.rollcall("apply", "--yes")
        self.expect_right(4, 2)
        self.no_changes()

    def test_promise_4_lost_responses_make_one_of_everything(self):
        self.begin()
        self.tenant.faults(*({"match": {"method": m, "path": p, "nth": n}, "kind": k}
                             for m, p in self.steps for n, k in ((1, "drop-after"), (2, "truncate"), (3, "drop-before"))))
        self.rollcall("apply", "--yes")
        self.tenant.faults()
        self.expect_repair()

    def test_promise_4_killed_around_every_request(self):
        self.begin(extra="concurrency = 1")
        for method, path in self.steps:
            for kind in "hang-before", "hang-after":
                with self.subTest(step=path, kind=kind):
                    self.killed(method, path, kind)
        self.expect_repair()
