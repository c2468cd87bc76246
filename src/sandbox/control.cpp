#include "sandbox/answers.hpp"
#include "sandbox/request.hpp"
#include "sandbox/sandbox.hpp"
#include "sandbox/state.hpp"

namespace rollcall::sandbox {
namespace {

HttpResponse answer(int status, std::string body) { return document(status, "application/json", std::move(body)); }

HttpResponse refusal(int status, std::string message) {
  json::Value value;
  value.set("error", std::move(message));
  return answer(status, json::write(value) + "\n");
}

// The account that {"id":..}, {"username":..} or another unique field names.
Result<Account> find_account(const Tenant& tenant, const json::Value& value) {
  const Account* found = nullptr;
  if (const json::Value* id = value.find("id"); id && id->as_int()) {
    found = tenant.find(*id->as_int());
  } else if (value.as_object()) {
    for (const auto& [name, text] : *value.as_object())
      if (!found && text.as_string()) found = tenant.find_by(name, *text.as_string());
  }
  if (found) return *found;
  return fail(ErrorKind::not_found, "no account is " + json::write(value));
}

Result<std::int64_t> create(Tenant& tenant, const json::Value& value, Instant now) {
  Account account;
  account.created = account.updated = now;
  ROLLCALL_CHECK(read_account(tenant, value, account));
  if (account.id != 0 && tenant.find(account.id))
    return fail(ErrorKind::already_exists, "account " + std::to_string(account.id) + " is there already");
  return tenant.put(std::move(account));
}

Result<std::int64_t> patch(Tenant& tenant, const json::Value& value, Instant now) {
  const json::Value *which = value.find("find"), *set = value.find("set");
  if (!which || !set) return fail(ErrorKind::invalid, "patch: expected {\"find\":{...},\"set\":{...}}");
  ROLLCALL_TRY(Account account, find_account(tenant, *which));
  const std::int64_t id = account.id;
  account.updated = now;
  ROLLCALL_CHECK(read_account(tenant, *set, account));
  if (account.id != id) return fail(ErrorKind::invalid, "patch: an id does not change");
  return tenant.put(std::move(account));
}

Result<std::int64_t> remove(Tenant& tenant, const json::Value& value) {
  ROLLCALL_TRY(const Account account, find_account(tenant, value));
  tenant.remove(account.id);
  return account.id;
}

Result<std::int64_t> change(Tenant& tenant, const std::string& verb, const json::Value& value, Instant now) {
  if (verb == "create") return create(tenant, value, now);
  if (verb == "patch") return patch(tenant, value, now);
  if (verb == "delete") return remove(tenant, value);
  return fail(ErrorKind::invalid, verb + " is not known: create, patch and delete are");
}

HttpResponse accounts(Tenant& tenant, const HttpRequest& request, Instant now) {
  const auto body = json::parse(request.body, "body");
  if (!body) return refusal(400, body.error().message);
  if (!body->as_object()) return refusal(400, "expected {\"create\":[...],\"patch\":[...],\"delete\":[...]}");
  json::Value ids = json::Array(), done;
  for (const auto& [verb, list] : *body->as_object()) {
    if (!list.as_array()) return refusal(400, verb + ": expected an array");
    for (const json::Value& item : *list.as_array()) {
      const auto id = change(tenant, verb, item, now);
      if (!id) return refusal(400, verb + ": " + id.error().message);
      ids.as_array()->emplace_back(*id);
    }
  }
  done.set("ids", std::move(ids));
  return answer(200, json::write(done) + "\n");
}

HttpResponse faults_answer(const Faults& faults) {
  json::Value list = json::Array();
  for (const Fault& fault : faults.all()) list.as_array()->push_back(fault_value(fault));
  return answer(200, json::write_pretty(list) + "\n");
}

}  // namespace

HttpResponse control(Sandbox& sandbox, const HttpRequest& request, Instant now) {
  const Target target = parse_target(request.url);
  const std::string call = request.method + " " + target.path.substr(std::string_view("/_sandbox/").size());
  if (call == "GET state") {
    const json::Object more{{"requests", sandbox.traffic_.value()}};
    return answer(200, write_state(sandbox.tenant_, more, target.parameter("accounts") != "no"));
  }
  if (call == "GET requests") return answer(200, json::write_pretty(sandbox.traffic_.value()) + "\n");
  if (call == "GET faults") return faults_answer(sandbox.faults_);
  if (call == "POST faults") {
    auto faults = parse_faults(request.body);
    if (!faults) return refusal(400, faults.error().message);
    sandbox.faults_.set(std::move(*faults));
    return faults_answer(sandbox.faults_);
  }
  if (call == "POST accounts") return accounts(sandbox.tenant_, request, now);
  if (call == "POST reset-counts") {
    sandbox.traffic_.reset();
    return answer(200, "{}\n");
  }
  return refusal(404, call + " is not known: GET state, requests, faults; POST faults, accounts, reset-counts");
}

}  // namespace rollcall::sandbox
