"""The acceptance cases of the SCIM endpoint about questions: filters, lists, pages, sorting, .search, cursors (RFC 7644 section 3.4,
RFC 9865), against the real daemon over HTTP."""
import unittest
from scim_acceptance import *


class Filters(Acceptance):
    def setUp(self):
        super().setUp()
        self.ada = self.user("ada", title="Boss", displayName="Ada L.", externalId="X1", active=True, name={"familyName": "Lovelace"},
                             emails=[{"value": "ada@work.example", "type": "work"}, {"value": "ada@home.example", "type": "home"}],
                             addresses=[{"locality": "Oslo", "type": "work"}], **{ENTERPRISE: {"employeeNumber": "7", "manager": {"value": "26"}}})
        self.bob = self.user("bob", title="clerk", displayName="Bob (*)", active=False, emails=[{"value": "bob@home.example", "type": "work"},
                                                                                                {"value": "bob@work.example", "type": "other"}])
        self.eve = self.user("eve", displayName='E "q" \\ and (eve) ]')

    def finds(self, filter, *names):
        self.assertEqual(self.found(filter), list(names), filter)

    def test_terms(self):
        with self.case(46, 47, 48):
            self.assertEqual(self.search('userName eq "nobody"').body, {"schemas": [LIST], "totalResults": 0, "startIndex": 1, "itemsPerPage": 0, "Resources": []})
            self.finds('userName eq "ADA"', "ada")
            self.finds('USERNAME EQ "ada"', "ada")
            self.finds('externalId eq "X1"', "ada")
            self.finds('externalId eq "x1"')
        with self.case(49, 50):
            for filter, names in (('title ne "boss"', ["bob", "eve"]), ('displayName co "A"', ["ada", "eve"]), ('displayName sw "bob"', ["bob"]),
                                  ('displayName ew "L."', ["ada"]), ('userName gt "bob"', ["eve"]), ('userName ge "BOB"', ["bob", "eve"]),
                                  ('userName lt "bob"', ["ada"]), ('userName le "Bob"', ["ada", "bob"]), ('displayName co "."', ["ada"]),
                                  ('displayName co "("', ["bob", "eve"]), ('displayName ew "*)"', ["bob"]), ('displayName sw ".*"', []), ('displayName co "a.*"', [])):
                self.finds(filter, *names)
        with self.case(51):
            self.finds("title pr", "ada", "bob")
            self.finds("not (title pr)", "eve")
            self.finds("addresses pr", "ada")
            self.finds("name pr", "ada")
        with self.case(52, 53):
            created = self.ada["meta"]["created"]
            self.finds('meta.created ge "%s"' % created, "ada", "bob", "eve")
            self.finds('meta.created lt "%s"' % created)
            zone = "%sT%02d%s+02:00" % (created[:10], int(created[11:13]), created[13:-1])      # the same clock, two hours before
            self.finds('meta.created gt "%s"' % zone, "ada", "bob", "eve")
            last = max(u["meta"]["lastModified"] for u in (self.ada, self.bob, self.eve))
            self.patch(self.bob, {"op": "replace", "path": "nickName", "value": "b"})
            new = self.user("new")
            self.finds('meta.lastModified gt "%s"' % last, "bob", "new")
            self.call("DELETE", "/Users/" + new["id"])

    def test_terms_are_joined(self):
        with self.case(54):
            self.finds('userName eq "ada" or userName eq "bob" and title eq "nothing"', "ada")
            self.finds('(userName eq "ada" or userName eq "bob") and title eq "clerk"', "bob")
            self.finds('not (userName eq "ada") and title pr', "bob")
            self.finds('not(userName eq "ada" or (title eq "clerk" and not (active eq true)))', "eve")
        with self.case(55, 56, 57, 58, 59):
            self.finds('emails[type eq "work" and value co "@work"]', "ada")
            self.finds('emails.type eq "work" and emails.value co "@work"', "ada", "bob")
            self.finds('emails[type eq "home" or type eq "other"]', "ada", "bob")
            self.finds('emails[not (type eq "work")]', "ada", "bob")
            self.finds('emails[type eq "work"].value eq "bob@home.example"', "bob")
            self.finds('emails[type eq "other"].value eq "bob@home.example"')
            self.finds('emails co "@home"', "ada", "bob")
        with self.case(60):
            self.finds("active eq true", "ada")
            self.finds("active eq False", "bob")
            self.refused(400, "invalidFilter", "GET", "/Users?filter=active%20gt%20true")
        with self.case(61, 62):
            self.finds('%s:userName eq "ada"' % USER, "ada")
            self.finds('%s:employeeNumber eq "7"' % ENTERPRISE, "ada")
            self.finds('%s:manager.value eq "26"' % ENTERPRISE, "ada")
            self.finds('schemas eq "%s"' % ENTERPRISE, "ada")
            self.finds('meta.resourceType eq "User"', "ada", "bob", "eve")
            self.finds('meta.resourceType eq "Group"')

    def test_what_is_no_filter_is_refused(self):
        with self.case(63, 65):
            for bad in ("userName eq", 'userName xx "a"', '(userName eq "a"', 'not userName eq "a"', 'userName eq "a', 'userName eq "a" and', 'emails[type eq "a"',
                        "userName", "userName eq abc", "userName eq 'abc'", 'userName eq "a" "b"', "()", "", " ", 'userName eq "a")', 'and userName eq "a"',
                        'emails[emails[type eq "a"]]', 'userName == "a"', 'userName eq "\\x"'):
                answer = self.search(bad)
                self.assertEqual((answer.status, answer.kind), (400, "invalidFilter"), bad)
            answer = self.search('noSuchAttr eq "x"')
            self.assertTrue(answer.status == 400 and answer.kind == "invalidFilter" or answer.body["totalResults"] == 0)
        with self.case(64):
            for text in '\\"q\\" \\\\ and (eve) ]', "\\u0022q\\u0022 \\\\":
                self.finds('displayName co "%s"' % text, "eve")
            self.finds('displayName eq "E \\"q\\" \\\\ and (eve) ]" or title eq "x"', "eve")
            self.finds('title eq "x and (userName pr) or [y]"')
        with self.case(66):
            self.user("sec", password="abcdefgh")
            for bad in 'password sw "a"', "password pr", 'password eq "abcdefgh"', "not (password pr)":
                answer = self.search(bad)
                self.assertTrue(answer.status in (400, 403) or answer.body["totalResults"] == 0, bad)
        with self.case(67):
            self.assertEqual([u["userName"] for u in self.call("GET", "/Users?filter=userName+eq+%22ada%22").body["Resources"]], ["ada"])
        with self.case(68):
            for many in "(" * 2000 + 'userName eq "a"' + ")" * 2000, " or ".join('userName eq "%d"' % i for i in range(300)), "a" * 15000:
                self.assertIn(self.search(many).status, (200, 400, 413, 414, 431), many[:20])
                self.http.close()
            self.finds('userName eq "ada"', "ada")


class Lists(Acceptance):
    def setUp(self):
        super().setUp()
        self.names = ["d", "B", "a", "G", "c", "f", "e"]
        for n in self.names:
            family = {"name": {"familyName": "F" + n}} if n in "aBcd" else {}
            self.user(n, emails=[{"value": "z" + n}, {"value": "m" + n, "primary": n != "a"}], **family)

    def test_pages(self):
        with self.case(45, 69):
            pages = [self.search(startIndex=i, count=3).body for i in (1, 4, 7)]
            self.assertEqual([(p["totalResults"], p["startIndex"], p["itemsPerPage"]) for p in pages], [(7, 1, 3), (7, 4, 3), (7, 7, 1)])
            self.assertEqual([u["userName"] for p in pages for u in p["Resources"]], self.names)
            self.assertEqual((pages[0]["schemas"], type(pages[0]["totalResults"])), ([LIST], int))
        with self.case(70, 71, 72, 73, 74):
            for count in 0, -5:
                page = self.search(count=count).body
                self.assertEqual((page["totalResults"], page["Resources"]), (7, []))
            for start in 0, -3:
                page = self.search(startIndex=start, count=2).body
                self.assertEqual((page["startIndex"], len(page["Resources"])), (1, 2))
            page = self.search(startIndex=100).body
            self.assertEqual((page["totalResults"], page["Resources"]), (7, []))
            self.assertEqual(len(self.found(count=1000000)), 7)
            self.assertEqual(len(self.found(count="99999999999999999999999", startIndex="-99999999999999999999999")), 7)
            self.refused(400, "invalidValue", "GET", "/Users?count=abc")
            self.refused(400, "invalidValue", "GET", "/Users?startIndex=1.5")
        with self.case(75):
            self.assertEqual(self.found(sortBy="userName"), ["a", "B", "c", "d", "e", "f", "G"])
            self.assertEqual(self.found(sortBy="userName", sortOrder="descending", startIndex=2, count=3), ["f", "e", "d"])
            family = self.found(sortBy="name.familyName")
            self.assertEqual((family[:4], sorted(family[4:])), (["a", "B", "c", "d"], ["G", "e", "f"]))
            self.assertEqual(self.found(sortBy="name.familyName", sortOrder="descending")[3:], ["d", "c", "B", "a"])
            self.assertEqual(self.found(sortBy="emails"), ["B", "c", "d", "e", "f", "G", "a"])

    def test_search(self):
        search = lambda place, **body: self.call("POST", place + "/.search", {"schemas": [SEARCH], **body})
        with self.case(76, 77, 78):
            answer = search("/Users", filter='userName eq "A"', attributes=["userName"]).body
            self.assertEqual([set(u) for u in answer["Resources"]], [{"id", "schemas", "userName"}])
            self.assertEqual([u["userName"] for u in search("/Users", sortBy="userName", sortOrder="descending", startIndex=2, count=2).body["Resources"]], ["f", "e"])
            self.user("named", displayName="same")
            self.group("same")
            both = search("", filter='displayName eq "SAME"').body
            self.assertEqual({r["meta"]["resourceType"] for r in both["Resources"]}, {"User", "Group"})
            self.assertEqual((search("", filter="x eq").status, search("", filter="x eq").kind), (400, "invalidFilter"))

    def test_cursors(self):
        with self.case(147):
            for more in {}, {"sortBy": "userName"}, {"filter": "userName pr", "sortBy": "userName", "sortOrder": "descending"}:
                cursor, seen = "", []
                while cursor is not None:
                    page = self.search(cursor=cursor, count=3, **more).body
                    seen += [u["userName"] for u in page["Resources"]]
                    cursor = page.get("nextCursor")
                    self.assertEqual(cursor is None, len(seen) == 7)
                    self.assertRegex(cursor or "a", r"^[A-Za-z0-9._~-]+$")
                self.assertEqual(sorted(seen), sorted(self.names))
        with self.case(148):
            good = self.search(cursor="", count=3).body["nextCursor"]
            for forged in "1", good[:-1] + ("a" if good[-1] != "a" else "b"), "x" * 300, "%":
                self.assertEqual((self.search(cursor=forged, count=3).status, self.search(cursor=forged, count=3).kind), (400, "invalidCursor"), forged)
            self.assertEqual(self.search(cursor="", count="x").kind, "invalidCount")


class GroupQuestions(Acceptance):
    def test_groups_are_found(self):
        ada, bob = self.user("ada"), self.user("bob")
        team = self.group("Team", ada["id"], externalId="G1")
        self.group("other", bob["id"])
        with self.case(125):
            listed = self.search('displayName eq "team"', "/Groups", excludedAttributes="members").body["Resources"]
            self.assertEqual([(g["id"], "members" in g) for g in listed], [(team["id"], False)])
        with self.case(126):
            for user, total in (ada, 1), (bob, 0):
                self.assertEqual(self.search('id eq "%s" and members eq "%s"' % (team["id"], user["id"]), "/Groups").body["totalResults"], total)
        with self.case(136):
            self.assertEqual(self.found('members.value eq "%s"' % ada["id"], "/Groups"), ["Team"])
            self.assertEqual(self.found('members[value eq "%s"]' % bob["id"], "/Groups"), ["other"])
            self.assertEqual(self.found('externalId eq "G1"', "/Groups"), ["Team"])


if __name__ == "__main__":
    unittest.main()
