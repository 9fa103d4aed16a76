// SPDX-License-Identifier: MIT
/*
 * gen_trace_frames.c: from call frame information, and from what assembly says of itself, to frame
 * rows.
 *
 * The compiler's information is interpreted by libdw, row by row: that of .debug_frame, or, if a
 * linked file has none, of .eh_frame.  Assembly has none if its
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
 * What a row cannot say is counted, and the first such place is told: nothing is known there.
 * frames_require_all() makes it an error.
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

/* What a row cannot say: the first time with all that tells why. */
static void refuse(struct frames *frames, uint64_t address, const char *what, const Dwarf_Op *ops,
                   size_t count)
{
    size_t length = 0;

    if (frames->refused_count++ > 0) {
        return;
    }
    frames->refused_address = address;
    length = (size_t)snprintf(frames->refused_text, sizeof(frames->refused_text),
                              "%s is given by a rule that a row cannot say:", what);
    for (size_t i = 0; i < count && length < sizeof(frames->refused_text) - 48; i++) {
        length +=
            (size_t)snprintf(frames->refused_text + length, sizeof(frames->refused_text) - length,
                             " 0x%x(%" PRId64 ")", ops[i].atom, (int64_t)ops[i].number);
    }
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

/* False, and refused, if a row cannot say it; likewise the next two. */
static bool read_cfa(struct frames *frames, const struct input *input, Dwarf_Frame *frame,
                     struct ksyms_unwind_row *row)
{
    Dwarf_Op *ops;
    size_t count;
    unsigned number;
    int64_t offset;

    if (dwarf_frame_cfa(frame, &ops, &count) != 0) {
        fail("%s: at 0x%" PRIx64 ": %s", input->path, row->start, dwarf_errmsg(-1));
    }
    if (count == 0 || !is_register_offset(&ops[0], &number, &offset)) {
        refuse(frames, row->start, "the CFA", ops, count);
        return false;
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
        refuse(frames, row->start, "the CFA", ops, count);
        return false;
    }
    return true;
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

static bool read_bp(struct frames *frames, const struct input *input, Dwarf_Frame *frame,
                    struct ksyms_unwind_row *row)
{
    Dwarf_Op memory[3], *ops;
    size_t count;
    unsigned number;
    int64_t offset;

    if (dwarf_frame_register(frame, DWARF_RBP, memory, &ops, &count) != 0) {
        fail("%s: at 0x%" PRIx64 ": %s", input->path, row->start, dwarf_errmsg(-1));
    }
    if (count == 0) {
        return true; /* not said, or said to be the same */
    }
    if (is_at_cfa(ops, count, &offset)) {
        row->bp = KSYMS_UNWIND_BP_AT_CFA;
    } else if (count == 2 && ops[0].atom == DW_OP_call_frame_cfa &&
               is_register_offset(&ops[1], &number, &offset) && number == DWARF_RBP) {
        row->bp = KSYMS_UNWIND_BP_AT_BP;
    } else {
        refuse(frames, row->start, "rbp", ops, count);
        return false;
    }
    row->bp_offset = (int32_t)offset;
    return true;
}

/* It lies at CFA - 8; or it is said to be unknown, which makes the frame the outermost. */
static bool read_return_address(struct frames *frames, const struct input *input,
                                Dwarf_Frame *frame, struct ksyms_unwind_row *row)
{
    Dwarf_Op memory[3], *ops;
    size_t count;
    int64_t offset;

    if (dwarf_frame_register(frame, DWARF_RETURN, memory, &ops, &count) != 0) {
        fail("%s: at 0x%" PRIx64 ": %s", input->path, row->start, dwarf_errmsg(-1));
    }
    if (count == 0 && ops != NULL) {
        *row = (struct ksyms_unwind_row){row->start, row->end, .kind = KSYMS_UNWIND_END};
        return true;
    }
    if (!is_at_cfa(ops, count, &offset) || offset != -8) {
        refuse(frames, row->start, "the return address", ops, count);
        return false;
    }
    return true;
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
            fail("%s: frame information at 0x%" PRIx64 ": %s", input->path, address,
                 dwarf_errmsg(-1));
        }
        row.end = frame_end < end ? frame_end : end;
        if (row.end <= address) {
            fail("%s: frame information at 0x%" PRIx64 ": a row of no bytes", input->path, address);
        }
        if (is_signal) {
            refuse(frames, address, "a signal's frame", NULL, 0);
        } else if (read_cfa(frames, input, frame, &row) && read_bp(frames, input, frame, &row) &&
                   read_return_address(frames, input, frame, &row)) {
            add_row(frames, &row);
        }
        free(frame);
        address = row.end;
    }
}

/* How an entry of .eh_frame gives its addresses: in the augmentation (LSB 5.0, 10.6). */
static uint8_t pointer_encoding(const struct input *input, const Dwarf_CIE *cie)
{
    const uint8_t *data = cie->augmentation_data;

    if (cie->augmentation == NULL || cie->augmentation[0] != 'z') {
        return DW_EH_PE_absptr;
    }
    for (const char *letter = cie->augmentation + 1; *letter != '\0'; letter++) {
        if (*letter == 'R') {
            return *data;
        }
        if (*letter == 'P') {
            uint8_t encoding = *data++;
            data += (encoding & 7) == DW_EH_PE_absptr || (encoding & 7) == DW_EH_PE_udata8 ? 8 : 4;
        } else if (*letter == 'L') {
            data++;
        } else if (*letter != 'S') {
            fail("%s: .eh_frame: augmentation %s", input->path, cie->augmentation);
        }
    }
    return DW_EH_PE_absptr;
}

/* The addresses of an entry of a section that is loaded at `base`; `encoding` as above. */
static void read_addresses(const struct input *input, const Dwarf_FDE *fde, const Elf_Data *data,
                           uint64_t base, uint8_t encoding, uint64_t *start, uint64_t *size)
{
    unsigned width =
        (encoding & 15) == DW_EH_PE_sdata4 || (encoding & 15) == DW_EH_PE_udata4 ? 4 : 8;
    int32_t distance;

    if (((encoding & 0x70) != 0 && (encoding & 0x70) != DW_EH_PE_pcrel) || encoding & 0x80) {
        fail("%s: .eh_frame: addresses of encoding 0x%x", input->path, encoding);
    }
    if ((size_t)(fde->end - fde->start) < 2 * width) {
        fail("%s: frame information: a short entry", input->path);
    }
    *size = 0;
    memcpy(start, fde->start, 8 < width ? 8 : width);
    memcpy(size, fde->start + width, width);
    if (width == 4) {
        memcpy(&distance, fde->start, 4);
        *start = (encoding & 8) != 0 ? (uint64_t)(int64_t)distance : (uint32_t)distance;
    }
    if ((encoding & 0x70) == DW_EH_PE_pcrel) {
        *start += base + (uint64_t)(fde->start - (const uint8_t *)data->d_buf);
    }
}

/* The entries of .debug_frame or .eh_frame. */
static void read_section(struct frames *frames, const struct input *input, const char *name,
                         Dwarf_CFI *cfi)
{
    GElf_Shdr header;
    Elf_Scn *section = input_section(input, name, &header);
    Elf_Data *data = section != NULL ? elf_rawdata(section, NULL) : NULL;
    bool is_eh = strcmp(name, ".eh_frame") == 0;
    Dwarf_CFI_Entry entry;
    int result = 1;

    if (data == NULL || cfi == NULL) {
        return;
    }
    for (Dwarf_Off offset = 0, next;; offset = next) {
        Dwarf_CFI_Entry cie;
        Dwarf_Off ignored;
        uint64_t start, size;
        result =
            dwarf_next_cfi((const unsigned char *)input->bytes, data, is_eh, offset, &next, &entry);
        if (result != 0) {
            break;
        }
        if (dwarf_cfi_cie_p(&entry)) {
            continue;
        }
        if (is_eh && dwarf_next_cfi((const unsigned char *)input->bytes, data, true,
                                    entry.fde.CIE_pointer, &ignored, &cie) != 0) {
            fail("%s: .eh_frame+0x%" PRIx64 ": %s", input->path, (uint64_t)offset,
                 dwarf_errmsg(-1));
        }
        read_addresses(input, &entry.fde, data, header.sh_addr,
                       is_eh ? pointer_encoding(input, &cie.cie) : (uint8_t)DW_EH_PE_absptr, &start,
                       &size);
        if (input_has_code(input, start)) {
            read_entry(frames, input, cfi, start, start + size);
        }
    }
    if (result < 0) {
        fail("%s: %s: %s", input->path, name, dwarf_errmsg(-1));
    }
}

static void read_frame_information(struct frames *frames, const struct input *input)
{
    GElf_Shdr header;

    if (input_section(input, ".debug_frame", &header) != NULL) {
        read_section(frames, input, ".debug_frame", dwarf_getcfi(input->dwarf));
    } else if (input_section(input, ".eh_frame", &header) != NULL && header.sh_size > 0) {
        if (input->is_object) {
            fail("%s: an object with .eh_frame and no .debug_frame: compile with "
                 "-fno-asynchronous-unwind-tables",
                 input->path);
        }
        Dwarf_CFI *cfi = dwarf_getcfi_elf(input->elf);
        read_section(frames, input, ".eh_frame", cfi);
        dwarf_cfi_end(cfi);
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
    read_frame_information(frames, input);
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

    if (frames->refused_count > 0) {
        fail("%s: at 0x%" PRIx64 " %s", input->path, frames->refused_address, frames->refused_text);
    }
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
