// How the files of this room run RapidJSON's event parser: one place for its traps. For .cpp files of src/json only.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include "rollcall/result.hpp"

namespace rollcall::json {

inline std::string place_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto column = offset - (before.rfind('\n') == before.npos ? 0 : before.rfind('\n') + 1) + 1;
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

// Runs `events` over `text`. An event that answers false has put its reason into events.problem. The error is the text
// alone.
template <class Events>
Result<void> run(std::string_view text, Events& events) {
  if (text.starts_with("\xEF\xBB\xBF"))
    text.remove_prefix(3);  // a byte order mark may be ignored (RFC 8259 section 8.1)
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::GenericReader<rapidjson::UTF8<>, rapidjson::UTF8<>> reader;
  const rapidjson::ParseResult result = reader.Parse<rapidjson::kParseFullPrecisionFlag>(stream, events);
  if (result.Code() == rapidjson::kParseErrorTermination)
    return fail(ErrorKind::corrupt, events.problem + " (" + place_of(text, result.Offset()) + ")");
  if (result.IsError())
    return fail(ErrorKind::corrupt, "not valid JSON at " + place_of(text, result.Offset()) + ": " +
                                        rapidjson::GetParseError_En(result.Code()));
  // To RapidJSON a NUL byte is the end of the text; to us it is something after the value.
  if (stream.Tell() != text.size())
    return fail(ErrorKind::corrupt, "not valid JSON at " + place_of(text, stream.Tell()) + ": NUL after the value");
  return {};
}

}  // namespace rollcall::json
