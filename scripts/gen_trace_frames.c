// SPDX-License-Identifier: MIT
/*
 * gen_trace_frames.c: from .debug_frame, and from what assembly says of itself, to frame rows.
 *
 * The compiler's information is interpreted by libdw, row by row.  Assembly has none if its
 * assembler is NASM; it writes entries of 24 bytes into the section .debug_unwind_rows instead
 * (src/arch/x86_64/unwind.inc):
 *
 *     0 ┌─────────────────┐
 *       │ address         │   the row holds from here to the next entry's address,
 *     8 ├──────┬──────┬───┤   at most to the end of the function
 *       │ kind │ bp   │ 0 │   enum ksyms_unwind_kind, enum ksyms_unwind_bp, 2 bytes each
 *    16 ├──────┴──┬───┴───┤
 *       │ offset  │ bp    │   offset and bp_offset, 4 bytes each
 *    24 └─────────┴───────┘
 *
 * Anything else than a row can say ends the program.
 */
#include <dwarf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "gen_trace.h"

#define DWARF_RBP    6
#define DWARF_RSP    7
#define DWARF_RETURN 16

static void add_row(struct frames *frames, const struct ksyms_unwind_row *row)
{
    if (row->start < row->end) {
        frames->rows =
            make_room(frames->rows, frames->count, &frames->capacity, sizeof(*frames->rows));
        frames->rows[frames->count++] = *row;
    }
}

/* ---- Call frame information ---- */

__attribute__((noreturn)) static void refuse(const struct input *input, uint64_t address,
                                             const char *what, const Dwarf_Op *ops, size_t count)
{
    char text[256] = "";
    size_t length = 0;

    for (size_t i = 0; i < count && length < sizeof(text) - 48; i++) {
        length += (size_t)snprintf(text + length, sizeof(text) - length, " 0x%x(%" PRId64 ")",
                                   ops[i].atom, (int64_t)ops[i].number);
    }
    fail("%s: at 0x%" PRIx64 " %s is given by a rule that a row cannot say:%s", input->path,
         address, what, text);
}

static bool is_small(int64_t value)
{
    return value >= INT32_MIN / 2 && value <= INT32_MAX / 2;
}

/* A register and an offset?  breg N, or bregx N. */
static bool is_register_offset(const Dwarf_Op *op, unsigned *number, int64_t *offset)
{
    if (op->atom == DW_OP_bregx) {
        *number = (unsigned)op->number;
        *offset = (int64_t)op->number2;
        return is_small(*offset);
    }
    if (op->atom >= DW_OP_breg0 && op->atom <= DW_OP_breg31) {
        *number = op->atom - DW_OP_breg0;
        *offset = (int64_t)op->number;
        return is_small(*offset);
    }
    return false;
}

static void read_cfa(const struct input *input, Dwarf_Frame *frame, struct ksyms_unwind_row *row)
{
    Dwarf_Op *ops;
    size_t count;
    unsigned number;
    int64_t offset;

    if (dwarf_frame_cfa(frame, &ops, &count) != 0) {
        fail("%s: at 0x%" PRIx64 ": %s", input->path, row->start, dwarf_errmsg(-1));
    }
    if (count == 0 || !is_register_offset(&ops[0], &number, &offset)) {
        refuse(input, row->start, "the CFA", ops, count);
    }
    row->offset = (int32_t)offset;
    if (count == 1 && number == DWARF_RSP) {
        row->kind = KSYMS_UNWIND_SP;
    } else if (count == 1 && number == DWARF_RBP) {
        row->kind = KSYMS_UNWIND_BP;
    } else if (count == 1 && number < DWARF_RETURN) {
        row->reg = (uint8_t)number;
        row->kind = KSYMS_UNWIND_REGISTER;
    } else if (count == 2 && number == DWARF_RBP && ops[1].atom == DW_OP_deref) {
        row->kind = KSYMS_UNWIND_BP_INDIRECT;
    } else {
        refuse(input, row->start, "the CFA", ops, count);
    }
}

/* Offset from the CFA: [call_frame_cfa] or [call_frame_cfa, plus_uconst n]. */
static bool is_at_cfa(const Dwarf_Op *ops, size_t count, int64_t *offset)
{
    if (count == 0 || count > 2 || ops[0].atom != DW_OP_call_frame_cfa) {
        return false;
    }
    *offset = count == 2 ? (int64_t)ops[1].number : 0;
    return (count == 1 || ops[1].atom == DW_OP_plus_uconst) && is_small(*offset);
}

static void read_bp(const struct input *input, Dwarf_Frame *frame, struct ksyms_unwind_row *row)
{
    Dwarf_Op memory[3], *ops;
    size_t count;
    unsigned number;
    int64_t offset;

    if (dwarf_frame_register(frame, DWARF_RBP, memory, &ops, &count) != 0) {
        fail("%s: at 0x%" PRIx64 ": %s", input->path, row->start, dwarf_errmsg(-1));
    }
    if (count == 0) {
        return; /* not said, or said to be the same */
    }
    if (is_at_cfa(ops, count, &offset)) {
        row->bp = KSYMS_UNWIND_BP_AT_CFA;
    } else if (count == 2 && ops[0].atom == DW_OP_call_frame_cfa &&
               is_register_offset(&ops[1], &number, &offset) && number == DWARF_RBP) {
        row->bp = KSYMS_UNWIND_BP_AT_BP;
    } else {
        refuse(input, row->start, "rbp", ops, count);
    }
    row->bp_offset = (int32_t)offset;
}

static void check_return_address(const struct input *input, Dwarf_Frame *frame, uint64_t address)
{
    Dwarf_Op memory[3], *ops;
    size_t count;
    int64_t offset;

    if (dwarf_frame_register(frame, DWARF_RETURN, memory, &ops, &count) != 0) {
        fail("%s: at 0x%" PRIx64 ": %s", input->path, address, dwarf_errmsg(-1));
    }
    if (!is_at_cfa(ops, count, &offset) || offset != -8) {
        refuse(input, address, "the return address", ops, count);
    }
}

static void read_entry(struct frames *frames, const struct input *input, Dwarf_CFI *cfi,
                       uint64_t start, uint64_t end)
{
    for (uint64_t address = start; address < end;) {
        struct ksyms_unwind_row row = {.start = address};
        Dwarf_Frame *frame;
        Dwarf_Addr frame_start, frame_end;
        bool is_signal;

        if (dwarf_cfi_addrframe(cfi, address, &frame) != 0 ||
            dwarf_frame_info(frame, &frame_start, &frame_end, &is_signal) != DWARF_RETURN) {
            fail("%s: .debug_frame at 0x%" PRIx64 ": %s", input->path, address, dwarf_errmsg(-1));
        }
        row.end = frame_end < end ? frame_end : end;
        if (row.end <= address || is_signal) {
            fail("%s: .debug_frame at 0x%" PRIx64 ": unexpected", input->path, address);
        }
        read_cfa(input, frame, &row);
        read_bp(input, frame, &row);
        check_return_address(input, frame, address);
        add_row(frames, &row);
        free(frame);
        address = row.end;
    }
}

static void read_debug_frame(struct frames *frames, const struct input *input)
{
    GElf_Shdr header;
    Elf_Scn *section = input_section(input, ".debug_frame", &header);
    Elf_Data *data = section != NULL ? elf_rawdata(section, NULL) : NULL;
    Dwarf_CFI *cfi = dwarf_getcfi(input->dwarf);
    Dwarf_CFI_Entry entry;
    int result;

    if (data == NULL || cfi == NULL) {
        return;
    }
    for (Dwarf_Off offset = 0, next;; offset = next) {
        uint64_t start, size;
        result =
            dwarf_next_cfi((const unsigned char *)input->bytes, data, false, offset, &next, &entry);
        if (result != 0) {
            break;
        }
        if (dwarf_cfi_cie_p(&entry)) {
            continue;
        }
        if (entry.fde.end - entry.fde.start < 16) {
            fail("%s: .debug_frame+0x%" PRIx64 ": short entry", input->path, (uint64_t)offset);
        }
        memcpy(&start, entry.fde.start, 8);
        memcpy(&size, entry.fde.start + 8, 8);
        if (input_has_code(input, start)) {
            read_entry(frames, input, cfi, start, start + size);
        }
    }
    if (result < 0) {
        fail("%s: .debug_frame: %s", input->path, dwarf_errmsg(-1));
    }
}

/* ---- Assembly's own rows ---- */

struct assembly_row {
    uint64_t address;
    uint16_t kind;
    uint16_t bp;
    uint32_t zero;
    int32_t offset;
    int32_t bp_offset;
};
_Static_assert(sizeof(struct assembly_row) == 24, "unwind.inc");

static int compare_assembly(const void *left, const void *right)
{
    const struct assembly_row *a = left, *b = right;
    return (a->address > b->address) - (a->address < b->address);
}

/* The end of the function around an address, of the innermost if several are. */
static uint64_t end_of_function(const struct code_range *functions, size_t count, uint64_t address,
                                const struct input *input)
{
    for (size_t i = count; i-- > 0;) {
        if (functions[i].start <= address && address < functions[i].end) {
            return functions[i].end;
        }
    }
    fail("%s: .debug_unwind_rows: no function with a size is at 0x%" PRIx64, input->path, address);
}

static void read_assembly(struct frames *frames, const struct input *input)
{
    GElf_Shdr header;
    Elf_Scn *section = input_section(input, ".debug_unwind_rows", &header);
    Elf_Data *data = section != NULL ? elf_rawdata(section, NULL) : NULL;
    struct code_range *functions;
    struct assembly_row *rows;
    size_t count, function_count;

    if (data == NULL || data->d_size == 0) {
        return;
    }
    count = data->d_size / sizeof(*rows);
    rows = allocate(count, sizeof(*rows));
    memcpy(rows, data->d_buf, count * sizeof(*rows));
    qsort(rows, count, sizeof(*rows), compare_assembly);
    function_count = input_functions(input, &functions);
    for (size_t i = 0; i < count; i++) {
        struct ksyms_unwind_row row = {
            .start = rows[i].address,
            .end = end_of_function(functions, function_count, rows[i].address, input),
            .kind = (uint8_t)rows[i].kind,
            .bp = (uint8_t)rows[i].bp,
            .offset = rows[i].offset,
            .bp_offset = rows[i].bp_offset,
        };
        if (rows[i].kind == KSYMS_UNWIND_UNKNOWN || rows[i].kind >= KSYMS_UNWIND_KINDS ||
            rows[i].bp >= KSYMS_UNWIND_BPS) {
            fail("%s: .debug_unwind_rows: row of kind %u, bp %u at 0x%" PRIx64, input->path,
                 rows[i].kind, rows[i].bp, rows[i].address);
        }
        if (i + 1 < count && rows[i + 1].address < row.end) {
            row.end = rows[i + 1].address;
        }
        add_row(frames, &row);
    }
    free(functions);
    free(rows);
}

/* ---- Both ---- */

static int compare_rows(const void *left, const void *right)
{
    const struct ksyms_unwind_row *a = left, *b = right;
    return (a->start > b->start) - (a->start < b->start);
}

static bool is_same_rule(const struct ksyms_unwind_row *a, const struct ksyms_unwind_row *b)
{
    return a->kind == b->kind && a->reg == b->reg && a->bp == b->bp && a->offset == b->offset &&
           a->bp_offset == b->bp_offset;
}

void frames_read(struct frames *frames, const struct input *input)
{
    size_t kept = 0;

    *frames = (struct frames){0};
    read_debug_frame(frames, input);
    read_assembly(frames, input);
    if (frames->count == 0) {
        return;
    }
    qsort(frames->rows, frames->count, sizeof(*frames->rows), compare_rows);
    for (size_t i = 0; i < frames->count; i++) {
        struct ksyms_unwind_row *row = &frames->rows[i];
        struct ksyms_unwind_row *last = kept > 0 ? &frames->rows[kept - 1] : NULL;
        if (last != NULL && row->start < last->end) {
            fail("%s: two frame rules for 0x%" PRIx64, input->path, row->start);
        }
        if (last != NULL && row->start == last->end && is_same_rule(row, last)) {
            last->end = row->end;
        } else {
            frames->rows[kept++] = *row;
        }
    }
    frames->count = kept;
}

void frames_require_all(const struct frames *frames, const struct input *input)
{
    struct code_range *functions;
    size_t count = input_functions(input, &functions);
    size_t row = 0;

    for (size_t i = 0; i < count; i++) {
        uint64_t address = functions[i].start;
        while (row < frames->count && frames->rows[row].end <= address) {
            row++;
        }
        for (size_t at = row; address < functions[i].end; at++) {
            if (at == frames->count || frames->rows[at].start > address) {
                fail("%s: %s+0x%" PRIx64 ": nothing says how to unwind there: for assembly, put "
                     "rows beside it (unwind.inc)",
                     input->path, functions[i].name, address - functions[i].start);
            }
            address = frames->rows[at].end;
        }
    }
    free(functions);
}

void frames_free(struct frames *frames)
{
    free(frames->rows);
    *frames = (struct frames){0};
}
