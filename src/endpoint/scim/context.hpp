// What one SCIM request works with: whose it is, and the state. Reads use the endpoint's reading connection on its own thread, writes the
// store's on the store's thread; one Context lives on one of them. A source sees only its own resources: every look-up names it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "crypto/seal.hpp"
#include "language/mapping.hpp"
#include "scim/error.hpp"
#include "scim/limits.hpp"
#include "scim/record.hpp"
#include "scim/schema.hpp"
#include "store/state.hpp"

namespace rollcall::endpoint {

// A source of type scim: what its mapping reads of a resource.
struct PushedSource {
  std::string name;
  language::SourceMapping mapping;
  scim::RecordPaths paths;
};

// Of the configuration; immutable, replaced as a whole by a reload.
struct Catalogue {
  std::map<std::string, PushedSource> sources;
  std::vector<std::string> providers;
  std::vector<std::string> password_takers;   // of them
  std::shared_ptr<const crypto::Seal> seal;   // of `[state] key`; null without it: then no password is kept
};

struct Context {
  store::State& state;
  const Catalogue& catalogue;
  const PushedSource& source;
  const scim::Limits& limits;
  std::string base;      // the URL under which /Users stands
  Instant now;

  bool keeps_passwords() const { return catalogue.seal && source.mapping.takes_passwords && !catalogue.password_takers.empty(); }
};

inline const scim::ResourceType& type_of(RecordKind kind) { return kind == RecordKind::person ? scim::user_type() : scim::group_type(); }
inline std::string location_of(const Context& c, RecordKind kind, const std::string& id) { return c.base + type_of(kind).endpoint + "/" + id; }

// An error of the state as the client sees it: 503 when it may pass, else 500; the reason is logged and stays here.
scim::Failure state_failure(const Error& error);

template <class T>
scim::Answer<T> kept(Result<T> result) {
  if (!result) return tl::unexpected<scim::Failure>(state_failure(result.error()));
  if constexpr (std::is_void_v<T>)
    return {};
  else
    return std::move(*result);
}

// The resource, or 404.
scim::Answer<store::ResourceRow> find_resource(const Context& c, RecordKind kind, const std::string& id);
// Its stored body.
scim::Answer<json::Value> body_of(const store::ResourceRow& row);

}  // namespace rollcall::endpoint
