"""The vendor's SDK 4.x (PyPI onelogin), generated from the description of the API, drives the sandbox: python3 onelogin_sdk_4.py URL. It
checks every member of an answer against its models. Of /1 it has the invite links, roles, groups and events; its users of /1 are described
without the envelope that /1 has, so users are those of /2."""
import json, sys, unittest, urllib.request
import onelogin
from onelogin import User
from onelogin.exceptions import ApiException

URL = sys.argv[1]
ADDRESS = "zoë@example.com"
# SHA-256 of "hello" and "password", the example of the vendor's page.
HASH = "b1c788abac15390de987ad17b65ac73c9b475d428a51f245c645a442fddd078b"


def api(secret="the-secret"):
    """An authorised client, by Basic."""
    client = onelogin.ApiClient(onelogin.Configuration(host=URL, username="the-id", password=secret))
    token = onelogin.OAuth2Api(client).generate_token(onelogin.GenerateTokenRequest(grant_type="client_credentials"))
    client.configuration.access_token = token.access_token
    return client, token


class Driven(unittest.TestCase):
    def setUp(self):
        self.client, self.token = api()
        self.users, self.roles = onelogin.UsersV2Api(self.client), onelogin.RolesApi(self.client)
        self.invites, self.events = onelogin.InviteLinksApi(self.client), onelogin.EventsApi(self.client)

    def tearDown(self):
        for user in self.users.list_users2(email="*ë@example.com"):
            self.users.delete_user2(user.id)

    def refused(self, status, text, call, *words, **more):
        with self.assertRaises(ApiException) as caught:
            call(*words, **more)
        self.assertEqual(caught.exception.status, status, caught.exception.body)
        self.assertIn(text, json.loads(caught.exception.body).get("message", caught.exception.body))

    def user(self, name="zoë", **more):
        return self.users.create_user2(mappings="sync", user=User(username=name, email=name + "@example.com", firstname="Zoë", **more))

    def test_tokens(self):
        self.assertEqual((self.token.token_type, self.token.expires_in), ("bearer", 36000))
        self.assertEqual(onelogin.OAuth2Api(self.client).get_rate_limit().data.x_rate_limit_limit, 5000)
        self.refused(401, "Authentication Failure", api, "wrong")
        self.client.configuration.access_token = "stale"
        self.refused(401, "Unauthorized", self.users.get_user2, 100001)
        self.client.configuration.access_token = self.token.access_token

    def test_users(self):
        made = self.user(lastname="Škvorecký", title="Ředitelka", group_id=7, custom_attributes={"branch": "Plzeň"})
        self.assertEqual((made.status, made.state, made.role_ids), (7, 1, []))
        read = self.users.get_user2(made.id)
        self.assertEqual((read.email, read.lastname, read.title, read.group_id), (ADDRESS, "Škvorecký", "Ředitelka", 7))
        self.assertEqual(read.custom_attributes, {"branch": "Plzeň", "cost": None})
        changed = self.users.update_user2(made.id, user=User(status=2, external_id="e-ž", custom_attributes={"cost": "1"}))
        self.assertEqual((changed.status, changed.external_id, changed.custom_attributes), (2, "e-ž", {"branch": "Plzeň", "cost": "1"}))
        hashed = self.users.update_user2(made.id, user=User(password=HASH, password_confirmation=HASH, password_algorithm="salt+sha256", salt="hello"))
        self.assertIsNotNone(hashed.password_changed_at)
        weak = User(password="short", password_confirmation="short")
        self.refused(400, "Password", self.users.update_user2, made.id, user=weak)
        self.assertEqual(self.users.update_user2(made.id, validate_policy=False, user=weak).id, made.id)
        self.refused(422, "Username must be unique", self.users.create_user2, user=User(username="zoë", email="b@example.com"))
        self.refused(422, "required", self.users.create_user2, user=User(username="b"))
        self.refused(404, "The resource with the given id could not be found", self.users.get_user2, 3)
        self.assertEqual(self.users.delete_user2_with_http_info(made.id).status_code, 204)
        self.refused(404, "could not be found", self.users.delete_user2, made.id)

    def test_pages(self):
        ids, cursor = [], None
        while cursor != "":
            page = self.users.list_users2_with_http_info(limit=2, cursor=cursor)
            ids += [user.id for user in page.data]
            self.assertLess(len(ids), 20)
            self.assertEqual((page.headers["Total-Count"], page.headers["Page-Items"]), ("7", str(len(page.data))))
            cursor = page.headers.get("After-Cursor", "")
        self.assertEqual(ids, list(range(100001, 100008)))
        self.assertEqual([user.id for user in self.users.list_users2(limit=2, page=2)], ids[2:4])
        before = self.users.get_user2(ids[6]).updated_at
        new = self.user()
        self.assertEqual([user.id for user in self.users.list_users2(updated_since=new.updated_at)], [new.id])
        self.assertEqual([user.id for user in self.users.list_users2(updated_until=new.updated_at, username="user000007")], [ids[6]])
        self.assertLess(before, new.updated_at)
        self.assertEqual([user.id for user in self.users.list_users2(user_ids="%s,%s" % (ids[1], ids[3]))], [ids[1], ids[3]])
        self.assertEqual(self.users.list_users2(last_login_since="2026-05-02T00:00:00Z"), [])
        few, = self.users.list_users2(username="zoë", fields="email,role_ids")
        self.assertEqual((few.email, few.firstname, few.role_ids), (ADDRESS, None, []))

    def test_roles(self):
        roles = {role.name: role.id for role in self.roles.list_roles()}
        self.assertEqual(sorted(roles), ["Employee", "Sales"])
        sales = str(roles["Sales"])
        self.assertEqual(self.roles.get_role(sales).name, "Sales")
        self.assertEqual([role.name for role in self.roles.get_role_by_id(sales).data], ["Sales"])
        self.assertEqual([role.name for role in self.roles.get_role_by_name(name="Sales").data], ["Sales"])
        self.refused(404, "could not be found", self.roles.get_role, "5")
        one, two = self.user(), self.user("noë")
        self.assertEqual(sorted(added.id for added in self.roles.add_role_users(sales, [one.id, two.id])), [one.id, two.id])
        self.assertEqual([user.id for user in self.roles.get_role_users(sales)], [one.id, two.id])
        self.assertEqual(self.users.get_user2(one.id).role_ids, [roles["Sales"]])
        self.assertEqual(self.roles.remove_role_users_with_http_info(sales, [one.id]).status_code, 204)
        self.assertEqual([user.id for user in self.roles.get_role_users(sales)], [two.id])
        self.refused(422, "Validation failed", self.roles.add_role_users, sales, [4])

    def test_invite_links(self):
        user = self.user()
        sent = self.invites.send_invite_link(onelogin.SendInviteLinkRequest(email=ADDRESS, personal_email="home@example.net"))
        self.assertEqual(sent.status.message, "Email sent successfully to home@example.net")
        link, = self.invites.get_invite_link(onelogin.GetInviteLinkRequest(email=ADDRESS)).data
        self.refused(400, "No User exists for input email", self.invites.get_invite_link, onelogin.GetInviteLinkRequest(email=ADDRESS.title()))
        self.assertEqual(self.events.get_events(user_id=user.id).data, [])
        urllib.request.urlopen(link, timeout=30).close()            # to get it is to accept
        self.assertEqual([event.event_type_id for event in self.events.get_events(user_id=user.id).data], [11])
        self.assertIn("USER_CHANGED_PASSWORD", [kind.name for kind in self.events.get_event_types().data])
        self.assertEqual(self.users.get_user2(user.id).status, 1)
        self.assertEqual([group.id for group in onelogin.GroupsApi(self.client).get_groups().data], [7])


if __name__ == "__main__":
    done = unittest.main(argv=sys.argv[:1], exit=False).result
    print("driven" if done.wasSuccessful() and done.testsRun == 5 else "not driven")
    sys.exit(not done.wasSuccessful())
