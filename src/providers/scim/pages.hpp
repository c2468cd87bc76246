// A walk through a list, page by page: by index (RFC 7644 section 3.4.2.4) or by cursor (RFC 9865). Keeps count of who was seen, for a
// list that shows fewer or more than it counts is not whole, whatever its status says. Pure; no thread rule.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "providers/scim/wire.hpp"

namespace rollcall::providers::scim {

class Walk {
 public:
  // `query` is what is asked beside the page, as `excludedAttributes=members`; `what` is for people: "users".
  Walk(const Service& service, std::string endpoint, std::string query, std::string what);

  std::string target() const;  // of the page that comes next
  // The resources of that page which no page before had.
  std::vector<json::Value> take(Listed page);
  bool ended() const { return ended_; }
  const std::optional<std::string>& problem() const { return problem_; }  // why the list is not whole; at the end
  // The page that comes is only a look behind the end: to fail is to be empty.
  bool looks_behind() const { return behind_; }

 private:
  void turn(const Listed& page, std::size_t fresh);
  void by_index(const Listed& page, std::size_t fresh);
  void end();

  std::string endpoint_, query_, what_;
  int count_;
  bool by_cursor_;
  std::string cursor_;
  std::int64_t position_ = 0;  // resources so far, those that came twice too
  std::optional<std::int64_t> total_;
  std::set<std::string> seen_;
  bool behind_ = false, ended_ = false;
  std::optional<std::string> problem_;
};

}  // namespace rollcall::providers::scim
