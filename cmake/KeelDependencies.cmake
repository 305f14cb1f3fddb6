# Every outside package, each found once. What is missing is named for apt, all of it in one go.
set(KEEL_MISSING_PACKAGES "")

macro(keel_require found apt)
  if(NOT ${found})
    list(APPEND KEEL_MISSING_PACKAGES ${apt})
  endif()
endmacro()

find_package(Threads REQUIRED)

find_package(fmt QUIET CONFIG)
keel_require(fmt_FOUND libfmt-dev)

find_package(nlohmann_json QUIET CONFIG)
keel_require(nlohmann_json_FOUND nlohmann-json3-dev)

# OpenBLAS: Debian keeps the header of each flavour in a folder of its own.
find_path(KEEL_OPENBLAS_INCLUDE_DIR cblas.h PATH_SUFFIXES openblas-openmp openblas openblas-pthread)
find_library(KEEL_OPENBLAS_LIBRARY openblas PATH_SUFFIXES openblas-openmp openblas-pthread)
if(KEEL_OPENBLAS_INCLUDE_DIR AND KEEL_OPENBLAS_LIBRARY)
  add_library(keel_openblas INTERFACE)
  add_library(keel::openblas ALIAS keel_openblas)
  target_include_directories(keel_openblas SYSTEM INTERFACE
    $<BUILD_INTERFACE:${KEEL_OPENBLAS_INCLUDE_DIR}>)
  target_link_libraries(keel_openblas INTERFACE ${KEEL_OPENBLAS_LIBRARY})
  set_target_properties(keel_openblas PROPERTIES EXPORT_NAME openblas)
else()
  list(APPEND KEEL_MISSING_PACKAGES libopenblas-openmp-dev)
endif()

find_path(KEEL_STB_INCLUDE_DIR stb_image.h PATH_SUFFIXES stb)
if(KEEL_STB_INCLUDE_DIR)
  add_library(keel_stb INTERFACE)
  add_library(keel::stb ALIAS keel_stb)
  target_include_directories(keel_stb SYSTEM INTERFACE
    $<BUILD_INTERFACE:${KEEL_STB_INCLUDE_DIR}>)
  set_target_properties(keel_stb PROPERTIES EXPORT_NAME stb)
else()
  list(APPEND KEEL_MISSING_PACKAGES libstb-dev)
endif()

find_package(ZLIB QUIET)
keel_require(ZLIB_FOUND zlib1g-dev)
find_package(LibArchive QUIET)
keel_require(LibArchive_FOUND libarchive-dev)
find_package(CURL QUIET)
keel_require(CURL_FOUND libcurl4-openssl-dev)
find_package(OpenSSL QUIET COMPONENTS Crypto)
keel_require(OPENSSL_FOUND libssl-dev)

if(KEEL_BUILD_APPS)
  find_package(CLI11 QUIET CONFIG)
  keel_require(CLI11_FOUND libcli11-dev)
  find_package(toml11 QUIET CONFIG)
  keel_require(toml11_FOUND libtoml11-dev)
endif()
if(KEEL_BUILD_TESTS)
  find_package(Catch2 QUIET CONFIG)
  keel_require(Catch2_FOUND catch2)
endif()

if(KEEL_MISSING_PACKAGES)
  list(JOIN KEEL_MISSING_PACKAGES " " missing)
  # CMake leaves lines alone that begin with a blank.
  message(FATAL_ERROR "  Keel needs packages that are not here: sudo apt-get install ${missing}")
endif()
