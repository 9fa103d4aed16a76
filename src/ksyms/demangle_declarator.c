// SPDX-License-Identifier: MIT
/*
 * demangle_declarator.c: what stands around the innermost type.  See demangle_parts.h.
 *
 * A type is read from the outside: PFivE, a pointer to a function that returns int.  It is printed
 * from the inside: `int`, then the declarator `(*)()`.  So each part of a declarator waits on the
 * agenda until the innermost type is printed: what stands before it on top, so that the part read
 * last is printed first; what stands behind it below all of the declarator so far.
 *
 *     read     agenda, top first           printed
 *     P        POINTER
 *     F        OPEN POINTER PARAMETERS
 *     i        OPEN POINTER PARAMETERS     int
 *              POINTER PARAMETERS          int (
 *              PARAMETERS                  int (*
 *                                          int (*)()
 */
#include "demangle_parts.h"

/* May stand between the parts of one declarator: substitutions leave it. */
static bool is_way_back(uint8_t kind)
{
    return kind == READ_ARGUMENTS_IF || kind == JUMP || kind == RESTORE_SCOPE;
}

static bool is_part(uint8_t kind)
{
    return kind >= POINTER && kind <= PARAMETERS;
}

/* The part on top of the agenda, below `index`; null if there is none. */
static struct task *part_below(struct demangler *self, unsigned index)
{
    while (index > 0 && is_way_back(self->tasks[index - 1].kind)) {
        index--;
    }
    return index > 0 && is_part(self->tasks[index - 1].kind) ? &self->tasks[index - 1] : NULL;
}

/* Where the declarator on top of the agenda begins. */
static unsigned declarator_bottom(const struct demangler *self)
{
    unsigned index = self->task_count;

    while (index > 0 &&
           (is_way_back(self->tasks[index - 1].kind) || is_part(self->tasks[index - 1].kind))) {
        index--;
    }
    return index;
}

static void push_below(struct demangler *self, unsigned index, enum task_kind kind, unsigned flags,
                       unsigned a, unsigned b)
{
    ksyms_demangle_push(self, kind, flags, a, b);
    if (!self->is_failed) {
        struct task task = self->tasks[self->task_count - 1];
        memmove(&self->tasks[index + 1], &self->tasks[index],
                (self->task_count - 1 - index) * sizeof(task));
        self->tasks[index] = task;
    }
}

/* Put `(` on the declarator's parts up to `top`; what is behind it knows that it is. */
static void push_open(struct demangler *self, unsigned top, unsigned flags)
{
    for (unsigned index = declarator_bottom(self); index < top; index++) {
        if (is_part(self->tasks[index].kind)) {
            self->tasks[index].b |= IS_BEHIND_OPEN;
        }
    }
    push_below(self, top, OPEN, flags, 0, 0);
}

enum { OPEN_IS_OF_ARRAY = 1, OPEN_IS_SPACED = 2 };

void ksyms_demangle_push_function_declarator(struct demangler *self, unsigned qualifiers,
                                             uint16_t parameters)
{
    const struct task *first = part_below(self, self->task_count);
    bool is_parenthesized = first && first->kind != PARAMETERS;
    bool is_spaced = first && (first->kind == MEMBER || first->kind == QUALIFIER);

    push_below(self, declarator_bottom(self), PARAMETERS, self->scope, parameters,
               qualifiers | (is_parenthesized ? IS_PARENTHESIZED : 0));
    if (is_parenthesized) {
        push_open(self, self->task_count, is_spaced ? OPEN_IS_SPACED : 0);
    }
}

/* An array's qualifiers, which are on top, are its elements'. */
void ksyms_demangle_push_array_declarator(struct demangler *self, uint16_t bound)
{
    unsigned bottom = declarator_bottom(self);
    unsigned top = self->task_count;

    while (top > bottom &&
           (is_way_back(self->tasks[top - 1].kind) || self->tasks[top - 1].kind == QUALIFIER)) {
        top--;
    }
    const struct task *first = part_below(self, top);
    bool is_parenthesized = first && first->kind != ARRAY && first->kind != PARAMETERS &&
                            !(first->kind == OPEN && first->flags & OPEN_IS_OF_ARRAY);
    push_below(self, bottom, ARRAY, self->scope, bound, is_parenthesized ? IS_PARENTHESIZED : 0);
    if (is_parenthesized) {
        push_open(self, top + 1, OPEN_IS_OF_ARRAY | OPEN_IS_SPACED);
    }
}

/* ---- Printing the parts ---- */

/* `& &&` comes of substitutions and is `&`. */
static void print_reference(struct demangler *self, const struct task *task)
{
    struct task *next = part_below(self, self->task_count);

    if (next && next->kind == REFERENCE) {
        next->flags |= task->flags;
    } else {
        ksyms_demangle_put(self, task->flags ? "&" : "&&");
    }
}

/* So does `const const`. */
static void print_qualifier(struct demangler *self, const struct task *task)
{
    const struct task *next = part_below(self, self->task_count);

    if (next && next->kind == QUALIFIER && next->flags == task->flags) {
        return;
    }
    switch (task->flags) {
    case 'r':
        ksyms_demangle_put(self, " restrict");
        break;
    case 'V':
        ksyms_demangle_put(self, " volatile");
        break;
    case 'K':
        ksyms_demangle_put(self, " const");
        break;
    case 'C':
        ksyms_demangle_put(self, " _Complex");
        break;
    case 'G':
        ksyms_demangle_put(self, " _Imaginary");
        break;
    }
}

static void print_parameters(struct demangler *self, const struct task *task)
{
    if (task->b & IS_PARENTHESIZED) {
        ksyms_demangle_put_char(self, ')');
    } else if (!(task->b & (IS_OF_ENCODING | IS_BEHIND_OPEN))) {
        ksyms_demangle_put_char(self, ' ');
    }
    if (!(task->b & IS_OF_ENCODING)) {
        ksyms_demangle_push_jump_back(self);
        self->stop = 0;
    }
    ksyms_demangle_push(self, RESTORE_SCOPE, self->scope, 0, 0);
    ksyms_demangle_push(self, PARAMETERS_END, 0, 0, task->b);
    self->position = task->a;
    self->scope = task->flags;
    ksyms_demangle_put_char(self, '(');
    ksyms_demangle_push_parameters(self);
}

void ksyms_demangle_print_parameters_end(struct demangler *self, const struct task *task)
{
    static const struct {
        uint8_t qualifier;
        char text[19];
    } texts[] = {
        {IS_NOEXCEPT, " noexcept"},
        {IS_CONST, " const"},
        {IS_VOLATILE, " volatile"},
        {IS_RESTRICT, " restrict"},
        {IS_TRANSACTION_SAFE, " transaction_safe"},
        {IS_LVALUE, " &"},
        {IS_RVALUE, " &&"},
    };
    unsigned qualifiers = task->b;

    ksyms_demangle_put_char(self, ')');
    if (ksyms_demangle_peek(self, 0) == 'R' ||
        ksyms_demangle_peek(self, 0) == 'O') { /* only in a type */
        qualifiers |= ksyms_demangle_peek(self, 0) == 'R' ? IS_LVALUE : IS_RVALUE;
    }
    for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (qualifiers & texts[i].qualifier) {
            ksyms_demangle_put(self, texts[i].text);
        }
    }
}

/* Read something elsewhere, and come back. */
static void push_elsewhere(struct demangler *self, enum task_kind kind, const struct task *task)
{
    ksyms_demangle_push_jump_back(self);
    ksyms_demangle_push(self, RESTORE_SCOPE, self->scope, 0, 0);
    ksyms_demangle_push_read(self, BARRIER);
    self->position = task->a;
    self->stop = 0;
    self->scope = task->flags;
    ksyms_demangle_push_read(self, kind);
}

static void print_array(struct demangler *self, const struct task *task)
{
    if (task->b & IS_PARENTHESIZED) {
        ksyms_demangle_put_char(self, ')');
    }
    ksyms_demangle_put(self, self->last == ']' ? "[" : " [");
    ksyms_demangle_push_text(self, "]");
    if (self->text[task->a] != '_') {
        push_elsewhere(self, READ_BOUND, task);
    }
}

/* The result before it is `int` or `int*`, or another function's `(*`. */
static void print_open(struct demangler *self, const struct task *task)
{
    bool is_joined =
        task->b && !(task->flags & OPEN_IS_SPACED) && (self->last == '(' || self->last == '*');
    ksyms_demangle_put(self, is_joined ? "(" : " (");
}

void ksyms_demangle_print_declarator(struct demangler *self, const struct task *task)
{
    switch ((enum task_kind)task->kind) {
    case POINTER:
        ksyms_demangle_put_char(self, '*');
        break;
    case REFERENCE:
        print_reference(self, task);
        break;
    case QUALIFIER:
        print_qualifier(self, task);
        break;
    case MEMBER:
        ksyms_demangle_put(self, self->last == '(' ? "" : " ");
        ksyms_demangle_push_text(self, "::*");
        push_elsewhere(self, READ_TYPE, task);
        break;
    case VENDOR:
        ksyms_demangle_put_char(self, ' ');
        push_elsewhere(self, READ_VENDOR, task);
        break;
    case VECTOR:
        ksyms_demangle_put(self, " __vector(");
        ksyms_demangle_push_text(self, ")");
        push_elsewhere(self, READ_BOUND, task);
        break;
    case FUNCTION_NAME:
        ksyms_demangle_put(self, task->b & IS_BEHIND_OPEN ? "" : " ");
        push_elsewhere(self, READ_NAME, task);
        break;
    case OPEN:
        print_open(self, task);
        break;
    case ARRAY:
        print_array(self, task);
        break;
    default: /* PARAMETERS */
        print_parameters(self, task);
        break;
    }
}

void ksyms_demangle_push_part(struct demangler *self, enum task_kind kind, unsigned flags,
                              unsigned a)
{
    if (!self->muted) {
        ksyms_demangle_push(self, kind, flags, a, 0);
    }
}
