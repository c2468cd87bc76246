#include "report/plan_html.hpp"

#include <algorithm>

#include "report/duration.hpp"
#include "report/html_page.hpp"
#include "report/plan_members.hpp"
#include "report/plan_words.hpp"

namespace rollcall::report {
namespace {

constexpr std::size_t open_people = 50;  // so many are shown unfolded; more would bury what stands below them

std::string_view class_of(ActionKind kind) {
  const char s = sign(kind);
  return s == '+' ? "add" : s == '~' ? "edit" : "cut";
}

class Writer {
 public:
  explicit Writer(const Plan& plan) : plan_(plan) {}

  std::string all() {
    page_.markup("<a class=\"skip\" href=\"#plan\">Skip to the plan</a>\n<header>\n");
    head();
    page_.markup("</header>\n");
    contents();
    page_.markup("<main id=\"plan\" tabindex=\"-1\">\n");
    incomplete();
    policy();
    summary();
    for (std::size_t i = 0; i < plan_.providers.size(); ++i) provider(plan_.providers[i], provider_id(i));
    sources();
    warnings();
    page_
        .markup(
            "</main>\n<footer><p>This page shows the plan and cannot change anything. A saved plan is carried out by ")
        .markup("<code>rollcall apply PLANFILE</code>.</p></footer>\n");
    return html_document("rollcall plan of " + rfc3339(plan_.created), page_.take());
  }

 private:
  static std::string provider_id(std::size_t i) { return "provider-" + std::to_string(i + 1); }

  void head() {
    page_.heading(1, "rollcall plan").markup("<dl><dt>Made</dt><dd><time>").words(rfc3339(plan_.created));
    page_.markup("</time></dd><dt>Id</dt><dd>").code(plan_.id).markup("</dd><dt>Reads</dt><dd>");
    page_.words(plan_.complete ? "complete" : "incomplete, see below").markup("</dd>");
    if (!plan_.undo.empty()) page_.markup("<dt>Undoes the run</dt><dd>").code(plan_.undo).markup("</dd>");
    page_.markup("</dl>\n");
    if (!has_changes(plan_)) page_.markup("<p><strong>No changes.</strong></p>\n");
  }

  void contents() {
    page_.markup("<nav aria-label=\"Contents\"><ul>\n<li><a href=\"#policy\">Policy in force</a></li>")
        .markup("<li><a href=\"#summary\">Summary</a></li>");
    for (std::size_t i = 0; i < plan_.providers.size(); ++i)
      page_.markup("<li><a href=\"#" + provider_id(i) + "\">").text(plan_.providers[i].name).markup("</a></li>");
    page_.markup("<li><a href=\"#sources\">Sources</a></li>");
    if (!plan_.warnings.empty()) page_.markup("<li><a href=\"#warnings\">Warnings</a></li>");
    page_.markup("\n</ul></nav>\n");
  }

  void incomplete() {
    for (const SourcePlan& s : plan_.sources)
      if (!s.complete) unread("source", s.name, s.detail, source_incomplete_means());
    for (const ProviderPlan& p : plan_.providers)
      if (!p.complete) unread("provider", p.name, p.detail, provider_incomplete_means());
  }

  void unread(std::string_view what, const std::string& name, const std::string& why, const std::string& meaning) {
    page_.markup("<div class=\"alarm\"><p><strong>Incomplete read of ").words(what).markup(" ").text(name);
    page_.markup(".</strong> ").text(why).markup("</p><p>").words(meaning).markup("</p></div>\n");
  }

  void policy() {
    page_.heading(2, "Policy in force", "policy");
    page_.open_table("What each provider's configuration says about leavers and about accounts that others made",
                     {"Provider", "Settings", "Meaning"});
    for (const ProviderPlan& p : plan_.providers) {
      page_.markup("<tr><th scope=\"row\">").text(p.name).markup(" <span class=\"key\">(").text(p.type);
      page_.markup(")</span></th><td>").code(policy_keys(p)).markup("</td><td>").text(policy_sentence(p));
      page_.markup("</td></tr>\n");
    }
    page_.close_table();
  }

  void summary() {
    page_.heading(2, "Summary", "summary");
    std::vector<std::string> columns = {"What"};
    for (const ProviderPlan& p : plan_.providers) columns.push_back('#' + p.name);
    page_.open_table("Counts at each provider; what is held is counted in its kind too", columns);
    for (const std::string_view key : summary_keys)
      if (std::any_of(plan_.providers.begin(), plan_.providers.end(), [&](const auto& p) { return count(p, key) > 0; }))
        summary_row(key == "no-address" ? "without e-mail address" : key,
                    [&](const ProviderPlan& p) { return std::to_string(count(p, key)); });
    if (std::any_of(plan_.providers.begin(), plan_.providers.end(), [](const auto& p) { return count(p, "unlink") > 0; }))
      summary_row("unlink", [](const ProviderPlan& p) { return std::to_string(count(p, "unlink")); });
    summary_row("cost", [](const ProviderPlan& p) { return p.calls == 0 ? "no calls" : cost_sentence(p); });
    page_.close_table();
  }

  template <class Cell>
  void summary_row(std::string_view what, Cell cell) {
    page_.markup("<tr><th scope=\"row\">").words(what).markup("</th>");
    for (const ProviderPlan& p : plan_.providers) page_.markup("<td class=\"n\">").words(cell(p)).markup("</td>");
    page_.markup("</tr>\n");
  }

  void provider(const ProviderPlan& p, const std::string& id) {
    page_.markup("<section aria-labelledby=\"" + id + "\">\n<h2 id=\"" + id + "\">").text(p.name).markup("</h2>\n");
    held(p);
    conflicts(p);
    actions(p);
    strangers(p.unmanaged, "Unmanaged accounts", "Accounts that rollcall does not manage and leaves alone");
    strangers(p.protected_accounts, "Protected accounts", "Accounts that are never touched");
    page_.markup("</section>\n");
  }

  void held(const ProviderPlan& p) {
    const auto kinds = held_kinds(p);
    if (kinds.empty()) return;
    page_.heading(3, "Held").markup(
        "<div class=\"note\"><p>These actions wait for a decision. To approve a kind at once:</p><ul>");
    for (const std::string_view kind : kinds)
      page_.markup("<li>")
          .code("rollcall approve --provider " + shell_word(p.name) + " --kind " + std::string(kind))
          .markup("</li>");
    page_.markup("</ul></div>\n");
    page_.open_table("What is held, and why", {"Person", "Action", "Why", "Approve with"});
    for (const Action& a : p.actions) {
      if (!a.held || a.waived) continue;
      page_.markup("<tr><th scope=\"row\">");
      person_name(a.user, a.name);
      page_.markup("</th><td>").text(title(a)).markup("</td><td>").text(a.held->reason).markup("</td><td>");
      page_.code("rollcall approve " + shell_word(a.held->id)).markup("</td></tr>\n");
    }
    page_.close_table();
  }

  void conflicts(const ProviderPlan& p) {
    if (p.conflicts.empty()) return;
    page_.heading(3, "Conflicts");
    page_.open_table("What rollcall must not guess, and the command that settles it",
                     {"Kind", "Person", "What it is", "Settle with"});
    for (const Conflict& c : p.conflicts) {
      page_.markup("<tr><th scope=\"row\">")
          .text(c.kind)
          .markup("</th><td>")
          .text(c.user)
          .markup("</td><td>")
          .text(c.detail);
      for (const std::string& record : c.records) page_.markup("<br>record ").text(record);
      for (const std::string& account : c.accounts) page_.markup("<br>account ").text(account);
      page_.markup("</td><td>");
      if (!c.settle.empty()) page_.code(c.settle);
      page_.markup("</td></tr>\n");
    }
    page_.close_table();
  }

  void actions(const ProviderPlan& p) {
    page_.heading(3, "Actions");
    const auto people = by_person(p);
    if (people.empty()) page_.markup("<p>None.</p>\n");
    for (const PersonActions& who : people) person(who, people.size() <= open_people);
  }

  void person_name(const std::string& user, const std::string& name) {
    page_.markup("<span class=\"who\">").text(name.empty() ? user : name).markup("</span>");
    if (!name.empty() && name != user) page_.markup(" <span class=\"key\">(").text(user).markup(")</span>");
  }

  void person(const PersonActions& who, bool open) {
    page_.markup(open ? "<details open><summary>" : "<details><summary>");
    person_name(who.user, who.name);
    for (const Action* a : who.actions) {
      page_.markup(" <span class=\"tag ").markup(class_of(a->kind)).markup("\"><span aria-hidden=\"true\">");
      page_.markup(std::string(1, sign(a->kind)) + "</span> ")
          .words(to_string(a->kind))
          .markup(a->held ? " (held)</span>" : "</span>");
    }
    page_.markup("</summary><div class=\"body\">\n");
    for (const Action* a : who.actions) action(*a);
    page_.markup("</div></details>\n");
  }

  void action(const Action& a) {
    page_.markup("<h4 class=\"").markup(class_of(a.kind)).markup("\">").text(title(a)).markup("</h4>\n");
    if (!a.reason.empty()) page_.markup("<p class=\"why\">").text(a.reason).markup("</p>\n");
    if (a.held) {
      page_.markup("<p class=\"note\">Held ").code(a.held->id).markup(": ").text(a.held->reason).markup("</p>\n");
    }
    if (a.changes.empty()) return;
    page_.open_table("Changes of this action", {"Field", "From", "To"}, true);
    for (const Change& c : a.changes) {
      page_.markup("<tr><th scope=\"row\">").text(c.field).markup("</th><td>");
      value(c.from);
      page_.markup("</td><td>");
      value(c.to);
      page_.markup("</td></tr>\n");
    }
    page_.close_table();
  }

  void value(const std::optional<std::string>& text) {
    if (!text)
      page_.markup("<span class=\"none\">none</span>");
    else if (text->empty())
      page_.markup("<span class=\"none\">empty</span>");
    else
      page_.text(*text);
  }

  void strangers(const std::vector<UnmanagedAccount>& accounts, std::string_view heading, std::string_view caption) {
    if (accounts.empty()) return;
    page_.heading(3, heading);
    page_.open_table(caption, {"Account", "Name", "Person", "Reason"});
    for (const UnmanagedAccount& a : accounts) {
      page_.markup("<tr><th scope=\"row\">").text(a.account).markup("</th><td>").text(a.name).markup("</td><td>");
      page_.text(a.user.value_or("")).markup("</td><td>").text(a.reason).markup("</td></tr>\n");
    }
    page_.close_table();
  }

  void sources() {
    page_.heading(2, "Sources", "sources");
    page_.open_table("What was read", {"Source", "#People", "#Groups", "Read"});
    for (const SourcePlan& s : plan_.sources) {
      page_.markup("<tr><th scope=\"row\">").text(s.name).markup("</th><td class=\"n\">" + std::to_string(s.people));
      page_.markup("</td><td class=\"n\">" + std::to_string(s.groups) + "</td><td>")
          .words(s.complete ? "complete" : "incomplete");
      if (!s.detail.empty()) page_.markup(": ").text(s.detail);
      page_.markup("</td></tr>\n");
    }
    page_.close_table();
  }

  void warnings() {
    if (plan_.warnings.empty()) return;
    page_.heading(2, "Warnings", "warnings");
    page_.open_table("What was met and could not be used as it is", {"Where", "Record", "What"});
    for (const Warning& w : plan_.warnings) {
      page_.markup("<tr><th scope=\"row\">").text(w.source).markup("</th><td>").text(w.record).markup("</td><td>");
      page_.text(w.detail).markup("</td></tr>\n");
    }
    page_.close_table();
  }

  const Plan& plan_;
  HtmlPage page_;
};

}  // namespace

std::string plan_html(const Plan& plan) { return Writer(plan).all(); }

}  // namespace rollcall::report
