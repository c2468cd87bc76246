"""The daemon: a provider that is down delays nobody, is left alone and probed; what is due by the clock needs no read."""
import datetime, socket, unittest, urllib.error, urllib.request
from stage import *


class Daemon(Stage):
    def port(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            return s.getsockname()[1]

    def get(self, path):
        try:
            with urllib.request.urlopen("http://127.0.0.1:%d%s" % (self.admin, path), timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def tail(self, poll="1s"):
        self.admin = self.port()
        return '[admin]\nlisten = "127.0.0.1:%d"\ncontrol = "control"\n[schedule]\npoll = "%s"\n' % (self.admin, poll)

    def two_tenants(self, retry):
        tenants = []
        for name in ("bad", "good"):
            os.mkdir(os.path.join(self.folder, name))
            tenants.append(Sandbox(os.path.join(self.folder, name)))
            self.addCleanup(tenants[-1].end)
        bad, good = tenants
        text = self.provider(bad, name="bad", extra='timeout = "60s"') + self.provider(good, name="good")
        return bad, good, text.replace('retry = "5s"', 'retry = "%s"' % retry, 1)

    def test_promise_9_a_provider_that_hangs_never_delays_another(self):
        directory = self.slapd(person("ada"))
        bad, good, providers = self.two_tenants("5m")
        bad.faults({"match": {"path": "*"}, "kind": "hang-before", "ms": 60000})
        self.configure(self.ldap_source(directory), providers, self.tail())
        daemon = self.start("run")
        wait_for(lambda: "ada" in good.accounts(), "the provider that works", 20)
        wait_for(lambda: bad.call("faults")[0]["fired"] > 0, "the provider that hangs to be asked")
        for name in ("bob", "eve"):                      # and so it stays, run after run
            directory.add(person(name))
            wait_for(lambda: name in good.accounts(), "the provider that works", 20)
        self.assertEqual(bad.look()["accounts"], [])
        daemon.terminate()
        self.assertEqual(daemon.wait(15), 0)

    def test_a_provider_that_fails_most_of_its_calls_is_left_alone_and_everybody_can_see_it(self):
        directory = self.slapd(person("ada"))
        bad, good, providers = self.two_tenants("0s")
        bad.faults({"match": {"path": "*"}, "kind": "status", "status": 503})
        self.configure(self.ldap_source(directory), providers, self.tail())
        daemon = self.start("run")
        wait_for(lambda: "in quarantine: bad" in self.get("/readyz")[1], "the quarantine")
        self.assertEqual(self.get("/readyz")[0], 200)    # one provider's trouble is not the daemon's
        self.assertIn('rollcall_provider_quarantined{provider="bad"} 1', self.get("/metrics")[1])
        self.assertIn('rollcall_provider_quarantined{provider="good"} 0', self.get("/metrics")[1])
        asked = bad.call("faults")[0]["fired"]
        self.assertLessEqual(asked, 8)
        directory.add(person("bob"))                     # polls go on, and none of them asks the one in quarantine
        wait_for(lambda: "bob" in good.accounts(), "a later poll")
        self.assertEqual(bad.call("faults")[0]["fired"], asked)
        state = {p["name"]: p for p in self.rollcall("status", "--json", code=0).json["providers"]}
        self.assertIn("calls failed", state["bad"]["quarantine"])
        self.assertIsNone(state["good"]["quarantine"])
        daemon.terminate()
        self.assertEqual(daemon.wait(15), 0)
        bad.faults()
        self.rollcall("apply", "--yes", code=0)          # a person's word is tried at once
        state = {p["name"]: p for p in self.rollcall("status", "--json", code=0).json["providers"]}
        self.assertIsNone(state["bad"]["quarantine"])
        self.assertEqual(sorted(bad.accounts()), ["ada", "bob"])

    def test_an_end_date_acts_by_the_clock_without_a_read(self):
        with open(os.path.join(TREE, "mappings/openldap.toml"), encoding="utf-8") as file:
            mapping = file.read().replace("[group]", 'endDate = "{description}"\n[group]', 1)
        os.mkdir(os.path.join(self.folder, "mappings"))
        self.write("mappings/dated.toml", mapping)
        directory, tenant = self.slapd(person("ada") + person("bob")), self.sandbox()
        self.configure(self.ldap_source(directory).replace('"openldap"', '"dated"'), self.provider(tenant), self.tail())
        daemon = self.start("run")
        wait_for(lambda: len(tenant.accounts()) == 2, "the accounts")
        # The end must lie behind the last read: how far depends on how slow the computer is.
        for seconds in (3, 10, 30, 60):
            now = datetime.datetime.now(datetime.timezone.utc)
            end = (now + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
            directory.change("dn: uid=ada,ou=people,%s\nchangetype: modify\nreplace: description\ndescription: %s\n" % (BASE, end))
            wait_for(lambda: end in self.rollcall("explain", "ada", code=0).out, "the end date in the state")
            directory.control("stop")                    # nothing can be read any more
            if tenant.accounts()["ada"]["status"] != 2:
                break
            directory.control("start")
        self.assertNotEqual(tenant.accounts()["ada"]["status"], 2)
        wait_for(lambda: tenant.accounts()["ada"]["status"] == 2, "the end date", 70)
        self.assertNotEqual(tenant.accounts()["bob"]["status"], 2)
        daemon.terminate()
        self.assertEqual(daemon.wait(15), 0)


if __name__ == "__main__":
    unittest.main()
