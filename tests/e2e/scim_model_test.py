"""Thousands of random operations of several clients at once against the real daemon, which is killed with -9 again and again, beside a
plain model of what each client has pushed (scim_model.py): every answer is foretold, what was acknowledged is there, what was not has
happened wholly or not at all, and in the end the provider has what the model says.

ROLLCALL_SEED and ROLLCALL_OPERATIONS choose another run; the seed decides what the clients do, the machine how it interleaves."""
import collections, concurrent.futures, mmap, random, sys, unittest
import scim_endpoint_test
from scim_model_client import *
from stage import *

SEED = os.environ.get("ROLLCALL_SEED", "1")
CLIENTS = 6
FOREIGN = "Somebody.Else@example.com"       # a userName that is always taken
PROVIDER = """
rate = "100000/s"
[[provider.onelogin.role]]
role = "Employee"
when = "active eq true"
[provider.onelogin.limits]
suspend = "1000000"
reactivate = "1000000"
revoke = "1000000"
"""


def sanitized(program):
    with open(program, "rb") as f, mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ) as text:
        return text.find(b"__asan_init") >= 0


# The sanitizers make it about five times slower; a machine that is busy with something else is not waited for for ever.
OPERATIONS = int(os.environ.get("ROLLCALL_OPERATIONS", "2000" if sanitized(PROGRAM) else "10000"))
SECONDS = 400


class RandomOperations(scim_endpoint_test.Endpoint):
    def run_daemon(self):
        with open(os.path.join(self.folder, "log"), "ab") as log:
            self.process = subprocess.Popen(self.command("run"), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder)
        wait_for(lambda: self.listens() or self.process.poll() is not None, "the endpoint")
        self.assertIsNone(self.process.poll(), "the daemon ended by itself; its last words: " + self.last_words())
        self.up.set()

    def end_daemon(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def last_words(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as f:
            return f.read()[-3000:]

    def ready(self):
        if not self.up.wait(60):
            raise Wrong("the daemon does not come back")

    def go_on(self):
        with self.counting:
            if self.failed or self.begun == OPERATIONS or (self.begun >= OPERATIONS // 5 and time.monotonic() > self.end):
                return False
            self.begun += 1
            self.counting.notify_all()
            return True

    def work(self, client):
        try:
            client.run()
        except BaseException as error:
            self.failed = True
            print("seed %s, client %s, %d done before: %s: %s" % (SEED, client.model.prefix, client.done, client.step, error), file=sys.stderr)
            raise

    def kill_again_and_again(self, running):
        """At instants that nobody has chosen: after so many operations, and a little."""
        dice, kills, next_kill = random.Random(SEED), 0, 0
        while True:
            next_kill += dice.randint(50, 350)
            with self.counting:
                while self.begun < next_kill and not all(r.done() for r in running):
                    self.counting.wait(0.2)
            if all(r.done() for r in running):
                return kills
            try:
                self.process.wait(dice.uniform(0, 0.03))
                self.fail("the daemon ended by itself; its last words: " + self.last_words())
            except subprocess.TimeoutExpired:
                self.up.clear()
                self.process.kill()
                self.process.wait()
            kills += 1
            self.run_daemon()

    def test_promise_8_random_operations_agree_with_a_plain_model_through_kill_9(self):
        tenant = self.sandbox(roles="Employee")
        self.write("state-key", "0123456789abcdef" * 2)
        self.pushed(tenant, state='key = { file = "state-key" }\n', scim='rate = "100000/s"\n', roles=PROVIDER)
        token = self.token()
        self.up, self.counting, self.begun, self.failed = threading.Event(), threading.Condition(), 0, False
        self.run_daemon()
        self.addCleanup(self.end_daemon)
        hr = self.client(token)
        someone, shared = hr.user(FOREIGN), hr.group("shared")
        hr.http.close()
        clients = [Client(n, SEED, self.port, token, shared, FOREIGN, self.ready, self.go_on) for n in range(CLIENTS)]
        begin = time.monotonic()
        self.end = begin + SECONDS
        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            running = [pool.submit(self.work, c) for c in clients]
            try:
                kills = self.kill_again_and_again(running)
            finally:
                self.failed = self.failed or not all(r.done() for r in running)
                self.up.set()
            for each in running:
                each.result()
        seconds = time.monotonic() - begin
        lost, done = sum(c.lost for c in clients), sum(c.lost_and_done for c in clients)
        print("seed %s: %d of %d operations of %d clients in %.0f s, %d kills; %d answers were lost, and %d changes had happened nevertheless" % (
            SEED, self.begun, OPERATIONS, CLIENTS, seconds, kills, lost, done))
        self.assertGreater(kills, self.begun // 400)
        self.compare_everything(clients, hr, someone, shared)
        self.compare_accounts(clients, hr, tenant, someone)
        self.leave(self.process)
        for name in os.listdir(self.folder):
            if name.startswith(("state.db", "log")):
                with open(os.path.join(self.folder, name), "rb") as f:
                    self.assertNotIn(PASSWORD.encode(), f.read(), name)

    def pages(self, hr, place, cursor):
        """All resources, by startIndex or by cursor."""
        out, at = [], "" if cursor else 1
        while at is not None:
            status, page = hr.call("GET", query(place, count=37, **{"cursor" if cursor else "startIndex": at}))
            self.assertEqual(status, 200, page)
            out += page["Resources"]
            last = not page["Resources"] or len(out) >= page["totalResults"]
            at = page.get("nextCursor") if cursor else None if last else len(out) + 1
            self.assertTrue(page["totalResults"] == len(out) if at is None else page["totalResults"] > len(out), page["totalResults"])
        return out

    def compare_everything(self, clients, hr, someone, shared):
        for kind, other in ("User", someone), ("Group", shared):
            for cursor in False, True:
                listed = self.pages(hr, PLACES[kind], cursor)
                ids = [r["id"] for r in listed]
                self.assertEqual(len(set(ids)), len(ids), "somebody is listed twice")
                self.assertEqual(set(ids), {other}.union(*(c.model.of(kind) for c in clients)))
                for each in listed:
                    for client in clients:
                        if each["id"] in client.model.of(kind):
                            client.model.check(kind, each)
        members = [m["value"] for m in hr.call("GET", "/Groups/" + shared)[1].get("members", [])]
        self.assertEqual(sorted(members), sorted(m for c in clients for m in c.model.shared))
        for client in clients:
            for kind, id in client.model.gone:
                self.assertEqual(hr.call("GET", PLACES[kind] + "/" + id)[0], 404)

    def compare_accounts(self, clients, hr, tenant, someone):
        """What the pushes were for: who is active has an account, and nobody else has one that is active. A name that belonged to somebody
        who is gone is a conflict, which a person settles (contract 4.6): those wait, and are told apart."""
        users = {id: u.body for c in clients for id, u in c.model.users.items()}

        def waiting():
            listed = self.pages(hr, query("/Users", attributes=TRUTH), True)
            states = {r["id"]: {a["state"] for a in r.get(TRUTH, {}).get("accounts", [])} for r in listed if r["id"] != someone}
            return {id for id, state in states.items() if state not in ({"provisioned"}, {"suspended"}, set())}

        def conflicts():
            return {c["user"] for p in self.plan("--offline")["providers"] for c in p["conflicts"]}
        wait_for(lambda: waiting() <= conflicts(), "the end of the work at the provider", 120)
        left, accounts = conflicts(), tenant.look()["accounts"]
        active = {id: u["userName"].lower() for id, u in users.items() if u["active"] and id not in left}
        active[someone] = FOREIGN.lower()
        owners = [a["external-id"] for a in accounts if "external-id" in a]     # who left at once may have none
        self.assertEqual(len(set(owners)), len(owners), "two accounts of one person")
        self.assertEqual({a.get("external-id"): a["username"].lower() for a in accounts if a["status"] != 2 and a.get("external-id") not in left}, active)
        print("%d accounts are active, %d are not; %d conflicts" % (len(active), len(accounts) - len(active), len(left)))
        self.assertLess(len(left), len(users) // 4)


if __name__ == "__main__":
    unittest.main()
