"""The acceptance cases of the SCIM endpoint about discovery, authentication, and whole resources: POST, GET, PUT, DELETE, bulk (RFC 7643,
RFC 7644), against the real daemon over HTTP."""
import concurrent.futures, unittest
from scim_acceptance import *

CORE = {"userName": "whole@example.com", "externalId": "X-1", "displayName": "W", "nickName": "w", "profileUrl": "https://example.com/w", "title": "T",
        "userType": "Employee", "preferredLanguage": "en-US", "locale": "sv-SE", "timezone": "Europe/Stockholm", "active": True,
        "name": {"formatted": "Dr W H O", "familyName": "O", "givenName": "W", "middleName": "H", "honorificPrefix": "Dr", "honorificSuffix": "III"},
        "emails": [{"value": "w@example.com", "display": "W", "type": "work", "primary": True}, {"value": "h@example.com", "type": "home"}],
        "phoneNumbers": [{"value": "tel:+46-1", "type": "work"}], "ims": [{"value": "w", "type": "xmpp"}],
        "photos": [{"value": "https://example.com/w.png", "type": "photo"}],
        "addresses": [{"formatted": "1 Road\nTown", "streetAddress": "1 Road", "locality": "Town", "region": "R", "postalCode": "1", "country": "SE", "type": "work"}],
        "entitlements": [{"value": "e"}], "roles": [{"value": "r", "primary": True}], "x509Certificates": [{"value": "MIIB"}]}
EXTENSION = {"employeeNumber": "7", "costCenter": "c", "organization": "o", "division": "d", "department": "p"}


class Discovery(Acceptance):
    def test_discovery_is_complete_and_read_only(self):
        with self.case(1, 2):
            config = self.call("GET", "/ServiceProviderConfig")
            self.assertEqual((config.status, config.headers["Content-Type"]), (200, "application/scim+json"))
            for name in "patch", "bulk", "filter", "changePassword", "sort", "etag":
                self.assertIsInstance(config.body[name]["supported"], bool)
            for name, limit in (("bulk", "maxOperations"), ("bulk", "maxPayloadSize"), ("filter", "maxResults")):
                self.assertIs(type(config.body[name][limit]), int)
            for scheme in config.body["authenticationSchemes"]:
                self.assertTrue(scheme["type"] and scheme["name"] and scheme["description"])
            self.assertTrue(config.body["authenticationSchemes"])
        with self.case(3, 4):
            types = self.call("GET", "/ResourceTypes").body
            self.assertEqual({(t["name"], t["endpoint"], t["schema"]) for t in types["Resources"]}, {("User", "/Users", USER), ("Group", "/Groups", GROUP)})
            self.assertEqual((types["schemas"], types["totalResults"]), ([LIST], 2))
            extensions = {e["schema"]: e["required"] for e in self.call("GET", "/ResourceTypes/User").body["schemaExtensions"]}
            self.assertIs(extensions[ENTERPRISE], False)
        with self.case(5, 6, 7, 8):
            schemas = self.call("GET", "/Schemas").body
            self.assertLessEqual({USER, GROUP, ENTERPRISE}, {s["id"] for s in schemas["Resources"]})
            user = self.call("GET", "/Schemas/" + USER).body
            of = {a["name"]: a for a in user["attributes"]}
            self.assertEqual([user["id"], of["userName"]["required"], of["userName"]["caseExact"], of["userName"]["uniqueness"]], [USER, True, False, "server"])
            self.assertEqual([of["password"]["mutability"], of["password"]["returned"], of["groups"]["mutability"]], ["writeOnly", "never", "readOnly"])
            for attribute in itertools.chain(user["attributes"], *(a.get("subAttributes", []) for a in user["attributes"])):
                self.assertLessEqual({"name", "type", "multiValued", "description", "required", "mutability", "returned"}, set(attribute), attribute["name"])
            self.refused(404, None, "GET", "/Schemas/urn:nope:1")
        with self.case(9, 10, 11):
            self.refused(403, None, "GET", "/Schemas?filter=id%20eq%20%22x%22")
            self.assertEqual(len(self.call("GET", "/Schemas?count=1&startIndex=2").body["Resources"]), schemas["totalResults"])
            for method in "POST", "PUT", "PATCH", "DELETE":
                self.assertEqual(self.refused(405, None, method, "/ServiceProviderConfig", "{}").headers["Allow"], "GET")

    def test_nobody_reads_or_writes_without_a_token(self):
        ada = self.user()
        with self.case(12, 13, 14, 15):
            bare = self.call("GET", "/Users", token=False)
            self.assertEqual(bare.status, 401)
            self.assertTrue(bare.headers["WWW-Authenticate"].startswith("Bearer"))
            wrong = self.call("GET", "/Users", Authorization="Bearer " + self.secret[:-1] + "x")
            self.assertEqual((wrong.status, "Resources" in wrong.body), (401, False))
            self.assertEqual(self.call("GET", "/Users", Authorization="bearer " + self.secret).status, 200)
            self.assertEqual(self.call("GET", "/Users?access_token=" + self.secret, token=False).status, 401)
        with self.case(16):
            body = {"schemas": [USER], "userName": "evil"}
            for method, path in (("POST", "/Users"), ("PUT", "/Users/" + ada["id"]), ("PATCH", "/Users/" + ada["id"]), ("DELETE", "/Users/" + ada["id"])):
                self.assertEqual(self.call(method, path, body, token=False).status, 401)
            self.assertEqual(self.get(ada).body, ada)
            self.assertEqual(self.found(), [ada["userName"]])


class Resources(Acceptance):
    def test_post_creates_as_the_rfc_says(self):
        with self.case(17, 18, 19):
            answer = self.call("POST", "/Users", {"schemas": [USER], "userName": "ada", "id": "mine", "meta": {"created": "1999-01-01T00:00:00Z"}, "groups": [{"value": "g"}]})
            ada, meta = answer.body, answer.body["meta"]
            self.assertEqual((answer.status, answer.headers["Location"], answer.headers["ETag"]), (201, meta["location"], meta["version"]))
            self.assertEqual((meta["resourceType"], meta["created"]), ("User", meta["lastModified"]))
            self.assertNotIn("groups", ada)
            self.assertNotIn(ada["id"], ("mine", ""))
            self.assertGreater(meta["created"], "2020")
            self.assertTrue(meta["location"].endswith("/scim/v2/Users/" + ada["id"]))
            self.assertEqual(self.get(ada).body, ada)
        with self.case(20, 21):
            for name in "ada", "ADA":
                self.refused(409, "uniqueness", "POST", "/Users", {"schemas": [USER], "userName": name})
        with self.case(22, 23, 24):
            for body in {"schemas": [USER]}, {"schemas": [USER], "userName": ""}, {"schemas": [USER], "userName": None}, {"userName": "x"}, {"schemas": [GROUP], "userName": "x"}:
                self.assertEqual(self.call("POST", "/Users", body).status, 400, body)
            for body in "{", "[]", '"x"', "null", "", '{"schemas":["%s"],"userName":"x"} x' % USER:
                self.refused(400, "invalidSyntax", "POST", "/Users", body)
        with self.case(25):
            secret = self.user("sec", password="t0p-secret-word")
            for answer in self.get(secret), self.call("GET", "/Users"), self.get(secret, "?attributes=password"), self.search("userName eq \"sec\"", attributes="password,userName"):
                self.assertNotIn(b"t0p-secret-word", answer.raw)
                self.assertNotIn(b'"password"', answer.raw)
        with self.case(26, 27):
            self.assertEqual(self.user("ext", **{ENTERPRISE: EXTENSION})[ENTERPRISE], EXTENSION)
            self.assertIn(ENTERPRISE, self.call("GET", "/Users?filter=userName%20eq%20%22ext%22").body["Resources"][0]["schemas"])
            self.assertNotIn(ENTERPRISE, self.call("POST", "/Users", {"schemas": [USER, ENTERPRISE], "userName": "noext"}).body["schemas"])
        with self.case(28, 29, 30):
            odd = self.call("POST", "/Users", {"schemas": [USER], "USERNAME": "odd", "DisplayName": "Odd"}).body
            self.assertEqual((odd["userName"], odd["displayName"]), ("odd", "Odd"))
            for kind in "application/json", "application/scim+json", "application/scim+json; charset=utf-8", "Application/JSON;charset=UTF-8":
                self.assertEqual(self.call("POST", "/Users", {"schemas": [USER], "userName": self.name()}, Content_Type=kind).status, 201, kind)
            self.refused(415, None, "POST", "/Users", {"schemas": [USER], "userName": "t"}, Content_Type="text/plain")

    def test_values_are_checked_and_come_back_as_they_were_sent(self):
        with self.case(31, 32):
            two = [{"value": "a@x", "primary": True}, {"value": "b@x", "primary": True}]
            for wrong in {"emails": two}, {"active": "banana"}, {"name": "text"}, {"userName": 42}, {"emails": "a"}, {"emails": ["a", 1]}, {"title": {"x": 1}}:
                answer = self.refused(400, "invalidValue", "POST", "/Users", {"schemas": [USER], "userName": self.name(), **wrong})
                self.assertIn(next(iter(wrong)), answer.body["detail"])
        with self.case(33):
            none = self.user("none", title=None, phoneNumbers=[])
            self.assertFalse({"title", "phoneNumbers"} & set(none))
            self.assertEqual(self.found('title pr and userName eq "none"'), [])
        with self.case(34, 35):
            strange = "\U0001F600 \u200Fشمس e\u0301 \u0001\t\"\\/"
            self.assertEqual(self.user(displayName=strange)["displayName"], strange)
            whole = self.user(**{**CORE, ENTERPRISE: {**EXTENSION, "manager": {"value": "26", "$ref": "../Users/26"}}})
            shown = {k: v for k, v in self.get(whole).body.items() if k not in ("id", "meta", "schemas", TRUTH, ENTERPRISE)}
            self.assertEqual(shown, CORE)
        with self.case(36):
            part = self.call("POST", "/Users?attributes=userName", {"schemas": [USER], "userName": "part", "title": "t"}).body
            self.assertEqual(set(part), {"id", "schemas", "userName"})
        with self.case(37):
            def push(_):
                http_ = scim_endpoint_test.Client(self.port, self.secret)
                try:
                    return http_.call("POST", "/Users", {"schemas": [USER], "userName": "one"})[0]
                finally:
                    http_.http.close()
            with concurrent.futures.ThreadPoolExecutor(20) as pool:
                self.assertEqual(sorted(pool.map(push, range(20))), [201] + [409] * 19)

    def test_get_shows_what_was_asked_for(self):
        ada = self.user("ada", title="t", name={"givenName": "A", "familyName": "B"}, emails=[{"value": "a@x", "type": "work"}], **{ENTERPRISE: EXTENSION})
        shown = lambda query: {k: v for k, v in self.get(ada, query).body.items() if k not in ("id", "schemas")}
        with self.case(38, 39):
            self.assertEqual(self.get(ada).status, 200)
            self.refused(404, None, "GET", "/Users/00000000-0000-0000-0000-000000000000")
            self.refused(404, None, "GET", "/NoSuchThings")
        with self.case(40, 41):
            self.assertEqual(set(self.get(ada, "?attributes=userName").body), {"schemas", "id", "userName"})
            left = self.get(ada, "?excludedAttributes=name,id").body
            self.assertEqual((left["id"], "name" in left, left["title"]), (ada["id"], False, "t"))
        with self.case(42, 43, 44):
            self.assertEqual(shown("?attributes=name.familyName"), {"name": {"familyName": "B"}})
            self.assertEqual(self.get(ada, "?excludedAttributes=name.familyName").body["name"], {"givenName": "A"})
            self.assertEqual(shown("?attributes=%s:department" % ENTERPRISE), {ENTERPRISE: {"department": "p"}})
            self.assertEqual(shown("?attributes=%s" % ENTERPRISE), {ENTERPRISE: EXTENSION})
            self.assertEqual(shown("?attributes=%s:userName" % USER), {"userName": "ada"})
            self.assertEqual(shown("?attributes=USERNAME,%20title"), {"userName": "ada", "title": "t"})
            self.assertEqual(shown("?attributes=emails.value"), {"emails": [{"value": "a@x"}]})
        with self.case(144):
            self.refused(501, None, "GET", "/Me")
        with self.case(145):
            for method, path in (("PUT", "/Users"), ("PATCH", "/Users"), ("DELETE", "/Users"), ("POST", "/Users/" + ada["id"])):
                self.refused(405, None, method, path, {"schemas": [USER], "userName": "x"})
            self.assertEqual(self.get(ada).body, ada)

    def test_put_replaces(self):
        ada, eve = self.user("ada", title="t", **{ENTERPRISE: EXTENSION}), self.user("eve")
        put = lambda body, to=ada: self.call("PUT", "/Users/" + to["id"], {"schemas": [USER], **body})
        with self.case(79, 80, 82, 86):
            answer = put({"userName": "ada", "displayName": "A", "id": "other", "meta": {"created": "1999-01-01T00:00:00Z"}, "groups": [{"value": "g"}]})
            self.assertEqual((answer.status, answer.body["id"], answer.body["displayName"]), (200, ada["id"], "A"))
            self.assertFalse({"title", ENTERPRISE, "groups"} & set(answer.body))
            self.assertEqual(answer.body["meta"]["created"], ada["meta"]["created"])
            self.assertGreater(answer.body["meta"]["lastModified"], ada["meta"]["lastModified"])
            self.assertNotIn(ENTERPRISE, answer.body["schemas"])
        with self.case(81):
            self.refused(404, None, "PUT", "/Users/nobody", {"schemas": [USER], "userName": "nobody"})
            self.assertEqual(self.found('userName eq "nobody"'), [])
        with self.case(83, 84):
            before = self.get(eve).body
            self.assertEqual((put({"userName": "ADA"}, eve).kind, put({"displayName": "x"}, eve).status), ("uniqueness", 400))
            self.assertEqual(self.get(eve).body, before)
        with self.case(85):
            self.assertEqual(put({"userName": "lovelace"}).status, 200)
            self.assertEqual(self.found('userName eq "lovelace"'), ["lovelace"])
            self.user("ada")

    def test_what_is_deleted_is_gone(self):
        ada, other = self.user("ada"), self.user("other")
        team = self.group("team", ada["id"], other["id"])
        with self.case(130, 132):
            gone = self.call("DELETE", "/Users/" + ada["id"])
            self.assertEqual((gone.status, gone.raw), (204, b""))
            for method in "GET", "PUT", "PATCH", "DELETE":
                body = {"schemas": [PATCH], "Operations": [{"op": "remove", "path": "title"}]} if method == "PATCH" else {"schemas": [USER], "userName": "x"}
                self.refused(404, None, method, "/Users/" + ada["id"], None if method in ("GET", "DELETE") else body)
            self.assertEqual((self.found(), self.found('userName eq "ada"')), (["other"], []))
            self.assertEqual(self.members(team), [other["id"]])
        with self.case(131):
            self.assertNotEqual(self.user("ada")["id"], ada["id"])

    def test_versions(self):
        ada = self.user("ada")
        path, body = "/Users/" + ada["id"], {"schemas": [USER], "userName": "ada", "title": "t"}
        operation = {"op": "replace", "path": "title", "value": "u"}
        with self.case(137):
            tag = self.get(ada).headers["ETag"]
            self.assertEqual(tag, ada["meta"]["version"])
            same = self.call("GET", path, If_None_Match=tag)
            self.assertEqual((same.status, same.raw, same.headers["ETag"]), (304, b"", tag))
            self.assertEqual(self.call("PUT", path, body, If_Match=tag).status, 200)
            for method, wanted in (("PUT", body), ("PATCH", {"schemas": [PATCH], "Operations": [operation]}), ("DELETE", None)):
                self.refused(412, None, method, path, wanted, If_Match=tag)
            self.assertEqual(self.call("GET", path, If_None_Match=tag).status, 200)
            self.assertEqual(self.patch(ada, operation, If_Match="*").status, 200)
        with self.case(138):
            tag = self.get(ada).headers["ETag"]

            def change(i):
                client = scim_endpoint_test.Client(self.port, self.secret)
                try:
                    return client.call("PATCH", path, {"schemas": [PATCH], "Operations": [{"op": "add", "path": "title", "value": "t%d" % i}]}, If_Match=tag)[0]
                finally:
                    client.http.close()
            with concurrent.futures.ThreadPoolExecutor(10) as pool:
                self.assertEqual(sorted(pool.map(change, range(10))), [200] + [412] * 9)

    def test_bulk(self):
        def bulk(*operations, **more):
            answer = self.call("POST", "/Bulk", {"schemas": [BULK], "Operations": list(operations), **more})
            self.assertEqual(answer.status, 200, answer.body)
            return answer.body["Operations"]
        new = lambda id, name, **more: {"method": "POST", "path": "/Users", "bulkId": id, "data": {"schemas": [USER], "userName": name, **more}}
        team = lambda id, *members: {"method": "POST", "path": "/Groups", "bulkId": id,
                                     "data": {"schemas": [GROUP], "displayName": id, "members": [{"value": m} for m in members]}}
        with self.case(139):
            done, = bulk(new("q", "q"))
            self.assertEqual((done["status"], done["bulkId"], done["method"]), ("201", "q", "POST"))
            self.assertEqual(self.call("GET", done["location"].split("/scim/v2")[1]).body["userName"], "q")
        with self.case(140):
            done = bulk(team("forward", "bulkId:a"), new("a", "a", **{ENTERPRISE: {"manager": {"value": "bulkId:b"}}}), new("b", "b"), team("backward", "bulkId:a"),
                        team("x", "bulkId:y"), team("y", "bulkId:x"),
                        {"method": "PATCH", "path": "/Users/bulkId:a", "data": {"schemas": [PATCH], "Operations": [{"op": "add", "path": "title", "value": "t"}]}})
            self.assertEqual([d["status"] for d in done], ["201"] * 6 + ["200"])
            ids = {d["bulkId"]: d["location"].rsplit("/", 1)[1] for d in done if "bulkId" in d}
            self.assertEqual([[m["value"] for m in self.call("GET", "/Groups/" + ids[g]).body["members"]] for g in ("forward", "backward", "x", "y")],
                             [[ids["a"]], [ids["a"]], [ids["y"]], [ids["x"]]])
            a = self.call("GET", "/Users/" + ids["a"]).body
            self.assertEqual((a["title"], a[ENTERPRISE]["manager"]["value"]), ("t", ids["b"]))
        with self.case(141, 142):
            bad, good = new("c", "A"), new("d", "d")
            stopped = bulk(bad, good, failOnErrors=1)
            self.assertEqual([(o["status"], o["response"]["scimType"]) for o in stopped], [("409", "uniqueness")])
            self.assertEqual(self.found('userName eq "d"'), [])
            self.assertEqual([o["status"] for o in bulk(bad, good)], ["409", "201"])
            strange = bulk(team("z", "bulkId:nobody"), {"method": "POST", "path": "/Users", "data": {"schemas": [USER], "userName": "e"}})
            self.assertTrue(all(o["status"].startswith("4") and o["response"]["schemas"] == [ERROR] for o in strange), strange)
            self.assertEqual(self.found('userName eq "e"'), [])


class Limits(Acceptance):
    scim = 'rate = "100000/s"\nmax-operations = 3\nmax-body = "64KiB"\n'

    def test_too_much_is_refused_and_the_service_goes_on(self):
        operation = {"method": "DELETE", "path": "/Users/x"}
        with self.case(143):
            self.assertIn("3", self.refused(413, None, "POST", "/Bulk", {"schemas": [BULK], "Operations": [operation] * 4}).body["detail"])
            self.refused(413, None, "POST", "/Bulk", {"schemas": [BULK], "Operations": [operation], "x": "y" * 70000})
            self.http.close()
        with self.case(149, 150):
            self.refused(400, "invalidSyntax", "POST", "/Users", b'{"schemas":["' + USER.encode() + b'"],"userName":"\xff\xfe"}')
            self.refused(400, "invalidSyntax", "POST", "/Users", "[" * 30000)
            self.refused(400, "invalidSyntax", "POST", "/Users", '{"a":' * 10000 + "1" + "}" * 10000)
            for body in '{"schemas":["%s"],"userName":"nul\\u0000"}' % USER, '{"schemas":["%s"],"userName":"a","userName":"b"}' % USER:
                self.assertEqual(self.call("POST", "/Users", body).status, 400, body)
            proto = self.call("POST", "/Users", '{"schemas":["%s"],"userName":"p","__proto__":{"admin":true},"constructor":1}' % USER)
            self.assertEqual((proto.status, "__proto__" in proto.body), (201, False))
            self.assertEqual(self.user("long", displayName="x" * 60000)["displayName"], "x" * 60000)
        with self.case(151):
            for id in "%2e%2e%2f", "..%2fGroups", "%00", "%ff%fe", "a" * 4000, "%", "%zz", "a%2Fb", "*", "'or'1'='1":
                self.assertEqual(self.call("GET", "/Users/" + id).status, 404, id)
                self.assertEqual(self.call("DELETE", "/Users/" + id).status, 404, id)
        self.assertEqual(self.found(), ["p", "long"])


if __name__ == "__main__":
    unittest.main()
