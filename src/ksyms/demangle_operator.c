// SPDX-License-Identifier: MIT
/* demangle_operator.c: the operators, and functions that are named by them.  See demangle_parts.h.
 */
#include "demangle_parts.h"

static const struct operation operations[] = {
    {"aN", BINARY, "&="},
    {"aS", BINARY, "="},
    {"aa", BINARY, "&&"},
    {"ad", PREFIX, "&"},
    {"an", BINARY, "&"},
    {"at", OF_TYPE, "alignof "},
    {"aw", PREFIX, "co_await "},
    {"az", PREFIX, "alignof "},
    {"cc", CAST, "const_cast"},
    {"cl", CALL, "()"},
    {"cm", BINARY, ","},
    {"co", PREFIX, "~"},
    {"dV", BINARY, "/="},
    {"da", PREFIX, "delete[] "},
    {"dc", CAST, "dynamic_cast"},
    {"de", PREFIX, "*"},
    {"dl", PREFIX, "delete "},
    {"ds", BINARY, ".*"},
    {"dt", BINARY, "."},
    {"dv", BINARY, "/"},
    {"eO", BINARY, "^="},
    {"eo", BINARY, "^"},
    {"eq", BINARY, "=="},
    {"ge", BINARY, ">="},
    {"gt", BINARY, ">"},
    {"ix", INDEX, "[]"},
    {"lS", BINARY, "<<="},
    {"le", BINARY, "<="},
    {"ls", BINARY, "<<"},
    {"lt", BINARY, "<"},
    {"mI", BINARY, "-="},
    {"mL", BINARY, "*="},
    {"mi", BINARY, "-"},
    {"ml", BINARY, "*"},
    {"mm", INCREMENT, "--"},
    {"na", NEW, "new[]"},
    {"ne", BINARY, "!="},
    {"ng", PREFIX, "-"},
    {"nt", PREFIX, "!"},
    {"nw", NEW, "new"},
    {"oR", BINARY, "|="},
    {"oo", BINARY, "||"},
    {"or", BINARY, "|"},
    {"pL", BINARY, "+="},
    {"pl", BINARY, "+"},
    {"pm", BINARY, "->*"},
    {"pp", INCREMENT, "++"},
    {"ps", PREFIX, "+"},
    {"pt", BINARY, "->"},
    {"qu", CONDITION, "?"},
    {"rM", BINARY, "%="},
    {"rS", BINARY, ">>="},
    {"rc", CAST, "reinterpret_cast"},
    {"rm", BINARY, "%"},
    {"rs", BINARY, ">>"},
    {"sc", CAST, "static_cast"},
    {"ss", BINARY, "<=>"},
    {"st", OF_TYPE, "sizeof "},
    {"sz", PREFIX, "sizeof "},
    {"tr", WORD, "throw"},
    {"tw", PREFIX, "throw "},
};

const struct operation *ksyms_demangle_find_operation(const struct demangler *self)
{
    for (unsigned i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
        if (operations[i].code[0] == ksyms_demangle_peek(self, 0) &&
            operations[i].code[1] == ksyms_demangle_peek(self, 1)) {
            return &operations[i];
        }
    }
    return NULL;
}

void ksyms_demangle_read_operator_name(struct demangler *self)
{
    const struct operation *operation = ksyms_demangle_find_operation(self);

    if (ksyms_demangle_is_next(self, "cv")) {
        ksyms_demangle_advance(self, 2);
        ksyms_demangle_put(self, "operator ");
        self->in_conversion = true;
        ksyms_demangle_push_read(self, READ_CONVERSION_END);
        ksyms_demangle_push_read(self, READ_TYPE);
    } else if (ksyms_demangle_is_next(self, "li")) {
        ksyms_demangle_advance(self, 2);
        ksyms_demangle_put(self, "operator\"\" ");
        ksyms_demangle_read_source_name(self);
    } else if (operation) {
        ksyms_demangle_advance(self, 2);
        char c = operation->text[0];
        ksyms_demangle_put(self, c >= 'a' && c <= 'z' ? "operator " : "operator");
        for (const char *text = operation->text; *text != '\0' && *text != ' '; text++) {
            ksyms_demangle_put_char(self, *text);
        }
    } else {
        ksyms_demangle_fail(self);
    }
}

/* The type's own names are not this one. */
void ksyms_demangle_read_conversion_end(struct demangler *self)
{
    self->arguments = 0;
    self->is_without_result = true;
    self->in_conversion = false;
}
