# SPDX-License-Identifier: Apache-2.0
# The vocabulary of every CMakeLists.txt below the root:
#   faultline_library(NAME [CATCHES] [SRCS ..] [HDRS ..] [DEPS ..] [PUBLIC_LIBS ..] [PRIVATE_LIBS ..])
#   faultline_executable(NAME SRCS .. [HDRS ..] [DEPS ..] [PRIVATE_LIBS ..])
#   faultline_test(NAME SRCS .. [DEPS ..] [LABELS unit|property|golden|sim ..] [PRIVATE_LIBS ..])
#   faultline_bench(NAME SRCS .. [DEPS ..] [PRIVATE_LIBS ..])
#   faultline_fuzzer(NAME SRCS .. [DEPS ..])
# DEPS are targets of this project, *_LIBS are third-party. Paths are relative to the folder, headers
# are included from the root ("broker/base/bytes.h"), binaries land in bin/ of the build folder.

# Adds each folder that has a CMakeLists.txt; a new one is noticed by the next build.
function(faultline_add_folders)
  foreach(folder IN LISTS ARGN)
    file(GLOB listing CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${folder}/CMakeLists.txt")
    if(listing)
      add_subdirectory(${folder})
    endif()
  endforeach()
endfunction()

# Defines `name` as a static library, or as an INTERFACE one when it has headers only. There are no
# exceptions in it, by the compiler's word, unless it CATCHES those of a third party.
function(faultline_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "CATCHES" "" "SRCS;HDRS;DEPS;PUBLIC_LIBS;PRIVATE_LIBS")
  faultline_no_leftovers(${name} ${arg_UNPARSED_ARGUMENTS})
  if(arg_SRCS)
    set(scope PUBLIC)
    add_library(${name} STATIC ${arg_SRCS})
    target_link_libraries(${name} PRIVATE ${arg_PRIVATE_LIBS})
    if(NOT arg_CATCHES)  # the few that do would need precompiled headers of their own
      target_compile_options(${name} PRIVATE -fno-exceptions)
      if(FAULTLINE_PRECOMPILE)
        target_precompile_headers(${name} REUSE_FROM faultline_precompiled)
      endif()
    endif()
  else()
    set(scope INTERFACE)
    add_library(${name} INTERFACE)
  endif()
  target_sources(${name} ${scope}
    FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}" FILES ${arg_HDRS})
  target_include_directories(${name} ${scope} "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} ${scope} ${arg_DEPS} ${arg_PUBLIC_LIBS} faultline_options)
endfunction()

function(faultline_executable name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SRCS;HDRS;DEPS;PRIVATE_LIBS")
  faultline_no_leftovers(${name} ${arg_UNPARSED_ARGUMENTS})
  add_executable(${name} ${arg_SRCS})
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${arg_DEPS} ${arg_PRIVATE_LIBS} faultline_options)
endfunction()

# One GoogleTest binary; each TEST() in it is an entry of ctest. RapidCheck is at hand too.
function(faultline_test name)
  if(NOT FAULTLINE_TESTS)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SRCS;DEPS;LABELS;PRIVATE_LIBS")
  faultline_no_leftovers(${name} ${arg_UNPARSED_ARGUMENTS})
  faultline_executable(${name} SRCS ${arg_SRCS} DEPS ${arg_DEPS}
    PRIVATE_LIBS ${arg_PRIVATE_LIBS} faultline_test_main)
  target_precompile_headers(${name} REUSE_FROM faultline_test_pch)
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  list(JOIN arg_LABELS "+" label)  # `ctest -L` takes a regex, so "unit+sim" is found by either name
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS "${label}" TIMEOUT 1200)
endfunction()

# Built by the target `benches` only.
function(faultline_bench name)
  if(NOT FAULTLINE_BENCH)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SRCS;DEPS;PRIVATE_LIBS")
  faultline_no_leftovers(${name} ${arg_UNPARSED_ARGUMENTS})
  find_package(benchmark REQUIRED)
  faultline_executable(${name} SRCS ${arg_SRCS} DEPS ${arg_DEPS}
    PRIVATE_LIBS ${arg_PRIVATE_LIBS} benchmark::benchmark)
  faultline_gather(benches ${name})
endfunction()

# A libFuzzer binary: the sources define LLVMFuzzerTestOneInput. Built by the target `fuzzers` only.
function(faultline_fuzzer name)
  if(NOT FAULTLINE_FUZZ)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SRCS;DEPS;PRIVATE_LIBS")
  faultline_no_leftovers(${name} ${arg_UNPARSED_ARGUMENTS})
  faultline_executable(${name} SRCS ${arg_SRCS} DEPS ${arg_DEPS} PRIVATE_LIBS ${arg_PRIVATE_LIBS})
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  faultline_gather(fuzzers ${name})
endfunction()

# Takes `name` out of the default build; the target `group` builds it.
function(faultline_gather group name)
  set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ON)
  if(NOT TARGET ${group})
    add_custom_target(${group})
  endif()
  add_dependencies(${group} ${name})
endfunction()

function(faultline_no_leftovers name)
  if(ARGN)
    message(FATAL_ERROR "${name}: unknown arguments: ${ARGN}")
  endif()
endfunction()
