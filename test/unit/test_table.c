// SPDX-License-Identifier: MIT
/*
 * test_table.c: the reader of blobs (src/ksyms/table*.c) against blobs that gen_ksyms has made of
 * random maps.  What is expected comes from the map itself, by plain loops over all its symbols,
 * never from the code under test.
 *
 * Environment: GEN_KSYMS the program, TEST_DIRECTORY for scratch files, KSYMS_SEED to repeat a run,
 * KSYMS_MAPS to test with these maps of nm and no others (test/golden/tables.sh).
 * Meant for -fsanitize=address,undefined.  test_table_hostile.c has the damaged blobs.
 */
#include "table_fixture.h"

/* ---- What a map says ---- */

static int compare_reference_names(const struct reference *left, const struct reference *right)
{
    size_t common = left->length < right->length ? left->length : right->length;
    int order = memcmp(left->name, right->name, common);
    return order != 0 ? order : (left->length > right->length) - (left->length < right->length);
}

static int compare_references(const void *left_entry, const void *right_entry)
{
    const struct reference *left = left_entry;
    const struct reference *right = right_entry;
    int order = compare_reference_names(left, right);
    if (order == 0) {
        order =
            (left->type == 'A' || left->type == 'a') - (right->type == 'A' || right->type == 'a');
    }
    if (order == 0) {
        order = (left->address > right->address) - (left->address < right->address);
    }
    if (order == 0) {
        order = (left->size > right->size) - (left->size < right->size);
    }
    return order != 0 ? order : left->type - right->type;
}

static bool is_placed(const struct reference *reference)
{
    return reference->type != 'A' && reference->type != 'a';
}

/* Bytes that a symbol covers; without any sizes in the map, up to the next higher address. */
static uint64_t covered_size(const struct reference_map *map, const struct reference *symbol)
{
    uint64_t next = 0;
    if (map->has_sizes || !is_placed(symbol)) {
        return symbol->size;
    }
    for (uint32_t i = 0; i < map->count; i++) {
        const struct reference *other = &map->symbols[i];
        if (is_placed(other) && other->address > symbol->address &&
            (next == 0 || other->address < next)) {
            next = other->address;
        }
    }
    return next != 0 ? next - symbol->address : 0;
}

/* ---- Checks of a whole table ---- */

/* Reads a name and checks that every capacity cuts it as snprintf would. */
static char *read_name(const struct ksyms_table *table, const struct ksyms_symbol *symbol,
                       size_t *length)
{
    char *name;
    *length = ksyms_symbol_name(table, symbol, NULL, 0);
    name = malloc(*length + 1);
    memset(name, 'x', *length + 1);
    assert_int_equal(ksyms_symbol_name(table, symbol, name, *length + 1), *length);
    assert_int_equal(name[*length], 0);
    return name;
}

static void check_aliases(const struct ksyms_table *table, const struct reference_map *map,
                          const struct ksyms_symbol *symbol)
{
    struct ksyms_index_range range = ksyms_table_find_aliases(table, symbol->index);
    bool is_absolute = symbol->type == 'A' || symbol->type == 'a';
    uint32_t wanted = 0;

    for (uint32_t i = 0; i < map->count; i++) {
        const struct reference *other = &map->symbols[i];
        wanted += other->address == symbol->address && is_placed(other) == !is_absolute;
    }
    assert_int_equal(range.count, wanted);
    for (uint32_t i = 0; i < range.count; i++) {
        struct ksyms_symbol alias;
        assert_true(ksyms_table_symbol_at(table, range.first + i, &alias));
        assert_int_equal(alias.address, symbol->address);
    }
    assert_true(symbol->index - range.first < range.count);
}

static void check_index_order(const struct ksyms_table *table, const struct reference_map *map)
{
    struct ksyms_symbol before = {0}, symbol;
    uint32_t placed = 0;
    uint8_t *ranks_seen = calloc(map->count + 1, 1);

    for (uint32_t i = 0; i < map->count; i++) {
        placed += is_placed(&map->symbols[i]);
    }
    for (uint32_t i = 0; i < map->count; i++) {
        struct ksyms_symbol named;
        assert_true(ksyms_table_symbol_at(table, i, &symbol));
        assert_int_equal(symbol.index, i);
        assert_int_equal(symbol.type == 'A' || symbol.type == 'a', i >= placed);
        if (i > 0 && i != placed) {
            assert_true(symbol.address >= before.address);
        }
        assert_in_range(symbol.name_rank, 0, map->count - 1);
        assert_int_equal(ranks_seen[symbol.name_rank], 0);
        ranks_seen[symbol.name_rank] = 1;
        assert_true(ksyms_table_symbol_named(table, symbol.name_rank, &named));
        assert_memory_equal(&named, &symbol, offsetof(struct ksyms_symbol, type) + 1);
        if (map->count <= 300 || i % 1000 == 0) {
            check_aliases(table, map, &symbol);
        }
        before = symbol;
    }
    assert_false(ksyms_table_symbol_at(table, map->count, &symbol));
    assert_false(ksyms_table_symbol_named(table, map->count, &symbol));
    assert_false(ksyms_table_symbol_at(table, UINT32_MAX, &symbol));
    free(ranks_seen);
}

/* Iterating by name gives the sorted map: every name, address, size and letter. */
static void check_name_order(const struct ksyms_table *table, const struct reference_map *map)
{
    struct reference *found = calloc(map->count + 1, sizeof(*found));
    uint64_t *addresses = calloc(map->count + 1, sizeof(*addresses));

    ksyms_table_list_addresses(table, addresses);
    assert_int_equal(addresses[map->count], 0);
    for (uint32_t rank = 0; rank < map->count; rank++) {
        struct ksyms_symbol symbol;
        assert_true(ksyms_table_symbol_named(table, rank, &symbol));
        assert_int_equal(addresses[rank], symbol.address);
        found[rank].name = read_name(table, &symbol, &found[rank].length);
        found[rank].address = symbol.address;
        found[rank].size = map->has_sizes ? symbol.size : 0;
        found[rank].type = symbol.type;
        if (rank > 0) {
            assert_true(compare_reference_names(&found[rank - 1], &found[rank]) <= 0);
        }
    }
    qsort(found, map->count, sizeof(*found), compare_references);
    for (uint32_t rank = 0; rank < map->count; rank++) {
        assert_int_equal(compare_references(&found[rank], &map->symbols[rank]), 0);
        free(found[rank].name);
    }
    free(found);
    free(addresses);
}

/* The iterator gives what each name alone gives, from any start and with any capacity. */
static void check_iterator(const struct ksyms_table *table, const struct reference_map *map)
{
    static const size_t capacities[] = {8192, 40, 1, 0};
    static char buffer[8192], wanted[8192];

    for (uint32_t round = 0; round < 8; round++) {
        size_t capacity = capacities[round % 4];
        struct ksyms_name_range range = {round < 4 ? 0 : random_below(map->count),
                                         round < 4 ? map->count : random_below(map->count)};
        struct ksyms_names names;
        uint32_t count = 0;

        ksyms_names_start(&names, table, range, buffer, capacity);
        while (ksyms_names_next(&names)) {
            struct ksyms_symbol symbol = {.name_rank = range.first + count};
            assert_int_equal(names.rank, symbol.name_rank);
            assert_int_equal(names.length, ksyms_symbol_name(table, &symbol, wanted, capacity));
            assert_true(capacity == 0 || strcmp(buffer, wanted) == 0);
            count++;
        }
        assert_false(ksyms_names_next(&names));
        assert_int_equal(count, range.first + range.count <= map->count ? range.count
                                                                        : map->count - range.first);
    }
}

/* The range of map->symbols (sorted by name) that begins with `key`, or is it. */
static struct ksyms_name_range expected_range(const struct reference_map *map, const char *key,
                                              size_t length, bool prefix)
{
    struct ksyms_name_range range = {0, 0};
    for (uint32_t i = 0; i < map->count; i++) {
        const struct reference *symbol = &map->symbols[i];
        if (symbol->length >= length && (prefix || symbol->length == length) &&
            memcmp(symbol->name, key, length) == 0) {
            range.first = range.count == 0 ? i : range.first;
            range.count++;
        }
    }
    return range;
}

static void check_range(const struct ksyms_table *table, const struct reference_map *map,
                        const char *key, size_t length)
{
    struct ksyms_name_range wanted = expected_range(map, key, length, false);
    struct ksyms_name_range found = ksyms_table_find_name(table, key, length);
    assert_int_equal(found.count, wanted.count);
    assert_true(found.count == 0 || found.first == wanted.first);
    wanted = expected_range(map, key, length, true);
    found = ksyms_table_find_prefix(table, key, length);
    assert_int_equal(found.count, wanted.count);
    assert_true(found.count == 0 || found.first == wanted.first);
}

/* Every name is found; a sample of names, prefixes and near misses has exactly the right range. */
static void check_names(const struct ksyms_table *table, const struct reference_map *map,
                        uint32_t samples)
{
    check_range(table, map, "", 0);
    check_range(table, map, "\xff\xff\xff\xff", 4);
    check_range(table, map, "\x01", 1);
    check_range(table, map, "no such name", 12);
    for (uint32_t i = 0; i < map->count; i++) {
        const struct reference *symbol = &map->symbols[i];
        struct ksyms_name_range range = ksyms_table_find_name(table, symbol->name, symbol->length);
        assert_true(i - range.first < range.count);
    }
    for (uint32_t i = 0; i < samples && map->count > 0; i++) {
        const struct reference *symbol = &map->symbols[random_below(map->count)];
        size_t length = random_below((uint32_t)symbol->length + 1);
        char *key = malloc(symbol->length + 1);
        memcpy(key, symbol->name, symbol->length);
        check_range(table, map, key, length);
        check_range(table, map, key, symbol->length);
        key[symbol->length] = (char)random_below(256);
        check_range(table, map, key, symbol->length + 1);
        key[random_below((uint32_t)symbol->length)] ^= (char)(1 << random_below(8));
        check_range(table, map, key, symbol->length);
        free(key);
    }
}

/*
 * The nearest beginning of all that cover the address.  `has_answer` is false if nothing does;
 * `is_near` is false if the walk back may be too long for the format's bound.
 */
static void check_address(const struct ksyms_table *table, const struct reference_map *map,
                          uint64_t address)
{
    const struct reference *best = NULL;
    bool stands_here = false;
    uint32_t between = 0;
    struct ksyms_symbol symbol, below, above;
    uint64_t below_address = 0, above_address = 0;
    bool has_below = false, has_above = false;
    unsigned neighbours;

    for (uint32_t i = 0; i < map->count; i++) {
        const struct reference *other = &map->symbols[i];
        if (!is_placed(other)) {
            continue;
        }
        if (other->address <= address) {
            below_address =
                !has_below || other->address > below_address ? other->address : below_address;
            has_below = true;
            stands_here |= other->address == address;
        } else {
            above_address =
                !has_above || other->address < above_address ? other->address : above_address;
            has_above = true;
        }
        if (other->address <= address && map->has_sizes && address - other->address < other->size &&
            (best == NULL || other->address > best->address)) {
            best = other;
        }
    }
    neighbours = ksyms_table_find_neighbours(table, address, &below, &above);
    assert_int_equal(neighbours, has_below | has_above << 1);
    assert_true(!has_below || below.address == below_address);
    assert_true(!has_above || above.address == above_address);

    if (!map->has_sizes) {
        bool covered = has_below && (has_above || stands_here);
        assert_int_equal(ksyms_table_find_address(table, address, &symbol), covered);
        assert_true(!covered || symbol.address == below_address);
        return;
    }
    for (uint32_t i = 0; best != NULL && i < map->count; i++) {
        const struct reference *other = &map->symbols[i];
        between += is_placed(other) && other->address >= best->address && other->address <= address;
    }
    if (between > 255) {
        return; /* beyond the bound that FORMAT.md gives */
    }
    assert_int_equal(ksyms_table_find_address(table, address, &symbol),
                     best != NULL || stands_here);
    if (best != NULL) {
        assert_int_equal(symbol.address, best->address);
        assert_true(address - symbol.address < symbol.size);
    } else if (stands_here) {
        assert_int_equal(symbol.address, address);
        assert_int_equal(symbol.size, 0);
    }
}

static void check_addresses(const struct ksyms_table *table, const struct reference_map *map,
                            uint32_t samples)
{
    bool all = samples >= map->count;

    check_address(table, map, 0);
    check_address(table, map, 1);
    check_address(table, map, UINT64_MAX);
    for (uint32_t i = 0; i < (all ? map->count : samples); i++) {
        const struct reference *symbol = &map->symbols[all ? i : random_below(map->count)];
        uint64_t size = covered_size(map, symbol);
        check_address(table, map, symbol->address);
        check_address(table, map, symbol->address - 1);
        check_address(table, map, symbol->address + size);
        check_address(table, map, symbol->address + size - 1);
        check_address(table, map, symbol->address + size / 2);
    }
}

static void check_map(struct reference_map *map, uint32_t samples)
{
    struct blob blob = generate(map);
    struct ksyms_table table;

    qsort(map->symbols, map->count, sizeof(*map->symbols), compare_references);
    assert_int_equal(ksyms_table_open(&table, blob.bytes, blob.size), KSYMS_OK);
    assert_int_equal(ksyms_table_verify(&table), KSYMS_OK);
    assert_int_equal(ksyms_table_count(&table), map->count);
    check_index_order(&table, map);
    check_name_order(&table, map);
    check_iterator(&table, map);
    check_names(&table, map, samples);
    check_addresses(&table, map, samples);
    if (map->count < 2000) { /* covered_size is a loop over all */
        for (uint32_t i = 0; i < map->count; i++) {
            struct ksyms_symbol symbol = {0};
            struct reference wanted = {0};
            ksyms_table_symbol_at(&table, i, &symbol);
            wanted = map->symbols[symbol.name_rank];
            wanted.address = symbol.address;
            if (!map->has_sizes) {
                assert_int_equal(symbol.size, covered_size(map, &wanted));
            }
        }
    }
    free(blob.bytes);
    free_map(map);
}

/* ---- Maps of nm ---- */

static bool is_one_of(char letter, const char *letters)
{
    return letter != '\0' && strchr(letters, letter) != NULL;
}

/* FORMAT.md, "What the map may say", once more in other words. */
static bool is_left_out(const struct reference *symbol)
{
    const char *name = symbol->name;
    return strncmp(name, ".L", 2) == 0 || strncmp(name, "..@", 3) == 0 ||
           (name[0] == '$' && is_one_of(name[1], "adtx") && (name[2] == 0 || name[2] == 46)) ||
           (symbol->size == 0 && is_one_of(symbol->type, "abcdefghjklmnopqrstxyz") &&
            strchr(name + 1, '.') != NULL);
}

/* `nm -n -S --defined-only` of something that has sizes. */
static void read_map(struct reference_map *map, const char *path)
{
    FILE *file = fopen(path, "r");
    size_t capacity = 0, line_capacity = 0;
    char *line = NULL;

    *map = (struct reference_map){.has_sizes = true};
    assert_non_null(file);
    while (getline(&line, &line_capacity, file) > 0) {
        struct reference symbol = {0};
        char *rest;
        line[strcspn(line, "\n")] = '\0';
        symbol.address = strtoull(line, &rest, 16);
        if (rest[2] != ' ') {
            symbol.size = strtoull(rest, &rest, 16);
        }
        assert_true(rest[0] == ' ' && rest[2] == ' ');
        symbol.type = rest[1];
        symbol.name = rest + 3;
        symbol.length = strlen(symbol.name);
        if (is_left_out(&symbol)) {
            continue;
        }
        if (map->count == capacity) {
            capacity = capacity > 0 ? capacity * 2 : 4096;
            map->symbols = realloc(map->symbols, capacity * sizeof(*map->symbols));
        }
        symbol.name = strdup(symbol.name);
        map->symbols[map->count++] = symbol;
    }
    free(line);
    fclose(file);
}

/* Of the aliases that no linker script made: functions, then the more global ones. */
static int alias_worth(const struct reference *symbol)
{
    int binding = is_one_of(symbol->type, "WwVv") ? 1 : is_one_of(symbol->type, "tdbrsg") ? 0 : 2;
    return is_one_of(symbol->type, "TtWwi") * 4 + binding;
}

static bool has_edge_name(const struct reference *symbol)
{
    return strstr(symbol->name, "start") != NULL || strstr(symbol->name, "stop") != NULL ||
           strstr(symbol->name, "begin") != NULL || strstr(symbol->name, "end") != NULL ||
           strstr(symbol->name, "text") != NULL || strstr(symbol->name, "data") != NULL;
}

/* The symbol that is named for an address is no worse than the others that begin and end there. */
static void check_best_aliases(const struct ksyms_table *table, const struct reference_map *map,
                               uint32_t samples)
{
    for (uint32_t round = 0; round < samples; round++) {
        const struct reference *asked = &map->symbols[random_below(map->count)];
        const struct reference *found;
        struct ksyms_symbol symbol;
        if (!is_placed(asked) || asked->size == 0) {
            continue;
        }
        assert_true(ksyms_table_find_address(table, asked->address, &symbol));
        found = &map->symbols[symbol.name_rank]; /* sorted by name, and of one name by address */
        assert_int_equal(found->address, asked->address);
        for (uint32_t i = 0; i < map->count; i++) {
            const struct reference *other = &map->symbols[i];
            if (other->address == found->address && other->size > 0 && is_placed(other) &&
                !has_edge_name(other) && !has_edge_name(found)) {
                assert_true(alias_worth(found) >= alias_worth(other));
            }
        }
    }
}

/* Paths of maps, with a space between: KSYMS_MAPS. */
static void test_maps(void **state)
{
    char *paths = strdup(getenv("KSYMS_MAPS"));
    (void)state;
    for (char *path = strtok(paths, " "); path != NULL; path = strtok(NULL, " ")) {
        struct reference_map map;
        struct ksyms_table table;
        struct blob blob;
        read_map(&map, path);
        print_message("%s: %u symbols\n", path, map.count);
        assert_true(map.count > 100);
        blob = generate(&map);
        assert_int_equal(ksyms_table_open(&table, blob.bytes, blob.size), KSYMS_OK);
        qsort(map.symbols, map.count, sizeof(*map.symbols), compare_references);
        check_best_aliases(&table, &map, 500);
        free(blob.bytes);
        check_map(&map, 200);
    }
    free(paths);
}

/* ---- Random maps ---- */

static void check_random(uint32_t count, enum map_shape shape, uint32_t samples)
{
    struct reference_map map;
    print_message("%u symbols, shape %d, seed %llu\n", count, (int)shape,
                  (unsigned long long)random_seed());
    make_random_map(&map, count, shape);
    check_map(&map, samples);
}

static void test_random_small(void **state)
{
    static const uint32_t counts[] = {0,  1,   2,   31,  32,  33,  63,  64,
                                      65, 128, 129, 255, 256, 257, 1000};
    (void)state;
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        for (enum map_shape shape = 0; shape < MAP_SHAPES; shape++) {
            check_random(counts[i], shape, 150);
        }
    }
}

static void test_random_large(void **state)
{
    (void)state;
    check_random(100000, MAP_KERNEL, 150);
    check_random(20000, MAP_MODULE, 50);
    check_random(20000, MAP_NESTED, 50);
}

/* Those of the tokens that are phrases. */
static uint32_t count_phrases(const struct ksyms_table *table)
{
    uint32_t count = 0;

    for (uint32_t token = 0; token < table->token_count; token++) {
        uint64_t bit = (uint64_t)token * table->token_width;
        uint32_t entry;
        memcpy(&entry, table->tokens.bytes + bit / 8, sizeof(entry));
        count += (entry >> bit % 8 & KSYMS_TOKEN_LENGTH_MASK) > KSYMS_TOKEN_LENGTH_MAX;
    }
    return count;
}

/* Names of C are read more often than stored, so those have none. */
static void test_phrases(void **state)
{
    struct reference_map map;
    struct ksyms_table table;
    struct blob blob;
    (void)state;
    for (enum map_shape shape = 0; shape < MAP_SHAPES; shape++) {
        make_random_map(&map, 3000, shape);
        blob = generate(&map);
        assert_int_equal(ksyms_table_open(&table, blob.bytes, blob.size), KSYMS_OK);
        assert_int_equal(count_phrases(&table) > 10, shape == MAP_CXX);
        free(blob.bytes);
        free_map(&map);
    }
    check_random(20000, MAP_CXX, 150);
}

/* ---- Maps written by hand ---- */

static struct blob generate_text(const char *text, struct ksyms_table *table)
{
    struct blob blob = generate_bytes(text, strlen(text), NULL);
    assert_int_equal(ksyms_table_open(table, blob.bytes, blob.size), KSYMS_OK);
    assert_int_equal(ksyms_table_verify(table), KSYMS_OK);
    return blob;
}

static void assert_found(const struct ksyms_table *table, uint64_t address, const char *wanted)
{
    struct ksyms_symbol symbol;
    char name[64] = "(nothing)";
    if (ksyms_table_find_address(table, address, &symbol)) {
        ksyms_symbol_name(table, &symbol, name, sizeof(name));
    }
    assert_string_equal(name, wanted);
}

/* One line for each step of the rule of aliases: the first of each map is the better one. */
static void test_aliases(void **state)
{
    static const char *const maps[] = {
        "1000 0010 t zz_sized_static\n1000 T a_label\n",
        "1000 0010 D zz_sized_object\n1000 T a_label\n",
        "1000 T zz_function\n1000 D a_object\n2000 0010 T x\n",
        "1000 0010 t zz_static\n1000 0010 D a_global_object\n",
        "1000 0010 T zz_global\n1000 0010 W a_weak\n",
        "1000 0010 W zz_weak\n1000 0010 t a_static\n",
        "1000 0010 T zz_plain\n1000 0010 T _plain\n",
        "1000 0010 T _zz_one\n1000 0010 T __one\n",
        "1000 0010 T name_a\n1000 0010 T name_b\n",
        "1000 0010 T zz\n1000 0010 T __start_section\n",
        "1000 0010 t zz\n1000 0010 T __stop_section\n",
        "1000 t zz\n1000 T _text\n2000 0010 T x\n",
        "1000 t zz\n1000 T _stext\n2000 0010 T x\n",
        "1000 b zz\n1000 B _end\n2000 0010 T x\n",
        "1000 b zz\n1000 B __bss_start\n2000 0010 T x\n",
        "1000 d zz\n1000 T etext\n2000 0010 T x\n",
        "1000 T __x86_retpoline\n1000 T _einittext\n2000 0010 T x\n",
        "1000 0010 T _start\n1000 T _text\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++) {
        const char *name = maps[i];
        char wanted[64];
        struct ksyms_table table;
        struct blob blob = generate_text(maps[i], &table);

        while (memchr(name, ' ', (size_t)(strchr(name, '\n') - name)) != NULL) {
            name = strchr(name, ' ') + 1;
        }
        snprintf(wanted, sizeof(wanted), "%.*s", (int)(strchr(name, '\n') - name), name);
        assert_found(&table, 0x1000, wanted);
        free(blob.bytes);
    }
}

/* However many there are, and wherever their block begins: the last one is met first. */
static void test_many_aliases(void **state)
{
    static char text[8 * 1024];
    (void)state;
    for (uint32_t before = 0; before <= 62; before += 31) {
        for (uint32_t count = 1; count <= 66; count += count < 6 || count >= 60 ? 1 : 9) {
            struct ksyms_table table;
            struct ksyms_symbol symbol;
            struct blob blob;
            size_t used = 0;
            for (uint32_t i = 0; i < before + count; i++) {
                uint32_t address = i < before ? 0x1000 + i * 16 : 0x2000;
                used += (size_t)sprintf(text + used, "%x 0010 t symbol_%u\n", address, i);
            }
            sprintf(text + used, "2010 0010 t behind\n");
            blob = generate_text(text, &table);
            for (uint64_t address = 0x2000; address < 0x2010; address += 15) {
                assert_true(ksyms_table_find_address(&table, address, &symbol));
                assert_int_equal(symbol.index, before + count - 1);
            }
            assert_true(ksyms_table_find_address(&table, 0x2010, &symbol));
            assert_int_equal(symbol.index, before + count);
            free(blob.bytes);
        }
    }
}

/* `far` covers what its nested symbols leave, as far as 255 of them; holes have no name. */
static void test_nested(void **state)
{
    struct ksyms_table table;
    struct ksyms_symbol symbol, below, above;
    struct blob blob = generate_text("1000 0100 T outer\n"
                                     "1010 0010 t inner\n"
                                     "1018 0004 t innermost\n"
                                     "1040 t label\n"
                                     "2000 0010 T after_hole\n"
                                     "2010 T bare\n"
                                     "fffffffffffffff0 0010 T last\n"
                                     "1004 A absolute\n"
                                     "3000 A lonely\n",
                                     &table);
    (void)state;
    assert_found(&table, 0xfff, "(nothing)");
    assert_found(&table, 0x1000, "outer");
    assert_found(&table, 0x1004, "outer");
    assert_found(&table, 0x1010, "inner");
    assert_found(&table, 0x1018, "innermost");
    assert_found(&table, 0x101b, "innermost");
    assert_found(&table, 0x101c, "inner");
    assert_found(&table, 0x101f, "inner");
    assert_found(&table, 0x1020, "outer");
    assert_found(&table, 0x1040, "outer"); /* a label inside does not take the name */
    assert_found(&table, 0x10ff, "outer");
    assert_found(&table, 0x1100, "(nothing)");
    assert_found(&table, 0x2010, "bare");
    assert_found(&table, 0x2011, "(nothing)");
    assert_found(&table, 0x3000, "(nothing)");
    assert_found(&table, 0xffffffffffffffef, "(nothing)");
    assert_found(&table, 0xfffffffffffffff0, "last");
    assert_found(&table, UINT64_MAX, "last");

    assert_int_equal(ksyms_table_find_neighbours(&table, 0xfff, &below, &above), 2);
    assert_int_equal(above.address, 0x1000);
    assert_int_equal(ksyms_table_find_neighbours(&table, 0x1800, &below, &above), 3);
    assert_int_equal(below.address, 0x1040);
    assert_int_equal(above.address, 0x2000);
    assert_int_equal(ksyms_table_find_neighbours(&table, UINT64_MAX, &below, &above), 1);

    assert_int_equal(ksyms_table_find_name(&table, "absolute", 8).count, 1);
    assert_true(ksyms_table_symbol_at(&table, 7, &symbol));
    assert_int_equal(symbol.type, 'A');
    assert_int_equal(symbol.address, 0x1004);
    free(blob.bytes);
}

static void test_look_back_bound(void **state)
{
    static char text[64 * 1024];
    (void)state;
    for (uint32_t inside = 254; inside <= 256; inside++) {
        struct ksyms_table table;
        struct blob blob;
        size_t used = (size_t)sprintf(text, "10000 00010000 T outer\n");
        for (uint32_t i = 0; i < inside; i++) {
            used += (size_t)sprintf(text + used, "%x 0008 t inner_%u\n", 0x10010 + i * 16, i);
        }
        blob = generate_text(text, &table);
        assert_found(&table, 0x1fff0, inside <= 255 ? "outer" : "(nothing)");
        assert_found(&table, 0x10008, "outer");
        free(blob.bytes);
    }
}

static void test_without_sizes(void **state)
{
    struct ksyms_table table;
    struct ksyms_symbol symbol;
    struct blob blob =
        generate_text("1000 T first\n1000 t alias\n1100 t first.cold\n1200 T end_of_it\n", &table);
    (void)state;
    assert_found(&table, 0x1000, "first");
    assert_found(&table, 0x10ff, "first");
    assert_found(&table, 0x1100, "first.cold");
    assert_found(&table, 0x1200, "end_of_it");
    assert_found(&table, 0x1201, "(nothing)");
    assert_true(ksyms_table_find_address(&table, 0x1000, &symbol));
    assert_int_equal(symbol.size, 0x100);
    free(blob.bytes);
}

static void test_name_buffer(void **state)
{
    struct ksyms_table table;
    struct ksyms_symbol symbol;
    struct blob blob = generate_text("10 0010 T schedule_timeout\n", &table);
    char buffer[32];
    (void)state;
    assert_true(ksyms_table_symbol_at(&table, 0, &symbol));
    for (size_t capacity = 0; capacity < sizeof(buffer); capacity++) {
        memset(buffer, '#', sizeof(buffer));
        assert_int_equal(ksyms_symbol_name(&table, &symbol, buffer, capacity), 16);
        if (capacity > 0) {
            assert_int_equal(strlen(buffer), capacity - 1 < 16 ? capacity - 1 : 16);
            assert_memory_equal(buffer, "schedule_timeout", strlen(buffer));
        }
        for (size_t i = capacity; i < sizeof(buffer); i++) {
            assert_int_equal(buffer[i], '#');
        }
    }
    free(blob.bytes);
}

static void test_empty(void **state)
{
    struct ksyms_table table;
    struct ksyms_symbol symbol, other;
    struct blob blob = generate_text("", &table);
    (void)state;
    assert_int_equal(ksyms_table_count(&table), 0);
    assert_false(ksyms_table_find_address(&table, 0, &symbol));
    assert_int_equal(ksyms_table_find_neighbours(&table, 0, &symbol, &other), 0);
    assert_false(ksyms_table_symbol_at(&table, 0, &symbol));
    assert_false(ksyms_table_symbol_named(&table, 0, &symbol));
    assert_int_equal(ksyms_table_find_name(&table, "a", 1).count, 0);
    assert_int_equal(ksyms_table_find_prefix(&table, "", 0).count, 0);
    free(blob.bytes);
}

static void test_build_id(void **state)
{
    static const uint8_t wanted[] = {0x01, 0x23, 0xab, 0xff};
    struct ksyms_table table;
    const uint8_t *bytes;
    struct blob blob = generate_bytes("10 T x\n", 7, "0123abFF");
    (void)state;
    assert_int_equal(ksyms_table_open(&table, blob.bytes, blob.size), KSYMS_OK);
    assert_int_equal(ksyms_table_build_id(&table, &bytes), sizeof(wanted));
    assert_memory_equal(bytes, wanted, sizeof(wanted));
    free(blob.bytes);
    blob = generate_text("", &table);
    assert_int_equal(ksyms_table_build_id(&table, &bytes), 0);
    free(blob.bytes);
}

/* By the words of FORMAT.md: sums of these bytes, and of some behind the last four. */
static uint32_t sum_of(const uint8_t *bytes, size_t size)
{
    uint64_t sum = 0, number;

    for (size_t at = 0; at < size; at += size - at < 4 ? 1 : 4) {
        bool is_field = at == offsetof(struct ksyms_blob_header, checksum);
        number = bytes[at];
        for (unsigned i = 1; i < 4 && size - at >= 4; i++) {
            number += (uint64_t)bytes[at + i] << 8 * i;
        }
        if (!is_field) {
            sum = (sum * 32 + (sum >> 27)) % 0x100000000 ^ number;
            sum = sum * 0x9e3779b1 % 0x100000000;
        }
    }
    return (uint32_t)sum;
}

static void test_checksum(void **state)
{
    struct ksyms_table table;
    struct blob blob = generate_text("0000000000001000 T one\n0000000000001010 T two\n", &table);

    (void)state;
    for (size_t size = sizeof(struct ksyms_blob_header); size <= blob.size; size++) {
        assert_int_equal(ksyms_blob_checksum(blob.bytes, size), sum_of(blob.bytes, size));
    }
    /* A changed word is seen, whatever the change. */
    uint32_t wanted = ksyms_blob_checksum(blob.bytes, blob.size);
    for (size_t bit = 0; bit < blob.size * 8; bit++) {
        bool is_field = bit / 32 == offsetof(struct ksyms_blob_header, checksum) / 4;
        blob.bytes[bit / 8] ^= 1 << bit % 8;
        assert_int_equal(ksyms_blob_checksum(blob.bytes, blob.size) == wanted, is_field);
        blob.bytes[bit / 8] ^= 1 << bit % 8;
    }
    free(blob.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_checksum),        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_build_id),        cmocka_unit_test(test_aliases),
        cmocka_unit_test(test_many_aliases),    cmocka_unit_test(test_nested),
        cmocka_unit_test(test_look_back_bound), cmocka_unit_test(test_without_sizes),
        cmocka_unit_test(test_name_buffer),     cmocka_unit_test(test_random_small),
        cmocka_unit_test(test_random_large),    cmocka_unit_test(test_phrases),
    };
    const struct CMUnitTest map_tests[] = {cmocka_unit_test(test_maps)};
    fixture_open();
    if (getenv("KSYMS_MAPS") != NULL) {
        return cmocka_run_group_tests(map_tests, NULL, NULL);
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
