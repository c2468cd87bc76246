#include "sources/ldap/search.hpp"

#include <array>
#include <deque>
#include <map>

#include "sources/ldap/messages.hpp"
#include "sources/ldap/verdict.hpp"

namespace rollcall::sources {
namespace {

int scope_code(const std::string& scope) {
  if (scope == "base") return LDAP_SCOPE_BASE;
  return scope == "one" ? LDAP_SCOPE_ONELEVEL : LDAP_SCOPE_SUBTREE;
}

std::vector<std::string> names_of(const Wanted& wanted) {
  std::vector<std::string> out;
  for (std::size_t slot = 0; slot < wanted.size(); ++slot) out.push_back(wanted.name(slot));
  return out;
}

void add_values(Entry& entry, std::size_t slot, BerVarray values) {
  for (; values && values->bv_val; ++values)
    entry.values.push_back({slot, std::string_view(values->bv_val, values->bv_len)});
}

bool decode(LDAP* handle, LDAPMessage* message, Wanted& wanted, Entry& entry, bool& ranged) {
  entry.clear();
  ranged = false;
  return decode_entry(
      handle, message, [&](std::string_view dn) { entry.dn = dn; },
      [&](std::string_view description, BerVarray values) {
        const Wanted::Place place = wanted.place(description);
        if (place.slot == Wanted::none) return;
        ranged = ranged || place.ranged;
        add_values(entry, place.slot, values);
      });
}

// Whether the first page was refused as such, and asking for less at once may do. slapd: size.pr; 12: no paging at all.
bool paging_refused(const SearchResult& result) {
  return result.code == LDAP_ADMINLIMIT_EXCEEDED || result.code == LDAP_UNAVAILABLE_CRITICAL_EXTENSION;
}

int smaller_page(const SearchResult& result, int size) {
  const bool too_large = result.code == LDAP_ADMINLIMIT_EXCEEDED &&
                         result.diagnostic.find("page size") != std::string::npos &&
                         result.diagnostic.find("not allowed") == std::string::npos;
  return too_large ? size / 2 : 0;  // 0: unpaged
}

class Pages {
 public:
  Pages(Connection& connection, const SearchRequest& request, Wanted& wanted, const OnEntry& on_entry)
      : connection_(connection),
        request_(request),
        wanted_(wanted),
        on_entry_(on_entry),
        attributes_(names_of(wanted)) {}

  SearchEnd run() {
    PageRequest page{request_.page_size > 0 ? request_.page_size : 0, {}};
    while (true) {
      const SearchResult result = one(page);
      end_.references += result.references;
      if (result.code == LDAP_SUCCESS) {
        if (result.cookie.empty()) return end_;
        // A few pages without an entry are legal; a server that only repeats its cookie never ends.
        empty_pages_ = end_.entries == before_ ? empty_pages_ + 1 : 0;
        if (empty_pages_ > 10000) return failed(result.code, "page after page came without an entry");
        page.cookie = result.cookie;
      } else if (page.size > 0 && page.cookie.empty() && end_.entries == 0 && paging_refused(result)) {
        page.size = smaller_page(result, page.size);
      } else {
        return failed(result.code, result.diagnostic);
      }
    }
  }

 private:
  SearchResult one(const PageRequest& page) {
    before_ = end_.entries;
    return run_search(connection_, request_.base, scope_code(request_.scope), request_.filter, attributes_, page,
                      [this](LDAPMessage* message) {
                        bool ranged = false;
                        if (!decode(connection_.handle(), message, wanted_, entry_, ranged)) return false;
                        ++end_.entries;
                        on_entry_(entry_, ranged);
                        return true;
                      });
  }

  SearchEnd failed(int code, const std::string& diagnostic) {
    end_.lost = code < 0;  // libldap's own codes: the connection, not the answer
    end_.problem = search_verdict(code, diagnostic, connection_.server(), request_.base, connection_.who()) +
                   ", after " + std::to_string(end_.entries) + " entries";
    return end_;
  }

  Connection& connection_;
  const SearchRequest& request_;
  Wanted& wanted_;
  const OnEntry& on_entry_;
  AttributeList attributes_;
  Entry entry_;
  SearchEnd end_;
  std::int64_t before_ = 0;
  int empty_pages_ = 0;
};

// One entry with values that came in several answers.
class WholeEntry {
 public:
  WholeEntry(Connection& connection, const std::string& dn, Wanted& wanted)
      : connection_(connection), dn_(dn), wanted_(wanted) {}

  enum class Outcome { whole, changed };

  Result<Outcome> read() {
    entry_.clear();
    text_.clear();
    next_.clear();
    std::vector<std::string> names = names_of(wanted_);
    for (const char* stamp : stamps) names.emplace_back(stamp);
    Stamp first_stamp;
    ROLLCALL_CHECK(ask(std::move(names), {}, first_stamp));
    while (!next_.empty()) {
      const auto [slot, from] = *next_.begin();
      next_.erase(next_.begin());
      std::vector<std::string> more{wanted_.name(slot) + ";range=" + std::to_string(from) + "-*"};
      for (const char* stamp : stamps) more.emplace_back(stamp);
      Stamp stamp;
      ROLLCALL_CHECK(ask(std::move(more), Expected{slot, from}, stamp));
      if (stamp != first_stamp) return Outcome::changed;
    }
    entry_.dn = dn_;
    return Outcome::whole;
  }

  const Entry& entry() const { return entry_; }

 private:
  static constexpr const char* stamps[] = {"uSNChanged", "modifyTimestamp"};
  using Stamp = std::array<std::string, 2>;
  struct Expected {
    std::size_t slot = Wanted::none;
    std::uint64_t from = 0;
  };

  Result<void> ask(std::vector<std::string> names, const Expected& expected, Stamp& stamp) {
    AttributeList attributes(std::move(names));
    int entries = 0;
    bool answered = expected.slot == Wanted::none;
    const SearchResult result =
        run_search(connection_, dn_, LDAP_SCOPE_BASE, "(objectClass=*)", attributes, {}, [&](LDAPMessage* m) {
          ++entries;
          return decode_entry(
              connection_.handle(), m, [](std::string_view) {},
              [&](std::string_view name, BerVarray values) {
                answered = keep(name, values, expected, stamp) || answered;
              });
        });
    if (result.code != LDAP_SUCCESS)
      return fail(ErrorKind::unavailable,
                  search_verdict(result.code, result.diagnostic, connection_.server(), dn_, connection_.who()));
    if (entries != 1 || !answered || broken_)
      return fail(ErrorKind::unavailable, connection_.server() + ": " + dn_ + ": a part of its values did not come");
    return {};
  }

  // True: it was the range that was asked for.
  bool keep(std::string_view name, BerVarray values, const Expected& expected, Stamp& stamp) {
    const auto description = parse_description(name);
    if (!description) return false;
    for (std::size_t i = 0; i < stamp.size(); ++i)
      if (equal_fold(description->type, stamps[i]) && values && values->bv_val)
        stamp[i].assign(values->bv_val, values->bv_len);
    const std::size_t slot = description->plain ? wanted_.slot_of_type(description->type) : Wanted::none;
    if (slot == Wanted::none || (expected.slot != Wanted::none && slot != expected.slot)) return false;
    // Bounds are those of the answer. A plain attribute beside its range has no values.
    if (expected.slot != Wanted::none && (!description->ranged || description->from != expected.from)) return false;
    if (expected.slot == Wanted::none && description->ranged && description->from != 0) broken_ = true;
    for (; values && values->bv_val; ++values) {
      text_.emplace_back(values->bv_val, values->bv_len);
      entry_.values.push_back({slot, text_.back()});
    }
    if (description->ranged && description->to) next_[slot] = *description->to + 1;
    return true;
  }

  Connection& connection_;
  const std::string& dn_;
  Wanted& wanted_;
  std::deque<std::string> text_;  // a deque: views into it stay
  Entry entry_;
  std::map<std::size_t, std::uint64_t> next_;  // slot, first value that is still to come
  bool broken_ = false;
};

}  // namespace

SearchEnd search(Connection& connection, const SearchRequest& request, Wanted& wanted, const OnEntry& on_entry) {
  return Pages(connection, request, wanted, on_entry).run();
}

Result<void> read_whole(Connection& connection, const std::string& dn, Wanted& wanted,
                        const std::function<void(const Entry&)>& use) {
  for (int attempt = 0; attempt < 3; ++attempt) {
    WholeEntry whole(connection, dn, wanted);
    ROLLCALL_TRY(const auto outcome, whole.read());
    if (outcome == WholeEntry::Outcome::changed) continue;
    use(whole.entry());
    return {};
  }
  return fail(ErrorKind::conflict,
              connection.server() + ": " + dn + ": changed again and again while its values were read");
}

}  // namespace rollcall::sources
