// What every optimiser promises, whatever its rule.

#include <cmath>
#include <functional>
#include <limits>
#include <memory>

#include <keel/core/parallel.h>
#include <keel/optim/adam.h>
#include <keel/optim/sgd.h>

#include "tests/optim/parameters.h"
#include "tests/support/test.h"
#include "tests/support/thread_count.h"

using namespace keel::testing;
using keel::Adam;
using keel::DType;
using keel::Optimizer;
using keel::ParameterGroup;
using keel::Sgd;
using keel::StateDict;
using keel::Tensor;

namespace {

using Groups = std::vector<ParameterGroup>;

struct Rule {
  std::string name;
  std::function<std::unique_ptr<Optimizer>(Groups)> make;
};

template <class Rule, class Options>
auto maker(Options options) {
  return [=](Groups groups) { return std::make_unique<Rule>(std::move(groups), options); };
}

const std::vector<Rule>& rules() {
  static const std::vector<Rule> all{
      {"sgd", maker<Sgd>(keel::SgdOptions{})},
      {"sgd with momentum", maker<Sgd>(keel::SgdOptions{.momentum = 0.9})},
      {"sgd with nesterov", maker<Sgd>(keel::SgdOptions{.momentum = 0.9, .nesterov = true})},
      {"adam", maker<Adam>(keel::AdamOptions{})},
      {"adamw", maker<Adam>(keel::AdamOptions{.decoupled = true})},
  };
  return all;
}

void train(Optimizer& optimizer, int first_step, int last_step) {
  for (int step = first_step; step < last_step; ++step) {
    set_random_gradients(optimizer.groups(), static_cast<std::uint64_t>(100 * step));
    optimizer.step(0.01 * (step + 1));
  }
}

Groups copy_of(const Groups& groups) {
  Groups copies = groups;
  for (ParameterGroup& group : copies) {
    for (keel::NamedParameter& p : group.parameters) p = parameter(p.name, p.value.clone());
  }
  return copies;
}

bool bit_equal_groups(const Groups& a, const Groups& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t k = 0; k < a[i].parameters.size(); ++k) {
      if (!bit_equal(a[i].parameters[k].value, b[i].parameters[k].value)) return false;
    }
  }
  return true;
}

}  // namespace

TEST_CASE("optimisers compute the same bits with any number of threads") {
  const ThreadCount restored;
  for (const Rule& rule : rules()) {
    for (const DType dtype : {DType::kFloat32, DType::kFloat64}) {
      INFO(rule.name << " " << name_of(dtype));
      const Groups start = random_groups(dtype), alone = copy_of(start), together = copy_of(start);
      keel::set_num_threads(1);
      train(*rule.make(alone), 0, 3);
      keel::set_num_threads(4);
      train(*rule.make(together), 0, 3);
      CHECK(bit_equal_groups(alone, together));
      CHECK_FALSE(bit_equal_groups(alone, start));
    }
  }
}

TEST_CASE("float32 optimisers follow the float64 ones") {
  for (const Rule& rule : rules()) {
    INFO(rule.name);
    const Groups narrow = random_groups(DType::kFloat32), wide = random_groups(DType::kFloat64);
    train(*rule.make(narrow), 0, 3);
    train(*rule.make(wide), 0, 3);
    for (std::size_t i = 0; i < wide.size(); ++i) {
      for (std::size_t k = 0; k < wide[i].parameters.size(); ++k) {
        CHECK(relative_error(narrow[i].parameters[k].value, wide[i].parameters[k].value) < 1e-6);
      }
    }
  }
}

TEST_CASE("an optimiser goes on bit for bit from its saved state") {
  for (const Rule& rule : rules()) {
    INFO(rule.name);
    const Groups straight = random_groups(DType::kFloat32);
    const auto optimizer = rule.make(straight);
    train(*optimizer, 0, 2);

    const Groups resumed = copy_of(straight);
    const StateDict saved = optimizer->state_dict();
    train(*optimizer, 2, 4);  // must not reach into what was saved

    const auto fresh = rule.make(resumed);
    fresh->load_state_dict(saved);
    train(*fresh, 2, 4);
    CHECK(bit_equal_groups(straight, resumed));
  }
}

TEST_CASE("parameters without a gradient and their state stay as they are") {
  for (const Rule& rule : rules()) {
    INFO(rule.name);
    Groups groups = random_groups(DType::kFloat64);
    const auto optimizer = rule.make(groups);
    train(*optimizer, 0, 1);
    const Tensor before = groups[1].parameters[0].value.clone();
    StateDict state_before = optimizer->state_dict();

    set_random_gradients(groups, 9);
    groups[1].parameters[0].value.clear_grad();
    optimizer->step(0.1);
    CHECK(bit_equal(groups[1].parameters[0].value, before));
    for (const auto& [name, tensor] : optimizer->state_dict()) {
      const bool of_bias = name.ends_with(".bias");
      CHECK(bit_equal(tensor, state_before.at(name)) == of_bias);
    }

    optimizer->zero_grad();
    const Groups parameters_before = copy_of(groups);
    optimizer->step(0.1);
    CHECK(bit_equal_groups(groups, parameters_before));
  }
}

TEST_CASE("a group's scale multiplies the learning rate") {
  ParameterGroup scaled = one_parameter({1});
  scaled.lr_scale = 0.5;
  set_gradient(scaled, {2});
  Sgd({scaled}).step(0.1);
  CHECK(values(scaled)[0] == 0.9);
}

TEST_CASE("a learning rate that cannot work is refused") {
  const ParameterGroup group = one_parameter({1});
  Sgd sgd({group});
  set_gradient(group, {1});
  CHECK_THROWS_WITH(sgd.step(-0.1), ContainsSubstring("learning rate -0.1"));
  CHECK_THROWS_WITH(sgd.step(std::nan("")), ContainsSubstring("learning rate nan"));
  CHECK_THROWS_WITH(sgd.step(std::numeric_limits<double>::infinity()),
                    ContainsSubstring("learning rate inf is negative or not finite"));
  CHECK(values(group)[0] == 1);
}

TEST_CASE("groups that cannot work are refused") {
  const auto of = [](Groups groups) { Sgd sgd(std::move(groups)); };
  CHECK_THROWS_WITH(of({}), ContainsSubstring("there are no parameters"));
  CHECK_THROWS_WITH(of({{.parameters = {{"w", Tensor::ones({2})}}}}),
                    ContainsSubstring("parameter 'w' does not require a gradient"));
  CHECK_THROWS_WITH(of({one_parameter({1}), one_parameter({2})}),
                    ContainsSubstring("two parameters are named 'w'"));
  ParameterGroup twice = one_parameter({1});
  twice.parameters.push_back({"tied", twice.parameters[0].value});
  CHECK_THROWS_WITH(of({twice}), ContainsSubstring("'tied' is the same tensor as another one"));
  CHECK_THROWS_WITH(of({one_parameter({1}, -0.1)}), ContainsSubstring("weight_decay -0.1"));
  ParameterGroup group = one_parameter({1});
  group.lr_scale = std::nan("");
  CHECK_THROWS_WITH(of({group}), ContainsSubstring("lr_scale nan"));
}

TEST_CASE("a state that does not fit is refused whole, with every reason") {
  const Groups groups = random_groups(DType::kFloat32);
  Sgd sgd(groups, {.momentum = 0.9});
  train(sgd, 0, 1);
  const StateDict before = sgd.state_dict();

  StateDict wrong = before;
  wrong.at("momentum_buffer.weight") = Tensor::full({40000}, 7);
  wrong.erase("momentum_buffer.bias");
  wrong.at("momentum_buffer.filter") = Tensor::zeros({4});
  wrong.emplace("exp_avg.weight", Tensor::zeros({1}));
  CHECK_THROWS_WITH(sgd.load_state_dict(wrong),
                    ContainsSubstring("missing: momentum_buffer.bias") &&
                        ContainsSubstring("momentum_buffer.filter is [4], expected [3, 3, 2]") &&
                        ContainsSubstring("unexpected: exp_avg.weight [1]"));
  for (const auto& [name, tensor] : sgd.state_dict()) CHECK(bit_equal(tensor, before.at(name)));

  StateDict undefined = before;
  undefined.at("momentum_buffer.bias") = Tensor();
  CHECK_THROWS_WITH(sgd.load_state_dict(undefined),
                    ContainsSubstring("missing: momentum_buffer.bias"));
}
