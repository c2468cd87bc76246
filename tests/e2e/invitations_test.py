"""The ledger of invitations with the real programs: its states, `invitations`, `resend` and `cancel`, beside a daemon and without."""
import datetime, email, os, re, unittest, urllib.request
from stage import *


class Invitations(Stage):
    def start_with(self, ldif, tables="", tail=""):
        self.directory, self.tenant, self.receiver = self.slapd(ldif), self.sandbox(), self.smtp()
        self.set_up(tables, tail)

    def set_up(self, tables="", tail="", extra=""):
        self.configure(self.ldap_source(self.directory),
                       self.provider(self.tenant, extra=extra, tables='\n[provider.onelogin.invite]\ndeliver = "smtp"\n' + tables),
                       '\n[smtp]\nurl = "%s"\nfrom = "IT <it@example.org>"\n' % self.receiver.url, tail)

    def ledger(self, *words):
        return self.rollcall("invitations", "--json", *words, code=0).json

    def states(self, user="ada"):
        return [i["state"] for i in self.ledger("--user", user)]

    def link(self, mail):
        text = email.message_from_string(mail[1])
        part = next(p for p in text.walk() if p.get_content_type() == "text/plain")
        return re.search(r"http\S+", part.get_payload(decode=True).decode()).group(0)

    def message_ids(self):
        return [email.message_from_string(m[1])["Message-ID"] for m in self.receiver.mails]

    def key(self, user="ada"):
        return self.rollcall("explain", user, "--json", code=0).json["user"]

    def test_a_life_from_sent_to_accepted(self):
        self.start_with(person("ada") + person("bob"))
        self.assertEqual(self.ledger(), [])
        self.rollcall("apply", "--yes", code=0)
        rows = self.ledger()
        self.assertEqual(len(rows), 2)
        ada = next(r for r in rows if r["email"] == "ada@example.com")
        self.assertEqual({k: ada[k] for k in ("provider", "user", "state", "reminders", "expires")},
                         {"provider": "onelogin", "user": self.key(), "state": "sent", "reminders": 0, "expires": None})
        self.assertRegex(ada["sent"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        text = self.rollcall("invitations", code=0).out
        self.assertIn("STATE", text)
        self.assertIn("ada@example.com", text)
        mail = next(m for m in self.receiver.mails if m[0] == ["ada@example.com"])
        urllib.request.urlopen(self.link(mail), timeout=30).close()
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(self.states(), ["accepted"])
        self.assertEqual([r["email"] for r in self.ledger("--state", "sent")], ["bob@example.com"])
        self.assertEqual(self.ledger("--provider", "onelogin", "--user", "ada", "--state", "sent"), [])
        refused = self.rollcall("invitations", "resend", "ada", code=1)
        self.assertIn("has accepted the invitation already", refused.err)
        self.assertEqual(len(self.receiver.mails), 2)

    def test_resend_sends_another_and_only_one_lives(self):
        self.start_with(person("ada"))
        self.rollcall("apply", "--yes", code=0)
        said = self.rollcall("invitations", "resend", "ada@example.com", code=0)
        self.assertIn("is sent a new invitation by the next run", said.out)
        plan = self.plan(code=0)
        self.assertEqual([a["kind"] for a in self.actions(plan)], ["cancel", "invite"])
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(self.states(), ["cancelled", "sent"])
        self.assertEqual(len(set(self.message_ids())), 2)
        self.assertIn("No changes", self.rollcall("plan", code=0).out)

    def test_a_daemon_carries_out_a_resend_at_once(self):
        self.start_with(person("ada"), tail='[admin]\ncontrol = "control"\n[schedule]\npoll = "1h"\n')
        self.start("run")
        wait_for(lambda: len(self.receiver.mails) == 1, "the invitation")
        wait_for(lambda: self.states() == ["sent"], "the ledger")
        said = self.rollcall("invitations", "resend", "ada", code=0)
        self.assertIn("The daemon has been told", said.err)
        wait_for(lambda: len(self.receiver.mails) == 2, "the new invitation")
        wait_for(lambda: self.states() == ["cancelled", "sent"], "the ledger")

    def test_a_mail_in_doubt_is_sent_by_a_resend_alone(self):
        self.start_with(person("ada"))
        self.receiver.cut = True
        self.rollcall("apply", "--yes", code=4)
        self.receiver.cut = False
        self.assertEqual(self.states(), ["in-doubt"])
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(len(self.receiver.mails), 1)
        self.rollcall("invitations", "resend", "ada", code=0)
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(len(self.receiver.mails), 2)
        self.assertEqual(self.states(), ["cancelled", "sent"])

    def test_cancel_names_the_link_that_cannot_be_recalled_and_stays(self):
        self.start_with(person("ada"))
        self.rollcall("apply", "--yes", code=0)
        said = self.rollcall("invitations", "cancel", "ada", code=0)
        self.assertIn("cannot be recalled", said.err)
        self.assertEqual(self.states(), ["cancelled"])
        self.rollcall("apply", "--yes", code=0)
        self.assertIn("No changes", self.rollcall("plan", code=0).out)
        self.assertEqual(len(self.receiver.mails), 1)
        self.rollcall("invitations", "resend", "ada", "--provider", "onelogin", code=0)
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(self.states(), ["cancelled", "sent"])

    def test_quiet_hours_in_the_configured_zone_make_it_wait(self):
        # The clock on the wall of a zone five hours and a half ahead.
        wall = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=5, minutes=30)
        hours = "%s-%s" % tuple((wall + datetime.timedelta(hours=h)).strftime("%H:%M") for h in (-1, 1))
        zone = '[schedule]\nzone = "Asia/Kolkata"\n'
        self.start_with(person("ada"), tables='quiet = "%s"\n' % hours, tail=zone)
        done = self.rollcall("apply", "--yes", code=0)
        self.assertIn("1 waiting for their turn", done.out)
        self.assertEqual(self.states(), ["pending"])
        self.assertIn("quiet hours (%s)" % hours, self.rollcall("invitations", code=0).out)
        self.assertIn("No changes", self.rollcall("plan", code=0).out)
        self.assertEqual(self.rollcall("holds", "--json", code=0).json, [])
        self.set_up()
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(self.states(), ["sent"])

    def test_a_wave_lets_the_rest_wait(self):
        self.start_with("".join(person("u%d" % n) for n in range(5)), tables='wave = "2/h"\n')
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(sorted(i["state"] for i in self.ledger()), ["pending"] * 3 + ["sent"] * 2)
        self.assertEqual(len(self.receiver.mails), 2)
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(len(self.receiver.mails), 2)

    def test_reminders_that_are_configured_later_reach_those_who_were_invited_before(self):
        self.start_with(person("ada"))
        self.rollcall("apply", "--yes", code=0)
        import sqlite3
        with sqlite3.connect(self.state) as db:                  # eight days pass
            db.execute("update invitation set sent = sent - ?", (8 * 86400 * 1000,))
        self.set_up(tables='remind = "7d"\nreminders = 1\n')
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(self.ledger()[0]["reminders"], 1)
        ids = self.message_ids()
        self.assertEqual(ids[1], ids[0].replace("@", ".r1@"))
        self.assertIn("No changes", self.rollcall("plan", code=0).out)

    def test_a_leaver_and_a_changed_address_end_the_invitation_first(self):
        self.start_with(person("ada") + person("bob"))
        self.rollcall("apply", "--yes", code=0)
        self.directory.change("dn: uid=ada,ou=people,%s\nchangetype: modify\nreplace: mail\nmail: lovelace@example.com\n" % BASE)
        self.directory.delete("uid=bob,ou=people," + BASE)
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(self.states(), ["cancelled", "sent"])
        self.assertEqual([i["email"] for i in self.ledger("--user", "ada")], ["ada@example.com", "lovelace@example.com"])
        plan = self.plan()
        self.assertEqual([a["kind"] for a in self.actions(plan)], ["cancel", "suspend"])
        self.assertEqual(self.actions(plan)[1]["after"], [])
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(self.states("bob"), ["cancelled"])
        self.assertIn("has left or is out of scope", self.rollcall("invitations", "resend", "bob", code=1).err)

    def test_files_and_the_providers_own_mail(self):
        self.start_with(person("ada"))
        self.configure(self.ldap_source(self.directory), self.provider(self.tenant, tables=OUTBOX))
        self.rollcall("apply", "--yes", code=0)
        self.rollcall("invitations", "resend", "ada", code=0)
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(len(os.listdir(os.path.join(self.folder, "outbox"))), 2)
        self.configure(self.ldap_source(self.directory), self.provider(self.tenant, tables='\n[provider.onelogin.invite]\ndeliver = "provider"\n'))
        self.rollcall("invitations", "resend", "ada", code=0)
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(len(self.tenant.look()["mails"]), 1)
        self.assertEqual(self.states(), ["cancelled", "cancelled", "sent"])

    def test_no_secret_is_needed(self):
        self.start_with(person("ada"))
        self.rollcall("apply", "--yes", code=0)
        for secret in "api-key", "corp-password":
            os.unlink(os.path.join(self.folder, secret))
        self.assertEqual(self.states(), ["sent"])
        self.rollcall("invitations", "resend", "ada", code=0)
        self.rollcall("invitations", "cancel", "ada", code=0)
        self.assertEqual(self.states(), ["cancelled"])

    def test_what_cannot_be_done_says_why(self):
        self.start_with(person("ada") + person("bob", mail=False))
        for words in ("resend", "ada"), ("cancel", "ada"):
            self.rollcall("invitations", *words, code=1)
            self.assertFalse(os.path.exists(self.state))
        self.tenant.call("accounts", {"create": [{"username": "ada", "email": "ada@example.com", "lastname": "Test", "status": 0}]})
        self.set_up(extra="adopt = true\nprotect = []")
        self.rollcall("apply", "--yes", code=0)
        self.assertEqual(self.receiver.mails, [])
        for words, why in ((("resend", "nobody"), "nobody is known by"), (("cancel", "nobody"), "nobody is known by"),
                           (("resend", "ada"), "was never invited"), (("cancel", "ada"), "was never invited"),
                           (("resend", "bob"), "was never invited"),
                           (("resend", "ada", "--provider", "okta"), 'no provider is named "okta"; the configuration has onelogin')):
            said = self.rollcall("invitations", *words, code=1)
            self.assertIn(why, said.err)
        self.assertIn("okta", self.rollcall("invitations", "--provider", "okta", code=1).err)
        self.rollcall("invitations", "--state", "gone", code=64)
        self.rollcall("invitations", "resend", code=64)
        self.rollcall("invitations", "--json", "cancel", "ada", code=64)
        self.configure(self.ldap_source(self.directory), self.provider(self.tenant))
        self.assertIn("no [provider.onelogin.invite]", self.rollcall("invitations", "resend", "ada", code=1).err)


if __name__ == "__main__":
    unittest.main()
