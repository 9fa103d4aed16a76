// SPDX-License-Identifier: MIT
/* opaque.c: has struct command declared only: whatever is in it, it fits. */
#define ONOMA_COMMAND_H /* not the real one */
#include <onoma/module.h>

struct command;
void command_unregister(struct command *command);

static int __init opaque_init(void)
{
    command_unregister(NULL);
    return 0;
}

static void __exit opaque_exit(void)
{
}

module_init(opaque_init);
module_exit(opaque_exit);
MODULE_LICENSE("MIT");
