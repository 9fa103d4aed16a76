// SPDX-License-Identifier: MIT
/* report.c: why a file was refused, as the kit words it (ksyms/report.h), in the log. */
#include "ksyms/report.h"
#include "module/module.h"
#include "onoma/printk.h"

void module_report_fault(const char *file_name, const struct ksyms_object *object,
                         const struct ksyms_fault *fault)
{
    char line[KSYMS_REPORT_MAX];

    ksyms_fault_format(line, sizeof(line), file_name, object, fault);
    pr_err("%s\n", line);
}
