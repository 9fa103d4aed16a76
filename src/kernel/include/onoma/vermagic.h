// SPDX-License-Identifier: MIT
/* vermagic.h: a module's `vermagic=` must equal the kernel's: same version, same machine.
 * ONOMA_VERSION comes from the build. */
#ifndef ONOMA_VERMAGIC_H
#define ONOMA_VERMAGIC_H

#define ONOMA_VERMAGIC ONOMA_VERSION " onoma x86_64"

#endif
