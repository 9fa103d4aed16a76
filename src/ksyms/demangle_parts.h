// SPDX-License-Identifier: MIT
/*
 * demangle_parts.h: what the files of the demangler share.  Private to the kit.
 *
 *     demangle.c               the agenda, the whole name
 *     demangle_text.c          output and input
 *     demangle_name.c          names, functions, template arguments
 *     demangle_special.c       vtables, thunks, local names, lambdas, abbreviations
 *     demangle_type.c          types, lists, packs
 *     demangle_declarator.c    what stands around the innermost type
 *     demangle_operator.c      operators
 *     demangle_literal.c       literals
 *     demangle_expression.c    expressions
 *
 * The mangled name is read and printed in one go; it is its own syntax tree.  Where the source's
 * order is another than the mangling's, the position jumps.
 *
 *  1. The agenda is a stack of tasks: "read a type", "print `)`", "jump back".  A task is run by a
 *     function that pushes those which come next, the last one first.  So nesting costs a task and
 *     no C stack.
 *  2. While muted, nothing is printed, and every task reads its production from left to right.
 *     ksyms_demangle_skip() does that for one production, to find where it ends.  No muted task
 * calls it: it is never within itself.
 *  3. The first pass is muted and covers all of the name.  It records the substitutions (S_, S0_
 *     ...) as stretches of the name; a substitution is printed by reading its stretch again.
 *  4. Every task is one of a limited number of steps, skipped ones too.
 *
 * Comments name productions as the ABI does: <type>, <encoding>
 * (https://itanium-cxx-abi.github.io/cxx-abi/abi.html#mangling).
 */
#ifndef KSYMS_DEMANGLE_PARTS_H
#define KSYMS_DEMANGLE_PARTS_H

#include "bytes.h"

#define NAME_LIMIT         0xfff0u /* bytes of a name, and of the text: positions have 16 bits */
#define TASK_LIMIT         96u
#define SUBSTITUTION_LIMIT 160u
#define STEP_LIMIT         100000u
#define NO_PACK            0xff

enum task_kind {
    /* Read a production. */
    READ_TYPE,
    READ_NAME,
    READ_NESTED, /* the rest of a nested name; a: where it began, b: function qualifiers */
    READ_UNQUALIFIED,
    READ_TAGS,
    READ_LOCAL, /* behind the function of a local name */
    READ_DISCRIMINATOR,
    READ_LAMBDA_END,
    READ_ENCODING,     /* flags: of a local name */
    READ_FUNCTION,     /* behind the name of an encoding */
    READ_ARGUMENTS_IF, /* template arguments, if there are any; a: where the name began */
    READ_ARGUMENTS_END,
    READ_ARGUMENT,
    READ_FUNCTION_TYPE_REST, /* flags: behind the parameters */
    READ_BOUND,
    READ_VENDOR,
    READ_CONVERSION_END,
    READ_CONSTRUCTION_END,
    READ_REFERENCE_END,
    READ_EXPRESSION,
    READ_OPERAND, /* flags: a type */
    READ_CALLEE,
    READ_CALL,
    READ_BRACES,
    READ_CONVERTED,
    READ_NEW,           /* flags: behind the type */
    READ_SCOPED_NAME,   /* flags: ends with E */
    READ_LITERAL_VALUE, /* flags: of a floating number */
    READ_LIST,          /* of what flags says; a: size at its begin, b: at its last item */
    READ_EXPECT,        /* the byte in flags */
    RECORD,             /* a substitution that began at a */
    PARAMETERS_END,     /* b: function qualifiers */
    NEXT_IN_PACK,       /* flags: the index before, a: the pattern, b: the size before */
    PRINT,              /* up to four characters, in a and b */
    BARRIER,            /* no declarator is seen through it */
    /* The way back. */
    SCOPE,         /* of template parameters; a: the arguments, flags: the scope around it */
    RESTORE_PACK,  /* flags: the index, a: is met */
    RESTORE_SCOPE, /* flags */
    JUMP,          /* a: position, b: stop */
    /* Parts of declarators; b: IS_BEHIND_OPEN and others. */
    POINTER,
    REFERENCE,     /* flags: is an lvalue's */
    QUALIFIER,     /* flags: the letter */
    MEMBER,        /* of the class at a; flags: scope */
    VENDOR,        /* the qualifier at a; flags: scope */
    VECTOR,        /* the size at a; flags: scope */
    FUNCTION_NAME, /* at a; flags: scope */
    OPEN,          /* flags: what for */
    ARRAY,         /* the bound at a, b: IS_...; flags: scope */
    PARAMETERS,    /* at a, b: function qualifiers; flags: scope */
};

/* Of functions. */
enum {
    IS_RESTRICT = 1,
    IS_VOLATILE = 2,
    IS_CONST = 4,
    IS_LVALUE = 8,
    IS_RVALUE = 16,
    IS_NOEXCEPT = 32,
    IS_TRANSACTION_SAFE = 64,
    IS_PARENTHESIZED = 128, /* the declarator in front: close its parenthesis */
    IS_OF_ENCODING = 256,   /* not of a type: what follows is read behind the parameters */
    IS_BEHIND_OPEN = 512,   /* any part of a declarator: a parenthesis was opened before it */
};

/* READ_ARGUMENTS_IF.flags: what of the name becomes a substitution. */
enum { RECORD_NAME = 1, RECORD_WHOLE = 2 };

struct task {
    uint8_t kind;
    uint8_t flags;
    uint16_t a;
    uint16_t b;
};

struct demangler {
    const char *text; /* the mangled name, behind _Z */
    uint16_t length;
    uint16_t position; /* in text */
    uint16_t stop;     /* where the substitution that is being printed ends; 0: none */

    char *output;
    size_t capacity;
    uint16_t size; /* of the output, were there room for all of it */
    char last;     /* character of it */

    bool is_failed;
    bool is_recording;
    uint8_t muted;
    uint8_t in_lambda;  /* its parameters are printed: T_ is `auto` */
    bool in_conversion; /* an operator's type is read */
    uint8_t scope;      /* 1 + index of the task SCOPE that T_ refers to; 0: none */
    uint8_t pack_index; /* in a pack expansion; else NO_PACK */
    bool is_pack_met;   /* by that expansion */
    bool is_pack_exhausted;
    uint32_t steps;

    /* Of the name that was read last. */
    uint16_t source_name; /* what its constructor is called by */
    uint16_t arguments;   /* of its last component; 0: none */
    uint16_t qualifiers;  /* function qualifiers */
    bool is_without_result;

    uint16_t task_count;
    uint16_t substitution_count;
    struct task tasks[TASK_LIMIT];
    struct {
        uint16_t start;
        uint16_t stop;
    } substitutions[SUBSTITUTION_LIMIT];
};

/* ---- demangle.c ---- */

void ksyms_demangle_fail(struct demangler *self);
void ksyms_demangle_push(struct demangler *self, enum task_kind kind, unsigned flags, unsigned a,
                         unsigned b);
/* A task that is its kind and no more. */
void ksyms_demangle_push_read(struct demangler *self, enum task_kind kind);
void ksyms_demangle_push_text(struct demangler *self, const char *four_at_most);
/* So that the position will be the present one again. */
void ksyms_demangle_push_jump_back(struct demangler *self);
/* When all from `start` on has been read, record it as a substitution. */
void ksyms_demangle_push_record(struct demangler *self, uint16_t start);
/* Read one production without printing. */
void ksyms_demangle_skip(struct demangler *self, enum task_kind kind, unsigned flags);
/* Record from `start` to the position. */
void ksyms_demangle_record(struct demangler *self, uint16_t start);

/* ---- demangle_text.c ---- */

void ksyms_demangle_put_char(struct demangler *self, char c);
void ksyms_demangle_put(struct demangler *self, const char *text);
void ksyms_demangle_put_number(struct demangler *self, uint32_t number);
void ksyms_demangle_cut_output(struct demangler *self, uint16_t size);

/* The byte so far ahead; NUL at the end. */
char ksyms_demangle_peek(const struct demangler *self, unsigned ahead);
void ksyms_demangle_advance(struct demangler *self, unsigned count);
/* Are the next two bytes these? */
bool ksyms_demangle_is_next(const struct demangler *self, const char *code);
bool ksyms_demangle_accept(struct demangler *self, char c);
void ksyms_demangle_expect(struct demangler *self, char c);
bool ksyms_demangle_is_digit(char c);
bool ksyms_demangle_is_list_end(const struct demangler *self);
/* A decimal number; fails without one. */
uint32_t ksyms_demangle_read_number(struct demangler *self);
/* `_`: 0, `0_`: 1 ... in base 10 or 36. */
uint32_t ksyms_demangle_read_sequence(struct demangler *self, unsigned base);

/* ---- The others: each reads what its task_kind or its name says ---- */

void ksyms_demangle_read_name(struct demangler *self);
void ksyms_demangle_read_nested(struct demangler *self, const struct task *task);
void ksyms_demangle_read_unqualified(struct demangler *self);
void ksyms_demangle_read_source_name(struct demangler *self);
void ksyms_demangle_read_tags(struct demangler *self);
void ksyms_demangle_read_arguments_if(struct demangler *self, const struct task *task);
void ksyms_demangle_read_arguments_end(struct demangler *self, const struct task *task);
void ksyms_demangle_read_argument(struct demangler *self);
void ksyms_demangle_read_encoding(struct demangler *self, const struct task *task);
void ksyms_demangle_read_function(struct demangler *self);
void ksyms_demangle_read_template_parameter(struct demangler *self);
void ksyms_demangle_read_substitution(struct demangler *self);
/* Go to the argument that a template parameter stands for, and into the scope of that. */
bool ksyms_demangle_find_parameter(struct demangler *self, uint32_t index);

void ksyms_demangle_read_special(struct demangler *self);
void ksyms_demangle_read_construction_end(struct demangler *self);
void ksyms_demangle_read_reference_end(struct demangler *self);
void ksyms_demangle_read_local(struct demangler *self);
void ksyms_demangle_read_discriminator(struct demangler *self);
void ksyms_demangle_read_unnamed(struct demangler *self);
void ksyms_demangle_read_lambda_end(struct demangler *self);
void ksyms_demangle_read_abbreviation(struct demangler *self, char letter);
void ksyms_demangle_print_abbreviated_class(struct demangler *self, char letter);

void ksyms_demangle_read_type(struct demangler *self);
void ksyms_demangle_read_list(struct demangler *self, const struct task *task);
void ksyms_demangle_read_function_type_rest(struct demangler *self, const struct task *task);
void ksyms_demangle_read_bound(struct demangler *self);
void ksyms_demangle_read_vendor(struct demangler *self);
void ksyms_demangle_read_pack_expansion(struct demangler *self, enum task_kind item);
void ksyms_demangle_read_next_in_pack(struct demangler *self, const struct task *task);
unsigned ksyms_demangle_read_function_qualifiers(struct demangler *self);
void ksyms_demangle_push_parameters(struct demangler *self);

void ksyms_demangle_push_function_declarator(struct demangler *self, unsigned qualifiers,
                                             uint16_t parameters);
void ksyms_demangle_push_array_declarator(struct demangler *self, uint16_t bound);
void ksyms_demangle_push_part(struct demangler *self, enum task_kind kind, unsigned flags,
                              unsigned a);
void ksyms_demangle_print_declarator(struct demangler *self, const struct task *task);
void ksyms_demangle_print_parameters_end(struct demangler *self, const struct task *task);

/* What an expression with the operator looks like. */
enum operation_form {
    NEW,       /* new type(a) */
    PREFIX,    /* !(a) */
    INCREMENT, /* ++(a), (a)++ */
    BINARY,    /* (a)+(b) */
    CALL,      /* (a)(b, c) */
    INDEX,     /* (a)[b] */
    CONDITION, /* (a)?(b) : (c) */
    CAST,      /* static_cast<type>(a) */
    OF_TYPE,   /* sizeof (type) */
    WORD,      /* throw */
};

struct operation {
    char code[2];
    uint8_t form; /* enum operation_form */
    char text[17];
};

/* The operator whose code comes next; null if none does. */
const struct operation *ksyms_demangle_find_operation(const struct demangler *self);
void ksyms_demangle_read_operator_name(struct demangler *self);
void ksyms_demangle_read_conversion_end(struct demangler *self);
void ksyms_demangle_read_decltype(struct demangler *self);
void ksyms_demangle_read_literal(struct demangler *self);
void ksyms_demangle_read_literal_value(struct demangler *self, const struct task *task);
void ksyms_demangle_read_expression(struct demangler *self);
void ksyms_demangle_read_operand(struct demangler *self, const struct task *task);
void ksyms_demangle_read_callee(struct demangler *self);
void ksyms_demangle_read_bracketed_list(struct demangler *self, const char *open,
                                        const char *close);
void ksyms_demangle_read_converted(struct demangler *self);
void ksyms_demangle_read_new_rest(struct demangler *self, const struct task *task);
void ksyms_demangle_read_scoped_name_rest(struct demangler *self, const struct task *task);

#endif
