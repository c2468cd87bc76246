#include "app/reception.hpp"

#include "app/secrets.hpp"
#include "app/wiring.hpp"
#include "log/log.hpp"

namespace rollcall::app {
namespace {

Result<std::shared_ptr<const endpoint::Catalogue>> catalogue_of(const Configuration& configuration) {
  auto out = std::make_shared<endpoint::Catalogue>();
  for (const auto& source : configuration.settings.sources) {
    if (source.type != "scim") continue;
    const auto& mapping = configuration.source_mappings.at(source.name);
    out->sources.emplace(source.name, endpoint::PushedSource{source.name, mapping, mapping.shape()});
  }
  for (const auto& provider : configuration.settings.providers) {
    out->providers.push_back(provider.name);
    if (!configuration.providers.at(provider.name).mapping.password_field.empty()) out->password_takers.push_back(provider.name);
  }
  if (takes_passwords(configuration)) {
    ROLLCALL_TRY(Secret key, read_state_key(configuration.settings.state.key));
    out->seal = std::make_shared<const crypto::Seal>(std::move(key));
  }
  return out;
}

}  // namespace

Result<void> Reception::open(const Configuration& configuration) {
  if (service_ || !configuration.settings.scim.present) return {};
  settings_ = configuration.settings.scim;
  endpoint::ScimOptions options;
  options.settings = settings_;
  options.state_url = configuration.settings.state.url;
  ROLLCALL_TRY(options.catalogue, catalogue_of(configuration));
  options.on_write = [this] { note_write(); };
  options.metrics = &metrics_;
  io_ = std::make_unique<sync::Io>();
  ROLLCALL_TRY(service_, endpoint::ScimService::open(io_->executor(), std::move(options)));
  log::info("the SCIM endpoint is open", {{"listen", settings_.listen}, {"tls", !settings_.certificate.empty()}});
  return {};
}

void Reception::reload(const Configuration& configuration) {
  if (service_ && !(configuration.settings.scim == settings_)) log::warn("what [scim] says beside the content of its files is read at the start only; restart for it");
  if (!service_) return;
  if (auto catalogue = catalogue_of(configuration)) service_->adopt(std::move(*catalogue));
  else log::error("the SCIM endpoint goes on with the configuration that it had", {{"problem", said(catalogue.error())}});
  if (auto renewed = service_->reload_certificate(); !renewed)
    log::error("the renewed certificate cannot be used; the old one stays", {{"problem", renewed.error().message}});
}

void Reception::close() {
  if (service_) service_->stop();
  service_.reset();
  io_.reset();
}

std::optional<Burst::Time> Reception::due() const {
  const std::lock_guard lock(mutex_);
  return burst_.due();
}

void Reception::taken() {
  const std::lock_guard lock(mutex_);
  burst_.taken();
}

void Reception::note_write() {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = !burst_.due();
    burst_.write(std::chrono::steady_clock::now());
  }
  if (first) wake_();
}

}  // namespace rollcall::app
