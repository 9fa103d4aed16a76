// SPDX-License-Identifier: MIT
/*
 * commands.h: the kernel's own commands, by subject.
 *
 *   commands_modules.c   lsmod insmod modprobe rmmod modinfo
 *   commands_ksyms.c     ksyms
 *   commands_system.c    dmesg mem uptime time ls cmdline panic reboot poweroff exit
 *   commands_testing.c   failnth mutate
 *   commands_threads.c   ps backtrace
 *   commands_stress.c    stress
 */
#ifndef SHELL_COMMANDS_H
#define SHELL_COMMANDS_H

void commands_register(void);

void commands_register_modules(void);
void commands_register_ksyms(void);
void commands_register_system(void);
void commands_register_testing(void);
void commands_register_threads(void);
void commands_register_stress(void);

#endif
