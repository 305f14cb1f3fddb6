#include <array>

#include <keel/core/error.h>
#include <keel/core/nearest.h>
#include <keel/data/known_sets.h>

namespace keel {
namespace {

struct Published {
  std::uint64_t bytes;
  const char* sha256;
};

// The four files of a relative of MNIST, which all have the same names.
std::vector<RemoteFile> idx_files(const std::vector<std::string>& mirrors,
                                  const std::array<Published, 4>& published) {
  static constexpr std::array kNames = {"train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz",
                                        "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"};
  std::vector<RemoteFile> files;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    RemoteFile file{kNames[i], published[i].bytes, published[i].sha256, {}};
    for (const std::string& mirror : mirrors) file.urls.push_back(mirror + file.name);
    files.push_back(std::move(file));
  }
  return files;
}

std::vector<RemoteFile> cifar_archive(const std::string& name, const Published& published) {
  return {
      {name,
       published.bytes,
       published.sha256,
       {"https://www.cs.toronto.edu/~kriz/" + name, "https://cave.cs.toronto.edu/kriz/" + name}}};
}

// Lengths and checksums are those that TensorFlow Datasets publishes for the same files.
std::vector<KnownSet> make_table() {
  return {
      {"digits", "handwriting-like digits, drawn by Keel", {28, 28}, 1, 10, 10000, 2000, {}},
      {"shapes", "textured shapes before clutter, drawn by Keel", {32, 32}, 3, 10, 10000, 2000, {}},
      {"mnist",
       "handwritten digits",
       {28, 28},
       1,
       10,
       60000,
       10000,
       idx_files({"https://ossci-datasets.s3.amazonaws.com/mnist/",
                  "https://storage.googleapis.com/cvdf-datasets/mnist/"},
                 {{{9912422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"},
                   {28881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"},
                   {1648877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"},
                   {4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"}}})},
      {"fashion-mnist",
       "photographs of clothing",
       {28, 28},
       1,
       10,
       60000,
       10000,
       idx_files(
           {"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"},
           {{{26421880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"},
             {29515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"},
             {4422102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"},
             {5148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"}}})},
      {"kmnist",
       "handwritten cursive Japanese (Kuzushiji)",
       {28, 28},
       1,
       10,
       60000,
       10000,
       idx_files({"https://codh.rois.ac.jp/kmnist/dataset/kmnist/",
                  "http://codh.rois.ac.jp/kmnist/dataset/kmnist/"},
                 {{{18165135, "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"},
                   {29497, "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"},
                   {3041136, "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"},
                   {5120, "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"}}})},
      {"cifar10",
       "small colour photographs of ten things",
       {32, 32},
       3,
       10,
       50000,
       10000,
       cifar_archive(
           "cifar-10-binary.tar.gz",
           {170052171, "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"})},
      {"cifar100",
       "small colour photographs of a hundred things",
       {32, 32},
       3,
       100,
       50000,
       10000,
       cifar_archive(
           "cifar-100-binary.tar.gz",
           {168513733, "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec"})},
  };
}

}  // namespace

std::uint64_t KnownSet::download_bytes() const {
  std::uint64_t sum = 0;
  for (const RemoteFile& file : files) sum += file.bytes;
  return sum;
}

const std::vector<KnownSet>& known_sets() {
  static const std::vector<KnownSet> table = make_table();
  return table;
}

const KnownSet* find_known_set(std::string_view name) {
  for (const KnownSet& set : known_sets()) {
    if (set.name == name) return &set;
  }
  return nullptr;
}

const KnownSet& known_set(std::string_view name) {
  const KnownSet* set = find_known_set(name);
  if (set != nullptr) return *set;
  std::vector<std::string> names;
  for (const KnownSet& known : known_sets()) names.push_back(known.name);
  throw Error(unknown_name("data set", name, names) + ", and any folder of images");
}

}  // namespace keel
