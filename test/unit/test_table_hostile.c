// SPDX-License-Identifier: MIT
/*
 * test_table_hostile.c: damaged blobs.  Whatever the bytes are, opening fails with a status, or
 * every question gets an answer that is in range: never a fault, a read outside the blob (each copy
 * is a malloc of exactly its size, for the sanitizer), or a loop without an end (an alarm).
 *
 * Environment: as test_table.c.
 */
#define _POSIX_C_SOURCE 200809L
#include <unistd.h>
#include "table_fixture.h"

#define TIME_LIMIT_SECONDS 120

#define FIELD(name)       offsetof(struct ksyms_blob_header, name)
#define CODES(name)       offsetof(struct ksyms_blob_codes, name)
#define ENTRY(part, name) (72 + 12 * (size_t)((part)-1) + offsetof(struct ksyms_blob_part, name))

static struct ksyms_blob_header get_header(const struct blob *blob)
{
    struct ksyms_blob_header header;
    memcpy(&header, blob->bytes, sizeof(header));
    return header;
}

static void set_header(struct blob *blob, const struct ksyms_blob_header *header)
{
    memcpy(blob->bytes, header, sizeof(*header));
}

static struct blob copy_blob(const struct blob *blob, size_t size)
{
    struct blob copy = {malloc(size > 0 ? size : 1), size};
    memcpy(copy.bytes, blob->bytes, size);
    return copy;
}

static void repair_checksum(struct blob *blob)
{
    struct ksyms_blob_header header = get_header(blob);
    header.checksum = ksyms_blob_checksum(blob->bytes, header.size_bytes);
    set_header(blob, &header);
}

static struct blob make_blob(uint32_t count, enum map_shape shape)
{
    struct reference_map map;
    struct blob blob;
    make_random_map(&map, count, shape);
    blob = generate(&map);
    free_map(&map);
    return blob;
}

/* ---- All questions ---- */

static void ask_name(const struct ksyms_table *table, const struct ksyms_symbol *symbol)
{
    char name[40];
    size_t length;
    struct ksyms_name_range range;

    memset(name, '#', sizeof(name));
    length = ksyms_symbol_name(table, symbol, name, sizeof(name) - 1);
    assert_int_equal(name[sizeof(name) - 1], '#');
    assert_int_equal(name[length < sizeof(name) - 1 ? length : sizeof(name) - 2], '\0');
    range = ksyms_table_find_name(table, name, length < 38 ? length : 38);
    assert_true((uint64_t)range.first + range.count <= table->symbol_count);
    range = ksyms_table_find_prefix(table, name, length < 5 ? length : 5);
    assert_true((uint64_t)range.first + range.count <= table->symbol_count);
}

static size_t minimum_size(size_t left, size_t right)
{
    return left < right ? left : right;
}

static void check_symbol(const struct ksyms_table *table, const struct ksyms_symbol *symbol)
{
    assert_true(symbol->index < table->symbol_count);
    assert_true(symbol->name_rank < table->symbol_count);
    struct ksyms_index_range aliases = ksyms_table_find_aliases(table, symbol->index);
    assert_true(symbol->index - aliases.first < aliases.count);
    assert_true((uint64_t)aliases.first + aliases.count <= table->symbol_count);
    assert_in_range(symbol->type, '!', '~');
}

static void ask_address(const struct ksyms_table *table, uint64_t address)
{
    struct ksyms_symbol symbol, above;
    unsigned found;

    if (ksyms_table_find_address(table, address, &symbol)) {
        check_symbol(table, &symbol);
        assert_true(address == symbol.address || address - symbol.address < symbol.size);
    }
    found = ksyms_table_find_neighbours(table, address, &symbol, &above);
    if ((found & 1) != 0) {
        check_symbol(table, &symbol);
    }
    if ((found & 2) != 0) {
        check_symbol(table, &above);
    }
}

/* Iterating: as many names as there are, each cut and ended. */
static void ask_names(const struct ksyms_table *table, uint32_t most)
{
    struct ksyms_names names;
    char name[40];
    uint32_t count = 0;
    struct ksyms_name_range range = {table->symbol_count / 3, UINT32_MAX};

    memset(name, '#', sizeof(name));
    ksyms_names_start(&names, table, range, name, sizeof(name) - 1);
    while (count < most && ksyms_names_next(&names)) {
        assert_int_equal(names.rank, range.first + count);
        assert_int_equal(name[sizeof(name) - 1], '#');
        assert_int_equal(name[minimum_size(names.length, sizeof(name) - 2)], '\0');
        count++;
    }
    assert_true(count == most || range.first + count == table->symbol_count);
}

static uint32_t cases; /* damaged blobs that were tried */

/* At most `most` symbols of each order, spread evenly: a damaged count may be in the billions. */
static void ask_all(const struct ksyms_table *table, uint32_t most)
{
    uint32_t count = ksyms_table_count(table);
    uint32_t step = count > most ? count / most : 1;
    const uint8_t *build_id;
    uint8_t sum = 0;
    size_t build_id_size = ksyms_table_build_id(table, &build_id);

    for (size_t i = 0; i < build_id_size; i++) {
        sum ^= build_id[i];
    }
    (void)sum;
    (void)ksyms_table_verify(table);
    ask_names(table, most);
    ask_address(table, 0);
    ask_address(table, UINT64_MAX);
    for (uint64_t i = 0; i < count; i += step) {
        struct ksyms_symbol symbol;
        assert_true(ksyms_table_symbol_at(table, (uint32_t)i, &symbol));
        check_symbol(table, &symbol);
        ask_address(table, symbol.address);
        ask_address(table, symbol.address + symbol.size);
        assert_true(ksyms_table_symbol_named(table, (uint32_t)i, &symbol));
        check_symbol(table, &symbol);
        ask_name(table, &symbol);
    }
    assert_false(ksyms_table_symbol_at(table, count, &(struct ksyms_symbol){0}));
}

static void open_and_ask(const struct blob *blob, uint32_t most)
{
    struct ksyms_table table;
    cases++;
    if (ksyms_table_open(&table, blob->bytes, blob->size) == KSYMS_OK) {
        ask_all(&table, most);
    }
}

/* ---- Truncation ---- */

static void test_truncated(void **state)
{
    struct blob whole = make_blob(40, MAP_KERNEL);
    (void)state;
    for (size_t size = 0; size < whole.size; size++) {
        struct blob cut = copy_blob(&whole, size);
        cases += 2;
        struct ksyms_table table;

        assert_int_equal(ksyms_table_open(&table, cut.bytes, cut.size), KSYMS_BLOB_SHORT);
        if (size >= sizeof(struct ksyms_blob_header)) {
            struct ksyms_blob_header header = get_header(&cut);
            enum ksyms_status status;
            header.size_bytes = (uint32_t)size;
            set_header(&cut, &header);
            repair_checksum(&cut);
            status = ksyms_table_open(&table, cut.bytes, cut.size);
            /* Only the zero bytes that end the blob may be missing. */
            assert_true(status == KSYMS_BLOB_PART || (status == KSYMS_OK && size + 8 > whole.size));
        }
        free(cut.bytes);
    }
    free(whole.bytes);
}

/* More bytes than the header says, as in a padded section, are no damage. */
static void test_longer(void **state)
{
    struct blob whole = make_blob(40, MAP_KERNEL);
    struct blob longer = {calloc(whole.size + 13, 1), whole.size + 13};
    struct ksyms_table table;
    (void)state;
    memcpy(longer.bytes, whole.bytes, whole.size);
    assert_int_equal(ksyms_table_open(&table, longer.bytes, longer.size), KSYMS_OK);
    assert_int_equal(ksyms_table_verify(&table), KSYMS_OK);
    free(longer.bytes);
    free(whole.bytes);
}

/* ---- Flipped bits ---- */

static void flip_all(const struct blob *whole)
{
    struct blob copy = copy_blob(whole, whole->size);
    for (size_t bit = 0; bit < whole->size * 8; bit++) {
        struct ksyms_table table;
        copy.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        cases++;
        if (ksyms_table_open(&table, copy.bytes, copy.size) == KSYMS_OK) {
            assert_int_equal(ksyms_table_verify(&table), KSYMS_BLOB_CHECKSUM);
            ask_all(&table, 24);
        }
        copy.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_memory_equal(copy.bytes, whole->bytes, whole->size);
    free(copy.bytes);
}

/* Without a name of thousands of bytes: each bit costs all questions. */
static struct blob make_small_blob(uint32_t count, enum map_shape shape)
{
    struct blob blob = make_blob(count, shape);
    while (blob.size > 3000) {
        free(blob.bytes);
        blob = make_blob(count, shape);
    }
    return blob;
}

static void test_flipped_bits(void **state)
{
    struct blob blobs[] = {make_small_blob(100, MAP_KERNEL), make_small_blob(60, MAP_NESTED),
                           make_small_blob(60, MAP_UNSIZED), make_small_blob(60, MAP_SCATTERED),
                           make_small_blob(60, MAP_MODULE),  make_small_blob(60, MAP_CXX)};
    (void)state;
    for (size_t i = 0; i < sizeof(blobs) / sizeof(blobs[0]); i++) {
        flip_all(&blobs[i]);
        free(blobs[i].bytes);
    }
}

/* ---- Damage behind a good header, directory and checksum ---- */

static void damage(struct blob *blob, size_t keep)
{
    uint32_t places = 1 + random_below(32);
    size_t room = blob->size - keep;
    size_t start = keep + random_below((uint32_t)room);

    for (uint32_t i = 0; i < places; i++) {
        static const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xff, 64, 63, 0xfe};
        size_t place = random_below(2) == 0 ? keep + random_below((uint32_t)room)
                                            : keep + (start - keep + i) % room;
        blob->bytes[place] =
            random_below(2) == 0 ? values[random_below(sizeof(values))] : (uint8_t)random_number();
    }
}

static struct ksyms_blob_part get_part(const struct blob *blob, enum ksyms_blob_part_kind kind)
{
    struct ksyms_blob_part part;
    memcpy(&part, blob->bytes + ENTRY(kind, kind), sizeof(part));
    return part;
}

/* The one part whose contents opening looks at. */
static bool has_good_codes(const struct blob *blob)
{
    struct ksyms_blob_codes codes;
    uint64_t token_bits;

    memcpy(&codes, blob->bytes + get_part(blob, KSYMS_PART_CODES).offset, sizeof(codes));
    for (uint32_t i = 0; i < 2 * KSYMS_CODE_CLASSES; i++) {
        if (codes.widths[i] > KSYMS_CODE_WIDTH_MAX) {
            return false;
        }
    }
    token_bits = (uint64_t)codes.token_count * (KSYMS_TOKEN_LENGTH_BITS + codes.offset_width);
    return codes.token_count > 0 && codes.token_count <= KSYMS_TOKENS_MAX &&
           codes.kept_width <= KSYMS_NAME_KEPT_WIDTH &&
           codes.offset_width <= KSYMS_TOKEN_OFFSET_MAX &&
           ((uint64_t)codes.names_end + 7) / 8 + KSYMS_NAMES_AHEAD <=
               get_part(blob, KSYMS_PART_NAMES).size_bytes &&
           (token_bits + 7) / 8 + 8 <= get_part(blob, KSYMS_PART_TOKENS).size_bytes;
}

static void test_damaged(void **state)
{
    (void)state;
    print_message("seed %llu\n", (unsigned long long)random_seed());
    for (uint32_t round = 0; round < 40; round++) {
        struct blob whole = make_blob(1 + random_below(600), round % MAP_SHAPES);
        struct ksyms_blob_header header = get_header(&whole);
        size_t keep = sizeof(header) + header.part_count * sizeof(struct ksyms_blob_part);

        for (uint32_t i = 0; i < 60; i++) {
            struct blob copy = copy_blob(&whole, whole.size);
            struct ksyms_table table;
            damage(&copy, keep);
            cases++;
            repair_checksum(&copy);
            if (has_good_codes(&copy)) {
                assert_int_equal(ksyms_table_open(&table, copy.bytes, copy.size), KSYMS_OK);
                assert_int_equal(ksyms_table_verify(&table), KSYMS_OK);
                ask_all(&table, 40);
            } else {
                assert_int_equal(ksyms_table_open(&table, copy.bytes, copy.size), KSYMS_BLOB_COUNT);
            }
            free(copy.bytes);
        }
        free(whole.bytes);
    }
}

/* The same, with the numbers of header and directory damaged too. */
static void test_damaged_directory(void **state)
{
    (void)state;
    for (uint32_t round = 0; round < 10; round++) {
        struct blob whole = make_blob(1 + random_below(300), round % MAP_SHAPES);
        for (uint32_t i = 0; i < 2000; i++) {
            static const uint32_t values[] = {0,  1,  2,          8,          63,
                                              64, 65, 0x7fffffff, 0x80000000, UINT32_MAX};
            struct blob copy = copy_blob(&whole, whole.size);
            for (uint32_t k = 1 + random_below(3); k > 0; k--) {
                /* Any 32-bit field behind magic and version: header counts, kinds, offsets, sizes.
                 */
                size_t place = 12 + 4 * random_below((72 + 8 * 12 - 12) / 4);
                uint32_t value;
                memcpy(&value, copy.bytes + place, 4);
                value =
                    random_below(2) == 0 ? values[random_below(10)] : value + random_below(33) - 16;
                memcpy(copy.bytes + place, &value, 4);
            }
            open_and_ask(&copy, 40);
            free(copy.bytes);
        }
        free(whole.bytes);
    }
}

/* Every payload byte 0xff or 0: all widths, counts and offsets at their ends. */
static void test_filled(void **state)
{
    static const uint8_t values[] = {0, 0xff, 0x80, 0x7f, 0x0f, 0xf0};
    struct blob whole = make_blob(200, MAP_KERNEL);
    struct ksyms_blob_header header = get_header(&whole);
    (void)state;
    for (uint32_t i = 0; i < sizeof(values); i++) {
        for (uint32_t number = 0; number <= header.part_count; number++) {
            struct blob copy = copy_blob(&whole, whole.size);
            for (uint32_t k = 0; k < header.part_count; k++) {
                struct ksyms_blob_part part;
                memcpy(&part, copy.bytes + sizeof(header) + k * sizeof(part), sizeof(part));
                if (number == k || number == header.part_count) {
                    memset(copy.bytes + part.offset, values[i], part.size_bytes);
                }
            }
            open_and_ask(&copy, 200);
            free(copy.bytes);
        }
    }
    free(whole.bytes);
}

/* ---- Each status ---- */

static enum ksyms_status open_with(const struct blob *whole, size_t offset, uint32_t value)
{
    struct blob copy = copy_blob(whole, whole->size);
    struct ksyms_table table, before;
    enum ksyms_status status;

    memset(&table, 0x5a, sizeof(table));
    before = table;
    memcpy(copy.bytes + offset, &value, 4);
    status = ksyms_table_open(&table, copy.bytes, copy.size);
    if (status != KSYMS_OK) { /* a failed call leaves its output as it was */
        assert_memory_equal(&table, &before, sizeof(table));
    }
    free(copy.bytes);
    return status;
}

static void test_statuses(void **state)
{
    struct blob whole = make_blob(100, MAP_KERNEL);
    uint32_t size = (uint32_t)whole.size;
    struct ksyms_blob_part names = get_part(&whole, KSYMS_PART_NAMES);
    size_t codes = get_part(&whole, KSYMS_PART_CODES).offset;
    (void)state;

    assert_int_equal(open_with(&whole, FIELD(version), 4), KSYMS_OK);
    assert_int_equal(open_with(&whole, FIELD(magic), 0x464c457f), KSYMS_BLOB_MAGIC);
    assert_int_equal(open_with(&whole, FIELD(version), 3), KSYMS_BLOB_VERSION);
    assert_int_equal(open_with(&whole, FIELD(size_bytes), size + 1), KSYMS_BLOB_SHORT);
    assert_int_equal(open_with(&whole, FIELD(size_bytes), 71), KSYMS_BLOB_SHORT);
    assert_int_equal(open_with(&whole, FIELD(size_bytes), 72), KSYMS_BLOB_PART);
    assert_int_equal(open_with(&whole, FIELD(symbol_count), 129), KSYMS_BLOB_COUNT);
    assert_int_equal(open_with(&whole, FIELD(symbol_count), UINT32_MAX), KSYMS_BLOB_COUNT);
    assert_int_equal(open_with(&whole, FIELD(absolute_count), 101), KSYMS_BLOB_COUNT);
    assert_int_equal(open_with(&whole, FIELD(build_id_size), 33), KSYMS_BLOB_COUNT);
    assert_int_equal(open_with(&whole, FIELD(part_count), 7), KSYMS_BLOB_PART);
    assert_int_equal(open_with(&whole, FIELD(part_count), 33), KSYMS_BLOB_PART);
    assert_int_equal(open_with(&whole, FIELD(part_count), UINT32_MAX), KSYMS_BLOB_PART);
    for (uint32_t kind = 1; kind < KSYMS_PART_KINDS; kind++) {
        assert_int_equal(open_with(&whole, ENTRY(kind, kind), 0x1000), KSYMS_BLOB_PART);
        assert_int_equal(open_with(&whole, ENTRY(kind, offset), 100), KSYMS_BLOB_PART);
        assert_int_equal(open_with(&whole, ENTRY(kind, offset), UINT32_MAX), KSYMS_BLOB_PART);
        assert_int_equal(open_with(&whole, ENTRY(kind, size_bytes), UINT32_MAX), KSYMS_BLOB_PART);
    }
    /* One byte into the part that follows. */
    assert_int_equal(
        open_with(&whole, ENTRY(KSYMS_PART_TOKENS, offset), names.offset + names.size_bytes - 1),
        KSYMS_BLOB_PART);
    for (uint32_t kind = 1; kind < KSYMS_PART_KINDS; kind++) {
        uint32_t part_size = get_part(&whole, kind).size_bytes;
        if (kind != KSYMS_PART_BLOCK_DATA && kind != KSYMS_PART_TOKEN_STRINGS) {
            assert_int_equal(open_with(&whole, ENTRY(kind, size_bytes), part_size - 1),
                             KSYMS_BLOB_COUNT);
        }
        assert_int_equal(open_with(&whole, ENTRY(kind, size_bytes), 7), KSYMS_BLOB_COUNT);
        assert_int_equal(open_with(&whole, ENTRY(kind, size_bytes), 0), KSYMS_BLOB_COUNT);
    }
    assert_int_equal(open_with(&whole, ENTRY(KSYMS_PART_BLOCK_DATA, size_bytes), 31),
                     KSYMS_BLOB_COUNT);
    assert_int_equal(open_with(&whole, ENTRY(KSYMS_PART_TOKEN_STRINGS, size_bytes), 31),
                     KSYMS_BLOB_COUNT);
    assert_int_equal(open_with(&whole, codes, 17), KSYMS_BLOB_COUNT);
    assert_int_equal(open_with(&whole, codes + CODES(token_count), 0), KSYMS_BLOB_COUNT);
    assert_int_equal(open_with(&whole, codes + CODES(token_count), 65537), KSYMS_BLOB_COUNT);
    assert_int_equal(open_with(&whole, codes + CODES(names_end), (names.size_bytes - 24) * 8 + 1),
                     KSYMS_BLOB_COUNT);
    assert_int_equal(open_with(&whole, codes + CODES(names_end), UINT32_MAX), KSYMS_BLOB_COUNT);
    assert_int_equal(open_with(&whole, codes + CODES(kept_width), 6), KSYMS_BLOB_COUNT);
    assert_int_equal(open_with(&whole, codes + CODES(kept_width), 25 << 8), KSYMS_BLOB_COUNT);
    free(whole.bytes);
}

/* A blob of a later generator: one part more, of a kind that this reader does not know. */
static void test_unknown_part(void **state)
{
    struct blob whole = make_blob(100, MAP_KERNEL);
    struct ksyms_blob_header header = get_header(&whole);
    size_t directory_end = sizeof(header) + header.part_count * sizeof(struct ksyms_blob_part);
    uint32_t moved = 16; /* a directory entry, and 4 bytes to stay aligned */
    struct blob longer = {calloc(whole.size + moved + 8, 1), whole.size + moved + 8};
    struct ksyms_blob_part added = {0x4c494e45, (uint32_t)whole.size + moved, 8};
    struct ksyms_table table;
    (void)state;

    for (uint32_t i = 0; i < header.part_count; i++) {
        struct ksyms_blob_part part;
        size_t place = sizeof(header) + i * sizeof(part);
        memcpy(&part, whole.bytes + place, sizeof(part));
        part.offset += moved;
        memcpy(longer.bytes + place, &part, sizeof(part));
    }
    memcpy(longer.bytes + directory_end, &added, sizeof(added));
    memcpy(longer.bytes + directory_end + moved, whole.bytes + directory_end,
           whole.size - directory_end);
    header.part_count++;
    header.size_bytes = (uint32_t)longer.size;
    set_header(&longer, &header);
    repair_checksum(&longer);

    assert_int_equal(ksyms_table_open(&table, longer.bytes, longer.size), KSYMS_OK);
    assert_int_equal(ksyms_table_verify(&table), KSYMS_OK);
    for (uint32_t i = 0; i < 100; i++) {
        struct ksyms_table old;
        struct ksyms_symbol left, right;
        assert_int_equal(ksyms_table_open(&old, whole.bytes, whole.size), KSYMS_OK);
        assert_true(ksyms_table_symbol_named(&old, i, &left));
        assert_true(ksyms_table_symbol_named(&table, i, &right));
        assert_int_equal(left.address, right.address);
        assert_int_equal(ksyms_symbol_name(&old, &left, NULL, 0),
                         ksyms_symbol_name(&table, &right, NULL, 0));
    }
    free(longer.bytes);
    free(whole.bytes);
}

/* A symbol that does not come from this table. */
static void test_foreign_symbol(void **state)
{
    struct blob whole = make_blob(10, MAP_KERNEL);
    struct ksyms_symbol foreign = {.index = UINT32_MAX, .name_rank = UINT32_MAX};
    struct ksyms_table table;
    char name[4] = "###";
    (void)state;
    assert_int_equal(ksyms_table_open(&table, whole.bytes, whole.size), KSYMS_OK);
    assert_int_equal(ksyms_symbol_name(&table, &foreign, name, sizeof(name)), 0);
    assert_string_equal(name, "");
    free(whole.bytes);
}

static void test_many_cases(void **state)
{
    (void)state;
    print_message("%u damaged blobs\n", cases);
    assert_true(cases >= 100000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statuses),       cmocka_unit_test(test_unknown_part),
        cmocka_unit_test(test_foreign_symbol), cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_longer),         cmocka_unit_test(test_flipped_bits),
        cmocka_unit_test(test_damaged),        cmocka_unit_test(test_damaged_directory),
        cmocka_unit_test(test_filled),         cmocka_unit_test(test_many_cases),
    };
    fixture_open();
    alarm(TIME_LIMIT_SECONDS);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
