// SPDX-License-Identifier: MIT
/* compiler.h: the attributes that kernel and module code uses, under the names Linux gives them. */
#ifndef ONOMA_COMPILER_H
#define ONOMA_COMPILER_H

#define __used             __attribute__((used))
#define __section(name)    __attribute__((section(name)))
#define __aligned(bytes)   __attribute__((aligned(bytes)))
#define __noreturn         __attribute__((noreturn))
#define __noinline         __attribute__((noinline))
#define __maybe_unused     __attribute__((unused))
#define __printf(fmt, arg) __attribute__((format(printf, fmt, arg)))

/* Code and data that is needed until a module's init has returned, and given back then. */
#define __init     __section(".init.text")
#define __initdata __section(".init.data")
/* Data that a module's init sets and nobody changes afterwards: read-only once init has returned.
 */
#define __ro_after_init __section(".data..ro_after_init")
/* Code that only unloading needs. */
#define __exit __section(".exit.text")

#define STRINGIFY_ARGUMENT(x) #x
#define STRINGIFY(x)          STRINGIFY_ARGUMENT(x)
#define PASTE_ARGUMENT(a, b)  a##b
#define PASTE(a, b)           PASTE_ARGUMENT(a, b)

/* Modules may be in C++: what these headers declare is C's. */
#ifdef __cplusplus
#define BEGIN_C extern "C" {
#define END_C   }
#define _Static_assert static_assert
#define SAME_TYPE(a, b) __is_same(a, b)
#else
#define BEGIN_C
#define END_C
#define SAME_TYPE(a, b) __builtin_types_compatible_p(a, b)
#endif

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif
