"""The stage of the end-to-end tests: a real slapd, rollcall-sandbox, an SMTP receiver and the real binary, each on loopback, each ended
by pid. Paths come from the environment: ROLLCALL, ROLLCALL_SANDBOX (programs), ROLLCALL_SOURCE (the tree)."""
import json, os, re, shutil, signal, socket, socketserver, subprocess, sys, tempfile, threading, time, unittest, urllib.request

PROGRAM = os.path.abspath(os.environ.get("ROLLCALL", "build/release/src/rollcall"))
SANDBOX = os.path.abspath(os.environ.get("ROLLCALL_SANDBOX", "build/release/src/rollcall-sandbox"))
TREE = os.environ.get("ROLLCALL_SOURCE", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
BASE = "dc=example,dc=test"


def wait_for(condition, what, seconds=60):
    """Until the condition is true; a test never just sleeps."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        result = condition()
        if result:
            return result
        time.sleep(0.02)
    raise AssertionError("waited %d s in vain for %s" % (seconds, what))


def person(uid, given="Ada", family="Test", mail=True, **more):
    lines = ["dn: uid=%s,ou=people,%s" % (uid, BASE), "objectClass: inetOrgPerson", "uid: " + uid, "cn: %s %s" % (given, family),
             "givenName: " + given, "sn: " + family]
    if mail:
        lines.append("mail: %s@example.com" % uid if mail is True else "mail: " + mail)
    lines += ["%s: %s" % item for item in more.items()]
    return "\n".join(lines) + "\n\n"


def group(cn, *uids):
    members = "".join("member: %s\n" % (u if "=" in u else "uid=%s,ou=people,%s" % (u, BASE)) for u in uids)
    return "dn: cn=%s,ou=groups,%s\nobjectClass: groupOfNames\ncn: %s\n%s\n" % (cn, BASE, cn, members or "member:\n")


SKELETON = ("dn: %s\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Example\n\n" % BASE +
            "dn: ou=people,%s\nobjectClass: organizationalUnit\nou: people\n\n" % BASE +
            "dn: ou=groups,%s\nobjectClass: organizationalUnit\nou: groups\n\n" % BASE)


class Slapd:
    def __init__(self, folder, ldif, *options):
        path = os.path.join(folder, "content.ldif")
        with open(path, "w", encoding="utf-8") as f:
            f.write(SKELETON + ldif)
        command = [os.path.join(TREE, "tests/support/with-slapd"), "--ldif", path, *options, "--", "sh", "-c", "env; echo READY; read line"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.env = {}
        for line in self.process.stdout:
            if line.strip() == "READY":
                break
            name, _, value = line.rstrip("\n").partition("=")
            self.env[name] = value
        else:
            if self.process.wait() == 77:
                raise unittest.SkipTest("no slapd here")
            raise AssertionError("slapd did not start")

    def change(self, ldif):
        subprocess.run(["ldapmodify", "-x", "-H", self.env["LDAP_URI"], "-D", self.env["BIND_DN"], "-w", self.env["BIND_PW"]],
                       input=ldif, text=True, check=True, stdout=subprocess.DEVNULL)

    def add(self, ldif):
        self.change(re.sub(r"(?m)^(dn: .*)$", r"\1\nchangetype: add", ldif))

    def delete(self, dn):
        self.change("dn: %s\nchangetype: delete\n" % dn)

    def control(self, *words):
        subprocess.run([self.env["SLAPD_CTL"], *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def end(self):
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()


class Sandbox:
    def __init__(self, folder, *options, roles="Employee,Sales,Engineering", key="the-key", port=0, vendor="onelogin-v3"):
        self.state = os.path.join(folder, "tenant.json")
        self.process = subprocess.Popen([SANDBOX, vendor, "--listen", "127.0.0.1:%d" % port, "--api-key", key, "--roles", roles,
                                         "--state", self.state, "--die-with-parent", *options], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.url = line.split()[-1]

    def call(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(self.url + "/_sandbox/" + path, data=data), timeout=30) as answer:
            text = answer.read().decode()
            return json.loads(text) if text.strip() else None

    def look(self):
        return self.call("state")

    def accounts(self):
        return {a["username"]: a for a in self.look()["accounts"]}

    def faults(self, *faults):
        self.call("faults", list(faults))

    def end(self):
        self.process.terminate()
        self.process.wait(30)
        self.process.stdout.close()


class Smtp:
    """Takes mails; `refuse` answers a status to MAIL, `cut` closes after the final dot without an answer, `hold` (an Event) keeps the
    answer to the final dot until it is set, and `held` says that somebody waits for it."""

    def __init__(self):
        self.mails, self.refuse, self.cut, self.hold, self.held = [], None, False, None, False
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                say = lambda text: self.wfile.write((text + "\r\n").encode())
                say("220 receiver")
                to, mail = [], None
                for raw in self.rfile:
                    line = raw.decode("utf-8", "replace").rstrip("\r\n")
                    word = line.upper()
                    if word.startswith(("EHLO", "HELO")):
                        say("250 receiver")
                    elif word.startswith("MAIL") and outer.refuse:
                        say(outer.refuse)
                    elif word.startswith("RCPT"):
                        to.append(re.search(r"<(.*?)>", line).group(1))
                        say("250 ok")
                    elif word == "DATA":
                        say("354 go on")
                        lines = []
                        for data in self.rfile:
                            if data.rstrip(b"\r\n") == b".":
                                break
                            lines.append(data)
                        outer.mails.append((list(to), b"".join(lines).decode("utf-8", "replace")))
                        to.clear()
                        if outer.cut:
                            return
                        if outer.hold:
                            outer.held = True
                            outer.hold.wait(60)
                            return
                        say("250 taken")
                    elif word == "QUIT":
                        say("221 bye")
                        return
                    else:
                        say("250 ok")

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads, allow_reuse_address = True, True

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = "smtp://127.0.0.1:%d" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def end(self):
        self.server.shutdown()
        self.server.server_close()


class Result:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    @property
    def json(self):
        return json.loads(self.out)


class Stage(unittest.TestCase):
    """One test's folder, servers and configuration. `configure` writes rollcall.toml; `rollcall` runs the real binary."""
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="rollcall-e2e.")
        os.chmod(self.folder, 0o700)
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.state = os.path.join(self.folder, "state.db")

    def slapd(self, ldif, *options):
        server = Slapd(self.folder, ldif, *options)
        self.addCleanup(server.end)
        return server

    def sandbox(self, *options, **more):
        server = Sandbox(self.folder, *options, **more)
        self.addCleanup(server.end)
        return server

    def smtp(self):
        server = Smtp()
        self.addCleanup(server.end)
        return server

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(path, 0o600)
        return path

    def ldap_source(self, slapd, name="corp", extra=""):
        self.write(name + "-password", slapd.env["READER_PW"])
        return """
[source.%s]
type = "ldap"
uris = ["%s"]
bind-dn = "%s"
bind-password = { file = "%s-password" }
people = { base = "ou=people,%s" }
groups = { base = "ou=groups,%s", nested = true }
mapping = "openldap"
absent-for = "0s"
%s
""" % (name, slapd.env["LDAP_URI"], slapd.env["READER_DN"], name, BASE, BASE, extra)

    def provider(self, sandbox, name="onelogin", extra="", tables=""):
        self.write("api-key", "the-key")
        return """
[provider.%s]
type = "onelogin-v3"
url = "%s"
api-key = { file = "api-key" }
on-leave = "suspend"
retry = "5s"
%s
%s
""" % (name, sandbox.url, extra, tables)

    def configure(self, *parts, state=""):
        self.config = self.write("rollcall.toml", '[state]\nurl = "sqlite:state.db"\n' + state + "".join(parts))

    def command(self, *words):
        return [PROGRAM, "-c", self.config, "--mappings", os.path.join(TREE, "mappings"), *words]

    def rollcall(self, *words, code=None, env=None):
        done = subprocess.run(self.command(*words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120,
                              env={**os.environ, **(env or {})}, cwd=self.folder)
        result = Result(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))
        if code is not None and result.code != code:
            self.fail("rollcall %s: exit %d instead of %d\n--- out\n%s\n--- err\n%s" % (" ".join(words), result.code, code, result.out, result.err))
        return result

    def plan(self, *words, code=None):
        return self.rollcall("plan", "--format", "json", *words, code=code).json

    def actions(self, plan, kind=None):
        return [a for p in plan["providers"] for a in p["actions"] if kind in (None, a["kind"])]

    def start(self, *words, **more):
        process = subprocess.Popen(self.command(*words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.folder, **more)

        def end():
            if process.poll() is None:
                process.kill()
            process.communicate()
        self.addCleanup(end)
        return process


ROLES = """
[[provider.onelogin.role]]
role = "Employee"
when = "active eq true"
[[provider.onelogin.role]]
role = "Sales"
group = "sales"
"""
OUTBOX = """
[provider.onelogin.invite]
deliver = "file"
path = "outbox"
"""
