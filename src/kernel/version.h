// SPDX-License-Identifier: MIT
/* version.h: what this kernel calls itself.  ONOMA_VERSION comes from the build. */
#ifndef KERNEL_VERSION_H
#define KERNEL_VERSION_H

#include "onoma/vermagic.h"

/* Directory of the initrd that holds the modules of this kernel. */
#define MODULE_DIRECTORY "lib/modules/" ONOMA_VERSION

/* The GNU build id of the running image as hexadecimal text; "" if the link made none. */
const char *kernel_build_id(void);

#endif
