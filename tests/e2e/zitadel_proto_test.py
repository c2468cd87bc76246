"""What the vendor wrote judges us: every request that the backend emits, and every answer of the sandbox, against the descriptors of npm's
@zitadel/proto; and a Connect client made from them drives the sandbox. Skipped where npm, or its registry, cannot be had."""
import http.client, http.server, os, shutil, subprocess, tempfile, threading, unittest
from stage import *
import zitadel_test
from zitadel_test import ITS_MAIL, OUR_MAIL, RULES

PACKAGES = ["@zitadel/proto@1.3.1", "@bufbuild/protobuf@2", "@connectrpc/connect@2", "@connectrpc/connect-node@2"]


class Recorder(http.server.ThreadingHTTPServer):
    """Stands before the sandbox and writes every exchange down."""
    daemon_threads = True

    def __init__(self, target, path):
        self.target, self.path, self.lock = target, path, threading.Lock()
        super().__init__(("127.0.0.1", 0), Exchange)
        self.url = "http://127.0.0.1:%d" % self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Exchange(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def pass_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        there = http.client.HTTPConnection(self.server.target)
        there.request(self.command, self.path, body, {k: v for k, v in self.headers.items() if k.lower() not in ("content-length", "connection")})
        answer = there.getresponse()
        text = answer.read()
        path, _, query = self.path.partition("?")
        if not path.startswith("/_sandbox/"):
            with self.server.lock, open(self.server.path, "a", encoding="utf-8") as file:
                file.write(json.dumps({"method": self.command, "path": path, "query": query, "body": body.decode(), "status": answer.status, "answer": text.decode()}) + "\n")
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.getheader("Content-Type", "application/json"))
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
        there.close()

    do_GET = do_POST = do_PUT = do_DELETE = pass_on


class Proto(zitadel_test.Zitadel):
    @classmethod
    def setUpClass(cls):
        if not shutil.which("npm") or not shutil.which("node"):
            raise unittest.SkipTest("npm and node are not installed: the vendor's descriptors are not asked")
        cls.modules = tempfile.mkdtemp(prefix="rollcall-proto.")
        cls.addClassCleanup(shutil.rmtree, cls.modules, True)
        try:
            done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--prefer-offline", "--silent", *PACKAGES], cwd=cls.modules,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120).returncode
        except subprocess.TimeoutExpired:
            done = "it took too long"
        if done != 0:
            raise unittest.SkipTest("npm could not install %s: %s" % (" ".join(PACKAGES), done))
        shutil.copy(os.path.join(TREE, "tests/e2e/zitadel_proto.mjs"), cls.modules)

    def node(self, *words):
        done = subprocess.run(["node", "zitadel_proto.mjs", *words], cwd=self.modules, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        if done.returncode != 0:
            self.fail(done.stderr.decode("utf-8", "replace")[:4000])
        return done.stdout.decode()

    def record(self):
        recorder = Recorder(self.tenant.url.split("//")[1], os.path.join(self.folder, "exchanges"))
        self.addCleanup(recorder.server_close)
        self.addCleanup(recorder.shutdown)
        self.tenant.url, self.sandbox_url = recorder.url, self.tenant.url
        return recorder

    def live(self, tables):
        """Joiner, mover, leaver, rejoiner, metadata, an adopted account, an acceptance."""
        os.makedirs(os.path.join(self.folder, "mappings"), exist_ok=True)
        self.write("mappings/mine.toml", shipped("zitadel") + '"phone" = "{employeeNumber ?? \'\'}"\n"metadata.titre" = "{title ?? \'\'}"\n')
        self.use(tables, 'mapping = "mine"\nadopt = true\nprotect = []')
        self.rollcall("check", "--connect", code=0)
        self.rollcall("apply", "--yes")
        self.directory.change("dn: uid=p000,ou=people,%s\nchangetype: modify\nreplace: sn\n%s\n-\nadd: title\n%s\n-\nadd: employeeNumber\nemployeeNumber: +41 79 123 45 67\n"
                              % (BASE, zitadel_test.encoded("sn", "Нова"), zitadel_test.encoded("title", "Chef d'équipe")))
        self.directory.change("dn: cn=sales,ou=groups,%s\nchangetype: modify\ndelete: member\nmember: uid=p000,ou=people,%s\n" % (BASE, BASE))
        self.rollcall("apply", "--yes", code=0)
        self.directory.change("dn: uid=p000,ou=people,%s\nchangetype: modify\ndelete: title\n-\ndelete: employeeNumber\n" % BASE)
        self.directory.delete("uid=p001,ou=people," + BASE)
        for _ in range(2):
            self.rollcall("apply", "--yes")
        self.assertEqual(self.tenant.accounts()["p001"]["status"], 2)

    def judge(self):
        seen = json.loads(self.node("judge", os.path.join(self.folder, "exchanges")))
        print("\nzitadel: judged by the vendor's descriptors: %s" % seen)
        return seen

    def test_every_request_is_one_of_the_vendors_methods(self):
        self.begin(6, 3)
        self.record()
        self.live(RULES + ITS_MAIL)
        self.use(RULES + OUR_MAIL, 'mapping = "mine"\nadopt = true\nprotect = []')
        self.directory.add(zitadel_test.people(7).split("\n\n")[6] + "\n\n")
        self.rollcall("apply", "--yes")
        self.assertLessEqual({"AddHumanUser", "UpdateHumanUser", "ListUsers", "CreateInviteCode", "DeactivateUser", "SetUserMetadata", "DeleteUserMetadata", "RemovePhone",
                              "ListAuthenticationMethodTypes", "AddUserGrant", "UpdateUserGrant", "ListUserGrants", "ListProjectRoles"}, set(self.judge()))

    def test_authorizations_are_the_vendors_too(self):
        self.begin(4, 2, RULES + OUR_MAIL, "", "--management", "absent")
        self.record()
        self.live(RULES + OUR_MAIL)
        with open(os.path.join(self.folder, "exchanges"), encoding="utf-8") as file:
            kept = [line for line in file if '"path": "/management/' not in line]      # the probe that found v1 absent
        self.write("exchanges", "".join(kept))
        self.assertLessEqual({"ListAuthorizations", "CreateAuthorization", "UpdateAuthorization"}, set(self.judge()))

    def test_the_judge_refuses_what_the_vendor_would_drop_or_refuse(self):
        create = {"method": "POST", "path": "/v2/users/human", "query": "", "status": 400, "answer": "", "body": None}
        good = {"profile": {"givenName": "Zoë", "familyName": "Ö"}, "email": {"email": "z@example.com", "isVerified": True}}
        bad = [dict(create, path="/v2/user/human"), dict(create, method="PUT"), {**good, "nickname": "Z"}, {**good, "username": "x" * 201},
               {**good, "email": {"email": "z@example.com", "isVerified": True, "returnCode": {}}}, {**good, "profile": {"givenName": "", "familyName": "Ö"}}]
        for sample in [good] + bad:
            exchange = sample if "path" in sample else dict(create, body=json.dumps(sample))
            self.write("sample", json.dumps(exchange) + "\n")
            done = subprocess.run(["node", "zitadel_proto.mjs", "judge", os.path.join(self.folder, "sample")], cwd=self.modules, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            self.assertEqual(done.returncode == 0, sample is good, sample)

    def test_a_client_of_the_vendors_descriptors_drives_the_sandbox(self):
        self.begin(1, 1)
        self.assertIn("driven", self.node("drive", self.tenant.url))


def shipped(name):
    with open(os.path.join(TREE, "mappings", name + ".toml"), encoding="utf-8") as file:
        return file.read()


def load_tests(loader, tests, pattern):
    """Only what stands here: the stories of zitadel_test run there."""
    own = [name for name in vars(Proto) if name.startswith("test_")]
    return unittest.TestSuite(Proto(name) for name in own)


if __name__ == "__main__":
    unittest.main(verbosity=2)
