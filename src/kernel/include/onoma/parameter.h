// SPDX-License-Identifier: MIT
/*
 * parameter.h: module parameters.
 *
 *     static int count = 3;
 *     module_param(count, int, 0444);
 *     MODULE_PARM_DESC(count, "how often");
 *
 * and then `insmod hello.ko count=5` at the shell.  Each makes an entry in the section `__param`
 * and a `parmtype=` line in `.modinfo`, as Linux does.  The third argument is Linux's file mode; we
 * have no sysfs, it is read and not used.
 *
 * Types: bool, int, uint, long, ulong, charp.  A charp is set to a copy that lives as long as the
 * module.  module_param_array takes `name=1,2,3`; module_param_string copies into a char array.
 */
#ifndef ONOMA_PARAMETER_H
#define ONOMA_PARAMETER_H

#include <stdbool.h>
#include <stdint.h>
#include "onoma/compiler.h"

enum parameter_type {
    PARAMETER_BOOL = 1,
    PARAMETER_INT,
    PARAMETER_UINT,
    PARAMETER_LONG,
    PARAMETER_ULONG,
    PARAMETER_CHARP,
    PARAMETER_STRING, /* a char array of `capacity` bytes, NUL included */
};

struct module_parameter {
    const char *name;
    void *value;       /* the variable, or the array's first element */
    unsigned *count;   /* arrays: where to write how many were given; may be null */
    uint32_t type;     /* enum parameter_type */
    uint32_t capacity; /* elements of an array, bytes of a string; 1 for a single value */
};

_Static_assert(sizeof(struct module_parameter) == 32, "the loader walks __param by this size");

typedef char *charp;
typedef unsigned int uint;
typedef unsigned long ulong;

#define PARAMETER_TYPE_bool  PARAMETER_BOOL
#define PARAMETER_TYPE_int   PARAMETER_INT
#define PARAMETER_TYPE_uint  PARAMETER_UINT
#define PARAMETER_TYPE_long  PARAMETER_LONG
#define PARAMETER_TYPE_ulong PARAMETER_ULONG
#define PARAMETER_TYPE_charp PARAMETER_CHARP

#define PARAMETER_ENTRY(parameter_name, pointer, count_pointer, type_number, number)               \
    static const struct module_parameter PASTE(__param_, parameter_name)                           \
        __used __section("__param") __aligned(8) = {.name = #parameter_name,                       \
                                                    .value = pointer,                              \
                                                    .count = count_pointer,                        \
                                                    .type = type_number,                           \
                                                    .capacity = number}

/* The variable must be of the type said: a mismatch does not compile. */
#define PARAMETER_CHECK(variable, expected)                                                        \
    _Static_assert(SAME_TYPE(__typeof__(variable), expected),                                      \
                   "module_param: " #variable " is not of type " #expected)

#define module_param(variable, parameter_kind, mode)                                               \
    PARAMETER_CHECK(variable, parameter_kind);                                                     \
    MODULE_INFO(parmtype, #variable ":" #parameter_kind);                                          \
    PARAMETER_ENTRY(variable, &variable, 0, PARAMETER_TYPE_##parameter_kind, 1)

#define module_param_array(variable, parameter_kind, count_pointer, mode)                          \
    PARAMETER_CHECK(variable[0], parameter_kind);                                                  \
    MODULE_INFO(parmtype, #variable ":array of " #parameter_kind);                                 \
    PARAMETER_ENTRY(variable, variable, count_pointer, PARAMETER_TYPE_##parameter_kind,            \
                    ARRAY_SIZE(variable))

#define module_param_string(parameter_name, array, length, mode)                                   \
    PARAMETER_CHECK(array[0], char);                                                               \
    MODULE_INFO(parmtype, #parameter_name ":string");                                              \
    PARAMETER_ENTRY(parameter_name, array, 0, PARAMETER_STRING, length)

#define MODULE_PARM_DESC(parameter_name, text) MODULE_INFO(parm, #parameter_name ":" text)

#endif
