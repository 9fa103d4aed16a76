// SPDX-License-Identifier: MIT
/*
 * demangle.c: the agenda of the demangler, and the name as a whole.
 * How it works: demangle_parts.h.
 */
#include "demangle_parts.h"
#include "ksyms/demangle.h"

/* ---- The agenda ---- */

void ksyms_demangle_fail(struct demangler *self)
{
    self->is_failed = true;
}

void ksyms_demangle_push(struct demangler *self, enum task_kind kind, unsigned flags, unsigned a,
                         unsigned b)
{
    if (self->task_count >= TASK_LIMIT) {
        ksyms_demangle_fail(self);
        return;
    }
    self->tasks[self->task_count++] =
        (struct task){(uint8_t)kind, (uint8_t)flags, (uint16_t)a, (uint16_t)b};
}

void ksyms_demangle_push_read(struct demangler *self, enum task_kind kind)
{
    ksyms_demangle_push(self, kind, 0, 0, 0);
}

void ksyms_demangle_push_text(struct demangler *self, const char *four_at_most)
{
    uint8_t bytes[4] = {0};

    for (unsigned i = 0; i < sizeof(bytes) && four_at_most[i] != '\0'; i++) {
        bytes[i] = (uint8_t)four_at_most[i];
    }
    ksyms_demangle_push(self, PRINT, 0, read_u16(bytes), read_u16(bytes + 2));
}

void ksyms_demangle_push_jump_back(struct demangler *self)
{
    ksyms_demangle_push(self, JUMP, 0, self->position, self->stop);
}

void ksyms_demangle_push_record(struct demangler *self, uint16_t start)
{
    if (self->is_recording) {
        ksyms_demangle_push(self, RECORD, 0, start, 0);
    }
}

static void print_task_text(struct demangler *self, const struct task *task)
{
    const uint16_t pairs[2] = {task->a, task->b};

    for (unsigned i = 0; i < 4 && (pairs[i / 2] >> i % 2 * 8 & 0xff) != 0; i++) {
        ksyms_demangle_put_char(self, (char)(pairs[i / 2] >> i % 2 * 8));
    }
}

/* Tasks that put things back as they were. */
static void restore(struct demangler *self, const struct task *task)
{
    switch (task->kind) {
    case JUMP:
        self->position = task->a;
        self->stop = task->b;
        break;
    case SCOPE:
    case RESTORE_SCOPE:
        self->scope = task->flags;
        break;
    case RESTORE_PACK:
        self->pack_index = task->flags;
        self->is_pack_met = task->a;
        break;
    }
}

static void run_task(struct demangler *self, const struct task *task)
{
    switch ((enum task_kind)task->kind) {
    case READ_TYPE:
        ksyms_demangle_read_type(self);
        break;
    case READ_NAME:
        ksyms_demangle_read_name(self);
        break;
    case READ_UNQUALIFIED:
        ksyms_demangle_read_unqualified(self);
        break;
    case READ_TAGS:
        ksyms_demangle_read_tags(self);
        break;
    case READ_LOCAL:
        ksyms_demangle_read_local(self);
        break;
    case READ_DISCRIMINATOR:
        ksyms_demangle_read_discriminator(self);
        break;
    case READ_LAMBDA_END:
        ksyms_demangle_read_lambda_end(self);
        break;
    case READ_FUNCTION:
        ksyms_demangle_read_function(self);
        break;
    case READ_ARGUMENT:
        ksyms_demangle_read_argument(self);
        break;
    case READ_BOUND:
        ksyms_demangle_read_bound(self);
        break;
    case READ_VENDOR:
        ksyms_demangle_read_vendor(self);
        break;
    case READ_CONVERSION_END:
        ksyms_demangle_read_conversion_end(self);
        break;
    case READ_CONSTRUCTION_END:
        ksyms_demangle_read_construction_end(self);
        break;
    case READ_REFERENCE_END:
        ksyms_demangle_read_reference_end(self);
        break;
    case READ_EXPRESSION:
        ksyms_demangle_read_expression(self);
        break;
    case READ_CALLEE:
        ksyms_demangle_read_callee(self);
        break;
    case READ_CONVERTED:
        ksyms_demangle_read_converted(self);
        break;
    case READ_NESTED:
        ksyms_demangle_read_nested(self, task);
        break;
    case READ_ENCODING:
        ksyms_demangle_read_encoding(self, task);
        break;
    case READ_ARGUMENTS_IF:
        ksyms_demangle_read_arguments_if(self, task);
        break;
    case READ_ARGUMENTS_END:
        ksyms_demangle_read_arguments_end(self, task);
        break;
    case READ_FUNCTION_TYPE_REST:
        ksyms_demangle_read_function_type_rest(self, task);
        break;
    case READ_OPERAND:
        ksyms_demangle_read_operand(self, task);
        break;
    case READ_LITERAL_VALUE:
        ksyms_demangle_read_literal_value(self, task);
        break;
    case READ_LIST:
        ksyms_demangle_read_list(self, task);
        break;
    case READ_NEW:
        ksyms_demangle_read_new_rest(self, task);
        break;
    case READ_SCOPED_NAME:
        ksyms_demangle_read_scoped_name_rest(self, task);
        break;
    case READ_CALL:
        ksyms_demangle_read_bracketed_list(self, "(", ")");
        break;
    case READ_BRACES:
        ksyms_demangle_read_bracketed_list(self, "{", "}");
        break;
    case READ_EXPECT:
        ksyms_demangle_expect(self, (char)task->flags);
        break;
    case RECORD:
        ksyms_demangle_record(self, task->a);
        break;
    case PARAMETERS_END:
        ksyms_demangle_print_parameters_end(self, task);
        break;
    case NEXT_IN_PACK:
        ksyms_demangle_read_next_in_pack(self, task);
        break;
    case PRINT:
        print_task_text(self, task);
        break;
    case BARRIER:
        break;
    case SCOPE:
    case RESTORE_PACK:
    case RESTORE_SCOPE:
    case JUMP:
        restore(self, task);
        break;
    case POINTER:
    case REFERENCE:
    case QUALIFIER:
    case MEMBER:
    case VENDOR:
    case VECTOR:
    case FUNCTION_NAME:
    case OPEN:
    case ARRAY:
    case PARAMETERS:
        ksyms_demangle_print_declarator(self, task);
        break;
    }
}

/* Until the agenda is as short as it was before. */
static void run(struct demangler *self, uint16_t task_count)
{
    while (self->task_count > task_count && !self->is_failed) {
        struct task task = self->tasks[--self->task_count];
        if (++self->steps > STEP_LIMIT) {
            ksyms_demangle_fail(self);
            return;
        }
        run_task(self, &task);
    }
}

void ksyms_demangle_skip(struct demangler *self, enum task_kind kind, unsigned flags)
{
    uint16_t task_count = self->task_count;
    uint16_t stop = self->stop;

    self->muted++;
    self->stop = 0;
    ksyms_demangle_push(self, kind, flags, self->size, self->size);
    run(self, task_count);
    self->stop = stop;
    self->muted--;
}

void ksyms_demangle_record(struct demangler *self, uint16_t start)
{
    if (!self->is_recording) {
        return;
    }
    if (self->substitution_count >= SUBSTITUTION_LIMIT) {
        ksyms_demangle_fail(self);
        return;
    }
    self->substitutions[self->substitution_count].start = start;
    self->substitutions[self->substitution_count++].stop = self->position;
}

/* ---- The whole name ---- */

/* `.cold`, `.isra.0`, `.constprop.0.cold`: names and numbers that the compiler appends. */
static bool is_clone_suffix(const char *text)
{
    while (*text == '.') {
        do {
            text++;
        } while (ksyms_demangle_is_digit(*text) || *text == '_' || (*text >= 'a' && *text <= 'z') ||
                 (*text >= 'A' && *text <= 'Z'));
    }
    return *text == '\0';
}

/* Each `.name` with the numbers behind it. */
static void print_clone_suffix(struct demangler *self)
{
    const char *text = self->text + self->position;

    while (*text == '.') {
        ksyms_demangle_put(self, " [clone ");
        do {
            do {
                ksyms_demangle_put_char(self, *text++);
            } while (*text != '.' && *text != '\0');
        } while (text[0] == '.' && ksyms_demangle_is_digit(text[1]));
        ksyms_demangle_put_char(self, ']');
    }
}

/* What muted passes have left is of no use to the next. */
static void start_over(struct demangler *self)
{
    self->position = 0;
    self->source_name = 0;
    self->arguments = 0;
}

static void print_name(struct demangler *self)
{
    self->is_recording = true;
    ksyms_demangle_skip(self, READ_ENCODING, 0);
    self->is_recording = false;
    if (self->is_failed || !is_clone_suffix(self->text + self->position)) {
        ksyms_demangle_fail(self);
        return;
    }
    start_over(self);
    ksyms_demangle_push_read(self, READ_ENCODING);
    run(self, 0);
    if (!self->is_failed) {
        print_clone_suffix(self);
    }
}

size_t ksyms_demangle(const char *mangled, char *buffer, size_t capacity)
{
    struct demangler self; /* the arrays need no first values */
    size_t length = strlen(mangled);

    if (capacity > 0) {
        buffer[0] = '\0';
    }
    if (length < 3 || length > NAME_LIMIT || mangled[0] != '_' || mangled[1] != 'Z') {
        return 0;
    }
    memset(&self, 0, offsetof(struct demangler, tasks));
    self.text = mangled + 2;
    self.length = (uint16_t)(length - 2);
    self.output = buffer;
    self.capacity = capacity;
    self.pack_index = NO_PACK;
    print_name(&self);
    if (self.is_failed) {
        self.size = 0;
    }
    if (capacity > 0) {
        buffer[self.size < capacity ? self.size : capacity - 1] = '\0';
    }
    return self.size;
}
