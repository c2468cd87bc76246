// Runs a fuzz entry point (LLVMFuzzerTestOneInput) where libFuzzer is not there: every file of a corpus, then so many mutations of
// them. The mutations come from a fixed seed, so a failure comes back:  fuzz_scim_patch CORPUS [MUTATIONS [SEED]]
#include <algorithm>
#include <cctype>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::string current;  // what runs, shown when it fails

void show() {
  std::fprintf(stderr, "failed with %zu bytes:\n%s\n", current.size(), current.c_str());
}

void run(std::string input) {
  current = std::move(input);
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(current.data()), current.size());
}

std::vector<std::string> corpus(const char* folder) {
  std::vector<std::string> names, out;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.push_back(entry.path().string());
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    std::ifstream file(name, std::ios::binary);
    out.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return out;
}

class Mutator {
 public:
  Mutator(const std::vector<std::string>& seeds, std::uint64_t seed) : seeds_(seeds), random_(seed) {}

  std::string next() {
    std::string out = seed();
    const bool in_shape = below(3) != 0;
    for (std::size_t steps = 1 + below(4); steps > 0; --steps) {
      if (!in_shape)
        step(out);
      else if (below(3) == 0)
        insert_object(out);
      else
        swap_token(out);
    }
    return out;
  }

 private:
  std::size_t below(std::size_t end) { return end == 0 ? 0 : random_() % end; }

  const std::string& seed() { return seeds_[below(seeds_.size())]; }

  // Texts in quotes, and words: what can stand in each other's place without breaking the grammar.
  static std::vector<std::string_view> tokens(std::string_view text) {
    std::vector<std::string_view> out;
    for (std::size_t i = 0; i < text.size();) {
      std::size_t end = i + 1;
      if (text[i] == '"') {
        while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
        end = std::min(end + 1, text.size());
      } else if (std::isalnum(static_cast<unsigned char>(text[i]))) {
        while (end < text.size() && std::isalnum(static_cast<unsigned char>(text[end]))) ++end;
      } else {
        i = end;
        continue;
      }
      out.push_back(text.substr(i, end - i));
      i = end;
    }
    return out;
  }

  void swap_token(std::string& text) {
    const std::string& other = seed();
    const auto mine = tokens(text), theirs = tokens(other);
    if (mine.empty() || theirs.empty()) return;
    const std::string_view old = mine[below(mine.size())], fresh = theirs[below(theirs.size())];
    if ((old.front() == '"') == (fresh.front() == '"')) text.replace(static_cast<std::size_t>(old.data() - text.data()), old.size(), fresh);
  }

  // An object of another seed becomes one more element of an array.
  void insert_object(std::string& text) {
    const std::string& other = seed();
    const std::size_t from = other.find('{', below(other.size() + 1)), at = text.find("[{", below(text.size() + 1));
    if (from == other.npos || at == text.npos) return;
    int depth = 0;
    std::size_t end = from;
    do depth += other[end] == '{' ? 1 : other[end] == '}' ? -1 : 0;
    while (++end < other.size() && depth > 0);
    text.insert(at + 1, other.substr(from, end - from) + ",");
  }

  void step(std::string& text) {
    const std::size_t at = below(text.size() + 1), length = std::min(below(16) + 1, text.size() - at);
    static const std::string marks = "\"\\[]{}():.,$ \t\n0-9aZ\x00\xff\xc3\xa9";
    switch (below(6)) {
      case 0:
        text.erase(at, length);
        break;
      case 1:
        text.insert(at, 1, marks[below(marks.size())]);
        break;
      case 2:
        if (at < text.size()) text[at] = static_cast<char>(random_());
        break;
      case 3:
        text.insert(below(text.size() + 1), text.substr(at, length));
        break;
      case 4: {  // a part of another seed
        const std::string& other = seeds_[below(seeds_.size())];
        text.insert(at, other.substr(below(other.size() + 1), below(40)));
        break;
      }
      default:
        if (at < text.size()) text[at] = marks[below(marks.size())];
    }
  }

  const std::vector<std::string>& seeds_;
  std::mt19937_64 random_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return std::fprintf(stderr, "usage: %s CORPUS [MUTATIONS [SEED]]\n", argv[0]), 64;
  std::signal(SIGSEGV, [](int) {  // the program is lost; what it was doing is worth showing
    show();
    std::_Exit(1);
  });
  std::set_terminate([] {
    show();
    std::abort();
  });
  const std::vector<std::string> seeds = corpus(argv[1]);
  if (seeds.empty()) return std::fprintf(stderr, "%s: no file in %s\n", argv[0], argv[1]), 1;
  for (const std::string& seed : seeds) run(seed);
  const unsigned long mutations = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 0;
  Mutator mutator(seeds, argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1);
  for (unsigned long i = 0; i < mutations; ++i) run(mutator.next());
  std::printf("%zu files, %lu mutations\n", seeds.size(), mutations);
}
