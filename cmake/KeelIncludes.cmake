# `#include <keel/core/tensor.h>` reads the same in this tree and after installation: the build folder
# holds include/keel, whose rooms are links to the source folders.
set(KEEL_INCLUDE_ROOT ${PROJECT_BINARY_DIR}/include)
file(MAKE_DIRECTORY ${KEEL_INCLUDE_ROOT}/keel)
foreach(room core layers optim data)
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/${room} ${KEEL_INCLUDE_ROOT}/keel/${room} SYMBOLIC)
endforeach()
configure_file(${PROJECT_SOURCE_DIR}/cmake/version.h.in ${KEEL_INCLUDE_ROOT}/keel/version.h @ONLY)
configure_file(${PROJECT_SOURCE_DIR}/cmake/keel.h ${KEEL_INCLUDE_ROOT}/keel/keel.h COPYONLY)
