#include "endpoint/scim/reading.hpp"

#include <boost/asio/post.hpp>

namespace rollcall::endpoint {
namespace {

constexpr std::size_t overhead = 200;     // of one answer beside its texts, about

}  // namespace

// Its end is queued first: a commit that somebody waits for is either seen by this instant or comes back behind its end.
void Reading::open() {
  boost::asio::post(executor_, [self = shared_from_this()] {
    self->state_->end_reading();
    self->open_ = false;
  });
  open_ = true;
  (void)state_->begin_reading();          // without it every read is of its own instant; what is wrong shows there
  const std::int64_t version = state_->data_version();
  if (version == version_ && version != -1) return;      // -1: nobody knows
  version_ = version;
  forget();
}

store::State& Reading::now() {
  if (!open_) open();
  return *state_;
}

std::int64_t Reading::version() {
  now();
  return version_;
}

void Reading::forget() {
  tokens_.clear();
  answers_.clear();
  size_ = 0;
}

const Reading::Kept* Reading::find(const std::string& question) {
  now();
  const auto it = answers_.find(question);
  return it == answers_.end() ? nullptr : &it->second;
}

void Reading::keep(const std::string& question, Kept answer) {
  const std::size_t size = question.size() + answer.resource.size() + answer.etag.size() + answer.body.size() + overhead;
  if (size > largest) return;
  if (size_ + size > most) {
    answers_.clear();
    size_ = 0;
  }
  if (answers_.try_emplace(question, std::move(answer)).second) size_ += size;
}

Result<std::optional<store::TokenRow>> Reading::token(const std::string& id) {
  store::State& state = now();
  if (const auto it = tokens_.find(id); it != tokens_.end()) return std::optional(it->second);
  ROLLCALL_TRY(auto row, state.token(id));
  if (row) tokens_.emplace(id, *row);
  return row;
}

}  // namespace rollcall::endpoint
