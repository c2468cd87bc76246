#include "scim/path.hpp"

#include <algorithm>

namespace rollcall::scim {
namespace {

bool begins_with_urn(std::string_view path, std::string_view urn) {
  return path.size() >= urn.size() && same_name(path.substr(0, urn.size()), urn) && (path.size() == urn.size() || path[urn.size()] == ':');
}

// The URN holds dots, so it is split off by knowing it: the longest one that fits.
const Attribute* extension_of(const ResourceType& type, std::string_view path) {
  const Attribute* best = nullptr;
  for (const Attribute& each : type.root.sub_attributes)
    if (each.name.find(':') != std::string::npos && begins_with_urn(path, each.name) && (!best || each.name.size() > best->name.size())) best = &each;
  return best;
}

bool has_brackets(const language::Filter& filter) {
  return filter.kind == language::FilterKind::value_path || std::any_of(filter.children.begin(), filter.children.end(), has_brackets);
}

std::string in_quotes(std::string_view text) { return "`" + std::string(text) + "`"; }

tl::unexpected<Failure> bad_path(std::string_view text, const std::string& why) {
  return refuse(ErrorType::invalid_path, "path " + in_quotes(text) + ": " + why);
}

Answer<language::Filter> brackets(std::string_view whole, std::string_view inner, const language::FilterLimits& limits) {
  auto filter = language::parse_filter(inner, limits);
  if (!filter)
    return refuse(ErrorType::invalid_filter,
                  "path " + in_quotes(whole) + ": at " + std::to_string(filter.error().offset) + " in the brackets: " + filter.error().message);
  if (has_brackets(*filter)) return refuse(ErrorType::invalid_filter, "path " + in_quotes(whole) + ": no [...] inside [...]");
  return std::move(*filter);
}

}  // namespace

std::string Path::text() const {
  std::string out = extension ? extension->name : "";
  if (attribute) out += (extension ? ":" : "") + attribute->name;
  if (sub) out += "." + sub->name;
  return out;
}

std::optional<Path> resolve_within(const Attribute& scope, std::string_view path) {
  const std::size_t dot = path.find('.');
  Path out;
  out.attribute = scope.find(path.substr(0, dot));
  if (!out.attribute) return std::nullopt;
  if (dot == path.npos) return out;
  out.sub = out.attribute->find(path.substr(dot + 1));
  return out.sub ? std::optional(out) : std::nullopt;
}

std::optional<Path> resolve(const ResourceType& type, std::string_view path) {
  const Attribute* const extension = extension_of(type, path);
  const bool core = !extension && begins_with_urn(path, type.core->id);
  if (!extension && !core) return path.find(':') == path.npos ? resolve_within(type.root, path) : std::nullopt;
  const std::size_t length = extension ? extension->name.size() : type.core->id.size();
  if (path.size() == length) return Path{extension, nullptr, nullptr};
  auto out = resolve_within(extension ? *extension : type.root, path.substr(length + 1));
  if (out) out->extension = extension;
  return out;
}

Answer<ValuePath> parse_value_path(std::string_view text, const language::FilterLimits& limits) {
  ValuePath out;
  out.text = std::string(text);
  if (text.size() > limits.length)
    return refuse(ErrorType::invalid_path, "this path is longer than " + std::to_string(limits.length) + " bytes");
  const std::size_t open = text.find('[');
  const auto head = language::parse_attribute_path(text.substr(0, open));
  if (!head) return bad_path(text, head.error().message);
  out.path = head->text();
  if (open == text.npos) return out;
  // Behind the closing bracket a name may stand, and no name holds a bracket: it is the last one.
  const std::size_t close = text.rfind(']');
  if (close == text.npos || close < open) return bad_path(text, "the `]` that closes the filter is missing");
  ROLLCALL_TRY(out.filter, brackets(text, text.substr(open + 1, close - open - 1), limits));
  const std::string_view tail = text.substr(close + 1);
  if (tail.empty()) return out;
  const auto sub = tail.front() == '.' ? language::parse_attribute_path(tail.substr(1)) : tl::unexpected(language::SyntaxError{});
  if (!sub || !sub->urn.empty() || !sub->sub.empty()) return bad_path(text, "behind `]` the name of a sub-attribute may stand, as in `].value`");
  out.sub = sub->name;
  return out;
}

}  // namespace rollcall::scim
