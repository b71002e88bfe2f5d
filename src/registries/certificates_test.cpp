#include "registries/certificates.hpp"

#include "registries/test_support.hpp"

#include <gmock/gmock.h>

namespace gantry::registries {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class CertificatesTest : public FolderFixture {
 protected:
  void SetUp() override {
    FolderFixture::SetUp();
    paths.certificate_folders = {at("home"), at("etc/containers"), at("etc/docker")};
  }
  std::string fault(std::string_view host) const {
    const auto found = certificates_for(paths, host);
    return found ? "none" : found.error().message();
  }

  Paths paths;
};

TEST_F(CertificatesTest, AreNoneWithoutAFolder) { EXPECT_EQ(*certificates_for(paths, "quay.io"), Certificates{}); }

TEST_F(CertificatesTest, AreOfTheHostWithItsPort) {
  const auto second = put("etc/docker/a.io:5000/b.crt", "");
  const auto first = put("etc/docker/a.io:5000/a.crt", "");
  const auto certificate = put("etc/docker/a.io:5000/client.cert", "");
  const auto key = put("etc/docker/a.io:5000/client.key", "");
  put("etc/docker/a.io:5000/README", "");
  EXPECT_EQ(*certificates_for(paths, "a.io:5000"), (Certificates{{first, second}, certificate, key}));
  EXPECT_EQ(*certificates_for(paths, "a.io"), Certificates{});
}

TEST_F(CertificatesTest, AreOfTheFirstFolderThatExists) {
  put("etc/docker/a.io/ca.crt", "");
  const auto authority = put("etc/containers/a.io/ca.crt", "");
  EXPECT_THAT(certificates_for(paths, "a.io")->authorities, ElementsAre(authority));
  ASSERT_TRUE(make_folders(at("home/a.io")));
  EXPECT_EQ(*certificates_for(paths, "a.io"), Certificates{});
}

TEST_F(CertificatesTest, MayBeInAFolderThatIsNamed) {
  const auto authority = put("certs/ca.crt", "");
  put("home/a.io/client.key", "");
  paths.certificates = at("certs");
  EXPECT_THAT(certificates_for(paths, "a.io")->authorities, ElementsAre(authority));
  paths.certificates = at("missing");
  EXPECT_EQ(certificates_for(paths, "a.io").error().code(), Code::not_found);
}

TEST_F(CertificatesTest, AreNamedWhenAHalfIsMissing) {
  const auto certificate = put("home/a.io/client.cert", "");
  EXPECT_EQ(fault("a.io"), certificate + " has no key " + at("home/a.io/client.key") +
                               " (the certificate of an authority is named *.crt)");
  const auto key = put("home/b.io/client.key", "");
  EXPECT_EQ(fault("b.io"), key + " has no certificate " + at("home/b.io/client.cert"));
}

TEST_F(CertificatesTest, UseTheFirstPairAndSaySo) {
  for (const char* name : {"b.cert", "b.key", "a.cert", "a.key"}) put(fmt::format("home/a.io/{}", name), "");
  testing::internal::CaptureStderr();
  EXPECT_EQ(certificates_for(paths, "a.io")->client_key, at("home/a.io/a.key"));
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("b.cert is not used"));
}

TEST_F(CertificatesTest, AreOfAHostAndOfNoOtherFolder) {
  for (const char* host : {"", ".", "..", "../etc", "a.io/../b.io"})
    EXPECT_THAT(fault(host), HasSubstr("is not a registry's host"));
}

}  // namespace
}  // namespace gantry::registries
