#include "scim/bulk.hpp"
#include "scim/bulk_references.hpp"

namespace rollcall::scim {
namespace {

// Takes the first operation that waits for nothing; when all wait, there is a circle, and the first of those that others wait for is
// created without what it waits for.
class Planner {
 public:
  explicit Planner(const BulkRequest& request) : request_(request), waits_for_(request.operations.size()), wanted_by_(request.operations.size()) {
    std::map<std::string, std::size_t> creator;
    for (std::size_t i = 0; i < size(); ++i)
      if (const BulkOperation& op = request.operations[i]; op.method == "POST" && !op.failure) creator.try_emplace(op.bulk_id, i);
    for (std::size_t i = 0; i < size(); ++i) connect(i, creator);
    for (std::size_t i = 0; i < size(); ++i) (waits_for_[i].empty() ? ready_ : waiting_).insert(i);
  }

  std::vector<BulkStep> plan() {
    while (!ready_.empty() || !waiting_.empty()) {
      if (ready_.empty()) break_circle();
      take(*ready_.begin());
    }
    return std::move(steps_);
  }

 private:
  std::size_t size() const { return request_.operations.size(); }

  void connect(std::size_t i, const std::map<std::string, std::size_t>& creator) {
    const BulkOperation& op = request_.operations[i];
    if (op.failure) return;
    std::set<std::string> wanted = references(op.path);
    collect_references(op.data, wanted);
    for (const std::string& bulk_id : wanted)
      if (const auto it = creator.find(bulk_id); it != creator.end()) {
        waits_for_[i].insert(it->second);
        wanted_by_[it->second].insert(i);
      }
  }

  void take(std::size_t i) {
    ready_.erase(i);
    BulkStep step{i, {}, false};
    if (const auto it = left_out_.find(i); it != left_out_.end()) step.without = it->second;
    steps_.push_back(std::move(step));
    for (std::size_t other : wanted_by_[i]) {
      if (waits_for_[other].erase(i) == 0 || !waits_for_[other].empty()) continue;
      if (waiting_.erase(other) > 0)
        ready_.insert(other);
      else if (const auto it = left_out_.find(other); it != left_out_.end())
        steps_.push_back({other, it->second, true});
    }
  }

  void break_circle() {
    std::size_t chosen = *waiting_.begin();
    for (std::size_t i : waiting_)
      if (!wanted_by_[i].empty()) {
        chosen = i;
        break;
      }
    for (std::size_t other : waits_for_[chosen]) left_out_[chosen].insert(request_.operations[other].bulk_id);
    waiting_.erase(chosen);
    ready_.insert(chosen);
  }

  const BulkRequest& request_;
  std::vector<std::set<std::size_t>> waits_for_, wanted_by_;
  std::set<std::size_t> ready_, waiting_;
  std::map<std::size_t, std::set<std::string>> left_out_;
  std::vector<BulkStep> steps_;
};

}  // namespace

std::vector<BulkStep> plan_bulk(const BulkRequest& request) { return Planner(request).plan(); }

}  // namespace rollcall::scim
