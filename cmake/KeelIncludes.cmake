# `#include <keel/core/tensor.h>` reads the same in this tree and after installation: the build folder
# holds include/keel, whose rooms are links to the source folders.
set(KEEL_INCLUDE_ROOT ${PROJECT_BINARY_DIR}/include)
file(MAKE_DIRECTORY ${KEEL_INCLUDE_ROOT}/keel)
foreach(room core layers optim data)
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/${room} ${KEEL_INCLUDE_ROOT}/keel/${room} SYMBOLIC)
endforeach()
# Of the program, only what a main() of one's own needs.
file(MAKE_DIRECTORY ${KEEL_INCLUDE_ROOT}/keel/apps)
file(CREATE_LINK ${PROJECT_SOURCE_DIR}/apps/program.h ${KEEL_INCLUDE_ROOT}/keel/apps/program.h SYMBOLIC)
configure_file(${PROJECT_SOURCE_DIR}/cmake/version.h.in ${KEEL_INCLUDE_ROOT}/keel/version.h @ONLY)
configure_file(${PROJECT_SOURCE_DIR}/cmake/keel.h ${KEEL_INCLUDE_ROOT}/keel/keel.h COPYONLY)
