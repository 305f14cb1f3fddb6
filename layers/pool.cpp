#include <keel/layers/pool.h>

namespace keel {
namespace {

std::string describe_pool(std::string_view name, const Pool2dOptions& options) {
  std::string text = fmt::format("{}(kernel {}", name, options.kernel);
  if (options.stride != 0) text += fmt::format(", stride {}", options.stride);
  if (options.padding != 0) text += fmt::format(", padding {}", options.padding);
  return text + ")";
}

}  // namespace

std::string MaxPool2d::describe() const {
  return describe_pool("MaxPool2d", options_);
}
std::string AvgPool2d::describe() const {
  return describe_pool("AvgPool2d", options_);
}
std::string AdaptiveAvgPool2d::describe() const {
  return fmt::format("AdaptiveAvgPool2d({}, {})", out_height_, out_width_);
}

}  // namespace keel
