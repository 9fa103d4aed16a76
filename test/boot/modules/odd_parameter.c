// SPDX-License-Identifier: MIT
/* odd_parameter.c: an entry of __param that is right but for FIELD; TAIL bytes follow it. */
#include <onoma/module.h>

int variable = 1;
const int constant = 2; /* may be read, but not set */
char writable_name[] = "odd";

static const struct module_parameter parameter __used __section("__param")
    __aligned(8) = {.name = "odd", .value = &variable, .type = PARAMETER_INT, .capacity = 1, FIELD};

__asm__(".pushsection __param,\"a\"\n"
        "\t.fill " STRINGIFY(TAIL) "\n"
                                   "\t.popsection\n");

MODULE_LICENSE("MIT");
