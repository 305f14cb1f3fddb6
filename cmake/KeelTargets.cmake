# Settings that every target of Keel shares.
add_library(keel_settings INTERFACE)
target_compile_options(keel_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  $<$<BOOL:${KEEL_WARNINGS_AS_ERRORS}>:-Werror>
  # Compilers note that the calling convention of wide vectors differs between ISAs; kernels never
  # pass them across one.
  $<$<CXX_COMPILER_ID:GNU,Clang>:-Wno-psabi>)
# The release build of a numerical library wants -O3; sums keep their order (no -ffast-math).
target_compile_options(keel_settings INTERFACE $<$<CONFIG:Release>:-O3>)
# Nobody asks errno about a square root, or traps on a comparison; else neither a root nor a maximum
# becomes vector code. No result changes.
target_compile_options(keel_settings INTERFACE -fno-math-errno -fno-trapping-math)
# arm64 could round a product and a sum at once, the baseline of x86-64 cannot: random numbers are to be the
# same on both. Kernels may do so; their sums differ between instruction sets anyway.
target_compile_options(keel_settings INTERFACE -ffp-contract=off)
set(KEEL_KERNEL_OPTIONS -ffp-contract=$<IF:$<CXX_COMPILER_ID:GNU>,fast,on>)

# keel_library(room PUBLIC ... PRIVATE ...): the library of one folder, from all of its sources.
function(keel_library room)
  cmake_parse_arguments(ARG "" "" "PUBLIC;PRIVATE" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS
    ${PROJECT_SOURCE_DIR}/${room}/*.cpp ${PROJECT_SOURCE_DIR}/${room}/*.h)
  set(kernels ${sources})
  list(FILTER kernels INCLUDE REGEX "/kernels/[^/]*\\.cpp$")
  set_property(SOURCE ${kernels} PROPERTY COMPILE_OPTIONS ${KEEL_KERNEL_OPTIONS})
  add_library(keel_${room} STATIC ${sources})
  add_library(keel::${room} ALIAS keel_${room})
  set_target_properties(keel_${room} PROPERTIES
    EXPORT_NAME ${room} POSITION_INDEPENDENT_CODE ON LINKER_LANGUAGE CXX)
  target_compile_features(keel_${room} PUBLIC cxx_std_20)
  target_include_directories(keel_${room} PUBLIC
    $<BUILD_INTERFACE:${KEEL_INCLUDE_ROOT}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(keel_${room} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE}
    $<BUILD_INTERFACE:keel_settings>)
endfunction()
