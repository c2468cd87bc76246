"""One client of the random test: it does its steps over one connection, compares every answer with its model, and finds out after a lost
answer whether the request happened, wholly or not at all."""
import http.client, random
from scim_model_steps import *


class Lost(Exception):
    """No answer came: the request may have happened or not."""


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body


class Client:
    """`ready` waits until the service listens, `go_on` says whether there is another step to do."""

    def __init__(self, number, seed, port, token, shared, foreign, ready, go_on):
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.token, self.ready, self.go_on = token, ready, go_on
        self.model = Model("c%d-" % number, shared, foreign)
        self.steps = Steps(self.model, random.Random("%s/%d" % (seed, number)))
        self.done, self.lost, self.lost_and_done, self.step = 0, 0, 0, None

    def ask(self, method, path, body=None, headers=None):
        headers = {"Authorization": "Bearer " + self.token, "Content-Type": "application/scim+json", **(headers or {})}
        try:
            self.http.request(method, "/scim/v2" + path, None if body is None else json.dumps(body), headers)
            answer = self.http.getresponse()
            text = answer.read().decode()
        except TimeoutError as error:       # not a kill: that ends a connection
            raise Wrong("no answer in 60 s") from error
        except (OSError, http.client.HTTPException) as error:
            self.http.close()
            raise Lost from error
        if answer.status == 503:        # a disk that is slow: said, and not acknowledged
            raise Lost
        expect(PASSWORD not in text, "a password was returned", text)
        return Answer(answer.status, answer.headers, json.loads(text) if text else None)

    def read(self, path):
        while True:
            self.ready()
            try:
                return self.ask("GET", path)
            except Lost:
                pass

    def run(self):
        while self.go_on():
            self.step = self.steps.next()
            self.ready()
            try:
                answer = self.ask(self.step.method, self.step.path, self.step.body, self.step.headers)
            except Lost:
                self.lost += 1
                self.find_out()
            else:
                self.judge(answer)
            self.done += 1
        self.http.close()

    def judge(self, answer):
        step = self.step
        expect(answer.status == step.status, "the status is %d" % answer.status, answer.body)
        if answer.status >= 400:
            expect(answer.body["status"] == str(answer.status) and answer.body["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"], "an error", answer.body)
            expect(not step.kinds or answer.body.get("scimType") in step.kinds, "the scimType", answer.body)
        elif step.check:
            step.check(answer.body)
        elif step.path == "/Bulk":
            self.judge_bulk(answer.body["Operations"])
        elif step.changes:
            self.judge_write(step.changes[0], answer)

    def judge_write(self, change, answer):
        body = answer.body
        self.model.apply(change, body["id"] if change.id is None else None)
        if body:
            self.model.check(change.kind, body)
            expect(answer.headers["ETag"] == body["meta"]["version"], "the ETag", answer.headers["ETag"], body)
            expect(answer.status != 201 or answer.headers["Location"] == body["meta"]["location"], "the Location", answer.headers["Location"], body)
        elif change.kind == "Group" and change.after is not None:
            self.model.groups[change.id].observe(answer.headers["ETag"])

    def judge_bulk(self, results):
        changes = self.step.changes
        expect(len(results) == len(changes), "as many results as operations", results)
        ids = {}
        for change in sorted(changes, key=lambda c: c.kind == "Group"):       # the group refers to the users
            of_it = lambda r: r.get("bulkId") == change.bulk_id if change.bulk_id else r.get("location", "").endswith("/" + change.id)
            found = [r for r in results if of_it(r)]
            expect(len(found) == 1 and found[0]["status"] == str(change.status), "of bulk, %s %s" % (change.bulk_id, change.id), change.status, results)
            if change.status < 300:
                ids[change.bulk_id] = found[0].get("location", "").rsplit("/", 1)[-1]
                self.happened(change, ids)
        for change in changes:
            if change.status < 300:
                self.look(change.kind, change.id or ids[change.bulk_id])

    def happened(self, change, ids):
        if change.kind == "Group" and change.bulk_id:
            expect(all(m[7:] in ids for m in change.after["members"]), "a group was made without the users that it refers to", ids)
            change.after["members"] = {ids[m[7:]] for m in change.after["members"]}
        self.model.apply(change, ids.get(change.bulk_id) if change.id is None else None)

    def find_out(self):
        """The answer was lost: what is there now?"""
        ids = {}
        for change in sorted(self.step.changes, key=lambda c: c.kind == "Group"):
            made = self.search(change) if change.id is None else None
            if made:
                ids[change.bulk_id] = made
            if made or (change.id and self.is_after(change)):
                expect(change.status in (None, 200, 201, 204), "what had to fail has happened", change.after)
                self.happened(change, ids)
                self.lost_and_done += 1
        concerned = {(c.kind, c.id or ids.get(c.bulk_id)) for c in self.step.changes} | {(k, self.step.path.rsplit("/", 1)[-1]) for k in PLACES}
        concerned |= {("Group", g.id) for g in self.model.groups.values() if g.version is None}
        for kind, id in concerned:
            if kind in PLACES and (id in self.model.of(kind) or (kind, id) in self.model.gone):
                self.look(kind, id)

    def search(self, change):
        """The id of what was to be created, by its name, which nobody else has."""
        name = "userName" if change.kind == "User" else "displayName"
        if change.status == 409:
            return None
        found = self.read(query(PLACES[change.kind], filter='%s eq "%s"' % (name, change.after[name]))).body["Resources"]
        expect(len(found) <= 1, "one name, and two resources", found)
        return found[0]["id"] if found else None

    def is_after(self, change):
        bare = lambda kind, body: None if body is None else canonical(assigned({k: v for k, v in body.items() if k != "groups"}))
        if change.kind == "Shared":
            members = self.read("/Groups/" + change.id).body.get("members", [])
            now, before, after = {m["value"] for m in members} & set(self.model.users), self.model.shared, change.after
        else:
            answer = self.read(PLACES[change.kind] + "/" + change.id)
            expect(answer.status in (200, 404), "the status is %d" % answer.status, answer.body)
            now = bare(change.kind, shown(change.kind, answer.body)) if answer.status == 200 else None
            before, after = bare(change.kind, self.model.body(change)), bare(change.kind, change.after)
        expect(now in (before, after), "half of it has happened; there was", before, "wanted was", after, "and there is", now)
        return now == after

    def look(self, kind, id):
        answer = self.read(PLACES[kind] + "/" + id)
        expect((answer.status == 404) == (id not in self.model.of(kind)), "%s %s: %d" % (kind, id, answer.status), answer.body)
        if answer.status == 200:
            self.model.check(kind, answer.body)
