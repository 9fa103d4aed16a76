// SPDX-License-Identifier: MIT
/*
 * report_types.c: a difference between types as one line.
 *
 *     hello.ko: "command_register": struct command: member "run" is at 32 here, the module was
 *     built with it at 24
 */
#include "module/explain_types.h"
#include "onoma/printk.h"
#include "onoma/string.h"

/* Of a member of a struct or an enum. */
static void format_member_change(char *buffer, size_t capacity,
                                 const struct ksyms_type_difference *d)
{
    switch (d->change) {
    case KSYMS_TYPE_PLACE:
        snprintf(buffer, capacity,
                 "member \"%.*s\" is at %.*s here, the module was built with it at %.*s",
                 SHOWN(d->member), SHOWN(d->here), SHOWN(d->built));
        return;
    case KSYMS_TYPE_MEMBER:
        snprintf(buffer, capacity,
                 "member \"%.*s\" is \"%.*s\" here, the module was built with \"%.*s\"",
                 SHOWN(d->member), SHOWN(d->here), SHOWN(d->built));
        return;
    case KSYMS_TYPE_MEMBER_NEW:
        snprintf(buffer, capacity,
                 "member \"%.*s\" is new here, at %.*s, the module was built without it",
                 SHOWN(d->member), SHOWN(d->here));
        return;
    case KSYMS_TYPE_MEMBER_GONE:
        snprintf(buffer, capacity,
                 "member \"%.*s\" is gone here, the module was built with it at %.*s",
                 SHOWN(d->member), SHOWN(d->built));
        return;
    case KSYMS_TYPE_ENUMERATOR:
        snprintf(buffer, capacity,
                 "enumerator \"%.*s\" is %.*s here, the module was built with %.*s",
                 SHOWN(d->member), SHOWN(d->here), SHOWN(d->built));
        return;
    case KSYMS_TYPE_ENUMERATOR_GONE:
        snprintf(buffer, capacity,
                 "enumerator \"%.*s\" is gone here, the module was built with it as %.*s",
                 SHOWN(d->member), SHOWN(d->built));
        return;
    default:
        buffer[0] = '\0';
    }
}

static void format_change(char *buffer, size_t capacity, const struct ksyms_type_difference *d)
{
    switch (d->change) {
    case KSYMS_TYPE_KIND:
        snprintf(buffer, capacity,
                 "is of the kind \"%.*s\" here, the module was built with \"%.*s\"", SHOWN(d->here),
                 SHOWN(d->built));
        return;
    case KSYMS_TYPE_OBJECT:
        snprintf(buffer, capacity, "is \"%.*s\" here, the module was built with \"%.*s\"",
                 SHOWN(d->here), SHOWN(d->built));
        return;
    case KSYMS_TYPE_RETURN:
        snprintf(buffer, capacity, "returns \"%.*s\" here, the module was built with \"%.*s\"",
                 SHOWN(d->here), SHOWN(d->built));
        return;
    case KSYMS_TYPE_PARAMETER:
        snprintf(buffer, capacity,
                 "parameter %u is \"%.*s\" here, the module was built with \"%.*s\"", d->parameter,
                 SHOWN(d->here), SHOWN(d->built));
        return;
    case KSYMS_TYPE_PARAMETER_NEW:
        snprintf(buffer, capacity,
                 "parameter %u, \"%.*s\", is new here, the module was built without it",
                 d->parameter, SHOWN(d->here));
        return;
    case KSYMS_TYPE_PARAMETER_GONE:
        snprintf(buffer, capacity,
                 "parameter %u, \"%.*s\", is gone here, the module was built with it", d->parameter,
                 SHOWN(d->built));
        return;
    case KSYMS_TYPE_SIZE:
        snprintf(buffer, capacity, "has %.*s bytes here, the module was built with %.*s",
                 SHOWN(d->here), SHOWN(d->built));
        return;
    case KSYMS_TYPE_PLACE:
    case KSYMS_TYPE_MEMBER:
    case KSYMS_TYPE_MEMBER_NEW:
    case KSYMS_TYPE_MEMBER_GONE:
    case KSYMS_TYPE_ENUMERATOR:
    case KSYMS_TYPE_ENUMERATOR_GONE:
        format_member_change(buffer, capacity, d);
        return;
    }
    buffer[0] = '\0';
}

void module_report_type(const char *file_name, const struct ksyms_type_difference *difference)
{
    char change[4 * SHOWN_MAX + 100];

    format_change(change, sizeof(change), difference);
    pr_err("%s: \"%.*s\": %.*s%s%s\n", file_name, SHOWN(difference->symbol),
           SHOWN(difference->type), difference->type.length ? ": " : "", change);
}
