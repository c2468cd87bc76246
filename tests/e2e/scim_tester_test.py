"""Somebody else's judgement: scim2-tester (PyPI) against the endpoint of the real daemon, over scim2-client, a client that we did not
write. Skipped where PyPI cannot be had."""
import sys, unittest
import scim_endpoint_test
from foreign import *
from stage import *

PACKAGES = ["scim2-tester==0.5.2", "scim2-client[httpx2]==0.13.2"]

JUDGE = """
import sys, httpx2
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server
base, token = sys.argv[1:]
http = httpx2.Client(base_url=base, headers={"Authorization": "Bearer " + token}, timeout=60)
results = check_server(SyncSCIMClient(http))
# It tries to replace an extension that is readOnly as a whole; 400 mutability is the answer (RFC 7644 section 3.5.2).
ours = lambda r: "scim:schemas:1.0:Provisioning` is readOnly" in str(r.reason)
bad = [r for r in results if r.status in (Status.ERROR, Status.CRITICAL) and not ours(r)]
for r in bad:
    print(r.status.name, r.title, "|", r.resource_type, "|", r.reason, "|", str(r.data)[:600])
print(len(results), "checks,", len(bad), "of them bad")
sys.exit(1 if bad or len(results) < 50 else 0)
"""


def judge(folder):
    """The interpreter that has the packages."""
    python = virtual_environment(folder)
    pip_install(python, PACKAGES)
    return python


class Judged(scim_endpoint_test.Endpoint):
    python = os.environ.get("SCIM_TESTER_PYTHON")     # one that has them already

    def test_scim2_tester_finds_nothing_wrong(self):
        self.pushed(self.sandbox())
        token = self.token()
        daemon = self.daemon()
        done = subprocess.run([self.python, self.write("judge.py", JUDGE), "http://127.0.0.1:%d/scim/v2" % self.port, token],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=240)
        print(done.stdout)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.leave(daemon)


def load_tests(loader, tests, pattern):      # this file's alone, not those that its stage brings
    return loader.loadTestsFromName("Judged.test_scim2_tester_finds_nothing_wrong", sys.modules[__name__])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="rollcall-venv.") as folder:
        Judged.python = Judged.python or judge(folder)
        unittest.main()
