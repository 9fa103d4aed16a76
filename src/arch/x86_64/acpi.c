// SPDX-License-Identifier: MIT
/*
 * acpi.c: the two facts that we ask of ACPI: how many CPUs there are, and how to switch off.
 *
 * All of it is bytes of the firmware: lengths and checksums are verified, and nothing is read that
 * is not mapped.  Source: ACPI specification 6.4, 5.2.5 (RSDP), 5.2.7, 5.2.9 (FADT), 5.2.12 (MADT),
 * 7.4.2 (\_S5).
 */
#include "acpi.h"
#include "cpu.h"
#include "onoma/io.h"
#include "onoma/printk.h"
#include "onoma/string.h"

#define TABLE_LENGTH_MAX (1u << 20)

#define HEADER_SIZE       36 /* ACPI table 5.4 */
#define FADT_DSDT         40
#define FADT_PM1A_CONTROL 64
#define MADT_ENTRIES      44
#define MADT_LOCAL_APIC   0
#define MADT_LOCAL_X2APIC 9
#define MADT_ENABLED      1u

#define PM1_SLEEP_ENABLE (1u << 13)

#define POWER_OFF_MICROSECONDS 2000000

static unsigned cpu_count = 1;
static uint16_t pm1a_control; /* 0: unknown */
static uint8_t sleep_type_off;

static uint32_t read_u32(const uint8_t *bytes)
{
    uint32_t value;
    memcpy(&value, bytes, sizeof(value));
    return value;
}

static uint64_t read_u64(const uint8_t *bytes)
{
    uint64_t value;
    memcpy(&value, bytes, sizeof(value));
    return value;
}

/* A table whose length and checksum are right; its length in *length. */
static const uint8_t *table_at(uint64_t physical, const char *signature, uint32_t *length)
{
    const uint8_t *table = direct_map(physical);
    uint8_t sum = 0;

    if (physical == 0 || !arch_is_readable((uint64_t)table, HEADER_SIZE)) {
        return NULL;
    }
    *length = read_u32(table + 4);
    if (memcmp(table, signature, 4) != 0 || *length < HEADER_SIZE || *length > TABLE_LENGTH_MAX ||
        !arch_is_readable((uint64_t)table, *length)) {
        return NULL;
    }
    for (uint32_t i = 0; i < *length; i++) {
        sum = (uint8_t)(sum + table[i]);
    }
    return sum == 0 ? table : NULL;
}

/* Look a table up in the RSDT (entries of 4 bytes) or XSDT (8 bytes). */
static const uint8_t *find_table(const uint8_t *root, uint32_t root_length, unsigned entry_size,
                                 const char *signature, uint32_t *length)
{
    for (uint32_t offset = HEADER_SIZE; offset + entry_size <= root_length; offset += entry_size) {
        uint64_t physical = entry_size == 8 ? read_u64(root + offset) : read_u32(root + offset);
        const uint8_t *table = table_at(physical, signature, length);
        if (table) {
            return table;
        }
    }
    return NULL;
}

static void count_cpus(const uint8_t *madt, uint32_t length)
{
    unsigned count = 0;

    for (uint32_t offset = MADT_ENTRIES; offset + 2 <= length;) {
        uint8_t type = madt[offset];
        uint8_t size = madt[offset + 1];
        if (size < 2 || offset + size > length) {
            break;
        }
        if (type == MADT_LOCAL_APIC && size >= 8) {
            count += read_u32(madt + offset + 4) & MADT_ENABLED;
        } else if (type == MADT_LOCAL_X2APIC && size >= 16) {
            count += read_u32(madt + offset + 8) & MADT_ENABLED;
        }
        offset += size;
    }
    cpu_count = count ? count : 1;
}

/*
 * The sleep type of "off" from the AML  Name (_S5, Package () {type, ...}):
 *
 *     08 '_' 'S' '5' '_'  12 length… count  0a type     (or 00 / 01 for the constants)
 */
static bool find_sleep_type(const uint8_t *dsdt, uint32_t length, uint8_t *type)
{
    for (uint32_t i = HEADER_SIZE + 1; i + 12 <= length; i++) {
        if (memcmp(dsdt + i, "_S5_", 4) != 0 || dsdt[i + 4] != 0x12) {
            continue;
        }
        uint32_t at = i + 5 + (dsdt[i + 5] >> 6) + 2; /* over PkgLength and the element count */
        if (dsdt[at] == 0x0a) {
            at++;
        }
        *type = dsdt[at];
        return *type < 8;
    }
    return false;
}

static void find_power_off(const uint8_t *fadt, uint32_t length)
{
    uint32_t dsdt_length;

    if (length < FADT_PM1A_CONTROL + 4) {
        return;
    }
    const uint8_t *dsdt = table_at(read_u32(fadt + FADT_DSDT), "DSDT", &dsdt_length);
    if (dsdt && find_sleep_type(dsdt, dsdt_length, &sleep_type_off)) {
        pm1a_control = (uint16_t)read_u32(fadt + FADT_PM1A_CONTROL);
    }
}

void arch_acpi_init(const void *rsdp, size_t size_bytes)
{
    const uint8_t *pointer = rsdp;
    uint32_t root_length = 0, length;
    const uint8_t *root = NULL;
    unsigned entry_size = 4;

    if (size_bytes < 20 || memcmp(pointer, "RSD PTR ", 8) != 0) {
        return;
    }
    if (pointer[15] >= 2 && size_bytes >= 36) {
        root = table_at(read_u64(pointer + 24), "XSDT", &root_length);
        entry_size = 8;
    }
    if (!root) {
        root = table_at(read_u32(pointer + 16), "RSDT", &root_length);
        entry_size = 4;
    }
    if (!root) {
        pr_warn("acpi: the firmware's tables are damaged, going on without\n");
        return;
    }
    const uint8_t *madt = find_table(root, root_length, entry_size, "APIC", &length);
    if (madt) {
        count_cpus(madt, length);
    }
    const uint8_t *fadt = find_table(root, root_length, entry_size, "FACP", &length);
    if (fadt) {
        find_power_off(fadt, length);
    }
}

unsigned arch_cpu_count(void)
{
    return cpu_count;
}

void acpi_power_off(void)
{
    if (!pm1a_control) {
        return;
    }
    outw(pm1a_control, (uint16_t)((unsigned)sleep_type_off << 10 | PM1_SLEEP_ENABLE));
    /* The machine needs a moment to go. */
    uint64_t start = arch_time_microseconds();
    while (arch_time_microseconds() - start < POWER_OFF_MICROSECONDS) {
    }
}
