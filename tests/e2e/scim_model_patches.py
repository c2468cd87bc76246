"""Changes of a resource by PATCH: what is meant, as a function on the model's body, beside one of the spellings that clients have for it
(Entra ID with and without its flag, Okta, JumpCloud, the RFC's own)."""
import copy
from scim_model import *


class Refused(Exception):
    """The service must say no, with one of these scimTypes."""

    def __init__(self, *kinds):
        super().__init__(kinds)
        self.kinds = kinds


def refuse(*kinds):
    def effect(body):
        raise Refused(*kinds)
    return effect


def sets(path, value):
    """path: names; a value of None clears, and an object that is empty is gone."""
    def effect(body):
        at = body
        for name in path[:-1]:
            at = at.setdefault(name, {})
        if value is None:
            at.pop(path[-1], None)
        else:
            at[path[-1]] = copy.deepcopy(value)
        for depth in range(len(path) - 1, 0, -1):
            at = body
            for name in path[:depth - 1]:
                at = at[name]
            if not at[path[depth - 1]]:
                del at[path[depth - 1]]
    return effect


class Patches:
    """Every method answers (operation, effect)."""

    def __init__(self, dice, text, email):
        self.dice, self.text, self.email = dice, text, email      # `text`: any words; `email`: an address that nobody else has

    def word(self, op):
        return self.dice.choice([op, op, op.capitalize(), op.upper()])

    def setting(self):
        return self.word(self.dice.choice(["add", "replace"]))

    def any_case(self, name):
        return self.dice.choice([name, name, name.lower(), name.upper()])

    def several(self, kind, count):
        return [self.dice.choice(kind)() for _ in range(count)]

    # Of a User.
    def simple(self):
        name = self.dice.choice(["displayName", "title", "nickName", "externalId"])
        value = self.text()
        return self.dice.choice([
            {"op": self.setting(), "path": self.any_case(name), "value": value},
            {"op": self.setting(), "path": USER + ":" + name, "value": value},
            {"op": self.setting(), "path": name, "value": [{"value": value}]},
            {"op": self.setting(), "value": {self.any_case(name): value}},
        ]), sets([name], value)

    def cleared(self):
        name = self.dice.choice(["displayName", "title", "nickName", "emails", "externalId"])
        return self.dice.choice([
            {"op": self.word("remove"), "path": self.any_case(name)},
            {"op": self.word("replace"), "path": name, "value": None},
            {"op": self.word("replace"), "value": {name: None}},
        ]), sets([name], None)

    def active(self):
        value = self.dice.random() < 0.7
        said = self.dice.choice([value, str(value), str(value).lower()])
        return self.dice.choice([
            {"op": self.setting(), "path": "active", "value": said},
            {"op": self.word("replace"), "value": {"active": said}},
        ]), sets(["active"], value)

    def name(self):
        part = self.dice.choice(["givenName", "familyName", "middleName"])
        value = self.text()
        return self.dice.choice([
            {"op": self.setting(), "path": self.any_case("name." + part), "value": value},
            {"op": self.setting(), "path": "name", "value": {part: value}},
            {"op": self.setting(), "value": {"name." + part: value}},
            {"op": self.setting(), "value": {"name": {part: value}}},
        ]), sets(["name", part], value)

    def name_cleared(self):
        return self.dice.choice([
            {"op": self.word("remove"), "path": "name.middleName"},
            {"op": self.word("replace"), "path": "name", "value": {"middleName": None}},
        ]), sets(["name", "middleName"], None)

    def work_email(self):
        value, add = self.email(), self.dice.random() < 0.6
        path = self.any_case("emails[type eq ") + '"work"' + self.any_case("].value")

        def effect(body, creates=True):
            found = [e for e in body.get("emails", []) if e.get("type") == "work"]
            if not found and not creates:
                raise Refused("noTarget")
            if not found:
                body.setdefault("emails", []).append({"type": "work", "value": value})
            for each in found:
                each["value"] = value
        if self.dice.random() < 0.3:
            return {"op": self.setting(), "value": {path: value}}, effect
        if add:
            return {"op": self.word("add"), "path": path, "value": value}, effect
        return {"op": self.word("replace"), "path": path, "value": value}, lambda body: effect(body, False)

    def one_more_email(self):
        one = {"type": self.dice.choice(["home", "other"]), "value": self.email()}
        if self.dice.random() < 0.4:
            one["primary"] = True

        def effect(body):
            if one.get("primary"):
                for each in body.get("emails", []):
                    each.pop("primary", None)
            body.setdefault("emails", []).append(dict(one))
        return self.dice.choice([
            {"op": self.word("add"), "path": "emails", "value": [one]},
            {"op": self.word("add"), "path": "emails", "value": one},
            {"op": self.word("add"), "value": {"emails": [one]}},
        ]), effect

    def other_emails(self):
        value = self.emails()
        return self.dice.choice([
            {"op": self.word("replace"), "path": self.any_case("emails"), "value": value},
            {"op": self.word("replace"), "value": {"emails": value}},
        ]), sets(["emails"], value)

    def emails(self):
        out = [{"type": t, "value": self.email()} for t in self.dice.sample(["work", "home", "other"], self.dice.randint(1, 3))]
        if self.dice.random() < 0.5:
            self.dice.choice(out)["primary"] = True
        return out

    def emails_removed(self):
        test, path = self.dice.choice([
            (lambda e: e["type"] == "home", 'emails[type eq "home"]'),
            (lambda e: e["type"] == "home", 'emails[type EQ "HOME" and value pr]'),
            (lambda e: e["type"] != "work", 'emails[not (type eq "work")]'),
            (lambda e: e["type"] in ("home", "other"), 'emails[type eq "home" or (type eq "other" and value co "@")]'),
        ])

        def effect(body):
            kept = [e for e in body.get("emails", []) if not test(e)]
            if len(kept) == len(body.get("emails", [])):
                raise Refused("noTarget")
            sets(["emails"], kept or None)(body)
        return {"op": self.word("remove"), "path": path}, effect

    def primary_email(self):
        def effect(body):
            found = [e for e in body.get("emails", []) if e["type"] == "home"]
            if not found:
                raise Refused("noTarget")
            if len(found) > 1:
                raise Refused("invalidValue")
            for each in body["emails"]:
                each.pop("primary", None)
            found[0]["primary"] = True
        said = self.dice.choice([True, "True"])
        return {"op": self.word("replace"), "path": 'emails[type eq "home"].primary', "value": said}, effect

    def enterprise(self):
        name, value = self.dice.choice(["department", "costCenter", "division"]), self.text()
        return self.dice.choice([
            {"op": self.setting(), "path": "%s:%s" % (self.any_case(ENTERPRISE), name), "value": value},
            {"op": self.setting(), "value": {"%s:%s" % (ENTERPRISE, name): value}},
            {"op": self.setting(), "value": {ENTERPRISE: {name: value}}},
            {"op": self.setting(), "path": ENTERPRISE, "value": {name: value}},
        ]), sets([ENTERPRISE, name], value)

    def manager(self):
        value, path = self.text(), ENTERPRISE + ":manager"
        return self.dice.choice([
            {"op": self.setting(), "path": path, "value": value},
            {"op": self.setting(), "path": path, "value": {"value": value}},
            {"op": self.setting(), "path": path + ".value", "value": value},
            {"op": self.setting(), "value": {path: value}},
        ]), sets([ENTERPRISE, "manager"], {"value": value})

    def enterprise_cleared(self):
        path = self.dice.choice([[ENTERPRISE, "manager"], [ENTERPRISE, "department"], [ENTERPRISE]])
        return {"op": self.word("remove"), "path": ":".join(path)}, sets(path, None)

    def of_user(self):
        return self.several([self.simple, self.simple, self.cleared, self.active, self.name, self.name_cleared, self.work_email, self.one_more_email,
                             self.other_emails, self.emails_removed, self.primary_email, self.enterprise, self.manager, self.enterprise_cleared],
                            self.dice.choice([1, 1, 1, 2, 3]))

    def bad(self):
        """What no PATCH may do; all that stands beside it must not happen either."""
        return self.dice.choice([
            ({"op": "replace", "path": "noSuchAttribute", "value": "x"}, refuse("invalidPath", "noTarget")),
            ({"op": "replace", "path": "id", "value": "x"}, refuse("mutability")),
            ({"op": "remove", "path": "meta.created"}, refuse("mutability")),
            ({"op": "remove"}, refuse("noTarget")),
            ({"op": "move", "path": "title", "value": "x"}, refuse("invalidSyntax")),
            ({"op": "add", "path": "emails[", "value": "x"}, refuse("invalidPath", "invalidFilter")),
            ({"op": "add", "path": "displayName"}, refuse("invalidValue")),
            ({"op": "replace", "path": "displayName", "value": {}}, refuse("invalidValue")),
        ])

    # Of a Group. `ids`: of whom may be in it.
    def members_added(self, ids):
        said = [self.dice.choice([{"value": i}, {"$ref": None, "value": i}, {"value": i, "display": "somebody"}]) for i in ids]
        spelling = [{"op": self.word("add"), "path": self.any_case("members"), "value": said}, {"op": self.word("add"), "value": {"members": said}}]
        if len(ids) == 1:
            spelling.append({"op": self.word("add"), "path": "members", "value": said[0]})
        return self.dice.choice(spelling), lambda body: body["members"].update(ids)

    def members_removed(self, ids):
        said = [{"value": i} for i in ids]
        filtered = "members[%s]" % " or ".join('value eq "%s"' % i for i in ids)
        return self.dice.choice([
            {"op": self.word("remove"), "path": filtered},
            {"op": self.word("remove"), "path": self.any_case("members"), "value": said},
            {"op": self.word("remove"), "path": "members", "value": [{"$ref": None, "value": i} for i in ids]},
        ]), lambda body: body["members"].difference_update(ids)

    def members_replaced(self, ids):
        said = [{"value": i} for i in ids]
        return self.dice.choice([
            {"op": self.word("replace"), "path": "members", "value": said},
            {"op": self.word("replace"), "value": {"members": said}},
        ]), lambda body: body.update(members=set(ids))

    def no_members(self):
        return {"op": self.word("remove"), "path": "members"}, lambda body: body["members"].clear()

    def renamed(self, id, name):
        return self.dice.choice([
            {"op": self.word("replace"), "path": "displayName", "value": name},
            {"op": self.word("replace"), "value": {"id": id, "displayName": name}},
        ]), sets(["displayName"], name)
