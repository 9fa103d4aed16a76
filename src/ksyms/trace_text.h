// SPDX-License-Identifier: MIT
/* trace_text.h: what the lines of a trace share.  Private to the kit. */
#ifndef KSYMS_TRACE_TEXT_H
#define KSYMS_TRACE_TEXT_H

#include "ksyms/host.h"
#include "text.h"

#define KSYMS_TRACE_LINE_MAX   384u
#define KSYMS_TRACE_NAME_MAX   256u /* as it is printed */
#define KSYMS_TRACE_LINKER_MAX 512u /* of C++, several times as long */

static inline void ksyms_trace_write(const struct ksyms_host *host, const struct text *text)
{
    host->write(host->context, text->buffer, text->length);
}

/* A function's name, as the source has it if the host can tell.  It may have been cut. */
static inline void ksyms_trace_put_name(const struct ksyms_host *host, struct text *text,
                                        const char *name)
{
    char source[KSYMS_TRACE_NAME_MAX];

    if (host->demangle && host->demangle(name, source, sizeof(source)) > 0) {
        name = source;
    }
    text_name(text, name, KSYMS_TRACE_NAME_MAX);
}

#endif
