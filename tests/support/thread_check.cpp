#include "tests/support/thread_check.h"

#include <keel/core/autograd.h>
#include <keel/core/parallel.h>

#include "tests/support/test.h"
#include "tests/support/thread_count.h"

namespace keel::testing {
namespace {

// The output, then the gradient of each input.
std::vector<Tensor> results_with(int threads, const Function& f,
                                 const std::vector<Tensor>& originals) {
  set_num_threads(threads);
  std::vector<Tensor> inputs;
  for (const Tensor& original : originals) {
    inputs.push_back(original.to(DType::kFloat32).clone().set_requires_grad());
  }
  const Tensor y = f(inputs);
  std::vector<Tensor> results{y.detach()};
  backward(y, random_tensor(y.shape(), 99, y.dtype()));
  for (const Tensor& input : inputs) results.push_back(input.grad());
  return results;
}

}  // namespace

void check_threads(const Function& f, const std::vector<Tensor>& inputs) {
  const ThreadCount restored;
  const std::vector<Tensor> expected = results_with(1, f, inputs);
  for (const int threads : {2, 3, 16}) {  // 16: more than most of the inputs have work for
    const std::vector<Tensor> got = results_with(threads, f, inputs);
    for (std::size_t i = 0; i < got.size(); ++i) {
      INFO((i == 0 ? std::string("the output") : fmt::format("the gradient of input {}", i - 1))
           << " differs between 1 and " << threads << " threads");
      CHECK(bit_equal(got[i], expected[i]));
    }
  }
}

}  // namespace keel::testing
