// What all vendors' failures have in common.
#include "providers/errors.hpp"

#include <array>

#include <gtest/gtest.h>

namespace rollcall::providers {
namespace {

const Call writing{"update", true, {"s3cret"}}, reading{"find", false, {"s3cret"}};

TEST(ProviderErrors, BeginWithTheVendorsOwnWordsElseWithThoseOfAll) {
  constexpr std::array own = {Headline{ErrorKind::forbidden, "V forbids this", "ask V"}, Headline{ErrorKind::corrupt, "V is odd"}};
  EXPECT_EQ(headline("V", own, ErrorKind::forbidden, 403), "V forbids this (403): ask V");
  EXPECT_EQ(headline("V", own, ErrorKind::corrupt, 203), "V is odd (203)");
  EXPECT_EQ(headline("V", {}, ErrorKind::corrupt, 203), "V gave an answer that was not expected (203)");
  EXPECT_EQ(headline("V", own, ErrorKind::not_found, 404), "V does not know it (404)");
  EXPECT_EQ(headline("V", own, ErrorKind::invalid, 404), "no page of V (404): check the provider's url");
  EXPECT_EQ(headline("V", own, ErrorKind::invalid, 302), "V answered with a redirect (302): check the provider's url");
  EXPECT_EQ(headline("V", own, ErrorKind::invalid, 400), "V refuses the request (400)");
}

TEST(ProviderErrors, ABareStatusProvesNobodyGone) {
  EXPECT_EQ(kind_of_status(404), ErrorKind::invalid);
  EXPECT_EQ(kind_of_status(204), ErrorKind::corrupt);
  EXPECT_EQ(kind_of_status(599), ErrorKind::unavailable);
}

TEST(ProviderErrors, AnswersThatLeaveAWriteOpenAreInDoubtAndPausesAreKept) {
  const auto judged = [](ErrorKind kind, const Call& call) { return failed(kind, "x s3cret", {500, {{"Retry-After", "7"}}, ""}, call, "v", Instant{}); };
  for (const auto kind : {ErrorKind::unavailable, ErrorKind::timeout, ErrorKind::corrupt}) {
    EXPECT_TRUE(judged(kind, writing).in_doubt);
    EXPECT_FALSE(judged(kind, reading).in_doubt);
  }
  EXPECT_FALSE(judged(ErrorKind::rate_limited, writing).in_doubt);
  EXPECT_EQ(judged(ErrorKind::rate_limited, writing).retry_after, std::chrono::seconds(7));
  EXPECT_EQ(judged(ErrorKind::invalid, writing).retry_after, std::nullopt);
  EXPECT_EQ(judged(ErrorKind::invalid, writing).message, "x ***");
  EXPECT_EQ(judged(ErrorKind::invalid, writing).where, "v: update");
}

TEST(ProviderErrors, NoAnswerIsInDoubtWhereTheClientSaysSoAndSomethingWasWritten) {
  const auto lost = [](bool in_doubt, const Call& call) {
    return unanswered(Error{ErrorKind::timeout, "no answer to s3cret", "", std::nullopt, in_doubt}, call, "v");
  };
  EXPECT_TRUE(lost(true, writing).in_doubt);
  EXPECT_FALSE(lost(false, writing).in_doubt);
  EXPECT_FALSE(lost(true, reading).in_doubt);
  EXPECT_EQ(lost(true, reading).message, "no answer to ***");
  EXPECT_EQ(lost(true, reading).where, "v: find");
}

}  // namespace
}  // namespace rollcall::providers
