// SPDX-License-Identifier: MIT
/*
 * module.h: loaded modules, and loading them.
 *
 *   index.c     from a name to a file in the initrd, and to what it needs (modules.dep)
 *   files.c     open and check a file
 *   probe.c     dependencies (modprobe)
 *   load*.c     the passes that link a file into the kernel
 *   debugger.c  gdb sees them
 *   metadata.c  .modinfo: name, vermagic, dependencies
 *   integrity.c is it one that was built with this kernel?
 *   exports.c   which symbol does who export?
 *   hold.c      references that are no symbols: try_module_get
 *   list.c      the modules that are loaded, and their addresses
 *   protect.c   what may be done with its pages
 *   unload.c    taking one out again
 *   explain.c   why a symbol is unknown, and a way out
 *   report.c    facts of a refusal to one line of text
 *   *_types.c   which member of a type is not where the module was built with it
 *
 * Functions that load and unload are for the shell and boot only, not for interrupts; those that
 * are marked "any context" may be called in a panic.
 */
#ifndef MODULE_MODULE_H
#define MODULE_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "ksyms/link.h"
#include "ksyms/sections.h"
#include "ksyms/table.h"
#include "memory/area.h"
#include "module/debugger.h"

#define MODULE_NAME_MAX         56 /* bytes, NUL included, as in Linux on 64 bits */
#define MODULE_DEPENDENCIES_MAX 32 /* modules whose symbols one module uses */
#define MODULE_DEPTH_MAX        16 /* of dependencies */
#define MODULE_REFERENCES_MAX   (1u << 20)
#define MODULE_NAMESPACES_MAX   32 /* that one module imports */

struct exported;
struct kernel_symbol;

enum module_state {
    MODULE_COMING, /* linked, its init runs */
    MODULE_LIVE,
    MODULE_GOING, /* its exit runs */
};

/* Functions that run one after the other. */
struct function_table {
    void (*const *functions)(void); /* in the module */
    size_t count;
};

struct module {
    char name[MODULE_NAME_MAX];
    enum module_state state;
    struct module *next;           /* the list's, by time of loading, newest first */
    struct module *next_in_bucket; /* by name */

    struct area areas[KSYMS_SEGMENT_COUNT]; /* the init ones are freed after init */
    struct ksyms_module_section *sections;  /* by section index of the file; heap */
    uint32_t section_count;
    uint32_t text_section; /* number of .text; 0: there is none */
    uint64_t size_bytes;   /* of what stays: areas in whole pages */

    bool has_table;
    struct ksyms_table table; /* its own symbols, in its rodata */

    struct debugger_image debugger; /* its file, with debug=gdb */

    struct exported *exports; /* heap; entered in the export index while the module is published */
    size_t export_count;

    struct module *dependencies[MODULE_DEPENDENCIES_MAX]; /* each holds one reference */
    unsigned dependency_count;
    unsigned
        reference_count; /* modules that use this one, and holds; up to MODULE_REFERENCES_MAX */
    const struct module *last_user; /* whose load counted the last reference */
    unsigned hold_count;            /* of these: try_module_get without its module_put */
    uint64_t holder;                /* where the last of them was taken */
    bool was_needed;                /* module_unload_all: by one that is gone now */

    void *parameter_strings;            /* heap: copies that charp parameters point to */
    struct function_table constructors; /* .init_array: run before init, gone after it */
    struct function_table destructors;  /* .fini_array: run after exit, the last one first */
    int (*init)(void);                  /* null: none */
    void (*exit)(void);                 /* null: none */
    bool can_unload;                    /* it has an exit, or neither init nor exit */
};

/* --- Loading (load.c, probe.c, files.c, unload.c) --------------------------------------------- */

/*
 * Link a file into the kernel and run its init.  `arguments` are `name=value` for its parameters.
 * 0, or a negative errno after all that is wrong was reported; then the kernel is as before.
 */
int module_load(const char *file_name, const void *bytes, size_t size_bytes,
                const char *const *arguments, size_t argument_count);

/* Load a module of the initrd by name, and what it depends on before it.  0 if it is loaded. */
int module_probe(const char *name, const char *const *arguments, size_t argument_count);

/* 0, or a negative errno after what is in the way was reported. */
int module_unload(const char *name);

/* The same, and then all that only it needed: modprobe -r.  An alias: all loaded ones of that name.
 */
int module_unload_all(const char *name);

/* Undo what its constructors did: .fini_array, the last one first. */
void module_run_destructors(const struct module *module);

/* Take its exports, commands and itself out of the kernel's view; the module still exists. */
void module_withdraw(struct module *module);

struct cpio_entry;
/* The file of a module, by its name ('-' and '_' alike). */
bool module_file_find(const char *name, struct cpio_entry *entry);

/*
 * Check a file of the archive, in a copy: there it may lie on a boundary of 4 bytes.  0, -ENOMEM,
 * or -ENOEXEC with the facts in *fault and in *object what can be trusted for the message
 * (ksyms_object_view).  The caller frees *copy, whatever comes back.
 */
int module_file_open(const struct cpio_entry *entry, struct ksyms_object *object, uint8_t **copy,
                     struct ksyms_fault *fault);

/* --- The list (list.c) ------------------------------------------------------------------------ */

struct module *module_first(void);
struct module *module_find(const char *name);
void module_list_add(struct module *module);
void module_list_remove(struct module *module);

/* Give back all that the module holds, in the reverse order of loading; it must be off the list. */
void module_destroy(struct module *module);

/* Count one reference more; false if there are too many. */
bool module_add_reference(struct module *module);

/* Names of the modules that use this one: "a,b,c", cut to capacity - 1. */
void module_users_format(const struct module *module, char *buffer, size_t capacity);

/* Any context: */
const struct module *module_of_address(uint64_t address);
/* Is `address` in its code, that of init included while it is there? */
bool module_is_code(const struct module *module, uint64_t address);
const char *module_name(const struct module *module);
const struct ksyms_table *module_table(const struct module *module);
/* The address in the module's own table (ksyms/sections.h).  False: in no section. */
bool module_table_address(const struct module *module, uint64_t address, uint64_t *table_address);
/* The other way round. */
bool module_run_address(const struct module *module, uint64_t table_address, uint64_t *address);
/* Its build id as hexadecimal text, "" if it has none. */
void module_build_id_format(const struct module *module, char *buffer, size_t capacity);
/* Where its section .text is, of size 0 if it has none. */
struct ksyms_module_section module_text(const struct module *module);
/* " a b(+) c(-)": loading and unloading ones marked as Linux does. */
void module_list_format(char *buffer, size_t capacity);

/* --- Metadata (metadata.c) -------------------------------------------------------------------- */

struct ksyms_modinfo;

/* Those that a module imports: MODULE_IMPORT_NS. */
struct module_namespaces {
    const char *names[MODULE_NAMESPACES_MAX]; /* in the section */
    size_t count;
};

/* Check the tags of a file: name, vermagic, license, each once.  0, or -ENOEXEC after it has been
 * reported.  The name goes to `name`. */
int module_metadata_check(const char *file_name, const struct ksyms_modinfo *modinfo,
                          char name[MODULE_NAME_MAX], struct module_namespaces *namespaces);

/* --- Protection (protect.c) ------------------------------------------------------------------- */

/* Give each segment the rights that it has while init runs.  False: no memory for page tables. */
bool module_protect(struct module *module);

/* Init has returned: what is constant from now on is. */
void module_protect_after_init(struct module *module);

/* Pages of all modules whose rights in the page tables are not those that they must have. */
size_t module_pages_unprotected(void);

/* --- Reports (report.c) ----------------------------------------------------------------------- */

/* Print the facts as one line, with names from `object`, which may be a ksyms_object_view. */
void module_report_fault(const char *file_name, const struct ksyms_object *object,
                         const struct ksyms_fault *fault);

#endif
