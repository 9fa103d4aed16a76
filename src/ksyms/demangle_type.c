// SPDX-License-Identifier: MIT
/* demangle_type.c: types, and lists of them.  See demangle_parts.h. */
#include "demangle_parts.h"

/* ---- Lists ---- */

/* Items and commas; the comma before an item that is nothing, an empty pack, goes again. */
void ksyms_demangle_read_list(struct demangler *self, const struct task *task)
{
    if (self->size == task->b && task->b > task->a) {
        ksyms_demangle_cut_output(self, (uint16_t)(task->b - 2));
        self->last = ' '; /* c++filt then writes `>>` */
    }
    if (ksyms_demangle_is_list_end(self)) {
        return;
    }
    if (self->size > task->a) {
        ksyms_demangle_put(self, ", ");
    }
    ksyms_demangle_push(self, READ_LIST, task->flags, task->a, self->size);
    ksyms_demangle_push(self, (enum task_kind)task->flags, 0, 0, 0);
}

/* `v` alone is no parameter. */
void ksyms_demangle_push_parameters(struct demangler *self)
{
    ksyms_demangle_push(self, READ_LIST, READ_TYPE, self->size, self->size);
    if (ksyms_demangle_peek(self, 0) == 'v') {
        self->position++;
        if (!ksyms_demangle_is_list_end(self)) {
            self->position--;
        }
    }
}

/*
 * Dp <type>, sp <expression>: the pattern once for each element of the packs that it names; how
 * many there are shows when one is read that is not there.
 */
void ksyms_demangle_read_pack_expansion(struct demangler *self, enum task_kind item)
{
    ksyms_demangle_advance(self, 2);
    if (!self->muted) {
        ksyms_demangle_push(self, RESTORE_PACK, self->pack_index, self->is_pack_met, 0);
        ksyms_demangle_push(self, NEXT_IN_PACK, 0, self->position, self->size);
        self->pack_index = 0;
        self->is_pack_met = false;
    }
    ksyms_demangle_push_read(self, item);
}

void ksyms_demangle_read_next_in_pack(struct demangler *self, const struct task *task)
{
    bool is_expression = self->text[task->a - 2] == 's';

    if (self->is_pack_exhausted) {
        self->is_pack_exhausted = false;
        ksyms_demangle_cut_output(self, task->b);
        return;
    }
    self->position = task->a;
    if (!self->is_pack_met) { /* packs of parameters: {parm#1}... */
        self->pack_index = NO_PACK;
        ksyms_demangle_cut_output(self, task->b);
        ksyms_demangle_push_text(self, "...");
        ksyms_demangle_push(self, READ_OPERAND, !is_expression, 0, 0);
        return;
    }
    if (task->flags + 1 == NO_PACK) {
        ksyms_demangle_fail(self);
        return;
    }
    self->pack_index = (uint8_t)(task->flags + 1);
    ksyms_demangle_push(self, NEXT_IN_PACK, self->pack_index, task->a, self->size);
    ksyms_demangle_put(self, ", ");
    ksyms_demangle_push(self, is_expression ? READ_EXPRESSION : READ_TYPE, 0, 0, 0);
}

/* ---- <function-type>, <array-type>, <pointer-to-member-type> ... ---- */

/* The letters of a function's `this`, or of a function type: r V K R O Do Dx. */
unsigned ksyms_demangle_read_function_qualifiers(struct demangler *self)
{
    static const char letters[] = "rVKRO"; /* bit 0 and on: IS_RESTRICT ... */
    unsigned qualifiers = 0;

    for (unsigned bit = 0; bit < 5; bit++) {
        if (ksyms_demangle_accept(self, letters[bit])) {
            qualifiers |= 1u << bit;
        }
    }
    return qualifiers;
}

static void read_function_type_end(struct demangler *self)
{
    ksyms_demangle_read_function_qualifiers(self); /* R or O */
    ksyms_demangle_expect(self, 'E');
}

/* Muted: <parameters> [R|O] E */
void ksyms_demangle_read_function_type_rest(struct demangler *self, const struct task *task)
{
    if (task->flags) {
        read_function_type_end(self);
        return;
    }
    ksyms_demangle_push(self, READ_FUNCTION_TYPE_REST, true, 0, 0);
    ksyms_demangle_push_parameters(self);
}

/* F [Y] <result> <parameters> [R|O] E, behind its qualifiers. */
static void read_function_type(struct demangler *self, unsigned qualifiers)
{
    self->position++;
    ksyms_demangle_accept(self, 'Y'); /* extern "C" */
    if (self->muted) {
        ksyms_demangle_push(self, READ_FUNCTION_TYPE_REST, false, 0, 0);
        ksyms_demangle_push_read(self, READ_TYPE);
        return;
    }
    uint16_t result = self->position;
    ksyms_demangle_skip(self, READ_TYPE, 0);
    ksyms_demangle_push_function_declarator(self, qualifiers, self->position);
    ksyms_demangle_skip(self, READ_FUNCTION_TYPE_REST, false);
    ksyms_demangle_push_jump_back(self);
    self->position = result;
    ksyms_demangle_push_read(self, READ_TYPE);
}

/* [r] [V] [K] [Do] [Dx] <type>; before a function type they are the function's. */
static void read_qualified(struct demangler *self)
{
    uint16_t start = self->position;
    unsigned qualifiers = 0;

    for (;; self->position++) {
        char c = ksyms_demangle_peek(self, 0);
        char next = ksyms_demangle_peek(self, 1);
        if (c == 'r' || c == 'V' || c == 'K') {
            qualifiers |= c == 'r' ? IS_RESTRICT : c == 'V' ? IS_VOLATILE : IS_CONST;
        } else if (c == 'D' && (next == 'o' || next == 'x')) {
            qualifiers |= next == 'o' ? IS_NOEXCEPT : IS_TRANSACTION_SAFE;
            self->position++;
        } else {
            break;
        }
    }
    ksyms_demangle_push_record(self, start);
    if (ksyms_demangle_peek(self, 0) == 'F') {
        read_function_type(self, qualifiers);
        return;
    }
    for (uint16_t at = start; at < self->position; at++) {
        if (self->text[at] == 'D') {
            ksyms_demangle_fail(self); /* noexcept is of functions only */
            return;
        }
        ksyms_demangle_push_part(self, QUALIFIER, (uint8_t)self->text[at], 0);
    }
    ksyms_demangle_push_read(self, READ_TYPE);
}

/* A number, an expression or nothing. */
static void push_bound(struct demangler *self)
{
    if (ksyms_demangle_peek(self, 0) != '_') {
        ksyms_demangle_push_read(self, READ_BOUND);
    }
}

void ksyms_demangle_read_bound(struct demangler *self)
{
    if (ksyms_demangle_is_digit(ksyms_demangle_peek(self, 0))) {
        ksyms_demangle_put_number(self, ksyms_demangle_read_number(self));
    } else {
        ksyms_demangle_read_expression(self);
    }
}

/* A [<bound>] _ <type>, Dv <bound> _ <type> */
static void read_array(struct demangler *self, bool is_vector)
{
    ksyms_demangle_advance(self, 1 + is_vector);
    uint16_t bound = self->position;

    if (self->muted) {
        ksyms_demangle_push_read(self, READ_TYPE);
        ksyms_demangle_push(self, READ_EXPECT, '_', 0, 0);
        push_bound(self);
        return;
    }
    if (ksyms_demangle_peek(self, 0) != '_') {
        ksyms_demangle_skip(self, READ_BOUND, 0);
    }
    ksyms_demangle_accept(self, '_');
    if (is_vector) {
        ksyms_demangle_push(self, VECTOR, self->scope, bound, 0);
    } else {
        ksyms_demangle_push_array_declarator(self, bound);
    }
    ksyms_demangle_push_read(self, READ_TYPE);
}

/* M <class> <type>, and U <vendor's qualifier> <type> */
static void read_qualified_by(struct demangler *self, enum task_kind kind, enum task_kind part)
{
    self->position++;
    if (self->muted) {
        ksyms_demangle_push_read(self, READ_TYPE);
        ksyms_demangle_push_read(self, kind);
        return;
    }
    ksyms_demangle_push(self, part, self->scope, self->position, 0);
    ksyms_demangle_skip(self, kind, 0);
    ksyms_demangle_push_read(self, READ_TYPE);
}

void ksyms_demangle_read_vendor(struct demangler *self)
{
    ksyms_demangle_push_read(self, READ_ARGUMENTS_IF);
    ksyms_demangle_read_source_name(self);
}

/* ---- <builtin-type> ---- */

static const char *builtin_name(char c)
{
    static const char names[26][20] = {
        "signed char",
        "bool",
        "char",
        "double",
        "long double",
        "float",
        "__float128",
        "unsigned char",
        "int",
        "unsigned int",
        "",
        "long",
        "unsigned long",
        "__int128",
        "unsigned __int128",
        "",
        "",
        "",
        "short",
        "unsigned short",
        "",
        "void",
        "wchar_t",
        "long long",
        "unsigned long long",
        "...",
    };
    return c >= 'a' && c <= 'z' ? names[c - 'a'] : "";
}

static const char *builtin_name_of_two(char c)
{
    switch (c) {
    case 'a':
        return "auto";
    case 'c':
        return "decltype(auto)";
    case 'd':
        return "decimal64";
    case 'e':
        return "decimal128";
    case 'f':
        return "decimal32";
    case 'h':
        return "half";
    case 'i':
        return "char32_t";
    case 'n':
        return "decltype(nullptr)";
    case 's':
        return "char16_t";
    case 'u':
        return "char8_t";
    default:
        return "";
    }
}

/* DF <bits> [x] _, DF16b */
static void read_float(struct demangler *self)
{
    ksyms_demangle_advance(self, 2);
    uint32_t bits = ksyms_demangle_read_number(self);
    if (ksyms_demangle_accept(self, 'b')) {
        ksyms_demangle_put(self, "std::bfloat16_t");
        return;
    }
    ksyms_demangle_put(self, "_Float");
    ksyms_demangle_put_number(self, bits);
    if (ksyms_demangle_accept(self, 'x')) {
        ksyms_demangle_put_char(self, 'x');
    }
    ksyms_demangle_expect(self, '_');
}

/* ---- <type> ---- */

static void read_type_d(struct demangler *self, uint16_t start)
{
    switch (ksyms_demangle_peek(self, 1)) {
    case 'p':
        ksyms_demangle_push_record(self, start);
        ksyms_demangle_read_pack_expansion(self, READ_TYPE);
        break;
    case 't':
    case 'T':
        ksyms_demangle_push_record(self, start);
        ksyms_demangle_read_decltype(self);
        break;
    case 'v':
        ksyms_demangle_push_record(self, start);
        read_array(self, true);
        break;
    case 'F':
        read_float(self);
        break;
    case 'o':
    case 'x':
        read_qualified(self);
        break;
    default:
        ksyms_demangle_put(self, builtin_name_of_two(ksyms_demangle_peek(self, 1)));
        if (builtin_name_of_two(ksyms_demangle_peek(self, 1))[0] == '\0') {
            ksyms_demangle_fail(self);
        }
        ksyms_demangle_advance(self, 2);
    }
}

static void read_modified(struct demangler *self, enum task_kind part, unsigned flags)
{
    ksyms_demangle_push_part(self, part, flags, 0);
    self->position++;
    ksyms_demangle_push_read(self, READ_TYPE);
}

/* The types that a letter begins and whose whole is a substitution. */
static void read_compound(struct demangler *self, uint16_t start)
{
    ksyms_demangle_push_record(self, start);
    switch (ksyms_demangle_peek(self, 0)) {
    case 'P':
        read_modified(self, POINTER, 0);
        break;
    case 'R':
        read_modified(self, REFERENCE, true);
        break;
    case 'O':
        read_modified(self, REFERENCE, false);
        break;
    case 'C':
    case 'G':
        read_modified(self, QUALIFIER, (uint8_t)ksyms_demangle_peek(self, 0));
        break;
    case 'F':
        read_function_type(self, 0);
        break;
    case 'A':
        read_array(self, false);
        break;
    case 'M':
        read_qualified_by(self, READ_TYPE, MEMBER);
        break;
    case 'U':
        read_qualified_by(self, READ_VENDOR, VENDOR);
        break;
    case 'u':
        self->position++;
        ksyms_demangle_read_vendor(self);
        break;
    case 'T':
        if (!self->in_conversion) { /* else they are the operator's */
            ksyms_demangle_push(self, READ_ARGUMENTS_IF, RECORD_NAME, start, 0);
        }
        ksyms_demangle_read_template_parameter(self);
        break;
    default:
        ksyms_demangle_read_name(self);
    }
}

void ksyms_demangle_read_type(struct demangler *self)
{
    uint16_t start = self->position;
    char c = ksyms_demangle_peek(self, 0);

    if (builtin_name(c)[0] != '\0') {
        ksyms_demangle_put(self, builtin_name(c));
        self->position++;
    } else if (c == 'r' || c == 'V' || c == 'K') {
        read_qualified(self);
    } else if (c == 'D') {
        read_type_d(self, start);
    } else if (c == 'S' && ksyms_demangle_peek(self, 1) != 't') {
        ksyms_demangle_push(self, READ_ARGUMENTS_IF, RECORD_WHOLE, start, 0);
        ksyms_demangle_read_substitution(self);
    } else {
        read_compound(self, start);
    }
}
