# Fails when an include turns an arrow of the architecture back: core depends on nothing of ours; layers,
# optim and data on core alone; each room of apps on those before it in the order below;
# OpenBLAS, stb_image, CLI11 and Catch2 are each known to one place.

set(problems "")

# forbid(room pattern reason): no file below `room` has a line that matches.
function(forbid room pattern reason)
  file(GLOB_RECURSE files ${SOURCE_DIR}/${room}/*.h ${SOURCE_DIR}/${room}/*.cpp)
  foreach(file ${files})
    list(FIND ARGN ${file} allowed)
    if(NOT allowed EQUAL -1)
      continue()
    endif()
    file(STRINGS ${file} lines REGEX "^#include ${pattern}")
    foreach(line ${lines})
      string(APPEND problems "\n  ${file}: ${line} (${reason})")
    endforeach()
  endforeach()
  set(problems "${problems}" PARENT_SCOPE)
endfunction()

forbid(core "<keel/(layers|optim|data)/" "core depends on nothing of ours")
forbid(core "\"" "rooms include each other as <keel/...>")
foreach(room layers optim data)
  forbid(${room} "\"" "rooms include each other as <keel/...>")
  foreach(other layers optim data)
    if(NOT room STREQUAL other)
      forbid(${room} "<keel/${other}/" "${room} depends on core alone")
    endif()
  endforeach()
endforeach()

foreach(room core layers optim data apps)
  forbid(${room} "<cblas" "only core/blas.cpp knows OpenBLAS" ${SOURCE_DIR}/core/blas.cpp)
  forbid(${room} "<stb_image\\.h" "only data/image_file.cpp knows stb_image" ${SOURCE_DIR}/data/image_file.cpp)
  forbid(${room} "<stb_image_write" "only data/png.cpp knows stb_image_write" ${SOURCE_DIR}/data/png.cpp)
endforeach()
forbid(apps/text "\"apps/[a-z_]*\\.h" "apps/text depends on no other room of apps")
set(later text evaluation diagnostics train results report compare reproduce options)
foreach(room ${later})
  list(REMOVE_ITEM later ${room})
  foreach(other ${later})
    forbid(apps/${room} "\"apps/${other}/" "apps/${room} comes before apps/${other}")
  endforeach()
endforeach()
forbid(apps "<CLI/" "only apps/options/flags.h and apps/options/subcommands.h know CLI11"
  ${SOURCE_DIR}/apps/options/flags.h ${SOURCE_DIR}/apps/options/subcommands.h)
forbid(tests "<catch2" "tests include tests/support/test.h"
  ${SOURCE_DIR}/tests/support/test.h ${SOURCE_DIR}/tests/support/catch2_main.cpp)

if(problems)
  message(FATAL_ERROR "Includes that turn an arrow back:${problems}")
endif()
