"""What the acceptance tests of the SCIM endpoint share: one daemon that writes to no provider, and short words for requests. The cases
have the numbers of the checklist, section 14; `case` names them."""
import http.client, itertools, json, urllib.parse
import scim_endpoint_test
from scim_endpoint_test import GROUP, PATCH, TRUTH, USER
from stage import *

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"


class Answer:
    def __init__(self, answer):
        self.status, self.headers, self.raw = answer.status, answer.headers, answer.read()
        self.body = json.loads(self.raw) if self.raw else None

    @property
    def kind(self):
        return self.body.get("scimType")


class Acceptance(scim_endpoint_test.Endpoint):
    def setUp(self):
        super().setUp()
        self.pushed(self.sandbox(), scim=self.scim)
        self.secret = self.token()
        self.process = self.daemon("--observe")
        self.http = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        self.addCleanup(self.http.close)
        self.numbers = itertools.count(1)

    scim = 'rate = "100000/s"\n'

    def case(self, *numbers, of=None):
        return self.subTest(case=numbers, of=of)

    def call(self, method, path, body=None, token=True, **headers):
        """`body`: text, bytes, or what becomes JSON."""
        headers = {k.replace("_", "-"): v for k, v in headers.items()}
        if token:
            headers.setdefault("Authorization", "Bearer " + self.secret)
        if body is not None:
            headers.setdefault("Content-Type", "application/scim+json")
            body = body if isinstance(body, (str, bytes)) else json.dumps(body)
        self.http.request(method, "/scim/v2" + path, body.encode() if isinstance(body, str) else body, headers)
        answer = Answer(self.http.getresponse())
        self.assertLess(answer.status, 502, answer.raw)
        self.assertNotEqual(answer.status, 500, answer.raw)
        if answer.status >= 400 and method != "HEAD":       # 146: any error
            self.assertEqual(answer.headers["Content-Type"], "application/scim+json", path)
            self.assertEqual((answer.body["schemas"], answer.body["status"]), ([ERROR], str(answer.status)))
            self.assertTrue(answer.body["detail"])
        return answer

    def refused(self, status, kind, *words, **headers):
        answer = self.call(*words, **headers)
        self.assertEqual((answer.status, answer.kind), (status, kind), (words, answer.body))
        return answer

    def name(self):
        return "u%d@example.com" % next(self.numbers)

    def user(self, userName=None, **more):
        answer = self.call("POST", "/Users", {"schemas": [USER], "userName": userName or self.name(), **more})
        self.assertEqual(answer.status, 201, answer.body)
        return answer.body

    def group(self, displayName, *members, **more):
        answer = self.call("POST", "/Groups", {"schemas": [GROUP], "displayName": displayName, "members": [{"value": m} for m in members], **more})
        self.assertEqual(answer.status, 201, answer.body)
        return answer.body

    def get(self, resource, query=""):
        place = "/Groups/" if resource["meta"]["resourceType"] == "Group" else "/Users/"
        return self.call("GET", place + resource["id"] + query)

    def patch(self, resource, *operations, query="", **headers):
        place = "/Groups/" if resource["meta"]["resourceType"] == "Group" else "/Users/"
        return self.call("PATCH", place + resource["id"] + query, {"schemas": [PATCH], "Operations": list(operations)}, **headers)

    def patched(self, resource, *operations):
        """The resource after a PATCH that succeeds."""
        answer = self.patch(resource, *operations)
        self.assertIn(answer.status, (200, 204), (operations, answer.body))
        return self.get(resource).body

    def unpatched(self, resource, status, kinds, *operations):
        """A PATCH that is refused, and changes nothing."""
        before = self.get(resource).body
        answer = self.patch(resource, *operations)
        self.assertEqual(answer.status, status, (operations, answer.body))
        self.assertIn(answer.kind, kinds if isinstance(kinds, tuple) else (kinds,), (operations, answer.body))
        self.assertEqual(self.get(resource).body, before)

    def search(self, filter=None, place="/Users", **more):
        more = {k: v for k, v in {"filter": filter, **more}.items() if v is not None}
        return self.call("GET", place + "?" + urllib.parse.urlencode(more))

    def found(self, filter=None, place="/Users", **more):
        answer = self.search(filter, place, **more)
        self.assertEqual(answer.status, 200, (filter, answer.body))
        self.assertEqual(answer.body["itemsPerPage"], len(answer.body["Resources"]))
        return [r.get("userName", r.get("displayName")) for r in answer.body["Resources"]]

    def members(self, group):
        return sorted(m["value"] for m in self.get(group).body.get("members", []))
