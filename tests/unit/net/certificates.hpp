// A CA and server certificates in PEM files, made for one test and gone with it.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

namespace rollcall::net::test {

class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "net-test-XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
    path_ = pattern;
  }
  Folder(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

class Authority {
 public:
  Authority(const Folder& folder, std::string name)
      : folder_(folder), name_(std::move(name)), key_(make_key()), certificate_(nullptr, X509_free) {
    certificate_ = make(key_.get(), name_, "critical,CA:TRUE", "", 365);
    write(file(), certificate_.get());
  }
  std::string file() const { return folder_ / (name_ + ".pem"); }

  // names: "DNS:a,IP:127.0.0.1". Writes NAME.crt and NAME.key.
  void issue(const std::string& name, const std::string& names, int days = 30) {
    const Key key = make_key();
    write(folder_ / (name + ".crt"), make(key.get(), name, "critical,CA:FALSE", names, days).get());
    FILE* out = std::fopen((folder_ / (name + ".key")).c_str(), "w");
    PEM_write_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(out);
  }

 private:
  static Key make_key() { return Key(EVP_EC_gen("P-256"), EVP_PKEY_free); }

  Certificate make(EVP_PKEY* key, const std::string& subject, const char* constraints, const std::string& names,
                   int days) {
    Certificate out(X509_new(), X509_free);
    X509* x = out.get();
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial_);
    X509_gmtime_adj(X509_getm_notBefore(x), -86400L * 400);
    X509_gmtime_adj(X509_getm_notAfter(x), 86400L * days);
    X509_set_pubkey(x, key);
    add_name(X509_get_subject_name(x), subject);
    add_name(X509_get_issuer_name(x), name_);
    add(x, NID_basic_constraints, constraints);
    if (!names.empty()) add(x, NID_subject_alt_name, names.c_str());
    X509_sign(x, key_.get(), EVP_sha256());
    return out;
  }
  static void add_name(X509_NAME* name, const std::string& text) {
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(text.c_str()), -1, -1,
                               0);
  }
  static void add(X509* x, int what, const char* value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, what, value);
    X509_add_ext(x, extension, -1);
    X509_EXTENSION_free(extension);
  }
  static void write(const std::string& path, X509* x) {
    FILE* out = std::fopen(path.c_str(), "w");
    PEM_write_X509(out, x);
    std::fclose(out);
  }

  const Folder& folder_;
  std::string name_;
  Key key_;
  Certificate certificate_;
  int serial_ = 0;
};

}  // namespace rollcall::net::test
