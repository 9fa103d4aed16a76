// SPDX-License-Identifier: MIT
/*
 * module.h: what a module includes.  It speaks Linux's dialect: section names, tags of `.modinfo`
 * and macro names are Linux's, so Debian's modinfo, depmod and modprobe read our .ko files.
 *
 *     #include <onoma/module.h>
 *
 *     static int __init hello_init(void)
 *     {
 *         pr_info("hello\n");
 *         return 0;
 *     }
 *
 *     static void __exit hello_exit(void)
 *     {
 *         pr_info("goodbye\n");
 *     }
 *
 *     module_init(hello_init);
 *     module_exit(hello_exit);
 *     MODULE_LICENSE("MIT");
 *     MODULE_DESCRIPTION("Says hello");
 *
 * init returns 0, or a negative errno: then the module is taken out again.  A module without exit
 * cannot be unloaded, unless it has no init either.  The tags name, vermagic and depends are
 * written by the build.
 */
#ifndef ONOMA_MODULE_H
#define ONOMA_MODULE_H

#ifdef KBUILD_MODNAME
#define pr_fmt(format) KBUILD_MODNAME ": " format
#endif

#include "onoma/bug.h"
#include "onoma/command.h"
#include "onoma/compiler.h"
#include "onoma/errno.h"
#include "onoma/export.h"
#include "onoma/memory.h"
#include "onoma/printk.h"
#include "onoma/string.h"

/* One `tag=value` string in .modinfo. */
#define MODULE_INFO(tag, value)                                                                    \
    static const char PASTE(PASTE(__modinfo_, tag), __COUNTER__)[] __used __section(".modinfo")    \
        __aligned(1) = #tag "=" value

#define MODULE_LICENSE(text)     MODULE_INFO(license, text)
#define MODULE_AUTHOR(text)      MODULE_INFO(author, text)
#define MODULE_DESCRIPTION(text) MODULE_INFO(description, text)
#define MODULE_VERSION(text)     MODULE_INFO(version, text)
#define MODULE_ALIAS(text)       MODULE_INFO(alias, text)
#define MODULE_SOFTDEP(text)     MODULE_INFO(softdep, text)
#define MODULE_IMPORT_NS(name)   MODULE_INFO(import_ns, #name)

BEGIN_C

struct module;

/* The module whose code or data lies at that address; null: the kernel's, or nobody's. */
struct module *module_at(const void *address);

/* The module that this line is compiled into. */
#define THIS_MODULE this_module()
static inline struct module *this_module(void)
{
    static const char here = 0;
    return module_at(&here);
}

/*
 * Hold a module while somebody uses what it gave out: until module_put() it cannot be unloaded, and
 * a refused rmmod names the function that took the last reference.  False: it is going, or has 2^20
 * references; then leave it alone.  Null, the kernel, can always be held.
 */
bool try_module_get(struct module *module);
void module_put(struct module *module);

END_C

#ifndef __cplusplus
#define module_init(function)                                                                      \
    int init_module(void) __attribute__((alias(#function), copy(function)))
#define module_exit(function)                                                                      \
    void cleanup_module(void) __attribute__((alias(#function), copy(function)))
#else /* an alias would need the mangled name */
#define module_init(function)                                                                      \
    extern "C" int __init init_module(void)                                                        \
    {                                                                                              \
        return function();                                                                         \
    }
#define module_exit(function)                                                                      \
    extern "C" void __exit cleanup_module(void)                                                    \
    {                                                                                              \
        function();                                                                                \
    }
#endif

#include "onoma/parameter.h"

#endif
