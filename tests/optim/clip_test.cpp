#include <cmath>

#include <keel/core/parallel.h>
#include <keel/optim/clip.h>

#include "tests/optim/parameters.h"
#include "tests/support/test.h"
#include "tests/support/thread_count.h"

using namespace keel::testing;
using keel::clip_grad_norm;
using keel::clip_grad_value;
using keel::DType;
using keel::ParameterGroup;
using keel::Tensor;

namespace {

using Groups = std::vector<ParameterGroup>;

// Two parameters in two groups, with the gradients (3, 0) and (0, -4, 12): a norm of 13.
Groups thirteen(DType dtype = DType::kFloat64) {
  Groups groups{{.parameters = {parameter("a", Tensor::ones({2}, dtype))}},
                {.parameters = {parameter("b", Tensor::ones({3}, dtype)),
                                parameter("unused", Tensor::ones({4}, dtype))}}};
  groups[0].parameters[0].value.set_grad(Tensor::from({2}, {3, 0}, dtype));
  groups[1].parameters[0].value.set_grad(Tensor::from({3}, {0, -4, 12}, dtype));
  return groups;
}

std::vector<double> gradients(const Groups& groups) {
  std::vector<double> all;
  for (const Tensor& value : {groups[0].parameters[0].value, groups[1].parameters[0].value}) {
    const Tensor wide = value.grad().to(DType::kFloat64);
    all.insert(all.end(), wide.values<double>().begin(), wide.values<double>().end());
  }
  return all;
}

}  // namespace

TEST_CASE("clipping by norm scales all gradients together") {
  for (const DType dtype : {DType::kFloat32, DType::kFloat64}) {
    const Groups groups = thirteen(dtype);
    CHECK(clip_grad_norm(groups, 6.5) == 13);
    const std::vector<double> expected{1.5, 0, 0, -2, 6};
    const std::vector<double> clipped = gradients(groups);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      CHECK(clipped[i] == Approx(expected[i]).epsilon(2e-7));
    }
    CHECK_FALSE(groups[1].parameters[1].value.has_grad());
    CHECK(clip_grad_norm(groups, 100) == Approx(6.5).epsilon(1e-6));
    CHECK(gradients(groups) == clipped);
  }
  const Groups zero = thirteen();
  for (const ParameterGroup& group : zero) Tensor(group.parameters[0].value.grad()).fill(0);
  CHECK(clip_grad_norm(zero, 1) == 0);
  CHECK(gradients(zero) == std::vector<double>(5, 0));
}

TEST_CASE("a gradient norm that is not finite is told and changes nothing") {
  for (const double bad : {std::nan(""), HUGE_VAL}) {
    const Groups groups = thirteen();
    Tensor gradient = groups[0].parameters[0].value.grad();
    gradient.mutable_data<double>()[0] = bad;
    CHECK_FALSE(std::isfinite(clip_grad_norm(groups, 1)));
    CHECK(gradients(groups)[4] == 12);
  }
}

TEST_CASE("clipping by value bounds each element") {
  for (const DType dtype : {DType::kFloat32, DType::kFloat64}) {
    const Groups groups = thirteen(dtype);
    clip_grad_value(groups, 3.5);
    CHECK(gradients(groups) == std::vector<double>{3, 0, 0, -3.5, 3.5});
  }
  const Groups groups = thirteen();
  Tensor(groups[0].parameters[0].value.grad()).fill(std::nan(""));
  clip_grad_value(groups, 1);
  CHECK(std::isnan(gradients(groups)[0]));
}

TEST_CASE("clipping computes the same bits with any number of threads") {
  const ThreadCount restored;
  const Groups alone = random_groups(DType::kFloat32), together = random_groups(DType::kFloat32);
  set_random_gradients(alone, 5);
  set_random_gradients(together, 5);
  keel::set_num_threads(1);
  const double norm = clip_grad_norm(alone, 1);
  keel::set_num_threads(4);
  CHECK(clip_grad_norm(together, 1) == norm);
  CHECK(norm == Approx(std::sqrt(40023)).epsilon(0.02));  // of as many normal numbers
  CHECK(bit_equal(alone[0].parameters[0].value.grad(), together[0].parameters[0].value.grad()));
}

TEST_CASE("bounds that cannot work are refused") {
  const Groups groups = thirteen();
  for (const double bound : {0.0, -1.0, std::nan(""), HUGE_VAL}) {
    CHECK_THROWS_WITH(clip_grad_norm(groups, bound), ContainsSubstring("not finite and positive"));
    CHECK_THROWS_WITH(clip_grad_value(groups, bound),
                      ContainsSubstring("clip_grad_value: the bound"));
  }
}

TEST_CASE("adaptive clipping bounds each filter's gradient by the filter's norm") {
  for (const DType dtype : {DType::kFloat32, DType::kFloat64}) {
    // Filters of norm 5, 0 (taken as 1e-3) and 10; gradients of norm 13, 5 and 0.05.
    Groups groups{{.parameters = {parameter("w", Tensor::from({3, 2}, {3, 4, 0, 0, 6, 8}, dtype)),
                                  parameter("b", Tensor::from({2}, {0.6, 0.8}, dtype))}}};
    groups[0].parameters[0].value.set_grad(Tensor::from({3, 2}, {5, 12, 3, -4, 0.03, 0.04}, dtype));
    groups[0].parameters[1].value.set_grad(Tensor::from({2}, {0, 2}, dtype));
    keel::clip_grad_adaptive(groups, 0.1);
    const auto grad = [&](std::size_t i) {
      return groups[0].parameters[i].value.grad().to(DType::kFloat64);
    };
    const std::vector<double> expected{5 * 0.5 / 13, 12 * 0.5 / 13, 3e-4 / 5,
                                       -4e-4 / 5,    0.03,          0.04};
    for (std::size_t i = 0; i < expected.size(); ++i) {
      CHECK(grad(0).data<double>()[i] == Approx(expected[i]).epsilon(1e-6));
    }
    CHECK(grad(1).data<double>()[1] == Approx(0.1));
  }
  Groups broken{{.parameters = {parameter("w", Tensor::ones({1, 2}))}}};
  broken[0].parameters[0].value.set_grad(Tensor::from({1, 2}, {std::nanf(""), 7}));
  keel::clip_grad_adaptive(broken, 0.1);
  CHECK(broken[0].parameters[0].value.grad().at({0, 1}) == 7);
  CHECK_THROWS_WITH(keel::clip_grad_adaptive(broken, 0),
                    ContainsSubstring("not finite and positive"));
  CHECK_THROWS_WITH(keel::clip_grad_adaptive(broken, 0.1, -1), ContainsSubstring("eps -1"));
  const Groups empty{{.parameters = {parameter("w", Tensor::zeros({0, 2})),
                                     parameter("v", Tensor::zeros({2, 0}))}}};
  for (const keel::NamedParameter& none : empty[0].parameters) {
    Tensor(none.value).set_grad(Tensor::zeros(none.value.shape()));
  }
  CHECK_NOTHROW(keel::clip_grad_adaptive(empty, 0.1));
}
