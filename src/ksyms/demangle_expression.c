// SPDX-License-Identifier: MIT
/*
 * demangle_expression.c: expressions.  See demangle_parts.h.
 *
 * Operands are in parentheses unless they are a name, as c++filt prints them: `(2)>(1)`.
 */
#include "demangle_parts.h"

/* ---- <unresolved-name>, <function-param> ---- */

/* <source-name>, on <operator-name>, dn <name>; with its template arguments. */
static void read_simple_name(struct demangler *self)
{
    ksyms_demangle_push_read(self, READ_ARGUMENTS_IF);
    if (ksyms_demangle_is_next(self, "dn")) {
        ksyms_demangle_advance(self, 2);
        ksyms_demangle_put_char(self, '~');
        if (!ksyms_demangle_is_digit(ksyms_demangle_peek(self, 0))) {
            ksyms_demangle_push_read(self, READ_TYPE);
            return;
        }
    } else if (ksyms_demangle_is_next(self, "on")) {
        ksyms_demangle_advance(self, 2);
    }
    ksyms_demangle_push_read(self, READ_UNQUALIFIED);
}

/* sr <type> <name>, srN <type> <name>+ E <name>, sr <name>+ E <name> */
static void read_scoped_name(struct demangler *self)
{
    ksyms_demangle_advance(self, 2);
    if (ksyms_demangle_is_digit(ksyms_demangle_peek(self, 0))) {
        ksyms_demangle_push(self, READ_SCOPED_NAME, true, 0, 0);
        read_simple_name(self);
        return;
    }
    ksyms_demangle_push(self, READ_SCOPED_NAME, ksyms_demangle_accept(self, 'N'), 0, 0);
    ksyms_demangle_push_read(self, READ_TYPE);
}

void ksyms_demangle_read_scoped_name_rest(struct demangler *self, const struct task *task)
{
    ksyms_demangle_put(self, "::");
    if (task->flags && !ksyms_demangle_accept(self, 'E')) {
        ksyms_demangle_push(self, READ_SCOPED_NAME, true, 0, 0);
    }
    read_simple_name(self);
}

/* fpT, fp [<qualifiers>] _, fL <level> p _ */
static void read_function_parameter(struct demangler *self)
{
    ksyms_demangle_advance(self, 2);
    if (ksyms_demangle_accept(self, 'T')) {
        ksyms_demangle_put(self, "this");
        return;
    }
    if (ksyms_demangle_is_digit(ksyms_demangle_peek(self, 0)) &&
        self->text[self->position - 1] == 'L') {
        ksyms_demangle_read_number(self);
        ksyms_demangle_expect(self, 'p');
    }
    ksyms_demangle_read_function_qualifiers(self);
    ksyms_demangle_put(self, "{parm#");
    ksyms_demangle_put_number(self, ksyms_demangle_read_sequence(self, 10) + 1);
    ksyms_demangle_put_char(self, '}');
}

/* ---- Operands ---- */

/* Is the expression here a name, with nothing around it?  The position is as before. */
static bool is_name(struct demangler *self)
{
    uint16_t start = self->position;
    bool is_entity = ksyms_demangle_is_next(self, "L_");

    if (ksyms_demangle_is_next(self, "fp") ||
        (ksyms_demangle_is_next(self, "fL") &&
         ksyms_demangle_is_digit(ksyms_demangle_peek(self, 2))) ||
        ksyms_demangle_is_next(self, "il") || ksyms_demangle_is_next(self, "tl")) {
        return true;
    }
    if (!ksyms_demangle_is_digit(ksyms_demangle_peek(self, 0)) &&
        !ksyms_demangle_is_next(self, "sr") && !is_entity) {
        return false;
    }
    if (is_entity) {
        ksyms_demangle_advance(self, 3);
        ksyms_demangle_skip(self, READ_NAME, 0);
    } else {
        ksyms_demangle_skip(self, READ_EXPRESSION, 0);
    }
    bool is_plain = self->arguments == 0 && (!is_entity || ksyms_demangle_peek(self, 0) == 'E');
    self->position = start;
    return is_plain;
}

/* flags: it is a type, the pattern of a pack expansion. */
void ksyms_demangle_read_operand(struct demangler *self, const struct task *task)
{
    if (!self->muted && !(!task->flags && is_name(self))) {
        ksyms_demangle_put_char(self, '(');
        ksyms_demangle_push_text(self, ")");
    }
    ksyms_demangle_push(self, task->flags ? READ_TYPE : READ_EXPRESSION, 0, 0, 0);
}

/* L_Z <encoding> E whose parameters are not printed: a function that is called, or &A::f. */
static void print_function_name(struct demangler *self)
{
    uint16_t start = self->position;

    ksyms_demangle_skip(self, READ_EXPRESSION, 0);
    ksyms_demangle_push_jump_back(self);
    self->position = (uint16_t)(start + 3);
    ksyms_demangle_skip(self, READ_NAME, 0);
    if (self->arguments != 0) {
        ksyms_demangle_put_char(self, '(');
        ksyms_demangle_push_text(self, ")");
    }
    self->position = (uint16_t)(start + 3);
    ksyms_demangle_push_read(self, READ_NAME);
}

void ksyms_demangle_read_callee(struct demangler *self)
{
    if (!self->muted && ksyms_demangle_is_next(self, "L_")) {
        print_function_name(self);
    } else {
        ksyms_demangle_read_operand(self, &(struct task){0});
    }
}

/* `&A::f`, but `&(f())`. */
static void read_address(struct demangler *self)
{
    uint16_t start = self->position;

    ksyms_demangle_put_char(self, '&');
    if (!self->muted && ksyms_demangle_is_next(self, "L_") && ksyms_demangle_peek(self, 3) == 'N') {
        self->position = (uint16_t)(start + 3);
        ksyms_demangle_skip(self, READ_NAME, 0);
        self->position = start;
        if (self->arguments == 0 && self->qualifiers == 0) {
            print_function_name(self);
            return;
        }
    }
    ksyms_demangle_read_operand(self, &(struct task){0});
}

/* ---- <expression> ---- */

/* How many arguments has the pack?  0 for what is none. */
static void print_pack_size(struct demangler *self)
{
    uint32_t count = 0;

    ksyms_demangle_advance(self, 3); /* sZT */
    uint32_t index = ksyms_demangle_read_sequence(self, 10);
    struct task here = {0, self->scope, self->position, self->stop};
    if (self->muted) {
        return;
    }
    if (!ksyms_demangle_find_parameter(self, index)) {
        ksyms_demangle_fail(self);
        return;
    }
    if (ksyms_demangle_accept(self, 'J') || ksyms_demangle_accept(self, 'I')) {
        for (; ksyms_demangle_peek(self, 0) != 'E' && !self->is_failed; count++) {
            ksyms_demangle_skip(self, READ_ARGUMENT, 0);
        }
    }
    ksyms_demangle_put_number(self, count);
    self->scope = here.flags;
    self->position = here.a;
    self->stop = here.b;
}

/* nw <expression>* _ <type> E, ... pi <expression>* E */
static void read_new(struct demangler *self, const struct operation *operation)
{
    ksyms_demangle_put(self, operation->text);
    ksyms_demangle_put_char(self, ' ');
    ksyms_demangle_push_read(self, READ_NEW);
    if (!ksyms_demangle_accept(self, '_')) {
        ksyms_demangle_put_char(self, '(');
        ksyms_demangle_push_text(self, ") ");
        ksyms_demangle_push(self, READ_EXPECT, '_', 0, 0);
        ksyms_demangle_push(self, READ_LIST, READ_EXPRESSION, self->size, self->size);
    }
}

/* Behind the placement: the type, then what initializes it. */
void ksyms_demangle_read_new_rest(struct demangler *self, const struct task *task)
{
    if (!task->flags) {
        ksyms_demangle_push(self, READ_NEW, true, 0, 0);
        ksyms_demangle_push_read(self, READ_TYPE);
    } else if (ksyms_demangle_is_next(self, "pi")) {
        ksyms_demangle_advance(self, 2);
        ksyms_demangle_put_char(self, '(');
        ksyms_demangle_push_text(self, ")");
        ksyms_demangle_push(self, READ_EXPECT, 'E', 0, 0);
        ksyms_demangle_push(self, READ_LIST, READ_EXPRESSION, self->size, self->size);
    } else if (ksyms_demangle_is_next(self, "il")) {
        ksyms_demangle_push_read(self, READ_EXPRESSION);
    } else if (!ksyms_demangle_accept(self, 'E')) {
        ksyms_demangle_fail(self);
    }
}

/* A list up to its E, in brackets. */
void ksyms_demangle_read_bracketed_list(struct demangler *self, const char *open, const char *close)
{
    ksyms_demangle_put(self, open);
    ksyms_demangle_push_text(self, close);
    ksyms_demangle_push(self, READ_EXPECT, 'E', 0, 0);
    ksyms_demangle_push(self, READ_LIST, READ_EXPRESSION, self->size, self->size);
}

/* cv <type> <expression>, cv <type> _ <expression>* E */
static void read_conversion(struct demangler *self)
{
    ksyms_demangle_advance(self, 2);
    ksyms_demangle_put_char(self, '(');
    ksyms_demangle_push_read(self, READ_CONVERTED);
    ksyms_demangle_push_text(self, ")");
    ksyms_demangle_push_read(self, READ_TYPE);
}

void ksyms_demangle_read_converted(struct demangler *self)
{
    if (ksyms_demangle_accept(self, '_')) {
        ksyms_demangle_read_bracketed_list(self, "(", ")");
    } else {
        ksyms_demangle_read_operand(self, &(struct task){0});
    }
}

/* fl <operator> <pack>, fr, fL <operator> <pack> <first>, fR */
static void read_fold(struct demangler *self)
{
    char kind = ksyms_demangle_peek(self, 1);

    ksyms_demangle_advance(self, 2);
    const struct operation *operation = ksyms_demangle_find_operation(self);
    if (!operation || operation->form != BINARY) {
        ksyms_demangle_fail(self);
        return;
    }
    ksyms_demangle_advance(self, 2);
    ksyms_demangle_put_char(self, '(');
    ksyms_demangle_push_text(self, ")");
    if (kind == 'l') {
        ksyms_demangle_put(self, "...");
        ksyms_demangle_put(self, operation->text);
        ksyms_demangle_push_read(self, READ_OPERAND);
        return;
    }
    if (kind != 'r') {
        ksyms_demangle_push_read(self, READ_OPERAND);
        ksyms_demangle_push_text(self, operation->text);
    }
    ksyms_demangle_push_text(self, "...");
    ksyms_demangle_push_text(self, operation->text);
    ksyms_demangle_push_read(self, READ_OPERAND);
}

static void read_prefix(struct demangler *self, const struct operation *operation)
{
    if (operation->text[0] == '&') {
        read_address(self);
        return;
    }
    ksyms_demangle_put(self, operation->text);
    ksyms_demangle_push_read(self, READ_OPERAND);
}

/* A `>` would end a list of arguments. */
static void read_binary(struct demangler *self, const struct operation *operation)
{
    if (operation->text[0] == '>' && operation->text[1] == '\0') {
        ksyms_demangle_put_char(self, '(');
        ksyms_demangle_push_text(self, ")");
    }
    ksyms_demangle_push_read(self, READ_OPERAND);
    ksyms_demangle_push_text(self, operation->text);
    ksyms_demangle_push_read(self, READ_OPERAND);
}

static void read_operation(struct demangler *self, const struct operation *operation)
{
    ksyms_demangle_advance(self, 2);
    switch ((enum operation_form)operation->form) {
    case PREFIX:
        read_prefix(self, operation);
        return;
    case INCREMENT:
        if (ksyms_demangle_accept(self, '_')) {
            ksyms_demangle_put(self, operation->text);
        } else {
            ksyms_demangle_push_text(self, operation->text);
        }
        ksyms_demangle_push_read(self, READ_OPERAND);
        return;
    case BINARY:
        read_binary(self, operation);
        return;
    case CALL:
        ksyms_demangle_push_read(self, READ_CALL);
        ksyms_demangle_push_read(self, READ_CALLEE);
        return;
    case INDEX:
        ksyms_demangle_push_text(self, "]");
        ksyms_demangle_push_read(self, READ_EXPRESSION);
        ksyms_demangle_push_text(self, "[");
        ksyms_demangle_push_read(self, READ_OPERAND);
        return;
    case CONDITION:
        ksyms_demangle_push_read(self, READ_OPERAND);
        ksyms_demangle_push_text(self, " : ");
        ksyms_demangle_push_read(self, READ_OPERAND);
        ksyms_demangle_push_text(self, "?");
        ksyms_demangle_push_read(self, READ_OPERAND);
        return;
    case CAST:
        ksyms_demangle_put(self, operation->text);
        ksyms_demangle_put_char(self, '<');
        ksyms_demangle_push_text(self, ")");
        ksyms_demangle_push_read(self, READ_EXPRESSION);
        ksyms_demangle_push_text(self, ">(");
        ksyms_demangle_push_read(self, READ_TYPE);
        return;
    case OF_TYPE:
        ksyms_demangle_put(self, operation->text);
        ksyms_demangle_put_char(self, '(');
        ksyms_demangle_push_text(self, ")");
        ksyms_demangle_push_read(self, READ_TYPE);
        return;
    case WORD:
        ksyms_demangle_put(self, operation->text);
        return;
    case NEW:
        read_new(self, operation);
        return;
    }
}

void ksyms_demangle_read_expression(struct demangler *self)
{
    const struct operation *operation;

    if (ksyms_demangle_peek(self, 0) == 'L') {
        ksyms_demangle_read_literal(self);
    } else if (ksyms_demangle_peek(self, 0) == 'T') {
        ksyms_demangle_read_template_parameter(self);
    } else if (ksyms_demangle_is_next(self, "gs")) {
        ksyms_demangle_advance(self, 2);
        ksyms_demangle_put(self, "::");
        ksyms_demangle_push_read(self, READ_EXPRESSION);
    } else if (ksyms_demangle_is_digit(ksyms_demangle_peek(self, 0)) ||
               ksyms_demangle_is_next(self, "on") || ksyms_demangle_is_next(self, "dn")) {
        read_simple_name(self);
    } else if (ksyms_demangle_is_next(self, "sr")) {
        read_scoped_name(self);
    } else if (ksyms_demangle_is_next(self, "fp") ||
               (ksyms_demangle_is_next(self, "fL") &&
                ksyms_demangle_is_digit(ksyms_demangle_peek(self, 2)))) {
        read_function_parameter(self);
    } else if (ksyms_demangle_peek(self, 0) == 'f') {
        read_fold(self);
    } else if (ksyms_demangle_is_next(self, "cv")) {
        read_conversion(self);
    } else if (ksyms_demangle_is_next(self, "sp")) {
        ksyms_demangle_read_pack_expansion(self, READ_EXPRESSION);
    } else if (ksyms_demangle_is_next(self, "sZ") && ksyms_demangle_peek(self, 2) == 'T') {
        print_pack_size(self);
    } else if (ksyms_demangle_is_next(self, "tl")) {
        ksyms_demangle_advance(self, 2);
        ksyms_demangle_push_read(self, READ_BRACES);
        ksyms_demangle_push_read(self, READ_TYPE);
    } else if (ksyms_demangle_is_next(self, "il")) {
        ksyms_demangle_advance(self, 2);
        ksyms_demangle_read_bracketed_list(self, "{", "}");
    } else if ((operation = ksyms_demangle_find_operation(self)) != NULL) {
        read_operation(self, operation);
    } else {
        ksyms_demangle_fail(self);
    }
}

/* Dt <expression> E, DT <expression> E */
void ksyms_demangle_read_decltype(struct demangler *self)
{
    ksyms_demangle_advance(self, 2);
    ksyms_demangle_put(self, "decltype (");
    ksyms_demangle_push(self, READ_EXPECT, 'E', 0, 0);
    ksyms_demangle_push_text(self, ")");
    ksyms_demangle_push_read(self, READ_EXPRESSION);
}
