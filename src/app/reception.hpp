// The SCIM endpoint as the daemon runs it: open while it leads, on a thread of its own, so that no client delays the watchdog or a provider;
// notes when what was pushed is to be acted on. Thread rule: open, reload, close on the daemon's thread; due and taken on any.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "app/burst.hpp"
#include "app/config/load.hpp"
#include "endpoint/scim/service.hpp"
#include "sync/io.hpp"

namespace rollcall::app {

class Reception {
 public:
  // `wake` is told that something is due that was not, on the endpoint's thread.
  Reception(endpoint::Metrics& metrics, std::function<void()> wake) : metrics_(metrics), wake_(std::move(wake)) {}
  ~Reception() { close(); }

  Result<void> open(const Configuration& configuration);   // does nothing where no source is pushed to
  void reload(const Configuration& configuration);         // mappings, and a renewed certificate; open connections go on
  void close();
  std::optional<Burst::Time> due() const;
  void taken();

 private:
  void note_write();

  endpoint::Metrics& metrics_;
  std::function<void()> wake_;
  mutable std::mutex mutex_;
  Burst burst_;
  ScimSettings settings_;
  std::unique_ptr<sync::Io> io_;                           // before what stands on it
  std::unique_ptr<endpoint::ScimService> service_;
};

}  // namespace rollcall::app
