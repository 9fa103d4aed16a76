// SPDX-License-Identifier: MIT
/*
 * pci.c: what is on the PCI buses, and the command `lspci`.
 *
 * Configuration space is read through two ports: the address of a register to 0xcf8, its value at
 * 0xcfc.  A bus has 32 devices of up to 8 functions each; a bridge says which bus is behind it.
 * Buses are visited one by one, each once: a damaged bridge can neither loop nor recurse.
 *
 *     31        24       16     11      8       2  0
 *     ┌─┬────────┬────────┬──────┬──────┬────────┬──┐
 *     │1│        │ bus    │device│funct.│register│00│   to 0xcf8
 *     └─┴────────┴────────┴──────┴──────┴────────┴──┘
 *
 * `lspci -n` prints what Linux's does; the rest is close to it.  The sizes that `-v` shows are
 * found by writing ones to a base address and reading which stick: the function is switched off
 * meanwhile.
 */
#include <onoma/module.h>
#include <onoma/io.h>

#define PORT_ADDRESS 0xcf8
#define PORT_DATA    0xcfc

#define DEVICES   32
#define FUNCTIONS 8
#define BUSES     256

enum configuration_register {
    REGISTER_ID = 0x00,      /* vendor, device << 16 */
    REGISTER_COMMAND = 0x04, /* command, status << 16 */
    REGISTER_CLASS = 0x08,   /* revision, interface << 8, class << 16 */
    REGISTER_TYPE = 0x0c,    /* header type << 16 */
    REGISTER_BASE = 0x10,    /* the first base address */
    REGISTER_BUSES = 0x18,   /* bridges: primary, secondary << 8, subordinate << 16 */
    REGISTER_SUBSYSTEM = 0x2c,
    REGISTER_INTERRUPT = 0x3c, /* line, pin << 8 */
};

#define COMMAND_IO           0x1u
#define COMMAND_MEMORY       0x2u
#define TYPE_MASK            0x7fu
#define TYPE_DEVICE          0x00u
#define TYPE_BRIDGE          0x01u
#define TYPE_MULTI_FUNCTION  0x80u
#define CLASS_HOST_BRIDGE    0x0600u
#define BASE_IS_IO           0x1u
#define BASE_IS_64_BIT       0x4u
#define BASE_IS_PREFETCHABLE 0x8u

struct function {
    uint8_t bus, device, number;
};

/* A base address: where a part of the function answers, and which bits can be set. */
struct base {
    uint64_t value;
    uint64_t bits; /* 0: there is none */
    bool is_io;
    bool is_64_bit; /* takes two registers */
};

/* One bit for each bus. */
struct bus_set {
    uint64_t bits[BUSES / 64];
};

struct class_name {
    uint16_t class;
    const char *name;
};

static const struct class_name class_names[] = {
    {0x0000, "Non-VGA unclassified device"},
    {0x0001, "VGA compatible unclassified device"},
    {0x0100, "SCSI storage controller"},
    {0x0101, "IDE interface"},
    {0x0104, "RAID bus controller"},
    {0x0105, "ATA controller"},
    {0x0106, "SATA controller"},
    {0x0107, "Serial Attached SCSI controller"},
    {0x0108, "Non-Volatile memory controller"},
    {0x0180, "Mass storage controller"},
    {0x0200, "Ethernet controller"},
    {0x0280, "Network controller"},
    {0x0300, "VGA compatible controller"},
    {0x0302, "3D controller"},
    {0x0380, "Display controller"},
    {0x0401, "Multimedia audio controller"},
    {0x0403, "Audio device"},
    {0x0500, "RAM memory"},
    {0x0580, "Memory controller"},
    {0x0600, "Host bridge"},
    {0x0601, "ISA bridge"},
    {0x0604, "PCI bridge"},
    {0x0607, "CardBus bridge"},
    {0x0680, "Bridge"},
    {0x0700, "Serial controller"},
    {0x0780, "Communication controller"},
    {0x0800, "PIC"},
    {0x0805, "SD Host controller"},
    {0x0806, "IOMMU"},
    {0x0880, "System peripheral"},
    {0x0900, "Keyboard controller"},
    {0x0c00, "FireWire (IEEE 1394)"},
    {0x0c03, "USB controller"},
    {0x0c05, "SMBus"},
    {0x0d80, "Wireless controller"},
    {0x1000, "Network and computing encryption device"},
    {0x1080, "Encryption controller"},
    {0x1180, "Signal processing controller"},
    {0x1200, "Processing accelerators"},
    {0xff00, "Unassigned class"},
};

/* --- Configuration space ---------------------------------------------------------------------- */

static void select_register(struct function function, unsigned offset)
{
    outl(PORT_ADDRESS, 1u << 31 | (uint32_t)function.bus << 16 | (uint32_t)function.device << 11 |
                           (uint32_t)function.number << 8 | offset);
}

static uint32_t read_register(struct function function, unsigned offset)
{
    select_register(function, offset);
    return inl(PORT_DATA);
}

static void write_register(struct function function, unsigned offset, uint32_t value)
{
    select_register(function, offset);
    outl(PORT_DATA, value);
}

/* The address port keeps bit 31: otherwise nothing is behind it. */
static bool has_configuration_ports(void)
{
    outl(PORT_ADDRESS, 1u << 31);
    return inl(PORT_ADDRESS) == 1u << 31;
}

static bool is_there(struct function function)
{
    /* Nobody answers: all ones. */
    return (read_register(function, REGISTER_ID) & 0xffff) != 0xffff;
}

static unsigned header_type(struct function function)
{
    return read_register(function, REGISTER_TYPE) >> 16 & 0xff;
}

static unsigned class_of(struct function function)
{
    return read_register(function, REGISTER_CLASS) >> 16;
}

/* --- Walking the buses ------------------------------------------------------------------------ */

static void add_bus(struct bus_set *set, unsigned bus)
{
    set->bits[bus / 64] |= 1ull << bus % 64;
}

static bool has_bus(const struct bus_set *set, unsigned bus)
{
    return (set->bits[bus / 64] >> bus % 64 & 1) != 0;
}

typedef void use_function(struct function function, void *context);

static void visit_function(struct function function, struct bus_set *buses, use_function *use,
                           void *context)
{
    use(function, context);
    if ((header_type(function) & TYPE_MASK) == TYPE_BRIDGE) {
        add_bus(buses, read_register(function, REGISTER_BUSES) >> 8 & 0xff);
    }
}

static void visit_bus(unsigned bus, struct bus_set *buses, use_function *use, void *context)
{
    for (unsigned device = 0; device < DEVICES; device++) {
        struct function function = {.bus = (uint8_t)bus, .device = (uint8_t)device};
        if (!is_there(function)) {
            continue;
        }
        bool is_multi_function = (header_type(function) & TYPE_MULTI_FUNCTION) != 0;
        unsigned count = is_multi_function ? FUNCTIONS : 1;
        for (unsigned number = 0; number < count; number++) {
            function.number = (uint8_t)number;
            if (is_there(function)) {
                visit_function(function, buses, use, context);
            }
        }
    }
}

/* Further host bridges are functions of device 0 on bus 0; function n leads bus n. */
static void add_host_buses(struct bus_set *buses)
{
    struct function function = {0};
    add_bus(buses, 0);
    if (!is_there(function) || (header_type(function) & TYPE_MULTI_FUNCTION) == 0) {
        return;
    }
    for (unsigned number = 1; number < FUNCTIONS; number++) {
        function.number = (uint8_t)number;
        if (is_there(function) && class_of(function) == CLASS_HOST_BRIDGE) {
            add_bus(buses, number);
        }
    }
}

/* Returns the number of buses. */
static unsigned visit_all(use_function *use, void *context)
{
    struct bus_set found = {0};
    struct bus_set visited = {0};
    unsigned count = 0;

    add_host_buses(&found);
    /* A bridge may lead to a bus of a lower number: begin again as long as there is a new one. */
    for (unsigned bus = 0; bus < BUSES; bus++) {
        if (has_bus(&found, bus) && !has_bus(&visited, bus)) {
            add_bus(&visited, bus);
            visit_bus(bus, &found, use, context);
            count++;
            bus = (unsigned)-1;
        }
    }
    return count;
}

/* --- lspci ------------------------------------------------------------------------------------ */

struct listing {
    bool is_numeric;
    bool is_verbose;
    bool is_first;
};

static const char *class_name(unsigned class)
{
    for (size_t i = 0; i < ARRAY_SIZE(class_names); i++) {
        if (class_names[i].class == class) {
            return class_names[i].name;
        }
    }
    return "Class";
}

/* " [size=16K]" */
static void print_size(uint64_t size)
{
    static const char *const units[] = {"", "K", "M", "G", "T"};
    unsigned unit = 0;
    while (size >= 1024 && size % 1024 == 0 && unit + 1 < ARRAY_SIZE(units)) {
        size /= 1024;
        unit++;
    }
    console_printf(" [size=%lu%s]\n", (unsigned long)size, units[unit]);
}

/* Which bits of a base address stick.  The function is switched off. */
static uint32_t probe_register(struct function function, unsigned offset)
{
    uint32_t value = read_register(function, offset);
    write_register(function, offset, 0xffffffff);
    uint32_t bits = read_register(function, offset);
    write_register(function, offset, value);
    return bits;
}

/* Prints nothing: the function that is switched off may be the one that shows it. */
static struct base read_base(struct function function, unsigned offset, bool has_next,
                             uint32_t command)
{
    struct base base = {.value = read_register(function, offset)};
    write_register(function, REGISTER_COMMAND, command & ~(COMMAND_IO | COMMAND_MEMORY));
    base.bits = probe_register(function, offset);
    base.is_io = (base.value & BASE_IS_IO) != 0;
    base.is_64_bit = !base.is_io && (base.value & BASE_IS_64_BIT) != 0 && has_next;
    if (base.is_64_bit) {
        base.value |= (uint64_t)read_register(function, offset + 4) << 32;
        base.bits |= (uint64_t)probe_register(function, offset + 4) << 32;
    } else if (base.bits != 0) {
        base.bits |= 0xffffffffull << 32;
    }
    write_register(function, REGISTER_COMMAND, command);
    return base;
}

static void print_base(const struct base *base, uint32_t command)
{
    uint32_t needed = base->is_io ? COMMAND_IO : COMMAND_MEMORY;
    const char *state = (command & needed) == 0 ? " [disabled]" : "";
    if (base->is_io) {
        console_printf("\tI/O ports at %04x%s", (unsigned)base->value & ~3u, state);
        /* Ports have 16 bits; the upper half of the register may be wired to 0. */
        print_size((~(base->bits & ~3ull) & 0xffff) + 1);
    } else {
        console_printf("\tMemory at %08lx (%s-bit, %sprefetchable)%s",
                       (unsigned long)(base->value & ~15ull), base->is_64_bit ? "64" : "32",
                       (base->value & BASE_IS_PREFETCHABLE) != 0 ? "" : "non-", state);
        print_size(~(base->bits & ~15ull) + 1);
    }
}

static void print_bases(struct function function, unsigned count)
{
    /* Zeros to the status half clear nothing: its bits are cleared by ones. */
    uint32_t command = read_register(function, REGISTER_COMMAND) & 0xffff;
    for (unsigned index = 0; index < count;) {
        struct base base =
            read_base(function, REGISTER_BASE + index * 4, index + 1 < count, command);
        if (base.bits != 0) {
            print_base(&base, command);
        }
        index += base.is_64_bit ? 2 : 1;
    }
}

static void print_details(struct function function)
{
    unsigned type = header_type(function) & TYPE_MASK;
    uint32_t interrupt = read_register(function, REGISTER_INTERRUPT);
    uint32_t subsystem = read_register(function, REGISTER_SUBSYSTEM);

    if (type == TYPE_DEVICE && subsystem != 0) {
        console_printf("\tSubsystem: %04x:%04x\n", subsystem & 0xffff, subsystem >> 16);
    }
    if ((interrupt >> 8 & 0xff) >= 1 && (interrupt >> 8 & 0xff) <= 4) {
        console_printf("\tInterrupt: pin %c routed to IRQ %u\n",
                       (char)('A' + (interrupt >> 8 & 0xff) - 1), interrupt & 0xff);
    }
    /* Some host bridges stop the machine when they are probed. */
    if (type == TYPE_DEVICE && class_of(function) != CLASS_HOST_BRIDGE) {
        print_bases(function, 6);
    }
    if (type == TYPE_BRIDGE) {
        uint32_t buses = read_register(function, REGISTER_BUSES);
        print_bases(function, 2);
        console_printf("\tBus: primary=%02x, secondary=%02x, subordinate=%02x\n", buses & 0xff,
                       buses >> 8 & 0xff, buses >> 16 & 0xff);
    }
}

static void print_function(struct function function, void *context)
{
    struct listing *listing = context;
    uint32_t id = read_register(function, REGISTER_ID);
    uint32_t class = read_register(function, REGISTER_CLASS);

    if (listing->is_verbose && !listing->is_first) {
        console_printf("\n");
    }
    listing->is_first = false;
    console_printf("%02x:%02x.%x ", function.bus, function.device, function.number);
    if (listing->is_numeric) {
        console_printf("%04x: %04x:%04x", class >> 16, id & 0xffff, id >> 16);
    } else {
        console_printf("%s [%04x]: [%04x:%04x]", class_name(class >> 16), class >> 16, id & 0xffff,
                       id >> 16);
    }
    if ((class & 0xff) != 0) {
        console_printf(" (rev %02x)", class & 0xff);
    }
    console_printf("\n");
    if (listing->is_verbose) {
        print_details(function);
    }
}

/* Letters of n and v, as in -nv. */
static bool read_flags(const char *argument, struct listing *listing)
{
    if (argument[0] != '-' || argument[1] == '\0') {
        return false;
    }
    for (const char *letter = argument + 1; *letter != '\0'; letter++) {
        if (*letter == 'n') {
            listing->is_numeric = true;
        } else if (*letter == 'v') {
            listing->is_verbose = true;
        } else {
            return false;
        }
    }
    return true;
}

static int run_lspci(int argc, char **argv)
{
    struct listing listing = {.is_first = true};
    for (int i = 1; i < argc; i++) {
        if (!read_flags(argv[i], &listing)) {
            return -EINVAL;
        }
    }
    visit_all(print_function, &listing);
    return 0;
}

static struct command lspci_command = {
    .name = "lspci",
    .usage = "lspci [-n] [-v]",
    .summary = "list PCI devices: by numbers only, with details",
    .run = run_lspci,
};

static void count_function(struct function function, void *context)
{
    (void)function;
    unsigned *count = context;
    (*count)++;
}

static int __init pci_init(void)
{
    if (!has_configuration_ports()) {
        pr_err("there is no PCI\n");
        return -ENODEV;
    }
    unsigned functions = 0;
    unsigned buses = visit_all(count_function, &functions);
    pr_info("%u functions on %u %s\n", functions, buses, buses == 1 ? "bus" : "buses");
    return command_register(&lspci_command);
}

static void __exit pci_exit(void)
{
    command_unregister(&lspci_command);
}

module_init(pci_init);
module_exit(pci_exit);
MODULE_LICENSE("MIT");
MODULE_AUTHOR("The Onoma authors");
MODULE_DESCRIPTION("Finds PCI devices, and the command lspci");
MODULE_VERSION("1.0");
