// SPDX-License-Identifier: MIT
/* trace_lines.c: file, line and inlined calls of a place in a trace. */
#include "ksyms/lines.h"
#include "ksyms/trace.h"
#include "trace_text.h"

/* "     at kernel.c:12 (inlined outer)", from the innermost call outwards. */
void ksyms_trace_lines(const struct ksyms_host *host, const struct ksyms_location *location)
{
    struct ksyms_lines lines;
    struct ksyms_chain chain;
    struct ksyms_place place;
    char buffer[KSYMS_TRACE_LINE_MAX];

    if (!location->table || ksyms_lines_open(&lines, location->table) != KSYMS_OK ||
        !ksyms_lines_find(&lines, location->table_address, &chain)) {
        return;
    }
    while (ksyms_chain_next(&chain, &place)) {
        struct text text = {.buffer = buffer, .capacity = sizeof(buffer) - 1};
        text_string(&text, "     at ");
        if (place.directory[0] != '\0') {
            text_name(&text, place.directory, KSYMS_TRACE_NAME_MAX);
            text_byte(&text, '/');
        }
        text_name(&text, place.file, KSYMS_TRACE_NAME_MAX);
        text_byte(&text, ':');
        text_decimal(&text, place.line);
        if (place.function) {
            text_string(&text, " (inlined ");
            ksyms_trace_put_name(host, &text, place.function);
            text_byte(&text, ')');
        }
        text.capacity++; /* the last byte was kept for the line end */
        text_byte(&text, '\n');
        ksyms_trace_write(host, &text);
    }
}
