#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The broker's archives ask nothing of the machine, and both programs link the same ones.

Goal: what the simulator runs is what serves a real port, and it can reach time, chance, sockets, files and threads
through Env only. Method: the undefined symbols of every archive of broker/ but runtime's, less those that another of
them defines, must be in the list below; both link commands must name each archive. The list itself is tried on
symbols that it must refuse. Usage: symbols_test.py BUILD_DIRECTORY NM ARCHIVE...
"""
import re
import subprocess
import sys
import unittest

BUILD, NM, *ARCHIVES = sys.argv[1:]
PROGRAMS = ("bin/faultline", "bin/faultline-broker")

# Memory, strings, the machinery of C++, and an assertion's last words.
PLAIN = set("""
abort bcmp fprintf fputs fwrite free malloc memchr memcmp memcpy memmove memset stderr strlen
_Unwind_Resume _GLOBAL_OFFSET_TABLE_ __cpu_model __cpu_features2 __cpu_indicator_init __dso_handle __gxx_personality_v0
__stack_chk_fail __tls_get_addr
""".split())
PATTERNS = [re.compile(pattern) for pattern in (
    r"__cxa_\w+",
    r"(LZ4F|ZSTD|XXH\w*)_\w+|LZ4F_\w+|snappy_\w+|(deflate|inflate)\w*",  # compression, hashes
    r"operator (new|delete)(\[\])?\(.*\)",
    r"(vtable|typeinfo|typeinfo name) for (__cxxabiv1::.*|std::(exception|bad_alloc|bad_\w+|logic_error|length_error))",
    r"std::(bad_\w+|exception|type_info)::.*|std::__throw_\w+\(.*\)|std::terminate\(\)|std::__glibcxx_assert_fail\(.*\)",
    r"std::_Rb_tree_\w+\(.*\)|std::__detail::_(List_node_base|Prime_rehash_policy)::.*",
    r"std::(to_chars|from_chars)\(.*\)|std::_Hash_bytes\(.*\)|std::__detail::__to_chars\w*.*",
    r"(void |char\* )?std::(__cxx11::)?basic_string<char.*|std::allocator<char>::.*|std::nothrow",
    r"(\w+ )*fmt::v\d+::(v?format|detail::).*|typeinfo for fmt::.*|vtable for fmt::.*",
    r"fmt::v\d+::.*",
)]
MUST_BE_REFUSED = """
clock_gettime time gettimeofday nanosleep rand random getrandom std::random_device::_M_getval() socket connect send recv
epoll_wait open openat read write pread fsync rename unlink fopen pthread_create pthread_mutex_lock getenv
std::thread::_M_start_thread(std::unique_ptr<int>) std::condition_variable::wait(std::unique_lock<std::mutex>&)
std::chrono::_V2::system_clock::now() std::chrono::_V2::steady_clock::now() std::cout std::locale::locale()
std::basic_ofstream<char>::open(char const*)
"""


def is_allowed(symbol):
    return symbol in PLAIN or any(pattern.fullmatch(symbol) for pattern in PATTERNS)


def symbols(option, archive):
    """Mangled names."""
    listing = subprocess.run([NM, option, "--format=posix", archive], check=True, capture_output=True, text=True).stdout
    return {line.split()[0] for line in listing.splitlines() if re.match(r"\S+ [A-Za-z]\b", line)}


def readable(names):
    shown = subprocess.run(["c++filt"], input="\n".join(names), check=True, capture_output=True, text=True).stdout
    return sorted(set(shown.split("\n")) - {""})


class Symbols(unittest.TestCase):
    def test_nothing_of_the_machine_is_asked_for(self):
        self.assertGreater(len(ARCHIVES), 6)
        wanted = set().union(*(symbols("--undefined-only", archive) for archive in ARCHIVES))
        defined = set().union(*(symbols("--defined-only", archive) for archive in ARCHIVES))
        self.assertGreater(len(defined), 1000)
        forbidden = [name for name in readable(wanted - defined) if not is_allowed(name)]
        self.assertEqual(forbidden, [], "ask for it through Env, or extend the list with a reason")

    def test_the_list_refuses_the_machine(self):
        for name in re.findall(r"\S+\(.*?\)\S*|\S+", MUST_BE_REFUSED):
            self.assertFalse(is_allowed(name), name)

    def test_both_programs_link_the_same_archives(self):
        server = [archive for archive in ARCHIVES if "client" not in archive]
        for program in PROGRAMS:
            commands = subprocess.run(["ninja", "-C", BUILD, "-t", "commands", "-s", program], check=True,
                                      capture_output=True, text=True).stdout
            linked = set(re.findall(r"\S+\.a\b", commands))
            for archive in server:
                self.assertTrue(any(archive.endswith(each) for each in linked), f"{program} lacks {archive}")


unittest.main(argv=sys.argv[:1])
