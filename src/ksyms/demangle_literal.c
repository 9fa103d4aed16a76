// SPDX-License-Identifier: MIT
/* demangle_literal.c: literals in template arguments, <expr-primary>.  See demangle_parts.h. */
#include "demangle_parts.h"

/* Behind the type; flags: the bits of a floating number. */
void ksyms_demangle_read_literal_value(struct demangler *self, const struct task *task)
{
    ksyms_demangle_put(self, task->flags ? "[" : "");
    if (ksyms_demangle_accept(self, 'n')) {
        ksyms_demangle_put_char(self, '-');
    }
    for (char c = ksyms_demangle_peek(self, 0); c != 'E' && c != '\0';
         c = ksyms_demangle_peek(self, 0)) {
        ksyms_demangle_put_char(self, c);
        self->position++;
    }
    ksyms_demangle_put(self, task->flags ? "]" : "");
    ksyms_demangle_expect(self, 'E');
}

static const char *literal_suffix(char type)
{
    switch (type) {
    case 'i':
        return "";
    case 'j':
        return "u";
    case 'l':
        return "l";
    case 'm':
        return "ul";
    case 'x':
        return "ll";
    case 'y':
        return "ull";
    default:
        return NULL;
    }
}

static void read_bool(struct demangler *self)
{
    char value = ksyms_demangle_peek(self, 1);

    if (value != '0' && value != '1') {
        ksyms_demangle_fail(self);
    }
    ksyms_demangle_put(self, value == '1' ? "true" : "false");
    ksyms_demangle_advance(self, 2);
    ksyms_demangle_expect(self, 'E');
}

/* L <type> <value> E, L _Z <encoding> E */
void ksyms_demangle_read_literal(struct demangler *self)
{
    char type = ksyms_demangle_peek(self, 1);

    self->position++; /* L */
    if (ksyms_demangle_is_next(self, "_Z")) {
        ksyms_demangle_advance(self, 2);
        ksyms_demangle_push(self, READ_EXPECT, 'E', 0, 0);
        ksyms_demangle_push_read(self, READ_ENCODING);
    } else if (type == 'b') {
        read_bool(self);
    } else if (literal_suffix(type)) {
        self->position++;
        ksyms_demangle_push_text(self, literal_suffix(type));
        ksyms_demangle_read_literal_value(self, &(struct task){0});
    } else {
        ksyms_demangle_push(self, READ_LITERAL_VALUE, type >= 'd' && type <= 'g', 0, 0);
        ksyms_demangle_push_text(self, ")");
        ksyms_demangle_put_char(self, '(');
        ksyms_demangle_push_read(self, READ_TYPE);
    }
}
