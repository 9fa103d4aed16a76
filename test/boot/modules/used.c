// SPDX-License-Identifier: MIT
/* used.c: exports used_NUMBER, for uses.c. */
#include <onoma/module.h>

#define EXPORT(symbol) EXPORT_SYMBOL(symbol)

int PASTE(used_, NUMBER) = NUMBER;
EXPORT(PASTE(used_, NUMBER));

MODULE_LICENSE("MIT");
