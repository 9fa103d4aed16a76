// SPDX-License-Identifier: MIT
/*
 * crash.c: one fault of each kind, on demand, to see what the kernel says of it.
 *
 *     insmod crash.ko                    then `crash` lists the kinds, `crash null` does it
 *     insmod crash.ko at_init=null       crashes while it is loaded
 *
 * Each fault lies two or three calls deep, in functions whose names tell the story, so that the
 * trace can be read.  What the compiler must not see through is hidden from it: it would drop the
 * fault, or the frame.  The module is compiled with -fsanitize=undefined
 * -fsanitize-undefined-trap-on-error, which `overflow` and `index` are there to show; in all other
 * functions the fault is meant to reach the CPU.
 *
 * Each of them but `warn` ends the kernel.  That is what they are for.
 */
#include <onoma/interrupt.h>
#include <onoma/module.h>

/* A function with a frame of its own, under its own name, whatever its caller knows. */
#define CHECKED_FRAME static __attribute__((noipa))
/* Not instrumented by the sanitizer: the fault is meant to reach the CPU. */
#define UNCHECKED __attribute__((no_sanitize_undefined))
#define FRAME     UNCHECKED CHECKED_FRAME

static charp at_init;
module_param(at_init, charp, 0444);
MODULE_PARM_DESC(at_init, "kind of crash to do while the module is loaded");

struct kind {
    const char *name;
    const char *summary;
    void (*crash)(void);
};

/* The address as a pointer of which the compiler knows nothing. */
UNCHECKED static inline void *hide(uint64_t address)
{
    __asm__("" : "+r"(address));
    return (void *)address;
}

UNCHECKED static inline int hide_number(int number)
{
    __asm__("" : "+r"(number));
    return number;
}

/* --- Memory ----------------------------------------------------------------------------------- */

struct person {
    long born[3];
    int age; /* at offset 0x18: the address that the fault reports */
};

FRAME int read_age(const struct person *person)
{
    return *(volatile const int *)&person->age;
}

FRAME void greet_nobody(void)
{
    console_printf("age: %d\n", read_age(hide(0)));
}

static const char constant_text[] = "cannot be changed";

FRAME void overwrite_byte(char *target)
{
    *(volatile char *)target = 'C';
}

FRAME void change_constant(void)
{
    overwrite_byte(hide((uint64_t)constant_text));
}

/* Set by crash_init, and read-only from its end on. */
static int set_in_init __ro_after_init;

FRAME void change_after_init(void)
{
    overwrite_byte(hide((uint64_t)&set_in_init));
}

FRAME void change_code_of_printk(void)
{
    overwrite_byte(hide((uint64_t)printk));
}

static unsigned char instructions_in_data[] = {0x90, 0x90, 0xc3}; /* nop, nop, ret */

FRAME void call_instructions(void (*instructions)(void))
{
    instructions();
}

FRAME void execute_data(void)
{
    call_instructions((void (*)(void))hide((uint64_t)instructions_in_data));
}

FRAME void call_null_pointer(void)
{
    call_instructions((void (*)(void))hide(0));
}

FRAME void call_wild_pointer(void)
{
    call_instructions((void (*)(void))hide(0xffffea0012345678));
}

FRAME void use_wild_pointer(void)
{
    /* Not canonical: bits 63 to 47 are not all alike, which is no page fault. */
    overwrite_byte(hide(0x6b6b6b6b6b6b6b6b));
}

/* --- Instructions ----------------------------------------------------------------------------- */

FRAME int divide(int dividend, int divisor)
{
    int quotient;
    __asm__ volatile("cltd\n\tidivl %2" : "=a"(quotient) : "0"(dividend), "r"(divisor) : "edx");
    return quotient;
}

FRAME void share_among_nobody(void)
{
    console_printf("each gets %d\n", divide(100, hide_number(0)));
}

FRAME void execute_undefined_instruction(void)
{
    __asm__ volatile("ud2");
}

FRAME void meet_undefined_instruction(void)
{
    execute_undefined_instruction();
}

FRAME void execute_breakpoint(void)
{
    __asm__ volatile("int3");
}

FRAME void meet_breakpoint(void)
{
    execute_breakpoint();
}

/* --- Stacks ----------------------------------------------------------------------------------- */

FRAME int count_down_for_ever(volatile const char *above, unsigned depth)
{
    volatile char room[200];
    room[0] = *above;
    /* The test keeps the compiler from knowing that this never ends. */
    if (depth == (unsigned)hide_number(-1)) {
        return 0;
    }
    return count_down_for_ever(room, depth + 1) + room[0];
}

FRAME void overflow_stack(void)
{
    char start = 1;
    console_printf("%d\n", count_down_for_ever(&start, 0));
}

/* The push faults, and so does the CPU when it pushes the page fault's frame: a double fault.  Where
 * the callers' frames are is not known any more. */
FRAME void push_to_nowhere(void *stack)
{
    __asm__ volatile("movq %0, %%rsp\n\tpushq %%rax" : : "r"(stack) : "memory");
    __builtin_unreachable();
}

FRAME void lose_stack(void)
{
    push_to_nowhere(hide(0xffffea0000001000));
}

FRAME void fault_below(void)
{
    overwrite_byte(hide(0));
}

/* What a buffer overflow on the stack does: our return address is gone, and what lies above. */
FRAME void write_beyond_buffer(unsigned words)
{
    volatile uint64_t buffer[4];

    for (unsigned i = 0; i < words; i++) {
        *(volatile uint64_t *)((uint64_t)buffer + i * 8ul) = 0x4141414141414141;
    }
    fault_below();
}

FRAME void smash_stack(void)
{
    write_beyond_buffer(6);
}

/* A function with room of a size that is not known beforehand finds its frame by rbp: if that is
 * overwritten, its caller's frame cannot be found any more. */
FRAME void smash_frame_pointer(int size)
{
    volatile char *room = __builtin_alloca((size_t)size);

    room[0] = 0;
    __asm__ volatile("movabsq $0x4141414141414141, %%rbp" : : : "memory");
    fault_below();
}

FRAME void lose_frame(void)
{
    smash_frame_pointer(hide_number(40));
}

/* Our caller's frame is said to lie below our own: who follows it without looking never ends. */
FRAME void tie_frame_pointer_to_itself(int size)
{
    volatile char *room = __builtin_alloca((size_t)size);

    room[0] = 0;
    __asm__ volatile("leaq -64(%%rsp), %%rbp" : : : "memory");
    fault_below();
}

FRAME void make_endless_chain(void)
{
    tie_frame_pointer_to_itself(hide_number(40));
}

/* --- Odd places to be in ---------------------------------------------------------------------- */

/* A jump instead of a call and a return: `hand_over` is not on the stack when the fault comes. */
FRAME __attribute__((optimize("optimize-sibling-calls"))) void hand_over(void)
{
    fault_below();
}

FRAME void fault_behind_tail_call(void)
{
    hand_over();
}

/* The compiler puts what hardly ever runs far away from the rest of its function. */
UNCHECKED static __attribute__((noipa, cold)) void complain(int number)
{
    console_printf("%d is bad\n", number);
    fault_below();
}

FRAME int check_number(int number)
{
    if (number > 5) {
        complain(number);
        complain(number + 1);
    }
    return number + 1;
}

FRAME void fault_in_cold_part(void)
{
    check_number(hide_number(7));
}

FRAME void fault_in_handler(void)
{
    fault_below();
}

FRAME void fault_in_interrupt(void)
{
    call_in_interrupt(fault_in_handler);
}

/* --- The kernel's own ways to stop ------------------------------------------------------------ */

FRAME void claim_that(int number)
{
    ASSERT(number + number == 5);
}

FRAME void fail_assertion(void)
{
    claim_that(hide_number(2));
}

FRAME void give_up(const char *reason)
{
    panic("%s", reason);
}

FRAME void call_panic(void)
{
    give_up("crash was asked to panic");
}

FRAME void warn_of(int number)
{
    WARN(number > 3, "%d is more than 3\n", number);
}

FRAME void warn_and_go_on(void)
{
    warn_of(hide_number(5));
    WARN_ON(hide_number(1) == 1);
}

/* --- Undefined behaviour, found by the sanitizer ---------------------------------------------- */

CHECKED_FRAME int add(int left, int right)
{
    return left + right;
}

FRAME void overflow_sum(void)
{
    console_printf("sum: %d\n", add(hide_number(0x7fffffff), hide_number(1)));
}

static const int primes[] = {2, 3, 5, 7};

CHECKED_FRAME int prime(int index)
{
    return primes[index];
}

FRAME void ask_for_fifth_of_four(void)
{
    console_printf("prime: %d\n", prime(hide_number(4)));
}

/* Without a table of handlers no fault can be handled, nor the fault of that: the machine resets.
 */
FRAME void drop_handlers(void)
{
    static const struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) empty_table;

    __asm__ volatile("lidt %0\n\tud2" : : "m"(empty_table));
}

FRAME void fault_three_times(void)
{
    drop_handlers();
}

/* --- The command ------------------------------------------------------------------------------ */

static const struct kind kinds[] = {
    {"assert", "an assertion that does not hold", fail_assertion},
    {"bad-frame", "a fault behind a smashed frame pointer", lose_frame},
    {"breakpoint", "int3", meet_breakpoint},
    {"cold", "a fault in a part of a function that lies elsewhere", fault_in_cold_part},
    {"divide", "a division by zero", share_among_nobody},
    {"double-fault", "a fault while the stack is gone", lose_stack},
    {"endless-frames", "a fault behind a frame pointer that points to itself", make_endless_chain},
    {"execute-data", "a call into data", execute_data},
    {"gp", "a pointer that is no address at all", use_wild_pointer},
    {"index", "an index beyond its array (sanitizer)", ask_for_fifth_of_four},
    {"interrupt", "a fault in the handler of an interrupt", fault_in_interrupt},
    {"null", "a read through a null pointer", greet_nobody},
    {"null-call", "a call through a null pointer", call_null_pointer},
    {"overflow", "a signed sum that overflows (sanitizer)", overflow_sum},
    {"panic", "the kernel's panic()", call_panic},
    {"smash", "a fault behind a buffer overflow on the stack", smash_stack},
    {"stack", "a recursion without end", overflow_stack},
    {"tail-call", "a fault behind a jump to a function", fault_behind_tail_call},
    {"triple-fault", "a fault that nobody can handle: the machine resets", fault_three_times},
    {"ud2", "an undefined instruction", meet_undefined_instruction},
    {"warn", "two warnings; the kernel goes on", warn_and_go_on},
    {"wild-call", "a call to where nothing is", call_wild_pointer},
    {"write-code", "a write to the kernel's code", change_code_of_printk},
    {"write-late", "a write, after init, to data that only init may set", change_after_init},
    {"write-rodata", "a write to a constant", change_constant},
};

static const struct kind *find_kind(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            return &kinds[i];
        }
    }
    return 0;
}

static int run_crash(int argc, char **argv)
{
    if (argc > 2) {
        return -EINVAL;
    }
    if (argc == 1) {
        for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
            console_printf("%-16s %s\n", kinds[i].name, kinds[i].summary);
        }
        return 0;
    }
    const struct kind *kind = find_kind(argv[1]);
    if (kind == 0) {
        console_printf("crash: %s: no such kind; `crash` lists them\n", argv[1]);
        return -ENOENT;
    }
    kind->crash();
    console_printf("crash: %s: survived\n", kind->name);
    return -EIO;
}

/* Names of all kinds, for tab completion. */
static const char *kind_names[ARRAY_SIZE(kinds) + 1];

static struct command crash_command = {
    .name = "crash",
    .usage = "crash [KIND]",
    .summary = "end the kernel by a fault of that kind, or list the kinds",
    .run = run_crash,
    .argument = ARGUMENT_WORD,
    .words = kind_names,
};

static int __init crash_init(void)
{
    const struct kind *kind = 0;
    if (at_init != 0) {
        kind = find_kind(at_init);
        if (kind == 0) {
            pr_err("at_init=%s: no such kind\n", at_init);
            return -EINVAL;
        }
    }
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        kind_names[i] = kinds[i].name;
    }
    set_in_init = 1;
    int result = command_register(&crash_command);
    if (result == 0 && kind != 0) {
        kind->crash();
        pr_err("at_init=%s: survived\n", at_init);
    }
    return result;
}

static void __exit crash_exit(void)
{
    command_unregister(&crash_command);
}

module_init(crash_init);
module_exit(crash_exit);
MODULE_LICENSE("MIT");
MODULE_AUTHOR("The Onoma authors");
MODULE_DESCRIPTION("Crashes the kernel in many ways, on demand");
