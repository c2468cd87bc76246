#include "support/engine.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "store/write_queue.hpp"

namespace rollcall::test {
namespace {

constexpr const char* source_text = R"(
[person]
id = "{id}"
userName = "{uid}"
givenName = "{gn}"
familyName = "{sn}"
displayName = "{uid}"
email = "{mail | lower}"
title = "{title}"
employeeNumber = "{number}"
startDate = "{start}"
endDate = "{end}"
active = "{locked | equals('yes') | not}"
[group]
id = "{id}"
name = "{cn}"
members = "{member}"
)";
constexpr const char* provider_text = R"(
[account]
userName = "{userName}"
email = "{email}"
givenName = "{givenName}"
familyName = "{familyName}"
title = "{title}"
)";

}  // namespace

Folder::Folder() {
  const char* where = ::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
  path_ = std::string(where) + "/rollcall-test-XXXXXX";
  if (!::mkdtemp(path_.data())) path_.clear();
}

Folder::~Folder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

std::string Folder::write(const std::string& name, const std::string& text) const {
  std::ofstream(path_ + "/" + name) << text;
  return path_ + "/" + name;
}

Result<void> Mailbox::deliver(const Mail& mail) {
  if (told) told("before mail");
  if (!failures.empty()) {
    Error error = failures.front();
    failures.erase(failures.begin());
    return tl::unexpected<Error>(std::move(error));
  }
  mails.push_back(mail);
  if (told) told("after mail");
  return {};
}

int Mailbox::to(const std::string& address) const {
  return static_cast<int>(std::count_if(mails.begin(), mails.end(), [&](const Mail& m) { return m.to == address; }));
}

Capabilities like_onelogin() {
  Capabilities c = MemoryProvider::everything();
  c.lists_changes = false;
  c.shows_roles = false;
  c.roles_at_create = false;
  c.roles_as_whole = true;
  c.roles_with_fields = true;
  c.external_id_at_create = false;
  c.sends_invitations = false;
  c.cancels_invitations = false;
  return c;
}

std::vector<std::string> lines(const Plan& plan) {
  std::vector<std::string> out;
  for (const auto& p : plan.providers)
    for (const auto& a : p.actions) {
      std::string line = std::string(to_string(a.kind)) + " " + a.user;
      for (const auto& c : a.changes)
        if (c.field == "role") line += " " + c.to.value_or(c.from.value_or(""));
      out.push_back(line + (a.held ? " held" : ""));
    }
  return out;
}

std::vector<std::string> conflicts(const Plan& plan) {
  std::vector<std::string> out;
  for (const auto& p : plan.providers)
    for (const auto& c : p.conflicts) out.push_back(c.kind + (c.user.empty() ? "" : " " + c.user));
  return out;
}

unsigned last_seed(unsigned first, unsigned count) {
  const char* times = std::getenv("ROLLCALL_SEEDS");
  return first + count * static_cast<unsigned>(std::max(1, times ? std::atoi(times) : 1)) - 1;
}

Engine::Engine(Capabilities capabilities) : provider(std::move(capabilities)), faulty(provider) {
  provider.clock = [this] { return now; };
  const auto source_mapping = language::load_source_mapping(folder.write("source.toml", source_text), false);
  sync::SourceSeat seat;
  seat.settings.name = "corp";
  seat.settings.type = "ldap";
  seat.mapping = source_mapping.value();
  seat.config_hash = seat.mapping.fingerprint;
  auto source = std::make_unique<ScriptedSource>(seat.mapping.shape());
  corp = source.get();
  seat.source = std::move(source);
  house.sources.push_back(std::move(seat));
  house.providers.push_back(seat_of_provider());
  house.settings.fingerprint = "sha256:test";
  url = "sqlite:" + folder.path() + "/state.db";
  reopen();
}

ScriptedSource::Entry& Engine::person(const std::string& id, Attributes attributes) {
  auto& entry = corp->people[id];
  entry.dn = dn(id);
  entry.attributes = {{"id", {id}}, {"uid", {id}}, {"mail", {id + "@example.org"}}, {"gn", {id}}, {"sn", {"Doe"}}, {"title", {"Clerk"}}};
  for (auto& [name, values] : attributes) entry.attributes[name] = values;
  std::erase_if(entry.attributes, [](const auto& a) { return a.second.empty(); });
  return entry;
}

ScriptedSource::Entry& Engine::group(const std::string& name, const std::vector<std::string>& ids) {
  auto& entry = corp->groups["g-" + name];
  entry.dn = group_dn(name);
  entry.attributes = {{"id", {"g-" + name}}, {"cn", {name}}};
  entry.members.clear();
  for (const auto& id : ids) entry.members.push_back(dn(id));
  return entry;
}

void Engine::people(int count) {
  for (int i = 0; i < count; ++i) person("p" + std::to_string(100 + i));
}

void Engine::set(const std::string& id, const std::string& attribute, const std::string& value) {
  if (value.empty())
    corp->people.at(id).attributes.erase(attribute);
  else
    corp->people.at(id).attributes[attribute] = {value};
}

void Engine::role(const std::string& role, const std::string& group, const std::string& when) {
  core::RoleRuleProgram p;
  p.rule = {role, group, group.empty() ? "" : "corp", when, "rollcall.toml:1:1"};
  p.role = *language::Template::parse(role);
  if (!when.empty()) p.when = *language::Condition::parse(when);
  house.providers[0].rules.roles.push_back(std::move(p));
  configured();
}

void Engine::scope(const std::string& condition) {
  house.providers[0].rules.scope = *language::Condition::parse(condition);
  configured();
}

void Engine::protect(const std::string& condition) {
  house.providers[0].rules.protect.push_back(*language::Condition::parse(condition));
  configured();
}

void Engine::invites() {
  settings().invite.present = true;
  settings().invite.deliver = "smtp";
  house.providers[0].rules.invite_to = *language::Template::parse("{email}");
  configured();
}

Plan Engine::plan(const sync::Scope& scope) {
  auto scratch = store::State::open(url, store::Access::scratch).value();
  auto made = sync::reconcile(*scratch, house, io, now, scope);
  if (!made) ADD_FAILURE() << made.error().message;
  return made ? std::move(made->plan) : Plan{};
}

Turn Engine::apply(const sync::Scope& scope) {
  Turn turn;
  auto made = sync::reconcile(*state, house, io, now, scope);
  if (!made) {
    ADD_FAILURE() << made.error().message;
    turn.plan.providers.emplace_back();
    return turn;
  }
  store::RunRow run;
  run.id = "run" + std::to_string(++runs);
  run.started = now;
  run.mode = "apply";
  EXPECT_TRUE(state->put_run(run));
  sync::ExecutorOptions options;
  options.run = run.id;
  options.clock = [this] { return now; };
  options.mail["idp"] = &mailbox;
  options.postman.from = "IT <it@example.org>";
  options.role_ids = made->role_ids;
  options.whole = scope.user.empty();
  store::WriteQueue queue(store::State::open(url, store::Access::write).value());
  auto report = scope.undo.empty() ? sync::execute(made->plan, house, queue, io, options)
                                   : sync::carry_out_undo(*state, *made, house, queue, io, options);
  if (!report) ADD_FAILURE() << report.error().message;
  turn.plan = std::move(made->plan);
  if (report) turn.report = std::move(*report);
  turn.trouble = made->trouble;
  return turn;
}

Turn Engine::later(Duration time, const sync::Scope& scope) {
  now += time;
  return apply(scope);
}

sync::Scope Engine::undoing(const std::string& run) {
  sync::Scope scope;
  scope.undo = run;
  return scope;
}

const Account* Engine::account(const std::string& user_name) const {
  const Account* found = nullptr;
  for (const auto& [_, a] : provider.accounts)
    if (auto it = a.fields.find("userName"); it != a.fields.end() && it->second == user_name) {
      EXPECT_FALSE(found) << "two accounts of " << user_name;
      found = &a;
    }
  return found;
}

std::string Engine::roles_of(const std::string& user_name) const {
  std::string out;
  const Account* a = account(user_name);
  if (!a) return "no account";
  for (const auto& role : provider.role_list)
    if (a->roles->contains(role.id)) out += (out.empty() ? "" : " ") + role.name;
  return out;
}

std::string Engine::status_of(const std::string& user_name) const {
  const Account* a = account(user_name);
  return a ? std::string(to_string(a->status)) : "no account";
}

sync::ProviderSeat Engine::seat_of_provider() {
  sync::ProviderSeat seat;
  auto& s = seat.rules.settings;
  s.name = s.type = "idp";
  s.on_leave = "suspend";
  s.concurrency = 4;
  const auto mapping = language::load_provider_mapping(folder.write("provider.toml", provider_text), {}, {}, "");
  seat.rules.mapping = mapping.value();
  seat.rules.scope = *language::Condition::parse("active eq true");
  auto seen = std::make_unique<Witness>(faulty);
  witness = seen.get();
  seat.provider = std::move(seen);
  seat.capabilities = provider.capabilities();
  seat.config_hash = "c";
  return seat;
}

void Engine::decide(const std::string& decision) {
  const auto rows = state->holds().value();
  for (auto row : rows) {
    if (row.state != "held") continue;
    if (row.kind == "read" && !row.source.empty()) {
      auto source = *state->source(row.source).value();
      source.accepted = row.id;
      EXPECT_TRUE(state->put_source(source));
    }
    row.state = decision;
    row.until = now + std::chrono::hours{24 * 30};
    EXPECT_TRUE(state->put_hold(row));
  }
}

std::unique_ptr<Engine> sales_of_three() {
  auto e = std::make_unique<Engine>();
  e->people(3);
  e->provider.add_role("Sales");
  e->provider.add_role("Staff");
  e->role("Sales", "sales");
  e->group("sales", {"p100", "p101"});
  e->apply();
  EXPECT_EQ(e->roles_of("p100") + e->roles_of("p101") + e->roles_of("p102"), "SalesSales");
  return e;
}

void Engine::reopen() { state = store::State::open(url, store::Access::write).value(); }

}  // namespace rollcall::test
