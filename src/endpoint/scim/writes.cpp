// POST, PUT, PATCH, DELETE and bulk: as jobs of the write queue, answered when the commit is durable.
#include "endpoint/scim/bulk.hpp"
#include "endpoint/scim/core.hpp"
#include "endpoint/scim/view.hpp"
#include "log/log.hpp"
#include "scim/response.hpp"

namespace rollcall::endpoint {
namespace {

namespace asio = boost::asio;

// What a job leaves for the request; only one of the two threads has it at a time.
struct Written {
  std::optional<scim::Failure> failure;
  Edited edited;
  Reply reply;
  BulkOutcome bulk;
};

struct Wish {
  RecordKind kind = RecordKind::person;
  std::string id;
  json::Value body;
  Conditions conditions;
  scim::Query query;
};

scim::Answer<Edited> edit(const Context& c, const std::string& method, const Wish& wish) {
  if (method == "POST") return create_resource(c, wish.kind, wish.body);
  if (method == "PUT") return replace_resource(c, wish.kind, wish.id, wish.body, wish.conditions);
  if (method == "PATCH") return patch_resource(c, wish.kind, wish.id, wish.body, wish.conditions);
  ROLLCALL_CHECK(delete_resource(c, wish.kind, wish.id, wish.conditions));
  return Edited{};
}

using Submit = asio::awaitable<Result<void>> (store::WriteQueue::*)(store::WriteQueue::Job);

// The state is not the client's: what it refuses is answered without its words.
asio::awaitable<scim::Answer<void>> commit(std::shared_ptr<Call> call, std::shared_ptr<Written> out, store::WriteQueue::Job job, Submit submit) {
  if (!call->core->queue) co_return scim::refuse(503, "the service is stopping; try again");
  const Result<void> done = co_await ((*call->core->queue).*submit)(std::move(job));
  if (out->failure) co_return tl::unexpected<scim::Failure>(*out->failure);
  if (!done) co_return tl::unexpected<scim::Failure>(state_failure(done.error()));
  co_return scim::Answer<void>();
}

void after(const Call& call, bool changed, bool dropped_password) {
  if (dropped_password)
    log::warn("a pushed password was dropped: it would have to wait sealed under [state] key for a provider that takes it (password = \"{password}\" "
              "in the mappings of the source and of the provider)",
              {{"source", call.source->name}});
  if (changed && call.core->options.on_write) call.core->options.on_write();
}

bool names_attributes(const Call& call) {
  for (const auto& [name, value] : call.parameters)
    if (scim::same_name(name, "attributes") && !value.empty()) return true;
  return false;
}

// What a GET would say, rendered where it is written: the same instant, and the store's connection has it at hand. A group's PATCH is
// answered without the group, which may be large, unless the client asks for a part of it (RFC 7644 section 3.5.2).
Replied written_reply(const Context& c, const Call& call, const Wish& wish, const store::ResourceRow& row) {
  Reply reply;
  reply.status = 204;
  if (call.method == "DELETE") return reply;
  reply.headers.emplace_back("ETag", scim::etag(version_of(row)));
  if (call.method == "PATCH" && wish.kind == RecordKind::group && !names_attributes(call)) return reply;
  const scim::Projection projection(type_of(wish.kind), wish.query.attributes, wish.query.excluded);
  ROLLCALL_TRY(reply.body, rendered(c, row, projection));
  reply.status = call.method == "POST" ? 201 : 200;
  reply.headers.emplace_back(call.method == "POST" ? "Location" : "Content-Location", location_of(c, wish.kind, row.id));
  return reply;
}

scim::Answer<void> carry_out(const Context& c, const Call& call, const Wish& wish, Written& out) {
  ROLLCALL_TRY(out.edited, edit(c, call.method, wish));
  ROLLCALL_TRY(out.reply, written_reply(c, call, wish, out.edited.row));
  return {};
}

scim::Answer<Wish> wish_of(const Call& call, RecordKind kind, std::string id) {
  Wish wish{kind, std::move(id), {}, {}, {}};
  ROLLCALL_TRY(wish.query, parsed_query(call));
  if (call.method != "DELETE") {
    ROLLCALL_TRY(wish.body, parsed_body(call));
  }
  wish.conditions = conditions_of(call);
  return wish;
}

}  // namespace

asio::awaitable<Replied> write(std::shared_ptr<Call> call, RecordKind kind, std::string id) {
  auto wish = wish_of(*call, kind, std::move(id));
  if (!wish) co_return tl::unexpected<scim::Failure>(std::move(wish).error());
  auto out = std::make_shared<Written>();
  store::WriteQueue::Job job = [call, out, wish = std::move(*wish)](store::State& state) -> Result<void> {
    const Context c = call->context(state);
    auto done = carry_out(c, *call, wish, *out);
    if (done) return {};
    out->failure = std::move(done).error();
    return fail(ErrorKind::refused, "the request was refused");    // rolls back what it wrote
  };
  const auto done = co_await commit(call, out, std::move(job), &store::WriteQueue::submit);
  if (!done) co_return tl::unexpected<scim::Failure>(done.error());
  after(*call, out->edited.changed, out->edited.dropped_password);
  co_return std::move(out->reply);
}

asio::awaitable<Replied> bulk(std::shared_ptr<Call> call) {
  if (call->method != "POST") co_return tl::unexpected<scim::Failure>(wrong_method("POST"));
  const auto body = parsed_body(*call);
  if (!body) co_return tl::unexpected<scim::Failure>(body.error());
  auto request = scim::parse_bulk(*body, call->core->limits);
  if (!request) co_return tl::unexpected<scim::Failure>(std::move(request).error());
  auto out = std::make_shared<Written>();
  store::WriteQueue::Job job = [call, out, request = std::move(*request)](store::State& state) -> Result<void> {
    const Context c = call->context(state);
    out->bulk = carry_out(c, request);
    return {};
  };
  const auto done = co_await commit(call, out, std::move(job), &store::WriteQueue::submit_alone);
  if (!done) co_return tl::unexpected<scim::Failure>(done.error());
  after(*call, out->bulk.changed, out->bulk.dropped_password);
  Reply reply;
  reply.body = json::write(scim::bulk_response(out->bulk.results));
  co_return reply;
}

}  // namespace rollcall::endpoint
