"""The vendor's own SDKs, from PyPI, drive the sandbox's OneLogin: 2.x, written for /1 and /2, and 4.x, generated from the description of
/2. Skipped where PyPI cannot be had."""
import sys, unittest
from foreign import *
from stage import *

PACKAGES = {"2": "onelogin==2.0.4", "4": "onelogin==4.0.1"}
TENANT = ("--client-id", "the-id", "--custom-attributes", "branch,cost", "--groups", "7", "--users", "7", "--page-size", "3")


def sdks(folder):
    """The folders that have the packages, and what they need, by SDK; exit 77 without them."""
    python, paths = virtual_environment(os.path.join(folder, "pip")), {}
    for sdk, package in PACKAGES.items():
        paths[sdk] = os.path.join(folder, sdk)
        pip_install(python, [package], "--no-compile", "--target", paths[sdk])
    return paths


class Sdk(Stage):
    paths = {}                                # where each SDK is

    def driven(self, sdk, vendor, *words):
        tenant = self.sandbox(*TENANT, roles="Employee,Sales", key="the-secret", vendor=vendor)
        done = subprocess.run([sys.executable, os.path.join(TREE, "tests/e2e/onelogin_sdk_%s.py" % sdk), tenant.url, *words],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120,
                              env={**os.environ, "PYTHONPATH": self.paths[sdk], "PYTHONDONTWRITEBYTECODE": "1"})
        self.assertEqual(done.returncode, 0, done.stdout[-4000:])
        self.assertIn("driven", done.stdout)
        patterns = tenant.look()["requests"]["by-pattern"]
        self.assertEqual([p for p in patterns if p.endswith("?")], [], "the SDK asked for what the sandbox does not serve")
        return set(patterns)

    def test_the_vendors_sdk_drives_version_1(self):
        asked = self.driven("2", "onelogin-v1", "1")
        self.assertIn("PUT 1/users/{id}/set_custom_attributes", asked)
        self.assertEqual([p for p in asked if " 2/" in p], [])

    def test_the_vendors_sdk_drives_version_2(self):
        asked = self.driven("2", "onelogin-v2", "2")
        self.assertLessEqual({"POST 2/users", "GET 2/users", "PUT 2/users/{id}", "DELETE 2/roles/{id}/users"}, asked)

    def test_the_vendors_generated_sdk_drives_version_2(self):
        asked = self.driven("4", "onelogin-v2")
        self.assertLessEqual({"POST 2/users", "GET 2/users", "PUT 2/users/{id}", "DELETE 2/roles/{id}/users"}, asked)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="rollcall-venv.") as folder:
        Sdk.paths = sdks(folder)
        unittest.main(verbosity=2)
