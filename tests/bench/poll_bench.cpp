// A full poll with nothing changed, against a server that runs:
//   tests/support/make-directory --people 100000 --groups 1000 -o d.ldif
//   tests/support/with-slapd --ldif d.ldif --cache ~/.cache/with-slapd -- bench_poll [rounds]
// Prints the wall time and the processor time of each round beside those of ldapsearch to /dev/null, and the ratio.
#include <sys/resource.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>

#include "support/slapd.hpp"
#include "support/source_reading.hpp"

namespace rollcall::test {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

double cpu_seconds(int who) {
  rusage usage{};
  ::getrusage(who, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

double ldapsearch_seconds(const RecordShape& shape, int page_size) {
  const auto begin = std::chrono::steady_clock::now();
  for (const bool people : {true, false}) {
    std::vector<std::string> words = {"sh",
                                      "-c",
                                      "exec \"$@\" > /dev/null",
                                      "sh",
                                      "ldapsearch",
                                      "-x",
                                      "-LLL",
                                      "-E",
                                      "pr=" + std::to_string(page_size) + "/noprompt",
                                      "-H",
                                      variable("LDAP_URI"),
                                      "-D",
                                      variable("READER_DN"),
                                      "-w",
                                      variable("READER_PW"),
                                      "-b",
                                      (people ? "ou=People," : "ou=Groups,") + variable("BASE_DN"),
                                      people ? shape.people_filter : shape.group_filter};
    const auto& attributes = people ? shape.attributes : shape.group_attributes;
    words.insert(words.end(), attributes.begin(), attributes.end());
    if (!people) words.insert(words.end(), shape.member_attributes.begin(), shape.member_attributes.end());
    if (run(words) != 0) std::fprintf(stderr, "ldapsearch failed\n");
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

int bench(int rounds) {
  const RecordShape shape = shape_by("entryUUID");
  SourceSettings settings;
  settings.name = "bench";
  settings.uris = {variable("LDAP_URI")};
  settings.bind_dn = variable("READER_DN");
  settings.people.base = "ou=People," + variable("BASE_DN");
  settings.groups.base = "ou=Groups," + variable("BASE_DN");
  auto source = sources::make_ldap_source(settings, shape, Secret(variable("READER_PW")));
  if (!source) return std::fprintf(stderr, "%s\n", source.error().message.c_str()), 1;
  const Reading first = read(**source);
  if (!first.report.complete) return std::fprintf(stderr, "%s\n", first.report.detail.c_str()), 1;
  const Known known = known_of(first.records);
  std::printf("%lld people, %lld groups; first read %.3f s\n", static_cast<long long>(first.report.people),
              static_cast<long long>(first.report.groups), static_cast<double>(first.took.count()) / 1000);
  for (int round = 0; round < rounds; ++round) {
    const double children = cpu_seconds(RUSAGE_CHILDREN), own = cpu_seconds(RUSAGE_SELF);
    const double theirs = ldapsearch_seconds(shape, settings.page_size);
    const Reading again = read(**source, known);
    const double ours = static_cast<double>(again.took.count()) / 1000;
    std::printf("ldapsearch %.3f s (cpu %.3f)  poll %.3f s (cpu %.3f)  ratio %.2f  records handed on %zu%s\n", theirs,
                cpu_seconds(RUSAGE_CHILDREN) - children, ours, cpu_seconds(RUSAGE_SELF) - own, ours / theirs,
                again.records.size(), again.report.complete ? "" : "  INCOMPLETE");
  }
  return 0;
}

}  // namespace
}  // namespace rollcall::test

int main(int argc, char** argv) { return rollcall::test::bench(argc > 1 ? std::atoi(argv[1]) : 5); }
