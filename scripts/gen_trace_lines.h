// SPDX-License-Identifier: MIT
/* gen_trace_lines.h: what LINES says once, and what its rows must know of that. */
#ifndef GEN_TRACE_LINES_H
#define GEN_TRACE_LINES_H

#include "gen_trace.h"

/* A call in a callee, of which each is listed once. */
struct call {
    uint32_t caller;
    uint32_t line;
    uint32_t callee;
};

struct tables {
    const struct source *source;
    uint32_t *first_callees; /* by file, and one more */
    struct call *calls;      /* by caller and line */
    size_t call_count;
    uint32_t *first_calls; /* by callee, and one more */
    uint32_t *ranks;       /* by callee: among the frequent ones; UINT32_MAX: not */
    uint32_t *frequent;    /* the callees by rank */
    uint32_t frequent_count;
};

/* Sorts and renumbers files and callees of the source. */
void tables_make(struct tables *tables, struct source *source);
void tables_free(struct tables *tables);
void put_tables(struct buffer *part, const struct tables *tables);

/* Is the call of a scope one of those listed with its caller?  Its number there. */
bool is_nested(const struct source *source, uint32_t scope);
uint32_t call_number(const struct tables *tables, uint32_t scope);

#endif
