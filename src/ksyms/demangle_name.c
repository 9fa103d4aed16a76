// SPDX-License-Identifier: MIT
/* demangle_name.c: names, their template arguments, and functions.  See demangle_parts.h. */
#include "demangle_parts.h"

/* ---- <unqualified-name> ---- */

void demangle_read_source_name(struct demangler *self)
{
    uint32_t size = demangle_read_number(self);

    if (size == 0 || size > (uint32_t)(self->length - self->position)) {
        demangle_fail(self);
        return;
    }
    const char *name = self->text + self->position;
    self->position = (uint16_t)(self->position + size);
    if (size >= 10 && memcmp(name, "_GLOBAL_", 8) == 0 && name[9] == 'N' &&
        (name[8] == '_' || name[8] == '.' || name[8] == '$')) {
        demangle_put(self, "(anonymous namespace)");
        return;
    }
    while (size-- > 0) {
        demangle_put_char(self, *name++);
    }
}

void demangle_read_tags(struct demangler *self)
{
    if (self->position != self->stop && demangle_accept(self, 'B')) {
        demangle_put(self, "[abi:");
        demangle_read_source_name(self);
        demangle_put_char(self, ']');
        demangle_push_read(self, READ_TAGS);
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
    if (demangle_peek(self, 0) == 'S') {
        demangle_print_abbreviated_class(self, demangle_peek(self, 1));
    } else {
        demangle_read_source_name(self);
    }
    self->position = position;
}

/* <ctor-dtor-name>: C1, D0 ..., CI1 <type>: named as the class is. */
static void read_structor(struct demangler *self)
{
    bool is_inherited = demangle_peek(self, 1) == 'I';
    char variant = demangle_peek(self, 1 + is_inherited);

    if (variant < '0' || variant > '5') {
        demangle_fail(self);
        return;
    }
    if (demangle_peek(self, 0) == 'D') {
        demangle_put_char(self, '~');
    }
    demangle_advance(self, 2 + is_inherited);
    self->is_without_result = true;
    if (is_inherited && self->muted) {
        demangle_push_read(self, READ_TYPE);
    } else if (is_inherited) {
        demangle_skip(self, READ_TYPE, 0); /* as c++filt: named as the base is */
    }
    print_class_name(self);
}

/* DC <source-name>+ E: a structured binding. */
static void read_binding(struct demangler *self)
{
    char separator = '[';

    demangle_advance(self, 2);
    while (!self->is_failed && !demangle_accept(self, 'E')) {
        demangle_put_char(self, separator);
        if (separator == ',') {
            demangle_put_char(self, ' ');
        }
        separator = ',';
        demangle_read_source_name(self);
    }
    demangle_put_char(self, ']');
}

void demangle_read_unqualified(struct demangler *self)
{
    self->arguments = 0;
    self->qualifiers = 0;
    self->is_without_result = false;
    demangle_push_read(self, READ_TAGS);
    demangle_accept(self, 'L'); /* of internal linkage */
    char c = demangle_peek(self, 0);
    if (demangle_is_digit(c)) {
        self->source_name = self->position;
        demangle_read_source_name(self);
    } else if (c == 'U') {
        demangle_read_unnamed(self);
    } else if (c == 'D' && demangle_peek(self, 1) == 'C') {
        read_binding(self);
    } else if (c == 'C' || c == 'D') {
        read_structor(self);
    } else {
        demangle_read_operator_name(self);
    }
}

/* ---- <template-args>, <template-param>, <substitution> ---- */

static void push_arguments(struct demangler *self)
{
    demangle_push(self, READ_ARGUMENTS_END, self->is_without_result, self->position,
                  self->source_name);
    self->position++; /* I */
    demangle_put(self, self->last == '<' ? " <" : "<");
    demangle_push(self, READ_LIST, READ_ARGUMENT, self->size, self->size);
}

void demangle_read_arguments_if(struct demangler *self, const struct task *task)
{
    if (demangle_peek(self, 0) != 'I' || self->position == self->stop) {
        return;
    }
    if (task->flags & RECORD_NAME) {
        demangle_record(self, task->a);
    }
    if (task->flags & RECORD_WHOLE) {
        demangle_push_record(self, task->a);
    }
    push_arguments(self);
}

/* What the arguments' own names have left is not of this name. */
void demangle_read_arguments_end(struct demangler *self, const struct task *task)
{
    demangle_expect(self, 'E');
    demangle_put(self, self->last == '>' ? " >" : ">");
    self->is_without_result = task->flags;
    self->arguments = task->a;
    self->source_name = task->b;
    self->qualifiers = 0;
}

void demangle_read_argument(struct demangler *self)
{
    switch (demangle_peek(self, 0)) {
    case 'X':
        self->position++;
        demangle_push(self, READ_EXPECT, 'E', 0, 0);
        demangle_push_read(self, READ_EXPRESSION);
        break;
    case 'L':
        demangle_read_literal(self);
        break;
    case 'I': /* before GCC 4.7 */
    case 'J':
        self->position++;
        demangle_push(self, READ_EXPECT, 'E', 0, 0);
        demangle_push(self, READ_LIST, READ_ARGUMENT, self->size, self->size);
        break;
    default:
        demangle_read_type(self);
    }
}

/* Position at argument number `index` of a list; false if there are fewer. */
static bool find_argument(struct demangler *self, uint32_t index)
{
    while (index-- > 0 && demangle_peek(self, 0) != 'E' && !self->is_failed) {
        demangle_skip(self, READ_ARGUMENT, 0);
    }
    return demangle_peek(self, 0) != 'E' && !self->is_failed;
}

/* In a pack expansion one argument of the pack. */
static void enter_pack(struct demangler *self)
{
    if (self->pack_index == NO_PACK ||
        (demangle_peek(self, 0) != 'J' && demangle_peek(self, 0) != 'I')) {
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
bool demangle_find_parameter(struct demangler *self, uint32_t index)
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

void demangle_read_template_parameter(struct demangler *self)
{
    self->position++; /* T */
    uint32_t index = demangle_read_sequence(self, 10);
    if (self->muted || self->is_failed) {
        return;
    }
    if (self->in_lambda) {
        demangle_put(self, "auto:");
        demangle_put_number(self, index + 1);
        return;
    }
    demangle_push_jump_back(self);
    demangle_push(self, RESTORE_SCOPE, self->scope, 0, 0);
    if (!demangle_find_parameter(self, index)) {
        demangle_fail(self);
        return;
    }
    enter_pack(self);
    if (!self->is_pack_exhausted) {
        demangle_push_read(self, READ_ARGUMENT);
    }
}

void demangle_read_substitution(struct demangler *self)
{
    char c = demangle_peek(self, 1);

    self->position++; /* S */
    if (c >= 'a' && c <= 'z') {
        self->source_name = (uint16_t)(self->position - 1);
        self->position++;
        demangle_read_abbreviation(self, c);
        return;
    }
    uint32_t index = demangle_read_sequence(self, 36);
    if (index >= self->substitution_count) {
        demangle_fail(self);
    } else if (!self->muted) {
        demangle_push_jump_back(self);
        self->position = self->substitutions[index].start;
        self->stop = self->substitutions[index].stop;
        demangle_push_read(self, READ_TYPE);
    }
}

/* ---- <nested-name>, <name> ---- */

/* N <qualifiers> <component>+ E */
static void read_nested_start(struct demangler *self)
{
    uint16_t start = self->position++;

    demangle_accept(self, 'H'); /* a parameter `this` that has a name */
    unsigned qualifiers = demangle_read_function_qualifiers(self);
    demangle_push(self, READ_NESTED, 0, start, qualifiers);
}

enum { IS_BEHIND_FIRST = 1, IS_SUBSTITUTABLE = 2 };

static void read_component(struct demangler *self, char c)
{
    switch (c) {
    case 'S':
        if (demangle_peek(self, 1) != 't') {
            demangle_read_substitution(self);
            return;
        }
        demangle_advance(self, 2);
        demangle_put(self, "std");
        return;
    case 'T':
        demangle_read_template_parameter(self);
        return;
    case 'I':
        push_arguments(self);
        return;
    case 'D':
        if (demangle_peek(self, 1) == 't' || demangle_peek(self, 1) == 'T') {
            demangle_read_decltype(self);
            return;
        }
        break;
    }
    demangle_read_unqualified(self);
}

/* Every prefix is a substitution but the last, which is the whole; that the type records. */
void demangle_read_nested(struct demangler *self, const struct task *task)
{
    char c = demangle_peek(self, 0);

    if (self->position == self->stop) {
        return;
    }
    if (c == 'E') {
        if (!(task->flags & IS_BEHIND_FIRST)) {
            demangle_fail(self);
        }
        self->position++;
        self->qualifiers = task->b;
        return;
    }
    if (task->flags & IS_SUBSTITUTABLE) {
        demangle_record(self, task->a);
    }
    if (demangle_accept(self, 'M')) { /* the initializer that a lambda is in */
        demangle_push(self, READ_NESTED, IS_BEHIND_FIRST, task->a, task->b);
        return;
    }
    if (c != 'I' && task->flags & IS_BEHIND_FIRST) {
        demangle_put(self, "::");
    }
    demangle_push(self, READ_NESTED, IS_BEHIND_FIRST | (c == 'S' ? 0 : IS_SUBSTITUTABLE), task->a,
                  task->b);
    read_component(self, c);
}

void demangle_read_name(struct demangler *self)
{
    uint16_t start = self->position;

    switch (demangle_peek(self, 0)) {
    case 'N':
        read_nested_start(self);
        return;
    case 'Z':
        self->position++;
        demangle_push_read(self, READ_LOCAL);
        demangle_push(self, READ_EXPECT, 'E', 0, 0);
        demangle_push(self, READ_ENCODING, 1, 0, 0);
        return;
    case 'S':
        if (demangle_peek(self, 1) != 't') {
            demangle_push(self, READ_ARGUMENTS_IF, 0, start, 0);
            demangle_read_substitution(self);
            return;
        }
        demangle_advance(self, 2);
        demangle_put(self, "std::");
        break;
    }
    demangle_push(self, READ_ARGUMENTS_IF, RECORD_NAME, start, 0);
    demangle_push_read(self, READ_UNQUALIFIED);
}

/* ---- <encoding> ---- */

/* Behind the name of an encoding: without parameters it is no function. */
static bool is_object(const struct demangler *self)
{
    return demangle_peek(self, 0) == '\0' || demangle_peek(self, 0) == 'E';
}

static bool has_result(const struct demangler *self)
{
    return self->arguments != 0 && !self->is_without_result;
}

/* Muted, behind the name: from left to right. */
void demangle_read_function(struct demangler *self)
{
    if (is_object(self)) {
        return;
    }
    if (demangle_peek(self, 0) == '.') {
        demangle_fail(self); /* as c++filt: objects have no clones */
    }
    demangle_push(self, READ_LIST, READ_TYPE, self->size, self->size);
    if (has_result(self)) {
        demangle_push_read(self, READ_TYPE);
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

    demangle_push(self, SCOPE, self->scope, self->arguments, 0);
    if (self->arguments) {
        self->scope = (uint8_t)self->task_count;
    }
    if (is_with_result) {
        demangle_skip(self, READ_TYPE, 0);
    }
    demangle_push(self, PARAMETERS, self->scope, self->position, qualifiers);
    if (is_with_result && !is_local) {
        demangle_push(self, FUNCTION_NAME, 0, name, 0);
        self->position = result;
        demangle_push_read(self, READ_TYPE);
    } else {
        self->position = name;
        demangle_push_read(self, READ_NAME);
    }
}

/* flags: it is the function of a local name, whose result is not printed. */
void demangle_read_encoding(struct demangler *self, const struct task *task)
{
    uint16_t start = self->position;

    if (demangle_peek(self, 0) == 'T' || demangle_peek(self, 0) == 'G') {
        demangle_read_special(self);
    } else if (self->muted) {
        demangle_push_read(self, READ_FUNCTION);
        demangle_push_read(self, READ_NAME);
    } else {
        demangle_skip(self, READ_NAME, 0);
        if (is_object(self)) {
            self->position = start;
            demangle_push_read(self, READ_NAME);
        } else {
            print_function(self, start, task->flags);
        }
    }
}
