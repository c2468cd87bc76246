#!/usr/bin/env python3
"""Benchmarks of the whole program against yardsticks of the same run; prints ratios, tests nothing.

  tests/bench/reconcile_bench.py [--people 100000] [--groups 1000] [--only poll,plan,apply]

poll   a full read of a real slapd with nothing changed (`rollcall run` polls; here the read alone, by bench_poll), beside ldapsearch
plan   100,000 people linked to 100,000 accounts: nothing to do, then 1 % changed; wall time and peak memory of `rollcall plan --offline`
apply  1,000 new people into the sandbox with 50 ms latency at concurrency 16, beside latency x calls / concurrency
"""
import argparse, json, os, re, resource, shutil, sqlite3, subprocess, sys, tempfile, time, urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import stage

BUILD = os.path.join(stage.TREE, "build/release")
stage.PROGRAM = os.environ.get("ROLLCALL", BUILD + "/src/rollcall")
stage.SANDBOX = os.environ.get("ROLLCALL_SANDBOX", BUILD + "/src/rollcall-sandbox")


def measured(words, **more):
    """(seconds, peak MiB, exit code) of one command."""
    begin = time.monotonic()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, **more)
    error = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 3, 4):
        print(error.decode(), file=sys.stderr)
    return time.monotonic() - begin, usage.ru_maxrss / 1024, process.returncode


def people_of(ldif):
    for block in open(ldif, encoding="utf-8").read().split("\n\n"):
        if "objectClass: inetOrgPerson" in block:
            values = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and not line.startswith(("mail:", "cn:")))
            mail = sorted(re.findall(r"(?m)^mail: (.*)$", block))
            yield values, (mail[0].lower() if mail else None)


class Bench(stage.Stage):
    def runTest(self):
        pass

    def directory(self, o):
        path = os.path.join(self.folder, "big.ldif")
        subprocess.run([os.path.join(stage.TREE, "tests/support/make-directory"), "--people", str(o.people), "--groups", str(o.groups),
                        "--missing-mail", "0", "--duplicate-mail", "0", "--unicode", "0", "--multi-mail", "0", "--dangling", "0", "-o", path], check=True)
        return path

    def poll(self, o):
        command = os.path.join(BUILD, "tests/bench_poll")
        if not os.path.exists(command):
            print("poll: bench_poll is not built (cmake -DROLLCALL_BENCH=ON)")
            return
        subprocess.run([os.path.join(stage.TREE, "tests/support/with-slapd"), "--ldif", self.directory(o), "--", command, "5"], check=True)

    def plan_bench(self, o):
        tenant = self.sandbox(roles="Employee")
        ldif = self.directory(o)
        accounts = []
        for values, mail in people_of(ldif):
            accounts.append({"username": values["uid"], "email": mail, "firstname": values["givenName"], "lastname": values["sn"],
                             "external-id": values["entryUUID"], "status": 1})
        for n in range(0, len(accounts), 5000):
            tenant.call("accounts", {"create": accounts[n:n + 5000]})
        self.configure('[source.corp]\ntype = "ldif"\npath = "big.ldif"\npeople = { base = "ou=People,%s" }\ngroups = { base = "ou=Groups,%s" }\n'
                       'mapping = "openldap"\n' % (stage.BASE, stage.BASE),
                       self.provider(tenant, extra='adopt = true\nprotect = []\nrate = "100000/s"'))
        print("plan: adopting %d accounts first" % len(accounts), flush=True)
        first = measured(self.command("apply", "--yes", "-q"))
        print("      first apply %.1f s, %.0f MiB, exit %d" % first, flush=True)
        print("      second apply %.1f s, %.0f MiB, exit %d" % measured(self.command("apply", "--yes", "-q")))
        for what in ("nothing to do", "nothing to do, again"):
            print("      plan --offline, %s: %.2f s, %.0f MiB, exit %d" % ((what,) + measured(self.command("plan", "--offline"))))
        db = sqlite3.connect(self.state)
        db.execute("update desired set settled = '', body = replace(body, '\"lastname\":\"', '\"lastname\":\"X') "
                   "where person in (select person from desired order by person limit %d)" % (len(accounts) // 100))
        db.commit()
        db.close()
        print("      plan --offline, 1 %% changed: %.2f s, %.0f MiB, exit %d" % measured(self.command("plan", "--offline")))
        print("      plan with both sides read in full: %.2f s, %.0f MiB, exit %d" % measured(self.command("plan")))

    def apply_bench(self, o):
        count, latency, concurrency = 1000, 0.05, 16
        tenant = self.sandbox("--latency", "50ms", roles="Employee")
        self.write("people.ldif", stage.SKELETON + "".join(stage.person("u%04d" % n) .rstrip("\n") + "\nentryUUID: 00000000-0000-4000-8000-%012d\n\n" % n for n in range(count)))
        self.configure('[source.corp]\ntype = "ldif"\npath = "people.ldif"\npeople = { base = "ou=people,%s" }\nmapping = "openldap"\n' % stage.BASE,
                       self.provider(tenant, extra='rate = "100000/s"\nconcurrency = %d' % concurrency,
                                     tables='[[provider.onelogin.role]]\nrole = "Employee"\nwhen = "active eq true"\n'))
        seconds, memory, code = measured(self.command("apply", "--yes", "-q"))
        calls = tenant.look()["requests"]["total"]
        ideal = latency * calls / concurrency
        print("apply: %d people, %d calls, exit %d: %.2f s; latency x calls / concurrency = %.2f s; ratio %.2f; %.0f MiB" % (count, calls, code, seconds, ideal, seconds / ideal, memory))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--people", type=int, default=100000)
    p.add_argument("--groups", type=int, default=1000)
    p.add_argument("--only", default="poll,plan,apply")
    o = p.parse_args()
    for name, bench in (("poll", Bench.poll), ("plan", Bench.plan_bench), ("apply", Bench.apply_bench)):
        if name in o.only.split(","):
            case = Bench()
            case.setUp()
            try:
                bench(case, o)
            finally:
                case.doCleanups()


if __name__ == "__main__":
    main()
