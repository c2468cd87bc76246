#include "sandbox/answers.hpp"

namespace rollcall::sandbox {

HttpResponse document(int status, std::string_view media_type, std::string body) {
  HttpResponse response;
  response.status = status;
  response.headers.emplace_back("Content-Type", media_type);
  response.body = std::move(body);
  return response;
}

HttpResponse json_document(int status, const json::Value& body) { return document(status, "application/json; charset=utf-8", json::write(body)); }

HttpResponse html_document(int status, std::string_view inside) {
  return document(status, "text/html", "<!DOCTYPE html><html><body>" + std::string(inside) + "</body></html>");
}

}  // namespace rollcall::sandbox
