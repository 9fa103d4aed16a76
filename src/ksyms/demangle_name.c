// SPDX-License-Identifier: MIT
/* demangle_name.c: names, their template arguments, and functions.  See demangle_parts.h. */
#include "demangle_parts.h"

/* ---- <unqualified-name> ---- */

void ksyms_demangle_read_source_name(struct demangler *self)
{
    uint32_t size = ksyms_demangle_read_number(self);

    if (size == 0 || size > (uint32_t)(self->length - self->position)) {
        ksyms_demangle_fail(self);
        return;
    }
    const char *name = self->text + self->position;
    self->position = (uint16_t)(self->position + size);
    if (size >= 10 && memcmp(name, "_GLOBAL_", 8) == 0 && name[9] == 'N' &&
        (name[8] == '_' || name[8] == '.' || name[8] == '$')) {
        ksyms_demangle_put(self, "(anonymous namespace)");
        return;
    }
    while (size-- > 0) {
        ksyms_demangle_put_char(self, *name++);
    }
}

void ksyms_demangle_read_tags(struct demangler *self)
{
    if (self->position != self->stop && ksyms_demangle_accept(self, 'B')) {
        ksyms_demangle_put(self, "[abi:");
        ksyms_demangle_read_source_name(self);
        ksyms_demangle_put_char(self, ']');
        ksyms_demangle_push_read(self, READ_TAGS);
    }
}

/* The last <source-name> or abbreviation, again. */
static void print_class_name(struct demangler *self)
{
    uint16_t position = self->position;

    if (self->muted) {
        return;
    }
    self->position = self->source_name;
    if (ksyms_demangle_peek(self, 0) == 'S') {
        ksyms_demangle_print_abbreviated_class(self, ksyms_demangle_peek(self, 1));
    } else {
        ksyms_demangle_read_source_name(self);
    }
    self->position = position;
}

/* <ctor-dtor-name>: C1, D0 ..., CI1 <type>: named as the class is. */
static void read_structor(struct demangler *self)
{
    bool is_inherited = ksyms_demangle_peek(self, 1) == 'I';
    char variant = ksyms_demangle_peek(self, 1 + is_inherited);

    if (variant < '0' || variant > '5') {
        ksyms_demangle_fail(self);
        return;
    }
    if (ksyms_demangle_peek(self, 0) == 'D') {
        ksyms_demangle_put_char(self, '~');
    }
    ksyms_demangle_advance(self, 2 + is_inherited);
    self->is_without_result = true;
    if (is_inherited && self->muted) {
        ksyms_demangle_push_read(self, READ_TYPE);
    } else if (is_inherited) {
        ksyms_demangle_skip(self, READ_TYPE, 0); /* as c++filt: named as the base is */
    }
    print_class_name(self);
}

/* DC <source-name>+ E: a structured binding. */
static void read_binding(struct demangler *self)
{
    char separator = '[';

    ksyms_demangle_advance(self, 2);
    while (!self->is_failed && !ksyms_demangle_accept(self, 'E')) {
        ksyms_demangle_put_char(self, separator);
        if (separator == ',') {
            ksyms_demangle_put_char(self, ' ');
        }
        separator = ',';
        ksyms_demangle_read_source_name(self);
    }
    ksyms_demangle_put_char(self, ']');
}

void ksyms_demangle_read_unqualified(struct demangler *self)
{
    self->arguments = 0;
    self->qualifiers = 0;
    self->is_without_result = false;
    ksyms_demangle_push_read(self, READ_TAGS);
    ksyms_demangle_accept(self, 'L'); /* of internal linkage */
    char c = ksyms_demangle_peek(self, 0);
    if (ksyms_demangle_is_digit(c)) {
        self->source_name = self->position;
        ksyms_demangle_read_source_name(self);
    } else if (c == 'U') {
        ksyms_demangle_read_unnamed(self);
    } else if (c == 'D' && ksyms_demangle_peek(self, 1) == 'C') {
        read_binding(self);
    } else if (c == 'C' || c == 'D') {
        read_structor(self);
    } else {
        ksyms_demangle_read_operator_name(self);
    }
}

/* ---- <template-args>, <template-param>, <substitution> ---- */

static void push_arguments(struct demangler *self)
{
    ksyms_demangle_push(self, READ_ARGUMENTS_END, self->is_without_result, self->position,
                        self->source_name);
    self->position++; /* I */
    ksyms_demangle_put(self, self->last == '<' ? " <" : "<");
    ksyms_demangle_push(self, READ_LIST, READ_ARGUMENT, self->size, self->size);
}

void ksyms_demangle_read_arguments_if(struct demangler *self, const struct task *task)
{
    if (ksyms_demangle_peek(self, 0) != 'I' || self->position == self->stop) {
        return;
    }
    if (task->flags & RECORD_NAME) {
        ksyms_demangle_record(self, task->a);
    }
    if (task->flags & RECORD_WHOLE) {
        ksyms_demangle_push_record(self, task->a);
    }
    push_arguments(self);
}

/* What the arguments' own names have left is not of this name. */
void ksyms_demangle_read_arguments_end(struct demangler *self, const struct task *task)
{
    ksyms_demangle_expect(self, 'E');
    ksyms_demangle_put(self, self->last == '>' ? " >" : ">");
    self->is_without_result = task->flags;
    self->arguments = task->a;
    self->source_name = task->b;
    self->qualifiers = 0;
}

void ksyms_demangle_read_argument(struct demangler *self)
{
    switch (ksyms_demangle_peek(self, 0)) {
    case 'X':
        self->position++;
        ksyms_demangle_push(self, READ_EXPECT, 'E', 0, 0);
        ksyms_demangle_push_read(self, READ_EXPRESSION);
        break;
    case 'L':
        ksyms_demangle_read_literal(self);
        break;
    case 'I': /* before GCC 4.7 */
    case 'J':
        self->position++;
        ksyms_demangle_push(self, READ_EXPECT, 'E', 0, 0);
        ksyms_demangle_push(self, READ_LIST, READ_ARGUMENT, self->size, self->size);
        break;
    default:
        ksyms_demangle_read_type(self);
    }
}

/* Position at argument number `index` of a list; false if there are fewer. */
static bool find_argument(struct demangler *self, uint32_t index)
{
    while (index-- > 0 && ksyms_demangle_peek(self, 0) != 'E' && !self->is_failed) {
        ksyms_demangle_skip(self, READ_ARGUMENT, 0);
    }
    return ksyms_demangle_peek(self, 0) != 'E' && !self->is_failed;
}

/* In a pack expansion one argument of the pack. */
static void enter_pack(struct demangler *self)
{
    if (self->pack_index == NO_PACK ||
        (ksyms_demangle_peek(self, 0) != 'J' && ksyms_demangle_peek(self, 0) != 'I')) {
        return;
    }
    self->position++;
    self->is_pack_met = true;
    if (!find_argument(self, self->pack_index)) {
        self->is_pack_exhausted = true;
    }
}

/* Position at the argument that a template parameter stands for, in the scope that it was written
 * in. */
bool ksyms_demangle_find_parameter(struct demangler *self, uint32_t index)
{
    if (self->scope == 0) {
        return false;
    }
    const struct task *scope = &self->tasks[self->scope - 1];
    self->scope = scope->flags;
    self->position = (uint16_t)(scope->a + 1);
    self->stop = 0;
    return find_argument(self, index);
}

void ksyms_demangle_read_template_parameter(struct demangler *self)
{
    self->position++; /* T */
    uint32_t index = ksyms_demangle_read_sequence(self, 10);
    if (self->muted || self->is_failed) {
        return;
    }
    if (self->in_lambda) {
        ksyms_demangle_put(self, "auto:");
        ksyms_demangle_put_number(self, index + 1);
        return;
    }
    ksyms_demangle_push_jump_back(self);
    ksyms_demangle_push(self, RESTORE_SCOPE, self->scope, 0, 0);
    if (!ksyms_demangle_find_parameter(self, index)) {
        ksyms_demangle_fail(self);
        return;
    }
    enter_pack(self);
    if (!self->is_pack_exhausted) {
        ksyms_demangle_push_read(self, READ_ARGUMENT);
    }
}

void ksyms_demangle_read_substitution(struct demangler *self)
{
    char c = ksyms_demangle_peek(self, 1);

    self->position++; /* S */
    if (c >= 'a' && c <= 'z') {
        self->source_name = (uint16_t)(self->position - 1);
        self->position++;
        ksyms_demangle_read_abbreviation(self, c);
        return;
    }
    uint32_t index = ksyms_demangle_read_sequence(self, 36);
    if (index >= self->substitution_count) {
        ksyms_demangle_fail(self);
    } else if (!self->muted) {
        ksyms_demangle_push_jump_back(self);
        self->position = self->substitutions[index].start;
        self->stop = self->substitutions[index].stop;
        ksyms_demangle_push_read(self, READ_TYPE);
    }
}

/* ---- <nested-name>, <name> ---- */

/* N <qualifiers> <component>+ E */
static void read_nested_start(struct demangler *self)
{
    uint16_t start = self->position++;

    ksyms_demangle_accept(self, 'H'); /* a parameter `this` that has a name */
    unsigned qualifiers = ksyms_demangle_read_function_qualifiers(self);
    ksyms_demangle_push(self, READ_NESTED, 0, start, qualifiers);
}

enum { IS_BEHIND_FIRST = 1, IS_SUBSTITUTABLE = 2 };

static void read_component(struct demangler *self, char c)
{
    switch (c) {
    case 'S':
        if (ksyms_demangle_peek(self, 1) != 't') {
            ksyms_demangle_read_substitution(self);
            return;
        }
        ksyms_demangle_advance(self, 2);
        ksyms_demangle_put(self, "std");
        return;
    case 'T':
        ksyms_demangle_read_template_parameter(self);
        return;
    case 'I':
        push_arguments(self);
        return;
    case 'D':
        if (ksyms_demangle_peek(self, 1) == 't' || ksyms_demangle_peek(self, 1) == 'T') {
            ksyms_demangle_read_decltype(self);
            return;
        }
        break;
    }
    ksyms_demangle_read_unqualified(self);
}

/* Every prefix is a substitution but the last, which is the whole; that the type records. */
void ksyms_demangle_read_nested(struct demangler *self, const struct task *task)
{
    char c = ksyms_demangle_peek(self, 0);

    if (self->position == self->stop) {
        return;
    }
    if (c == 'E') {
        if (!(task->flags & IS_BEHIND_FIRST)) {
            ksyms_demangle_fail(self);
        }
        self->position++;
        self->qualifiers = task->b;
        return;
    }
    if (task->flags & IS_SUBSTITUTABLE) {
        ksyms_demangle_record(self, task->a);
    }
    if (ksyms_demangle_accept(self, 'M')) { /* the initializer that a lambda is in */
        ksyms_demangle_push(self, READ_NESTED, IS_BEHIND_FIRST, task->a, task->b);
        return;
    }
    if (c != 'I' && task->flags & IS_BEHIND_FIRST) {
        ksyms_demangle_put(self, "::");
    }
    ksyms_demangle_push(self, READ_NESTED, IS_BEHIND_FIRST | (c == 'S' ? 0 : IS_SUBSTITUTABLE),
                        task->a, task->b);
    read_component(self, c);
}

void ksyms_demangle_read_name(struct demangler *self)
{
    uint16_t start = self->position;

    switch (ksyms_demangle_peek(self, 0)) {
    case 'N':
        read_nested_start(self);
        return;
    case 'Z':
        self->position++;
        ksyms_demangle_push_read(self, READ_LOCAL);
        ksyms_demangle_push(self, READ_EXPECT, 'E', 0, 0);
        ksyms_demangle_push(self, READ_ENCODING, 1, 0, 0);
        return;
    case 'S':
        if (ksyms_demangle_peek(self, 1) != 't') {
            ksyms_demangle_push(self, READ_ARGUMENTS_IF, 0, start, 0);
            ksyms_demangle_read_substitution(self);
            return;
        }
        ksyms_demangle_advance(self, 2);
        ksyms_demangle_put(self, "std::");
        break;
    }
    ksyms_demangle_push(self, READ_ARGUMENTS_IF, RECORD_NAME, start, 0);
    ksyms_demangle_push_read(self, READ_UNQUALIFIED);
}

/* ---- <encoding> ---- */

/* Behind the name of an encoding: without parameters it is no function. */
static bool is_object(const struct demangler *self)
{
    return ksyms_demangle_peek(self, 0) == '\0' || ksyms_demangle_peek(self, 0) == 'E';
}

static bool has_result(const struct demangler *self)
{
    return self->arguments != 0 && !self->is_without_result;
}

/* Muted, behind the name: from left to right. */
void ksyms_demangle_read_function(struct demangler *self)
{
    if (is_object(self)) {
        return;
    }
    if (ksyms_demangle_peek(self, 0) == '.') {
        ksyms_demangle_fail(self); /* as c++filt: objects have no clones */
    }
    ksyms_demangle_push(self, READ_LIST, READ_TYPE, self->size, self->size);
    if (has_result(self)) {
        ksyms_demangle_push_read(self, READ_TYPE);
    }
}

/*
 *     _Z <name> <result> <parameters>  →  result name(parameters) const
 *
 * The name and the parameters are the declarator of the result: `void (*name(int))()`.
 */
static void print_function(struct demangler *self, uint16_t name, bool is_local)
{
    uint16_t result = self->position;
    bool is_with_result = has_result(self);
    unsigned qualifiers = self->qualifiers | IS_OF_ENCODING;

    ksyms_demangle_push(self, SCOPE, self->scope, self->arguments, 0);
    if (self->arguments) {
        self->scope = (uint8_t)self->task_count;
    }
    if (is_with_result) {
        ksyms_demangle_skip(self, READ_TYPE, 0);
    }
    ksyms_demangle_push(self, PARAMETERS, self->scope, self->position, qualifiers);
    if (is_with_result && !is_local) {
        ksyms_demangle_push(self, FUNCTION_NAME, 0, name, 0);
        self->position = result;
        ksyms_demangle_push_read(self, READ_TYPE);
    } else {
        self->position = name;
        ksyms_demangle_push_read(self, READ_NAME);
    }
}

/* flags: it is the function of a local name, whose result is not printed. */
void ksyms_demangle_read_encoding(struct demangler *self, const struct task *task)
{
    uint16_t start = self->position;

    if (ksyms_demangle_peek(self, 0) == 'T' || ksyms_demangle_peek(self, 0) == 'G') {
        ksyms_demangle_read_special(self);
    } else if (self->muted) {
        ksyms_demangle_push_read(self, READ_FUNCTION);
        ksyms_demangle_push_read(self, READ_NAME);
    } else {
        ksyms_demangle_skip(self, READ_NAME, 0);
        if (is_object(self)) {
            self->position = start;
            ksyms_demangle_push_read(self, READ_NAME);
        } else {
            print_function(self, start, task->flags);
        }
    }
}
