#include "endpoint/scim/bulk.hpp"

#include "endpoint/scim/edit.hpp"
#include "endpoint/scim/view.hpp"
#include "scim/response.hpp"

namespace rollcall::endpoint {
namespace {

using scim::refuse;

class BulkRun {
 public:
  BulkRun(const Context& c, const scim::BulkRequest& request) : c_(c), request_(request), results_(request.operations.size()) {}

  BulkOutcome run() {
    for (const scim::BulkStep& step : scim::plan_bulk(request_)) {
      if (request_.fail_on_errors && errors_ >= *request_.fail_on_errors) break;
      take(step);
    }
    for (auto& result : results_)
      if (result) out_.results.push_back(std::move(*result));
    return std::move(out_);
  }

 private:
  void take(const scim::BulkStep& step) {
    const scim::BulkOperation& op = request_.operations[step.operation];
    scim::BulkResult result = results_[step.operation].value_or(scim::BulkResult{op.method, op.bulk_id, "", "", 200, {}});
    if (step.completes && result.status >= 400) return;
    scim::Answer<void> done;
    const auto kept_apart = c_.state.savepoint([&]() -> Result<void> {
      done = step.completes ? complete(op, step, result) : operate(op, step, result);
      return done ? Result<void>{} : fail(ErrorKind::refused, "the operation was refused");
    });
    if (done && !kept_apart) done = tl::unexpected<scim::Failure>(state_failure(kept_apart.error()));
    if (!done) {
      ++errors_;
      result.status = done.error().status;
      result.response = scim::error_document(done.error());
      result.version.clear();
      if (op.method == "POST") result.location.clear();
      ids_.erase(op.bulk_id);
    }
    results_[step.operation] = std::move(result);
  }

  void describe(const Edited& edited, scim::BulkResult& result) {
    result.location = location_of(c_, edited.row.kind, edited.row.id);
    result.version = scim::etag(version_of(edited.row));
    out_.changed = out_.changed || edited.changed;
    out_.dropped_password = out_.dropped_password || edited.dropped_password;
  }

  scim::Answer<void> operate(const scim::BulkOperation& op, const scim::BulkStep& step, scim::BulkResult& result) {
    // The location is part of every result but a failed POST's (RFC 7644 section 3.7.3).
    if (const auto named = target_of(op.path); named && !named->id.empty() && !named->id.starts_with("bulkId:"))
      result.location = location_of(c_, named->kind, named->id);
    if (op.failure) return tl::unexpected<scim::Failure>(*op.failure);
    ROLLCALL_TRY(const scim::BulkCall call, scim::resolve(op, ids_, step.without));
    const auto target = target_of(call.path);
    if (!target) return refuse(404, "path: there is no such endpoint for bulk operations");
    if (target->id.empty() != (op.method == "POST")) return refuse(405, "path: this method is not for that path");
    if (!target->id.empty()) result.location = location_of(c_, target->kind, target->id);
    if (op.method == "DELETE") {
      ROLLCALL_CHECK(delete_resource(c_, target->kind, target->id, conditions(op)));
      result.status = 204;
      out_.changed = true;
      return {};
    }
    ROLLCALL_TRY(const Edited edited, write(op, *target, call.data));
    result.status = op.method == "POST" ? 201 : 200;
    if (op.method == "POST") ids_[op.bulk_id] = edited.row.id;
    describe(edited, result);
    return {};
  }

  scim::Answer<Edited> write(const scim::BulkOperation& op, const Target& target, const json::Value& data) {
    if (op.method == "POST") return create_resource(c_, target.kind, data);
    if (op.method == "PUT") return replace_resource(c_, target.kind, target.id, data, conditions(op));
    return patch_resource(c_, target.kind, target.id, data, conditions(op));
  }

  // The second visit to what was created without the references of a circle.
  scim::Answer<void> complete(const scim::BulkOperation& op, const scim::BulkStep& step, scim::BulkResult& result) {
    ROLLCALL_TRY(const json::Value patch, scim::completion(op, ids_, step.without));
    const auto target = target_of(op.path);
    const json::Value* operations = patch.find("Operations");
    if (!target || !operations || !operations->as_array() || operations->as_array()->empty()) return {};
    ROLLCALL_TRY(const Edited edited, patch_resource(c_, target->kind, ids_.at(op.bulk_id), patch, {}));
    describe(edited, result);
    return {};
  }

  static Conditions conditions(const scim::BulkOperation& op) { return {op.version, {}}; }

  const Context& c_;
  const scim::BulkRequest& request_;
  std::vector<std::optional<scim::BulkResult>> results_;
  scim::BulkIds ids_;
  std::int64_t errors_ = 0;
  BulkOutcome out_;
};

}  // namespace

std::optional<Target> target_of(std::string_view path) {
  for (const RecordKind kind : {RecordKind::person, RecordKind::group}) {
    const std::string& endpoint = type_of(kind).endpoint;
    if (!path.starts_with(endpoint)) continue;
    const std::string_view rest = path.substr(endpoint.size());
    if (rest.empty() || rest == "/") return Target{kind, ""};
    if (rest.front() == '/' && rest.find('/', 1) == rest.npos) return Target{kind, std::string(rest.substr(1))};
  }
  return std::nullopt;
}

BulkOutcome carry_out(const Context& c, const scim::BulkRequest& request) { return BulkRun(c, request).run(); }

}  // namespace rollcall::endpoint
