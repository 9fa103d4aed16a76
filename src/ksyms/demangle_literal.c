// SPDX-License-Identifier: MIT
/* demangle_literal.c: literals in template arguments, <expr-primary>.  See demangle_parts.h. */
#include "demangle_parts.h"

/* Behind the type; flags: the bits of a floating number. */
void demangle_read_literal_value(struct demangler *self, const struct task *task)
{
    demangle_put(self, task->flags ? "[" : "");
    if (demangle_accept(self, 'n')) {
        demangle_put_char(self, '-');
    }
    for (char c = demangle_peek(self, 0); c != 'E' && c != '\0'; c = demangle_peek(self, 0)) {
        demangle_put_char(self, c);
        self->position++;
    }
    demangle_put(self, task->flags ? "]" : "");
    demangle_expect(self, 'E');
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
    char value = demangle_peek(self, 1);

    if (value != '0' && value != '1') {
        demangle_fail(self);
    }
    demangle_put(self, value == '1' ? "true" : "false");
    demangle_advance(self, 2);
    demangle_expect(self, 'E');
}

/* L <type> <value> E, L _Z <encoding> E */
void demangle_read_literal(struct demangler *self)
{
    char type = demangle_peek(self, 1);

    self->position++; /* L */
    if (demangle_is_next(self, "_Z")) {
        demangle_advance(self, 2);
        demangle_push(self, READ_EXPECT, 'E', 0, 0);
        demangle_push_read(self, READ_ENCODING);
    } else if (type == 'b') {
        read_bool(self);
    } else if (literal_suffix(type)) {
        self->position++;
        demangle_push_text(self, literal_suffix(type));
        demangle_read_literal_value(self, &(struct task){0});
    } else {
        demangle_push(self, READ_LITERAL_VALUE, type >= 'd' && type <= 'g', 0, 0);
        demangle_push_text(self, ")");
        demangle_put_char(self, '(');
        demangle_push_read(self, READ_TYPE);
    }
}
