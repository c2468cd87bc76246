#include "language/problem.hpp"

#include <gtest/gtest.h>

namespace rollcall::language {
namespace {

TEST(Problem, IsWrittenAsTheContractSays) {
  EXPECT_EQ(to_string({"m.toml", 3, 14, "person.userName", "wrong"}), "m.toml:3:14: person.userName: wrong");
  EXPECT_EQ(to_string({"m.toml", 3, 14, "", "wrong"}), "m.toml:3:14: wrong");
  EXPECT_EQ(to_string({"m.toml", 0, 0, "", "wrong"}), "m.toml: wrong");
}

TEST(Problem, ProblemsStandInFileOrderAndOnce) {
  std::vector<Problem> problems = {
      {"f", 9, 1, "k", "t"}, {"f", 2, 5, "k", "t"}, {"f", 9, 1, "k", "t"}, {"f", 2, 1, "k", "t"}};
  sort_problems(problems);
  ASSERT_EQ(problems.size(), 3u);
  EXPECT_EQ(problems[0].column, 1);
  EXPECT_EQ(problems[2].line, 9);
}

TEST(Nearest, FindsTyposAndNothingElse) {
  const std::vector<std::string> known = {"firstname", "lastname", "email", "id"};
  EXPECT_EQ(nearest("fristname", known), "firstname");
  EXPECT_EQ(nearest("FirstName", known), "firstname");
  EXPECT_EQ(nearest("emial", known), "email");
  EXPECT_EQ(nearest("lastnames", known), "lastname");
  EXPECT_EQ(nearest("colour", known), "");
  EXPECT_EQ(nearest("xy", known), "");
  EXPECT_EQ(nearest("", known), "");
  EXPECT_EQ(did_you_mean("emial", known), " (did you mean `email`?)");
  EXPECT_EQ(did_you_mean("colour", known), "");
}

TEST(ColumnInString, CountsCodePointsOfTheFileAndUndoesEscapes) {
  const std::string source = "a = 1\nkey = \"é\\\"\\u00e9x{\"\nb = 'a\"{'\nc = \"\"\"x\"\"\"\n\"é\" = \"y{\"";
  EXPECT_EQ(column_in_string(source, 2, 7, 0), 8);
  EXPECT_EQ(column_in_string(source, 2, 7, 2), 9);   // behind é
  EXPECT_EQ(column_in_string(source, 2, 7, 3), 11);  // behind \"
  EXPECT_EQ(column_in_string(source, 2, 7, 5), 17);  // behind \u00e9
  EXPECT_EQ(column_in_string(source, 2, 7, 6), 18);  // the brace
  EXPECT_EQ(column_in_string(source, 3, 5, 2), 8);
  EXPECT_EQ(column_in_string(source, 4, 5, 1), 5);  // several lines: where it begins
  EXPECT_EQ(column_in_string(source, 5, 7, 1), 9);
}

TEST(ColumnInString, AnswersTheColumnWhereThereIsNoSuchPlace) {
  EXPECT_EQ(column_in_string("", 1, 1, 5), 1);
  EXPECT_EQ(column_in_string("x", 99, 7, 5), 7);
  EXPECT_EQ(column_in_string("k = \"ab", 1, 5, 99), 8);
  EXPECT_EQ(column_in_string("k = \"a\\", 1, 5, 99), 8);
}

}  // namespace
}  // namespace rollcall::language
