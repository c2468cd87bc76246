#include <algorithm>
#include <set>

#include "json/json.hpp"
#include "json/sax.hpp"

namespace rollcall::json {
namespace {

// Builds the tree; the open containers stand on a stack, which also spells the path for errors.
class Builder {
 public:
  explicit Builder(std::size_t max_depth) : max_depth_(max_depth) {}
  std::string problem;
  Value root;

  bool Null() { return add(Value()); }
  bool Bool(bool b) { return add(Value(b)); }
  bool Int(int n) { return add(Value(n)); }
  bool Uint(unsigned n) { return add(Value(static_cast<std::int64_t>(n))); }
  bool Int64(std::int64_t n) { return add(Value(n)); }
  bool Uint64(std::uint64_t n) {  // what does not fit is a double, as in JavaScript
    return add(n > INT64_MAX ? Value(static_cast<double>(n)) : Value(static_cast<std::int64_t>(n)));
  }
  bool Double(double d) { return add(Value(d)); }
  bool RawNumber(const char*, rapidjson::SizeType, bool) { return refuse("a raw number"); }
  bool String(const char* s, rapidjson::SizeType n, bool) {
    const std::string_view text(s, n);
    return is_utf8(text) ? add(Value(text)) : refuse("invalid UTF-8");
  }
  bool Key(const char* s, rapidjson::SizeType n, bool) {
    open_.back().key.assign(s, n);
    return is_utf8(open_.back().key) || refuse("invalid UTF-8 in a name");
  }
  bool StartObject() { return open(Value(Object{})); }
  bool StartArray() { return open(Value(Array{})); }
  bool EndArray(rapidjson::SizeType) { return close(); }
  bool EndObject(rapidjson::SizeType count) {
    if (count > 1 && has_twin(*open_.back().value.as_object())) return false;
    return close();
  }

 private:
  struct Open {
    Value value;
    std::string key;
  };

  bool open(Value container) {
    if (open_.size() == max_depth_) return refuse("nested more than " + std::to_string(max_depth_) + " deep");
    open_.push_back({std::move(container), {}});
    return true;
  }
  bool close() {
    Value done = std::move(open_.back().value);
    open_.pop_back();
    return add(std::move(done));
  }
  bool add(Value value) {
    if (open_.empty())
      root = std::move(value);
    else if (Array* array = open_.back().value.as_array())
      array->push_back(std::move(value));
    else
      open_.back().value.as_object()->emplace_back(std::move(open_.back().key), std::move(value));
    return true;
  }
  // RFC 8259 section 4: with equal names receivers differ in what they understand; we refuse to guess.
  bool has_twin(const Object& object) {
    const Member* const twin = object.size() <= 16 ? twin_in_few(object) : twin_in_many(object);
    if (!twin) return false;
    open_.back().key = twin->first;
    return !refuse("stands twice in one object");
  }
  static const Member* twin_in_few(const Object& object) {  // without memory of its own: nearly every object is small
    for (auto later = object.begin(); later != object.end(); ++later)
      if (std::any_of(object.begin(), later, [&](const Member& m) { return m.first == later->first; })) return &*later;
    return nullptr;
  }
  static const Member* twin_in_many(const Object& object) {
    std::set<std::string_view> names;
    for (const Member& member : object)
      if (!names.insert(member.first).second) return &member;
    return nullptr;
  }
  bool refuse(std::string_view why) {
    for (const Open& o : open_) {
      if (const Array* array = o.value.as_array())
        problem += '[' + std::to_string(array->size()) + ']';
      else
        problem += (problem.empty() ? "" : ".") + (is_utf8(o.key) ? o.key : std::string("?"));
    }
    if (!problem.empty()) problem += ": ";
    problem += why;
    return false;
  }

  std::size_t max_depth_;
  std::vector<Open> open_;
};

}  // namespace

Result<Value> parse(std::string_view text, std::string_view where, std::size_t max_depth) {
  Builder builder(max_depth);
  auto done = run(text, builder);
  if (done) return std::move(builder.root);
  Error error = std::move(done).error();
  if (!where.empty()) error.message = std::string(where) + ": " + error.message;
  return tl::unexpected(std::move(error));
}

}  // namespace rollcall::json
