// SPDX-License-Identifier: MIT
/* commands.c: all commands that are there from the start. */
#include "shell/commands.h"
#include "shell/shell.h"

void commands_register(void)
{
    shell_init();
    commands_register_modules();
    commands_register_ksyms();
    commands_register_system();
    commands_register_threads();
    commands_register_testing();
    commands_register_stress();
}
