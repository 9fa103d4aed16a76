// SPDX-License-Identifier: MIT
/* namespaces.c: imports as many namespaces as a module may; REST: nothing, or one more. */
#include <onoma/module.h>

#define IMPORT    MODULE_IMPORT_NS(ONOMA_TEST);
#define IMPORT_4  IMPORT IMPORT IMPORT IMPORT
#define IMPORT_16 IMPORT_4 IMPORT_4 IMPORT_4 IMPORT_4

/* clang-format off */
IMPORT_16 IMPORT_16 REST

MODULE_LICENSE("MIT");
