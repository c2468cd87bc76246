"""Services that we did not write: scimmy-routers from npm, with PATCH and without, and scim2-server from PyPI. They are installed into a
temporary folder; skipped where npm or pip, or their registries, cannot be had."""
import shutil, subprocess, sys, tempfile, unittest
import scim_test
from stage import *
from scim_test import GROUP, Target

MODULES = ["scimmy@1.3.5", "scimmy-routers@1.3.2", "express@4.21.2"]
WHEEL = "scim2-server==0.8.3"


def install(words, folder, what):
    try:
        done = subprocess.run(words, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=200).returncode
    except subprocess.TimeoutExpired:
        done = "it took too long"
    if done != 0:
        raise unittest.SkipTest("%s could not be installed: %s" % (what, done))


class Foreign(Target):
    __test__ = False

    @classmethod
    def setUpClass(cls):
        cls.modules = tempfile.mkdtemp(prefix="rollcall-scim.")
        cls.addClassCleanup(shutil.rmtree, cls.modules, True)
        cls.fetch()

    def serve(self, *words):
        service = subprocess.Popen(words, cwd=self.modules, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

        def end():
            service.kill()
            service.communicate()
        self.addCleanup(end)
        line = service.stdout.readline()
        self.assertIn("http://", line)
        return line.split()[-1]

    def begin_foreign(self, count=4, sales=2, extra=""):
        self.directory = self.slapd(scim_test.people(count) + group("sales", *("p%03d" % n for n in range(sales))))
        self.use(self.start_service(), extra)
        for name in "Employee", "Продажи", "Engineering":
            self.ask("POST", "/Groups", {"schemas": [GROUP], "displayName": name})

    def story(self):
        """First sync, second plan empty, mover, leaver, rejoiner, roles: against whatever this is."""
        self.begin_foreign()
        met = self.rollcall("check", "--connect", code=0)
        self.assertIn("the SCIM service accepts the token and shows 0 users and 3 groups", met.out)
        self.rollcall("apply", "--yes", code=0)
        self.expect_right(4, 2)
        self.no_changes()
        stranger = self.add_user(userName="stränger", name={"familyName": "Ö"})
        self.add_member_as_it_can("Engineering", stranger)
        self.rollcall("apply", "--yes")
        other = self.users()
        self.assertEqual((other["stränger"]["roles"], other["stränger"].get("externalId")), (["Engineering"], None))
        self.ask("DELETE", "/Users/" + stranger)
        self.take_out_of_groups(stranger)
        self.move()
        self.leave_and_come_back()
        self.no_changes()

    def add_member_as_it_can(self, name, user):
        self.add_member(name, user)

    def take_out_of_groups(self, user):
        pass

    def many(self):
        """More people than one page holds; nobody is lost when several write one group."""
        self.begin_foreign(130, 30, "concurrency = 8")
        self.rollcall("apply", "--yes", code=0)
        self.expect_right(130, 30)
        self.no_changes()

    def adopted(self):
        self.begin_foreign(extra="adopt = true\nprotect = []")
        user = self.add_user(userName="P000", name={"givenName": "Ž", "familyName": "Other"}, nickName="ŽŽ", emails=[{"type": "home", "value": "z@example.com"}])
        self.rollcall("apply", "--yes")
        self.rollcall("apply", "--yes")
        users = self.users()
        name = next(name for name in users if name.lower() == "p000")
        self.assertEqual((users[name]["id"], users[name]["nickName"], users[name]["name"]["familyName"]), (user, "ŽŽ", scim_test.FAMILY[0]))
        self.assertEqual(sorted(mail["value"] for mail in users[name]["emails"]), ["p000@example.com", "z@example.com"])
        self.no_changes()


class Scimmy(Foreign):
    words = ["patch"]

    @classmethod
    def fetch(cls):
        if not shutil.which("npm") or not shutil.which("node"):
            raise unittest.SkipTest("npm and node are not installed: scimmy-routers is not asked")
        install(["npm", "install", "--no-audit", "--no-fund", "--prefer-offline", "--silent", *MODULES], cls.modules, " ".join(MODULES))
        shutil.copy(os.path.join(TREE, "tests/e2e/scim_foreign_scimmy.mjs"), cls.modules)

    def start_service(self):
        return self.serve("node", "scim_foreign_scimmy.mjs", *self.words)

    def test_joiner_mover_leaver_rejoiner(self):
        self.story()

    def test_many(self):
        self.many()

    def test_adoption(self):
        self.adopted()


class ScimmyWithoutPatch(Scimmy):
    words = []

    def add_member_as_it_can(self, name, user):
        one = self.ask("GET", "/Groups/" + self.group_id(name))
        self.ask("PUT", "/Groups/" + one["id"], dict(one, members=one.get("members", []) + [{"value": user}]))


class Scim2Server(Foreign):
    @classmethod
    def fetch(cls):
        venv = os.path.join(cls.modules, "venv")
        install([sys.executable, "-m", "venv", venv], cls.modules, "a virtual environment of Python")
        install([os.path.join(venv, "bin/pip"), "install", "--quiet", "--disable-pip-version-check", WHEEL], cls.modules, WHEEL)

    def start_service(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        return self.serve(os.path.join(self.modules, "venv/bin/scim2-server"), "--port", str(port), "--bearer-token", "the-key")

    def take_out_of_groups(self, user):
        for one in self.everything("/Groups"):
            if any(member["value"] == user for member in one.get("members", [])):
                self.ask("PATCH", "/Groups/" + one["id"], {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                                                           "Operations": [{"op": "remove", "path": 'members[value eq "%s"]' % user}]})

    def test_joiner_mover_leaver_rejoiner(self):
        self.story()

    def test_many(self):
        self.many()

    def test_adoption(self):
        self.adopted()


def load_tests(loader, tests, pattern):
    """Only what stands here: the stories of scim_test run there."""
    return unittest.TestSuite(loader.loadTestsFromTestCase(case) for case in (Scimmy, ScimmyWithoutPatch, Scim2Server))


if __name__ == "__main__":
    program = unittest.main(verbosity=2, exit=False)
    if not program.result.wasSuccessful():
        sys.exit(1)
    sys.exit(77 if program.result.skipped and program.result.testsRun == len(program.result.skipped) or program.result.testsRun == 0 else 0)
