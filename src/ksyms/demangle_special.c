// SPDX-License-Identifier: MIT
/*
 * demangle_special.c: vtables, thunks, guards; names in functions; lambdas; abbreviations.  See
 * demangle_parts.h.
 */
#include "demangle_parts.h"

/* ---- <special-name> ---- */

/* <number> _, which may be negative. */
static void read_offset(struct demangler *self)
{
    ksyms_demangle_accept(self, 'n');
    ksyms_demangle_read_number(self);
    ksyms_demangle_expect(self, '_');
}

/* h <offset>, v <offset> <offset> */
static void read_call_offset(struct demangler *self)
{
    char kind = ksyms_demangle_peek(self, 0);

    self->position++;
    read_offset(self);
    if (kind == 'v') {
        read_offset(self);
    } else if (kind != 'h') {
        ksyms_demangle_fail(self);
    }
}

/* TC <derived> <offset> _ <base>: the base is printed first. */
static void read_construction(struct demangler *self)
{
    uint16_t derived = self->position;

    ksyms_demangle_put(self, "construction vtable for ");
    if (self->muted) {
        ksyms_demangle_push_read(self, READ_CONSTRUCTION_END);
        ksyms_demangle_push_read(self, READ_TYPE);
        return;
    }
    ksyms_demangle_skip(self, READ_TYPE, 0);
    read_offset(self);
    uint16_t base = self->position;
    ksyms_demangle_skip(self, READ_TYPE, 0);
    ksyms_demangle_push_jump_back(self);
    ksyms_demangle_push_read(self, READ_TYPE);
    ksyms_demangle_push(self, JUMP, 0, derived, self->stop);
    ksyms_demangle_push_text(self, "-in-");
    self->position = base;
    ksyms_demangle_push_read(self, READ_TYPE);
}

void ksyms_demangle_read_construction_end(struct demangler *self)
{
    read_offset(self);
    ksyms_demangle_push_read(self, READ_TYPE);
}

/* GR <name> [<number>] _ */
static void read_reference_temporary(struct demangler *self)
{
    uint16_t name = self->position;

    if (self->muted) {
        ksyms_demangle_push_read(self, READ_REFERENCE_END);
    } else {
        ksyms_demangle_skip(self, READ_NAME, 0);
        ksyms_demangle_put(self, "reference temporary #");
        ksyms_demangle_put_number(self, ksyms_demangle_read_sequence(self, 36));
        ksyms_demangle_put(self, " for ");
        ksyms_demangle_push_jump_back(self);
        self->position = name;
    }
    ksyms_demangle_push_read(self, READ_NAME);
}

void ksyms_demangle_read_reference_end(struct demangler *self)
{
    ksyms_demangle_read_sequence(self, 36);
}

static const struct special {
    char code[2];
    uint8_t kind; /* enum task_kind */
    char text[31];
} specials[] = {
    {"TV", READ_TYPE, "vtable for "},
    {"TT", READ_TYPE, "VTT for "},
    {"TI", READ_TYPE, "typeinfo for "},
    {"TS", READ_TYPE, "typeinfo name for "},
    {"TF", READ_TYPE, "typeinfo fn for "},
    {"TA", READ_ARGUMENT, "template parameter object for "},
    {"TH", READ_NAME, "TLS init function for "},
    {"TW", READ_NAME, "TLS wrapper function for "},
    {"Th", READ_ENCODING, "non-virtual thunk to "},
    {"Tv", READ_ENCODING, "virtual thunk to "},
    {"Tc", READ_ENCODING, "covariant return thunk to "},
    {"GV", READ_NAME, "guard variable for "},
    {"GA", READ_ENCODING, "hidden alias for "},
};

static const struct special *find_special(const struct demangler *self)
{
    for (unsigned i = 0; i < sizeof(specials) / sizeof(specials[0]); i++) {
        if (specials[i].code[0] == ksyms_demangle_peek(self, 0) &&
            specials[i].code[1] == ksyms_demangle_peek(self, 1)) {
            return &specials[i];
        }
    }
    return NULL;
}

void ksyms_demangle_read_special(struct demangler *self)
{
    const struct special *special = find_special(self);
    char letter = ksyms_demangle_peek(self, 1);

    if (special) {
        self->position = (uint16_t)(self->position + (letter == 'h' || letter == 'v' ? 1 : 2));
        ksyms_demangle_put(self, special->text);
        for (unsigned i = letter == 'c' ? 2 : letter == 'h' || letter == 'v'; i > 0; i--) {
            read_call_offset(self);
        }
        ksyms_demangle_push(self, (enum task_kind)special->kind, 0, 0, 0);
    } else if (ksyms_demangle_peek(self, 0) == 'T' && letter == 'C') {
        ksyms_demangle_advance(self, 2);
        read_construction(self);
    } else if (ksyms_demangle_peek(self, 0) == 'G' && letter == 'R') {
        ksyms_demangle_advance(self, 2);
        read_reference_temporary(self);
    } else if (ksyms_demangle_peek(self, 0) == 'G' && letter == 'T') {
        ksyms_demangle_put(self, ksyms_demangle_peek(self, 2) == 'n' ? "non-transaction clone for "
                                                                     : "transaction clone for ");
        ksyms_demangle_advance(self, 3);
        ksyms_demangle_push_read(self, READ_ENCODING);
    } else {
        ksyms_demangle_fail(self);
    }
}

/* ---- <local-name> ---- */

/* `_0` or `__12_`: the how many'th of its name; not printed. */
void ksyms_demangle_read_discriminator(struct demangler *self)
{
    bool is_long = ksyms_demangle_peek(self, 1) == '_';

    if (self->position == self->stop || ksyms_demangle_peek(self, 0) != '_' ||
        !ksyms_demangle_is_digit(ksyms_demangle_peek(self, 1 + is_long))) {
        return;
    }
    ksyms_demangle_advance(self, 1 + is_long);
    uint32_t number = ksyms_demangle_read_number(self);
    if (is_long != (number >= 10) || (is_long && !ksyms_demangle_accept(self, '_'))) {
        ksyms_demangle_fail(self);
    }
}

/* Behind Z <encoding> E: s, d [<number>] _ <name>, or <name> */
void ksyms_demangle_read_local(struct demangler *self)
{
    ksyms_demangle_put(self, "::");
    ksyms_demangle_push_read(self, READ_DISCRIMINATOR);
    if (ksyms_demangle_accept(self, 's')) {
        ksyms_demangle_put(self, "string literal");
        return;
    }
    if (ksyms_demangle_accept(self, 'd')) {
        ksyms_demangle_put(self, "{default arg#");
        ksyms_demangle_put_number(self, ksyms_demangle_read_sequence(self, 10) + 1);
        ksyms_demangle_put(self, "}::");
    }
    ksyms_demangle_push_read(self, READ_NAME);
}

/* ---- <unnamed-type-name> ---- */

/* Ut [<number>] _, Ul <parameters> E [<number>] _ */
void ksyms_demangle_read_unnamed(struct demangler *self)
{
    char kind = ksyms_demangle_peek(self, 1);

    ksyms_demangle_advance(self, 2);
    if (kind == 't') {
        ksyms_demangle_put(self, "{unnamed type#");
        ksyms_demangle_put_number(self, ksyms_demangle_read_sequence(self, 10) + 1);
        ksyms_demangle_put_char(self, '}');
    } else if (kind == 'l') {
        ksyms_demangle_put(self, "{lambda(");
        self->in_lambda++;
        ksyms_demangle_push_read(self, READ_LAMBDA_END);
        ksyms_demangle_push_parameters(self);
    } else {
        ksyms_demangle_fail(self);
    }
}

void ksyms_demangle_read_lambda_end(struct demangler *self)
{
    self->in_lambda--;
    ksyms_demangle_expect(self, 'E');
    ksyms_demangle_put(self, ")#");
    ksyms_demangle_put_number(self, ksyms_demangle_read_sequence(self, 10) + 1);
    ksyms_demangle_put_char(self, '}');
}

/* ---- The abbreviations of <substitution> ---- */

#define OF_CHAR "<char, std::char_traits<char>"

static const struct abbreviation {
    char letter;
    char class_name[15];
    char arguments[56];
} abbreviations[] = {
    {'a', "allocator", ""},
    {'b', "basic_string", ""},
    {'s', "basic_string", OF_CHAR ", std::allocator<char> >"},
    {'i', "basic_istream", OF_CHAR " >"},
    {'o', "basic_ostream", OF_CHAR " >"},
    {'d', "basic_iostream", OF_CHAR " >"},
};

static const struct abbreviation *find_abbreviation(struct demangler *self, char letter)
{
    for (unsigned i = 0; i < sizeof(abbreviations) / sizeof(abbreviations[0]); i++) {
        if (abbreviations[i].letter == letter) {
            return &abbreviations[i];
        }
    }
    ksyms_demangle_fail(self);
    return &abbreviations[0];
}

void ksyms_demangle_read_abbreviation(struct demangler *self, char letter)
{
    const struct abbreviation *abbreviation = find_abbreviation(self, letter);

    ksyms_demangle_put(self, "std::");
    ksyms_demangle_put(self, abbreviation->class_name);
    ksyms_demangle_put(self, abbreviation->arguments);
}

void ksyms_demangle_print_abbreviated_class(struct demangler *self, char letter)
{
    ksyms_demangle_put(self, find_abbreviation(self, letter)->class_name);
}
