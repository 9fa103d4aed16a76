// SPDX-License-Identifier: MIT
/*
 * test_cpio.c: the initrd reader against cpio(1) and the file system: a tree is made, packed with
 * cpio -H newc and -H crc, and read back.  Then the archives are cut at every byte, every byte of
 * every header is changed, and odd ones are made by hand.  Every archive lies in a block of exactly
 * its size, so that the address sanitizer sees a read of one byte too many.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include "boot/cpio.h"

#define ENTRIES_MAXIMUM 64
#define HEADER_SIZE     110

struct bytes {
    uint8_t *data;
    size_t size;
};

/* Where the tree and the archives are; made once for all tests. */
static char root[] = "/tmp/test_cpio.XXXXXX";

static struct bytes newc, crc;

/* --- Making archives -------------------------------------------------------------------------- */

static void run(const char *command)
{
    char line[1024];
    snprintf(line, sizeof(line), "cd %s && %s", root, command);
    assert_int_equal(system(line), 0);
}

static struct bytes read_file(const char *path)
{
    char full[512];
    struct stat status;
    snprintf(full, sizeof(full), "%s/%s", root, path);
    FILE *file = fopen(full, "rb");
    assert_non_null(file);
    assert_int_equal(fstat(fileno(file), &status), 0);
    struct bytes bytes = {malloc((size_t)status.st_size), (size_t)status.st_size};
    assert_int_equal(fread(bytes.data, 1, bytes.size, file), bytes.size);
    fclose(file);
    return bytes;
}

static struct bytes copy_of(struct bytes bytes, size_t size)
{
    struct bytes copy = {malloc(size), size};
    memcpy(copy.data, bytes.data, size < bytes.size ? size : bytes.size);
    return copy;
}

/* Both, with `gap` zeros between. */
static struct bytes join(struct bytes first, size_t gap, struct bytes second)
{
    struct bytes all = {malloc(first.size + gap + second.size), first.size + gap + second.size};
    memcpy(all.data, first.data, first.size);
    memset(all.data + first.size, 0, gap);
    memcpy(all.data + first.size + gap, second.data, second.size);
    return all;
}

/* One entry by hand, with whatever it claims. */
struct made {
    const char *magic;
    unsigned inode, mode, links, file_size, name_size, check;
    const char *name; /* name_bytes of it are written */
    size_t name_bytes;
    const char *data; /* data_bytes of it are written */
    size_t data_bytes;
};

static struct made make_file(const char *name, const char *data)
{
    return (struct made){
        .magic = "070701",
        .mode = 0100644,
        .links = 1,
        .file_size = (unsigned)strlen(data),
        .name_size = (unsigned)strlen(name) + 1,
        .name = name,
        .name_bytes = strlen(name) + 1,
        .data = data,
        .data_bytes = strlen(data),
    };
}

static void put(struct bytes *archive, const void *bytes, size_t size)
{
    size_t padded = (archive->size + size + 3) & ~(size_t)3;
    archive->data = realloc(archive->data, padded);
    memcpy(archive->data + archive->size, bytes, size);
    memset(archive->data + archive->size + size, 0, padded - archive->size - size);
    archive->size = padded;
}

static void put_entry(struct bytes *archive, struct made made)
{
    char *start = malloc(HEADER_SIZE + 1 + made.name_bytes);
    snprintf(start, HEADER_SIZE + 1, "%s%08X%08X%08X%08X%08x%08X%08X%08X%08X%08X%08X%08X%08X",
             made.magic, made.inode, made.mode, 0u, 0u, made.links, 0u, made.file_size, 0u, 0u, 0u,
             0u, made.name_size, made.check);
    memcpy(start + HEADER_SIZE, made.name, made.name_bytes);
    put(archive, start, HEADER_SIZE + made.name_bytes);
    put(archive, made.data, made.data_bytes);
    free(start);
}

static void put_trailer(struct bytes *archive)
{
    put_entry(archive, make_file("TRAILER!!!", ""));
}

static int make_archives(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(root));
    run("mkdir -p tree/lib/modules/1.0/kernel tree/etc && cd tree &&"
        "printf 'hello' > init && : > empty && printf 'abc' > etc/three &&"
        "head -c 1001 /dev/urandom > lib/modules/1.0/kernel/hello.ko &&"
        "head -c 700 /dev/zero | tr '\\0' '\\377' > lib/modules/1.0/kernel/greet.ko &&"
        "printf 'one' > first && ln first second && ln first third &&"
        ": > none && ln none nothing && ln -s etc/three link && printf x > .hidden");
    run("cd tree && find . | LC_ALL=C sort | cpio -o -H newc --quiet > ../newc.cpio");
    run("cd tree && find . | LC_ALL=C sort | cpio -o -H crc --quiet > ../crc.cpio");
    newc = read_file("newc.cpio");
    crc = read_file("crc.cpio");
    return 0;
}

static int remove_archives(void **state)
{
    (void)state;
    free(newc.data);
    free(crc.data);
    char line[64];
    snprintf(line, sizeof(line), "rm -rf %s", root);
    return system(line);
}

/* --- Reading ---------------------------------------------------------------------------------- */

struct walk {
    struct cpio_entry entries[ENTRIES_MAXIMUM];
    size_t count;
    enum cpio_status status;
    size_t fault_offset;
};

static struct walk walk_all(struct bytes archive)
{
    struct walk walk = {0};
    struct cpio_reader reader;
    struct cpio_entry entry;

    cpio_open(&reader, archive.data, archive.size);
    while (cpio_next(&reader, &entry) == CPIO_OK) {
        assert_in_range(walk.count, 0, ENTRIES_MAXIMUM - 1);
        /* What is given lies in the archive. */
        size_t name_offset = (size_t)((const uint8_t *)entry.name - archive.data);
        size_t data_offset = (size_t)(entry.data - archive.data);
        assert_int_equal(name_offset, entry.offset + HEADER_SIZE);
        assert_true(name_offset + strlen(entry.name) < archive.size);
        assert_true(data_offset <= archive.size && entry.size <= archive.size - data_offset);
        walk.entries[walk.count++] = entry;
    }
    walk.status = reader.status;
    walk.fault_offset = reader.fault_offset;

    /* The end stays the end, and the entry is left alone. */
    struct cpio_entry before = entry;
    assert_int_equal(cpio_next(&reader, &entry), walk.status);
    assert_memory_equal(&before, &entry, sizeof(entry));
    return walk;
}

static void expect_fault(struct bytes archive, size_t count, enum cpio_status status, size_t offset)
{
    struct walk walk = walk_all(archive);
    assert_string_equal(cpio_status_text(walk.status), cpio_status_text(status));
    assert_int_equal(walk.count, count);
    assert_int_equal(walk.fault_offset, offset);
}

/* The bytes of the file in the tree, unless it is a hard link without data. */
static void expect_as_on_disk(const struct cpio_entry *entry)
{
    char path[512];
    struct stat status;
    snprintf(path, sizeof(path), "%s/tree/%s", root, entry->name);
    assert_int_equal(lstat(path, &status), 0);
    assert_int_equal(entry->mode, status.st_mode);
    assert_int_equal(entry->link_count, status.st_nlink);
    assert_int_equal(cpio_is_file(entry), S_ISREG(status.st_mode) != 0);
    assert_int_equal(cpio_is_directory(entry), S_ISDIR(status.st_mode) != 0);
    if (S_ISREG(status.st_mode) && (status.st_nlink == 1 || entry->size != 0)) {
        snprintf(path, sizeof(path), "tree/%s", entry->name);
        struct bytes file = read_file(path);
        assert_int_equal(entry->size, file.size);
        assert_memory_equal(entry->data, file.data, file.size);
        free(file.data);
    }
}

static void compare_with_listing(struct bytes archive, const char *command)
{
    char line[1024];
    char name[512];
    struct walk walk = walk_all(archive);
    size_t index = 0;

    assert_int_equal(walk.status, CPIO_END);
    snprintf(line, sizeof(line), "cd %s && %s", root, command);
    FILE *listing = popen(line, "r");
    assert_non_null(listing);
    while (fgets(name, sizeof(name), listing) != NULL) {
        name[strcspn(name, "\n")] = '\0';
        assert_true(index < walk.count);
        assert_string_equal(walk.entries[index].name, name);
        expect_as_on_disk(&walk.entries[index]);
        index++;
    }
    assert_int_equal(pclose(listing), 0);
    assert_int_equal(index, walk.count);
    assert_true(index >= 17);
}

static void reads_what_cpio_wrote(void **state)
{
    (void)state;
    compare_with_listing(newc, "cpio -t --quiet < newc.cpio");
    compare_with_listing(crc, "cpio -t --quiet < crc.cpio");
}

static void symbolic_link_gives_its_target(void **state)
{
    (void)state;
    struct cpio_reader reader;
    struct cpio_entry entry;
    cpio_open(&reader, crc.data, crc.size);
    assert_true(cpio_find(&reader, "link", &entry));
    assert_int_equal(entry.mode & 0170000, 0120000);
    assert_int_equal(entry.size, 9);
    assert_memory_equal(entry.data, "etc/three", 9);
}

static void finds_by_any_spelling(void **state)
{
    (void)state;
    static const char *const good[] = {"init", "./init", "/init", ".//init", "/./init"};
    static const char *const bad[] = {"ini", "init/", "inits", "hidden", "..init", "TRAILER!!!"};
    struct cpio_reader reader;
    struct cpio_entry entry;

    cpio_open(&reader, newc.data, newc.size);
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_true(cpio_find(&reader, good[i], &entry));
        assert_int_equal(entry.size, 5);
        assert_memory_equal(entry.data, "hello", 5);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(cpio_find(&reader, bad[i], &entry));
    }
    assert_true(cpio_find(&reader, ".hidden", &entry));
    assert_true(cpio_find(&reader, "lib/modules/1.0/kernel/hello.ko", &entry));
    assert_int_equal(entry.size, 1001);
    assert_true(cpio_find(&reader, "/", &entry));
    assert_true(cpio_is_directory(&entry));
    /* The reader was not moved. */
    assert_int_equal(reader.offset, 0);
    assert_int_equal(reader.status, CPIO_OK);
}

static void hard_links_share_their_data(void **state)
{
    (void)state;
    static const char *const names[] = {"first", "second", "third"};
    struct cpio_reader reader;
    struct cpio_entry entry;
    const uint8_t *data = NULL;

    cpio_open(&reader, crc.data, crc.size);
    for (size_t i = 0; i < 3; i++) {
        assert_true(cpio_find(&reader, names[i], &entry));
        assert_int_equal(entry.size, 3);
        assert_memory_equal(entry.data, "one", 3);
        assert_true(data == NULL || data == entry.data);
        data = entry.data;
    }
    assert_true(cpio_find(&reader, "nothing", &entry));
    assert_int_equal(entry.size, 0);
}

/* Two archives may use the same inode numbers (cpio --reproducible counts from 0), and so may
 * files of hand-made archives that say they have no links. */
static void hard_links_do_not_cross_archives(void **state)
{
    (void)state;
    struct bytes one = {0};
    struct made link = make_file("a", "");
    link.links = 2;
    put_entry(&one, link);
    put_entry(&one, make_file("c", "lone"));
    put_trailer(&one);
    struct made other = make_file("b", "data");
    other.links = 2;
    put_entry(&one, other);
    put_trailer(&one);

    struct cpio_reader reader;
    struct cpio_entry entry;
    cpio_open(&reader, one.data, one.size);
    assert_true(cpio_find(&reader, "a", &entry));
    assert_int_equal(entry.size, 0);
    assert_true(cpio_find(&reader, "b", &entry));
    assert_int_equal(entry.size, 4);
    free(one.data);
}

static void later_archive_overlays(void **state)
{
    (void)state;
    struct bytes overlay = {0};
    put_entry(&overlay, make_file("init", "newer"));
    put_trailer(&overlay);
    struct bytes all = join(newc, 512, overlay);

    struct cpio_reader reader;
    struct cpio_entry entry;
    cpio_open(&reader, all.data, all.size);
    assert_true(cpio_find(&reader, "./init", &entry));
    assert_memory_equal(entry.data, "newer", 5);
    assert_true(cpio_find(&reader, "etc/three", &entry));
    assert_int_equal(walk_all(all).count, walk_all(newc).count + 1);
    free(all.data);
    free(overlay.data);
}

/* --- Damage ----------------------------------------------------------------------------------- */

/* Offset of the header behind the last entry: the trailer's. */
static size_t trailer_offset(struct walk *walk, const uint8_t *start)
{
    struct cpio_entry *last = &walk->entries[walk->count - 1];
    return ((size_t)(last->data - start) + last->size + 3) & ~(size_t)3;
}

/* What must be said of the first `length` bytes, from where the parts of the whole archive lie. */
static enum cpio_status expected_cut(struct walk *whole, struct bytes archive, size_t length,
                                     size_t *count)
{
    size_t index = 0;
    while (index < whole->count) {
        struct cpio_entry *entry = &whole->entries[index];
        size_t data_end = (size_t)(entry->data - archive.data) + entry->size;
        size_t name_end = entry->offset + HEADER_SIZE + strlen(entry->name) + 1;
        if (length < (entry->size != 0 ? data_end : name_end)) {
            break;
        }
        index++;
    }
    *count = index;
    bool is_trailer = index == whole->count;
    size_t offset = is_trailer ? trailer_offset(whole, archive.data) : whole->entries[index].offset;
    const char *name = is_trailer ? "TRAILER!!!" : whole->entries[index].name;
    if (length == 0) {
        return CPIO_EMPTY;
    }
    if (length <= offset) {
        return CPIO_TRAILER_MISSING;
    }
    if (length - offset < HEADER_SIZE) {
        return CPIO_HEADER_CUT;
    }
    if (length - offset < HEADER_SIZE + strlen(name) + 1) {
        return CPIO_NAME_CUT;
    }
    return is_trailer ? CPIO_END : CPIO_DATA_CUT;
}

static void every_cut_is_told(void **state)
{
    (void)state;
    struct bytes archives[] = {newc, crc};
    for (size_t i = 0; i < 2; i++) {
        struct walk whole = walk_all(archives[i]);
        for (size_t length = 0; length < archives[i].size; length++) {
            struct bytes cut = copy_of(archives[i], length);
            size_t count;
            enum cpio_status status = expected_cut(&whole, archives[i], length, &count);
            struct walk walk = walk_all(cut);
            assert_int_equal(walk.status, status);
            assert_int_equal(walk.count, count);
            assert_true(walk.fault_offset <= length);
            free(cut.data);
        }
    }
}

/* Each byte of each header becomes something that is no digit. */
static void every_field_is_checked(void **state)
{
    (void)state;
    static const char wrong[] = {'/', ':', '@', 'G', '`', 'g', ' ', '-', '\0', '\377', 'x'};
    struct walk whole = walk_all(newc);
    struct bytes copy = copy_of(newc, newc.size);

    for (size_t index = 0; index <= whole.count; index++) {
        size_t header =
            index < whole.count ? whole.entries[index].offset : trailer_offset(&whole, newc.data);
        for (size_t byte = 0; byte < HEADER_SIZE; byte++) {
            for (size_t i = 0; i < sizeof(wrong); i++) {
                bool is_magic = byte < 6;
                /* The very first bytes may be taken for zeros in front of an archive. */
                if (header + byte == 0 && wrong[i] == '\0') {
                    continue;
                }
                copy.data[header + byte] = (uint8_t)wrong[i];
                expect_fault(copy, index, is_magic ? CPIO_MAGIC : CPIO_DIGIT,
                             is_magic ? header : header + byte);
                copy.data[header + byte] = newc.data[header + byte];
            }
        }
    }
    free(copy.data);
}

/* Each digit of each header becomes each other digit: whatever is said of it, the entries before it
 * are there, and nothing is read out of bounds. */
static void every_digit_may_lie(void **state)
{
    (void)state;
    static const char digits[] = "0123456789abcdefABCDEF";
    struct walk whole = walk_all(crc);
    struct bytes copy = copy_of(crc, crc.size);
    size_t refused = 0;

    for (size_t index = 0; index < whole.count; index++) {
        size_t header = whole.entries[index].offset;
        for (size_t byte = 0; byte < HEADER_SIZE; byte++) {
            for (const char *digit = digits; *digit != '\0'; digit++) {
                copy.data[header + byte] = (uint8_t)*digit;
                struct walk walk = walk_all(copy);
                assert_true(walk.count >= index);
                assert_memory_equal(&walk.entries[index ? index - 1 : 0].size,
                                    &whole.entries[index ? index - 1 : 0].size,
                                    index ? sizeof(size_t) : 0);
                refused += walk.status != CPIO_END;
            }
            copy.data[header + byte] = crc.data[header + byte];
        }
    }
    assert_true(refused > 1000);
    free(copy.data);
}

static void set_field(struct bytes archive, size_t header, size_t field, unsigned value)
{
    char text[9];
    snprintf(text, sizeof(text), "%08X", value);
    memcpy(archive.data + header + 6 + field * 8, text, 8);
}

static void sizes_cannot_wrap(void **state)
{
    (void)state;
    static const unsigned sizes[] = {0xffffffff, 0xfffffffc, 0x80000000, 0x7fffffff, 0x100000};
    struct walk whole = walk_all(newc);
    struct bytes copy = copy_of(newc, newc.size);

    for (size_t index = 0; index < whole.count; index++) {
        struct cpio_entry *entry = &whole.entries[index];
        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
            set_field(copy, entry->offset, 6, sizes[i]);
            expect_fault(copy, index, CPIO_DATA_CUT, (size_t)(entry->data - newc.data));
            memcpy(copy.data, newc.data, newc.size);
            set_field(copy, entry->offset, 11, sizes[i]);
            expect_fault(copy, index, CPIO_NAME_SIZE, entry->offset + HEADER_SIZE);
            memcpy(copy.data, newc.data, newc.size);
        }
        unsigned name_size = (unsigned)strlen(entry->name) + 1;
        set_field(copy, entry->offset, 11, name_size - 1);
        expect_fault(copy, index, name_size == 2 ? CPIO_NAME_SIZE : CPIO_NAME_END,
                     entry->offset + HEADER_SIZE);
        set_field(copy, entry->offset, 11, 0);
        expect_fault(copy, index, CPIO_NAME_SIZE, entry->offset + HEADER_SIZE);
        memcpy(copy.data, newc.data, newc.size);
    }
    free(copy.data);
}

static void each_flipped_bit_breaks_the_sum(void **state)
{
    (void)state;
    struct walk whole = walk_all(crc);
    struct bytes copy = copy_of(crc, crc.size);
    size_t flips = 0;

    for (size_t index = 0; index < whole.count; index++) {
        struct cpio_entry *entry = &whole.entries[index];
        size_t data = (size_t)(entry->data - crc.data);
        for (size_t i = 0; cpio_is_file(entry) && i < entry->size; i++) {
            copy.data[data + i] ^= (uint8_t)(1u << i % 8);
            expect_fault(copy, index, CPIO_CHECKSUM, data);
            copy.data[data + i] ^= (uint8_t)(1u << i % 8);
            flips++;
        }
    }
    assert_true(flips > 1700);
    free(copy.data);
}

static void newc_has_no_sum(void **state)
{
    (void)state;
    struct bytes archive = {0};
    struct made made = make_file("a", "data");
    made.check = 77;
    put_entry(&archive, made);
    put_trailer(&archive);
    assert_int_equal(walk_all(archive).status, CPIO_END);
    archive.data[5] = '2';
    expect_fault(archive, 0, CPIO_CHECKSUM, HEADER_SIZE + 2);
    free(archive.data);
}

static void empty_is_told_from_damage(void **state)
{
    (void)state;
    struct bytes zeros = {calloc(1, 1024), 1024};
    expect_fault(zeros, 0, CPIO_EMPTY, 1024);
    zeros.size = 0;
    expect_fault(zeros, 0, CPIO_EMPTY, 0);
    free(zeros.data);

    struct bytes only_trailer = {0};
    put_trailer(&only_trailer);
    expect_fault(only_trailer, 0, CPIO_END, only_trailer.size);
    free(only_trailer.data);
}

static void other_formats_are_told(void **state)
{
    (void)state;
    static const char *const commands[] = {
        "cd tree && ls | cpio -o -H odc --quiet > ../other",
        "cd tree && ls | cpio -o -H bin --quiet > ../other",
        "cd tree && ls | cpio -o -H ustar --quiet > ../other",
        "gzip -c newc.cpio > other",
    };
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        run(commands[i]);
        struct bytes other = read_file("other");
        expect_fault(other, 0, CPIO_MAGIC, 0);
        free(other.data);
    }
}

static void what_lies_behind_the_trailer(void **state)
{
    (void)state;
    size_t count = walk_all(newc).count;
    struct bytes junk = {(uint8_t *)"\037\213\010\000\000\000\000\000", 8};

    struct bytes all = join(newc, 8, junk);
    expect_fault(all, count, CPIO_JUNK, newc.size + 8);
    free(all.data);
    /* Zeros of any number may follow, but an archive begins at a multiple of 4. */
    for (size_t gap = 0; gap < 9; gap++) {
        all = join(newc, gap, crc);
        if (gap % 4 == 0) {
            assert_int_equal(walk_all(all).count, 2 * count);
            assert_int_equal(walk_all(all).status, CPIO_END);
        } else {
            expect_fault(all, count, CPIO_JUNK, newc.size + gap);
        }
        free(all.data);
    }
    /* Zeros in front, as behind an archive. */
    struct bytes none = {(uint8_t *)"", 0};
    all = join(none, 512, newc);
    assert_int_equal(walk_all(all).count, count);
    free(all.data);
}

static void trailer_has_no_data(void **state)
{
    (void)state;
    struct bytes archive = {0};
    put_entry(&archive, make_file("a", "data"));
    size_t trailer = archive.size;
    put_entry(&archive, make_file("TRAILER!!!", "data"));
    expect_fault(archive, 1, CPIO_TRAILER_DATA, trailer);
    free(archive.data);
}

static void names_by_hand(void **state)
{
    (void)state;
    static char letters[CPIO_NAME_CAPACITY + 1];
    memset(letters, 'n', sizeof(letters));
    struct {
        struct made made;
        enum cpio_status status;
        size_t offset;
    } cases[] = {
        {make_file("padded", "data"), CPIO_END, 0},
        {make_file("behind", "data"), CPIO_NAME_END, HEADER_SIZE + 9},
        {make_file("open", "data"), CPIO_NAME_END, HEADER_SIZE},
        {make_file("long", "data"), CPIO_END, 0},
        {make_file("longer", "data"), CPIO_NAME_SIZE, HEADER_SIZE},
        {make_file("nothing", "data"), CPIO_NAME_SIZE, HEADER_SIZE},
    };
    cases[0].made.name = "padded\0\0\0\0";
    cases[0].made.name_bytes = cases[0].made.name_size = 10;
    cases[1].made.name = "behind\0\0\0x\0";
    cases[1].made.name_bytes = cases[1].made.name_size = 11;
    cases[2].made.name_bytes = cases[2].made.name_size = 4;
    static char longest[CPIO_NAME_CAPACITY];
    memcpy(longest, letters, sizeof(longest) - 1);
    cases[3].made.name = longest;
    cases[3].made.name_bytes = cases[3].made.name_size = sizeof(longest);
    cases[4].made.name = letters;
    cases[4].made.name_bytes = cases[4].made.name_size = sizeof(letters);
    cases[5].made.name = "\0\0\0\0";
    cases[5].made.name_bytes = cases[5].made.name_size = 4;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bytes archive = {0};
        put_entry(&archive, cases[i].made);
        put_trailer(&archive);
        bool is_good = cases[i].status == CPIO_END;
        expect_fault(archive, is_good, cases[i].status, is_good ? archive.size : cases[i].offset);
        if (is_good) {
            assert_memory_equal(walk_all(archive).entries[0].data, "data", 4);
        }
        free(archive.data);
    }
}

/* Linux's gen_init_cpio gives each hard link the sum of the data that only the last one has. */
static void link_without_data_may_carry_the_sum(void **state)
{
    (void)state;
    struct bytes archive = {0};
    struct made made = make_file("a", "");
    made.magic = "070702";
    made.check = 'x';
    put_entry(&archive, made);
    put_trailer(&archive);
    expect_fault(archive, 0, CPIO_CHECKSUM, HEADER_SIZE + 2);
    free(archive.data);

    archive = (struct bytes){0};
    made.links = 2;
    put_entry(&archive, made);
    put_trailer(&archive);
    assert_int_equal(walk_all(archive).status, CPIO_END);
    free(archive.data);
}

static void what_lies_before_damage_is_found(void **state)
{
    (void)state;
    struct bytes archive = {0};
    struct cpio_reader reader;
    struct cpio_entry entry;
    put_entry(&archive, make_file("a", "first"));
    size_t second = archive.size;
    put_entry(&archive, make_file("b", "second"));
    put_trailer(&archive);
    archive.data[second + 20] = '?';
    expect_fault(archive, 1, CPIO_DIGIT, second + 20);

    cpio_open(&reader, archive.data, archive.size);
    assert_true(cpio_find(&reader, "a", &entry));
    assert_memory_equal(entry.data, "first", 5);
    assert_false(cpio_find(&reader, "b", &entry));
    free(archive.data);
}

static void paths_are_normalised(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"a", "a"},   {"./a", "a"},     {"/a", "a"},        {"//.//./a", "a"},
        {".a", ".a"}, {"../a", "../a"}, {".", ""},          {"./", ""},
        {"/", ""},    {"", ""},         {"a/./b", "a/./b"},
    };
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        assert_string_equal(cpio_path(pairs[i][0]), pairs[i][1]);
    }
}

static void every_status_has_a_text(void **state)
{
    (void)state;
    for (int status = 0; status < CPIO_STATUS_COUNT; status++) {
        const char *text = cpio_status_text((enum cpio_status)status);
        assert_string_not_equal(text, "unknown cpio status");
        for (int other = 0; other < status; other++) {
            assert_string_not_equal(text, cpio_status_text((enum cpio_status)other));
        }
    }
    assert_string_equal(cpio_status_text(CPIO_STATUS_COUNT), "unknown cpio status");
    assert_string_equal(cpio_status_text((enum cpio_status) - 1), "unknown cpio status");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_cpio_wrote),
        cmocka_unit_test(symbolic_link_gives_its_target),
        cmocka_unit_test(finds_by_any_spelling),
        cmocka_unit_test(hard_links_share_their_data),
        cmocka_unit_test(hard_links_do_not_cross_archives),
        cmocka_unit_test(later_archive_overlays),
        cmocka_unit_test(every_cut_is_told),
        cmocka_unit_test(every_field_is_checked),
        cmocka_unit_test(every_digit_may_lie),
        cmocka_unit_test(sizes_cannot_wrap),
        cmocka_unit_test(each_flipped_bit_breaks_the_sum),
        cmocka_unit_test(newc_has_no_sum),
        cmocka_unit_test(empty_is_told_from_damage),
        cmocka_unit_test(other_formats_are_told),
        cmocka_unit_test(what_lies_behind_the_trailer),
        cmocka_unit_test(trailer_has_no_data),
        cmocka_unit_test(names_by_hand),
        cmocka_unit_test(link_without_data_may_carry_the_sum),
        cmocka_unit_test(what_lies_before_damage_is_found),
        cmocka_unit_test(paths_are_normalised),
        cmocka_unit_test(every_status_has_a_text),
    };
    return cmocka_run_group_tests_name("cpio", tests, make_archives, remove_archives);
}
