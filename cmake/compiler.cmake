# SPDX-License-Identifier: Apache-2.0
# Which compilers may build this, and with which flags. Everything links `faultline_options`.
# Runs must be equal bit for bit on each accepted compiler, so an unchecked one is refused.

string(REGEX MATCH "^[0-9]+" major "${CMAKE_CXX_COMPILER_VERSION}")
if(NOT "${CMAKE_CXX_COMPILER_ID}-${major}" MATCHES "^(Clang-19|GNU-12)$")
  message(FATAL_ERROR
    "Faultline has not been checked with ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION} "
    "(${CMAKE_CXX_COMPILER}).\n"
    "Use Clang 19, the reference (Debian: apt install clang-19 lld-19; cmake --preset dev),\n"
    "or g++ 12 (Debian: apt install g++-12; cmake --preset gcc).")
endif()

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_VERIFY_INTERFACE_HEADER_SETS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")

# Asserts stay on in every build: CMake's own flags would add -DNDEBUG.
set(debug_info "-g1 -gdwarf-4")  # what backtraces need; valgrind reads no DWARF 5
set(CMAKE_CXX_FLAGS_DEBUG "-O0 ${debug_info}")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 ${debug_info}")
set(CMAKE_CXX_FLAGS_RELEASE "-O2")

if(NOT DEFINED ccache)  # decided once: installing it later must not rebuild everything
  find_program(ccache ccache)
endif()
if(ccache AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Two checkouts share objects; precompiled headers are cached too.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND};-E;env;CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}"
      "CCACHE_NOHASHDIR=1" "CCACHE_SLOPPINESS=pch_defines,time_macros" "${ccache}")
endif()

# __FILE__ is the path from the root, whether the compiler or ccache names the file.
file(RELATIVE_PATH way_up "${PROJECT_BINARY_DIR}" "${PROJECT_SOURCE_DIR}")
string(REGEX REPLACE "/$" "" way_up "${way_up}")

add_library(faultline_options INTERFACE)
target_compile_options(faultline_options INTERFACE
  -Wall -Wextra -Werror -Wextra-semi -Woverloaded-virtual -Wvla
  -Wno-missing-field-initializers  # designated initialisers leave defaults alone
  -ffp-contract=off                # never fuse: results are the same on every machine
  -ffile-prefix-map=${PROJECT_SOURCE_DIR}/= -ffile-prefix-map=${way_up}/=)

if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(faultline_options INTERFACE
    -Wshadow -Wnon-virtual-dtor -Wimplicit-fallthrough -Wunreachable-code-aggressive
    -Wno-missing-designated-field-initializers
    "SHELL:-Xclang -fno-pch-timestamp")
  target_link_options(faultline_options INTERFACE -fuse-ld=lld)
else()
  # These warn falsely on coroutine frames and std::string in g++ 12 at -O2.
  target_compile_options(faultline_options INTERFACE
    -Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread
    -Wno-restrict
    -Wno-dangling-else     # EXPECT_EQ after an if
    -Wno-unused-function)  # a static member of a template over a type of this file
endif()

if(FAULTLINE_LIBCXX)
  target_compile_options(faultline_options INTERFACE -stdlib=libc++)
  # Boost 1.74 does not know that libc++ no longer has std::unary_function; 1.81 says the same itself.
  target_compile_definitions(faultline_options INTERFACE BOOST_NO_CXX98_FUNCTION_BASE=)
  target_link_options(faultline_options INTERFACE -stdlib=libc++)
endif()
if(FAULTLINE_SANITIZE)
  # vptr asks the kernel, through a pipe, whether an object's memory is there, and takes a broker without
  # descriptors (which a test makes) for one with bad objects. ASan sees what it is there for.
  set(sanitizers -fsanitize=${FAULTLINE_SANITIZE} -fno-sanitize-recover=all -fno-sanitize=vptr)
  target_compile_options(faultline_options INTERFACE ${sanitizers} -fno-omit-frame-pointer)
  target_link_options(faultline_options INTERFACE ${sanitizers})
endif()
# `./dev fast`: one build counts what a run does, another is laid out by the counts (clang only). Counts
# of another version of a function are not used for it, hence no warnings.
if(FAULTLINE_COUNTS STREQUAL "take")
  target_compile_options(faultline_options INTERFACE -fprofile-generate)
  target_link_options(faultline_options INTERFACE -fprofile-generate)
elseif(FAULTLINE_COUNTS)
  set(by_counts -flto=thin -fprofile-use=${FAULTLINE_COUNTS})
  target_compile_options(faultline_options INTERFACE ${by_counts} -Wno-profile-instr-unprofiled
    -Wno-profile-instr-out-of-date -Wno-backend-plugin)
  target_link_options(faultline_options INTERFACE ${by_counts})
  set(CMAKE_AR "${CMAKE_CXX_COMPILER_AR}")  # binutils' ar cannot read what -flto writes
  set(CMAKE_RANLIB "${CMAKE_CXX_COMPILER_RANLIB}")
endif()
if(FAULTLINE_FUZZ)
  target_compile_options(faultline_options INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(faultline_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

find_package(fmt REQUIRED)
target_link_libraries(faultline_options INTERFACE
  $<IF:$<BOOL:${FAULTLINE_LIBCXX}>,fmt::fmt-header-only,fmt::fmt>)

# FAULTLINE_PRECOMPILE: reading these is a sixth of a build, with libc++ a quarter. The preset gcc does
# without, so that an include which a source lacks is missed there.
if(FAULTLINE_PRECOMPILE)
  file(WRITE "${PROJECT_BINARY_DIR}/precompiled.cc" "")
  add_library(faultline_precompiled STATIC "${PROJECT_BINARY_DIR}/precompiled.cc")
  target_link_libraries(faultline_precompiled PRIVATE faultline_options)
  target_compile_options(faultline_precompiled PRIVATE -fno-exceptions)
  target_precompile_headers(faultline_precompiled PRIVATE
    <algorithm> <array> <bit> <charconv> <coroutine> <cstdint> <cstring> <deque> <functional> <map> <memory>
    <optional> <set> <span> <string> <string_view> <utility> <variant> <vector> <fmt/format.h>)
endif()
