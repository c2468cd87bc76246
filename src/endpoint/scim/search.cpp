#include "endpoint/scim/search.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "endpoint/scim/cursor.hpp"
#include "endpoint/scim/view.hpp"
#include "language/unicode.hpp"
#include "scim/response.hpp"
#include "scim/sort.hpp"

namespace rollcall::endpoint {
namespace {

namespace asio = boost::asio;
using Key = store::State::ResourceKey;
constexpr std::int64_t batch = 200;       // resources that are tried before other requests have their turn

struct Hit {
  scim::Scalar key;
  std::int64_t record = 0;
  std::size_t type = 0;
};

// Of one resource type of the query.
struct Part {
  RecordKind kind;
  scim::Filter filter;
  std::optional<scim::Sort> sort;
  Wanted wanted;
  std::optional<std::vector<std::int64_t>> candidates;   // nothing: everybody
  bool exact = false;                                    // each of them matches: the index is all that the filter asks
};

struct Search {
  const Context& c;
  scim::Query query;
  std::vector<Part> parts;
  std::vector<Hit> hits;
  std::map<std::int64_t, store::ResourceRow> seen;       // of candidates: a few that need not be read again to be shown
  std::string question;      // all that must be the same for a cursor
  std::int64_t position = 0; // of the cursor
};

std::string question_of(const Context& c, const scim::Query& query, const std::vector<RecordKind>& kinds) {
  std::string out = c.source.name + "\n" + query.filter.value_or("") + "\n" + query.sort_by.value_or("") + (query.descending ? "-" : "+");
  for (const RecordKind kind : kinds) out += kind == RecordKind::person ? "U" : "G";
  return out;
}

scim::Answer<std::vector<scim::Filter>> filters_of(const Search& s, const std::vector<RecordKind>& kinds) {
  if (!s.query.filter) return std::vector<scim::Filter>(kinds.size());
  std::vector<const scim::ResourceType*> types;
  for (const RecordKind kind : kinds) types.push_back(&type_of(kind));
  if (types.size() > 1) return scim::Filter::parse(*s.query.filter, types, s.c.limits.filter);
  ROLLCALL_TRY(scim::Filter one, scim::Filter::parse(*s.query.filter, *types.front(), s.c.limits.filter));
  std::vector<scim::Filter> out;
  out.push_back(std::move(one));
  return out;
}

scim::Answer<std::vector<std::int64_t>> by_member(const Context& c, const std::string& id) {
  ROLLCALL_TRY(const auto groups, kept(c.state.groups_of_member(c.source.name, language::fold(id))));
  std::vector<std::int64_t> out;
  for (const auto& group : groups) out.push_back(group.record);
  return out;
}

using Found = scim::Answer<std::optional<std::vector<std::int64_t>>>;

// Who can match this term at all, where an index knows; every one of them is tried with the whole filter.
Found candidates_of(const Context& c, RecordKind kind, const scim::Equality& e) {
  const bool person = kind == RecordKind::person;
  const auto by = [&](Key key, const std::string& value) -> Found { return kept(c.state.resources_by(c.source.name, kind, key, value)); };
  if (e.value.find('\0') != e.value.npos) return std::vector<std::int64_t>{};     // no text has it, and the state refuses to look for it
  if (e.path == "id") {
    auto row = find_resource(c, kind, e.value);
    if (!row && row.error().status != 404) return tl::unexpected<scim::Failure>(row.error());
    return row ? std::vector<std::int64_t>{row->record} : std::vector<std::int64_t>{};
  }
  if (e.path == "externalId" && !e.value.empty()) return by(Key::external_id, e.value);
  if (e.path == (person ? "userName" : "displayName")) return by(Key::handle, language::fold(e.value));
  if (person && e.path == "emails.value") return by(Key::email, language::fold(e.value));
  if (!person && e.path == "members.value") return by_member(c, e.value);
  return std::nullopt;
}

// An index over one value that compares as the schema does: it needs no second opinion.
bool is_exact(const scim::Equality& e) { return !e.value.empty() && (e.path == "userName" || e.path == "displayName" || e.path == "externalId" || e.path == "id"); }

// The first term that an index answers.
scim::Answer<void> look_up(const Context& c, Part& part) {
  for (const scim::Equality& e : part.filter.equalities()) {
    ROLLCALL_TRY(part.candidates, candidates_of(c, part.kind, e));
    part.exact = part.candidates && part.filter.is_equality() && is_exact(e);
    if (part.candidates) break;
  }
  return {};
}

scim::Answer<void> prepare(Search& s, const std::vector<RecordKind>& kinds) {
  s.question = question_of(s.c, s.query, kinds);
  if (s.query.cursor) {
    ROLLCALL_TRY(s.position, read_cursor(s.c.state.id(), s.question, *s.query.cursor));
  }
  ROLLCALL_TRY(auto filters, filters_of(s, kinds));
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    Part part{kinds[i], std::move(filters[i]), {}, {}, {}};
    part.wanted = s.query.filter ? wanted_by(part.filter) : Wanted{};
    if (s.query.sort_by) {
      auto sort = scim::Sort::parse(*s.query.sort_by, s.query.descending, type_of(kinds[i]));
      if (!sort && kinds.size() == 1) return tl::unexpected<scim::Failure>(std::move(sort).error());
      if (sort) part.sort = std::move(*sort);
    }
    if (s.query.filter) ROLLCALL_CHECK(look_up(s.c, part));
    s.parts.push_back(std::move(part));
  }
  return {};
}

scim::Answer<void> try_one(Search& s, std::size_t type, const store::ResourceRow& row) {
  const Part& part = s.parts[type];
  if (part.exact && !part.sort) {
    s.hits.push_back({{}, row.record, type});
    return {};
  }
  ROLLCALL_TRY(const json::Value resource, view(s.c, row, part.wanted));
  const scim::MemberTest has = [&](std::string_view id) { return s.c.state.has_member(row.record, language::fold(id)).value_or(false); };
  if (s.query.filter && !part.filter.matches(resource, part.kind == RecordKind::group ? has : scim::MemberTest())) return {};
  s.hits.push_back({part.sort ? part.sort->key(resource) : scim::Scalar(), row.record, type});
  return {};
}

scim::Answer<void> try_candidates(Search& s, std::size_t type) {
  for (const auto record : *s.parts[type].candidates) {
    ROLLCALL_TRY(auto row, kept(s.c.state.resource(record)));
    if (!row || row->kind != s.parts[type].kind) continue;
    ROLLCALL_CHECK(try_one(s, type, *row));
    if (std::ssize(s.seen) < batch) s.seen.emplace(record, std::move(*row));
  }
  return {};
}

// Answers how many there were.
scim::Answer<std::int64_t> try_batch(Search& s, std::size_t type, std::int64_t& after) {
  ROLLCALL_TRY(const auto rows, kept(s.c.state.resources_page(s.c.source.name, s.parts[type].kind, after, 0, batch)));
  for (const auto& row : rows) {
    after = row.record;
    ROLLCALL_CHECK(try_one(s, type, row));
  }
  return static_cast<std::int64_t>(rows.size());
}

asio::awaitable<scim::Answer<void>> collect(Search& s) {
  const auto executor = co_await asio::this_coro::executor;
  for (std::size_t type = 0; type < s.parts.size(); ++type) {
    if (s.parts[type].candidates) {
      auto tried = try_candidates(s, type);
      if (!tried) co_return tl::unexpected<scim::Failure>(std::move(tried).error());
      continue;
    }
    std::int64_t after = 0;
    for (std::int64_t count = batch; count == batch;) {
      auto tried = try_batch(s, type, after);
      if (!tried) co_return tl::unexpected<scim::Failure>(std::move(tried).error());
      count = *tried;
      co_await asio::post(executor, asio::use_awaitable);
    }
  }
  co_return scim::Answer<void>();
}

void sort(Search& s) {
  if (!s.query.sort_by) return;
  const auto it = std::find_if(s.parts.begin(), s.parts.end(), [](const Part& p) { return p.sort.has_value(); });
  if (it == s.parts.end()) return;
  std::stable_sort(s.hits.begin(), s.hits.end(), [&](const Hit& a, const Hit& b) { return it->sort->before(a.key, b.key); });
}

scim::Answer<std::string> page_of(const Search& s, const std::vector<store::ResourceRow>& rows, scim::Page page) {
  std::vector<std::string> out;
  std::map<RecordKind, scim::Projection> projections;
  for (const auto& row : rows) {
    const auto& projection = projections.try_emplace(row.kind, type_of(row.kind), s.query.attributes, s.query.excluded).first->second;
    ROLLCALL_TRY(std::string text, rendered(s.c, row, projection));
    out.push_back(std::move(text));
  }
  return scim::list_response(page, out);
}

// The page of what was found. Its rows may have gone meanwhile.
scim::Answer<std::string> show_hits(Search& s) {
  sort(s);
  const auto total = static_cast<std::int64_t>(s.hits.size());
  scim::Page page{total, {}, {}, {}};
  const std::int64_t from = std::min(total, s.query.cursor ? s.position : s.query.start_index - 1);
  if (!s.query.cursor) page.start_index = s.query.start_index;
  std::vector<store::ResourceRow> rows;
  const std::int64_t end = std::min(total, from + std::min(s.query.count, total));
  for (std::int64_t i = from; i < end; ++i) {
    const auto record = s.hits[static_cast<std::size_t>(i)].record;
    if (auto seen = s.seen.extract(record)) {
      rows.push_back(std::move(seen.mapped()));
      continue;
    }
    ROLLCALL_TRY(auto row, kept(s.c.state.resource(record)));
    if (row) rows.push_back(std::move(*row));
  }
  if (s.query.cursor && s.query.count > 0 && end < total) page.next_cursor = make_cursor(s.c.state.id(), s.question, end);
  return page_of(s, rows, page);
}

// Everybody of one type in the order of creation: counted and paged by the index, nothing is tried. A cursor is the last record shown.
scim::Answer<std::string> show_everybody(Search& s) {
  const RecordKind kind = s.parts.front().kind;
  scim::Page page;
  ROLLCALL_TRY(page.total, kept(s.c.state.count_resources(s.c.source.name, kind)));
  const std::int64_t offset = s.query.cursor ? 0 : s.query.start_index - 1;
  if (!s.query.cursor) page.start_index = s.query.start_index;
  std::vector<store::ResourceRow> rows;
  if (s.query.count > 0) {
    ROLLCALL_TRY(rows, kept(s.c.state.resources_page(s.c.source.name, kind, s.position, offset, s.query.count + 1)));
  }
  if (static_cast<std::int64_t>(rows.size()) > s.query.count) {
    rows.pop_back();
    if (s.query.cursor) page.next_cursor = make_cursor(s.c.state.id(), s.question, rows.back().record);
  }
  return page_of(s, rows, page);
}

}  // namespace

asio::awaitable<scim::Answer<std::string>> search(const Context& c, scim::Query query, std::vector<RecordKind> kinds) {
  Search s{.c = c, .query = std::move(query)};
  auto prepared = prepare(s, kinds);
  if (!prepared) co_return tl::unexpected<scim::Failure>(std::move(prepared).error());
  if (!s.query.filter && !s.query.sort_by && s.parts.size() == 1) co_return show_everybody(s);
  auto collected = co_await collect(s);
  if (!collected) co_return tl::unexpected<scim::Failure>(std::move(collected).error());
  co_return show_hits(s);
}

}  // namespace rollcall::endpoint
