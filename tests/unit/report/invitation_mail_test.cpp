#include "report/invitation_mail.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rollcall::report {
namespace {

using testing::HasSubstr;
using testing::Not;

const InvitationValues dora = {{"displayName", "Dora Garza"},
                               {"givenName", "Dora"},
                               {"userName", "dora"},
                               {"email", "dora@example.org"},
                               {"link", "https://id.example.org/i?a=1&b=2"},
                               {"organization", "Example & Sons"}};

InvitationText rendered(std::string_view text, const InvitationValues& values = dora) {
  const auto mail = render_invitation(text, values);
  EXPECT_TRUE(mail) << mail.error().message;
  return mail.value_or(InvitationText{});
}

std::string problem(std::string_view text) {
  const auto mail = render_invitation(text, dora);
  EXPECT_FALSE(mail);
  if (mail) return {};
  EXPECT_EQ(mail.error().kind, ErrorKind::invalid);
  return mail.error().message;
}

TEST(InvitationMail, BuiltInTemplateGreetsAndGivesTheLink) {
  const InvitationText mail = rendered("");
  EXPECT_EQ(mail.subject, "Your new account at Example & Sons");
  EXPECT_EQ(
      mail.text,
      "Hello Dora,\n\nan account was made for you at Example & Sons.\nYour user name is dora.\n\n"
      "To choose a password and sign in for the first time, open this link:\n\nhttps://id.example.org/i?a=1&b=2\n\n"
      "It is meant for you alone; please do not pass it on. If you did not expect\n"
      "this message, you can ignore it, or ask your IT department.\n");
  EXPECT_THAT(mail.html,
              HasSubstr("<a href=\"https://id.example.org/i?a=1&amp;b=2\">https://id.example.org/i?a=1&amp;b=2</a>"));
}

TEST(InvitationMail, BuiltInTemplateGivesACodeWhereThereIsNoLink) {
  const InvitationText mail = rendered("", {{"code", "K7"}, {"expires", "2026-12-01"}});
  EXPECT_EQ(mail.subject, "Your new account");
  EXPECT_THAT(mail.text, HasSubstr("Hello,\n\n"));
  EXPECT_THAT(mail.text, HasSubstr("you need this code: K7\n"));
  EXPECT_THAT(mail.text, HasSubstr("This works until 2026-12-01.\n"));
  EXPECT_THAT(mail.text, Not(HasSubstr("open this link")));
  EXPECT_THAT(mail.text, Not(HasSubstr("\n\n\n")));
}

TEST(InvitationMail, BuiltInTemplateIsWithinItsOwnRules) {
  EXPECT_TRUE(check_invitation_template(""));
  EXPECT_TRUE(check_invitation_template(built_in_invitation_template()));
}

TEST(InvitationMail, EscapesNothingInTheTextPartAndAllInTheHtmlPart) {
  InvitationValues values = dora;
  values["displayName"] = "<b>D&\"'</b>";
  const InvitationText mail =
      rendered("Subject: For {{displayName}}\n\nHi {{displayName}}\n--- html ---\n<p>{{displayName}}</p>\n", values);
  EXPECT_EQ(mail.subject, "For <b>D&\"'</b>");
  EXPECT_EQ(mail.text, "Hi <b>D&\"'</b>\n");
  EXPECT_EQ(mail.html, "<p>&lt;b&gt;D&amp;&quot;&#39;&lt;/b&gt;</p>\n");
}

TEST(InvitationMail, EscapesValuesInTheHtmlPartEvenInTripleBraces) {
  InvitationValues values = dora;
  values["givenName"] = "<script>";
  const InvitationText mail = rendered("Subject: x\n\n{{link}}\n--- html ---\n{{{givenName}}}{{&givenName}}", values);
  EXPECT_EQ(mail.html, "&lt;script&gt;&lt;script&gt;\n");
}

TEST(InvitationMail, NoValueCanAddAHeaderOrALine) {
  InvitationValues values = dora;
  values["displayName"] = "Dora\r\nBcc: all@example.org\n\nhello\x0b\u2028x";
  const InvitationText mail = rendered("Subject: For {{displayName}}\n\nHi {{displayName}}.", values);
  EXPECT_EQ(mail.subject, "For Dora  Bcc: all@example.org  hello  x");
  EXPECT_EQ(mail.text, "Hi Dora  Bcc: all@example.org  hello  x.\n");
}

TEST(InvitationMail, DropsDirectionOverridesAndMendsBrokenUtf8) {
  InvitationValues values = dora;
  values["givenName"] = "Do\u202era\xff";
  EXPECT_EQ(rendered("Subject: {{givenName}}\n\n{{link}}", values).subject, "Dora\ufffd");
}

TEST(InvitationMail, CutsAnEndlessSubjectBetweenCharacters) {
  InvitationValues values = dora;
  values["givenName"].clear();
  for (int i = 0; i < 10000; ++i) values["givenName"] += "ä";
  const std::string subject = rendered("Subject: {{givenName}}\n\n{{link}}", values).subject;
  EXPECT_EQ(subject.size(), 200u * 2 + 3);
  EXPECT_TRUE(subject.ends_with("ä..."));
}

TEST(InvitationMail, MakesLinksOfAddressesInTheTemplateButNotOfThoseInNames) {
  InvitationValues values = dora;
  values["displayName"] = "https://evil.example/";
  const InvitationText mail =
      rendered("Subject: x\n\nHi {{displayName}}, see https://help.example.org/?u={{userName}}.\n\n({{link}})", values);
  EXPECT_THAT(mail.html, HasSubstr("Hi https://evil.example/, see"));
  EXPECT_THAT(mail.html,
              HasSubstr("<a href=\"https://help.example.org/?u=dora\">https://help.example.org/?u=dora</a>.</p>"));
  EXPECT_THAT(mail.html, HasSubstr("(<a href=\"https://id.example.org/i?a=1&amp;b=2\">"));
  EXPECT_THAT(mail.html, HasSubstr("</a>)</p>"));
}

TEST(InvitationMail, MakesNoLinkOfOtherSchemes) {
  EXPECT_THAT(rendered("Subject: x\n\n{{link}}", {{"link", "javascript:alert(1)"}}).html, Not(HasSubstr("<a ")));
  EXPECT_THAT(rendered("Subject: x\n\nhttps:// {{code}}", {{"code", "1"}}).html, Not(HasSubstr("<a ")));
}

TEST(InvitationMail, TakesAnEmptyValueForFalse) {
  const char* text = "Subject: x\n\n{{#code}}code {{code}}{{/code}}{{^code}}no code{{/code}}";
  EXPECT_EQ(rendered(text).text, "no code\n");
  EXPECT_EQ(rendered(text, {{"code", "9"}, {"link", ""}}).text, "code 9\n");
}

TEST(InvitationMail, DoesNotReadValuesAsTemplates) {
  EXPECT_EQ(
      rendered("Subject: x\n\n{{displayName}}", {{"displayName", "{{link}}{{{code}}}"}, {"link", "https://x"}}).text,
      "{{link}}{{{code}}}\n");
}

TEST(InvitationMail, RefusesAnUnknownNameAndListsThoseThereAre) {
  EXPECT_EQ(
      problem("Subject: x\n\nHi\n{{firstname}}"),
      "invitation template, line 4: unknown name `firstname`; the names are: displayName givenName familyName userName "
      "email link code expires organization landing");
  EXPECT_THAT(problem("Subject: {{x}}\n\ny"), HasSubstr("line 1: unknown name `x`"));
  EXPECT_THAT(problem("Subject: x\n\n{{#nobody}}a{{/nobody}}"), HasSubstr("unknown name `nobody`"));
  EXPECT_THAT(problem("Subject: x\n\n{{{nobody}}}"), HasSubstr("unknown name `nobody`"));
  EXPECT_THAT(problem("Subject: x\n\n{{.}}"), HasSubstr("unknown name `.`"));
  EXPECT_THAT(problem("Subject: x\n\ny\n--- html ---\n{{nobody}}"), HasSubstr("line 5: unknown name `nobody`"));
}

TEST(InvitationMail, RefusesATemplateThatCannotBeRead) {
  EXPECT_THAT(problem("Hello"), HasSubstr("line 1: the first line must be `Subject: ...`"));
  EXPECT_THAT(problem("Subject:   \n\nx"), HasSubstr("the subject is empty"));
  EXPECT_THAT(problem("Subject: x"), HasSubstr("no text after the subject"));
  EXPECT_THAT(problem("Subject: x\n\n--- html ---\n<p>x"), HasSubstr("no text after the subject"));
  EXPECT_THAT(problem("Subject: x\n\ny\n--- html ---\n \n"), HasSubstr("nothing follows"));
  EXPECT_THAT(problem("Subject: x\n\n{{link"), HasSubstr("line 3: `{{` without `}}`"));
  EXPECT_THAT(problem("Subject: x\n\n{{{link}}"), HasSubstr("`{{{` without `}}}`"));
  EXPECT_THAT(problem("Subject: x\n\n{{#link}}y"), HasSubstr("text part: "));
  EXPECT_THAT(problem("Subject: x\n\n{{/link}}y"), HasSubstr("text part: "));
  EXPECT_THAT(problem("Subject: x\n\n{{> /etc/passwd}}"), HasSubstr("cannot include"));
  EXPECT_THAT(problem("Subject: x\n\n{{=<% %>=}}"), HasSubstr("delimiters"));
  EXPECT_THAT(problem("Subject: x\n\n\x01"), HasSubstr("line 3: a control character"));
}

TEST(InvitationMail, ReadsWindowsLineEndsAndAByteOrderMark) {
  const InvitationText mail =
      rendered("\xEF\xBB\xBFSubject: x\r\n\r\nHi {{! a comment }}{{givenName}}\r\n--- html ---\r\n<p>y</p>\r\n");
  EXPECT_EQ(mail.text, "Hi Dora\n");
  EXPECT_EQ(mail.html, "<p>y</p>\n");
}

TEST(InvitationMail, IsRefusedWithNeitherLinkNorCode) {
  const auto mail = render_invitation("", {{"givenName", "Dora"}, {"link", ""}});
  ASSERT_FALSE(mail);
  EXPECT_THAT(mail.error().message, HasSubstr("neither a link nor a code"));
}

TEST(InvitationMail, IsRefusedWhenItsSubjectComesOutEmpty) {
  EXPECT_FALSE(render_invitation("Subject: {{familyName}}\n\n{{link}}", dora));
}

TEST(FillLanding, FillsInEncodedValuesAndLeavesTheRest) {
  EXPECT_EQ(
      fill_landing("https://p.example.org/w?u={userId}&c={code}&o={orgId}&x={other}", "1 2", "a+b/&{userId}", "ö"),
      "https://p.example.org/w?u=1%202&c=a%2Bb%2F%26%7BuserId%7D&o=%C3%B6&x={other}");
  EXPECT_EQ(fill_landing("", "1", "2", "3"), "");
}

}  // namespace
}  // namespace rollcall::report
