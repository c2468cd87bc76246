// The groups of a SCIM service, which are its roles, and who is in them. Changes of one group go one after the other, and those that come
// while one is under way go together in the next: a group of many is written a few times and not once a member, and where a group can only
// be replaced as a whole, no change of ours takes another of ours back. Owned by the provider; thread rule: the provider's executor.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "providers/scim/session.hpp"
#include "providers/scim/wire.hpp"

namespace rollcall::providers::scim {

class Groups {
 public:
  using Holders = std::map<std::string, std::set<std::string>>;  // by user: ids of groups

  Groups(Session& session, Service& service) : session_(session), service_(service) {}

  Answer<std::vector<Role>> catalogue();   // no members are read
  Answer<Holders> holders();               // all members of all groups
  Answer<std::set<std::string>> of(std::string user);
  Answer<void> change(std::string group, std::string user, bool in);

 private:
  struct Batch;
  struct Line;
  class Turn;
  class Place;
  Answer<std::vector<Group>> list(std::string query);
  Answer<void> carry_out(std::string group, std::shared_ptr<Line> line);
  Answer<void> write(std::string group, Membership changes);
  Answer<void> patch(std::string group, Membership changes);
  Answer<void> replace(std::string group, Membership changes);
  Answer<Document> read(std::string group);

  Session& session_;
  Service& service_;
  std::map<std::string, std::shared_ptr<Line>> lines_;  // by group, while it is being changed
};

}  // namespace rollcall::providers::scim
