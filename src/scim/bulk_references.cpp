#include "scim/bulk_references.hpp"

#include <algorithm>
#include <functional>

namespace rollcall::scim {
namespace {

constexpr std::string_view mark = "bulkId:";

// Calls `each` with the place and the bulkId of every reference; stands at the beginning, behind a slash or behind a quote.
void scan(const std::string& text, const std::function<void(std::size_t, const std::string&)>& each) {
  for (std::size_t at = text.find(mark); at != text.npos; at = text.find(mark, at + 1)) {
    const char before = at == 0 ? '\0' : text[at - 1];
    if (at != 0 && before != '/' && before != '"') continue;
    const std::size_t begin = at + mark.size();
    const std::size_t end = before == '"' ? text.find('"', begin) : before == '/' ? text.find_first_of("/?", begin) : text.npos;
    each(at, text.substr(begin, end == text.npos ? end : end - begin));
  }
}

Answer<std::string> with_ids(const std::string& text, const BulkIds& ids) {
  std::string out;
  std::size_t copied = 0;
  std::string unknown;
  scan(text, [&](std::size_t at, const std::string& bulk_id) {
    const auto id = ids.find(bulk_id);
    if (id == ids.end()) {
      if (unknown.empty()) unknown = std::string(mark) + bulk_id;
      return;
    }
    out.append(text, copied, at - copied).append(id->second);
    copied = at + mark.size() + bulk_id.size();
  });
  if (!unknown.empty()) return refuse(409, "`" + unknown + "` refers to a resource that this request did not create");
  return out.append(text, copied);
}

Answer<void> put_ids(Value& value, const BulkIds& ids) {
  if (const std::string* text = value.as_string(); text && text->find(mark) != text->npos) {
    ROLLCALL_TRY(value, with_ids(*text, ids));
  }
  if (Array* array = value.as_array())
    for (Value& each : *array) ROLLCALL_CHECK(put_ids(each, ids));
  if (Object* object = value.as_object())
    for (json::Member& each : *object) ROLLCALL_CHECK(put_ids(each.second, ids));
  return {};
}

bool refers_to(const Value& value, const std::set<std::string>& bulk_ids) {
  std::set<std::string> all;
  collect_references(value, all);
  return std::any_of(all.begin(), all.end(), [&](const std::string& id) { return bulk_ids.count(id) > 0; });
}

// Cuts out the values that refer to one of `bulk_ids`: elements of arrays, single values, and those of extensions. Each goes to `cut`
// with its path.
void cut_out(Object& object, const std::string& prefix, const std::set<std::string>& bulk_ids, Array& cut) {
  const auto keep = [&](const std::string& path, Value value) {
    cut.emplace_back(Object{{"op", "add"}, {"path", path}, {"value", std::move(value)}});
  };
  for (json::Member& member : object) {
    const std::string path = prefix + member.first;
    if (Array* array = member.second.as_array()) {
      const auto part = std::stable_partition(array->begin(), array->end(), [&](const Value& v) { return !refers_to(v, bulk_ids); });
      if (part != array->end()) keep(path, Array(part, array->end()));
      array->erase(part, array->end());
    } else if (member.second.as_object() && member.first.find(':') != std::string::npos) {
      cut_out(*member.second.as_object(), member.first + ":", bulk_ids, cut);
    } else if (refers_to(member.second, bulk_ids)) {
      keep(path, std::move(member.second));
      member.second = {};
    }
  }
}

Value split(const BulkOperation& operation, const std::set<std::string>& without, Array& cut) {
  Value data = operation.data;
  if (!without.empty() && data.as_object()) cut_out(*data.as_object(), "", without, cut);
  return data;
}

}  // namespace

std::set<std::string> references(const std::string& text) {
  std::set<std::string> out;
  scan(text, [&](std::size_t, const std::string& bulk_id) { out.insert(bulk_id); });
  return out;
}

void collect_references(const Value& value, std::set<std::string>& out) {
  if (const std::string* text = value.as_string()) out.merge(references(*text));
  if (const Array* array = value.as_array())
    for (const Value& each : *array) collect_references(each, out);
  if (const Object* object = value.as_object())
    for (const json::Member& each : *object) collect_references(each.second, out);
}

Answer<BulkCall> resolve(const BulkOperation& operation, const BulkIds& ids, const std::set<std::string>& without) {
  Array cut;
  BulkCall out;
  ROLLCALL_TRY(out.path, with_ids(operation.path, ids));
  out.data = split(operation, without, cut);
  ROLLCALL_CHECK(put_ids(out.data, ids));
  return out;
}

Answer<Value> completion(const BulkOperation& operation, const BulkIds& ids, const std::set<std::string>& without) {
  Array cut;
  split(operation, without, cut);
  Value operations(std::move(cut));
  ROLLCALL_CHECK(put_ids(operations, ids));
  return Value(Object{{"schemas", Array{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}}, {"Operations", std::move(operations)}});
}

}  // namespace rollcall::scim
