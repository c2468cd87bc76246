// What emulators answer with, before a vendor's own form. Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>

#include "json/json.hpp"
#include "rollcall/http.hpp"

namespace rollcall::sandbox {

HttpResponse document(int status, std::string_view media_type, std::string body);
HttpResponse json_document(int status, const json::Value& body);      // in UTF-8, and says so
HttpResponse html_document(int status, std::string_view inside);      // what stands between <body> and </body>

}  // namespace rollcall::sandbox
