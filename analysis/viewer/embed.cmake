# SPDX-License-Identifier: Apache-2.0
# cmake -D FROM=file -D TO=file.inc -P embed.cmake: the bytes of a file as C++ array elements.
file(READ "${FROM}" digits HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," elements "${digits}")
file(WRITE "${TO}" "${elements}\n")
