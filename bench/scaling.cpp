// How the cost of a training step grows with the batch and the image, and falls with threads: a
// table and a chart of each.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <keel/core/file.h>
#include <keel/core/parallel.h>
#include <keel/core/storage.h>

#include "apps/bench.h"
#include "apps/report/svg.h"
#include "apps/results/statistics.h"
#include "apps/text/number_text.h"
#include "apps/text/svg_chart.h"
#include "apps/text/text_table.h"
#include "apps/train/environment.h"

namespace keel::bench {
namespace {

constexpr const char* kHelp =
    R"(Times training steps against batch size, image area and threads; prints a table of each.

  --out=DIR      writes scaling-batch.svg, scaling-area.svg and scaling-threads.svg there, too
  --steps=N      timed for each point in each round [3]
  --rounds=N     of all points; medians are shown, and compared within a round [5]
  --model=NAME   this model alone instead of lenet5, resnet20 and vgg-small
  --markdown     the tables for a document, with the charts

Example:
  scaling --markdown --out=images > scaling.md
)";

struct Options {
  std::vector<std::string> models = {"lenet5", "resnet20", "vgg-small"};
  std::int64_t steps = 3, rounds = 5;
  std::filesystem::path out{};
  bool markdown = false;
};

Options read_options(int argc, char** argv) {
  Options options;
  for (const std::string_view arg : std::vector<std::string_view>(argv + 1, argv + argc)) {
    const std::size_t equals = std::min(arg.find('='), arg.size());
    const std::string_view name = arg.substr(0, equals);
    const std::string value(arg.substr(std::min(equals + 1, arg.size())));
    if (name == "--help") {
      std::cout << kHelp;
      std::exit(0);
    } else if (name == "--out" && !value.empty()) {
      options.out = value;
    } else if (name == "--steps" && std::atoll(value.c_str()) > 0) {
      options.steps = std::atoll(value.c_str());
    } else if (name == "--rounds" && std::atoll(value.c_str()) > 0) {
      options.rounds = std::atoll(value.c_str());
    } else if (name == "--model" && !value.empty()) {
      options.models = {value};
    } else if (arg == "--markdown") {
      options.markdown = true;
    } else {
      throw Error(fmt::format("{}: not an option, or without its value; --help lists them", arg));
    }
  }
  return options;
}

/// What is varied, and how the step's cost should follow.
struct Curve {
  const char* name;   // of the file
  const char* title;  // of the y axis
  const char* varied;
  std::vector<std::int64_t> values;
  void (*apply)(BenchCommand& command, std::int64_t value);
  double (*size)(std::int64_t value);  // what the cost should be proportional to
  bool falls = false;                  // inversely
};

double itself(std::int64_t value) {
  return static_cast<double>(value);
}

// 1, 2, 4, ... and the most there are.
std::vector<std::int64_t> thread_counts() {
  std::vector<std::int64_t> counts;
  for (std::int64_t count = 1; count < num_threads(); count *= 2) counts.push_back(count);
  counts.push_back(num_threads());
  return counts;
}

std::vector<Curve> curves() {
  return {{.name = "batch",
           .title = "cost of a step",
           .varied = "batch size",
           .values = {16, 32, 64, 128, 256},
           .apply = [](BenchCommand& command, std::int64_t v) { command.config.batch_size = v; },
           .size = itself},
          {.name = "area",
           .title = "cost of a step",
           .varied = "image side",
           .values = {16, 24, 32, 48, 64},
           .apply = [](BenchCommand& command, std::int64_t v) { command.image_size = v; },
           .size = [](std::int64_t side) { return static_cast<double>(side * side); }},
          {.name = "threads",
           .title = "steps per second",
           .varied = "threads",
           .values = thread_counts(),
           .apply = [](BenchCommand& command,
                       std::int64_t v) { command.config.threads = static_cast<int>(v); },
           .size = itself,
           .falls = true}};
}

struct Point {
  std::int64_t value;
  double step_seconds, images_per_second;  // medians of the rounds
  double size, cost;  // relative to the first point's; cost: steps per second where it falls
};

struct Line {
  std::string model;
  std::vector<Point> points;
};

BenchResult time_steps(const Curve& curve, const std::string& model, std::int64_t value,
                       std::int64_t steps) {
  BenchCommand command{.config = {.model = model, .batch_size = 32}, .steps = steps};
  const int threads = num_threads();
  command.config.threads = threads;
  curve.apply(command, value);
  const BenchResult result = Bench(command).measure();
  set_num_threads(threads);
  release_cached_memory();
  return result;
}

// All points in turns, as the machine gets slower and faster: each is compared with the first of
// its round.
Line measure(const Curve& curve, const std::string& model, const Options& options) {
  const std::size_t count = curve.values.size();
  std::vector<std::vector<double>> seconds(count), speeds(count), costs(count);
  for (std::int64_t round = 0; round < options.rounds; ++round) {
    for (std::size_t i = 0; i < count; ++i) {
      const BenchResult result = time_steps(curve, model, curve.values[i], options.steps);
      seconds[i].push_back(result.step_seconds_median);
      speeds[i].push_back(result.images_per_second());
      const double cost = seconds[i].back() / seconds[0].back();
      costs[i].push_back(curve.falls ? 1 / cost : cost);
    }
  }
  Line line{model, {}};
  for (std::size_t i = 0; i < count; ++i) {
    line.points.push_back({curve.values[i], median(seconds[i]), median(speeds[i]),
                           curve.size(curve.values[i]) / curve.size(curve.values[0]),
                           median(costs[i])});
  }
  return line;
}

std::vector<TableRow> rows_of(const Curve& curve, const std::vector<Line>& lines) {
  std::vector<TableRow> rows = {{"model", curve.varied, "ms/step", "images/s",
                                 std::string(curve.title) + ", relative", "ideal"}};
  for (const Line& line : lines) {
    for (const Point& point : line.points) {
      rows.push_back({line.model, fmt::format("{}", point.value),
                      fixed_text(1e3 * point.step_seconds, 2), count_text(point.images_per_second),
                      fixed_text(point.cost, 2), fixed_text(point.size, 2)});
    }
  }
  return rows;
}

// The chart as a file of its own.
std::string picture(const Curve& curve, const std::vector<Line>& lines) {
  LineChart chart;
  chart.label = fmt::format("{} against {}", curve.title, curve.varied);
  const std::string versus = curve.size == itself ? curve.varied : "image area";
  chart.x = {
      .label = versus + ", relative", .low = 1, .high = 1, .suffix = "×", .logarithmic = true};
  chart.y = {.label = curve.title, .low = 1, .high = 1, .suffix = "×", .logarithmic = true};
  const auto add = [&](const std::string& name, bool ideal, const std::vector<Point>& points) {
    ChartSeries& series = chart.series.emplace_back();
    series.id = static_cast<int>(chart.series.size()) - 1;
    series.name = name;
    series.colour = fmt::format("var(--c{})", series.id);
    series.dashed = ideal;
    for (const Point& point : points) {
      const double y = ideal ? point.size : point.cost;
      series.line.push_back({point.size, y, y, y});
      chart.x.high = std::max(chart.x.high, point.size);
      chart.y.low = std::min(chart.y.low, y);
      chart.y.high = std::max(chart.y.high, y);
    }
  };
  add("proportional", true, lines.front().points);
  for (const Line& line : lines) add(line.model, false, line.points);
  return chart_file({fmt::format("{}, relative", curve.title), "", chart.series}, chart);
}

void run(int argc, char** argv) {
  const Options options = read_options(argc, argv);
  if (!options.out.empty()) std::filesystem::create_directories(options.out);
  const auto environment = environment_json();
  std::cout << fmt::format("{}, {}\n{}\n", environment["cpu"].get<std::string>(),
                           environment["time"].get<std::string>(), version_text());
  for (const Curve& curve : curves()) {
    if (curve.values.size() < 2) {
      std::cout << "\nthreads: there is one processor only\n";
      continue;
    }
    std::vector<Line> lines;
    for (const std::string& model : options.models) {
      lines.push_back(measure(curve, model, options));
    }
    const std::vector<TableRow> rows = rows_of(curve, lines);
    std::cout << '\n' << (options.markdown ? markdown_table(rows) : aligned(rows)) << std::flush;
    if (options.out.empty()) continue;
    const std::filesystem::path file = options.out / fmt::format("scaling-{}.svg", curve.name);
    write_file_atomically(file, picture(curve, lines));
    if (options.markdown) {
      std::cout << fmt::format("\n![{} against {}]({})\n", curve.title, curve.varied,
                               file.string());
    }
  }
}

}  // namespace
}  // namespace keel::bench

int main(int argc, char** argv) {
  try {
    keel::bench::run(argc, argv);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "scaling: " << error.what() << '\n';
    return 1;
  }
}
