#include "app/commands/check.hpp"

#include <algorithm>
#include <ostream>

#include "app/console.hpp"
#include "app/secrets.hpp"

namespace rollcall::app {
namespace {

std::vector<SecretRef> secrets_of(const Settings& settings) {
  std::vector<SecretRef> all;
  for (const auto& source : settings.sources) all.push_back(source.bind_password);
  for (const auto& provider : settings.providers)
    for (const auto& [key, ref] : provider.secrets) all.push_back(ref);
  all.push_back(settings.smtp.password);
  std::erase_if(all, [](const SecretRef& ref) { return !ref.present(); });
  return all;
}

// How many could be read; nothing when one could not, after having named all that could not.
std::optional<std::size_t> read_all(const Settings& settings, bool quiet, std::ostream& err) {
  auto refs = secrets_of(settings);
  std::vector<Error> errors;
  for (const auto& ref : refs)
    if (const auto secret = read_secret(ref); !secret) errors.push_back(secret.error());
  if (settings.state.key.present()) {
    if (const auto key = read_state_key(settings.state.key); !key) errors.push_back(key.error());
    refs.push_back(settings.state.key);
  }
  for (const auto& error : errors) print_problems(err, {{error.where, 0, 0, "", error.message}});
  for (const auto& ref : refs)
    if (const auto why = exposure(ref); !why.empty() && !quiet)
      print_problems(err, {{ref.where, 0, 0, "", "note: " + why}});
  return errors.empty() ? std::optional<std::size_t>(refs.size()) : std::nullopt;
}

std::string counted(std::size_t count, const std::string& word) {
  return std::to_string(count) + ' ' + word + (count == 1 ? "" : "s");
}

template <class Settings>
std::string types_of(const std::vector<Settings>& all) {
  std::string text;
  for (const auto& one : all) text += (text.empty() ? " (" : ", ") + one.name + ": " + one.type;
  return text.empty() ? text : text + ')';
}

void summarize(const Configuration& configuration, std::size_t secrets, std::ostream& out) {
  const auto& settings = configuration.settings;
  out << "configuration is valid: " << counted(settings.sources.size(), "source") << types_of(settings.sources) << ", "
      << counted(settings.providers.size(), "provider") << types_of(settings.providers) << ", "
      << counted(secrets, "secret") << " readable\n";
  std::vector<std::string> files;
  for (const auto& [name, mapping] : configuration.source_mappings) files.push_back(mapping.file);
  for (const auto& [name, rules] : configuration.providers) files.push_back(rules.mapping.file);
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
  for (const auto& file : files) out << "mapping " << file << '\n';
}

}  // namespace

std::optional<Configuration> load_or_complain(const Options& options, std::ostream& err) {
  auto configuration = load(options.file, data_folder(options.mappings));
  if (configuration) return std::move(*configuration);
  print_problems(err, configuration.error());
  return std::nullopt;
}

int check(const Options& options, std::ostream& out, std::ostream& err, const Connect& connect) {
  const auto configuration = load_or_complain(options, err);
  if (!configuration) return exit_configuration;
  auto notes = configuration->notes;
  for (auto& note : notes) note.text = "note: " + note.text;
  if (!options.quiet) print_problems(err, notes);
  const auto secrets = read_all(configuration->settings, options.quiet, err);
  if (!secrets) return exit_configuration;
  if (!options.quiet) summarize(*configuration, *secrets, out);
  return options.connect ? connect(*configuration) : exit_done;
}

}  // namespace rollcall::app
