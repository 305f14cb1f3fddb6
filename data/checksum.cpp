#include <array>
#include <fstream>
#include <memory>
#include <vector>

#include <openssl/evp.h>

#include <keel/core/error.h>
#include <keel/data/checksum.h>

namespace keel {

std::string sha256_of_file(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  check_data(stream.is_open(), "{}: cannot open it", path.string());
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> digest(EVP_MD_CTX_new(),
                                                                  EVP_MD_CTX_free);
  bool ok = EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr) == 1;
  std::vector<char> block(1 << 16);
  while (ok && stream) {
    stream.read(block.data(), static_cast<std::streamsize>(block.size()));
    ok = EVP_DigestUpdate(digest.get(), block.data(), static_cast<std::size_t>(stream.gcount())) ==
         1;
  }
  check_data(stream.eof(), "{}: cannot read it", path.string());
  std::array<unsigned char, 32> sum{};
  check(ok && EVP_DigestFinal_ex(digest.get(), sum.data(), nullptr) == 1, "sha256: OpenSSL failed");
  std::string text;
  for (const unsigned char byte : sum) text += fmt::format("{:02x}", byte);
  return text;
}

}  // namespace keel
