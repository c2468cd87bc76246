"""The vendor's own SDK, from npm, drives the sandbox's LoginRadius. Skipped where npm, or its registry, cannot be had."""
import os, shutil, subprocess, tempfile, unittest
from stage import *

PACKAGE = "loginradius-sdk@11.7.0"


class Sdk(Stage):
    @classmethod
    def setUpClass(cls):
        if not shutil.which("npm") or not shutil.which("node"):
            raise unittest.SkipTest("no npm or node here")
        cls.modules = tempfile.mkdtemp(prefix="rollcall-npm.")
        cls.addClassCleanup(shutil.rmtree, cls.modules, True)
        done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", cls.modules, PACKAGE],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=240)
        if done.returncode != 0:
            raise unittest.SkipTest("npm could not install %s: %s" % (PACKAGE, done.stderr.decode("utf-8", "replace")[-300:]))
        shutil.copy(os.path.join(TREE, "tests/e2e/loginradius_sdk.cjs"), cls.modules)

    def test_the_vendors_sdk_drives_the_sandbox(self):
        tenant = self.sandbox("--api-secret", "the-secret", vendor="loginradius")
        done = subprocess.run(["node", "loginradius_sdk.cjs", tenant.url], cwd=self.modules, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr.decode("utf-8", "replace")[:4000])
        self.assertIn("driven", done.stdout.decode())


if __name__ == "__main__":
    unittest.main(verbosity=2)
