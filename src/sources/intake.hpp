// Where entries become records: each is compared with what is known while it is read, and only what differs is built
// and handed on. Keeps the report: what was seen, what is lacking, who is unusable, why the read is incomplete. One per
// read; one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rollcall/settings.hpp"
#include "rollcall/source.hpp"
#include "sources/entry.hpp"

namespace rollcall::sources {

class Intake {
 public:
  // All arguments outlive the intake.
  Intake(const SourceSettings& settings, const RecordShape& shape, const Known& known, const RecordSink& sink);

  Wanted& wanted(RecordKind kind) { return of(kind).wanted; }

  // `place` is what a warning names beside the DN: FILE:LINE, or empty.
  void take(RecordKind kind, const Entry& entry, std::string_view place = {});
  // An entry that was there but cannot be used: whoever it is, is unknown and not absent.
  void spoil(RecordKind kind, const Entry& entry, std::string why, std::string_view place = {});
  // A DN was seen, whatever became of its entry.
  void note_dn(std::string_view dn);

  void warn(std::string record, std::string detail);
  void incomplete(std::string why);
  void set_content_id(std::string id) { report_.content_id = std::move(id); }

  // The verdict: sentinels and minimum on top of what was noted as incomplete.
  ReadReport finish();
  ReadReport finish_unreached();  // no server, no file: only the reason why counts

 private:
  struct FingerprintHash {
    std::size_t operator()(const Fingerprint& f) const { return static_cast<std::size_t>(f.low); }
  };
  struct Side {
    Side(const RecordShape& shape, RecordKind which, const std::vector<KnownRow>& rows);
    RecordKind kind;
    Wanted wanted;
    const KeyOf& key_of;
    const std::vector<KnownRow>& known;
    std::vector<bool> seen;
    std::vector<std::uint64_t> dn_of_known;  // by index: a part of the DN's hash, once seen
    std::unordered_map<Fingerprint, std::uint64_t, FingerprintHash> dn_of_new;  // by key
    std::vector<bool> in_key;                                                   // by slot: the key looks at it
    Attributes key_values;                                                      // used again for each entry
    std::vector<std::size_t> counts;
  };
  struct Summary {
    Fingerprint content, members, dn;
    std::uint64_t has = 0;
    std::size_t octets = 0;
    std::size_t member_slot = Wanted::none;
  };

  Side& of(RecordKind kind) { return kind == RecordKind::person ? people_ : groups_; }
  std::optional<std::string> key(Side& side, const Entry& entry);
  Summary summary(const Side& side, const Entry& entry) const;
  static std::size_t find(const Side& side, const Fingerprint& key);
  bool first_time(Side& side, const Fingerprint& key, std::size_t index, const Summary& now, const Entry& entry,
                  std::string_view place);
  void count_lacking(const KnownRow& before, std::uint64_t has);
  Record record(const Side& side, const Entry& entry, std::string key, const Summary& summary) const;
  void check_sentinels();
  ReadReport seal();

  const SourceSettings& settings_;
  const RecordShape& shape_;
  const RecordSink& sink_;
  Side people_, groups_;
  std::vector<std::pair<std::string, std::string>> missing_sentinels_;  // normal form, as written
  std::int64_t more_warnings_ = 0;
  ReadReport report_;
};

}  // namespace rollcall::sources
