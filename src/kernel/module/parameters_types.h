// SPDX-License-Identifier: MIT
/*
 * parameters_types.h: what the parts of the parameter code share.  Private to parameters*.c.
 *
 *     parameters.c        arguments to values
 *     parameters_table.c  is the module's table to be trusted?
 *     parameters_text.c   messages
 */
#ifndef MODULE_PARAMETERS_TYPES_H
#define MODULE_PARAMETERS_TYPES_H

#include <stdbool.h>
#include <stdint.h>
#include "onoma/parameter.h"

/* What a type needs, and what a number of it can hold. */
struct parameter_type_facts {
    const char *name;
    uint32_t size;    /* of one element in bytes; its alignment too */
    int64_t minimum;  /* 0 for what is not signed */
    uint64_t maximum; /* 0 for what is no number */
};

/* By enum parameter_type; only for those that parameter_is_known. */
extern const struct parameter_type_facts parameter_types[];

static inline bool parameter_is_known(uint32_t type)
{
    return type >= PARAMETER_BOOL && type <= PARAMETER_STRING;
}

/* A string has its capacity in bytes, but is one value. */
static inline bool parameter_is_array(const struct module_parameter *parameter)
{
    return parameter->type != PARAMETER_STRING &&
           (parameter->capacity > 1 || parameter->count != 0);
}

#endif
