#pragma once
// What is written to std::cout and std::cerr until the end of the scope.

#include <iostream>
#include <sstream>
#include <string>

namespace keel::testing {

class CapturedOutput {
 public:
  CapturedOutput() : cout_(std::cout.rdbuf(out_.rdbuf())), cerr_(std::cerr.rdbuf(err_.rdbuf())) {}
  ~CapturedOutput() {
    std::cout.rdbuf(cout_);
    std::cerr.rdbuf(cerr_);
  }
  CapturedOutput(const CapturedOutput&) = delete;
  CapturedOutput& operator=(const CapturedOutput&) = delete;

  std::string out() const { return out_.str(); }
  std::string err() const { return err_.str(); }

 private:
  std::ostringstream out_, err_;
  std::streambuf *cout_, *cerr_;
};

}  // namespace keel::testing
