// SPDX-License-Identifier: MIT
/*
 * parameters.h: set a module's parameters from `name=value` arguments, and check the table that the
 * module brings (section __param, onoma/parameter.h).
 *
 * Pure: memory comes from the caller, nothing is printed.  All or nothing: every argument is
 * checked before the first variable is written, so a refused load has changed nothing.
 *
 *     status = parameters_check_table(section, size_bytes, &ranges, &fault);
 *     ...
 *     struct parameters_storage storage = {.allocate = allocate};
 *     status = parameters_apply(table, count, arguments, argument_count, &storage, &fault);
 *     if (status != PARAMETERS_OK) {
 *         parameters_format_fault(line, sizeof(line), &fault);
 *     }
 *     ...
 *     kfree(storage.strings);      when the module goes
 *
 * Values: bool takes y n 1 0 on off yes no true false, and `name` alone for true; numbers are
 * decimal, 0x hexadecimal or 0 octal; an array takes 1,2,3 and leaves the elements behind as they
 * were; a charp array cannot hold commas.  A parameter given twice gets the last value, but all are
 * checked.  In names '-' and '_' are the same.
 */
#ifndef MODULE_PARAMETERS_H
#define MODULE_PARAMETERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "onoma/parameter.h"

/* Caps on what a module may bring. */
#define PARAMETERS_TABLE_MAXIMUM   256   /* entries */
#define PARAMETERS_NAME_MAXIMUM    64    /* bytes of a name, NUL included */
#define PARAMETERS_ELEMENT_MAXIMUM 65536 /* elements of an array, bytes of a string */

enum parameters_status {
    PARAMETERS_OK = 0,

    /* Arguments. */
    PARAMETERS_UNKNOWN,      /* the module has no parameter of that name */
    PARAMETERS_NO_VALUE,     /* `name` alone, and it is no bool */
    PARAMETERS_NOT_A_BOOL,   /* neither yes nor no */
    PARAMETERS_NOT_A_NUMBER, /* digits are missing, or something follows them */
    PARAMETERS_OUT_OF_RANGE, /* a number that the type cannot hold */
    PARAMETERS_TOO_LONG,     /* a text that does not fit a string parameter */
    PARAMETERS_TOO_MANY,     /* more elements than the array has */
    PARAMETERS_NO_MEMORY,    /* for the copies of texts */

    /* The module's table. */
    PARAMETERS_TABLE_SIZE,      /* not a multiple of an entry, unaligned, or too many entries */
    PARAMETERS_TABLE_NAME,      /* not a NUL-ended identifier within the module's constants */
    PARAMETERS_TABLE_DUPLICATE, /* two entries of one name */
    PARAMETERS_TABLE_TYPE,      /* not an enum parameter_type, or one that allows no count */
    PARAMETERS_TABLE_CAPACITY,  /* 0 or over PARAMETERS_ELEMENT_MAXIMUM */
    PARAMETERS_TABLE_ALIGNMENT, /* a variable's address does not suit its type */
    PARAMETERS_TABLE_VALUE,     /* a variable outside the module's own writable data */
    PARAMETERS_TABLE_COUNT,     /* the same of where the number of elements goes */

    PARAMETERS_STATUS_COUNT
};

/* The facts of a refusal.  Strings belong to the arguments or to the module.  What does not apply
 * is 0 or null. */
struct parameters_fault {
    enum parameters_status status;
    const char *name; /* as the argument or the table has it; not NUL-ended; may be null */
    size_t name_length;
    const char *value; /* of the argument, all of it, NUL-ended */
    size_t element;    /* index in an array */
    size_t index;      /* of the argument, or of the table's entry */
    uint32_t type;     /* enum parameter_type, as the table has it */
    uint32_t capacity; /* elements, or bytes of a string, as the table has it */
    bool is_array;
};

/* Where the texts of charp parameters go: all in one piece, taken once all arguments are good. */
struct parameters_storage {
    void *(*allocate)(size_t size_bytes, void *context); /* null when there is no memory */
    void *context;
    void *strings; /* result: what allocate gave, the caller frees it; null if none was needed */
};

/*
 * Set the variables.  Argument: "name=value" or "name".  The table was checked.  On a failure no
 * variable is changed, nothing stays allocated and storage->strings is null.
 */
enum parameters_status parameters_apply(const struct module_parameter *table, size_t count,
                                        const char *const *arguments, size_t argument_count,
                                        struct parameters_storage *storage,
                                        struct parameters_fault *fault);

/* What of the memory is the module's own. */
struct parameters_ranges {
    /* Do all bytes lie within one writable piece of the module's data?  size_bytes is not 0, the
     * sum may wrap: compare with subtractions. */
    bool (*is_writable)(uint64_t address, uint64_t size_bytes, void *context);
    void *context;
    const char *constants_low; /* its read-only data, where names must lie: [low, high) */
    const char *constants_high;
};

/* Check section __param, relocated, before anything in it is used. */
enum parameters_status parameters_check_table(const void *section, size_t size_bytes,
                                              const struct parameters_ranges *ranges,
                                              struct parameters_fault *fault);

/* One line of text, without a full stop.  Never null, any value may be given. */
const char *parameters_status_text(enum parameters_status status);

/*
 * One line with names and values: `parameter count: "99999999999" does not fit int
 * (-2147483648..2147483647)`.  Bytes that are not printable ASCII come as \xNN.  As snprintf, but
 * long names and values are cut.
 */
int parameters_format_fault(char *buffer, size_t capacity, const struct parameters_fault *fault);

#endif
