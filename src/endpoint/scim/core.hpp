// What the files of the endpoint share while it runs: connections, catalogue, limits; and one request on its way through them.
// Thread rule: the endpoint's thread, but for the write queue.
#pragma once

#include <map>
#include <optional>

#include <boost/asio/awaitable.hpp>

#include "endpoint/scim/edit.hpp"
#include "endpoint/scim/gate.hpp"
#include "endpoint/scim/reading.hpp"
#include "endpoint/scim/service.hpp"
#include "scim/query.hpp"
#include "store/write_queue.hpp"

namespace rollcall::endpoint {

struct ScimHandler::Core {
  Core(boost::asio::any_io_executor e, ScimOptions o, std::unique_ptr<store::State> r, std::unique_ptr<store::State> w);

  boost::asio::any_io_executor executor;
  ScimOptions options;
  scim::Limits limits;
  scim::Paging paging;
  Gate gate;
  std::shared_ptr<Reading> reading;
  std::unique_ptr<store::WriteQueue> queue;      // null once closed
  std::map<std::string, Instant> touched;        // token id: when its use was last written down
};

// One request that has been admitted.
struct Call {
  std::shared_ptr<ScimHandler::Core> core;
  std::shared_ptr<const Catalogue> catalogue;    // as it was when the request came
  const PushedSource* source = nullptr;
  std::string method, path, base;                // path: below the base, percent-encoded: "/Users/7"
  scim::Parameters parameters;
  Headers headers;
  std::string body;
  Instant now;
  std::string resource = "other";                // for the metrics

  Context context(store::State& state) const { return {state, *catalogue, *source, core->limits, base, now}; }
  Context reading() const { return context(core->reading->now()); }
};

struct Reply {
  int status = 200;
  std::string body;                              // JSON, or empty
  Headers headers;
};
using Replied = scim::Answer<Reply>;

inline scim::Failure wrong_method(std::string_view allowed) {
  return {405, scim::ErrorType::none, "this resource answers " + std::string(allowed) + " only"};
}

boost::asio::awaitable<Replied> route(std::shared_ptr<Call> call);

// /Users and /Groups, one file for what reads and one for what writes.
boost::asio::awaitable<Replied> list(std::shared_ptr<Call> call, std::vector<RecordKind> kinds);
boost::asio::awaitable<Replied> post_search(std::shared_ptr<Call> call, std::vector<RecordKind> kinds);
Replied get(const Call& call, RecordKind kind, const std::string& id);
boost::asio::awaitable<Replied> write(std::shared_ptr<Call> call, RecordKind kind, std::string id);   // POST with id ""
boost::asio::awaitable<Replied> bulk(std::shared_ptr<Call> call);
Replied discover(const Call& call, const std::vector<std::string>& segments);

Conditions conditions_of(const Call& call);
scim::Answer<json::Value> parsed_body(const Call& call);
scim::Answer<scim::Query> parsed_query(const Call& call);

}  // namespace rollcall::endpoint
