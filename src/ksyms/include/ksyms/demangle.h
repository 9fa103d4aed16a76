// SPDX-License-Identifier: MIT
/*
 * demangle.h: the names of C++ functions and objects as their source has them.
 *
 *     char text[256];
 *     size_t length = ksyms_demangle("_ZN4disk5Queue6submitEPKcj", text, sizeof(text));
 *     // disk::Queue::submit(char const*, unsigned int); 0: print the name as it is
 *
 * The mangling is the Itanium C++ ABI's, which GCC and Clang use; the text is that of `c++filt`.
 * A suffix that the compiler gave to a part or a copy of a function follows: `f() [clone .cold]`.
 *
 * Any context, an NMI and a panic too: no heap, no lock, no state, no recursion.
 * Stack: at most 2048 bytes.  Work is bounded whatever the name: a few bytes may stand for a text
 * of any length.
 */
#ifndef KSYMS_DEMANGLE_H
#define KSYMS_DEMANGLE_H

#include <stddef.h>
#include "ksyms/language.h"

KSYMS_BEGIN_C

/*
 * Write the source's form of a linker's name, NUL-ended, cut to fit.  Returns its whole length, as
 * snprintf does: not below `capacity` if it was cut.  0 if `mangled` is no name of C++, a damaged
 * one, or more than is understood here; then `buffer` holds "".
 */
size_t ksyms_demangle(const char *mangled, char *buffer, size_t capacity);

KSYMS_END_C

#endif
