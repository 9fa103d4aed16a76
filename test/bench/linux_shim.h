// SPDX-License-Identifier: MIT
/*
 * linux_shim.h: what Linux's kernel/kallsyms.c needs of the rest of Linux, to be compiled for the
 * host.  blob.sh makes every header that it includes a file that includes this one.
 *
 *   1. The look-ups themselves run as they are: nothing they call on the way is replaced but
 *      cond_resched (nothing to give way to) and the questions whether an address is the
 *      kernel's (yes).
 *   2. What stands behind them (modules, BPF, ftrace) finds nothing, as in a kernel without.
 *   3. /proc/kallsyms and its like are only declared: the linker drops them.
 */
#ifndef BENCH_LINUX_SHIM_H
#define BENCH_LINUX_SHIM_H

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

/* As Debian configures its kernels; what is not named here is off. */
#define CONFIG_KALLSYMS                 1
#define CONFIG_KALLSYMS_ALL             1
#define CONFIG_KALLSYMS_BASE_RELATIVE   1
#define CONFIG_KALLSYMS_ABSOLUTE_PERCPU 1
#define CONFIG_LTO_CLANG                0
#define IS_ENABLED(option)              option

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;

#define __init          __attribute__((unused))
#define __weak          __attribute__((weak))
#define __section(name) __attribute__((section(name)))
#define fallthrough     __attribute__((fallthrough))
#define EXPORT_SYMBOL_GPL(name)
#define device_initcall(function)
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define BUG_ON(condition)                                                                          \
    do {                                                                                           \
        if (condition) {                                                                           \
            __builtin_trap();                                                                      \
        }                                                                                          \
    } while (0)
/* <errno.h> would include <linux/errno.h>, which is this file. */
enum { ESRCH = 3, ENOMEM = 12, EINVAL = 22, ERANGE = 34 };

#define MODULE_NAME_LEN 56
#define CAP_SYSLOG      34
#define CAP_OPT_NOAUDIT 2

struct cred;
struct inode;
struct module;
struct user_namespace;
struct file {
    const struct cred *f_cred;
};
struct seq_file {
    void *private;
};
struct seq_operations {
    void *(*start)(struct seq_file *, loff_t *);
    void (*stop)(struct seq_file *, void *);
    void *(*next)(struct seq_file *, void *, loff_t *);
    int (*show)(struct seq_file *, void *);
};
struct proc_ops {
    int (*proc_open)(struct inode *, struct file *);
    int (*proc_read)(void);
    int (*proc_lseek)(void);
    int (*proc_release)(void);
};

extern char _etext[], _einittext[], _end[];
extern int kptr_restrict;
extern struct user_namespace init_user_ns;

int seq_read(void), seq_lseek(void), seq_release_private(void);
int seq_printf(struct seq_file *file, const char *format, ...);
int printk(const char *format, ...);
void *__seq_open_private(struct file *file, const struct seq_operations *operations, int size);
void proc_create(const char *name, int mode, void *parent, const struct proc_ops *operations);
int security_capable(const struct cred *, struct user_namespace *, int capability, unsigned flags);
size_t strlcpy(char *target, const char *source, size_t size);
int module_get_kallsym(unsigned number, unsigned long *value, char *type, char *name, char *module,
                       int *exported);
int ftrace_mod_get_kallsym(unsigned number, unsigned long *value, char *type, char *name,
                           char *module, int *exported);
int bpf_get_kallsym(unsigned number, unsigned long *value, char *type, char *name);
int kprobe_get_kallsym(unsigned number, unsigned long *value, char *type, char *name);

static inline void cond_resched(void)
{
}

static inline bool __is_kernel(unsigned long address)
{
    (void)address;
    return true;
}

static inline bool __is_kernel_text(unsigned long address)
{
    (void)address;
    return true;
}

static inline bool is_kernel_inittext(unsigned long address)
{
    (void)address;
    return false;
}

static inline int in_gate_area_no_mm(unsigned long address)
{
    (void)address;
    return 0;
}

static inline unsigned long module_kallsyms_lookup_name(const char *name)
{
    (void)name;
    return 0;
}

#define module_address_lookup(...)      NULL
#define __bpf_address_lookup(...)       NULL
#define bpf_address_lookup(...)         NULL
#define ftrace_mod_address_lookup(...)  NULL
#define lookup_module_symbol_name(...)  (-ERANGE)
#define lookup_module_symbol_attrs(...) (-ERANGE)

#endif
