// The input is one request as it stands on the wire: request line, headers, an empty line, the body. `@ada`, `@eve`, `@crew`, `@all` and `@gone`
// stand for ids, `@token` in Authorization for the client's token, `@secret` for a text of this request alone; Host, Authorization and Content-Type are added where they are missing. It goes
// through the whole endpoint, over a state on disk that is begun anew now and then.
// Laws: it is answered, as HTTP and SCIM say it, and never with 500; no password, no token and nothing of another source is shown; what was
// refused, or only read, has changed nothing; what a GET shows can be put back and is the same.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "fuzz/endpoint.hpp"
#include "fuzz/law.hpp"
#include "net/message.hpp"

namespace {

using namespace rollcall;
using fuzz::Answered;
using json::Value;

constexpr int requests_a_state = 200, requests_a_look = 25;
constexpr const char* resources[] = {"/Users/@ada", "/Users/@eve", "/Users/@gone", "/Groups/@crew", "/Groups/@all"};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view take_word(std::string_view& line) {
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(std::min(word.size() + 1, line.size()));
  return word;
}

bool is_target(std::string_view text) {
  return !text.empty() && std::none_of(text.begin(), text.end(), [](unsigned char c) { return c <= ' ' || c == 127; });
}

// What the HTTP server hands to the endpoint; nothing for what it refuses by itself.
std::optional<HttpRequest> parse(std::string_view text) {
  HttpRequest out;
  std::string_view first = take_line(text);
  out.method = std::string(take_word(first));
  out.url = std::string(take_word(first));
  if (!net::is_token(out.method) || !is_target(out.url)) return std::nullopt;
  for (std::string_view line = take_line(text); !line.empty(); line = take_line(text)) {
    const std::size_t colon = std::min(line.find(':'), line.size());
    std::string_view value = line.substr(std::min(colon + 1, line.size()));
    while (value.starts_with(' ')) value.remove_prefix(1);
    if (!net::is_token(line.substr(0, colon)) || !net::is_field_value(value)) return std::nullopt;
    out.headers.emplace_back(std::string(line.substr(0, colon)), std::string(value));
  }
  out.body = std::string(text);
  return out;
}

void set_token(HttpRequest& request, const std::string& token) {
  constexpr std::string_view mark = "@token";
  for (auto& [name, value] : request.headers)
    if (const auto at = value.find(mark); net::same_name(name, "Authorization") && at != value.npos) value.replace(at, mark.size(), token);
}

bool only_reads(const HttpRequest& request) {
  const std::string path = request.url.substr(0, request.url.find('?'));
  return request.method != "PUT" && request.method != "PATCH" && request.method != "DELETE" && (request.method != "POST" || path.ends_with("/.search"));
}

// All the texts that a body gives as a password: as a member, or as the value of an operation of a PATCH.
void collect_passwords(const Value& value, bool operation, std::set<std::string>& out) {
  const auto* object = value.as_object();
  if (!object) return;
  const bool of_password = operation && lower(value.text("path")).ends_with("password");
  for (const auto& [name, member] : *object) {
    const bool password = lower(name).ends_with("password") || (of_password && lower(name) == "value");
    if (const auto* text = member.as_string(); text && password) out.insert(*text);
    collect_passwords(member, false, out);
    if (const auto* array = member.as_array())
      for (const Value& each : *array) collect_passwords(each, lower(name) == "operations", out);
  }
}

bool shows_password(const Value& value) {
  if (const auto* array = value.as_array()) return std::any_of(array->begin(), array->end(), shows_password);
  const auto* object = value.as_object();
  return object && std::any_of(object->begin(), object->end(), [](const auto& m) { return lower(m.first) == "password" || shows_password(m.second); });
}

bool stands_once(const std::string& text, const std::string& part) {
  const auto at = text.find(part);
  return at != text.npos && text.find(part, at + 1) == text.npos;
}

class Judgement {
 public:
  Judgement(std::string input, std::string secret, const HttpRequest& request, const Answered& answer)
      : input_(std::move(input)), secret_(std::move(secret)), request_(request), answer_(answer) {}

  void pass(const std::string& token) const {
    check_headers();
    check_secrets(token);
    if (answer_.status == 204 || answer_.status == 304) return law(answer_.text.empty(), "204 and 304 have no body");
    law(answer_.body.as_object() != nullptr, "a body is a JSON object");
    law(answer_.header("Content-Type") == "application/scim+json", "a body has SCIM's media type");
    if (answer_.status >= 400) return check_error(answer_.body, answer_.status);
    law(answer_.status == 200 || answer_.status == 201, "a success is one that SCIM knows");
    if (const Value* list = answer_.body.find("Resources"))
      check_list(*list);
    else if (const Value* operations = answer_.body.find("Operations"))
      check_bulk(*operations);
    else
      check_resource();
  }

  void law(bool holds, const char* what) const {
    if (!holds) fuzz::law(false, what, input_ + "\n--> " + std::to_string(answer_.status) + "\n" + answer_.text);
  }

 private:
  // What the HTTP server would refuse to send.
  void check_headers() const {
    for (const auto& [name, value] : answer_.headers) law(net::is_token(name) && net::is_field_value(value) && !net::is_framing(name), "a header can be sent");
    law((answer_.status == 401) == !answer_.header("WWW-Authenticate").empty(), "401 says how to authenticate");     // RFC 9110 section 15.5.2
    law((answer_.status == 405) == !answer_.header("Allow").empty(), "405 says what is allowed");                    // RFC 9110 section 15.5.6
  }

  void check_secrets(const std::string& token) const {
    law(answer_.text.find(fuzz::password) == std::string::npos, "no password is shown");
    law(answer_.text.find(fuzz::stranger) == std::string::npos, "nothing of another source is shown");
    law(answer_.text.find(token.substr(token.rfind('_'))) == std::string::npos, "no token is shown");
    law(!shows_password(answer_.body), "no attribute `password` is shown");
    std::set<std::string> passwords;
    if (const auto body = json::parse(request_.body)) collect_passwords(*body, false, passwords);
    if (passwords.contains(secret_) && stands_once(request_.url + request_.body, secret_)) law(answer_.text.find(secret_) == std::string::npos, "no password comes back");
  }

  // RFC 7644 section 3.12.
  void check_error(const Value& body, int status) const {
    static const std::set<int> statuses = {400, 401, 403, 404, 405, 409, 412, 413, 415, 429, 501};
    static const std::set<std::string> types = {"", "invalidFilter", "tooMany", "uniqueness", "mutability", "invalidSyntax", "invalidPath", "noTarget", "invalidValue",
                                                "invalidVers", "sensitive", "invalidCursor", "expiredCursor", "invalidCount"};
    law(statuses.contains(status), "a failure is one that SCIM knows");
    law(json::write(body.find("schemas") ? *body.find("schemas") : Value()) == R"(["urn:ietf:params:scim:api:messages:2.0:Error"])", "an error says that it is one");
    law(body.text("status") == std::to_string(status), "an error has its status as a text");
    law(types.contains(body.text("scimType")) && !body.text("detail").empty(), "an error says what is wrong");
  }

  void check_list(const Value& list) const {
    const auto* array = list.as_array();
    law(array != nullptr, "the resources of a list are an array");
    const auto count = static_cast<std::int64_t>(array->size());
    for (const auto& [name, most] : {std::pair("totalResults", false), std::pair("itemsPerPage", true)}) {
      const Value* number = answer_.body.find(name);
      law(number && number->as_int() && (most ? *number->as_int() == count : *number->as_int() >= count), "the numbers of a list are right");
    }
    for (const Value& each : *array) law(each.find("id") || each.find("schemas"), "a listed resource says what it is");
  }

  void check_bulk(const Value& operations) const {
    law(operations.as_array() != nullptr, "the operations of a bulk answer are an array");
    for (const Value& each : *operations.as_array()) {
      const int status = std::atoi(each.text("status").c_str());
      const Value* response = each.find("response");
      law(status >= 400 ? response != nullptr : status >= 200 && status < 300, "an operation has a status, and a reason when it failed");
      if (status >= 400) check_error(*response, status);
    }
  }

  void check_resource() const {
    const Value* schemas = answer_.body.find("schemas");
    law(schemas && schemas->as_array() && !schemas->as_array()->empty(), "a resource names its schemas");
    const std::string etag = answer_.header("ETag"), location = answer_.header("Location");
    const Value* meta = answer_.body.find("meta");
    if (meta && !etag.empty() && !meta->text("version").empty()) law(meta->text("version") == etag, "the version is the ETag");
    law((answer_.status == 201) == !location.empty(), "what was made has a location");
    if (!location.empty()) law(location.ends_with("/" + answer_.body.text("id")), "the location is the resource's");
  }

  const std::string input_;       // with those before it
  const std::string secret_;
  const HttpRequest& request_;
  const Answered& answer_;
};

class Course {
 public:
  void run(const std::string& input) {
    const std::string secret = "Geheimnis-" + std::to_string(++count_);
    auto request = parse(fuzz::replaced(endpoint_.filled(input), "@secret", secret));
    if (!request) return;
    set_token(*request, endpoint_.token());
    const Answered answer = endpoint_.ask(*request);
    const Judgement judgement(history_ + input, secret, *request, answer);
    judgement.pass(endpoint_.token());
    const auto now = versions();
    const bool quiet = only_reads(*request) || answer.status >= 400;
    if (!quiet) history_ += input + "\n\n";
    judgement.law(!quiet || now == before_, "what was refused, or only read, has changed nothing");
    for (const auto& [path, version] : before_) judgement.law(version != 0 || now.at(path) == 0, "what was deleted stays away");
    for (const auto& [path, version] : before_) judgement.law(now.at(path) == 0 || now.at(path) >= version, "a version never goes back");
    before_ = now;
    if (count_ % requests_a_look == 0)
      for (const char* collection : {"/Users", "/Groups"}) look(judgement, collection);
    if (count_ % requests_a_state == 0) begin();
  }

 private:
  using Versions = std::map<std::string, int>;     // by path; 0: it is not there

  void begin() {
    endpoint_.begin();
    before_ = versions();
    history_.clear();
  }

  Versions versions() {
    Versions out;
    for (const char* path : resources) {
      const Answered got = endpoint_.ask("GET", endpoint_.filled(path) + "?attributes=id");
      fuzz::law(got.status == 200 || got.status == 404, "what was there is there or gone", got.text);
      out[path] = got.status == 200 ? std::atoi(got.header("ETag").substr(3).c_str()) : 0;
    }
    return out;
  }

  // Every resource as the list has it: it can be got, and put back without a change.
  void look(const Judgement& judgement, const std::string& collection) {
    const Answered list = endpoint_.ask("GET", collection + "?count=200");
    judgement.law(list.status == 200, "a collection can be listed");
    for (const Value& each : *list.body.find("Resources")->as_array()) {
      const std::string path = collection + "/" + each.text("id");
      const Answered got = endpoint_.ask("GET", path), put = endpoint_.ask("PUT", path, got.text);
      judgement.law(got.status == 200 && got.body == each, "a list shows what a GET shows");
      fuzz::law(put.status == 200 && put.text == got.text, "what a GET shows can be put back and is the same", history_ + got.text + "\n" + put.text);
    }
  }

  fuzz::Endpoint endpoint_;
  Versions before_ = versions();
  std::string history_;       // the requests that changed something since the state was begun
  int count_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Course course;
  course.run(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
