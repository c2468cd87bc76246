#include "report/plan_text.hpp"

#include <algorithm>

#include "report/escape.hpp"
#include "report/plan_words.hpp"
#include "report/text_page.hpp"

namespace rollcall::report {
namespace {

constexpr std::size_t longest_list = 10;  // of unmanaged and protected accounts, unless verbose

Tone tone_of(ActionKind kind) {
  const char s = sign(kind);
  return s == '+' ? Tone::green : s == '~' ? Tone::yellow : Tone::red;
}

class Writer {
 public:
  Writer(const Plan& plan, const TextOptions& options)
      : plan_(plan), verbose_(options.verbose), page_(options.colour, options.width) {}

  std::string all() {
    if (!plan_.undo.empty()) {
      page_.line(0, "Undo of run " + printable(plan_.undo), Tone::bold);
      if (!plan_.warnings.empty()) page_.prose(2, "What cannot be undone stands among the warnings below.");
      page_.blank();
    }
    policy();
    incomplete();
    for (const ProviderPlan& p : plan_.providers) provider(p);
    warnings();
    sum();
    return page_.take();
  }

 private:
  void policy() {
    if (plan_.providers.empty()) return;
    page_.line(0, "Policy in force", Tone::bold);
    for (const ProviderPlan& p : plan_.providers) {
      page_.prose(2, printable(p.name) + " (" + printable(p.type) + "): " + policy_keys(p), Tone::plain, 2);
      page_.prose(4, policy_sentence(p), Tone::dim);
    }
  }

  void incomplete() {
    const auto whole = [](const auto& x) { return x.complete; };
    if (std::all_of(plan_.sources.begin(), plan_.sources.end(), whole) &&
        std::all_of(plan_.providers.begin(), plan_.providers.end(), whole))
      return;
    page_.blank();
    page_.line(0, "INCOMPLETE READS", Tone::red);
    for (const SourcePlan& s : plan_.sources)
      if (!s.complete) unread("source " + printable(s.name), s.detail, source_incomplete_means());
    for (const ProviderPlan& p : plan_.providers)
      if (!p.complete) unread("provider " + printable(p.name), p.detail, provider_incomplete_means());
  }

  void unread(const std::string& who, const std::string& why, const std::string& meaning) {
    page_.prose(2, "! " + who + ": " + (why.empty() ? "could not be read completely" : printable(why)), Tone::red, 2);
    page_.prose(4, meaning);
  }

  void provider(const ProviderPlan& p) {
    const auto people = by_person(p);
    if (people.empty() && p.conflicts.empty() && p.unmanaged.empty() && p.protected_accounts.empty() &&
        count(p, "no-address") == 0)
      return;
    page_.blank();
    page_.line(0, printable(p.name), Tone::bold);
    for (const PersonActions& who : people) person(who);
    held(p);
    conflicts(p);
    strangers(p.unmanaged, "not managed by rollcall, left alone");
    strangers(p.protected_accounts, "protected, never touched");
    if (const auto n = count(p, "no-address"); n > 0) {
      page_.blank();
      page_.prose(2, plural(n, "person has", "people have") +
                         " no e-mail address: created where the provider allows it, "
                         "not invited");
    }
  }

  void person(const PersonActions& who) {
    page_.blank();
    const std::string name = printable_short(who.name.empty() ? who.user : who.name, page_.width() - 30);
    page_.prose(2, who.name == who.user || who.name.empty() ? name : name + " (" + printable(who.user) + ")",
                Tone::bold, 2);
    for (const Action* a : who.actions) action(*a);
  }

  void action(const Action& a) {
    page_.line(4, std::string(1, sign(a.kind)) + ' ' + title(a), tone_of(a.kind));
    if (!a.reason.empty()) page_.prose(8, "# " + printable(a.reason), Tone::dim, 2);
    if (!title_says_changes(a)) changes(a.changes);
    if (!a.held) return;
    page_.prose(6, "! held " + printable(a.held->id) + ": " + printable(a.held->reason), Tone::yellow, 2);
    page_.line(8, "rollcall approve " + printable(shell_word(a.held->id)));
  }

  void changes(const std::vector<Change>& all) {
    std::size_t widest = 0;
    for (const Change& c : all) widest = std::max(widest, columns(printable(c.field)));
    for (const Change& c : all) change(c, std::min<std::size_t>(widest, 24));
  }

  void change(const Change& c, std::size_t widest) {
    std::string field = printable(c.field) + ':';
    field.append(widest + 1 - std::min(widest + 1, columns(field)), ' ');
    const std::string from = value(c.from), to = value(c.to);
    const std::string whole = field + ' ' + from + " -> " + to;
    if (8 + columns(whole) <= page_.width()) return page_.line(8, whole);
    page_.line(8, field + ' ' + from);
    page_.line(10, "-> " + to);
  }

  std::string value(const std::optional<std::string>& text) const {
    if (!text) return "null";
    return verbose_ ? quoted(*text) : quoted_short(*text, page_.width() - 34);
  }

  void held(const ProviderPlan& p) {
    const auto kinds = held_kinds(p);
    if (kinds.empty()) return;
    page_.blank();
    page_.line(2, plural(count(p, "held"), "action is held", "actions are held") + "; to approve a kind at once:",
               Tone::yellow);
    for (const std::string_view kind : kinds)
      page_.line(4, "rollcall approve --provider " + printable(shell_word(p.name)) + " --kind " + std::string(kind));
  }

  void conflicts(const ProviderPlan& p) {
    if (p.conflicts.empty()) return;
    page_.blank();
    page_.line(
        2,
        plural(static_cast<std::int64_t>(p.conflicts.size()), "conflict waits", "conflicts wait") + " for a decision:",
        Tone::yellow);
    for (const Conflict& c : p.conflicts) conflict(c);
  }

  void conflict(const Conflict& c) {
    page_.prose(4, "! " + printable(c.kind) + (c.user.empty() ? "" : ": " + printable(c.user)), Tone::yellow, 2);
    if (!c.detail.empty()) page_.prose(8, printable(c.detail));
    for (const std::string& record : c.records) page_.prose(8, "record  " + printable(record), Tone::plain, 8);
    for (const std::string& account : c.accounts) page_.prose(8, "account " + printable(account), Tone::plain, 8);
    if (!c.settle.empty()) page_.line(8, "settle with: " + printable(c.settle));
  }

  void strangers(const std::vector<UnmanagedAccount>& accounts, const std::string& what) {
    if (accounts.empty()) return;
    page_.blank();
    const bool listed = verbose_ || accounts.size() <= longest_list;
    page_.prose(2, plural(static_cast<std::int64_t>(accounts.size()), "account", "accounts") + ' ' + what +
                       (listed ? ":" : " (-v lists them)"));
    if (!listed) return;
    for (const UnmanagedAccount& a : accounts) {
      std::string text = printable(a.account);
      if (!a.name.empty()) text += "  " + printable_short(a.name, 56);
      if (a.user) text += "  (" + printable(*a.user) + ")";
      if (!a.reason.empty()) text += "  " + printable(a.reason);
      page_.prose(4, text, Tone::plain, 2);
    }
  }

  void warnings() {
    if (plan_.warnings.empty()) return;
    page_.blank();
    page_.line(0, plural(static_cast<std::int64_t>(plan_.warnings.size()), "warning", "warnings"), Tone::yellow);
    for (const Warning& w : plan_.warnings) {
      std::string place = printable(w.source);
      if (!w.record.empty()) place += (place.empty() ? "" : ": ") + printable(w.record);
      page_.prose(2, "! " + place + (place.empty() ? "" : ": ") + printable(w.detail), Tone::plain, 2);
    }
  }

  void sum() {
    page_.blank();
    const bool changes = has_changes(plan_);
    if (!changes) page_.line(0, "No changes.", Tone::bold);
    for (const ProviderPlan& p : plan_.providers) {
      const std::string name = plan_.providers.size() == 1 ? "" : " (" + printable(p.name) + ")";
      if (changes) page_.prose(0, "Plan" + name + ": " + sum_sentence(p) + ".", Tone::bold, 2);
      if (const std::string rest = rest_sentence(p); !rest.empty())
        page_.prose(2, (changes ? "" : printable(p.name) + ": ") + rest + ".");
      if (const std::string cost = cost_sentence(p); !cost.empty()) page_.line(2, "Cost: " + cost + ".");
    }
  }

  const Plan& plan_;
  bool verbose_;
  TextPage page_;
};

}  // namespace

std::string plan_text(const Plan& plan, TextOptions options) { return Writer(plan, options).all(); }

}  // namespace rollcall::report
