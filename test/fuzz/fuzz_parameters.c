// SPDX-License-Identifier: MIT
/*
 * fuzz_parameters.c: any bytes as a module's table of parameters with arguments for it.
 *
 *     records of 12 bytes, up to one that begins with 0xff: offsets of name, variable and counter,
 *     type and capacity         then: arguments, ended by newlines
 *
 * Offsets may lead outside what is the module's own: then the table must be refused.  If it is not,
 * the arguments are applied, and nothing outside the variables may be written (they lie in a block
 * of their exact size), nor anything at all when an argument is refused.
 */
#include <string.h>
#include "fuzz.h"
#include "module/parameters.h"

#define VARIABLE_BYTES 256u
#define RECORD_SIZE    12u
#define RECORDS_MAX    16u
#define ARGUMENTS_MAX  32u

static const char constants[] = "count\0limit\0who\0title\0with-dash\0_x9\0\0bad name\0numbers";

static uint8_t *variables;

static bool is_writable(uint64_t address, uint64_t size_bytes, void *context)
{
    uint64_t offset = address - (uint64_t)(uintptr_t)variables;
    (void)context;

    return offset < VARIABLE_BYTES && size_bytes <= VARIABLE_BYTES - offset;
}

static uint16_t read_u16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

/* Pointers just past both ends of what is allowed can come out as well as those between. */
static size_t read_table(const uint8_t *data, size_t size, struct module_parameter *table,
                         size_t *used)
{
    size_t count = 0;

    *used = 0;
    while (count < RECORDS_MAX && size - *used >= RECORD_SIZE && data[*used] != 0xff) {
        const uint8_t *record = data + *used;
        uintptr_t counter = read_u16(record + 4);
        table[count] = (struct module_parameter){
            .name = (const char *)((uintptr_t)constants + read_u16(record) % 72 - 4),
            .value = (void *)((uintptr_t)variables + read_u16(record + 2) % 272 - 8),
            .count = counter == 0 ? NULL : (unsigned *)((uintptr_t)variables + counter % 272 - 8),
            .type = record[6],
            .capacity = read_u16(record + 8),
        };
        count++;
        *used += RECORD_SIZE;
    }
    return count;
}

static size_t read_arguments(char *text, const char *arguments[ARGUMENTS_MAX])
{
    size_t count = 0;
    char *rest = NULL;

    for (char *word = strtok_r(text, "\n", &rest); word && count < ARGUMENTS_MAX;
         word = strtok_r(NULL, "\n", &rest)) {
        arguments[count++] = word;
    }
    return count;
}

static void *allocate(size_t size_bytes, void *context)
{
    unsigned *countdown = context;
    return (*countdown)++ % 5 == 4 ? NULL : malloc(size_bytes);
}

static void tell(const struct parameters_fault *fault)
{
    char message[64];
    int length = parameters_format_fault(message, sizeof(message), fault);

    MUST(length > 0 && strlen(message) < sizeof(message));
    for (size_t index = 0; message[index]; index++) {
        MUST(message[index] >= ' ' && message[index] <= '~');
    }
}

static void apply(const struct module_parameter *table, size_t count, char *text)
{
    static unsigned allocations;
    const char *arguments[ARGUMENTS_MAX];
    size_t argument_count = read_arguments(text, arguments);
    struct parameters_storage storage = {.allocate = allocate, .context = &allocations};
    struct parameters_fault fault;
    uint8_t before[VARIABLE_BYTES];

    memcpy(before, variables, VARIABLE_BYTES);
    enum parameters_status status =
        parameters_apply(table, count, arguments, argument_count, &storage, &fault);
    if (status != PARAMETERS_OK) {
        MUST(fault.status == status && storage.strings == NULL);
        MUST(memcmp(before, variables, VARIABLE_BYTES) == 0);
        tell(&fault);
    }
    free(storage.strings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct module_parameter *table = malloc(RECORDS_MAX * sizeof(*table));
    struct parameters_ranges ranges = {
        .is_writable = is_writable,
        .constants_low = constants,
        .constants_high = constants + sizeof(constants),
    };
    struct parameters_fault fault;
    size_t used;

    variables = calloc(1, VARIABLE_BYTES);
    MUST(table && variables);
    size_t count = read_table(data, size, table, &used);
    char *text = calloc(1, size - used + 1);
    memcpy(text, data + used, size - used);
    enum parameters_status status =
        parameters_check_table(table, count * sizeof(*table), &ranges, &fault);
    if (status == PARAMETERS_OK) {
        apply(table, count, text);
    } else {
        MUST(fault.status == status);
        tell(&fault);
    }
    free(text);
    free(table);
    free(variables);
    return 0;
}
