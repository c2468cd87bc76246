// Where templates and conditions get their attributes from. A lookup owns nothing: what it looks into must outlive it.
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "rollcall/account.hpp"
#include "rollcall/identity.hpp"
#include "rollcall/record.hpp"

namespace rollcall::language {

class Lookup {
 public:
  virtual ~Lookup() = default;
  // All values of an attribute, in any order; empty is absent. A SCIM path (`emails[type eq "work"].value`) arrives as
  // written.
  virtual Values values(std::string_view name) const = 0;
  // The same without a copy, where the lookup holds them as they are; a null pointer says: ask values().
  virtual const Values* stored(std::string_view) const { return nullptr; }
};

// A record of a directory: attribute names without case (RFC 4512 section 1.4).
class AttributesLookup : public Lookup {
 public:
  explicit AttributesLookup(const Attributes& attributes) : attributes_(attributes) {}
  Values values(std::string_view name) const override;
  const Values* stored(std::string_view name) const override;

 private:
  const Attributes& attributes_;
};

// Every identity attribute, names without case. `active` is "true" or "false", `groups` names and DNs, `sources` source
// names.
class IdentityLookup : public Lookup {
 public:
  explicit IdentityLookup(const Identity& identity) : identity_(identity) {}
  Values values(std::string_view name) const override;

 private:
  const Identity& identity_;
};

// An account's fields, names without case: what the conditions of `protect` see.
class FieldsLookup : public Lookup {
 public:
  explicit FieldsLookup(const Fields& fields) : fields_(fields) {}
  Values values(std::string_view name) const override;

 private:
  const Fields& fields_;
};

// The template of a role rule: `{group}` is the group's name.
class GroupLookup : public Lookup {
 public:
  explicit GroupLookup(const GroupRef& group) : name_(group.name) {}
  explicit GroupLookup(std::string name) : name_(std::move(name)) {}
  Values values(std::string_view name) const override;

 private:
  std::string name_;
};

}  // namespace rollcall::language
