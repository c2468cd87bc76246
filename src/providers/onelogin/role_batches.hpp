// Many users to one role in one call: who comes shortly after the first, or while a call for the same role is under way, goes together
// with all others. Owned by the provider; thread rule: the provider's executor.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "rollcall/result.hpp"

namespace rollcall::providers::onelogin {

class RoleBatches {
 public:
  using Answer = boost::asio::awaitable<Result<void>>;
  using Send = std::function<Answer(std::set<std::string> users)>;

  // `what` names the change: users of the same are sent together. A refusal of several says not whom it is for: each goes alone then.
  Answer join(std::string what, std::string user, Send send);

 private:
  struct Batch;
  struct Queue {
    bool under_way = false;
    std::shared_ptr<Batch> next;   // who waits for the call that is under way
  };
  std::map<std::string, Queue> queues_;
};

}  // namespace rollcall::providers::onelogin
