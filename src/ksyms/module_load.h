// SPDX-License-Identifier: MIT
/* module_load.h: what loading and unloading share.  Private to the kit. */
#ifndef KSYMS_MODULE_LOAD_H
#define KSYMS_MODULE_LOAD_H

#include "ksyms/module.h"
#include "link_fault.h"

/* Facts about no place in the file. */
#define KSYMS_FAULT_OF(code)                                                                       \
    {                                                                                              \
        .status = (code), .section = KSYMS_NONE, .symbol = KSYMS_NONE, .relocation = KSYMS_NONE    \
    }

/* One line through host->write, if there is one.  `object` is for names, and may be null. */
void ksyms_module_report(const struct ksyms_host *host, const char *file_name,
                         const struct ksyms_object *object, const struct ksyms_fault *fault);

void ksyms_module_publish(struct ksyms_host *host, struct ksyms_module *module);

/* Give segments back, the last one first, down to the kind `first`. */
void ksyms_module_unmap(struct ksyms_host *host, struct ksyms_module *module, unsigned first);

/* Undo load, behind exit: destructors, list, memory. */
void ksyms_module_take_out(struct ksyms_host *host, struct ksyms_module *module);

#endif
