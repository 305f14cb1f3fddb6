#include "apps/program.h"

int main(int argc, char** argv) {
  return keel::run_program({argv + (argc > 0 ? 1 : 0), argv + argc});
}
