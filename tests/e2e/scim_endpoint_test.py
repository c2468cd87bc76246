"""The SCIM endpoint as a client meets it: the real daemon over real HTTP. What was acknowledged is never lost, what was pushed reaches the
provider, and a client can do no more harm than a directory (promise 8)."""
import base64, concurrent.futures, contextlib, hashlib, http.client, itertools, pathlib, sqlite3, ssl, unittest, urllib.parse
from stage import *

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
TRUTH = "urn:rollcall:params:scim:schemas:1.0:Provisioning"


class Client:
    """One connection, kept."""

    def __init__(self, port, token, tls=None):
        self.token = token
        self.http = http.client.HTTPSConnection("127.0.0.1", port, timeout=30, context=tls) if tls else \
            http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def call(self, method, path, body=None, **headers):
        headers = {"Authorization": "Bearer " + self.token, **{k.replace("_", "-"): v for k, v in headers.items()}}
        if body is not None:
            headers["Content-Type"] = "application/scim+json"
        self.http.request(method, "/scim/v2" + path, None if body is None else json.dumps(body), headers)
        answer = self.http.getresponse()
        text = answer.read().decode()
        return answer.status, json.loads(text) if text else None

    def create(self, path, **body):
        status, made = self.call("POST", path, body)
        assert status == 201, (status, made)
        return made["id"]

    def user(self, name, **more):
        return self.create("/Users", schemas=[USER], userName=name, name={"givenName": "Ada", "familyName": "Test"},
                           emails=[{"type": "work", "value": name + "@example.com"}], active=True, **more)

    def group(self, name, *members):
        return self.create("/Groups", schemas=[GROUP], displayName=name, members=[{"value": m} for m in members])

    def patch(self, path, *operations):
        return self.call("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)})

    def truth(self, user):
        """What the Provisioning extension says of the first provider."""
        accounts = self.call("GET", "/Users/" + user)[1].get(TRUTH, {}).get("accounts", [{}])
        return accounts[0]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Endpoint(Stage):
    """What the stories of the endpoint share; it has no test of its own."""

    def pushed(self, tenant, scim="", source="", tail="", roles=ROLES, state=""):
        self.port, self.admin = free_port(), free_port()
        self.configure('[source.hr]\ntype = "scim"\nmapping = "scim"\n' + source,
                       '[scim]\nlisten = "127.0.0.1:%d"\n' % self.port + scim,
                       '[admin]\nlisten = "127.0.0.1:%d"\ncontrol = "control"\n[schedule]\npoll = "1h"\n' % self.admin,
                       self.provider(tenant, tables=roles), tail, state=state)

    def token(self, *words):
        result = self.rollcall("token", "create", "hr", *words, code=0)
        self.assertRegex(result.out, r"^[A-Za-z0-9._~-]{40,}\n$")
        return result.out.strip()

    def daemon(self, *words):
        process = self.start("run", *words)
        wait_for(lambda: self.listens() or process.poll() is not None, "the endpoint")
        self.assertIsNone(process.poll(), process.stderr.read() if process.poll() is not None else "")
        return process

    def listens(self):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def client(self, token, tls=None):
        client = Client(self.port, token, tls)
        self.addCleanup(client.http.close)
        return client

    def leave(self, process):
        process.terminate()
        self.assertEqual(process.wait(20), 0)

    def metrics(self):
        with urllib.request.urlopen("http://127.0.0.1:%d/metrics" % self.admin, timeout=10) as answer:
            return answer.read().decode()


class Stories(Endpoint):
    def test_a_pushed_person_has_an_account_at_once_and_the_client_sees_the_truth(self):
        tenant = self.sandbox()
        self.pushed(tenant)
        hr = self.client(self.token())
        daemon = self.daemon()
        ada = hr.user("ada")
        begin = time.monotonic()
        wait_for(lambda: "ada" in tenant.accounts(), "the account", 20)
        print("pushed person to account: %.2f s" % (time.monotonic() - begin))
        wait_for(lambda: hr.truth(ada).get("state") == "provisioned", "the truth")
        self.assertEqual(hr.truth(ada)["accountId"], str(tenant.accounts()["ada"]["id"]))
        sales = hr.group("sales", ada)
        wait_for(lambda: "Sales" in hr.truth(ada).get("roles", []), "the role")
        self.assertEqual(hr.patch("/Groups/" + sales, {"op": "Remove", "path": "members", "value": [{"value": ada}]})[0], 204)
        wait_for(lambda: "Sales" not in hr.truth(ada).get("roles", []), "the role to go")
        self.assertEqual(hr.patch("/Users/" + ada, {"op": "replace", "value": {"userName": "ada2", "active": False}})[0], 200)
        wait_for(lambda: tenant.accounts().get("ada2", tenant.accounts().get("ada"))["status"] == 2, "the suspension")
        wait_for(lambda: hr.truth(ada).get("state") == "suspended", "the truth")
        self.assertEqual(hr.call("GET", "/Users/" + ada)[1]["active"], False)
        text = self.metrics()
        self.assertIn('rollcall_scim_requests_total{method="POST",resource="Users",status="201"} 1', text)
        self.assertRegex(text, r'rollcall_last_complete_read_timestamp_seconds\{source="hr"\} [1-9]')
        self.leave(daemon)

    def test_promise_10_a_pushed_password_reaches_the_provider_and_is_nowhere_in_the_clear(self):
        tenant = self.sandbox()
        secret, second = "Geheim-Wort 1", "Zweites-Wort 2"
        stored = lambda text: "sha256:" + hashlib.sha256(text.encode()).hexdigest()
        password = lambda: tenant.accounts().get("ada", {}).get("password")
        self.write("state-key", base64.b64encode(os.urandom(32)).decode() + "\n")
        self.pushed(tenant, state='key = { file = "state-key" }\n', tail='[log]\nlevel = "debug"\n')
        hr = self.client(self.token())
        daemon = self.daemon()
        self.assertEqual(hr.call("GET", "/ServiceProviderConfig")[1]["changePassword"], {"supported": True})
        tenant.faults({"match": {"method": "POST", "path": "users.xml", "nth": 1}, "kind": "hang-before", "ms": 60000})
        ada = hr.user("ada", password=secret)
        self.assertEqual(self.sealed(), 1)
        wait_for(lambda: tenant.call("faults")[0]["fired"] > 0, "the create")
        daemon.kill()
        daemon.wait(30)
        everything = b"".join(path.read_bytes() for path in pathlib.Path(self.folder).glob("state.db*"))
        everything += self.rollcall("plan", "--format", "json", "--offline").out.encode() + self.rollcall("explain", "ada").out.encode()
        self.assertNotIn(secret.encode(), everything)
        tenant.faults()
        daemon = self.daemon()
        wait_for(lambda: password() == stored(secret), "the password")
        wait_for(lambda: self.sealed() == 0, "the password to be forgotten")
        hr = self.client(hr.token)
        self.assertEqual(hr.patch("/Users/" + ada, {"op": "replace", "path": "password", "value": second})[0], 200)
        wait_for(lambda: password() == stored(second), "the second password")
        wait_for(lambda: self.sealed() == 0, "the second to be forgotten")
        daemon.terminate()
        said = b"".join(daemon.communicate(timeout=20)).decode()
        for text in secret, second, stored(second):
            self.assertNotIn(text, said)
        self.assertEqual(self.actions(self.plan()), [])

    def sealed(self):
        with contextlib.closing(sqlite3.connect("file:%s/state.db?mode=ro" % self.folder, uri=True, timeout=30)) as state:
            return state.execute("select count(*) from sealed").fetchone()[0]

    def test_promise_8_an_acknowledged_write_survives_kill_9(self):
        tenant = self.sandbox()
        self.pushed(tenant)
        token = self.token()
        kept = {}
        for round in range(3):
            daemon = self.daemon()
            clients = [self.client(token) for _ in range(4)]

            def push(number):
                done = []
                try:
                    for n in itertools.count():
                        name = "r%d-%d-%d" % (round, number, n)
                        status, made = clients[number].call("POST", "/Users", {"schemas": [USER], "userName": name})
                        if status != 503:                # a slow disk: said, and not acknowledged
                            self.assertEqual(status, 201)
                            done.append((name, made["id"]))
                except (OSError, http.client.HTTPException):
                    return done
            with concurrent.futures.ThreadPoolExecutor(4) as pool:
                running = [pool.submit(push, i) for i in range(4)]
                wait_for(lambda: hr_count(self.state) >= 20 * (round + 1), "some writes")
                daemon.kill()
                daemon.wait()
                for each in running:
                    kept.update(each.result())
        daemon = self.daemon()
        hr = self.client(token)
        self.assertGreater(len(kept), 50)
        for name, made in kept.items():
            status, user = hr.call("GET", "/Users/" + made)
            self.assertEqual((status, user.get("userName")), (200, name))
        self.leave(daemon)

    def test_concurrent_patches_of_single_members_lose_nothing(self):
        self.pushed(self.sandbox())
        token = self.token()
        daemon = self.daemon()
        hr = self.client(token)
        people = [hr.user("u%d" % i) for i in range(24)]
        team = hr.group("team", *people[:8])

        def change(i):
            client = Client(self.port, token)
            try:
                if i < 8:
                    return client.patch("/Groups/" + team, {"op": "remove", "path": 'members[value eq "%s"]' % people[i]})[0]
                return client.patch("/Groups/" + team, {"op": "add", "path": "members", "value": [{"value": people[i]}]})[0]
            finally:
                client.http.close()
        with concurrent.futures.ThreadPoolExecutor(24) as pool:
            self.assertEqual(set(pool.map(change, range(24))), {204})
        members = hr.call("GET", "/Groups/" + team)[1]["members"]
        self.assertEqual(sorted(m["value"] for m in members), sorted(people[8:]))
        self.leave(daemon)

    def test_500_clients_at_once_are_all_answered(self):
        self.pushed(self.sandbox())
        token = self.token()
        daemon = self.daemon("--observe")
        together = threading.Barrier(500)

        def visit(i):
            client = Client(self.port, token)
            try:
                client.http.connect()
                together.wait(60)
                user = client.user("u%d" % i)
                return client.call("GET", "/Users/" + user)[0]
            finally:
                client.http.close()
        with concurrent.futures.ThreadPoolExecutor(500) as pool:
            self.assertEqual(set(pool.map(visit, range(500))), {200})
        self.assertEqual(self.client(token).call("GET", "/Users?count=0")[1]["totalResults"], 500)
        self.leave(daemon)

    def test_promise_8_200_deletions_are_held_and_the_next_person_is_not(self):
        tenant = self.sandbox()
        self.pushed(tenant)
        hr = self.client(self.token())
        daemon = self.daemon()
        people = [hr.user("u%d" % i) for i in range(220)]
        wait_for(lambda: len(tenant.accounts()) == 220, "the accounts", 120)
        wait_for(lambda: hr.truth(people[-1]).get("state") == "provisioned", "the end of the run")
        for one in people[:150]:
            self.assertEqual(hr.call("DELETE", "/Users/" + one)[0], 204)
        for one in people[150:200]:
            self.assertEqual(hr.patch("/Users/" + one, {"op": "Replace", "path": "active", "value": "False"})[0], 200)
        holds = lambda: [h for h in self.rollcall("holds", "--json", code=0).json if h["kind"] == "suspend"]
        suspended = lambda: sum(a["status"] == 2 for a in tenant.accounts().values())
        # Who came alone, before there was a burst, went at once: never more than the limit allows of 220.
        wait_for(lambda: len(holds()) + suspended() == 200, "the holds", 60)
        self.assertLessEqual(suspended(), 22)
        status, kept = hr.call("GET", "/Users/" + people[199])
        self.assertEqual((status, kept["active"], hr.truth(people[199])["state"]), (200, False, "held"))
        self.assertEqual(hr.call("GET", "/Users/" + people[0])[0], 404)
        hr.user("next")
        wait_for(lambda: "next" in tenant.accounts(), "the next person", 30)
        self.rollcall("approve", "--kind", "suspend", code=0)
        wait_for(lambda: suspended() == 200, "what was approved", 60)
        self.leave(daemon)

    def test_a_deleted_person_is_a_stated_leaver_and_one_alone_goes_at_once(self):
        tenant = self.sandbox()
        self.pushed(tenant)
        hr = self.client(self.token())
        daemon = self.daemon()
        ada = hr.user("ada")
        wait_for(lambda: "ada" in tenant.accounts(), "the account", 20)
        wait_for(lambda: hr.truth(ada).get("state") == "provisioned", "the truth")
        self.assertEqual(hr.call("DELETE", "/Users/" + ada)[0], 204)
        wait_for(lambda: tenant.accounts()["ada"]["status"] == 2, "the suspension", 20)
        self.assertIn("deleted in hr", self.rollcall("history", "--json", code=0).out)
        self.leave(daemon)

    def test_tokens_end_and_are_shown_without_their_secret(self):
        self.pushed(self.sandbox())
        self.rollcall("token", "create", "nobody", code=1)
        short = self.token("--expires", "3s")
        elsewhere, here = self.token("--allow", "10.0.0.0/8"), self.token("--expires", "90d", "--allow", "127.0.0.0/8", "--allow", "::1")
        daemon = self.daemon()
        ask = lambda token: self.client(token).call("GET", "/Users?count=0")[0]
        self.assertEqual([ask(elsewhere), ask(here), ask(here + "x")], [403, 200, 401])
        wait_for(lambda: ask(short) == 401, "the end of the token", 10)
        listed = self.rollcall("token", "list", "--json", code=0)
        for secret in (short, elsewhere, here):
            self.assertNotIn(secret.split("_", 2)[2], listed.out)
            with open(self.state, "rb") as f, open(self.state + "-wal", "rb") as g:
                self.assertNotIn(secret.encode(), f.read() + g.read())
        rows = {r["id"]: r for r in listed.json}
        self.assertEqual({tuple(sorted(r)) for r in rows.values()}, {("allow", "created", "expires", "id", "last-used", "source")})
        row = next(r for r in rows.values() if "127.0.0.0/8" in r["allow"])
        self.assertEqual(row["source"], "hr")
        wait_for(lambda: {r["id"]: r for r in self.rollcall("token", "list", "--json").json}[row["id"]]["last-used"], "its last use")
        self.assertIn(row["id"], self.rollcall("token", "list", code=0).out)
        self.rollcall("token", "revoke", row["id"], code=0)
        self.assertEqual(ask(here), 401)
        self.rollcall("token", "revoke", row["id"], code=1)
        self.leave(daemon)

    def test_a_silent_source_is_incomplete_until_somebody_pushes(self):
        self.pushed(self.sandbox(), source='silence = "1m"\n')
        hr = self.client(self.token())
        daemon = self.daemon()
        plan = self.plan(code=4)
        self.assertEqual([(s["complete"], "no client has pushed" in s["detail"]) for s in plan["sources"]], [(False, True)])
        hr.user("ada")
        wait_for(lambda: self.plan()["sources"][0]["complete"], "the source to be complete")
        self.leave(daemon)

    def test_a_renewed_certificate_is_taken_up_and_open_connections_go_on(self):
        if not shutil.which("openssl"):
            self.skipTest("no openssl here")

        def certificate(name):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                            "-subj", "/CN=" + name, "-keyout", os.path.join(self.folder, "tls.key"), "-out", os.path.join(self.folder, "tls.crt")],
                           check=True, stderr=subprocess.DEVNULL)
        certificate("old")
        self.pushed(self.sandbox(), scim='certificate = "tls.crt"\nkey = "tls.key"\n')
        token = self.token()
        daemon = self.daemon()
        anyone = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        anyone.check_hostname, anyone.verify_mode = False, ssl.CERT_NONE

        def shown():
            with socket.create_connection(("127.0.0.1", self.port)) as raw, anyone.wrap_socket(raw) as tls:
                return tls.getpeercert(True)
        first = shown()
        hr = self.client(token, anyone)
        self.assertEqual(hr.call("GET", "/Users")[0], 200)
        kept = hr.http.sock
        certificate("new")
        daemon.send_signal(signal.SIGHUP)
        wait_for(lambda: shown() != first, "the new certificate")
        self.assertEqual(hr.call("GET", "/Users")[0], 200)
        self.assertIs(hr.http.sock, kept)
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        with socket.create_connection(("127.0.0.1", self.port)) as raw, self.assertRaises((ssl.SSLError, OSError)):
            old.wrap_socket(raw)
        self.leave(daemon)

    def test_limits_are_answered_in_scim(self):
        self.pushed(self.sandbox(), scim='max-body = "4KiB"\nmax-filter = "100"\nmax-operations = 2\nrate = "5/s"\n')
        hr = self.client(self.token())
        daemon = self.daemon()
        status, error = hr.call("POST", "/Users", {"schemas": [USER], "userName": "x" * 5000})
        self.assertEqual((status, error["status"]), (413, "413"))
        hr.http.close()
        self.assertEqual(hr.call("GET", "/Users?filter=" + urllib.parse.quote('userName eq "%s"' % ("x" * 200)))[0], 400)
        operation = {"op": "add", "path": "title", "value": "x"}
        self.assertIn(hr.patch("/Users/1", operation, operation, operation)[0], (400, 413))
        wait_for(lambda: hr.call("GET", "/Users?count=0")[0] == 429, "the rate", 20)
        self.assertIn('rollcall_scim_limits_total{limit="body"} 1', self.metrics())
        self.leave(daemon)


def hr_count(state):
    import sqlite3
    with sqlite3.connect("file:%s?mode=ro" % state, uri=True) as db:
        return db.execute("select count(*) from resource").fetchone()[0]


if __name__ == "__main__":
    unittest.main()
