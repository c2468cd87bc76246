#!/usr/bin/env python3
"""The SCIM endpoint of the real daemon under wrk, beside nginx (one worker, 1 KB of static JSON) in the same run; tests nothing.

  tests/bench/scim_bench.py [--users 1000,10000,100000] [--only get,fresh,filter,search,group,post,patch,member] [--million] [--seconds 3] [--clients 64,1]

get     one User by its id                 post    a new User, durable
fresh   the same, past the kept answers    patch   one attribute of one User, durable
filter  /Users?filter=userName eq "..."    member  one member comes to or leaves a group of all users, durable
search  the same, past the kept answers    group   that group, excludedAttributes=members

Before get and filter everybody was asked for once since the last commit, up to 100,000 users; of 1,000,000 most are looked up.

Needs wrk; without nginx the ratios are missing. For what only reads, and for nginx, the server has one processor and wrk the other.
CPU is what the server's process used, by /proc: the figure that other work on the machine disturbs least.
"""
import argparse, concurrent.futures, json, os, shutil, socket, sqlite3, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "e2e"))
import stage
from scim_endpoint_test import Client, GROUP, USER, free_port

stage.PROGRAM = os.environ.get("ROLLCALL", os.path.join(stage.TREE, "build/release/src/rollcall"))
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
READS, KEPT, SPARE = ("get", "fresh", "filter", "search", "group"), ("get", "filter"), 1000          # SPARE: as in scim.lua
TICK = os.sysconf("SC_CLK_TCK")


def program(name):
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/usr/local/sbin")


class Server:
    """A process of ours as /proc shows it."""

    def __init__(self, pid):
        self.pid = pid

    def cpu(self):
        fields = open("/proc/%d/stat" % self.pid).read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def memory(self, what="RssAnon"):      # without the pages of the state that are mapped to be read
        return next(int(line.split()[1]) / 1024 for line in open("/proc/%d/status" % self.pid) if line.startswith(what))

    def on(self, cpus):
        for task in os.listdir("/proc/%d/task" % self.pid):
            os.sched_setaffinity(int(task), cpus)


class Bench(stage.Stage):
    runs = 0

    def runTest(self):
        pass

    def nginx(self):
        if not program("nginx"):
            print("nginx is not installed: no ratios")
            return
        self.static = free_port()
        body = json.dumps({"text": "x" * (1024 - len('{"text": ""}'))})
        os.mkdir(os.path.join(self.folder, "html"), 0o755)
        self.write("html/index.html", body)
        path = self.write("nginx.conf", """worker_processes 1; pid nginx.pid; error_log stderr crit; daemon off;
events { worker_connections 1024; }
http { access_log off; keepalive_requests 1000000000; default_type application/scim+json; sendfile on;
       client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
       server { listen 127.0.0.1:%d; root html; } }""" % self.static)
        os.chmod(self.folder, 0o755)            # a worker of root's reads as another user
        process = subprocess.Popen([program("nginx"), "-p", self.folder, "-c", path], stderr=subprocess.PIPE)
        self.addCleanup(lambda: (process.terminate(), process.wait(), process.stderr.close()))
        self.worker = Server(int(stage.wait_for(lambda: open("/proc/%d/task/%d/children" % (process.pid, process.pid)).read().split(), "nginx")[0]))

    def serve(self):
        self.port = free_port()
        # Nobody is in the provider's scope: reads look up what became of everybody, and nothing is sent.
        self.configure('[source.hr]\ntype = "scim"\nmapping = "scim"\n[scim]\nlisten = "127.0.0.1:%d"\nrate = "1000000/s"\nmax-body = "64MiB"\n'
                       'max-operations = 100000\n[schedule]\npoll = "12h"\nfull = "24h"\n[admin]\ncontrol = "control"\n' % self.port,
                       self.provider(self.sandbox(), extra='scope = "active eq false"'))
        self.token = self.rollcall("token", "create", "hr", code=0).out.strip()
        self.daemon = Server(self.start("run", "-q").pid)
        stage.wait_for(self.listens, "the endpoint")

    def listens(self):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.port)) == 0

    def bulk(self, operations):
        client = Client(self.port, self.token)
        status = 503            # while the daemon looks at very many people, a write may have to come again
        while status == 503:
            status, answer = client.call("POST", "/Bulk", {"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations})
        client.http.close()
        if status != 200:
            sys.exit("a bulk request was answered %d: %s" % (status, answer))
        return [one["location"].rpartition("/")[2] for one in answer["Operations"]]

    def fill(self, count):
        """`count` Users and SPARE more, and a group of those `count`."""
        begin, names = time.monotonic(), ["u%07d" % n for n in range(count + SPARE)]

        def some(part):
            return self.bulk([{"method": "POST", "path": "/Users", "bulkId": name, "data": user(name)} for name in part])
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            ids = [one for part in pool.map(some, (names[n:n + 1000] for n in range(0, len(names), 1000))) for one in part]
        client = Client(self.port, self.token)
        client.http.timeout = 600
        self.group = client.group("everybody")
        for n in range(0, count, 50000):
            client.patch("/Groups/" + self.group, {"op": "add", "path": "members", "value": [{"value": one} for one in ids[n:min(n + 50000, count)]]})
        client.http.close()
        self.people = self.write("people", "".join("%s %s\n" % pair for pair in zip(ids, names)))
        seconds = time.monotonic() - begin
        self.settle()
        print("%d users pushed by Bulk in %.1f s, and looked at by the daemon %.1f s later" % (count, seconds, time.monotonic() - begin - seconds), flush=True)

    def settle(self):
        """Until the daemon has acted on what was pushed, and rests."""
        db = sqlite3.connect("file:%s?mode=ro" % self.state, uri=True)
        stage.wait_for(lambda: db.execute("select count(*) from dirty").fetchone()[0] == 0, "the daemon to look at everybody", 1800)
        db.close()

        def rests():
            before = self.daemon.cpu()
            time.sleep(0.5)
            return self.daemon.cpu() - before < 0.05
        stage.wait_for(rests, "the daemon to rest", 600)

    def ask_for_everybody(self, count, what):
        """After a write, so that no answer to another question is kept; with a token of its own, so that its use is not written down meanwhile.
        Answers what last_commit() said before it asked."""
        self.token = self.rollcall("token", "create", "hr", code=0).out.strip()
        client = Client(self.port, self.token)
        client.patch("/Groups/" + self.group, {"op": "replace", "path": "externalId", "value": "x%d" % Bench.runs})
        client.http.close()
        self.settle()
        commit = self.last_commit()
        self.load(self.daemon, self.port, what, 64, 2 + count // 6000, "every")
        return commit

    def last_commit(self):
        if not hasattr(self, "watch"):
            self.watch = sqlite3.connect("file:%s?mode=ro" % self.state, uri=True)
            self.addCleanup(self.watch.close)
        return self.watch.execute("pragma data_version").fetchone()[0]

    def load(self, server, port, what, clients, seconds, who="any"):
        """What wrk found, and what it cost the server."""
        Bench.runs += 1
        pinned = what in READS + ("static",)
        cpus = sorted(os.sched_getaffinity(0))
        server.on({cpus[0]} if pinned else cpus)
        words = [program("wrk"), "-t1", "-c%d" % clients, "-d%ds" % seconds, "-s", os.path.join(HERE, "scim.lua"), "http://127.0.0.1:%d" % port, "--",
                 what, self.token, self.people, self.group, "w%dx" % Bench.runs, who]
        before = server.cpu()
        done = subprocess.run((["taskset", "-c", str(cpus[-1])] if pinned else []) + words, stdout=subprocess.PIPE, text=True, check=True)
        out = json.loads(done.stdout.strip().splitlines()[-1])
        out["cpu"] = server.cpu() - before
        server.on(cpus)
        return out

    def measure(self, count, what, clients, o):
        before, got = self.daemon.memory(), None
        while not got:
            commit = self.ask_for_everybody(count, what) if what in KEPT and count <= 100000 else None
            got = self.load(self.daemon, self.port, what, clients, o.seconds)
            if commit and commit != self.last_commit():      # the daemon renews its lease once a minute
                got = None
        if what not in READS:
            self.settle()
        ratios, tail = ("", ""), ""
        if hasattr(self, "static"):
            best = self.load(self.worker, self.static, "static", clients, min(o.seconds, 2))
            share = lambda ours, theirs: "%.0f %%" % (100 * ours / theirs)
            ratios, tail = (share(rate(got), rate(best)), share(cpu(best), cpu(got))), "%.2f" % best["p99"]
        print("%8d %-7s %7d %8.0f %8s %8.1f %8s %6.2f %7.2f %7.2f %7s   %4.0f %4.0f%s" %
              (count, what, clients, rate(got), ratios[0], cpu(got), ratios[1], got["cpu"] / got["seconds"], got["p50"], got["p99"], tail, before,
               self.daemon.memory(), "  REFUSED %d, BROKEN %d" % (got["refused"], got["broken"]) if got["refused"] + got["broken"] else ""), flush=True)


def rate(got):
    return got["requests"] / got["seconds"]


def cpu(got):
    """Microseconds a request."""
    return 1e6 * got["cpu"] / max(1, got["requests"])


def user(name):
    return {"schemas": [USER, ENTERPRISE], "userName": name, "externalId": "x" + name, "name": {"givenName": "Ada", "familyName": "Test"},
            "displayName": "Ada Test", "title": "Clerk", "active": True, "emails": [{"type": "work", "primary": True, "value": name + "@example.com"}],
            "phoneNumbers": [{"type": "work", "value": "+49 30 1234567"}], ENTERPRISE: {"employeeNumber": name[1:], "department": "Sales"}}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--users", default="1000,10000,100000")
    p.add_argument("--only", default="get,fresh,filter,search,group,post,patch,member")
    p.add_argument("--million", action="store_true", help="once more with 1,000,000 users")
    p.add_argument("--seconds", type=int, default=3)
    p.add_argument("--clients", default="64,1")
    o = p.parse_args()
    if not program("wrk"):
        sys.exit("wrk is not installed: nothing can be measured")
    for count in [int(n) for n in o.users.split(",")] + [1000000] * o.million:
        case = Bench()
        case.setUp()
        try:
            case.serve()
            case.fill(count)
            case.nginx()
            print("   users what    clients      1/s vs nginx  us CPU vs nginx  cores  p50 ms  p99 ms   nginx   MiB before, after")
            for what in o.only.split(","):
                for clients in o.clients.split(","):
                    case.measure(count, what, int(clients), o)
        finally:
            case.doCleanups()


if __name__ == "__main__":
    main()
